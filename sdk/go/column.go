package guest

// State says what is known of a cell.
type State uint8

// The states.
const (
	Unknown State = iota // the fact exists in the world, and the image does not have it
	Absent               // known not to apply
	Value                // the cell holds it
)

// String names the state.
func (s State) String() string { return [...]string{"unknown", "absent", "value"}[min(s, Value)] }

// states are two bit sets over the rows of a column; a nil one has all bits set.
type states struct{ known, present []uint64 }

// State says what is known of the cell of a row.
func (s states) State(row int) State {
	switch {
	case s.known != nil && !has(s.known, row):
		return Unknown
	case s.present != nil && !has(s.present, row):
		return Absent
	default:
		return Value
	}
}

// Numbers is a column of numbers of one type.
type Numbers[T uint8 | int32 | int64 | float64] struct {
	states
	data []T
}

// The columns of numbers.
type (
	Uint8Column   = Numbers[uint8]
	Int32Column   = Numbers[int32]
	Int64Column   = Numbers[int64]
	Float64Column = Numbers[float64]
)

// At is the number of a row, 0 if it holds none.
func (c Numbers[T]) At(row int) T { return c.data[row] }

// Get is the number of a row and what is known of it.
func (c Numbers[T]) Get(row int) (T, State) { return c.data[row], c.State(row) }

// Rows is how many rows the column has.
func (c Numbers[T]) Rows() int { return len(c.data) }

func numbers[T uint8 | int32 | int64 | float64](c Column, t Type) (Numbers[T], error) {
	if err := c.want(t); err != nil {
		return Numbers[T]{}, err
	}
	return Numbers[T]{c.states(), data[T](c, c.table.Rows())}, nil
}

// Uint8s opens the column as one of small numbers.
func (c Column) Uint8s() (Uint8Column, error) { return numbers[uint8](c, Uint8Type) }

// Int32s opens the column as one of 32-bit integers.
func (c Column) Int32s() (Int32Column, error) { return numbers[int32](c, Int32Type) }

// Int64s opens the column as one of 64-bit integers.
func (c Column) Int64s() (Int64Column, error) { return numbers[int64](c, Int64Type) }

// Float64s opens the column as one of numbers.
func (c Column) Float64s() (Float64Column, error) { return numbers[float64](c, Float64Type) }

// StringColumn is a column of strings.
type StringColumn struct {
	states
	image *Image
	ids   []ID
}

// Strings opens the column as one of strings.
func (c Column) Strings() (StringColumn, error) {
	if err := c.want(StringType); err != nil {
		return StringColumn{}, err
	}
	return StringColumn{c.states(), c.table.image, data[ID](c, c.table.Rows())}, nil
}

// At is the string of a row, empty if it holds none. It lies in the image and costs no memory.
func (c StringColumn) At(row int) string { return c.image.String(c.ids[row]) }

// ID is the id of a row's string, NoID if it holds none. Comparing ids is cheaper than comparing strings.
func (c StringColumn) ID(row int) ID { return c.ids[row] }

// Get is the string of a row and what is known of it.
func (c StringColumn) Get(row int) (string, State) { return c.At(row), c.State(row) }

// Rows is how many rows the column has.
func (c StringColumn) Rows() int { return len(c.ids) }

// FindSorted finds the row that holds a string in a column whose strings ascend, as the ids of the snapshot's
// tables do.
func (c StringColumn) FindSorted(s string) (row int, ok bool) {
	id, ok := c.image.Find(s)
	if !ok {
		return 0, false
	}
	row = search(len(c.ids), func(i int) ID { return c.ids[i] }, id)
	return max(row, 0), row >= 0
}

// BoolColumn is a column of truth values.
type BoolColumn struct {
	states
	set Set
}

// Bools opens the column as one of truth values.
func (c Column) Bools() (BoolColumn, error) {
	if err := c.want(BoolType); err != nil {
		return BoolColumn{}, err
	}
	rows := c.table.Rows()
	return BoolColumn{c.states(), Set{data[uint64](c, wordsFor(rows)), rows}}, nil
}

// At is the truth value of a row, false if it holds none.
func (c BoolColumn) At(row int) bool { return c.set.Has(row) }

// Get is the truth value of a row and what is known of it.
func (c BoolColumn) Get(row int) (bool, State) { return c.At(row), c.State(row) }

// Rows is how many rows the column has.
func (c BoolColumn) Rows() int { return c.set.Size() }

