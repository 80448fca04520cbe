package solve

import (
	"cmp"
	"context"
	"slices"
)

// best finds the keep best sets of one component by branch and bound: candidates are taken in or left out one after the
// other, and a part of the sets is left aside where even its bounds are worse than what has been found. It is exact for one
// component, and for several whose objectives are sums ([Problem.additive]), where the best of each are the best together.
type best struct {
	p    *Problem
	c    *Component
	keep int
	any  bool // one set is enough
	work *work

	min    int  // copies, under what the requirements imply
	stands bool // a seat serves only once another copy is lost
	found  []ranked
	first  int64 // the count of nodes at the first
	over   bool  // there is nothing more to look for, or no more work to be done
	bound  figures
	cover  cover
	left   *value // where the work ended: a bound of what was not looked at

	company *company // of a component among others; nil: it is alone
}

// ranked is a set with what it is worth.
type ranked struct {
	set
	values []int64
	by     value
}

func newBest(p *Problem, c *Component, keep int, w *work) *best {
	b := &best{p: p, c: c, keep: keep, work: w, min: c.least()}
	b.stands = slices.ContainsFunc(c.Seats, func(s Seat) bool { return s.Stands })
	b.bound.prepare(p, c)
	return b
}

// run looks for sets among all candidates, or those that are allowed.
func (b *best) run(allowed []bool) {
	var free []int
	for i := range b.c.Candidates {
		if (allowed == nil || allowed[i]) && b.c.fits(nil, i) {
			free = append(free, i)
		}
	}
	b.first = b.work.nodes + 1
	if b.min >= 0 {
		b.walk(nil, free, b.bound.start(free))
	}
}

// sets returns what was found, best first.
func (b *best) sets() []set {
	out := make([]set, len(b.found))
	for i := range b.found {
		out[i] = b.found[i].set
	}
	return out
}

// walk looks at the sets that have all of in, and more of free.
func (b *best) walk(in, free []int, prices []int64) {
	for !b.over && len(in) < b.c.Max && len(in)+len(free) >= b.min && len(free) > 0 {
		n := node{in: in, free: free, min: max(b.min, len(in)+1), max: b.c.Max, prices: prices}
		users, ok := b.cover.of(b, &n)
		if !ok {
			return
		}
		if !b.work.step(1) {
			b.over = true
		}
		if len(in)+1 == n.max {
			b.last(&n, users)
			return
		}
		lower := b.bound.lower(b, &n)
		if b.over {
			b.leave(lower)
			return
		}
		if b.worse(lower, &n) {
			return
		}
		free = b.bound.without(b, &n)
		if len(free) == 0 {
			return
		}
		next := b.choose(&n, free, users)
		rest := slices.DeleteFunc(slices.Clone(free), func(i int) bool { return i == next })
		with := append(slices.Clip(in), next)
		b.offer(with)
		inside := slices.DeleteFunc(slices.Clone(rest), func(i int) bool { return !b.c.fits(with, i) })
		b.walk(with, inside, slices.Clone(n.prices))
		if b.over {
			b.leave(lower)
			return
		}
		free = rest
	}
}

// leave notes a bound of what is not looked at any more.
func (b *best) leave(lower value) {
	if b.left == nil || b.p.compareValues(&lower, b.left) < 0 {
		b.left = &lower
	}
}

// node is a part of the sets: those with all of in and some of free, min copies at least and more than in.
type node struct {
	in, free []int
	min, max int     // copies
	prices   []int64 // of users, the best known; see median
	score    []int64 // of a candidate, by its index: the less, the sooner it is looked at
}

