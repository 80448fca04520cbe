package image

import "runtime"

// Column is a column of numbers.
type Column[T uint8 | int32 | int64 | float64] struct {
	column
	v []T
}

// The columns of numbers.
type (
	Uint8Column   = Column[uint8]
	Int32Column   = Column[int32]
	Int64Column   = Column[int64]
	Float64Column = Column[float64]
)

// At returns the value of row: zero where the state is not Value or the column
// has no such row.
func (c Column[T]) At(row int) (v T) {
	if uint(row) < uint(len(c.v)) {
		v = c.v[row]
	}
	runtime.KeepAlive(c.img)
	return v
}

// Values returns all rows' values: read-only, and good only while the Image is
// open and reachable.
func (c Column[T]) Values() []T { return c.v }

// Uint8s returns a column of bytes. Like every getter of a column, its error
// matches [ErrSchema] or [ErrClosed].
func (t Table) Uint8s(name string) (Uint8Column, error) {
	e, c, err := t.column(name, TypeUint8)
	if err != nil {
		return Uint8Column{}, err
	}
	return Uint8Column{c, t.img.section(e.data)}, nil
}

// Int32s returns a column of 32-bit integers.
func (t Table) Int32s(name string) (Int32Column, error) {
	return number[int32](t, name, TypeInt32)
}

// Int64s returns a column of 64-bit integers.
func (t Table) Int64s(name string) (Int64Column, error) {
	return number[int64](t, name, TypeInt64)
}

// Float64s returns a column of floating-point numbers.
func (t Table) Float64s(name string) (Float64Column, error) {
	return number[float64](t, name, TypeFloat64)
}

func number[T int32 | int64 | float64](t Table, name string, typ Type) (Column[T], error) {
	e, c, err := t.column(name, typ)
	if err != nil {
		return Column[T]{}, err
	}
	return Column[T]{c, view[T](t.img.section(e.data))}, nil
}

// BoolColumn is a column of truth values.
type BoolColumn struct {
	column
	v Bits
}

// Bools returns a column of truth values.
func (t Table) Bools(name string) (BoolColumn, error) {
	e, c, err := t.column(name, TypeBool)
	if err != nil {
		return BoolColumn{}, err
	}
	return BoolColumn{c, view[uint64](t.img.section(e.data))}, nil
}

// At returns the value of row: false where the state is not Value or the
// column has no such row.
func (c BoolColumn) At(row int) bool {
	v := c.v.Get(row)
	runtime.KeepAlive(c.img)
	return v
}

// Values returns the rows that are true: read-only, and good only while the
// Image is open and reachable.
func (c BoolColumn) Values() Bits { return c.v }

// StringColumn is a column of strings.
type StringColumn struct {
	column
	ids   []uint32
	words words
}

// Strings returns a column of strings.
func (t Table) Strings(name string) (StringColumn, error) {
	e, c, err := t.column(name, TypeString)
	if err != nil {
		return StringColumn{}, err
	}
	return StringColumn{c, view[uint32](t.img.section(e.data)), t.img.words()}, nil
}

// At returns the string of row, which stays good after the Image is closed:
// "" where the state is not Value or the column has no such row.
func (c StringColumn) At(row int) (s string) {
	if uint(row) < uint(len(c.ids)) {
		s = c.words.at(c.ids[row])
	}
	runtime.KeepAlive(c.img)
	return s
}

// ID returns the string id of row: [NoID] where the state is not Value or the
// column has no such row. Ids compare as their strings do.
func (c StringColumn) ID(row int) uint32 {
	id := NoID
	if uint(row) < uint(len(c.ids)) {
		id = c.ids[row]
	}
	runtime.KeepAlive(c.img)
	return id
}

// IDs returns all rows' string ids: read-only, and good only while the Image
// is open and reachable.
func (c StringColumn) IDs() []uint32 { return c.ids }
