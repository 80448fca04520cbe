package host_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host"
	. "github.com/bailiwick-dev/bailiwick/host/internal/guest/guesttest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/opabuild"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/policies"
)

// compiledPlugin is a policy in Rego as a plugin: compiled by OPA, with a manifest.
func compiledPlugin(t *testing.T, modules map[string]*ast.Module, entrypoint string, spec policy.ManifestSpec) host.Option {
	t.Helper()
	built, err := opabuild.Build(context.Background(), modules, entrypoint, spec.Settings)
	if err != nil {
		t.Fatal(err)
	}
	if spec.Reads == nil {
		spec.Reads = built.Reads
	}
	spec.ABI, spec.Entrypoint, spec.Hooks, spec.Reviewed = policy.ABIOPA, entrypoint, []string{"site"}, "2026-11-23"
	m := policy.Manifest{APIVersion: "bailiwick/v1", Kind: "Plugin", Metadata: policy.ManifestMetadata{Name: "test/" + strings.ToLower(spec.ID), Version: "1.0.0"}, Spec: spec}
	text, err := m.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return host.WithPlugin(spec.ID+".wasm", Pack(built.Module, string(text)))
}

// written is one policy in Rego.
func written(t *testing.T, text string) map[string]*ast.Module {
	t.Helper()
	m, err := opabuild.Modules(fstest.MapFS{"p.rego": {Data: []byte("package acme.p\n" + text)}})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestCompiled has a policy that OPA compiled judge sites beside the others.
func TestCompiled(t *testing.T) {
	spec := policy.ManifestSpec{ID: "C-1", Title: "T", Class: "selection", Settings: map[string]any{"country": "IE"}}
	at := func(d *placement.Decision, site string) string {
		for _, s := range d.Sites {
			if s.Site == site {
				var said []string
				for _, r := range s.Reasons {
					said = append(said, fmt.Sprintf("%s: %s", r.Policy, r.Message))
				}
				for _, w := range s.Warnings {
					said = append(said, w.Message)
				}
				return fmt.Sprintf("%s %v %s", s.Verdict, s.Score, strings.Join(said, ", "))
			}
		}
		return "none"
	}
	for _, c := range []struct{ name, text, verdict, ireland string }{
		{"deny", `deny contains sprintf("%s is not wanted", [input.site.countryName]) if input.site.country == input.settings.country
			score := 50`, "permit", "deny 50 C-1: Ireland is not wanted"},
		{"unknown", `deny contains "x" if input.site.personnel == []`, "indeterminate", "indeterminate 0 C-1: cannot be decided: site.personnel is unknown at eu-west-1"},
		{"score", `score := 100 if data.topology.sites[input.site.id].country == "IE"
			warn contains input.component.name if true`, "permit", "permit 100 api"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := decided(t, twoCopies, compiledPlugin(t, written(t, c.text), "acme/p", spec))
			if err != nil {
				t.Fatal(err)
			}
			if got := at(d, "eu-west-1"); string(d.Verdict) != c.verdict || got != c.ireland {
				t.Errorf("%s, %s\nwant %s, %s", d.Verdict, got, c.verdict, c.ireland)
			}
		})
	}
}

// TestCompiledRefused opens hosts with policies that cannot be, and asks one that lists too little.
func TestCompiledRefused(t *testing.T) {
	spec := policy.ManifestSpec{ID: "C-1", Title: "T", Class: "selection"}
	modules := written(t, `deny contains "x" if input.site.personnel == []`)
	with := func(change func(s *policy.ManifestSpec)) host.Option {
		s := spec
		change(&s)
		return compiledPlugin(t, modules, "acme/p", s)
	}
	for _, c := range []struct {
		name string
		with host.Option
		want string
	}{
		{
			"unlisted", with(func(s *policy.ManifestSpec) { s.Reads = []string{"site.country"} }),
			`component "api": policy C-1 at site eu-central-1: C-1.wasm: it reads a fact that is unknown and that reads in its manifest does not list: site.personnel; list every fact that it reads`,
		},
		{
			"misspelt", with(func(s *policy.ManifestSpec) { s.Reads = []string{"site.personel"} }),
			`host: open: C-1.wasm: manifest: reads: input.site has no field "personel"; did you mean "personnel"?`,
		},
		{
			"too little memory", with(func(s *policy.ManifestSpec) { s.Limits.MemoryPages = 16 }),
			`host: open: plugin C-1: opa_malloc: guest's memory is over its cap: it may have 1024 KiB; raise limits.memoryPages`,
		},
		{
			"too little fuel to begin", with(func(s *policy.ManifestSpec) { s.Limits.InitialFuel = 1_000_000 }),
			`host: open: plugin C-1: opa_value_parse: the guest ran out of fuel: it had 1000000, by limits.initialFuel, for all of initialisation; let it do less, or raise that in its manifest, at most to the host's limits.pluginInitialFuel`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := decided(t, twoCopies, c.with)
			if err == nil || err.Error() != c.want {
				t.Errorf("%v\nwant %s", err, c.want)
			}
		})
	}
}

