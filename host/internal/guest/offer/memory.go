package offer

import "encoding/binary"

// memory is a guest's memory. Pointers and lengths are 32 bits of the guest's choice, so that their sums fit 64.
type memory []byte

// has reports whether n bytes at ptr lie inside.
func (m memory) has(ptr, n uint64) bool { return ptr+n <= uint64(len(m)) }

// at is n bytes at ptr, which lie inside.
func (m memory) at(ptr, n uint64) []byte { return m[ptr : ptr+n : ptr+n] }

// put32 and put64 write numbers where there is room.
func (m memory) put32(ptr uint64, v uint32) { binary.LittleEndian.PutUint32(m[ptr:], v) }
func (m memory) put64(ptr, v uint64)        { binary.LittleEndian.PutUint64(m[ptr:], v) }

// get16, get32 and get64 read numbers that lie inside.
func (m memory) get16(ptr uint64) uint16 { return binary.LittleEndian.Uint16(m[ptr:]) }
func (m memory) get32(ptr uint64) uint64 { return uint64(binary.LittleEndian.Uint32(m[ptr:])) }
func (m memory) get64(ptr uint64) uint64 { return binary.LittleEndian.Uint64(m[ptr:]) }

// low is the i32 in a word of parameters, whose upper half means nothing.
func low(word uint64) uint64 { return uint64(uint32(word)) }
