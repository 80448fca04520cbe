package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestProgress wants one line that is written over, cut to a line's width, and gone in the end.
func TestProgress(t *testing.T) {
	var b bytes.Buffer
	p := &progress{w: &b}
	p.clear()
	if b.Len() > 0 {
		t.Errorf("%q is cleared before anything is shown", b.String())
	}
	p.show("1 of 2\n\x1b[31m")
	p.show(strings.Repeat("x", lineWidth))
	p.clear()
	want := clearLine + `1 of 2 \x1b[31m` + clearLine + strings.Repeat("x", lineWidth-2) + "…" + clearLine
	if b.String() != want {
		t.Errorf("got  %q\nwant %q", b.String(), want)
	}
}

// TestProgressNowhere wants nothing to be written to what is no terminal: a buffer, or a file.
func TestProgressNowhere(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p := newProgress(f)
	p.show("1 of 2")
	p.clear()
	if info, err := f.Stat(); err != nil || info.Size() != 0 {
		t.Errorf("%d bytes, %v", info.Size(), err)
	}
	var b bytes.Buffer
	p = newProgress(&b)
	p.show("1 of 2")
	p.clear()
	if b.Len() > 0 {
		t.Errorf("%q", b.String())
	}
}
