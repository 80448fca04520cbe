package solve

import (
	"math"
	"math/bits"
	"slices"
)

// figures bounds the objectives of a component's sets from below.
type figures struct {
	p      *Problem
	c      *Component
	sum    *median // what is summed over users and copies: of the weighted sum, or latency
	summed []bool  // the objectives that are part of it
	guide  int     // the objective by which candidates are taken in turn; -1: by ids

	// of the last node
	lowerSum int64 // the bound of sum
	limit    int64 // above which a set is worse than all that are kept
}

func (f *figures) prepare(p *Problem, c *Component) {
	f.p, f.c = p, c
	f.summed = make([]bool, len(p.Objectives))
	f.guide = slices.IndexFunc(p.Objectives, func(o Objective) bool { return o != Copies })
	var terms []term
	for o, objective := range p.Objectives {
		factor := int64(1)
		if p.Weighted != nil {
			factor = p.Weighted[o]
		} else if objective != Latency {
			continue
		}
		if t, ok := f.term(objective, factor); ok {
			terms, f.summed[o] = append(terms, t), true
		}
	}
	users := 0
	if c.UserFacing && slices.Contains(p.Objectives, Latency) {
		users = len(p.Weights)
	}
	f.sum = newMedian(len(c.Candidates), users, terms)
}

// term is an objective as part of a sum.
func (f *figures) term(o Objective, factor int64) (term, bool) {
	of := func(figure func(x *Candidate) int64) term {
		return term{factor: factor, each: func(i int) int64 { return figure(&f.c.Candidates[i]) }}
	}
	switch o {
	case Latency:
		if !f.c.UserFacing {
			return term{factor: factor}, true
		}
		return term{factor: factor, near: func(i, u int) int64 {
			w, us := f.p.Weights[u], f.c.Candidates[i].RTT[u]
			if w == 0 || us < Unknown {
				return w * min(us, Unknown-1)
			}
			return Unknown
		}}, true
	case Carbon:
		// The mean over a number of copies that is fixed; what is rounded down stays a bound.
		if n := int64(f.c.Max); f.c.Min == f.c.Max {
			return of(func(x *Candidate) int64 {
				if x.Carbon >= Unknown {
					return Unknown
				}
				return x.Carbon / n
			}), true
		}
	case Cost:
		return of(func(x *Candidate) int64 { return x.Cost }), true
	case Moves:
		return of(func(x *Candidate) int64 { return x.Moves }), true
	case Copies:
		return of(func(*Candidate) int64 { return 1 }), true
	}
	return term{}, false
}

func (f *figures) start(free []int) []int64 { return f.sum.start(free, max(f.c.Max, 1)) }

// lower bounds what the sets of a node are worth, as far as it takes to compare that with the worst set that is kept.
func (f *figures) lower(b *best, n *node) value {
	n.score, n.max = make([]int64, len(f.c.Candidates)), f.c.Max
	last := b.worst()
	if last != nil && f.p.Weighted == nil && len(f.p.Objectives) > 0 && f.p.Objectives[0] == Copies {
		n.max = max(min(n.max, int(b.company.room(Copies, 0, last.figures[0]))), n.min)
	}
	f.limit = math.MaxInt64
	if f.p.Weighted != nil {
		return f.lowerWeighted(b, n, last)
	}
	out := value{figures: make([]int64, len(f.p.Objectives))}
	scored := f.guide < 0
	for o := range f.p.Objectives {
		limit := int64(math.MaxInt64)
		if last != nil {
			limit = b.company.room(f.p.Objectives[o], o, last.figures[o])
		}
		if f.summed[o] && last != nil {
			f.limit = limit >> f.sum.shift
		}
		out.figures[o] = b.company.join(f.p.Objectives[o], o, f.one(b, n, o, limit))
		scored = scored || o == f.guide
		if last == nil || out.figures[o] != last.figures[o] {
			break
		}
	}
	if !scored {
		f.one(b, n, f.guide, math.MaxInt64)
	}
	return out
}