// offer keeps a set if it meets the requirements and is one of the best so far.
func (b *best) offer(chosen []int) {
	if len(chosen) < b.min || b.has(chosen) {
		return
	}
	sorted := slices.Sorted(slices.Values(chosen))
	if !b.c.holds(sorted) {
		return
	}
	t := b.p.tally(b.c, sorted)
	r := ranked{set: set{t, [][]int{sorted}}}
	if b.company == nil {
		r.values = b.p.values(t)
		r.by = b.p.value(r.values)
	} else if r.by = b.company.value(b.p, t); b.company.outdone(b.p, &r.by, t.copies, sorted) {
		return
	}
	at, _ := slices.BinarySearchFunc(b.found, &r, func(x ranked, r *ranked) int {
		return cmp.Or(b.p.compareValues(&x.by, &r.by), cmp.Compare(x.copies, r.copies), compareChosen(x.chosen, r.chosen))
	})
	if at >= b.keep {
		return
	}
	if len(b.found) == b.keep {
		b.found = b.found[:b.keep-1]
	}
	b.found = slices.Insert(b.found, at, r)
	b.over = b.over || b.any
}

// has tells whether a set is among those found: guesses are offered that the walk comes to later.
func (b *best) has(chosen []int) bool {
	return slices.ContainsFunc(b.found, func(r ranked) bool {
		return len(r.chosen[0]) == len(chosen) && !slices.ContainsFunc(chosen, func(i int) bool { return !slices.Contains(r.chosen[0], i) })
	})
}

// worst is what the last of the sets that are kept is worth, once there are as many as are wanted; in company it is what
// the last of the placements that are kept is worth, where that is less.
func (b *best) worst() *value {
	var last *value
	if len(b.found) == b.keep {
		last = &b.found[b.keep-1].by
	}
	if b.company != nil && b.company.last != nil && (last == nil || b.p.compareValues(&b.company.last.by, last) < 0) {
		last = &b.company.last.by
	}
	return last
}

// worse tells whether every set of a node comes behind all that are kept: by a bound of its figures, then by the number of
// its copies, then by ids.
func (b *best) worse(lower value, n *node) bool {
	first := func() []int {
		first := slices.Sorted(slices.Values(n.free))[:n.min-len(n.in)]
		return slices.Sorted(slices.Values(slices.Concat(n.in, first)))
	}
	if len(b.found) == b.keep {
		last := &b.found[b.keep-1]
		d := cmp.Or(b.p.compareValues(&lower, &last.by), cmp.Compare(int64(n.min), last.copies))
		if d > 0 || d == 0 && slices.Compare(first(), last.chosen[0]) >= 0 {
			return true
		}
	}
	return b.company != nil && b.company.outdone(b.p, &lower, int64(n.min), first())
}

// choose picks the candidate to decide about next: the one with the lowest score, among those that serve the user whom the
// fewest do.
func (b *best) choose(n *node, free, users []int) int {
	from := free
	if len(users) > 0 {
		if kept := slices.DeleteFunc(slices.Clone(users), func(i int) bool { return !slices.Contains(free, i) }); len(kept) > 0 {
			from = kept
		}
	}
	return slices.MinFunc(from, func(i, k int) int { return cmp.Or(cmp.Compare(n.score[i], n.score[k]), cmp.Compare(i, k)) })
}

// work counts the steps of a search, and ends it where they are too many or the context is over.
type work struct {
	ctx   context.Context
	nodes int64 // parts of the sets looked at
	done  int64
	limit int64
	next  int64 // when to look at the context again
	err   error
}

// step counts a node; toil what it takes.
func (w *work) step(nodes int64) bool {
	w.nodes += nodes
	return w.toil(nodes)
}

func (w *work) toil(n int64) bool {
	w.done += n
	if w.done >= w.next {
		w.next = w.done + pollEvery
		if w.err == nil {
			w.err = w.ctx.Err()
		}
	}
	return w.err == nil && w.done <= w.limit
}

// part is work that may take a part of what is left, to find out what the rest is best spent on.
func (w *work) part() *work {
	return &work{ctx: w.ctx, limit: (w.limit - w.done) / 16}
}

// merge counts what a part took.
func (w *work) merge(part *work) {
	w.nodes, w.done = w.nodes+part.nodes, w.done+part.done
	if w.err == nil {
		w.err = part.err
	}
}
