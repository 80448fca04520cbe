package image

// BitsColumn is a column of bit sets over the rows of another table.
type BitsColumn struct {
	img   *Image
	rows  int
	words int // of one set
	v     []uint64
}

// Bits returns a column of bit sets.
func (t Table) Bits(name string) (BitsColumn, error) {
	e, c, err := t.column(name, TypeBits)
	if err != nil {
		return BitsColumn{}, err
	}
	words := int(wordsSize(t.img.tables[e.target].rows) / 8)
	return BitsColumn{t.img, c.rows, words, view[uint64](t.img.section(e.data))}, nil
}

// Rows returns how many rows the column has.
func (c BitsColumn) Rows() int { return c.rows }

// At returns the set of row, of as many words as the target table needs:
// read-only, and good only while the Image is open and reachable. It is nil if
// the column has no such row.
func (c BitsColumn) At(row int) Bits {
	if uint(row) >= uint(c.rows) {
		return nil
	}
	return c.v[row*c.words : (row+1)*c.words : (row+1)*c.words]
}

// Matrix is a dense matrix of a table's rows by another's.
type Matrix struct {
	img        *Image
	rows, cols int
	v          []int32
}

// Matrix returns a dense matrix.
func (t Table) Matrix(name string) (Matrix, error) {
	e, c, err := t.column(name, TypeMatrix)
	if err != nil {
		return Matrix{}, err
	}
	cols := int(t.img.tables[e.target].rows)
	return Matrix{t.img, c.rows, cols, view[int32](t.img.section(e.data))}, nil
}

// Rows returns how many rows the matrix has.
func (m Matrix) Rows() int { return m.rows }

// Columns returns how many columns it has: the rows of the target table.
func (m Matrix) Columns() int { return m.cols }

// Row returns one row: read-only, and good only while the Image is open and
// reachable. It is nil if the matrix has no such row.
func (m Matrix) Row(row int) []int32 {
	if uint(row) >= uint(m.rows) {
		return nil
	}
	return m.v[row*m.cols : (row+1)*m.cols : (row+1)*m.cols]
}
