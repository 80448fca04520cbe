package main

import (
	"math"

	guest "github.com/bailiwick-dev/bailiwick/sdk/go"
)

// fnv is an FNV-1a of 64 bits on its way.
type fnv uint64

const (
	fnvBasis fnv = 0xcbf29ce484222325
	fnvPrime fnv = 0x100000001b3
)

func (h *fnv) byte(b uint8) { *h = (*h ^ fnv(b)) * fnvPrime }

// text feeds a string and a zero byte.
func (h *fnv) text(s string) {
	for i := range len(s) {
		h.byte(s[i])
	}
	h.byte(0)
}

func (h *fnv) u32(v uint32) {
	for k := range 4 {
		h.byte(uint8(v >> (8 * k)))
	}
}

func (h *fnv) u64(v uint64) {
	h.u32(uint32(v))
	h.u32(uint32(v >> 32))
}

// digest is the digest of all that an image holds, by the walk that docs/abi-kit.md tells.
func digest(m *guest.Image) uint64 {
	h := fnvBasis
	for i := range m.Tables() {
		t := m.TableAt(i)
		h.text(t.Name())
		h.u32(uint32(t.Rows()))
		for k := range t.Columns() {
			c := t.ColumnAt(k)
			h.text(c.Name())
			h.byte(uint8(c.Type()))
			target, _ := c.Target()
			h.text(nameOf(target))
			h.column(c, t.Rows())
		}
	}
	return uint64(h)
}

// nameOf is a table's name, empty of no table.
func nameOf(t guest.Table) string {
	if t == (guest.Table{}) {
		return ""
	}
	return t.Name()
}

// column feeds the cells of a column.
func (h *fnv) column(c guest.Column, rows int) {
	switch c.Type() {
	case guest.StringType:
		cells(h, guest.Must(c.Strings()), rows, h.text)
	case guest.Uint8Type:
		cells(h, guest.Must(c.Uint8s()), rows, h.byte)
	case guest.Int32Type:
		cells(h, guest.Must(c.Int32s()), rows, func(v int32) { h.u32(uint32(v)) })
	case guest.Int64Type:
		cells(h, guest.Must(c.Int64s()), rows, func(v int64) { h.u64(uint64(v)) })
	case guest.Float64Type:
		cells(h, guest.Must(c.Float64s()), rows, func(v float64) { h.u64(math.Float64bits(v)) })
	case guest.BoolType:
		cells(h, guest.Must(c.Bools()), rows, h.truth)
	case guest.RefType:
		cells(h, guest.Must(c.Refs()), rows, func(v int) { h.u32(uint32(v)) })
	default:
		h.sets(c, rows)
	}
}

func (h *fnv) truth(v bool) {
	if v {
		h.byte(1)
	} else {
		h.byte(0)
	}
}

// cells feeds the cells of a column of one type.
func cells[T any, C interface{ Get(int) (T, guest.State) }](h *fnv, c C, rows int, value func(T)) {
	for row := range rows {
		switch v, state := c.Get(row); state {
		case guest.Value:
			h.byte(0)
			value(v)
		case guest.Absent:
			h.byte(1)
		default:
			h.byte(2)
		}
	}
}

// sets feeds the cells of a column of relations, lists, bits or a matrix.
func (h *fnv) sets(c guest.Column, rows int) {
	switch c.Type() {
	case guest.RelationType:
		r := guest.Must(c.Relation())
		for row := range rows {
			list := r.At(row)
			h.u32(uint32(len(list)))
			for _, v := range list {
				h.u32(v)
			}
		}
	case guest.ListType:
		l := guest.Must(c.Lists())
		for row := range rows {
			h.u32(uint32(l.Len(row)))
			for i := range l.Len(row) {
				h.text(l.At(row, i))
			}
		}
	case guest.BitsType:
		b := guest.Must(c.Bits())
		for row := range rows {
			h.u32(uint32(b.At(row).Count()))
			for v := range b.At(row).Rows() {
				h.u32(uint32(v))
			}
		}
	case guest.MatrixType:
		m := guest.Must(c.Matrix())
		for row := range rows {
			for _, v := range m.Row(row) {
				h.u32(uint32(v))
			}
		}
	}
}
