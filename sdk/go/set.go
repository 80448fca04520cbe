package guest

import (
	"iter"
	"math/bits"
)

// Set is a set of rows, a bit for each. Sets of the host's are read in place.
type Set struct {
	words []uint64
	size  int
}

// NewSet is an empty set over the rows from 0 to size - 1.
func NewSet(size int) Set { return Set{make([]uint64, wordsFor(size)), size} }

// has reports whether a bit of a bit set is set.
func has(words []uint64, i int) bool { return words[uint(i)/64]>>(uint(i)%64)&1 != 0 }

// Size is how many rows the set is over, whether or not they are in it.
func (s Set) Size() int { return s.size }

// Has reports whether a row is in the set. A row that the set is not over is not in it.
func (s Set) Has(row int) bool { return uint(row) < uint(s.size) && has(s.words, row) }

// Add puts a row into a set that NewSet made. A row that the set is not over is the caller's mistake, and panics.
func (s Set) Add(row int) {
	if uint(row) >= uint(s.size) {
		panic("guest: row " + decimal(int64(row)) + " in a set over " + decimal(int64(s.size)))
	}
	s.words[row/64] |= 1 << (row % 64)
}

// Count is how many rows are in the set.
func (s Set) Count() int {
	n := 0
	for _, w := range s.words {
		n += bits.OnesCount64(w)
	}
	return n
}

// Rows yields the rows in the set, ascending.
func (s Set) Rows() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range s.words {
			for ; w != 0; w &= w - 1 {
				if !yield(i*64 + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}
