package image

import "math/bits"

// checkColumn checks the cells of a column of that many rows.
func (m *Image) checkColumn(c columnEntry, rows int) error {
	states := States{Known: m.bits(c.known), Present: m.bits(c.present)}
	if err := checkStates(c, states, rows); err != nil {
		return err
	}
	data, at := m.section(c.data), c.data.off
	switch c.typ {
	case TypeString:
		return checkIDs(view[uint32](data), uint32(m.Strings()), states, at, "string")
	case TypeRef:
		return checkIDs(view[uint32](data), m.tables[c.target].rows, states, at, "row")
	case TypeUint8:
		return checkBlank(data, states, at, 1)
	case TypeInt32:
		return checkBlank(view[int32](data), states, at, 4)
	case TypeInt64:
		return checkBlank(view[int64](data), states, at, 8)
	case TypeFloat64:
		if err := checkNaN(view[uint64](data), at); err != nil {
			return err
		}
		return checkBlank(view[uint64](data), states, at, 8)
	case TypeBool:
		for i, w := range view[uint64](data) {
			if w&^states.value(i, rows) != 0 {
				return corrupt(at+i*8, "a row without a value is true")
			}
		}
	case TypeRelation:
		starts, v := view[uint32](m.section(c.starts)), view[uint32](data)
		if err := checkStarts(starts, len(v), c.starts.off); err != nil {
			return err
		}
		return checkRelation(starts, v, m.tables[c.target].rows, at)
	case TypeList:
		starts, v := view[uint32](m.section(c.starts)), view[uint32](data)
		if err := checkStarts(starts, len(v), c.starts.off); err != nil {
			return err
		}
		return checkIDs(v, uint32(m.Strings()), States{}, at, "string")
	case TypeBits:
		return checkBits(view[uint64](data), int(m.tables[c.target].rows), at)
	}
	return nil // any int32 may stand in a matrix
}

// checkStates checks that no bit past the last row is set and that what is not
// known counts as present.
func checkStates(c columnEntry, s States, rows int) error {
	if s.Known == nil && s.Present == nil {
		return nil
	}
	for i := range (rows + 63) / 64 {
		full := wordMask(i, rows)
		known, present := full, full
		if s.Known != nil {
			known = s.Known[i]
		}
		if s.Present != nil {
			present = s.Present[i]
		}
		switch {
		case known&^full != 0:
			return corrupt(c.known.off+i*8, "a known bit is set past the last row")
		case present&^full != 0:
			return corrupt(c.present.off+i*8, "a present bit is set past the last row")
		case known|present != full:
			return corrupt(c.present.off+i*8, "a row that is not known is not present")
		}
	}
	return nil
}

// checkIDs checks that ids are below limit where there is a value, and NoID
// where there is none.
func checkIDs(ids []uint32, limit uint32, s States, at int, what string) error {
	if s.Known == nil && s.Present == nil && allBelow(ids, limit) {
		return nil
	}
	for i, id := range ids {
		switch value := s.At(i) == Value; {
		case value && id >= limit:
			return corrupt(at+i*4, "%s %d does not exist; there are %d", what, id, limit)
		case !value && id != NoID:
			return corrupt(at+i*4, "a row without a value has %s %d", what, id)
		}
	}
	return nil
}

// allBelow reports whether every id is below limit, without a branch for each.
func allBelow(ids []uint32, limit uint32) bool {
	var top uint32
	for _, id := range ids {
		top = max(top, id)
	}
	return len(ids) == 0 || top < limit
}

// checkBlank checks that cells without a value are zero.
func checkBlank[T uint8 | int32 | int64 | uint64](v []T, s States, at, width int) error {
	if s.Known == nil && s.Present == nil {
		return nil
	}
	for i := range (len(v) + 63) / 64 {
		blank := wordMask(i, len(v)) &^ s.value(i, len(v))
		for ; blank != 0; blank &= blank - 1 {
			if row := i*64 + bits.TrailingZeros64(blank); v[row] != 0 {
				return corrupt(at+row*width, "a row without a value is not zero")
			}
		}
	}
	return nil
}

// checkNaN checks that every NaN is the canonical one.
func checkNaN(v []uint64, at int) error {
	const (
		infinity = 0x7FF0_0000_0000_0000
		sign     = 1 << 63
	)
	for i, x := range v {
		if x&^sign > infinity && x != canonicalNaN {
			return corrupt(at+i*8, "a NaN is not the canonical one")
		}
	}
	return nil
}

// checkRelation checks that each row's targets exist and ascend.
func checkRelation(starts, v []uint32, limit uint32, at int) error {
	for row := range len(starts) - 1 {
		from, to := int(starts[row]), int(starts[row+1])
		for i := from; i < to; i++ {
			if v[i] >= limit {
				return corrupt(at+i*4, "row %d does not exist; there are %d", v[i], limit)
			}
			if i > from && v[i] <= v[i-1] {
				return corrupt(at+i*4, "the rows do not ascend")
			}
		}
	}
	return nil
}

// checkBits checks that no bit past the target's last row is set.
func checkBits(v []uint64, targetRows, at int) error {
	words := (targetRows + 63) / 64
	if words == 0 {
		return nil
	}
	over := ^wordMask(words-1, targetRows)
	for i := words - 1; i < len(v); i += words {
		if v[i]&over != 0 {
			return corrupt(at+i*8, "a bit is set past the last row of the target")
		}
	}
	return nil
}