// lowerWeighted bounds the weighted sum.
func (f *figures) lowerWeighted(b *best, n *node, last *value) (out value) {
	figures := make([]int64, len(f.p.Objectives))
	for o, objective := range f.p.Objectives {
		if !f.summed[o] {
			figures[o] = b.company.join(objective, o, f.one(b, n, o, math.MaxInt64))
			continue
		}
		own := int64(0)
		if f.openUnknown(n, objective) {
			own = Unknown
		}
		figures[o] = b.company.join(objective, o, own)
	}
	out.hi, out.lo, out.unknown = f.p.weightedSum(figures)
	if b.company != nil && b.company.additive {
		out = b.company.least
	}
	if out.unknown > 0 {
		f.score(b, n)
		return value{unknown: out.unknown}
	}
	if last != nil && last.unknown == 0 {
		lo, borrow := bits.Sub64(last.lo, out.lo, 0)
		hi, borrow := bits.Sub64(last.hi, out.hi, borrow)
		if borrow != 0 {
			return out // worse without what is summed
		}
		if hi>>f.sum.shift == 0 {
			f.limit = int64(min(hi<<(64-f.sum.shift)|lo>>f.sum.shift, math.MaxInt64-1))
		}
	}
	sum := max(f.lowerOfSum(b, n, f.limit), 0)
	var carry uint64
	out.lo, carry = bits.Add64(out.lo, uint64(sum)<<f.sum.shift, 0)
	out.hi, _ = bits.Add64(out.hi, uint64(sum)>>(64-f.sum.shift), carry)
	return out
}

// openUnknown tells whether a candidate that is in makes an objective unknown.
func (f *figures) openUnknown(n *node, o Objective) bool {
	return slices.ContainsFunc(n.in, func(i int) bool {
		x := &f.c.Candidates[i]
		return o == Cost && x.Cost >= Unknown || o == Carbon && x.Carbon >= Unknown
	})
}

// lowerOfSum bounds what is summed.
func (f *figures) lowerOfSum(b *best, n *node, limit int64) int64 {
	f.lowerSum = f.ask(b, n, limit)
	copy(n.score, f.sum.bestWorth)
	return f.lowerSum
}

// ask bounds a median. While too few sets are known to compare with, only at first are good prices looked for.
func (f *figures) ask(b *best, n *node, limit int64) int64 {
	steps := laterSteps
	switch {
	case len(n.in) == 0 && b.work.nodes == b.first:
		steps = firstSteps
	case b.worst() == nil:
		steps = 1
	}
	toil := func(ops int) bool {
		if !b.work.toil(int64(ops)) {
			b.over = true
		}
		return !b.over
	}
	return f.sum.lower(n, n.prices, n.min-len(n.in), n.max-len(n.in), steps, limit, toil, func(chosen []int) { f.guess(b, chosen) })
}

// guess offers a set that the bound counts, as far as its candidates go together.
func (f *figures) guess(b *best, chosen []int) {
	var set []int
	for _, i := range chosen {
		if f.c.fits(set, i) {
			set = append(set, i)
		}
	}
	if len(set) > 0 {
		b.offer(set)
	}
}

// score says which candidates come first where the bound of a sum does not.
func (f *figures) score(b *best, n *node) {
	if f.guide >= 0 {
		f.one(b, n, f.guide, math.MaxInt64)
	}
}

// without leaves out the free candidates that make any set worse than all that are kept.
func (f *figures) without(b *best, n *node) []int {
	if b.worst() == nil || f.limit == math.MaxInt64 || f.p.Weighted == nil && !f.summed[0] {
		return n.free
	}
	counted := f.sum.bestOrder
	replaced := int64(0) // what a candidate that is not counted takes the place of
	if k := len(counted); k > 0 && (k == n.max-len(n.in) || f.sum.bestWorth[counted[k-1]] > 0) {
		replaced = f.sum.bestWorth[counted[k-1]]
	}
	return slices.DeleteFunc(slices.Clone(n.free), func(i int) bool {
		return f.lowerSum-replaced+f.sum.bestWorth[i] > f.limit && !slices.Contains(counted, i)
	})
}

