package solve

import (
	"context"
	"fmt"
)

// pollEvery is how many steps pass between two looks at the context.
const pollEvery = 1 << 14

// enumeration walks the sets of candidates of one component that meet its requirements.
type enumeration struct {
	ctx    context.Context
	c      *Component
	nodes  *int64
	limit  int64 // of nodes
	chosen []int
	visit  func(chosen []int) bool // false ends the walk
	err    error
}

// walk extends the chosen set with candidates from index from on. Sets come in the order of their
// candidates' ids. It returns false when the walk is over.
func (e *enumeration) walk(from int) bool {
	if len(e.chosen) >= e.c.Min && len(e.chosen) > 0 && e.c.holds(e.chosen) {
		if !e.visit(e.chosen) {
			return false
		}
	}
	if len(e.chosen) == e.c.Max {
		return true
	}
	for i := from; i < len(e.c.Candidates); i++ {
		*e.nodes++
		if *e.nodes > e.limit {
			e.err = tooLarge(e.c)
			return false
		}
		if *e.nodes%pollEvery == 0 && e.ctx.Err() != nil {
			e.err = e.ctx.Err()
			return false
		}
		if !e.c.fits(e.chosen, i) {
			continue
		}
		e.chosen = append(e.chosen, i)
		on := e.walk(i + 1)
		e.chosen = e.chosen[:len(e.chosen)-1]
		if !on {
			return false
		}
	}
	return true
}

func tooLarge(c *Component) error {
	return fmt.Errorf("%w: component %q with %d candidates and up to %d copies", ErrTooLarge, c.Name, len(c.Candidates), c.Max)
}
