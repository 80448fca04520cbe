package solve

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// drawForMILP draws a problem of what a program can say, of more candidates than the comparison with every set looks at.
// Times are whole milliseconds, so that ties are common and no solver's tolerance hides a difference.
func drawForMILP(seed uint64) *Problem {
	r := rand.New(rand.NewPCG(seed, 7))
	components := 1 + r.IntN(2)
	copies := 1 + r.IntN(4-components)
	p := scattered(6+r.IntN(12/components), 1+r.IntN(8), copies, seed, []float64{0, 0.5, 5}[r.IntN(3)])
	all := []Objective{Latency, Worst, AfterLoss, Carbon, Cost, Copies, Moves}
	r.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
	p.Objectives = all[:1+r.IntN(3)]
	if r.IntN(2) == 0 {
		for range p.Objectives {
			p.Weighted = append(p.Weighted, []int64{1, 7, 100, 1000}[r.IntN(4)])
		}
	}
	proto := p.Components[0]
	p.Components = nil
	for n := range components {
		c := proto
		c.Candidates = slices.Clone(proto.Candidates)
		c.Min = 1 + r.IntN(copies)
		c.Max = c.Min + r.IntN(2)
		if slices.Contains(p.Objectives, AfterLoss) { // of one copy nothing is left
			c.Min, c.Max = c.Min+1, c.Max+1
		}
		c.UserFacing = n == 0 || r.IntN(2) == 0
		c.Survive, c.Majority = Loss(r.IntN(5)), r.IntN(3) == 0
		sometimes := func(n int) int { return max(0, r.IntN(2*n+1)-n) }
		c.Spread = Spread{PerRegion: sometimes(2), PerCountry: sometimes(2), PerRiskGroup: sometimes(2)}
		if r.IntN(6) == 0 {
			c.Spread.MaxSkew = 1 + r.IntN(2)
		}
		if r.IntN(3) == 0 {
			c.Spread.Far = func(a, b uint32) bool { return (a+b)%4 != 0 }
		}
		if r.IntN(3) == 0 {
			c.MaxMicros = 100 + r.Int64N(150)
		}
		if r.IntN(4) == 0 {
			c.Capacity = Capacity{Needed: 2 + r.Int64N(4), PerCopy: 2}
		}
		for i := range c.Candidates {
			x := &c.Candidates[i]
			x.RTT = slices.Clone(x.RTT)
			for u := range x.RTT {
				x.RTT[u] = (x.RTT[u] + r.Int64N(20_000)) / 1000
			}
			x.Region, x.SurvivesZone = r.Int64N(6), r.IntN(2) == 0
			x.Fate = x.Region
			if r.IntN(8) == 0 {
				x.Fate = -1
			}
			x.Country, x.Carbon, x.Cost, x.Moves = r.Int64N(6)-1, r.Int64N(300), r.Int64N(50), r.Int64N(2)
			if r.IntN(3) == 0 {
				x.Groups = []int32{r.Int32N(3)}
			}
		}
		p.Components = append(p.Components, c)
	}
	if components == 2 && r.IntN(3) > 0 {
		rtt := make([]int64, 32*32)
		for i := range rtt {
			rtt[i] = r.Int64N(100)
		}
		p.Calls = []Call{{From: 0, To: 1, MaxMicros: 40 + r.Int64N(50), RTT: func(a, b *Candidate) int64 { return rtt[32*a.Site+b.Site] }}}
	}
	return p
}

// TestAgainstMILP compares the best placement with that of a solver of mixed-integer linear programs, on problems of every
// requirement that a program can say.
func TestAgainstMILP(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN with -short: no two goroutines meet here, and processes that solve take their time")
	}
	for _, s := range milpSolvers {
		t.Run(s.name, func(t *testing.T) {
			s.installed(t)
			placed, impossible := 0, 0
			for seed := range uint64(40) {
				p := drawForMILP(seed)
				want := s.bestOfAll(t, p, seed%2 == 0)
				got, err := Search(context.Background(), p, 1)
				if err != nil {
					t.Fatal(seed, err)
				}
				switch {
				case want == nil && len(got.Placements) == 0:
					impossible++
					continue
				case want == nil:
					t.Fatalf("seed %d: %s finds no placement, the search %v", seed, s.name, got.Placements)
				case len(got.Placements) == 0:
					t.Fatalf("seed %d: the search finds no placement, %s %v", seed, s.name, want)
				}
				for i := range p.Components {
					if !meets(&p.Components[i], want.Chosen[i]) {
						t.Fatalf("seed %d: what %s chose does not meet the requirements: %v", seed, s.name, want.Chosen)
					}
				}
				if !callsMet(p, want) {
					t.Fatalf("seed %d: what %s chose calls too far: %v", seed, s.name, want.Chosen)
				}
				if p.compare(want.Values, got.Placements[0].Values) != 0 || got.Lower != nil {
					t.Fatalf("seed %d, %v by %v: bound %v (-%s +search):\n%s", seed, p.Objectives, p.Weighted, got.Lower, s.name, gocmp.Diff(*want, got.Placements[0]))
				}
				placed++
			}
			t.Logf("%s: %d problems with a placement, %d without", s.version(), placed, impossible)
			if placed < 15 || impossible < 5 {
				t.Errorf("%d problems with a placement and %d without show too little", placed, impossible)
			}
		})
	}
}
