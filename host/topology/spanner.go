package topology

import "slices"

// spanner is a web that grows, its spans joined from the shortest up. It keeps every time that a search has
// found: spans that come later make none of them longer, so most pairs need no search of their own.
type spanner struct {
	web
	found [][]int64 // for each region searched from, a time in which each other one is reached, or unreached
	now   []int64   // those of the search that is on, and its queue: room that searches share
	q     queue
}

// unreached is longer than any way.
const unreached = int64(1) << 62

func newSpanner(n int, self func(int) int32) *spanner {
	return &spanner{web: *newWeb(n, self), found: make([][]int64, n), now: make([]int64, n)}
}

// within tells whether there is a way from one region to another that takes no longer than limit. Its times
// are those of [web.way].
func (n *spanner) within(from, to int, limit int64) bool {
	if n.found[from] == nil {
		n.found[from] = slices.Repeat([]int64{unreached}, len(n.next))
		n.found[from][from] = 0
	}
	best := n.found[from]
	if best[to] <= limit {
		return true
	}
	// Times found before are not searched again, and may be improved upon by way of what was joined since: so
	// the search keeps its own.
	now := n.now
	for i := range now {
		now[i] = unreached
	}
	now[from] = 0
	q := append(n.q[:0], visit{0, from})
	defer func() { n.q = q }()
	for len(q) > 0 {
		at := q.pop()
		if at.micros > now[at.region] {
			continue
		}
		best[at.region] = at.micros
		if at.region == to {
			return true
		}
		var pass int64
		if at.region != from {
			pass = int64(n.self(at.region))
		}
		for _, s := range n.next[at.region] {
			t := max(at.micros+int64(s.micros)-pass, at.micros)
			if t > limit {
				break // the spans of a region are in order of their times
			}
			if t < now[s.b] {
				now[s.b] = t
				q.push(visit{t, s.b})
			}
		}
	}
	return false
}
