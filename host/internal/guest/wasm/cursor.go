package wasm

import (
	"fmt"
	"unicode/utf8"
)

// cursor reads a section from front to back. The first fault stays: from then on it reads zeros and moves no
// further, so callers may check err once for several reads, but before they use a number they read as a bound.
type cursor struct {
	bin     []byte // the whole binary
	at, end int    // where it stands, and where the section ends
	section string
	limits  *Limits
	err     error
}

// fail keeps the first fault, at byte at.
func (c *cursor) fail(at int, format string, args ...any) {
	if c.err == nil {
		c.err = &FormatError{Section: c.section, Offset: at, What: fmt.Sprintf(format, args...)}
	}
}

// within checks a cap and keeps the fault if it is passed.
func (c *cursor) within(at int, what string, have, limit uint64) bool {
	if c.err == nil && have > limit {
		c.err = &LimitError{Section: c.section, Offset: at, What: what, Have: have, Max: limit}
	}
	return c.err == nil
}

// byte reads one byte.
func (c *cursor) byte(what string) byte {
	if c.err != nil {
		return 0
	}
	if c.at >= c.end {
		c.fail(c.at, "%s is cut off", what)
		return 0
	}
	b := c.bin[c.at]
	c.at++
	return b
}

// numberCut reports whether the section ends within the number that comes next.
func (c *cursor) numberCut() bool {
	for _, b := range c.bin[c.at:min(c.end, c.at+5)] {
		if b < 0x80 {
			return false
		}
	}
	return c.end-c.at < 5
}

// bytes reads n bytes, without copying them.
func (c *cursor) bytes(n uint32, what string) []byte {
	if c.err != nil {
		return nil
	}
	if uint64(n) > uint64(c.end-c.at) {
		c.fail(c.at, "%s of %d bytes is cut off after %d", what, n, c.end-c.at)
		return nil
	}
	b := c.bin[c.at : c.at+int(n) : c.at+int(n)]
	c.at += int(n)
	return b
}

// u32 reads an unsigned LEB128 number of 32 bits.
func (c *cursor) u32(what string) uint32 {
	if c.err != nil {
		return 0
	}
	v, n := uleb32(c.bin[c.at:c.end])
	if n <= 0 {
		c.badLEB(n, what)
		return 0
	}
	c.at += n
	return v
}

func (c *cursor) badLEB(n int, what string) {
	if n == 0 {
		c.fail(c.at, "%s is cut off", what)
	} else {
		c.fail(c.at, "%s is longer than its type", what)
	}
}

// count reads how many entries follow, of which each takes at least least bytes, and checks the cap.
func (c *cursor) count(what string, least int, limit uint32) int {
	at := c.at
	n := c.u32("number of " + what)
	if !c.within(at, what, uint64(n), uint64(limit)) {
		return 0
	}
	if left := c.end - c.at; uint64(n)*uint64(least) > uint64(left) {
		c.fail(at, "%d %s do not fit the %d bytes that are left", n, what, left)
		return 0
	}
	return int(n)
}

// name reads a name: a length, then UTF-8.
func (c *cursor) name(what string) string {
	at := c.at
	n := c.u32("length of " + what)
	if !c.within(at, "bytes of "+what, uint64(n), uint64(c.limits.Name)) {
		return ""
	}
	b := c.bytes(n, what)
	if !utf8.Valid(b) {
		c.fail(at, "%s is not UTF-8", what)
		return ""
	}
	return string(b)
}

// valueType reads a value type.
func (c *cursor) valueType(what string) ValueType {
	at := c.at
	t := c.byte(what)
	if c.err == nil && !isValueType(t) {
		c.fail(at, "%s is %#x, which is no value type", what, t)
	}
	return t
}

// refType reads a reference type.
func (c *cursor) refType(what string) ValueType {
	at := c.at
	t := c.byte(what)
	if c.err == nil && !isRefType(t) {
		c.fail(at, "%s is %#x, which is no reference type", what, t)
	}
	return t
}

// index reads an index into something of which there are n.
func (c *cursor) index(what string, n int) uint32 {
	at := c.at
	i := c.u32(what)
	if c.err == nil && uint64(i) >= uint64(n) {
		c.fail(at, "%s %d is out of range, there are %d", what, i, n)
	}
	return i
}

// uleb32 reads an unsigned LEB128 number of 32 bits from the front of b, and how many bytes it takes: 0 if it is
// cut off, -1 if it is longer than its type.
func uleb32(b []byte) (uint32, int) {
	if len(b) > 0 && b[0] < 0x80 {
		return uint32(b[0]), 1
	}
	var v uint32
	for i := 0; i < 5; i++ {
		if i >= len(b) {
			return 0, 0
		}
		x := b[i]
		if i == 4 && x > 0x0f {
			return 0, -1
		}
		v |= uint32(x&0x7f) << (7 * i)
		if x < 0x80 {
			return v, i + 1
		}
	}
	return 0, -1
}

// sleb reads a signed LEB128 number of bits bits (32, 33 or 64), as uleb32 does.
func sleb(b []byte, bits uint) (int64, int) {
	var v int64
	most := int(bits+6) / 7
	for i := 0; i < most; i++ {
		if i >= len(b) {
			return 0, 0
		}
		x := b[i]
		shift := uint(7 * i)
		v |= int64(x&0x7f) << shift
		if i == most-1 {
			// The bits behind the number's last must all repeat its sign, and no byte may follow.
			used := bits - shift
			if sign := int8(x<<1) >> used; x >= 0x80 || sign != 0 && sign != -1 {
				return 0, -1
			}
		}
		if x < 0x80 {
			if shift += 7; shift < 64 {
				v = v << (64 - shift) >> (64 - shift)
			}
			return v, i + 1
		}
	}
	return 0, -1
}
