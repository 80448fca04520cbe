package cache

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

// answering is a module whose export answers n, by way of enough code to have something to break.
func answering(n int64) []byte {
	var m wasmtest.Module
	m.Memory(1, 1)
	t := wasmtest.Sig(wasmtest.Types(wasm.I32), wasmtest.Types(wasm.I32))
	// x = 0; do { x += 3; n-- } while (n != 0)
	loop := m.Func(t, [][]byte{wasmtest.Local(1, wasm.I32)},
		0x03, 0x40, 0x20, 1, 0x41, 3, 0x6a, 0x21, 1, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x20, 1, 0x0b)
	m.Export("answer", wasm.Func, m.Func(wasmtest.Sig(nil, wasmtest.Types(wasm.I32)), nil,
		wasmtest.Cat([]byte{0x41, 10, 0x10, byte(loop), 0x41}, wasmtest.S(n-30), []byte{0x6a, 0x0b})...))
	return m.Bytes()
}

// must opens a cache that is closed when the test ends.
func must(tb testing.TB, dir string, o Options) *Cache {
	tb.Helper()
	c, err := Open(dir, o)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { c.Close(context.Background()) })
	return c
}

// runtime makes a runtime with a cache.
func runtimeWith(tb testing.TB, c *Cache) wazero.Runtime {
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler().WithCompilationCache(c.Engine()))
	tb.Cleanup(func() { rt.Close(ctx) })
	return rt
}

// ask compiles a module in a new runtime and calls it.
func ask(c *Cache, bin []byte) (uint32, error) {
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigCompiler().WithCompilationCache(c.Engine()))
	defer rt.Close(ctx)
	compiled, err := c.Compile(ctx, rt, bin)
	if err != nil {
		return 0, err
	}
	mod, err := rt.InstantiateModule(ctx, compiled, wazero.NewModuleConfig())
	if err != nil {
		return 0, err
	}
	out, err := mod.ExportedFunction("answer").Call(ctx)
	if err != nil {
		return 0, err
	}
	return api.DecodeU32(out[0]), compiled.Close(ctx)
}

// expect asks a new cache in that directory, and checks the answer and the counts.
func expect(tb testing.TB, dir string, bin []byte, answer uint32, want Stats) {
	tb.Helper()
	c, err := Open(dir, Options{})
	if err != nil {
		tb.Fatal(err)
	}
	if got, err := ask(c, bin); err != nil || got != answer {
		tb.Errorf("answered %d, %v, want %d", got, err, answer)
	}
	if got := c.Stats(); got != want {
		tb.Errorf("counted %+v, want %+v", got, want)
	}
	if err := c.Close(context.Background()); err != nil {
		tb.Error(err)
	}
}

var (
	fresh   = Stats{Misses: 1, Written: 1}
	hit     = Stats{Hits: 1}
	refused = Stats{Refused: 1, Written: 1}
)

// entry is the path of the only entry in a directory.
func entry(tb testing.TB, dir string) string {
	tb.Helper()
	var found []string
	for _, name := range names(tb, dir) {
		if len(name) == 64 {
			found = append(found, name)
		}
	}
	if len(found) != 1 {
		tb.Fatalf("entries: %q", found)
	}
	return filepath.Join(dir, found[0])
}

// names are the names in a directory.
func names(tb testing.TB, dir string) []string {
	tb.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		tb.Fatal(err)
	}
	var out []string
	for _, e := range list {
		out = append(out, e.Name())
	}
	return out
}

// noTemps checks that nothing half-written lies about.
func noTemps(tb testing.TB, dir string) {
	tb.Helper()
	for _, name := range names(tb, dir) {
		if strings.HasPrefix(name, tempPrefix) {
			tb.Errorf("%s was left", name)
		}
	}
}

func TestHitAndMiss(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "cache")
	expect(t, dir, answering(42), 42, fresh)
	expect(t, dir, answering(42), 42, hit)
	expect(t, dir, answering(43), 43, fresh)
	expect(t, dir, answering(42), 42, hit)
	expect(t, dir, answering(43), 43, hit)
	noTemps(t, dir)
	if got := names(t, dir); len(got) != 3 || got[2] != "key" {
		t.Errorf("the directory holds %q", got)
	}
}

