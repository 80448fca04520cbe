package offer

import (
	"errors"
	"fmt"
)

var (
	// ErrReentered says that an instance was called, or begun, while a call of it was running.
	ErrReentered = errors.New("the guest's instance is called while a call of it is running")

	// ErrDiscarded says that an instance must not be used any more, for a host function failed in it.
	ErrDiscarded = errors.New("the guest's instance is spoilt and must be discarded")

	// ErrInstance says that a host function was called without an instance, or by a guest that is not the instance's.
	ErrInstance = errors.New("a host function is called outside of a call of its instance")

	// ErrNotGranted says that a guest called what it is not granted, so was scanned with other grants than it runs with.
	ErrNotGranted = errors.New("the guest calls a capability that it is not granted")

	// ErrDecision says that a decision cannot be begun.
	ErrDecision = errors.New("no decision that a guest can be told of")
)

// ExitError says that a guest ended itself rather than return.
type ExitError struct {
	Code uint32 // the exit status it gave; 2 is what Go gives for a panic
}

// Error says what happened and what to do.
func (e *ExitError) Error() string {
	return fmt.Sprintf("the guest ended itself with exit status %d; a hook has to return", e.Code)
}

// PointerError says that a guest gave a capability's function memory that it does not have.
type PointerError struct {
	Function string // name of the function
	Pointer  uint32 // first byte
	Length   uint32 // bytes
	Memory   uint64 // bytes that the guest has
}

// Error says what was given and what there is.
func (e *PointerError) Error() string {
	return fmt.Sprintf("the guest called %s.%s with %d bytes at %d, and has a memory of %d bytes", Module, e.Function, e.Length, e.Pointer, e.Memory)
}

// PanicError says that a host function panicked, which is a fault of the host. Its instance is spoilt.
type PanicError struct {
	Function string // module and name of the function
	Err      error  // what the engine recovered, with its trace
}

// Error says where it happened.
func (e *PanicError) Error() string {
	return fmt.Sprintf("the host function %s panicked: %v", e.Function, e.Err)
}

// Unwrap is what the engine recovered.
func (e *PanicError) Unwrap() error { return e.Err }
