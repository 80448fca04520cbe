package kit

import (
	"encoding/binary"
	"hash/fnv"
	"io"
	"math"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// digest walks an image as docs/abi-kit.md says.
func digest(img *image.Image) (int64, error) {
	h := walk{fnv.New64a(), nil}
	for t := range img.Tables() {
		h.text(t.Name())
		h.u32(uint32(t.Rows()))
		for c := range t.Columns() {
			h.text(c.Name)
			h.bytes(byte(c.Type))
			h.text(c.Target)
			h.column(t, c)
		}
	}
	return int64(h.Sum64()), h.err
}

type walk struct {
	sum
	err error
}

type sum interface {
	io.Writer
	Sum64() uint64
}

func (h *walk) bytes(b ...byte) { _, _ = h.Write(b) } // hashes do not fail
func (h *walk) text(s string)   { h.bytes(append([]byte(s), 0)...) }
func (h *walk) u32(v uint32)    { h.bytes(binary.LittleEndian.AppendUint32(nil, v)...) }
func (h *walk) u64(v uint64)    { h.bytes(binary.LittleEndian.AppendUint64(nil, v)...) }
func (h *walk) rows(v []uint32) { h.u32(uint32(len(v))); each(v, h.u32) }
func each[T any](v []T, f func(T)) {
	for _, x := range v {
		f(x)
	}
}

// state feeds a cell's state, and tells whether it has a value.
func (h *walk) state(s image.State) bool {
	switch s {
	case image.Value:
		h.bytes(0)
		return true
	case image.Absent:
		h.bytes(1)
	default:
		h.bytes(2)
	}
	return false
}

func (h *walk) column(t image.Table, c image.ColumnInfo) {
	fail := func(err error) {
		if h.err == nil {
			h.err = err
		}
	}
	switch c.Type {
	case image.TypeString:
		v, err := t.Strings(c.Name)
		fail(err)
		cells(h, t, v.State, func(row int) { h.text(v.At(row)) })
	case image.TypeUint8:
		v, err := t.Uint8s(c.Name)
		fail(err)
		cells(h, t, v.State, func(row int) { h.bytes(v.At(row)) })
	case image.TypeInt32:
		v, err := t.Int32s(c.Name)
		fail(err)
		cells(h, t, v.State, func(row int) { h.u32(uint32(v.At(row))) })
	case image.TypeInt64:
		v, err := t.Int64s(c.Name)
		fail(err)
		cells(h, t, v.State, func(row int) { h.u64(uint64(v.At(row))) })
	case image.TypeFloat64:
		v, err := t.Float64s(c.Name)
		fail(err)
		cells(h, t, v.State, func(row int) { h.u64(math.Float64bits(v.At(row))) })
	case image.TypeBool:
		v, err := t.Bools(c.Name)
		fail(err)
		cells(h, t, v.State, func(row int) {
			if v.At(row) {
				h.bytes(1)
			} else {
				h.bytes(0)
			}
		})
	case image.TypeRef:
		v, err := t.Refs(c.Name)
		fail(err)
		cells(h, t, v.State, func(row int) { h.u32(v.At(row)) })
	default:
		h.sets(t, c, fail)
	}
}

func cells(h *walk, t image.Table, state func(int) image.State, value func(int)) {
	for row := range t.Rows() {
		if h.state(state(row)) {
			value(row)
		}
	}
}

func (h *walk) sets(t image.Table, c image.ColumnInfo, fail func(error)) {
	for row := range t.Rows() {
		switch c.Type {
		case image.TypeRelation:
			v, err := t.Relation(c.Name)
			fail(err)
			h.rows(v.At(row))
		case image.TypeList:
			v, err := t.Lists(c.Name)
			fail(err)
			h.u32(uint32(v.Len(row)))
			for i := range v.Len(row) {
				h.text(v.At(row, i))
			}
		case image.TypeBits:
			v, err := t.Bits(c.Name)
			fail(err)
			var in []uint32
			for r := range v.At(row).Rows() {
				in = append(in, uint32(r))
			}
			h.rows(in)
		case image.TypeMatrix:
			v, err := t.Matrix(c.Name)
			fail(err)
			each(v.Row(row), func(x int32) { h.u32(uint32(x)) })
		}
	}
}
