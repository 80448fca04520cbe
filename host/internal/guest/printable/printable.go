// Package printable makes what a guest wrote fit to be shown anywhere: in a terminal, a log, a page.
package printable

import (
	"strconv"
	"unicode/utf8"
)

// Append appends to text as much of a message as its escaped form fits in limit bytes, and returns how many bytes of
// the message that is. What it appends is UTF-8 of printable characters and spaces; all else, and the backslash, is
// escaped as in Go's strings.
func Append(text, message []byte, limit int) (out []byte, n int) {
	from := len(text)
	for n < len(message) && len(text)-from < limit {
		if b := message[n]; ' ' <= b && b <= '~' && b != '\\' { // nearly always
			text = append(text, b)
			n++
			continue
		}
		c, size := utf8.DecodeRune(message[n:])
		before := len(text)
		switch {
		case c == utf8.RuneError && size == 1:
			text = append(text, '\\', 'x', hex[message[n]>>4], hex[message[n]&15])
		case c == '\\':
			text = append(text, '\\', '\\')
		case strconv.IsPrint(c):
			text = utf8.AppendRune(text, c)
		default:
			var room [16]byte
			quoted := strconv.AppendQuoteRune(room[:0], c)
			text = append(text, quoted[1:len(quoted)-1]...)
		}
		if len(text)-from > limit {
			return text[:before], n
		}
		n += size
	}
	return text, n
}

// String is a text escaped whole.
func String(text string) string {
	out, _ := Append(make([]byte, 0, len(text)), []byte(text), 6*len(text)+6)
	return string(out)
}

const hex = "0123456789abcdef"
