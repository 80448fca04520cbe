package solve

import (
	"cmp"
	"math/big"
	"math/bits"
	"slices"
)

// value is what a placement is ranked by first: its figures in turn, or their weighted sum in 128 bits beside how many of
// them are unknown.
type value struct {
	figures []int64 // of a lexicographic objective
	unknown int
	hi, lo  uint64
}

func (p *Problem) value(figures []int64) value {
	if p.Weighted == nil {
		return value{figures: figures}
	}
	var v value
	v.hi, v.lo, v.unknown = p.weightedSum(figures)
	return v
}

// compareValues compares two values, the better first.
func (p *Problem) compareValues(a, b *value) int {
	if p.Weighted == nil {
		return slices.Compare(a.figures, b.figures)
	}
	return cmp.Or(cmp.Compare(a.unknown, b.unknown), cmp.Compare(a.hi, b.hi), cmp.Compare(a.lo, b.lo))
}

// addTo adds another weighted sum.
func (v *value) addTo(o *value) {
	var carry uint64
	v.lo, carry = bits.Add64(v.lo, o.lo, 0)
	v.hi, _ = bits.Add64(v.hi, o.hi, carry)
	v.unknown += o.unknown
}

// first is the first figure, or the sum.
func (v *value) first() *big.Int {
	switch {
	case len(v.figures) > 0:
		return big.NewInt(v.figures[0])
	default:
		n := new(big.Int).SetUint64(v.hi)
		return n.Add(n.Lsh(n, 64), new(big.Int).SetUint64(v.lo))
	}
}
