package solve

import (
	"context"
	"errors"
	"fmt"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// chain is components over the same scattered sites, each of which calls the next and must have it near. Only the first
// faces users.
func chain(components, sites, copies int, objectives ...Objective) *Problem {
	p := scattered(sites, 60, copies, 1, 0.5)
	p.Objectives = objectives
	first := p.Components[0]
	first.Survive = LoseRegion
	p.Components = nil
	for i := range components {
		c := first
		c.Name, c.UserFacing = fmt.Sprint("c", i), i == 0
		p.Components = append(p.Components, c)
		if i > 0 {
			p.Calls = append(p.Calls, Call{From: i - 1, To: i, MaxMicros: 60_000, RTT: func(a, b *Candidate) int64 {
				return 1000 + int64(a.Site*7919+b.Site*104729)%150_000*min(1, int64(a.Site^b.Site)) // a site is near itself
			}})
		}
	}
	return p
}

// TestJointEndsEarly gives a search of components that call each other ever more work to do. No placement is below the bound
// it gives, and none it finds is better than the best.
func TestJointEndsEarly(t *testing.T) {
	for _, objectives := range [][]Objective{{Latency}, {Worst, Cost}, {Carbon, Latency}} {
		p := chain(2, 12, 2, objectives...)
		best, err := Search(context.Background(), p, 1)
		if err != nil || best.Lower != nil {
			t.Fatal(objectives, err, best.Lower)
		}
		truth := p.value(best.Placements[0].Values)
		early := 0
		for limit := int64(1); ; limit = limit*3/2 + 1 {
			r, err := p.laidOut().together(context.Background(), 1, MaxNodes-limit)
			if errors.Is(err, ErrTooLarge) {
				early++
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			found := p.value(r.Placements[0].Values)
			if d := p.compareValues(&found, &truth); d < 0 || d > 0 && r.Lower == nil {
				t.Errorf("%v after %d: found %v, and the best is %v", objectives, limit, r.Placements[0].Values, best.Placements[0].Values)
			}
			if r.Lower == nil {
				if d := gocmp.Diff(best.Placements, r.Placements); d != "" {
					t.Errorf("%v: %s", objectives, d)
				}
				break
			}
			early++
			if r.Lower.Cmp(truth.first()) > 0 {
				t.Errorf("%v after %d: nothing that is left is below %v, and the best is %v", objectives, limit, r.Lower, truth.first())
			}
		}
		if early == 0 {
			t.Errorf("%v: no search ended early", objectives)
		}
	}
}

// BenchmarkCalls proves placements of components that call each other the best.
func BenchmarkCalls(b *testing.B) {
	for _, c := range []struct {
		components, sites int
		objectives        []Objective
	}{{2, 46, []Objective{Latency}}, {3, 46, []Objective{Latency, Cost}}, {2, 130, []Objective{Latency}}, {2, 46, []Objective{Carbon, Latency}}, {2, 46, []Objective{Worst, Cost}}} {
		b.Run(fmt.Sprintf("%d components on %d sites by %v", c.components, c.sites, c.objectives), func(b *testing.B) {
			nodes := int64(0)
			for b.Loop() {
				r, err := Search(context.Background(), chain(c.components, c.sites, 3, c.objectives...), 3)
				if err != nil {
					b.Fatal(err)
				}
				if nodes = r.Nodes; r.Lower != nil {
					value := float64(r.Placements[0].Values[0])
					lower, _ := r.Lower.Float64()
					b.ReportMetric(100*(value-lower)/value, "%gap")
				}
			}
			b.ReportMetric(float64(nodes), "nodes")
		})
	}
}
