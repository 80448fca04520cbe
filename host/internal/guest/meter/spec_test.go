package meter_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/meter"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
)

// specFile is one file of the specification's tests, as the tool wast2json writes it.
type specFile struct {
	Commands []specCommand `json:"commands"`
}

type specCommand struct {
	Type       string     `json:"type"`
	Line       int        `json:"line"`
	Name       string     `json:"name"`
	Filename   string     `json:"filename"`
	As         string     `json:"as"`
	ModuleType string     `json:"module_type"`
	Action     specAction `json:"action"`
}

type specAction struct {
	Type   string      `json:"type"`
	Field  string      `json:"field"`
	Module string      `json:"module"`
	Args   []specValue `json:"args"`
}

type specValue struct {
	Type  string `json:"type"`
	Lane  string `json:"lane_type"`
	Value any    `json:"value"`
}

// words are the value as the engine takes it: one word, two for a vector.
func (v specValue) words(t *testing.T) []uint64 {
	switch value := v.Value.(type) {
	case nil:
		return []uint64{0}
	case string:
		if v.Type == "externref" && value != "null" {
			return []uint64{number(t, value, 64) + 1} // the engine takes 0 for null
		}
		if value == "null" {
			return []uint64{0}
		}
		bits := 64
		if strings.HasSuffix(v.Type, "32") {
			bits = 32
		}
		return []uint64{number(t, value, bits)}
	case []any:
		bits := map[string]int{"i8": 8, "i16": 16, "i32": 32, "i64": 64, "f32": 32, "f64": 64}[v.Lane]
		var words [2]uint64
		for i, lane := range value {
			at := i * bits
			words[at/64] |= number(t, lane.(string), bits) << (at % 64)
		}
		return words[:]
	}
	t.Fatalf("a value of type %T", v.Value)
	return nil
}

