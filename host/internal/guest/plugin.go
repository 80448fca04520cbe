package guest

import (
	"context"
	"fmt"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
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
	code
	spec Spec
}

// Load reads, meters and compiles a guest. Nothing of it runs. An error matches [wasm.ErrFormat], [wasm.ErrLimit],
// [wasm.ErrImport], [meter.ErrReserved], [meter.ErrGlobal] or [ErrExports], or is the engine's.
func (e *Engine) Load(ctx context.Context, s Spec) (*Plugin, error) {
	s.Limits = s.Limits.filled()
	p := &Plugin{code: code{id: s.ID, engine: e, grants: s.Grants, limits: s.Limits}, spec: s}
	m, err := p.scan()
	if err == nil {
		err = p.compile(ctx, m)
	}
	if err != nil {
		return nil, fmt.Errorf("plugin %s: %w", s.ID, err)
	}
	return p, nil
}

// Check reads and meters a guest as Load does, and compiles nothing. The errors are Load's, but for the engine's.
func Check(s Spec) (*wasm.Module, error) {
	s.Limits = s.Limits.filled()
	p := &Plugin{code: code{id: s.ID, grants: s.Grants, limits: s.Limits}, spec: s}
	m, err := p.scan()
	if err == nil {
		_, err = p.metered(m)
	}
	if err != nil {
		return nil, fmt.Errorf("plugin %s: %w", s.ID, err)
	}
	return m, nil
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
