package lane

import (
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// TestShort says which statements lanes run for a rule: those that are left, where some may
// go, and all, where one more thing hangs on them.
func TestShort(t *testing.T) {
	const extreme = "deny contains sprintf(\"%v %s\", [m, p]) if { [m, p] := min([[m, p] | some p, m in input.ms])"
	const joined = "names(s) := concat(\", \", xs) if { xs := {x | some x in s.in}; count(xs) > 0 }\n"
	for _, tc := range []struct{ name, rules, of, want string }{
		{"steps into a document", "v if { input.site.a == 1; input.site.b == 2 }", "v", "dot dot equal dot equal holds"},
		{"steps inside a block, which is entered as if its lanes were sure", "v if { input.site.a == 1; not input.site.b == 2 }", "v", "dot dot equal not(dot dot equal) holds"},
		{
			"steps into a document that is replaced", "v if { input.site.a == 1; input.site.b == 2 with input.site.b as 2 }", "v",
			"dot dot equal with(dot dot equal with(holds))",
		},
		{"a call again", "v if { g(input.x) < 3; g(input.x) != 2 }\ng(x) := y if some y in x", "v", "dot call builtin? builtin? holds"},
		{"a call again, the answer of which a comparison may tell", "v if { g(input.x) == 1; g(input.x) != 2 }\ng(x) := y if some y in x", "v", "dot call equal call builtin? holds"},

		{"constants", `v if input.x in {"a", "b"}`, "v", "dot builtin? holds"},
		{"numbers, which may be equal", `v if input.x in {1, 2}`, "v", "dot set add add builtin? holds"},
		{"constants and a fact", `v if input.x in ["a", input.y]`, "v", "dot dot array append append builtin? holds"},

		{"a condition where it is called", "v if f(1)\nf(x) if input.site.x == x", "v", "dot dot equal holds"},
		{"one in another", "v if f(1)\nf(x) if { g; input.site.y == x }\ng if input.site.x == 1", "v", "dot dot equal dot equal holds"},
		{"one in what is not to hold", "v if not f(1)\nf(x) if input.site.x == x", "v", "not(dot dot equal) holds"},
		{"one with a loop", "v if f(1)\nf(x) if { some y in input.site.y; x == y }", "v", "call? holds"},
		{"one with two bodies", "v if f(1)\nf(x) if input.site.x == x\nf(x) if input.site.y == x", "v", "call? holds"},
		{"one with a value", "v if f(1)\nf(x) := input.site.y if x == 1", "v", "call? holds"},
		{"one whose value is compared", "v if f(1) == true\nf(x) if input.site.x == x", "v", "call equal holds"},
		{"one the same on all lanes", "v if { f; input.site.x }\nf if input.request.x == 1", "v", "call? dot dot notequal holds"},
		{"the same, in another", "v if { f; input.request.y }\nf if input.request.x == 1", "v", "dot dot equal dot notequal holds"},
		{"a value the same on all lanes", "v if w == 1\nw := input.request.x", "v", "dot dot equal holds"},
		{"the same, where lanes differ", "v if { w == 1; input.site.x }\nw := input.request.x", "v", "call equal dot dot notequal holds"},
		{"a value that is not", "v if w == 1\nw := input.site.x", "v", "call equal holds"},

		{"a test", "v if input.x < 3", "v", "dot builtin? holds"},
		{"a test, the answer of which is read", "v if { x := input.x < 3; x; g(x) == x }\ng(x) := y if some y in x", "v", "dot builtin notequal call equal holds"},
		{"some", "v if count(input.x) > 0", "v", "dot some(builtin builtin?) holds"},
		{"more than one", "v if count(input.x) > 1", "v", "dot builtin builtin? holds"},
		{"some, the number of which is read", "v if { n := count(input.x); n > 0; n < 9 }", "v", "dot builtin builtin? builtin? holds"},

		{"two values", "f(x) := 1 if x == 1\nf(x) := 2 if x == 2\nv if f(input.x)", "f", "reset equal once | defined once | reset equal once | defined once | return"},
		{"a value", "f(x) := y if some y in x\nv if f(input.x)", "f", "scan(once) | return"},

		{"an extreme", extreme + " }", "deny", "set | array block(dot scan(array append append append)) extreme(builtin isarray len equal dot dot) look mark | return"},
		{"an extreme, a part of which is compared", extreme + "; m > 1 }", "deny", "set | array block(dot scan(array append append append)) builtin isarray len equal dot dot builtin? look mark | return"},
		{
			"an extreme beside its parts", `deny contains sprintf("%v", [e]) if { e := min([[m, p] | some p, m in input.ms]); [m, p] := e }`, "deny",
			"set | array block(dot scan(array append append append)) builtin isarray len equal dot dot look mark | return",
		},
		{"text that is bounded", joined + `deny contains sprintf("%s", [names(input.s)]) if true`, "names", "set block(dot scan(add)) some(builtin builtin?) builtin once | return"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := ast.MustCompileModules(map[string]string{"p.rego": "package p\n" + tc.rules})
			p, err := plan.Plan(c, ast.MustParseBody("data.p"))
			if err != nil {
				t.Fatal(err)
			}
			program := Compile(p)
			if i, ok := p.Index("p", "deny"); ok {
				program = Compile(p, i)
			}
			got := "nothing"
			for i := range program.funcs { // variants come last
				if f := &program.funcs[i]; strings.HasSuffix(f.name, ".p."+tc.of) {
					got = written(f.blocks)
				}
			}
			if got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

// TestSizeOnly has what only bounds a function's text read what the text is joined of, and
// what reads the text the text.
func TestSizeOnly(t *testing.T) {
	const names = "package p\nnames(s) := concat(\", \", xs) if { xs := {x | some x in s.in}; count(xs) > 0 }\n"
	for _, tc := range []struct {
		rule   string
		sized  bool
		number int // variants of names
	}{
		{`deny contains sprintf("%s", [names(input.s)]) if true`, true, 1},
		{`deny contains sprintf("%s", [names(input.s)]) if names(input.s)`, true, 1},
		{`deny contains sprintf("%s", [n]) if { n := names(input.s); n != "z" }`, false, 0},
		{`deny contains names(input.s) if true`, false, 0},
	} {
		c := ast.MustCompileModules(map[string]string{"p.rego": names + tc.rule})
		p, err := plan.Plan(c, ast.MustParseBody("data.p"))
		if err != nil {
			t.Fatal(err)
		}
		i, _ := p.Index("p", "deny")
		program := Compile(p, i)
		variants, reads := 0, false
		for i := range program.funcs[len(p.Funcs):] {
			f := &program.funcs[len(p.Funcs)+i]
			if !strings.HasSuffix(f.name, ".p.names") {
				continue
			}
			variants++
			b := f.blocks[0]
			join, result := &b[len(b)-2], &b[len(b)-1]
			reads = result.op == plan.OpAssignOnce && result.a != join.target && join.unread
		}
		if variants != tc.number || reads != tc.sized {
			t.Errorf("%s: %d variants, reads what is joined %v", tc.rule, variants, reads)
		}
	}
}

// written lists the statements of blocks, but for copies. A question mark says that a
// call is a test.
func written(blocks []block) string {
	names := map[plan.Op]string{
		plan.OpArrayAppend: "append", plan.OpAssignOnce: "once", plan.OpBlock: "block", plan.OpBuiltin: "builtin", plan.OpCall: "call",
		plan.OpDot: "dot", plan.OpEqual: "equal", plan.OpIsArray: "isarray", plan.OpIsDefined: "defined", plan.OpLen: "len",
		plan.OpLookAt: "look", plan.OpMakeArray: "array", plan.OpMakeSet: "set", plan.OpMark: "mark", plan.OpNot: "not",
		plan.OpNotEqual: "notequal", plan.OpReset: "reset", plan.OpReturn: "return", plan.OpScan: "scan", plan.OpSetAdd: "add",
		plan.OpWith: "with", opExtreme: "extreme", opHolds: "holds", opSome: "some",
	}
	var out []string
	for _, b := range blocks {
		var stmts []string
		for i := range b {
			s := &b[i]
			if s.op == plan.OpAssign {
				continue
			}
			n := names[s.op]
			if s.test {
				n += "?"
			}
			if len(s.blocks) > 0 {
				n += "(" + written(s.blocks) + ")"
			}
			stmts = append(stmts, n)
		}
		out = append(out, strings.Join(stmts, " "))
	}
	return strings.Join(out, " | ")
}
