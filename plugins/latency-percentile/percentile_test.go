package main

import (
	"testing"

	"pgregory.net/rapid"
)

func TestPercentile(t *testing.T) {
	for _, c := range []struct {
		name        string
		weights     []float64
		rtt         []int32
		percentile  uint64 // in thousandths
		best, worst int64
	}{
		{"one", []float64{3}, []int32{70}, 95_000, 70, 70},
		{"exactly enough", []float64{0.95, 0.05}, []int32{10, 90}, 95_000, 10, 10},
		{"a little more", []float64{0.95, 0.05}, []int32{10, 90}, 95_001, 90, 90},
		{"tenths", []float64{0.1, 0.2, 0.7}, []int32{10, 20, 30}, 30_000, 20, 20},
		{"whatever the order", []float64{0.7, 0.1, 0.2}, []int32{30, 10, 20}, 30_000, 20, 20},
		{"all", []float64{1, 1, 1}, []int32{30, 10, 20}, 100_000, 30, 30},
		{"the least", []float64{1, 1, 1}, []int32{30, 10, 20}, 1, 10, 10},
		{"unknown and of no account", []float64{1, 0}, []int32{30, -1}, 100_000, 30, 30},
		{"unknown that cannot matter", []float64{90, 5, 5}, []int32{30, -1, 40}, 90_000, 30, 30},
		{"unknown that can", []float64{90, 5, 5}, []int32{30, -1, 40}, 95_000, 30, 40},
		{"unknown that must be reached", []float64{90, 5, 5}, []int32{30, -1, 40}, 96_000, 40, never},
		{"nothing is known", []float64{1, 2}, []int32{-1, -1}, 50_000, 0, never},
		{"very many and very few", []float64{8e9, 1}, []int32{10, 20}, 100_000, 20, 20},
		{"small weights", []float64{1e-12, 3e-12}, []int32{10, 20}, 25_000, 10, 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			g := newGroups(c.weights, c.percentile)
			copy(g.rtt, c.rtt)
			if best, worst := g.percentile(); best != c.best || worst != c.worst {
				t.Errorf("from %d to %d, want %d to %d", best, worst, c.best, c.worst)
			}
		})
	}
}

func TestNoWeight(t *testing.T) {
	for _, w := range [][]float64{nil, {0}, {0, -1}} {
		if g := newGroups(w, 95_000); g.total != 0 {
			t.Errorf("%v weigh %d", w, g.total)
		}
	}
}

// naive is the percentile by its definition, of weights that are whole numbers, when all times are known.
func naive(weights []int, rtt []int32, thousandths int) int64 {
	total := 0
	for _, w := range weights {
		total += w
	}
	least := int64(never)
	for _, limit := range rtt {
		sum := 0
		for i, w := range weights {
			if rtt[i] <= limit {
				sum += w
			}
		}
		if sum*100_000 >= total*thousandths {
			least = min(least, int64(limit))
		}
	}
	return least
}

// TestUnknownExactly fills in the unknown times in every way that makes a difference. Under a ceiling, what is sure
// is so in all of them, and what is unsure differs between two.
func TestUnknownExactly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "groups")
		weights := rapid.SliceOfN(rapid.IntRange(1, 9), n, n).Draw(t, "weights")
		rtt := rapid.SliceOfN(rapid.Int32Range(-2, 6), n, n).Draw(t, "times")
		ceiling := rapid.Int64Range(0, 6).Draw(t, "ceiling")
		thousandths := rapid.IntRange(1, 100_000).Draw(t, "percentile")
		w := make([]float64, n)
		for i := range w {
			w[i] = float64(weights[i])
		}
		g := newGroups(w, uint64(thousandths))
		copy(g.rtt, rtt)
		best, worst := g.percentile()

		overs, unders := 0, 0
		var fill func(i int)
		filled := append([]int32(nil), rtt...)
		fill = func(i int) {
			if i == n {
				p := naive(weights, filled, thousandths)
				if p > ceiling {
					overs++
				} else {
					unders++
				}
				if p < best || p > worst {
					t.Fatalf("%v gives %d, which is not from %d to %d", filled, p, best, worst)
				}
				return
			}
			if rtt[i] >= 0 {
				fill(i + 1)
				return
			}
			for v := range int32(9) {
				filled[i] = v
				fill(i + 1)
			}
		}
		fill(0)
		if sure := best > ceiling; sure != (unders == 0) {
			t.Fatalf("surely over: %v, with %d over and %d not", sure, overs, unders)
		}
		if never := worst <= ceiling; never != (overs == 0) {
			t.Fatalf("surely not over: %v, with %d over and %d not", never, overs, unders)
		}
	})
}
