package guest

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
)

// OPASpec is a policy that OPA compiled to WebAssembly, and that is to be loaded.
type OPASpec struct {
	ID     string // names it in errors
	Binary []byte // of the module; must not change
	// Entrypoint is the package that was compiled, such as acme/countries. The module has it as an entrypoint, or some of
	// its Rules, such as acme/countries/deny.
	Entrypoint string
	Rules      []string
	Grants     offer.Set // only the log means anything here
	Limits     Limits    // FuelPerRow comes on top for each call
	// Allowed says why a built-in function may not be called that the module does not hold itself, nil if it may.
	Allowed func(name string) error
}

// OPAPolicy is a policy that OPA compiled, scanned, metered and compiled. It speaks OPA's own ABI.
type OPAPolicy struct {
	code
	asked    []OPARule
	builtins map[int32]string
}

// OPARule is an entrypoint that a policy is asked by.
type OPARule struct {
	Name   string // one of the spec's rules, "" for the whole package
	number uint64
}

// LoadOPA reads, meters and compiles a policy, and runs it as far as it takes to learn its entrypoints and the built-in
// functions that it calls. An error matches [wasm.ErrFormat], [wasm.ErrLimit], [wasm.ErrImport], [meter.ErrReserved],
// [meter.ErrGlobal], [ErrExports], [ErrVersion], [ErrEntrypoint] or [ErrBuiltin], is a [*CallError], or is the engine's.
func (e *Engine) LoadOPA(ctx context.Context, s OPASpec) (*OPAPolicy, error) {
	s.Limits = s.Limits.filled()
	p := &OPAPolicy{code: code{id: s.ID, engine: e, grants: s.Grants, limits: s.Limits}, builtins: map[int32]string{}}
	m, err := scanOPA(&s)
	if err == nil {
		err = p.compile(ctx, m)
	}
	if err != nil {
		return nil, fmt.Errorf("plugin %s: %w", s.ID, err)
	}
	if err := p.learn(ctx, &s); err != nil {
		_ = p.Close(ctx) // what it does not let us know is what to tell
		return nil, err
	}
	return p, nil
}

// CheckOPA reads and meters a policy as LoadOPA does, and compiles and runs nothing. The errors are LoadOPA's, but for those
// that only compiling or running shows.
func CheckOPA(s OPASpec) (*wasm.Module, error) {
	s.Limits = s.Limits.filled()
	m, err := scanOPA(&s)
	if err == nil {
		_, err = (&code{}).metered(m)
	}
	if err != nil {
		return nil, fmt.Errorf("plugin %s: %w", s.ID, err)
	}
	return m, nil
}

// scanOPA reads the module, gives it a memory of its own, and checks it against what OPA compiles.
func scanOPA(s *OPASpec) (*wasm.Module, error) {
	limits := wasm.Defaults()
	limits.MemoryPages = s.Limits.MemoryPages
	limits.Offered = offer.OPAImports()
	m, err := wasm.Scan(s.Binary, limits)
	if err != nil {
		var refused *wasm.ImportError
		if errors.As(err, &refused) {
			told := *refused
			told.Why = "a policy that OPA compiled imports the functions of OPA's ABI alone; a guest of another kind has another abi in its manifest"
			err = &told
		}
		return nil, err
	}
	if m, err = wasm.Scan(m.OwnMemory(abi.MemoryExport), limits); err != nil {
		return nil, err
	}
	if err := checkOPAExports(m); err != nil {
		return nil, err
	}
	return m, checkOPAVersion(m)
}

// The functions of OPA's ABI that are called, by their place in a policy's instance.
const (
	fMalloc = iota
	fHeapGet
	fHeapSet
	fParse
	fDump
	fJSON
	fAddPath
	fNewContext
	fSetInput
	fSetData
	fSetEntrypoint
	fEval
	fResult
	fBuiltins
	fEntrypoints
	opaFunctions
)

// opaExports are their names, and how many parameters and results each has; all are i32.
var opaExports = [opaFunctions]struct {
	name            string
	params, results int
}{
	fMalloc: {"opa_malloc", 1, 1}, fHeapGet: {"opa_heap_ptr_get", 0, 1}, fHeapSet: {"opa_heap_ptr_set", 1, 0},
	fParse: {"opa_value_parse", 2, 1}, fDump: {"opa_value_dump", 1, 1}, fJSON: {"opa_json_dump", 1, 1},
	fAddPath: {"opa_value_add_path", 3, 1}, fNewContext: {"opa_eval_ctx_new", 0, 1}, fSetInput: {"opa_eval_ctx_set_input", 2, 0},
	fSetData: {"opa_eval_ctx_set_data", 2, 0}, fSetEntrypoint: {"opa_eval_ctx_set_entrypoint", 2, 0}, fEval: {"eval", 1, 1},
	fResult: {"opa_eval_ctx_get_result", 1, 1}, fBuiltins: {"builtins", 0, 1}, fEntrypoints: {"entrypoints", 0, 1},
}

const (
	opaMajor = "opa_wasm_abi_version"
	opaMinor = "opa_wasm_abi_minor_version"
)

