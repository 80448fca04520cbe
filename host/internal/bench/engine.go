package bench

import (
	"context"
	"fmt"

	"github.com/bailiwick-dev/bailiwick/host/internal/baseline"
	"github.com/bailiwick-dev/bailiwick/host/internal/inputs"
)

// engine is a way of evaluating rules at all sites.
type engine interface {
	name() string
	// prepare makes ready what it can before a request is known, and returns a
	// function that evaluates once what is asked, from the request on.
	prepare(asked) (func(context.Context) error, error)
}

// asked is what an engine is to evaluate.
type asked struct {
	policy string // id; "" for all policies
	// texts asks for every finding with its text, rather than only which sites are
	// denied. The reference engine always makes them.
	texts bool
}

// ofHost is one of the host's engines, with its bounds and with three-valued logic
// where facts are unknown.
type ofHost struct {
	in      *inputs.Inputs
	byLanes bool
}

func (h ofHost) name() string {
	if h.byLanes {
		return laneName
	}
	return hostRegoName
}

func (h ofHost) prepare(a asked) (func(context.Context) error, error) {
	e := h.in.Engine.ByLanes(h.byLanes)
	if a.policy != "" {
		var ok bool
		if e, ok = e.Only(a.policy); !ok {
			return nil, fmt.Errorf("there is no policy %q", a.policy)
		}
	}
	docs := h.in.Of(e.Hook())
	if h.byLanes && !a.texts {
		// The documents are ready, as they are for plain OPA.
		v, err := e.Case(context.Background(), h.in.Input).Verdicts(docs)
		if err != nil {
			return nil, err
		}
		return func(ctx context.Context) error {
			_, err := v.Judge(ctx)
			return err
		}, nil
	}
	return func(ctx context.Context) error {
		_, err := e.Case(ctx, h.in.Input).Sites(ctx, docs)
		return err
	}, nil
}

// plainOPA is OPA in one of its forms.
type plainOPA struct {
	base *baseline.Baseline
	form baseline.Form
}

func (o plainOPA) name() string { return o.form.String() }

func (o plainOPA) prepare(a asked) (func(context.Context) error, error) {
	q, err := o.base.Prepare(o.form, a.policy, !a.texts)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		if _, err := q.Eval(ctx); err != nil {
			return fmt.Errorf("plain OPA, %s: %w", o.form, err)
		}
		return nil
	}, nil
}

// hosts is how many of the engines are the host's, which come first.
const hosts = 2

// engines returns those that are measured; with compare, plain OPA too.
func engines(in *inputs.Inputs, compare bool) ([]engine, error) {
	all := []engine{ofHost{in, true}, ofHost{in, false}} // hosts of them
	if !compare {
		return all, nil
	}
	q := baseline.Question{Topology: in.Documents.Topology, Request: in.Input.Request, Component: in.Input.Component}
	for i := range in.Sites {
		q.Sites = append(q.Sites, in.Sites[i].Term)
	}
	base, err := baseline.New(in.Policies, q)
	if err != nil {
		return nil, fmt.Errorf("plain OPA: %w", err)
	}
	for _, form := range baseline.Forms() {
		all = append(all, plainOPA{base, form})
	}
	return all, nil
}
