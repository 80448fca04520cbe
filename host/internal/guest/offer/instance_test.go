package offer_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/meter"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

// hosted is a guest that exports "go", which calls the test's own host function, "five", which gives 5, and "yield",
// which calls WASI's; and the guest's instance, for the host function to find.
func hosted(t *testing.T, config wazero.RuntimeConfig, run func(g *guest)) *guest {
	t.Helper()
	var m wasmtest.Module
	f := m.ImportFunc("test", "do", wasm.FuncType{})
	yield := m.ImportFunc(offer.WASI, "sched_yield", wasmtest.Sig(nil, wasmtest.Types(wasm.I32)))
	m.Memory(1, 1)
	m.Export("memory", wasm.MemoryKind, 0)
	m.Export("go", wasm.Func, m.Func(wasm.FuncType{}, nil, 0x10, byte(f), 0x0b))
	m.Export("five", wasm.Func, m.Func(wasmtest.Sig(nil, wasmtest.Types(wasm.I32)), nil, 0x41, 5, 0x0b))
	m.Export("yield", wasm.Func, m.Func(wasmtest.Sig(nil, wasmtest.Types(wasm.I32)), nil, 0x10, byte(yield), 0x0b))
	m.Export("trap", wasm.Func, m.Func(wasm.FuncType{}, nil, 0x00, 0x0b))
	m.Export("imported", wasm.Func, yield)

	rt := wazero.NewRuntimeWithConfig(ctx, config)
	t.Cleanup(func() { rt.Close(ctx) })
	if err := offer.Instantiate(ctx, rt); err != nil {
		t.Fatal(err)
	}
	var g *guest
	if err := offer.Instantiate1(ctx, rt, "do", func(*offer.Instance) { run(g) }); err != nil {
		t.Fatal(err)
	}
	mod, err := rt.InstantiateWithConfig(ctx, m.Bytes(), wazero.NewModuleConfig().WithStartFunctions())
	if err != nil {
		t.Fatal(err)
	}
	g = &guest{offer.New(mod, 0, offer.Limits{}), t, mod}
	return g
}

// TestReentry calls an instance from a host function that it called: an error, and nothing is harmed.
func TestReentry(t *testing.T) {
	onEngines(t, func(t *testing.T, config wazero.RuntimeConfig) {
		var inner, began error
		g := hosted(t, config, func(g *guest) {
			_, inner = g.call("five")
			began = g.Begin(offer.Decision{})
		})
		g.must("go")
		const want = "the guest's instance is called while a call of it is running"
		fails(t, inner, want, offer.ErrReentered)
		fails(t, began, want, offer.ErrReentered)
		if g.must("five") != 5 || g.must("yield") != 0 || g.Discard() != nil {
			t.Errorf("spoilt: %v", g.Discard())
		}
	})
}

// TestReentryBehind calls the guest behind the instance's back from a host function, which swallows the error: once
// the guest calls a host function, the whole call fails and the instance is spoilt.
func TestReentryBehind(t *testing.T) {
	onEngines(t, func(t *testing.T, config wazero.RuntimeConfig) {
		g := hosted(t, config, func(g *guest) {
			if _, err := g.mod.ExportedFunction("yield").Call(g.Context(ctx)); !errors.Is(err, offer.ErrReentered) {
				t.Errorf("the inner call: %v", err)
			}
		})
		_, err := g.call("go")
		const want = "the guest's instance is called while a call of it is running: wasi_snapshot_preview1.sched_yield from within test.do"
		fails(t, err, want, offer.ErrReentered)
		_, err = g.call("five")
		fails(t, err, "the guest's instance is spoilt and must be discarded: "+want, offer.ErrDiscarded)
	})
}

// TestPanic panics in a host function, in every way there is: an error of the call that says where, a spoilt instance,
// and other instances are as good as before.
func TestPanic(t *testing.T) {
	cause := errors.New("a fault of the host")
	onEngines(t, func(t *testing.T, config wazero.RuntimeConfig) {
		for name, run := range map[string]func(*guest){
			"error":       func(*guest) { panic(cause) },
			"text":        func(*guest) { panic("a fault of the host") },
			"nil pointer": func(*guest) { var p *int; *p = 1 },
			"index":       func(g *guest) { _ = make([]int, 1)[len(g.mod.Name())+1] },
		} {
			t.Run(name, func(t *testing.T) {
				g, neighbour := hosted(t, config, run), hosted(t, config, run)
				_, err := g.call("go")
				var p *offer.PanicError
				if !errors.As(err, &p) || p.Function != "test.do" || !strings.HasPrefix(err.Error(), "the host function test.do panicked: ") {
					t.Errorf("got %v", err)
				}
				if name == "error" && !errors.Is(err, cause) {
					t.Errorf("%v does not match its cause", err)
				}
				if !errors.Is(g.Discard(), p) {
					t.Errorf("to be discarded for %v", g.Discard())
				}
				_, err = g.call("five")
				if !errors.Is(err, offer.ErrDiscarded) || !errors.As(err, &p) {
					t.Errorf("the next call: %v", err)
				}
				if neighbour.must("five") != 5 || neighbour.must("yield") != 0 {
					t.Error("the neighbour is harmed")
				}
			})
		}
	})
}

