package image

import "runtime"

// RefColumn is a column of row numbers of another table.
type RefColumn struct {
	column
	v []uint32
}

// Refs returns a column of row numbers.
func (t Table) Refs(name string) (RefColumn, error) {
	e, c, err := t.column(name, TypeRef)
	if err != nil {
		return RefColumn{}, err
	}
	return RefColumn{c, view[uint32](t.img.section(e.data))}, nil
}

// At returns the row of the target table: [NoID] where the state is not Value
// or the column has no such row.
func (c RefColumn) At(row int) uint32 {
	v := NoID
	if uint(row) < uint(len(c.v)) {
		v = c.v[row]
	}
	runtime.KeepAlive(c.img)
	return v
}

// Values returns all rows' row numbers: read-only, and good only while the
// Image is open and reachable.
func (c RefColumn) Values() []uint32 { return c.v }

// csr is a ragged column: the elements of row i are v[starts[i]:starts[i+1]].
type csr struct {
	img    *Image
	rows   int
	starts []uint32
	v      []uint32
}

func (t Table) csr(name string, typ Type) (csr, error) {
	e, c, err := t.column(name, typ)
	if err != nil {
		return csr{}, err
	}
	return csr{t.img, c.rows, view[uint32](t.img.section(e.starts)), view[uint32](t.img.section(e.data))}, nil
}

// Rows returns how many rows the column has.
func (c csr) Rows() int { return c.rows }

// row returns the elements of row i, none where there is no such row or range.
func (c csr) row(i int) []uint32 {
	if uint(i) >= uint(c.rows) || i+1 >= len(c.starts) {
		return nil
	}
	from, to := c.starts[i], c.starts[i+1]
	if from > to || uint64(to) > uint64(len(c.v)) {
		return nil
	}
	return c.v[from:to:to]
}

// Relation is a column of sets of rows of another table.
type Relation struct{ csr }

// Relation returns a column of sets of rows.
func (t Table) Relation(name string) (Relation, error) {
	c, err := t.csr(name, TypeRelation)
	return Relation{c}, err
}

// At returns the target rows of row, ascending: read-only, and good only while
// the Image is open and reachable. It is empty if the column has no such row.
func (c Relation) At(row int) []uint32 {
	v := c.row(row)
	runtime.KeepAlive(c.img)
	return v
}

// Lists is a column of lists of strings.
type Lists struct {
	csr
	words words
}

// Lists returns a column of lists of strings.
func (t Table) Lists(name string) (Lists, error) {
	c, err := t.csr(name, TypeList)
	if err != nil {
		return Lists{}, err
	}
	return Lists{c, t.img.words()}, nil
}

// Len returns how many strings row has: none if the column has no such row.
func (c Lists) Len(row int) int {
	n := len(c.row(row))
	runtime.KeepAlive(c.img)
	return n
}

// At returns string i of row, which stays good after the Image is closed: ""
// if there is none.
func (c Lists) At(row, i int) (s string) {
	if ids := c.row(row); uint(i) < uint(len(ids)) {
		s = c.words.at(ids[i])
	}
	runtime.KeepAlive(c.img)
	return s
}

// IDs returns the string ids of row: read-only, and good only while the Image
// is open and reachable.
func (c Lists) IDs(row int) []uint32 {
	v := c.row(row)
	runtime.KeepAlive(c.img)
	return v
}
