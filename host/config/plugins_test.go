package config_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/config"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	. "github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// silent is a plugin that permits everything. It imports the capabilities of these names, which are functions of no
// result and two numbers, and its manifest asks for those that asks lists; one
// may be the limits that it asks for.
func silent(t *testing.T, imports []string, asks ...string) string {
	t.Helper()
	word := Types(wasm.I32)
	var m Module
	for _, name := range imports {
		m.ImportFunc(offer.Module, name, Sig(Types(wasm.I32, wasm.I32), nil))
	}
	m.Memory(1)
	m.Export(abi.MemoryExport, wasm.MemoryKind, 0)
	function := func(name string, sig wasm.FuncType, body ...byte) {
		m.Export(name, wasm.Func, m.Func(sig, nil, append(body, 0x0b)...))
	}
	function(abi.VersionExport, Sig(nil, word), append([]byte{0x41}, S(abi.Version)...)...)
	function(abi.ReserveExport, Sig(word, word), 0x20, 0, 0x41, 16, 0x76, 0x40, 0, 0x41, 16, 0x74)
	function(abi.Site.Export(), Sig(word, word), 0x41, 0)
	wanted, limits := "", ""
	for _, a := range asks {
		if l, ok := strings.CutPrefix(a, "limits: "); ok {
			limits = l
			continue
		}
		wanted += fmt.Sprintf(`{"name": %q, "reason": "to say what it sees"}`, a)
	}
	m.Custom(policy.ManifestSection, fmt.Appendf(nil, `{"apiVersion": "bailiwick/v1", "kind": "Plugin", "metadata": {"name": "acme/silent", "version": "1.0.0"},
		"spec": {"abi": "bailiwick/1", "id": "ACME-1", "title": "Says nothing", "class": "selection", "reviewed": "2026-11-23", "hooks": ["site"], "capabilities": [%s], "limits": {%s}}}`, wanted, limits)...)
	return string(m.Bytes())
}

