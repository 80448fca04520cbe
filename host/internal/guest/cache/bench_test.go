package cache

import (
	"context"
	"errors"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/meter"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
)

// golang is a guest that Go compiled, metered.
func golang(tb testing.TB) []byte {
	tb.Helper()
	bin := filepath.Join(tb.TempDir(), "guest.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-buildmode=c-shared", "-o", bin, "../meter/testdata/goguest")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("Go does not build a guest: %v\n%s", err, out)
	}
	b, err := os.ReadFile(bin)
	if err != nil {
		tb.Fatal(err)
	}
	limits := wasm.Defaults()
	m, err := wasm.Scan(b, limits)
	for refused := new(wasm.ImportError); errors.As(err, &refused); m, err = wasm.Scan(b, limits) {
		limits.Offered = append(limits.Offered, refused.Import) // whatever it asks for
	}
	if err != nil {
		tb.Fatal(err)
	}
	out, err := meter.Rewrite(m, meter.Options{Fuel: math.MaxInt64, Room: 1 << 30})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Logf("a guest of %d bytes, metered %d", len(b), len(out))
	return out
}

// launch is what a host does from nothing to a guest that is ready to be called.
func launch(tb testing.TB, engine wazero.CompilationCache, compile func(context.Context, wazero.Runtime, []byte) (wazero.CompiledModule, error), bin []byte) {
	ctx := context.Background()
	config := wazero.NewRuntimeConfigCompiler()
	if engine != nil {
		config = config.WithCompilationCache(engine)
	}
	rt := wazero.NewRuntimeWithConfig(ctx, config)
	wasi_snapshot_preview1.MustInstantiate(ctx, rt)
	compiled, err := compile(ctx, rt, bin)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := rt.InstantiateModule(ctx, compiled, wazero.NewModuleConfig().WithStartFunctions("_initialize")); err != nil {
		tb.Fatal(err)
	}
	if err := rt.Close(ctx); err != nil {
		tb.Fatal(err)
	}
	if engine != nil {
		if err := engine.Close(ctx); err != nil {
			tb.Fatal(err)
		}
	}
}

func plainly(ctx context.Context, rt wazero.Runtime, bin []byte) (wazero.CompiledModule, error) {
	return rt.CompileModule(ctx, bin)
}

// BenchmarkColdStart brings a guest from bytes to ready, with everything in memory forgotten: without a cache, from the
// engine's own, from ours, and from ours by way of a file in a private directory that the engine opens. The ways take
// turns and the shortest time of each counts.
func BenchmarkColdStart(b *testing.B) {
	bin := golang(b)
	engines, sealed, staged := b.TempDir(), filepath.Join(b.TempDir(), "sealed"), b.TempDir()
	ours := func() *Cache {
		c, err := Open(sealed, Options{})
		if err != nil {
			b.Fatal(err)
		}
		return c
	}
	first := ours() // so that an entry is there
	launch(b, first.Engine(), first.Compile, bin)
	if err := first.store.close(); err != nil {
		b.Fatal(err)
	}
	theirs := func(dir string) wazero.CompilationCache {
		c, err := wazero.NewCompilationCacheWithDir(dir)
		if err != nil {
			b.Fatal(err)
		}
		return c
	}
	launch(b, theirs(engines), plainly, bin)
	entries, err := filepath.Glob(filepath.Join(engines, "*", "*"))
	if err != nil || len(entries) != 1 {
		b.Fatal(entries, err)
	}
	within, err := filepath.Rel(engines, entries[0])
	if err != nil {
		b.Fatal(err)
	}
	ways := []struct {
		name string
		run  func()
	}{
		{"none", func() { launch(b, nil, plainly, bin) }},
		{"engine", func() { launch(b, theirs(engines), plainly, bin) }},
		{"sealed", func() {
			c := ours()
			launch(b, c.Engine(), c.Compile, bin)
			if s := c.Stats(); s.Hits != 1 {
				b.Fatalf("%+v", s)
			}
			c.store.close()
		}},
		{"staged", func() {
			c := ours()
			dir, err := os.MkdirTemp(staged, "")
			if err != nil {
				b.Fatal(err)
			}
			names := c.store.entries()
			if len(names) != 1 {
				b.Fatal(names)
			}
			content, err := c.store.read(names[0].Name())
			if err != nil {
				b.Fatal(err)
			}
			file := filepath.Join(dir, within)
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				b.Fatal(err)
			}
			if err := os.WriteFile(file, content, 0o600); err != nil {
				b.Fatal(err)
			}
			launch(b, theirs(dir), plainly, bin)
			if err := os.RemoveAll(dir); err != nil {
				b.Fatal(err)
			}
			c.store.close()
		}},
	}
	least := make([]time.Duration, len(ways))
	for b.Loop() {
		for i, w := range ways {
			began := time.Now()
			w.run()
			if d := time.Since(began); least[i] == 0 || d < least[i] {
				least[i] = d
			}
		}
	}
	b.ReportMetric(0, "ns/op")
	for i, w := range ways {
		b.ReportMetric(float64(least[i])/1e6, w.name+"-ms")
	}
	info, err := os.Stat(entries[0])
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(info.Size())/1e6, "entry-MB")
}
