package host_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// sideOf is what a simulation shows of a whole decision.
func sideOf(d *placement.Decision, err error) *host.SimulationSide {
	s := &host.SimulationSide{Copies: []host.SimulatedCopy{}, Objective: map[string]float64{}, Conflicts: []placement.Conflict{}}
	if err != nil {
		s.Error = err.Error()
		return s
	}
	s.Verdict = d.Verdict
	s.Conflicts = append(s.Conflicts, d.Conflicts...)
	if len(d.Placements) > 0 {
		for _, c := range d.Placements[0].Copies {
			s.Copies = append(s.Copies, host.SimulatedCopy{Component: c.Component, Role: c.Role, Site: c.Site})
		}
		s.Objective = d.Placements[0].Objective
	}
	if d.Current != nil {
		s.Current = d.Current.Verdict
	}
	return s
}

// soundly wants a simulation to say what deciding twice says, and returns what it said.
func soundly(t interface {
	Helper()
	Fatalf(string, ...any)
}, before, after *host.Host, w *host.WhatIf, req *placement.Request,
) *host.Difference {
	t.Helper()
	ctx := context.Background()
	got, err := w.Decide(ctx, req)
	if err != nil {
		t.Fatalf("%v", err)
	}
	wantBefore, wantAfter := sideOf(before.Decide(ctx, req)), sideOf(after.Decide(ctx, req))
	differs := cmp.Diff(wantBefore, wantAfter)
	if got.Changed != (differs != "") {
		t.Fatalf("changed %v (decided %v), but before and after differ by\n%s", got.Changed, got.Decided, differs)
	}
	if wantBefore.Error != "" && !got.Changed && got.Error != wantBefore.Error {
		t.Fatalf("error %q, want %q", got.Error, wantBefore.Error)
	}
	if got.Changed {
		if d := cmp.Diff([]*host.SimulationSide{wantBefore, wantAfter}, []*host.SimulationSide{got.Before, got.After}); d != "" {
			t.Fatalf("-decided +simulated\n%s", d)
		}
	}
	return got
}

// worldEdits are layers over the world, each of which changes something else of it.
var worldEdits = map[string]string{
	"price":      "prices: [{site: south, index: 3.5, source: atlas}]",
	"carbon":     "carbon: [{site: north, gridGramsPerKWh: 900, source: atlas}]",
	"closed":     "sites: [{id: north, status: announced}]",
	"fog closed": "sites: [{id: fog, status: announced}]",
	"opt in":     "sites: [{id: north, optIn: true}]",
	"zones":      "sites: [{id: south, zoneCount: 3}]",
	"country":    "sites: [{id: north, country: CC}]",
	"moved":      "sites: [{id: south, lat: 8, lon: 12}]",
	"city":       "sites: [{id: south, city: Southtown}]",
	"new region": "sites: [{id: dawn, kind: region, partition: acme, country: BB, lat: 6, lon: 13, status: available, optIn: false, zoneCount: 3}]\nofferings: [{services: [disk, kv, log, odd, single], sites: [dawn]}]\nprices: [{site: dawn, index: 0.1}]\ncarbon: [{site: dawn, gridGramsPerKWh: 5}]",
	"new zone":   "sites: [{id: south-3, kind: availability-zone, parent: south}]",
	"link":       "links: [{from: north, to: south, rttMs: 90}]",
	"service":    "services: [{id: single, scope: regional, zones: {copies: 3, synchronous: true}}]",
	"withdrawn":  "offerings: [{service: kv, sites: [north], complete: true, among: [south, north]}]",
	"adequacy":   "jurisdictions: [{id: UNION, kind: bloc, adequate: [{jurisdiction: CC, since: 2025-07-01, source: atlas}]}]",
	"risk":       "riskGroups: [{id: fault, kind: hazard, sites: [north, south]}]",
	"later":      "metadata: {name: world, asOf: 2027-01-01}",
	"population": "populations: [{id: AA, kind: country, lat: -40, lon: 10, weight: 10}]",
}

