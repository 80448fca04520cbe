package offer

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
)

// Module is the module that capabilities are imported from.
const Module = "bailiwick"

// WASI is the module that WASI preview 1 is imported from.
const WASI = "wasi_snapshot_preview1"

// Capability is something beyond pure computation that an operator may grant a guest. Its name is the name of the
// function that a guest imports from [Module].
type Capability string

// The capabilities.
const (
	// Log lets the guest leave messages: log(pointer, length i32). Standard output and error go there as well.
	Log Capability = "log"

	// Time tells the decision time: time() -> i64, nanoseconds since 1970 in UTC.
	Time Capability = "time"

	// Random gives bytes that depend on the decision's seed alone: random(pointer, length i32). See [Decision].
	Random Capability = "random"
)

// capabilities are all there are, in the order of their bits in a Set.
var capabilities = []Capability{Log, Time, Random}

// ErrCapability says that there is no capability of a name.
var ErrCapability = errors.New("no such capability")

// Set is a set of capabilities. The zero value is the empty one.
type Set uint8

// Grant is the set of the capabilities of these names. The error matches [ErrCapability] and lists what there is.
func Grant(names ...string) (Set, error) {
	var s Set
	for _, name := range names {
		bit := bitOf(Capability(name))
		if bit == 0 {
			return 0, fmt.Errorf("%w: %q; there are %s", ErrCapability, name, joined(capabilities))
		}
		s |= bit
	}
	return s, nil
}

// bitOf is the set of one capability, 0 if it is none.
func bitOf(c Capability) Set {
	if i := slices.Index(capabilities, c); i >= 0 {
		return 1 << i
	}
	return 0
}

// Has reports whether c is in the set.
func (s Set) Has(c Capability) bool { return s&bitOf(c) != 0 }

// Names are the names of the capabilities in the set, in a fixed order.
func (s Set) Names() []string {
	var names []string
	for _, c := range capabilities {
		if s.Has(c) {
			names = append(names, string(c))
		}
	}
	return names
}

// joined lists capabilities for people.
func joined(list []Capability) string {
	names := make([]string, len(list))
	for i, c := range list {
		names[i] = string(c)
	}
	return strings.Join(names, ", ")
}

// Imports are what a guest with these grants may import, for [wasm.Limits]: all of WASI, and a function for each
// capability.
func (s Set) Imports() []wasm.Import {
	var list []wasm.Import
	for _, f := range functions {
		if f.needs == 0 || s&f.needs != 0 {
			list = append(list, wasm.Import{Module: f.module, Name: f.name, Kind: wasm.Func, Type: f.signature})
		}
	}
	return list
}

// Needs is the capability that an import takes, if there is one that gives it.
func Needs(i wasm.Import) (Capability, bool) {
	c := Capability(i.Name)
	return c, i.Module == Module && i.Kind == wasm.Func && bitOf(c) != 0
}

// Explain says in the error of a scan why an import is refused: which capability it would take, or what there is
// instead. It gives any other error, and nil, back as it is. granted is what the guest was scanned with.
func Explain(err error, granted Set) error {
	var refused *wasm.ImportError
	if !errors.As(err, &refused) {
		return err
	}
	told := *refused
	i := told.Import
	c, known := Needs(i)
	switch {
	case i.Kind != wasm.Func:
		told.Why = fmt.Sprintf("a host gives functions, never a %s", i.Kind)
	case known && !granted.Has(c):
		told.Why = fmt.Sprintf("it takes the capability %q, which is not granted", c)
	case known:
		return err // with another signature, which the scan told
	case i.Module == Module:
		told.Why = "there is no such capability; there are " + joined(capabilities)
	case i.Module == WASI && !slices.ContainsFunc(functions, func(f *function) bool { return f.module == WASI && f.name == i.Name }):
		told.Why = "WASI preview 1 has no such function"
	case i.Module != WASI:
		told.Why = fmt.Sprintf("guests may import from %q and %q alone", WASI, Module)
	default:
		return err
	}
	return &told
}
