package wasm

// functionNames is the id of the part of the name section that names functions.
const functionNames = 1

// FunctionNames is the part of the name section that names functions, as it is written behind its length, if there
// is one and it is sound: indices in range and rising, names within the limit and UTF-8. Otherwise it is nil; names
// are for people, and no module is refused for them.
func (m *Module) FunctionNames() []byte {
	for _, s := range m.Customs {
		if s.Name != "name" {
			continue
		}
		c := &cursor{bin: m.Binary, at: s.Offset, end: s.Offset + len(s.Content), section: "custom", limits: &m.limits}
		for c.err == nil && c.at < c.end {
			id := c.byte("id")
			part := c.bytes(c.u32("size"), "part")
			if c.err == nil && id == functionNames && m.soundNames(part) {
				return part
			}
		}
	}
	return nil
}

// soundNames reports whether part is a list of functions' names.
func (m *Module) soundNames(part []byte) bool {
	c := &cursor{bin: part, end: len(part), section: "custom", limits: &m.limits}
	n := c.count("names", 2, uint32(len(m.Funcs)))
	least := uint32(0)
	for range n {
		i := c.index("function", len(m.Funcs))
		c.name("name")
		if i < least {
			return false
		}
		least = i + 1
	}
	return c.err == nil && c.at == c.end
}
