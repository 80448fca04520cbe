package host_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

func TestVerdicts(t *testing.T) {
	h := openWorld(t)
	for _, c := range []struct {
		name, spec string
		verdict    placement.Verdict
		best       string
		conflict   string // policies | requirements, of each
	}{
		{"nothing asked", "components: [{name: a}]", placement.Permit, "east", ""},
		{"nearest to its users", "users: [{population: BB}]\ncomponents: [{name: a}]", placement.Permit, "south", ""},
		{"users who are a site use its links", "users: [{population: north}]\ncomponents: [{name: a}]", placement.Permit, "north", ""},
		{"second objective breaks a tie", "components: [{name: a}]\nobjective: [copies, cost]", placement.Permit, "east", ""},
		{"weighted sum", "users: [{population: AA}]\ncomponents: [{name: a}]\nobjective: {latency: 1, carbon: 0.5}", placement.Permit, "north", ""},
		{"weighted the other way", "users: [{population: AA}]\ncomponents: [{name: a}]\nobjective: {latency: 1, carbon: 5}", placement.Permit, "east", ""},
		{"residency", "data: [{name: d, class: personal, residency: [UNION]}]\ncomponents: [{name: a, data: [d]}]", placement.Permit, "north", ""},
		{"two components, each on its own", "users: [{population: AA}]\ndata: [{name: d, class: x, residency: [BB]}]\ncomponents: [{name: a}, {name: b, data: [d]}]", placement.Permit, "north | south", ""},
		{"only included sites", "sites: {include: [south]}\ncomponents: [{name: a}]", placement.Permit, "south", ""},
		{"excluded with what is inside", "sites: {exclude: [north]}\ncomponents: [{name: a, tier: availability-zone, copies: {min: 2}}]", placement.Permit, "south-1+south-2", ""},
		{"account zone names", "zoneNames: {my-zone: north-2}\nsites: {include: [my-zone, south-1]}\ncomponents: [{name: a, tier: availability-zone, copies: {min: 2}}]", placement.Permit, "north-2+south-1", ""},
		{"survives a region", "components: [{name: a, copies: {min: 1, max: 2}, survive: region}]", placement.Permit, "east+north", ""},
		{"a majority survives a region", "components: [{name: a, copies: {min: 2, max: 3}, survive: region, quorum: majority}]", placement.Permit, "east+north+south", ""},
		{"survives a zone in one region", "components: [{name: a, services: [kv], survive: zone}]", placement.Permit, "east", ""},
		{"a zonal service takes all zones", "components: [{name: a, services: [disk], survive: zone}]", placement.Permit, "east", ""},
		{"one that keeps its data in one zone is lost with it", "components: [{name: a, services: [single], survive: zone}]", placement.Infeasible, "", "| components[0].copies.max components[0].survive"},
		{"one copy without synchronous zones does not survive", "components: [{name: a, services: [log], survive: zone}]", placement.Infeasible, "", "| components[0].copies.max components[0].survive"},
		{"two such copies do", "components: [{name: a, services: [log], copies: {min: 1, max: 2}, survive: zone}]", placement.Permit, "east+north", ""},
		{"nothing is known of the service's zones", "components: [{name: a, services: [odd], survive: zone}]", placement.Indeterminate, "", "| components[0].copies.max components[0].survive"},
		{"residency no region can meet twice", "data: [{name: d, class: x, residency: [AA]}]\ncomponents: [{name: a, data: [d], copies: {min: 1, max: 2}, survive: region}]\npartitions: [acme]\nsites: {exclude: [fog]}", placement.Deny, "", "SOV-01 | components[0].survive partitions sites.exclude"},
		{"an unknown country is not permitted", "sites: {include: [fog]}\ndata: [{name: d, class: x, residency: [AA]}]\ncomponents: [{name: a, data: [d]}]", placement.Indeterminate, "", "RED-01 | sites.include; SOV-01 | sites.include"},
		{"too far from everybody", "users: [{population: AA}]\ncomponents: [{name: a, latency: {maxMs: 2}}]", placement.Infeasible, "", "| components[0].latency.maxMs; SEL-02 |"},
		{"every user near some copy", "users: [{population: AA}, {population: BB}]\ncomponents: [{name: a, copies: {min: 1, max: 3}, latency: {maxMs: 10}}]\nobjective: [copies]", placement.Permit, "north+south", ""},
		{"farther apart than the map", "components: [{name: a, copies: {min: 2}, spread: {separationKm: 15000}}]", placement.Infeasible, "", "| components[0].copies.min components[0].spread.separationKm"},
		{"capacity after the loss", "components: [{name: a, copies: {min: 1, max: 3}, survive: region, capacity: {needed: 100, perCopy: 60}}]", placement.Permit, "east+north+south", ""},
		{"carbon ceiling", "carbon: {maxGramsPerKWh: 60}\npartitions: [acme]\nsites: {exclude: [fog]}\nusers: [{population: AA}]\ncomponents: [{name: a}]", placement.Permit, "south", ""},
		{"exactly as far as the goal", "users: [{population: BB}]\ncomponents: [{name: a, latency: {maxMs: 6}}]", placement.Permit, "south", ""},
		{"fewer copies where more are no better", "users: [{population: AA}]\ncomponents: [{name: a, copies: {min: 1, max: 3}}]", placement.Permit, "north", ""},
		{"users nobody counts do not blind the objective", "users: [{population: AA}, {population: lost, weight: 0}]\ncomponents: [{name: a}]", placement.Permit, "north", ""},
		{"cheap units still tell prices apart", "components: [{name: a, units: 0.000001}]\nobjective: [cost]\nsites: {include: [north, south]}", placement.Permit, "south", ""},
		{"a weighted sum does not care how weights are scaled", "users: [{population: AA, weight: 1000}]\ncomponents: [{name: a}]\nobjective: {latency: 1, carbon: 0.5}", placement.Permit, "north", ""},
		{"a zone's own list beats its region's", "components: [{name: a, services: [zonal], tier: availability-zone, copies: {min: 2}}]\nsites: {include: [north]}", placement.Deny, "", "SEL-01 | components[0].copies.min sites.include"},
		{"what a zone alone offers", "components: [{name: a, services: [corner], tier: availability-zone, copies: {min: 1, max: 2}}]", placement.Permit, "south-2", ""},
		{"zones without known ids might do", "partitions: [gov]\ncomponents: [{name: a, tier: availability-zone, copies: {min: 2}}]", placement.Indeterminate, "", "| components[0].tier partitions"},
		{"a request that leaves nothing", "partitions: [gov]\nsites: {include: [north]}\ncomponents: [{name: a}]", placement.Infeasible, "", "| components[0].tier partitions sites.include"},
		{"one component open, another denied", "sites: {include: [south]}\nusers: [{population: AA}, {population: lost}]\ndata: [{name: d, class: x, residency: [AA]}]\ncomponents: [{name: a, latency: {maxMs: 50}}, {name: b, data: [d]}]", placement.Deny, "", "| components[0].latency.maxMs; SOV-01 | sites.include"},
		{"zones without known ids, in a place that is denied", "partitions: [gov]\ndata: [{name: d, class: x, residency: [BB]}]\ncomponents: [{name: a, tier: availability-zone, data: [d], copies: {min: 2}}]", placement.Infeasible, "", "| components[0].tier partitions"},
		{"zones without known ids beside denied ones", "sites: {include: [south, vault]}\npartitions: [acme, gov]\ndata: [{name: d, class: x, residency: [AA]}]\ncomponents: [{name: a, tier: availability-zone, data: [d], copies: {min: 2}}]", placement.Indeterminate, "", "SOV-01 | sites.include"},
		{"scope that cannot be spared, and what can", "partitions: [acme, gov]\nsites: {include: [vault]}\ncomponents: [{name: a, tier: availability-zone, copies: {min: 2}}]", placement.Indeterminate, "", "| components[0].tier sites.include"},
		{"an unknown time meets no goal, with or without policies", "sites: {include: [fog, north]}\nusers: [{population: lost}]\ncomponents: [{name: a, latency: {maxMs: 5}}]", placement.Indeterminate, "", "| components[0].latency.maxMs; SEL-02 |"},
		{"assumed: what is possible is no conflict", "unknown: assume\nsites: {include: [fog]}\nusers: [{population: AA}]\ndata: [{name: d, class: x, residency: [AA]}]\ncomponents: [{name: a, data: [d], latency: {maxMs: 20}}]", placement.Infeasible, "", "| components[0].latency.maxMs sites.include; SEL-02 | sites.include"},
		{"more copies than sites", "partitions: [gov]\ncomponents: [{name: a, copies: {min: 2}}]", placement.Infeasible, "", "| components[0].copies.min partitions"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := decide(t, h, c.spec)
			if d.Verdict != c.verdict {
				t.Fatalf("%s, want %s; conflicts %v", d.Verdict, c.verdict, d.Conflicts)
			}
			best := ""
			if len(d.Placements) > 0 {
				best = sites(d.Placements[0])
			}
			if best != c.best {
				t.Errorf("placed in %q, want %q", best, c.best)
			}
			var conflicts []string
			for _, x := range d.Conflicts {
				conflicts = append(conflicts, strings.TrimSpace(strings.Join(x.Policies, " ")+" | "+strings.Join(x.Requirements, " ")))
			}
			if conflict := strings.Join(conflicts, "; "); conflict != c.conflict {
				t.Errorf("conflicts %q, want %q", conflict, c.conflict)
			}
		})
	}
}

