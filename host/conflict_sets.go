package host

import (
	"errors"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
)

// Bounds on the search for conflicts. They count and never look at a clock, so that a decision is the same everywhere.
const (
	maxConflicts     = 10   // sets a decision shows
	maxConflictCalls = 1000 // times that a set of constraints is tried
	maxConflictSteps = 1 << 15

	maxFeasibleSteps   = 1 << 17 // of the search for a placement, to find out whether one set can be met
	maxFeasibleStepsIn = 1 << 21 // of all of them together
)

// enumeration finds the minimal sets of constraints that cannot be met together, and the minimal sets without which the rest
// can be. It is MARCO of Liffiton, Previti, Malik and Marques-Silva (2016): of the subsets that nothing is known of yet it
// takes one as large as can be. If that can be met, what it leaves out is a correction; if not, it is shrunk to a conflict.
// Each answers for all subsets below it, or above it.
type enumeration struct {
	count    int
	feasible func(kept []bool) (bool, error) // of subsets of the constraints; monotone. The error may be solve.ErrTooLarge
	calls    int                             // that are left

	conflicts   [][]int // each sorted
	unproved    []bool  // of each, whether it may be that a part of it is a conflict
	corrections [][]int
	complete    bool // these are all
}

// run finds all sets, or those that the bounds allow.
func (e *enumeration) run() error {
	for {
		removed, ok, bounded := e.unexplored()
		switch {
		case bounded:
			return nil
		case !ok:
			e.complete = true
			return nil
		}
		met, err := e.try(removed)
		switch {
		case errors.Is(err, solve.ErrTooLarge) && len(removed) > 0:
			return nil
		case err != nil && !errors.Is(err, solve.ErrTooLarge): // all together cannot be met: that is why they are looked at
			return err
		case e.calls < 0:
			return nil
		case met:
			e.corrections = append(e.corrections, removed)
			continue
		}
		found, unproved, err := e.shrink(removed)
		if err != nil || found == nil {
			return err
		}
		e.unproved = append(e.unproved, unproved)
		if e.conflicts = append(e.conflicts, found); len(found) == 0 {
			e.complete = true // it cannot be met however little is asked
			return nil
		}
	}
}

// try asks whether all constraints but those removed can be met together. With no calls left it does not ask.
func (e *enumeration) try(removed []int) (bool, error) {
	if e.calls--; e.calls < 0 {
		return false, nil
	}
	kept := make([]bool, e.count)
	for i := range kept {
		kept[i] = !slices.Contains(removed, i)
	}
	return e.feasible(kept)
}

// shrink takes constraints out, the first ones first, as long as the rest cannot be met. It returns nil if no calls are left.
// One of which it takes too long to find out whether it can be spared stays, and the set is unproved.
func (e *enumeration) shrink(removed []int) (found []int, unproved bool, err error) {
	removed = slices.Clone(removed)
	found = []int{}
	for i := range e.count {
		if slices.Contains(removed, i) {
			continue
		}
		met, err := e.try(append(removed, i))
		open := errors.Is(err, solve.ErrTooLarge)
		unproved = unproved || open
		switch {
		case err != nil && !open || e.calls < 0:
			return nil, false, err
		case met || open:
			found = append(found, i)
		default:
			removed = append(removed, i)
		}
	}
	return found, unproved, nil
}

// unexplored finds a minimal set of constraints to remove so that no known conflict is left, and which is not a known
// correction nor more than one. ok is false if there is none; bounded, if looking for it takes too long.
func (e *enumeration) unexplored() (removed []int, ok, bounded bool) {
	steps := maxConflictSteps
	var walk func(in []int, out map[int]bool) ([]int, bool)
	walk = func(in []int, out map[int]bool) ([]int, bool) {
		if steps--; steps < 0 {
			return nil, false
		}
		if slices.ContainsFunc(e.corrections, func(c []int) bool { return contains(in, c) }) {
			return nil, false
		}
		for _, conflict := range e.conflicts {
			if slices.ContainsFunc(conflict, func(i int) bool { return slices.Contains(in, i) }) {
				continue
			}
			var tried []int
			for _, i := range conflict {
				if out[i] {
					continue
				}
				if found, ok := walk(append(slices.Clip(in), i), out); ok {
					return found, true
				}
				out[i] = true // what is removed together with it has been looked at
				tried = append(tried, i)
			}
			for _, i := range tried {
				delete(out, i)
			}
			return nil, false
		}
		return e.spare(in), true
	}
	removed, ok = walk(nil, map[int]bool{})
	return removed, ok, steps < 0
}

// spare keeps of what is removed only what some known conflict needs.
func (e *enumeration) spare(removed []int) []int {
	for k := len(removed) - 1; k >= 0; k-- {
		rest := slices.Delete(slices.Clone(removed), k, k+1)
		if !slices.ContainsFunc(e.conflicts, func(c []int) bool {
			return !slices.ContainsFunc(c, func(i int) bool { return slices.Contains(rest, i) })
		}) {
			removed = rest
		}
	}
	slices.Sort(removed)
	return removed
}

// contains reports whether a set has all elements of another.
func contains(set, of []int) bool {
	return !slices.ContainsFunc(of, func(i int) bool { return !slices.Contains(set, i) })
}
