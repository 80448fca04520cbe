package policy

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// files makes a file system of texts.
func files(texts map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range texts {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

// meta is METADATA with an id.
func meta(id string) string {
	return "# METADATA\n# title: Title of " + id + "\n# custom: {id: " + id + ", class: sovereignty, hook: site, reviewed: 2026-11-23}\n"
}

const full = `# METADATA
# title: Full
# description: |
#   Why.
# custom:
#   id: ACME-1
#   class: redundancy
#   hook: site
#   severity: high
#   reviewed: "2026-11-22"
#   references: ["§ 5", "RFC 1"]
#   settings:
#     allowed: [DE, FR]
#     most: 5
#     ratio: 0.5
#     strict: true
#     day: 2026-01-02
#     deep: {a: [1]}
package acme.countries["a.b"]

import data.lib

deny contains "x" if lib.always

denies contains "a helper"
`

func TestLoad(t *testing.T) {
	set, err := Load(Source{Name: "own", FS: files(map[string]string{
		"b/full.rego":        full,
		"b/full_test.rego":   "this is not read",
		"lib.rego":           "package lib\n\nalways := true\n",
		"a.rego":             meta("A-2") + "package a\n\nscore := 5\n",
		"a_more.rego":        "package a\n\nwarn contains \"more\"\n",
		"README.md":          "not Rego",
		".git/x.rego":        "this is not read",
		".hidden.rego":       "this is not read",
		"b/deep/obl.rego":    meta("B.3") + "package b\n\nobligation contains \"do\"\n",
		"b/deep/notes.rego~": "not Rego",
	})})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range set.Policies() {
		got = append(got, fmt.Sprintf("%s %s %s %s %s %s", p.ID, p.Package, p.Class, p.Hook, p.Severity, p.File))
	}
	want := []string{
		"A-2 data.a sovereignty site medium own/a.rego",
		`ACME-1 data.acme.countries["a.b"] redundancy site high own/b/full.rego`,
		"B.3 data.b sovereignty site medium own/b/deep/obl.rego",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	p := set.Policies()[1]
	if p.Title != "Full" || p.Description != "Why." || !p.Reviewed.Equal(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", p)
	}
	if d := cmp.Diff([]string{"§ 5", "RFC 1"}, p.References); d != "" {
		t.Error(d)
	}
	settings := map[string]any{
		"allowed": []any{"DE", "FR"}, "most": 5.0, "ratio": 0.5, "strict": true, "day": "2026-01-02",
		"deep": map[string]any{"a": []any{1.0}},
	}
	if d := cmp.Diff(settings, p.Settings); d != "" {
		t.Error(d)
	}
	var names []string
	for _, m := range set.Modules() {
		names = append(names, m.Name)
	}
	if d := cmp.Diff([]string{"own/a.rego", "own/a_more.rego", "own/b/deep/obl.rego", "own/b/full.rego", "own/lib.rego"}, names); d != "" {
		t.Error(d)
	}
}

func TestEmpty(t *testing.T) {
	set, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(set.Policies()) != 0 || len(set.Modules()) != 0 || !strings.HasPrefix(set.Digest(), "sha256:") {
		t.Errorf("%v", set)
	}
}

// TestLoadErrors says what is wrong with a file, and where.
func TestLoadErrors(t *testing.T) {
	custom := func(lines string) string {
		return "# METADATA\n# title: T\n# custom:\n" + lines + "package p\n\ndeny contains \"x\"\n"
	}
	const ok = "#   id: P-1\n#   class: selection\n#   hook: site\n#   reviewed: 2026-11-23\n"
	for _, tc := range []struct{ name, text, want string }{
		{"not Rego", "package p\n\ndeny contains x if {\n", "s/p.rego:4: unexpected eof token: deny contains x if {"},
		{"empty", "", "s/p.rego: empty module"},
		{"version 0", "package p\n\ndeny[x] { x := 1 }\n", "s/p.rego:3: `if` keyword is required before rule body"},
		{"no METADATA", "package p\n\ndeny contains \"x\"\n", "s/p.rego:1: the package decides but has no METADATA; put `# METADATA` with title and custom (id, class, hook, reviewed) before its package clause"},
		{"no title", "# METADATA\n# custom: {id: P-1, class: selection, hook: site, reviewed: 2026-11-23}\npackage p\n\ndeny contains \"x\"\n", "s/p.rego:1: METADATA: title is missing: say in one line what the policy asks"},
		{"no id", custom("#   class: selection\n"), "s/p.rego:1: METADATA: custom.id is missing"},
		{"id of a wrong type", custom("#   id: 5\n"), "s/p.rego:1: METADATA: custom.id must be a string"},
		{"id that means something elsewhere", custom("#   id: 'a\"];x'\n"), `s/p.rego:1: METADATA: custom.id "a\"];x" is not a policy id: letters, digits, dot, underscore and hyphen, at most 64`},
		{"no class", custom("#   id: P-1\n"), "s/p.rego:1: METADATA: custom.class is missing"},
		{"other class", custom("#   id: P-1\n#   class: redundency\n"), `s/p.rego:1: METADATA: custom.class "redundency" is none of sovereignty, redundancy, selection; did you mean "redundancy"?`},
		{"no hook", custom("#   id: P-1\n#   class: selection\n"), "s/p.rego:1: METADATA: custom.hook is missing"},
		{"other hook", custom("#   id: P-1\n#   class: selection\n#   hook: sites\n"), `s/p.rego:1: METADATA: custom.hook "sites" is none of site, path, placement; did you mean "site"?`},
		{"no review", custom("#   id: P-1\n#   class: selection\n#   hook: site\n"), "s/p.rego:1: METADATA: custom.reviewed is missing: the day a person last checked the policy, as YYYY-MM-DD"},
		{"no such day", custom("#   id: P-1\n#   class: selection\n#   hook: site\n#   reviewed: '2026-02-30'\n"), `s/p.rego:1: METADATA: custom.reviewed "2026-02-30" is not a date as YYYY-MM-DD`},
		{"severity", custom(ok + "#   severity: urgent\n"), `s/p.rego:1: METADATA: custom.severity "urgent" is none of low, medium, high`},
		{"references", custom(ok + "#   references: x\n"), "s/p.rego:1: METADATA: custom.references must be a list of strings"},
		{"settings", custom(ok + "#   settings: [x]\n"), "s/p.rego:1: METADATA: custom.settings must be a mapping"},
		{"null setting", custom(ok + "#   settings: {x: null}\n"), "s/p.rego:1: METADATA: custom.settings.x: null is not a value here; omit the key"},
		{"infinite setting", custom(ok + "#   settings: {x: .inf}\n"), "s/p.rego:1: METADATA: custom.settings.x: +Inf is not a number here"},
		{"unknown key", custom(ok + "#   sevrity: low\n"), `s/p.rego:1: METADATA: custom has no key "sevrity"; did you mean "severity"?`},
		{"deny is no set", meta("P-1") + "package p\n\ndeny if input.x\n", "s/p.rego:6: deny must be a set: write `deny contains message if { … }`"},
		{"deny by default", meta("P-1") + "package p\n\ndefault deny := false\n", "s/p.rego:6: deny must be a set: write `deny contains message if { … }`"},
		{"deny is a function", meta("P-1") + "package p\n\ndeny(x) := x\n", "s/p.rego:6: deny must be a set: write `deny contains message if { … }`"},
		{"warn below a name", meta("P-1") + "package p\n\nwarn.late contains \"x\"\n", "s/p.rego:6: warn must be a set: write `warn contains message if { … }`"},
		{"obligation is an object", meta("P-1") + "package p\n\nobligation[k] := 1 if some k in [\"a\"]\n", "s/p.rego:6: obligation must be a set: write `obligation contains message if { … }`"},
		{"score is a set", meta("P-1") + "package p\n\nscore contains 5\n", "s/p.rego:6: score must be one number: write `score := 50 if { … }`"},
		{"score is a function", meta("P-1") + "package p\n\nscore(x) := x\n", "s/p.rego:6: score must be one number: write `score := 50 if { … }`"},
		{"among the facts", meta("P-1") + "package topology.sites\n\ndeny contains \"x\"\n", "s/p.rego:4: a package may not begin with topology: data.topology holds the facts"},
		{"hidden", "package system.x\n\na := 1\n", "s/p.rego:1: a package may not begin with system: OPA hides what is below data.system"},
		{"nested operators", "package p\n\nx := " + strings.Repeat("1+", 100) + "1\n", "s/p.rego:3: the expression nests deeper than 64; name its parts with :="},
		{"nested brackets", "package p\n\nx contains " + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "\n", "s/p.rego:3: the expression nests deeper than 64; name its parts with :="},
		{"nested statements", "package p\n\nx if {\n" + strings.Repeat("every y in [1] {\n", 100) + "y" + strings.Repeat("}", 100) + "}\n", "s/p.rego:66: the expression nests deeper than 64; name its parts with :="},
		{"too long", "package p\n" + strings.Repeat("#", MaxFileBytes), "s/p.rego: a module has at most 65536 bytes; split it"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Load(Source{Name: "s", FS: files(map[string]string{"p.rego": tc.text})})
			if err == nil {
				t.Fatal("no error")
			}
			if err.Error() != tc.want {
				t.Errorf("got  %s\nwant %s", err, tc.want)
			}
		})
	}
}

// TestLoadBombs wants text that is made to be slow to parse refused.
func TestLoadBombs(t *testing.T) {
	n := MaxFileBytes/2 - 100
	for _, text := range []string{
		"x := " + strings.Repeat("1+", n) + "1",
		"x := " + strings.Repeat("[", 2*n),
		"x := " + strings.Repeat("[", n) + strings.Repeat("]", n),
		"x := " + strings.Repeat("{1:", n/2) + "1" + strings.Repeat("}", n/2),
		"x := " + strings.Repeat("f(", n/2) + "1" + strings.Repeat(")", n/2),
		"x if " + strings.Repeat("not ", n/2) + "y",
		"x := " + strings.Repeat("-", 2*n) + "1",
		"x := " + strings.Repeat("[x|", n/2) + "1" + strings.Repeat("]", n/2),
		"# METADATA\n# custom: " + strings.Repeat("[", n) + "\nx := 1",
	} {
		if _, err := Load(Source{FS: files(map[string]string{"p.rego": "package p\n" + text})}); err == nil {
			t.Errorf("%.40s… loads", text)
		}
	}
}

func TestSeveralSources(t *testing.T) {
	a := Source{Name: "a", FS: files(map[string]string{
		"x.rego": meta("X-1") + "package x\n\ndeny contains \"x\"\n", "y.rego": meta("Y-1") + "package y\n\ndeny contains \"y\"\n",
	})}
	for _, tc := range []struct {
		name    string
		sources []Source
		want    string
	}{
		{"same id", []Source{a, {Name: "b", FS: files(map[string]string{"z.rego": meta("X-1") + "package z\n\ndeny contains \"z\"\n"})}}, "policy id X-1 is used by a/x.rego and by b/z.rego; rename one, or leave one out"},
		{"same id in one source", []Source{{Name: "b", FS: files(map[string]string{"z.rego": meta("X-1") + "package z\n\ndeny contains \"z\"\n", "w.rego": meta("X-1") + "package w\n\ndeny contains \"w\"\n"})}}, "policy id X-1 is used by b/w.rego and by b/z.rego; rename one, or leave one out"},
		{"same package", []Source{a, {Name: "b", FS: files(map[string]string{"z.rego": "package x\n\nhelper := 1\n"})}}, "b/z.rego:1: package data.x is also defined by a/x.rego, of another source; rename one, or leave that policy out"},
		{"two METADATA", []Source{{Name: "b", FS: files(map[string]string{"z.rego": meta("X-1") + "package z\n\ndeny contains \"z\"\n", "w.rego": meta("X-1") + "package z\n\ndeny contains \"w\"\n"})}}, "b/z.rego:1: package data.z has METADATA here and at b/w.rego:1; keep one"},
		{"same name", []Source{a, a}, "a/x.rego:4: package data.x is also defined by a/x.rego, of another source; rename one, or leave that policy out"},
		{"same file name", []Source{{Name: "n", FS: files(map[string]string{"l.rego": "package l\n"})}, {Name: "n", FS: files(map[string]string{"l.rego": "package k\n"})}}, "n/l.rego: two policy sources hold this file; give them different names"},
		{"nothing to leave out", []Source{{Name: "a", FS: a.FS, Without: []string{"X-2"}}}, `policy source "a" has no policy "X-2" to leave out; did you mean "X-1"?`},
		{"no file system", []Source{{Name: "a"}}, `policy source "a" has no file system`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Load(tc.sources...)
			if err == nil || err.Error() != tc.want {
				t.Errorf("got  %v\nwant %s", err, tc.want)
			}
		})
	}

	a.Without = []string{"X-1"}
	set, err := Load(a, Source{Name: "b", FS: files(map[string]string{"x.rego": meta("X-1") + "package own.x\n\ndeny contains \"own\"\n"})})
	if err != nil {
		t.Fatal(err)
	}
	if p := set.Policies(); len(p) != 2 || p[0].File != "b/x.rego" || len(set.Modules()) != 2 {
		t.Errorf("%v", p)
	}
}

func TestSettings(t *testing.T) {
	set, err := Load(Source{Name: "s", FS: files(map[string]string{"p.rego": full, "q.rego": meta("Q-1") + "package q\n\ndeny contains \"x\"\n", "lib.rego": "package lib\n\nalways := true\n"})})
	if err != nil {
		t.Fatal(err)
	}
	changed, err := set.WithSettings(map[string]map[string]any{"ACME-1": {"allowed": []string{"IT"}, "most": 7, "strict": false}})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]any{"IT"}, changed.Policies()[0].Settings["allowed"]); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]any{"DE", "FR"}, set.Policies()[0].Settings["allowed"]); d != "" {
		t.Error("the first set has changed:", d)
	}
	if set.Digest() == changed.Digest() {
		t.Error("settings take no part in the digest")
	}
	for _, tc := range []struct {
		name      string
		overrides map[string]map[string]any
		want      string
	}{
		{"policy", map[string]map[string]any{"ACME-2": {}}, `settings: there is no policy "ACME-2"; did you mean "ACME-1"?`},
		{"key", map[string]map[string]any{"ACME-1": {"alowed": []any{}}}, `settings: policy ACME-1 has no setting "alowed"; did you mean "allowed"?`},
		{"no settings at all", map[string]map[string]any{"Q-1": {"x": 1}}, "settings: policy Q-1 has no settings"},
		{"type", map[string]map[string]any{"ACME-1": {"most": "7"}}, "settings: ACME-1.most must be a number, like its default, not a string"},
		{"list for a mapping", map[string]map[string]any{"ACME-1": {"deep": []any{}}}, "settings: ACME-1.deep must be a mapping, like its default, not a list"},
		{"null", map[string]map[string]any{"ACME-1": {"strict": nil}}, "settings: ACME-1.strict: null is not a value here; omit the key"},
		{"no value of JSON", map[string]map[string]any{"ACME-1": {"deep": struct{}{}}}, "settings: ACME-1.deep: struct {} is not a value of JSON"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := set.WithSettings(tc.overrides)
			if err == nil || err.Error() != tc.want {
				t.Errorf("got  %v\nwant %s", err, tc.want)
			}
		})
	}
}

