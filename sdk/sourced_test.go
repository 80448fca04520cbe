package sdk_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	guest "github.com/bailiwick-dev/bailiwick/sdk/go"
	"github.com/bailiwick-dev/bailiwick/sdk/go/guesttest"

	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/sdk/guestrun"
)

// toolchain is what builds plugins in a language, which a test may find missing.
type toolchain struct {
	source string // where a new plugin has its source
	needs  string // what has to be there
	env    func(needs string) string
}

var toolchains = map[string]toolchain{
	"assemblyscript": {"plugin.ts", "assemblyscript/node_modules/.bin/asc", func(asc string) string { return "ASC=" + asc }},
	"rust":           {"src/lib.rs", "/usr/lib/rustlib/wasm32-unknown-unknown", func(string) string { return "RUSTC=/usr/bin/rustc" }},
}

// source reads a source beside a language's SDK.
func source(t *testing.T, language, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(language, "testdata", name+filepath.Ext(toolchains[language].source)))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// sourced makes a new plugin, puts another source in it, and builds it by its own script.
func sourced(t *testing.T, language string, source []byte) *guestrun.Module {
	t.Helper()
	if testing.Short() {
		t.Skip("NOT RUN with -short: building a plugin, of which the race detector sees nothing")
	}
	c := toolchains[language]
	needs, err := filepath.Abs(c.needs)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(needs); err != nil {
		t.Skipf("NOT RUN: %s is not there", c.needs)
	}
	dir := written(t, language, "site")
	if err := os.WriteFile(filepath.Join(dir, c.source), source, 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(filepath.Join(dir, "build.sh"))
	cmd.Env = append(os.Environ(), c.env(needs))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	module, err := os.ReadFile(filepath.Join(dir, "plugin.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	return guestrun.Compile(t, module)
}

// TestCapabilities finds that a guest imports those capabilities that it uses.
func TestCapabilities(t *testing.T) {
	for language := range toolchains {
		t.Run(language, func(t *testing.T) {
			imports := sourced(t, language, source(t, language, "capabilities")).Imports()
			slices.Sort(imports)
			if want := []string{"bailiwick.log", "bailiwick.random", "bailiwick.time"}; !slices.Equal(imports, want) {
				t.Errorf("it imports %v, want %v", imports, want)
			}
		})
	}
}

// TestReadmesBuilt builds the example of an SDK's page, decodes its manifest, and asks it.
func TestReadmesBuilt(t *testing.T) {
	m := guesttest.NewImage("topology")
	m.Table("sites", 4).Float64s("carbon.gridGramsPerKWh", []float64{75, 300.5, 0, 0}, guest.Value, guest.Value, guest.Unknown, guest.Absent)
	const want = "{[1] [2] map[0:75] [{1 1 1 [1 300.5 300]} {2 2 129 [2]}] 0}"
	for language, fence := range map[string]string{"assemblyscript": "ts", "rust": "rust"} {
		t.Run(language, func(t *testing.T) {
			page, err := os.ReadFile(filepath.Join(language, "README.md"))
			if err != nil {
				t.Fatal(err)
			}
			block := func(fence string) []byte {
				found := regexp.MustCompile("(?s)```" + fence + "\n(.*?)```").FindSubmatch(page)
				if found == nil {
					t.Fatalf("the page has no block of %s", fence)
				}
				return found[1]
			}
			if _, err := policy.DecodeManifest("README.md", block("yaml")); err != nil {
				t.Error(err)
			}
			a, err := guesttest.Ask(sourced(t, language, block(fence)).New(), guesttest.Question{Hook: "site", Snapshot: m.Bytes(), Rows: 4, Reasons: 9, Args: 9})
			if got := fmt.Sprint(a); err != nil || got != want {
				t.Errorf("%s %v\nwant %s", got, err, want)
			}
		})
	}
}
