package main

import (
	"fmt"
	"io"
	"os"

	"github.com/charmbracelet/x/term"
)

// progress shows on one line of a terminal how far long work has come. Where what it writes to is none, it
// writes nothing.
type progress struct {
	w     io.Writer // nil: no terminal
	shown bool
}

func newProgress(w io.Writer) *progress {
	if f, ok := w.(*os.File); ok && term.IsTerminal(f.Fd()) {
		return &progress{w: w}
	}
	return &progress{}
}

// clearLine goes to the beginning of the line and clears it.
const clearLine = "\r\x1b[2K"

// show puts a text in place of the one before.
func (p *progress) show(text string) {
	if p.w == nil {
		return
	}
	p.shown = true
	fmt.Fprint(p.w, clearLine+cut(oneLine(text), lineWidth-1))
}

// clear leaves the line as if nothing had been there.
func (p *progress) clear() {
	if p.w == nil || !p.shown {
		return
	}
	fmt.Fprint(p.w, clearLine)
}
