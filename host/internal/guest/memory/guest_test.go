package memory

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	. "github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

// eachSystem runs a test on this machine's own way to hold memory and on the one that works everywhere, and on
// whatever moreSystems adds.
func eachSystem(t *testing.T, f func(*testing.T, system)) {
	t.Helper()
	for _, sys := range []system{native, copied{}} {
		t.Run(fmt.Sprintf("%T", sys), func(t *testing.T) { f(t, sys) })
	}
	moreSystems(t, f)
}

// guestModule is a guest of least pages that reads, writes and grows its memory as it is told, and whose reserve
// function grows it by the pages it is asked for. Its data are "data" at byte 1024.
func guestModule(least uint64) []byte {
	var m Module
	i32 := Types(wasm.I32)
	m.Memory(least, MaxPages)
	m.Export("memory", wasm.MemoryKind, 0)
	m.Export("load", wasm.Func, m.Func(Sig(i32, i32), nil, 0x20, 0, 0x2d, 0, 0, 0x0b))
	m.Export("store", wasm.Func, m.Func(Sig(Types(wasm.I32, wasm.I32), nil), nil, 0x20, 0, 0x20, 1, 0x3a, 0, 0, 0x0b))
	m.Export("fill", wasm.Func, m.Func(Sig(Types(wasm.I32, wasm.I32, wasm.I32), nil), nil, 0x20, 0, 0x20, 1, 0x20, 2, 0xfc, 0x0b, 0, 0x0b))
	grow := m.Func(Sig(i32, i32), nil, 0x20, 0, 0x40, 0, 0x0b)
	m.Export("grow", wasm.Func, grow)
	// reserve(pages): grow(pages) * 65536
	m.Export("reserve", wasm.Func, m.Func(Sig(i32, i32), nil, Cat([]byte{0x20, 0, 0x10}, U(uint64(grow)), []byte{0x41}, S(PageSize), []byte{0x6c, 0x0b})...))
	m.Data(Cat([]byte{0, 0x41}, S(1024), []byte{0x0b}, Sized([]byte("data")))...)
	return m.Bytes()
}

// guest is an instance of guestModule.
type guest struct {
	t   testing.TB
	m   *Memory
	mod api.Module
}

// compiled compiles guestModule.
func compiled(t testing.TB, least uint64) (wazero.Runtime, wazero.CompiledModule) {
	t.Helper()
	ctx := context.Background()
	r := wazero.NewRuntime(ctx)
	t.Cleanup(func() { must(t, r.Close(ctx)) })
	c, err := r.CompileModule(ctx, guestModule(least))
	must(t, err)
	return r, c
}

func newGuest(t testing.TB, sys system, r wazero.Runtime, c wazero.CompiledModule, most uint32) guest {
	t.Helper()
	m, err := newMemory(sys, uint32(c.ExportedMemories()["memory"].Min()), most)
	must(t, err)
	t.Cleanup(m.Free)
	mod, err := instantiate(r, c, m)
	must(t, err)
	return guest{t, m, mod}
}

func (g guest) call(name string, args ...uint64) uint32 {
	g.t.Helper()
	res, err := g.mod.ExportedFunction(name).Call(context.Background(), args...)
	must(g.t, err)
	if len(res) == 0 {
		return 0
	}
	return uint32(res[0])
}

// traps says how a call ends.
func (g guest) traps(name string, args ...uint64) string {
	_, err := g.mod.ExportedFunction(name).Call(context.Background(), args...)
	if err == nil {
		return ""
	}
	return err.Error()
}

// place has the guest reserve room and puts the snapshot there.
func (g guest) place(s *Snapshot) uint32 {
	g.t.Helper()
	at := g.call("reserve", s.Room()/PageSize)
	must(g.t, g.m.Place(s, at))
	return at
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantError(t testing.TB, err error, want string) {
	t.Helper()
	if err == nil || err.Error() != want {
		t.Errorf("error %v\nwant %s", err, want)
	}
}

// pattern is n bytes none of which is zero, and pages of which differ.
func pattern(n int, seed byte) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i>>12)*7 ^ byte(i)*3 ^ seed | 1
	}
	return b
}

func snapshot(t testing.TB, sys system, image []byte) *Snapshot {
	t.Helper()
	s, err := newSnapshot(sys, image)
	must(t, err)
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

func states(t testing.TB) *States {
	s := &States{}
	t.Cleanup(func() { must(t, s.Close()) })
	return s
}

func wantBytes(t testing.TB, what string, got, want []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		i := 0
		for i < min(len(got), len(want)) && got[i] == want[i] {
			i++
		}
		t.Errorf("%s: %d bytes, want %d; the first that differs is %d", what, len(got), len(want), i)
	}
}

func instantiate(r wazero.Runtime, c wazero.CompiledModule, m *Memory) (api.Module, error) {
	return r.InstantiateModule(experimental.WithMemoryAllocator(context.Background(), m), c, wazero.NewModuleConfig().WithName(""))
}
