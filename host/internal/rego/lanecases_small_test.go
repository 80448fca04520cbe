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
