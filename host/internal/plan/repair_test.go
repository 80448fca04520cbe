package plan_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// TestPlannerErrs asks what OPA's planner plans otherwise than its evaluator
// evaluates it, and OPA itself.
func TestPlannerErrs(t *testing.T) {
	const lib = `package lib

one := 1

no := false

f(_) := 3

far.off := 2

is(x) if x == input.site.city
`
	for _, tc := range []struct{ rule, want string }{
		// Functions in a package that is looked up by name.
		{`v := data.lib[input.far]`, `{"off": 2}`},
		{`v := data.lib[input.f]`, "-"},
		{`v := {n | some n in ["one", "no", "f", "far", "none"]; data.lib[n]}`, `["far", "one"]`},
		// A not around such a name, once and in a loop.
		{`v := 1 if not data.lib[input.one]`, "-"},
		{`v := 1 if not data.lib[input.none]`, "1"},
		{`v := {n | some n in ["one", "none", "far", "no", "f"]; not data.lib[n]}`, `["f", "no", "none"]`},
		{`v := {n | some n in ["one", "none", "far"]; not data.lib[n] == 1}`, `["far", "none"]`},
		{`v := {n | some n in ["one", "none", "far"]; every m in ["one", "none"] { not data.lib[m] == n }}`, `["far", "none", "one"]`},
		// Replaced functions before replaced documents.
		{`v := 1 if data.lib.f(1) == input.site.city with data.lib.f as "b" with input.site as {"city": "b"}`, "1"},
		{`v := 1 if data.lib.is("b") with data.lib.f as 1 with input.site.city as "b"`, "1"},
		{`v := 1 if data.lib.is("b") with data.lib.f as 1 with data.lib.one as 2 with input.site.city as "b"`, "1"},
		{`v := 1 if data.lib.one == 2 with data.lib.f as data.lib.is with data.lib.one as 2`, "1"},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			c := ast.MustCompileModules(map[string]string{"p.rego": "package p\n" + tc.rule, "lib.rego": lib})
			input := ast.MustParseTerm(`{"one": "one", "far": "far", "f": "f", "none": "none", "site": {"city": "a"}}`)
			p, err := plan.Plan(c, ast.MustParseBody("data.p"))
			if err != nil {
				t.Fatal(err)
			}
			index, _ := p.Index("p", "v")
			v, _, err := p.NewRun(env(), input, ast.ObjectTerm()).Rule(index)
			if err != nil {
				t.Fatal(err)
			}
			got := "-"
			if x, ok := plan.Known(v); ok {
				got = asJSON(t, x.Value)
			}
			if got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
			rs, err := rego.New(rego.Compiler(c), rego.Query("x = data.p.v"), rego.ParsedInput(input.Value)).Eval(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			got = "-"
			if len(rs) > 0 {
				got = ast.MustInterfaceToValue(rs[0].Bindings["x"]).String()
			}
			if got != tc.want {
				t.Errorf("OPA itself says %s, want %s", got, tc.want)
			}
		})
	}
}

// TestPlannerErrsBeyondRepair says what is refused.
func TestPlannerErrsBeyondRepair(t *testing.T) {
	const lib = "package lib\none := f(1)\nf(x) := x"
	for _, tc := range []struct{ rule, want string }{
		{`v := 1 if data.lib[input.name] == 2 with data.lib.f as 2`, ""},
		{`v := 1 if { x := 2; data.lib.one == 2 with data.lib.f as x }`, ""},
		{`v := 1 if { x := 2; data.lib[input.name] == 2 with data.lib.f as x }`, "p.rego:2: rules are looked up by a computed name where a function is replaced by a variable, which OPA's planner does not hand on to them"},
	} {
		c := ast.MustCompileModules(map[string]string{"p.rego": "package p\n" + tc.rule, "lib.rego": lib})
		p, err := plan.Plan(c, ast.MustParseBody("data.p"))
		if err != nil || tc.want != "" {
			if got := fmt.Sprint(err); got != tc.want {
				t.Errorf("%s: got %s, want %s", tc.rule, got, tc.want)
			}
			continue
		}
		index, _ := p.Index("p", "v")
		v, _, err := p.NewRun(env(), ast.MustParseTerm(`{"name": "one"}`), ast.ObjectTerm()).Rule(index)
		if err != nil || v == nil || plan.Render(v) != "1" {
			t.Errorf("%s: %v, %v", tc.rule, v, err)
		}
	}
}

// fataler is what testing.T and rapid.T have in common.
type fataler interface {
	Helper()
	Fatal(args ...any)
}

// asJSON writes a value with arrays for sets.
func asJSON(t fataler, v ast.Value) string {
	t.Helper()
	x, err := ast.JSON(v)
	if err != nil {
		t.Fatal(err)
	}
	return ast.MustInterfaceToValue(x).String()
}