// TestTrap traps in the guest: an error of the engine, and the instance may be used again.
func TestTrap(t *testing.T) {
	onEngines(t, func(t *testing.T, config wazero.RuntimeConfig) {
		g := hosted(t, config, func(*guest) {})
		for range 3 {
			_, err := g.call("trap")
			if err == nil || !strings.Contains(err.Error(), "unreachable") {
				t.Errorf("got %v", err)
			}
			if g.Discard() != nil || g.must("yield") != 0 {
				t.Errorf("spoilt: %v", g.Discard())
			}
		}
	})
}

// TestOutside calls host functions without an instance, and as somebody else's.
func TestOutside(t *testing.T) {
	onEngines(t, func(t *testing.T, config wazero.RuntimeConfig) {
		a, b := hosted(t, config, nil), hosted(t, config, nil)
		if _, err := a.mod.ExportedFunction("yield").Call(ctx); !errors.Is(err, offer.ErrInstance) {
			t.Errorf("without an instance: %v", err)
		}
		err := a.Call(ctx, b.mod.ExportedFunction("yield"), make([]uint64, 1))
		const want = "a host function is called outside of a call of its instance: wasi_snapshot_preview1.sched_yield is called, and not by the guest"
		fails(t, err, want, offer.ErrInstance)
		if a.must("yield") != 0 || b.must("yield") != 0 {
			t.Error("spoilt")
		}
		_, err = a.call("imported")
		fails(t, err, want, offer.ErrInstance)
		// The engine may have wrapped the context.
		type key struct{}
		wrapped := context.WithValue(a.Context(ctx), key{}, 1)
		if _, err := a.mod.ExportedFunction("yield").Call(wrapped); err != nil {
			t.Errorf("with a wrapped context: %v", err)
		}
	})
}

// TestFuel pays for host calls: as much for the same on both engines, and nothing more happens without it.
func TestFuel(t *testing.T) {
	granted := grant(t, "log", "random")
	onEngines(t, func(t *testing.T, config wazero.RuntimeConfig) {
		g := start(t, config, forwarder(granted), granted, true)
		used := func(name string, args ...uint64) uint64 {
			before := fuelOf(g)
			g.must(name, args...)
			return before - fuelOf(g)
		}
		base := used("fd_close", 1)
		g.put(0, le(100, 500)...)
		for _, c := range []struct {
			what       string
			used, want uint64
		}{
			{"a call", base, 261}, // with what the guest's own instructions cost
			{"random", used("random_get", 0, 1000), base + 1000 + 1},
			{"random of the capability", used("random", 0, 1000), base + 1000 + 1},
			{"buffers", used("fd_read", 0, 0, 0, 64), base + 3},
			{"message", used("log", 2000, 10), base + 256 + 80 + 1},
			{"long message", used("log", 2000, 60_000), base + 256 + 8*1028 + 1},
		} {
			if c.used != c.want {
				t.Errorf("%s: %d, want %d", c.what, c.used, c.want)
			}
		}
		fuel := g.mod.ExportedGlobal(meter.FuelName).(interface{ Set(uint64) })
		g.put(0, make([]byte, 1000)...)
		fuel.Set(500)
		_, err := g.call("random_get", 0, 1000)
		fails(t, err, "the guest ran out of fuel", meter.ErrFuel)
		if left := int64(fuelOf(g)); left >= 0 {
			t.Errorf("%d fuel left", left)
		}
		if got := g.bytes(0, 1000); string(got) != string(make([]byte, 1000)) {
			t.Error("randomness came without fuel")
		}
		fuel.Set(math.MaxInt64)
		g.must("random_get", 0, 1000)
	})
}

// TestAllocations calls what guests call often, without memory of the host's being taken but for the call itself.
func TestAllocations(t *testing.T) {
	granted := grant(t, "random", "time")
	g := start(t, wazero.NewRuntimeConfigCompiler(), forwarder(granted), granted, true)
	stack := make([]uint64, 9)
	for _, c := range []struct {
		name string
		args []uint64
	}{
		{"clock_time_get", []uint64{0, 0, 64}},
		{"random_get", []uint64{64, 100}},
		{"random", []uint64{64, 100}},
		{"time", nil},
		{"fd_write", []uint64{1, 8, 1, 64}},
		{"path_open", []uint64{3, 0, 0, 8, 0, 0, 0, 0, 64}},
		{"poll_oneoff", []uint64{256, 512, 1, 64}},
	} {
		f := g.mod.ExportedFunction(c.name)
		if n := testing.AllocsPerRun(100, func() {
			copy(stack, c.args)
			if err := g.Call(ctx, f, stack); err != nil {
				t.Fatal(err)
			}
		}); n > 1 {
			t.Errorf("%s: %v allocations", c.name, n)
		}
	}
}

