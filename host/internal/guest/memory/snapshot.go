package memory

import (
	"fmt"
	"sync"
)

// Snapshot is the bytes of a snapshot image, kept once to be placed in the memories of many guests. It is safe for
// concurrent use.
type Snapshot struct {
	size uint64

	mu      sync.RWMutex
	content frozen // nil once it is closed
}

// NewSnapshot keeps a copy of an image, which nobody can change. The error is [ErrSize] if it is empty or over
// [MaxSnapshot], or the system's.
func NewSnapshot(image []byte) (*Snapshot, error) { return newSnapshot(native, image) }

func newSnapshot(sys system, image []byte) (*Snapshot, error) {
	n := uint64(len(image))
	if n == 0 || n > MaxSnapshot {
		return nil, fmt.Errorf("%w: it has %d bytes, from 1 to %d are allowed", ErrSize, n, uint64(MaxSnapshot))
	}
	content, err := sys.freeze(padded(n), image)
	if err != nil {
		return nil, err
	}
	return &Snapshot{size: n, content: content}, nil
}

// Size is the length of the image in bytes.
func (s *Snapshot) Size() uint64 { return s.size }

// Room is how many bytes a guest reserves for the image: its size in whole pages. The rest of the last page
// reads as zeros.
func (s *Snapshot) Room() uint64 { return padded(s.size) }

// Close gives the copy back. Memories it was placed in keep it until they are freed; it cannot be placed any more.
// Closing twice is closing once.
func (s *Snapshot) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.content == nil {
		return nil
	}
	err := s.content.close()
	s.content = nil
	return err
}

// lay puts the snapshot over memory.
func (s *Snapshot) lay(over backing, at uint64) error {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.content == nil {
		return ErrClosed
	}
	return over.overlay(at, s.content, 0, s.Room())
}
