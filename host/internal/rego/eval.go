package rego

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

var (
	noMetrics = metrics.NoOp()
	// noTime stands for the clock, which no allowed function reads.
	noTime = time.Unix(0, 1).UTC()

	keyRequest   = ast.StringTerm("request")
	keyComponent = ast.StringTerm("component")
	keySettings  = ast.StringTerm("settings")
	keyTopology  = ast.StringTerm("topology")
)

// noCache keeps nothing: the store already holds terms, so a cache would only
// repeat its lookups.
type noCache struct{}

func (noCache) Get(ast.Ref) ast.Value  { return nil }
func (noCache) Put(ast.Ref, ast.Value) {}

// Site judges one site for one component by every policy, and returns one result
// per policy, in the order of their ids. An error in a rule is an *EvalError; the
// context's end is that too, and matches context.Canceled or
// context.DeadlineExceeded.
func (e *Engine) Site(ctx context.Context, in Input, site SiteDoc) ([]Result, error) {
	return e.site(ctx, in, site, nil)
}

// meter counts on behalf of one evaluation at a time.
func (e *Engine) meter(ctx context.Context) *meter {
	return &meter{ctx: ctx, limit: e.program.limits.Steps, bytes: e.program.limits.ValueBytes}
}

// site judges one site; known holds what has been evaluated for all sites, by
// policy, if anything has.
func (e *Engine) site(ctx context.Context, in Input, site SiteDoc, known [][]sharedDocument) ([]Result, error) {
	results := make([]Result, 0, len(e.policies))
	for i, p := range e.policies {
		if err := ctx.Err(); err != nil {
			return nil, &EvalError{Policy: p.policy.ID, Hook: e.hook, Site: site.ID, Location: p.policy.File, Err: err}
		}
		r, err := e.asking(ctx, in, i, p, &site, known).result(ctx)
		if err != nil {
			return nil, err
		}
		results = append(results, r)
	}
	return results, nil
}

// asking prepares to ask policy number i about a site.
func (e *Engine) asking(ctx context.Context, in Input, i int, p *compiledPolicy, site *SiteDoc, known [][]sharedDocument) *asking {
	a := &asking{Engine: e, in: in, meter: e.meter(ctx), policy: p, site: site, cache: topdown.NewVirtualCache(), input: ast.ObjectTerm(append([][2]*ast.Term{
		{keyRequest, in.Request},
		{keyComponent, in.Component},
		{keySettings, p.settings},
	}, e.documentsOf(site)...)...)}
	if known != nil {
		for _, d := range known[i] {
			a.cache.Put(d.ref, d.value)
		}
	}
	return a
}

// asking is one policy being asked about one site.
type asking struct {
	*Engine
	meter  *meter
	policy *compiledPolicy
	site   *SiteDoc
	in     Input
	input  *ast.Term
	runs   map[*plan.Program]*plan.Run // what has been asked in three-valued logic
	// cache holds the documents of rules that several bodies refer to: they all
	// see the same input.
	cache topdown.VirtualCache
}

// result evaluates the whole policy.
func (a *asking) result(ctx context.Context) (Result, error) {
	r := Result{Policy: a.policy.policy, Facts: a.policy.facts}
	for kind, out := range [3]*[]Finding{&r.Denies, &r.Warnings, &r.Obligations} {
		found, err := a.findings(ctx, kind)
		if err != nil {
			return Result{}, err
		}
		*out = found
	}
	r.decide()
	score, err := a.score(ctx)
	r.Score = score
	return r, err
}

// decide sets the verdict from what was found.
func (r *Result) decide() {
	for _, f := range r.Denies {
		if f.Sure {
			r.Verdict = Deny
			return
		}
		r.Verdict = Possible
	}
}

// findings evaluates the bodies of one kind.
func (a *asking) findings(ctx context.Context, kind int) ([]Finding, error) {
	c := collector{limits: a.program.limits}
	for _, b := range a.policy.rules[kind] {
		if err := a.body(ctx, &c, b); err != nil {
			return nil, err
		}
	}
	return c.sorted(), nil
}

// body adds what one body yields.
func (a *asking) body(ctx context.Context, c *collector, b *body) error {
	if unknown := a.unknown(b.reads, a.site); len(unknown) > 0 {
		return a.findUnknown(ctx, c, b, unknown)
	}
	return a.run(ctx, b.query, b.location, func(element *ast.Term) error { return c.add(element, b, nil) })
}

// score evaluates the policy's score.
func (a *asking) score(ctx context.Context) (*float64, error) {
	b := a.policy.score
	if b == nil {
		return nil, nil
	}
	var score *float64
	read := func(t *ast.Term) (err error) {
		score, err = readScore(t)
		return err
	}
	if len(a.unknown(b.reads, a.site)) == 0 {
		err := a.run(ctx, b.query, b.location, read)
		return score, err
	}
	v, sure, open, err := a.interpret(ctx, b)
	if t, known := plan.Known(v); known && sure && !open && err == nil {
		if err = read(t); err != nil {
			err = a.fail(b.location, err)
		}
	}
	return score, err
}

// readScore reads a score's value.
func readScore(t *ast.Term) (*float64, error) {
	n, ok := t.Value.(ast.Number)
	f, exact := n.Float64()
	if !ok || !exact || f < 0 || f > 100 {
		return nil, fmt.Errorf("%s must be a number from 0 to 100", policy.RuleScore)
	}
	return &f, nil
}

// run evaluates a query and hands over each element it yields. Errors come back as
// *EvalError.
func (a *asking) run(ctx context.Context, q ast.Body, location string, yield func(*ast.Term) error) (err error) {
	// Some of OPA's functions panic on operands they should refuse. A policy's
	// text must not be able to end the process.
	defer func() {
		if p := recover(); p != nil {
			err = a.fail(location, fmt.Errorf("OPA panicked: %v", p))
		}
	}()
	err = a.query(q, a.input, a.meter, a.cache).Iter(ctx, func(r topdown.QueryResult) error {
		return yield(r[elementVar])
	})
	if err == nil {
		return nil
	}
	return a.explain(location, err)
}

// explain turns an error of OPA into one that says policy, place and site.
func (a *asking) explain(location string, err error) error {
	if topdown.IsCancel(err) && a.meter.stop != nil {
		return a.fail(location, a.meter.cause())
	}
	var te *topdown.Error
	if !errors.As(err, &te) {
		return a.fail(location, err)
	}
	if te.Location != nil {
		location = place(te.Location)
	}
	return a.fail(location, &ruleError{message: te.Message, cause: te.Unwrap()})
}

func (a *asking) fail(location string, err error) error {
	return &EvalError{Policy: a.policy.policy.ID, Hook: a.hook, Site: a.site.ID, Location: location, Err: err}
}

// ruleError is OPA's message without its code and place, with what caused it.
type ruleError struct {
	message string
	cause   error
}

func (e *ruleError) Error() string { return e.message }
func (e *ruleError) Unwrap() error { return e.cause }
