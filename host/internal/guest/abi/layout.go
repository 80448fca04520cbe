package abi

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrTooLarge says that a call does not fit a guest's memory.
var ErrTooLarge = errors.New("the call does not fit a guest's memory")

// maxArea is the most bytes that one call may be laid out in: a quarter of what a guest can address.
const maxArea = 1 << 30

// Call is what a guest is asked.
type Call struct {
	Snapshot  uint32   // where the snapshot lies in the guest's memory
	Size      uint32   // the snapshot's, in bytes
	Request   []byte   // an image
	Component uint32   // row of the request's components, or [NoComponent]
	Rows      int      // how many rows there are
	Select    []uint64 // which of them are to be judged, a bit set
	Texts     bool     // whether somebody is going to read reasons
}

// Layout is where a call lies in a guest's memory. All but Base are distances from it, in bytes.
type Layout struct {
	Base uint32 // where the block is

	request, sel, deny, unknown, scored, scores, reasons, args uint32

	rows, reasonRoom, argRoom, area uint32
}

// Area is how many bytes the call takes.
func (l *Layout) Area() uint32 { return l.area }

// Lay lays a call out at base, a multiple of [Align]. The error is [ErrTooLarge].
func (l *Layout) Lay(c *Call, base uint32) error {
	words := uint64(c.Rows+63) / 64
	var reasons, args uint64
	if c.Texts {
		// A row may have something of every kind to say. What goes beyond is counted.
		reasons = 4*Count(c.Select) + 64
		args = 3 * reasons
	}
	at := uint64(hookSize)
	place := func(bytes uint64) uint32 {
		p := at
		at += (bytes + Align - 1) &^ (Align - 1)
		return uint32(p)
	}
	*l = Layout{
		Base:    base,
		request: place(uint64(len(c.Request))),
		sel:     place(words * 8), deny: place(words * 8), unknown: place(words * 8), scored: place(words * 8),
		scores:  place(uint64(c.Rows) * 8),
		reasons: place(reasons * reasonSize), args: place(args * argSize),
		rows: uint32(c.Rows), reasonRoom: uint32(reasons), argRoom: uint32(args),
	}
	if at > maxArea || uint64(base)+at > 1<<32 {
		return fmt.Errorf("%w: %d rows and a request of %d bytes take %d bytes", ErrTooLarge, c.Rows, len(c.Request), at)
	}
	l.area = uint32(at)
	return nil
}

// Write writes the call into the guest's memory, of which the area is zero.
func (l *Layout) Write(mem []byte, c *Call) {
	b := mem[l.Base : uint64(l.Base)+uint64(l.area)]
	put := binary.LittleEndian.PutUint32
	put(b[atSize:], hookSize)
	put(b[atMinor:], Minor)
	put(b[atSnapshot:], c.Snapshot)
	put(b[atSnapshotSize:], c.Size)
	put(b[atImage:], l.Base+l.request)
	put(b[atImageSize:], uint32(len(c.Request)))
	put(b[atComponent:], c.Component)
	put(b[atRows:], l.rows)
	put(b[atSelect:], l.Base+l.sel)
	put(b[atDeny:], l.Base+l.deny)
	put(b[atUnknown:], l.Base+l.unknown)
	put(b[atScored:], l.Base+l.scored)
	put(b[atScores:], l.Base+l.scores)
	put(b[atReasons:], l.Base+l.reasons)
	put(b[atReasonRoom:], l.reasonRoom)
	put(b[atArgs:], l.Base+l.args)
	put(b[atArgRoom:], l.argRoom)
	copy(b[l.request:], c.Request)
	for i := range (c.Rows + 63) / 64 {
		binary.LittleEndian.PutUint64(b[int(l.sel)+8*i:], c.Select[i])
	}
}

// ConfigureArea is how many bytes the call of configure takes with settings of that many bytes.
func ConfigureArea(settings int) uint64 {
	return configureSize + (uint64(settings)+Align-1)&^(Align-1)
}

// WriteConfigure writes the block of configure and the settings, an image, into a guest's memory at base.
func WriteConfigure(mem []byte, base, snapshot, size uint32, settings []byte) {
	b := mem[base : uint64(base)+ConfigureArea(len(settings))]
	put := binary.LittleEndian.PutUint32
	put(b[atSize:], configureSize)
	put(b[atMinor:], Minor)
	put(b[atSnapshot:], snapshot)
	put(b[atSnapshotSize:], size)
	put(b[atImage:], base+configureSize)
	put(b[atImageSize:], uint32(len(settings)))
	copy(b[configureSize:], settings)
}