// TestCompiledReload reloads a host with the same policies, and closes it.
func TestCompiledReload(t *testing.T) {
	ctx := context.Background()
	h, err := host.Open(ctx, host.WithoutStandardPolicies(), compiledPlugin(t, written(t, `deny contains "x" if input.site.country == "IE"`), "acme/p", policy.ManifestSpec{ID: "C-1", Title: "T", Class: "selection"}))
	if err != nil {
		t.Fatal(err)
	}
	req, err := placement.Decode("r.yaml", []byte(twoCopies))
	if err != nil {
		t.Fatal(err)
	}
	var before string
	for range 3 {
		d, err := h.Decide(ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		text, err := d.Canonical()
		if err != nil {
			t.Fatal(err)
		}
		if before == "" {
			before = string(text)
		}
		if string(text) != before {
			t.Errorf("%s\nwas %s", text, before)
		}
		if err := h.Reload(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Close(); err != nil {
		t.Error(err)
	}
}

// TestCompiledExamples decides the examples with the standard policies as plugins that OPA compiled, and with them in Rego.
// A site that the plugins do not leave open they judge alike, for the same reasons.
func TestCompiledExamples(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN with -short: it compiles a plugin for each policy, which takes long under the race detector")
	}
	ctx := context.Background()
	set, err := policy.Load(policy.Source{Name: "policies", FS: policies.FS()})
	if err != nil {
		t.Fatal(err)
	}
	modules, err := opabuild.Modules(policies.FS())
	if err != nil {
		t.Fatal(err)
	}
	hospital := host.WithTopology("hospital", os.DirFS(filepath.Join("..", "docs", "examples", "hospital-topology")))
	options := []host.Option{host.WithoutStandardPolicies(), hospital}
	for _, p := range set.InForce() {
		if p.Enforcement != policy.Enforced {
			continue // it says nothing against a site, and a plugin would
		}
		entrypoint := strings.ReplaceAll(strings.TrimPrefix(p.Package.String(), "data."), ".", "/")
		options = append(options, compiledPlugin(t, modules, entrypoint, policy.ManifestSpec{ID: p.ID, Title: p.Title, Class: string(p.Class), Severity: string(p.Severity), Settings: p.Settings}))
	}
	open := func(options ...host.Option) *host.Host {
		h, err := host.Open(ctx, options...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = h.Close() })
		return h
	}
	wasm, rego := open(options...), open(hospital)
	judged, left := 0, 0
	eachExample(t, func(t *testing.T, req *placement.Request) {
		want, err := rego.Decide(ctx, req)
		if err != nil {
			t.Fatal(err)
		}
		got, err := wasm.Decide(ctx, req)
		if err != nil {
			if !strings.Contains(err.Error(), "no policy reads") { // modules do not tell which parts of requests they read
				t.Error(err)
			}
			return
		}
		said := func(s placement.SiteResult) string {
			var lines []string
			for _, r := range s.Reasons {
				lines = append(lines, r.Policy+" "+r.Message)
			}
			slices.Sort(lines)
			return fmt.Sprintf("%s %v %q", s.Verdict, s.Score, lines)
		}
		for _, g := range got.Sites {
			i := slices.IndexFunc(want.Sites, func(w placement.SiteResult) bool { return w.Site == g.Site && w.Component == g.Component })
			if i < 0 {
				continue // of a tier that need not be tried there
			}
			open := g.Verdict == placement.Indeterminate || slices.ContainsFunc(g.Reasons, func(r placement.Reason) bool { return r.Possible })
			if open {
				left++
				continue
			}
			judged++
			if a, b := said(g), said(want.Sites[i]); a != b {
				t.Errorf("%s at %s:\n%s\nwant\n%s", g.Component, g.Site, a, b)
			}
		}
	})
	t.Logf("%d sites judged alike, %d left open", judged, left)
	if judged < 100 {
		t.Errorf("%d sites judged", judged)
	}
}
