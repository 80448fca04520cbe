package offer

import (
	"context"
	"slices"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
)

// Instantiate1 puts one more function, which a test made, into a runtime, as module "test".
func Instantiate1(ctx context.Context, rt wazero.Runtime, name string, run func(i *Instance)) error {
	f := &function{module: "test", name: name, run: func(i *Instance, _ []uint64) { run(i) }}
	_, err := rt.NewHostModuleBuilder("test").NewFunctionBuilder().WithGoModuleFunction(f, nil, nil).Export(name).Instantiate(ctx)
	return err
}

// Empty puts a function that does nothing into a runtime.
func Empty(ctx context.Context, rt wazero.Runtime, module, name string, t wasm.FuncType) error {
	f := api.GoModuleFunc(func(_ context.Context, _ api.Module, p []uint64) { p[0] = 0 })
	_, err := rt.NewHostModuleBuilder(module).NewFunctionBuilder().WithGoModuleFunction(f, t.Params, t.Results).Export(name).Instantiate(ctx)
	return err
}

// Closure puts a function of WASI into a runtime that takes the instance from where it is told, not from the context.
func Closure(ctx context.Context, rt wazero.Runtime, module, name string, i **Instance) error {
	f := functions[slices.IndexFunc(functions, func(f *function) bool { return f.module == WASI && f.name == name })]
	call := api.GoModuleFunc(func(_ context.Context, mod api.Module, p []uint64) {
		(*i).enter(f, mod)
		f.run(*i, p)
		(*i).in = nil
	})
	_, err := rt.NewHostModuleBuilder(module).NewFunctionBuilder().WithGoModuleFunction(call, f.signature.Params, f.signature.Results).Export(name).Instantiate(ctx)
	return err
}

// Context is the context that host functions of a call get.
func (i *Instance) Context(ctx context.Context) context.Context { return &callContext{ctx, i} }
