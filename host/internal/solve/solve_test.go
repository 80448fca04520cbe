package solve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// naive places all components together by looking at every product of every subset, with none of the
// search's shortcuts.
func naive(p *Problem, keep int) []Placement {
	all := []Placement{{}}
	for i := range p.Components {
		c := &p.Components[i]
		var next []Placement
		for mask := 1; mask < 1<<len(c.Candidates); mask++ {
			var chosen []int
			for k := range c.Candidates {
				if mask>>k&1 == 1 {
					chosen = append(chosen, k)
				}
			}
			if len(chosen) < c.Min || len(chosen) > c.Max || !meets(c, chosen) {
				continue
			}
			for _, a := range all {
				next = append(next, Placement{Chosen: append(slices.Clone(a.Chosen), chosen)})
			}
		}
		all = next
	}
	for i := range all {
		t := tally{sum: make([]int64, len(p.Objectives))}
		for k := range p.Components {
			t = p.join(t, p.tally(&p.Components[k], all[i].Chosen[k]))
		}
		all[i].Values = p.values(t)
	}
	slices.SortFunc(all, func(a, b Placement) int {
		copies := func(p Placement) (n int) {
			for _, c := range p.Chosen {
				n += len(c)
			}
			return n
		}
		return cmp.Or(p.compare(a.Values, b.Values), copies(a)-copies(b), compareChosen(a.Chosen, b.Chosen))
	})
	return all[:min(keep, len(all))]
}

// meets states the requirements the way FORMATS counts them: by losing each thing in turn.
func meets(c *Component, chosen []int) bool {
	left := func(gone func(k int) bool) int {
		n := 0
		for _, k := range chosen {
			if !gone(k) {
				n++
			}
		}
		return n
	}
	lives := func(n int) bool {
		return n > 0 && (!c.Majority || n > len(chosen)/2) && (c.Capacity.Needed == 0 || int64(n)*c.Capacity.PerCopy >= c.Capacity.Needed)
	}
	if !lives(len(chosen)) {
		return false
	}
	for _, k := range chosen {
		cand := &c.Candidates[k]
		if c.Survive == LoseZone && !cand.SurvivesZone && !lives(left(func(i int) bool { return i == k })) {
			return false
		}
		if c.Survive == LoseRegion && cand.Fate >= 0 && !lives(left(func(i int) bool { return c.Candidates[i].Fate == cand.Fate })) {
			return false
		}
		same := func(f func(o *Candidate) bool) int {
			n := 0
			for _, i := range chosen {
				if f(&c.Candidates[i]) {
					n++
				}
			}
			return n
		}
		if c.Spread.PerRegion > 0 && same(func(o *Candidate) bool { return o.Region == cand.Region }) > c.Spread.PerRegion {
			return false
		}
		if c.Spread.Far != nil {
			for _, i := range chosen {
				if i != k && !c.Spread.Far(cand.Site, c.Candidates[i].Site) {
					return false
				}
			}
		}
	}
	if c.MaxMicros > 0 {
		for u := range c.Candidates[0].RTT {
			ok := false
			for _, k := range chosen {
				ok = ok || c.Candidates[k].RTT[u] <= c.MaxMicros
			}
			if !ok {
				return false
			}
		}
	}
	return true
}

