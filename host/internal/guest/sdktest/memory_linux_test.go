//go:build !race

package sdktest_test

import (
	"bytes"
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/memory"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/sdk/go/guesttest"
)

// proportional is this process's share of memory in KiB: pages that several mappings share count once (PSS).
func proportional(tb testing.TB) int {
	tb.Helper()
	debug.FreeOSMemory()
	text, err := os.ReadFile("/proc/self/smaps_rollup")
	if err != nil {
		tb.Skipf("NOT RUN: %v", err)
	}
	for line := range bytes.Lines(text) {
		if f := bytes.Fields(line); len(f) == 3 && string(f[0]) == "Pss:" {
			n, err := strconv.Atoi(string(f[1]))
			if err != nil {
				tb.Fatal(err)
			}
			return n
		}
	}
	tb.Fatal("the system gives no PSS")
	return 0
}

// TestMemoryOfInstances has forty instances of a guest read and write beside an 8 MiB snapshot that they share: less than
// 12 MiB more, the snapshot's own 8 included. Not under the race detector, whose shadow of the heap would be counted too
// (up to 14 MiB more or 2 MiB less from run to run).
func TestMemoryOfInstances(t *testing.T) {
	const instances, most = 40, 12 << 10
	ctx := context.Background()
	e, err := guest.New(ctx, guest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close(ctx) })
	p, err := e.Load(ctx, guest.Spec{ID: "KIT-1", Binary: file(t, root+"sdk/c/probe.wasm"), Hooks: []abi.Hook{abi.Site}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close(ctx) })
	small := file(t, golden+"complete.image")
	image := make([]byte, 8<<20) // what is behind the image no reader looks at, but it is there
	copy(image, small)
	for i := len(small); i < len(image); i++ {
		image[i] = byte(i>>8) | 1
	}
	before := proportional(t)
	s, err := memory.NewSnapshot(image)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	settings := guesttest.Settings(nil)
	for range instances {
		l, err := p.Bind(ctx, s, settings, guest.PoolOptions{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(l.Close)
		c := &abi.Call{Request: small, Rows: 500, Select: all(500), Texts: true}
		for range 3 {
			var out abi.Answer
			if _, err := l.Call(ctx, abi.Site, offer.Decision{}, c, &out); err != nil {
				t.Fatal(err)
			}
		}
	}
	added := proportional(t) - before
	runtime.KeepAlive(image)
	t.Logf("%d instances added %d KiB", instances, added)
	if added > most {
		t.Errorf("%d instances added %d KiB, more than %d", instances, added, most)
	}
}