// TestSimulateIsSound changes a world and wants the simulation of random requests to say what deciding each request in both
// worlds says, whatever it leaves undecided.
func TestSimulateIsSound(t *testing.T) {
	const head = "apiVersion: bailiwick/v1\nkind: Topology\n"
	before := openWorld(t)
	opened := map[string]*host.Host{}
	what := map[string]*host.WhatIf{}
	for name, text := range worldEdits {
		after, err := host.Open(context.Background(), host.WithoutCatalogue(), southOptedIn,
			host.WithTopology("a", oneFile(world)), host.WithTopology("b", fstest.MapFS{"b.yaml": {Data: []byte(head + text + "\n")}}))
		if err != nil {
			t.Logf("%s: %v", name, err)
			t.Fail()
			continue
		}
		t.Cleanup(func() { after.Close() })
		opened[name] = after
		if what[name], err = host.Compare(before, after); err != nil {
			t.Fatal(err)
		}
	}
	if t.Failed() {
		return
	}
	names := slices.Sorted(maps.Keys(opened))
	count := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		text := drawnRequest(t, false)
		if rapid.Bool().Draw(t, "runs") {
			text += "  current: {api: [" + rapid.SampledFrom([]string{"north", "south", "east", "north-1"}).Draw(t, "where") + "], store: [south]}\n"
		}
		if rapid.IntRange(0, 3).Draw(t, "zones") == 0 {
			text = strings.Replace(text, "tier: region", "tier: availability-zone", 1)
		}
		if rapid.Bool().Draw(t, "personal") {
			text = strings.ReplaceAll(text, "class: plain", "class: personal, subjects: [AA]")
		}
		req, err := placement.Decode("drawn.yaml", []byte(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		for _, name := range names {
			switch d := soundly(t, before, opened[name], what[name], req); {
			case d.Changed:
				count["changed"]++
			case d.Decided:
				count["same"]++
			default:
				count["left"]++
			}
		}
	})
	t.Log(count)
	if !t.Failed() && !testing.Short() && (count["changed"] == 0 || count["same"] == 0 || count["left"] == 0) {
		t.Errorf("%v show too little", count)
	}
}

// catalogueChange opens the catalogue with one region changed, as examples of the documentation do.
func catalogueChange(t testing.TB, text string) (before, after *host.Host, w *host.WhatIf) {
	t.Helper()
	hospital := host.WithTopology("hospital", os.DirFS(filepath.Join("..", "docs", "examples", "hospital-topology")))
	open := func(options ...host.Option) *host.Host {
		h, err := host.Open(context.Background(), append([]host.Option{hospital}, options...)...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { h.Close() })
		return h
	}
	before = open()
	after = open(host.WithTopology("change", oneFile("apiVersion: bailiwick/v1\nkind: Topology\n"+text)))
	w, err := host.Compare(before, after)
	if err != nil {
		t.Fatal(err)
	}
	return before, after, w
}

const dearerFrankfurt = "prices: [{site: eu-central-1, index: 9}]\ncarbon: [{site: eu-central-1, gridGramsPerKWh: 900}]\n"

// TestSimulateCatalogue decides generated requests before and after a region of the catalogue changed.
func TestSimulateCatalogue(t *testing.T) {
	before, after, w := catalogueChange(t, dearerFrankfurt)
	snap, err := before.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	a := newAsker(snap)
	n := 80
	if testing.Short() {
		n = 20
	}
	decided := 0
	for i := range n {
		t.Run(fmt.Sprintf("%04d", i), func(t *testing.T) {
			if soundly(t, before, after, w, a.request(t, i)).Decided {
				decided++
			}
		})
	}
	t.Logf("%d of %d decided again", decided, n)
	if !testing.Short() && (decided == 0 || decided == n) {
		t.Errorf("%d of %d decided again, which shows too little", decided, n)
	}
}

