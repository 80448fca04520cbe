package rego

import (
	"fmt"
	"strings"
	"testing"
)

// unknownHere are facts of the sites of TestAmplificationOfUnknown.
var unknownHere = []string{"country", "zones", "name", "control"}

// tests is a body of so many tests of facts that are unknown.
func tests(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "\tinput.site.%s == %d\n", unknownHere[i%len(unknownHere)], i)
	}
	return b.String()
}

// TestAmplificationOfUnknown feeds rules that make much of unknown facts, or do the
// same over and over, to sites of which little is known. Each ends at a counted limit,
// with one error by whomever it is asked.
func TestAmplificationOfUnknown(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN with -short: no two goroutines meet here, and the race detector takes minutes over it")
	}
	stopped := ": stopped after 500000 steps: step limit passed; let the rule look at less, or raise limits.steps"
	long := strings.Repeat("a", 900)
	for _, tc := range []struct {
		name, rules string
		want        error
		says        string
	}{
		{"object of very many keys", "deny contains \"x\" if {\n\to := {sprintf(\"%s%d\", [input.site.id, i]): i | some i in numbers.range(1, 60000); i != input.site.zones}\n\tcount(o) == 1\n}", ErrSteps, ":6" + stopped},
		{"object of keys that may be any", "deny contains \"x\" if {\n\to := {k: i | some i in numbers.range(1, 60000); k := object.get({1: input.site.zones}, i % 2, i)}\n\tcount(o) == 1\n}", ErrSteps, ":6" + stopped},
		{"members of which part is unknown", "deny contains \"x\" if {\n\to := {[i, input.site.country] | some i in numbers.range(1, 5000)}\n\tp := {[i, input.site.country] | some i in numbers.range(1, 5000)}\n\tcount(o - p) == 1\n}", ErrSteps, ":6" + stopped},
		{"sets put together again and again", "deny contains \"x\" if {\n\ta := {i | some i in numbers.range(1, 20000)}\n\tsome j in numbers.range(1, 20000)\n\tb := a | {j, input.site.country}\n\tcount(b) == j\n}", ErrSteps, ":6" + stopped},
		{"arrays built into others", "f(x) := [y | y := x[_]; y != input.site.country]\ndeny contains \"x\" if {\n\tx0 := numbers.range(1, 10000)\n" + double(20, "NEXT := array.concat(f(LAST), [input.site.country])") + "\tcount(x20) == 1\n}", ErrSteps, ":7" + stopped},
		{"arrays that double", "deny contains \"x\" if {\n\tx0 := [input.site.country]\n" + double(60, "NEXT := array.concat(LAST, LAST)") + "\tcount(x60) == 1\n}", ErrSteps, ":6" + stopped},
		{"values built into others", "deny contains \"x\" if {\n\tx0 := input.site.country\n" + double(60, "NEXT := [LAST | some _ in [1, 2]]") + "\tx60 != x59\n}", ErrSize, "size limit passed"},
		{"what may be one or the other", "deny contains \"x\" if {\n\ta := numbers.range(1, 50000)\n\tb := f(a)\n\tcount(b) == 1\n}\nf(a) := b if {\n\tinput.site.country == \"DE\"\n\tb := [x | some x in a; x != input.site.zones]\n} else := [x | some x in a; x + 2 != input.site.zones]", ErrSteps, ":6" + stopped},
		{"joining tables", "deny contains \"x\" if {\n\tinput.site.country == \"DE\"\n\to := [s | some s in data.topology.sites; s.country == input.site.country]\n\tsome q in o\n\tsome p in o\n\tp == q\n\tq in o\n\tnot p in o\n}", ErrSteps, ":6" + stopped},
		{"records of a table compared", "deny contains \"x\" if {\n\tinput.site.country == \"DE\"\n\tsome s in data.topology.sites\n\tsome q in data.topology.sites\n\ts.country == input.site.country\n\tq.country == s.country\n\ts == q\n}", ErrSteps, ":6" + stopped},
		{"equal objects", "deny contains \"x\" if {\n\ta := {i: input.site.country | some i in numbers.range(1, 20000)}\n\tb := {i: input.site.country | some i in numbers.range(1, 20000)}\n\tsome j in numbers.range(1, 20000)\n\tnot a == b\n\tj == input.site.zones\n}", ErrSteps, ":6" + stopped},
		{"members of long lists", "deny contains \"x\" if {\n\ta := [i | some i in numbers.range(1, 30000); i != input.site.zones]\n\tsome j in numbers.range(1, 30000)\n\tx := 0 - j\n\tx in a\n}", ErrSteps, ":6" + stopped},
		{"members of long lists that are known", "deny contains \"x\" if {\n\ta := [i | some i in numbers.range(1, 30000)]\n\tsome j in numbers.range(1, 30000)\n\tx := 0 - j\n\tx in a\n}", ErrSteps, ":10: internal.member_2" + stopped},
		{"patterns on long text", "deny contains \"x\" if {\n\tx := concat(\"\", [\"" + long + "\" | some _ in numbers.range(1, 1000)])\n\tsome _ in numbers.range(1, 10000)\n\tregex.match(\"(a|aa)*b$\", x)\n}", ErrSteps, ":9: regex.match" + stopped},
		{"text of unknown facts again and again", "deny contains \"x\" if {\n\ta := [input.site.country | some _ in numbers.range(1, 20000)]\n\tsome _ in numbers.range(1, 20000)\n\tm := concat(\"\", a)\n\tm == \"b\"\n\tfalse\n}", ErrSteps, ":6" + stopped},
		{"text with wide numbers", "deny contains \"x\" if sprintf(\"" + strings.Repeat("%999999d", 40) + "%v\", [" + strings.Repeat("1, ", 40) + "input.site.country]) == \"x\"", ErrSize, ":6: size limit passed"},
		{"nested with", "deny contains \"x\" if r30\nr0 if input.request.a == input.site.country\n" + chain(30, "rNEXT if { rLAST with input.request.a as LAST; rLAST with input.request.b as input.site.country }"), ErrSteps, ":6" + stopped},
		{"large documents replaced", "deny contains \"x\" if {\n\ta := {sprintf(\"%d\", [i]): i | some i in numbers.range(1, 20000)}\n\tq with input.request as a\n}\nq if {\n\tsome j in numbers.range(1, 20000)\n\tr with input.request.z as [j, input.site.country]\n}\nr if count(input.request) == input.request.z", ErrSteps, ":6" + stopped},
		{"comprehensions in comprehensions", "deny contains \"x\" if count([1 | some a in numbers.range(1, 20); count([1 | some b in numbers.range(1, 20); count([1 | some c in numbers.range(1, 20); count([1 | some d in numbers.range(1, 20); count([1 | some e in numbers.range(1, 20); e == input.site.zones]) == d]) == c]) == b]) == a]) == 1", ErrSteps, ":6" + stopped},
		{"many ways in loops", "deny contains \"x\" if {\n\tsome v, r in data.topology.jurisdictions\n\tsome w, q in data.topology.jurisdictions\n\tnot p(v, w, r, q)\n}\np(v, w, r, q) if {\n\tr != q\n" + tests(20) + "}", ErrSteps, ":6" + stopped},
		{"ways within ways", "deny contains \"x\" if {\n\tsome v in data.topology.jurisdictions\n\tnot p(v)\n}\np(v) if {\n\tsome w, _ in data.topology.jurisdictions\n\tx := [w | w == input.site.country]\n\ty := [v | v == input.site.name]\n\tx == y\n\tinput.site.zones == count(x)\n}", ErrSteps, ":6" + stopped},
		{"a table that is opened again and again", "deny contains \"x\" if {\n\tsome _ in numbers.range(1, 30000)\n\ts := data.topology.sites\n\tcount(s) == input.site.zones\n\ts == {1: 2}\n}", ErrSteps, ":6" + stopped},
	} {
		t.Run(tc.name, func(t *testing.T) {
			docs := catalogueDocs()
			docs.Rows = nil
			sites := []SiteDoc{
				{ID: "s", Term: term(t, `{"id": "s"}`), Unknown: unknownHere},
				{ID: "t", Row: 1, Term: term(t, `{"id": "t"}`), Unknown: unknownHere},
			}
			endsAtLimit(t, engine(t, one(t, tc.rules), docs), sites, tc.want, tc.says)
		})
	}
}

