package image

import (
	"cmp"
	"fmt"
	"iter"
	"runtime"
	"slices"
)

// Table is one table of an image, a small value to copy freely.
type Table struct {
	img   *Image
	index int
}

// ColumnInfo says what a column is.
type ColumnInfo struct {
	Name   string
	Type   Type
	Target string // name of the table it refers to, or ""
}

// Table returns the table of that name. The error matches [ErrSchema] or
// [ErrClosed].
func (m *Image) Table(name string) (Table, error) {
	if m.closed.Load() {
		return Table{}, fmt.Errorf("image: table %q: %w", name, ErrClosed)
	}
	if id, ok := m.LookupString(name); ok {
		i, ok := slices.BinarySearchFunc(m.tables, id, func(t tableEntry, id uint32) int { return cmp.Compare(t.name, id) })
		if ok {
			return Table{m, i}, nil
		}
	}
	return Table{}, schemaError("no table %q", name)
}

// Tables yields the tables in the order of their names.
func (m *Image) Tables() iter.Seq[Table] {
	return func(yield func(Table) bool) {
		for i := range m.tables {
			if !yield(Table{m, i}) {
				return
			}
		}
	}
}

// Name returns the table's name.
func (t Table) Name() string {
	if t.img == nil {
		return ""
	}
	return t.img.String(t.img.tables[t.index].name)
}

// Rows returns how many rows the table has.
func (t Table) Rows() int {
	if t.img == nil {
		return 0
	}
	return int(t.img.tables[t.index].rows)
}

// Columns yields what columns there are, in the order of their names.
func (t Table) Columns() iter.Seq[ColumnInfo] {
	return func(yield func(ColumnInfo) bool) {
		for _, c := range t.columns() {
			info := ColumnInfo{Name: t.img.String(c.name), Type: c.typ}
			if c.target < uint32(len(t.img.tables)) {
				info.Target = t.img.String(t.img.tables[c.target].name)
			}
			if !yield(info) {
				return
			}
		}
	}
}

func (t Table) columns() []columnEntry {
	if t.img == nil {
		return nil
	}
	e := t.img.tables[t.index]
	return t.img.columns[e.first : e.first+e.count]
}

// column finds the column of that name and type.
func (t Table) column(name string, want Type) (columnEntry, column, error) {
	if t.img == nil {
		return columnEntry{}, column{}, schemaError("column %q of no table", name)
	}
	if t.img.closed.Load() {
		return columnEntry{}, column{}, fmt.Errorf("image: column %q: %w", name, ErrClosed)
	}
	id, ok := t.img.LookupString(name)
	cols := t.columns()
	i, found := slices.BinarySearchFunc(cols, id, func(c columnEntry, id uint32) int { return cmp.Compare(c.name, id) })
	if !ok || !found {
		return columnEntry{}, column{}, schemaError("table %q has no column %q", t.Name(), name)
	}
	if cols[i].typ != want {
		return columnEntry{}, column{}, schemaError("column %q of table %q is %s, not %s", name, t.Name(), cols[i].typ, want)
	}
	return cols[i], t.img.column(cols[i], t.Rows()), nil
}

// column makes the part every view has.
func (m *Image) column(c columnEntry, rows int) column {
	return column{
		img:    m,
		rows:   rows,
		states: States{Known: m.bits(c.known), Present: m.bits(c.present)},
	}
}

// bits reads an extent as a bit set, one that is left out as nil.
func (m *Image) bits(e extent) Bits {
	if e == (extent{}) {
		return nil
	}
	return view[uint64](m.section(e))
}

// section returns the bytes of an extent, numbers in this machine's order.
func (m *Image) section(e extent) []byte { return m.native[e.off:e.end] }

// column is what every view of a column has: its rows and their states.
type column struct {
	img    *Image // keeps what the slices point to mapped
	rows   int
	states States
}

// Rows returns how many rows the column has.
func (c column) Rows() int { return c.rows }

// State returns the state of row; a row the column does not have is Unknown.
func (c column) State(row int) State {
	if uint(row) >= uint(c.rows) {
		return Unknown
	}
	s := c.states.At(row)
	runtime.KeepAlive(c.img)
	return s
}

// States returns the states of all rows; a nil set is all ones. The sets are
// read-only and good only while the Image is open and reachable.
func (c column) States() States { return c.states }
