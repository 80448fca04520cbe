package solve

import "slices"

// fits reports whether candidate i may join the chosen ones under the limits that only get tighter.
func (c *Component) fits(chosen []int, i int) bool {
	n := &c.Candidates[i]
	inRegion, ofKind := 1, 1
	for _, k := range chosen {
		o := &c.Candidates[k]
		if o.of == n.of {
			return false
		}
		if o.kind == n.kind {
			ofKind++
		}
		if o.Region == n.Region {
			inRegion++
		}
		if c.Spread.Far != nil && !c.Spread.Far(o.Site, n.Site) {
			return false
		}
	}
	if c.quota != nil && ofKind > c.quota[c.Max][n.kind] {
		return false
	}
	if c.Spread.PerRegion > 0 && inRegion > c.Spread.PerRegion {
		return false
	}
	if limit := c.Spread.PerRiskGroup; limit > 0 {
		for _, g := range n.Groups {
			in := 1
			for _, k := range chosen {
				if slices.Contains(c.Candidates[k].Groups, g) {
					in++
				}
			}
			if in > limit {
				return false
			}
		}
	}
	return c.Spread.PerCountry == 0 || c.inCountry(chosen, n) <= c.Spread.PerCountry
}

// inCountry is the most copies that one country may have of those chosen and one more, where that is or may be: what is in
// an unknown country may be in any.
func (c *Component) inCountry(chosen []int, n *Candidate) int {
	unknown, most := 1, 0
	for _, k := range chosen {
		o := &c.Candidates[k]
		if o.Country < 0 {
			unknown++
			continue
		}
		if n.Country >= 0 && o.Country != n.Country {
			continue
		}
		same := 0
		for _, k := range chosen {
			if c.Candidates[k].Country == o.Country {
				same++
			}
		}
		most = max(most, same)
	}
	return unknown + most
}

// Meets reports whether all candidates together, in the order of roles, meet what the component asks, whatever their
// number.
func (c *Component) Meets() bool {
	if len(c.Candidates) == 0 {
		return false
	}
	own := *c
	own.Max = len(c.Candidates)
	own.Seats = nil
	if c.Seats != nil {
		for n := range c.Candidates {
			own.Seats = append(own.Seats, c.seat(n))
		}
	}
	own.layOut()
	// The n-th candidate in the n-th seat.
	var chosen []int
	kinds := len(own.Candidates) / len(c.Candidates)
	for n := range c.Candidates {
		kind := 0
		if own.quota != nil {
			kind = own.kinds()[n]
		}
		i := n*kinds + kind
		if !own.fits(chosen, i) {
			return false
		}
		chosen = append(chosen, i)
	}
	return own.holds(chosen)
}

// holds reports whether a whole set meets what cannot be said of a part of it: now, and after every loss that the component
// must survive.
func (c *Component) holds(chosen []int) bool {
	all := c.strength(chosen, none)
	if !c.full(chosen) || !c.even(chosen) || !c.lives(all, all) || !c.near(chosen, none) {
		return false
	}
	if c.Survive == LoseNothing {
		return true
	}
	for n, i := range chosen {
		d := c.Candidates[i].domain(c.Survive)
		if d == none || slices.ContainsFunc(chosen[:n], func(k int) bool { return c.Candidates[k].domain(c.Survive) == d }) {
			continue
		}
		if !c.lives(all, c.strength(chosen, d)) || !c.near(chosen, d) {
			return false
		}
	}
	return true
}

// none is the domain of what no loss takes.
const none = int64(-1)

// domain is what must be lost, of a kind, for a copy to be lost.
func (x *Candidate) domain(l Loss) int64 {
	switch {
	case l == LoseZone && !x.SurvivesZone:
		return x.Zone
	case l == LoseRegion && x.Fate >= 0:
		return x.Fate
	case l == LosePartition:
		return x.Partition
	case l == LoseProvider:
		return x.Provider
	}
	return none
}

