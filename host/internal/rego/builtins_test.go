package rego

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

// TestEveryBuiltin wants each built-in function of OPA in exactly one list, so
// that an upgrade of OPA brings in none unseen.
func TestEveryBuiltin(t *testing.T) {
	listed := map[string]int{}
	for _, list := range [][]group{allowed, refused} {
		for _, g := range list {
			if g.reason == "" {
				t.Errorf("%v have no reason", g.names)
			}
			for _, n := range g.names {
				listed[n]++
			}
		}
	}
	for _, b := range ast.DefaultBuiltins {
		switch listed[b.Name] {
		case 0:
			t.Errorf("%s is in neither list", b.Name)
		case 1:
		default:
			t.Errorf("%s is listed %d times", b.Name, listed[b.Name])
		}
		delete(listed, b.Name)
	}
	for n := range listed {
		t.Errorf("%s is listed, but OPA has no such function", n)
	}
	for n := range prechecks {
		if cappedBuiltins[cappedRef(n).String()] == nil {
			t.Errorf("%s has a precheck that is never reached", n)
		}
	}
	for _, n := range uncapped {
		if cappedBuiltins[cappedRef(n).String()] != nil {
			t.Errorf("%s is both capped and not", n)
		}
	}
}

// TestAllowedArePure holds OPA's own word against the list.
func TestAllowedArePure(t *testing.T) {
	for _, g := range allowed {
		for _, n := range g.names {
			if ast.BuiltinMap[n].Nondeterministic {
				t.Errorf("%s is not deterministic, says OPA", n)
			}
		}
	}
}

// compileText compiles one policy and returns the error's text.
func compileText(t *testing.T, rules string) string {
	t.Helper()
	_, err := Compile(one(t, rules))
	if err == nil {
		t.Fatal("it compiles")
	}
	var ce *CompileError
	if !errors.As(err, &ce) {
		t.Fatalf("not a CompileError: %v", err)
	}
	return strings.Join(ce.Lines, "\n")
}

