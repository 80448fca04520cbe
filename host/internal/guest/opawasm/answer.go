package opawasm

import (
	"errors"
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// ErrAnswer says that a policy answered what no policy may.
var ErrAnswer = errors.New("the policy answers what it may not")

// read turns the answers of a policy into what policies say. Nothing of them is trusted.
func (p *Policy) read(r *rego.Result, answers [][]byte) error {
	for i, rule := range p.module.Rules() {
		v, err := result(answers[i])
		if err == nil {
			err = p.said(r, rule.Name, v)
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrAnswer, err)
		}
	}
	return nil
}

var keyResult = ast.StringTerm("result")

// result is what a rule's value is, nil if it is undefined.
func result(answer []byte) (*ast.Term, error) {
	t, err := Parse(answer)
	if err != nil {
		return nil, err
	}
	set, ok := t.Value.(ast.Set)
	if !ok || set.Len() > 1 {
		return nil, errors.New("it is no set of at most one binding")
	}
	var value *ast.Term
	fault := false
	set.Foreach(func(t *ast.Term) {
		bindings, ok := t.Value.(ast.Object)
		if ok && bindings.Len() == 1 {
			value = bindings.Get(keyResult)
		}
		fault = value == nil
	})
	if fault {
		return nil, errors.New(`it does not bind "result" alone`)
	}
	return value, nil
}

// said notes what a rule says, or a package.
func (p *Policy) said(r *rego.Result, rule string, v *ast.Term) (err error) {
	if rule == "" {
		if v == nil {
			return errors.New("the package is undefined; the entrypoint must be one that has rules")
		}
		doc, ok := v.Value.(ast.Object)
		if !ok {
			return fmt.Errorf("the package is a %s, and must be an object; the entrypoint must be a package, or have rules below it", ast.ValueName(v.Value))
		}
		for _, name := range rules { // others are its helpers
			if v := doc.Get(ast.StringTerm(name)); v != nil && err == nil {
				err = p.said(r, name, v)
			}
		}
		return err
	}
	if rule == policy.RuleScore {
		if v != nil {
			r.Score, err = rego.Scored(v)
		}
		return err
	}
	if v == nil {
		return fmt.Errorf("%s is undefined; write it as a set: %s contains message if { … }", rule, rule)
	}
	found, err := rego.Said(rule, v.Value, p.limits, p.policy.File, p.reads)
	switch rule {
	case policy.RuleDeny:
		r.Denies = found
	case policy.RuleWarn:
		r.Warnings = found
	case policy.RuleObligation:
		r.Obligations = found
	}
	return err
}
