// Package templatetest builds the template of a new plugin and asks it about the embedded catalogue. In every language the
// template is the same rule, grids below a ceiling, so that tests and benchmarks compare languages by it, and plugins of
// other hosts with ours.
package templatetest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/cataloguetest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/enginetest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/memory"
	"github.com/bailiwick-dev/bailiwick/host/internal/tables"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/sdk"
)

// Build builds the template in a language. root is the directory of the repository, below which npm has put the compiler of
// AssemblyScript. Without the language's tools the test is skipped.
func Build(tb testing.TB, root, language string) []byte {
	tb.Helper()
	asc, err := filepath.Abs(filepath.Join(root, "sdk/assemblyscript/node_modules/.bin/asc"))
	if err != nil {
		tb.Fatal(err)
	}
	tool := map[string][2]string{"c": {"clang-19", "CC"}, "rust": {"/usr/bin/rustc", "RUSTC"}, "assemblyscript": {asc, "ASC"}, "go": {"go", "GO"}}[language]
	if _, err := exec.LookPath(tool[0]); err != nil {
		tb.Skipf("NOT RUN: %s is not installed", tool[0])
	}
	files, err := sdk.New(language, sdk.Plugin{Name: "template"})
	if err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir()
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(name, f.Content, 0o755); err != nil {
			tb.Fatal(err)
		}
	}
	cmd := exec.Command(filepath.Join(dir, "build.sh"))
	cmd.Env = append(os.Environ(), tool[1]+"="+tool[0], "GOFLAGS=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%v\n%s", err, out)
	}
	binary, err := os.ReadFile(filepath.Join(dir, "plugin.wasm"))
	if err != nil {
		tb.Fatal(err)
	}
	return binary
}

// Bind binds a guest to a snapshot and settings. The error is that of the guest's own initialisation and configuration.
func Bind(tb testing.TB, binary, snapshot, settings []byte, hooks ...abi.Hook) (*guest.Pool, error) {
	tb.Helper()
	p := enginetest.Load(tb, enginetest.New(tb, false), guest.Spec{ID: "KIT-1", Binary: binary, Hooks: hooks})
	s, err := memory.NewSnapshot(snapshot)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = s.Close() })
	l, err := p.Bind(context.Background(), s, settings, guest.PoolOptions{})
	if err == nil {
		tb.Cleanup(l.Close)
	}
	return l, err
}

// Template is the template, bound to the embedded catalogue with a ceiling in grams a kilowatt-hour.
func Template(tb testing.TB, root, language string, ceiling float64) *guest.Pool {
	tb.Helper()
	settings, err := tables.Settings(map[string]any{"ceiling": ceiling})
	if err != nil {
		tb.Fatal(err)
	}
	l, err := Bind(tb, Build(tb, root, language), cataloguetest.Snapshot().Bytes(), settings, abi.Site)
	if err != nil {
		tb.Fatal(err)
	}
	return l
}

// Request is a request over the embedded catalogue, for one component that asks for nothing.
func Request(tb testing.TB) *tables.Request {
	tb.Helper()
	req, err := placement.Decode("r.yaml", []byte("apiVersion: bailiwick/v1\nkind: PlacementRequest\nmetadata: {name: r}\nspec: {components: [{name: api}]}\n"))
	if err != nil {
		tb.Fatal(err)
	}
	return &tables.Request{
		Snap: cataloguetest.Snapshot(), Req: req, At: "2026-11-01T00:00:00Z", Day: "2026-11-01",
		Components: []tables.Component{{Component: &req.Spec.Components[0]}},
	}
}

// Call is a call about the first n of a snapshot's sites, with room for reasons if texts are wanted.
func Call(s *topology.Snapshot, request []byte, n int, texts bool) *abi.Call {
	c := &abi.Call{Request: request, Rows: s.Sites(), Select: make([]uint64, (s.Sites()+63)/64), Texts: texts}
	for i := range n {
		c.Select[i>>6] |= 1 << (i & 63)
	}
	return c
}
