package peers

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	extism "github.com/extism/go-sdk"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/memory"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/tables"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/host/topology/aws"
	"github.com/bailiwick-dev/bailiwick/sdk"
)

// ceiling is what the rule compares with: no site whose electricity emits more.
const ceiling = 300

// site is a site as a guest of Extism is told of it.
type site struct {
	ID    string   `json:"id"`
	Grams *float64 `json:"gridGramsPerKWh,omitempty"`
}

// answers is what it answers.
type answers struct {
	Sites []struct {
		ID      string `json:"id"`
		Verdict string `json:"verdict"`
		Message string `json:"message"`
	} `json:"sites"`
}

// catalogue is the embedded catalogue, and a request over it.
func catalogue(tb testing.TB) (*topology.Snapshot, *tables.Request) {
	tb.Helper()
	files, err := topology.Load(topology.Input{Name: "aws", FS: aws.FS()})
	if err != nil {
		tb.Fatal(err)
	}
	s, err := topology.Build(files)
	if err != nil {
		tb.Fatal(err)
	}
	req, err := placement.Decode("r.yaml", []byte("apiVersion: bailiwick/v1\nkind: PlacementRequest\nmetadata: {name: r}\nspec: {components: [{name: api}]}\n"))
	if err != nil {
		tb.Fatal(err)
	}
	return s, &tables.Request{Snap: s, Req: req, At: "2026-11-01T00:00:00Z", Day: "2026-11-01", Components: []tables.Component{{Component: &req.Spec.Components[0]}}}
}

// sites are all sites as JSON has them.
func sites(s *topology.Snapshot) []site {
	var all []site
	for row, id := range s.SiteIDs() {
		x := site{ID: id}
		if grams, state := s.GridGramsPerKWh(row); state == topology.Known {
			x.Grams = &grams
		}
		all = append(all, x)
	}
	return all
}

// asExtism asks the guest of Extism about sites.
func asExtism(tb testing.TB, p *extism.Plugin, all []site) answers {
	in, err := json.Marshal(map[string]any{"maxGramsPerKWh": ceiling, "sites": all})
	if err != nil {
		tb.Fatal(err)
	}
	rc, text, err := p.Call("judge", in)
	if err != nil || rc != 0 {
		tb.Fatal(rc, err)
	}
	var out answers
	if err := json.Unmarshal(text, &out); err != nil {
		tb.Fatal(err)
	}
	return out
}

func extismPlugin(tb testing.TB) *extism.Plugin {
	tb.Helper()
	out := filepath.Join(tb.TempDir(), "g.wasm")
	build(tb, "", []string{"GOOS=wasip1", "GOARCH=wasm"}, "go", "build", "-trimpath", "-ldflags=-s -w", "-buildmode=c-shared", "-o", out, "./extismguest")
	ctx := context.Background()
	p, err := extism.NewPlugin(ctx, extism.Manifest{Wasm: []extism.Wasm{extism.WasmFile{Path: out}}}, extism.PluginConfig{EnableWasi: true}, nil)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = p.Close(ctx) })
	return p
}

func build(tb testing.TB, dir string, env []string, command ...string) {
	tb.Helper()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir, cmd.Env = dir, append(append(os.Environ(), "GOFLAGS=", "GOWORK=off"), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%v: %v\n%s", command, err, out)
	}
}

