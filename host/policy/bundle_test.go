package policy_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/policies"
)

func rule(id, pkg string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte(`# METADATA
# title: ` + id + `
# custom: {id: ` + id + `, class: selection, hook: site, reviewed: 2026-11-23, settings: {words: [a], deep: {x: 1}}}
package ` + pkg + `

warn contains "w" if input.settings.words
`)}
}

func loadSet(t testing.TB, sources ...policy.Source) *policy.Set {
	t.Helper()
	s, err := policy.Load(sources...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestBundle takes sets apart and puts them together: the digest is the same, and so is the next bundle.
func TestBundle(t *testing.T) {
	standard := policy.Source{Name: "policies", FS: policies.FS()}
	left := standard
	left.Without = []string{"SEL-06"}
	settled, err := loadSet(t, policy.Source{Name: "a", FS: fstest.MapFS{"x.rego": rule("A-1", "a")}}).
		WithSettings(map[string]map[string]any{"A-1": {"words": []any{"b", "Ünï"}, "deep": map[string]any{}}})
	if err != nil {
		t.Fatal(err)
	}
	limited, err := loadSet(t, standard).WithLimits(policy.Limits{Steps: 7})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		set  *policy.Set
	}{
		{"empty", loadSet(t)},
		{"standard", loadSet(t, standard)},
		{"one left out", loadSet(t, left)},
		{"settings", settled},
		{"limits", limited},
		{"characters that JSON escapes", loadSet(t, policy.Source{Name: "a", FS: fstest.MapFS{"x.rego": {Data: append([]byte("# \u2028\"\\\x7f\x1b\t\ufffd\r\n"), rule("A-1", "a").Data...)}}})},
		{"the same path twice", loadSet(t,
			policy.Source{Name: "b", FS: fstest.MapFS{"x.rego": rule("A-1", "a"), "x.y.rego": {Data: []byte("package a\n\nf := 1\n")}}},
			policy.Source{Name: "a", FS: fstest.MapFS{"x.rego": rule("B-1", "b")}})},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, err := c.set.Bundle()
			if err != nil {
				t.Fatal(err)
			}
			again, err := policy.FromBundle(text)
			if err != nil {
				t.Fatal(err)
			}
			if again.Digest() != c.set.Digest() {
				t.Errorf("digest %s, was %s", again.Digest(), c.set.Digest())
			}
			if more, err := again.Bundle(); err != nil || !bytes.Equal(more, text) {
				t.Errorf("the bundle differs: %v", err)
			}
		})
	}
}

// TestBundleText: a module that JSON could not carry does not load.
func TestBundleText(t *testing.T) {
	for text, want := range map[string]string{"\xff": "illegal utf-8 character", "\x00": "illegal null character", "\ufeff": "illegal byte-order mark"} {
		_, err := policy.Load(policy.Source{Name: "a", FS: fstest.MapFS{"x.rego": {Data: append([]byte("# "+text+"\n"), rule("A-1", "a").Data...)}}})
		if err == nil || !strings.HasPrefix(err.Error(), "a/x.rego:1: "+want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestBundleNames: where modules were loaded from shows neither in the digest nor in the bundle.
func TestBundleNames(t *testing.T) {
	one := fstest.MapFS{"x.rego": rule("A-1", "a")}
	two := fstest.MapFS{"x.rego": rule("B-1", "b")}
	a := loadSet(t, policy.Source{Name: "a", FS: one}, policy.Source{Name: "b", FS: two})
	b := loadSet(t, policy.Source{Name: "z", FS: one}, policy.Source{Name: "b", FS: two})
	x, err := a.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	y, err := b.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	if a.Digest() != b.Digest() || !bytes.Equal(x, y) {
		t.Error("the same modules under other names differ")
	}
}

func TestBundleRefuses(t *testing.T) {
	const head = `{"apiVersion":"bailiwick/v1","kind":"PolicyBundle",`
	const tail = `,"settings":{},"limits":{"steps":1,"valueBytes":1,"findings":1,"messageBytes":1}}`
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "policy bundle:1:1: the text is empty"},
		{"another kind", strings.Replace(head, "PolicyBundle", "Request", 1) + `"modules":[]` + tail, `policy bundle:1:37: /kind: "Request" is not allowed here; expected "PolicyBundle"`},
		{"no text", head + `"modules":[{"path":"a.rego"}]` + tail, `policy bundle:1:63: /modules/0: field "text" is missing; it is required`},
		{"not Rego", head + `"modules":[{"path":"a.rego","text":"x"}]` + tail, "policy bundle: bundle/a.rego:1: package expected"},
		{"too long", head + `"modules":[{"path":"a.rego","text":"` + strings.Repeat("#", 1+policy.MaxFileBytes) + `"}]` + tail, "policy bundle: a.rego: a module has at most 65536 bytes"},
		{"settings of no policy", head + `"modules":[]` + strings.Replace(tail, `{}`, `{"A-1":{}}`, 1), `policy bundle: settings: there is no policy "A-1"`},
		{"no limit", head + `"modules":[]` + strings.Replace(tail, `"steps":1`, `"steps":0`, 1), "policy bundle:1:97: /limits/steps: 0 is less than 1, the least allowed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := policy.FromBundle([]byte(c.text))
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// FuzzFromBundle reads bundles of any bytes: an error, or a set whose bundle makes the same set.
func FuzzFromBundle(f *testing.F) {
	for _, set := range []*policy.Set{loadSet(f), loadSet(f, policy.Source{Name: "a", FS: fstest.MapFS{"x.rego": rule("A-1", "a")}})} {
		text, err := set.Bundle()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
		f.Add(bytes.Replace(text, []byte("apiVersion"), []byte("kind"), 1))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		set, err := policy.FromBundle(text)
		if err != nil {
			return
		}
		once, err := set.Bundle()
		if err != nil {
			t.Fatal(err)
		}
		again, err := policy.FromBundle(once)
		if err != nil {
			t.Fatal(err)
		}
		if again.Digest() != set.Digest() {
			t.Errorf("%s became %s", set.Digest(), again.Digest())
		}
	})
}
