package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// lineWidth is how wide text output is made. It does not follow the terminal, so that what people paste
// to each other looks the same.
const lineWidth = 100

var (
	good  = lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Green)
	bad   = lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Red)
	amber = lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Yellow)
	head  = lipgloss.NewStyle().Bold(true)
	dim   = lipgloss.NewStyle().Faint(true)
)

// text writes for people. It keeps the first error of its writer.
type text struct {
	w      io.Writer
	err    error
	config string // the configuration file that took part, "" if none did
}

// newText writes to w: with colour if it is a terminal that wants it, without otherwise.
func newText(w io.Writer) *text {
	return &text{w: colorprofile.NewWriter(w, os.Environ())}
}

func (t *text) line(s string) {
	if t.err == nil {
		_, t.err = fmt.Fprintln(t.w, strings.TrimRight(s, " "))
	}
}

// wrapped writes words behind a first prefix, breaking lines before lineWidth; later lines are indented
// as deep as the prefix is wide. Where a word does not fit there, the lines go on nearer to the margin.
func (t *text) wrapped(prefix string, words []string) {
	indent := strings.Repeat(" ", lipgloss.Width(prefix))
	near := strings.Repeat(" ", len(prefix)-len(strings.TrimLeft(prefix, " "))) + "    "
	line, empty := prefix, true
	for _, w := range words {
		if !empty && lipgloss.Width(line)+1+lipgloss.Width(w) > lineWidth {
			t.line(line)
			line, empty = indent, true
		}
		if empty && len(near) < len(indent) && lipgloss.Width(line)+lipgloss.Width(w) > lineWidth {
			if line != indent {
				t.line(line)
			}
			line, indent = near, near
		}
		if !empty {
			line += " "
		}
		line += w
		empty = false
	}
	t.line(line)
}

// dimmed are the words of a text, to be wrapped.
func dimmed(s string) []string {
	words := strings.Fields(s)
	for i := range words {
		words[i] = dim.Render(words[i])
	}
	return words
}

// cut shortens a text to a width, and shows that it did.
func cut(s string, width int) string {
	if lipgloss.Width(s) <= width {
		return s
	}
	r := []rune(s)
	for len(r) > 0 && lipgloss.Width(string(r))+1 > width {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}

// ms prints milliseconds to a tenth.
func ms(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) + " ms" }

// figure prints a number with at most two decimals.
func figure(v float64) string {
	s := strconv.FormatFloat(v, 'f', 2, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// printable escapes what could play tricks on a terminal: control characters, and marks that turn the
// direction of text. Messages come from policies and file names that others wrote.
func printable(s string) string {
	clean := func(r rune) bool {
		return r == '\n' || r == '\t' || unicode.IsPrint(r)
	}
	if strings.IndexFunc(s, func(r rune) bool { return !clean(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if clean(r) {
			b.WriteRune(r)
		} else {
			q := strconv.QuoteRuneToASCII(r)
			b.WriteString(q[1 : len(q)-1])
		}
	}
	return b.String()
}

// oneLine is printable on one line.
func oneLine(s string) string { return strings.Join(strings.Fields(printable(s)), " ") }
