package wasm

import "fmt"

func (m *Module) readCode(c *cursor) {
	own := len(m.Funcs) - m.ImportedFuncs
	at := c.at
	n := c.count("function bodies", 2, c.limits.Functions)
	m.entriesAt(c, SectionCode)
	if c.err == nil && n != own {
		c.fail(at, "there are %d functions and %d bodies", own, n)
	}
	if c.err != nil {
		return
	}
	m.Bodies = make([]Body, 0, n)
	k := checker{m: m, c: c, thorough: m.thorough}
	total := 0
	at = c.at
	for i := range n {
		m.readBody(c, &k, uint32(m.ImportedFuncs+i))
		if c.err != nil {
			return
		}
		if total += c.at - at; !c.within(at, "bytes of code", uint64(total), uint64(max(c.limits.Code, 0))) {
			return
		}
		at = c.at
	}
}

// readBody reads the body of function f.
func (m *Module) readBody(c *cursor, k *checker, f uint32) {
	at := c.at
	size := c.u32("size of body")
	if c.err == nil && uint64(size) > uint64(max(c.limits.Body, 0)) {
		c.within(at, fmt.Sprintf("bytes of body of function %d", f), uint64(size), uint64(max(c.limits.Body, 0)))
	}
	if c.err == nil && uint64(size) > uint64(c.end-c.at) {
		c.fail(at, "the body of function %d of %d bytes is cut off after %d", f, size, c.end-c.at)
	}
	if c.err != nil {
		return
	}
	end, sectionEnd := c.at+int(size), c.end
	c.end = end
	at = c.at
	runs := c.count("runs of locals", 2, c.limits.Locals)
	b := Body{Runs: make([]LocalRun, 0, runs)}
	params := uint64(len(m.Signature(f).Params))
	for range runs {
		r := LocalRun{Count: c.u32("number of locals"), Type: c.valueType("type of local")}
		if have := params + uint64(b.Locals) + uint64(r.Count); c.err == nil && have > uint64(c.limits.Locals) {
			c.within(at, fmt.Sprintf("locals of function %d", f), have, uint64(c.limits.Locals))
		}
		if c.err != nil {
			return
		}
		b.Locals += r.Count
		b.Runs = append(b.Runs, r)
	}
	if c.err != nil {
		return
	}
	b.Offset, b.Code = c.at, c.bin[c.at:end:end]
	k.locals = uint32(params) + b.Locals
	k.body(f, b)
	m.Bodies = append(m.Bodies, b)
	c.at, c.end = end, sectionEnd
}

// checker checks instructions: that they are ones, how their blocks nest, and that what they name is there.
type checker struct {
	m      *Module
	c      *cursor
	locals uint32 // of the function, parameters included
	open   []Op   // what opened the blocks that are open, Block for the function itself

	thorough bool // whether to leave out quick, which must make no difference; set by tests
}

// body checks the body of function f.
func (k *checker) body(f uint32, b Body) {
	d := Decoder{code: b.Code}
	fail := func(at int, format string, args ...any) {
		k.c.fail(b.Offset+at, "function %d: %s", f, fmt.Sprintf(format, args...))
	}
	k.open = append(k.open[:0], Block)
	var in Instr
	for len(k.open) > 0 {
		if !k.thorough {
			d.at = k.quick(d.code, d.at)
		}
		if d.at >= len(d.code) {
			fail(d.at, "the body ends with %d blocks open", len(k.open))
			return
		}
		if e := d.next(&in); e != nil {
			fail(e.at, "%s", e.what)
			return
		}
		if what, n := k.operands(&in, &d, f); what != "" {
			fail(in.At, "%s is out of range, there are %d", what, n)
			return
		}
		if k.c.err != nil {
			return
		}
		switch in.Op {
		case RefFunc:
			// Whoever rewrites the module exports more functions than it did, and so must not be what allows this.
			if !k.m.declared[in.A] {
				fail(in.At, "function %d is referred to without being declared", in.A)
				return
			}
		case Block, Loop, If:
			// The function itself is no block.
			if len(k.open) > k.c.limits.Nesting {
				k.c.within(b.Offset+in.At, fmt.Sprintf("blocks open at once in function %d", f), uint64(len(k.open)), uint64(max(k.c.limits.Nesting, 0)))
				return
			}
			k.open = append(k.open, in.Op)
		case Else:
			if k.open[len(k.open)-1] != If {
				fail(in.At, "an else stands outside an if")
				return
			}
			k.open[len(k.open)-1] = Else
		case End:
			k.open = k.open[:len(k.open)-1]
		}
	}
	if d.at != len(d.code) {
		fail(d.at, "%d bytes follow the end of the function", len(d.code)-d.at)
	}
}

// operands checks what an instruction names. It returns what is out of range, and how many there are.
func (k *checker) operands(in *Instr, d *Decoder, f uint32) (what string, n int) {
	m := k.m
	bad := func(i uint32, n int) bool { return uint64(i) >= uint64(n) }
	tables := func(i uint32) (string, int) {
		if bad(i, len(m.Tables)) {
			return fmt.Sprintf("table %d", i), len(m.Tables)
		}
		return "", 0
	}
	switch immediates[in.Op] {
	case immBlock:
		if in.Type < 0 {
			break
		}
		if in.Type >= int64(len(m.Types)) {
			return fmt.Sprintf("type %d", in.Type), len(m.Types)
		}
	case immLabel:
		if bad(in.A, len(k.open)) {
			return fmt.Sprintf("label %d", in.A), len(k.open)
		}
	case immLabels:
		if in.A > k.c.limits.BrTable {
			k.c.within(k.c.at+in.At, fmt.Sprintf("targets of a br_table in function %d", f), uint64(in.A), uint64(k.c.limits.BrTable))
			break
		}
		d.Targets(in, func(label uint32) {
			if bad(label, len(k.open)) && what == "" {
				what, n = fmt.Sprintf("label %d", label), len(k.open)
			}
		})
	case immFunc:
		if bad(in.A, len(m.Funcs)) {
			return fmt.Sprintf("function %d", in.A), len(m.Funcs)
		}
	case immIndirect:
		if bad(in.A, len(m.Types)) {
			return fmt.Sprintf("type %d", in.A), len(m.Types)
		}
		return tables(in.B)
	case immLocal:
		if in.A >= k.locals {
			return fmt.Sprintf("local %d", in.A), int(k.locals)
		}
	case immGlobal:
		if bad(in.A, len(m.Globals)) {
			return fmt.Sprintf("global %d", in.A), len(m.Globals)
		}
	case immTable:
		return tables(in.A)
	case immTables:
		if what, n := tables(in.A); what != "" {
			return what, n
		}
		return tables(in.B)
	case immMemory, immMemoryLane, immMemory0, immMemory00:
		return k.memory()
	case immData, immDataMemory:
		if bad(in.A, m.dataCount) || m.dataCount < 0 {
			return fmt.Sprintf("data segment %d", in.A), max(m.dataCount, 0)
		}
		if in.Op == MemoryInit {
			return k.memory()
		}
	case immElem:
		if in.A >= m.ElementSegments {
			return fmt.Sprintf("element segment %d", in.A), int(m.ElementSegments)
		}
	case immElemTable:
		if in.A >= m.ElementSegments {
			return fmt.Sprintf("element segment %d", in.A), int(m.ElementSegments)
		}
		return tables(in.B)
	}
	return what, n
}

// memory checks that there is a memory.
func (k *checker) memory() (string, int) {
	if len(k.m.Memories) == 0 {
		return "memory 0", 0
	}
	return "", 0
}
