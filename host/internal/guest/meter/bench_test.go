package meter_test

import (
	"bytes"
	"context"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/meter"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

// program is something to run: an export with arguments.
type program struct {
	name, export string
	args         []uint64
	bin          func(tb testing.TB) []byte
}

// places are how many places of code a hand-made loop is measured at. The same loop of one addition and two jumps
// takes one to three cycles by where it lies within lines of 64 bytes, and what is added moves it.
const places = 16

var i32 = wasm.I32

// loops are hand-made: the tightest code there is.
func loops(testing.TB) []byte { return loopsAt(0) }

// loopsAt are the loops at some place of code.
func loopsAt(place int) []byte {
	var m wasmtest.Module
	// Two instructions of three bytes each that leave the parameter as it was.
	pad := bytes.Repeat([]byte{0x20, 0, 0x41, 5, 0x73, 0x41, 5, 0x73, 0x21, 0}, place)
	at := func(code ...byte) []byte { return append(bytes.Clone(pad), code...) }
	m.Memory(16, 16)
	one := wasmtest.Sig(wasmtest.Types(i32), wasmtest.Types(i32))
	two := wasmtest.Sig(wasmtest.Types(i32, i32), wasmtest.Types(i32))
	local := func(n uint64, t byte) [][]byte { return [][]byte{wasmtest.Local(n, t)} }
	m.Func(one, nil, at(0x20, 0, 0x0b)...) // moves all functions, whose beginnings lie at multiples of 16
	// do { n-- } while (n != 0)
	m.Export("count", wasm.Func, m.Func(one, nil, at(
		0x03, 0x40, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x20, 0, 0x0b)...))
	// while (i < n) sum += i++ * 3, with the exit on top
	m.Export("sum", wasm.Func, m.Func(one, local(2, i32), at(
		0x02, 0x40, 0x03, 0x40, 0x20, 1, 0x20, 0, 0x4f, 0x0d, 1,
		0x20, 2, 0x20, 1, 0x41, 3, 0x6c, 0x6a, 0x21, 2, 0x20, 1, 0x41, 1, 0x6a, 0x21, 1, 0x0c, 0, 0x0b, 0x0b, 0x20, 2, 0x0b)...))
	// sum of bytes of memory, n modulo 64 KiB at a time
	m.Export("bytes", wasm.Func, m.Func(one, local(2, i32), at(
		0x03, 0x40, 0x20, 1, 0x41, 0xff, 0xff, 3, 0x71, 0x2d, 0, 0, 0x20, 2, 0x6a, 0x21, 2,
		0x20, 1, 0x41, 1, 0x6a, 0x22, 1, 0x20, 0, 0x49, 0x0d, 0, 0x0b, 0x20, 2, 0x0b)...))
	// x = x * 0.5 + 1.5
	m.Export("float", wasm.Func, m.Func(one, local(1, wasm.F64),
		wasmtest.Cat(pad, []byte{0x03, 0x40, 0x20, 1, 0x44}, f64bytes(0.5), []byte{0xa2, 0x44}, f64bytes(1.5), []byte{
			0xa0, 0x21, 1, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x20, 1, 0xaa, 0x0b,
		})...))
	// fib(n)
	f := byte(m.Next())
	m.Export("fib", wasm.Func, m.Func(one, nil,
		0x20, 0, 0x41, 2, 0x49, 0x04, 0x40, 0x20, 0, 0x0f, 0x0b,
		0x20, 0, 0x41, 1, 0x6b, 0x10, f, 0x20, 0, 0x41, 2, 0x6b, 0x10, f, 0x6a, 0x0b))
	// a loop that calls a small function
	g := byte(m.Func(two, nil, 0x20, 0, 0x20, 1, 0x6a, 0x41, 7, 0x73, 0x0b))
	m.Export("call", wasm.Func, m.Func(one, local(1, i32), at(
		0x03, 0x40, 0x20, 1, 0x20, 0, 0x10, g, 0x21, 1, 0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x20, 1, 0x0b)...))
	// do { n -= d } while (n != 0), which nobody can say the turns of before
	m.Export("stride", wasm.Func, m.Func(two, nil, at(
		0x03, 0x40, 0x20, 0, 0x20, 1, 0x6b, 0x22, 0, 0x0d, 0, 0x0b, 0x20, 0, 0x0b)...))
	// while (i != n) if ((i += d) == -1) break: an exit on top and one in the middle
	m.Export("exits", wasm.Func, m.Func(two, local(1, i32), at(
		0x02, 0x40, 0x03, 0x40, 0x20, 2, 0x20, 0, 0x46, 0x0d, 1,
		0x20, 2, 0x20, 1, 0x6a, 0x22, 2, 0x41, 0x7f, 0x46, 0x0d, 1, 0x0c, 0, 0x0b, 0x0b, 0x20, 2, 0x0b)...))
	// do { c = load(i += d) } while (c == 0)
	m.Export("scan", wasm.Func, m.Func(two, local(1, i32), at(
		0x20, 0, 0x41, 1, 0x3a, 0, 0,
		0x03, 0x40, 0x20, 2, 0x20, 1, 0x6a, 0x22, 2, 0x2d, 0, 0, 0x45, 0x0d, 0, 0x0b,
		0x20, 0, 0x41, 0, 0x3a, 0, 0, 0x20, 2, 0x0b)...))
	return m.Bytes()
}

func f64bytes(v float64) []byte {
	b := math.Float64bits(v)
	return []byte{byte(b), byte(b >> 8), byte(b >> 16), byte(b >> 24), byte(b >> 32), byte(b >> 40), byte(b >> 48), byte(b >> 56)}
}

// tinygo is a guest that LLVM compiled, from the engine's own benchmarks.
func tinygo(tb testing.TB) []byte {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tetratelabs/wazero").Output()
	if err != nil {
		tb.Fatalf("the source of wazero is not to be found: %v", err)
	}
	bin, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(out)), "internal", "integration_test", "bench", "testdata", "case.wasm"))
	if err != nil {
		tb.Fatal(err)
	}
	return bin
}

