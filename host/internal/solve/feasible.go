package solve

import (
	"context"
	"slices"
)

// Within reports whether the components can be placed, if that can be found out in a number of steps, and how many of them
// it took. The error is [ErrTooLarge] if it takes more, or the context's.
func Within(ctx context.Context, p *Problem, steps int64) (ok bool, took int64, err error) {
	w := &work{ctx: ctx, limit: min(steps, MaxNodes)}
	_, ok, err = p.feasible(w)
	return ok, w.done, err
}

// feasible finds out whether the components can be placed, and which cannot.
func (p *Problem) feasible(w *work) (component int, ok bool, err error) {
	aimless := (&Problem{Components: p.Components, Calls: p.Calls, Weights: p.Weights}).laidOut()
	for i := range aimless.Components {
		if ok, err := aimless.places(i, nil, w); !ok || err != nil {
			return i, false, err
		}
	}
	if len(p.Calls) == 0 {
		return 0, true, nil
	}
	j := newJoint(aimless, 1, w)
	j.any = true
	// Most of what is too far apart is so wherever else copies are: from nowhere is what a component calls near enough.
	free := make([][]int, len(aimless.Components))
	for i := range free {
		free[i] = everything(&aimless.Components[i])
	}
	for _, i := range j.order {
		allowed := make([]bool, len(free[i]))
		for k := range allowed {
			allowed[k] = aimless.reaches(i, &aimless.Components[i].Candidates[k], free)
		}
		if ok, err := aimless.places(i, allowed, w); !ok || err != nil {
			return -1, false, err
		}
		free[i] = slices.DeleteFunc(free[i], func(k int) bool { return !allowed[k] })
	}
	if err := j.run(); err != nil {
		return -1, false, err
	}
	if len(j.found) > 0 {
		return 0, true, nil
	}
	return -1, false, j.tooLarge()
}

// places tells whether a component can be placed by itself, on those of its candidates that are allowed; nil allows all.
func (p *Problem) places(i int, allowed []bool, w *work) (bool, error) {
	b := newBest(p, &p.Components[i], 1, w)
	b.any = true
	b.run(allowed)
	switch {
	case len(b.found) > 0:
		return true, nil
	case w.err != nil:
		return false, w.err
	case b.left != nil:
		return false, tooLarge(b.c)
	}
	return false, nil
}
