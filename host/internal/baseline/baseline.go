package baseline

import (
	"context"
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// Question is what the policies are asked about: one component of a request at
// many sites. Facts that are unknown are absent from the documents, as they are
// for plain OPA.
type Question struct {
	// Topology is data.topology, an object.
	Topology *ast.Term
	// Request and Component are input.request and input.component.
	Request, Component *ast.Term
	// Sites are the documents input.site.
	Sites []*ast.Term
}

// Baseline is a set of policies and a question, compiled and stored once. It is
// safe for concurrent use.
type Baseline struct {
	question Question
	compiler *ast.Compiler
	store    storage.Store
	txn      storage.Transaction
	policies []asked
}

// asked is one policy with the rules it has of those that speak.
type asked struct {
	*policy.Policy
	settings *ast.Term
	rules    []string
	helper   ast.Ref // the package of its helper
}

// helperRoot is where the helpers stand: no policy may be in a package there.
const helperRoot = "data.system.baseline"

// rulesThatSpeak are what a policy is asked for.
var rulesThatSpeak = []string{policy.RuleDeny, policy.RuleWarn, policy.RuleObligation, policy.RuleScore}

// New compiles the policies the way OPA does by default, and puts the documents
// where OPA reads them fastest.
func New(set *policy.Set, q Question) (*Baseline, error) {
	modules := map[string]*ast.Module{}
	for _, m := range set.Modules() {
		modules[m.Name] = m.AST
	}
	b := &Baseline{question: q, store: inmem.NewFromASTObject(ast.NewObject([2]*ast.Term{ast.StringTerm("topology"), q.Topology}))}
	for i, p := range set.InForce() {
		if p.Hook != policy.Site {
			continue // it is asked about sites alone
		}
		a, err := newAsked(i, p, modules)
		if err != nil {
			return nil, err
		}
		b.policies = append(b.policies, a)
	}
	for _, a := range b.policies {
		m, err := a.helperModule()
		if err != nil {
			return nil, fmt.Errorf("policy %s: %w", a.ID, err)
		}
		modules[a.helper.String()] = m
	}
	b.compiler = ast.NewCompiler()
	if b.compiler.Compile(modules); b.compiler.Failed() {
		return nil, b.compiler.Errors
	}
	// One transaction serves all evaluations: nothing writes to the store.
	var err error
	b.txn, err = b.store.NewTransaction(context.Background())
	return b, err
}

// newAsked finds out which rules a policy has.
func newAsked(i int, p *policy.Policy, modules map[string]*ast.Module) (asked, error) {
	settings, err := ast.InterfaceToValue(p.Settings)
	if err != nil {
		return asked{}, fmt.Errorf("policy %s: settings: %w", p.ID, err)
	}
	has := map[string]bool{}
	for _, m := range modules {
		if m.Package.Path.Equal(p.Package) {
			for _, r := range m.Rules {
				has[string(r.Head.Ref()[0].Value.(ast.Var))] = true
			}
		}
	}
	a := asked{Policy: p, settings: ast.NewTerm(settings), helper: ast.MustParseRef(fmt.Sprintf("%s.p%d", helperRoot, i))}
	for _, name := range rulesThatSpeak {
		if has[name] {
			a.rules = append(a.rules, name)
		}
	}
	return a, nil
}

// term is Rego for what a rule of the policy yields. A score that is undefined
// must not keep the others from being seen.
func (a *asked) term(rule string) string {
	ref := a.Package.Append(ast.StringTerm(rule)).String()
	if rule == policy.RuleScore {
		return "[x | x := " + ref + "]"
	}
	return ref
}

// helperModule evaluates, for all documents of input.docs, what the policy finds
// under each. One document holds all rules, so that they share what they refer
// to, and no part of the input is copied.
func (a *asked) helperModule() (*ast.Module, error) {
	var parts []string
	for _, name := range a.rules {
		parts = append(parts, fmt.Sprintf("%q: %s", name, a.term(name)))
	}
	text := fmt.Sprintf("package %s\n\nfindings := {%s}\n\nall := [found | some doc in input.docs; found := %s.findings with input as doc]\n",
		strings.TrimPrefix(a.helper.String(), "data."), strings.Join(parts, ", "), a.helper)
	return ast.ParseModuleWithOpts(a.helper.String(), text, ast.ParserOptions{RegoVersion: ast.RegoV1})
}
