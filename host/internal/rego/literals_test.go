package rego

import (
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

// TestLiterals asks what sets and objects mean that are written out of facts: where
// two of the facts are equal, where they differ, and where one is unknown. Both
// engines answer alike, for one site and for many.
func TestLiterals(t *testing.T) {
	const objects = `"o": {"k": 1}, "p": {"k": 1, "l": 2}`
	sites := []SiteDoc{
		{ID: "equal", Term: term(t, `{"a": "k", "b": "k", `+objects+`}`)},
		{ID: "other", Term: term(t, `{"a": "k", "b": "l", `+objects+`}`)},
		{ID: "open", Term: term(t, `{"a": "k", `+objects+`}`), Unknown: []string{"b"}},
	}
	many := sites
	for len(many) < 70 {
		many = append(many, sites[len(many)%len(sites)])
	}
	const say = "\ndeny contains sprintf(\"%v\", [v])"
	for _, tc := range []struct{ rules, equal, other, open string }{
		{`v := count([1 | some _ in {A, B}])`, "1", "2", "unknown"},
		{`v := [x | some x in {B, "kk", A}]`, `["k", "kk"]`, `["k", "kk", "l"]`, `["k", "kk", unknown]`},
		{`v := count([1 | {A, B}[_]])`, "1", "2", "unknown"},
		{`v := count([1 | {A, B}[x]; x == "k"])`, "1", "1", "unknown"},
		{`v := count([1 | some "k" in {A, B}])`, "1", "1", "unknown"},
		{`v := count([1 | A = {A, B}[_]])`, "1", "1", "unknown"},
		{`v := count([1 | s := {A, B}; r := s; some _ in r])`, "1", "2", "unknown"},
		{`v := count([1 | some s in [{A, B}]; some _ in s])`, "1", "2", "unknown"},
		{`v := count([1 | [s, "x"] = [{A, B}, "x"]; some _ in s])`, "1", "2", "unknown"},
		{`v := count([1 | some _ in {"s": {A, B}}.s])`, "1", "2", "unknown"},
		{`v := count([1 | some s in {{A, B}}; some _ in s])`, "1", "2", "unknown"},
		{`v := count([1 | some s in {{A}, {B}}])`, "1", "2", "unknown"},
		{`v := count([1 | some s in {[A], [B]}])`, "1", "2", "unknown"},
		{`v := count([1 | some [_, 1] in {[A, 1], [B, 1]}])`, "1", "2", "unknown"},
		{`v := count([1 | some s in {{"x": A}, {"x": B}}])`, "1", "2", "unknown"},
		{`v := count([1 | some s in {{x | x := A}, {x | x := B}}])`, "1", "2", "unknown"},
		{"r := {A, B}\nv := count([1 | some _ in r])", "1", "2", "unknown"},
		{"r := {\"s\": {A, B}}\nv := count([1 | r[_][_]])", "1", "2", "unknown"},
		{"r := {A} if false else := {A, B}\nv := count([1 | some _ in r])", "1", "2", "unknown"},
		{"r[\"s\"] := {A, B}\nv := count([1 | some _ in r.s])", "1", "2", "unknown"},
		{"r contains {A, B}\nv := count([1 | some s in r; some _ in s])", "1", "2", "unknown"},
		{"f(x, y) := {x, y}\nv := count([1 | some _ in f(A, B)])", "1", "2", "unknown"},
		{"f([x, y]) := [{x, y}]\nv := count([1 | some _ in f([A, B])[0]])", "1", "2", "unknown"},
		{"f(x) := {x} if x == \"z\"\nelse := {x, B}\nv := count([1 | some _ in f(A)])", "1", "2", "unknown"},
		{"f(s) := count([1 | some _ in s])\nv := f({A, B})", "1", "2", "unknown"},
		{"f(s) := count([1 | some r in s; some _ in r])\nv := f([{A, B}])", "1", "2", "unknown"},
		{"f(s) := s\nv := count([1 | some _ in f({A, B})])", "1", "2", "unknown"},
		{`v if every x in {A, B} { x == "k" }`, "true", "-", "true ?"},
		{`v if every s in [{A, B}] { count([1 | some _ in s]) == 1 }`, "true", "-", "true ?"},
		{"v if not f\nf if count([1 | some _ in {A, B}]) == 2", "true", "-", "true ?"},
		{`v := count([1 | walk({A, B}, _)])`, "2", "3", "unknown"},
		{`v := count([1 | some _ in input.site.s with input.site.s as {A, B}])`, "1", "2", "unknown"},
		{`v := count({A, B})`, "1", "2", "unknown"},
		{`v := "k" in {A, B}`, "true", "true", "true"},
		{`v := {A, B} in [{"k"}]`, "true", "false", "unknown"},
		{`v if {A, B} == {"k"}`, "true", "-", "true ?"},
		{`v if [{A, B}] == [{"k"}]`, "true", "-", "true ?"},
		{`v if not {A, B} == {"k"}`, "-", "true", "true ?"},
		{`v if {A: 1, B: 1} == {"k": 1}`, "true", "-", "true ?"},
		{`v if [{A: 1, B: 1}] == [{"k": 1}]`, "true", "-", "true ?"},
		{`v if {"x": {A: 1, B: 1}} == {"x": {"k": 1}}`, "true", "-", "true ?"},
		{`v if {A: 1, B: 1} == input.site.o`, "true", "-", "true ?"},
		{`v if {A: 1, B: 2} == input.site.p`, "-", "true", "true ?"},
		{`v if { x := {A: 1, B: 1}; x == input.site.o }`, "true", "-", "true ?"},
		{`v if not {A: 1, B: 1} == input.site.o`, "-", "true", "true ?"},
		{`v if {A: 1, B: 1} == {k: 1 | some k in ["k"]}`, "true", "-", "true ?"},
		{`v if {A: 1, B: 1} == {B: 1}`, "true", "-", "true ?"},
		{`v := {A: 1, B: 2}`, `{"k": 2}`, `{"k": 1, "l": 2}`, `{"k": unknown, unknown}`},
		{`v := count({A: 1, B: 2})`, "1", "2", "unknown"},
		{`v := {A: 1, B: 2}[A]`, "2", "1", "unknown"},
		{`v := {A: 1, B: 2}.k`, "2", "1", "unknown"},
		{`v := [x | some x in {A: 1, B: 2}]`, "[2]", "[1, 2]", "[unknown, unknown]"},
		{`v := [[k, x] | some k, x in {A: 1, B: 1}]`, `[["k", 1]]`, `[["k", 1], ["l", 1]]`, `[["k", 1], [unknown, unknown]]`},
		{`v := x if { {A: x} = input.site.o }`, "1", "1", "1"},
		{`v := [x, y] if { {A: x, B: y} = input.site.p }`, "-", "[1, 2]", "[1, unknown] ?"},
		{`v := [x, y] if { {A: x, B: y} = input.site.o }`, "-", "-", "-"},
		{`v := y if { some [{A: y, B: 1}] in [[input.site.p]] }`, "-", "-", "1 ?"},
		{"f(k, m, {k: x, m: y}) := [x, y]\nv := f(A, B, input.site.p)", "-", "[1, 2]", "[1, unknown] ?"},
		{"f(k, {k: x, \"l\": y}) := [x, y]\nv := f(B, input.site.p)", "[1, 2]", "-", "[unknown, 2] ?"},
		{"import future.keywords.not\nv if not { {A, B} == {\"k\"} }", "-", "true", "true ?"},
		{"import future.keywords.not\nv if not { s := {A, B}; count([1 | some _ in s]) == 2 }", "true", "-", "true ?"},
		{"import future.keywords.and\nv if { count([1 | some _ in {A, B}]) == 1 and ({A: 1, B: 1} == input.site.o) }", "true", "-", "true ?"},
		{"import future.keywords.or\nv if { count([1 | some _ in {A, B}]) == 1 or ({A: 1, B: 2} == {\"k\": 2}) }", "true", "-", "true ?"},
		// In the body that is asked, which is a query of its own.
		{`deny contains sprintf("%v", [n]) if { s := {A, B}; n := count([1 | some _ in s]) }`, "1", "2", "unknown"},
		{`deny contains "d" if { o := {A: 1, B: 1}; o == {"k": 1} }`, "d", "-", "d ?"},
		{`deny contains sprintf("%v", [x]) if { {A: x, B: 2} = input.site.p }`, "-", "1", "1 ?"},
	} {
		t.Run(tc.rules, func(t *testing.T) {
			rules := strings.NewReplacer("A", "input.site.a", "B", "input.site.b").Replace(tc.rules)
			if !strings.Contains(rules, "deny contains") {
				rules += say
			}
			e := engine(t, one(t, rules), Documents{Topology: ast.ObjectTerm()})
			if fs := e.program.Fallbacks(); len(fs) > 0 {
				t.Errorf("%v falls back", fs)
			}
			in := input(t, "{}", "{}")
			for i, want := range []string{tc.equal, tc.other, tc.open} {
				rs, err := agree(t, e, in, sites[i:i+1], "%s", rules)
				if err != nil {
					t.Fatal(err)
				}
				got := "-"
				if fs := rs[0][0].Denies; len(fs) > 0 {
					got, _, _ = strings.Cut(show(fs), " @")
					if !fs[0].Sure {
						got += " ?"
					}
				}
				if got != want {
					t.Errorf("%s: got %s, want %s", sites[i].ID, got, want)
				}
			}
			if _, err := agree(t, e, in, many, "%s", rules); err != nil {
				t.Fatal(err)
			}
		})
	}
}