// TestSimulateNothing wants a change of nothing to decide nothing, and to say so.
func TestSimulateNothing(t *testing.T) {
	h := openWorld(t)
	w, err := host.Compare(h, h)
	if err != nil {
		t.Fatal(err)
	}
	req, err := placement.Decode("r.yaml", []byte("apiVersion: bailiwick/v1\nkind: PlacementRequest\nmetadata: {name: r}\nspec: {components: [{name: api, services: [kv]}]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.Decide(context.Background(), req)
	if want := (&host.Difference{Request: "r"}); err != nil || !cmp.Equal(want, d) {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestLosing wants what is decided without lost regions to be what a request that leaves them out gets, but for words.
func TestLosing(t *testing.T) {
	h := openWorld(t)
	ctx := context.Background()
	regions := []string{"north", "south", "east", "fog", "vault"}
	changed := 0
	rapid.Check(t, func(t *rapid.T) {
		text := drawnRequest(t, false)
		req, err := placement.Decode("drawn.yaml", []byte(text))
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		lost := rapid.SliceOfNDistinct(rapid.SampledFrom(regions), 1, 2, rapid.ID).Draw(t, "lost")
		w, err := host.Compare(h, h)
		if err == nil {
			err = w.Lose(lost...)
		}
		if err != nil {
			t.Fatal(err)
		}
		got, err := w.Decide(ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		before := sideOf(h.Decide(ctx, req))
		req.Spec.Sites.Exclude = append(req.Spec.Sites.Exclude, lost...)
		slices.Sort(req.Spec.Sites.Exclude)
		req.Spec.Sites.Exclude = slices.Compact(req.Spec.Sites.Exclude)
		if req, err = placement.Decode("again.json", mustCanonical(t, req)); err != nil {
			t.Fatal(err)
		}
		want := sideOf(h.Decide(ctx, req))
		after := before
		if got.Changed {
			after = got.After
			changed++
		}
		permit := placement.Permit
		if (after.Verdict == permit) != (want.Verdict == permit) || after.Verdict == permit && cmp.Diff(want, after) != "" {
			t.Fatalf("lost %v, decided %v\n%s", lost, got.Decided, cmp.Diff(want, after))
		}
		for _, c := range after.Copies {
			if slices.Contains(lost, c.Site) {
				t.Fatalf("%s is lost and has a copy", c.Site)
			}
		}
	})
	if !t.Failed() && !testing.Short() && changed == 0 {
		t.Error("nothing ever changed")
	}
}

func mustCanonical(t *rapid.T, req *placement.Request) []byte {
	text, err := req.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// TestLosingNames checks what can be lost.
func TestLosingNames(t *testing.T) {
	h := openWorld(t)
	for _, c := range []struct {
		names []string
		want  string
	}{
		{[]string{"nroth"}, `did you mean "north"`},
		{[]string{"north", ""}, `no site or risk group ""`},
	} {
		w, err := host.Compare(h, h)
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Lose(c.names...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want %s", c.names, err, c.want)
		}
	}
}

// TestLosingParts loses zones, what a risk group holds, and a link, and wants the requirements that hang on them to notice.
func TestLosingParts(t *testing.T) {
	h := openWorld(t, host.WithTopology("groups", oneFile(`apiVersion: bailiwick/v1
kind: Topology
riskGroups:
  - {id: cable, kind: conduit, links: [[north, south]]}
  - {id: plain, kind: hazard, sites: [north-1, north-2]}
`)))
	const head = "apiVersion: bailiwick/v1\nkind: PlacementRequest\nmetadata: {name: r}\nspec:\n"
	zonal := head + "  sites: {include: [north]}\n  components: [{name: api, services: [kv], survive: zone}]\n"
	calling := head + "  sites: {include: [north, south]}\n  components: [{name: api, services: [kv], dependsOn: [{component: store, maxMs: 70}]}, {name: store, services: [kv], copies: {min: 1, max: 1}}]\n" +
		"  waivers: []\n"
	apart := head + "  sites: {include: [north, south]}\n  components: [{name: api, services: [kv], copies: {min: 2, max: 2}, spread: {perRegion: 1}, dependsOn: [{component: store, maxMs: 70}]}, {name: store, services: [kv], copies: {min: 1, max: 1}}]\n"
	for _, c := range []struct {
		name, request string
		lost          []string
		before, after placement.Verdict // the second "": nothing changes
	}{
		{"one zone of three", zonal, []string{"north-1"}, placement.Permit, ""},
		{"two zones of three", zonal, []string{"north-1", "north-3"}, placement.Permit, placement.Infeasible},
		{"two zones in a group", zonal, []string{"plain"}, placement.Permit, placement.Infeasible},
		{"all zones", head + "  sites: {include: [south]}\n  components: [{name: api, services: [kv]}]\n", []string{"south-1", "south-2"}, placement.Permit, placement.Infeasible},
		{"a link nobody needs", calling, []string{"cable"}, placement.Permit, ""},
		{"the link of a call", apart, []string{"cable"}, placement.Permit, placement.Indeterminate},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, err := host.Compare(h, h)
			if err == nil {
				err = w.Lose(c.lost...)
			}
			if err != nil {
				t.Fatal(err)
			}
			req, err := placement.Decode("r.yaml", []byte(c.request))
			if err != nil {
				t.Fatal(err)
			}
			if d, err := h.Decide(context.Background(), req); err != nil || d.Verdict != c.before {
				t.Fatalf("before: %v, %v", d, err)
			}
			d, err := w.Decide(context.Background(), req)
			switch {
			case err != nil:
				t.Fatal(err)
			case c.after == "" && d.Changed:
				t.Errorf("changed to %+v", d.After)
			case c.after != "" && (!d.Changed || d.After.Verdict != c.after):
				t.Errorf("changed %v to %+v", d.Changed, d.After)
			}
		})
	}
}
