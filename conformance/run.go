package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// Engine decides. It is asked one case after the other.
type Engine interface {
	// Name names the engine in reports.
	Name() string
	// Decide answers a case. An error is an answer too: a case may expect one. One that [Skip] made says that
	// the engine does not take part in the case.
	Decide(ctx context.Context, c *Case) (*placement.Decision, error)
}

// Func makes an engine of a function.
func Func(name string, decide func(ctx context.Context, c *Case) (*placement.Decision, error)) Engine {
	return function{name, decide}
}

type function struct {
	name   string
	decide func(ctx context.Context, c *Case) (*placement.Decision, error)
}

func (f function) Name() string { return f.name }

func (f function) Decide(ctx context.Context, c *Case) (*placement.Decision, error) {
	return f.decide(ctx, c)
}

// Skip returns an error with which an engine says that it does not take part in a case, and why.
func Skip(reason string) error { return &skipped{reason} }

type skipped struct{ reason string }

func (s *skipped) Error() string { return "skipped: " + s.reason }

// Options say how cases are run. The zero Options run them each for itself.
type Options struct {
	// Agree wants every decision to be that of the first engine that has one, byte for byte. It is what the
	// host's own engines promise of each other. Errors are compared with what the case expects alone.
	Agree bool
	// Before, if not nil, is called before an engine is asked: for showing progress.
	Before func(Progress)
}

// Progress says how far a run has come.
type Progress struct {
	Done, Total int // questions, each a case to an engine
	Case        *Case
	Engine      Engine
}

// Run asks every engine every case. The error is about the run itself, such as two engines of one name; that
// an engine fails is in the report. Where ctx ends, the report has what was asked before, and the error is
// the context's.
func Run(ctx context.Context, engines []Engine, cases []*Case, opts Options) (*Report, error) {
	if err := check(engines, cases); err != nil {
		return nil, err
	}
	r := &Report{Cases: len(cases), Engines: make([]EngineReport, len(engines))}
	for k, e := range engines {
		r.Engines[k] = EngineReport{Engine: e.Name(), Results: []Result{}}
	}
	total := len(engines) * len(cases)
	for i, c := range cases {
		var a agreement
		for k, e := range engines {
			if opts.Before != nil {
				opts.Before(Progress{Done: i*len(engines) + k, Total: total, Case: c, Engine: e})
			}
			result, d := ask(ctx, e, c)
			if err := ctx.Err(); err != nil {
				return r, fmt.Errorf("conformance: %w: %d of %d questions were not asked", err, total-i*len(engines)-k, total)
			}
			if d != nil && opts.Agree {
				found, err := a.differences(e.Name(), d)
				if err != nil {
					return r, fmt.Errorf("conformance: %s: %s: %w", e.Name(), c.ID, err)
				}
				result.differ(found)
				if w, ok := e.(Witness); ok {
					result.differ(a.burnt(w.Calls()))
				}
			}
			r.Engines[k].add(result)
		}
	}
	return r, nil
}

// check refuses a run that would say nothing, or of which one could not tell who is who.
func check(engines []Engine, cases []*Case) error {
	if len(engines) == 0 {
		return errors.New("conformance: no engine to ask")
	}
	if len(cases) == 0 {
		return errors.New("conformance: no case to ask")
	}
	var names []string
	for _, e := range engines {
		if slices.Contains(names, e.Name()) {
			return fmt.Errorf("conformance: two engines are called %q", e.Name())
		}
		names = append(names, e.Name())
	}
	return Unique(cases)
}

// Check asks one engine one case.
func Check(ctx context.Context, e Engine, c *Case) Result {
	r, _ := ask(ctx, e, c)
	return r
}

// ask asks one engine one case, and returns the decision beside the result, if there is one.
func ask(ctx context.Context, e Engine, c *Case) (Result, *placement.Decision) {
	r := Result{Case: c.ID, Title: c.Title, Place: c.Place, Outcome: Passed}
	d, err := decide(ctx, e, c)
	var skip *skipped
	if errors.As(err, &skip) {
		r.Outcome, r.Reason = Skipped, skip.reason
		return r, nil
	}
	if err == nil && d == nil {
		err = errors.New("the engine gave neither a decision nor an error")
	}
	r.differ(c.Expect.compare(d, err))
	if err != nil {
		return r, nil
	}
	took := calls(e)
	r.differ(c.Expect.Fuel.compare(took))
	if most := costliest(took); most != nil {
		r.Fuel = most.Fuel
	}
	return r, d
}

// decide lets an engine's panic be its failure, and not the end of the run.
func decide(ctx context.Context, e Engine, c *Case) (d *placement.Decision, err error) {
	defer func() {
		if p := recover(); p != nil {
			d, err = nil, fmt.Errorf("the engine panicked: %v", p)
		}
	}()
	return e.Decide(ctx, c)
}
