package host_test

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

func drawn(t *rapid.T, spec string) *placement.Request {
	text := "apiVersion: bailiwick/v1\nkind: PlacementRequest\nmetadata: {name: test}\nspec:\n"
	for line := range strings.Lines(spec) {
		text += "  " + line
	}
	req, err := placement.Decode("test.yaml", []byte(text))
	if err != nil {
		t.Skip(err)
	}
	return req
}

// verdictAt is what is said of a site for a component.
func verdictAt(t tester, h *host.Host, req *placement.Request, site string, component int) placement.Verdict {
	t.Helper()
	x, err := h.Explain(context.Background(), req, site)
	if err != nil {
		t.Fatalf("%v", err)
	}
	return x.Components[component].Verdict
}

// TestFlips draws requests and sites. What is said to permit a site does; where one field would be enough, no more are named;
// and the best placement with a site is the best of all with it.
func TestFlips(t *testing.T) {
	h := openWorld(t)
	rapid.Check(t, func(t *rapid.T) {
		spec := worldSpec(t)
		req := drawn(t, spec)
		site := rapid.SampledFrom([]string{"east", "fog", "north", "south", "vault", "north-2", "south-1"}).Draw(t, "site")
		x, err := h.Explain(context.Background(), req, site)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range x.Components {
			if (c.Flip == nil) != (c.Verdict == placement.Permit) || (c.Choice == nil) != (c.Flip != nil) {
				t.Fatalf("%s at %s: flip %v, choice %v", c.Verdict, site, c.Flip, c.Choice)
			}
			if c.Flip != nil {
				checkFlip(t, h, req, site, i, c.Flip)
				continue
			}
			if len(req.Spec.Components) == 1 && req.Spec.Components[0].Copies.Max <= 2 && len(req.Spec.Components[0].Roles) <= 2 {
				checkChoice(t, h, req, site, c.Choice)
			}
		}
	})
}

func checkFlip(t *rapid.T, h *host.Host, req *placement.Request, site string, i int, f *host.Flip) {
	if f.Change != "" {
		changed, err := put(t, req, f.Changes...)
		if err != nil {
			t.Fatal(err)
		}
		if v := verdictAt(t, h, changed, site, i); v != placement.Permit {
			t.Fatalf("%s makes %s %s", f.Change, site, v)
		}
		if len(f.Changes) == 1 {
			return
		}
	}
	if f.More {
		return
	}
	simple := simpleChanges(req)
	if len(simple) == 0 {
		return
	}
	field := rapid.SampledFrom(slices.Sorted(maps.Keys(simple))).Draw(t, "field")
	for _, v := range simple[field] {
		changed, err := put(t, req, placement.Change{Field: field, To: v})
		if err == nil && verdictAt(t, h, changed, site, i) == placement.Permit {
			t.Fatalf("%s: %v permits %s; named is %q", field, v, site, f.Change)
		}
	}
}

// checkChoice compares with all placements that have the site: each is what is left where only its sites may be used.
func checkChoice(t *rapid.T, h *host.Host, req *placement.Request, site string, c *host.Choice) {
	d, err := h.Decide(context.Background(), req)
	if err != nil {
		t.Fatal(err)
	}
	if d.Verdict != placement.Permit {
		if c.Chosen || c.Forced != nil || c.Note == "" {
			t.Fatalf("%s, and the choice is %+v", d.Verdict, c)
		}
		return
	}
	if slices.ContainsFunc(d.Placements[0].Copies, func(k placement.Copy) bool { return k.Site == site }) {
		if !c.Chosen || cmp.Diff(d.Placements[0].Objective, c.Best) != "" {
			t.Fatalf("%s is chosen, and the choice is %+v", site, c)
		}
		return
	}
	var best map[string]float64
	for _, other := range []string{"", "east", "fog", "north", "south", "vault", "north-1", "north-2", "north-3", "south-1", "south-2"} {
		include := []string{site}
		if other != "" && other != site {
			include = append(include, other)
		}
		if len(include) < req.Spec.Components[0].Copies.Min || len(include) > req.Spec.Components[0].Copies.Max {
			continue
		}
		if n := len(req.Spec.Sites.Include); n > 0 && len(include) > 1 && !slices.Contains(req.Spec.Sites.Include, other) {
			continue
		}
		if slices.Contains(req.Spec.Sites.Exclude, other) {
			continue
		}
		one, err := put(t, req, placement.Change{Field: "sites.include", To: include},
			placement.Change{Field: "components[0].copies", To: map[string]any{"min": len(include), "max": req.Spec.Components[0].Copies.Max}})
		if err != nil {
			t.Fatal(err)
		}
		d, err := h.Decide(context.Background(), one)
		if err != nil {
			t.Fatal(err)
		}
		if d.Verdict != placement.Permit || len(d.Placements[0].Copies) != len(include) {
			continue
		}
		if o := d.Placements[0].Objective; best == nil || o["latency"] < best["latency"] || o["latency"] == best["latency"] && o["copies"] < best["copies"] {
			best = o
		}
	}
	if diff := cmp.Diff(best, c.Forced); diff != "" {
		t.Fatalf("the best placement with %s: %s", site, diff)
	}
}

