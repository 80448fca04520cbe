package image

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"unicode/utf8"
)

// canonicalNaN is the only NaN an image may hold.
const canonicalNaN = 0x7FF8_0000_0000_0000

// le is the byte order of every number in an image.
var le = binary.LittleEndian

// checkName says what is wrong with the name of a table or column.
func checkName(s string) error {
	if s == "" {
		return errors.New("is empty")
	}
	if !utf8.ValidString(s) {
		return errors.New("is not valid UTF-8")
	}
	return nil
}

// validKind checks the grammar of a kind.
func validKind(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return s != "" && len(s) <= maxKind
}

// encode checks column c of table t and encodes its sections.
func (p *plan) encode(t *TableBuilder, c *buildColumn) (*encoded, error) {
	e := &encoded{name: c.name, typ: c.typ, target: NoID}
	targetRows := 0
	if layouts[c.typ].target {
		i, ok := p.table(c.target)
		if !ok {
			return nil, fmt.Errorf("its target table %q is not in the image", c.target)
		}
		e.target, targetRows = uint32(i), p.tables[i].rows
	}
	states, err := c.states.canonical(t.rows)
	if err != nil {
		return nil, err
	}
	e.known.bytes, e.present.bytes = wordBytes(states.Known), wordBytes(states.Present)

	cells, want := length(c.values), int64(t.rows)
	if c.typ == TypeMatrix {
		want *= int64(targetRows)
	}
	if int64(cells) != want {
		return nil, fmt.Errorf("has %d values; %d are needed", cells, want)
	}
	if size, ok := c.typ.dataSize(uint32(t.rows), uint32(targetRows)); ok && size > MaxSize {
		return nil, fmt.Errorf("%w: %d bytes; the limit is %d", ErrTooLarge, size, MaxSize)
	}
	if err := p.encodeCells(e, c, states, targetRows); err != nil {
		return nil, err
	}
	return e, nil
}

// encodeCells encodes the data of c, and its starts where it has them.
func (p *plan) encodeCells(e *encoded, c *buildColumn, states States, targetRows int) (err error) {
	data := &e.data.bytes
	switch v := c.values.(type) {
	case []string:
		*data, err = p.encodeStrings(v, states)
	case []uint8:
		*data = make([]byte, 0, len(v))
		for i, x := range v {
			*data = append(*data, held(states, i, x))
		}
	case []int32:
		*data = make([]byte, 0, len(v)*4)
		for i, x := range v {
			*data = le.AppendUint32(*data, uint32(held(states, i, x)))
		}
	case []int64:
		*data = make([]byte, 0, len(v)*8)
		for i, x := range v {
			*data = le.AppendUint64(*data, uint64(held(states, i, x)))
		}
	case []float64:
		*data = make([]byte, 0, len(v)*8)
		for i, x := range v {
			*data = le.AppendUint64(*data, floatBits(held(states, i, x)))
		}
	case []bool:
		set := NewBits(len(v))
		for i, x := range v {
			if held(states, i, x) {
				set.Set(i)
			}
		}
		*data = wordBytes(set)
	case []uint32:
		*data, err = encodeRefs(v, states, c.target, targetRows)
	case [][]uint32:
		e.starts.bytes, *data, err = encodeRelation(v, c.target, targetRows)
	case [][]string:
		e.starts.bytes, *data, err = p.encodeLists(v)
	case []Bits:
		*data, err = encodeBits(v, c.target, targetRows)
	}
	return err
}

// length returns how many cells a column was given.
func length(values any) int {
	switch v := values.(type) {
	case []string:
		return len(v)
	case []uint8:
		return len(v)
	case []int32:
		return len(v)
	case []int64:
		return len(v)
	case []float64:
		return len(v)
	case []bool:
		return len(v)
	case []uint32:
		return len(v)
	case [][]uint32:
		return len(v)
	case [][]string:
		return len(v)
	case []Bits:
		return len(v)
	default:
		return 0
	}
}

// held returns x where row i holds a value and zero elsewhere, so that what
// was given for a cell without a value never shows in the bytes.
func held[T any](s States, i int, x T) T {
	if s.At(i) != Value {
		var zero T
		return zero
	}
	return x
}

