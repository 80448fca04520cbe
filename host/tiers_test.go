package host_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// edgeWorld has small sites of every kind around two regions: hub, and far across the sea.
const edgeWorld = `apiVersion: bailiwick/v1
kind: Topology
metadata: {name: edge-world, asOf: 2026-06-01}
providers: [{id: acme, control: [AA]}]
partitions: [{id: acme, provider: acme}]
jurisdictions: [{id: AA}, {id: BB}, {id: UNION, kind: bloc}]
sites:
  - {id: hub, kind: region, partition: acme, country: AA, lat: 0, lon: 0, status: available, optIn: false, zoneCount: 3}
  - {id: far, kind: region, partition: acme, country: BB, lat: 0, lon: 30, status: available, optIn: false, zoneCount: 3}
  - {id: hub-1, kind: availability-zone, parent: hub}
  - {id: hub-town, kind: local-zone, parent: hub, country: AA, lat: 0, lon: 8, status: available, optIn: true}
  - {id: hub-wave, kind: wavelength-zone, parent: hub, country: AA, lat: 0, lon: 8, carrier: Red, status: available, optIn: true}
  - {id: hub-perhaps, kind: wavelength-zone, parent: hub, country: AA, lat: 0, lon: 8, carrier: Red, status: doubtful, optIn: true}
  - {id: ward, kind: outpost, parent: hub-1, owner: customer, country: AA, lat: 0, lon: 8, status: available, serviceLink: {disconnectedHours: 12}}
  - {id: shed, kind: outpost, parent: hub, owner: customer, country: AA, lat: 0, lon: 8, status: available, serviceLink: {disconnectedHours: 4}}
  - {id: barn, kind: outpost, parent: hub, owner: customer, country: AA, lat: 0, lon: 8, status: available}
  - {id: HUB, kind: edge-location, partition: acme, country: AA, lat: 0, lon: 0, status: available}
  - {id: TWN, kind: edge-location, partition: acme, country: BB, lat: 0, lon: 8, status: available}
  - {id: SHUT, kind: edge-location, partition: acme, country: AA, lat: 0, lon: 8, status: announced}
services:
  - {id: vm, scope: zonal, disconnected: {mode: continues}}
  - {id: kv, scope: regional, zones: {copies: 3, synchronous: true}}
  - {id: queue, scope: regional, zones: {copies: 3, synchronous: true}, disconnected: {mode: limited, hours: 6}}
  - {id: odd, scope: zonal}
  - {id: cdn, scope: edge}
offerings:
  - {service: vm, sites: [hub, far, hub-town, hub-wave, hub-perhaps, ward, shed, barn], complete: true}
  - {service: kv, sites: [hub, far], complete: true}
  - {service: queue, sites: [hub, far, ward, shed, barn], complete: true}
  - {service: odd, sites: [hub, far, ward], complete: true}
  - {service: cdn, sites: [HUB, TWN], complete: true}
links:
  - {from: hub, to: hub, rttMs: 2}
  - {from: far, to: far, rttMs: 2}
  - {from: hub, to: far, rttMs: 40}
  - {from: far, to: hub, rttMs: 40}
populations:
  - {id: town, kind: metro, country: AA, lat: 0, lon: 8, weight: 10}
carbon:
  - {site: hub, gridGramsPerKWh: 100, marketGramsPerKWh: 10.5, pue: 1.2}
  - {site: far, gridGramsPerKWh: 300, pue: 1.1}
`

