package plan_test

import (
	"context"
	"errors"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"pgregory.net/rapid"

	"github.com/bailiwick-dev/bailiwick/host/internal/literal"
	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego/regotest"
)

// whole writes that a variable is the value of a set or object by a function of OPA, which is called with values
// and changes nothing.
func whole(v, t *ast.Term) *ast.Expr {
	if _, ok := t.Value.(ast.Set); ok {
		return ast.Or.Expr(t, ast.SetTerm(), v)
	}
	return ast.ObjectUnion.Expr(t, ast.ObjectTerm(), v)
}

// TestWritten runs policies written at random over the embedded catalogue with nothing taken to be unknown, by
// the interpreter and by OPA itself, for which sets and objects that are written out are values first.
func TestWritten(t *testing.T) {
	compared, failed, early := 0, 0, 0
	settings := ast.NewTerm(ast.MustInterfaceToValue(regotest.Settings()))
	root := ast.NewTerm(ast.MustParseRef("data." + regotest.Package))
	rapid.Check(t, func(t *rapid.T) {
		modules := map[string]*ast.Module{}
		for name, text := range regotest.Modules(t) {
			m, err := ast.ParseModule(name, text)
			if err != nil {
				t.Fatalf("%v in\n%s", err, text)
			}
			modules[name] = m
		}
		c := ast.NewCompiler()
		if c.Compile(modules); c.Failed() {
			t.Skip("a module in a hundred does not type-check")
		}
		p, err := plan.Plan(c, ast.NewBody(ast.NewExpr(root)))
		if err != nil {
			t.Skip("OPA's planner refuses a few")
		}
		all, err := regotest.Ask(regotest.Request(t))
		if err != nil {
			t.Fatal(err)
		}
		q := all[0]
		literal.Apart(c, whole) // the plan has been made
		data := ast.NewObject([2]*ast.Term{ast.StringTerm("topology"), q.Topology})
		opa, err := rego.New(
			rego.ParsedQuery(ast.NewBody(ast.NewExpr(root))), rego.Compiler(c),
			rego.Store(inmem.NewFromASTObject(data)), rego.StrictBuiltinErrors(true),
		).PrepareForEval(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for i := range 12 {
			s := q.Sites[i*len(q.Sites)/12]
			input := ast.ObjectTerm(
				[2]*ast.Term{ast.StringTerm("request"), q.Request}, [2]*ast.Term{ast.StringTerm("component"), q.Component},
				[2]*ast.Term{ast.StringTerm("settings"), settings}, [2]*ast.Term{ast.StringTerm("site"), s.Term},
			)
			rs, err := opa.Eval(context.Background(), rego.EvalParsedInput(input.Value))
			if err != nil {
				failed++
				continue
			}
			wanted := rs[0].Expressions[0].Value.(map[string]any)
			for _, name := range []string{"deny", "warn", "obligation", "score"} {
				index, ok := p.Index(regotest.Package, name)
				if !ok {
					continue
				}
				v, sure, err := p.NewRun(env(), input, ast.NewTerm(data)).Rule(index)
				if failure := (*plan.Error)(nil); errors.As(err, &failure) {
					early++ // OPA looks whether some operands are there before it calls a function
					continue
				}
				if err != nil {
					t.Fatalf("%s at %s: %v", name, s.ID, err)
				}
				got, want := "-", "-"
				if w, ok := wanted[name]; ok {
					want = ast.MustInterfaceToValue(w).String()
				}
				if v != nil {
					x, ok := plan.Known(v)
					if !ok || !sure {
						t.Fatalf("%s at %s: %s is not sure", name, s.ID, plan.Render(v))
					}
					got = asJSON(t, x.Value)
				}
				if got != want {
					t.Fatalf("%s at %s: %s, want %s", name, s.ID, got, want)
				}
				compared++
			}
		}
	})
	t.Logf("%d values compared; OPA failed %d times, the plan alone %d", compared, failed, early)
	if compared < 10*(failed+early) {
		t.Errorf("%d values compared, %d and %d failures: that says little", compared, failed, early)
	}
}
