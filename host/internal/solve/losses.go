package solve

import (
	"cmp"
	"slices"
)

// What a component may lack after a loss.
const (
	LackCopies   = "copies"        // no copy with data is left
	LackQuorum   = "quorum"        // no majority
	LackCapacity = "capacity"      // what is left does not carry the load
	LackLatency  = "latency.maxMs" // a user has no copy near enough
	LackCall     = "dependsOn"     // a copy has none of a component it calls near enough
)

// Lack is what a component lacks.
type Lack struct {
	Component int
	What      string
}

// Outcome is what remains of a placement after a loss.
type Outcome struct {
	Left    [][]int // the chosen candidates of each component that live, in role order
	Holds   bool    // nothing is lacking
	Missing []Lack  // the first thing that each component lacks
	Values  []int64 // the objectives with what is left; nil where some component has no copy with data
}

// After tells what remains when gone is lost.
func (p *Problem) After(pl *Placement, gone func(component int, c *Candidate) bool) Outcome {
	out := Outcome{Left: make([][]int, len(p.Components))}
	left := make([]Component, len(p.Components)) // of the copies that live
	lost := false
	for i := range p.Components {
		c := &p.Components[i]
		left[i] = *c
		left[i].Candidates = nil
		var all, live strength
		for n, k := range pl.Chosen[i] {
			x := c.Candidates[k]
			x.seat, x.of = c.seat(n), k
			all.add(x.seat)
			if gone(i, &x) {
				continue
			}
			live.add(x.seat)
			out.Left[i] = append(out.Left[i], k)
			left[i].Candidates = append(left[i].Candidates, x)
		}
		slices.SortFunc(left[i].Candidates, func(a, b Candidate) int { return cmp.Compare(a.of, b.of) })
		left[i].serve(len(out.Left[i]) < len(pl.Chosen[i]))
		switch what := c.lacks(all, live); {
		case what != "":
			out.Missing = append(out.Missing, Lack{i, what})
		case !left[i].near(everything(&left[i]), none):
			out.Missing = append(out.Missing, Lack{i, LackLatency})
		}
		lost = lost || live.data == 0
	}
	chosen := make([][]int, len(left))
	for i := range left {
		chosen[i] = everything(&left[i])
	}
	rest := *p
	rest.Components = left
	for i := range left {
		if !slices.ContainsFunc(out.Missing, func(l Lack) bool { return l.Component == i }) && !rest.calls(i, chosen) {
			out.Missing = append(out.Missing, Lack{i, LackCall})
		}
	}
	slices.SortFunc(out.Missing, func(a, b Lack) int { return cmp.Compare(a.Component, b.Component) })
	if out.Holds = len(out.Missing) == 0; !lost {
		out.Values = rest.values(rest.total(chosen))
	}
	return out
}

// serve sets the times of candidates that are the copies there are, each in its seat.
func (c *Component) serve(afterLoss bool) {
	for i := range c.Candidates {
		x := &c.Candidates[i]
		x.seat.Serves = x.seat.Serves || afterLoss && x.seat.Stands
		x.late = x.RTT
		if x.seat.Serves {
			continue
		}
		x.RTT = slices.Repeat([]int64{Unknown}, len(x.RTT))
		if !x.seat.Stands {
			x.late = x.RTT
		}
	}
}

// everything is all candidates of a component.
func everything(c *Component) []int {
	all := make([]int, len(c.Candidates))
	for i := range all {
		all[i] = i
	}
	return all
}

// Nearest returns the index among the component's candidates of that of some copies which is nearest to user u, or
// -1 where no time is known. The earlier wins a tie. Which copies users are led to, [Component.Serves] tells.
func (c *Component) Nearest(chosen []int, u int) int {
	best, at := Unknown, -1
	for _, i := range chosen {
		if t := c.Candidates[i].RTT[u]; t < best {
			best, at = t, i
		}
	}
	return at
}
