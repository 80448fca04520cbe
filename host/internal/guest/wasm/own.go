package wasm

import "encoding/binary"

// OwnMemory is the binary with the memory that it imports made its own, of the same size, and exported under a name unless
// something is exported under it already. Nothing else changes, so its indices hold. Of a module that imports no memory it
// is the binary as it is.
//
// Policies that OPA compiles import their memory, and a guest has to have one of its own: one that the host bounds, and
// brings back to what it was.
func (m *Module) OwnMemory(export string) []byte {
	if m.ImportedMemories == 0 {
		return m.Binary
	}
	count := func(n int) []byte { return binary.AppendUvarint(nil, uint64(n)) }
	out := append(make([]byte, 0, len(m.Binary)+len(export)+64), m.Binary[:len(header)]...)
	section := func(id byte, parts ...[]byte) {
		size := 0
		for _, p := range parts {
			size += len(p)
		}
		out = binary.AppendUvarint(append(out, id), uint64(size))
		for _, p := range parts {
			out = append(out, p...)
		}
	}
	named := false
	for _, e := range m.Exports {
		named = named || e.Name == export
	}
	// Between sections that are copied as they are stand those that are written: each at its place, whether it was there
	// before or not. Custom sections stay where they stood among the others.
	written := map[byte]func(){
		SectionImport: func() {
			if n := len(m.Imports) - 1; n > 0 {
				from, to := m.entries[SectionImport].from, m.entries[SectionImport].to
				section(SectionImport, count(n), m.Binary[from:m.memory.from], m.Binary[m.memory.to:to])
			}
		},
		SectionMemory: func() {
			t := m.Memories[0]
			b := []byte{1, 0}
			if t.HasMax {
				b[1] = 1
			}
			b = binary.AppendUvarint(b, uint64(t.Min))
			if t.HasMax {
				b = binary.AppendUvarint(b, uint64(t.Max))
			}
			section(SectionMemory, b)
		},
		SectionExport: func() {
			n := len(m.Exports)
			entries := [][]byte{count(n), m.Entries(SectionExport)}
			if !named {
				entries = [][]byte{count(n + 1), m.Entries(SectionExport), count(len(export)), []byte(export), {byte(MemoryKind), 0}}
			}
			if n > 0 || !named {
				section(SectionExport, entries...)
			}
		},
	}
	order := [...]byte{SectionImport, SectionMemory, SectionExport}
	next := 0
	upTo := func(before int) { // writes what stands before sections of that order
		for next < len(order) && sectionOrder[order[next]] < before {
			written[order[next]]()
			next++
		}
	}
	_ = eachSection(m.Binary, func(id byte, whole, _ []byte) error { // it was scanned: nothing can fail
		switch {
		case id == SectionCustom:
			out = append(out, whole...)
		case written[id] != nil:
			upTo(sectionOrder[id] + 1)
		default:
			upTo(sectionOrder[id])
			out = append(out, whole...)
		}
		return nil
	})
	upTo(len(sectionOrder) + 1)
	return out
}
