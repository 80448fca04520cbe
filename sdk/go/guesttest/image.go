package guesttest

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"slices"

	guest "github.com/bailiwick-dev/bailiwick/sdk/go"
)

// Image is an image in the making, of docs/image-format.md. Wrong use panics: it is for tests.
type Image struct {
	kind   string
	tables map[string]*Table
}

// Table is a table in the making.
type Table struct {
	rows    int
	columns map[string]*column
}

// column is a column in the making. Its data, starts and bits are laid out by Bytes.
type column struct {
	typ     guest.Type
	target  string
	data    func(l *layout, target int) []byte
	strings []string
	starts  []uint32
	states  []guest.State
}

// NewImage makes an image of a kind: topology, request or settings.
func NewImage(kind string) *Image { return &Image{kind, map[string]*Table{}} }

// Table adds a table.
func (m *Image) Table(name string, rows int) *Table {
	if m.tables[name] != nil {
		panic("guesttest: table " + name + " twice")
	}
	t := &Table{rows, map[string]*column{}}
	m.tables[name] = t
	return t
}

// Settings is an image of settings, of one row: string, float64, bool, []string for a list of texts, nil for null.
func Settings(of map[string]any) []byte {
	m := NewImage("settings")
	t := m.Table("settings", 1)
	for name, v := range of {
		switch v := v.(type) {
		case string:
			t.Strings(name, []string{v})
		case float64:
			t.Float64s(name, []float64{v})
		case int:
			t.Float64s(name, []float64{float64(v)})
		case bool:
			t.Bools(name, []bool{v})
		case []string:
			t.Lists(name, [][]string{v})
		case nil:
			t.Strings(name, []string{""}, guest.Absent)
		default:
			panic(fmt.Sprintf("guesttest: setting %s is a %T", name, v))
		}
	}
	return m.Bytes()
}

// add adds a column of as many cells as the table has rows. States, if there are any, are those of the rows.
func (t *Table) add(name string, cells int, c *column) {
	if cells != t.rows || c.states != nil && len(c.states) != t.rows {
		panic(fmt.Sprintf("guesttest: column %s has %d cells and %d states, the table %d rows", name, cells, len(c.states), t.rows))
	}
	if t.columns[name] != nil {
		panic("guesttest: column " + name + " twice")
	}
	t.columns[name] = c
}

// blank is v, zero where there is no value.
func blank[T any](v []T, states []guest.State, none T) []T {
	v = slices.Clone(v)
	for i, s := range states {
		if s != guest.Value {
			v[i] = none
		}
	}
	return v
}

// raw are values as they lie in an image.
func raw[T any](v []T) []byte {
	b, err := binary.Append(nil, binary.LittleEndian, v)
	if err != nil {
		panic(err)
	}
	return b
}

func fixed[T any](t *Table, name string, typ guest.Type, v []T, states []guest.State) {
	b := raw(blank(v, states, *new(T)))
	t.add(name, len(v), &column{typ: typ, states: states, data: func(*layout, int) []byte { return b }})
}

// Strings adds a column. States are those of the rows; without any, all hold values. The same is so of the others.
func (t *Table) Strings(name string, v []string, states ...guest.State) {
	held := make([]string, 0, len(v))
	for i, s := range v {
		if states == nil || states[i] == guest.Value {
			held = append(held, s)
		}
	}
	t.add(name, len(v), &column{typ: guest.StringType, states: states, strings: held, data: func(l *layout, _ int) []byte {
		ids := make([]uint32, len(v))
		for i, s := range v {
			ids[i] = math.MaxUint32
			if states == nil || states[i] == guest.Value {
				ids[i] = l.ids[s]
			}
		}
		return raw(ids)
	}})
}

// Uint8s adds a column.
func (t *Table) Uint8s(name string, v []uint8, states ...guest.State) {
	fixed(t, name, guest.Uint8Type, v, states)
}

// Int32s adds a column.
func (t *Table) Int32s(name string, v []int32, states ...guest.State) {
	fixed(t, name, guest.Int32Type, v, states)
}

// Int64s adds a column.
func (t *Table) Int64s(name string, v []int64, states ...guest.State) {
	fixed(t, name, guest.Int64Type, v, states)
}

// Float64s adds a column.
func (t *Table) Float64s(name string, v []float64, states ...guest.State) {
	for _, x := range v {
		if x != x {
			panic("guesttest: column " + name + " has a NaN, which only the host writes as images want it")
		}
	}
	fixed(t, name, guest.Float64Type, v, states)
}

// Bools adds a column.
func (t *Table) Bools(name string, v []bool, states ...guest.State) {
	b := bitSet(len(v), func(i int) bool { return v[i] && (states == nil || states[i] == guest.Value) })
	t.add(name, len(v), &column{typ: guest.BoolType, states: states, data: func(*layout, int) []byte { return b }})
}

// Refs adds a column of rows of the table target.
func (t *Table) Refs(name, target string, v []uint32, states ...guest.State) {
	b := raw(blank(v, states, math.MaxUint32))
	t.add(name, len(v), &column{typ: guest.RefType, target: target, states: states, data: func(*layout, int) []byte { return b }})
}

// Relation adds a column of sets of rows of the table target.
func (t *Table) Relation(name, target string, rows [][]uint32) {
	c := &column{typ: guest.RelationType, target: target, starts: []uint32{0}}
	var all []uint32
	for _, r := range rows {
		r = slices.Clone(r)
		slices.Sort(r)
		all = append(all, slices.Compact(r)...)
		c.starts = append(c.starts, uint32(len(all)))
	}
	c.data = func(*layout, int) []byte { return raw(all) }
	t.add(name, len(rows), c)
}

