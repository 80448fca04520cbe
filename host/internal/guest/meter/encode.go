package meter

import "encoding/binary"

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

// name appends a name: its length, then its bytes.
func name(b []byte, s string) []byte { return append(uleb(b, uint64(len(s))), s...) }

// sized appends a length and content of that length.
func sized(b, content []byte) []byte { return append(uleb(b, uint64(len(content))), content...) }
