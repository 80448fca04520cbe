package guest

import (
	"context"
	"fmt"
	"strings"

	"github.com/tetratelabs/wazero"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/memory"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/meter"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
)

// Spec is a guest that is to be loaded.
type Spec struct {
	ID     string          // names it in errors
	Binary []byte          // of the module; must not change
	Hooks  []abi.Hook      // that it has to export
	Grants offer.Set       // capabilities
	Limits Limits          //
	Codes  map[uint16]bool // of its reasons; nil: any
}

// Plugin is a guest that has been scanned, metered and compiled.
type Plugin struct {
	id       string
	engine   *Engine
	compiled wazero.CompiledModule
	states   memory.States
	spec     Spec
	pages    uint32 // the memory's minimum
	globals  []string
	hasStart bool
}

// Load reads, meters and compiles a guest. Nothing of it runs. An error matches [wasm.ErrFormat], [wasm.ErrLimit],
// [wasm.ErrImport], [meter.ErrReserved], [meter.ErrGlobal] or [ErrExports], or is the engine's.
func (e *Engine) Load(ctx context.Context, s Spec) (*Plugin, error) {
	s.Limits = s.Limits.filled()
	p := &Plugin{id: s.ID, engine: e, spec: s}
	_, text, err := p.metered()
	if err != nil {
		return nil, err
	}
	p.compiled, err = e.cache.Compile(ctx, e.rt, text)
	if err != nil {
		return nil, fmt.Errorf("plugin %s: %w", s.ID, err)
	}
	return p, nil
}

// Check reads and meters a guest as Load does, and compiles nothing. The errors are Load's, but for the engine's.
func Check(s Spec) (*wasm.Module, error) {
	s.Limits = s.Limits.filled()
	m, _, err := (&Plugin{id: s.ID, spec: s}).metered()
	return m, err
}

// metered is the module as it is, and with what counts its fuel.
func (p *Plugin) metered() (*wasm.Module, []byte, error) {
	m, err := p.scan()
	if err != nil {
		return nil, nil, fmt.Errorf("plugin %s: %w", p.id, err)
	}
	text, err := meter.Rewrite(m, meter.Options{Names: 64 << 10})
	if err != nil {
		return nil, nil, fmt.Errorf("plugin %s: %w", p.id, err)
	}
	return m, text, nil
}

// scan reads the module and checks it against what a guest has to be.
func (p *Plugin) scan() (*wasm.Module, error) {
	limits := wasm.Defaults()
	limits.MemoryPages = p.spec.Limits.MemoryPages
	limits.Offered = p.spec.Grants.Imports()
	m, err := wasm.Scan(p.spec.Binary, limits)
	if err != nil {
		return nil, offer.Explain(err, p.spec.Grants)
	}
	if err := p.checkExports(m); err != nil {
		return nil, err
	}
	for i, g := range m.Globals {
		if g.Mutable {
			p.globals = append(p.globals, meter.GlobalName(i))
		}
	}
	p.hasStart = m.HasStart
	p.pages = uint32(m.Memories[0].Min)
	return m, nil
}

var (
	nothing = wasm.FuncType{}
	giving  = wasm.FuncType{Results: []wasm.ValueType{wasm.I32}}
	taking  = wasm.FuncType{Params: []wasm.ValueType{wasm.I32}, Results: []wasm.ValueType{wasm.I32}}
)

// checkExports checks that the module exports what the ABI asks for, as what it asks for.
func (p *Plugin) checkExports(m *wasm.Module) error {
	found := map[string]wasm.Export{}
	for _, e := range m.Exports {
		found[e.Name] = e
	}
	var faults []string
	function := func(name string, want wasm.FuncType, required bool) {
		switch e, ok := found[name]; {
		case !ok && required:
			faults = append(faults, fmt.Sprintf("function %s %s is missing", name, want))
		case ok && e.Kind != wasm.Func:
			faults = append(faults, fmt.Sprintf("%s is not a function; it has to be of type %s", name, want))
		case ok && !m.Signature(e.Index).Equal(want):
			faults = append(faults, fmt.Sprintf("function %s is of type %s; it has to be of type %s", name, m.Signature(e.Index), want))
		}
	}
	if e, ok := found[abi.MemoryExport]; !ok || e.Kind != wasm.MemoryKind {
		faults = append(faults, "memory "+abi.MemoryExport+" is missing")
	} else if m.ImportedMemories > 0 {
		faults = append(faults, "its memory is imported; it has to be its own")
	}
	function(abi.InitializeExport, nothing, false)
	function(abi.VersionExport, giving, true)
	function(abi.ReserveExport, taking, true)
	function(abi.ConfigureExport, taking, false)
	wanted := map[abi.Hook]bool{}
	for _, h := range p.spec.Hooks {
		wanted[h] = true
	}
	for h := range abi.Hook(abi.Hooks) {
		function(h.Export(), taking, wanted[h])
	}
	if len(faults) > 0 {
		return fmt.Errorf("%w: %s", ErrExports, strings.Join(faults, "; "))
	}
	return nil
}

// Close gives the plugin's code and states back. Close its pools first.
func (p *Plugin) Close(ctx context.Context) error {
	err := p.states.Close()
	if e := p.compiled.Close(ctx); err == nil {
		err = e
	}
	return err
}
