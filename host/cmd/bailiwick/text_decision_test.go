package main

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// reportOn is a report against the embedded catalogue, and what it is written to.
func reportOn(t *testing.T, spec string) (*report, *bytes.Buffer) {
	t.Helper()
	text := "apiVersion: bailiwick/v1\nkind: PlacementRequest\nmetadata: {name: test}\nspec: " + spec + "\n"
	req, err := placement.Decode("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	if req, err = req.Checked(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	return &report{text: newText(&b), snap: snapshotOf(t, awsInput()), req: req, d: &placement.Decision{Request: "test"}}, &b
}

// expect compares what was printed without its first empty line.
func expect(t *testing.T, b *bytes.Buffer, want string) {
	t.Helper()
	if got := strings.TrimPrefix(b.String(), "\n"); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

const users = "users: [{population: DE, weight: 1}], objective: [latency.afterLoss]"

// TestScenarioNames checks that a zone whose loss is like no other's has its name, and that what users see after
// a further loss is not called unknown where there is no copy for them to go to.
func TestScenarioNames(t *testing.T) {
	lost := func(id string, verdict placement.Verdict, survivors ...string) placement.Scenario {
		return placement.Scenario{ID: id, Verdict: verdict, Survivors: survivors}
	}
	r, b := reportOn(t, "{components: [{name: a}], "+users+"}")
	known := lost("lose:region:eu-north-1", placement.Permit, "eu-central-1", "eu-west-1")
	known.Objective = map[string]float64{"latency.afterLoss": 12}
	r.scenarios(&placement.Placement{
		Copies: []placement.Copy{
			{Component: "a", Site: "eu-central-1"}, {Component: "a", Site: "eu-west-1"}, {Component: "a", Site: "eu-north-1"},
		},
		Scenarios: []placement.Scenario{
			known,
			lost("lose:region:eu-central-1", placement.Permit, "eu-west-1"),
			lost("lose:zone:euc1-az1", placement.Permit, "eu-west-1"),
			lost("lose:zone:euc1-az2", placement.Permit, "eu-central-1", "eu-west-1"),
			lost("lose:zone:euc1-az3", placement.Infeasible),
			lost("lose:zone:euw1-az1", placement.Infeasible),
			lost("lose:zone:euw1-az2", placement.Infeasible),
			lost("lose:zone:euw1-az3", placement.Indeterminate),
			lost("lose:zone:eun1-az1", placement.Infeasible),
			lost("lose:zone:eun1-az2", placement.Infeasible),
			lost("lose:zone:any-of:sa-west-1", placement.Infeasible),
		},
	})
	expect(t, b, `If it is lost  what goes on
  region eu-north-1            eu-central-1, eu-west-1  latency.afterLoss 12.0 ms mean
  region eu-central-1          eu-west-1                latency.afterLoss none (one copy)
  zone euc1-az1                eu-west-1                latency.afterLoss none (one copy)
  zone euc1-az2                eu-central-1, eu-west-1  latency.afterLoss unknown
  zone euc1-az3                stops
  2 of the zones of eu-west-1  stops
  zone euw1-az3                not known
  any zone of eu-north-1       stops
  any zone of sa-west-1        stops
`)
}

func TestAlone(t *testing.T) {
	for _, c := range []struct {
		name, spec string
		sites      map[string][]string
		left       []string
		want       bool
	}{
		{"one copy", "{components: [{name: a}], " + users + "}", map[string][]string{"a": {"x"}}, nil, true},
		{"two copies", "{components: [{name: a}], " + users + "}", map[string][]string{"a": {"x", "y"}}, nil, false},
		{"one of two is left", "{components: [{name: a}], " + users + "}", map[string][]string{"a": {"x", "y"}}, []string{"y"}, true},
		{"one of two components has one", "{components: [{name: a}, {name: b}], " + users + "}", map[string][]string{"a": {"x", "y"}, "b": {"x"}}, nil, true},
		{"that users do not go to", "{components: [{name: a}, {name: b, userFacing: false}], " + users + "}", map[string][]string{"a": {"x", "y"}, "b": {"x"}}, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, _ := reportOn(t, c.spec)
			var copies []placement.Copy
			for name, sites := range c.sites {
				for _, s := range sites {
					copies = append(copies, placement.Copy{Component: name, Site: s})
				}
			}
			if got := r.alone(copies, c.left); got != c.want {
				t.Errorf("%t, want %t", got, c.want)
			}
		})
	}
	r, _ := reportOn(t, "{components: [{name: a}], "+users+"}")
	p := &placement.Placement{Copies: []placement.Copy{{Component: "a", Site: "x"}}}
	if got, want := r.proofText(p), "not known to be the best: one copy has no latency.afterLoss"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestProofText says how good a placement is known to be.
func TestProofText(t *testing.T) {
	r, _ := reportOn(t, "{components: [{name: a}], objective: [cost]}")
	for _, c := range []struct {
		proof placement.Proof
		want  string
	}{
		{placement.Proof{Optimal: true, Nodes: 3}, "the best of all placements, proved in 3 steps"},
		{placement.Proof{Nodes: 3}, "none is better by the first objective; the search ended after 3 steps"},
		{placement.Proof{Gap: 0.0312, Nodes: 3}, "at most 3.2 % behind the best of all placements: the search ended after 3 steps"},
		{placement.Proof{Gap: 1, Nodes: 3}, "at most 100 % behind the best of all placements: the search ended after 3 steps"},
	} {
		p := &placement.Placement{Objective: map[string]float64{"cost": 2}, Proof: &c.proof}
		if got := r.proofText(p); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestUsers checks how users are named and which parts of their way are shown.
func TestUsers(t *testing.T) {
	r, b := reportOn(t, "{components: [{name: a}], "+users+"}")
	r.users([]placement.UserRoute{
		{Population: "office-x", Mobile: "Vodafone", Site: "eu-west-1", RTTMs: 20, Basis: "modelled", Parts: []placement.Part{{Name: "carrier-network", Ms: 20}}},
		{Population: "DE", Mobile: "Vodafone", Site: "eu-west-1", RTTMs: 7, Basis: "measured", Parts: []placement.Part{{Name: "access", To: "eu-west-1", Ms: 7}}},
		{Population: "office-y", Site: "eu-west-1", RTTMs: 3, Basis: "measured", Parts: []placement.Part{{Name: "link", To: "eu-west-1", Ms: 3}}},
		{Population: "FR", Site: "eu-west-1", RTTMs: 30.5, Basis: "modelled", Parts: []placement.Part{{Name: "fixed-line", Ms: 10}, {Name: "internet", To: "CDG", Ms: 20.5}}},
	})
	expect(t, b, `Users reach  round-trip time to the nearest copy
  office-x  on Vodafone             eu-west-1  20.0 ms  modelled  carrier 20.0
  DE        Germany, on Vodafone    eu-west-1   7.0 ms  measured
  office-y                          eu-west-1   3.0 ms  measured
  FR        France                  eu-west-1  30.5 ms  modelled  line 10.0 + internet to CDG 20.5
`)
	b.Reset()
	r.users([]placement.UserRoute{
		{Population: strings.Repeat("w", 50), Component: "b", Site: "eu-west-1", RTTMs: 8, Basis: "modelled", Parts: []placement.Part{{Name: "fixed-line", Ms: 8}}},
		{Population: "FR", Component: "b", Site: "eu-west-1", RTTMs: 30.5, Basis: "modelled", Parts: []placement.Part{{Name: "fixed-line", Ms: 10}, {Name: "internet", To: "CDG", Ms: 20.5}}},
	})
	expect(t, b, `Users reach  round-trip time to the nearest copy
  wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww          b  eu-west-1   8.0 ms  modelled
      line 8.0
  FR                                                  France  b  eu-west-1  30.5 ms  modelled
      line 10.0 + internet to CDG 20.5
`)
}

// TestTiersTried checks the order: that in which they are tried.
func TestTiersTried(t *testing.T) {
	r, _ := reportOn(t, "{components: [{name: a, tier: lowest}]}")
	r.d.Placements = []placement.Placement{{Copies: []placement.Copy{{Component: "a", Site: "us-east-1-wl1-bos-wlz-1"}}}}
	for _, site := range []string{"FRA", "us-west-2-lax-1", "us-west-2", "us-east-1-wl1-bos-wlz-1"} {
		r.d.Sites = append(r.d.Sites, placement.SiteResult{Component: "a", Site: site, Verdict: placement.Deny})
	}
	_, before := r.lowest(&r.req.Spec.Components[0])
	want := "region (0 of 1 sites allowed), edge-location (0 of 1 sites allowed), local-zone (0 of 1 sites allowed)"
	if got := strings.Join(before, ", "); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestCorrectedFacts checks that a decision says how many facts its layers corrected.
func TestCorrectedFacts(t *testing.T) {
	const head = "apiVersion: bailiwick/v1\nkind: Topology\nmetadata: {name: own, asOf: 2026-01-01}\n"
	for _, c := range []struct{ sites, want string }{
		{"", ""},
		{"sites: [{id: eu-central-1, city: Offenbach}]", " · 1 fact corrected"},
		{"sites: [{id: eu-central-1, city: Offenbach, lat: 50, lon: 9}]", " · 3 facts corrected"},
	} {
		r, b := reportOn(t, "{components: [{name: a}]}")
		if c.sites != "" {
			r.snap = snapshotOf(t, awsInput(), topology.Input{Name: "own", FS: fstest.MapFS{"t.yaml": {Data: []byte(head + c.sites)}}})
		}
		digest := "sha256:" + strings.Repeat("0", 64)
		r.d.Inputs = placement.Inputs{Snapshot: digest, Policies: digest, Request: digest}
		r.inputs()
		_, got, _ := strings.Cut(strings.TrimRight(b.String(), "\n"), "request 000000000000")
		if strings.Join(strings.Fields(got), " ") != strings.TrimSpace(c.want) {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
