package host

import (
	"math/big"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// TestProof says how good placements are known to be: of a search that came to its end, of one that did not, and where figures
// are unknown.
func TestProof(t *testing.T) {
	found := func(lower *big.Int, first ...int64) solve.Result {
		r := solve.Result{Nodes: 7, Lower: lower}
		for _, v := range first {
			r.Placements = append(r.Placements, solve.Placement{Values: []int64{v, 3}})
		}
		return r
	}
	one, sum := scale{units: []int64{10, 1}}, scale{units: []int64{10, 1}, factors: []int64{2, 4}, whole: 100}
	for _, c := range []struct {
		name  string
		scale scale
		found solve.Result
		i     int
		want  placement.Proof
	}{
		{"the best", one, found(nil, 400, 500), 0, placement.Proof{Optimal: true, Bound: 40, Nodes: 7}},
		{"the second", one, found(nil, 400, 500), 1, placement.Proof{Bound: 40, Gap: 0.2, Nodes: 7}},
		{"the first of a search that ended early", one, found(big.NewInt(300), 400, 500), 0, placement.Proof{Bound: 30, Gap: 0.25, Nodes: 7}},
		{"nothing is left below it", one, found(big.NewInt(400), 400), 0, placement.Proof{Bound: 40, Nodes: 7}},
		{"what is left is worse", one, found(big.NewInt(450), 400), 0, placement.Proof{Bound: 40, Nodes: 7}},
		{"unknown", one, found(nil, solve.Unknown), 0, placement.Proof{Optimal: true, Nodes: 7}},
		{"unknown, and the search ended early", one, found(big.NewInt(300), solve.Unknown), 0, placement.Proof{Bound: 30, Gap: 1, Nodes: 7}},
		{"unknown behind what is known", one, found(nil, 400, solve.Unknown), 1, placement.Proof{Bound: 40, Gap: 1, Nodes: 7}},
		{"a weighted sum", sum, found(nil, 394), 0, placement.Proof{Optimal: true, Bound: 8, Nodes: 7}},
		{"a weighted sum that ended early", sum, found(big.NewInt(600), 394), 0, placement.Proof{Bound: 6, Gap: 0.25, Nodes: 7}},
	} {
		if got := (&question{scale: c.scale}).proof(c.found, c.i); *got != c.want {
			t.Errorf("%s: got %+v, want %+v", c.name, *got, c.want)
		}
	}
}
