package topology

import (
	"cmp"
	"slices"
)

// span is a pair of regions that are taken to be joined directly, a < b, and the mean of their two
// measured times in whole microseconds.
type span struct {
	a, b   int
	micros int32
}

// spanSlack is how much longer than measured a way over other regions may be, in per cent, for a pair to
// be taken to go that way.
const spanSlack = 5

// spans infers the sparse network under the measured times: a pair is joined directly unless its time is
// nearly the sum of the times over regions in between. Pairs are taken from the shortest up, so that long
// ones are explained by short ones. What a region takes for itself is in every measured time that ends
// there; it is taken off once for each region passed.
func (b *backbone) spans() []span {
	if len(b.hubs) > maxSpanHubs {
		return nil
	}
	var pairs []span
	for i, x := range b.hubs {
		for _, y := range b.hubs[i+1:] {
			there, ok1 := b.measured(x, y)
			back, ok2 := b.measured(y, x)
			if ok1 && ok2 && b.points[x].provider == b.points[y].provider {
				pairs = append(pairs, span{x, y, int32((int64(there) + int64(back) + 1) / 2)})
			}
		}
	}
	slices.SortFunc(pairs, func(p, q span) int {
		return cmp.Or(cmp.Compare(p.micros, q.micros), p.a-q.a, p.b-q.b)
	})
	n := newSpanner(len(b.points), func(i int) int32 { t, _ := b.measured(i, i); return t })
	var direct []span
	for _, p := range pairs {
		if limit := int64(p.micros) * (100 + spanSlack) / 100; !n.within(p.a, p.b, limit) {
			n.join(p)
			direct = append(direct, p)
		}
	}
	slices.SortFunc(direct, func(p, q span) int { return cmp.Or(p.a-q.a, p.b-q.b) })
	return direct
}

// web is a network of spans.
type web struct {
	next [][]span        // from each region
	self func(int) int32 // what passing a region takes off: its time to itself, 0 where unknown
}

func newWeb(n int, self func(int) int32) *web { return &web{next: make([][]span, n), self: self} }

func (w *web) join(s span) {
	w.next[s.a] = append(w.next[s.a], s)
	w.next[s.b] = append(w.next[s.b], span{s.b, s.a, s.micros})
}

// way returns the regions of the shortest way from one region to another, both included, if there is one
// that takes no longer than limit.
func (w *web) way(from, to int, limit int64) ([]int, bool) {
	type mark struct {
		micros int64
		before int
	}
	seen := map[int]mark{from: {0, none}}
	q := queue{{0, from}}
	for len(q) > 0 {
		at := q.pop()
		if at.micros > seen[at.region].micros {
			continue
		}
		if at.region == to {
			var hops []int
			for r := to; r != none; r = seen[r].before {
				hops = append(hops, r)
			}
			slices.Reverse(hops)
			return hops, true
		}
		for _, s := range w.next[at.region] {
			t := at.micros + int64(s.micros)
			if at.region != from {
				t -= int64(w.self(at.region))
			}
			t = max(t, at.micros)
			if m, ok := seen[s.b]; t > limit || ok && m.micros <= t {
				continue
			}
			seen[s.b] = mark{t, at.region}
			q.push(visit{t, s.b})
		}
	}
	return nil, false
}
