package sdktest_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/tables"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/host/topology/aws"
	"github.com/bailiwick-dev/bailiwick/sdk"
)

// template builds the template of a new plugin in a language: all of them are the same rule, grids below a ceiling.
// Without the language's tools the test is skipped.
func template(t testing.TB, language string) []byte {
	t.Helper()
	asc, err := filepath.Abs(root + "sdk/assemblyscript/node_modules/.bin/asc")
	if err != nil {
		t.Fatal(err)
	}
	tool := map[string][2]string{"c": {"clang-19", "CC"}, "rust": {"/usr/bin/rustc", "RUSTC"}, "assemblyscript": {asc, "ASC"}, "go": {"go", "GO"}}[language]
	if _, err := exec.LookPath(tool[0]); err != nil {
		t.Skipf("NOT RUN: %s is not installed", tool[0])
	}
	files, err := sdk.New(language, sdk.Plugin{Name: "bench"})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Content, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command(filepath.Join(dir, "build.sh"))
	cmd.Env = append(os.Environ(), tool[1]+"="+tool[0], "GOFLAGS=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return file(t, filepath.Join(dir, "plugin.wasm"))
}

// overCatalogue is the embedded catalogue, and a request laid out over it.
func overCatalogue(t testing.TB) (s *topology.Snapshot, request []byte) {
	t.Helper()
	files, err := topology.Load(topology.Input{Name: "aws", FS: aws.FS()})
	if err == nil {
		s, err = topology.Build(files)
	}
	if err != nil {
		t.Fatal(err)
	}
	req, err := placement.Decode("r.yaml", []byte("apiVersion: bailiwick/v1\nkind: PlacementRequest\nmetadata: {name: r}\nspec: {components: [{name: api}]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	r := &tables.Request{Snap: s, Req: req, At: "2026-11-01T00:00:00Z", Day: "2026-11-01", Components: []tables.Component{{Component: &req.Spec.Components[0]}}}
	if request, err = r.Image(nil); err != nil {
		t.Fatal(err)
	}
	return s, request
}

// asking is a call about the first n of the sites.
func asking(s *topology.Snapshot, request []byte, n int, texts bool) *abi.Call {
	c := &abi.Call{Request: request, Rows: s.Sites(), Select: make([]uint64, (s.Sites()+63)/64), Texts: texts}
	for i := range n {
		c.Select[i>>6] |= 1 << (i & 63)
	}
	return c
}

// BenchmarkHook calls the same rule, written in each language, over the real catalogue: a whole hook call, fresh state
// included, with room for reasons and without. ns/candidate is what each of 448 more candidates adds.
func BenchmarkHook(b *testing.B) {
	s, request := overCatalogue(b)
	ctx := context.Background()
	for _, language := range sdk.Languages() {
		b.Run(language, func(b *testing.B) {
			l, err := pool(b, template(b, language), s.Bytes(), must(tables.Settings(map[string]any{"ceiling": 300.0})), abi.Site)
			if err != nil {
				b.Fatal(err)
			}
			for _, texts := range []bool{false, true} {
				var out abi.Answer
				call := func(n int) func(b *testing.B) {
					c := asking(s, request, n, texts)
					return func(b *testing.B) {
						b.ReportAllocs()
						var u guest.Usage
						for b.Loop() {
							if u, err = l.Call(ctx, abi.Site, offer.Decision{}, c, &out); err != nil {
								b.Fatal(err)
							}
						}
						b.ReportMetric(float64(u.Fuel), "fuel")
					}
				}
				b.Run(fmt.Sprintf("texts=%v/%d", texts, s.Sites()), call(s.Sites()))
				b.Run(fmt.Sprintf("texts=%v/64", texts), call(64))
			}
		})
	}
}

// BenchmarkHookAtOnce calls one plugin from one goroutine and from eight.
func BenchmarkHookAtOnce(b *testing.B) {
	s, request := overCatalogue(b)
	l, err := pool(b, template(b, "c"), s.Bytes(), must(tables.Settings(map[string]any{"ceiling": 300.0})), abi.Site)
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{1, 2, 8} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var wg sync.WaitGroup
			for g := range n {
				wg.Go(func() {
					c := asking(s, request, s.Sites(), false)
					var out abi.Answer
					for i := g; i < b.N; i += n {
						if _, err := l.Call(context.Background(), abi.Site, offer.Decision{}, c, &out); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
		})
	}
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}
