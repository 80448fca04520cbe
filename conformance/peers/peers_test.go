package peers

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	extism "github.com/extism/go-sdk"

	"github.com/bailiwick-dev/bailiwick/host/internal/cataloguetest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/templatetest"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// root is the directory of the repository.
const root = "../.."

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
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-buildmode=c-shared", "-o", out, "./extismguest")
	cmd.Env = append(os.Environ(), "GOFLAGS=", "GOWORK=off", "GOOS=wasip1", "GOARCH=wasm")
	if text, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("%v\n%s", err, text)
	}
	ctx := context.Background()
	p, err := extism.NewPlugin(ctx, extism.Manifest{Wasm: []extism.Wasm{extism.WasmFile{Path: out}}}, extism.PluginConfig{EnableWasi: true}, nil)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = p.Close(ctx) })
	return p
}

// TestAlike asks both ways, which have to come to the same.
func TestAlike(t *testing.T) {
	s, r := cataloguetest.Snapshot(), templatetest.Request(t)
	theirs := asExtism(t, extismPlugin(t), sites(s))
	request, err := r.Image(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range []string{"c", "go", "rust"} {
		t.Run(language, func(t *testing.T) {
			var out abi.Answer
			if _, err := templatetest.Template(t, root, language, ceiling).Call(context.Background(), abi.Site, offer.Decision{}, templatetest.Call(s, request, s.Sites(), true), &out); err != nil {
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
	s, r := cataloguetest.Snapshot(), templatetest.Request(b)
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
			l, c, ctx := templatetest.Template(b, root, language, ceiling), templatetest.Call(s, request, s.Sites(), true), context.Background()
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