// BenchmarkHostCall is what a host call costs a guest that makes 1 000 of them in a loop, by how the host function
// finds the call's state: "offer" is this package, by the context; "closure" the same with host modules of the
// instance's own; "nothing" a function that needs no state and no memory.
func BenchmarkHostCall(b *testing.B) {
	for _, e := range engines {
		for _, name := range []string{"nothing", "closure", "offer"} {
			b.Run(e.name+"/"+name, func(b *testing.B) {
				var m wasmtest.Module
				three := wasmtest.Sig(wasmtest.Types(wasm.I32, wasm.I64, wasm.I32), wasmtest.Types(wasm.I32))
				module := offer.WASI
				if name != "offer" {
					module = name
				}
				f := m.ImportFunc(module, "clock_time_get", three)
				m.Memory(1, 1)
				m.Export("memory", wasm.MemoryKind, 0)
				m.Export("loop", wasm.Func, m.Func(wasmtest.Sig(wasmtest.Types(wasm.I32), nil), nil,
					0x03, 0x40, 0x41, 0, 0x42, 0, 0x41, 8, 0x10, byte(f), 0x1a,
					0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x0b))
				rt := wazero.NewRuntimeWithConfig(ctx, e.config())
				defer rt.Close(ctx)
				if err := offer.Instantiate(ctx, rt); err != nil {
					b.Fatal(err)
				}
				var i *offer.Instance
				if err := offer.Empty(ctx, rt, "nothing", "clock_time_get", three); err != nil {
					b.Fatal(err)
				}
				if err := offer.Closure(ctx, rt, "closure", "clock_time_get", &i); err != nil {
					b.Fatal(err)
				}
				mod, err := rt.InstantiateWithConfig(ctx, m.Bytes(), wazero.NewModuleConfig().WithStartFunctions())
				if err != nil {
					b.Fatal(err)
				}
				i = offer.New(mod, 0, offer.Limits{})
				loop, stack := mod.ExportedFunction("loop"), make([]uint64, 1)
				const calls = 1000
				for b.Loop() {
					stack[0] = calls
					if err := i.Call(ctx, loop, stack); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*calls), "ns/hostcall")
			})
		}
	}
}

// BenchmarkInstantiate is what it would cost to give every instance host modules of its own.
func BenchmarkInstantiate(b *testing.B) {
	for _, e := range engines {
		b.Run(e.name, func(b *testing.B) {
			config := e.config().WithCompilationCache(wazero.NewCompilationCache())
			for b.Loop() {
				rt := wazero.NewRuntimeWithConfig(ctx, config)
				if err := offer.Instantiate(ctx, rt); err != nil {
					b.Fatal(err)
				}
				if err := rt.Close(ctx); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkWork is what work that grows with a length takes, for the table of fuel: per unit that is paid.
func BenchmarkWork(b *testing.B) {
	granted := grant(b, "log", "random")
	text := strings.Repeat("text \x1b\n", size/14)
	for _, c := range []struct {
		name string
		args []uint64
	}{
		{"random_get", []uint64{0, 65536}},
		{"fd_write", []uint64{1, 8, 1, 0}},
		{"log", []uint64{16, 1000}},
		{"fd_read", []uint64{0, 1024, 1024, 0}},
		{"poll_oneoff", []uint64{1024, 65536, 1024, 0}},
	} {
		b.Run(c.name, func(b *testing.B) {
			g := start(b, wazero.NewRuntimeConfigCompiler(), forwarder(granted), granted, true)
			if !strings.HasPrefix(c.name, "fd_read") && c.name != "poll_oneoff" {
				g.put(0, []byte(text)...)
			}
			g.put(8, le(16, 60_000)...)
			f, stack := g.mod.ExportedFunction(c.name), make([]uint64, 4)
			before := fuelOf(g)
			for b.Loop() {
				if c.name == "log" || c.name == "fd_write" {
					g.begin(offer.Decision{})
				}
				copy(stack, c.args)
				if err := g.Call(ctx, f, stack); err != nil || stack[0] != 0 && c.name != "log" {
					b.Fatal(err, stack[0])
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(before-fuelOf(g)), "ns/fuel")
		})
	}
}
