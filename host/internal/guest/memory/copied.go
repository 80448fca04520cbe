package memory

import (
	"fmt"
	"math"
)

// copied holds memory that the garbage collector looks after. It works on every system.
type copied struct{}

func (copied) reserve(most uint64) (backing, error) { return &heap{most: most}, nil }

func (copied) freeze(size uint64, content ...[]byte) (frozen, error) {
	b := make([]byte, size)
	at := 0
	for _, c := range content {
		at += copy(b[at:], c)
	}
	return constant(b), nil
}

func (copied) mapsOver() int { return -1 }

// constant is content nobody writes to.
type constant []byte

func (c constant) bytes() ([]byte, error) { return c, nil }

func (constant) close() error { return nil }

// heap is memory that moves when it grows: what it may grow to is not taken beforehand, because here that would
// be memory, not addresses.
type heap struct {
	most uint64
	mem  []byte
	laid []byte // the snapshot, where there is one
}

func (h *heap) grow(size uint64) ([]byte, error) {
	if size > math.MaxInt/2 {
		return nil, fmt.Errorf("grow memory to %d bytes: this machine's words are too small", size)
	}
	if size > uint64(cap(h.mem)) {
		// Twice the size, so that growing page by page does not copy everything every time.
		mem := make([]byte, size, max(size, min(h.most, 2*uint64(cap(h.mem)))))
		copy(mem, h.mem)
		h.mem = mem
	}
	h.mem = h.mem[:size]
	return h.mem[:size:size], nil
}

func (h *heap) overlay(at uint64, f frozen, from, n uint64) error {
	b, ok := f.(constant)
	if !ok {
		return outOfOrder("what is copied must be in memory")
	}
	h.laid = b[from : from+n]
	copy(h.mem[at:], h.laid)
	return nil
}

func (h *heap) drop(e extent) error { return h.rewind(e, h.laid) }

func (h *heap) rewind(e extent, content []byte) error {
	if content == nil {
		wipe(h.mem[e.start:e.end])
	} else {
		rewrite(h.mem[e.start:e.end], content)
	}
	return nil
}

func (h *heap) free() error {
	h.mem, h.laid = nil, nil
	return nil
}
