package offer

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
)

// function is a function that guests may import. It keeps nothing: what it needs is in the instance.
type function struct {
	module, name string
	signature    wasm.FuncType
	needs        Set // capability it takes, of any of these; none of WASI

	// run takes the parameters, each in a word of which an i32 is the lower half, and leaves the result in the first.
	run func(i *Instance, p []uint64)
}

// functions are all there are, by module and name.
var functions = sorted(wasiFunctions(), capabilityFunctions())

// outside are the functions for policies that OPA compiled, who are offered no others.
var outside = sorted(outsideFunctions())

func sorted(lists ...[]*function) []*function {
	all := slices.Concat(lists...)
	slices.SortFunc(all, func(a, b *function) int {
		return cmp.Or(cmp.Compare(a.module, b.module), cmp.Compare(a.name, b.name))
	})
	return all
}

// Call is what the engine calls; see [api.GoModuleFunction]. A panic ends the guest's call.
func (f *function) Call(ctx context.Context, mod api.Module, stack []uint64) {
	i := instanceOf(ctx)
	i.enter(f, mod)
	f.run(i, stack)
	i.in = nil
}

// Instantiate puts the host modules into a runtime, once, for all guests in it. Each is offered whole: it is the scan
// that refuses a guest what it is not granted, and the instance that makes sure.
func Instantiate(ctx context.Context, rt wazero.Runtime) error {
	for _, module := range []string{WASI, Module, OPA} {
		b := rt.NewHostModuleBuilder(module)
		for _, f := range slices.Concat(functions, outside) {
			if f.module == module {
				b = b.NewFunctionBuilder().WithGoModuleFunction(f, f.signature.Params, f.signature.Results).Export(f.name)
			}
		}
		if _, err := b.Instantiate(ctx); err != nil {
			return fmt.Errorf("offering guests the module %s: %w", module, err)
		}
	}
	return nil
}

// types are value types from their letters: i for i32, I for i64.
func types(letters string) []wasm.ValueType {
	t := make([]wasm.ValueType, len(letters))
	for i, c := range letters {
		t[i] = wasm.I32
		if c == 'I' {
			t[i] = wasm.I64
		}
	}
	return t
}
