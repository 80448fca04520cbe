package host

import (
	"math/bits"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestEnumeration compares the sets that are found with all there are, by trying every subset of a few constraints.
func TestEnumeration(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 7).Draw(t, "n")
		bad := rapid.SliceOfN(rapid.Uint64Range(0, 1<<n-1), 0, 6).Draw(t, "sets that cannot be met")
		meets := func(set uint64) bool {
			return !slices.ContainsFunc(bad, func(b uint64) bool { return set&b == b })
		}
		var conflicts, corrections [][]int
		for set := range uint64(1) << n {
			minimal, maximal := !meets(set), meets(set)
			for i := range n {
				one := uint64(1) << i
				minimal = minimal && (set&one == 0 || meets(set&^one))
				maximal = maximal && (set&one != 0 || !meets(set|one))
			}
			if minimal {
				conflicts = append(conflicts, members(set))
			}
			if maximal {
				corrections = append(corrections, members((1<<n-1)&^set))
			}
		}
		e := enumeration{count: n, calls: maxConflictCalls, feasible: func(kept []bool) (bool, error) {
			set := uint64(0)
			for i, k := range kept {
				if k {
					set |= 1 << i
				}
			}
			return meets(set), nil
		}}
		if err := e.run(); err != nil {
			t.Fatal(err)
		}
		if !e.complete {
			t.Fatalf("%d constraints are too many", n)
		}
		sorted := func(sets [][]int) [][]int {
			for i := range sets {
				slices.Sort(sets[i])
				sets[i] = append([]int{}, sets[i]...) // one way to write the empty set
			}
			slices.SortFunc(sets, slices.Compare[[]int])
			return sets
		}
		if diff := cmp.Diff(sorted(conflicts), sorted(e.conflicts)); diff != "" {
			t.Errorf("conflicts: %s", diff)
		}
		if diff := cmp.Diff(sorted(corrections), sorted(e.corrections)); diff != "" {
			t.Errorf("corrections: %s", diff)
		}
	})
}

func members(set uint64) []int {
	out := []int{}
	for ; set != 0; set &= set - 1 {
		out = append(out, bits.TrailingZeros64(set))
	}
	return out
}

// TestEnumerationStops ends with what it has when its calls are spent, and says so.
func TestEnumerationStops(t *testing.T) {
	for calls, want := range map[int]int{0: 0, 8: 0, 9: 1, 16: 1, 17: 2, 24: 3, 30: 4} {
		e := enumeration{count: 8, calls: calls, feasible: func(kept []bool) (bool, error) {
			return !(kept[0] && kept[1] || kept[2] && kept[3] || kept[4] && kept[5] || kept[6] && kept[7]), nil
		}}
		if err := e.run(); err != nil || len(e.conflicts) != want || e.complete {
			t.Errorf("%d calls: %v, %v, complete %v", calls, e.conflicts, err, e.complete)
		}
	}
}
