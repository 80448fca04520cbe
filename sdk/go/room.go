package guest

import "unsafe"

// pageSize is what room for the host is a multiple of, and lies at a multiple of.
const pageSize = 1 << 16

// room is what the guest gave to the host. It holds no pointers, so the garbage collector has nothing to look
// through, and it is referred to from here for ever, so that it is never given to anyone else.
var room struct {
	base  uint32 // address of the first byte
	bytes []byte
}

// within are n bytes of the room at an address. The host lays out the room, so an address outside it is the
// host's fault, and a trap.
func within(address, n uint32) []byte {
	from := uint64(address) - uint64(room.base)
	return room.bytes[from : from+uint64(n) : from+uint64(n)]
}

// views are n values of the room at an address.
func views[T any](address, n uint32) []T {
	if n == 0 {
		return nil
	}
	var t T
	b := within(address, n*uint32(unsafe.Sizeof(t)))
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), n)
}

// reserve gives room to the host, of a multiple of pageSize, and answers with its address. There is no second room.
func reserve(n uint32) uint32 {
	if room.bytes != nil || n == 0 {
		return 0
	}
	b := make([]byte, uint64(n)+pageSize-1)
	base := addressOf(b)
	skip := -base % pageSize
	room.base, room.bytes = base+skip, b[skip:skip+n]
	return room.base
}
