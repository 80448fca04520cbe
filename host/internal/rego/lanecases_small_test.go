package rego

import (
	"errors"
	"strings"
	"testing"
)

// TestLanesOnSmallRules asks both engines what they once answered differently.
func TestLanesOnSmallRules(t *testing.T) {
	const site = `{"id": "s", "a": "0", "o": {"w": "w"}, "list": [1, 2], "part": {"x": 1}}`
	unknown := []string{"u", "o.x", "list", "part.y"}
	for _, tc := range []struct {
		name, rules string
		want        Verdict
		score       float64 // less than 0: none
	}{
		// What is unknown at every site may be anything, and not only true or false.
		{"unknown at all sites, compared with text", `deny contains "x" if input.site.u == "1"`, Possible, -1},
		{"unknown at all sites, as a value", "deny contains \"x\" if r\nr := input.site.u == \"1\"", Possible, -1},
		{"unknown at all sites, walked through", `deny contains "x" if some v in input.site.u`, Possible, -1},
		{"unknown at all sites, as an array", `deny contains "x" if { [a, b] := input.site.u; a == b }`, Possible, -1},
		{"unknown at all sites, compared with another", `deny contains "x" if input.site.u == input.site.a`, Possible, -1},
		{"unknown at all sites, in a list", `deny contains "x" if input.site.u in ["1", "2"]`, Possible, -1},
		{"unknown at all sites, with a default", "deny contains \"x\" if mode == \"m\"\ndefault mode := \"m\"\nmode := \"n\" if input.site.u == \"0\"", Possible, -1},

		// A way that is only possible stays so, however often a local is set on it.
		{"a possible member, then a sure one, on a possible way", `score := 5 if { input.site.u == "1"; some b in ({c | c := flag} | {1}) }
flag if input.site.u != "0"`, Permit, -1},
		{"the same through a function", `score := 5 if { some a in ["2", f("9")]; some b in ({c | some c in [1, flag]} | {e | some e in input.site.list}) }
flag if input.site.u != "0"
f(x) := 1 if x == input.site.u`, Permit, -1},
		{"the same as a rule that denies", `deny contains "x" if r == 5
r := 5 if { input.site.u == "1"; some b in ({c | c := flag} | {1}) }
flag if input.site.u != "0"`, Possible, -1},

		// In a document that is put together anew, what is unknown is there possibly.
		{"beside a replaced field", `deny contains "x" if "0" == label with input.site.o as "0"
label := input.site.u if true else := "x" if to_number("z") > 1`, Possible, -1},
		{"below a replaced field", `deny contains "x" if { input.site.part.x == 1 with input.site.part.z as 3; not input.site.part.y == 1 with input.site.part.z as 3 }`, Possible, -1},
		// Members that are only looked up elsewhere are looked up together.
		{"any of a list in a list, sure", `deny contains "x" if { some p in [7, 2, 9]; p in input.site.list }`, Deny, -1},
		{"any of a list in a list, possible", `deny contains "x" if { some p in [7, 8, 9]; p in input.site.list }`, Possible, -1},
		{"any of no list in a list", `deny contains "x" if { some p in {x | x := 1; false}; p in input.site.list }`, Permit, -1},
		{"any key of an object in a list", `deny contains "x" if { some p, _ in {2: 8, 7: 9}; p in input.site.list }`, Deny, -1},
		{"any value of an object in an object", `deny contains "x" if { some p in {"a": "v", "b": "w"}; p in input.site.o }`, Deny, -1},
		{"any value of an object in one unknown", `deny contains "x" if { some p in {"a": "v", "b": "w"}; p in input.site.u }`, Possible, -1},
		{"any of a list in what is no list", `deny contains "x" if { some p in ["0", "1"]; p in input.site.a }`, Permit, -1},
		{"any of a list, through a function", "deny contains \"x\" if within([1, 9])\nwithin(ps) if { some p in ps; p in input.site.list }", Deny, -1},
		{"none of a list, through a function", "deny contains \"x\" if not within([8, 9])\nwithin(ps) if { some p in ps; p in input.site.list }", Possible, -1},
		{"any of a list that may have others", `deny contains "x" if { some p in input.site.list; p in [1, 5] }`, Deny, -1},
		{"how many of a list are in a list", `deny contains "x" if count([1 | some p in [1, 2, 7]; p in input.site.part]) == 1`, Possible, -1},
		{"members with a true field", `deny contains "x" if { some k, r in {"p": {"keep": false}, "q": {}, "r": {"keep": true}, "s": 3}; r.keep; k == "r" }`, Deny, -1},
		{"members with a field that is not", `deny contains "x" if { some k, r in {"p": {"keep": false}, "q": {}, "s": {"keep": 0}}; r.keep != false; k != "s" }`, Permit, -1},
		{"members with a field that is", `deny contains "x" if count([k | some k, r in {"p": {"n": 1.0}, "q": {"n": 2}, "s": {"n": input.site.u}}; r.n == 1]) == 1`, Possible, -1},
		// What a comparison tells of a copy it does not tell of what it was copied from.
		{"a copy that is compared", `deny contains sprintf("%v", [x]) if { x := input.site.u; y := x; y == "a" }`, Possible, -1},
		{"a copy of an argument that is compared", "deny contains sprintf(\"%v\", [f(input.site.u)]) if true\nf(x) := x if { y := x; y == \"a\" }", Possible, -1},
		{"a list beside a replaced field", `deny contains "x" if 3 in input.site.list with input.site.o as "0"`, Possible, -1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := engine(t, one(t, tc.rules), Documents{})
			sites := []SiteDoc{{ID: "s", Row: 0, Term: term(t, site), Unknown: unknown}}
			got, err := agree(t, e, input(t, `{}`, `{}`), sites, "%s", tc.rules)
			if err != nil {
				t.Fatal(err)
			}
			r := got[0][0]
			if r.Verdict != tc.want {
				t.Errorf("verdict %v, want %v", r.Verdict, tc.want)
			}
			if (r.Score != nil) != (tc.score >= 0) {
				t.Errorf("score %v", r.Score)
			}
		})
	}
}