// golang is a guest that Go compiled.
func golang(tb testing.TB) []byte {
	tb.Helper()
	dir := tb.TempDir()
	bin := filepath.Join(dir, "guest.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-buildmode=c-shared", "-o", bin, "./testdata/goguest")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("Go does not build a guest: %v\n%s", err, out)
	}
	b, err := os.ReadFile(bin)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

var programs = []program{
	{"loop/count", "count", []uint64{100_000}, loops},
	{"loop/sum", "sum", []uint64{100_000}, loops},
	{"loop/bytes", "bytes", []uint64{100_000}, loops},
	{"loop/float", "float", []uint64{100_000}, loops},
	{"loop/call", "call", []uint64{100_000}, loops},
	{"loop/stride", "stride", []uint64{100_000, 1}, loops},
	{"loop/exits", "exits", []uint64{100_000, 1}, loops},
	{"loop/scan", "scan", []uint64{100_000, 1}, loops},
	{"loop/fib", "fib", []uint64{18}, loops},
	{"llvm/fibonacci", "fibonacci", []uint64{20}, tinygo},
	{"llvm/base64", "base64", []uint64{100}, tinygo},
	{"llvm/strings", "string_manipulation", []uint64{100}, tinygo},
	{"llvm/reverse", "reverse_array", []uint64{1000}, tinygo},
	{"llvm/matrix", "random_mat_mul", []uint64{20}, tinygo},
	{"go/map", "countwords", []uint64{200}, golang},
	{"go/sort", "sorted", []uint64{1000}, golang},
	{"go/sha256", "hash", []uint64{100}, golang},
	{"go/float", "haversine", []uint64{1000}, golang},
	{"go/strings", "joined", []uint64{200}, golang},
}

// ways are what is compared.
var ways = []struct {
	name    string
	metered bool
	config  func() wazero.RuntimeConfig
}{
	{"plain", false, wazero.NewRuntimeConfigCompiler},
	{"metered", true, wazero.NewRuntimeConfigCompiler},
	{"close-on-context", false, func() wazero.RuntimeConfig { return wazero.NewRuntimeConfigCompiler().WithCloseOnContextDone(true) }},
}

