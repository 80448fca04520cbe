package lane

import "math/bits"

// words is how many words a mask has.
const words = 8

// Width is how many lanes run together; more sites run as several blocks of so
// many. A mask of this width is one cache line, and the catalogue fits one block.
const Width = words * 64

// mask is a set of lanes.
type mask [words]uint64

func (m *mask) has(lane int) bool { return m[lane>>6]>>(lane&63)&1 != 0 }

func (m *mask) set(lane int) { m[lane>>6] |= 1 << (lane & 63) }

func (m *mask) none() bool {
	var any uint64
	for i := range m {
		any |= m[i]
	}
	return any == 0
}

func (m *mask) and(o *mask) {
	for i := range m {
		m[i] &= o[i]
	}
}

func (m *mask) andNot(o *mask) {
	for i := range m {
		m[i] &^= o[i]
	}
}

func (m *mask) or(o *mask) {
	for i := range m {
		m[i] |= o[i]
	}
}

// both returns the lanes in both sets.
func both(a, b *mask) (out mask) {
	for i := range out {
		out[i] = a[i] & b[i]
	}
	return out
}

// less returns the lanes of a that are not in b.
func less(a, b *mask) (out mask) {
	for i := range out {
		out[i] = a[i] &^ b[i]
	}
	return out
}

// meet tells whether two sets have a lane in common.
func meet(a, b *mask) bool {
	var any uint64
	for i := range a {
		any |= a[i] & b[i]
	}
	return any != 0
}

// within tells whether every lane of a is in b.
func within(a, b *mask) bool {
	var any uint64
	for i := range a {
		any |= a[i] &^ b[i]
	}
	return any == 0
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
