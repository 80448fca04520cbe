package image

import "fmt"

// magic opens every image. Like PNG's, its first byte is not ASCII and it
// holds both kinds of line ending, so that a transfer in text mode shows.
const magic = "\x89BWI\r\n\x1a\n"

// The version this package writes. It reads every minor version of its major
// one: a minor version may only add column types and give meaning to reserved
// bytes.
const (
	majorVersion = 1
	minorVersion = 0
)

// NoID stands where a string id, a row number or a target table is missing.
const NoID uint32 = 0xFFFF_FFFF

const (
	sectionAlign = 64 // every section starts at a multiple of it

	headerSize      = 128
	tableEntrySize  = 16
	columnEntrySize = 32
)

// Byte offsets of the header's fields.
const (
	offMajor       = 8
	offMinor       = 10
	offSize        = 12
	offKind        = 16
	offTables      = 32
	offTableCount  = 36
	offColumns     = 40
	offColumnCount = 44
	offStarts      = 48
	offStringCount = 52
	offText        = 56
	offTextSize    = 60
	offReserved    = 64
	offDigest      = 96
	digestSize     = 32
)

// Byte offsets within a table's entry.
const (
	tabName  = 0
	tabRows  = 4
	tabFirst = 8
	tabCount = 12
)

// Byte offsets within a column's entry.
const (
	colName     = 0
	colType     = 4
	colReserved = 5
	colTarget   = 8
	colData     = 12
	colDataSize = 16
	colStarts   = 20
	colKnown    = 24
	colPresent  = 28
)

// Type is what a column holds.
type Type uint8

// The column types, by the number that stands in the file.
const (
	TypeString   Type = 1  // string ids, uint32
	TypeUint8    Type = 2  // bytes
	TypeInt32    Type = 3  // int32
	TypeInt64    Type = 4  // int64
	TypeFloat64  Type = 5  // IEEE 754 binary64
	TypeBool     Type = 6  // one bit set over the rows
	TypeRef      Type = 7  // row numbers of the target table, uint32
	TypeRelation Type = 8  // CSR: for each row, ascending row numbers of the target table
	TypeList     Type = 9  // CSR: for each row, string ids in the given order
	TypeBits     Type = 10 // for each row, a bit set over the target table's rows
	TypeMatrix   Type = 11 // int32, rows × rows of the target table
)

// layout is what tells the types apart in the file.
type layout struct {
	name   string
	width  int  // bytes of one element of the data section
	starts bool // has a CSR starts section
	target bool // refers to a table
	states bool // may carry known and present bit sets
}

// layouts is indexed by Type; the zero layout is a type this package does not know.
var layouts = [...]layout{
	TypeString:   {name: "string", width: 4, states: true},
	TypeUint8:    {name: "uint8", width: 1, states: true},
	TypeInt32:    {name: "int32", width: 4, states: true},
	TypeInt64:    {name: "int64", width: 8, states: true},
	TypeFloat64:  {name: "float64", width: 8, states: true},
	TypeBool:     {name: "bool", width: 8, states: true},
	TypeRef:      {name: "ref", width: 4, target: true, states: true},
	TypeRelation: {name: "relation", width: 4, starts: true, target: true},
	TypeList:     {name: "list", width: 4, starts: true},
	TypeBits:     {name: "bits", width: 8, target: true},
	TypeMatrix:   {name: "matrix", width: 4, target: true},
}

// layout returns how t is stored; ok is false for a type of a later version.
func (t Type) layout() (l layout, ok bool) {
	if int(t) >= len(layouts) || layouts[t].name == "" {
		return layout{}, false
	}
	return layouts[t], true
}

// String names the type.
func (t Type) String() string {
	if l, ok := t.layout(); ok {
		return l.name
	}
	return fmt.Sprintf("type %d", uint8(t))
}

// dataSize returns the bytes a data section must have; ok is false where the
// section's own contents decide, as they do for CSR.
func (t Type) dataSize(rows, targetRows uint32) (size uint64, ok bool) {
	r, w := uint64(rows), uint64(layouts[t].width)
	switch t {
	case TypeRelation, TypeList:
		return 0, false
	case TypeBool:
		return wordsSize(rows), true
	case TypeBits:
		return r * wordsSize(targetRows), true
	case TypeMatrix:
		return r * uint64(targetRows) * w, true
	default:
		return r * w, true
	}
}

// wordsSize returns the bytes of a bit set over n rows.
func wordsSize(n uint32) uint64 { return (uint64(n) + 63) / 64 * 8 }

// startsSize returns the bytes of the CSR starts of n rows.
func startsSize(n uint32) uint64 { return (uint64(n) + 1) * 4 }

// cursor lays sections out in the only order and the only places they may
// have: each at the first multiple of sectionAlign after the one before. The
// writer and the checker share it.
type cursor struct{ end uint64 }

// place returns the offset of the next section, of n bytes.
func (c *cursor) place(n uint64) uint64 {
	off := alignUp(c.end)
	c.end = off + n
	return off
}

// alignUp rounds n up to a multiple of sectionAlign.
func alignUp(n uint64) uint64 { return (n + sectionAlign - 1) &^ (sectionAlign - 1) }
