package rego

import (
	"fmt"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/lane"
)

// TestBlocksOfLanes judges more sites than one block of lanes holds, of which those of
// the second block are others than those of the first: nothing that one of them has
// come to counts for the other, unless it is the same for both.
func TestBlocksOfLanes(t *testing.T) {
	const text = "x-y" // which a rule puts together before a document has it
	for _, tc := range []struct{ name, rules string }{
		{"text that a rule makes", `deny contains "x" if input.site.v == r
r := sprintf("%s-%s", [input.request.a, input.request.b])`},
		{"a document that is looked into", `deny contains "x" if { some v in data.topology.sites.s0000; v == input.site.v }`},
		{"data replaced", `deny contains "a" if { input.site.v == "no"; g == 1 with data.topology.k as 1 }
deny contains "b" if { g == 2 with data.topology.k as 2 }
g := data.topology.k`},
		{"a function of what is the same everywhere", `deny contains f(input.site.v) if true
f(x) := concat(" ", [x, g("b")])
g(x) := concat(" ", [x, input.request.a, input.request.b])`},
		{"a rule of a site", `deny contains "x" if input.site.v == r
r := sprintf("%s-%s", ["x", input.site.w])`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var sites []SiteDoc
			for i := range lane.Width + 90 {
				v := "no"
				if i >= lane.Width {
					v = text
				}
				own := term(t, fmt.Sprintf(`{"v": %q, "w": "y"}`, v))
				base := term(t, fmt.Sprintf(`{"hidden": %q}`, text))
				whole, _ := base.Value.(ast.Object).Merge(own.Value.(ast.Object))
				sites = append(sites, SiteDoc{ID: fmt.Sprintf("s%04d", i), Row: i, Term: ast.NewTerm(whole), Own: lane.Doc{Term: own}})
			}
			for _, rows := range []bool{false, true} {
				docs := Documents{}
				table := ast.NewObject()
				for i := range sites {
					row := term(t, fmt.Sprintf(`{"hidden": %q}`, text))
					table.Insert(ast.StringTerm(sites[i].ID), row)
					if rows {
						docs.Rows = append(docs.Rows, SiteDoc{ID: sites[i].ID, Row: i, Term: row})
					}
				}
				docs.Topology = ast.ObjectTerm([2]*ast.Term{ast.StringTerm("k"), ast.IntNumberTerm(0)}, [2]*ast.Term{ast.StringTerm("sites"), ast.NewTerm(table)})
				got, err := agree(t, engine(t, one(t, tc.rules), docs), input(t, `{"a": "x", "b": "y"}`, `{}`), sites, "rows %t: %s", rows, tc.rules)
				if err != nil {
					t.Fatal(err)
				}
				if v := got[lane.Width][0].Verdict; v != Deny {
					t.Errorf("verdict %s in the second block", v)
				}
			}
		})
	}
}

// TestExtremesOnLanes asks for the least and the greatest of what differs between
// sites: of elements that are equal but written in two ways, of arrays that have other
// elements at other sites, of what may have none, and of very many.
func TestExtremesOnLanes(t *testing.T) {
	sites := []SiteDoc{
		{ID: "one", Term: term(t, `{"a": 1, "b": 1.0, "c": "z", "d": "p", "u": 2}`)},
		{ID: "other", Row: 1, Term: term(t, `{"a": 1.0, "b": 1, "c": "y", "d": "q", "u": 1}`)},
		{ID: "open", Row: 2, Term: term(t, `{"a": 1, "b": 1.0, "c": "x", "d": "p"}`), Unknown: []string{"u"}},
	}
	for _, tc := range []struct{ rules, one, other, open string }{
		{`v := max([input.site.a, input.site.b])`, "1", "1", "1"},
		{`v := max([[input.site.a, 1], [input.site.b, 1]])`, "[1.0, 1]", "[1, 1]", "[1.0, 1]"},
		{`v := min([[input.site.a, 1], [input.site.b, 1]])`, "[1.0, 1]", "[1, 1]", "[1.0, 1]"},
		{`v := max({[input.site.a, 1], [input.site.b, 1]})`, "[1, 1]", "[1.0, 1]", "[1, 1]"},
		{`v := max([x, y]) if {
	x := [concat("", [v, input.site.c]) | some v in ["p", "q"]; v != input.site.d]
	y := [concat("", ["p", input.site.c])]
	input.site.d == "p"
}`, `["qz"]`, "-", `["qx"]`},
		{`v if { x := max([a | some a in [[], []]; input.site.u == 1]); max(x) == 3 }`, "-", "-", "true ?"},
		{"v := min(s)\ns contains input.site.c if input.site.u > 0\ns contains \"x\"", `x`, `x`, `x`},
		{`v := max([i | some i in numbers.range(1, 40000)])`, "40000", "40000", "40000"},
	} {
		t.Run(tc.rules, func(t *testing.T) {
			rules := tc.rules + "\ndeny contains sprintf(\"%v\", [v])"
			got, err := agree(t, engine(t, one(t, rules), Documents{}), input(t, `{}`, `{}`), sites, "%s", rules)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range []string{tc.one, tc.other, tc.open} {
				said := "-"
				if fs := got[i][0].Denies; len(fs) > 0 {
					said = fs[0].Message
					if !fs[0].Sure {
						said += " ?"
					}
				}
				if said != want {
					t.Errorf("%s: got %s, want %s", sites[i].ID, said, want)
				}
			}
		})
	}
}

// TestPlacesInArrays compares arrays that may have an element more: no place in them is known, whatever stands first.
func TestPlacesInArrays(t *testing.T) {
	sites := []SiteDoc{
		{ID: "open", Term: term(t, `{"l": ["1", "3"]}`), Unknown: []string{"a"}},
		{ID: "known", Row: 1, Term: term(t, `{"l": ["1"], "a": "3"}`)},
	}
	for _, with := range []string{`[0, "3"]`, `["1", "3"]`, `["3"]`, `[]`, `["1", "3", "4"]`, `input.site.l`} {
		rules := `deny contains "m" if { y := [x | some x in ["1", input.site.a]; x != "2"]; y == ` + with + ` }
warn contains y[0] if { y := [x | some x in ["1", input.site.a]; x != "2"] }`
		if _, err := agree(t, engine(t, one(t, rules), Documents{}), input(t, `{}`, `{}`), sites, "%s", rules); err != nil {
			t.Error(err)
		}
	}
}
