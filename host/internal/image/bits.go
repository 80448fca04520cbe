package image

import (
	"iter"
	"math/bits"
)

// Bits is a bit set over row numbers: row i is bit i%64 of word i/64. The
// bits past the last row of the last word are zero.
//
// Bits read from an image lie in read-only memory: never Set or Clear them,
// and use them only while the Image is open and reachable.
type Bits []uint64

// NewBits returns an empty set with room for rows 0 to n-1.
func NewBits(n int) Bits { return make(Bits, (n+63)/64) }

// FullBits returns the set of the rows 0 to n-1.
func FullBits(n int) Bits {
	b := NewBits(n)
	for i := range b {
		b[i] = wordMask(i, n)
	}
	return b
}

// wordMask returns the bits of word i that stand for rows below n.
func wordMask(i, n int) uint64 {
	switch left := n - i*64; {
	case left <= 0:
		return 0
	case left < 64:
		return 1<<left - 1
	default:
		return ^uint64(0)
	}
}

// Get reports whether row i is in the set; a row it has no room for is not.
func (b Bits) Get(i int) bool {
	w := uint(i) / 64
	return w < uint(len(b)) && b[w]>>(uint(i)%64)&1 != 0
}

// Set adds row i, which must be below Len.
func (b Bits) Set(i int) { b[uint(i)/64] |= 1 << (uint(i) % 64) }

// Clear removes row i, which must be below Len.
func (b Bits) Clear(i int) { b[uint(i)/64] &^= 1 << (uint(i) % 64) }

// Len returns how many rows the set has room for, a multiple of 64.
func (b Bits) Len() int { return len(b) * 64 }

// Count returns how many rows are in the set.
func (b Bits) Count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// Any reports whether a row is in the set.
func (b Bits) Any() bool {
	for _, w := range b {
		if w != 0 {
			return true
		}
	}
	return false
}

// word returns word i, zero past the end.
func (b Bits) word(i int) uint64 {
	if i < len(b) {
		return b[i]
	}
	return 0
}

// And makes dst the rows in both x and y, within dst's Len. Either may be dst.
func (dst Bits) And(x, y Bits) {
	for i := range dst {
		dst[i] = x.word(i) & y.word(i)
	}
}

// Or makes dst the rows in x, y or both, within dst's Len. Either may be dst.
func (dst Bits) Or(x, y Bits) {
	for i := range dst {
		dst[i] = x.word(i) | y.word(i)
	}
}

// AndNot makes dst the rows in x and not in y, within dst's Len. Either may be dst.
func (dst Bits) AndNot(x, y Bits) {
	for i := range dst {
		dst[i] = x.word(i) &^ y.word(i)
	}
}

// Rows yields the rows in the set, ascending.
func (b Bits) Rows() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range b {
			for ; w != 0; w &= w - 1 {
				if !yield(i*64 + bits.TrailingZeros64(w)) {
					return
				}
			}
		}
	}
}