// TestRefused tries the refused functions directly, in place of another function
// and as the replaced one.
func TestRefused(t *testing.T) {
	network := "it reaches the network; put the fact in the topology"
	for _, tc := range []struct{ name, rules, want string }{
		{"direct", `deny contains "x" if http.send({"method": "get", "url": "http://127.0.0.1"})`, "test/p.rego:6: http.send may not be called: " + network},
		{"nested in a call", `deny contains "x" if count(http.send({}).body) > 1`, "test/p.rego:6: http.send may not be called: " + network},
		{"in a comprehension", `deny contains "x" if count([r | r := opa.runtime()]) > 0`, "test/p.rego:6: opa.runtime may not be called: it reads the machine's environment; declare a setting instead"},
		{"in the head", `deny contains uuid.rfc4122("k") if true`, "test/p.rego:6: uuid.rfc4122 may not be called: it is random; a decision must come out the same again"},
		{"under with, replaced", "mock(_) := {}\ndeny contains \"x\" if count(\"a\") == 1 with http.send as mock", "test/p.rego:7: http.send may not be called: " + network},
		{"under with, in place of a function", "f(x) := x\ndeny contains \"x\" if f({\"method\": \"get\"}) with f as http.send", "test/p.rego:7: http.send may not be called: " + network},
		{"under with, in place of a built-in", "deny contains \"x\" if count({\"method\": \"get\"}) with count as http.send", "test/p.rego:6: http.send may not be called: " + network},
		{"clock", `deny contains "x" if time.now_ns() > 1`, "test/p.rego:6: time.now_ns may not be called: it reads the machine's clock; use input.request.at"},
		{"addresses", `deny contains "x" if net.lookup_ip_addr("example.org")`, "test/p.rego:6: net.lookup_ip_addr may not be called: " + network},
		{"token with a clock", `deny contains "x" if io.jwt.decode_verify("x", {})`, "test/p.rego:6: io.jwt.decode_verify may not be called: it reads the machine's clock; use input.request.at"},
		{"tracing", `deny contains "x" if trace("x")`, "test/p.rego:6: trace may not be called: it is for OPA's own tools; leave it out"},
		{"with on an allowed one", "mock(_) := 5\ndeny contains \"x\" if count([1]) == 5 with count as mock", "test/p.rego:7: with may not replace or use the built-in function count; call it, or a rule of your own"},
		{"with an allowed one", "f(x) := x\ndeny contains \"x\" if f([1]) == 1 with f as count", "test/p.rego:7: with may not replace or use the built-in function count; call it, or a rule of your own"},
		{"the bounded forms cannot be called", `deny contains "x" if capped.concat("", [])`, "test/p.rego:6: undefined function capped.concat"},
		{"several, sorted", "deny contains \"b\" if opa.runtime()\ndeny contains \"a\" if rand.intn(\"a\", 5) == 1", "test/p.rego:6: opa.runtime may not be called: it reads the machine's environment; declare a setting instead\ntest/p.rego:7: rand.intn may not be called: it is random; a decision must come out the same again"},
		{"unknown function", `deny contains "x" if nope(1)`, "test/p.rego:6: undefined function nope"},
		{"long number", `deny contains "x" if input.site.lat > 1e1000`, "test/p.rego:6: a number may have at most 1000 digits"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := compileText(t, tc.rules); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}

// TestOwnNames says that a rule named like a refused function is its author's.
func TestOwnNames(t *testing.T) {
	e := engine(t, one(t, "trace(x) := x\ndeny contains \"x\" if trace(1) == 1"), Documents{})
	if got := ask(t, e, input(t, `{}`, `{}`), SiteDoc{ID: "s", Term: term(t, `{}`)}); got.Verdict != Deny {
		t.Error(got)
	}
}

// TestCompileErrorsAreFew keeps the output of a broken set readable.
func TestCompileErrorsAreFew(t *testing.T) {
	var rules strings.Builder
	for i := range 50 {
		fmt.Fprintf(&rules, "deny contains \"%d\" if opa.runtime()\n", i)
	}
	lines := strings.Split(compileText(t, rules.String()), "\n")
	if len(lines) != maxCompileErrors+1 || lines[maxCompileErrors] != "and 30 more" {
		t.Error(lines)
	}
}

// TestInjection feeds names that would mean something if refs were put together
// as text. Each policy denies by its own name, and only by that.
func TestInjection(t *testing.T) {
	for _, name := range []string{
		`a"];deny["x`, `a"]; true; data.q["b`, "a.b", "a[b]", "a\nb", `a\"b`, "*", "", "__deny_0", "input", `"`, "`", "${x}", "a b", "ﬀ", "a\u0000b",
	} {
		quoted, err := json.Marshal(name)
		if err != nil {
			t.Fatal(err)
		}
		text := header + "package p[" + string(quoted) + "]\n\nimport data.q\n\ndeny contains q.text if q.text\nscore := 7\n"
		other := strings.Replace(header, "T-1", "T-2", 1) + "package p.z\n\ndeny contains \"other\" if true\n"
		set := load(t, map[string]string{"p.rego": text, "q.rego": "package q\n\ntext := input.site.name\n", "z.rego": other})
		rs, err := engine(t, set, Documents{}).Site(context.Background(), input(t, `{}`, `{}`),
			SiteDoc{ID: name, Term: ast.ObjectTerm([2]*ast.Term{ast.StringTerm("name"), ast.StringTerm(name)})})
		if err != nil {
			t.Fatalf("%q: %v", name, err)
		}
		if !slices.Equal([]string{name, "other"}, []string{rs[0].Denies[0].Message, rs[1].Denies[0].Message}) || *rs[0].Score != 7 || len(rs[0].Denies) != 1 {
			t.Errorf("%q: %v", name, rs)
		}
	}
}