// checkOPAExports checks that the module exports what OPA's ABI says, as what it says.
func checkOPAExports(m *wasm.Module) error {
	found := map[string]wasm.Export{}
	for _, e := range m.Exports {
		found[e.Name] = e
	}
	var faults []string
	words := []wasm.ValueType{wasm.I32, wasm.I32, wasm.I32}
	for _, f := range opaExports {
		want := wasm.FuncType{Params: words[:f.params], Results: words[:f.results]}
		switch e, ok := found[f.name]; {
		case !ok:
			faults = append(faults, fmt.Sprintf("function %s %s is missing", f.name, want))
		case e.Kind != wasm.Func:
			faults = append(faults, fmt.Sprintf("%s is not a function; it has to be of type %s", f.name, want))
		case !m.Signature(e.Index).Equal(want):
			faults = append(faults, fmt.Sprintf("function %s is of type %s; it has to be of type %s", f.name, m.Signature(e.Index), want))
		}
	}
	if e, ok := found[abi.MemoryExport]; !ok || e.Kind != wasm.MemoryKind {
		faults = append(faults, "memory "+abi.MemoryExport+" is missing")
	}
	if len(faults) > 0 {
		return fmt.Errorf("%w: %s; make it with: opa build -t wasm", ErrExports, strings.Join(faults, "; "))
	}
	return nil
}

// checkOPAVersion checks that the module speaks a version of OPA's ABI that is known here: 1.2, or a later minor one.
func checkOPAVersion(m *wasm.Module) error {
	version := func(name string) (int64, bool) {
		for _, e := range m.Exports {
			if e.Name != name || e.Kind != wasm.GlobalKind {
				continue
			}
			g := m.Globals[e.Index]
			if g.Type != wasm.I32 || g.Mutable || len(g.Init) < 3 || wasm.Op(g.Init[0]) != wasm.I32Const || int(e.Index) < m.ImportedGlobals {
				return 0, false
			}
			v, n := binary.Uvarint(g.Init[1 : len(g.Init)-1]) // as small as versions are, signed and unsigned are the same
			return int64(v), n == 1 && v < 64
		}
		return 0, false
	}
	major, ok := version(opaMajor)
	minor, also := version(opaMinor)
	switch {
	case !ok || !also:
		return fmt.Errorf("%w: it does not say which version of OPA's ABI it speaks, by the globals %s and %s", ErrVersion, opaMajor, opaMinor)
	case major != 1 || minor < 2:
		return fmt.Errorf("%w: it speaks %d.%d of OPA's ABI, and this host speaks 1.2 and what is later of 1; compile the policy with OPA 0.27 or later", ErrVersion, major, minor)
	}
	return nil
}

// learn runs the policy as far as it takes to know what it can be asked and which functions it calls.
func (p *OPAPolicy) learn(ctx context.Context, s *OPASpec) error {
	in, err := p.wake(ctx)
	if err != nil {
		return err
	}
	defer in.close()
	builtins, err := in.numbers(ctx, fBuiltins)
	if err != nil {
		return err
	}
	var refused []string
	for name, n := range builtins {
		if why := s.Allowed(name); why != nil {
			refused = append(refused, why.Error())
		}
		p.builtins[n] = name
	}
	if len(refused) > 0 {
		slices.Sort(refused)
		return fmt.Errorf("plugin %s: %w: %s", p.id, ErrBuiltin, strings.Join(refused, "; "))
	}
	entrypoints, err := in.numbers(ctx, fEntrypoints)
	if err != nil {
		return err
	}
	if n, ok := entrypoints[s.Entrypoint]; ok {
		p.asked = []OPARule{{"", uint64(uint32(n))}}
		return nil
	}
	for _, r := range s.Rules {
		if n, ok := entrypoints[s.Entrypoint+"/"+r]; ok {
			p.asked = append(p.asked, OPARule{r, uint64(uint32(n))})
		}
	}
	if len(p.asked) > 0 {
		return nil
	}
	var names []string
	for name := range entrypoints {
		names = append(names, fmt.Sprintf("%q", name))
	}
	slices.Sort(names)
	if len(names) == 0 {
		names = []string{"none"}
	}
	return fmt.Errorf("plugin %s: %w: it has neither %q nor one of its rules %s; there is %s",
		p.id, ErrEntrypoint, s.Entrypoint, strings.Join(s.Rules, ", "), strings.Join(names, ", "))
}

// Rules are what the policy is asked, in the order of answers.
func (p *OPAPolicy) Rules() []OPARule { return slices.Clone(p.asked) }

// numbers reads a table of the module's that numbers names, of which there are few.
func (in *opaInstance) numbers(ctx context.Context, f int) (map[string]int32, error) {
	value, err := in.do(ctx, f)
	if err != nil {
		return nil, err
	}
	text, err := in.text(ctx, fJSON, value)
	if err != nil {
		return nil, err
	}
	var table map[string]int32
	if err := json.Unmarshal(text, &table); err != nil {
		return nil, in.failed(opaExports[f].name, fmt.Errorf("%w: it does not number names", ErrOPA))
	}
	if len(table) > maxOPANames {
		return nil, in.failed(opaExports[f].name, fmt.Errorf("%w: it numbers %d names, at most %d are allowed", ErrOPA, len(table), maxOPANames))
	}
	return table, nil
}
