package wasm

import "math"

// header is the magic number and version 1.
const header = "\x00asm\x01\x00\x00\x00"

// Scan reads a binary and holds it to limits, before anything compiles it. The error is a [*FormatError], a
// [*LimitError] or an [*ImportError]. The module shares the binary's bytes, which must not change any more.
func Scan(binary []byte, limits Limits) (*Module, error) {
	return scan(binary, limits, false)
}

// scan is Scan; thorough is what a checker has.
func scan(binary []byte, limits Limits, thorough bool) (*Module, error) {
	if len(binary) > limits.Module {
		return nil, &LimitError{Section: "module", What: "bytes of module", Have: uint64(len(binary)), Max: uint64(max(limits.Module, 0))}
	}
	if uint64(len(binary)) > math.MaxUint32 {
		return nil, &FormatError{Section: "header", What: "the module is larger than 4 GiB"}
	}
	if err := checkHeader(binary); err != nil {
		return nil, err
	}
	m := &Module{Binary: binary, limits: limits, dataCount: -1, declared: map[uint32]bool{}, thorough: thorough}
	last := 0
	custom := 0
	for at := len(header); at < len(binary); {
		id := binary[at]
		if int(id) >= len(sectionNames) {
			return nil, &FormatError{Section: "unknown", Offset: at, What: "there is no section of that id in WebAssembly 2.0"}
		}
		c := &cursor{bin: binary, at: at + 1, end: len(binary), section: sectionNames[id], limits: &m.limits}
		if c.numberCut() {
			return nil, endsInSize(binary, at)
		}
		size := c.u32("size of section")
		if left := c.end - c.at; c.err == nil && uint64(size) > uint64(left) {
			c.err = &FormatError{Section: c.section, Offset: at, What: cutOff(uint64(size), uint64(left)), Cut: true}
		}
		if c.err != nil {
			return nil, c.err
		}
		c.end = c.at + int(size)
		if id != SectionCustom {
			if order := sectionOrder[id]; order <= last {
				c.fail(at, "the section is out of order or given twice")
			} else {
				last = order
			}
			m.sections[id] = span{c.at, c.end}
		}
		if c.err == nil {
			m.section(c, id, &custom)
		}
		if c.err == nil && c.at != c.end {
			c.fail(c.at, "%d bytes are left over at the end of the section", c.end-c.at)
		}
		if c.err != nil {
			return nil, c.err
		}
		at = c.end
	}
	if err := m.complete(); err != nil {
		return nil, err
	}
	return m, nil
}

// complete checks what can be told only at the end.
func (m *Module) complete() error {
	own := len(m.Funcs) - m.ImportedFuncs
	if own != len(m.Bodies) {
		return m.fault("code", "there are %d functions and %d bodies", own, len(m.Bodies))
	}
	if m.dataCount >= 0 && uint32(m.dataCount) != m.DataSegments {
		return m.fault("data count", "%d data segments are announced and %d given", m.dataCount, m.DataSegments)
	}
	return nil
}

// fault is a fault that shows only at the end of the binary.
func (m *Module) fault(section, format string, args ...any) error {
	c := cursor{section: section}
	c.fail(len(m.Binary), format, args...)
	return c.err
}

// section reads the content of one section. custom counts the bytes of custom sections so far.
func (m *Module) section(c *cursor, id byte, custom *int) {
	switch id {
	case SectionCustom:
		m.readCustom(c, custom)
	case SectionType:
		m.readTypes(c)
	case SectionImport:
		m.readImports(c)
	case SectionFunction:
		m.readFunctions(c)
	case SectionTable:
		m.readTables(c)
	case SectionMemory:
		m.readMemories(c)
	case SectionGlobal:
		m.readGlobals(c)
	case SectionExport:
		m.readExports(c)
	case SectionStart:
		at := c.at
		m.Start, m.HasStart = c.index("start function", len(m.Funcs)), true
		if c.err == nil && !m.Signature(m.Start).Equal(FuncType{}) {
			c.fail(at, "start function %d has the signature %s, which must be () -> ()", m.Start, m.Signature(m.Start))
		}
	case SectionElement:
		m.readElements(c)
	case SectionCode:
		m.readCode(c)
	case SectionData:
		m.readData(c)
	case SectionDataCount:
		at := c.at
		n := c.u32("number of data segments")
		if c.within(at, "data segments", uint64(n), uint64(c.limits.Data)) {
			m.dataCount = int(n)
		}
	}
}

// entriesAt notes where the entries of a section begin.
func (m *Module) entriesAt(c *cursor, id byte) { m.entries[id] = span{c.at, c.end} }

func (m *Module) readCustom(c *cursor, total *int) {
	from := c.at
	if !c.within(from, "custom sections", uint64(len(m.Customs))+1, uint64(c.limits.Customs)) {
		return
	}
	*total += c.end - c.at
	if !c.within(from, "bytes of custom sections", uint64(*total), uint64(max(c.limits.CustomSz, 0))) {
		return
	}
	name := c.name("name of custom section")
	if c.err == nil {
		m.Customs = append(m.Customs, Custom{Name: name, Offset: c.at, Content: c.bin[c.at:c.end:c.end]})
		c.at = c.end
	}
}
