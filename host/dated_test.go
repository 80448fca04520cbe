package host_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// tomorrow lies over the world: a region that opens, an offering that ends, a price that changes.
const tomorrow = `apiVersion: bailiwick/v1
kind: Topology
sources:
  - {id: notice, title: What was announced, asOf: 2026-05-01}
sites:
  - {id: west, kind: region, partition: acme, country: AA, lat: 20, lon: 9, status: available, optIn: false, zoneCount: 3, source: notice, since: 2027-03-01}
  - {id: west-1, kind: availability-zone, parent: west}
services:
  - {id: batch, scope: zonal}
offerings:
  - {service: batch, sites: [north], complete: true}
  - {service: batch, sites: [south], until: 2026-09-01, source: notice}
  - {service: kv, sites: [west]}
access:
  - {from: AA, to: west, rttMs: 2}
prices:
  - {site: north, index: 0.5, since: 2026-10-01, source: notice}
`

func openTomorrow(t testing.TB, opts ...host.Option) *host.Host {
	t.Helper()
	return openWorld(t, append([]host.Option{host.WithTopology("tomorrow", fstest.MapFS{"t.yaml": {Data: []byte(tomorrow)}})}, opts...)...)
}

const nearest = "users: [{population: AA, weight: 1}]\ncomponents: [{name: a, services: [kv]}]\nobjective: [latency]\n"

func TestRegionThatOpensLater(t *testing.T) {
	h := openTomorrow(t)
	for _, c := range []struct{ at, want string }{
		{"2026-06-01", "north"}, {"2027-02-28T23:59:59Z", "north"}, {"2027-03-01", "west"}, {"2030-01-01", "west"},
	} {
		d := decide(t, h, "at: "+c.at+"\n"+nearest)
		if d.Verdict != placement.Permit || sites(d.Placements[0]) != c.want {
			t.Errorf("%s: %s, %s", c.at, d.Verdict, sites(d.Placements[0]))
		}
		snap, err := h.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		if d.Inputs.Snapshot != snap.Digest() {
			t.Errorf("%s: decided against %s, not the whole topology", c.at, d.Inputs.Snapshot)
		}
		listed := false
		for _, s := range d.Sites {
			listed = listed || s.Site == "west"
		}
		if listed != (c.want == "west") {
			t.Errorf("%s: west is listed: %v", c.at, listed)
		}
	}
	if d := decide(t, h, nearest); sites(d.Placements[0]) != "north" {
		t.Errorf("without a time: %s", sites(d.Placements[0]))
	}
}

func TestOfferingThatEnds(t *testing.T) {
	h := openTomorrow(t)
	const spec = "components: [{name: a, services: [batch]}]\nsites: {include: [south]}\n"
	if d := decide(t, h, spec); d.Verdict != placement.Permit {
		t.Errorf("today: %s", d.Verdict)
	}
	if d := decide(t, h, "at: 2026-09-01\n"+spec); d.Verdict != placement.Deny {
		t.Errorf("from September on: %s", d.Verdict)
	}
}

func TestPriceThatChanges(t *testing.T) {
	h := openTomorrow(t)
	const spec = "components: [{name: a}]\nsites: {include: [north, south]}\nobjective: [cost]\n"
	for _, c := range []struct {
		at, want string
		cost     float64
	}{{"2026-09-30", "south", 1.1}, {"2026-10-01", "north", 0.5}} {
		d := decide(t, h, "at: "+c.at+"\n"+spec)
		if sites(d.Placements[0]) != c.want || d.Placements[0].Objective["cost"] != c.cost {
			t.Errorf("%s: %s at %v", c.at, sites(d.Placements[0]), d.Placements[0].Objective)
		}
	}
}

// TestNamesOfOtherDays tells of names that the topology has on another day than that of the decision.
func TestNamesOfOtherDays(t *testing.T) {
	more := `apiVersion: bailiwick/v1
kind: Topology
sites:
  - {id: old, kind: region, partition: acme, country: AA, lat: 1, lon: 1, until: 2026-01-01}
  - {id: fair, kind: region, partition: acme, country: AA, lat: 1, lon: 1, since: 2028-01-01, until: 2028-02-01}
partitions:
  - {id: new, provider: acme, since: 2027-05-01}
services:
  - {id: soon, aliases: [sn], since: 2027-05-01}
jurisdictions:
  - {id: DD, since: 2027-05-01}
populations:
  - {id: settlers, lat: 1, lon: 1, since: 2027-05-01}
`
	h := openTomorrow(t, host.WithTopology("more", fstest.MapFS{"m.yaml": {Data: []byte(more)}}))
	for _, c := range []struct{ spec, want string }{
		{"sites: {include: [west]}\ncomponents: [{name: a}]", "west exists from 2027-03-01; the decision time is 2026-06-01"},
		{"sites: {exclude: [old]}\ncomponents: [{name: a}]", "old exists until 2026-01-01; the decision time is 2026-06-01"},
		{"at: 2029-01-01\nsites: {exclude: [fair]}\ncomponents: [{name: a}]", "fair exists until 2028-02-01; the decision time is 2029-01-01"},
		{"sites: {exclude: [fair]}\ncomponents: [{name: a}]", "fair exists from 2028-01-01 until 2028-02-01; the decision time is 2026-06-01"},
		{"partitions: [new]\ncomponents: [{name: a}]", "new exists from 2027-05-01; the decision time is 2026-06-01"},
		{"zoneNames: {mine: west-1}\ncomponents: [{name: a}]", "west-1 exists from 2027-03-01; the decision time is 2026-06-01"},
		{"components: [{name: a, services: [sn]}]", "sn exists from 2027-05-01; the decision time is 2026-06-01"},
		{"users: [{population: settlers, weight: 1}]\ncomponents: [{name: a}]", "settlers exists from 2027-05-01; the decision time is 2026-06-01"},
		{"users: [{population: west, weight: 1}]\ncomponents: [{name: a}]", "west exists from 2027-03-01; the decision time is 2026-06-01"},
		{"data: [{name: d, class: personal, subjects: [DD]}]\ncomponents: [{name: a, data: [d]}]", "DD exists from 2027-05-01; the decision time is 2026-06-01"},
		{"sites: {exclude: [wset]}\ncomponents: [{name: a}]", `there is no site "wset" in the topology`},
	} {
		_, err := h.Decide(context.Background(), request(t, c.spec))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got  %v\nwant …%s…", err, c.want)
		}
	}
	_, err := h.Explain(context.Background(), request(t, "components: [{name: a}]"), "west")
	if err == nil || err.Error() != "host: west exists from 2027-03-01; the decision time is 2026-06-01" {
		t.Errorf("explain: %v", err)
	}
}

