package memory

import (
	"errors"
	"fmt"
)

var (
	// ErrPages says that a memory was asked for that no guest may have.
	ErrPages = errors.New("guest's memory is over its cap")

	// ErrPlace is matched by every [*PlaceError].
	ErrPlace = errors.New("snapshot cannot be placed where the guest reserved room")

	// ErrSize says that a snapshot is empty or larger than any guest's memory.
	ErrSize = errors.New("snapshot does not fit a guest's memory")

	// ErrGrew says that a guest grew its memory after it was sealed, which cannot be taken back.
	ErrGrew = errors.New("guest's memory grew since it was initialised: replace the instance")

	// ErrOrder says that a memory's methods were called in an order that makes no sense.
	ErrOrder = errors.New("guest's memory is used out of order")

	// ErrClosed says that a snapshot, or the states of a module, were used after they were closed.
	ErrClosed = errors.New("already closed")
)

// PlaceError tells why a snapshot cannot be placed where the guest's reserve function said. It matches [ErrPlace].
type PlaceError struct {
	Offset uint32 // what the guest returned, in bytes
	Room   uint64 // bytes of room the snapshot needs
	Memory uint64 // bytes of memory the guest has
	What   string // the fault, in words
}

// Error says what, where and what to do.
func (e *PlaceError) Error() string {
	return fmt.Sprintf("%v: offset %d, %d bytes, in a memory of %d bytes: %s", ErrPlace, e.Offset, e.Room, e.Memory, e.What)
}

// Is reports whether target is [ErrPlace].
func (e *PlaceError) Is(target error) bool { return target == ErrPlace }

// outOfOrder is an [ErrOrder] that says what is wrong.
func outOfOrder(what string) error { return fmt.Errorf("%w: %s", ErrOrder, what) }
