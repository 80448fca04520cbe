package decode

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Pos is a place in a text. The zero Pos is no place.
type Pos struct {
	File   string // as given to Parse or CSV
	Line   int    // from 1
	Column int    // from 1, in characters (in bytes for CSV)
}

// String returns file:line:col; only the file when there is no line.
func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

// Error is one fault of a text.
type Error struct {
	Pos     Pos
	Pointer string // JSON pointer (RFC 6901) of the value at fault; "" is the whole text
	Msg     string // what is wrong and what to do
}

// Error returns "file:line:col: /pointer: message".
func (e *Error) Error() string {
	var b strings.Builder
	if s := e.Pos.String(); s != "" {
		b.WriteString(s)
		b.WriteString(": ")
	}
	if e.Pointer != "" {
		b.WriteString(e.Pointer)
		b.WriteString(": ")
	}
	b.WriteString(e.Msg)
	return b.String()
}

// Errors is every fault found in a text, sorted by position. It is never
// empty when returned as an error.
type Errors []*Error

// Error prints one fault a line, and after the first twenty how many more
// there are.
func (e Errors) Error() string {
	var b strings.Builder
	for i, err := range e {
		if i == shownErrors {
			more := "… and %d more errors"
			if len(e) >= maxErrors {
				more = "… and at least %d more errors"
			}
			fmt.Fprintf(&b, "\n"+more, len(e)-shownErrors)
			break
		}
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(err.Error())
	}
	return b.String()
}

// Unwrap lets errors.As find an *Error.
func (e Errors) Unwrap() []error {
	out := make([]error, len(e))
	for i, err := range e {
		out[i] = err
	}
	return out
}

// Sorted returns e as an error: nil when it is empty, else sorted by file,
// line, column, pointer and message.
func (e Errors) Sorted() error {
	if len(e) == 0 {
		return nil
	}
	slices.SortStableFunc(e, func(a, b *Error) int {
		return cmp.Or(
			strings.Compare(a.Pos.File, b.Pos.File),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column),
			strings.Compare(a.Pointer, b.Pointer),
			strings.Compare(a.Msg, b.Msg),
		)
	})
	return e
}

// fail returns a single fault as an error.
func fail(p Pos, pointer, format string, args ...any) error {
	return Errors{{Pos: p, Pointer: pointer, Msg: fmt.Sprintf(format, args...)}}
}
