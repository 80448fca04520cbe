package wasm

// readConst reads a constant expression, its end included: in WebAssembly 2.0 exactly one instruction.
func (m *Module) readConst(c *cursor) []byte {
	from := c.at
	if c.err != nil {
		return nil
	}
	d := Decoder{code: c.bin[:c.end], at: c.at}
	if c.at >= c.end {
		c.fail(c.at, "the constant expression is cut off")
		return nil
	}
	var in Instr
	if e := d.next(&in); e != nil {
		c.fail(e.at, "in a constant expression: %s", e.what)
		return nil
	}
	switch in.Op {
	case I32Const, I64Const, F32Const, F64Const, V128Const, RefNull:
	case GlobalGet:
		if uint64(in.A) >= uint64(len(m.Globals)) {
			c.fail(from, "global %d is out of range, there are %d", in.A, len(m.Globals))
		}
	case RefFunc:
		if uint64(in.A) >= uint64(len(m.Funcs)) {
			c.fail(from, "function %d is out of range, there are %d", in.A, len(m.Funcs))
		}
		m.declared[in.A] = true
	default:
		c.fail(from, "instruction %s is not allowed in a constant expression", in.Op)
	}
	c.at = in.End
	at := c.at
	if end := c.byte("end of constant expression"); c.err == nil && Op(end) != End {
		c.fail(at, "a constant expression is longer than one instruction")
	}
	return c.bin[from:c.at:c.at]
}

// readElements reads the element segments. The flags' bits are: not active; has a table, or only declares; holds
// expressions rather than indices.
func (m *Module) readElements(c *cursor) {
	n := c.count("element segments", 2, c.limits.Elements)
	m.entriesAt(c, SectionElement)
	for range n {
		at := c.at
		flags := c.u32("flags of element segment")
		if c.err == nil && flags > 7 {
			c.fail(at, "an element segment has the flags %#x, which WebAssembly 2.0 does not know", flags)
		}
		if flags&1 == 0 {
			if flags&2 != 0 {
				c.index("table", len(m.Tables))
			} else if len(m.Tables) == 0 {
				c.fail(at, "an element segment is for table 0, and there is none")
			}
			m.readConst(c)
		}
		if flags&3 != 0 {
			if flags&4 != 0 {
				c.refType("type of element segment")
			} else if kind := c.byte("kind of element segment"); kind != 0 {
				c.fail(c.at-1, "an element segment has the kind %#x, which is none", kind)
			}
		}
		if c.err != nil {
			return
		}
		left := c.limits.ElementEntries - m.ElementEntries
		at = c.at
		k := c.u32("number of entries")
		if k > left {
			c.within(at, "entries of element segments", uint64(m.ElementEntries)+uint64(k), uint64(c.limits.ElementEntries))
		}
		if c.err == nil && uint64(k) > uint64(c.end-c.at) {
			c.fail(at, "%d entries do not fit the %d bytes that are left", k, c.end-c.at)
		}
		for i := uint32(0); i < k && c.err == nil; i++ {
			if flags&4 != 0 {
				m.readConst(c)
			} else {
				m.declared[c.index("function", len(m.Funcs))] = true
			}
		}
		if c.err != nil {
			return
		}
		m.ElementSegments++
		m.ElementEntries += k
	}
}

func (m *Module) readData(c *cursor) {
	n := c.count("data segments", 2, c.limits.Data)
	m.entriesAt(c, SectionData)
	for range n {
		at := c.at
		flags := c.u32("flags of data segment")
		if c.err == nil && flags > 2 {
			c.fail(at, "a data segment has the flags %#x, which WebAssembly 2.0 does not know", flags)
		}
		if flags != 1 {
			if flags == 2 {
				c.index("memory", len(m.Memories))
			} else if len(m.Memories) == 0 {
				c.fail(at, "a data segment is for memory 0, and there is none")
			}
			m.readConst(c)
		}
		at = c.at
		size := c.u32("size of data segment")
		if !c.within(at, "bytes of data segments", uint64(m.DataBytes)+uint64(size), uint64(max(c.limits.DataBytes, 0))) {
			return
		}
		c.bytes(size, "data segment")
		if c.err != nil {
			return
		}
		m.DataSegments++
		m.DataBytes += int(size)
	}
}
