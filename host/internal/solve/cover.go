package solve

import (
	"cmp"
	"math/bits"
	"slices"
)

// cover knows which candidates serve a user in time: within the goal, and no later than the worst user waits in the sets
// that are kept, where that comes first. Where a loss is to be survived, users need to be served in time after it, too: by
// copies that no one loss takes.
type cover struct {
	worst int64 // of the users in the sets that are kept, as of when serve was made
	serve []service
}

// service is what serves one user.
type service struct {
	by    bitset
	twice bool // whatever is lost
}

// bitset is a set of candidates.
type bitset []uint64

func (s bitset) has(i int) bool { return s[i>>6]>>(i&63)&1 == 1 }

func (s bitset) meets(o bitset) bool {
	for k := range s {
		if s[k]&o[k] != 0 {
			return true
		}
	}
	return false
}

func (s bitset) count() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

func bitsOf(list []int, size int) bitset {
	s := make(bitset, (size+63)/64)
	for _, i := range list {
		s[i>>6] |= 1 << (i & 63)
	}
	return s
}

// update finds out which candidates serve whom, where that has changed.
func (c *cover) update(b *best) {
	worst := Unknown
	if last := b.worst(); last != nil && b.c.UserFacing && b.p.Weighted == nil && len(b.p.Objectives) > 0 && b.p.Objectives[0] == Worst {
		worst = last.figures[0]
	}
	if c.serve != nil && c.worst == worst {
		return
	}
	c.worst, c.serve = worst, []service{}
	add := func(u int, limit int64, twice bool) {
		s := service{by: make(bitset, (len(b.c.Candidates)+63)/64), twice: twice}
		for i := range b.c.Candidates {
			x := &b.c.Candidates[i]
			if t := x.RTT[u]; t <= limit || twice && x.late[u] <= limit {
				s.by[i>>6] |= 1 << (i & 63)
			}
		}
		c.serve = append(c.serve, s)
	}
	if len(b.c.Candidates) == 0 {
		return
	}
	counts := func(u int) bool { return u < len(b.p.Weights) && b.p.Weights[u] > 0 }
	for u := range b.c.Candidates[0].RTT { // a problem without objectives needs no weights
		limit := cmp.Or(b.c.MaxMicros, Unknown-1)
		if b.c.MaxMicros > 0 && b.c.Survive != LoseNothing {
			add(u, limit, true)
			if !b.stands {
				if counts(u) && worst < limit {
					add(u, worst, false)
				}
				continue // who is served after every loss is served before
			}
		}
		if counts(u) {
			limit = min(limit, worst)
		}
		if limit < Unknown-1 {
			add(u, limit, false)
		}
	}
}

// of returns the free candidates that serve the user whom the fewest do, of those whom the chosen ones do not serve, or all of
// these where one copy more is the last; nil where all are served. ok is false where no set of the node serves all: users of whom no two have a candidate in common
// need their own.
func (c *cover) of(b *best, n *node) (fewest []int, ok bool) {
	c.update(b)
	if len(c.serve) == 0 {
		return nil, true
	}
	in, free := bitsOf(n.in, len(b.c.Candidates)), bitsOf(n.free, len(b.c.Candidates))
	type user struct {
		by          bitset
		count, need int
	}
	var left []user
	for _, s := range c.serve {
		need, by := c.need(b, s, n, in)
		if need == 0 {
			continue
		}
		for k := range by {
			by[k] &= free[k]
		}
		left = append(left, user{by, by.count(), need})
	}
	if len(left) == 0 {
		return nil, true
	}
	slices.SortStableFunc(left, func(x, y user) int { return cmp.Compare(x.count, y.count) })
	apart, all := 0, make(bitset, len(in))
	for _, u := range left {
		if u.count < u.need || u.need > n.max-len(n.in) {
			return nil, false
		}
		if u.by.meets(all) {
			continue
		}
		apart += u.need
		for k := range all {
			all[k] |= u.by[k]
		}
	}
	if apart > n.max-len(n.in) {
		return nil, false
	}
	serves := left[0].by
	if len(n.in)+1 == n.max { // the one that is to come serves all of them
		for _, u := range left[1:] {
			for k := range serves {
				serves[k] &= u.by[k]
			}
		}
	}
	for _, i := range n.free {
		if serves.has(i) {
			fewest = append(fewest, i)
		}
	}
	return fewest, len(fewest) > 0
}

// need is how many more copies a user needs at the least, and which candidates may be one of them.
func (c *cover) need(b *best, s service, n *node, in bitset) (int, bitset) {
	if !s.by.meets(in) {
		if !s.twice {
			return 1, slices.Clone(s.by)
		}
		for _, i := range n.free {
			if s.by.has(i) && b.c.Candidates[i].domain(b.c.Survive) == none {
				return 1, slices.Clone(s.by)
			}
		}
		return 2, slices.Clone(s.by)
	}
	if !s.twice {
		return 0, nil
	}
	served := none
	for _, i := range n.in {
		if !s.by.has(i) {
			continue
		}
		d := b.c.Candidates[i].domain(b.c.Survive)
		if d == none || served != none && d != served {
			return 0, nil
		}
		served = d
	}
	by := slices.Clone(s.by)
	for _, i := range n.free {
		if by.has(i) && b.c.Candidates[i].domain(b.c.Survive) == served {
			by[i>>6] &^= 1 << (i & 63)
		}
	}
	return 1, by
}
