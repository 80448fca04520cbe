package opawasm_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/enginetest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/guesttest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/meter"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/opawasm"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	. "github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// fake is a hand-made module that keeps to OPA's ABI but for what a test changes: bodies of functions, by their names, and
// texts.
type fake struct {
	bodies      map[string][]byte
	answer      string // what it dumps, whatever it is asked
	builtins    string
	entrypoints string
	minor       int64
	leave       string // an export that is left out
	more        func(m *Module)
}

const answerAt = 3072

func (f fake) bytes() []byte {
	var m Module
	words := Types(wasm.I32, wasm.I32, wasm.I32, wasm.I32)
	m.ImportFunc("env", "opa_abort", Sig(words[:1], nil))          // 0
	m.ImportFunc("env", "opa_builtin0", Sig(words[:2], words[:1])) // 1
	m.ImportFunc("env", "opa_builtin1", Sig(words[:3], words[:1])) // 2
	m.ImportFunc("env", "opa_println", Sig(words[:1], nil))        // 3
	m.Import("env", "memory", append([]byte{2}, Range(2)...)...)
	if f.more != nil {
		f.more(&m)
	}
	give := func(v int64) []byte { return guesttest.I32(v) }
	for _, e := range []struct {
		name            string
		params, results int
		body            []byte
	}{
		{"opa_malloc", 1, 1, give(40960)},
		{"opa_heap_ptr_get", 0, 1, give(40960)},
		{"opa_heap_ptr_set", 1, 0, nil},
		{"opa_value_parse", 2, 1, give(8)},
		{"opa_value_dump", 1, 1, give(answerAt)},
		{"opa_json_dump", 1, 1, []byte{0x20, 0}},
		{"opa_value_add_path", 3, 1, give(0)},
		{"opa_eval_ctx_new", 0, 1, give(16)},
		{"opa_eval_ctx_set_input", 2, 0, nil},
		{"opa_eval_ctx_set_data", 2, 0, nil},
		{"opa_eval_ctx_set_entrypoint", 2, 0, nil},
		{"opa_eval_ctx_get_result", 1, 1, give(24)},
		{"eval", 1, 1, give(0)},
		{"builtins", 0, 1, give(1024)},
		{"entrypoints", 0, 1, give(2048)},
	} {
		body := e.body
		if b, ok := f.bodies[e.name]; ok {
			body = b
		}
		i := m.Func(Sig(words[:e.params], words[:e.results]), nil, Cat(body, guesttest.End)...)
		if e.name != f.leave {
			m.Export(e.name, wasm.Func, i)
		}
	}
	minor := f.minor
	if minor == 0 {
		minor = 3
	}
	m.Global(wasm.I32, false, Cat(guesttest.I32(1), guesttest.End)...)
	m.Global(wasm.I32, false, Cat(guesttest.I32(minor), guesttest.End)...)
	m.Export("opa_wasm_abi_version", wasm.GlobalKind, 0)
	m.Export("opa_wasm_abi_minor_version", wasm.GlobalKind, 1)
	text := func(at int64, s, otherwise string) {
		if s == "" {
			s = otherwise
		}
		m.Data(Cat([]byte{0}, guesttest.I32(at), guesttest.End, Sized([]byte(s+"\x00")))...)
	}
	text(1024, f.builtins, "{}")
	text(2048, f.entrypoints, `{"p/deny": 0}`)
	text(answerAt, f.answer, `{{"result": set()}}`)
	return m.Bytes()
}

// judge has a module judge one site.
func judge(t *testing.T, e *guest.Engine, module []byte, spec policy.ManifestSpec) (rego.Result, error) {
	t.Helper()
	if spec.Entrypoint == "" {
		spec.Entrypoint = "p"
	}
	p, err := opa(t, e, module, spec)
	if err != nil {
		return rego.Result{}, err
	}
	data, err := opawasm.NewData(emptied(t))
	if err != nil {
		t.Fatal(err)
	}
	l, err := p.Bind(context.Background(), data, guest.PoolOptions{Most: 1})
	if err != nil {
		return rego.Result{}, err
	}
	t.Cleanup(l.Close)
	c, err := l.Case(offer.Decision{}, rego.Input{})
	if err != nil {
		t.Fatal(err)
	}
	r, _, err := c.Site(context.Background(), rego.SiteDoc{ID: "s", Term: ast.ObjectTerm(), Unknown: []string{"country"}})
	return r, err
}

