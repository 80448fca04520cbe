package rego

import (
	"context"
	"errors"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
)

// ctxEvery is how many steps pass between looks at the context: a look costs
// about as much as a cheap step.
const ctxEvery = 64

// meter counts the steps of one policy at one site. OPA asks a query's Cancel
// before every expression, from the goroutine that evaluates, so the count is
// exact, the same on every machine, and needs no tracer.
type meter struct {
	ctx   context.Context
	limit int64
	bytes int // limit on one value
	steps int64
	look  int64 // steps at which the context is looked at next
	stop  error // why evaluation was told to stop; nil if it was not
}

// reset starts a new budget.
func (m *meter) reset() { m.steps, m.look, m.stop = 0, 0, nil }

// Cancelled counts one step and reports whether to stop.
func (m *meter) Cancelled() bool {
	m.steps++
	if m.stop != nil {
		return true
	}
	if m.steps > m.limit {
		m.stop = ErrSteps
		return true
	}
	if m.steps >= m.look { // work that is charged for passes many at once
		m.look = m.steps + ctxEvery
		if m.stop = m.ctx.Err(); m.stop != nil {
			return true
		}
	}
	return false
}

// cause says why evaluation stopped.
func (m *meter) cause() error {
	if errors.Is(m.stop, ErrSteps) {
		return fmt.Errorf("stopped after %d steps: %w", m.limit, ErrSteps)
	}
	return m.stop
}

// Cancel makes the meter a topdown.Cancel. Nothing here calls it: the context
// and the budget are what end an evaluation.
func (m *meter) Cancel() { m.stop = context.Canceled }

// charge spends steps on work done inside a built-in function.
func (m *meter) charge(steps int) error {
	m.steps += int64(steps)
	if m.steps > m.limit {
		m.stop = ErrSteps
		return m.cause()
	}
	return nil
}

// step counts steps of the interpreter; an error says to stop.
func (m *meter) step(n int) error {
	if n > 1 {
		if err := m.charge(n - 1); err != nil {
			return err
		}
	}
	if m.Cancelled() {
		return m.cause()
	}
	return nil
}

// weigh charges for a value and returns an error if its text has more bytes than
// a value may have. It looks at no more of the value than the limit allows, so
// it also bounds values whose parts are shared: [x, x] of [y, y] of …
func (m *meter) weigh(t *ast.Term) error {
	left := m.bytes
	weigh(t, &left)
	if left < 0 {
		return ErrSize
	}
	return m.charge((m.bytes - left) / bytesPerStep)
}

// weigh takes the approximate text of a term off a budget, and stops below zero.
func weigh(t *ast.Term, left *int) {
	if *left < 0 {
		return
	}
	const punctuation = 2
	*left -= punctuation
	switch v := t.Value.(type) {
	case ast.String:
		*left -= len(v)
	case ast.Number:
		*left -= len(v)
		if digits(string(v)) > maxDigits {
			*left = -1
		}
	case *ast.Array:
		v.Until(func(e *ast.Term) bool { weigh(e, left); return *left < 0 })
	case ast.Set:
		v.Until(func(e *ast.Term) bool { weigh(e, left); return *left < 0 })
	case ast.Object:
		v.Until(func(k, e *ast.Term) bool { weigh(k, left); weigh(e, left); return *left < 0 })
	default:
		*left -= len("false")
	}
}