func TestDigest(t *testing.T) {
	load := func(name string, texts map[string]string) *Set {
		t.Helper()
		set, err := Load(Source{Name: name, FS: files(texts)})
		if err != nil {
			t.Fatal(err)
		}
		return set
	}
	base := map[string]string{"p.rego": full, "lib.rego": "package lib\n\nalways := true\n"}
	want := load("a", base).Digest()
	if got := load("b", base).Digest(); got != want {
		t.Error("where it was loaded from changes the digest")
	}
	if got := load("a", map[string]string{"p.rego": full, "lib.rego": "package lib\n\nalways := false\n"}).Digest(); got == want {
		t.Error("a library takes no part in the digest")
	}
	if got := load("a", map[string]string{"p.rego": full, "lib2.rego": base["lib.rego"]}).Digest(); got == want {
		t.Error("paths take no part in the digest")
	}
	same, err := load("a", base).WithLimits(Limits{Steps: DefaultSteps})
	if err != nil || same.Digest() != want {
		t.Error("spelling out a default changes the digest", err)
	}
	other, err := load("a", base).WithLimits(Limits{Steps: 5})
	if err != nil || other.Digest() == want || other.Limits().Steps != 5 || other.Limits().Findings != DefaultFindings {
		t.Error("limits take no part in the digest", err)
	}
	if _, err := load("a", base).WithLimits(Limits{Findings: -1}); err == nil || err.Error() != "policy limit Findings is negative; zero means the default" {
		t.Error(err)
	}
}

