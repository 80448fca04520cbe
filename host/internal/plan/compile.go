package plan

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/ir"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/bailiwick-dev/bailiwick/host/internal/literal"
)

// OPA's planner is internal to it. A plugin for a compilation target is handed
// what the planner makes of a query and of the modules that a compiler holds:
// no text, no files, no second compilation. The plugin serves a target of this
// package only; OPA's registry of them belongs to the whole process.
const target = "bailiwick-plan"

func init() { rego.RegisterPlugin(target, plugin{}) }

type plugin struct{}

// handing is the context's key for where the plugin leaves a plan.
type handing struct{}

func (plugin) IsTarget(name string) bool { return name == target }

// PrepareForEval hands over the plan. Nothing is ever evaluated by OPA.
func (plugin) PrepareForEval(ctx context.Context, p *ir.Policy, _ ...rego.PrepareOption) (rego.TargetPluginEval, error) {
	to, ok := ctx.Value(handing{}).(**ir.Policy)
	if !ok {
		return nil, fmt.Errorf("the target %s serves one package only", target)
	}
	*to = p
	return nil, nil
}

// Plan plans a query over the modules of a compiler, which may hold rules that
// were added to its modules after it ran. The compiler is left as it was, but
// must not be used by others meanwhile.
func Plan(c *ast.Compiler, query ast.Body) (p *Program, err error) {
	// The planner panics on some of what it cannot plan.
	defer func() {
		if r := recover(); r != nil {
			p, err = nil, fmt.Errorf("OPA's planner panicked: %v", r)
		}
	}()
	modules := c.Modules
	c.Modules = make(map[string]*ast.Module, len(modules))
	for name, m := range modules {
		c.Modules[name] = m.Copy()
	}
	defer func() { c.Modules = modules }()
	// The planner compares objects by the keys that are written, of which some may be equal.
	literal.Apart(c, func(v, l *ast.Term) *ast.Expr { return ast.Equality.Expr(v, l) })
	for name := range c.Modules {
		asScopes(c.Modules[name])
		mocksLast(c, c.Modules[name])
	}
	query = query.Copy()
	asScopes(query)
	mocksLast(c, query)

	var policy *ir.Policy
	ctx := context.WithValue(context.Background(), handing{}, &policy)
	_, err = rego.New(rego.Compiler(c), rego.ParsedQuery(query), rego.Target(target)).PrepareForEval(ctx)
	if err != nil {
		return nil, err
	}
	if policy == nil {
		return nil, errors.New("OPA's planner was not asked: someone has taken this package's target out of OPA's registry")
	}
	if err := repair(policy, c); err != nil {
		return nil, err
	}
	return resolve(policy)
}

// asScopes writes every `not x` as `not { x }`. Both mean the same, but the planner
// takes the former to hold if the plan of x does not come to its end, and that of
// a reference such as data.p[x] comes to its end whether or not it has a value.
// Of the latter it keeps on record whether x succeeded.
func asScopes(x any) {
	ast.WalkExprs(x, func(e *ast.Expr) bool {
		if e.Negated {
			inner := *e
			inner.Negated, inner.With = false, nil
			e.Negated, e.Terms = false, &ast.Not{Body: ast.NewBody(&inner)}
		}
		return false
	})
}

// mocksLast puts what replaces a function behind what replaces documents, among
// the `with` of a statement: the planner mistakes one for the other where a
// function comes first. What they are replaced by is evaluated before any of them
// counts, so that their order means nothing.
func mocksLast(c *ast.Compiler, x any) {
	ast.WalkExprs(x, func(e *ast.Expr) bool {
		slices.SortStableFunc(e.With, func(a, b *ast.With) int { return cmp.Compare(mocks(c, a), mocks(c, b)) })
		return false
	})
}

// mocks is 1 if a function is replaced, else 0.
func mocks(c *ast.Compiler, w *ast.With) int {
	if ref, ok := w.Target.Value.(ast.Ref); ok && c.GetArity(ref) > 0 {
		return 1
	}
	return 0
}
