package image

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"strconv"
)

// stranger reads a sound image by docs/image-format.md alone: every number
// below stands there, and nothing of the package's own reader is used. It is
// what a reader in another language looks like.
func stranger(b []byte) imageDescription {
	r := strangeReader(b)
	kind := b[16:32]
	for len(kind) > 0 && kind[len(kind)-1] == 0 {
		kind = kind[:len(kind)-1]
	}
	d := imageDescription{Kind: string(kind), Digest: hex.EncodeToString(b[96:128]), Size: r.u32(12), Tables: []tableDescription{}}
	for i := range r.u32(36) {
		at := r.u32(32) + 16*i
		t := tableDescription{Name: r.text(r.u32(at)), Rows: r.u32(at + 4), Columns: []columnDescription{}}
		first, count := r.u32(at+8), r.u32(at+12)
		for j := first; j < first+count; j++ {
			t.Columns = append(t.Columns, r.column(r.u32(40)+32*j, t.Rows))
		}
		d.Tables = append(d.Tables, t)
	}
	return d
}

type strangeReader []byte

func (r strangeReader) u32(at int) int { return int(binary.LittleEndian.Uint32(r[at:])) }

func (r strangeReader) u64(at int) uint64 { return binary.LittleEndian.Uint64(r[at:]) }

func (r strangeReader) bit(set, i int) bool { return r[set+i/8]>>(i%8)&1 == 1 }

func (r strangeReader) text(id int) string {
	starts, text := r.u32(48), r.u32(56)
	return string(r[text+r.u32(starts+4*id) : text+r.u32(starts+4*id+4)])
}

func (r strangeReader) column(at, rows int) columnDescription {
	typ, target, data, starts := r[at+4], r.u32(at+8), r.u32(at+12), r.u32(at+20)
	known, present := r.u32(at+24), r.u32(at+28)
	c := columnDescription{Name: r.text(r.u32(at)), Cells: []any{}}
	c.Type = []string{1: "string", 2: "uint8", 3: "int32", 4: "int64", 5: "float64", 6: "bool", 7: "ref", 8: "relation", 9: "list", 10: "bits", 11: "matrix"}[typ]
	targetRows := 0
	if uint32(target) != 0xFFFFFFFF {
		entry := r.u32(32) + 16*target
		c.Target, targetRows = r.text(r.u32(entry)), r.u32(entry+4)
	}
	for i := range rows {
		switch {
		case known != 0 && !r.bit(known, i):
			c.Cells = append(c.Cells, stateDescription{"unknown"})
			continue
		case present != 0 && !r.bit(present, i):
			c.Cells = append(c.Cells, stateDescription{"absent"})
			continue
		}
		c.Cells = append(c.Cells, r.cell(typ, data, starts, targetRows, i))
	}
	return c
}

func (r strangeReader) cell(typ byte, data, starts, targetRows, i int) any {
	switch typ {
	case 1:
		return r.text(r.u32(data + 4*i))
	case 2:
		return r[data+i]
	case 3:
		return int32(r.u32(data + 4*i))
	case 4:
		return strconv.FormatInt(int64(r.u64(data+8*i)), 10)
	case 5:
		return number64(math.Float64frombits(r.u64(data + 8*i)))
	case 6:
		return r.bit(data, i)
	case 7:
		return r.u32(data + 4*i)
	case 8, 9:
		numbers, strs := []int{}, []string{}
		for j := r.u32(starts + 4*i); j < r.u32(starts+4*i+4); j++ {
			if id := r.u32(data + 4*j); typ == 8 {
				numbers = append(numbers, id)
			} else {
				strs = append(strs, r.text(id))
			}
		}
		if typ == 8 {
			return numbers
		}
		return strs
	case 10:
		words := (targetRows + 63) / 64
		list := []int{}
		for j := range targetRows {
			if r.bit(data+8*words*i, j) {
				list = append(list, j)
			}
		}
		return list
	default:
		list := []int32{}
		for j := range targetRows {
			list = append(list, int32(r.u32(data+4*(targetRows*i+j))))
		}
		return list
	}
}
