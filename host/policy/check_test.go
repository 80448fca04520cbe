package policy

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCheck: everything that is wrong is said, once, and nothing that only follows from it.
func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"nothing", map[string]string{"a.rego": meta("A") + "package a\n\nscore := 5\n"}, nil},
		{
			"in several files",
			map[string]string{
				"a.rego": meta("A") + "package a\n\ndeny := true\n\nwarn := 1\n\nscore contains 1\n",
				"b.rego": "package b\n\ndeny contains if {\n",
				"c.rego": "package topology.c\n",
				"d.rego": meta("D") + "package d\n\nscore := 5\n",
			},
			[]string{
				"own/a.rego:6: deny must be a set: write `deny contains message if { … }`",
				"own/a.rego:8: warn must be a set: write `warn contains message if { … }`",
				"own/a.rego:10: score must be one number: write `score := 50 if { … }`",
				"own/b.rego:3: unexpected if keyword: deny contains if {",
				"own/c.rego:1: a package may not begin with topology: data.topology holds the facts",
			},
		},
		{
			"in METADATA",
			map[string]string{
				"a.rego": "# METADATA\n# custom: {id: request, class: legal, hook: 5, reviewed: soon, severity: low, references: [1], settings: {a: null}, extra: 1}\npackage a\n\nscore := 5\n",
				"b.rego": "# METADATA\n# title: B\n# custom: {hook: path, reviewed: 2026-01-01}\npackage b\n\nscore := 5\n",
				"c.rego": "package c\n\nscore := 5\n",
				"d.rego": "# METADATA\n# title: D\n# custom: {id: D}\npackage d\n\ndenny := 5\n",
				"e.rego": meta("E") + "package e\n\nscore := 5\n",
				"f.rego": meta("E") + "package f\n\nscore := 5\n",
			},
			[]string{
				`own/a.rego:1: METADATA: custom has no key "extra"`,
				`own/a.rego:1: METADATA: custom.id "request" is taken: decisions use it for what the request itself leaves out`,
				`own/a.rego:1: METADATA: custom.class "legal" is none of sovereignty, redundancy, selection`,
				`own/a.rego:1: METADATA: custom.hook must be a string`,
				`own/a.rego:1: METADATA: custom.references must be a list of strings`,
				`own/a.rego:1: METADATA: custom.reviewed "soon" is not a date as YYYY-MM-DD`,
				`own/a.rego:1: METADATA: custom.settings.a: null is not a value here; omit the key`,
				`own/a.rego:1: METADATA: title is missing: say in one line what the policy asks`,
				`own/b.rego:1: METADATA: custom.id is missing`,
				`own/b.rego:1: METADATA: custom.class is missing`,
				"own/c.rego:1: the package decides but has no METADATA; put `# METADATA` with title and custom (id, class, hook, reviewed) before its package clause",
				`own/d.rego:1: policy D has a rule "denny" and none of deny, obligation, score, warn; did you mean "deny"?`,
				`policy id E is used by own/e.rego and by own/f.rego; rename one, or leave one out`,
			},
		},
		{
			"what a file that is lost may have is not missed",
			map[string]string{
				"a.rego":      "package a\n\nscore := 5\n",
				"a_meta.rego": meta("A") + "package a\n\nsyntax error\n",
				"b.rego":      meta("B") + "package b\n",
				"b_rule.rego": "package b\n\ndeny contains \"x\" iff true\n",
			},
			[]string{
				"own/a_meta.rego:6: var cannot be used for rule name",
				"own/b_rule.rego:3: var cannot be used for rule name",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := Source{Name: "own", FS: files(c.files)}
			set, errs := Check(src)
			var got []string
			for _, err := range errs {
				got = append(got, err.Error())
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			loaded, err := Load(src)
			if len(c.want) == 0 {
				if err != nil || set.Digest() != loaded.Digest() {
					t.Errorf("Load: %v", err)
				}
				return
			}
			if set != nil || loaded != nil || err == nil || err.Error() != c.want[0] {
				t.Errorf("Load: %v, want %s", err, c.want[0])
			}
		})
	}
}
