package printable_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/printable"
)

func shown(message string, limit int) (string, int) {
	text, n := printable.Append(nil, []byte(message), limit)
	return string(text), n
}

// TestAppend shows what becomes of messages that try things.
func TestAppend(t *testing.T) {
	for _, c := range []struct {
		message string
		limit   int
		want    string
		n       int
	}{
		{"", 10, "", 0},
		{"plain text, with spaces", 100, "plain text, with spaces", 23},
		{"Zürich 東京 €", 100, "Zürich 東京 €", 18},
		{"\x1b[31mred\x1b[0m", 100, `\x1b[31mred\x1b[0m`, 12},
		{"\u009b31m", 100, `\u009b31m`, 5},
		{"one\nlevel=error msg=\"two\"\r\n", 100, `one\nlevel=error msg="two"\r\n`, 27},
		{"a\tb\x00c\x7f\a\b", 100, `a\tb\x00c\x7f\a\b`, 8},
		{`C:\x1b`, 100, `C:\\x1b`, 6},
		{"\xff\xfe ok \xe2\x82", 100, `\xff\xfe ok \xe2\x82`, 8},
		{"\u202egnp.exe\u2066", 100, `\u202egnp.exe\u2066`, 13},
		{"a\u2028b\u00a0c\ufeff\u200b", 100, `a\u2028b\u00a0c\ufeff\u200b`, 14},
		{"\U000e0041", 100, `\U000e0041`, 4},
		{"'\"", 100, `'"`, 2},
		{"\ufffd", 100, "\ufffd", 3},
		{"abcdef", 3, "abc", 3},
		{"ab\x1bc", 5, "ab", 2},
		{"ab\x1bc", 6, `ab\x1b`, 3},
		{"abcü", 4, "abc", 3},
		{"abcü", 5, "abcü", 5},
		{"abc", 0, "", 0},
	} {
		got, n := shown(c.message, c.limit)
		if got != c.want || n != c.n {
			t.Errorf("%q within %d: %q of %d bytes, want %q of %d", c.message, c.limit, got, n, c.want, c.n)
		}
	}
}

// FuzzAppend keeps messages within their limit, printable, and cut between characters.
func FuzzAppend(f *testing.F) {
	f.Add("\x1b[31mred", uint16(5))
	f.Add("東京\xff", uint16(100))
	f.Fuzz(func(t *testing.T, message string, limit uint16) {
		text, n := shown(message, int(limit))
		if len(text) > int(limit) || n > len(message) || !utf8.ValidString(text) || strings.ContainsAny(text, "\x1b\n\r\x00\x7f\u009b\u202e\u2028") {
			t.Errorf("%q: %q", message, text)
		}
		if whole, m := shown(message, 10*len(message)); m != len(message) || !strings.HasPrefix(whole, text) {
			t.Errorf("%q: %q is not the beginning of %q", message, text, whole)
		}
		if rest, _ := shown(message[n:], 10); n < len(message) && len(text)+10 <= int(limit) {
			t.Errorf("%q: %q might have gone on with %q", message, text, rest)
		}
	})
}

// TestString escapes a text whole, however much longer it gets.
func TestString(t *testing.T) {
	text := strings.Repeat("\U000e0041\xff", 100)
	if got, want := printable.String(text), strings.Repeat(`\U000e0041\xff`, 100); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
