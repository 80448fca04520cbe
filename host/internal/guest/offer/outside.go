package offer

import (
	"context"
	"errors"
	"fmt"

	"github.com/tetratelabs/wazero/api"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/printable"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
)

// OPA is the module that policies which OPA compiled import from, and it is offered to them alone: their memory, which
// becomes their own before they are run (see [wasm.Module.OwnMemory]), and the functions here.
const OPA = "env"

// Outside is who answers when a policy that OPA compiled calls a built-in function which the module does not hold itself.
type Outside interface {
	// Builtin calls the built-in function of that number with operands, pointers of the guest's; it answers a pointer, 0
	// for undefined. It may call the guest by [Instance.Within]. An error ends the guest's call.
	Builtin(ctx context.Context, number int32, operands []uint32) (uint32, error)
}

// AbortError says that a policy which OPA compiled ended itself.
type AbortError struct{ Message string } // printable

// Error says what the policy said.
func (e *AbortError) Error() string { return fmt.Sprintf("the policy aborted: %s", e.Message) }

// OutsideError says why a built-in function that was called outside has no value.
type OutsideError struct{ Err error }

// Error says why.
func (e *OutsideError) Error() string { return e.Err.Error() }

// Unwrap is why.
func (e *OutsideError) Unwrap() error { return e.Err }

// errNested says that a built-in function calls another, which none has a reason to.
var errNested = errors.New("a built-in function is called while another one runs")

// SetOutside says who answers calls of built-in functions. Without it they end the guest's call.
func (i *Instance) SetOutside(o Outside) { i.outside = o }

// Within calls a function of the guest while a host function that the guest called runs; the guest's fuel and room are
// what is left of them. An error that is the guest's own is the engine's.
func (i *Instance) Within(f api.Function, stack []uint64) error {
	err := f.CallWithStack(&i.call, stack)
	switch {
	case err == nil:
		return nil
	case i.spoilt != nil:
		return i.spoilt
	case i.stopped != nil:
		return i.stopped
	case i.in != nil:
		i.spoilt = &PanicError{Function: i.in.module + "." + i.in.name, Err: err}
		return i.spoilt
	}
	return err
}

// Pay takes fuel for what a built-in function is about to do. The error is [meter.ErrFuel]: there is not enough.
func (i *Instance) Pay(units uint64) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = i.stopped
		}
	}()
	i.pay(units)
	return nil
}

// outsideFunctions are what policies that OPA compiled import.
func outsideFunctions() []*function {
	list := []*function{
		{module: OPA, name: "opa_abort", signature: wasm.FuncType{Params: types("i")}, run: abort},
		{module: OPA, name: "opa_println", signature: wasm.FuncType{Params: types("i")}, run: println},
	}
	for n := range 5 {
		list = append(list, &function{
			module: OPA, name: fmt.Sprintf("opa_builtin%d", n), signature: wasm.FuncType{Params: types("iiiiii"[:n+2]), Results: types("i")},
			run: func(i *Instance, p []uint64) { i.builtin(p[:n+2], p) },
		})
	}
	return list
}

// OPAImports are what a policy that OPA compiled may import, for [wasm.Limits].
func OPAImports() []wasm.Import {
	list := []wasm.Import{{Module: OPA, Name: MemoryName, Kind: wasm.MemoryKind}}
	for _, f := range outside {
		list = append(list, wasm.Import{Module: f.module, Name: f.name, Kind: wasm.Func, Type: f.signature})
	}
	return list
}

// text is a text of the guest's that ends in a zero, so much of it as is kept.
func (i *Instance) text(ptr uint64, most int) []byte {
	m := i.bytes()
	if ptr >= uint64(len(m)) {
		return nil
	}
	b := m[ptr:]
	b = b[:min(len(b), most)]
	for n, c := range b {
		if c == 0 {
			return b[:n:n]
		}
	}
	return b
}

// abort is opa_abort(message i32), which does not return.
func abort(i *Instance, p []uint64) {
	b := i.text(low(p[0]), maxMessage)
	i.pay(costLogged * uint64(len(b)))
	i.stop(&AbortError{Message: printable.String(string(b))})
}

// println is opa_println(message i32): a message for the log, if that is granted.
func println(i *Instance, p []uint64) {
	if !i.grants.Has(Log) {
		return
	}
	b := i.text(low(p[0]), maxMessage)
	i.pay(costLine + costLogged*uint64(len(b)))
	i.log.add(Logged, b, 0)
}

// builtin is opa_builtinN(number, context, operands… i32) -> i32.
func (i *Instance) builtin(p, result []uint64) {
	f := i.in
	switch {
	case i.outside == nil:
		i.stop(fmt.Errorf("%w: %s.%s", ErrNotGranted, f.module, f.name))
	case i.nested:
		i.stop(&OutsideError{errNested})
	}
	var operands [4]uint32
	for n := range p[2:] {
		operands[n] = uint32(p[2+n])
	}
	i.in, i.nested = nil, true // the guest is called from in there
	v, err := i.outside.Builtin(i.call.Context, int32(uint32(p[0])), operands[:len(p)-2])
	i.nested = false
	if i.spoilt != nil {
		panic(i.spoilt)
	}
	if err != nil {
		i.stop(err)
	}
	i.in = f
	result[0] = uint64(v)
}
