package rego

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/test/cases"
	"github.com/open-policy-agent/opa/v1/topdown"
	"github.com/open-policy-agent/opa/v1/topdown/cache"

	"github.com/bailiwick-dev/bailiwick/host/internal/opacases"
	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// opaCases loads the cases that OPA tests its own evaluators with.
func opaCases(t *testing.T) []opacases.Case {
	t.Helper()
	_, all, err := opacases.Load()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// leftOut are cases that the interpreter answers otherwise than OPA, with the
// reason. A case that comes to pass must be taken out.
var leftOut = map[string]string{
	"data/toplevel integer": "the planner knows no keys below data that are not text, nor does OPA's wasm target",
	"data/nested integer":   "the planner knows no keys below data that are not text, nor does OPA's wasm target",
}

// TestOPACases runs OPA's cases through the interpreter with nothing unknown.
func TestOPACases(t *testing.T) {
	may := map[string]bool{}
	for _, g := range allowed {
		for _, n := range g.names {
			may[n] = true
		}
	}
	passed := 0
	out := map[string][]string{}
	for _, tc := range opaCases(t) {
		c, why := loadOPACase(tc.TestCase, may)
		var err error
		if why == "" {
			err = c.interpret()
		}
		known, excepted := leftOut[tc.Note]
		switch {
		case why != "":
			out[why] = append(out[why], tc.Note)
		case err == nil && excepted:
			t.Errorf("%s passes now; take it out of the list", tc.Note)
		case err == nil:
			passed++
		case excepted:
			out[known] = append(out[known], tc.Note)
		default:
			t.Errorf("%s (%s): %v", tc.Note, filepath.Base(tc.Filename), err)
		}
	}
	t.Logf("%d of OPA's cases pass", passed)
	for _, why := range slices.Sorted(maps.Keys(out)) {
		t.Logf("%d left out: %s: %s", len(out[why]), why, strings.Join(out[why], "; "))
	}
}

// opaCase is one of OPA's cases, planned.
type opaCase struct {
	tc          cases.TestCase
	compiler    *ast.Compiler
	query       ast.Body
	program     *plan.Program // nil: OPA's planner refuses it, and an error is wanted
	input, data *ast.Term
	env         plan.Env
}

// loadOPACase prepares one case; why says why it cannot be asked.
func loadOPACase(tc cases.TestCase, may map[string]bool) (c *opaCase, why string) {
	caps := ast.CapabilitiesForThisVersion(ast.CapabilitiesExperimentalKeywords(tc.ExperimentalKeywords))
	modules := map[string]*ast.Module{}
	for i, text := range tc.Modules {
		name := fmt.Sprintf("module-%d.rego", i)
		m, err := ast.ParseModuleWithOpts(name, text, ast.ParserOptions{Capabilities: caps})
		if err != nil {
			return nil, "does not parse: " + err.Error()
		}
		modules[name] = m
	}
	c = &opaCase{tc: tc, compiler: ast.NewCompiler().WithCapabilities(caps), data: ast.ObjectTerm()}
	if c.compiler.Compile(modules); c.compiler.Failed() {
		return nil, "does not compile"
	}
	var err error
	if c.query, err = ast.ParseBodyWithOpts(tc.Query, ast.ParserOptions{Capabilities: caps}); err != nil {
		return nil, "the query does not parse"
	}
	for _, name := range calledBuiltins(c.compiler, c.query) {
		if !may[name] {
			return nil, "a built-in function that policies may not call"
		}
	}
	if c.program, err = plan.Plan(c.compiler, c.query); err != nil {
		if tc.WantError != nil || tc.WantErrorCode != nil {
			return c, ""
		}
		return nil, "OPA's planner refuses it: " + err.Error()
	}
	if tc.InputTerm != nil {
		c.input = ast.MustParseTerm(*tc.InputTerm)
	} else if tc.Input != nil {
		c.input = ast.NewTerm(ast.MustInterfaceToValue(*tc.Input))
	}
	if tc.Data != nil {
		c.data = ast.NewTerm(ast.MustInterfaceToValue(*tc.Data))
	}
	c.env = plan.Env{
		Builtin: func(name string) topdown.BuiltinFunc { return topdown.GetBuiltin(name) },
		Context: topdown.BuiltinContext{
			Context: context.Background(), Metrics: metrics.NoOp(), Cancel: topdown.NewCancel(),
			Time: ast.NewTerm(ast.Number("1")), InterQueryBuiltinValueCache: cache.NewInterQueryValueCache(context.Background(), nil),
		},
		Strict: tc.StrictError,
	}
	return c, ""
}

// interpret runs a case on the interpreter.
func (c *opaCase) interpret() error {
	if c.program == nil {
		return nil
	}
	var input plan.Value
	if c.input != nil {
		input = c.input
	}
	results, err := c.program.NewRun(c.env, input, c.data).Query()
	return judgeOPACase(c.tc, results, err)
}

// calledBuiltins lists the built-in functions in compiled modules and a query.
func calledBuiltins(c *ast.Compiler, query ast.Body) []string {
	names := map[string]bool{}
	see := func(x any) {
		ast.WalkTerms(x, func(t *ast.Term) bool {
			switch v := t.Value.(type) {
			case ast.Ref:
				if ast.BuiltinMap[v.String()] != nil {
					names[v.String()] = true
				}
			case ast.Var:
				if ast.BuiltinMap[v.String()] != nil {
					names[v.String()] = true
				}
			}
			return false
		})
	}
	for _, m := range c.Modules {
		for _, r := range m.Rules {
			see(r)
		}
	}
	see(query)
	return slices.Sorted(maps.Keys(names))
}

// judgeOPACase compares what came out with what OPA wants.
func judgeOPACase(tc cases.TestCase, results []plan.Value, err error) error {
	switch {
	case tc.WantError != nil || tc.WantErrorCode != nil:
		if err == nil {
			return errors.New("no error")
		}
		return nil
	case err != nil:
		return err
	case tc.WantResult != nil:
		got, err := bindings(results, tc.SortBindings)
		if err != nil {
			return err
		}
		want := ast.NewSet()
		for _, w := range *tc.WantResult {
			want.Add(ast.NewTerm(ast.MustInterfaceToValue(w)))
		}
		if got.Compare(want) != 0 {
			return fmt.Errorf("got %v, want %v", got, want)
		}
	case tc.WantDefined != nil:
		if (len(results) > 0) != *tc.WantDefined {
			return fmt.Errorf("%d results", len(results))
		}
	}
	return nil
}

// bindings turns results into values of JSON: sets become arrays.
func bindings(results []plan.Value, sortThem bool) (ast.Set, error) {
	out := ast.NewSet()
	for _, r := range results {
		t, ok := plan.Known(r)
		if !ok {
			return nil, fmt.Errorf("%s is not known", plan.Render(r))
		}
		v, err := ast.JSONWithOpt(t.Value, ast.JSONOpt{SortSets: sortThem})
		if err != nil {
			return nil, err
		}
		obj := ast.NewObject()
		ast.MustInterfaceToValue(v).(ast.Object).Foreach(func(k, e *ast.Term) {
			if a, ok := e.Value.(*ast.Array); ok && sortThem {
				e = ast.NewTerm(a.Sorted())
			}
			obj.Insert(k, e)
		})
		out.Add(ast.NewTerm(obj))
	}
	return out, nil
}
