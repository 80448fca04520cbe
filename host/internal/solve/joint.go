package solve

import (
	"context"
	"fmt"
	"math/big"
	"slices"
)

// joint looks for placements of several components together, by branch and bound: one component after the other, those that
// are called before those that call them, each among the candidates from which what it calls is near enough, and as far as
// it is worth while given bounds of the components to come. Of each component but the last the best few sets are tried; while
// that has left any out that may matter, more are.
type joint struct {
	p     *Problem
	keep  int
	any   bool // one placement is enough
	work  *work
	order []int // components

	additive bool
	alone    []lowest
	beam     int     // sets of a component that are tried
	cut      bool    // some were left out
	chosen   [][]int // where components are placed; nil: not yet
	found    []ranked
	known    map[string][]set // what [joint.finish] has found before
}

// lowest bounds what one component adds.
type lowest struct {
	sum    []int64 // one an objective
	carbon []int64 // by number of copies: the least sum of carbon
	copies int64
	ids    []int // of the best, where that is proved
	value  value
}

// firstBeam is how many sets of a component are tried at first, and how many times as many each next time.
const firstBeam, widen = 4, 4

func newJoint(p *Problem, keep int, w *work) *joint {
	j := &joint{p: p, keep: keep, work: w, additive: p.additive(), chosen: make([][]int, len(p.Components)), known: map[string][]set{}}
	for len(j.order) < len(p.Components) {
		for i := range p.Components {
			waits := slices.ContainsFunc(p.Calls, func(c Call) bool { return c.From == i && !slices.Contains(j.order, c.To) })
			if !waits && !slices.Contains(j.order, i) {
				j.order = append(j.order, i)
			}
		}
	}
	return j
}

// together searches components that hang on each other.
func (p *Problem) together(ctx context.Context, keep int, nodes int64) (Result, error) {
	j := newJoint(p, keep, &work{ctx: ctx, limit: p.limit() - nodes})
	err := j.run()
	r := Result{Nodes: nodes + j.work.nodes, Steps: nodes + j.work.done}
	if err != nil {
		return r, err
	}
	if len(j.found) == 0 {
		return r, j.tooLarge()
	}
	if j.cut {
		r.Lower = j.lower()
	}
	p.answer(&r, j.found)
	return r, nil
}

func (j *joint) tooLarge() error {
	if !j.cut {
		return nil
	}
	return fmt.Errorf("%w: %d components that hang on each other", ErrTooLarge, len(j.p.Components))
}

// run looks at ever more sets of each component until none that matters is left out, or until it has worked too long.
func (j *joint) run() error {
	if !j.bounds() {
		return j.work.err
	}
	for j.beam = firstBeam; ; j.beam *= widen {
		j.cut = false
		j.descend(0)
		if j.any && len(j.found) > 0 {
			j.cut = false
		}
		if !j.cut || !j.work.toil(0) || j.beam > MaxNodes {
			return j.work.err
		}
	}
}

// lower bounds what any placement is worth.
func (j *joint) lower() *big.Int {
	c := j.company(-1)
	v := c.value(j.p, tally{sum: make([]int64, len(j.p.Objectives))})
	return v.first()
}

// bounds finds out what each component adds at the least; false if one cannot be placed at all, or nothing more can be done.
func (j *joint) bounds() bool {
	for i := range j.p.Components {
		c := &j.p.Components[i]
		l := lowest{sum: make([]int64, len(j.p.Objectives)), copies: int64(c.least())}
		free := make([]int, len(c.Candidates))
		for k := range free {
			free[k] = k
		}
		f := figures{p: j.p, c: c}
		n := &node{free: free, min: int(l.copies), max: c.Max}
		if n.min < 0 || len(free) < n.min {
			return false
		}
		l.carbon = slices.Repeat([]int64{Unknown}, n.min)
		for copies, sum := range f.sums(n, func(x *Candidate) int64 { return x.Carbon }) {
			if copies >= n.min {
				l.carbon = append(l.carbon, sum)
			}
		}
		if j.additive {
			b := newBest(j.p, c, 1, j.work.part())
			b.run(nil)
			j.work.merge(b.work)
			switch {
			case b.left == nil && len(b.found) > 0:
				l.value, l.copies, l.ids = b.found[0].by, b.found[0].copies, b.found[0].chosen[0]
				copy(l.sum, b.found[0].sum)
			case b.left != nil:
				if l.value = *b.left; len(b.found) > 0 && j.p.compareValues(&b.found[0].by, b.left) < 0 {
					l.value = b.found[0].by
				}
				copy(l.sum, l.value.figures)
			default:
				return false
			}
		} else if !j.least(c, &l) {
			return false
		}
		j.alone = append(j.alone, l)
	}
	return true
}

// least bounds each objective of a component by itself.
func (j *joint) least(c *Component, l *lowest) bool {
	for o, objective := range j.p.Objectives {
		if objective == Carbon {
			continue
		}
		own := *j.p
		own.Objectives, own.Weighted = []Objective{objective}, nil
		b := newBest(&own, c, 1, j.work.part())
		b.run(nil)
		j.work.merge(b.work)
		if b.left == nil && len(b.found) == 0 {
			return false
		}
		if len(b.found) > 0 {
			l.sum[o] = b.found[0].values[0]
		} else {
			l.sum[o] = Unknown
		}
		if b.left != nil {
			l.sum[o] = min(l.sum[o], b.left.figures[0])
		}
	}
	return true
}

