package rego

import (
	"context"
	"slices"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// Case is one component of one request, ready to be judged at many sites. It is
// safe for concurrent use.
type Case struct {
	engine *Engine
	in     Input
	once   sync.Once
	known  [][]sharedDocument // by policy: rules that do not depend on the site
}

// sharedDocument is the value of a rule that is the same at every site.
type sharedDocument struct {
	ref   ast.Ref
	value *ast.Term // nil: undefined
}

// Case prepares a request's component for judging it. Its answers are those of
// [Engine.Site].
func (e *Engine) Case(_ context.Context, in Input) *Case {
	return &Case{engine: e, in: in, known: make([][]sharedDocument, len(e.policies))}
}

// prepare evaluates the rules that are the same at every site, for the reference
// engine. One that fails here is left to be evaluated, and to fail, where a site
// needs it.
func (c *Case) prepare(ctx context.Context) {
	e, m := c.engine, c.engine.meter(ctx)
	for i, p := range e.policies {
		cache := topdown.NewVirtualCache()
		input := ast.ObjectTerm(
			[2]*ast.Term{keyRequest, c.in.Request},
			[2]*ast.Term{keyComponent, c.in.Component},
			[2]*ast.Term{keySettings, p.settings},
		)
		for _, ref := range p.shared {
			m.reset()
			d := sharedDocument{ref: ref}
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
}

// Site judges one site; see [Engine.Site].
func (c *Case) Site(ctx context.Context, site SiteDoc) ([]Result, error) {
	if !c.engine.docs.ByLanes {
		return c.reference(ctx, site)
	}
	rs, err := c.Sites(ctx, []SiteDoc{site})
	if err != nil {
		return nil, err
	}
	return rs[0], nil
}

// reference judges one site by the reference engine.
func (c *Case) reference(ctx context.Context, site SiteDoc) ([]Result, error) {
	c.once.Do(func() { c.prepare(ctx) })
	return c.engine.site(ctx, c.in, site, c.known)
}

// Sites judges many sites, and returns the results of each in the order given. What
// it returns is the same, to the letter, by the lane machine and by the reference
// engine.
func (c *Case) Sites(ctx context.Context, sites []SiteDoc) ([][]Result, error) {
	if c.engine.docs.ByLanes {
		if out, ok := c.byLanes(ctx, sites); ok {
			return out, nil
		}
		// Whatever went wrong, the site that the reference comes to first says it.
	}
	out := make([][]Result, len(sites))
	for i := range sites {
		var err error
		if out[i], err = c.reference(ctx, sites[i]); err != nil {
			return nil, err
		}
	}
	return out, nil
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

// siteless reports whether no rule of a document reads what is judged or stands for
// a part of it.
func (a *analyzer) siteless(ref ast.Ref) bool {
	for _, rule := range a.compiler.GetRulesExact(ref) {
		s := a.rule(rule)
		for _, p := range s.value {
			if p.ofSubject() {
				return false
			}
		}
		for _, r := range s.reads {
			if r.path.ofSubject() {
				return false
			}
		}
	}
	return true
}

// ofSubject reports whether a path is of what is judged, or of input with it.
func (p path) ofSubject() bool {
	return p.root == rootInput && (len(p.elems) == 0 || isSubject(p.elems[0].name)) ||
		slices.ContainsFunc(p.elems, func(e elem) bool { return e.kind == elemSelf })
}
