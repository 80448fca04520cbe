package solve

import (
	"cmp"
	"slices"
)

// company is what is known of the other components of a placement while one is looked at: what those that are placed add,
// and bounds of what the others do. A nil company is of a component that is alone.
type company struct {
	sum    []int64 // one an objective: a sum, or of Worst the largest; of Carbon nothing
	carbon []int64 // by number of copies: the least sum of their carbon
	copies int64   // at the least
	ids    [][]int // the candidates of those that are placed, and for additive objectives the best of the others; nil: not known
	at     int     // the component that is looked at
	last   *ranked // the last of the placements that are kept, once there are as many as are wanted

	additive bool  // the objectives are; see [Problem.additive]
	least    value // then the least weighted sum
}

// join is a figure of the component together with the others'.
func (c *company) join(o Objective, at int, own int64) int64 {
	switch {
	case c == nil || o == Carbon:
		return own
	case o == Worst:
		return max(own, c.sum[at])
	}
	return add(own, c.sum[at])
}

// room is what a figure of the component may come to for both together to come to a limit.
func (c *company) room(o Objective, at int, limit int64) int64 {
	if c == nil || o == Carbon || o == Worst || limit >= Unknown {
		return limit
	}
	return limit - min(c.sum[at], limit+1)
}

// mean is the least mean of carbon, given the component's least sums by its number of copies.
func (c *company) mean(sums []int64) int64 {
	others := []int64{0}
	if c != nil {
		others = c.carbon
	}
	least := Unknown
	for n, sum := range sums {
		for m, other := range others {
			if total, copies := add(sum, other), int64(n+m); total < Unknown && copies > 0 {
				least = min(least, (total+copies/2)/copies)
			}
		}
	}
	return least
}

// value bounds what a placement is worth that has a set of the component's.
func (c *company) value(p *Problem, t tally) value {
	figures := make([]int64, len(p.Objectives))
	for o, objective := range p.Objectives {
		if objective == Carbon {
			sums := slices.Repeat([]int64{Unknown}, int(t.copies))
			figures[o] = c.mean(append(sums, t.sum[o]))
			continue
		}
		figures[o] = c.join(objective, o, t.sum[o])
	}
	if c.additive && p.Weighted != nil {
		own := p.value(t.sum)
		own.addTo(&c.least)
		return own
	}
	return p.value(figures)
}

// outdone reports whether every placement comes behind all that are kept that is worth a value at the least, with so many
// copies of the component at the least, whose ids do not come before some.
func (c *company) outdone(p *Problem, lower *value, copies int64, ids []int) bool {
	if c.last == nil {
		return false
	}
	if d := p.compareValues(lower, &c.last.by); d != 0 || !c.additive || c.ids == nil {
		return d > 0
	}
	// Sums that are no more than the least come of the best of each, so the other components have as many copies as their
	// best at the least, and no ids before those.
	if d := cmp.Compare(copies+c.copies, c.last.copies); d != 0 {
		return d > 0
	}
	for i := range c.ids {
		own := c.ids[i]
		if i == c.at {
			own = ids
		}
		if d := slices.Compare(own, c.last.chosen[i]); d != 0 {
			return d > 0
		}
	}
	return true
}