// company is that of component i: what the placed ones add, and at the least the others.
func (j *joint) company(i int) *company {
	c := &company{sum: make([]int64, len(j.p.Objectives)), carbon: []int64{0}, at: i, additive: j.additive}
	whole := true
	if len(j.found) == j.keep {
		c.last = &j.found[j.keep-1]
	}
	for k := range j.p.Components {
		if k == i {
			c.ids = append(c.ids, nil)
			continue
		}
		l := &j.alone[k]
		if j.chosen[k] != nil {
			l = j.placed(k)
		}
		for o, objective := range j.p.Objectives {
			c.sum[o] = c.join(objective, o, l.sum[o])
		}
		joined := slices.Repeat([]int64{Unknown}, len(c.carbon)+len(l.carbon)-1)
		for n, a := range c.carbon {
			for m, b := range l.carbon {
				joined[n+m] = min(joined[n+m], add(a, b))
			}
		}
		c.carbon = joined
		c.copies += l.copies
		c.least.addTo(&l.value)
		c.ids = append(c.ids, l.ids)
		whole = whole && l.ids != nil
	}
	if !whole {
		c.ids = nil
	}
	return c
}

// placed is what a component that is placed adds.
func (j *joint) placed(k int) *lowest {
	c := j.p.Components[k]
	j.p.price(&c, k, j.chosen)
	t := j.p.tally(&c, j.chosen[k])
	l := &lowest{sum: t.sum, copies: t.copies, ids: j.chosen[k], carbon: slices.Repeat([]int64{Unknown}, int(t.copies)+1)}
	l.carbon[t.copies] = 0
	if at := slices.Index(j.p.Objectives, Carbon); at >= 0 {
		l.carbon[t.copies] = t.sum[at]
	}
	if j.additive {
		l.value = j.p.value(t.sum)
	}
	return l
}

// allowed are the candidates of a component from which what it calls is near enough.
func (j *joint) allowed(i int) []bool {
	c := &j.p.Components[i]
	out := make([]bool, len(c.Candidates))
	for k := range out {
		out[k] = j.p.reaches(i, &c.Candidates[k], j.chosen)
	}
	return out
}

// descend places the components from a level on.
func (j *joint) descend(level int) {
	if j.additive && j.settled(level) {
		j.finish(level)
		return
	}
	i := j.order[level]
	c := j.p.Components[i]
	j.p.price(&c, i, j.chosen)
	keep, last := j.beam, level == len(j.order)-1
	if last {
		keep = j.keep
	}
	b := newBest(j.p, &c, keep, j.work)
	b.company = j.company(i)
	b.run(j.allowed(i))
	j.cut = j.cut || b.left != nil || !last && len(b.found) == keep
	for n := range b.found {
		if b.company = j.company(i); b.company.outdone(j.p, &b.found[n].by, b.found[n].copies, b.found[n].chosen[0]) {
			continue
		}
		j.chosen[i] = b.found[n].chosen[0]
		if last {
			j.offer()
		} else {
			j.descend(level + 1)
		}
		j.chosen[i] = nil
		if j.any && len(j.found) > 0 {
			return
		}
		if !j.work.toil(0) {
			j.cut = true
			return
		}
	}
}

// settled reports whether none of the components from a level on calls another of them: then the best of each are the best
// together.
func (j *joint) settled(level int) bool {
	rest := j.order[level:]
	return !slices.ContainsFunc(j.p.Calls, func(c Call) bool { return slices.Contains(rest, c.From) && slices.Contains(rest, c.To) })
}

// finish places the components from a level on, each by itself.
func (j *joint) finish(level int) {
	rest := j.order[level:]
	slices.Sort(rest) // any order will do; this is that of ids
	sets := []set{{tally: tally{sum: make([]int64, len(j.p.Objectives))}}}
	for _, i := range rest {
		own := j.setsOf(i)
		b := band{p: j.p, keep: j.keep, additive: true, nodes: &j.work.nodes}
		for _, x := range sets {
			for _, y := range own {
				if t := j.p.join(x.tally, y.tally); b.wants(&t) {
					b.add(set{t, append(slices.Clip(x.chosen), y.chosen...)})
				}
			}
		}
		if sets = b.ordered(); len(sets) == 0 {
			return
		}
	}
	for _, x := range sets {
		for k, i := range rest {
			j.chosen[i] = x.chosen[k]
		}
		j.offer()
	}
	for _, i := range rest {
		j.chosen[i] = nil
	}
}

// setsOf are the best sets of a component of which every other that it calls is placed.
func (j *joint) setsOf(i int) []set {
	c := j.p.Components[i]
	j.p.price(&c, i, j.chosen)
	allowed := j.allowed(i)
	key := fmt.Sprint(i, allowed)
	if sets, ok := j.known[key]; ok && c.parts == nil {
		return sets
	}
	b := newBest(j.p, &c, j.keep, j.work)
	b.any = j.any
	b.run(allowed)
	sets := b.sets()
	slices.SortFunc(sets, func(x, y set) int { return compareChosen(x.chosen, y.chosen) })
	whole := b.left == nil || b.any && len(sets) > 0
	if j.cut = j.cut || !whole; whole && c.parts == nil {
		j.known[key] = sets
	}
	return sets
}

// offer keeps the placement that is chosen if it is one of the best so far.
func (j *joint) offer() {
	if slices.ContainsFunc(j.found, func(r ranked) bool { return compareChosen(r.chosen, j.chosen) == 0 }) {
		return
	}
	t := j.p.total(j.chosen)
	r := ranked{set: set{t, slices.Clone(j.chosen)}, values: j.p.values(t)}
	r.by = j.p.value(r.values)
	at, _ := slices.BinarySearchFunc(j.found, &r, func(x ranked, r *ranked) int { return j.p.compareRanked(&x, r) })
	if at == j.keep {
		return
	}
	j.found = slices.Insert(j.found, at, r)
	j.found = j.found[:min(len(j.found), j.keep)]
}
