package wasm

import (
	"fmt"
	"strings"
)

// ValueType is the type of a value, by its byte in the binary format.
type ValueType = byte

// The value types of WebAssembly 2.0.
const (
	I32       ValueType = 0x7f
	I64       ValueType = 0x7e
	F32       ValueType = 0x7d
	F64       ValueType = 0x7c
	V128      ValueType = 0x7b
	FuncRef   ValueType = 0x70
	ExternRef ValueType = 0x6f
)

// typeName is the name of a value type in the text format.
func typeName(t ValueType) string {
	switch t {
	case I32:
		return "i32"
	case I64:
		return "i64"
	case F32:
		return "f32"
	case F64:
		return "f64"
	case V128:
		return "v128"
	case FuncRef:
		return "funcref"
	case ExternRef:
		return "externref"
	}
	return fmt.Sprintf("type %#x", t)
}

// isValueType reports whether t is a value type of WebAssembly 2.0.
func isValueType(t byte) bool { return t >= V128 && t <= I32 || isRefType(t) }

// isRefType reports whether t is a reference type of WebAssembly 2.0.
func isRefType(t byte) bool { return t == FuncRef || t == ExternRef }

// FuncType is a signature: the types of the parameters and of the results, in order.
type FuncType struct{ Params, Results []ValueType }

// Equal reports whether two signatures are the same.
func (t FuncType) Equal(o FuncType) bool {
	return string(t.Params) == string(o.Params) && string(t.Results) == string(o.Results)
}

// String writes the signature as in (i32, i64) -> (f32).
func (t FuncType) String() string {
	names := func(ts []ValueType) string {
		s := make([]string, len(ts))
		for i, t := range ts {
			s[i] = typeName(t)
		}
		return "(" + strings.Join(s, ", ") + ")"
	}
	return names(t.Params) + " -> " + names(t.Results)
}

// Kind is what an import or an export is, by its byte in the binary format.
type Kind byte

// The kinds of WebAssembly 2.0.
const (
	Func Kind = iota
	TableKind
	MemoryKind
	GlobalKind
)

// String is the name of the kind in the text format.
func (k Kind) String() string {
	if names := [...]string{"func", "table", "memory", "global"}; int(k) < len(names) {
		return names[k]
	}
	return fmt.Sprintf("kind %#x", byte(k))
}

// Import is something a module wants to be given; in [Limits] it is something that is offered.
type Import struct {
	Module, Name string
	Kind         Kind
	Type         FuncType  // signature, of a func
	Value        ValueType // type of the value of a global, or of the entries of a table
	Mutable      bool      // whether a global may change; never in what is offered
}

// String names the import with its type, such as func "env"."log" (i32, i32) -> (). Names are quoted, for they
// are the guest's own.
func (i Import) String() string {
	s := fmt.Sprintf("%s %q.%q", i.Kind, i.Module, i.Name)
	switch i.Kind {
	case Func:
		s += " " + i.Type.String()
	case GlobalKind:
		if i.Mutable {
			s += " mutable"
		}
		s += " " + typeName(i.Value)
	case TableKind:
		s += " " + typeName(i.Value)
	}
	return s
}

// Export is something a module gives under a name.
type Export struct {
	Name  string
	Kind  Kind
	Index uint32 // in the index space of its kind, imports first
}

// Table is the type of a table.
type Table struct {
	Elem   ValueType // FuncRef or ExternRef
	Min    uint32    // entries
	Max    uint32    // entries, if HasMax
	HasMax bool
}

// Memory is the type of a memory. A page is 64 KiB.
type Memory struct {
	Min    uint32 // pages
	Max    uint32 // pages, if HasMax
	HasMax bool
}

// Global is the type of a global and, of one that is not imported, its first value.
type Global struct {
	Type    ValueType
	Mutable bool
	Init    []byte // constant expression with its end
}

// Body is the code of one function.
type Body struct {
	Offset int        // byte of Code in the binary
	Runs   []LocalRun // the locals that are not parameters
	Locals uint32     // how many those are
	Code   []byte     // instructions, the closing end included
}

// LocalRun is a number of locals of one type.
type LocalRun struct {
	Count uint32
	Type  ValueType
}

// Custom is a section that means nothing to the machine.
type Custom struct {
	Name    string
	Offset  int    // byte of Content in the binary
	Content []byte // behind the name
}
