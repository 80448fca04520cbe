package rego

import (
	"errors"
	"fmt"

	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// Errors an evaluation ends with when it passes a limit; match with errors.Is.
var (
	// ErrSteps means that a policy took more steps at a site than its limit.
	ErrSteps = errors.New("step limit passed; let the rule look at less, or raise limits.steps")
	// ErrSize means that a policy built a value, a message or a number of
	// findings beyond its limit.
	ErrSize = errors.New("size limit passed")
)

// EvalError is an error in a rule. The decision it is part of stops.
type EvalError struct {
	Policy   string      // id
	Hook     policy.Hook // what it was asked about; "" is a site
	Site     string      // id; of a path and a placement what it is called
	Location string      // file:line
	Err      error       // what was wrong; a context's error if that ended it
}

// Error names policy, place and site.
func (e *EvalError) Error() string {
	what := e.Hook
	if what == "" {
		what = policy.Site
	}
	return fmt.Sprintf("policy %s at %s %s: %s: %s", e.Policy, what, e.Site, e.Location, e.Err)
}

// Unwrap returns the cause.
func (e *EvalError) Unwrap() error { return e.Err }

// CompileError is what is wrong with the modules of a policy set, one line each,
// in order of place.
type CompileError struct {
	Lines []string // the first of All, and how many more there are
	All   []string
}

// Error joins the lines.
func (e *CompileError) Error() string {
	out := "policies do not compile:"
	for _, l := range e.Lines {
		out += "\n" + l
	}
	return out
}
