package abi

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"unicode/utf8"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/printable"
)

// ErrAnswer is matched by every [*AnswerError].
var ErrAnswer = errors.New("the guest's answer breaks the ABI")

// AnswerError says what is wrong with an answer.
type AnswerError struct {
	What string // in words
}

// Error says what happened.
func (e *AnswerError) Error() string { return "the guest's answer breaks the ABI: " + e.What }

// Is reports whether target is [ErrAnswer].
func (e *AnswerError) Is(target error) bool { return target == ErrAnswer }

func broken(format string, args ...any) error {
	return &AnswerError{fmt.Sprintf(format, args...)}
}

// StatusError says that the guest itself reports a failure.
type StatusError struct {
	Status int32
	Text   string // what the guest says, escaped; "" if nothing that can be read
}

// Error says what the guest said.
func (e *StatusError) Error() string {
	if e.Text == "" {
		return fmt.Sprintf("the guest reports failure %d", e.Status)
	}
	return fmt.Sprintf("the guest reports failure %d: %s", e.Status, e.Text)
}

// Answer is what a guest answered. It is used again and again: Read takes the room of the answer before.
type Answer struct {
	Deny, Unknown, Scored []uint64  // bit sets over the rows
	Scores                []float64 // of the rows that are scored; others are 0
	Reasons               []Reason
	Dropped               uint32 // reasons there was no room for

	args []Arg
	text []byte
}

// Reason is why the guest said what it said of a row.
type Reason struct {
	Row    uint32
	Code   uint16
	Kind   Kind
	Unsure bool // it hangs on a fact that is unknown
	Args   []Arg
}

// Arg is a value that a reason speaks of.
type Arg struct {
	Type     ArgType
	from, to uint32 // of a text, in the answer's
	bits     uint64
}

// Float is the value of a [Float].
func (a *Arg) Float() float64 { return math.Float64frombits(a.bits) }

// Int is the value of an [Int].
func (a *Arg) Int() int64 { return int64(a.bits) }

// Ref is the number of a [SnapshotString], a [RequestString] or a [SiteRow].
func (a *Arg) Ref() uint32 { return uint32(a.bits) }

// Text is the text of an argument that is a [Text], printable, and good until the answer is used again.
func (out *Answer) Text(a *Arg) []byte { return out.text[a.from:a.to] }

// Has reports whether a row is in a bit set.
func Has(set []uint64, row int) bool { return set[row>>6]>>(row&63)&1 != 0 }

// Count is how many rows are in a bit set.
func Count(set []uint64) (n uint64) {
	for _, w := range set {
		n += uint64(bits.OnesCount64(w))
	}
	return n
}

// Read reads the answer to a call that was laid out and has returned that status. A failed call gives a
// [*StatusError], a bad answer an [*AnswerError]; the answer then holds nothing of use.
func (l *Layout) Read(mem []byte, c *Call, status int32, out *Answer) error {
	if uint64(len(mem)) < uint64(l.Base)+uint64(l.area) {
		return broken("its memory of %d bytes ends before the call's own block", len(mem)) // memories do not shrink
	}
	b := mem[l.Base : uint64(l.Base)+uint64(l.area)]
	if status != 0 {
		return failure(mem, b, status, atError)
	}
	if err := l.verdicts(b, c, out); err != nil {
		return err
	}
	if err := l.takeScores(b, c, out); err != nil {
		return err
	}
	return l.takeReasons(mem, b, c, out)
}

// ReadConfigure is the error of a call of configure that returned a status, nil for 0.
func ReadConfigure(mem []byte, base uint32, status int32) error {
	if status == 0 {
		return nil
	}
	return failure(mem, mem[base:], status, atConfigureError)
}

// failure is the error that a guest reports; at is where its text is told.
func failure(mem, block []byte, status int32, at int) error {
	from, n := get(block[at:]), get(block[at+4:])
	text, ok := within(mem, from, n)
	if from == 0 || !ok {
		return &StatusError{Status: status}
	}
	shown, _ := printable.Append(nil, head(text, MaxError), 6*MaxError)
	return &StatusError{status, string(shown)}
}

// head is the beginning of a text, cut between characters.
func head(text []byte, most int) []byte {
	if len(text) <= most {
		return text
	}
	for n := most; n > most-utf8.UTFMax; n-- {
		if utf8.RuneStart(text[n]) {
			return text[:n]
		}
	}
	return text[:most]
}

func get(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }

// within is a part of a guest's memory, if it has it.
func within(mem []byte, from, n uint32) ([]byte, bool) {
	if uint64(from)+uint64(n) > uint64(len(mem)) {
		return nil, false
	}
	return mem[from : uint64(from)+uint64(n)], true
}

