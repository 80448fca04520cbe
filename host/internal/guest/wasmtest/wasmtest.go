// Package wasmtest writes small WebAssembly modules for tests, sound ones and others: nothing is checked.
//
//	m := wasmtest.Module{}
//	f := m.Func(wasmtest.Sig(wasmtest.Types(wasm.I32), nil), nil, 0x20, 0, 0x1a, 0x0b)
//	m.Export("f", wasm.Func, f)
//	bin := m.Bytes()
package wasmtest

import (
	"encoding/binary"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
)

// Header is the magic number and version 1.
const Header = "\x00asm\x01\x00\x00\x00"

// Module is a module that is being written. The zero value is an empty one.
type Module struct {
	types     []wasm.FuncType
	imports   [][]byte
	imported  int // functions
	funcs     [][]byte
	tables    [][]byte
	memories  [][]byte
	globals   [][]byte
	exports   [][]byte
	start     []byte
	elements  [][]byte
	dataCount []byte
	bodies    [][]byte
	data      [][]byte
	customs   [][]byte
}

// Types lists value types.
func Types(t ...wasm.ValueType) []wasm.ValueType { return t }

// Sig is a signature.
func Sig(params, results []wasm.ValueType) wasm.FuncType {
	return wasm.FuncType{Params: params, Results: results}
}

// U is a number as unsigned LEB128.
func U(v uint64) []byte { return binary.AppendUvarint(nil, v) }

// S is a number as signed LEB128.
func S(v int64) []byte {
	var b []byte
	for {
		x := byte(v & 0x7f)
		v >>= 7
		if v == 0 && x&0x40 == 0 || v == -1 && x&0x40 != 0 {
			return append(b, x)
		}
		b = append(b, x|0x80)
	}
}

// Cat is one text of bytes.
func Cat(parts ...[]byte) []byte {
	var b []byte
	for _, p := range parts {
		b = append(b, p...)
	}
	return b
}

// Sized is content behind its length.
func Sized(content ...[]byte) []byte {
	b := Cat(content...)
	return append(U(uint64(len(b))), b...)
}

// Vec is a number of entries behind that number.
func Vec(entries ...[]byte) []byte { return append(U(uint64(len(entries))), Cat(entries...)...) }

// Section is a section of that id.
func Section(id byte, content ...[]byte) []byte { return append([]byte{id}, Sized(content...)...) }

// Type adds a signature, if it is not there, and gives its index.
func (m *Module) Type(t wasm.FuncType) uint32 {
	for i, have := range m.types {
		if have.Equal(t) {
			return uint32(i)
		}
	}
	m.types = append(m.types, t)
	return uint32(len(m.types) - 1)
}

// Import adds an import with its kind and description as they are written.
func (m *Module) Import(module, name string, desc ...byte) {
	m.imports = append(m.imports, Cat(Sized([]byte(module)), Sized([]byte(name)), desc))
}

// ImportFunc adds an imported function and gives its index. It comes before any of the module's own.
func (m *Module) ImportFunc(module, name string, t wasm.FuncType) uint32 {
	m.Import(module, name, append([]byte{0}, U(uint64(m.Type(t)))...)...)
	m.imported++
	return uint32(m.imported - 1)
}

// Local is a run of locals.
func Local(n uint64, t wasm.ValueType) []byte { return append(U(n), t) }

// Func adds a function, its locals in runs and its code with the closing end, and gives its index.
func (m *Module) Func(t wasm.FuncType, locals [][]byte, code ...byte) uint32 {
	m.funcs = append(m.funcs, U(uint64(m.Type(t))))
	m.bodies = append(m.bodies, Sized(Vec(locals...), code))
	return uint32(m.imported + len(m.funcs) - 1)
}

// Next is the index the next function gets.
func (m *Module) Next() uint32 { return uint32(m.imported + len(m.funcs)) }

// Range is a minimum and, if there is one, a maximum.
func Range(least uint64, most ...uint64) []byte {
	if len(most) == 0 {
		return append([]byte{0}, U(least)...)
	}
	return Cat([]byte{1}, U(least), U(most[0]))
}

// Table adds a table.
func (m *Module) Table(elem wasm.ValueType, least uint64, most ...uint64) {
	m.tables = append(m.tables, append([]byte{elem}, Range(least, most...)...))
}

// Memory adds a memory.
func (m *Module) Memory(least uint64, most ...uint64) {
	m.memories = append(m.memories, Range(least, most...))
}

// Global adds a global; init is a constant expression with its end.
func (m *Module) Global(t wasm.ValueType, mutable bool, init ...byte) {
	b := []byte{t, 0}
	if mutable {
		b[1] = 1
	}
	m.globals = append(m.globals, append(b, init...))
}

// Export adds an export.
func (m *Module) Export(name string, kind wasm.Kind, index uint32) {
	m.exports = append(m.exports, Cat(Sized([]byte(name)), []byte{byte(kind)}, U(uint64(index))))
}

// Start makes a function the start function.
func (m *Module) Start(f uint32) { m.start = U(uint64(f)) }

// Elements adds an element segment as it is written.
func (m *Module) Elements(segment ...byte) { m.elements = append(m.elements, segment) }

// Data adds a data segment as it is written.
func (m *Module) Data(segment ...byte) { m.data = append(m.data, segment) }

// DataCount announces the data segments.
func (m *Module) DataCount(n uint64) { m.dataCount = U(n) }

// Custom adds a custom section at the end.
func (m *Module) Custom(name string, content ...byte) {
	m.customs = append(m.customs, append(Sized([]byte(name)), content...))
}

// Bytes is the module.
func (m *Module) Bytes() []byte {
	b := []byte(Header)
	section := func(id byte, entries [][]byte) {
		if len(entries) > 0 {
			b = append(b, Section(id, Vec(entries...))...)
		}
	}
	var types [][]byte
	for _, t := range m.types {
		types = append(types, Cat([]byte{0x60}, Sized(t.Params), Sized(t.Results)))
	}
	section(wasm.SectionType, types)
	section(wasm.SectionImport, m.imports)
	section(wasm.SectionFunction, m.funcs)
	section(wasm.SectionTable, m.tables)
	section(wasm.SectionMemory, m.memories)
	section(wasm.SectionGlobal, m.globals)
	section(wasm.SectionExport, m.exports)
	if m.start != nil {
		b = append(b, Section(wasm.SectionStart, m.start)...)
	}
	section(wasm.SectionElement, m.elements)
	if m.dataCount != nil {
		b = append(b, Section(wasm.SectionDataCount, m.dataCount)...)
	}
	section(wasm.SectionCode, m.bodies)
	section(wasm.SectionData, m.data)
	for _, c := range m.customs {
		b = append(b, Section(wasm.SectionCustom, c)...)
	}
	return b
}
