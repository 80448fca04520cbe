package policy

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
)

// aManifest is a sound one; replacing parts makes others.
const aManifest = `
apiVersion: bailiwick/v1
kind: Plugin
metadata: {name: acme/quiet-grids, version: 1.2.0}
spec:
  abi: bailiwick/1
  id: ACME-7
  title: Grids below the ceiling
  class: selection
  reviewed: 2026-11-23
  hooks: [site, placement]
  reads: [site.carbon.gridGramsPerKWh]
  reasons: {1: "{0} emits {1:.1} g/kWh"}
  settings: {ceiling: 300, areas: [EU]}
  capabilities: [{name: log, reason: to say what it saw}]
  limits: {fuel: 1000}
`

// module is an empty wasm module with a manifest.
func module(t testing.TB, manifest string) []byte {
	t.Helper()
	b, err := wasm.WithCustom([]byte("\x00asm\x01\x00\x00\x00"), ManifestSection, []byte(manifest))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestManifest reads a manifest, writes it the one way, and reads that.
func TestManifest(t *testing.T) {
	m, err := DecodeManifest("plugin.yaml", []byte(aManifest))
	if err != nil {
		t.Fatal(err)
	}
	text, err := m.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"apiVersion":"bailiwick/v1","kind":"Plugin","metadata":{"name":"acme/quiet-grids","version":"1.2.0"},"spec":{"abi":"bailiwick/1","capabilities":[{"name":"log","reason":"to say what it saw"}],"class":"selection","hooks":["site","placement"],"id":"ACME-7","limits":{"fuel":1000},"reads":["site.carbon.gridGramsPerKWh"],"reasons":{"1":"{0} emits {1:.1} g/kWh"},"reviewed":"2026-11-23","settings":{"areas":["EU"],"ceiling":300},"severity":"medium","title":"Grids below the ceiling"}}`
	if string(text) != want {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
	s, err := Load(Source{Name: "a.wasm", Plugin: module(t, string(text))})
	if err != nil {
		t.Fatal(err)
	}
	p := s.Policies()[0]
	got := fmt.Sprint(p.ID, p.Title, p.Class, p.Hook, p.Severity, p.Settings, p.File, p.Plugin.Hooks, len(p.Plugin.Reasons), p.Plugin.Grants, p.Reviewed.Format("2006-01-02"))
	if want := "ACME-7Grids below the ceilingselectionsitemediummap[areas:[EU] ceiling:300]a.wasm[site placement] 1 []2026-11-23"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestManifestRefused reads manifests that say what cannot be.
func TestManifestRefused(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"id: ACME-7", "id: request", `m.yaml:7:7: /spec/id: "request" is taken: decisions use it for what the request itself leaves out`},
		{"hooks: [site, placement]", "hooks: [site, site]", "m.yaml:11:17: /spec/hooks/1: hook site is listed twice"},
		{"hooks: [site, placement]", "hooks: []", "m.yaml:11:10: /spec/hooks: expected at least 1 in the list, found 0"},
		{"hooks: [site, placement]", "hooks: [sight]", `m.yaml:11:11: /spec/hooks/0: "sight" is not allowed here; expected "site", "path" or "placement"`},
		{"reads: [site.carbon.gridGramsPerKWh]", "reads: [carbon.pue]", `m.yaml:12:11: /spec/reads/0: "carbon.pue" is not below site, path, placement, scenario, component, request or topology`},
		{"  settings:", "  reasonReads: {2: [site.carbon.gridGramsPerKWh]}\n  settings:", `m.yaml:14:20: /spec/reasonReads/2: there is no reason of code "2"; name one of reasons`},
		{
			"  settings:", "  reasonReads: {1: [site.carbon.gridGramsPerKwh]}\n  settings:",
			`m.yaml:14:21: /spec/reasonReads/1/0: "site.carbon.gridGramsPerKwh" is not among reads; did you mean "site.carbon.gridGramsPerKWh"?`,
		},
		{`{1: "{0} emits {1:.1} g/kWh"}`, `{0: a}`, `m.yaml:13:16: /spec/reasons/0: code "0" is not a number from 1 to 65535`},
		{`{1: "{0} emits {1:.1} g/kWh"}`, `{65536: a}`, `m.yaml:13:20: /spec/reasons/65536: code "65536" is not a number from 1 to 65535`},
		{`{1: "{0} emits {1:.1} g/kWh"}`, `{1: "{8}"}`, `m.yaml:13:16: /spec/reasons/1: "{8}" has {8}; write {0} to {7} for an argument, or {0:.2} for a number with two digits`},
		{`{1: "{0} emits {1:.1} g/kWh"}`, `{1: "a { b"}`, `m.yaml:13:16: /spec/reasons/1: "a { b" has a single {; write {{ for the character itself`},
		{"abi: bailiwick/1", "abi: opa-wasm", "m.yaml:11:10: /spec/hooks: a plugin of abi opa-wasm is asked about sites only"},
		{"abi: bailiwick/1", "abi: bailiwick/2", `m.yaml:6:8: /spec/abi: "bailiwick/2" is not allowed here; did you mean "bailiwick/1"?`},
		{"name: log, reason: to say what it saw", "name: network, reason: r", `m.yaml:15:25: /spec/capabilities/0/name: "network" is not allowed here; expected "log", "time" or "random"`},
		{"title: Grids", "titel: Grids", `m.yaml:8:3: /spec/titel: unknown field "titel"; did you mean "title"?`},
		{"fuel: 1000", "fuel: -1", "m.yaml:16:18: /spec/limits/fuel: -1 is less than 0"},
	} {
		_, err := DecodeManifest("m.yaml", []byte(strings.Replace(aManifest, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\nerror %v\nwant  %s", c.new, err, c.want)
		}
	}
}

// TestTemplates puts arguments in their places.
func TestTemplates(t *testing.T) {
	arg := func(n, digits int) string { return fmt.Sprintf("<%d %d>", n, digits) }
	for _, c := range []struct {
		text string
		args int
		want string
	}{
		{"", 0, ""},
		{"plain", 0, "plain"},
		{"{0}", 1, "<0 -1>"},
		{"{1} of {0:.2}!", 2, "<1 -1> of <0 2>!"},
		{"{{0}} }}{{", 1, "{0} }{"},
		{"{2}", 2, "?"},
		{"ü{0}ü", 1, "ü<0 -1>ü"},
	} {
		tpl, err := ParseTemplate(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if got := tpl.Execute(1000, c.args, arg); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
	long, err := ParseTemplate("ü" + strings.Repeat("{0}", 1000))
	if err != nil {
		t.Fatal(err)
	}
	asked := 0
	got := long.Execute(10, 1, func(int, int) string { asked++; return "üü" })
	if want := "ü" + "üüüü" + "..."; got != want || asked > 3 {
		t.Errorf("%q after %d arguments, want %q", got, asked, want)
	}
	for _, text := range []string{"{", "}", "{}", "{a}", "{-1}", "{0:}", "{0:.}", "{0:.12}", "{0:2}", "{00}", "{0", "a}b"} {
		if _, err := ParseTemplate(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

// TestPluginBundle keeps a plugin, its settings and its grants in a bundle, of which a set of the same digest is made.
func TestPluginBundle(t *testing.T) {
	s, err := Load(Source{Name: "a.wasm", Plugin: module(t, aManifest)})
	if err == nil {
		s, err = s.WithSettings(map[string]map[string]any{"ACME-7": {"ceiling": 200}})
	}
	before := s
	if err == nil {
		s, err = s.WithGrants(map[string][]string{"ACME-7": {"log"}})
	}
	if err != nil {
		t.Fatal(err)
	}
	if before.Digest() == s.Digest() || len(before.Policies()[0].Plugin.Grants) != 0 {
		t.Error("a grant changes no digest, or the set before")
	}
	text, err := s.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	again, err := FromBundle(text)
	if err != nil {
		t.Fatal(err)
	}
	p := again.Policies()[0]
	if again.Digest() != s.Digest() || fmt.Sprint(p.Settings["ceiling"], p.Plugin.Grants) != "200 [log]" {
		t.Errorf("%s %s %v %v", s.Digest(), again.Digest(), p.Settings, p.Plugin.Grants)
	}
	if _, err := FromBundle([]byte(strings.Replace(string(text), `"module":"`, `"module":"!`, 1))); err == nil {
		t.Error("a bundle with a broken module is taken")
	}
}