// start makes an instance of a guest with the host it needs.
func start(tb testing.TB, ctx context.Context, config wazero.RuntimeConfig, bin []byte, metered bool) api.Module {
	tb.Helper()
	rt := wazero.NewRuntimeWithConfig(ctx, config)
	tb.Cleanup(func() { rt.Close(ctx) })
	wasi_snapshot_preview1.MustInstantiate(ctx, rt)
	_, err := rt.NewHostModuleBuilder("env").NewFunctionBuilder().WithFunc(func(ctx context.Context, m api.Module, ptr, size uint32) {
		const text = "some text that stands for a random one of its length"
		r, err := m.ExportedFunction("allocate_buffer").Call(ctx, uint64(len(text)))
		if err != nil {
			panic(err)
		}
		m.Memory().WriteString(uint32(r[0]), text)
		m.Memory().WriteUint32Le(ptr, uint32(r[0]))
		m.Memory().WriteUint32Le(size, uint32(len(text)))
	}).Export("get_random_string").Instantiate(ctx)
	if err != nil {
		tb.Fatal(err)
	}
	if metered {
		m, err := wasm.Scan(bin, openLimits(bin))
		if err != nil {
			tb.Fatal(err)
		}
		if bin, err = meter.Rewrite(m, meter.Options{Fuel: math.MaxInt64, Room: 1 << 30}); err != nil {
			tb.Fatal(err)
		}
	}
	mod, err := rt.InstantiateWithConfig(ctx, bin, wazero.NewModuleConfig().WithStartFunctions("_initialize", "_start"))
	if err != nil {
		tb.Fatal(err)
	}
	return mod
}

// BenchmarkRun compares a guest as it is, metered, and as the engine itself stops it on a deadline. The three run in
// turns and the shortest time of each counts, so that what else the machine does matters little. Hand-made loops
// run at all their places, and the times are the means over these. Every program gives ns of a call for each, and
// how many times the plain one's the other two are; the last line is the geometric mean over the programs that
// compilers wrote.
func BenchmarkRun(b *testing.B) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	logs, n := make([]float64, len(ways)), 0
	for _, p := range programs {
		b.Run(p.name, func(b *testing.B) {
			compiled := !strings.HasPrefix(p.name, "loop/")
			bins := [][]byte{p.bin(b)}
			for place := 1; place < places && !compiled; place++ {
				bins = append(bins, loopsAt(place))
			}
			calls, least := make([][]api.Function, len(ways)), make([][]time.Duration, len(ways))
			for i, w := range ways {
				for _, bin := range bins {
					calls[i] = append(calls[i], start(b, ctx, w.config(), bin, w.metered).ExportedFunction(p.export))
				}
				least[i] = make([]time.Duration, len(bins))
			}
			stack := make([]uint64, max(len(p.args), 1))
			for b.Loop() {
				for place := range bins {
					for i := range ways {
						copy(stack, p.args)
						began := time.Now()
						if err := calls[i][place].CallWithStack(ctx, stack); err != nil {
							b.Fatal(err)
						}
						if d := time.Since(began); least[i][place] == 0 || d < least[i][place] {
							least[i][place] = d
						}
					}
				}
			}
			b.ReportMetric(0, "ns/op")
			mean := func(way int) (ns float64) {
				for _, d := range least[way] {
					ns += float64(d) / float64(len(bins))
				}
				return ns
			}
			for i, w := range ways {
				b.ReportMetric(mean(i), w.name+"-ns")
				if i > 0 {
					ratio := mean(i) / mean(0)
					b.ReportMetric(ratio, w.name+"/plain")
					if compiled {
						logs[i] += math.Log(ratio)
					}
				}
			}
			if compiled {
				n++
			}
		})
	}
	b.Run("mean", func(b *testing.B) {
		for b.Loop() {
		}
		b.ReportMetric(0, "ns/op")
		for i, w := range ways[1:] {
			b.ReportMetric(math.Exp(logs[i+1]/float64(max(n, 1))), w.name+"/plain")
		}
	})
}
