package host_test

import (
	"context"
	"math/bits"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// TestConflictsOfTheWorld decides drawn requests without any policy, and again with every set of their requirements: those
// listed are all the minimal ones that cannot be met.
func TestConflictsOfTheWorld(t *testing.T) {
	h, err := host.Open(t.Context(), host.WithoutCatalogue(), host.WithoutStandardPolicies(), host.WithTopology("world", fstest.MapFS{"world.yaml": {Data: []byte(world)}}))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	rapid.Check(t, func(t *rapid.T) {
		var fields []placement.Change // each a requirement, and what it is without it
		pick := func(field, none string, values ...string) string {
			v := rapid.SampledFrom(append(values, none)).Draw(t, field)
			return v
		}
		var b strings.Builder
		b.WriteString("unknown: assume\nusers: [{population: AA}, {population: BB}]\n")
		ask := func(field string, to any) { fields = append(fields, placement.Change{Field: field, To: to}) }
		if v := pick("partitions", "", "[gov]", "[acme]"); v != "" {
			b.WriteString("partitions: " + v + "\n")
			ask("partitions", []string{})
		}
		if v := pick("include", "", "[east, south]", "[north, vault]", "[south]"); v != "" {
			b.WriteString("sites: {include: " + v + "}\n")
			ask("sites.include", []string{})
		}
		b.WriteString("components:\n  - {name: a, services: [kv]")
		least, most := rapid.IntRange(1, 3).Draw(t, "min"), rapid.IntRange(3, 5).Draw(t, "max")
		b.WriteString(", copies: {min: " + string(rune('0'+least)) + ", max: " + string(rune('0'+most)) + "}")
		if least > 1 {
			ask("components[0].copies.min", 1)
		}
		if most < 5 {
			ask("components[0].copies.max", 5)
		}
		for _, f := range []struct {
			field, yaml string
			none        any
			values      []string
		}{
			{"components[0].survive", "survive: ", "none", []string{"zone", "region", "partition", "provider"}},
			{"components[0].quorum", "quorum: ", "none", []string{"majority"}},
			{"components[0].latency.maxMs", "latency: {maxMs: ", nil, []string{"4}", "8}", "40}"}},
			{"components[0].spread.separationKm", "spread: {separationKm: ", 0, []string{"1500}", "3000}", "9000}"}},
			{"components[0].capacity", "capacity: {needed: 100, perCopy: ", nil, []string{"20}", "40}", "60}"}},
		} {
			if v := pick(f.field, "", f.values...); v != "" {
				b.WriteString(", " + f.yaml + v)
				ask(f.field, f.none)
			}
		}
		b.WriteString("}\n")
		req := drawn(t, b.String())
		d, err := h.Decide(context.Background(), req)
		if err != nil {
			t.Fatal(err)
		}
		if d.Verdict == placement.Permit || len(fields) > 5 {
			return
		}
		met := map[int]bool{}
		for set := range 1 << len(fields) {
			var without []placement.Change
			for i, f := range fields {
				if set>>i&1 == 0 {
					without = append(without, f)
				}
			}
			part, err := put(t, req, without...)
			if err != nil {
				t.Fatal(err)
			}
			again, err := h.Decide(context.Background(), part)
			if err != nil {
				t.Fatal(err)
			}
			met[set] = again.Verdict == placement.Permit
		}
		var want, got []string
		for set := range 1 << len(fields) {
			minimal := !met[set]
			for rest := uint(set); rest != 0; rest &= rest - 1 {
				minimal = minimal && met[set&^(1<<bits.TrailingZeros(rest))]
			}
			if minimal {
				var names []string
				for i, f := range fields {
					if set>>i&1 == 1 {
						names = append(names, f.Field)
					}
				}
				slices.Sort(names)
				want = append(want, strings.Join(names, " "))
			}
		}
		for _, c := range d.Conflicts {
			// Of what leaves no site of the tier at all the tier is a part, which nobody can be without.
			got = append(got, strings.Join(slices.DeleteFunc(c.Requirements, func(name string) bool { return strings.HasSuffix(name, ".tier") }), " "))
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" || d.MoreConflicts {
			t.Fatalf("%s%s: %s", b.String(), d.Verdict, diff)
		}
	})
}
