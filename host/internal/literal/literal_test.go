package literal_test

import (
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/literal"
)

// made writes made(literal, variable).
func made(v, t *ast.Term) *ast.Expr {
	return ast.NewExpr([]*ast.Term{ast.RefTerm(ast.VarTerm("made")), t, v})
}

// TestApart prints rules as they are rewritten.
func TestApart(t *testing.T) {
	for _, tc := range []struct{ name, rule, want string }{
		{"spelt out", `v if {1, "x"} == {x | x := input.a}`, ``},
		{"an array", `v if [input.a] == input.b`, ``},
		{"an operand", `v if input.a in {input.b}`, ``},
		{"a variable's value", `v if { s := {input.a}; s }`, `v = true if { __local1__ = input.a; made({__local1__}, __local0__); __local0__ }`},
		{"a variable's value before", `v if { s := input.b; s = {input.a} }`, `v = true if { __local0__ = input.b; __local1__ = input.a; made({__local1__}, #literal0); __local0__ = #literal0 }`},
		{"within others", `v if [{input.a}, {"k": {input.b: 1}}] == input.c`, `v = true if { __local0__ = input.a; __local1__ = input.b; made({__local0__}, #literal0); made({__local1__: 1}, #literal1); [#literal0, {"k": #literal1}] = input.c }`},
		{"a comparison", `v if not {input.a: 1} == input.b`, `v = true if { __local0__ = input.a; made({__local0__: 1}, #literal0); not #literal0 = input.b }`},
		{"a pattern of one key", `v := x if { {input.a: x} = input.b }`, ``},
		{"a pattern of several", `v := x if { {input.a: x, "k": {input.c}} = input.b }`, `v := x if { __local0__ = input.c; __local1__ = input.a; made({__local0__}, #literal0); {"k": #literal0, __local1__: x} = input.b; count({"k", __local1__}, 2) }`},
		{"a pattern that is made in the statement", `v := y if { [{x, 1}, y] = input.b[x] }`, ``},
		{"a key", `v if input.a[[{input.b}, _]]`, `v = true if { __local0__ = input.b; made({__local0__}, #literal0); input.a[[#literal0, _]] }`},
		{"arguments", "f(x, y) := {x, y}\nv := f({input.a}, 1)", "f(__local0__, __local1__) := #literal0 if { true; made({__local0__, __local1__}, #literal0) }\nv := __local2__ if { __local3__ = input.a; made({__local3__}, #literal0); data.p.f(#literal0, 1, __local2__) }"},
		{"a pattern of arguments", "f(x, {x: y, 1: {x}}) := y", "f(__local0__, {1: {__local0__}, __local0__: __local1__}) := __local1__ if { count({1, __local0__}, 2); true }"},
		{"a result", `v := y if walk(input.a, [_, {input.b: y, "k": _}])`, `v := y if { __local0__ = input.a; __local1__ = input.b; walk(__local0__, [_, {"k": _, __local1__: y}]); count({"k", __local1__}, 2) }`},
		{"a body within", `v if every x in input.a { {x} == {1} }`, `v = true if { __local2__ = input.a; every __local0__, __local1__ in __local2__ { made({__local1__}, #literal0); #literal0 = {1} } }`},
		{"a comprehension within", `v := [{x: y} | some x in input.a; {x: y} = input.b[x]; [{x}] = y]`, `v := __local3__ if { __local3__ = [{__local2__: y} | __local2__ = input.a[__local1__]; {__local2__: y} = input.b[__local2__]; made({__local2__}, #literal0); [#literal0] = y] }`},
		{"not", "import future.keywords.not\nv if not { {input.a} == {1}; true }", `v = true if { not {__local0__ = input.a; made({__local0__}, #literal0); #literal0 = {1}; true} }`},
		{"and, or", "import future.keywords.and\nimport future.keywords.or\nv if { ({input.a} == {1}) and ([{input.b}] == [{2}]) or ({input.c} == {3}) }", `v = true if { { __local0__ = input.a; made({__local0__}, #literal0); #literal0 = {1} } and { __local1__ = input.b; made({__local1__}, #literal1); [#literal1] = [{2}] } or { __local2__ = input.c; made({__local2__}, #literal2); #literal2 = {3} } }`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m, err := ast.ParseModule("p.rego", "package p\n\n"+tc.rule)
			if err != nil {
				t.Fatal(err)
			}
			c := ast.NewCompiler()
			if c.Compile(map[string]*ast.Module{"p.rego": m}); c.Failed() {
				t.Fatal(c.Errors)
			}
			show := func() string {
				var lines []string
				for _, r := range c.Modules["p.rego"].Rules {
					lines = append(lines, r.String())
				}
				return strings.Join(lines, "\n")
			}
			want := tc.want
			if want == "" {
				want = show()
			}
			literal.Apart(c, made)
			if got := show(); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
