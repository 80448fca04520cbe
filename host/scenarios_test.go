package host_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// failing lays risk groups, private links, and a partition of another provider over the world.
const failing = `apiVersion: bailiwick/v1
kind: Topology
providers: [{id: other, control: [BB]}]
partitions: [{id: else, provider: other}]
sites:
  - {id: west, kind: region, partition: else, country: BB, lat: 5, lon: -5, status: available, optIn: false, zoneCount: 2}
  - {id: west-1, kind: availability-zone, parent: west}
  - {id: west-2, kind: availability-zone, parent: west}
services:
  - {id: names, scope: global, controlPlane: east}
offerings:
  - {service: names, sites: [north, south, east, west]}
  - {service: kv, sites: [west]}
links:
  - {from: north, to: east, rttMs: 50, private: true, via: [AA, CC]}
  - {from: east, to: north, rttMs: 50, private: true, via: [AA, CC]}
  - {from: south, to: east, rttMs: 45, via: [BB, CC]}
  - {from: east, to: south, rttMs: 45, via: [BB, CC]}
riskGroups:
  - {id: flood, kind: hazard, sites: [south, west]}
  - {id: grid, kind: grid, sites: [north-1]}
  - {id: trench, kind: conduit, links: [[north, south], [north, east]]}
  - {id: twins, kind: power, sites: [north-1, north-2]}
  - {id: console, kind: control-plane, sites: [north]}
  - {id: faraway, kind: hazard, sites: [vault]}
`

