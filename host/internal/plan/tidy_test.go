package plan_test

import (
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// TestTidy says which statements are left of a rule v, or of a function f: what only
// notes that something came to its end goes, and what more than that hangs on stays.
func TestTidy(t *testing.T) {
	for _, tc := range []struct{ name, rule, of, want string }{
		{"one body", "f(x) if x == 1\nv if f(1)", "f", "equal once | return"},
		{"a value of one body", "f(x) := y if { y := x.a }\nv if f(1)", "f", "dot once | return"},
		{"in a loop", "f(x) if { some y in x; y == 1 }\nv if f([1])", "f", "scan(equal once) | return"},
		{"two bodies, one value", "f(x) if x == 1\nf(x) if x == 2\nv if f(1)", "f", "equal once | equal once | return"},
		{
			"two bodies, two values", "f(x) := 1 if x == 1\nf(x) := 2 if x == 2\nv if f(1)", "f",
			"reset equal once | defined once | reset equal once | defined once | return",
		},
		{
			"else", "f(x) if { x == 1 } else if { x == 2 }\nv if f(1)", "f",
			"block(reset equal once | undefined equal once | defined once) | return",
		},
		{"default", "default v := false\nv if input.x == 1", "v", "reset dot equal once | defined once | undefined once | return"},
		{"not", "v if not input.x == 1", "v", "not(dot equal) once | return"},
		{"every, of a loop", "v if every x in input.x { some y in x; y == 1 }", "v", "dot reset block(block(array break | object break | set break) break) scan(reset block(scan(equal)) undefined) undefined once | return"},
		{"every", "v if every x in input.x { x == 1 }", "v", "dot reset block(block(array break | object break | set break) break) scan(not(equal)) undefined once | return"},
		{"data", "v if data.t.x == 1", "v", "dot dot equal once | return"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := planned(t, "package p\n"+tc.rule)
			var f *plan.Func
			for i := range p.Funcs {
				if strings.HasSuffix(p.Funcs[i].Name, ".p."+tc.of) {
					f = &p.Funcs[i]
				}
			}
			if f == nil {
				t.Fatal("the function is not planned")
			}
			if got := spelled(f.Blocks); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

// TestTidyApart has two bodies use one local, each for its own: what the first left in
// it does not come into what the second makes of unknown facts.
func TestTidyApart(t *testing.T) {
	p := planned(t, "package p\nf(x) if { y := x.a; y == 1 }\nf(x) if { y := x.b; y == 1 }\nv if f(input)")
	for i := range p.Funcs {
		if !strings.HasSuffix(p.Funcs[i].Name, ".p.f") {
			continue
		}
		var set []map[int]bool
		for _, b := range p.Funcs[i].Blocks {
			at := map[int]bool{}
			plan.EachStmt([]*plan.Block{b}, func(s *plan.Stmt, _ bool) {
				if s.Op == plan.OpDot {
					at[s.Target] = true
				}
			})
			set = append(set, at)
		}
		if len(set) != 3 || len(set[0]) != 1 || len(set[1]) != 1 {
			t.Fatalf("the bodies set %v", set)
		}
		for l := range set[0] {
			if set[1][l] {
				t.Errorf("both bodies use local %d", l)
			}
		}
	}
}

// spelled lists the statements of blocks, but for those that copy.
func spelled(blocks []*plan.Block) string {
	names := map[plan.Op]string{
		plan.OpArrayAppend: "append", plan.OpAssignOnce: "once", plan.OpBlock: "block", plan.OpBreak: "break",
		plan.OpBuiltin: "builtin", plan.OpCall: "call", plan.OpDot: "dot", plan.OpEqual: "equal",
		plan.OpIsArray: "array", plan.OpIsDefined: "defined", plan.OpIsObject: "object", plan.OpIsSet: "set",
		plan.OpIsUndefined: "undefined", plan.OpNot: "not", plan.OpNotEqual: "notequal", plan.OpReset: "reset",
		plan.OpReturn: "return", plan.OpScan: "scan",
	}
	var out []string
	for _, b := range blocks {
		var stmts []string
		for i := range b.Stmts {
			s := &b.Stmts[i]
			if s.Op == plan.OpAssign {
				continue
			}
			n := names[s.Op]
			if n == "" {
				n = "?"
			}
			if s.Blocks != nil {
				n += "(" + spelled(s.Blocks) + ")"
			}
			stmts = append(stmts, n)
		}
		out = append(out, strings.Join(stmts, " "))
	}
	return strings.Join(out, " | ")
}