// TestPluginLayers: plugins, grants and the cache come from every layer; grants are merged by policy.
func TestPluginLayers(t *testing.T) {
	dir := write(t, map[string]string{"b.yaml": head + `plugins: [p/a.wasm]
pluginCache: kept
grants: {A-1: [log], A-2: [time, random], A-3: [log]}
profiles:
  quiet: {plugins: [], grants: {A-1: []}, pluginCache: none}
`})
	file := filepath.Join(dir, "b.yaml")
	c, err := config.Load(config.Options{
		File: file, Environment: []string{"BAILIWICK_PROFILE=quiet", "BAILIWICK_GRANTS=A-3=" + string(os.PathListSeparator) + "A-4=log,time"},
		Flags: []config.FlagValue{
			{Key: "plugins", Flag: "--plugin", Value: []string{"b.wasm"}},
			{Key: "grants", Flag: "--grant", Value: []string{"A-5=log", "A-6=time", "A-5=random"}},
		},
	})
	must(t, err)
	var got []string
	for _, e := range c.Entries() {
		if strings.HasPrefix(e.Key, "plugin") || strings.HasPrefix(e.Key, "grants") {
			got = append(got, fmt.Sprintf("%s %v %s", e.Key, e.Value, strings.ReplaceAll(e.From, file, "FILE")))
		}
	}
	want := []string{
		"plugins [b.wasm] flag --plugin",
		"pluginCache none FILE:7 (profile quiet)",
		"grants.A-1 [] FILE:7 (profile quiet)",
		"grants.A-2 [time random] FILE:5",
		"grants.A-3 [] environment BAILIWICK_GRANTS",
		"grants.A-4 [log time] environment BAILIWICK_GRANTS",
		"grants.A-5 [log random] flag --grant",
		"grants.A-6 [time] flag --grant",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	c, err = config.Load(config.Options{File: file})
	must(t, err)
	if c.PluginCache.Value != filepath.Join(dir, "kept") || c.Plugins.Value[0].Value != filepath.Join(dir, "p/a.wasm") {
		t.Errorf("%s, %v", c.PluginCache.Value, c.Plugins.Value)
	}
}

// TestPluginErrors wants the exact text for a plugin that cannot be used.
func TestPluginErrors(t *testing.T) {
	dir := write(t, map[string]string{
		"silent.wasm": silent(t, nil), "logs.wasm": silent(t, []string{"log"}, "log"), "unasked.wasm": silent(t, []string{"log"}),
		"greedy.wasm": silent(t, nil, `limits: "memoryPages": 2000, "fuelPerRow": 70`),
		"text.wasm":   "#!/bin/sh\n", "bare.wasm": Header, "huge.wasm": strings.Repeat("x", policy.MaxPluginBytes+1), "deep/x": "",
	})
	for _, c := range []struct{ name, values, want string }{
		{"missing", "plugins: [none.wasm]", "FILE:3: plugins: open DIR/none.wasm: no such file or directory"},
		{"directory", "plugins: [deep]", "FILE:3: plugins: DIR/deep is a directory; build it with bailiwick plugin build DIR/deep, and name the file that comes out"},
		{"too large", "plugins: [huge.wasm]", "FILE:3: plugins: DIR/huge.wasm: a plugin's module has at most 4194304 bytes, and this has more"},
		{"no wasm", "plugins: [text.wasm]", "host: open: DIR/text.wasm: not a wasm module this host reads: header section, byte 0: the bytes do not begin with the magic number and version 1 of a wasm module; build the guest again for WebAssembly 2.0"},
		{"no manifest", "plugins: [bare.wasm]", "host: open: DIR/bare.wasm: the module carries no manifest; put it in with: bailiwick plugin build DIR"},
		{"not granted", "plugins: [logs.wasm]", "FILE:3: plugins: DIR/logs.wasm: plugin ACME-1 asks for the capability log, which is not granted (it says why: to say what it sees); grant it with --grant ACME-1=log, or in the configuration: grants: {ACME-1: [log]}"},
		{"not asked for", "plugins: [unasked.wasm]", "FILE:3: plugins: DIR/unasked.wasm: plugin ACME-1 imports bailiwick.log, which takes the capability log, and its manifest does not ask for it; add it to capabilities in plugin.yaml and build it again"},
		{"granted to nobody", "plugins: [silent.wasm]\ngrants: {ACME-2: [log]}", `FILE:4: grants: there is no plugin "ACME-2"; did you mean "ACME-1"?`},
		{"not wanted", "plugins: [silent.wasm]\ngrants: {ACME-1: [log]}", `FILE:4: grants: plugin ACME-1 does not ask for "log"`},
		{"too much memory", "plugins: [greedy.wasm]\nlimits: {pluginMemoryPages: 1999}", "host: open: DIR/greedy.wasm: manifest: limits.memoryPages: it asks for 2000, and this host gives at most 1999; let it need less, or allow more with limits.pluginMemoryPages in the configuration (host.WithPluginLimits)"},
		{"too much fuel", "plugins: [greedy.wasm]\nlimits: {pluginFuelPerRow: 69}", "host: open: DIR/greedy.wasm: manifest: limits.fuelPerRow: it asks for 70, and this host gives at most 69; let it need less, or allow more with limits.pluginFuelPerRow in the configuration (host.WithPluginLimits)"},
		{"too little fuel", "plugins: [silent.wasm]\nlimits: {pluginInitialFuel: 5}", "host: open: DIR/silent.wasm: plugin ACME-1: bailiwick_reserve: the guest ran out of fuel: it had 5, by limits.initialFuel, for all of initialisation; let it do less, or raise that in its manifest, at most to the host's limits.pluginInitialFuel"},
		{"twice", "plugins: [silent.wasm, silent.wasm]", "host: open: policy id ACME-1 is used by DIR/silent.wasm and by DIR/silent.wasm; rename one, or leave one out"},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(dir, "b.yaml")
			must(t, os.WriteFile(file, []byte(head+c.values+"\npluginCache: none\n"), 0o666))
			cfg, err := config.Load(config.Options{File: file})
			must(t, err)
			h, err := cfg.Open(context.Background())
			if err == nil {
				h.Close()
			}
			if want := strings.NewReplacer("FILE", file, "DIR/", dir+string(filepath.Separator), "\\", "\\").Replace(c.want); err == nil || err.Error() != want {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

// TestPluginCache: compiled plugins are kept; where they cannot be, a warning says so and the host opens.
func TestPluginCache(t *testing.T) {
	dir := write(t, map[string]string{"silent.wasm": silent(t, nil), "file": ""})
	file := filepath.Join(dir, "b.yaml")
	open := func(cache string) (warnings []string) {
		t.Helper()
		must(t, os.WriteFile(file, []byte(head+"plugins: [silent.wasm]\npluginCache: "+cache+"\n"), 0o666))
		c, err := config.Load(config.Options{File: file, Warn: func(err error) {
			if !errors.Is(err, host.ErrPluginCache) {
				t.Errorf("%v", err)
			}
			warnings = append(warnings, err.Error())
		}})
		must(t, err)
		h, err := c.Open(context.Background())
		must(t, err)
		must(t, h.Close())
		return warnings
	}
	if w := open("kept"); w != nil {
		t.Error(w)
	}
	if _, err := os.Stat(filepath.Join(dir, "kept", "key")); err != nil {
		t.Error(err)
	}
	for _, cache := range []string{"none", "user"} {
		t.Setenv("XDG_CACHE_HOME", filepath.Join(dir, "home"))
		if w := open(cache); w != nil {
			t.Error(w)
		}
	}
	w := open("file")
	prefix := file + ":4: pluginCache: compiled plugins are not kept: host: open: the cache of compiled plugins cannot be used: guest cache: " + filepath.Join(dir, "file") + ": "
	if len(w) != 1 || !strings.HasPrefix(w[0], prefix) {
		t.Errorf("%q\nwant %s…", w, prefix)
	}
	if _, err := os.Stat(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("none is a directory: %v", err)
	}
}