func openFailing(t testing.TB, opts ...host.Option) *host.Host {
	t.Helper()
	h, err := host.Open(context.Background(), append(opts, host.WithoutStandardPolicies(), host.WithoutCatalogue(),
		host.WithTopology("world", fstest.MapFS{"world.yaml": {Data: []byte(world)}}), host.WithTopology("failing", fstest.MapFS{"f.yaml": {Data: []byte(failing)}}))...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// told writes scenarios for comparison.
func told(list []placement.Scenario) []string {
	var out []string
	for _, s := range list {
		text := fmt.Sprintf("%s %s lost %s left %s", strings.TrimPrefix(s.ID, "lose:"), s.Verdict, strings.Join(s.Lost, "+"), strings.Join(s.Survivors, "+"))
		if len(s.Missing) > 0 {
			text += " missing " + strings.Join(s.Missing, "+")
		}
		for _, u := range s.Users {
			text += fmt.Sprintf(" %s→%s %g", u.Population, u.Site, *u.RTTMs)
		}
		if len(s.ControlPlanes) > 0 {
			text += " frozen " + strings.Join(s.ControlPlanes, "+")
		}
		out = append(out, text)
	}
	return out
}

func cutsOf(sets [][]string) []string {
	var out []string
	for _, s := range sets {
		out = append(out, strings.ReplaceAll(strings.Join(s, " + "), "lose:", ""))
	}
	return out
}

// TestScenariosOfToday goes through every failure of where something runs today.
func TestScenariosOfToday(t *testing.T) {
	h := openFailing(t)
	d := decide(t, h, "users: [{population: AA}]\ncurrent: {a: [north, south]}\ncomponents: [{name: a, services: [kv, names], copies: {max: 2}, latency: {maxMs: 40}}]\n")
	if diff := cmp.Diff([]string{
		"region:north infeasible lost north left south missing components[0].latency.maxMs AA→south 45",
		"region:south permit lost south left north",
		"zone:north-1 permit lost north-1 left north+south",
		"zone:north-2 permit lost north-2 left north+south",
		"zone:north-3 permit lost north-3 left north+south",
		"zone:south-1 permit lost south-1 left north+south",
		"zone:south-2 permit lost south-2 left north+south",
		"controlPlane:east permit lost  left north+south frozen names",
		"riskGroup:console permit lost  left north+south",
		"riskGroup:flood permit lost south+west left north",
		"riskGroup:grid permit lost north-1 left north+south",
		"riskGroup:trench permit lost  left north+south",
		"riskGroup:twins indeterminate lost north-1+north-2+north left south missing components[0].latency.maxMs AA→south 45",
		"partition:acme infeasible lost north+south left  missing components[0].copies",
		"provider:acme infeasible lost north+south left  missing components[0].copies",
	}, told(d.Current.Scenarios)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"partition:acme", "provider:acme", "region:north + region:south", "region:north + riskGroup:flood",
		"region:north + zone:south-1 + zone:south-2", "region:south + zone:north-3 + riskGroup:twins", "zone:north-3 + riskGroup:flood + riskGroup:twins",
	}, cutsOf(d.Current.CutSets)); diff != "" {
		t.Error(diff)
	}
}

// TestCutSets lists what ends service.
func TestCutSets(t *testing.T) {
	h := openFailing(t)
	for _, c := range []struct {
		name, spec     string
		sure, possible []string
	}{
		{
			"one region that lives without a zone", "current: {a: [south]}\ncomponents: [{name: a, services: [kv]}]\n",
			[]string{"region:south", "riskGroup:flood", "partition:acme", "provider:acme", "zone:south-1 + zone:south-2"},
			nil,
		},
		{
			"two of three zones leave it open", "current: {a: [north]}\ncomponents: [{name: a, services: [kv]}]\n",
			[]string{"region:north", "partition:acme", "provider:acme", "zone:north-3 + riskGroup:twins", "zone:north-1 + zone:north-2 + zone:north-3", "zone:north-2 + zone:north-3 + riskGroup:grid"},
			[]string{"riskGroup:twins", "zone:north-1 + zone:north-2", "zone:north-1 + zone:north-3", "zone:north-2 + zone:north-3", "zone:north-2 + riskGroup:grid", "zone:north-3 + riskGroup:grid"},
		},
		{
			"a service in one zone", "current: {a: [north]}\ncomponents: [{name: a, services: [single]}]\n",
			[]string{"region:north", "zone:north-1", "zone:north-2", "zone:north-3", "riskGroup:grid", "riskGroup:twins", "partition:acme", "provider:acme"},
			nil,
		},
		{
			"a witness holds nothing", "current: {a: [east, west]}\ncomponents: [{name: a, services: [names], copies: {max: 2}, roles: [primary, witness]}]\n",
			[]string{"region:east", "partition:acme", "provider:acme"},
			nil,
		},
		{
			"a quorum of three", "current: {a: [east, west, north]}\ncomponents: [{name: a, services: [names], copies: {max: 3}, quorum: majority}]\n",
			[]string{
				"partition:acme", "provider:acme", "region:east + region:north", "region:east + region:west", "region:east + riskGroup:flood", "region:east + partition:else", "region:east + provider:other",
				"region:north + region:west", "region:north + riskGroup:flood", "region:north + partition:else", "region:north + provider:other",
			},
			[]string{"region:east + riskGroup:twins", "region:west + riskGroup:twins", "riskGroup:flood + riskGroup:twins", "riskGroup:twins + partition:else", "riskGroup:twins + provider:other"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			cur := decide(t, h, c.spec).Current
			for _, x := range []struct {
				what      string
				got, want []string
			}{{"sure", cutsOf(cur.CutSets), c.sure}, {"possible", cutsOf(cur.PossibleCutSets), c.possible}} {
				if c.name == "a quorum of three" { // three at a time are many
					x.got = slices.DeleteFunc(x.got, func(s string) bool { return strings.Count(s, "+") > 1 })
				}
				if diff := cmp.Diff(x.want, x.got); diff != "" {
					t.Errorf("%s: %s", x.what, diff)
				}
			}
		})
	}
}

// TestPrivateLinks loses the private link that copies replicate over: they go on, and another way is known or not.
func TestPrivateLinks(t *testing.T) {
	h := openFailing(t)
	d := decide(t, h, "current: {a: [north, east]}\ncomponents: [{name: a, services: [kv], copies: {max: 2}}]\n")
	for id, want := range map[string]bool{"lose:link:north:east": true, "lose:riskGroup:trench": false} {
		found := false
		for _, s := range d.Current.Scenarios {
			if s.ID == id {
				found = true
				if s.Verdict != placement.Permit || len(s.Lost) != 0 || (s.RTOSeconds != nil) != want || s.RPOSeconds == nil || *s.RPOSeconds != 0 {
					t.Errorf("%s: %+v", id, s)
				}
			}
		}
		if !found {
			t.Errorf("no %s in %v", id, told(d.Current.Scenarios))
		}
	}
}

// TestLawAfterFailure: what a sovereignty policy denies is denied after a failure, too, and what is preferred is not.
func TestLawAfterFailure(t *testing.T) {
	rule := func(class string) host.Option {
		return host.WithPolicies("p", fstest.MapFS{"p.rego": {Data: []byte("# METADATA\n# title: T\n# custom: {id: P-1, class: " + class + ", hook: site, reviewed: 2026-11-23}\npackage p\n\nimport rego.v1\n\ndeny contains \"not in BB\" if input.site.country == \"BB\"\n")}})
	}
	for class, want := range map[string]placement.Verdict{"sovereignty": placement.Deny, "selection": placement.Permit} {
		d := decide(t, openFailing(t, rule(class)), "current: {a: [north, south]}\ncomponents: [{name: a, services: [kv], copies: {max: 2}}]\n")
		if s := d.Current.Scenarios[0]; s.ID != "lose:region:north" || s.Verdict != want {
			t.Errorf("%s: %s %s, want %s", class, s.ID, s.Verdict, want)
		}
		if s := d.Current.Scenarios[1]; s.ID != "lose:region:south" || s.Verdict != placement.Permit {
			t.Errorf("%s: %s %s", class, s.ID, s.Verdict)
		}
	}
}

// TestLossesAreMonotone draws where things run and wants that what takes more leaves no more, and that losses a request is to
// survive are survived in a placement that is permitted.
func TestLossesAreMonotone(t *testing.T) {
	h := openFailing(t)
	regions := []string{"east", "north", "south", "west"}
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.SliceOfNDistinct(rapid.SampledFrom(regions), 1, 3, rapid.ID).Draw(t, "current")
		survive := rapid.SampledFrom([]string{"none", "zone", "region"}).Draw(t, "survive")
		service := rapid.SampledFrom([]string{"kv", "names", "names, kv"}).Draw(t, "service")
		least := rapid.IntRange(1, 3).Draw(t, "least")
		text := fmt.Sprintf("apiVersion: bailiwick/v1\nkind: PlacementRequest\nmetadata: {name: r}\nspec:\n  current: {a: [%s]}\n  components: [{name: a, services: [%s], survive: %s, copies: {min: %d, max: 3}}]\n", strings.Join(at, ", "), service, survive, least)
		req, err := placement.Decode("r.yaml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		d, err := h.Decide(context.Background(), req)
		if err != nil {
			t.Fatal(err)
		}
		left := map[string][]string{}
		for _, s := range d.Current.Scenarios {
			left[s.ID] = s.Survivors
		}
		for less, more := range map[string]string{
			"lose:region:north": "lose:partition:acme", "lose:region:south": "lose:riskGroup:flood", "lose:region:west": "lose:riskGroup:flood",
			"lose:partition:acme": "lose:provider:acme", "lose:riskGroup:grid": "lose:riskGroup:twins", "lose:riskGroup:twins": "lose:region:north",
			"lose:zone:north-1": "lose:riskGroup:grid", "lose:zone:south-2": "lose:region:south",
		} {
			a, ok := left[less]
			b, too := left[more]
			if ok && too && len(b) > len(a) {
				t.Fatalf("%s leaves %v, %s leaves %v", less, a, more, b)
			}
		}
		for _, p := range d.Placements {
			for _, s := range p.Scenarios {
				kind := strings.Split(s.ID, ":")[1]
				asked := kind == "zone" && survive != "none" || kind == "region" && survive == "region"
				if asked && s.Verdict != placement.Permit {
					t.Fatalf("%s: %s in a permitted placement", s.ID, s.Verdict)
				}
			}
		}
	})
}

// BenchmarkCurrentScenarios judges a given placement of three copies among all the catalogue's regions, with every scenario and
// the cut sets of it.
func BenchmarkCurrentScenarios(b *testing.B) {
	h := openAWS(b)
	req := request(b, "users: [{population: DE}, {population: GB}, {population: FR}]\ncurrent: {a: [eu-central-1, eu-west-1, eu-west-3]}\ncomponents: [{name: a, services: [dynamodb, iam], copies: {min: 3}, survive: region}]\n")
	without := request(b, "users: [{population: DE}, {population: GB}, {population: FR}]\ncomponents: [{name: a, services: [dynamodb, iam], copies: {min: 3}, survive: region}]\n")
	for _, c := range []struct {
		name string
		req  *placement.Request
	}{{"with", req}, {"without", without}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := h.Decide(context.Background(), c.req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
