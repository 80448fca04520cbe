package meter_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/meter"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

// guest is an instance of a rewritten module.
type guest struct {
	t   testing.TB
	mod api.Module
}

// rewrite scans a module and rewrites it.
func rewrite(t testing.TB, bin []byte) []byte {
	t.Helper()
	return rewriteWith(t, bin, meter.Options{})
}

func rewriteWith(t testing.TB, bin []byte, o meter.Options) []byte {
	t.Helper()
	m, err := wasm.Scan(bin, openLimits(bin))
	if err != nil {
		t.Fatal(err)
	}
	out, err := meter.Rewrite(m, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// instance rewrites a module and instantiates it; it has neither fuel nor room.
func instance(t testing.TB, config wazero.RuntimeConfig, bin []byte) *guest {
	t.Helper()
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, config)
	t.Cleanup(func() { rt.Close(ctx) })
	_, err := rt.NewHostModuleBuilder("env").NewFunctionBuilder().WithFunc(func(context.Context) {}).Export("nothing").Instantiate(ctx)
	if err != nil {
		t.Fatal(err)
	}
	mod, err := rt.InstantiateWithConfig(ctx, rewrite(t, bin), wazero.NewModuleConfig())
	if err != nil {
		t.Fatal(err)
	}
	return &guest{t, mod}
}

func (g *guest) set(name string, v uint64) {
	g.t.Helper()
	global, ok := g.mod.ExportedGlobal(name).(api.MutableGlobal)
	if !ok {
		g.t.Fatalf("no mutable global %s", name)
	}
	global.Set(v)
}

func (g *guest) get(name string) uint64 { return g.mod.ExportedGlobal(name).Get() }

// call calls an export with fuel and room. It gives the results, the fuel used, and what Why says of a trap;
// errOwn is a trap of the guest's own.
func (g *guest) call(name string, fuel, room int64, args ...uint64) (results []uint64, used int64, why error) {
	g.t.Helper()
	g.set(meter.FuelName, uint64(fuel))
	g.set(meter.RoomName, uint64(room))
	f := g.mod.ExportedFunction(name)
	if f == nil {
		g.t.Fatalf("no function %s", name)
	}
	results, err := f.Call(context.Background(), args...)
	left := int64(g.get(meter.FuelName))
	if err == nil {
		if got := int64(g.get(meter.RoomName)); got != room {
			g.t.Errorf("%s: %d of %d frames of room are left after the call", name, got, room)
		}
		return results, fuel - left, nil
	}
	why = meter.Why(left, int64(g.get(meter.RoomName)), int32(g.get(meter.SealName)))
	if why == nil {
		return nil, fuel - left, errOwn
	}
	if !strings.Contains(err.Error(), "unreachable") {
		g.t.Errorf("%s: stopped for %v by the trap %v", name, why, err)
	}
	return nil, fuel - left, why
}

var errOwn = errors.New("a trap of the guest's own")

// onBoth runs a test on both engines.
func onBoth(t *testing.T, test func(t *testing.T, config wazero.RuntimeConfig)) {
	t.Helper()
	for _, e := range engines {
		t.Run(e.name, func(t *testing.T) { test(t, e.config()) })
	}
}

var (
	none = wasm.FuncType{}
	give = wasmtest.Sig(nil, wasmtest.Types(i32))
	take = wasmtest.Sig(wasmtest.Types(i32), nil)
)

// local is a run of locals.
func local(n uint64, t byte) [][]byte { return [][]byte{wasmtest.Local(n, t)} }

// endless is a module with every way of not coming to an end.
func endless() []byte {
	var m wasmtest.Module
	m.Memory(1, 1<<10)
	m.Table(wasm.FuncRef, 4, 100)
	m.ImportFunc("env", "nothing", none)
	add := func(name string, t wasm.FuncType, locals [][]byte, code ...byte) uint32 {
		f := m.Func(t, locals, code...)
		m.Export(name, wasm.Func, f)
		return f
	}
	add("loop", none, nil, 0x03, 0x40, 0x0c, 0, 0x0b, 0x0b)
	add("empty loop with br_if", none, nil, 0x03, 0x40, 0x41, 1, 0x0d, 0, 0x0b, 0x0b)
	add("br_table", take, nil, 0x03, 0x40, 0x02, 0x40, 0x20, 0, 0x0e, 2, 0, 1, 0, 0x0b, 0x0c, 0, 0x0b, 0x0b)
	add("nested loops", none, nil, 0x03, 0x40, 0x03, 0x40, 0x41, 0, 0x0d, 0, 0x0b, 0x0c, 0, 0x0b, 0x0b)
	add("loop with a call", none, nil, 0x03, 0x40, 0x10, 0, 0x0c, 0, 0x0b, 0x0b)
	f := byte(m.Next())
	r := add("recursion", none, nil, 0x10, f, 0x0b)
	add("indirect recursion", none, nil, 0x41, 1, 0x11, 0, 0, 0x0b)
	g := byte(m.Next())
	add("recursion in a loop", none, nil, 0x03, 0x40, 0x10, g, 0x0c, 0, 0x0b, 0x0b)
	add("memory.grow", none, nil, 0x03, 0x40, 0x41, 0, 0x40, 0, 0x1a, 0x0c, 0, 0x0b, 0x0b)
	add("memory.grow by much", none, nil, 0x41, 0x7f, 0x40, 0, 0x1a, 0x0b)
	add("table.grow", none, nil, 0x03, 0x40, 0xd0, 0x70, 0x41, 1, 0xfc, 15, 0, 0x1a, 0x0c, 0, 0x0b, 0x0b)
	add("memory.fill", none, nil, 0x03, 0x40, 0x41, 0, 0x41, 0, 0x41, 0x80, 0x80, 4, 0xfc, 11, 0, 0x0c, 0, 0x0b, 0x0b)
	add("memory.fill of much", none, nil, 0x41, 0, 0x41, 0, 0x41, 0x7f, 0xfc, 11, 0, 0x0b)
	add("return from a loop in a loop", none, nil, 0x03, 0x40, 0x03, 0x40, 0x41, 0, 0x04, 0x40, 0x0f, 0x0b, 0x0c, 1, 0x0b, 0x0b, 0x0b)
	// Loops that look as if they counted.
	add("step behind a loop's last branch", take, nil, 0x03, 0x40, 0x20, 0, 0x0d, 0, 0x20, 0, 0x41, 1, 0x6b, 0x21, 0, 0x0b, 0x0b)
	add("step of nothing", take, nil, 0x03, 0x40, 0x20, 0, 0x41, 0, 0x6a, 0x22, 0, 0x0d, 0, 0x0b, 0x0b)
	m.Elements(wasmtest.Cat([]byte{0, 0x41, 0, 0x0b}, wasmtest.Vec(wasmtest.U(uint64(r)), wasmtest.U(uint64(r+1))))...)
	return m.Bytes()
}

// TestEndless stops all that does not come to an end, on both engines with the same fuel, and the instance serves
// the next call.
func TestEndless(t *testing.T) {
	used := map[string]int64{}
	onBoth(t, func(t *testing.T, config wazero.RuntimeConfig) {
		g := instance(t, config, endless())
		for _, c := range []struct {
			name string
			args []uint64
			room int64
			want error
		}{
			{"loop", nil, 0, meter.ErrFuel},
			{"empty loop with br_if", nil, 0, meter.ErrFuel},
			{"br_table", []uint64{0}, 0, meter.ErrFuel},
			{"br_table", []uint64{1}, 0, meter.ErrFuel},
			{"br_table", []uint64{7}, 0, meter.ErrFuel},
			{"nested loops", nil, 0, meter.ErrFuel},
			{"loop with a call", nil, 1, meter.ErrFuel},
			{"recursion", nil, 1000, meter.ErrDepth},
			{"recursion", nil, 1_000_000_000, meter.ErrFuel},
			{"indirect recursion", nil, 1000, meter.ErrDepth},
			{"recursion in a loop", nil, 1000, meter.ErrDepth},
			{"memory.grow", nil, 0, meter.ErrFuel},
			{"memory.grow by much", nil, 0, meter.ErrFuel},
			{"table.grow", nil, 0, meter.ErrFuel},
			{"memory.fill", nil, 0, meter.ErrFuel},
			{"memory.fill of much", nil, 0, meter.ErrFuel},
			{"return from a loop in a loop", nil, 0, meter.ErrFuel},
			{"step behind a loop's last branch", []uint64{100}, 0, meter.ErrFuel},
			{"step of nothing", []uint64{100}, 0, meter.ErrFuel},
		} {
			fuel := int64(5000) // less than the 2 000 calls deep that the interpreter goes
			if c.want == meter.ErrDepth {
				fuel = 1 << 40
			}
			for range 3 {
				_, n, why := g.call(c.name, fuel, c.room, c.args...)
				if why != c.want {
					t.Errorf("%s: %v, want %v", c.name, why, c.want)
				}
				key := c.name + c.want.Error()
				if len(c.args) > 0 {
					key += string(rune('0' + c.args[0]))
				}
				if have, ok := used[key]; ok && have != n {
					t.Errorf("%s: %d fuel this time, %d before", c.name, n, have)
				}
				used[key] = n
			}
		}
		if size := g.mod.Memory().Size(); size != 1<<16 {
			t.Errorf("memory has %d bytes: growing ran before it was paid for", size)
		}
	})
}

// TestCost burns what the table of costs says.
func TestCost(t *testing.T) {
	var m wasmtest.Module
	m.Memory(1)
	m.Table(wasm.FuncRef, 10, 20)
	one := wasmtest.Sig(wasmtest.Types(i32), wasmtest.Types(i32))
	add := func(name string, t wasm.FuncType, locals [][]byte, code ...byte) uint32 {
		f := m.Func(t, locals, code...)
		m.Export(name, wasm.Func, f)
		return f
	}
	leaf := byte(add("add", one, nil, 0x20, 0, 0x41, 1, 0x6a, 0x0b))
	add("nothing", none, nil, 0x01, 0x02, 0x40, 0x0b, 0x0b)
	add("divide", one, nil, 0x20, 0, 0x41, 3, 0x6d, 0x0b)
	add("call", one, nil, 0x20, 0, 0x10, leaf, 0x0b)
	add("count", one, nil, 0x03, 0x40, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x20, 0, 0x0b)
	// Loops that are left by a branch and by a return; a turn pays for the short block behind its exit.
	add("while", one, nil, 0x02, 0x40, 0x03, 0x40, 0x20, 0, 0x45, 0x0d, 1, 0x20, 0, 0x41, 1, 0x6b, 0x21, 0, 0x0c, 0, 0x0b, 0x0b, 0x20, 0, 0x0b)
	add("until", one, nil, 0x03, 0x40, 0x20, 0, 0x41, 5, 0x46, 0x04, 0x40, 0x20, 0, 0x0f, 0x0b, 0x20, 0, 0x41, 1, 0x6b, 0x21, 0, 0x0c, 0, 0x0b, 0x00, 0x0b)
	add("grow", one, nil, 0x20, 0, 0x40, 0, 0x0b)
	add("fill", one, nil, 0x41, 0, 0x41, 9, 0x20, 0, 0xfc, 11, 0, 0x41, 0, 0x2d, 0, 0, 0x0b)
	add("table.fill", take, nil, 0x41, 0, 0xd0, 0x70, 0x20, 0, 0xfc, 17, 0, 0x0b)
	// A block of 20 behind a branch is paid when it comes; one of 2 always.
	long := wasmtest.Cat([]byte{0x20, 0, 0x04, 0x40}, bytes.Repeat([]byte{0x41, 1, 0x1a}, 20), []byte{0x0b, 0x20, 0, 0x0b})
	add("long", one, nil, long...)
	add("short", one, nil, 0x20, 0, 0x04, 0x40, 0x41, 1, 0x41, 1, 0x1a, 0x1a, 0x0b, 0x20, 0, 0x0b)
	bin := m.Bytes()
	onBoth(t, func(t *testing.T, config wazero.RuntimeConfig) {
		g := instance(t, config, bin)
		for _, c := range []struct {
			name string
			arg  uint64
			want int64
		}{
			{"add", 4, 3},
			{"divide", 4, 2 + 8},
			{"call", 4, 1 + 4 + 3},
			{"count", 1, 6 + 1},
			{"count", 10, 10*6 + 1},
			{"while", 0, 9 + 1},
			{"while", 10, 11*9 + 1},
			{"until", 5, 12},
			{"until", 8, 4 * 12},
			{"grow", 0, 1 + 256},
			{"grow", 3, 1 + 256 + 3*8192},
			{"fill", 0, 3 + 8 + 2},
			{"fill", 80, 3 + 8 + 2 + 10},
			{"fill", 87, 3 + 8 + 2 + 10},
			{"table.fill", 5, 3 + 8 + 5},
			{"long", 0, 3},
			{"long", 1, 3 + 20},
			{"short", 0, 3 + 2},
			{"short", 1, 3 + 2},
		} {
			if _, used, why := g.call(c.name, 1<<40, 10, c.arg); why != nil || used != c.want {
				t.Errorf("%s(%d): %d fuel, %v; want %d", c.name, c.arg, used, why, c.want)
			}
			// With that much it comes to its end; with less, calls that look at their fuel do not.
			if _, _, why := g.call(c.name, c.want, 10, c.arg); why != nil {
				t.Errorf("%s(%d) with %d fuel: %v", c.name, c.arg, c.want, why)
			}
		}
		if _, used, why := g.call("nothing", 0, 0); why != nil || used != 0 {
			t.Errorf("nothing: %d fuel, %v", used, why)
		}
		if _, _, why := g.call("count", 10*6, 0, 100); why != meter.ErrFuel {
			t.Errorf("count with too little fuel: %v", why)
		}
	})
}

// TestOwnTrap tells the guest's own trap from those that are added.
func TestOwnTrap(t *testing.T) {
	var m wasmtest.Module
	m.Export("stop", wasm.Func, m.Func(none, nil, 0x00, 0x0b))
	m.Export("divide", wasm.Func, m.Func(give, nil, 0x41, 1, 0x41, 0, 0x6d, 0x0b))
	bin := m.Bytes()
	onBoth(t, func(t *testing.T, config wazero.RuntimeConfig) {
		g := instance(t, config, bin)
		for _, name := range []string{"stop", "divide"} {
			if _, _, why := g.call(name, 100, 100); why != errOwn {
				t.Errorf("%s: %v", name, why)
			}
		}
	})
}

// TestStart runs the start function only when the host calls it, with its fuel.
func TestStart(t *testing.T) {
	var m wasmtest.Module
	m.Global(i32, true, 0x41, 0, 0x0b)
	m.Export("g", wasm.GlobalKind, 0)
	m.Start(m.Func(none, nil, 0x41, 5, 0x24, 0, 0x03, 0x40, 0x0c, 0, 0x0b, 0x0b))
	bin := m.Bytes()
	onBoth(t, func(t *testing.T, config wazero.RuntimeConfig) {
		g := instance(t, config, bin)
		if v := g.get("g"); v != 0 {
			t.Errorf("the start function ran by itself: g is %d", v)
		}
		if _, _, why := g.call(meter.StartName, 1000, 0); why != meter.ErrFuel {
			t.Errorf("an endless start function: %v", why)
		}
		if v := g.get("g"); v != 5 {
			t.Errorf("g is %d after the start function", v)
		}
	})
}

// TestSeal forbids what changes tables and segments once the host says so, and only then.
func TestSeal(t *testing.T) {
	var m wasmtest.Module
	m.Table(wasm.FuncRef, 4, 8)
	m.Memory(1)
	m.DataCount(1)
	m.Data(1, 1, 'x')
	m.Elements(5, 0x70, 1, 0xd0, 0x70, 0x0b)
	names := []string{"table.set", "table.fill", "table.copy", "table.init", "table.grow", "elem.drop", "data.drop"}
	for i, code := range [][]byte{
		{0x41, 0, 0xd0, 0x70, 0x26, 0, 0x0b},
		{0x41, 0, 0xd0, 0x70, 0x41, 1, 0xfc, 17, 0, 0x0b},
		{0x41, 0, 0x41, 1, 0x41, 1, 0xfc, 14, 0, 0, 0x0b},
		{0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 12, 0, 0, 0x0b},
		{0xd0, 0x70, 0x41, 1, 0xfc, 15, 0, 0x1a, 0x0b},
		{0xfc, 13, 0, 0x0b},
		{0xfc, 9, 0, 0x0b},
	} {
		m.Export(names[i], wasm.Func, m.Func(none, nil, code...))
	}
	m.Export("memory.init", wasm.Func, m.Func(none, nil, 0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 8, 0, 0, 0x0b))
	bin := m.Bytes()
	onBoth(t, func(t *testing.T, config wazero.RuntimeConfig) {
		g := instance(t, config, bin)
		for _, seal := range []uint64{meter.Unsealed, meter.Sealed} {
			for _, name := range names {
				g.set(meter.SealName, seal)
				var want error
				if seal == meter.Sealed {
					want = meter.ErrSealed
				}
				if _, _, why := g.call(name, 10_000, 10); why != want {
					t.Errorf("%s with seal %d: %v, want %v", name, seal, why, want)
				}
			}
			g.set(meter.SealName, seal)
			if _, _, why := g.call("memory.init", 10_000, 10); why != nil {
				t.Errorf("memory.init with seal %d: %v", seal, why)
			}
		}
	})
}

// TestRestore saves the guest's globals through their exports and puts them back.
func TestRestore(t *testing.T) {
	var m wasmtest.Module
	m.Global(i32, false, 0x41, 1, 0x0b)
	m.Global(i32, true, 0x41, 2, 0x0b)
	m.Global(wasm.I64, true, 0x42, 3, 0x0b)
	m.Global(wasm.F64, true, wasmtest.Cat([]byte{0x44}, f64bytes(4), []byte{0x0b})...)
	m.Global(wasm.FuncRef, true, 0xd0, 0x70, 0x0b)
	f := m.Func(none, nil, wasmtest.Cat([]byte{0x41, 20, 0x24, 1, 0x42, 30, 0x24, 2, 0x44}, f64bytes(40), []byte{0x24, 3, 0xd2, 0, 0x24, 4, 0x0b})...)
	m.Export("change", wasm.Func, f)
	bin := m.Bytes()
	names := []string{meter.GlobalName(1), meter.GlobalName(2), meter.GlobalName(3), meter.GlobalName(4)}
	onBoth(t, func(t *testing.T, config wazero.RuntimeConfig) {
		g := instance(t, config, bin)
		if g.mod.ExportedGlobal(meter.GlobalName(0)) != nil {
			t.Error("a constant is exported")
		}
		var saved []uint64
		for _, n := range names {
			saved = append(saved, g.get(n))
		}
		for range 2 {
			if _, _, why := g.call("change", 1000, 0); why != nil {
				t.Fatal(why)
			}
			for i, n := range names {
				if g.get(n) == saved[i] {
					t.Errorf("%s did not change", n)
				}
				g.set(n, saved[i])
				if g.get(n) != saved[i] {
					t.Errorf("%s is not restored", n)
				}
			}
		}
	})
}

// TestWhy prefers fuel over room and both over the seal.
func TestWhy(t *testing.T) {
	for _, c := range []struct {
		fuel, room int64
		seal       int32
		want       error
	}{
		{0, 0, meter.Sealed, nil},
		{math.MaxInt64, 0, meter.Unsealed, nil},
		{-1, -1, meter.Broken, meter.ErrFuel},
		{0, -1, meter.Broken, meter.ErrDepth},
		{0, 0, meter.Broken, meter.ErrSealed},
	} {
		if got := meter.Why(c.fuel, c.room, c.seal); got != c.want {
			t.Errorf("Why(%d, %d, %d) = %v, want %v", c.fuel, c.room, c.seal, got, c.want)
		}
	}
}
