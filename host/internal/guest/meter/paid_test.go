package meter_test

import (
	"bytes"
	"math"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/meter"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

// TestFar asks loops that turn for longer than a test can wait for their turns: their fuel is asked for before the
// first.
func TestFar(t *testing.T) {
	const (
		least, most = math.MinInt32, math.MaxInt32
		all         = int64(1) << 32
	)
	for _, c := range []struct {
		loop   counting
		i, n   int32
		visits int64
	}{
		{counting{op: 0x47, step: 1}, 0, -1, all - 1},
		{counting{op: 0x47, step: 1}, 5, 5, all},
		{counting{op: 0x47, step: -1}, 0, 0, all},
		{counting{op: 0x47, step: -1}, 0, 1, all - 1},
		{counting{op: 0x47, step: 3}, 0, 1, 2863311531},       // three times that is 2·2³² + 1
		{counting{op: 0x47, step: 12}, 0, 4, 715827883},       // twelve times that is 2·2³² + 4
		{counting{op: 0x47, step: -12}, 4, 0, 715827883},      // the same, backwards
		{counting{op: 0x47, step: 4096}, 4096, 4096, 1 << 20}, // once round
		{counting{op: 0x47, step: 3 << 29}, 0, 1 << 29, 3},    // three times that is 2³² + 2²⁹
		{counting{op: 0x47, step: -1, top: true}, most, least, all},
		{counting{op: 0x48, step: 1}, least, most, all - 1},
		{counting{op: 0x48, step: 1 << 30}, least, 1 << 30, 3},
		{counting{op: 0x49, step: 1}, 0, -1, all - 1},
		{counting{op: 0x49, step: 8}, 0, -8, 1<<29 - 1},
		{counting{op: 0x4a, step: -1}, most, least, all - 1},
		{counting{op: 0x4b, step: -2}, -1, 1, 1<<31 - 1},
		{counting{op: 0x4c, step: 1}, least, most - 1, all - 1},
		{counting{op: 0x4d, step: 4}, 0, -8, 1<<30 - 1},
		{counting{op: 0x4e, step: -1}, most, least + 1, all - 1},
		{counting{op: 0x4f, step: -1}, -1, 1, all - 1},
		{counting{op: 0x4f, step: 1, top: true}, 0, -1, all},
	} {
		_, one, _ := c.loop.run(c.i, c.n, 1)
		_, two, _ := c.loop.run(c.i, c.n, 2)
		want := one + (c.visits-1)*(two-one)
		onBoth(t, func(t *testing.T, config wazero.RuntimeConfig) {
			g := c.loop.guest(t, config)
			_, used, why := g.call("count", 1, 0, uint64(uint32(c.i)), uint64(uint32(c.n)))
			if why != meter.ErrFuel || used != want {
				t.Errorf("%v from %d to %d: %d fuel, %v; want %d", c.loop, c.i, c.n, used, why, want)
			}
		})
	}
}

// TestEndlessCount stops loops at once that pass by their bound for ever, whatever fuel there is.
func TestEndlessCount(t *testing.T) {
	for _, c := range []struct {
		loop counting
		i, n int32
	}{
		{counting{op: 0x47, step: 2}, 0, 1},
		{counting{op: 0x47, step: -12}, 0, 2},
		{counting{op: 0x48, step: 2}, math.MinInt32, math.MaxInt32},
		{counting{op: 0x49, step: 4}, 0, -1},
		{counting{op: 0x4a, step: -2}, math.MaxInt32, math.MinInt32},
		{counting{op: 0x4b, step: -4}, 2, 1},
		{counting{op: 0x4c, step: 1}, 0, math.MaxInt32},
		{counting{op: 0x4d, step: 1}, 7, -1},
		{counting{op: 0x4e, step: -1}, 0, math.MinInt32},
		{counting{op: 0x4f, step: -1}, 7, 0},
	} {
		onBoth(t, func(t *testing.T, config wazero.RuntimeConfig) {
			g := c.loop.guest(t, config)
			_, _, why := g.call("count", math.MaxInt64, 0, uint64(uint32(c.i)), uint64(uint32(c.n)))
			if left := int64(g.get(meter.FuelName)); why != meter.ErrFuel || left != -1 {
				t.Errorf("%v from %d to %d: %d fuel is left, %v; want -1", c.loop, c.i, c.n, left, why)
			}
		})
	}
}

// TestWhichCounted tells loops whose turns are known from those that look much like them. All come to the same as
// they do plain; those that are known ask for the fuel of all turns before the first.
func TestWhichCounted(t *testing.T) {
	var (
		step  = []byte{0x20, 0, 0x41, 1, 0x6b, 0x21, 0} // n--
		again = []byte{0x20, 0, 0x0d, 0}                // if (n != 0) continue
		loop  = func(in ...[]byte) []byte {
			return wasmtest.Cat([]byte{0x03, 0x40}, wasmtest.Cat(in...), []byte{0x0b, 0x20, 0, 0x0b})
		}
		ten = bytes.Repeat([]byte{0x41, 1, 0x1a}, 10)
	)
	for _, c := range []struct {
		name  string
		known bool
		code  []byte
	}{
		{"plain", true, loop(step, again)},
		{"with a short if", true, loop([]byte{0x20, 0, 0x04, 0x40, 0x41, 1, 0x21, 1, 0x0b}, step, again)},
		{"with a block that is left early", true, loop([]byte{0x02, 0x40, 0x20, 0, 0x0d, 0, 0x41, 1, 0x21, 1, 0x0b}, step, again)},
		{"with a trap in an if", true, loop([]byte{0x20, 0, 0x45, 0x04, 0x40, 0x00, 0x0b}, step, again)},
		{"with a small function", true, loop([]byte{0x20, 0, 0x10, 1, 0x1a}, step, again)},
		{"with code behind its branch", true, loop(step, again, []byte{0x41, 7, 0x21, 1, 0x20, 1, 0x04, 0x40}, ten, ten, []byte{0x0b})},
		{"against a local", true, loop(step, []byte{0x20, 0, 0x20, 1, 0x47, 0x0d, 0})},
		{"in a loop", true, loop([]byte{0x03, 0x40}, step, again, []byte{0x0b})},

		{"step in an if", false, loop([]byte{0x20, 0, 0x04, 0x40}, step, []byte{0x0b}, again)},
		{"two steps", false, loop([]byte{0x20, 0, 0x41, 1, 0x4b, 0x04, 0x40, 0x20, 0, 0x41, 1, 0x6a, 0x21, 0, 0x20, 0, 0x41, 1, 0x6b, 0x21, 0, 0x0b}, step, again)},
		{"not by a constant", false, loop([]byte{0x20, 0, 0x41, 1, 0x20, 1, 0x6a, 0x6b, 0x21, 0}, again)},
		{"constant less local", false, wasmtest.Cat([]byte{0x03, 0x40}, ten, []byte{0x41, 0xe9, 0, 0x20, 0, 0x6b, 0x22, 0, 0x41, 5, 0x47, 0x0d, 0, 0x0b, 0x41, 0, 0x0b})},
		{"another local's step", false, loop([]byte{0x20, 0, 0x41, 1, 0x6b, 0x22, 1, 0x21, 0}, again)},
		{"bound changes", false, loop(step, []byte{0x41, 0, 0x21, 1, 0x20, 0, 0x20, 1, 0x47, 0x0d, 0})},
		{"long if", false, loop([]byte{0x20, 0, 0x04, 0x40}, ten, ten, []byte{0x0b}, step, again)},
		{"another way out", false, wasmtest.Cat([]byte{0x02, 0x40, 0x03, 0x40, 0x20, 0, 0x45, 0x0d, 1}, step, again, []byte{0x0b, 0x0b, 0x20, 0, 0x0b})},
		{"another way round", false, loop(step, []byte{0x20, 0, 0x04, 0x40, 0x0c, 1, 0x0b}, again)},
		{"another way round, perhaps", false, loop(step, []byte{0x02, 0x40, 0x20, 0, 0x0d, 1, 0x0b}, again)},
		{"a way round by a table", false, loop(step, []byte{0x02, 0x40, 0x20, 0, 0x45, 0x0e, 1, 1, 0, 0x0b})},
		{"returns", false, loop([]byte{0x20, 0, 0x45, 0x04, 0x40, 0x41, 0, 0x0f, 0x0b}, step, again)},
		{"a large function", false, loop([]byte{0x20, 0, 0x10, 2, 0x1a}, step, again)},
		{"through a table", false, loop([]byte{0x20, 0, 0x41, 0, 0x11, 0, 0, 0x1a}, step, again)},
		{"fills memory", false, loop([]byte{0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 11, 0}, step, again)},
		{"no comparison", false, loop(step, []byte{0x20, 0, 0x67, 0x41, 32, 0x6b, 0x0d, 0})},
		{"the comparison of another type", false, loop(step, []byte{0x20, 0, 0xad, 0x42, 0, 0x52, 0x0d, 0})},
	} {
		var m wasmtest.Module
		m.Memory(1)
		m.Table(wasm.FuncRef, 1)
		one := wasmtest.Sig(wasmtest.Types(i32), wasmtest.Types(i32))
		m.Export("loop", wasm.Func, m.Func(one, local(1, i32), c.code...))
		m.Func(one, nil, 0x20, 0, 0x41, 3, 0x6c, 0x0b)
		m.Func(one, nil, wasmtest.Cat(bytes.Repeat([]byte{0x41, 1, 0x1a}, 70), []byte{0x20, 0, 0x0b})...)
		large := m.Func(one, nil, 0x20, 0, 0x0b)
		m.Elements(0, 0x41, 0, 0x0b, 1, byte(large))
		onBoth(t, func(t *testing.T, config wazero.RuntimeConfig) {
			g := instance(t, config, m.Bytes())
			results, whole, why := g.call("loop", 1<<40, 10, 100)
			if why != nil || results[0] != 0 {
				t.Fatalf("%s: %v, %v", c.name, results, why)
			}
			// A loop whose turns are not known asks for the fuel of the first and no more.
			_, used, why := g.call("loop", 10, 10, 100)
			if known := used > 200; why != meter.ErrFuel || known != c.known {
				t.Errorf("%s: %d of %d fuel is asked for with 10 there, %v", c.name, used, whole, why)
			}
		})
	}
}

// TestPaidByCaller lets callers pay for small functions that nothing else can call, and nobody else.
func TestPaidByCaller(t *testing.T) {
	small := []byte{0x20, 0, 0x41, 2, 0x6a, 0x0b} // 3
	of := func(n int) []byte {
		return wasmtest.Cat(bytes.Repeat([]byte{0x41, 1, 0x1a}, n-1), []byte{0x20, 0, 0x0b})
	}
	one := wasmtest.Sig(wasmtest.Types(i32), wasmtest.Types(i32))
	for _, c := range []struct {
		name string
		code []byte
		cost int64 // of a call that returns
		free bool
		also func(m *wasmtest.Module, f uint32)
	}{
		{"small", small, 3, true, nil},
		{"as large as may be", of(64), 64, true, nil},
		{"nothing", []byte{0x00, 0x0b}, 0, true, nil},
		{"with a short if", []byte{0x20, 0, 0x04, 0x40, 0x41, 1, 0x1a, 0x0b, 0x20, 0, 0x0b}, 4, true, nil},
		{"larger", of(65), 65, false, nil},
		{"of many bytes", wasmtest.Cat(bytes.Repeat([]byte{0x01}, 510), []byte{0x20, 0, 0x0b}), 1, false, nil},
		{"with a long if", wasmtest.Cat([]byte{0x20, 0, 0x04, 0x40}, bytes.Repeat([]byte{0x41, 1, 0x1a}, 20), []byte{0x0b, 0x20, 0, 0x0b}), 3 + 20, false, nil},
		{"with a loop", []byte{0x03, 0x40, 0x0b, 0x20, 0, 0x0b}, 2, false, nil},
		{"that fills", []byte{0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 11, 0, 0x20, 0, 0x0b}, 12, false, nil},
		{"that calls", []byte{0x20, 0, 0x10, 0, 0x0b}, 5 + 1, false, nil},
		{"that is exported", small, 3, false, func(m *wasmtest.Module, f uint32) { m.Export("small", wasm.Func, f) }},
		{"in a table", small, 3, false, func(m *wasmtest.Module, f uint32) { m.Elements(0, 0x41, 0, 0x0b, 1, byte(f)) }},
		{"that is declared", small, 3, false, func(m *wasmtest.Module, f uint32) { m.Elements(3, 0, 1, byte(f)) }},
		{"in a global", small, 3, false, func(m *wasmtest.Module, f uint32) { m.Global(wasm.FuncRef, false, 0xd2, byte(f), 0x0b) }},
	} {
		var m wasmtest.Module
		m.Memory(1)
		m.Table(wasm.FuncRef, 1)
		m.Func(one, nil, 0x20, 0, 0x0b)
		f := m.Func(one, nil, c.code...)
		if c.also != nil {
			c.also(&m, f)
		}
		m.Export("call", wasm.Func, m.Func(one, nil, 0x20, 0, 0x10, byte(f), 0x0b))
		// A trap before the call shows what was paid by then: the division's 1 + 1 + 8, the call's 1 + 4, and what
		// the function costs if it is paid here.
		m.Export("trap", wasm.Func, m.Func(one, nil, 0x41, 1, 0x41, 0, 0x6d, 0x1a, 0x20, 0, 0x10, byte(f), 0x0b))
		onBoth(t, func(t *testing.T, config wazero.RuntimeConfig) {
			g := instance(t, config, m.Bytes())
			if _, used, why := g.call("call", 1000, 10, 1); used != 1+4+c.cost || why != nil && c.name != "nothing" {
				t.Errorf("%s: %d fuel, %v; want %d", c.name, used, why, 5+c.cost)
			}
			want := int64(1 + 1 + 8 + 1 + 4)
			if c.free {
				want += c.cost
			}
			if _, used, why := g.call("trap", 1000, 10, 1); used != want || why != errOwn {
				t.Errorf("%s: %d fuel before the call, %v; want %d", c.name, used, why, want)
			}
		})
	}
}

// TestStartPaysForItself counts the fuel of a small start function, which only the host calls.
func TestStartPaysForItself(t *testing.T) {
	var m wasmtest.Module
	m.Start(m.Func(none, nil, 0x41, 1, 0x1a, 0x0b))
	onBoth(t, func(t *testing.T, config wazero.RuntimeConfig) {
		if _, used, why := instance(t, config, m.Bytes()).call(meter.StartName, 10, 0); used != 1 || why != nil {
			t.Errorf("%d fuel, %v", used, why)
		}
	})
}