// Lists adds a column of lists of strings.
func (t *Table) Lists(name string, rows [][]string) {
	c := &column{typ: guest.ListType, starts: []uint32{0}}
	for _, r := range rows {
		c.strings = append(c.strings, r...)
		c.starts = append(c.starts, uint32(len(c.strings)))
	}
	c.data = func(l *layout, _ int) []byte {
		var b []byte
		for _, s := range c.strings {
			b = binary.LittleEndian.AppendUint32(b, l.ids[s])
		}
		return b
	}
	t.add(name, len(rows), c)
}

// Bits adds a column of sets of rows of the table target.
func (t *Table) Bits(name, target string, rows [][]uint32) {
	t.add(name, len(rows), &column{typ: guest.BitsType, target: target, data: func(_ *layout, n int) []byte {
		var b []byte
		for _, r := range rows {
			b = append(b, bitSet(n, func(i int) bool { return slices.Contains(r, uint32(i)) })...)
		}
		return b
	}})
}

// Matrix adds a column of a number for each row of the table target.
func (t *Table) Matrix(name, target string, rows [][]int32) {
	t.add(name, len(rows), &column{typ: guest.MatrixType, target: target, data: func(_ *layout, n int) []byte {
		var b []byte
		for i, r := range rows {
			if len(r) != n {
				panic(fmt.Sprintf("guesttest: row %d of %s has %d numbers, table %s %d rows", i, name, len(r), target, n))
			}
			b = append(b, raw(r)...)
		}
		return b
	}})
}

// bitSet is a bit set over n rows.
func bitSet(n int, in func(int) bool) []byte {
	b := make([]byte, (n+63)/64*8)
	for i := range n {
		if in(i) {
			b[i/8] |= 1 << (i % 8)
		}
	}
	return b
}

// layout is an image as it is laid out.
type layout struct {
	out []byte
	ids map[string]uint32
}

// section appends a section and gives its offset.
func (l *layout) section(b []byte) uint32 {
	l.align()
	at := uint32(len(l.out))
	l.out = append(l.out, b...)
	return at
}

func (l *layout) align() {
	for len(l.out)%64 != 0 {
		l.out = append(l.out, 0)
	}
}

// Bytes is the finished image.
func (m *Image) Bytes() []byte {
	l := &layout{out: make([]byte, 128), ids: map[string]uint32{}}
	names := slices.Sorted(maps.Keys(m.tables))
	columns := map[string][]string{}
	total := 0
	for _, name := range names {
		l.ids[name] = 0
		columns[name] = slices.Sorted(maps.Keys(m.tables[name].columns))
		for _, c := range columns[name] {
			l.ids[c] = 0
			total++
			for _, s := range m.tables[name].columns[c].strings {
				l.ids[s] = 0
			}
		}
	}
	starts, text := []uint32{0}, ""
	for i, s := range slices.Sorted(maps.Keys(l.ids)) {
		l.ids[s] = uint32(i)
		text += s
		starts = append(starts, uint32(len(text)))
	}
	var tables []uint32
	first := 0
	for _, name := range names {
		n := len(columns[name])
		tables = append(tables, l.ids[name], uint32(m.tables[name].rows), uint32(first), uint32(n))
		first += n
	}
	put := func(at int, v ...uint32) {
		for i, v := range v {
			binary.LittleEndian.PutUint32(l.out[at+4*i:], v)
		}
	}
	tablesAt := l.section(raw(tables))
	columnsAt := l.section(make([]byte, 32*total))
	startsAt := l.section(raw(starts))
	textAt := l.section([]byte(text))
	entry := int(columnsAt)
	for _, name := range names {
		for _, cn := range columns[name] {
			m.lay(l, entry, l.ids[cn], m.tables[name], m.tables[name].columns[cn], names, put)
			entry += 32
		}
	}
	l.align()
	copy(l.out, "\x89BWI\r\n\x1a\n\x01")
	copy(l.out[16:32], m.kind)
	put(12, uint32(len(l.out)))
	put(32, tablesAt, uint32(len(names)), columnsAt, uint32(total), startsAt, uint32(len(l.ids)), textAt, uint32(len(text)))
	hash := sha256.New()
	hash.Write(l.out[:96])
	hash.Write(l.out[128:])
	copy(l.out[96:], hash.Sum(nil))
	return l.out
}

// lay lays one column out: its data, starts, known and present bits, and its entry.
func (m *Image) lay(l *layout, entry int, name uint32, t *Table, c *column, names []string, put func(int, ...uint32)) {
	target, targetRows := uint32(math.MaxUint32), 0
	if c.target != "" {
		i, ok := slices.BinarySearch(names, c.target)
		if !ok {
			panic("guesttest: there is no table " + c.target)
		}
		target, targetRows = uint32(i), m.tables[c.target].rows
	}
	data := c.data(l, targetRows)
	at := []uint32{l.section(data), 0, 0, 0}
	if c.starts != nil {
		at[1] = l.section(raw(c.starts))
	}
	for k, lacking := range []guest.State{guest.Unknown, guest.Absent} {
		if slices.Contains(c.states, lacking) {
			at[2+k] = l.section(bitSet(t.rows, func(i int) bool { return c.states[i] != lacking }))
		}
	}
	put(entry, name, uint32(c.typ), target, at[0], uint32(len(data)), at[1], at[2], at[3])
}
