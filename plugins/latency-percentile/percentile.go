package main

import (
	"math"
	"math/bits"
)

// never is the time to users of whom nobody knows how far they are, at worst.
const never = math.MaxInt64

// groups are groups of users and how far a site is from each.
type groups struct {
	units   []uint64 // what each counts
	total   uint64
	need    uint64  // how much of the total has to be reached
	rtt     []int32 // µs; negative where it is unknown
	unknown int     // of the last percentile: groups that count and of which the time is unknown
	known   []group // room for those of which the time is known
}

// group is a group of which the time is known.
type group struct {
	rtt   int32
	units uint64
}

// newGroups weighs groups of users. A sum of floating-point numbers depends on their order, so weights are counted in
// whole units: to nine significant digits of the largest, which is exact for weights as people write them. A group
// of some weight counts one unit at least.
func newGroups(weights []float64, thousandths uint64) *groups {
	g := &groups{units: make([]uint64, len(weights)), rtt: make([]int32, len(weights)), known: make([]group, len(weights))}
	largest := 0.0
	for _, w := range weights {
		largest = max(largest, w)
	}
	if !(largest > 0) {
		return g
	}
	unit := 1.0
	for largest/unit >= 1e9 {
		unit *= 10
	}
	factor := 1.0
	for largest*factor < 1e8 {
		factor *= 10
	}
	for i, w := range weights {
		if w > 0 {
			g.units[i] = max(1, uint64(math.Round(w/unit*factor)))
			g.total += g.units[i]
		}
	}
	high, low := bits.Mul64(g.total, thousandths)
	quotient, rest := bits.Div64(high, low, 100_000)
	if g.need = quotient; rest > 0 {
		g.need++
	}
	return g
}

// percentile is the least time within which at least that percentage of the users' weight is reached: at best, if
// all of whom it is unknown were as near as can be, and at worst, if they were never reached. Between the two lies
// what it is, and everything between is possible.
func (g *groups) percentile() (best, worst int64) {
	g.unknown = 0
	near := uint64(0) // the weight of those of whom it is unknown
	known, n := g.known, 0
	for i, u := range g.units {
		switch r := g.rtt[i]; {
		case u == 0:
		case r < 0:
			near += u
			g.unknown++
		default:
			known[n] = group{r, u}
			n++
		}
	}
	known = known[:n]
	worst = never
	if near+g.need <= g.total {
		worst = reached(known, g.need)
	}
	switch {
	case near == 0:
		best = worst
	case near >= g.need:
		best = 0
	default:
		best = reached(known, g.need-near)
	}
	return best, worst
}

// reached is the least time within which groups of at least a weight are reached, which is more than 0 and no more
// than all of them weigh. It changes their order. It sorts no more than it has to: one part of them in each round.
func reached(list []group, need uint64) int64 {
	for {
		pivot := median(list[0].rtt, list[len(list)/2].rtt, list[len(list)-1].rtt)
		less, more := 0, len(list) // before less lie those that are nearer, from more on those that are farther
		var before, within uint64
		for i := 0; i < more; {
			switch x := list[i]; {
			case x.rtt < pivot:
				before += x.units
				list[i], list[less] = list[less], x
				less++
				i++
			case x.rtt > pivot:
				more--
				list[i], list[more] = list[more], x
			default:
				within += x.units
				i++
			}
		}
		switch {
		case need <= before:
			list = list[:less]
		case need <= before+within:
			return int64(pivot)
		default:
			need -= before + within
			list = list[more:]
		}
	}
}

// median is the one in the middle.
func median(a, b, c int32) int32 { return max(min(a, b), min(max(a, b), c)) }
