package rego

import (
	"context"
	"errors"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// CheckBuiltin says why policies may not call a built-in function; nil if they may.
func CheckBuiltin(name string) error {
	for _, g := range allowed {
		for _, n := range g.names {
			if n == name {
				return nil
			}
		}
	}
	if why, known := refusals[name]; known {
		return fmt.Errorf("%s may not be called: %s", name, why)
	}
	return fmt.Errorf("%q is not a built-in function of this host's OPA", name)
}

// Functions runs built-in functions for a policy that another machine evaluates, at one site: OPA's own, bounded as they are
// for rules here. It is for one goroutine.
type Functions struct{ meter meter }

// NewFunctions begins a budget.
func NewFunctions(ctx context.Context, limits policy.Limits) *Functions {
	return &Functions{meter{ctx: ctx, limit: limits.Steps, bytes: limits.ValueBytes}}
}

// Call calls a function that [CheckBuiltin] lets pass, with known values; nil says that it is undefined. As everywhere here,
// what a function fails for is an error, and no less than that.
func (f *Functions) Call(name string, operands []*ast.Term) (out *ast.Term, err error) {
	defer func() {
		if p := recover(); p != nil { // some of OPA's functions do on operands they should refuse
			out, err = nil, fmt.Errorf("OPA panicked: %v", p)
		}
	}()
	if err := f.meter.step(1); err != nil {
		return nil, err
	}
	if decl := ast.BuiltinMap[name]; decl == nil || decl.Decl.Arity() != len(operands) {
		return nil, fmt.Errorf("it is called with %d operands", len(operands))
	}
	call := topdown.GetBuiltin(name)
	if b := cappedBuiltins[cappedRef(name).String()]; b != nil {
		call = b.Func
	}
	if call == nil {
		return nil, fmt.Errorf("OPA evaluates it in another way than by a function")
	}
	for _, o := range operands {
		if err := f.meter.weigh(o); err != nil {
			return nil, err
		}
	}
	err = call(topdown.BuiltinContext{Context: f.meter.ctx, Metrics: noMetrics, Cancel: &f.meter, Time: ast.InternedTerm(1)}, operands, func(t *ast.Term) error {
		out = t
		return nil
	})
	if err != nil {
		return nil, bare(err)
	}
	if out != nil {
		err = f.meter.weigh(out)
	}
	return out, err
}

// Said reads what another machine answers for a rule of a policy: for deny, warn and obligation. location is where the rule
// is, as far as that is known.
func Said(rule string, elements ast.Value, limits policy.Limits, location string, facts []Fact) ([]Finding, error) {
	set, ok := elements.(ast.Set)
	if !ok {
		return nil, fmt.Errorf("%s must be a set, and is a %s", rule, ast.ValueName(elements))
	}
	c := collector{limits: limits}
	b := &body{location: location, facts: facts}
	if err := set.Iter(func(t *ast.Term) error { return c.add(t, b, nil) }); err != nil {
		return nil, fmt.Errorf("%s: %w", rule, err)
	}
	return c.sorted(), nil
}

// Scored reads what another machine answers for a policy's score.
func Scored(t *ast.Term) (*float64, error) { return readScore(t) }

// Speaks reports whether there is anything in a result.
func (r *Result) Speaks() bool {
	return r.Verdict != Permit || len(r.Denies)+len(r.Warnings)+len(r.Obligations) > 0 || r.Score != nil
}

// Decide sets a result's verdict from its denies.
func (r *Result) Decide() { r.decide() }

// bare is an error of a function without OPA's code and place, which is no place of the policy's.
func bare(err error) error {
	var halted topdown.Halt
	if errors.As(err, &halted) {
		err = halted.Err
	}
	var te *topdown.Error
	if errors.As(err, &te) {
		return &ruleError{message: te.Message, cause: te.Unwrap()}
	}
	return err
}
