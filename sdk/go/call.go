package guest

import "iter"

// Setup is what the guest is configured with. The snapshot and its columns may be kept; the settings may not.
type Setup struct {
	Snapshot *Image
	Settings Settings
}

// Call is one question about all candidates. What rows are, the hook says: of the snapshot's sites, of the
// request's paths, or of its placements. A row that nothing is said about is permitted.
type Call struct {
	Snapshot  *Image
	Request   *Image
	Component int // the row of the request's components that is asked about; -1 if it is no single one

	selected                  Set
	denials, unknowns, scored []uint64
	scores                    []float64
	reasons                   []reasonEntry
	args                      []argEntry
	written, argsWritten      int
	block                     *hookBlock
	kept                      []string // texts that arguments point to
}

// Size is how many rows there are, selected or not.
func (c *Call) Size() int { return c.selected.Size() }

// Selected are the rows to judge. The guest says nothing about another.
func (c *Call) Selected() Set { return c.selected }

// Rows yields the rows to judge, ascending.
func (c *Call) Rows() iter.Seq[int] { return c.selected.Rows() }

// Explaining reports whether anyone will read reasons. Where nobody does, what only makes them can be left out.
func (c *Call) Explaining() bool { return len(c.reasons) > 0 }

// Deny refuses a row, whatever is not known.
func (c *Call) Deny(row int, code Code, args ...Arg) {
	c.set(c.denials, row)
	c.reason(row, denial, code, args)
}

// MayDeny says that a row may have to be refused: whether it is hangs on a fact that is unknown.
func (c *Call) MayDeny(row int, code Code, args ...Arg) {
	c.set(c.unknowns, row)
	c.reason(row, denial|maybe, code, args)
}

// Score says how good a row is, from 0 to 100, higher being better.
func (c *Call) Score(row int, score float64) {
	c.set(c.scored, row)
	c.scores[row] = score
}

// Warn warns of a row, which stays permitted.
func (c *Call) Warn(row int, code Code, args ...Arg) { c.about(row, warning, code, args) }

// MayWarn is a warning that hangs on a fact that is unknown.
func (c *Call) MayWarn(row int, code Code, args ...Arg) { c.about(row, warning|maybe, code, args) }

// Oblige says what people have to do if the row is chosen.
func (c *Call) Oblige(row int, code Code, args ...Arg) { c.about(row, obligation, code, args) }

// MayOblige is an obligation that hangs on a fact that is unknown.
func (c *Call) MayOblige(row int, code Code, args ...Arg) {
	c.about(row, obligation|maybe, code, args)
}

func (c *Call) about(row int, k kind, code Code, args []Arg) {
	c.check(row)
	c.reason(row, k, code, args)
}

func (c *Call) set(words []uint64, row int) {
	c.check(row)
	words[row/64] |= 1 << (row % 64)
}

// check stops a guest that answers for a row it was not asked about: the host would refuse the answer anyway, and
// here the mistake has a place.
func (c *Call) check(row int) {
	if !c.selected.Has(row) {
		panic("guest: an answer for row " + decimal(int64(row)) + ", which is not selected")
	}
}
