package offer

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/printable"
)

// Source is where a message came from.
type Source uint8

// The sources of messages.
const (
	Logged Source = iota // the function of the capability
	Stdout               // a line of standard output
	Stderr               // a line of standard error
)

// String names the source.
func (s Source) String() string {
	switch s {
	case Logged:
		return "log"
	case Stdout:
		return "stdout"
	case Stderr:
		return "stderr"
	}
	return fmt.Sprintf("source %d", uint8(s))
}

// Line is a message that a guest left. Text can be shown anywhere: it is UTF-8 of printable characters and spaces; all
// else, and the backslash, is escaped as in Go's strings.
type Line struct {
	Source Source
	Text   string
	Cut    uint64 // bytes of the message that are not in Text
}

// record is the log of one decision.
type record struct {
	limits  Limits
	lines   []Line
	dropped uint64
	open    [2]struct { // lines of standard output and error that have no end yet
		text []byte
		cut  uint64
		any  bool
	}
}

// Log is what the guest left in its log in this decision, and how many messages more there were than are kept.
// A line of output without its end is given as it is.
func (i *Instance) Log() (lines []Line, dropped uint64) {
	i.log.end(Stdout)
	i.log.end(Stderr)
	return i.log.lines, i.log.dropped
}

// reset empties the log. Lines that were handed out stay what they are.
func (r *record) reset() {
	r.lines, r.dropped = nil, 0
	for s := range r.open {
		r.open[s].text, r.open[s].cut, r.open[s].any = r.open[s].text[:0], 0, false
	}
}

// add adds a message, of which cut bytes are missing already.
func (r *record) add(s Source, message []byte, cut uint64) {
	if len(r.lines) >= r.limits.Lines {
		r.dropped++
		return
	}
	text, n := printable.Append(make([]byte, 0, min(len(message), r.limits.LineBytes)), message, r.limits.LineBytes)
	r.lines = append(r.lines, Line{s, string(text), cut + uint64(len(message)-n)})
}

// write adds output: every line is a message.
func (r *record) write(s Source, b []byte) {
	o := &r.open[s-Stdout]
	for len(b) > 0 {
		line, rest, ended := bytes.Cut(b, []byte{'\n'})
		// A character that straddles the limit must not look broken.
		n := min(len(line), r.limits.LineBytes+utf8.UTFMax-len(o.text))
		o.text = append(o.text, line[:n]...)
		o.cut += uint64(len(line) - n)
		o.any = true
		b = rest
		if ended {
			r.end(s)
		}
	}
}

// end ends a line of output, if one is open.
func (r *record) end(s Source) {
	if o := &r.open[s-Stdout]; o.any {
		r.add(s, o.text, o.cut)
		o.text, o.cut, o.any = o.text[:0], 0, false
	}
}
