package rego

import (
	"strings"
	"testing"
)

// TestLanesOnShortenedRules asks both engines about rules of which lanes run less than
// is written: at a site where all is known, at one where some is not, at an empty one, at
// one of which next to nothing is known, and at one that may have more than is known.
func TestLanesOnShortenedRules(t *testing.T) {
	sites := []SiteDoc{
		{ID: "a", Term: term(t, `{"id": "a", "ms": {"x": 10, "y": 20}, "in": ["p", "q"], "r": "R"}`)},
		{ID: "b", Term: term(t, `{"id": "b", "ms": {"x": 10}, "in": ["p"]}`), Unknown: []string{"ms.y", "in"}},
		{ID: "c", Term: term(t, `{"id": "c", "ms": {}, "in": []}`)},
		{ID: "d", Term: term(t, `{"id": "d"}`), Unknown: []string{"ms", "r"}},
		{ID: "e", Term: term(t, `{"id": "e", "ms": {"x": 99}, "in": ["z"], "r": "S"}`), Unknown: []string{"ms"}},
		{ID: "f", Term: term(t, `{"id": "f", "ms": {"`+strings.Repeat("long", 250)+`": 1}, "in": ["q"], "r": "R"}`)},
	}
	var many []SiteDoc
	for range 12 {
		many = append(many, sites...)
	}
	const of = " := min([[m, p] | some p, m in input.site.ms])"
	for _, tc := range []struct{ name, rules, want string }{ // D denied, P possible, - permitted
		{"an extreme taken apart", `deny contains sprintf("%s %v", [p, m]) if [m, p]` + of, "DP-PPD"},
		{"the greatest", `deny contains sprintf("%v", [m]) if [m, _] := max([[m, p] | some p, m in input.site.ms])`, "DP-PPD"},
		{"an extreme of some", `deny contains sprintf("%s %v", [p, m]) if [m, p] := min([[m, p] | some p, m in input.site.ms; m > 15])`, "DP-PP-"},
		{"an extreme of what may be", `deny contains sprintf("%v", [m]) if [m, p] := min([[m, p] | some p, m in input.site.ms; input.site.r == "R"])`, "D--P-D"},
		{"an extreme of constants", `deny contains sprintf("%v", [m]) if [m, p] := min([[1, "k"] | some p in input.site.in])`, "DP--DD"},
		{"an extreme with a part that is compared", `deny contains sprintf("%s", [p]) if { [m, p]` + of + `; m > 5 }`, "DP-PP-"},
		{"an extreme of a set", `deny contains sprintf("%v", [m]) if [m, p] := min({[m, p] | some p, m in input.site.ms})`, "DP-PPD"},
		{"an extreme of other length", `deny contains sprintf("%v", [m]) if [m, p] := min([[m] | some p, m in input.site.ms])`, "-P-PP-"},
		{"an extreme of two lengths", `deny contains sprintf("%v", [m]) if [m, p] := min([x | some x in [[input.site.id], [input.site.id, 1]]])`, "------"},

		{"some of an array", `deny contains "x" if count([x | some x in input.site.in]) > 0`, "DP--DD"},
		{"some of a set", `deny contains "x" if count({x | some x in input.site.in}) > 0`, "DP--DD"},
		{"some of what may be", `deny contains "x" if count({x | some x in ["p", "q"]; x in input.site.in}) > 0`, "DP---D"},
		{"some of unknown values", `deny contains "x" if count({m | some m in input.site.ms}) > 0`, "DP-PPD"},
		{"some of a document", `deny contains "x" if count(input.site.ms) > 0`, "DP-PPD"},
		{"some of a text", `deny contains "x" if count(input.site.r) > 0`, "D--PDD"},
		{"some that are counted otherwise", `deny contains "x" if { n := count([x | some x in input.site.in]); n > 0; n < 2 }`, "-P--DD"},

		{"in a loop", "deny contains \"x\" if f(input.site.in)\nf(xs) if { some x in xs; x == \"q\" }\nf(xs) if \"p\" in xs", "DD---D"},
		{"not in a loop", "deny contains \"x\" if not f(input.site.in)\nf(xs) if { some x in xs; x == \"q\" }", "-PD-D-"},
		{"false", "deny contains \"x\" if f(input.site)\nf(s) := false if s.in", "------"},
		{"not false", "deny contains \"x\" if not f(input.site)\nf(s) := false if s.in", "DDDDDD"},
		{"a number", "deny contains \"x\" if f(input.site) == 3\nf(s) := 3 if s.r == \"R\"", "D--P-D"},
		{"two numbers", "deny contains \"x\" if f(input.site) == 3\nf(s) := 3 if s.r == \"R\"\nf(s) := 4 if s.r == \"S\"", "D--P-D"},
		{"one that calls another", "deny contains \"x\" if f(input.site)\nf(s) if { g(s); \"q\" in s.in }\ng(s) if s.r == \"R\"", "D----D"},
		{"where a document is replaced", "deny contains \"x\" if { f(input.site) with input.site.r as \"T\"; not f(input.site) }\nf(s) if s.r == \"T\"", "DDDPDD"},
		{"the same, by itself", `deny contains "x" if { input.site.r == "R"; input.site.r == "T" with input.site.r as "T" }`, "D--P-D"},
		{"what a value is read of", "deny contains \"x\" if { v == input.site.r; w == \"R\" }\nv := input.component.r\nw := v", "D--P-D"},
		{"the same, in a comprehension", "deny contains \"x\" if { v != \"z\"; not \"q\" in {x | some x in [v, \"q\"]} }\nv := \"w\" if input.site.r == \"R\"", "---P--"},
		{"the same, in what must not hold", "deny contains \"x\" if { v != \"z\"; not v == \"w\" }\nv := \"w\" if input.site.r == \"R\"", "---P--"},
		{"of what is not there", "deny contains \"x\" if not v == input.site.r\nv := input.component.none", "DDDDDD"},

		{"text that is joined", "deny contains sprintf(\"%s\", [names(input.site)]) if names(input.site)\nnames(s) := concat(\", \", xs) if { xs := {x | some x in s.in}; count(xs) > 0 }", "DP--DD"},
		{"text that is joined, and compared", "deny contains sprintf(\"%s\", [n]) if { n := names(input.site); n != \"z\" }\nnames(s) := concat(\", \", xs) if { xs := {x | some x in s.in}; count(xs) > 0 }", "DP---D"},

		{"among constants", `deny contains "x" if input.site.r in {"R", "T"}`, "D--P-D"},
		{"among constants that are equal", `deny contains "x" if { count({1, 1.0}) == 1; input.site.r in ["R"] }`, "D--P-D"},
		{"in nothing", `deny contains "x" if { not object.get(input.site, "r", "none") in input.component.nothing; not input.site.r in set() }`, "D--DDD"},
		{"with a default", `deny contains "x" if object.get(input.site, "r", input.site.id) in input.component.names`, "DD-P-D"},
		{"part of a text", `deny contains "x" if { substring(input.component.r, 0, 1) == input.site.r; substring("abc", 1, 9) == "bc"; substring("é!", 0, 1) == "é"; substring("abc", 1, -1) == "bc"; substring("ab", 7, 1) == "" }`, "D--P-D"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := engine(t, one(t, tc.rules), Documents{})
			in := input(t, `{}`, `{"r": "R", "nothing": [], "names": ["R", "b"]}`)
			for i := range many {
				many[i].Row = i
			}
			got, err := agree(t, e, in, many, "%s", tc.rules)
			if err != nil {
				t.Fatal(err)
			}
			var verdicts strings.Builder
			for i := range sites {
				verdicts.WriteByte(map[Verdict]byte{Deny: 'D', Possible: 'P', Permit: '-'}[got[i][0].Verdict])
			}
			if verdicts.String() != tc.want {
				t.Errorf("verdicts %s, want %s", &verdicts, tc.want)
			}
		})
	}
}