// number is the bits of a number as the tests write it.
func number(t *testing.T, s string, bits int) uint64 {
	t.Helper()
	switch {
	case s == "nan:canonical" || s == "nan:arithmetic":
		if bits == 32 {
			return 0x7fc00000
		}
		return 0x7ff8000000000000
	case strings.HasPrefix(s, "-"):
		n, err := strconv.ParseInt(s, 10, bits)
		if err != nil {
			t.Fatal(err)
		}
		return uint64(n) & (math.MaxUint64 >> (64 - bits))
	}
	n, err := strconv.ParseUint(s, 10, bits)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// world is one run of a file: one engine, plain or rewritten.
type world struct {
	t       *testing.T
	ctx     context.Context
	rt      wazero.Runtime
	meter   bool
	last    api.Module
	named   map[string]api.Module
	refused error // why we, rather than the engine, refused the last module
}

// plenty is fuel for any test of the suite; deep is less than the 2 000 calls the interpreter has room for.
const (
	plenty = int64(1) << 40
	deep   = int64(1500)
)

// load reads a module; err tells a refusal.
func (w *world) load(bin []byte, as string) (api.Module, error) {
	if w.meter {
		m, err := wasm.Scan(bin, openLimits(bin))
		if err != nil {
			return nil, &scanRefusal{err}
		}
		if bin, err = meter.Rewrite(m, meter.Options{}); err != nil {
			return nil, &scanRefusal{err}
		}
	}
	compiled, err := w.rt.CompileModule(w.ctx, bin)
	if err != nil {
		return nil, err
	}
	mod, err := w.rt.InstantiateModule(w.ctx, compiled, wazero.NewModuleConfig().WithName(as).WithStartFunctions())
	if err != nil {
		return nil, err
	}
	if w.meter {
		w.refuel(mod)
		if start := mod.ExportedFunction(meter.StartName); start != nil {
			if _, err := start.Call(w.ctx); err != nil {
				return nil, err
			}
		}
	}
	return mod, nil
}

// scanRefusal is a refusal of ours rather than the engine's.
type scanRefusal struct{ err error }

func (e *scanRefusal) Error() string { return e.err.Error() }
func (e *scanRefusal) Unwrap() error { return e.err }

func (w *world) refuel(mod api.Module) {
	if g, ok := mod.ExportedGlobal(meter.FuelName).(api.MutableGlobal); ok {
		g.Set(uint64(plenty))
		mod.ExportedGlobal(meter.RoomName).(api.MutableGlobal).Set(uint64(deep))
	}
}

// openLimits offers a module whatever it imports, for linking is what some tests are about, and allows the sizes
// that they use.
func openLimits(bin []byte) wasm.Limits {
	l := wasm.Defaults()
	l.MemoryPages, l.TableEntries, l.Tables, l.BrTable, l.Params, l.Locals = 1<<16, math.MaxUint32, 100, 1<<16, 1000, 10_000
	for range 200 {
		_, err := wasm.Scan(bin, l)
		var refused *wasm.ImportError
		if !errors.As(err, &refused) || refused.Import.Mutable {
			break
		}
		l.Offered = append(l.Offered, refused.Import)
	}
	return l
}

// outcome is what a command comes to.
type outcome struct {
	text  string          // a verdict or a trap, or "" for results
	types []api.ValueType // of the results
	words []uint64
	why   error // what the globals say of a trap
}

// do runs one command; as is the name under which a module that it loads can be imported.
func (w *world) do(c specCommand, as string, read func(string) []byte) outcome {
	mod := w.last
	if c.Action.Module != "" {
		mod = w.named[c.Action.Module]
	}
	switch c.Type {
	case "module":
		m, err := w.load(read(c.Filename), as)
		w.last = m
		if c.Name != "" {
			w.named[c.Name] = m
		}
		return w.verdict(err)
	case "assert_invalid", "assert_malformed", "assert_unlinkable", "assert_uninstantiable":
		_, err := w.load(read(c.Filename), "")
		return w.verdict(err)
	}
	if mod == nil {
		return outcome{text: "no module"}
	}
	if c.Action.Type == "get" {
		g := mod.ExportedGlobal(c.Action.Field)
		return outcome{types: []api.ValueType{g.Type()}, words: []uint64{g.Get()}}
	}
	f := mod.ExportedFunction(c.Action.Field)
	var args []uint64
	for _, a := range c.Action.Args {
		args = append(args, a.words(w.t)...)
	}
	w.refuel(mod)
	results, err := f.Call(w.ctx, args...)
	if err != nil {
		return outcome{text: firstLine(err), why: w.why(mod)}
	}
	return outcome{types: f.Definition().ResultTypes(), words: results}
}

// why asks the globals of a module why it trapped.
func (w *world) why(mod api.Module) error {
	if !w.meter {
		return nil
	}
	get := func(name string) uint64 { return mod.ExportedGlobal(name).Get() }
	return meter.Why(int64(get(meter.FuelName)), int64(get(meter.RoomName)), int32(get(meter.SealName)))
}

func (w *world) verdict(err error) outcome {
	w.refused = nil
	var ours *scanRefusal
	switch {
	case err == nil:
		return outcome{text: "accepted"}
	case errors.As(err, &ours):
		w.refused = ours.err
	}
	return outcome{text: "refused"}
}

// same reports whether two outcomes are one, but for which NaN a NaN is, and which address a function has.
func (o outcome) same(p outcome) bool {
	if o.text != p.text || len(o.words) != len(p.words) {
		return false
	}
	words, others := o.words, p.words
	for _, t := range o.types {
		n := 1
		if t == wasm.V128 {
			n = 2
		}
		for i := range n {
			a, b := words[i], others[i]
			switch t {
			case wasm.FuncRef:
				a, b = min(a, 1), min(b, 1)
			case wasm.F32, wasm.F64, wasm.V128:
				a, b = anyNaN(t, a), anyNaN(t, b)
			}
			if a != b {
				return false
			}
		}
		words, others = words[n:], others[n:]
	}
	return true
}

// anyNaN makes all NaNs one. A word of a vector may hold two narrow ones or a wide one.
func anyNaN(t api.ValueType, v uint64) uint64 {
	const nan32, nan64 = 0x7fc00000, 0x7ff8000000000000
	isNaN32 := func(v uint32) bool { return math.IsNaN(float64(math.Float32frombits(v))) }
	if t != wasm.F32 && math.IsNaN(math.Float64frombits(v)) {
		return nan64
	}
	if t != wasm.F64 && isNaN32(uint32(v)) {
		v = v>>32<<32 | nan32
	}
	if t == wasm.V128 && isNaN32(uint32(v>>32)) {
		v = v<<32>>32 | nan32<<32
	}
	return v
}

// left is how much fuel the modules have.
func (w *world) left() []uint64 {
	var left []uint64
	for _, m := range append([]api.Module{w.last}, w.sorted()...) {
		if m == nil {
			continue
		}
		if g := m.ExportedGlobal(meter.FuelName); g != nil {
			left = append(left, g.Get())
		}
	}
	return left
}

func (w *world) sorted() []api.Module {
	var names []string
	for n := range w.named {
		names = append(names, n)
	}
	slices.Sort(names)
	var mods []api.Module
	for _, n := range names {
		mods = append(mods, w.named[n])
	}
	return mods
}

// newWorld makes a run, with the module that the tests import.
func newWorld(t *testing.T, config wazero.RuntimeConfig, metered bool, spectest []byte) *world {
	ctx := context.Background()
	w := &world{t: t, ctx: ctx, rt: wazero.NewRuntimeWithConfig(ctx, config.WithCoreFeatures(api.CoreFeaturesV2)), meter: metered, named: map[string]api.Module{}}
	t.Cleanup(func() { w.rt.Close(ctx) })
	if _, err := w.rt.InstantiateWithConfig(ctx, spectest, wazero.NewModuleConfig().WithName("spectest")); err != nil {
		t.Fatal(err)
	}
	return w
}

// engines are the two ways wazero runs code.
var engines = []struct {
	name   string
	config func() wazero.RuntimeConfig
}{
	{"compiler", wazero.NewRuntimeConfigCompiler},
	{"interpreter", wazero.NewRuntimeConfigInterpreter},
}

// specDir is where the engine keeps the specification's tests.
func specDir(t *testing.T) string {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/tetratelabs/wazero").Output()
	if err != nil {
		t.Fatalf("the source of wazero is not to be found: %v", err)
	}
	dir := filepath.Join(strings.TrimSpace(string(out)), "internal", "integration_test", "spectest")
	if _, err := os.Stat(filepath.Join(dir, "v2", "testdata")); err != nil {
		t.Fatalf("wazero's source does not hold the specification's tests: %v", err)
	}
	return dir
}

// TestSpec runs the specification's tests plain and rewritten, on both engines. What a command comes to must be
// the same plain and rewritten, and the fuel that is left the same on both engines. Left out are, by type and
// with their numbers in the log: tests of the text format; modules that we refuse because they import globals
// that others change or have a mutable vector, with whatever uses them; and calls that are to overflow the stack,
// which must be stopped for their depth instead.
func TestSpec(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN with -short: the specification's tests, which take minutes under the race detector")
	}
	dir := specDir(t)
	spectest, err := os.ReadFile(filepath.Join(dir, "testdata", "spectest.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	for _, version := range []string{"v1", "v2"} {
		files, err := filepath.Glob(filepath.Join(dir, version, "testdata", "*.json"))
		if err != nil || len(files) == 0 {
			t.Fatalf("no tests in %s: %v", dir, err)
		}
		counts := map[string]int{}
		for _, file := range files {
			t.Run(version+"/"+strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
				runSpecFile(t, file, spectest, counts)
			})
		}
		var keys []string
		for k := range counts {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		t.Logf("%s: %d files", version, len(files))
		for _, e := range engines {
			if n := counts["same: assert_return, "+e.name]; n < 15_000 {
				t.Errorf("%s: only %d results were compared on the %s", version, n, e.name)
			}
		}
		for _, k := range keys {
			t.Logf("%s: %6d %s", version, counts[k], k)
		}
	}
}

// runSpecFile runs the commands of one file.
func runSpecFile(t *testing.T, file string, spectest []byte, counts map[string]int) {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var spec specFile
	if err := json.Unmarshal(text, &spec); err != nil {
		t.Fatal(err)
	}
	read := func(name string) []byte {
		bin, err := os.ReadFile(filepath.Join(filepath.Dir(file), name))
		if err != nil {
			t.Fatal(err)
		}
		return bin
	}
	var plain, metered []*world
	for _, e := range engines {
		plain = append(plain, newWorld(t, e.config(), false, spectest))
		metered = append(metered, newWorld(t, e.config(), true, spectest))
	}
	for i, c := range spec.Commands {
		if c.Type == "register" {
			continue // the module before has it for its name
		}
		if c.ModuleType == "text" {
			counts["left out: tests of the text format"]++
			continue
		}
		as := ""
		if i+1 < len(spec.Commands) && spec.Commands[i+1].Type == "register" {
			as = spec.Commands[i+1].As
		}
		where := fmt.Sprintf("%s:%d", filepath.Base(file), c.Line)
		for k, e := range engines {
			p, m := plain[k].do(c, as, read), metered[k].do(c, as, read)
			switch {
			case p.same(m):
				counts["same: "+c.Type+", "+e.name]++
			case m.text == "no module":
				counts["left out: commands on modules that we refuse, "+e.name]++
			case p.text == "accepted" && metered[k].refused != nil:
				t.Logf("left out: %s, %s: %v", where, e.name, metered[k].refused)
				counts["left out: modules that we refuse, "+e.name]++
			case strings.HasSuffix(p.text, "stack overflow") && errors.Is(m.why, meter.ErrDepth):
				counts["stopped for its depth: "+c.Type+", "+e.name]++
			default:
				t.Errorf("%s: %s on the %s: plain %v, rewritten %v (%v)", where, c.Type, e.name, p, m, metered[k].refused)
			}
		}
		if a, b := metered[0].left(), metered[1].left(); !slices.Equal(a, b) {
			t.Errorf("%s: %s: fuel left is %d on the compiler and %d on the interpreter", where, c.Type, a, b)
		}
	}
}

// firstLine is an error without the trace of the stack behind it.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