func drawProblem(t *rapid.T) *Problem {
	users := rapid.IntRange(1, 3).Draw(t, "users")
	p := &Problem{}
	for range users {
		p.Weights = append(p.Weights, rapid.Int64Range(0, 5).Draw(t, "weight"))
	}
	all := rapid.Permutation([]Objective{Latency, Worst, AfterLoss, Carbon, Cost, Copies, Moves}).Draw(t, "objectives")
	p.Objectives = all[:rapid.IntRange(1, 3).Draw(t, "n")]
	if rapid.Bool().Draw(t, "weighted") {
		for range p.Objectives {
			p.Weighted = append(p.Weighted, rapid.Int64Range(1, 9).Draw(t, "factor"))
		}
	}
	known := func(hi int64, label string) int64 {
		if rapid.IntRange(0, 9).Draw(t, label+"?") == 0 {
			return Unknown
		}
		return rapid.Int64Range(0, hi).Draw(t, label)
	}
	for range rapid.IntRange(1, 3).Draw(t, "components") {
		c := Component{
			Name: "c", Min: rapid.IntRange(1, 2).Draw(t, "min"), Max: rapid.IntRange(2, 3).Draw(t, "max"),
			Survive: Loss(rapid.IntRange(0, 2).Draw(t, "survive")), Majority: rapid.Bool().Draw(t, "majority"),
			UserFacing: rapid.Bool().Draw(t, "facing"), Spread: Spread{PerRegion: rapid.IntRange(0, 2).Draw(t, "perRegion")},
		}
		if rapid.Bool().Draw(t, "goal") {
			c.MaxMicros = rapid.Int64Range(1, 9).Draw(t, "maxMicros")
		}
		if rapid.Bool().Draw(t, "capacity") {
			c.Capacity = Capacity{Needed: rapid.Int64Range(1, 4).Draw(t, "needed"), PerCopy: rapid.Int64Range(1, 3).Draw(t, "perCopy")}
		}
		if rapid.Bool().Draw(t, "far") {
			c.Spread.Far = func(a, b uint32) bool { return (a+b)%3 != 0 }
		}
		for i := range rapid.IntRange(1, 6).Draw(t, "candidates") {
			cand := Candidate{
				Site: uint32(i), Region: rapid.Int64Range(0, 3).Draw(t, "region"), Fate: rapid.Int64Range(-1, 3).Draw(t, "fate"), Carbon: known(9, "carbon"), Cost: known(9, "cost"),
				SurvivesZone: rapid.Bool().Draw(t, "zone"),
			}
			for range users {
				cand.RTT = append(cand.RTT, known(9, "rtt"))
			}
			c.Candidates = append(c.Candidates, cand)
		}
		p.Components = append(p.Components, c)
	}
	return p
}

func TestSearchAgainstNaive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, keep := drawProblem(t), rapid.IntRange(1, 4).Draw(t, "keep")
		got, err := Search(context.Background(), p, keep)
		if err != nil {
			t.Fatal(err)
		}
		want := naive(p, keep)
		if len(want) != len(got.Placements) {
			t.Fatalf("%d placements, naive finds %d", len(got.Placements), len(want))
		}
		for i := range want {
			for k := range got.Placements[i].Chosen {
				slices.Sort(got.Placements[i].Chosen[k]) // role order is another matter
			}
			if d := gocmp.Diff(want[i], got.Placements[i]); d != "" {
				t.Fatalf("rank %d (-naive +search):\n%s", i+1, d)
			}
		}
		_, ok, err := Feasible(context.Background(), p)
		if err != nil || ok != (len(want) > 0) {
			t.Fatalf("Feasible says %v, %v; naive finds %d placements", ok, err, len(want))
		}
	})
}

func threeRegions() *Problem {
	p := &Problem{Weights: []int64{60, 40}, Objectives: []Objective{Latency}}
	c := Component{Name: "api", Min: 2, Max: 2, Survive: LoseRegion, UserFacing: true}
	for i, rtt := range [][]int64{{30, 10}, {10, 30}, {50, 50}} {
		c.Candidates = append(c.Candidates, Candidate{Site: uint32(i), Region: int64(i), Fate: int64(i), RTT: rtt})
	}
	p.Components = []Component{c}
	return p
}

func TestRolesGoToTheBestAlone(t *testing.T) {
	r, err := Search(context.Background(), threeRegions(), 1)
	if err != nil {
		t.Fatal(err)
	}
	want := []Placement{{Chosen: [][]int{{1, 0}}, Values: []int64{60*10 + 40*10}}}
	if d := gocmp.Diff(want, r.Placements); d != "" {
		t.Error(d)
	}
}

