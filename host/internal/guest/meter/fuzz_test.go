package meter_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/meter"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
)

// fuzzGuest is a module on one engine, plain or rewritten.
type fuzzGuest struct {
	mod     api.Module
	metered bool
}

// run calls an export; why is what the globals say of a trap.
func (g *fuzzGuest) run(ctx context.Context, name string, fuel int64, args ...uint64) (results []uint64, trap string, why error) {
	if g.metered {
		g.mod.ExportedGlobal(meter.FuelName).(api.MutableGlobal).Set(uint64(fuel))
		g.mod.ExportedGlobal(meter.RoomName).(api.MutableGlobal).Set(200)
	}
	results, err := g.mod.ExportedFunction(name).Call(ctx, args...)
	if err == nil {
		return results, "", nil
	}
	if g.metered {
		get := func(n string) uint64 { return g.mod.ExportedGlobal(n).Get() }
		why = meter.Why(int64(get(meter.FuelName)), int64(get(meter.RoomName)), int32(get(meter.SealName)))
	}
	return nil, firstLine(err), why
}

// fuzzFuel is the fuel of every call.
const fuzzFuel = 20_000

// FuzzRewrite makes modules of random bytes and runs them. The two engines must come to the same with the same
// fuel, bit by bit; a call that returns must take what it takes if every turn is paid when it comes;
// and a module that makes no floating-point numbers must come to the same plain and rewritten, unless it was
// stopped.
func FuzzRewrite(f *testing.F) {
	for i := range 24 {
		seed := make([]byte, 400)
		x := uint32(i*7919 + 1)
		for j := range seed {
			x = x*1664525 + 1013904223
			seed[j] = byte(x >> 24)
		}
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed []byte) { compare(t, seed[:min(len(seed), 2000)]) })
}

// TestMaker makes sure that enough of what the maker makes tells something.
func TestMaker(t *testing.T) {
	counts := map[string]int{}
	for i := range 250 {
		seed := make([]byte, 600)
		x := uint32(i*104729 + 3)
		for j := range seed {
			x = x*1664525 + 1013904223
			seed[j] = byte(x >> 24)
		}
		compare(t, seed, counts)
	}
	t.Log(counts)
	for _, kind := range []string{"returned, plain and rewritten", "trapped, plain and rewritten", "loops are paid ahead", "stopped: " + meter.ErrFuel.Error(), "stopped: " + meter.ErrDepth.Error()} {
		if counts[kind] < 5 {
			t.Errorf("%d calls %s", counts[kind], kind)
		}
	}
}

// compare makes a module of a seed and runs it three ways. It counts the outcomes, if it is given where.
func compare(t *testing.T, seed []byte, counts ...map[string]int) {
	count := func(what string) {
		for _, c := range counts {
			c[what]++
		}
	}
	bin := (&maker{bytes: seed}).module()
	ctx := context.Background()
	open := func(config wazero.RuntimeConfig, rewritten []byte) *fuzzGuest {
		rt := wazero.NewRuntimeWithConfig(ctx, config.WithMemoryLimitPages(16))
		t.Cleanup(func() { rt.Close(ctx) })
		b, metered := bin, rewritten != nil
		if metered {
			b = rewritten
		}
		mod, err := rt.InstantiateWithConfig(ctx, b, wazero.NewModuleConfig())
		if err != nil {
			t.Fatalf("metered %t: %v\n%x", metered, err, bin)
		}
		return &fuzzGuest{mod, metered}
	}
	rewritten := rewrite(t, bin)
	a, b := open(wazero.NewRuntimeConfigCompiler(), rewritten), open(wazero.NewRuntimeConfigInterpreter(), rewritten)
	ones := rewriteWith(t, bin, meter.OneByOne(meter.Options{}))
	one := open(wazero.NewRuntimeConfigCompiler(), ones)
	plain := open(wazero.NewRuntimeConfigCompiler(), nil)
	if !slices.Equal(ones, rewritten) {
		count("loops are paid ahead")
	}
	exact := !hasFloats(t, bin)
	for i := range makerFuncs {
		name := fmt.Sprint("f", i)
		ra, ta, wa := a.run(ctx, name, fuzzFuel, 5, 9)
		rb, tb, wb := b.run(ctx, name, fuzzFuel, 5, 9)
		if !slices.Equal(ra, rb) || ta != tb || !errors.Is(wa, wb) {
			t.Fatalf("%s: compiler %v %q %v, interpreter %v %q %v\n%x", name, ra, ta, wa, rb, tb, wb, bin)
		}
		for _, global := range []string{meter.FuelName, meter.GlobalName(0), meter.GlobalName(1)} {
			if x, y := a.mod.ExportedGlobal(global).Get(), b.mod.ExportedGlobal(global).Get(); x != y {
				t.Fatalf("%s: %s is %#x on the compiler and %#x on the interpreter\n%x", name, global, x, y, bin)
			}
		}
		if x, y := memory(a.mod), memory(b.mod); !slices.Equal(x, y) {
			t.Fatalf("%s: the engines leave other memories\n%x", name, bin)
		}
		if wa != nil {
			count("stopped: " + wa.Error())
			return // the plain guest might go on for ever
		}
		r1, t1, w1 := one.run(ctx, name, fuzzFuel, 5, 9)
		if !slices.Equal(r1, ra) || t1 != ta || w1 != nil {
			t.Fatalf("%s: one by one %v %q %v, ahead %v %q\n%x", name, r1, t1, w1, ra, ta, bin)
		}
		if x, y := one.mod.ExportedGlobal(meter.FuelName).Get(), a.mod.ExportedGlobal(meter.FuelName).Get(); ta == "" && x != y {
			t.Fatalf("%s: %d fuel is left one by one, %d ahead\n%x", name, x, y, bin)
		}
		if !exact {
			count("the same on both engines")
			continue // another NaN may lead the plain guest elsewhere
		}
		rp, tp, _ := plain.run(ctx, name, 0, 5, 9)
		if tp != ta || !slices.Equal(rp, ra) {
			t.Fatalf("%s: plain %v %q, rewritten %v %q\n%x", name, rp, tp, ra, ta, bin)
		}
		if !slices.Equal(memory(plain.mod), memory(a.mod)) {
			t.Fatalf("%s: plain and rewritten leave other memories\n%x", name, bin)
		}
		if ta == "" {
			count("returned, plain and rewritten")
		} else {
			count("trapped, plain and rewritten")
		}
	}
}

// hasFloats reports whether a module makes numbers that may be NaNs of the machine's choice.
func hasFloats(t *testing.T, bin []byte) bool {
	m, err := wasm.Scan(bin, openLimits(bin))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range m.Bodies {
		d := wasm.NewDecoder(b.Code, 0)
		for in := (wasm.Instr{}); d.Next(&in); {
			if op := in.Op; op >= 0x8d && op <= 0x97 || op >= 0x9b && op <= 0xa5 || op == 0xb6 || op == 0xbb || op >= wasm.Vec|0xe3 {
				return true
			}
		}
	}
	return false
}

// memory is the guest's memory.
func memory(m api.Module) []byte {
	b, _ := m.Memory().Read(0, m.Memory().Size())
	return b
}