func (l *Layout) verdicts(b []byte, c *Call, out *Answer) error {
	words := (c.Rows + 63) / 64
	out.Deny, out.Unknown, out.Scored = room(out.Deny, words), room(out.Unknown, words), room(out.Scored, words)
	for i := range words {
		for _, s := range [...]struct {
			name string
			to   *uint64
			from uint32
		}{{"denials", &out.Deny[i], l.deny}, {"unknowns", &out.Unknown[i], l.unknown}, {"scored", &out.Scored[i], l.scored}} {
			w := binary.LittleEndian.Uint64(b[int(s.from)+8*i:])
			if more := w &^ c.Select[i]; more != 0 {
				return broken("the %s have row %d, which it was not asked about", s.name, i*64+bits.TrailingZeros64(more))
			}
			*s.to = w
		}
	}
	return nil
}

func room[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

func (l *Layout) takeScores(b []byte, c *Call, out *Answer) error {
	out.Scores = room(out.Scores, c.Rows)
	clear(out.Scores)
	for i, w := range out.Scored {
		for ; w != 0; w &= w - 1 {
			row := i*64 + bits.TrailingZeros64(w)
			v := math.Float64frombits(binary.LittleEndian.Uint64(b[int(l.scores)+8*row:]))
			if !(v >= 0 && v <= 100) { // NaN is neither
				return broken("row %d has a score of %g; scores are from 0 to 100", row, v)
			}
			out.Scores[row] = v + 0 // no negative zero
		}
	}
	return nil
}

func (l *Layout) takeReasons(mem, b []byte, c *Call, out *Answer) error {
	n, args := get(b[atReasonCount:]), get(b[atArgCount:])
	out.Dropped = get(b[atDropped:])
	out.Reasons, out.args, out.text = out.Reasons[:0], out.args[:0], out.text[:0]
	if n > l.reasonRoom || args > l.argRoom {
		return broken("it counts %d reasons and %d arguments, and had room for %d and %d", n, args, l.reasonRoom, l.argRoom)
	}
	if n == 0 {
		return nil
	}
	// Arguments keep parts of these, so they must not move.
	if cap(out.args) < int(n)*MaxArgs {
		out.args = make([]Arg, 0, int(n)*MaxArgs)
	}
	for i := range n {
		r := b[l.reasons+i*reasonSize:][:reasonSize]
		row, code, kind, many, first := get(r), binary.LittleEndian.Uint16(r[4:]), r[6], uint32(r[7]), get(r[8:])
		next := Reason{Row: row, Code: code, Kind: Kind(kind &^ unsure), Unsure: kind&unsure != 0}
		switch {
		case uint64(row) >= uint64(c.Rows) || !Has(c.Select, int(row)):
			return broken("reason %d is about row %d, which it was not asked about", i, row)
		case next.Kind < Denial || next.Kind > Obligation:
			return broken("reason %d is of kind %d; there are 1 to 3, and 128 may be added", i, kind)
		case get(r[12:]) != 0:
			return broken("reason %d has something where zeros are reserved", i)
		case many > MaxArgs || uint64(first)+uint64(many) > uint64(args):
			return broken("reason %d has %d arguments from number %d, of %d; at most %d are allowed", i, many, first, args, MaxArgs)
		case next.Kind == Denial && !next.Unsure && !Has(out.Deny, int(row)):
			return broken("reason %d denies row %d, which is not denied", i, row)
		case next.Kind == Denial && next.Unsure && !Has(out.Unknown, int(row)) && !Has(out.Deny, int(row)):
			return broken("reason %d may deny row %d, which is neither denied nor unknown", i, row)
		}
		from := len(out.args)
		for k := range many {
			a, err := out.arg(mem, b[l.args+(first+k)*argSize:][:argSize])
			if err != nil {
				return broken("argument %d of reason %d: %s", k, i, err)
			}
			out.args = append(out.args, a)
		}
		next.Args = out.args[from:len(out.args):len(out.args)]
		out.Reasons = append(out.Reasons, next)
	}
	return nil
}

// arg reads an argument.
func (out *Answer) arg(mem, b []byte) (Arg, error) {
	a := Arg{Type: ArgType(get(b)), bits: binary.LittleEndian.Uint64(b[8:])}
	length := get(b[4:])
	if a.Type != Text && length != 0 {
		return a, errors.New("only texts have a length")
	}
	switch a.Type {
	case Int:
		return a, nil
	case Float:
		if v := a.Float(); math.IsNaN(v) || math.IsInf(v, 0) {
			return a, fmt.Errorf("%g is no number to show", v)
		}
		return a, nil
	case SnapshotString, RequestString, SiteRow, Text:
		if a.bits>>32 != 0 {
			return a, fmt.Errorf("the value of type %d has 32 bits", a.Type)
		}
	default:
		return a, fmt.Errorf("there is no type %d", a.Type)
	}
	if a.Type != Text {
		return a, nil
	}
	text, ok := within(mem, a.Ref(), length)
	if !ok {
		return a, fmt.Errorf("%d bytes of text at %d, and the memory has %d bytes", length, a.Ref(), len(mem))
	}
	if len(out.text) > MaxTexts {
		return a, fmt.Errorf("the texts come to more than %d MiB", MaxTexts>>20)
	}
	a.from = uint32(len(out.text))
	out.text, _ = printable.Append(out.text, head(text, MaxText), 6*MaxText)
	a.to = uint32(len(out.text))
	return a, nil
}
