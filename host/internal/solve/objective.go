package solve

import (
	"math/bits"
	"slices"
)

// tally is what a set of copies adds to the objectives, kept so that tallies of components can be
// joined: sums are added, the worst is the larger one, carbon is a sum beside the number of copies.
type tally struct {
	sum    []int64 // one an objective
	copies int64
}

// add adds two amounts; what is unknown stays unknown.
func add(a, b int64) int64 {
	if a >= Unknown || b >= Unknown {
		return Unknown
	}
	return a + b
}

// tally counts what the chosen copies of a component add.
func (p *Problem) tally(c *Component, chosen []int) tally {
	t := tally{sum: make([]int64, len(p.Objectives)), copies: int64(len(chosen))}
	for o, objective := range p.Objectives {
		switch objective {
		case Latency:
			t.sum[o] = p.weighted(c, chosen, nearest)
		case AfterLoss:
			t.sum[o] = p.weighted(c, chosen, second)
		case Worst:
			t.sum[o] = p.worst(c, chosen)
		case Carbon:
			for _, i := range chosen {
				t.sum[o] = add(t.sum[o], c.Candidates[i].Carbon)
			}
		case Cost:
			for _, i := range chosen {
				t.sum[o] = add(t.sum[o], c.Candidates[i].Cost)
				if c.parts != nil && c.Candidates[i].seat.Serves {
					t.sum[o] = add(t.sum[o], c.parts(c.serving(chosen), i))
				}
			}
		case Copies:
			t.sum[o] = int64(len(chosen))
		case Moves:
			for _, i := range chosen {
				t.sum[o] += c.Candidates[i].Moves
			}
		}
	}
	return t
}

func (p *Problem) weighted(c *Component, chosen []int, rtt func(*Component, []int, int) int64) int64 {
	if !c.UserFacing {
		return 0
	}
	sum := int64(0)
	for u, w := range p.Weights {
		if w == 0 {
			continue // whom nobody counts cannot make a figure unknown
		}
		us := rtt(c, chosen, u)
		if us >= Unknown {
			return Unknown
		}
		sum += w * us
	}
	return sum
}

func (p *Problem) worst(c *Component, chosen []int) int64 {
	if !c.UserFacing {
		return 0
	}
	worst := int64(0)
	for u, w := range p.Weights {
		if w > 0 {
			worst = max(worst, nearest(c, chosen, u))
		}
	}
	return worst
}

// join is the tally of two components together.
func (p *Problem) join(a, b tally) tally {
	t := tally{sum: make([]int64, len(p.Objectives)), copies: a.copies + b.copies}
	for o, objective := range p.Objectives {
		if objective == Worst {
			t.sum[o] = max(a.sum[o], b.sum[o])
		} else {
			t.sum[o] = add(a.sum[o], b.sum[o])
		}
	}
	return t
}

// values are the objectives of a tally.
func (p *Problem) values(t tally) []int64 {
	v := slices.Clone(t.sum)
	for o, objective := range p.Objectives {
		if objective == Carbon && v[o] < Unknown {
			v[o] = (v[o] + t.copies/2) / t.copies // the mean, rounded half up
		}
	}
	return v
}

// compare orders figures, best first: lexicographically, or by their weighted sum.
func (p *Problem) compare(a, b []int64) int {
	x, y := p.value(a), p.value(b)
	return p.compareValues(&x, &y)
}

// weightedSum is Σ factor × value in 128 bits, beside how many of the values are unknown.
func (p *Problem) weightedSum(v []int64) (hi, lo uint64, unknown int) {
	for o, x := range v {
		if x >= Unknown {
			unknown++
			continue
		}
		h, l := bits.Mul64(uint64(p.Weighted[o]), uint64(x))
		var carry uint64
		lo, carry = bits.Add64(lo, l, 0)
		hi, _ = bits.Add64(hi, h, carry)
	}
	return hi, lo, unknown
}