// TestInMemory checks what runtimes share while it is in use, and that the directory is asked again afterwards.
func TestInMemory(t *testing.T) {
	ctx := context.Background()
	c := must(t, t.TempDir()+"/cache", Options{})
	var compiled []wazero.CompiledModule
	for range 3 {
		m, err := c.Compile(ctx, runtimeWith(t, c), answering(42))
		if err != nil {
			t.Fatal(err)
		}
		compiled = append(compiled, m)
	}
	if got := c.Stats(); got != fresh {
		t.Errorf("%+v", got)
	}
	for _, m := range compiled {
		if err := m.Close(ctx); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := ask(c, answering(42)); got != 42 || err != nil {
		t.Error(got, err)
	}
	if got := c.Stats(); got != (Stats{Hits: 1, Misses: 1, Written: 1}) {
		t.Errorf("%+v", got)
	}

	memory := InMemory()
	if got, err := ask(memory, answering(42)); got != 42 || err != nil {
		t.Error(got, err)
	}
	if got := memory.Stats(); got != (Stats{}) {
		t.Errorf("%+v", got)
	}
	if err := memory.Close(ctx); err != nil {
		t.Error(err)
	}
}

// TestOneAtATime has many compile one module at once: the directory is asked for it once.
func TestOneAtATime(t *testing.T) {
	ctx := context.Background()
	c := must(t, t.TempDir()+"/cache", Options{})
	runtimes := []wazero.Runtime{runtimeWith(t, c), runtimeWith(t, c)}
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			if _, err := c.Compile(ctx, runtimes[i%2], answering(42)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := c.Stats(); got != fresh {
		t.Errorf("%+v", got)
	}
	if len(c.busy) != 0 {
		t.Errorf("%d modules are being compiled still", len(c.busy))
	}
}

// TestWaiting gives up waiting for another's compile when the context ends, and asks again when the other failed.
func TestWaiting(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c := must(t, t.TempDir()+"/cache", Options{})
	done, err := c.turn(ctx, 7)
	if err != nil {
		t.Fatal(err)
	}
	free, err := c.turn(ctx, 8)
	if err != nil {
		t.Fatal(err)
	}
	free()
	got := make(chan error)
	go func() {
		next, err := c.turn(context.Background(), 7)
		if err == nil {
			next()
		}
		got <- err
	}()
	cancel()
	if _, err := c.turn(ctx, 7); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	done()
	if err := <-got; err != nil {
		t.Error(err)
	}
	if _, err := c.Compile(context.Background(), runtimeWith(t, c), []byte("no module")); err == nil || err.Error() != "invalid magic number" {
		t.Errorf("got %v", err)
	}
}

// TestTooLarge keeps no entry that would not fit.
func TestTooLarge(t *testing.T) {
	dir := t.TempDir() + "/cache"
	c := must(t, dir, Options{Size: 200})
	for range 2 {
		if got, err := ask(c, answering(42)); got != 42 || err != nil {
			t.Error(got, err)
		}
	}
	if got := c.Stats(); got != (Stats{Misses: 2, Unwritten: 2}) {
		t.Errorf("%+v", got)
	}
	if got := names(t, dir); len(got) != 1 || got[0] != "key" {
		t.Errorf("the directory holds %q", got)
	}
	_, err := Open(dir, Options{Size: -1})
	if want := "guest cache: " + dir + ": the compile cache's directory cannot be used: a size of -1 bytes is negative"; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// TestClosed checks that what is closed says so.
func TestClosed(t *testing.T) {
	c := must(t, t.TempDir()+"/cache", Options{})
	for range 2 {
		if err := c.Close(context.Background()); err != nil {
			t.Error(err)
		}
	}
	if _, err := ask(c, answering(42)); !errors.Is(err, ErrClosed) || err.Error() != "guest cache: the compile cache is closed" {
		t.Errorf("got %v", err)
	}
}

// TestDirectoryGone goes on compiling when the directory fails.
func TestDirectoryGone(t *testing.T) {
	c := must(t, t.TempDir()+"/cache", Options{})
	if err := c.store.close(); err != nil {
		t.Fatal(err)
	}
	if got, err := ask(c, answering(42)); got != 42 || err != nil {
		t.Error(got, err)
	}
	if got := c.Stats(); got != (Stats{Misses: 1, Unwritten: 1}) {
		t.Errorf("%+v", got)
	}
}