func openEdge(t testing.TB, opts ...host.Option) *host.Host {
	t.Helper()
	opts = append([]host.Option{host.WithoutCatalogue(), host.WithTopology("edge", fstest.MapFS{"edge.yaml": {Data: []byte(edgeWorld)}})}, opts...)
	h, err := host.Open(context.Background(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// TestTiers places components on every kind of site.
func TestTiers(t *testing.T) {
	h := openEdge(t)
	const town = "users: [{population: town}]\n"
	const red = "users: [{population: town, access: {mobile: Red}}]\n"
	for _, c := range []struct {
		name, spec, want string // want: verdict and the best placement's sites
	}{
		{"a local zone", town + "components: [{name: a, tier: local-zone, services: [vm]}]", "permit hub-town"},
		{"what it lacks comes from its region", town + "components: [{name: a, tier: local-zone, services: [vm, kv]}]", "permit hub-town"},
		{"but not what runs in the zone", town + "components: [{name: a, tier: local-zone, services: [odd]}]", "deny"},
		{"a wavelength zone", red + "components: [{name: a, tier: wavelength-zone, services: [vm]}]", "permit hub-wave"},
		{"a doubtful one is not used", red + "components: [{name: a, tier: wavelength-zone, services: [vm], copies: {min: 2, max: 2}}]", "deny"},
		{"unless the request includes it by id", red + "sites: {include: [hub-wave, hub-perhaps]}\ncomponents: [{name: a, tier: wavelength-zone, services: [vm], copies: {min: 2, max: 2}}]", "permit hub-perhaps+hub-wave"},
		{"an outpost", town + "components: [{name: a, tier: outpost, services: [vm]}]", "permit barn"},
		{"that goes on when cut off", town + "components: [{name: a, tier: outpost, services: [vm], disconnectedHours: 12}]", "permit ward"},
		{"a service that does not", town + "components: [{name: a, tier: outpost, services: [vm, queue], disconnectedHours: 12}]", "infeasible"},
		{"a service from the region is lost at once", town + "components: [{name: a, tier: outpost, services: [vm, kv], disconnectedHours: 1}]", "infeasible"},
		{"nobody knows how long", town + "sites: {include: [barn]}\ncomponents: [{name: a, tier: outpost, services: [vm], disconnectedHours: 1}]", "indeterminate"},
		{"taken for granted", town + "sites: {include: [barn]}\nunknown: assume\ncomponents: [{name: a, tier: outpost, services: [vm], disconnectedHours: 1}]", "permit barn"},
		{"an edge location", town + "components: [{name: a, tier: edge-location, services: [cdn]}]", "permit TWN"},
		{"two", town + "components: [{name: a, tier: edge-location, services: [cdn], copies: {min: 2, max: 2}, spread: {perRegion: 1, perCountry: 1}, survive: region}]", "permit TWN+HUB"},
		{"the lowest tier is the region", town + "components: [{name: a, tier: lowest, services: [vm]}]", "permit hub"},
		{"the edge if that offers it", town + "components: [{name: a, tier: lowest, services: [cdn]}]", "permit TWN"},
		{"a local zone if users are to be near", town + "components: [{name: a, tier: lowest, services: [vm], latency: {maxMs: 12}}]", "permit hub-town"},
		{"a wavelength zone if the local one is too far for mobile users", red + "components: [{name: a, tier: lowest, services: [vm], latency: {maxMs: 25}}]", "permit hub-wave"},
		{"an outpost if it must go on", town + "components: [{name: a, tier: lowest, services: [vm], disconnectedHours: 3}]", "permit shed"},
		{"an outpost may outlive its region, nobody knows", "sites: {include: [barn]}\ncomponents: [{name: a, tier: outpost, services: [vm], disconnectedHours: 1, survive: region}]", "indeterminate"},
		{"and is taken to", "unknown: assume\nsites: {include: [barn]}\ncomponents: [{name: a, tier: outpost, services: [vm], disconnectedHours: 1, survive: region}]", "permit barn"},
		{"no tier suffices", town + "components: [{name: a, tier: lowest, services: [vm], latency: {maxMs: 1}}]", "infeasible"},
		{"each tier is denied by rules", town + "components: [{name: a, tier: lowest, services: [vm, cdn]}]", "deny"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := decide(t, h, c.spec)
			got := string(d.Verdict)
			if len(d.Placements) > 0 {
				got += " " + sites(d.Placements[0])
			}
			if got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// TestSmallZones looks at what a decision says of copies outside regions.
func TestSmallZones(t *testing.T) {
	h := openEdge(t)
	d := decide(t, h, "users: [{population: town}]\ncomponents: [{name: a, tier: outpost, services: [vm, kv, queue], copies: {min: 2, max: 2}}]")
	c := d.Placements[0].Copies[0]
	if len(c.ParentServices) != 1 || c.ParentServices[0].Service != "kv" || c.ParentServices[0].Site != "hub" || *c.ParentServices[0].RTTMs < 10 {
		t.Errorf("from the region: %+v", c.ParentServices)
	}
	var cut []string
	for _, s := range c.CutOff {
		hours := ""
		if s.Hours != nil {
			hours = fmt.Sprint(" ", *s.Hours)
		}
		cut = append(cut, s.Service+" "+s.Mode+hours)
	}
	if diff := cmp.Diff([]string{"vm continues", "kv stops 0", "queue limited 6"}, cut); diff != "" {
		t.Error(diff)
	}
	var lost []string
	for _, s := range d.Placements[0].Scenarios {
		lost = append(lost, s.ID+" "+string(s.Verdict))
	}
	if diff := cmp.Diff([]string{"lose:region:hub infeasible", "lose:link:barn permit", "lose:site:barn permit", "lose:link:shed permit", "lose:site:shed permit", "lose:partition:acme infeasible", "lose:provider:acme infeasible"}, lost); diff != "" {
		t.Error(diff)
	}
	d = decide(t, h, "users: [{population: town, access: {mobile: Rde}}]\ncomponents: [{name: a, tier: wavelength-zone, services: [vm]}]")
	warned := ""
	for _, w := range d.Placements[0].Warnings {
		warned += w.Message + "\n"
	}
	if !strings.Contains(warned, `no site is in the network of the mobile carrier "Rde"; those of the topology are Red`) {
		t.Errorf("warnings: %s", warned)
	}
	if diff := cmp.Diff([]placement.Part{{Name: "mobile-network", Ms: 33, Basis: "modelled"}, {Name: "internet", To: "hub", Ms: d.Placements[0].Users[0].Parts[1].Ms, Basis: "modelled"}, {Name: "backbone", To: "hub-wave", Ms: d.Placements[0].Users[0].Parts[2].Ms, Basis: "modelled"}}, d.Placements[0].Users[0].Parts); diff != "" {
		t.Error(diff)
	}
}

// TestOutpostGoesOn has an Outpost that goes on for as long as asked outlive its link and its region.
func TestOutpostGoesOn(t *testing.T) {
	h := openEdge(t)
	outcomes := func(spec string) string {
		var lost []string
		for _, s := range decide(t, h, spec).Placements[0].Scenarios {
			if !strings.HasPrefix(s.ID, "lose:p") { // partition and provider
				lost = append(lost, s.ID+" "+string(s.Verdict))
			}
		}
		return strings.Join(lost, ", ")
	}
	for _, c := range []struct{ spec, want string }{
		{"sites: {include: [ward]}\ncomponents: [{name: a, tier: outpost, services: [vm], disconnectedHours: 12, survive: region}]", "lose:region:hub permit, lose:link:ward permit, lose:site:ward infeasible"},
		{"sites: {include: [ward]}\ncomponents: [{name: a, tier: outpost, services: [vm]}]", "lose:region:hub infeasible, lose:link:ward permit, lose:site:ward infeasible"},
		{"sites: {include: [ward]}\ncomponents: [{name: a, tier: outpost, services: [vm, kv]}]", "lose:region:hub infeasible, lose:link:ward infeasible, lose:site:ward infeasible"},
		{"sites: {include: [barn]}\ncomponents: [{name: a, tier: outpost, services: [vm]}]", "lose:region:hub infeasible, lose:link:barn indeterminate, lose:site:barn infeasible"},
	} {
		if got := outcomes(c.spec); got != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.spec, got, c.want)
		}
	}
	if d := decide(t, h, "components: [{name: a, tier: outpost, services: [vm], survive: region}]"); d.Verdict != placement.Infeasible {
		t.Errorf("an Outpost that is not asked to go on outlives its region: %s", d.Verdict)
	}
}

// TestEdgeConflict names the rules that keep users from entering where they would be near enough.
func TestEdgeConflict(t *testing.T) {
	h := openEdge(t, host.WithoutStandardPolicies("SEL-02")) // which says of a site alone that it is too far
	const spec = "users: [{population: town}]\ndata: [{name: d, class: x, processing: [AA]}]\ncomponents: [{name: a, services: [vm], data: [d], latency: {cacheHitRatio: 0.9, maxMs: %s}}]"
	if d := decide(t, h, fmt.Sprintf(spec, "40")); d.Verdict != placement.Permit {
		t.Fatalf("%s", d.Verdict)
	}
	d := decide(t, h, fmt.Sprintf(spec, "20"))
	want := []placement.Conflict{{Policies: []string{"SOV-02"}, Requirements: []string{"components[0].latency.maxMs"}}}
	if diff := cmp.Diff(want, d.Conflicts); d.Verdict != placement.Deny || diff != "" {
		t.Errorf("%s: %s", d.Verdict, diff)
	}
	if d := decide(t, h, fmt.Sprintf(spec, "5")); d.Verdict != placement.Infeasible {
		t.Errorf("nobody can be that near: %s", d.Verdict)
	}
}

// TestLowestConflict names what stands in the way on a tier that the request leaves something of.
func TestLowestConflict(t *testing.T) {
	h := openEdge(t, host.WithoutStandardPolicies("SEL-02"))
	d := decide(t, h, "users: [{population: town}]\nsites: {include: [hub-town]}\ncomponents: [{name: a, tier: lowest, services: [vm], latency: {maxMs: 1}}]")
	want := []placement.Conflict{{Policies: []string{}, Requirements: []string{"components[0].latency.maxMs"}}}
	if diff := cmp.Diff(want, d.Conflicts); d.Verdict != placement.Infeasible || diff != "" {
		t.Errorf("%s: %s", d.Verdict, diff)
	}
}

// TestMoreGatesAreNoWorse has a rule left out open nothing that makes the way longer: users enter at the
// nearest edge location, and the nearest is not always the best.
func TestMoreGatesAreNoWorse(t *testing.T) {
	world := strings.Replace(edgeWorld, "{id: hub, kind: region, partition: acme, country: AA, lat: 0, lon: 0, status: available, optIn: false,", "{id: hub, kind: region, partition: acme, country: AA, lat: 0, lon: 0, status: available, optIn: true,", 1)
	world = strings.Replace(world, "links:\n", "links:\n  - {from: HUB, to: hub, rttMs: 0.5}\n", 1)
	h, err := host.Open(context.Background(), host.WithoutCatalogue(), host.WithTopology("edge", fstest.MapFS{"edge.yaml": {Data: []byte(world)}}),
		host.WithSettings(map[string]map[string]any{"SEL-09": {"optInPartitions": []any{"acme"}}}))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	d := decide(t, h, "users: [{population: town}]\ndata: [{name: d, class: x, residency: [AA], processing: [AA]}]\ncomponents: [{name: a, services: [vm], data: [d], latency: {accelerated: true, maxMs: 29.5}}]")
	goal := []string{"components[0].latency.maxMs"}
	want := []placement.Conflict{ // hub must be opted into; far is abroad, as is the edge location that makes it near enough
		{Policies: []string{"SEL-09"}, Requirements: goal},
		{Policies: []string{"SEL-02", "SEL-09"}, Requirements: []string{}},
		{Policies: []string{"SEL-09", "SOV-01"}, Requirements: []string{}},
		{Policies: []string{"SEL-09", "SOV-02"}, Requirements: []string{}},
	}
	if diff := cmp.Diff(want, d.Conflicts); d.Verdict != placement.Deny || diff != "" {
		t.Errorf("%s: %s", d.Verdict, diff)
	}
}

// TestLowestShowsWhatWasTried lists the sites of every tier that was looked at.
func TestLowestShowsWhatWasTried(t *testing.T) {
	h := openEdge(t)
	d := decide(t, h, "users: [{population: town}]\ncomponents: [{name: a, tier: lowest, services: [vm], latency: {maxMs: 12}}]")
	var ids []string
	for _, s := range d.Sites {
		ids = append(ids, s.Site)
	}
	if got := strings.Join(ids, " "); got != "HUB SHUT TWN far hub hub-town" {
		t.Errorf("sites %s", got)
	}
}

// TestEntryIsAllowed has users enter only where the sovereignty rules allow the data to be.
func TestEntryIsAllowed(t *testing.T) {
	h := openEdge(t)
	const component = "components: [{name: a, services: [vm], latency: {%s}, data: [d]}]\n"
	via := func(spec string) string {
		d := decide(t, h, "users: [{population: town}]\n"+spec)
		if len(d.Placements) == 0 {
			return string(d.Verdict)
		}
		var names []string
		for _, p := range d.Placements[0].Users[0].Parts {
			names = append(names, strings.TrimSpace(p.Name+" "+p.To))
		}
		return strings.Join(names, ", ")
	}
	for _, c := range []struct{ name, spec, want string }{
		{"the nearest edge", "data: [{name: d, class: x}]\n" + fmt.Sprintf(component, "accelerated: true"), "fixed-line, internet TWN, backbone hub"},
		{"the nearest where the data may be processed", "data: [{name: d, class: x, processing: [AA]}]\n" + fmt.Sprintf(component, "accelerated: true"), "fixed-line, internet HUB, backbone hub"},
		{"and kept", "data: [{name: d, class: x, residency: [AA]}]\n" + fmt.Sprintf(component, "cacheHitRatio: 0.5"), "fixed-line, internet HUB, cache-miss hub"},
		{"none that the request leaves out", "sites: {exclude: [TWN]}\ndata: [{name: d, class: x}]\n" + fmt.Sprintf(component, "accelerated: true"), "fixed-line, internet HUB, backbone hub"},
		{"no edge is left", "sites: {exclude: [TWN, HUB]}\ndata: [{name: d, class: x}]\n" + fmt.Sprintf(component, "accelerated: true"), "infeasible"},
	} {
		if got := via(c.spec); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	mean := func(ratio string) float64 {
		d := decide(t, h, "users: [{population: town}]\ndata: [{name: d, class: x}]\n"+fmt.Sprintf(component, "cacheHitRatio: "+ratio))
		return d.Placements[0].Users[0].RTTMs
	}
	hit, half, miss := mean("1"), mean("0.5"), mean("0.000001")
	if hit != 10 || !(hit < half && half < miss) || half-(hit+miss)/2 > 0.01 {
		t.Errorf("mean times %v, %v and %v do not lie on a line", hit, half, miss)
	}
}

// TestCurrent judges where something runs today.
func TestCurrent(t *testing.T) {
	h := openEdge(t)
	for _, c := range []struct{ name, spec, verdict, reasons string }{
		{"all is well", "current: {a: [hub]}\ncomponents: [{name: a, services: [vm]}]", "permit", ""},
		{"one requirement is met and another is not", "users: [{population: town}]\ncurrent: {a: [hub]}\ncomponents: [{name: a, services: [vm], survive: region, latency: {maxMs: 100}, spread: {perRegion: 1}}]", "infeasible", "requirement  components[0].survive is not met"},
		{"outside the request's scope, with users and against a rule", "sites: {exclude: [far]}\nusers: [{population: town}]\ncurrent: {a: [far]}\ndata: [{name: d, class: x, residency: [AA]}]\ncomponents: [{name: a, services: [vm], data: [d]}]", "deny", "SOV-01 far data set \"d\" may be stored only in AA; far is in BB\nrequest far the request's sites.exclude lists it"},
		{"taken for granted", "unknown: assume\ncurrent: {a: [barn]}\ncomponents: [{name: a, tier: outpost, services: [vm], disconnectedHours: 1}]", "permit", "requirement barn it is not known how long barn goes on when it is cut off; 1 hours are asked for"},
		{"a rule denies it", "current: {a: [far]}\ndata: [{name: d, class: x, residency: [AA]}]\ncomponents: [{name: a, services: [vm], data: [d]}]", "deny", `SOV-01 far data set "d" may be stored only in AA; far is in BB`},
		{"too few copies, in one region", "current: {a: [hub]}\ncomponents: [{name: a, services: [vm], copies: {min: 2, max: 2}, survive: region}]", "infeasible", "requirement  the number of copies today is 1; the request asks for 2 to 2\nrequirement  components[0].survive is not met"},
		{"another tier", "current: {a: [hub-town]}\ncomponents: [{name: a, services: [vm]}]", "infeasible", "requirement hub-town hub-town is of kind local-zone; the component asks for the tier region"},
		{"outside the request's scope", "sites: {exclude: [hub]}\ncurrent: {a: [hub]}\ncomponents: [{name: a, services: [vm]}]", "deny", "request hub the request's sites.exclude lists it"},
		{"under the account's own name of a zone", "zoneNames: {hub-a: hub-1}\ncurrent: {a: [hub-a]}\ncomponents: [{name: a, tier: availability-zone, copies: {min: 1, max: 2}, services: [vm]}]", "permit", ""},
		{"a component of which nothing is said", "current: {b: [hub]}\ncomponents: [{name: a, services: [vm]}, {name: b, services: [vm]}]", "permit", ""},
		{"users may not enter where they would be near enough", "users: [{population: town}]\ndata: [{name: d, class: x, processing: [AA]}]\ncurrent: {a: [hub]}\ncomponents: [{name: a, services: [vm], data: [d], latency: {cacheHitRatio: 0.9, maxMs: 20}}]", "deny", "SEL-02 hub hub is within 20 ms of no population; the nearest, town, is 28.882 ms away\nrequirement  components[0].latency.maxMs is not met"},
		{"cut off too soon", "current: {a: [shed]}\ncomponents: [{name: a, services: [vm], tier: outpost, disconnectedHours: 8}]", "infeasible", "requirement shed shed goes on for 4 hours when it is cut off; 8 are asked for"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := decide(t, h, c.spec)
			var reasons []string
			for _, r := range d.Current.Reasons {
				reasons = append(reasons, fmt.Sprintf("%s %s %s", r.Policy, r.Site, r.Message))
			}
			if got := strings.Join(reasons, "\n"); string(d.Current.Verdict) != c.verdict || got != c.reasons {
				t.Errorf("%s: %s", d.Current.Verdict, got)
			}
		})
	}
}

// TestManyToday judges a placement of many sites without searching among them.
func TestManyToday(t *testing.T) {
	h, err := host.Open(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	s, err := h.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for r := range s.Regions() {
		if _, _, ok := s.Point(r); ok && s.Partition(r) == "aws" {
			ids = append(ids, s.SiteID(r))
		}
	}
	d := decide(t, h, "users: [{population: DE}]\ncurrent: {a: ["+strings.Join(ids, ", ")+"]}\ncomponents: [{name: a, services: [ec2], latency: {maxMs: 5}}]")
	if d.Current == nil || d.Current.Verdict != placement.Deny || len(ids) < 30 {
		t.Errorf("%d sites: %+v", len(ids), d.Current)
	}
}

// TestParentProvides judges the region that a small zone has its table from: the data goes there.
func TestParentProvides(t *testing.T) {
	h := openEdge(t)
	const spec = "data: [{name: d, class: x, residency: [%s]}]\ncomponents: [{name: a, tier: local-zone, services: [%s], data: [d]}]"
	abroad := strings.Replace(edgeWorld, "{id: hub-town, kind: local-zone, parent: hub, country: AA,", "{id: hub-town, kind: local-zone, parent: hub, country: BB,", 1)
	far, err := host.Open(context.Background(), host.WithoutCatalogue(), host.WithTopology("edge", fstest.MapFS{"edge.yaml": {Data: []byte(abroad)}}))
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	for _, c := range []struct {
		name    string
		h       *host.Host
		spec    string
		verdict placement.Verdict
		reason  string
	}{
		{"at home", h, fmt.Sprintf(spec, "AA", "vm, kv"), placement.Permit, ""},
		{"the zone abroad, its table at home", far, fmt.Sprintf(spec, "BB", "vm, kv"), placement.Deny, `hub, which provides kv: data set "d" may be stored only in BB; hub is in AA`},
		{"nothing comes from the region", far, fmt.Sprintf(spec, "BB", "vm"), placement.Permit, ""},
		{"both allowed", far, fmt.Sprintf(spec, "AA, BB", "vm, kv"), placement.Permit, ""},
		{"waived at the zone", far, fmt.Sprintf(spec, "BB", "vm, kv") + "\nwaivers: [{policy: SOV-01, component: a, site: hub-town, until: 2027-01-01, reason: r, by: b}]", placement.Permit, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := decide(t, c.h, c.spec)
			reason := ""
			for _, r := range siteOf(t, d, "hub-town").Reasons {
				reason = r.Message
			}
			if d.Verdict != c.verdict || reason != c.reason {
				t.Errorf("%s: %s", d.Verdict, reason)
			}
		})
	}
	shut := strings.Replace(edgeWorld, "{id: hub, kind: region, partition: acme, country: AA, lat: 0, lon: 0, status: available,", "{id: hub, kind: region, partition: acme, country: AA, lat: 0, lon: 0, status: retired,", 1)
	closed, err := host.Open(context.Background(), host.WithoutCatalogue(), host.WithTopology("edge", fstest.MapFS{"edge.yaml": {Data: []byte(shut)}}))
	if err != nil {
		t.Fatal(err)
	}
	defer closed.Close()
	d := decide(t, closed, fmt.Sprintf(spec, "AA", "vm, kv"))
	if r := siteOf(t, d, "hub-town").Reasons; d.Verdict != placement.Infeasible || len(r) != 1 || r[0].Message != "hub, which provides kv, is not open for use: its status is retired" {
		t.Errorf("%s: %+v", d.Verdict, r)
	}
}

// TestCachesAreAsked has misses pass only regional caches where the data may be, and names them.
func TestCachesAreAsked(t *testing.T) {
	const caches = "  - {id: rec-hub, kind: regional-edge-cache, parent: hub, status: available}\n  - {id: rec-far, kind: regional-edge-cache, parent: far, status: available}\nservices:\n"
	with := strings.Replace(edgeWorld, "services:\n", caches, 1)
	h, err := host.Open(context.Background(), host.WithoutCatalogue(), host.WithTopology("edge", fstest.MapFS{"edge.yaml": {Data: []byte(with)}}))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	via := func(places string) string {
		d := decide(t, h, "users: [{population: town}]\ndata: [{name: d, class: x, residency: ["+places+"]}]\nsites: {exclude: [hub]}\ncomponents: [{name: a, services: [vm], data: [d], latency: {cacheHitRatio: 0.5}}]")
		if len(d.Placements) == 0 {
			return string(d.Verdict)
		}
		parts := d.Placements[0].Users[0].Parts
		return parts[1].To + " " + parts[2].Via
	}
	// The request leaves hub out, and with it the cache in it.
	if got := via("AA, BB"); got != "TWN rec-far" {
		t.Errorf("misses pass %s", got)
	}
	d := decide(t, h, "users: [{population: town}]\ndata: [{name: d, class: x, residency: [AA]}]\ncomponents: [{name: a, services: [vm], data: [d], latency: {cacheHitRatio: 0.5}}]")
	if p := d.Placements[0].Users[0].Parts; p[1].To != "HUB" || p[2].Via != "rec-hub" {
		t.Errorf("%+v", p)
	}
}

// TestDutiesAtTheEdge keeps what a policy asks for, and what is waived, where users enter.
func TestDutiesAtTheEdge(t *testing.T) {
	rules := fstest.MapFS{"r.rego": {Data: []byte(`# METADATA
# title: Duties
# custom: {id: OWN-01, class: sovereignty, hook: site, severity: low, reviewed: 2026-11-23}
package own.duties

obligation contains sprintf("see to %s", [input.site.id]) if input.site.kind == "edge-location"

deny contains "not here" if input.site.id == "TWN"
`)}}
	h := openEdge(t, host.WithPolicies("own", rules))
	const spec = "users: [{population: town}]\ncomponents: [{name: a, services: [vm], latency: {accelerated: true}}]\n"
	d := decide(t, h, spec)
	if o := d.Placements[0].Obligations; len(o) != 1 || o[0].Text != "see to HUB" || len(d.Waived) != 0 {
		t.Errorf("%+v, waived %+v", o, d.Waived)
	}
	d = decide(t, h, spec+"waivers: [{policy: OWN-01, component: a, site: TWN, until: 2027-01-01, reason: r, by: b}]")
	if o := d.Placements[0].Obligations; len(o) != 1 || o[0].Text != "see to TWN" || len(d.Waived) != 1 {
		t.Errorf("%+v, waived %+v", o, d.Waived)
	}
}

// TestNoWayIn says why users cannot enter.
func TestNoWayIn(t *testing.T) {
	h := openEdge(t)
	message := func(spec string) string {
		d := decide(t, h, "users: [{population: town}]\n"+spec)
		for _, r := range siteOf(t, d, "hub").Reasons {
			if r.Policy == "requirement" {
				return string(d.Verdict) + ": " + r.Message
			}
		}
		return string(d.Verdict)
	}
	const fast = "components: [{name: a, services: [vm], data: [d], latency: {accelerated: true}}]\n"
	for _, c := range []struct{ spec, want string }{
		{"data: [{name: d, class: x}]\nsites: {exclude: [TWN, HUB]}\n" + fast, "infeasible: no edge location lets town in: all 3 of partition acme are left out by the request, or not open"},
		{"data: [{name: d, class: x, processing: [UNION]}]\n" + fast, "deny: no edge location surely lets town in: of the 2 of partition acme that the request leaves open, SOV-02 refuses every one"},
		{"data: [{name: d, class: x}]\nsites: {include: [hub]}\n" + fast, "permit"},
		{"data: [{name: d, class: x}]\nsites: {include: [hub, SHUT]}\n" + fast, "infeasible: no edge location lets town in: all 3 of partition acme are left out by the request, or not open"},
	} {
		if got := message(c.spec); got != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.spec, got, c.want)
		}
	}
}

// edited opens the edge world with texts replaced.
func edited(t *testing.T, opts []host.Option, pairs ...string) *host.Host {
	t.Helper()
	world := edgeWorld
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(world, pairs[i]) {
			t.Fatalf("the world has no %s", pairs[i])
		}
		world = strings.Replace(world, pairs[i], pairs[i+1], 1)
	}
	opts = append([]host.Option{host.WithoutCatalogue(), host.WithTopology("edge", fstest.MapFS{"edge.yaml": {Data: []byte(world)}})}, opts...)
	h, err := host.Open(context.Background(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// TestGatesAndReadings tells what is known to be out of reach from what is not known.
func TestGatesAndReadings(t *testing.T) {
	without := []host.Option{host.WithoutStandardPolicies("SEL-02")}
	const users = "users: [{population: town}]\n"
	for _, c := range []struct {
		name    string
		edits   []string
		spec    string
		verdict placement.Verdict
		why     string // policies and requirements that conflict
	}{
		{
			"a known way that is too long is not unknown, however short another one",
			[]string{"links:\n", "links:\n  - {from: HUB, to: hub, rttMs: 0.5}\n"},
			"components: [{name: a, services: [vm], latency: {accelerated: true, maxMs: 29.5}}]", placement.Infeasible, "components[0].latency.accelerated components[0].latency.maxMs",
		},
		{
			"gates that are not known to be open",
			[]string{"country: AA, lat: 0, lon: 0, status: available}", "country: AA, lat: 0, lon: 0}", "country: BB, lat: 0, lon: 8, status: available}", "country: BB, lat: 0, lon: 8}"},
			"components: [{name: a, services: [vm], latency: {accelerated: true}}]", placement.Indeterminate, "components[0].latency.accelerated",
		},
		{
			"gates of a country that is not known",
			[]string{"partition: acme, country: AA, lat: 0, lon: 0, status: available}", "partition: acme, lat: 0, lon: 0, status: available}", "partition: acme, country: BB, lat: 0, lon: 8, status: available}", "partition: acme, lat: 0, lon: 8, status: available}"},
			"data: [{name: d, class: x, residency: [AA]}]\nunknown: assume\ncomponents: [{name: a, services: [vm], data: [d], latency: {accelerated: true}}]", placement.Indeterminate, "SOV-01 components[0].latency.accelerated",
		},
		{
			"zones whose ids are not known are reached no better", nil,
			"sites: {exclude: [TWN, HUB]}\ncomponents: [{name: a, tier: availability-zone, copies: {min: 2, max: 2}, services: [vm], latency: {accelerated: true}}]", placement.Infeasible, "components[0].copies.min; components[0].latency.accelerated",
		},
		{
			"a cache that may be passed",
			[]string{
				"services:\n", "  - {id: rec-hub, kind: regional-edge-cache, parent: hub, status: available}\nservices:\n",
				"links:\n", "links:\n  - {from: HUB, to: hub, rttMs: 200}\n  - {from: HUB, to: rec-hub, rttMs: 1}\n  - {from: rec-hub, to: hub, rttMs: 1}\n",
				"{id: hub, kind: region, partition: acme, country: AA,", "{id: hub, kind: region, partition: acme,",
			},
			"sites: {exclude: [far, TWN]}\ndata: [{name: d, class: x, residency: [AA, BB]}]\ncomponents: [{name: a, services: [vm], data: [d], latency: {cacheHitRatio: 0.1, maxMs: 60}}]", placement.Indeterminate, "SOV-01 sites.exclude",
		},
		{
			"the lowest tier of which the region is shut",
			[]string{"{id: hub, kind: region, partition: acme, country: AA, lat: 0, lon: 0, status: available,", "{id: hub, kind: region, partition: acme, country: AA, lat: 0, lon: 0, status: retired,"},
			"sites: {include: [hub-town]}\ncomponents: [{name: a, tier: lowest, services: [vm, kv]}]", placement.Infeasible, "components[0].services",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := decide(t, edited(t, without, c.edits...), users+c.spec)
			var all []string
			for _, x := range d.Conflicts {
				all = append(all, strings.Join(append(x.Policies, x.Requirements...), " "))
			}
			if why := strings.Join(all, "; "); d.Verdict != c.verdict || why != c.why {
				t.Errorf("%s: %s", d.Verdict, why)
			}
		})
	}
	h := edited(t, without, "links:\n", "links:\n  - {from: HUB, to: hub, rttMs: 0.5}\n")
	d := decide(t, h, users+"unknown: assume\ncurrent: {a: [hub]}\ncomponents: [{name: a, services: [vm], latency: {accelerated: true, maxMs: 29.5}}]")
	if d.Current.Verdict != placement.Infeasible {
		t.Errorf("today: %+v", d.Current)
	}
}

// TestParentPerhaps judges the region that a zone may have its table from as far as it may.
func TestParentPerhaps(t *testing.T) {
	const abroad, home = "{id: hub-town, kind: local-zone, parent: hub, country: AA,", "{id: hub-town, kind: local-zone, parent: hub, country: BB,"
	const spec = "data: [{name: d, class: x, residency: [BB]}]\ncomponents: [{name: a, tier: local-zone, services: [vm, kv], data: [d]}]"
	for _, c := range []struct {
		name  string
		edits []string
	}{
		{"the zone may have it itself", []string{abroad, home, "{service: kv, sites: [hub, far], complete: true}", "{service: kv, sites: [hub, far]}"}},
		{"nobody knows of what scope it is", []string{abroad, home, "{service: kv, sites: [hub, far], complete: true}", "{service: kv, sites: [hub, far]}", "{id: kv, scope: regional,", "{id: kv,"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := edited(t, nil, c.edits...)
			d := decide(t, h, spec)
			said := false
			for _, r := range siteOf(t, d, "hub-town").Reasons {
				said = said || r.Possible && strings.HasPrefix(r.Message, "hub, which may provide kv: data set \"d\" may be stored only in BB")
			}
			if d.Verdict != placement.Indeterminate || !said {
				t.Errorf("%s: %+v", d.Verdict, siteOf(t, d, "hub-town").Reasons)
			}
			d = decide(t, h, "unknown: assume\n"+spec)
			assumed := false
			for _, a := range d.Assumed {
				assumed = assumed || a.Policy == "SOV-01" && strings.Join(a.Unknown, " ") == "site.offers.kv"
			}
			if d.Verdict != placement.Permit || !assumed {
				t.Errorf("%s: assumed %+v", d.Verdict, d.Assumed)
			}
		})
	}
	h := edited(t, nil, abroad, home)
	x, err := h.Explain(context.Background(), request(t, spec), "hub-town")
	if err != nil {
		t.Fatal(err)
	}
	told := ""
	for _, p := range x.Components[0].Policies {
		if p.Verdict != placement.Permit {
			told += p.Policy + " " + strings.Join(p.Reasons, "; ")
		}
	}
	if want := `SOV-01 hub, which provides kv: data set "d" may be stored only in BB; hub is in AA`; told != want {
		t.Errorf("explain says %s", told)
	}
	d := decide(t, h, "current: {a: [hub-town]}\n"+strings.Replace(spec, "local-zone", "lowest", 1)+"\nwaivers: [{policy: SOV-01, component: a, site: hub-town, until: 2027-01-01, reason: r, by: b}]")
	if d.Current.Verdict != placement.Permit || len(d.Waived) != 1 {
		t.Errorf("today %s, waived %+v", d.Current.Verdict, d.Waived)
	}
}

// TestMoves prefers to stay, and says what staying costs.
func TestMoves(t *testing.T) {
	h := openEdge(t)
	const spec = "users: [{population: town}]\ncurrent: {a: [far]}\ncomponents: [{name: a, services: [vm]}]\n"
	stay := decide(t, h, spec+"objective: [moves, latency]")
	move := decide(t, h, spec+"objective: [latency, moves]")
	if sites(stay.Placements[0]) != "far" || stay.Placements[0].Objective["moves"] != 0 {
		t.Errorf("it moves to %s: %v", sites(stay.Placements[0]), stay.Placements[0].Objective)
	}
	if sites(move.Placements[0]) != "hub" || move.Placements[0].Objective["moves"] != 1 {
		t.Errorf("it stays in %s: %v", sites(move.Placements[0]), move.Placements[0].Objective)
	}
	if diff := cmp.Diff(stay.Placements[0].Objective["latency"], move.Current.Objective["latency"]); diff != "" || move.Current.Users[0].Site != "far" {
		t.Errorf("today's latency: %s", diff)
	}
	if move.Current.Objective["moves"] != 0 {
		t.Errorf("where it runs counts as a move: %v", move.Current.Objective)
	}
}

// TestFootprint multiplies by hand.
func TestFootprint(t *testing.T) {
	h := openEdge(t)
	const spec = "components: [{name: a, services: [vm], energyKWh: 10.5}, {name: b, services: [vm]}]\nobjective: [carbon]\n"
	d := decide(t, h, spec)
	f := d.Placements[0].Footprint
	// 10.5 kWh × 1.2 × 100 g and × 10.5 g
	if f == nil || *f.LocationKgPerMonth != 1.26 || *f.MarketKgPerMonth != 0.132 || len(f.Copies) != 1 || *f.Copies[0].PUE != 1.2 {
		t.Errorf("%+v", f)
	}
	other := d.Placements[1]
	if sites(other) != "far | hub" && sites(other) != "hub | far" {
		t.Fatalf("next best %s", sites(other))
	}
	far := decide(t, h, "sites: {include: [far]}\n"+spec).Placements[0]
	if *far.Footprint.LocationKgPerMonth != 3.465 || far.Footprint.MarketKgPerMonth != nil {
		t.Errorf("far: %+v", far.Footprint)
	}
	said := false
	for _, w := range far.Warnings {
		said = said || w.Message == "the footprint of a in far is not complete: site.carbon.marketGramsPerKWh is unknown"
	}
	if !said {
		t.Errorf("warnings %+v", far.Warnings)
	}
	if d := decide(t, h, "components: [{name: a, services: [vm]}]"); d.Placements[0].Footprint != nil {
		t.Error("a footprint of nothing")
	}
}
