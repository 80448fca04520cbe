package guest

import (
	"math"
	"unsafe"
)

// Code is a key of the manifest's reasons.
type Code uint16

// NoReason stands for no reason at all: only the bit is set. A denial without one is shown with the manifest's title.
const NoReason Code = 0

// Arg is an argument of a reason. Making one costs no memory.
type Arg struct {
	kind, length uint32
	value        uint64
	text         string // of argText: has to live until the host has read it
}

// The types of arguments.
const (
	argNumber = 1 + iota
	argInteger
	argSnapshotString
	argRequestString
	argText
	argSite
)

// Number is a number, which must be finite. It is shown by the shortest digits that read back the same.
func Number(x float64) Arg { return Arg{kind: argNumber, value: math.Float64bits(x)} }

// Integer is a whole number.
func Integer(n int64) Arg { return Arg{kind: argInteger, value: uint64(n)} }

// SnapshotString is a string of the snapshot.
func SnapshotString(id ID) Arg { return Arg{kind: argSnapshotString, value: uint64(id)} }

// RequestString is a string of the request.
func RequestString(id ID) Arg { return Arg{kind: argRequestString, value: uint64(id)} }

// Text is a text of the guest's own, of which at most 1024 bytes are shown.
func Text(s string) Arg { return Arg{kind: argText, length: uint32(len(s)), text: s} }

// Site is a row of the snapshot's sites, shown by its id.
func Site(row int) Arg { return Arg{kind: argSite, value: uint64(uint32(row))} }

// kind is what a reason is, and whether it hangs on an unknown fact.
type kind uint8

const (
	denial     kind = 1
	warning    kind = 2
	obligation kind = 3
	maybe      kind = 128
)

// reasonEntry and argEntry are as docs/abi.md lays them out.
type (
	reasonEntry struct {
		row   uint32
		code  Code
		kind  kind
		count uint8
		first uint32
		_     uint32
	}
	argEntry struct {
		kind, length uint32
		value        uint64
	}
)

// mostArgs is how many arguments a reason can have.
const mostArgs = 8

// reason writes a reason, or counts it if it finds no room.
func (c *Call) reason(row int, k kind, code Code, args []Arg) {
	if code == NoReason {
		return
	}
	if len(args) > mostArgs {
		panic("guest: " + decimal(int64(len(args))) + " arguments of one reason; there can be 8")
	}
	if c.written == len(c.reasons) || len(args) > len(c.args)-c.argsWritten {
		c.block.lost++
		return
	}
	for i := range args {
		a, to := &args[i], &c.args[c.argsWritten+i]
		to.kind, to.length, to.value = a.kind, a.length, a.value
		if a.kind == argText {
			to.value = uint64(c.keep(a.text))
		}
	}
	r := &c.reasons[c.written]
	r.row, r.code, r.kind, r.count, r.first = uint32(row), code, k, uint8(len(args)), uint32(c.argsWritten)
	c.written++
	c.argsWritten += len(args)
	c.block.written, c.block.argsWritten = uint32(c.written), uint32(c.argsWritten)
}

// keep keeps a text until the next call and gives its address. What was kept is forgotten with the rest of
// what a call leaves behind.
func (c *Call) keep(s string) uint32 {
	if len(s) == 0 {
		return 0
	}
	// The same text again, as it is with a constant, is kept already.
	if n := len(c.kept); n == 0 || unsafe.StringData(c.kept[n-1]) != unsafe.StringData(s) || len(c.kept[n-1]) < len(s) {
		c.kept = append(c.kept, s)
	}
	return addressOfText(s)
}