func TestBadRequests(t *testing.T) {
	h := openWorld(t)
	for _, c := range []struct{ name, spec, want string }{
		{"unknown service", "components: [{name: a, services: [kvs]}]", `test.yaml:5:37: /spec/components/0/services/0: there is no service "kvs" in the topology; did you mean "kv"?`},
		{"unknown site", "sites: {include: [nort]}\ncomponents: [{name: a}]", `test.yaml:5:21: /spec/sites/include/0: there is no site "nort" in the topology; did you mean "north"?`},
		{"unknown population", "users: [{population: BBB}]\ncomponents: [{name: a}]", `test.yaml:5:24: /spec/users/0/population: there is no population "BBB" in the topology; did you mean "BB"?`},
		{"a mobile carrier of a site", "users: [{population: north, access: {mobile: Red}}]\ncomponents: [{name: a}]", `test.yaml:5:48: /spec/users/0/access/mobile: "north" is a site, whose own links its traffic takes; remove access, or name a population`},
		{"it runs at a site that is not there", "current: {a: [nort]}\ncomponents: [{name: a}]", `test.yaml:5:17: /spec/current/a/0: there is no site "nort" in the topology; did you mean "north"?`},
		{"unknown partition", "partitions: [acne]\ncomponents: [{name: a}]", `test.yaml:5:16: /spec/partitions/0: there is no partition "acne" in the topology; did you mean "acme"?`},
		{"unknown country", "data: [{name: d, class: x, residency: [UNOIN]}]\ncomponents: [{name: a}]", `test.yaml:5:42: /spec/data/0/residency/0: there is no country or bloc "UNOIN" in the topology; did you mean "UNION"?`},
		{"unknown policy in a waiver", "components: [{name: a}]\nwaivers: [{policy: SOV-99, component: a, site: north, until: 2027-01-01, reason: r, by: b}]", `test.yaml:6:22: /spec/waivers/0/policy: there is no policy "SOV-99"; did you mean "SOV-09", "SOV-19" or "SOV-01"?`},
		{"zone name that means no zone", "zoneNames: {mine: north}\ncomponents: [{name: a}]", `test.yaml:5:21: /spec/zoneNames/mine: "north" is of kind region; name an availability zone by its id`},
		{"what is not acted on is refused", "components: [{name: a, tier: edge-location, latency: {percentile: 5}}]", "test.yaml:5:69: /spec/components/0/latency/percentile: latency.percentile is not supported by this version: remove it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := h.Decide(context.Background(), request(t, c.spec))
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// TestFieldThatNoPolicyReads: what only a policy that is off would read changes nothing, and is refused.
func TestFieldThatNoPolicyReads(t *testing.T) {
	r := request(t, "data: [{name: d, class: x, logs: [AA]}]\ncomponents: [{name: a, data: [d]}]")
	for enforcement, want := range map[string]string{
		"deny": "",
		"off":  "test.yaml:5:36: /spec/data/0/logs: no policy reads logs, so it would change nothing; add a policy that does, or remove it",
	} {
		h := openWorld(t, host.WithSettings(map[string]map[string]any{"SOV-03": {"enforcement": enforcement}}))
		_, err := h.Decide(context.Background(), r)
		if (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Errorf("%s: %v, want %s", enforcement, err, want)
		}
	}
}

func TestUnknownIsNeverAPermit(t *testing.T) {
	h := openWorld(t)
	const spec = "sites: {include: [fog, vault]}\nunknown: %s\ndata: [{name: d, class: x, residency: [AA]}]\ncomponents: [{name: a, data: [d]}]\npartitions: [acme]\n"
	d := decide(t, h, strings.Replace(spec, "%s", "deny", 1))
	if d.Verdict != placement.Indeterminate || len(d.Placements) != 0 {
		t.Fatalf("unknown country: %s, %d placements", d.Verdict, len(d.Placements))
	}
	fog := siteOf(t, d, "fog")
	if fog.Verdict != placement.Indeterminate || !fog.Reasons[0].Possible {
		t.Errorf("fog is %s: %+v", fog.Verdict, fog.Reasons)
	}
	if d = decide(t, h, strings.Replace(spec, "%s", "assume", 1)); d.Verdict != placement.Permit || sites(d.Placements[0]) != "fog" {
		t.Fatalf("assumed: %s", d.Verdict)
	}
	var got []string
	for _, a := range d.Assumed {
		got = append(got, a.Policy+" "+a.Site+" "+strings.Join(a.Unknown, ","))
	}
	if want := "RED-01 fog site.zoneCount; SOV-01 fog site.country,site.jurisdictions"; strings.Join(got, "; ") != want {
		t.Errorf("assumed %q, want %q", strings.Join(got, "; "), want)
	}
}

func TestWaiver(t *testing.T) {
	h := openWorld(t)
	spec := func(at string) string {
		return "at: " + at + "\nsites: {include: [east]}\ndata: [{name: d, class: x, residency: [AA]}]\ncomponents: [{name: a, data: [d]}]\n" +
			"waivers: [{policy: SOV-01, component: a, site: east, until: 2027-01-01, reason: migration, by: ciso}]\n"
	}
	d := decide(t, h, spec("2026-12-31"))
	if d.Verdict != placement.Permit || len(d.Waived) != 1 || d.Waived[0].Reason != "migration" {
		t.Errorf("waived: %s, %+v", d.Verdict, d.Waived)
	}
	d = decide(t, h, spec("2027-01-01"))
	if d.Verdict != placement.Deny || len(d.Waived) != 0 {
		t.Errorf("after the waiver's end: %s, %+v", d.Verdict, d.Waived)
	}
	want := `the waiver for component "a" at east ended on 2027-01-01 and sets nothing aside; have ciso renew it, or remove it`
	if w := siteOf(t, d, "east").Warnings; len(w) != 1 || w[0].Policy != "SOV-01" || w[0].Message != want {
		t.Errorf("warnings %+v, want %s", w, want)
	}
}

// TestDatedFacts decides on both sides of the day a finding of adequacy comes into force.
func TestDatedFacts(t *testing.T) {
	h := openWorld(t)
	for at, want := range map[string]placement.Verdict{"2026-06-30": placement.Deny, "2026-07-01": placement.Permit} {
		d := decide(t, h, "at: "+at+"\nsites: {include: [east]}\ndata: [{name: d, class: personal, subjects: [UNION]}]\ncomponents: [{name: a, data: [d]}]\n")
		if d.Verdict != want {
			t.Errorf("at %s: %s, want %s", at, d.Verdict, want)
		}
	}
}

func TestScenarios(t *testing.T) {
	h := openWorld(t)
	d := decide(t, h, "users: [{population: AA, weight: 3}, {population: BB}]\nsites: {include: [north, south]}\ncomponents: [{name: a, services: [odd], copies: {min: 2}, survive: region}]\nobjective: [latency, carbon, cost]\n")
	p := d.Placements[0]
	if got := sites(p); got != "north+south" {
		t.Fatalf("placed in %s", got)
	}
	if p.Objective["latency"] != 3*5+6 || p.Objective["carbon"] != 75.25 || p.Objective["cost"] != 2.3 {
		t.Errorf("objective %v", p.Objective)
	}
	type outcome struct {
		verdict   placement.Verdict
		survivors string
		latency   float64
	}
	want := map[string]outcome{
		"lose:region:north": {placement.Permit, "south", 3*45 + 6},
		"lose:region:south": {placement.Permit, "north", 3*5 + 45},
		// What odd does in a zone is unknown, so the copy in the zone's region is not counted on.
		"lose:zone:north-1": {placement.Permit, "south", 3*45 + 6},
		"lose:zone:north-2": {placement.Permit, "south", 3*45 + 6},
		"lose:zone:north-3": {placement.Permit, "south", 3*45 + 6},
		"lose:zone:south-1": {placement.Permit, "north", 3*5 + 45},
		"lose:zone:south-2": {placement.Permit, "north", 3*5 + 45},

		"lose:partition:acme": {placement.Infeasible, "", 0},
		"lose:provider:acme":  {placement.Infeasible, "", 0},
	}
	for _, s := range p.Scenarios {
		if got := (outcome{s.Verdict, strings.Join(s.Survivors, "+"), s.Objective["latency"]}); got != want[s.ID] {
			t.Errorf("%s: %+v, want %+v", s.ID, got, want[s.ID])
		}
		delete(want, s.ID)
	}
	if len(want) > 0 {
		t.Errorf("no scenario for %v", want)
	}
	if p.Users[0].Basis != "measured" || p.Users[0].RTTMs != 5 || p.Users[1].Site != "south" {
		t.Errorf("users %+v", p.Users)
	}
}

func TestFactsHaveSources(t *testing.T) {
	h := openWorld(t)
	d := decide(t, h, "data: [{name: d, class: x, residency: [AA]}]\ncomponents: [{name: a, data: [d]}]\n")
	for _, f := range siteOf(t, d, "south").Reasons[0].Facts {
		if f.Source != "atlas" {
			t.Errorf("%s = %v has source %q", f.Path, f.Value, f.Source)
		}
	}
}

func TestClosed(t *testing.T) {
	h := openWorld(t)
	req := request(t, "components: [{name: a}]")
	if err := h.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Decide(context.Background(), req); !errors.Is(err, host.ErrClosed) {
		t.Errorf("Decide: %v", err)
	}
	if _, err := h.Explain(context.Background(), req, "north"); !errors.Is(err, host.ErrClosed) {
		t.Errorf("Explain: %v", err)
	}
	if err := h.Reload(context.Background()); !errors.Is(err, host.ErrClosed) {
		t.Errorf("Reload: %v", err)
	}
	if err := h.Close(); err != nil {
		t.Errorf("Close again: %v", err)
	}
}

func TestCancelled(t *testing.T) {
	h := openWorld(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := h.Decide(ctx, request(t, "components: [{name: a}]")); !errors.Is(err, context.Canceled) {
		t.Errorf("Decide: %v", err)
	}
	if _, err := host.Open(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Open: %v", err)
	}
}

// TestExamples decides the examples of the documentation.
func TestExamples(t *testing.T) {
	h, err := host.Open(context.Background(), host.WithTopology("hospital", os.DirFS(filepath.Join("..", "docs", "examples", "hospital-topology"))))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	for _, c := range []struct {
		file    string
		verdict placement.Verdict
		best    string
	}{
		{"checkout.yaml", placement.Permit, "eu-central-1+eu-west-3"},
		{"govcloud.yaml", placement.Permit, "us-gov-west-1+us-gov-east-1"},
		{"china.yaml", placement.Permit, "cn-north-1"},
		{"batch.yaml", placement.Permit, "eu-north-1"},
		{"impossible.yaml", placement.Deny, ""},
		{"game.yaml", placement.Permit, "us-west-2-lax-1 | us-west-1"},
		{"video.yaml", placement.Permit, "us-east-1-wl1-nyc-wlz-1+us-east-1-wl1-bos-wlz-1+us-east-1-wl1-chi-wlz-1"},
		{"hospital.yaml", placement.Permit, "clinic-north"},
		{"storefront.yaml", placement.Permit, "us-east-2+ap-northeast-1"},
		{"trading.yaml", placement.Permit, "eu-west-1+ap-northeast-1"},
		{"current.yaml", placement.Permit, "eu-central-1+eu-north-1"},
	} {
		t.Run(c.file, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("..", "docs", "examples", c.file))
			if err != nil {
				t.Fatal(err)
			}
			req, err := placement.Decode(c.file, text)
			if err != nil {
				t.Fatal(err)
			}
			d, err := h.Decide(context.Background(), req)
			if err != nil {
				t.Fatal(err)
			}
			best := ""
			if len(d.Placements) > 0 {
				best = sites(d.Placements[0])
			}
			if d.Verdict != c.verdict || best != c.best {
				t.Errorf("%s in %q, want %s in %q", d.Verdict, best, c.verdict, c.best)
			}
			again, err := h.Decide(context.Background(), req)
			if err != nil {
				t.Fatal(err)
			}
			a, _ := d.Canonical()
			b, _ := again.Canonical()
			if string(a) != string(b) {
				t.Error("decided twice, two different answers")
			}
			if _, err := placement.DecodeDecision("decision", a); err != nil {
				t.Errorf("the decision does not read back: %v", err)
			}
		})
	}
}

// TestOpenZoneLossIsSaid names what would have to be known where a scenario is left open.
func TestOpenZoneLossIsSaid(t *testing.T) {
	h := openWorld(t)
	d := decide(t, h, "sites: {include: [north]}\ncomponents: [{name: a, services: [odd]}]\n")
	p := d.Placements[0]
	for _, s := range p.Scenarios {
		if want := map[bool]placement.Verdict{true: placement.Infeasible, false: placement.Indeterminate}[!strings.HasPrefix(s.ID, "lose:zone:")]; s.Verdict != want {
			t.Errorf("%s: %s, want %s", s.ID, s.Verdict, want)
		}
	}
	const want = "it is not known whether a in north survives the loss of a zone: topology.services.odd.scope unknown"
	if len(p.Warnings) != 1 || p.Warnings[0].Message != want {
		t.Errorf("warnings %+v, want %q", p.Warnings, want)
	}
}
