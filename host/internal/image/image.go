package image

import (
	"fmt"
	"runtime"
	"sync/atomic"
)

// Image is an opened image. Any number of goroutines may read it at once.
//
// A mapped image is unmapped by Close, or by the garbage collector some time
// after the last of the Image, its Tables and its column views becomes
// unreachable. Slices taken from it (Bytes, Values, rows of relations, bit
// sets and matrices) do not count for that: use them only while something
// else holds the Image. Strings are copies and stay good for ever.
type Image struct {
	raw     []byte // the file
	native  []byte // raw with its sections in this machine's byte order
	kind    string
	minor   uint16
	digest  [digestSize]byte
	tables  []tableEntry
	columns []columnEntry
	gaps    []extent // what must be zero between sections
	dict    dictionary

	outer   *Image // the one raw lies in, or nil; held so that it stays mapped
	mapped  bool
	closed  atomic.Bool
	cleanup runtime.Cleanup
}

// tableEntry is a decoded row of the table directory.
type tableEntry struct {
	name, rows, first, count uint32
}

// columnEntry is a decoded row of the column directory.
type columnEntry struct {
	name           uint32
	typ            Type
	target         uint32
	data, starts   extent
	known, present extent
}

// extent is a range of bytes of the file. The zero extent is a section that
// is left out: no section starts at byte zero.
type extent struct{ off, end int }

// Map opens the image in a file without reading more than its header and
// directory: the file is mapped into memory where the platform can, else read.
// The error matches [ErrCorrupt], [ErrVersion] or what the file system said.
//
// The file must not be written to or cut short while it is mapped; replacing
// it, as [WriteFile] does, is safe.
func Map(path string) (*Image, error) {
	raw, err := mapFile(path)
	if err != nil {
		return nil, fmt.Errorf("image: %w", err)
	}
	m, err := parse(raw, hostIsBig)
	if err != nil {
		unmapFile(raw)
		return nil, fmt.Errorf("image: %s: %w", path, err)
	}
	m.mapped = true
	m.cleanup = runtime.AddCleanup(m, unmapFile, raw)
	return m, nil
}

// FromBytes opens the image in b, which must not change afterwards. It checks
// what [Map] does. It copies b only if b does not start at a multiple of eight.
func FromBytes(b []byte) (*Image, error) {
	m, err := parse(aligned(b), hostIsBig)
	if err != nil {
		return nil, fmt.Errorf("image: %w", err)
	}
	return m, nil
}

// Within opens the image in b, which are bytes of the image outer, and keeps
// outer mapped as long as itself is in use; a Close of outer ends both. It
// copies b only if b does not start at a multiple of eight, which a column of
// bytes does.
func Within(outer *Image, b []byte) (*Image, error) {
	m, err := FromBytes(b)
	if err != nil {
		return nil, err
	}
	m.outer = outer
	return m, nil
}

// Open is [Map] followed by [Image.Verify].
func Open(path string) (*Image, error) {
	m, err := Map(path)
	if err != nil {
		return nil, err
	}
	if err := m.verify(); err != nil {
		m.Close()
		return nil, fmt.Errorf("image: %s: %w", path, err)
	}
	return m, nil
}

// Digest returns the SHA-256 the image carries, which names it. It is what the
// bytes hash to only if Verify says so.
func (m *Image) Digest() [32]byte { return m.digest }

// Kind returns what the image is of, such as "topology" or "request".
func (m *Image) Kind() string { return m.kind }

// Size returns the image's length in bytes, a multiple of 64.
func (m *Image) Size() int { return len(m.raw) }

// Bytes returns the image itself: read-only, and good only while the Image is
// open and reachable. It is nil once closed.
func (m *Image) Bytes() []byte {
	if m.closed.Load() {
		return nil
	}
	return m.raw
}

// Close unmaps the image. Nothing taken from it but strings may be used
// afterwards, and no reader may be at work. Closing again does nothing.
func (m *Image) Close() error {
	if m.closed.Swap(true) || !m.mapped {
		return nil
	}
	m.cleanup.Stop()
	unmapFile(m.raw)
	return nil
}
