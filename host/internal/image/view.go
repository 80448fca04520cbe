package image

import (
	"encoding/binary"
	"slices"
	"unsafe"
)

// hostIsBig reports whether this machine keeps numbers big end first, so that
// columns cannot be read where they lie.
var hostIsBig = binary.NativeEndian.Uint16([]byte{0, 1}) == 1

// wordAlign is what the widest element of a section needs of its address.
const wordAlign = 8

// view reads b, which starts at a multiple of T's size, as numbers in this
// machine's byte order, without copying.
func view[T uint32 | uint64 | int32 | int64 | float64](b []byte) []T {
	var zero T
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/int(unsafe.Sizeof(zero)))
}

// aligned returns b, or a copy of it if b starts where a column of 64-bit
// numbers may not.
func aligned(b []byte) []byte {
	if uintptr(unsafe.Pointer(unsafe.SliceData(b)))%wordAlign == 0 {
		return b
	}
	c := alignedBytes(len(b))
	copy(c, b)
	return c
}

// alignedBytes returns n bytes that start at a multiple of wordAlign.
func alignedBytes(n int) []byte {
	words := make([]uint64, (n+wordAlign-1)/wordAlign)
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), n)
}

// swapped returns a copy of the image whose sections hold numbers in the other
// byte order. The header and the directories stay as they are.
func (m *Image) swapped() []byte {
	b := alignedBytes(len(m.raw))
	copy(b, m.raw)
	reverse := func(s extent, width int) {
		for i := s.off; i < s.end; i += width {
			slices.Reverse(b[i : i+width])
		}
	}
	reverse(m.dict.starts, 4)
	for _, c := range m.columns {
		if l, ok := c.typ.layout(); ok {
			reverse(c.data, l.width)
			reverse(c.starts, 4)
			reverse(c.known, 8)
			reverse(c.present, 8)
		}
	}
	return b
}
