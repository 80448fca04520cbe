package offer_test

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/meter"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

var ctx = context.Background()

// engines are the two ways to run a guest.
var engines = []struct {
	name   string
	config func() wazero.RuntimeConfig
}{
	{"compiler", wazero.NewRuntimeConfigCompiler},
	{"interpreter", wazero.NewRuntimeConfigInterpreter},
}

// grant is a set of capabilities.
func grant(tb testing.TB, names ...string) offer.Set {
	tb.Helper()
	s, err := offer.Grant(names...)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// pages is how much memory guests of forwarders have.
const pages = 2

// size is the same in bytes.
const size = pages << 16

// forwarder is a guest that passes calls on: for each of what it may import it exports a function with the name and
// the signature of the import.
func forwarder(granted offer.Set) []byte { return forward(granted, true) }

// forward is forwarder, with or without a memory.
func forward(granted offer.Set, memory bool) []byte {
	var m wasmtest.Module
	imports := granted.Imports()
	for _, i := range imports {
		m.ImportFunc(i.Module, i.Name, i.Type)
	}
	if memory {
		m.Memory(pages, pages)
		m.Export("memory", wasm.MemoryKind, 0)
	}
	for f, i := range imports {
		var code []byte
		for p := range i.Type.Params {
			code = append(code, 0x20, byte(p))
		}
		code = append(append(code, 0x10), wasmtest.U(uint64(f))...)
		m.Export(i.Name, wasm.Func, m.Func(i.Type, nil, append(code, 0x0b)...))
	}
	return m.Bytes()
}

// guest is a running guest.
type guest struct {
	*offer.Instance
	tb  testing.TB
	mod api.Module
}

// start meters a guest, if it is to be, and instantiates it with these grants, with much fuel.
func start(tb testing.TB, config wazero.RuntimeConfig, bin []byte, granted offer.Set, metered bool) *guest {
	tb.Helper()
	limits := wasm.Defaults()
	limits.Offered = granted.Imports()
	scanned, err := wasm.Scan(bin, limits)
	if err != nil {
		tb.Fatal(offer.Explain(err, granted))
	}
	if metered {
		if bin, err = meter.Rewrite(scanned, meter.Options{Fuel: math.MaxInt64, Room: 1 << 20}); err != nil {
			tb.Fatal(err)
		}
	}
	rt := wazero.NewRuntimeWithConfig(ctx, config)
	tb.Cleanup(func() { rt.Close(ctx) })
	if err := offer.Instantiate(ctx, rt); err != nil {
		tb.Fatal(err)
	}
	mod, err := rt.InstantiateWithConfig(ctx, bin, wazero.NewModuleConfig().WithStartFunctions())
	if err != nil {
		tb.Fatal(err)
	}
	return &guest{offer.New(mod, granted, offer.Defaults()), tb, mod}
}

// call calls an export and gives its result, or 0 if it has none.
func (g *guest) call(name string, args ...uint64) (uint64, error) {
	g.tb.Helper()
	f := g.mod.ExportedFunction(name)
	if f == nil {
		g.tb.Fatalf("the guest does not export %s", name)
	}
	stack := make([]uint64, max(len(args), 1))
	copy(stack, args)
	if err := g.Call(ctx, f, stack); err != nil {
		return 0, err
	}
	if len(f.Definition().ResultTypes()) == 0 {
		return 0, nil
	}
	return stack[0], nil
}

// must is call of what has to succeed.
func (g *guest) must(name string, args ...uint64) uint64 {
	g.tb.Helper()
	r, err := g.call(name, args...)
	if err != nil {
		g.tb.Fatalf("%s: %v", name, err)
	}
	return r
}

// begin begins a decision.
func (g *guest) begin(d offer.Decision) {
	g.tb.Helper()
	if err := g.Begin(d); err != nil {
		g.tb.Fatal(err)
	}
}

// bytes is a copy of n bytes of the guest's memory.
func (g *guest) bytes(at, n uint32) []byte {
	g.tb.Helper()
	b, ok := g.mod.Memory().Read(at, n)
	if !ok {
		g.tb.Fatalf("no %d bytes at %d", n, at)
	}
	return append([]byte(nil), b...)
}

// put writes into the guest's memory.
func (g *guest) put(at uint32, b ...byte) {
	g.tb.Helper()
	if !g.mod.Memory().Write(at, b) {
		g.tb.Fatalf("no %d bytes at %d", len(b), at)
	}
}

// fails checks the text of an error, and what it matches.
func fails(tb testing.TB, err error, text string, target error) {
	tb.Helper()
	if err == nil || err.Error() != text {
		tb.Errorf("got  %v\nwant %s", err, text)
	}
	if target != nil && !errors.Is(err, target) {
		tb.Errorf("%v does not match %v", err, target)
	}
}

// onEngines runs a test on both engines.
func onEngines(t *testing.T, test func(t *testing.T, config wazero.RuntimeConfig)) {
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) { test(t, e.config()) })
	}
}
