package wasm

import "slices"

func (m *Module) readTypes(c *cursor) {
	n := c.count("types", 3, c.limits.Types)
	m.entriesAt(c, SectionType)
	m.Types = make([]FuncType, 0, n)
	for range n {
		at := c.at
		if form := c.byte("form of type"); c.err == nil && form != 0x60 {
			c.fail(at, "type %d has the form %#x, which is no signature", len(m.Types), form)
		}
		t := FuncType{Params: m.readValueTypes(c, "parameters", c.limits.Params)}
		t.Results = m.readValueTypes(c, "results", c.limits.Results)
		if c.err != nil {
			return
		}
		m.Types = append(m.Types, t)
	}
}

// readValueTypes reads how many value types there are, then the types.
func (m *Module) readValueTypes(c *cursor, what string, limit uint32) []ValueType {
	n := c.count(what, 1, limit)
	at := c.at
	types := c.bytes(uint32(n), what)
	for i, t := range types {
		if !isValueType(t) {
			c.fail(at+i, "%#x is no value type", t)
			return nil
		}
	}
	return types
}

func (m *Module) readImports(c *cursor) {
	n := c.count("imports", 4, c.limits.Imports)
	m.entriesAt(c, SectionImport)
	m.Imports = make([]Import, 0, n)
	for range n {
		at := c.at
		i := Import{Module: c.name("module of import"), Name: c.name("name of import")}
		kindAt := c.at
		i.Kind = Kind(c.byte("kind of import"))
		if c.err != nil {
			return
		}
		switch i.Kind {
		case Func:
			t := c.index("type", len(m.Types))
			if c.err != nil {
				return
			}
			i.Type = m.Types[t]
			m.Funcs = append(m.Funcs, t)
			m.ImportedFuncs++
		case TableKind:
			t := m.readTable(c)
			i.Value = t.Elem
			m.Tables = append(m.Tables, t)
			m.ImportedTables++
			c.within(at, "tables", uint64(len(m.Tables)), uint64(c.limits.Tables))
		case MemoryKind:
			m.Memories = append(m.Memories, m.readMemory(c))
			m.ImportedMemories++
			m.memory = span{at, c.at}
			c.within(at, "memories", uint64(len(m.Memories)), uint64(min(c.limits.Memories, 1)))
		case GlobalKind:
			g := m.readGlobalType(c)
			i.Value, i.Mutable = g.Type, g.Mutable
			m.Globals = append(m.Globals, g)
			m.ImportedGlobals++
			c.within(at, "globals", uint64(len(m.Globals)), uint64(c.limits.Globals))
		default:
			c.fail(kindAt, "an import has the kind %#x, which is none", byte(i.Kind))
		}
		if c.err != nil {
			return
		}
		if why := refusal(i, c.limits.Offered); why != "" {
			c.err = &ImportError{Import: i, Offset: at, Why: why}
			return
		}
		m.Imports = append(m.Imports, i)
	}
}

// refusal says why an import is refused, or "" if it is offered.
func refusal(i Import, offered []Import) string {
	if i.Mutable {
		return "a global that others may change is never offered"
	}
	why := "nothing of that name is offered to this guest"
	for _, o := range offered {
		if o.Module != i.Module || o.Name != i.Name {
			continue
		}
		if o.Kind == i.Kind && o.Type.Equal(i.Type) && (o.Value == i.Value || i.Kind == MemoryKind) && !o.Mutable {
			return ""
		}
		why = "it is offered as " + o.String()
	}
	return why
}

func (m *Module) readFunctions(c *cursor) {
	n := c.count("functions", 1, c.limits.Functions)
	m.entriesAt(c, SectionFunction)
	m.Funcs = slices.Grow(m.Funcs, n)
	for range n {
		m.Funcs = append(m.Funcs, c.index("type", len(m.Types)))
	}
}

