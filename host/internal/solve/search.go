package solve

import (
	"cmp"
	"context"
	"slices"
)

// set is a way to place the first components.
type set struct {
	tally
	chosen [][]int // a component each
}

// Search returns the keep best placements, best first; of two that are alike in every objective, the one
// with fewer copies, then the one whose site ids come first. A result without placements means that none
// meets the requirements. The error is ErrTooLarge, or the context's.
func Search(ctx context.Context, p *Problem, keep int) (Result, error) {
	var r Result
	additive := p.additive()
	sets := []set{{tally: tally{sum: make([]int64, len(p.Objectives))}}}
	for i := range p.Components {
		own, err := p.component(ctx, &p.Components[i], keep, additive, &r.Nodes)
		if err != nil {
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
	return r, p.rank(&r, sets, keep)
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
	var nodes int64
	for i := range p.Components {
		found := false
		e := enumeration{ctx: ctx, c: &p.Components[i], nodes: &nodes, visit: func([]int) bool {
			found = true
			return false
		}}
		e.walk(0)
		switch {
		case e.err != nil:
			return i, false, e.err
		case !found:
			return i, false, nil
		}
	}
	return 0, true, nil
}

// component returns the sets of one component that can be part of one of the keep best placements.
func (p *Problem) component(ctx context.Context, c *Component, keep int, additive bool, nodes *int64) ([]set, error) {
	b := band{p: p, keep: keep, additive: additive, nodes: nodes}
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
