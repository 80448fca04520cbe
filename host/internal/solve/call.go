package solve

import "slices"

// total is the tally of all components, what the calls between them cost included. A component may have no copy.
func (p *Problem) total(chosen [][]int) tally {
	t := tally{sum: make([]int64, len(p.Objectives))}
	for i := range p.Components {
		if len(chosen[i]) == 0 {
			continue
		}
		c := p.Components[i]
		p.price(&c, i, chosen)
		t = p.join(t, p.tally(&c, chosen[i]))
	}
	return t
}

// price makes calls from component i, given where the components it calls are, part of what its copies cost.
func (p *Problem) price(c *Component, i int, chosen [][]int) {
	var calls []*Call
	for k := range p.Calls {
		if call := &p.Calls[k]; call.From == i && call.Price != nil {
			calls = append(calls, call)
		}
	}
	if len(calls) == 0 || !slices.Contains(p.Objectives, Cost) {
		return
	}
	c.parts = func(n, from int) int64 {
		sum := int64(0)
		for _, call := range calls {
			x := &c.Candidates[from]
			to := p.called(call, x, chosen[call.To])
			if to < 0 {
				return Unknown
			}
			price := call.Price(x, &p.Components[call.To].Candidates[to])
			if price >= Unknown {
				return Unknown
			}
			sum += (price + int64(n)/2) / int64(n) // an equal share, rounded half up
		}
		return sum
	}
}

// Unpriced lists the sites of copies of one component, and of those of another that they call, between which the price of
// traffic is not known.
func (p *Problem) Unpriced(pl *Placement, from, to int) (pairs [][2]uint32) {
	for k := range p.Calls {
		call := &p.Calls[k]
		if call.From != from || call.To != to || call.Price == nil {
			continue
		}
		for n, i := range pl.Chosen[from] {
			x := &p.Components[from].Candidates[i]
			if !p.Components[from].seat(n).Serves {
				continue
			}
			// The copies that answer, as the search has them.
			best, at := Unknown, -1
			for m, j := range pl.Chosen[to] {
				y := &p.Components[to].Candidates[j]
				if t := call.RTT(x, y); p.Components[to].Answers(m) && (t < best || t == best && j < at) {
					best, at = t, j
				}
			}
			if at >= 0 && call.Price(x, &p.Components[to].Candidates[at]) >= Unknown {
				pairs = append(pairs, [2]uint32{x.Site, p.Components[to].Candidates[at].Site})
			}
		}
	}
	return pairs
}

// serving counts the copies that serve.
func (c *Component) serving(chosen []int) (n int) {
	for _, i := range chosen {
		if c.Candidates[i].seat.Serves {
			n++
		}
	}
	return n
}

// called is the copy that a caller calls; -1 if no time to one is known.
func (p *Problem) called(call *Call, from *Candidate, to []int) int {
	best, at := Unknown, -1
	for _, k := range to {
		x := &p.Components[call.To].Candidates[k]
		if !x.seat.Data {
			continue
		}
		if t := call.RTT(from, x); t < best {
			best, at = t, k
		}
	}
	return at
}

// reaches reports whether a caller has all that it calls near enough, now and after every loss that both must survive and
// that leaves it. The components it calls are placed.
func (p *Problem) reaches(i int, from *Candidate, chosen [][]int) bool {
	if !from.seat.Serves && !from.seat.Stands {
		return true
	}
	for k := range p.Calls {
		call := &p.Calls[k]
		if call.From != i || call.MaxMicros == 0 {
			continue
		}
		near := p.inReach(call, from, chosen[call.To])
		if len(near) == 0 {
			return false
		}
		loss := min(p.Components[i].Survive, p.Components[call.To].Survive)
		own := from.domain(loss)
		to := p.Components[call.To].Candidates
		for _, a := range near {
			d := to[a].domain(loss)
			if d == none || d == own {
				continue
			}
			if !slices.ContainsFunc(near, func(b int) bool { return to[b].domain(loss) != d }) {
				return false
			}
		}
	}
	return true
}

// inReach are those of the placed copies that a caller has near enough.
func (p *Problem) inReach(call *Call, from *Candidate, to []int) (near []int) {
	for _, k := range to {
		if x := &p.Components[call.To].Candidates[k]; x.seat.Data && call.RTT(from, x) <= call.MaxMicros {
			near = append(near, k)
		}
	}
	return near
}

// calls reports whether every copy of component i that serves has what it calls near enough, as far as the components that
// it calls have a copy at all.
func (p *Problem) calls(i int, chosen [][]int) bool {
	for k := range p.Calls {
		call := &p.Calls[k]
		if call.From != i || call.MaxMicros == 0 || len(chosen[call.To]) == 0 {
			continue
		}
		for _, from := range chosen[i] {
			if x := &p.Components[i].Candidates[from]; x.seat.Serves && len(p.inReach(call, x, chosen[call.To])) == 0 {
				return false
			}
		}
	}
	return true
}