func TestTooManyFiles(t *testing.T) {
	texts := map[string]string{}
	for i := range MaxFiles + 1 {
		texts[fmt.Sprintf("%04d.rego", i)] = fmt.Sprintf("package p%d\n", i)
	}
	_, err := Load(Source{Name: "s", FS: files(texts)})
	if err == nil || err.Error() != "s/2000.rego: a policy set has at most 2000 modules; is this the directory you meant?" {
		t.Error(err)
	}
	texts = map[string]string{}
	for i := range 100 {
		texts[fmt.Sprintf("%04d.rego", i)] = fmt.Sprintf("package p%d\n", i) + strings.Repeat("#", MaxFileBytes-20)
	}
	_, err = Load(Source{Name: "s", FS: files(texts)})
	if err == nil || err.Error() != "s/0064.rego: the modules of a policy set have at most 4194304 bytes together" {
		t.Error(err)
	}
	_, err = Load(Source{Name: "s", FS: files(map[string]string{strings.Repeat("d/", MaxPathDepth+1) + "p.rego": "package p\n"})})
	if want := "s/" + strings.Repeat("d/", MaxPathDepth) + "d: directories nest deeper than 32"; err == nil || err.Error() != want {
		t.Error(err)
	}
}

// FuzzLoad wants an error or a set for any text, never a panic.
func FuzzLoad(f *testing.F) {
	f.Add(full)
	f.Add(meta("P-1") + "package p\n\ndeny contains {\"message\": $\"{x}\"} if some x in input.site.services\n")
	f.Add("# METADATA\n# custom: {id: *x}\npackage p\n\nscore := 1 else := 2\n")
	f.Add("package p\n\nx[y][z] := 1 if { not f(y) with input as 5; every a, b in z { a == b } }\n")
	f.Fuzz(func(t *testing.T, text string) {
		set, err := Load(Source{Name: "s", FS: files(map[string]string{"p.rego": text})})
		if (set == nil) == (err == nil) {
			t.Errorf("%v, %v", set, err)
		}
	})
}