// TestMuchOfUnknownWithinLimits feeds rules that ask much of unknown facts, and not too
// much: the engines agree that each is possible.
func TestMuchOfUnknownWithinLimits(t *testing.T) {
	for _, tc := range []struct{ name, rules string }{
		{"many ways", "deny contains \"x\" if not p\np if {\n" + tests(40) + "}"},
		{"a table against an unknown list", "h := {\"one\": input.site.country}\ndeny contains \"x\" if {\n\tsome v, _ in data.topology.jurisdictions\n\tv in input.site.control\n\tnot h.one == h.one\n}"},
		{"a table against itself", "deny contains \"x\" if {\n\tsome s in data.topology.sites\n\ts.id == \"AKL\"\n\ts.country == input.site.country\n\tsome q in data.topology.sites\n\tq.id == s.id\n\tq.country == input.site.name\n}"},
		{"documents in documents", "deny contains \"x\" if r30\nr0 := input.site.country == \"DE\"\n" + chain(30, "rNEXT := x if { x := rLAST with input.request.a as LAST with input.request.b as input.site.country }")},
		{"object of many keys", "deny contains \"x\" if {\n\to := {sprintf(\"%s%d\", [input.site.id, i]): i | some i in numbers.range(1, 500); i != input.site.zones}\n\tcount(o) == 500\n}"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			docs := catalogueDocs()
			docs.Rows = nil
			sites := []SiteDoc{
				{ID: "s", Term: term(t, `{"id": "s"}`), Unknown: unknownHere},
				{ID: "t", Row: 1, Term: term(t, `{"id": "t"}`), Unknown: unknownHere},
			}
			got, err := agree(t, engine(t, one(t, tc.rules), docs), input(t, `{}`, `{}`), sites, "%s", tc.rules)
			if err != nil {
				t.Fatal(err)
			}
			if got[0][0].Verdict != Possible {
				t.Errorf("verdict %s", got[0][0].Verdict)
			}
		})
	}
}
