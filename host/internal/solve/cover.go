package solve

import (
	"cmp"
	"math/bits"
	"slices"
)

// cover knows which candidates serve a user in time: within the goal, and no later than the worst user waits in the sets
// that are kept, where that comes first.
type cover struct {
	worst int64 // the latter, as of when serve was made
	serve []bitset
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
		worst = last.by.figures[0]
	}
	if c.serve != nil && c.worst == worst {
		return
	}
	c.worst, c.serve = worst, []bitset{}
	for u := range b.p.Weights {
		limit := cmp.Or(b.c.MaxMicros, Unknown-1)
		if b.p.Weights[u] > 0 {
			limit = min(limit, worst)
		}
		if limit >= Unknown-1 {
			continue
		}
		s := make(bitset, (len(b.c.Candidates)+63)/64)
		for i := range b.c.Candidates {
			if b.c.Candidates[i].RTT[u] <= limit {
				s[i>>6] |= 1 << (i & 63)
			}
		}
		c.serve = append(c.serve, s)
	}
}

// of returns the free candidates that serve the user whom the fewest do, of those whom none of the chosen ones serves; nil
// where all are served. ok is false where no set of the node serves all: users of whom no two have a candidate in common
// need one each.
func (c *cover) of(b *best, n *node) (fewest []int, ok bool) {
	c.update(b)
	if len(c.serve) == 0 {
		return nil, true
	}
	in, free := bitsOf(n.in, len(b.c.Candidates)), bitsOf(n.free, len(b.c.Candidates))
	type user struct {
		serve bitset
		count int
	}
	var left []user
	for _, s := range c.serve {
		if s.meets(in) {
			continue
		}
		s := slices.Clone(s)
		for k := range s {
			s[k] &= free[k]
		}
		left = append(left, user{s, s.count()})
	}
	if len(left) == 0 {
		return nil, true
	}
	slices.SortStableFunc(left, func(x, y user) int { return cmp.Compare(x.count, y.count) })
	if left[0].count == 0 {
		return nil, false
	}
	apart, all := 0, make(bitset, len(in))
	for _, u := range left {
		if u.serve.meets(all) {
			continue
		}
		apart++
		for k := range all {
			all[k] |= u.serve[k]
		}
	}
	for _, i := range n.free {
		if left[0].serve.has(i) {
			fewest = append(fewest, i)
		}
	}
	return fewest, apart <= n.max-len(n.in)
}
