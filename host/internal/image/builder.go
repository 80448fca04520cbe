package image

// Builder gathers tables and columns and writes them as one image. The order
// of the calls does not matter to the bytes. It keeps the slices it is given
// and reads them in Bytes, so they must not change before that. Mistakes are
// kept and reported by Bytes. It is not safe for concurrent use.
type Builder struct {
	kind   string
	tables []*TableBuilder
}

// TableBuilder adds columns to one table. Every column has one cell a row.
type TableBuilder struct {
	name    string
	rows    int
	columns []*buildColumn
}

// buildColumn is one column as it was given.
type buildColumn struct {
	name   string
	typ    Type
	target string // name of the table it refers to
	values any    // the slice given, of the type typ takes
	states States
}

// NewBuilder starts an image of the given kind, such as "topology" or
// "request": one to 16 of a-z, 0-9 and hyphen.
func NewBuilder(kind string) *Builder { return &Builder{kind: kind} }

// Table adds a table of that many rows. Its name must be new in the image.
func (b *Builder) Table(name string, rows int) *TableBuilder {
	t := &TableBuilder{name: name, rows: rows}
	b.tables = append(b.tables, t)
	return t
}

// Strings adds a column of strings, which must be valid UTF-8.
func (t *TableBuilder) Strings(name string, v []string, s States) {
	t.add(name, TypeString, "", v, s)
}

// Uint8s adds a column of bytes: small numbers or an enumeration.
func (t *TableBuilder) Uint8s(name string, v []uint8, s States) {
	t.add(name, TypeUint8, "", v, s)
}

// Int32s adds a column of 32-bit integers.
func (t *TableBuilder) Int32s(name string, v []int32, s States) {
	t.add(name, TypeInt32, "", v, s)
}

// Int64s adds a column of 64-bit integers.
func (t *TableBuilder) Int64s(name string, v []int64, s States) {
	t.add(name, TypeInt64, "", v, s)
}

// Float64s adds a column of floating-point numbers. Every NaN is stored as the
// one NaN an image may hold.
func (t *TableBuilder) Float64s(name string, v []float64, s States) {
	t.add(name, TypeFloat64, "", v, s)
}

// Bools adds a column of truth values, stored as a bit set.
func (t *TableBuilder) Bools(name string, v []bool, s States) {
	t.add(name, TypeBool, "", v, s)
}

// Refs adds a column of row numbers of the table called target, which may be
// added before or after, or be this one.
func (t *TableBuilder) Refs(name, target string, v []uint32, s States) {
	t.add(name, TypeRef, target, v, s)
}

// Relation adds, for each row, a set of row numbers of the table called
// target. They are stored ascending and once each, whatever the order given.
func (t *TableBuilder) Relation(name, target string, rows [][]uint32) {
	t.add(name, TypeRelation, target, rows, States{})
}

// Lists adds, for each row, a list of strings, whose order is kept.
func (t *TableBuilder) Lists(name string, rows [][]string) {
	t.add(name, TypeList, "", rows, States{})
}

// Bits adds, for each row, a bit set over the rows of the table called target.
// A set with fewer words than target needs is filled up with zeros.
func (t *TableBuilder) Bits(name, target string, rows []Bits) {
	t.add(name, TypeBits, target, rows, States{})
}

// Matrix adds a dense matrix: v[r*n+c] belongs to this table's row r and to
// row c of the table called target, which has n rows.
func (t *TableBuilder) Matrix(name, target string, v []int32) {
	t.add(name, TypeMatrix, target, v, States{})
}

func (t *TableBuilder) add(name string, typ Type, target string, values any, s States) {
	t.columns = append(t.columns, &buildColumn{name: name, typ: typ, target: target, values: values, states: s})
}
