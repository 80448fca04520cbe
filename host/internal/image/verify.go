package image

import (
	"fmt"
	"runtime"
	"unicode/utf8"
)

// Verify hashes the image and checks every cell of it: after it, ids and row
// numbers are in range, strings are sorted and valid UTF-8, and cells without a
// value and padding are blank. The error matches [ErrCorrupt] or [ErrClosed].
// Columns of types that only a later minor version knows are hashed and not
// looked into.
func (m *Image) Verify() error {
	if m.closed.Load() {
		return fmt.Errorf("image: %w", ErrClosed)
	}
	if err := m.verify(); err != nil {
		return fmt.Errorf("image: %w", err)
	}
	return nil
}

// verify hashes and checks at the same time: either takes a processor and
// neither waits for the other.
func (m *Image) verify() error {
	checked := make(chan error, 1)
	go func() { checked <- m.check() }()
	sum := digest(m.raw)
	err := <-checked
	runtime.KeepAlive(m)
	if sum != m.digest {
		return corrupt(offDigest, "the bytes hash to %x, not to %x as they say", sum, m.digest)
	}
	return err
}

// check looks at every section's contents.
func (m *Image) check() error {
	for _, g := range m.gaps {
		if !zero(m.raw[g.off:g.end]) {
			return corrupt(g.off, "the padding between sections is not zero")
		}
	}
	if err := m.checkDictionary(); err != nil {
		return err
	}
	for _, t := range m.tables {
		for _, c := range m.columns[t.first : t.first+t.count] {
			if err := m.checkColumn(c, int(t.rows)); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkDictionary checks that the strings are valid UTF-8, sorted and unique.
func (m *Image) checkDictionary() error {
	starts, at := m.dictStarts(), m.dict.starts.off
	text := m.raw[m.dict.text.off:m.dict.text.end]
	if err := checkStarts(starts, len(text), at); err != nil {
		return err
	}
	if !utf8.Valid(text) {
		return corrupt(m.dict.text.off, "the strings are not valid UTF-8")
	}
	for id := range len(starts) - 1 {
		from, to := starts[id], starts[id+1]
		if from < to && !utf8.RuneStart(text[from]) {
			return corrupt(at+id*4, "string %d starts within a character", id)
		}
		if id > 0 && string(text[starts[id-1]:from]) >= string(text[from:to]) {
			return corrupt(at+id*4, "string %d is not in order", id)
		}
	}
	return nil
}

// checkStarts checks that starts, which lie at byte at, part n elements.
func checkStarts(starts []uint32, n, at int) error {
	if starts[0] != 0 {
		return corrupt(at, "the first of the starts is %d", starts[0])
	}
	for i := range len(starts) - 1 {
		if starts[i] > starts[i+1] {
			return corrupt(at+(i+1)*4, "the starts go down at %d", i+1)
		}
	}
	if last := len(starts) - 1; uint64(starts[last]) != uint64(n) {
		return corrupt(at+last*4, "the starts end at %d of %d", starts[last], n)
	}
	return nil
}
