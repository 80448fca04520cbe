package lane

import "math/bits"

// words is how many words a mask has.
const words = 8

// Width is how many lanes run together; more sites run as several blocks of so
// many. A mask of this width is one cache line, and the catalogue fits one block.
const Width = words * 64

// mask is a set of lanes. What statements do most with it is written word by word,
// which takes a fifth off rules that do little else; what is not would no longer be
// inlined.
type mask [words]uint64

func (m *mask) has(lane int) bool { return m[lane>>6]>>(lane&63)&1 != 0 }

func (m *mask) set(lane int) { m[lane>>6] |= 1 << (lane & 63) }

func (m *mask) none() bool {
	return m[0]|m[1]|m[2]|m[3]|m[4]|m[5]|m[6]|m[7] == 0
}

func (m *mask) and(o *mask) {
	m[0] &= o[0]
	m[1] &= o[1]
	m[2] &= o[2]
	m[3] &= o[3]
	m[4] &= o[4]
	m[5] &= o[5]
	m[6] &= o[6]
	m[7] &= o[7]
}

func (m *mask) andNot(o *mask) {
	m[0] &^= o[0]
	m[1] &^= o[1]
	m[2] &^= o[2]
	m[3] &^= o[3]
	m[4] &^= o[4]
	m[5] &^= o[5]
	m[6] &^= o[6]
	m[7] &^= o[7]
}

func (m *mask) or(o *mask) {
	m[0] |= o[0]
	m[1] |= o[1]
	m[2] |= o[2]
	m[3] |= o[3]
	m[4] |= o[4]
	m[5] |= o[5]
	m[6] |= o[6]
	m[7] |= o[7]
}

// both returns the lanes in both sets.
func both(a, b *mask) (out mask) {
	return mask{a[0] & b[0], a[1] & b[1], a[2] & b[2], a[3] & b[3], a[4] & b[4], a[5] & b[5], a[6] & b[6], a[7] & b[7]}
}

// less returns the lanes of a that are not in b.
func less(a, b *mask) (out mask) {
	return mask{a[0] &^ b[0], a[1] &^ b[1], a[2] &^ b[2], a[3] &^ b[3], a[4] &^ b[4], a[5] &^ b[5], a[6] &^ b[6], a[7] &^ b[7]}
}

// meet tells whether two sets have a lane in common.
func meet(a, b *mask) bool {
	return a[0]&b[0]|a[1]&b[1]|a[2]&b[2]|a[3]&b[3]|a[4]&b[4]|a[5]&b[5]|a[6]&b[6]|a[7]&b[7] != 0
}

// within tells whether every lane of a is in b.
func within(a, b *mask) bool {
	return a[0]&^b[0]|a[1]&^b[1]|a[2]&^b[2]|a[3]&^b[3]|a[4]&^b[4]|a[5]&^b[5]|a[6]&^b[6]|a[7]&^b[7] == 0
}

func (m *mask) count() int {
	n := 0
	for i := range m {
		n += bits.OnesCount64(m[i])
	}
	return n
}

// first returns the first n lanes.
func first(n int) (m mask) {
	for i := range m {
		switch {
		case n >= 64:
			m[i] = ^uint64(0)
		case n > 0:
			m[i] = 1<<n - 1
		}
		n -= 64
	}
	return m
}

// each visits the lanes of a set in order.
func (m *mask) each(visit func(lane int)) {
	for i, w := range m {
		for ; w != 0; w &= w - 1 {
			visit(i<<6 | bits.TrailingZeros64(w))
		}
	}
}

// lowest returns the first lane of a set that is not empty.
func (m *mask) lowest() int {
	for i, w := range m {
		if w != 0 {
			return i<<6 | bits.TrailingZeros64(w)
		}
	}
	return 0
}
