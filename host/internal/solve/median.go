package solve

import (
	"math"
	"math/bits"
	"slices"
)

// median bounds from below what a set of candidates costs, where each candidate has a cost of its own and each user adds
// what the nearest chosen one costs it: the p-median problem with costs of opening. It is Lagrangian: every user is offered
// a price for being served, by whichever candidates like to; a candidate is worth what it costs less the prices that more
// than pay for it. Whatever the prices, the prices together and the worth of the best candidates are no more than any set
// costs. Good prices are looked for by subgradient steps.
//
// Costs are whole numbers, and so are prices: the bound is exact. What is added in floating point is only where to step
// next, written so that no machine can round it in another way.
type median struct {
	near  [][]int64 // candidate × user
	each  []int64   // candidate
	shift uint      // all of them are divided by two this often, so that sums fit
	most  []int64   // the largest cost of a user
	least []int64   // and the smallest

	worth, bestWorth []int64 // of candidates, in a call
	served           []int64 // of users: how many are willing, less one
	order            []int
	bestOrder        []int
	tried, best      []int64 // prices
}

// term is a figure among those that a median sums: factor times what a user or a candidate adds.
type term struct {
	factor int64
	near   func(i, u int) int64 // nil: no user adds to it
	each   func(i int) int64    // nil: no candidate does
}

// headroom is how many bits sums of costs have at most, so that some such sums can be added.
const headroom = 55

// forbidden is what a candidate costs that must not be chosen, or a user that it cannot serve.
const forbidden = int64(1) << (headroom + 3)

// newMedian adds terms up. What is [Unknown] of a candidate forbids it; of a user it costs what the worst known does.
func newMedian(candidates, users int, terms []term) *median {
	m := &median{
		each: make([]int64, candidates), most: make([]int64, users), least: make([]int64, users),
		worth: make([]int64, candidates), bestWorth: make([]int64, candidates),
		served: make([]int64, users), tried: make([]int64, users), best: make([]int64, users),
	}
	largest := make([]int64, len(terms))
	total := 0.0
	for t := range terms {
		if terms[t].near != nil {
			for u := range users {
				top := int64(0)
				for i := range candidates {
					if x := terms[t].near(i, u); x < Unknown {
						top = max(top, x)
					}
				}
				largest[t] = max(largest[t], top)
				total += float64(float64(terms[t].factor) * float64(top))
			}
		}
		if terms[t].each != nil {
			top := int64(0)
			for i := range candidates {
				if x := terms[t].each(i); x < Unknown {
					top = max(top, x)
				}
			}
			total += float64(float64(terms[t].factor) * float64(top))
		}
	}
	if _, exponent := math.Frexp(total); exponent > headroom {
		m.shift = uint(exponent - headroom)
	}
	for i := range candidates {
		row := make([]int64, users)
		for t := range terms {
			if terms[t].each != nil {
				if x := terms[t].each(i); x >= Unknown {
					m.each[i] = forbidden
				} else if m.each[i] < forbidden {
					m.each[i] += m.scaled(terms[t].factor, x)
				}
			}
			if terms[t].near == nil {
				continue
			}
			for u := range users {
				row[u] += m.scaled(terms[t].factor, min(terms[t].near(i, u), largest[t]))
			}
		}
		m.near = append(m.near, row)
	}
	for u := range users {
		for i, row := range m.near {
			m.most[u] = max(m.most[u], row[u])
			if m.least[u] = min(m.least[u], row[u]); i == 0 {
				m.least[u] = row[u]
			}
		}
	}
	return m
}

// scaled is a product, divided and rounded down.
func (m *median) scaled(a, b int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	return int64(hi<<(64-m.shift) | lo>>m.shift)
}

// start returns prices to begin with: what a user would cost with its sites spread evenly.
func (m *median) start(free []int, copies int) []int64 {
	prices := make([]int64, len(m.most))
	column := make([]int64, 0, len(free))
	for u := range prices {
		column = column[:0]
		for _, i := range free {
			column = append(column, m.near[i][u])
		}
		if len(column) > 0 {
			slices.Sort(column)
			prices[u] = column[len(column)/copies/2]
		}
	}
	return prices
}