// emptied is an engine without documents.
func emptied(t *testing.T) *rego.Engine {
	t.Helper()
	set, _ := standard()
	program, err := rego.Compile(set)
	if err != nil {
		t.Fatal(err)
	}
	e, err := program.Bind(rego.Documents{})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// TestHostile loads and asks modules that do what they should not, on both ways to run guests.
func TestHostile(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN with -short: it compiles many modules, which takes minutes under the race detector")
	}
	forever := Cat([]byte{0x03, 0x40, 0x0c, 0, 0x0b, 0x00})
	// grow by 100 pages until there are no more, then trap
	bomb := Cat([]byte{0x03, 0x40}, guesttest.I32(100), []byte{0x40, 0}, guesttest.I32(-1), []byte{0x47, 0x0d, 0, 0x0b, 0x00})
	at := "policy T-1 at site s: t.wasm: "
	call := func(f byte, args ...int64) []byte {
		var b []byte
		for _, a := range args {
			b = append(b, guesttest.I32(a)...)
		}
		return append(b, 0x10, f)
	}
	sprintf := `{"lower": 7}`
	fuel := ": it had 10030000, by limits.fuel 10000000 and limits.fuelPerRow 30000 (rows: 1); let it do less, or raise them in its manifest, at most to the host's limits.pluginFuel and limits.pluginFuelPerRow"
	for _, c := range []struct {
		name string
		fake fake
		want string
		is   error
	}{
		{"nothing", fake{}, "", nil},
		{"endless loop", fake{bodies: map[string][]byte{"eval": forever}}, at + "plugin T-1: eval: the guest ran out of fuel" + fuel, meter.ErrFuel},
		{"endless loop at the start", fake{bodies: map[string][]byte{"builtins": forever}}, "plugin T-1: builtins: the guest ran out of fuel: it had 1000000, by limits.initialFuel, for all of initialisation; let it do less, or raise that in its manifest, at most to the host's limits.pluginInitialFuel", meter.ErrFuel},
		{"endless loop while it writes", fake{bodies: map[string][]byte{"opa_value_dump": forever}}, at + "plugin T-1: opa_value_dump: the guest ran out of fuel" + fuel, meter.ErrFuel},
		{"memory bomb", fake{bodies: map[string][]byte{"eval": bomb}}, at + "plugin T-1: eval: the guest trapped: unreachable, in $16; it had 202 pages of memory, and limits.memoryPages is 300", nil},
		{"endless recursion", fake{bodies: map[string][]byte{"eval": {0x20, 0, 0x10, 16}}}, at + "plugin T-1: eval: the guest's calls nest too deep", meter.ErrDepth},
		{"abort", fake{bodies: map[string][]byte{"eval": Cat(call(0, answerAt), guesttest.I32(0))}, answer: "bad \x1b[31m"}, at + `plugin T-1: eval: the policy aborted: bad \x1b[31m`, nil},
		{"abort with nothing", fake{bodies: map[string][]byte{"eval": Cat(call(0, -1), guesttest.I32(0))}}, at + "plugin T-1: eval: the policy aborted: ", nil},
		{"failure", fake{bodies: map[string][]byte{"eval": guesttest.I32(-3)}}, at + "plugin T-1: eval: the policy does not keep to OPA's ABI: it reports failure -3", guest.ErrOPA},
		{"result nowhere", fake{bodies: map[string][]byte{"opa_value_dump": guesttest.I32(0)}}, at + "plugin T-1: opa_value_dump: the policy does not keep to OPA's ABI: it answers a text at 0, in a memory of 131072 bytes", guest.ErrOPA},
		{"result beyond", fake{bodies: map[string][]byte{"opa_value_dump": guesttest.I32(-1)}}, at + "plugin T-1: opa_value_dump: the policy does not keep to OPA's ABI: it answers a text at 4294967295, in a memory of 131072 bytes", guest.ErrOPA},
		{"room nowhere", fake{bodies: map[string][]byte{"opa_malloc": guesttest.I32(131071)}}, "plugin T-1: opa_malloc: the policy does not keep to OPA's ABI: it gives 15 bytes at 131071, in a memory of 131072", guest.ErrOPA},
		{"nothing read", fake{bodies: map[string][]byte{"opa_value_parse": guesttest.I32(0)}}, "plugin T-1: opa_value_parse: the policy does not keep to OPA's ABI: it does not read what the host wrote", guest.ErrOPA},
		{"no unknown facts", fake{bodies: map[string][]byte{"opa_value_add_path": guesttest.I32(2)}}, at + `plugin T-1: opa_value_add_path: the policy does not keep to OPA's ABI: it does not take an unknown fact at ["site","country"]`, guest.ErrOPA},
		{"builtin that it did not name", fake{bodies: map[string][]byte{"eval": call(2, 9, 0, 8)}, builtins: sprintf}, at + "plugin T-1: eval: the policy does not keep to OPA's ABI: it calls the built-in function 9, which it did not name", guest.ErrOPA},
		{"builtin at the start", fake{bodies: map[string][]byte{"entrypoints": call(2, 7, 0, 8)}, builtins: sprintf}, "plugin T-1: entrypoints: the policy does not keep to OPA's ABI: it calls the built-in function 7, which it did not name", guest.ErrOPA},
		{"builtin of garbage", fake{bodies: map[string][]byte{"eval": call(2, 7, 0, 8)}, builtins: sprintf, answer: "[1,"}, at + "plugin T-1: eval: lower: the policy wrote what is no value: byte 3: there is no value", opawasm.ErrValue},
		{"builtin with too few operands", fake{bodies: map[string][]byte{"eval": call(1, 7, 0)}, builtins: sprintf}, at + "plugin T-1: eval: lower: it is called with 0 operands", nil},
		{"builtin of the wrong type", fake{bodies: map[string][]byte{"eval": call(2, 7, 0, 8)}, builtins: sprintf, answer: "12"}, at + "plugin T-1: eval: lower: operand 1 must be string but got number", nil},
		{"builtin in a builtin", fake{bodies: map[string][]byte{"eval": call(2, 7, 0, 8), "opa_value_dump": call(2, 7, 0, 8)}, builtins: sprintf}, at + "plugin T-1: eval: a built-in function is called while another one runs", nil},
		{"abort in a builtin", fake{bodies: map[string][]byte{"eval": call(2, 7, 0, 8), "opa_value_dump": Cat(call(0, 1024), guesttest.I32(0))}, builtins: sprintf}, at + `plugin T-1: eval: the policy aborted: {"lower": 7}`, nil},
		{"trap in a builtin", fake{bodies: map[string][]byte{"eval": call(2, 7, 0, 8), "opa_value_dump": {0x00}}, builtins: sprintf}, at + "plugin T-1: eval: the guest trapped: unreachable, in $8", nil},
		{"loop in a builtin", fake{bodies: map[string][]byte{"eval": call(2, 7, 0, 8), "opa_value_dump": forever}, builtins: sprintf}, at + "plugin T-1: eval: the guest ran out of fuel" + fuel, meter.ErrFuel},
		{"no set", fake{answer: `[]`}, at + "plugin T-1: eval: the policy answers what it may not: it is no set of at most one binding", opawasm.ErrAnswer},
		{"two results", fake{answer: `{{"result": 1}, {"result": 2}}`}, at + "plugin T-1: eval: the policy answers what it may not: it is no set of at most one binding", opawasm.ErrAnswer},
		{"other binding", fake{answer: `{{"x": 1}}`}, at + `plugin T-1: eval: the policy answers what it may not: it does not bind "result" alone`, opawasm.ErrAnswer},
		{"undefined", fake{answer: `set()`}, at + "plugin T-1: eval: the policy answers what it may not: deny is undefined; write it as a set: deny contains message if { … }", opawasm.ErrAnswer},
		{"no set of denials", fake{answer: `{{"result": true}}`}, at + "plugin T-1: eval: the policy answers what it may not: deny must be a set, and is a boolean", opawasm.ErrAnswer},
		{"number as a denial", fake{answer: `{{"result": {1}}}`}, at + "plugin T-1: eval: the policy answers what it may not: deny: an element must be a string, or an object with a message; this is a number", opawasm.ErrAnswer},
		{"object without message", fake{answer: `{{"result": {{"m": 1}}}}`}, at + "plugin T-1: eval: the policy answers what it may not: deny: an element that is an object must have a message that is a string", opawasm.ErrAnswer},
		{"long message", fake{answer: `{{"result": {"` + strings.Repeat("x", 4097) + `"}}}`}, at + "plugin T-1: eval: the policy answers what it may not: deny: an element has more than 4096 bytes (limits.messageBytes): size limit passed", rego.ErrSize},
		{"score too high", fake{entrypoints: `{"p/score": 0}`, answer: `{{"result": 100.5}}`}, at + "plugin T-1: eval: the policy answers what it may not: score must be a number from 0 to 100", opawasm.ErrAnswer},
		{"package that is none", fake{entrypoints: `{"p": 0}`, answer: `{{"result": 1}}`}, at + "plugin T-1: eval: the policy answers what it may not: the package is a number, and must be an object; the entrypoint must be a package, or have rules below it", opawasm.ErrAnswer},
		{"package that is undefined", fake{entrypoints: `{"p": 0}`, answer: `set()`}, at + "plugin T-1: eval: the policy answers what it may not: the package is undefined; the entrypoint must be one that has rules", opawasm.ErrAnswer},
		{"builtins of garbage", fake{builtins: `[`}, "plugin T-1: builtins: the policy does not keep to OPA's ABI: it does not number names", guest.ErrOPA},
		{"http.send", fake{builtins: `{"http.send": 1, "acme.magic": 2, "lower": 3}`}, `plugin T-1: the module calls built-in functions that are not allowed: "acme.magic" is not a built-in function of this host's OPA; http.send may not be called: it reaches the network; put the fact in the topology`, guest.ErrBuiltin},
		{"other entrypoint", fake{entrypoints: `{"q/deny": 0, "q/warn": 1}`}, `plugin T-1: the module does not have the entrypoint of the manifest: it has neither "p" nor one of its rules deny, warn, obligation, score; there is "q/deny", "q/warn"`, guest.ErrEntrypoint},
		{"earlier version", fake{minor: 1}, "plugin T-1: the guest speaks another version of the ABI: it speaks 1.1 of OPA's ABI, and this host speaks 1.2 and what is later of 1; compile the policy with OPA 0.27 or later", guest.ErrVersion},
		{"no eval", fake{leave: "eval"}, "plugin T-1: the guest's exports are not those of the ABI: function eval (i32) -> (i32) is missing; make it with: opa build -t wasm", guest.ErrExports},
		{"other import", fake{more: func(m *Module) { m.ImportFunc("env", "exec", Sig(nil, nil)) }}, `plugin T-1: wasm module imports what is not offered: import section, byte 134: func "env"."exec" () -> (): a policy that OPA compiled imports the functions of OPA's ABI alone; a guest of another kind has another abi in its manifest; declare and grant the capability, or build the guest without it`, wasm.ErrImport},
	} {
		t.Run(c.name, func(t *testing.T) {
			enginetest.Both(t, func(t *testing.T, e *guest.Engine) {
				r, err := judge(t, e, c.fake.bytes(), policy.ManifestSpec{Limits: policy.PluginLimits{InitialFuel: 1_000_000, Fuel: 10_000_000, MemoryPages: 300}})
				switch {
				case c.want == "" && err != nil:
					t.Error(err)
				case c.want == "":
					if r.Verdict != rego.Permit || len(r.Denies)+len(r.Warnings)+len(r.Obligations) > 0 {
						t.Errorf("%+v", r)
					}
				case err == nil || err.Error() != c.want:
					t.Errorf("error: %v\nwant:  %s", err, c.want)
				case c.is != nil && !errors.Is(err, c.is):
					t.Errorf("%v is not %v", err, c.is)
				}
			})
		})
	}
}

// TestGarbage asks modules of which every pointer that a function gives is one of some, and wants an error or an answer.
func TestGarbage(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN with -short: it compiles many modules, which takes minutes under the race detector")
	}
	e := enginetest.New(t, false)
	for _, name := range []string{"opa_malloc", "opa_heap_ptr_get", "opa_value_parse", "opa_value_dump", "opa_json_dump", "opa_eval_ctx_new", "opa_eval_ctx_get_result", "builtins", "entrypoints"} {
		for _, v := range []int64{0, 1, 1023, 1024, 2048, 65535, 131071, 131072, 1 << 30, -1 << 31, -1, -65536} {
			r, err := judge(t, e, fake{bodies: map[string][]byte{name: guesttest.I32(v)}}.bytes(), policy.ManifestSpec{})
			if err == nil && r.Verdict != rego.Permit {
				t.Errorf("%s giving %d: %+v", name, v, r)
			}
		}
	}
}
