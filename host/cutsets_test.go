package host

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestMinimalCutsAgainstAll compares the cut sets with those found by trying every set of at most three losses.
func TestMinimalCutsAgainstAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		copies, losses := rapid.IntRange(1, 70).Draw(t, "copies"), rapid.IntRange(1, 9).Draw(t, "losses")
		drawSet := func(name string, one float64) copySet {
			s := newCopySet(copies)
			for i := range copies {
				if rapid.Float64Range(0, 1).Draw(t, name) < one {
					s.add(i)
				}
			}
			return s
		}
		share := rapid.SampledFrom([]float64{0.2, 0.5, 0.8}).Draw(t, "share")
		var blows []blow
		for l := range losses {
			blows = append(blows, blow{losses: []int{l}, takes: drawSet("takes", share)})
		}
		for range rapid.IntRange(0, 12).Draw(t, "together") {
			set := rapid.SliceOfNDistinct(rapid.IntRange(0, losses-1), min(2, losses), min(3, losses), rapid.ID).Draw(t, "set")
			slices.Sort(set)
			blows = append(blows, blow{losses: set, takes: drawSet("more", share)})
		}
		var goals []goal
		for range rapid.IntRange(1, 3).Draw(t, "goals") {
			of := drawSet("of", 0.6)
			goals = append(goals, goal{of, rapid.IntRange(0, of.size()).Draw(t, "need")})
		}
		ends := func(set []int) bool {
			taken := newCopySet(copies)
			for _, b := range blows {
				if !slices.ContainsFunc(b.losses, func(l int) bool { return !slices.Contains(set, l) }) {
					taken = taken.union(b.takes)
				}
			}
			return slices.ContainsFunc(goals, func(g goal) bool { return g.need > 0 && taken.common(g.of) >= g.need })
		}
		var want []cutSet
		for a := range losses {
			for b := a; b < losses; b++ {
				for c := b; c < losses; c++ {
					set := slices.Compact([]int{a, b, c})
					if ends(set) && !slices.ContainsFunc(parts(set), ends) && !slices.Contains(want, cutOf(set)) {
						want = append(want, cutOf(set))
					}
				}
			}
		}
		got, whole := minimalCuts(blows, goals)
		if !whole {
			t.Fatal("the search ended early")
		}
		for _, c := range got {
			if !slices.Contains(want, c) {
				t.Fatalf("%v is no smallest cut set", c.losses())
			}
		}
		if len(got) != len(want) {
			t.Fatalf("%d cut sets, want %d: %v, want %v", len(got), len(want), got, want)
		}
		for i := 1; i < len(got); i++ {
			if len(got[i-1].losses()) > len(got[i].losses()) {
				t.Fatalf("%v comes before %v", got[i-1].losses(), got[i].losses())
			}
		}
	})
}

// TestManyCutsEndEarly has more cut sets than are gathered.
func TestManyCutsEndEarly(t *testing.T) {
	var blows []blow
	of := newCopySet(3)
	for c := range 3 {
		of.add(c)
		for l := range 30 {
			takes := newCopySet(3)
			takes.add(c)
			blows = append(blows, blow{losses: []int{30*c + l}, takes: takes})
		}
	}
	cuts, whole := minimalCuts(blows, []goal{{of: of, need: 3}})
	if whole || len(cuts) != mostCutsFound {
		t.Errorf("%d cut sets, whole %t", len(cuts), whole)
	}
}