// full reports whether as many seats of each kind are taken as so many copies have.
func (c *Component) full(chosen []int) bool {
	if c.quota == nil {
		return true
	}
	for kind, want := range c.quota[len(chosen)] {
		for _, i := range chosen {
			if c.Candidates[i].kind == kind {
				want--
			}
		}
		if want != 0 {
			return false
		}
	}
	return true
}

// even reports whether no region has too many more copies than another.
func (c *Component) even(chosen []int) bool {
	if c.Spread.MaxSkew == 0 {
		return true
	}
	in := map[int64]int{}
	for i := range c.Candidates {
		in[c.Candidates[i].Region] = 0
	}
	for _, i := range chosen {
		in[c.Candidates[i].Region]++
	}
	least, most := len(chosen), 0
	for _, n := range in {
		least, most = min(least, n), max(most, n)
	}
	return most-least <= c.Spread.MaxSkew
}

// strength is what some copies amount to.
type strength struct{ data, votes int }

// strength counts the chosen copies that are left when a domain is lost.
func (c *Component) strength(chosen []int, lost int64) (s strength) {
	for _, i := range chosen {
		x := &c.Candidates[i]
		if lost == none || x.domain(c.Survive) != lost {
			s.add(x.seat)
		}
	}
	return s
}

func (s *strength) add(seat Seat) {
	if seat.Data {
		s.data++
	}
	if seat.Votes {
		s.votes++
	}
}

// lives reports whether a component goes on with what is left of it.
func (c *Component) lives(all, left strength) bool { return c.lacks(all, left) == "" }

// lacks names the first thing that a component would need to go on with what is left of it, or "".
func (c *Component) lacks(all, left strength) string {
	switch {
	case left.data == 0:
		return LackCopies
	case c.Majority && 2*left.votes <= all.votes:
		return LackQuorum
	case c.Capacity.Needed > 0 && int64(left.data)*c.Capacity.PerCopy < c.Capacity.Needed:
		return LackCapacity
	}
	return ""
}

// near reports whether every user has a copy within the latency goal when a domain is lost. A time that is unknown is not.
func (c *Component) near(chosen []int, lost int64) bool {
	if c.MaxMicros == 0 {
		return true
	}
	for u := range c.Candidates[chosen[0]].RTT {
		if !slices.ContainsFunc(chosen, func(i int) bool {
			x := &c.Candidates[i]
			if lost == none {
				return x.RTT[u] <= c.MaxMicros
			}
			return x.late[u] <= c.MaxMicros && x.domain(c.Survive) != lost
		}) {
			return false
		}
	}
	return true
}

// least is the smallest number of copies that can meet what a component asks; -1 if none can.
func (c *Component) least() int {
	loses := 1
	if c.Survive == LoseNothing || slices.ContainsFunc(c.Candidates, func(x Candidate) bool { return x.domain(c.Survive) == none }) {
		loses = 0
	}
	for n := max(c.Min, 1); n <= c.Max; n++ {
		var all strength
		for k := range n {
			all.add(c.seat(k))
		}
		// Of the copies with data, and of those that vote, the loss of some takes one at least.
		left := strength{data: all.data - loses, votes: all.votes - min(loses, all.votes)}
		if c.lives(all, left) {
			return n
		}
	}
	return -1
}

// nearest is the least time from user u to a chosen copy.
func nearest(c *Component, chosen []int, u int) int64 {
	best := Unknown
	for _, i := range chosen {
		best = min(best, c.Candidates[i].RTT[u])
	}
	return best
}

// second is the time from user u to the nearest copy once the nearest one is lost; Unknown where there is none.
func second(c *Component, chosen []int, u int) int64 {
	var p pair
	p.clear()
	for _, i := range chosen {
		x := &c.Candidates[i]
		p.add(x.RTT[u], x.late[u])
	}
	return p.second
}
