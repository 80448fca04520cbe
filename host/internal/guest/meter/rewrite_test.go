package meter_test

import (
	"bytes"
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/meter"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

// TestMaxima writes the caps where a module has no maximum.
func TestMaxima(t *testing.T) {
	var m wasmtest.Module
	m.Memory(1)
	m.Table(wasm.FuncRef, 1)
	m.Table(wasm.ExternRef, 1, 5)
	l := wasm.Defaults()
	l.MemoryPages, l.TableEntries = 7, 9
	scanned, err := wasm.Scan(m.Bytes(), l)
	if err != nil {
		t.Fatal(err)
	}
	bin, err := meter.Rewrite(scanned, meter.Options{})
	if err != nil {
		t.Fatal(err)
	}
	again, err := wasm.Scan(bin, l)
	if err != nil {
		t.Fatal(err)
	}
	if want := (wasm.Memory{Min: 1, Max: 7, HasMax: true}); again.Memories[0] != want {
		t.Errorf("memory %+v", again.Memories[0])
	}
	if a, b := again.Tables[0], again.Tables[1]; a.Max != 9 || !a.HasMax || b.Max != 5 || !b.HasMax {
		t.Errorf("tables %+v", again.Tables)
	}
}

// TestRefused refuses reserved names and what cannot be restored.
func TestRefused(t *testing.T) {
	var reserved, vector wasmtest.Module
	reserved.Export("meter:fuel", wasm.Func, reserved.Func(none, nil, 0x0b))
	vector.Global(wasm.V128, true, wasmtest.Cat([]byte{0xfd, 12}, make([]byte, 16), []byte{0x0b})...)
	for _, c := range []struct {
		name string
		bin  []byte
		is   error
		want string
	}{
		{"name", reserved.Bytes(), meter.ErrReserved, `the guest exports a reserved name: "meter:fuel" begins with "meter:"; rename the export`},
		{"vector", vector.Bytes(), meter.ErrGlobal, "the guest has a mutable global that cannot be restored: global 0 is a v128; keep it in memory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := wasm.Scan(c.bin, wasm.Defaults())
			if err != nil {
				t.Fatal(err)
			}
			if _, err = meter.Rewrite(m, meter.Options{}); !errors.Is(err, c.is) || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// TestNames keeps the names of functions, if they are sound and not too long, for traps to show.
func TestNames(t *testing.T) {
	ctx := context.Background()
	part := func(id byte, content ...byte) []byte { return append([]byte{id}, wasmtest.Sized(content)...) }
	names := []byte{1, 0, 4, 'h', 'a', 'l', 't'}
	for _, c := range []struct {
		name    string
		content []byte
		most    int
		kept    bool
	}{
		{"kept", part(1, names...), 7, true},
		{"behind the module's", append(part(0, 1, 'm'), part(1, names...)...), 7, true},
		{"too long", part(1, names...), 6, false},
		{"none", part(0, 1, 'm'), 100, false},
		{"cut off", part(1, names[:6]...), 100, false},
		{"left over", part(1, append(names, 0)...), 100, false},
		{"part cut off", part(1, names...)[:5], 100, false},
		{"many", part(1, 0xff, 0xff, 0xff, 0xff, 0x0f), 100, false},
		{"function out of range", part(1, 1, 1, 1, 'x'), 100, false},
		{"twice", part(1, 2, 0, 1, 'x', 0, 1, 'y'), 100, false},
		{"not UTF-8", part(1, 1, 0, 1, 0xff), 100, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var m wasmtest.Module
			m.Export("f", wasm.Func, m.Func(none, nil, 0x00, 0x0b))
			m.Custom("name", c.content...)
			scanned, err := wasm.Scan(m.Bytes(), wasm.Defaults())
			if err != nil {
				t.Fatal(err)
			}
			bin, err := meter.Rewrite(scanned, meter.Options{Names: c.most})
			if err != nil {
				t.Fatal(err)
			}
			rt := wazero.NewRuntime(ctx)
			defer rt.Close(ctx)
			mod, err := rt.Instantiate(ctx, bin)
			if err != nil {
				t.Fatal(err)
			}
			_, err = mod.ExportedFunction("f").Call(ctx)
			if got := strings.Contains(err.Error(), "halt"); got != c.kept {
				t.Errorf("named %t, want %t: %v", got, c.kept, err)
			}
		})
	}
}

// TestGrowth refuses a body that would take much longer to compile than the one that was allowed.
func TestGrowth(t *testing.T) {
	var m wasmtest.Module
	m.Table(wasm.FuncRef, 1)
	m.Elements(5, 0x70, 0)
	m.Func(none, nil, append(bytes.Repeat([]byte{0xfc, 13, 0}, 20_000), 0x0b)...)
	scanned, err := wasm.Scan(m.Bytes(), wasm.Defaults())
	if err != nil {
		t.Fatal(err)
	}
	const want = "wasm module is over a limit: code section, byte 39: 260020 bytes of metered body of function 0, at most 131072 are allowed; make the guest smaller or raise the limit"
	if _, err := meter.Rewrite(scanned, meter.Options{}); !errors.Is(err, wasm.ErrLimit) || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// TestGrowthOfLoops counts the turns of loops one by one where there is no room to count them before they begin.
func TestGrowthOfLoops(t *testing.T) {
	const n = 2200
	var m wasmtest.Module
	// Every loop adds 4 to the parameter once, and ends there.
	loop := []byte{0x03, 0x40, 0x20, 0, 0x41, 4, 0x6a, 0x22, 0, 0x41, 0, 0x4d, 0x0d, 0, 0x0b}
	m.Export("f", wasm.Func, m.Func(wasmtest.Sig(wasmtest.Types(i32), wasmtest.Types(i32)), nil, append(bytes.Repeat(loop, n), 0x20, 0, 0x0b)...))
	onBoth(t, func(t *testing.T, config wazero.RuntimeConfig) {
		results, used, why := instance(t, config, m.Bytes()).call("f", 1<<40, 0, 1)
		if why != nil || results[0] != 1+4*n || used != 1+n*8 {
			t.Errorf("%v, %d fuel, %v", results, used, why)
		}
	})
}

// TestFlipped flips every bit of a module. The engine judges what is left as it judges it rewritten, and does not
// panic.
func TestFlipped(t *testing.T) {
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter())
	defer rt.Close(ctx)
	accepts := func(bin []byte) bool {
		c, err := rt.CompileModule(ctx, bin)
		if err != nil {
			return false
		}
		c.Close(ctx)
		return true
	}
	counts := map[bool]int{}
	for _, full := range [][]byte{endless(), loops(t)} {
		for i := range len(full) * 8 {
			bin := bytes.Clone(full)
			bin[i/8] ^= 1 << (i % 8)
			m, err := wasm.Scan(bin, openLimits(bin))
			if err != nil {
				continue
			}
			out, err := meter.Rewrite(m, meter.Options{})
			if err != nil {
				t.Fatalf("bit %d: %v", i, err)
			}
			plain := accepts(bin)
			if got := accepts(out); got != plain {
				t.Errorf("bit %d: accepted %t, rewritten %t\n%x", i, plain, got, bin)
			}
			counts[plain]++
		}
	}
	if counts[true] < 100 || counts[false] < 100 {
		t.Errorf("accepted and refused: %v", counts)
	}
}

// TestSame writes the same bytes for the same module, and leaves the module alone.
func TestSame(t *testing.T) {
	for name, bin := range map[string][]byte{"endless": endless(), "loops": loops(t), "llvm": tinygo(t)} {
		before := bytes.Clone(bin)
		if !bytes.Equal(rewrite(t, bin), rewrite(t, bytes.Clone(bin))) {
			t.Errorf("%s: two rewrites differ", name)
		}
		if !bytes.Equal(bin, before) {
			t.Errorf("%s: the module was changed", name)
		}
	}
}

// TestGuests gives whole guests the same results plain and metered, with the same fuel on both engines and in a
// second instance.
func TestGuests(t *testing.T) {
	ctx := context.Background()
	type answer struct{ result, fuel uint64 }
	// ask calls every program of a kind, one after another, in a new instance.
	ask := func(t *testing.T, kind string, bin []byte, config wazero.RuntimeConfig, metered bool) []answer {
		mod := start(t, ctx, config, bin, metered)
		var answers []answer
		for _, p := range programs {
			if k, _, _ := strings.Cut(p.name, "/"); k != kind {
				continue
			}
			args := p.args
			if kind == "loop" {
				args = append([]uint64{12}, p.args[1:]...)
			}
			got, err := mod.ExportedFunction(p.export).Call(ctx, args...)
			if err != nil {
				t.Fatalf("%s: %v", p.name, err)
			}
			var a answer
			if len(got) > 0 {
				a.result = got[0]
			}
			if metered {
				a.fuel = mod.ExportedGlobal(meter.FuelName).Get()
			}
			answers = append(answers, a)
		}
		return answers
	}
	for kind, build := range map[string]func(testing.TB) []byte{"loop": loops, "llvm": tinygo, "go": golang} {
		t.Run(kind, func(t *testing.T) {
			if kind == "go" && testing.Short() {
				t.Skip("NOT RUN with -short: the guest that Go builds, which takes long to compile under the race detector")
			}
			bin := build(t)
			plain := ask(t, kind, bin, wazero.NewRuntimeConfigCompiler(), false)
			var first []answer
			for _, e := range []wazero.RuntimeConfig{wazero.NewRuntimeConfigCompiler(), wazero.NewRuntimeConfigInterpreter(), wazero.NewRuntimeConfigCompiler()} {
				got := ask(t, kind, bin, e, true)
				if first == nil {
					first = got
				}
				if !slices.Equal(got, first) {
					t.Errorf("%v, and %v before", got, first)
				}
			}
			left := uint64(math.MaxInt64)
			for i, a := range first {
				if a.result != plain[i].result {
					t.Errorf("program %d: %d, plain %d", i, a.result, plain[i].result)
				}
				if a.fuel >= left {
					t.Errorf("program %d used no fuel: %d left", i, a.fuel)
				}
				left = a.fuel
			}
		})
	}
}
