package solve

import (
	"cmp"
	"context"
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
		b := band{p: p, keep: keep, additive: additive, nodes: &r.Nodes}
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

// bestOf returns the keep best sets of one component, and the least that any may be worth; left says that there may be
// better ones.
func (p *Problem) bestOf(ctx context.Context, c *Component, keep int, nodes *int64) (sets []set, least *big.Int, left bool, err error) {
	w := &work{ctx: ctx, limit: MaxNodes - *nodes}
	b := newBest(p, c, keep, w)
	b.run()
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
	type answer struct {
		set
		values []int64
	}
	answers := make([]answer, len(sets))
	for i, s := range sets {
		answers[i] = answer{s, p.values(s.tally)}
	}
	slices.SortFunc(answers, func(a, b answer) int {
		return cmp.Or(p.compare(a.values, b.values), cmp.Compare(a.copies, b.copies), compareChosen(a.chosen, b.chosen))
	})
	for _, a := range answers[:min(keep, len(answers))] {
		for i := range a.chosen {
			a.chosen[i] = p.order(&p.Components[i], a.chosen[i])
		}
		r.Placements = append(r.Placements, Placement{Chosen: a.chosen, Values: a.values})
	}
	return nil
}

// Feasible reports whether every component can be placed at all, and the first that cannot.
func Feasible(ctx context.Context, p *Problem) (component int, ok bool, err error) {
	w := &work{ctx: ctx, limit: MaxNodes}
	aimless := &Problem{Weights: p.Weights}
	for i := range p.Components {
		b := newBest(aimless, &p.Components[i], 1, w)
		b.any = true
		b.run()
		switch {
		case len(b.found) > 0:
		case w.err != nil:
			return i, false, w.err
		case b.left != nil:
			return i, false, tooLarge(&p.Components[i])
		default:
			return i, false, nil
		}
	}
	return 0, true, nil
}

// component returns the sets of one component that can be part of one of the keep best placements.
func (p *Problem) component(ctx context.Context, c *Component, keep int, nodes *int64) ([]set, error) {
	b := band{p: p, keep: keep, nodes: nodes}
	var err error
	e := enumeration{ctx: ctx, c: c, nodes: nodes, visit: func(chosen []int) bool {
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

// order sorts the chosen copies of a component by how good each is alone, so that the best one gets the
// first role.
func (p *Problem) order(c *Component, chosen []int) []int {
	out := slices.Clone(chosen)
	slices.SortStableFunc(out, func(a, b int) int {
		return p.compare(p.values(p.tally(c, []int{a})), p.values(p.tally(c, []int{b})))
	})
	return out
}