// readRange reads a minimum and perhaps a maximum of what, and holds both to a cap.
func (m *Module) readRange(c *cursor, what string, limit uint32) (least, most uint32, hasMost bool) {
	at := c.at
	flags := c.byte("limits")
	if c.err == nil && flags > 1 {
		c.fail(at, "limits have the flags %#x, which WebAssembly 2.0 does not know", flags)
	}
	at = c.at
	least = c.u32("minimum")
	c.within(at, what+" as minimum", uint64(least), uint64(limit))
	if flags == 1 {
		at, hasMost = c.at, true
		most = c.u32("maximum")
		c.within(at, what+" as maximum", uint64(most), uint64(limit))
		if c.err == nil && most < least {
			c.fail(at, "the maximum of %d %s is less than the minimum of %d", most, what, least)
		}
	}
	return least, most, hasMost
}

func (m *Module) readTable(c *cursor) Table {
	t := Table{Elem: c.refType("type of table")}
	t.Min, t.Max, t.HasMax = m.readRange(c, "table entries", c.limits.TableEntries)
	return t
}

func (m *Module) readMemory(c *cursor) (t Memory) {
	t.Min, t.Max, t.HasMax = m.readRange(c, "pages of memory", c.limits.MemoryPages)
	return t
}

func (m *Module) readGlobalType(c *cursor) Global {
	g := Global{Type: c.valueType("type of global")}
	at := c.at
	mutable := c.byte("mutability of global")
	if mutable > 1 {
		c.fail(at, "a global has the mutability %#x, which is none", mutable)
	}
	g.Mutable = mutable == 1
	return g
}

func (m *Module) readTables(c *cursor) {
	at := c.at
	n := c.count("tables", 3, c.limits.Tables)
	m.entriesAt(c, SectionTable)
	c.within(at, "tables", uint64(len(m.Tables)+n), uint64(c.limits.Tables))
	for range n {
		m.Tables = append(m.Tables, m.readTable(c))
	}
}

func (m *Module) readMemories(c *cursor) {
	at := c.at
	limit := min(c.limits.Memories, 1)
	n := c.count("memories", 2, limit)
	m.entriesAt(c, SectionMemory)
	c.within(at, "memories", uint64(len(m.Memories)+n), uint64(limit))
	for range n {
		m.Memories = append(m.Memories, m.readMemory(c))
	}
}

func (m *Module) readGlobals(c *cursor) {
	at := c.at
	n := c.count("globals", 4, c.limits.Globals)
	m.entriesAt(c, SectionGlobal)
	c.within(at, "globals", uint64(len(m.Globals)+n), uint64(c.limits.Globals))
	for range n {
		g := m.readGlobalType(c)
		g.Init = m.readConst(c)
		if c.err != nil {
			return
		}
		m.Globals = append(m.Globals, g)
	}
}

func (m *Module) readExports(c *cursor) {
	n := c.count("exports", 3, c.limits.Exports)
	m.entriesAt(c, SectionExport)
	m.Exports = make([]Export, 0, n)
	seen := make(map[string]bool, n)
	for range n {
		at := c.at
		e := Export{Name: c.name("name of export")}
		kindAt := c.at
		e.Kind = Kind(c.byte("kind of export"))
		if c.err != nil {
			return
		}
		if seen[e.Name] {
			c.fail(at, "two exports have the name %q", e.Name)
			return
		}
		seen[e.Name] = true
		switch e.Kind {
		case Func:
			e.Index = c.index("function", len(m.Funcs))
			m.declared[e.Index] = true
		case TableKind:
			e.Index = c.index("table", len(m.Tables))
		case MemoryKind:
			e.Index = c.index("memory", len(m.Memories))
		case GlobalKind:
			e.Index = c.index("global", len(m.Globals))
		default:
			c.fail(kindAt, "an export has the kind %#x, which is none", byte(e.Kind))
		}
		m.Exports = append(m.Exports, e)
	}
}
