package rego

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// compiled compiles a set of modules.
func compiled(t *testing.T, modules map[string]string) (*Program, []Warning) {
	t.Helper()
	set := load(t, modules)
	p, err := Compile(set)
	if err != nil {
		t.Fatal(err)
	}
	// What METADATA lacks is another test's.
	return p, slices.DeleteFunc(p.Warnings(set), func(w Warning) bool { return strings.Contains(w.Message, " lacks ") })
}

const settled = `# METADATA
# title: With settings
# custom: {id: T-1, class: selection, hook: site, reviewed: 2026-11-23, settings: {limit: 5, other: 1, third: 2}}
package p

import data.lib.x
import data.lib.y

deny contains "a" if {
	input.site.lat > input.settings.limit
	helper
	unused := 1
}

helper if x

deny contains "b" if f(1, 2)

f(a, b) if a > 1

denny contains "typo" if true

other[k] := 5 if some k in [1]

other.z := 5

default fallback := false

score := 5 if {
	input.settings["third"] > 1
	never_else
}

never_else if false

else := lost if true

lost := 1
`

func TestWarnings(t *testing.T) {
	_, got := compiled(t, map[string]string{
		"p.rego":   settled,
		"lib.rego": "package lib\n\nimport data.q\n\nx if true\n\ny if true\n\nz if q.of_a_library\n",
		"q.rego":   strings.Replace(header, "T-1", "T-2", 1) + "package q\n\ndeny contains \"x\" if input.settings[\"limit\"]\n\nof_a_library if true\n",
		"r.rego":   strings.Replace(header, "T-1", "T-3", 1) + "package r\n\ndeny contains \"x\" if some v in input.settings\n",
		"s.rego":   strings.Replace(header, "T-1", "T-4", 1) + "package s\n\ndeny contains \"x\" if count(input) > 1\n",
		"u.rego":   strings.Replace(header, "T-1", "T-5", 1) + "package u\n\ndeny contains \"x\" if input.settings\n",
	})
	want := []Warning{
		{"test/p.rego:1", `setting "other" of policy T-1 is declared and no rule reads it`},
		{"test/p.rego:7", "import data.lib.y unused"},
		{"test/p.rego:12", "assigned var unused unused"},
		{"test/p.rego:19", "unused argument b. (hint: use _ (wildcard variable) instead)"},
		{"test/p.rego:21", `rule denny is used by none of deny, warn, obligation and score; did you mean "deny"?`},
		{"test/p.rego:23", "rule other is used by none of deny, warn, obligation and score"},
		{"test/p.rego:25", "rule other.z is used by none of deny, warn, obligation and score"},
		{"test/p.rego:27", "rule fallback is used by none of deny, warn, obligation and score"},
		{"test/q.rego:8", "rule of_a_library is used by none of deny, warn, obligation and score"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestWarningsStandard: there is nothing suspicious about the standard policies.
func TestWarningsStandard(t *testing.T) {
	set := standard(t)
	p, err := Compile(set)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Warnings(set); len(got) > 0 {
		t.Errorf("%v", got)
	}
}

// TestFallbacks: an object that is compared with an object comprehension is more than OPA's planner can plan.
func TestFallbacks(t *testing.T) {
	p, _ := compiled(t, map[string]string{"p.rego": header + `package p

deny contains "planned" if input.site.lat > 1

warn contains "not planned" if {"a": 1} = {k: v | some k, v in input.site.offers}

score := 5 if {"a": 1} = {k: v | some k, v in input.site.offers}
`})
	got := p.Fallbacks()
	for i := range got {
		if !strings.HasPrefix(got[i].Why, "OPA's planner: not implemented: unify(") || strings.Contains(got[i].Why, "\n") {
			t.Errorf("%q", got[i].Why)
		}
		got[i].Why = ""
	}
	if diff := cmp.Diff([]Fallback{{"T-1", "test/p.rego:8", "warn", ""}, {"T-1", "test/p.rego:10", "score", ""}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	outlines := p.Outlines()
	if len(outlines) != 1 || outlines[0].Bodies != 3 || factNames(outlines[0].Facts) != "site.lat site.offers" {
		t.Errorf("%+v", outlines)
	}
}

// TestFallbacksStandard: every body of the standard policies can be planned.
func TestFallbacksStandard(t *testing.T) {
	set, err := standard(t).Everything()
	if err != nil {
		t.Fatal(err)
	}
	p, err := Compile(set)
	if err != nil {
		t.Fatal(err)
	}
	if got := p.Fallbacks(); len(got) > 0 {
		t.Errorf("%v", got)
	}
	if got := p.Outlines(); len(got) < 38 || got[0].Policy.ID != "RED-01" || got[0].Bodies != 2 {
		t.Errorf("%+v", got)
	}
}

// TestCompileErrorsAll: the error has every line, in order of place, and shows the first of them.
func TestCompileErrorsAll(t *testing.T) {
	var rules strings.Builder
	for i := range 30 {
		fmt.Fprintf(&rules, "deny contains \"%d\" if nope%d(1)\n", i, i)
	}
	rules.WriteString("deny contains \"last\" if http.send({})\n")
	_, err := Compile(one(t, rules.String()))
	var ce *CompileError
	if !errors.As(err, &ce) || len(ce.All) != 31 || len(ce.Lines) != maxCompileErrors+1 || ce.Lines[maxCompileErrors] != "and 11 more" {
		t.Fatalf("%v", err)
	}
	for i, want := range map[int]string{
		0: "test/p.rego:6: undefined function nope0", 4: "test/p.rego:10: undefined function nope4", 29: "test/p.rego:35: undefined function nope29",
		30: "test/p.rego:36: http.send may not be called: it reaches the network; put the fact in the topology",
	} {
		if ce.All[i] != want {
			t.Errorf("line %d: %s, want %s", i, ce.All[i], want)
		}
	}
}

func TestByPlace(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"a:9: x", "a:10: x", -1},
		{"b:9: x", "a:10: x", 1},
		{"a:1: x", "a:1: y", -1},
		{"c:\\d\\a.rego:2: x", "c:\\d\\a.rego:1: x", 1},
		{"without a place", "a:1: x", 1},
		{"a:1: x", "without a place", -1},
		{"a: b", "a: c", -1},
		{"a:99999999999999999999: b", "a:1: c", 1},
		{"same", "same", 0},
	} {
		if got := ByPlace(c.a, c.b); got != c.want {
			t.Errorf("%q, %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// TestMetadataLacks names what METADATA may leave out and readers miss.
func TestMetadataLacks(t *testing.T) {
	text := "# METADATA\n# title: t\n# custom: {id: T-1, class: selection, hook: site, reviewed: 2026-11-23, settings: {most: 1}}\npackage p\n\ndeny contains \"a\" if input.site.lat > input.settings.most\n"
	whole := "# METADATA\n# title: t\n# description: d\n# custom: {id: T-1, class: selection, hook: site, reviewed: 2026-11-23, references: [r], settings: {most: 1}, settingsSchema: {most: {type: number}}}\npackage p\n\ndeny contains \"a\" if input.site.lat > input.settings.most\n"
	for text, want := range map[string][]string{
		whole: nil,
		text: {
			`METADATA of policy T-1 lacks a schema of setting "most" under custom.settingsSchema: any value of its type is taken`,
			"METADATA of policy T-1 lacks custom.references: say what the requirement comes from",
			"METADATA of policy T-1 lacks description: say in a sentence or two what it asks, and why",
		},
	} {
		set := load(t, map[string]string{"p.rego": text})
		p, err := Compile(set)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, w := range p.Warnings(set) {
			got = append(got, w.Message)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
