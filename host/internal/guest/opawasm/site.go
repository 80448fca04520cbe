package opawasm

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// Usage is what judging a site took. It is zero where the policy was not asked.
type Usage = guest.Usage

// UnlistedError says that a policy read a fact which is unknown where it was asked, and which its manifest does not list, so
// that nobody could know. Nothing can be told of the site.
type UnlistedError struct {
	Facts []string // of which it is one
	Err   error    // what happened
}

// Error says what to list.
func (e *UnlistedError) Error() string {
	names, more := e.Facts, ""
	if len(names) > maxNamed {
		more = fmt.Sprintf(" or %d more", len(names)-maxNamed)
		names = names[:maxNamed]
	}
	return fmt.Sprintf("it reads a fact that is unknown and that reads in its manifest does not list: %s%s; list every fact that it reads", strings.Join(names, ", "), more)
}

// Unwrap is what happened.
func (e *UnlistedError) Unwrap() error { return e.Err }

// Site judges one site. An error is an [*rego.EvalError], of which the cause may be an [*UnlistedError], a
// [*guest.CallError], a [*guest.RepeatedError] or a [*guest.BrokenError].
func (c *Case) Site(ctx context.Context, site rego.SiteDoc) (rego.Result, Usage, error) {
	p := c.pool.policy
	r := rego.Result{Policy: p.policy, Facts: p.reads}
	if unknown := c.pool.watch.At(site); len(unknown) > 0 {
		p.leaveOpen(&r, unknown, site.ID)
		return r, Usage{}, nil
	}
	call, err := c.call(ctx, site, site.Unknown)
	if err != nil {
		return rego.Result{}, Usage{}, p.failed(site.ID, err)
	}
	call.Check = func(answers [][]byte) error { return p.read(&r, answers) }
	_, u, err := c.pool.Call(ctx, c.decision, call)
	if guest.IsOutOfBounds(err) {
		err = c.unlisted(ctx, site, err)
	}
	if err != nil {
		return rego.Result{}, u, p.failed(site.ID, err)
	}
	r.Decide()
	return r, u, nil
}

func (p *Policy) failed(site string, err error) error {
	return &rego.EvalError{Policy: p.policy.ID, Site: site, Location: p.policy.File, Err: err}
}

// call is what the policy is asked about a site, of which those facts are not to be looked at.
func (c *Case) call(ctx context.Context, site rego.SiteDoc, unknown []string) (*guest.OPACall, error) {
	input, err := appendSite(append(slices.Clip(c.input), `,"site":`...), site.Term.Value, unknown)
	if err != nil {
		return nil, fmt.Errorf("input.site: %w", err)
	}
	call := &guest.OPACall{Input: append(input, '}'), Builtins: &functions{rego.NewFunctions(ctx, c.pool.policy.limits)}}
	for _, fact := range unknown {
		call.Gaps = append(call.Gaps, places(site.Term, fact, "site")...)
	}
	return call, nil
}

// unlisted finds which of the unknown facts the policy looked at, by letting it see some of them at a time. If it is none of
// the site's own, it is one of others', or of the topology's.
func (c *Case) unlisted(ctx context.Context, site rego.SiteDoc, err error) error {
	traps := func(unknown []string) bool {
		call, err := c.call(ctx, site, unknown)
		if err != nil {
			return false
		}
		call.Again = true
		_, _, err = c.pool.Call(ctx, c.decision, call)
		return guest.IsOutOfBounds(err)
	}
	elsewhere := c.pool.watch.Elsewhere()
	switch {
	case len(site.Unknown) == 0 && len(elsewhere) == 0:
		return err // there is nothing but its own fault
	case traps(nil):
		return &UnlistedError{elsewhere, err}
	}
	facts := site.Unknown
	for len(facts) > 1 {
		half := len(facts) / 2
		if traps(facts[:half]) {
			facts = facts[:half]
		} else if facts = facts[half:]; !traps(facts) {
			facts = site.Unknown // it looks at one only where another is there too
			break
		}
	}
	named := make([]string, len(facts))
	for i, fact := range facts {
		named[i] = "site." + fact
	}
	return &UnlistedError{named, err}
}

// leaveOpen says that a site is undecided in all that the policy can say. Where that is not known, it may deny.
func (p *Policy) leaveOpen(r *rego.Result, unknown []string, site string) {
	f := rego.Undecided(unknown, site, p.policy.File, p.reads)
	for _, rule := range p.module.Rules() {
		switch rule.Name {
		case policy.RuleDeny, "":
			r.Denies = []rego.Finding{f}
		case policy.RuleWarn:
			r.Warnings = []rego.Finding{f}
		case policy.RuleObligation:
			r.Obligations = []rego.Finding{f}
		}
	}
	r.Decide()
}

// functions calls built-in functions for a policy.
type functions struct{ *rego.Functions }

// Builtin calls one; see [guest.OPABuiltins].
func (f *functions) Builtin(_ context.Context, name string, operands [][]byte) ([]byte, error) {
	terms := make([]*ast.Term, len(operands))
	for i, text := range operands {
		var err error
		if terms[i], err = Parse(text); err != nil {
			return nil, err
		}
	}
	out, err := f.Call(name, terms)
	if out == nil || err != nil {
		return nil, err
	}
	return Append([]byte{}, out.Value)
}