// TestLongTextNotMade has bodies whose text would pass the limit: an error even
// where nobody asks for the text, and whatever is unknown in it.
func TestLongTextNotMade(t *testing.T) {
	long := `{"id": "s", "part": {"x": "` + strings.Repeat("a", 5000) + `"}, "list": [` + strings.Repeat("1, ", 2000) + `1]}`
	for _, rules := range []string{
		`deny contains $"{input.site}" if true`,
		`deny contains $"{x}" if x := input.site.part`,
		`deny contains sprintf("%v", [input.site.part]) if true`,
		`deny contains sprintf("%v", [x]) if { y := input.site.part; x := [y] }`,
		`deny contains sprintf("%v", [input.site.list]) if true`,
		`deny contains sprintf("%v%v", [input.site.u, concat("", [input.site.part.x, "b"])]) if true`,
		`deny contains sprintf("` + strings.Repeat("%f", 14) + `", [` + strings.Repeat("1e308, ", 13) + `1e308]) if input.site.id == "s"`,
		`deny contains sprintf("` + strings.Repeat("%f", 14) + `", [` + strings.Repeat("x, ", 13) + `x]) if { some x in [1e307, 1e308]; input.site.id == "s" }`,
		`deny contains sprintf("` + strings.Repeat("%d", 700) + `", [input.site.id]) if true`,
	} {
		e := engine(t, one(t, rules), Documents{})
		for _, unknown := range [][]string{nil, {"u", "part.y", "list"}} {
			if strings.Contains(rules, "site.u") && unknown == nil {
				continue
			}
			sites := []SiteDoc{{ID: "s", Row: 0, Term: term(t, long), Unknown: unknown}}
			if _, err := agree(t, e, input(t, `{}`, `{}`), sites, "%s", rules); !errors.Is(err, ErrSize) {
				t.Errorf("%s, unknown %v: error %v", rules, unknown, err)
			}
		}
	}
}

// TestLongTextOfLittle has bodies whose text passes the limit though what it is made of
// is shorter than that: verbs and delimiters make more of it, or a program spells it out.
func TestLongTextOfLittle(t *testing.T) {
	const limit = 4096
	repeat := func(what string, each int) string { return strings.Repeat(what, limit/each+3) }
	for _, tc := range []struct{ text, of string }{
		{`sprintf("%x", [input.site.x])`, `"` + repeat("a", 2) + `"`},
		{`sprintf("%# x", [input.site.x])`, `"` + repeat("a", 5) + `"`},
		{`sprintf("%x", [[input.site.x]])`, `"` + repeat(`\u0001`, 8) + `"`},
		{`sprintf("%# x", [[input.site.x]])`, `"` + repeat(`\u0001`, 20) + `"`},
		{`sprintf("%q", [input.site.x])`, `"` + repeat(`\u0001`, 4) + `"`},
		{`sprintf("%q", [input.site.x])`, `[` + repeat(`"\u0001",`, 5) + `""]`},
		{`sprintf("%q", [[input.site.x]])`, `"` + repeat(`\u0001`, 5) + `"`},
		{`sprintf("%q", [concat("` + strings.Repeat(`\u0001`, 8) + `", input.site.x)])`, `[` + repeat(`"",`, 32) + `""]`},
		{`concat("12345678", input.site.x)`, `[` + repeat(`"",`, 8) + `""]`},
		{`"` + repeat("a", 1) + `"`, `""`},
		{`f(1)`, `""`},
	} {
		rules := "deny contains " + tc.text + " if input.site.x != 3\nf(x) := \"" + repeat("a", 1) + "\" if x == 1\n"
		sites := []SiteDoc{{ID: "s", Term: term(t, `{"x": `+tc.of+`}`)}}
		if _, err := agree(t, engine(t, one(t, rules), Documents{}), input(t, `{}`, `{}`), sites, "%.100s", rules); !errors.Is(err, ErrSize) {
			t.Errorf("%.100s: error %v", tc.text, err)
		}
	}
}