// TestExplainTurns shows what is said of one site after another.
func TestExplainTurns(t *testing.T) {
	h := openWorld(t)
	spec := "users: [{population: AA}]\ndata: [{name: d, class: x, residency: [AA]}]\ncarbon: {maxGramsPerKWh: 100}\npartitions: [acme]\ncomponents: [{name: a, data: [d], latency: {maxMs: 10}}]"
	for _, c := range []struct{ site, spec, change, against, note string }{
		{site: "vault", change: "carbon.maxGramsPerKWh: 100 → none; components[0].latency.maxMs: 10 → 13.134; partitions: [acme] → [acme, gov]"},
		{site: "south", change: "components[0].latency.maxMs: 10 → 45; data[0].residency: [AA] → [AA, BB]"},
		{site: "north-1", change: "components[0].copies.max: 1 → 2; components[0].tier: region → availability-zone"},
	} {
		x, err := h.Explain(context.Background(), request(t, spec), c.site)
		if err != nil {
			t.Fatal(err)
		}
		f := x.Components[0].Flip
		if f == nil || f.Change != c.change || strings.Join(f.Against, " ") != c.against {
			t.Errorf("%s: %+v, want %s", c.site, f, c.change)
		}
	}
	choice := func(spec, site string) *host.Choice {
		x, err := h.Explain(context.Background(), request(t, spec), site)
		if err != nil {
			t.Fatal(err)
		}
		return x.Components[0].Choice
	}
	users := "users: [{population: AA}]\n"
	want := &host.Choice{Chosen: true, Best: map[string]float64{"latency": 5}}
	if diff := cmp.Diff(want, choice(users+"components: [{name: a}]", "north")); diff != "" {
		t.Error(diff)
	}
	want = &host.Choice{Best: map[string]float64{"latency": 5}, Forced: map[string]float64{"latency": 80}, Copies: []placement.Copy{{Component: "a", Role: "primary", Site: "east"}}}
	if diff := cmp.Diff(want, choice(users+"components: [{name: a}]", "east")); diff != "" {
		t.Error(diff)
	}
	want = &host.Choice{Best: map[string]float64{"latency": 5}, Note: "no placement that meets all requirements has a copy with data here"}
	if diff := cmp.Diff(want, choice(users+"components: [{name: a, copies: {min: 2}, spread: {separationKm: 3000}}, {name: b, dependsOn: [{component: a, maxMs: 1}], userFacing: false}]\nsites: {include: [north, south, east]}", "south")); diff != "" {
		t.Error(diff)
	}
	want = &host.Choice{Note: "the request as a whole is not permitted, so that nothing is chosen: see decide"}
	if diff := cmp.Diff(want, choice(users+"components: [{name: a, copies: {min: 9}}]", "north")); diff != "" {
		t.Error(diff)
	}
	if _, err := h.Explain(context.Background(), request(t, spec), "nort"); err == nil || err.Error() != `host: there is no site "nort" in the topology; did you mean "north"?` {
		t.Error(err)
	}
}