// floatBits returns the bits of x, of the one NaN for every NaN.
func floatBits(x float64) uint64 {
	if math.IsNaN(x) {
		return canonicalNaN
	}
	return math.Float64bits(x)
}

// wordBytes encodes a bit set; nil stays nil.
func wordBytes(b Bits) []byte {
	if b == nil {
		return nil
	}
	out := make([]byte, 0, len(b)*8)
	for _, w := range b {
		out = le.AppendUint64(out, w)
	}
	return out
}

func (p *plan) encodeStrings(v []string, s States) ([]byte, error) {
	out := make([]byte, 0, len(v)*4)
	for i, x := range v {
		id := NoID
		if s.At(i) == Value {
			if !utf8.ValidString(x) {
				return nil, fmt.Errorf("row %d: %q is not valid UTF-8", i, x)
			}
			id = p.dict.ids[x]
		}
		out = le.AppendUint32(out, id)
	}
	return out, nil
}

func encodeRefs(v []uint32, s States, target string, targetRows int) ([]byte, error) {
	out := make([]byte, 0, len(v)*4)
	for i, x := range v {
		if s.At(i) != Value {
			x = NoID
		} else if int64(x) >= int64(targetRows) {
			return nil, pastEnd(i, x, target, targetRows)
		}
		out = le.AppendUint32(out, x)
	}
	return out, nil
}

func encodeRelation(rows [][]uint32, target string, targetRows int) (starts, data []byte, err error) {
	starts = make([]byte, 0, (len(rows)+1)*4)
	var sorted []uint32
	for i, row := range rows {
		starts = le.AppendUint32(starts, uint32(len(data)/4))
		sorted = append(sorted[:0], row...)
		slices.Sort(sorted)
		sorted = slices.Compact(sorted)
		if n := len(sorted); n > 0 && int64(sorted[n-1]) >= int64(targetRows) {
			return nil, nil, pastEnd(i, sorted[n-1], target, targetRows)
		}
		for _, x := range sorted {
			data = le.AppendUint32(data, x)
		}
		if err := checkSection(data); err != nil {
			return nil, nil, err
		}
	}
	return le.AppendUint32(starts, uint32(len(data)/4)), data, nil
}

func (p *plan) encodeLists(rows [][]string) (starts, data []byte, err error) {
	starts = make([]byte, 0, (len(rows)+1)*4)
	for i, row := range rows {
		starts = le.AppendUint32(starts, uint32(len(data)/4))
		for _, x := range row {
			if !utf8.ValidString(x) {
				return nil, nil, fmt.Errorf("row %d: %q is not valid UTF-8", i, x)
			}
			data = le.AppendUint32(data, p.dict.ids[x])
		}
		if err := checkSection(data); err != nil {
			return nil, nil, err
		}
	}
	return le.AppendUint32(starts, uint32(len(data)/4)), data, nil
}

func encodeBits(rows []Bits, target string, targetRows int) ([]byte, error) {
	words := (targetRows + 63) / 64
	out := make([]byte, 0, len(rows)*words*8)
	for i, set := range rows {
		for w := range max(words, len(set)) {
			x := set.word(w)
			if extra := x &^ wordMask(w, targetRows); extra != 0 {
				over := Bits{extra}
				for bit := range over.Rows() {
					return nil, pastEnd(i, uint32(w*64+bit), target, targetRows)
				}
			}
			if w < words {
				out = le.AppendUint64(out, x)
			}
		}
	}
	return out, nil
}

// checkSection stops a CSR column before its offsets pass 32 bits.
func checkSection(data []byte) error {
	if len(data) > MaxSize {
		return fmt.Errorf("%w: more than %d bytes of values", ErrTooLarge, MaxSize)
	}
	return nil
}

// pastEnd says that row refers past the end of its target.
func pastEnd(row int, x uint32, target string, targetRows int) error {
	return fmt.Errorf("row %d: refers to row %d of %q, which has %d rows", row, x, target, targetRows)
}
