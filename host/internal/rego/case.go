package rego

import (
	"context"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// Case is one component of one request, ready to be judged at many sites: rules
// that do not depend on the site have been evaluated once. It is immutable and
// safe for concurrent use.
type Case struct {
	engine *Engine
	in     Input
	known  [][]document // by policy
}

// document is the value of a rule that is the same at every site.
type document struct {
	ref   ast.Ref
	value *ast.Term // nil: undefined
}

// Case prepares a request's component for judging it at more than a few sites.
// Its answers are those of [Engine.Site]. A rule that fails here is left to be
// evaluated, and to fail, where a site needs it.
func (e *Engine) Case(ctx context.Context, in Input) *Case {
	c := &Case{engine: e, in: in, known: make([][]document, len(e.program.policies))}
	m := e.meter(ctx)
	for i, p := range e.program.policies {
		cache := topdown.NewVirtualCache()
		input := ast.ObjectTerm(
			[2]*ast.Term{keyRequest, in.Request},
			[2]*ast.Term{keyComponent, in.Component},
			[2]*ast.Term{keySettings, p.settings},
		)
		for _, ref := range p.shared {
			m.reset()
			d := document{ref: ref}
			q := ast.NewBody(ast.Equality.Expr(ast.NewTerm(elementVar), ast.NewTerm(ref)))
			a := asking{Engine: e, meter: m, policy: p, site: &SiteDoc{}, cache: cache, input: input}
			err := a.run(ctx, q, p.policy.File, func(t *ast.Term) error {
				d.value = t
				return nil
			})
			if err == nil {
				c.known[i] = append(c.known[i], d)
			}
		}
	}
	return c
}

// Site judges one site; see [Engine.Site].
func (c *Case) Site(ctx context.Context, site SiteDoc) ([]Result, error) {
	return c.engine.site(ctx, c.in, site, c.known)
}

// shared returns the refs of the rules that a policy may evaluate and that are
// the same at every site, in a fixed order.
func (a *analyzer) shared(roots []*ast.Rule) []ast.Ref {
	seen := map[*ast.Rule]bool{}
	refs := map[string]ast.Ref{}
	var visit func(r *ast.Rule)
	visit = func(r *ast.Rule) {
		for dep := range a.compiler.Graph.Dependencies(r) {
			rule, ok := dep.(*ast.Rule)
			if !ok || seen[rule] {
				continue
			}
			seen[rule] = true
			if ref := rule.Ref(); len(rule.Head.Ref()) == 1 && len(rule.Head.Args) == 0 && a.siteless(ref) {
				refs[ref.String()] = ref
			}
			visit(rule)
		}
	}
	for _, r := range roots {
		visit(r)
	}
	out := make([]ast.Ref, 0, len(refs))
	for _, ref := range refs {
		out = append(out, ref)
	}
	slices.SortFunc(out, func(a, b ast.Ref) int { return a.Compare(b) })
	return out
}

// siteless reports whether no rule of a document reads input.site or stands for
// a part of it.
func (a *analyzer) siteless(ref ast.Ref) bool {
	for _, rule := range a.compiler.GetRulesExact(ref) {
		s := a.rule(rule)
		for _, p := range s.value {
			if p.ofSite() {
				return false
			}
		}
		for _, r := range s.reads {
			if r.path.ofSite() {
				return false
			}
		}
	}
	return true
}

// ofSite reports whether a path is of the site's document, or of input with it.
func (p path) ofSite() bool {
	return p.root == rootInput && (len(p.elems) == 0 || p.elems[0].name == "site") ||
		slices.ContainsFunc(p.elems, func(e elem) bool { return e.kind == elemSelf })
}