// RefColumn is a column whose cells are rows of a table.
type RefColumn struct {
	states
	data []uint32
}

// Refs opens the column as one of references.
func (c Column) Refs() (RefColumn, error) {
	if err := c.want(RefType); err != nil {
		return RefColumn{}, err
	}
	return RefColumn{c.states(), data[uint32](c, c.table.Rows())}, nil
}

// At is the row of the target that a row refers to, -1 if it refers to none.
func (c RefColumn) At(row int) int { return int(int32(c.data[row])) }

// Get is the row of the target that a row refers to, and what is known of it.
func (c RefColumn) Get(row int) (int, State) { return c.At(row), c.State(row) }

// Rows is how many rows the column has.
func (c RefColumn) Rows() int { return len(c.data) }

// Relation is a column whose cells are sets of rows of a table, each an ascending list.
type Relation struct {
	starts, data []uint32
	rows         int
}

// Relation opens the column as a relation.
func (c Column) Relation() (Relation, error) {
	if err := c.want(RelationType); err != nil {
		return Relation{}, err
	}
	return Relation{startsOf(c), data[uint32](c, int(c.entry.length/4)), c.table.Rows()}, nil
}

// At are the rows of the target that a row is related to, ascending. They lie in the image; do not write to them.
func (r Relation) At(row int) []uint32 { return r.data[r.starts[row]:r.starts[row+1]] }

// Has reports whether a row is related to that row of the target, by binary search.
func (r Relation) Has(row, target int) bool {
	list := r.At(row)
	return search(len(list), func(i int) ID { return ID(list[i]) }, ID(target)) >= 0
}

// Rows is how many rows the column has.
func (r Relation) Rows() int { return r.rows }

// ListColumn is a column whose cells are lists of strings, in the order given.
type ListColumn struct {
	image  *Image
	starts []uint32
	ids    []ID
	rows   int
}

// Lists opens the column as one of lists.
func (c Column) Lists() (ListColumn, error) {
	if err := c.want(ListType); err != nil {
		return ListColumn{}, err
	}
	return ListColumn{c.table.image, startsOf(c), data[ID](c, int(c.entry.length/4)), c.table.Rows()}, nil
}

// Len is how many strings a row's list has.
func (c ListColumn) Len(row int) int { return int(c.starts[row+1] - c.starts[row]) }

// At is string number i of a row's list.
func (c ListColumn) At(row, i int) string { return c.image.String(c.IDs(row)[i]) }

// IDs are the ids of a row's strings. They lie in the image; do not write to them.
func (c ListColumn) IDs(row int) []ID { return c.ids[c.starts[row]:c.starts[row+1]] }

// Rows is how many rows the column has.
func (c ListColumn) Rows() int { return c.rows }

// BitsColumn is a column whose cells are bit sets over the rows of a table.
type BitsColumn struct {
	words      []uint64
	rows, over int
}

// Bits opens the column as one of bit sets.
func (c Column) Bits() (BitsColumn, error) {
	if err := c.want(BitsType); err != nil {
		return BitsColumn{}, err
	}
	rows, over := c.table.Rows(), c.targetRows()
	return BitsColumn{data[uint64](c, rows*wordsFor(over)), rows, over}, nil
}

// At is the set of a row, over the rows of the target.
func (c BitsColumn) At(row int) Set {
	if uint(row) >= uint(c.rows) {
		panic("guest: no such row of a column of sets: " + decimal(int64(row)))
	}
	w := wordsFor(c.over)
	return Set{c.words[row*w : (row+1)*w], c.over}
}

// Rows is how many rows the column has.
func (c BitsColumn) Rows() int { return c.rows }

// Matrix is a column with a number for each row and each row of a table.
type Matrix struct {
	data       []int32
	rows, over int
}

// Matrix opens the column as a matrix.
func (c Column) Matrix() (Matrix, error) {
	if err := c.want(MatrixType); err != nil {
		return Matrix{}, err
	}
	rows, over := c.table.Rows(), c.targetRows()
	return Matrix{data[int32](c, rows*over), rows, over}, nil
}

// Row are the numbers of a row, one for each row of the target. They lie in the image; do not write to them.
func (m Matrix) Row(row int) []int32 { return m.data[row*m.over : (row+1)*m.over] }

// At is the number of a row and a row of the target.
func (m Matrix) At(row, target int) int32 { return m.Row(row)[target] }

// Rows is how many rows the column has.
func (m Matrix) Rows() int { return m.rows }
