package image

import "fmt"

// State says what is known of one cell.
type State uint8

const (
	Unknown State = iota // the fact exists in the world and the image does not have it
	Absent               // known to be absent: the fact does not apply to this row
	Value                // the cell holds it
)

// String names the state.
func (s State) String() string {
	switch s {
	case Unknown:
		return "unknown"
	case Absent:
		return "absent"
	case Value:
		return "value"
	default:
		return fmt.Sprintf("state %d", uint8(s))
	}
}

// States gives the state of every row of a column by two bit sets: known and
// present is a Value, known and not present Absent, not known Unknown. A nil
// set is all ones, so the zero States says that every row holds a value.
//
// In an image a row that is not known counts as present, so that each set can
// be read alone: Unknown is what Known lacks, Absent what Present lacks.
type States struct{ Known, Present Bits }

// At returns the state of row; a row past the sets is Unknown.
func (s States) At(row int) State {
	switch {
	case s.Known != nil && !s.Known.Get(row):
		return Unknown
	case s.Present != nil && !s.Present.Get(row):
		return Absent
	default:
		return Value
	}
}

// value returns the mask of the rows of word i that hold a value, of n rows.
func (s States) value(i, n int) uint64 {
	m := wordMask(i, n)
	if s.Known != nil {
		m &= s.Known.word(i)
	}
	if s.Present != nil {
		m &= s.Present.word(i)
	}
	return m
}

// canonical returns the one form states are stored in: no bits past row n,
// present wherever not known, nil where all ones.
func (s States) canonical(n int) (States, error) {
	words := (n + 63) / 64
	for _, set := range []struct {
		name string
		bits Bits
	}{{"known", s.Known}, {"present", s.Present}} {
		if set.bits != nil && len(set.bits) != words {
			return States{}, fmt.Errorf("its %s bit set has %d words; %d rows need %d", set.name, len(set.bits), n, words)
		}
	}
	known, present := FullBits(n), FullBits(n)
	allKnown, allPresent := true, true
	for i := range words {
		full := known[i]
		if s.Known != nil {
			known[i] &= s.Known[i]
		}
		if s.Present != nil {
			present[i] &= s.Present[i] | ^known[i]
		}
		allKnown = allKnown && known[i] == full
		allPresent = allPresent && present[i] == full
	}
	var c States
	if !allKnown {
		c.Known = known
	}
	if !allPresent {
		c.Present = present
	}
	return c, nil
}
