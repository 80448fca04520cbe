// Package guestrun runs built guests on a WebAssembly engine, for the tests of SDKs and plugins: it is no host. It
// neither meters nor checks answers, and gives guests WASI as the engine has it.
package guestrun

import (
	"context"
	"fmt"
	"testing"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

// Module is a compiled guest.
type Module struct {
	tb       testing.TB
	runtime  wazero.Runtime
	compiled wazero.CompiledModule
}

// Compile compiles a guest. It is released with the test.
func Compile(tb testing.TB, bin []byte) *Module {
	tb.Helper()
	ctx := context.Background()
	r := wazero.NewRuntime(ctx)
	tb.Cleanup(func() { _ = r.Close(ctx) })
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, r); err != nil {
		tb.Fatal(err)
	}
	c, err := r.CompileModule(ctx, bin)
	if err != nil {
		tb.Fatal(err)
	}
	return &Module{tb, r, c}
}

// Exports are the names of the functions that the guest exports.
func (m *Module) Exports() map[string]bool {
	names := map[string]bool{}
	for name := range m.compiled.ExportedFunctions() {
		names[name] = true
	}
	return names
}

// Imports are the names of the functions that the guest imports, with the names of their modules.
func (m *Module) Imports() []string {
	var names []string
	for _, f := range m.compiled.ImportedFunctions() {
		module, name, _ := f.Import()
		names = append(names, module+"."+name)
	}
	return names
}

// Instance is an instance of a guest. It is a guesttest.Guest.
type Instance struct{ module api.Module }

// New makes an instance, and initialises it as far as its language does.
func (m *Module) New() *Instance {
	m.tb.Helper()
	mod, err := m.runtime.InstantiateModule(context.Background(), m.compiled, wazero.NewModuleConfig().WithName("").WithStartFunctions("_initialize"))
	if err != nil {
		m.tb.Fatal(err)
	}
	return &Instance{mod}
}

// Call calls an export.
func (i *Instance) Call(export string, arg uint32) (int32, error) {
	f := i.module.ExportedFunction(export)
	if f == nil {
		return 0, fmt.Errorf("guestrun: the guest exports no function %s", export)
	}
	args := []uint64{uint64(arg)}[:len(f.Definition().ParamTypes())]
	results, err := f.Call(context.Background(), args...)
	if err != nil {
		return 0, err
	}
	return int32(results[0]), nil
}

// Memory are n bytes of the guest's memory.
func (i *Instance) Memory(address, n uint32) ([]byte, error) {
	b, ok := i.module.Memory().Read(address, n)
	if !ok {
		return nil, fmt.Errorf("guestrun: %d bytes at %d are outside the guest's memory of %d", n, address, i.module.Memory().Size())
	}
	return b, nil
}

// Pages is how large the guest's memory is, in pages of 64 KiB.
func (i *Instance) Pages() uint32 { return i.module.Memory().Size() / 65536 }
