package solve

import "slices"

// laidOut returns the problem with a candidate for every kind of seat that a site's copy may take, so that to choose a
// candidate is to choose a role.
func (p *Problem) laidOut() *Problem {
	out := *p
	out.Components = slices.Clone(p.Components)
	for i := range out.Components {
		out.Components[i].layOut()
	}
	return &out
}

func (c *Component) layOut() {
	kinds := []Seat{whole}
	if len(c.Seats) > 0 {
		kinds = nil
		c.quota = make([][]int, c.Max+1)
		c.quota[0] = make([]int, len(c.Seats)+1)
		for n := range c.Max {
			kind := slices.Index(kinds, c.seat(n))
			if kind < 0 {
				kind = len(kinds)
				kinds = append(kinds, c.seat(n))
			}
			c.quota[n+1] = slices.Clone(c.quota[n])
			c.quota[n+1][kind]++
		}
		if len(kinds) == 1 {
			c.quota = nil
		}
	}
	var nobody []int64
	candidates := make([]Candidate, 0, len(kinds)*len(c.Candidates))
	for of, x := range c.Candidates {
		x.of = of
		for kind, seat := range kinds {
			x := x
			x.seat, x.kind, x.late = seat, kind, x.RTT
			if !seat.Serves {
				if nobody == nil {
					nobody = slices.Repeat([]int64{Unknown}, len(x.RTT))
				}
				if x.RTT = nobody; !seat.Stands {
					x.late = nobody
				}
			}
			candidates = append(candidates, x)
		}
	}
	c.Candidates = candidates
}

// seated is the candidates of a set in the order of roles: each takes the first seat of its kind that is left, the best
// alone first. They are indexes of the candidates as they were given.
func (p *Problem) seated(c *Component, chosen []int) []int {
	out := slices.Clone(chosen)
	alone := func(i int) []int64 { return p.values(p.tally(c, []int{i})) }
	slices.SortStableFunc(out, func(a, b int) int { return p.compare(alone(a), alone(b)) })
	if c.quota != nil {
		kinds := c.kinds()
		next := out
		out = nil
		for n := range chosen {
			at := slices.IndexFunc(next, func(i int) bool { return c.Candidates[i].kind == kinds[n] })
			out = append(out, next[at])
			next = slices.Delete(slices.Clone(next), at, at+1)
		}
	}
	for n, i := range out {
		out[n] = c.Candidates[i].of
	}
	return out
}

// kinds are those of the seats, in their order.
func (c *Component) kinds() []int {
	var out []int
	for n := range c.Max {
		for kind, count := range c.quota[n+1] {
			if count > c.quota[n][kind] {
				out = append(out, kind)
			}
		}
	}
	return out
}

// seat is that of the n-th copy.
func (c *Component) seat(n int) Seat {
	if n < len(c.Seats) {
		return c.Seats[n]
	}
	return whole
}

// Serves reports whether users are led to the n-th copy: at all, or once another copy is lost.
func (c *Component) Serves(n int, afterLoss bool) bool {
	s := c.seat(n)
	return s.Serves || afterLoss && s.Stands
}

// Answers reports whether the n-th copy answers who calls the component.
func (c *Component) Answers(n int) bool { return c.seat(n).Data }
