package plan_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// planned plans data.p of a module.
func planned(t *testing.T, text string) *plan.Program {
	t.Helper()
	c := ast.MustCompileModules(map[string]string{"p.rego": text})
	p, err := plan.Plan(c, ast.MustParseBody("data.p"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

var errTooLarge = errors.New("too large")

func env() plan.Env {
	return plan.Env{
		Builtin: func(name string) topdown.BuiltinFunc { return topdown.GetBuiltin(name) },
		Context: topdown.BuiltinContext{Context: context.Background(), Metrics: metrics.NoOp()},
		Strict:  true, TooLarge: errTooLarge,
	}
}

// TestValues says what is known of the rule v under an input with gaps.
func TestValues(t *testing.T) {
	const doc = `{"known": "k", "list": ["a", "b"], "full": ["a"], "o": {"x": 1}, "deep": {"here": 2}}`
	gaps := []string{"u", "w", "list", "o", "deep.gone", "far.x", "a.b"}
	for _, tc := range []struct{ rule, want string }{
		{`v := input.u`, "unknown"},
		{`v := input.known`, "k"},
		{`v := input.none`, "-"},
		{`v := input.u.below`, "unknown ?"},
		{`v := input.far`, `{"x": unknown} ?`},
		{`v := input["a.b"]`, "unknown"},
		{`v := input.list`, `["a", "b", unknown]`},
		{`v := input.list[0]`, "unknown ?"},
		{`v := input.list.x`, "-"},
		{`v := input.o.x`, "1"},
		{`v := input.o.y`, "unknown ?"},
		{`v := input.deep`, `{"gone": unknown, "here": 2}`},
		{`v := [input.u, 1]`, `[unknown, 1]`},
		{`v := [input.u, 1][1]`, "1"},
		{`v := [input.u, 1][input.deep.here]`, "-"},
		{`v := {input.u, 1}`, `{1, unknown}`},
		{`v := {"a": input.u}`, `{"a": unknown}`},
		{`v := {input.u: 1}`, `{unknown}`},
		{`v := count([input.u, 1])`, "2"},
		{`v := count({input.u, 1})`, "unknown"},
		{`v := count({input.u})`, "1"},
		{`v := count(input.list)`, "unknown"},
		{`v := count(input.u)`, "unknown ?"},
		{`v := input.u > 1`, "unknown"},
		{`v := input.u == 1`, "unknown"},
		{`v := [input.u] == [1, 2]`, "false"},
		{`v := {"a": input.u} == {"b": 1}`, "false"},
		{`v := sprintf("%3d%% of %s, %v", [input.u, input.known, [input.u]])`, "unknown% of k, [unknown]"},
		{`v := sprintf("%[2]d %d", [input.u, 1])`, "unknown"},
		{`v := concat("-", {"z", sprintf("%s", [input.u])})`, "z-unknown"},
		{`v := upper(concat(" ", [input.known, input.u]))`, "k unknown"},
		{`v := {x | some x in input.list}`, `{"a", "b", unknown}`},
		{`v := {x | some x in input.full; x != input.u}`, `{"a"}`},
		{`v := [x | some x in input.full; x != input.u]`, `["a"]`},
		{`v := {"a", "b"} & {x | some x in input.full}`, `{"a"}`},
		{`v := {"a", "c"} & {x | some x in input.list}`, `{"a", "c"}`},
		{`v := array.concat([1], input.list)`, `[1, "a", "b", unknown]`},
		{`v := object.get(input, "u", 1)`, "unknown"},
		{`v := object.get(input, ["deep", "here"], 1)`, "2"},
		{`v := object.get(input, ["deep", "none"], 1)`, "1"},
		{`v := object.get(input.o, "y", 1)`, "unknown"},
		{`v := 1 if input.u == 1`, "1 ?"},
		// What a call may return, it does not surely return.
		{"f(x) := 1 if x == 1\nv := f(input.u)", "1 ?"},
		{"f(x) := 1 if { x == 1 } else := 2 if { x == 3 }\nv := f(input.u)", "unknown ?"},
		{"f(x) := 1 if { x == 1 } else := 2\nv := f(input.u)", "unknown"},
		{"f(x) if x == 1\nv := 2 if f(input.u)", "2 ?"},
		{"f(x) if x == 1\nv := 2 if not f(input.u)", "2 ?"},
		{"g := 1 if input.u == 1\nv := 3 if g == 1", "3 ?"},
		{"g := 1 if input.u == 1\nv := 3 if g == 2", "-"},
		{"v := 1 if input.u == 1\nelse := 1", "1"},
		{"default v := 1\nv := 1 if input.u == 1", "1"},
		{"default v := 1\nv := 2 if input.u == 1", "unknown"},
		{"default v := \"a\"\nv := \"b\" if input.u == 1", "unknown"},
		{"v contains 1\nv contains 2 if input.u", "{1, 2}"},
		{"v contains 1 if input.u\nv contains 1", "{1}"},
		{"v[x] := 1 if some x in [\"a\", input.u]", `{"a": 1, unknown}`},
		{"v := x if { x := input.u; x == 3 }", "3 ?"},
		// An unknown key may be one that is there only possibly, whose value is then the unknown key's.
		{`v := {k: x | some [k, x] in [["a", 1], [input.u, 2]]; k != input.w}`, `{"a": unknown, unknown}`},
		{`v := {k: x | some [k, x] in [["a", 1], [input.u, 2]]}`, `{"a": 1, unknown}`},
		{"v := w.a\nw.a := 1 if input.w == 1\nw[input.u] := 2", "unknown ?"},
		{"v := 1 if { input.u == 1; false }", "-"},
		{"v := 1 if { input.u == 1; input.known == \"z\" }", "-"},
		{"v := 1 if not input.known == \"z\"", "1"},
		{"v := 1 if not input.u", "1 ?"},
		{"v := 1 if input.u == 1 with input.u as 1", "1"},
		{"v := x if { x := input.x.y with input.x.y as input.u }", "unknown"},
		{"v := x if { x := input.far.y with input.far.y as 3 }", "3"},
		{"v := 1 if { some k in [\"a\"]; data.p.f[input.known][k] }\nf.k.a := true", "1"},
		{"v := 1 if [x | some x in w; x != \"c\"] == [\"a\", \"b\"]\nw := [\"a\", \"b\"] if input.u == 1\nelse := [\"b\", \"a\", \"c\"]", "1 ?"},
		{`v := count([1 | some x in {sprintf("%s", [input.u]), "b"}; is_string(x)])`, "unknown"},
		{`v := count([1 | some x in {sprintf("%s", [input.u])}; is_string(x)])`, "1"},
		{"v := 1 if { some x in input.list; x == \"c\" }", "1 ?"},
		{"v := 1 if not data.p.w[input.known] == 2\nw.k := 1", "1"},
		{"v := 1 if not data[input.known].w == 2", "1"},
		{"v := data.p[input.u]\nw := 1", "!"},
		{"v := data.q[input.u]", "unknown ?"},
		{"v := g(input.u)\ng(x) := 1 if x == 1\ng(x) := 1 if x != 1", "1 ?"},
		{"v := g(input.u)\ng(x) := 1", "1"},
		{`v := json.marshal(walk(input.u, [_, 1]))`, "!"},
		{"v := [p | walk({\"a\": input.u}, [p, _])]", "[unknown]"},
		{`v := to_number(input.u)`, "unknown ?"},
		{"v := to_number(\"x\") if input.u", "?"},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			m, err := ast.ParseModule("p.rego", "package p\n"+tc.rule)
			if err != nil {
				t.Fatal(err)
			}
			c := ast.NewCompiler()
			if c.Compile(map[string]*ast.Module{"p.rego": m}); c.Failed() {
				if tc.want != "!" {
					t.Fatal(c.Errors)
				}
				return
			}
			p, err := plan.Plan(c, ast.MustParseBody("data.p"))
			if err != nil {
				t.Fatal(err)
			}
			index, ok := p.Index("p", "v")
			if !ok {
				t.Fatal("no rule v")
			}
			data := plan.NewDoc(ast.MustParseTerm(`{"q": {"r": 1}}`), nil)
			v, sure, err := p.NewRun(env(), plan.NewDoc(ast.MustParseTerm(doc), plan.NewGaps(gaps)), data).Rule(index)
			got := "-"
			switch {
			case errors.Is(err, plan.ErrOpen):
				got = "?"
			case err != nil:
				got = err.Error()
			case v != nil:
				if got = plan.Render(v); !sure {
					got += " ?"
				}
			}
			if got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

// TestMembers says which members of a set are sure.
func TestMembers(t *testing.T) {
	p := planned(t, `package p
v contains 1
v contains 2 if input.u
v contains sprintf("%s", [input.u])
v contains input.u
w := 1
`)
	r := p.NewRun(env(), plan.NewDoc(ast.MustParseTerm("{}"), plan.NewGaps([]string{"u"})), nil)
	index, _ := p.Index("p", "v")
	v, _, err := r.Rule(index)
	if err != nil {
		t.Fatal(err)
	}
	members, more, ok := plan.Members(v)
	var got []string
	for _, m := range members {
		_, shown := plan.Shown(m.Value)
		got = append(got, fmt.Sprintf("%s %v %v", plan.Render(m.Value), m.Sure, shown))
	}
	if s := strings.Join(got, ", "); s != "1 true true, 2 false true, unknown true true, unknown true false" || more || !ok {
		t.Error(s, more, ok)
	}
	index, _ = p.Index("p", "w")
	if v, _, err = r.Rule(index); err != nil {
		t.Fatal(err)
	}
	if _, _, ok = plan.Members(v); ok {
		t.Error("a number has members")
	}
}

// TestErrors says how an evaluation ends with an error.
func TestErrors(t *testing.T) {
	steps := 0
	limited := env()
	limited.Step = func(n int) error {
		if steps += n; steps > 50 {
			return errors.New("enough")
		}
		return nil
	}
	small := env()
	small.Bytes = 100
	for _, tc := range []struct {
		name, rules, want string
		env               plan.Env
	}{
		{"built-in function", `v := to_number("x")`, `p.rego:2: to_number: strconv.ParseFloat: parsing "x": invalid syntax`, env()},
		{"conflict", "v := 1 if input.a\nv := 2 if input.a", "p.rego:3: a rule or function has two values at once", env()},
		{"keys", "v := {k: x | some x in [1, 2]; k := input.a}", "p.rego:2: a key of an object has two values at once", env()},
		{"steps", "v := [x | some x in numbers.range(1, 1000)]", "p.rego:2: enough", limited},
		{"size", `v := [x | some i in [1, 2, 3, 4, 5, 6]; x := ["0123456789", "0123456789", i]]`, "p.rego:2: too large", small},
	} {
		t.Run(tc.name, func(t *testing.T) {
			p := planned(t, "package p\n"+tc.rules)
			index, _ := p.Index("p", "v")
			_, _, err := p.NewRun(tc.env, ast.MustParseTerm(`{"a": 1}`), nil).Rule(index)
			if err == nil || err.Error() != tc.want {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

// TestNoSuchRule finds nothing where there is no rule.
func TestNoSuchRule(t *testing.T) {
	if _, ok := planned(t, "package p\nv := 1").Index("p", "w"); ok {
		t.Error("found a rule that is not there")
	}
}

// TestLocals says which locals of a rule are loose: those that a statement reads as
// another one than the last before it may have left them. All others are only read
// where they were set.
func TestLocals(t *testing.T) {
	loose := func(blocks []*plan.Block, f *plan.Func) (sets, compared bool) {
		var look func([]*plan.Block)
		look = func(blocks []*plan.Block) {
			for _, b := range blocks {
				for i := range b.Stmts {
					switch s := &b.Stmts[i]; s.Op {
					case plan.OpScan:
						compared = compared || f.Loose[s.Key] || f.Loose[s.Target]
					case plan.OpEqual:
						for _, l := range plan.Learners(s) {
							compared = compared || f.Loose[l]
						}
					case plan.OpAssignOnce:
						sets = sets || f.Loose[s.Target]
					}
					look(b.Stmts[i].Blocks)
				}
			}
		}
		look(blocks)
		return sets, compared
	}
	for _, tc := range []struct {
		rules          string
		sets, compared bool
	}{
		{"v := 1 if { some x in input.l; x.a == 1 }", true, false},
		{"v := 1 if { some x in input.l; x == 1 }", true, false},
		{"v := 1 if { some x in input.l; x == 1; x == input.y }", true, true}, // the first tells what x is
		{"v := 1 if { some x in input.l; some y in x; some z in y; z > 1 }", true, false},
	} {
		p := planned(t, "package p\n"+tc.rules)
		index, ok := p.Index("p", "v")
		if !ok {
			t.Fatal("no rule v")
		}
		f := &p.Funcs[index]
		if sets, compared := loose(f.Blocks, f); sets != tc.sets || compared != tc.compared {
			t.Errorf("%s: the rule's value loose %t, what is walked through or compared %t", tc.rules, sets, compared)
		}
	}
}
