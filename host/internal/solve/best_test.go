package solve

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// scattered places users and sites on a map at random. Times are longer than distances by up to noise times, each way
// by itself: they are no metric.
func scattered(sites, users, copies int, seed uint64, noise float64) *Problem {
	r := rand.New(rand.NewPCG(seed, 0))
	type point struct{ x, y float64 }
	points := func(n int) (out []point) {
		for range n {
			out = append(out, point{360 * r.Float64(), 120 * r.Float64()})
		}
		return out
	}
	from, at := points(users), points(sites)
	p := &Problem{Objectives: []Objective{Latency}}
	for range users {
		p.Weights = append(p.Weights, 1+int64(100*math.Exp(1.5*r.NormFloat64())))
	}
	c := Component{Name: "api", Min: copies, Max: copies, UserFacing: true}
	for i := range sites {
		x := Candidate{
			Site: uint32(i), Zone: int64(i), Region: int64(i), Fate: int64(i), Partition: int64(i % 5), Provider: int64(i % 3), Country: int64(i % 7), Carbon: r.Int64N(800_000), Cost: 9000 + r.Int64N(5000),
		}
		for u := range users {
			dx := math.Abs(at[i].x - from[u].x)
			x.RTT = append(x.RTT, int64(5000+1000*math.Hypot(min(dx, 360-dx), at[i].y-from[u].y)*(1+noise*r.Float64())))
		}
		c.Candidates = append(c.Candidates, x)
	}
	p.Components = []Component{c}
	return p
}

// TestBestAgainstEnumeration finds the best sets of problems of more sites than all placements can be written down for,
// and compares them with what looking at every set finds.
func TestBestAgainstEnumeration(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := scattered(rapid.IntRange(8, 24).Draw(t, "sites"), rapid.IntRange(1, 12).Draw(t, "users"), rapid.IntRange(1, 4).Draw(t, "copies"),
			rapid.Uint64().Draw(t, "seed"), rapid.SampledFrom([]float64{0, 0.5, 5}).Draw(t, "noise"))
		c := &p.Components[0]
		c.Min = rapid.IntRange(1, c.Max).Draw(t, "min")
		all := rapid.Permutation([]Objective{Latency, Worst, AfterLoss, Carbon, Cost, Copies, Moves}).Draw(t, "objectives")
		p.Objectives = all[:rapid.IntRange(1, 3).Draw(t, "n")]
		if rapid.Bool().Draw(t, "weighted") {
			for range p.Objectives {
				p.Weighted = append(p.Weighted, rapid.SampledFrom([]int64{1, 10, 1000, 1_000_000, 1 << 40}).Draw(t, "factor"))
			}
		}
		if rapid.Bool().Draw(t, "goal") {
			c.MaxMicros = rapid.Int64Range(50_000, 250_000).Draw(t, "maxMicros")
		}
		c.Spread.PerCountry = rapid.IntRange(0, 2).Draw(t, "perCountry")
		c.Survive, c.Majority = Loss(rapid.IntRange(0, 4).Draw(t, "survive")), rapid.Bool().Draw(t, "majority")
		for i := range c.Candidates {
			x := &c.Candidates[i]
			x.Moves = int64(i % 2)
			switch rapid.IntRange(0, 30).Draw(t, "unknown") {
			case 0:
				x.Carbon = Unknown
			case 1:
				x.Cost = Unknown
			case 2:
				x.RTT[0] = Unknown
			}
		}
		keep := rapid.IntRange(1, 5).Draw(t, "keep")
		got, err := Search(context.Background(), p, keep)
		if err != nil {
			t.Fatal(err)
		}
		var nodes int64
		p = p.laidOut()
		sets, err := p.component(context.Background(), &p.Components[0], keep, &nodes)
		if err != nil {
			t.Fatal(err)
		}
		var want Result
		if err := p.rank(&want, sets, keep); err != nil {
			t.Fatal(err)
		}
		if d := gocmp.Diff(want.Placements, got.Placements); d != "" || got.Lower != nil {
			t.Fatalf("lower %v (-enumerated +search):\n%s", got.Lower, d)
		}
	})
}