// one bounds one objective, and scores candidates by it if it is the one that guides.
func (f *figures) one(b *best, n *node, o int, limit int64) int64 {
	c := f.c
	score := func(figure func(x *Candidate) int64) {
		if o == f.guide {
			for _, i := range n.free {
				n.score[i] = figure(&c.Candidates[i])
			}
		}
	}
	switch f.p.Objectives[o] {
	case Latency:
		lower := f.lowerOfSum(b, n, limit>>f.sum.shift)
		return max(lower, 0) << f.sum.shift
	case Worst:
		if !c.UserFacing {
			return 0
		}
		score(f.far)
		return f.worst(n)
	case AfterLoss:
		if !c.UserFacing {
			return 0
		}
		score(f.far)
		return f.afterLoss(n)
	case Carbon:
		carbon := func(x *Candidate) int64 { return x.Carbon }
		score(carbon)
		return f.mean(b, n, carbon)
	case Cost:
		cost := func(x *Candidate) int64 { return x.Cost }
		score(cost)
		sums := f.sums(n, cost)
		return sums[n.min-len(n.in)]
	case Moves:
		moves := func(x *Candidate) int64 { return x.Moves }
		score(moves)
		return f.sums(n, moves)[n.min-len(n.in)]
	}
	return int64(n.min)
}

// far is how far a candidate is from all users.
func (f *figures) far(x *Candidate) int64 {
	sum := int64(0)
	for u, w := range f.p.Weights {
		if w > 0 {
			sum = add(sum, min(x.RTT[u], Unknown>>16))
		}
	}
	return sum
}

// sums are those of a figure over the candidates that are in and the best free ones: none of these, one, two and so on.
func (f *figures) sums(n *node, figure func(x *Candidate) int64) []int64 {
	var free []int64
	for _, i := range n.free {
		free = append(free, figure(&f.c.Candidates[i]))
	}
	slices.Sort(free)
	sum := int64(0)
	for _, i := range n.in {
		sum = add(sum, figure(&f.c.Candidates[i]))
	}
	sums := []int64{sum}
	for _, x := range free[:min(n.max-len(n.in), len(free))] {
		sum = add(sum, x)
		sums = append(sums, sum)
	}
	return sums
}

// mean is the smallest mean of a figure over the copies of a set, and those in its company.
func (f *figures) mean(b *best, n *node, figure func(x *Candidate) int64) int64 {
	sums := slices.Repeat([]int64{Unknown}, len(n.in))
	for more, sum := range f.sums(n, figure) {
		if len(n.in)+more < n.min {
			sum = Unknown
		}
		sums = append(sums, sum)
	}
	return b.company.mean(sums)
}

// worst bounds the largest time of a user to the nearest copy.
func (f *figures) worst(n *node) int64 {
	worst := int64(0)
	for u, w := range f.p.Weights {
		if w == 0 {
			continue
		}
		worst = max(worst, f.nearest(n, u).first)
	}
	return worst
}

// afterLoss bounds what users see to their second nearest copies.
func (f *figures) afterLoss(n *node) int64 {
	sum := int64(0)
	for u, w := range f.p.Weights {
		if w == 0 {
			continue
		}
		second := f.nearest(n, u).second
		if second >= Unknown {
			return Unknown
		}
		sum += w * second
	}
	return sum
}

// nearest are the times of a user to all candidates of a node.
func (f *figures) nearest(n *node, u int) pair {
	var p pair
	p.clear()
	for _, list := range [2][]int{n.in, n.free} {
		for _, i := range list {
			x := &f.c.Candidates[i]
			p.add(x.RTT[u], x.late[u])
		}
	}
	return p
}