// How many steps towards better prices are taken at first, and where a candidate more has been decided about.
const (
	firstSteps = 400
	laterSteps = 30
)

// lower bounds what the sets of a node cost that have between least and most candidates more than in. It improves the
// prices, ends early above the limit, and leaves in m.bestWorth what candidates are worth. try is given sets that may
// be good.
func (m *median) lower(n *node, prices []int64, least, most, steps int, limit int64, toil func(int) bool, try func([]int)) int64 {
	copy(m.tried, prices)
	bound := int64(math.MinInt64)
	pace, idle := 1.0, 0
	for step := range steps {
		lower, chosen := m.relaxed(n, least, most)
		if step == 0 || lower > bound {
			bound, idle = lower, 0
			copy(m.best, m.tried)
			copy(m.bestWorth, m.worth)
			m.bestOrder = append(m.bestOrder[:0], chosen[len(n.in):]...)
			if bound > limit {
				break
			}
			try(chosen)
		} else if idle++; idle > 10 {
			if pace /= 2; pace < 1e-3 {
				break
			}
			idle = 0
			copy(m.tried, m.best)
			continue
		}
		if step+1 == steps || !toil(1+len(n.free)*len(m.most)/64) || !m.move(chosen, lower, limit, pace) {
			break
		}
	}
	copy(prices, m.best)
	return bound
}

// relaxed is the bound at the prices tried, and the candidates that it counts.
func (m *median) relaxed(n *node, least, most int) (lower int64, chosen []int) {
	for _, price := range m.tried {
		lower += price
	}
	for _, i := range n.in {
		m.worth[i] = m.worthOf(i)
		lower += m.worth[i]
	}
	m.order = append(m.order[:0], n.in...)
	for _, i := range n.free {
		w := m.worthOf(i)
		m.worth[i] = w
		// The most free candidates that are worth most, in order.
		at := len(m.order)
		for at > len(n.in) && m.worth[m.order[at-1]] > w {
			at--
		}
		if at-len(n.in) < most {
			m.order = slices.Insert(m.order, at, i)
			m.order = m.order[:min(len(m.order), len(n.in)+most)]
		}
	}
	for k, i := range m.order[len(n.in):] {
		if k >= least && m.worth[i] >= 0 {
			m.order = m.order[:len(n.in)+k]
			break
		}
		lower += m.worth[i]
	}
	return lower, m.order
}

func (m *median) worthOf(i int) int64 {
	w := m.each[i]
	prices := m.tried
	for u, cost := range m.near[i] {
		if d := cost - prices[u]; d < 0 {
			w += d
		}
	}
	return w
}

// move changes the prices: up for users whom nobody serves, down for those whom several do. It returns false where there
// is nothing to change.
func (m *median) move(chosen []int, lower, limit int64, pace float64) bool {
	for u := range m.served {
		m.served[u] = -1
	}
	for _, i := range chosen {
		for u, cost := range m.near[i] {
			if cost < m.tried[u] {
				m.served[u]++
			}
		}
	}
	norm := int64(0)
	for _, s := range m.served {
		norm += s * s
	}
	if norm == 0 {
		return false
	}
	step := float64(pace*float64(max(min(limit, m.cost(chosen))-lower, 1))) / float64(norm)
	step = min(max(step, 1), 1<<headroom) // so that no product below overflows
	for u, s := range m.served {
		m.tried[u] = min(max(m.tried[u]-int64(float64(step*float64(s))), m.least[u]), m.most[u])
	}
	return true
}

// cost is what a set costs.
func (m *median) cost(chosen []int) int64 {
	sum := int64(0)
	for _, i := range chosen {
		sum += m.each[i]
	}
	for u := range m.most {
		nearest := m.most[u]
		for _, i := range chosen {
			nearest = min(nearest, m.near[i][u])
		}
		sum += nearest
	}
	return sum
}
