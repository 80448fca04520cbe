package guest

// Table is a table of an image: rows, numbered from 0, and columns that are sorted by name.
type Table struct {
	image *Image
	entry *tableEntry
}

// Name is the table's name.
func (t Table) Name() string { return t.image.String(ID(t.entry.name)) }

// Rows is how many rows the table has.
func (t Table) Rows() int { return int(t.entry.rows) }

// Columns is how many columns the table has. A table of the request without columns stands for the snapshot's
// table of that name.
func (t Table) Columns() int { return int(t.entry.count) }

// ColumnAt is column number i of the table, in the order of their names.
func (t Table) ColumnAt(i int) Column {
	if uint(i) >= uint(t.entry.count) {
		panic("guest: no such column of table " + t.Name() + ": " + decimal(int64(i)))
	}
	return Column{table: t, entry: &t.image.columns[int(t.entry.first)+i]}
}

// Column finds a column by its name. A column that may be missing is looked for with HasColumn.
func (t Table) Column(name string) (Column, error) {
	if i := t.findColumn(name); i >= 0 {
		return t.ColumnAt(i), nil
	}
	return Column{}, Fail("table " + t.Name() + " of the " + t.image.Kind() + " has no column " + name)
}

// HasColumn reports whether there is a column of that name.
func (t Table) HasColumn(name string) bool { return t.findColumn(name) >= 0 }

func (t Table) findColumn(name string) int {
	id, ok := t.image.Find(name)
	if !ok {
		return -1
	}
	list := t.image.columns[t.entry.first : t.entry.first+t.entry.count]
	return search(len(list), func(i int) ID { return ID(list[i].name) }, id)
}

// Type is what a column holds.
type Type uint8

// The types. A later version of images may add others; their columns cannot be read here.
const (
	StringType Type = 1 + iota
	Uint8Type
	Int32Type
	Int64Type
	Float64Type
	BoolType
	RefType
	RelationType
	ListType
	BitsType
	MatrixType
)

var typeNames = [...]string{"unknown type", "string", "uint8", "int32", "int64", "float64", "bool", "ref", "relation", "list", "bits", "matrix"}

// String is the type's name in docs/image-format.md.
func (t Type) String() string {
	if int(t) < len(typeNames) {
		return typeNames[t]
	}
	return typeNames[0]
}

// Column is a column of any type. Its methods Strings to Matrix open it as what it is.
type Column struct {
	table Table
	entry *columnEntry
}

// Name is the column's name.
func (c Column) Name() string { return c.table.image.String(ID(c.entry.name)) }

// Type is the column's type.
func (c Column) Type() Type { return c.entry.typ }

// Target is the table whose rows the column refers to, if it refers to one.
func (c Column) Target() (Table, bool) {
	if c.entry.target == uint32(NoID) {
		return Table{}, false
	}
	return c.table.image.TableAt(int(c.entry.target)), true
}

// want fails if the column is of another type.
func (c Column) want(t Type) error {
	if c.entry.typ == t {
		return nil
	}
	return Fail("column " + c.Name() + " of table " + c.table.Name() + " of the " + c.table.image.Kind() + " is of type " + c.entry.typ.String() + ", not " + t.String())
}

// targetRows is how many rows the target table has.
func (c Column) targetRows() int {
	t, ok := c.Target()
	if !ok {
		return 0
	}
	return t.Rows()
}

// states are the bit sets that tell the states of the cells.
func (c Column) states() states {
	return states{known: c.bits(c.entry.known), present: c.bits(c.entry.present)}
}

func (c Column) bits(at uint32) []uint64 {
	if at == 0 {
		return nil
	}
	return view[uint64](c.table.image.bytes, at, uint32(wordsFor(c.table.Rows())))
}

// wordsFor is how many words a bit set over n rows has.
func wordsFor(n int) int { return (n + 63) / 64 }

// data is the column's data as n values.
func data[T any](c Column, n int) []T { return view[T](c.table.image.bytes, c.entry.data, uint32(n)) }

// startsOf are the starts of a column that has them.
func startsOf(c Column) []uint32 {
	return view[uint32](c.table.image.bytes, c.entry.starts, c.table.entry.rows+1)
}

// open finds a column by its name and opens it.
func open[C any](t Table, name string, as func(Column) (C, error)) (C, error) {
	c, err := t.Column(name)
	if err != nil {
		var none C
		return none, err
	}
	return as(c)
}

// Strings is the column of that name, if it is one of strings.
func (t Table) Strings(name string) (StringColumn, error) { return open(t, name, Column.Strings) }

// Uint8s is the column of that name, if it is one of small numbers.
func (t Table) Uint8s(name string) (Uint8Column, error) { return open(t, name, Column.Uint8s) }

// Int32s is the column of that name, if it is one of 32-bit integers.
func (t Table) Int32s(name string) (Int32Column, error) { return open(t, name, Column.Int32s) }

// Int64s is the column of that name, if it is one of 64-bit integers.
func (t Table) Int64s(name string) (Int64Column, error) { return open(t, name, Column.Int64s) }

// Float64s is the column of that name, if it is one of numbers.
func (t Table) Float64s(name string) (Float64Column, error) { return open(t, name, Column.Float64s) }

// Bools is the column of that name, if it is one of truth values.
func (t Table) Bools(name string) (BoolColumn, error) { return open(t, name, Column.Bools) }

// Refs is the column of that name, if it is one of references.
func (t Table) Refs(name string) (RefColumn, error) { return open(t, name, Column.Refs) }

// Relation is the column of that name, if it is a relation.
func (t Table) Relation(name string) (Relation, error) { return open(t, name, Column.Relation) }

// Lists is the column of that name, if it is one of lists.
func (t Table) Lists(name string) (ListColumn, error) { return open(t, name, Column.Lists) }

// Bits is the column of that name, if it is one of bit sets.
func (t Table) Bits(name string) (BitsColumn, error) { return open(t, name, Column.Bits) }

// Matrix is the column of that name, if it is a matrix.
func (t Table) Matrix(name string) (Matrix, error) { return open(t, name, Column.Matrix) }
