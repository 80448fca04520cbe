package sdk_test

import (
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	guest "github.com/bailiwick-dev/bailiwick/sdk/go"
	"github.com/bailiwick-dev/bailiwick/sdk/go/guesttest"

	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/sdk"
	"github.com/bailiwick-dev/bailiwick/sdk/guestrun"
)

// written writes the files of a new plugin to a directory of its own.
func written(t *testing.T, language, hook string) (dir string) {
	t.Helper()
	files, err := sdk.New(language, sdk.Plugin{Name: "quiet-grids", Hook: hook})
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		mode := os.FileMode(0o644)
		if f.Execute {
			mode = 0o755
		}
		if err := os.WriteFile(path, f.Content, mode); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestTemplates makes a plugin from each template here, builds it by its own script without a network, and asks it.
func TestTemplates(t *testing.T) {
	sites := guesttest.NewImage("topology")
	s := sites.Table("sites", 4)
	s.Float64s("carbon.gridGramsPerKWh", []float64{100, 300.5, math.Inf(1), 900}, guest.Value, guest.Value, guest.Unknown, guest.Absent)
	want := guesttest.Answer{
		Denied: []int{1}, Unknown: []int{2},
		Reasons: []guesttest.Reason{{Row: 1, Code: 1, Kind: 1, Args: []any{guesttest.Site(1), 300.5, 300.0}}},
	}
	paths := guesttest.NewImage("request")
	paths.Table("sites", 4)
	p := paths.Table("paths", 3)
	p.Refs("from", "sites", []uint32{0, 1, 2})
	p.Refs("to", "sites", []uint32{1, 0, 3})
	p.Bools("private", []bool{true, false, false}, guest.Value, guest.Value, guest.Unknown)
	placements := guesttest.NewImage("request")
	placements.Table("sites", 4)
	placements.Table("placements", 3).Relation("survivors", "sites", [][]uint32{{0, 1, 2}, {1, 3}, {2}})
	hooks := []struct {
		hook     string
		question guesttest.Question
		want     guesttest.Answer
	}{
		{"site", guesttest.Question{Rows: 4}, want},
		{"path", guesttest.Question{Rows: 3, Request: paths.Bytes()}, guesttest.Answer{
			Denied: []int{1}, Unknown: []int{2},
			Reasons: []guesttest.Reason{
				{Row: 1, Code: 1, Kind: 1, Args: []any{guesttest.Site(1), guesttest.Site(0)}},
				{Row: 2, Code: 1, Kind: 129, Args: []any{guesttest.Site(2), guesttest.Site(3)}},
			},
		}},
		{"placement", guesttest.Question{Rows: 3, Request: placements.Bytes()}, guesttest.Answer{
			Denied: []int{2}, Reasons: []guesttest.Reason{{Row: 2, Code: 1, Kind: 1, Args: []any{int64(1), 2.0}}},
		}},
	}
	asc, err := filepath.Abs("assemblyscript/node_modules/.bin/asc")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ language, needs, env string }{
		{"assemblyscript", asc, "ASC=" + asc},
		{"c", "clang-19", "CC=clang-19"},
		{"go", "go", "GOPROXY=off"},
		{"rust", "/usr/bin/rustc", "RUSTC=/usr/bin/rustc"},
	} {
		t.Run(c.language, func(t *testing.T) {
			if testing.Short() && c.language == "go" {
				t.Skip("NOT RUN with -short: a plugin in Go, which takes long to compile under the race detector")
			}
			if _, err := exec.LookPath(c.needs); err != nil {
				t.Skipf("NOT RUN: %s is not installed", c.needs)
			}
			if _, err := os.Stat("/usr/lib/rustlib/wasm32-unknown-unknown"); err != nil && c.language == "rust" {
				t.Skip("NOT RUN: rustc lacks the target wasm32-unknown-unknown")
			}
			for _, h := range hooks {
				dir := written(t, c.language, h.hook)
				cmd := exec.Command(filepath.Join(dir, "build.sh"))
				cmd.Env = append(os.Environ(), c.env, "GOFLAGS=", "GOWORK=off")
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("%s: %v\n%s", h.hook, err, out)
				}
				bin, err := os.ReadFile(filepath.Join(dir, "plugin.wasm"))
				if err != nil {
					t.Fatal(err)
				}
				q := h.question
				q.Hook, q.Snapshot, q.Reasons, q.Args = h.hook, sites.Bytes(), 9, 9
				got, err := guesttest.Ask(guestrun.Compile(t, bin).New(), q)
				if err != nil || !reflect.DeepEqual(got, h.want) {
					t.Errorf("%s: %+v %v\nwant %+v", h.hook, got, err, h.want)
				}
				text, err := os.ReadFile(filepath.Join(dir, "plugin.yaml"))
				if err != nil {
					t.Fatal(err)
				}
				m, err := policy.DecodeManifest("plugin.yaml", text)
				if err != nil {
					t.Fatal(err)
				}
				if m.Metadata.Name != "example/quiet-grids" || m.Spec.ID != "quiet-grids" || !reflect.DeepEqual(m.Spec.Hooks, []string{h.hook}) {
					t.Errorf("the plugin is called %s, %s, of hooks %v", m.Metadata.Name, m.Spec.ID, m.Spec.Hooks)
				}
			}
		})
	}
}

// TestNoHook refuses a hook that there is none of.
func TestNoHook(t *testing.T) {
	_, err := sdk.New("go", sdk.Plugin{Name: "x", Hook: "sites"})
	if !errors.Is(err, sdk.ErrHook) || err.Error() != `there is no template for this hook: "sites"; there are site, path, placement` {
		t.Error(err)
	}
}

// TestReadmes checks that the examples in the READMEs are the templates, which are tested.
func TestReadmes(t *testing.T) {
	for _, c := range []struct{ readme, source string }{
		{"go/README.md", "templates/go/main.go"},
		{"go/README.md", "templates/go/plugin.yaml"},
		{"c/README.md", "templates/c/plugin.c"},
		{"c/README.md", "templates/c/plugin.yaml"},
	} {
		readme, err := os.ReadFile(c.readme)
		if err != nil {
			t.Fatal(err)
		}
		source, err := os.ReadFile(c.source)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(readme), "\n"+string(source)+"```\n") {
			t.Errorf("%s does not have %s in it", c.readme, c.source)
		}
	}
}

// TestRefused asks for what there is no template of.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		language, name, want string
		is                   error
	}{
		{"cobol", "x", `there is no template in this language: "cobol"; there are ` + strings.Join(sdk.Languages(), ", "), sdk.ErrLanguage},
		{"c", "Quiet", `not a name of a new plugin: "Quiet"; it begins with a small letter and has small letters, digits and hyphens, at most 40`, sdk.ErrName},
		{"go", "a/../b", `not a name of a new plugin: "a/../b"; it begins with a small letter and has small letters, digits and hyphens, at most 40`, sdk.ErrName},
	} {
		_, err := sdk.New(c.language, sdk.Plugin{Name: c.name})
		if err == nil || err.Error() != c.want || !errors.Is(err, c.is) {
			t.Errorf("error %v\nwant %s", err, c.want)
		}
	}
}