// bailiwickPool is the template of a new plugin in a language, which is the same rule, over the snapshot.
func bailiwickPool(tb testing.TB, language string, s *topology.Snapshot) *guest.Pool {
	tb.Helper()
	tool := map[string][2]string{"c": {"clang-19", "CC=clang-19"}, "go": {"go", "GO=go"}, "rust": {"/usr/bin/rustc", "RUSTC=/usr/bin/rustc"}}[language]
	if _, err := exec.LookPath(tool[0]); err != nil {
		tb.Skipf("NOT RUN: %s is not installed", tool[0])
	}
	files, err := sdk.New(language, sdk.Plugin{Name: "peer"})
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
	build(tb, dir, []string{tool[1]}, filepath.Join(dir, "build.sh"))
	binary, err := os.ReadFile(filepath.Join(dir, "plugin.wasm"))
	if err != nil {
		tb.Fatal(err)
	}
	ctx := context.Background()
	e, err := guest.New(ctx, guest.Options{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = e.Close(ctx) })
	p, err := e.Load(ctx, guest.Spec{ID: "PEER", Binary: binary, Hooks: []abi.Hook{abi.Site}})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = p.Close(ctx) })
	resident, err := memory.NewSnapshot(s.Bytes())
	if err != nil {
		tb.Fatal(err)
	}
	settings, err := tables.Settings(map[string]any{"ceiling": float64(ceiling)})
	if err != nil {
		tb.Fatal(err)
	}
	l, err := p.Bind(ctx, resident, settings, guest.PoolOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(l.Close)
	return l
}

// question is a call about all sites, of which reasons are wanted.
func question(s *topology.Snapshot, request []byte) *abi.Call {
	c := &abi.Call{Request: request, Rows: s.Sites(), Select: make([]uint64, (s.Sites()+63)/64), Texts: true}
	for i := range s.Sites() {
		c.Select[i>>6] |= 1 << (i & 63)
	}
	return c
}

// TestAlike asks both ways, which have to come to the same.
func TestAlike(t *testing.T) {
	s, r := catalogue(t)
	theirs := asExtism(t, extismPlugin(t), sites(s))
	request, err := r.Image(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range []string{"c", "go", "rust"} {
		t.Run(language, func(t *testing.T) {
			var out abi.Answer
			if _, err := bailiwickPool(t, language, s).Call(context.Background(), abi.Site, offer.Decision{}, question(s, request), &out); err != nil {
				t.Fatal(err)
			}
			said := 0
			for i, a := range theirs.Sites {
				ours := "permit"
				switch _, state := s.GridGramsPerKWh(topology.SiteRow(i)); {
				case abi.Has(out.Deny, i):
					ours = "deny"
				case abi.Has(out.Unknown, i):
					ours = "unknown"
				case state == topology.Absent:
					ours = "unknown" // JSON has no third way to leave out a figure
				}
				if ours != a.Verdict {
					t.Errorf("%s: %s, and %s with Extism", a.ID, ours, a.Verdict)
				}
				if a.Message != "" {
					said++
				}
			}
			if said != len(out.Reasons) || said == 0 {
				t.Errorf("%d reasons, and %d with Extism", len(out.Reasons), said)
			}
		})
	}
}

// BenchmarkExtism asks the same rule about all sites: as a guest of Extism, in one call with JSON in and out, and site by
// site; and as a guest of ours, in several languages, the call alone and with the request laid out for it each time.
func BenchmarkExtism(b *testing.B) {
	s, r := catalogue(b)
	all := sites(s)
	p := extismPlugin(b)
	b.Run("extism/go/all", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			asExtism(b, p, all)
		}
	})
	b.Run("extism/go/each", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for i := range all {
				asExtism(b, p, all[i:i+1])
			}
		}
	})
	request, err := r.Image(nil)
	if err != nil {
		b.Fatal(err)
	}
	for _, language := range []string{"go", "c", "rust"} {
		b.Run("bailiwick/"+language, func(b *testing.B) {
			l, c, ctx := bailiwickPool(b, language, s), question(s, request), context.Background()
			var out abi.Answer
			ask := func(b *testing.B) {
				if _, err := l.Call(ctx, abi.Site, offer.Decision{}, c, &out); err != nil {
					b.Fatal(err)
				}
			}
			b.Run("call", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					ask(b)
				}
			})
			b.Run("request+call", func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if c.Request, err = r.Image(nil); err != nil {
						b.Fatal(err)
					}
					ask(b)
				}
			})
		})
	}
}
