package meter

import (
	"encoding/binary"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
)

// The instructions that are added, or that counted loops are made of, apart from those that package wasm names.
const (
	selectOp   wasm.Op = 0x1b
	i32Eqz     wasm.Op = 0x45
	i32Eq      wasm.Op = 0x46 // comparisons begin
	i32GtU     wasm.Op = 0x4b
	i32GeU     wasm.Op = 0x4f // and end
	i64LtS     wasm.Op = 0x53
	i64GtS     wasm.Op = 0x55
	i64GeS     wasm.Op = 0x59
	i32Add     wasm.Op = 0x6a
	i32Sub     wasm.Op = 0x6b
	i32Mul     wasm.Op = 0x6c
	i32And     wasm.Op = 0x71
	i32Rotr    wasm.Op = 0x78
	i64Add     wasm.Op = 0x7c
	i64Sub     wasm.Op = 0x7d
	i64Mul     wasm.Op = 0x7e
	i64Or      wasm.Op = 0x84
	i64Shl     wasm.Op = 0x86
	i64ShrS    wasm.Op = 0x87
	i64ShrU    wasm.Op = 0x88
	i64ExtendS wasm.Op = 0xac // of a signed i32
	i64ExtendU wasm.Op = 0xad // of an unsigned one
)

// uleb appends an unsigned LEB128 number.
func uleb(b []byte, v uint64) []byte { return binary.AppendUvarint(b, v) }

// sleb appends a signed LEB128 number.
func sleb(b []byte, v int64) []byte {
	for {
		x := byte(v & 0x7f)
		v >>= 7
		if v == 0 && x&0x40 == 0 || v == -1 && x&0x40 != 0 {
			return append(b, x)
		}
		b = append(b, x|0x80)
	}
}

// unsleb is the signed LEB128 number at the beginning of b, which holds a whole one.
func unsleb(b []byte) int64 {
	var v int64
	for shift := uint(0); ; shift += 7 {
		x := b[0]
		b = b[1:]
		v |= int64(x&0x7f) << shift
		if x < 0x80 {
			if x&0x40 != 0 && shift < 57 {
				v |= -1 << (shift + 7)
			}
			return v
		}
	}
}

// name appends a name: its length, then its bytes.
func name(b []byte, s string) []byte { return append(uleb(b, uint64(len(s))), s...) }

// sized appends a length and content of that length.
func sized(b, content []byte) []byte { return append(uleb(b, uint64(len(content))), content...) }
