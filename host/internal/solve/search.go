package solve

import (
	"cmp"
	"context"
	"errors"
	"math/big"
	"slices"
)

// set is a way to place the first components.
type set struct {
	tally
	chosen [][]int // a component each
}

// Search returns the keep best placements, best first; of two that are alike in every objective, the one
// with fewer copies, then the one whose site ids come first. A result without placements means that none
// meets the requirements. Where that takes too long it returns the best it has come to, with a bound of what
// may be better. The error is ErrTooLarge, if it has come to none, or the context's.
func Search(ctx context.Context, p *Problem, keep int) (Result, error) {
	p = p.laidOut()
	if len(p.Calls) > 0 {
		return p.together(ctx, keep, 0)
	}
	r, err := p.apart(ctx, keep)
	r.Steps = r.Nodes
	if errors.Is(err, ErrTooLarge) && len(p.Components) > 1 {
		return p.together(ctx, keep, r.Nodes)
	}
	return r, err
}

// apart searches components of which none calls another: the sets of each by themselves, which are joined.
func (p *Problem) apart(ctx context.Context, keep int) (Result, error) {
	var r Result
	additive := p.additive()
	sets := []set{{tally: tally{sum: make([]int64, len(p.Objectives))}}}
	lower, open := new(big.Int), false
	for i := range p.Components {
		var own []set
		var err error
		if additive || len(p.Components) == 1 {
			var least *big.Int
			var left bool
			if own, least, left, err = p.bestOf(ctx, &p.Components[i], keep, &r.Nodes); err != nil {
				return r, err
			}
			lower, open = lower.Add(lower, least), open || left
		} else if own, err = p.component(ctx, &p.Components[i], keep, &r.Nodes); err != nil {
			return r, err
		}
		b := band{p: p, keep: keep, additive: additive, nodes: &r.Nodes, limit: p.share()}
		for _, x := range sets {
			for _, y := range own {
				t := p.join(x.tally, y.tally)
				if b.wants(&t) {
					b.add(set{t, append(slices.Clip(x.chosen), y.chosen...)})
				}
			}
			if err := b.over(ctx, p.Components[i].Name); err != nil {
				return r, err
			}
		}
		sets = b.ordered()
	}
	if open {
		r.Lower = lower
	}
	return r, p.rank(&r, sets, keep)
}

// share is how many nodes the search of components apart may take: half of all where they can be searched together if that
// is too much.
func (p *Problem) share() int64 {
	if len(p.Components) > 1 {
		return p.limit() / 2
	}
	return p.limit()
}

// limit is how many steps a search may take.
func (p *Problem) limit() int64 {
	if p.Steps > 0 {
		return min(p.Steps, MaxNodes)
	}
	return MaxNodes
}

// bestOf returns the keep best sets of one component, and the least that any may be worth; left says that there may be
// better ones.
func (p *Problem) bestOf(ctx context.Context, c *Component, keep int, nodes *int64) (sets []set, least *big.Int, left bool, err error) {
	w := &work{ctx: ctx, limit: p.limit() - *nodes}
	b := newBest(p, c, keep, w)
	b.run(nil)
	*nodes += w.nodes
	switch {
	case w.err != nil:
		return nil, nil, false, w.err
	case b.left != nil && len(b.found) == 0:
		return nil, nil, false, tooLarge(c)
	case len(b.found) == 0:
		return nil, new(big.Int), false, nil
	case b.left != nil && p.compareValues(b.left, &b.found[0].by) < 0:
		return b.sets(), b.left.first(), true, nil
	}
	return b.sets(), b.found[0].by.first(), b.left != nil, nil
}

// rank orders the sets that are left and keeps the best.
func (p *Problem) rank(r *Result, sets []set, keep int) error {
	answers := make([]ranked, len(sets))
	for i, s := range sets {
		answers[i] = ranked{set: s, values: p.values(s.tally)}
		answers[i].by = p.value(answers[i].values)
	}
	slices.SortFunc(answers, func(a, b ranked) int { return p.compareRanked(&a, &b) })
	p.answer(r, answers[:min(keep, len(answers))])
	return nil
}

// compareRanked is the order of placements, the better first.
func (p *Problem) compareRanked(a, b *ranked) int {
	return cmp.Or(p.compareValues(&a.by, &b.by), cmp.Compare(a.copies, b.copies), compareChosen(a.chosen, b.chosen))
}

// answer makes placements of what was found, best first.
func (p *Problem) answer(r *Result, found []ranked) {
	for i := range found {
		chosen := make([][]int, len(found[i].chosen))
		for k := range chosen {
			chosen[k] = p.seated(&p.Components[k], found[i].chosen[k])
		}
		r.Placements = append(r.Placements, Placement{Chosen: chosen, Values: found[i].values})
	}
}

// Feasible reports whether the components can be placed at all, and the first that cannot: -1 where each can by itself, and
// all together cannot.
func Feasible(ctx context.Context, p *Problem) (component int, ok bool, err error) {
	return p.feasible(&work{ctx: ctx, limit: MaxNodes})
}

// component returns the sets of one component that can be part of one of the keep best placements.
func (p *Problem) component(ctx context.Context, c *Component, keep int, nodes *int64) ([]set, error) {
	b := band{p: p, keep: keep, nodes: nodes, limit: p.share()}
	var err error
	e := enumeration{ctx: ctx, c: c, nodes: nodes, limit: p.share(), visit: func(chosen []int) bool {
		t := p.tally(c, chosen)
		if b.wants(&t) {
			b.add(set{t, [][]int{slices.Clone(chosen)}})
		}
		err = b.over(ctx, c.Name)
		return err == nil
	}}
	e.walk(0)
	return b.ordered(), cmp.Or(e.err, err)
}

func compareChosen(a, b [][]int) int { return slices.CompareFunc(a, b, slices.Compare[[]int]) }