// TestCorrectedFact corrects a coordinate: latency follows, and a reason names the source of the correction.
func TestCorrectedFact(t *testing.T) {
	fix := `apiVersion: bailiwick/v1
kind: Topology
sources:
  - {id: survey, title: Our own survey, asOf: 2026-05-02}
sites:
  - {id: vault, lat: 40, lon: 30, country: CC, source: survey}
`
	const spec = "users: [{population: AA, weight: 1}]\nsites: {include: [vault]}\ndata: [{name: d, class: personal, subjects: [UNION], residency: [UNION]}]\ncomponents: [{name: a, data: [d], latency: {maxMs: 30}}]\n"
	before, after := openWorld(t), openWorld(t, host.WithTopology("fix", fstest.MapFS{"f.yaml": {Data: []byte(fix)}}))
	x, errX := before.Explain(context.Background(), request(t, spec), "vault")
	y, errY := after.Explain(context.Background(), request(t, spec), "vault")
	if errX != nil || errY != nil {
		t.Fatal(errX, errY)
	}
	if a, b := x.Components[0].Latency[0].RTTMs, y.Components[0].Latency[0].RTTMs; b < a+10 {
		t.Errorf("the round trip was %v ms and is %v ms", a, b)
	}
	source := func(x *host.Explanation, path string) string {
		for _, p := range x.Components[0].Policies {
			for _, f := range p.Facts {
				if f.Path == path {
					return f.Source
				}
			}
		}
		return "not read"
	}
	if a, b := source(x, "site.country"), source(y, "site.country"); a != "atlas" || b != "survey" {
		t.Errorf("the country's source was %q and is %q", a, b)
	}
	if b := source(y, "site.status"); b != "atlas" && b != "not read" {
		t.Errorf("the status, which was not corrected, has source %q", b)
	}
}

// TestEditionsUnderLoad decides for days of every edition at once, while the host reloads.
func TestEditionsUnderLoad(t *testing.T) {
	h := openTomorrow(t)
	want := map[string]string{"2026-07-01": "north", "2026-09-15": "north", "2026-12-01": "north", "2027-03-01": "west", "2028-01-01": "west"}
	var wg sync.WaitGroup
	for day, site := range want {
		req := request(t, "at: "+day+"\n"+nearest)
		for range 2 {
			wg.Go(func() {
				for range 5 {
					d, err := h.Decide(context.Background(), req)
					if err != nil {
						t.Errorf("%s: %v", day, err)
						return
					}
					if len(d.Placements) == 0 || sites(d.Placements[0]) != site {
						t.Errorf("%s: %s, %+v", day, d.Verdict, d.Placements)
						return
					}
				}
			})
		}
	}
	for range 3 {
		if err := h.Reload(context.Background()); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
}

// TestZoneNamesEverywhere uses an account's own zone name wherever a request names a site.
func TestZoneNamesEverywhere(t *testing.T) {
	h := openWorld(t)
	const names = "zoneNames: {acme-north-b: north-2}\n"
	const component = "components: [{name: a, tier: availability-zone, copies: {min: 2}}]\n"
	d := decide(t, h, names+"sites: {include: [acme-north-b, south-1]}\n"+component)
	if len(d.Placements) == 0 || sites(d.Placements[0]) != "north-2+south-1" {
		t.Errorf("include: %+v", d.Placements)
	}
	d = decide(t, h, names+"sites: {exclude: [acme-north-b]}\n"+component)
	if s := siteOf(t, d, "north-2"); s.Verdict != placement.Deny || s.Reasons[0].Policy != "request" {
		t.Errorf("exclude: %+v", s)
	}
	d = decide(t, h, names+"users: [{population: acme-north-b, weight: 1}]\nsites: {include: [north-2, south-1]}\n"+component)
	if u := d.Placements[0].Users[0]; u.Site != "north-2" || u.RTTMs != 1 || u.Basis != "measured" {
		t.Errorf("users: %+v", u)
	}
	x, err := h.Explain(context.Background(), request(t, names+component), "acme-north-b")
	if err != nil || x.Site != "north-2" {
		t.Errorf("explain: %+v, %v", x, err)
	}
	const waiver = "waivers: [{policy: RED-01, component: a, site: acme-north-b, until: 2027-01-01, reason: r, by: b}]\n"
	d = decide(t, h, names+waiver+"sites: {include: [acme-north-b]}\ncomponents: [{name: a, tier: availability-zone}]\n")
	if len(d.Waived) != 1 || siteOf(t, d, "north-2").Verdict != placement.Permit {
		t.Errorf("waivers: %+v", siteOf(t, d, "north-2"))
	}
}