func TestAfter(t *testing.T) {
	p := threeRegions()
	r, _ := Search(context.Background(), p, 1)
	lose := func(regions ...int64) Outcome {
		return p.After(&r.Placements[0], func(_ int, c *Candidate) bool { return slices.Contains(regions, c.Region) })
	}
	for _, c := range []struct {
		name    string
		outcome Outcome
		want    Outcome
	}{
		{"the primary's region", lose(1), Outcome{Left: [][]int{{0}}, Holds: true, Values: []int64{60*30 + 40*10}}},
		{"a region without a copy", lose(2), Outcome{Left: [][]int{{1, 0}}, Holds: true, Values: []int64{1000}}},
		{"both regions", lose(0, 1), Outcome{Left: [][]int{nil}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := gocmp.Diff(c.want, c.outcome); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestSearchStops(t *testing.T) {
	p := threeRegions()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Search(ctx, p, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled search: %v", err)
	}
	if _, _, err := Feasible(ctx, p); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled question: %v", err)
	}
}

// TestSearchIsTooLarge joins components that pull apart, each of many sets, until there are too many.
func TestSearchIsTooLarge(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN with -short: no two goroutines meet here, and the race detector takes a minute over it")
	}
	p := threeRegions()
	p.Objectives = []Objective{Carbon, Cost, Latency}
	c := p.Components[0]
	c.Min, c.Max, c.Survive, c.Candidates = 1, 3, LoseNothing, nil
	for i := range int64(700) {
		c.Candidates = append(c.Candidates, Candidate{Site: uint32(i), Region: i, Fate: i, RTT: []int64{i * 7919 % 709, i * 104729 % 701}, Carbon: i * 7907 % 719, Cost: i * 7901 % 727})
	}
	p.Components = []Component{c, c}
	_, err := Search(context.Background(), p, 1)
	const want = `solve: more combinations than a search looks at: component "api" with 700 candidates and up to 3 copies`
	if !errors.Is(err, ErrTooLarge) || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func BenchmarkSearch(b *testing.B) {
	p := threeRegions()
	c := &p.Components[0]
	c.Min, c.Max = 1, 3
	for i := 3; i < 37; i++ {
		c.Candidates = append(c.Candidates, Candidate{Site: uint32(i), Region: int64(i), Fate: int64(i), RTT: []int64{int64(i * 7 % 31), int64(i * 5 % 29)}})
	}
	for b.Loop() {
		if _, err := Search(context.Background(), p, 3); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkJoin places several components over the same regions, with objectives that pull apart.
func BenchmarkJoin(b *testing.B) {
	for _, c := range []struct {
		components int
		objectives []Objective
	}{{2, []Objective{Latency, Carbon, Cost}}, {3, []Objective{Latency, Carbon, Cost}}, {3, []Objective{Latency, Carbon}}, {8, []Objective{Latency, Carbon}}, {20, []Objective{Latency, Cost}}} {
		components := c.components
		b.Run(fmt.Sprint(components, " components, ", len(c.objectives), " objectives"), func(b *testing.B) {
			p := &Problem{Weights: []int64{60, 40}, Objectives: c.objectives}
			for i := range components {
				c := Component{Name: fmt.Sprint("c", i), Min: 2, Max: 3, Survive: LoseRegion, UserFacing: true}
				for k := range 34 {
					c.Candidates = append(c.Candidates, Candidate{
						Site: uint32(k), Region: int64(k), Fate: int64(k), RTT: []int64{int64(k*7919%310 + 10), int64(k*104729%290 + 10)},
						Carbon: int64(k * 7907 % 900), Cost: int64(k*7901%70 + 100),
					})
				}
				p.Components = append(p.Components, c)
			}
			var nodes int64
			for b.Loop() {
				r, err := Search(context.Background(), p, 3)
				if err != nil {
					b.Fatal(err)
				}
				nodes = r.Nodes
			}
			b.ReportMetric(float64(nodes), "nodes")
		})
	}
}
