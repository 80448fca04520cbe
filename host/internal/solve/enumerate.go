package solve

import (
	"context"
	"fmt"
)

// pollEvery is how many steps pass between two looks at the context.
const pollEvery = 1 << 14

// enumeration walks the sets of candidates of one component that meet its requirements.
type enumeration struct {
	ctx    context.Context
	c      *Component
	nodes  *int64
	chosen []int
	visit  func(chosen []int) bool // false ends the walk
	err    error
}

// walk extends the chosen set with candidates from index from on. Sets come in the order of their
// candidates' ids. It returns false when the walk is over.
func (e *enumeration) walk(from int) bool {
	if len(e.chosen) >= e.c.Min && len(e.chosen) > 0 && e.c.holds(e.chosen) {
		if !e.visit(e.chosen) {
			return false
		}
	}
	if len(e.chosen) == e.c.Max {
		return true
	}
	for i := from; i < len(e.c.Candidates); i++ {
		*e.nodes++
		if *e.nodes > MaxNodes {
			e.err = tooLarge(e.c)
			return false
		}
		if *e.nodes%pollEvery == 0 && e.ctx.Err() != nil {
			e.err = e.ctx.Err()
			return false
		}
		if !e.c.fits(e.chosen, i) {
			continue
		}
		e.chosen = append(e.chosen, i)
		on := e.walk(i + 1)
		e.chosen = e.chosen[:len(e.chosen)-1]
		if !on {
			return false
		}
	}
	return true
}

func tooLarge(c *Component) error {
	return fmt.Errorf("%w: component %q with %d candidates and up to %d copies", ErrTooLarge, c.Name, len(c.Candidates), c.Max)
}

// fits reports whether candidate i may join the chosen ones under the limits that only get tighter.
func (c *Component) fits(chosen []int, i int) bool {
	n := &c.Candidates[i]
	inRegion, inCountry := 1, 1
	for _, k := range chosen {
		o := &c.Candidates[k]
		if o.Region == n.Region {
			inRegion++
		}
		if o.Country == n.Country || o.Country < 0 || n.Country < 0 {
			inCountry++ // an unknown country may be the same one
		}
		if c.Spread.Far != nil && !c.Spread.Far(o.Site, n.Site) {
			return false
		}
	}
	if c.Spread.PerRegion > 0 && inRegion > c.Spread.PerRegion {
		return false
	}
	return c.Spread.PerCountry == 0 || inCountry <= c.Spread.PerCountry
}

// Meets reports whether all candidates together meet what the component asks, whatever their number.
func (c *Component) Meets() bool {
	var chosen []int
	for i := range c.Candidates {
		if !c.fits(chosen, i) {
			return false
		}
		chosen = append(chosen, i)
	}
	return len(chosen) > 0 && c.holds(chosen)
}

// holds reports whether a whole set meets what cannot be said of a part of it.
func (c *Component) holds(chosen []int) bool {
	return c.near(chosen) && c.lives(len(chosen), len(chosen)-c.worstLoss(chosen))
}

// near reports whether every user has a copy within the latency goal. A time that is unknown is not.
func (c *Component) near(chosen []int) bool {
	if c.MaxMicros == 0 {
		return true
	}
	for u := range c.Candidates[chosen[0]].RTT {
		if nearest(c, chosen, u) > c.MaxMicros {
			return false
		}
	}
	return true
}

// lives reports whether a component of n copies goes on when only left remain.
func (c *Component) lives(n, left int) bool {
	if c.Majority && 2*left <= n {
		return false
	}
	if c.Capacity.Needed > 0 && int64(left)*c.Capacity.PerCopy < c.Capacity.Needed {
		return false
	}
	return left > 0
}

// worstLoss is the largest number of copies that one failure the component must survive takes away.
func (c *Component) worstLoss(chosen []int) int {
	switch c.Survive {
	case LoseZone:
		for _, i := range chosen {
			if !c.Candidates[i].SurvivesZone {
				return 1 // sites of a placement are distinct, so one zone is at most one copy
			}
		}
	case LoseRegion:
		worst := 0
		for _, i := range chosen {
			if c.Candidates[i].Fate < 0 {
				continue // no region's loss takes it
			}
			n := 0
			for _, k := range chosen {
				if c.Candidates[i].Fate == c.Candidates[k].Fate {
					n++
				}
			}
			worst = max(worst, n)
		}
		return worst
	}
	return 0
}

// nearest is the least time from user u to a chosen copy.
func nearest(c *Component, chosen []int, u int) int64 {
	best := Unknown
	for _, i := range chosen {
		best = min(best, c.Candidates[i].RTT[u])
	}
	return best
}

// second is the time from user u to the second nearest copy; Unknown where there is no second one.
func second(c *Component, chosen []int, u int) int64 {
	first, next := Unknown, Unknown
	for _, i := range chosen {
		switch t := c.Candidates[i].RTT[u]; {
		case t < first:
			first, next = t, first
		case t < next:
			next = t
		}
	}
	return next
}
