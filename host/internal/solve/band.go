package solve

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// band keeps the sets that can be part of one of the keep best placements. They must be offered in the
// order of their ids.
//
// A set that keep others beat in any company (in every figure, with as many copies and smaller ids) is in
// none of the best:
// putting any of those in its place makes a better placement, whatever the other components do. What is
// left (the keep-skyband) is small, so that components can be joined one after the other.
type band struct {
	p        *Problem
	keep     int
	additive bool
	sets     []set
	nodes    *int64 // steps of the whole search
	limit    int64  // of them

	compared int64 // comparisons since they were last counted as steps
}

// comparisonsPerNode is how many comparisons of two sets count as one step of the search; a step of the
// enumeration takes about as long.
const comparisonsPerNode = 16

// wants reports whether a set belongs in the band, given all that were offered before it.
func (b *band) wants(t *tally) bool {
	better := 0
	for i := range b.sets {
		b.compared++
		if b.beats(&b.sets[i].tally, t) {
			if better++; better >= b.keep {
				// What keeps others out is likely to do so again: let it be met early.
				if i > 0 {
					b.sets[i], b.sets[i/2] = b.sets[i/2], b.sets[i]
				}
				return false
			}
		}
	}
	return true
}

func (b *band) add(s set) { b.sets = append(b.sets, s) }

// ordered returns the band in the order of its sets' ids.
func (b *band) ordered() []set {
	slices.SortFunc(b.sets, func(x, y set) int { return compareChosen(x.chosen, y.chosen) })
	return b.sets
}

// over counts the comparisons as steps and reports whether the search has taken too many, or the context
// has ended.
func (b *band) over(ctx context.Context, component string) error {
	*b.nodes += b.compared / comparisonsPerNode
	before := b.compared
	b.compared %= comparisonsPerNode
	if *b.nodes > b.limit {
		return fmt.Errorf("%w: component %q, with those before it", ErrTooLarge, component)
	}
	if before > pollEvery {
		return ctx.Err()
	}
	return nil
}

// beats reports whether a set that came earlier is better than t in whatever company the two keep.
func (b *band) beats(a, t *tally) bool {
	if !b.additive {
		return dominates(a, t)
	}
	return cmp.Or(b.p.compare(a.sum, t.sum), cmp.Compare(a.copies, t.copies)) <= 0
}

// additive reports whether every objective is a sum in which nothing is unknown. Then what is better alone
// is better in any company: adding the same to both sides of a comparison does not turn it around, as it
// may with a mean, a maximum, or a sum that one unknown part makes unknown.
func (p *Problem) additive() bool {
	for _, o := range p.Objectives {
		if o == Worst || o == Carbon || o == AfterLoss { // the last is unknown for a single copy
			return false
		}
	}
	latency, cost := slices.Contains(p.Objectives, Latency), slices.Contains(p.Objectives, Cost)
	for i := range p.Components {
		c := &p.Components[i]
		first := max(c.Min, 1)
		if latency && c.UserFacing && len(c.Seats) >= first && !slices.ContainsFunc(c.Seats[:first], func(s Seat) bool { return s.Serves }) {
			return false
		}
		for k := range c.Candidates {
			x := &c.Candidates[k]
			if cost && x.Cost >= Unknown || latency && c.UserFacing && x.seat.Serves && slices.Contains(x.RTT, Unknown) {
				return false
			}
		}
	}
	return !cost || p.priced()
}

// priced reports whether what calls cost is known wherever components are placed.
func (p *Problem) priced() bool {
	for k := range p.Calls {
		call := &p.Calls[k]
		if call.Price == nil {
			continue
		}
		from, to := &p.Components[call.From], &p.Components[call.To]
		for i := range from.Candidates {
			for n := range to.Candidates {
				if a, b := &from.Candidates[i], &to.Candidates[n]; call.RTT(a, b) >= Unknown || call.Price(a, b) >= Unknown {
					return false
				}
			}
		}
	}
	return true
}

// dominates reports whether a is at least as good as b in every figure, for any company they keep.
// Means are comparable only between equal numbers of copies.
func dominates(a, b *tally) bool {
	if a.copies != b.copies {
		return false
	}
	for o := range a.sum {
		if a.sum[o] > b.sum[o] {
			return false
		}
	}
	return true
}