// TestBestEndsEarly gives a search ever more work to do. What it has come to is a placement, and no better one is below its
// bound.
func TestBestEndsEarly(t *testing.T) {
	for _, objectives := range [][]Objective{{Latency}, {Worst, Latency}, {AfterLoss}, {Carbon, Latency}, {Cost, Copies}} {
		for _, weighted := range []bool{false, true} {
			p := scattered(30, 20, 3, 1, 3)
			if p.Objectives = objectives; weighted {
				p.Weighted = slices.Repeat([]int64{1000}, len(objectives))
			}
			best, err := Search(context.Background(), p, 1)
			if err != nil {
				t.Fatal(err)
			}
			truth := p.value(best.Placements[0].Values)
			early := 0
			for limit := int64(1); ; limit = limit*3/2 + 1 {
				p := p.laidOut()
				b := newBest(p, &p.Components[0], 1, &work{ctx: context.Background(), limit: limit})
				b.run(nil)
				if b.left == nil {
					if d := gocmp.Diff(best.Placements[0].Values, b.found[0].values); d != "" {
						t.Errorf("%v: %s", objectives, d)
					}
					break
				}
				early++
				if found := len(b.found) > 0 && p.compareValues(&b.found[0].by, &truth) == 0; !found && b.left.first().Cmp(truth.first()) > 0 {
					t.Errorf("%v after %d: nothing that is left is below %v, and the best is %v", objectives, limit, b.left.first(), truth.first())
				}
				if len(b.found) > 0 && p.compareValues(&b.found[0].by, &truth) < 0 {
					t.Errorf("%v after %d: better than the best", objectives, limit)
				}
			}
			if early == 0 {
				t.Errorf("%v: no search ended early", objectives)
			}
		}
	}
}

// BenchmarkBest proves placements over 200 groups of users the best.
func BenchmarkBest(b *testing.B) {
	for _, size := range []struct{ sites, copies int }{{46, 3}, {130, 3}, {200, 5}} {
		for _, c := range []struct {
			name       string
			objectives []Objective
			weighted   []int64
		}{
			{"latency", []Objective{Latency}, nil},
			{"latency, carbon and cost", []Objective{Latency, Carbon, Cost}, nil},
			{"a weighted sum", []Objective{Latency, Carbon, Cost}, []int64{10, 100_000, 1_000_000}},
			{"the worst", []Objective{Worst, Latency}, nil},
		} {
			if size.sites == 200 && c.name == "the worst" {
				continue // BenchmarkBestSlow
			}
			b.Run(fmt.Sprintf("%d copies on %d sites by %s", size.copies, size.sites, c.name), func(b *testing.B) {
				nodes, seed := int64(0), uint64(0)
				for b.Loop() {
					p := scattered(size.sites, 200, size.copies, seed%4, 0.5)
					p.Objectives, p.Weighted = c.objectives, c.weighted
					r, err := Search(context.Background(), p, 1)
					if err != nil || r.Lower != nil {
						b.Fatal(err, r.Lower)
					}
					nodes, seed = nodes+r.Nodes, seed+1
				}
				b.ReportMetric(float64(nodes)/float64(b.N), "nodes")
			})
		}
	}
}

// BenchmarkBestSlow looks for placements of five copies on 200 sites by what has no good bound. It tells how far the best may
// be where the search ends first.
func BenchmarkBestSlow(b *testing.B) {
	for _, objective := range []Objective{Worst, AfterLoss} {
		b.Run(map[Objective]string{Worst: "the worst", AfterLoss: "after a loss"}[objective], func(b *testing.B) {
			for b.Loop() {
				p := scattered(200, 200, 5, 0, 0.5)
				p.Objectives = []Objective{objective, Latency}
				r, err := Search(context.Background(), p, 1)
				if err != nil {
					b.Fatal(err)
				}
				gap := 0.0
				if value := float64(r.Placements[0].Values[0]); r.Lower != nil {
					lower, _ := r.Lower.Float64()
					gap = (value - lower) / value
				}
				b.ReportMetric(100*gap, "%gap")
				b.ReportMetric(float64(r.Nodes), "nodes")
			}
		})
	}
}
