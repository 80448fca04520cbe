package wasm

import (
	"errors"
	"fmt"
)

var (
	// ErrFormat is matched by every [*FormatError].
	ErrFormat = errors.New("not a wasm module this host reads")

	// ErrLimit is matched by every [*LimitError].
	ErrLimit = errors.New("wasm module is over a limit")

	// ErrImport is matched by every [*ImportError].
	ErrImport = errors.New("wasm module imports what is not offered")
)

// FormatError tells what is wrong with a binary and where. It matches [ErrFormat].
type FormatError struct {
	Section string // the section, such as "code", or "header"
	Offset  int    // byte from the start of the binary
	What    string // the fault, in words
	Cut     bool   // whether the binary ends where more has to follow
}

// Error says what, where and what to do.
func (e *FormatError) Error() string {
	if e.Cut {
		return fmt.Sprintf("%v: %s section, byte %d: %s; the file is not whole: copy it or build it again", ErrFormat, e.Section, e.Offset, e.What)
	}
	return fmt.Sprintf("%v: %s section, byte %d: %s; build the guest again for WebAssembly 2.0", ErrFormat, e.Section, e.Offset, e.What)
}

// Is reports whether target is [ErrFormat].
func (e *FormatError) Is(target error) bool { return target == ErrFormat }

// LimitError tells which cap a sound module passes. It matches [ErrLimit].
type LimitError struct {
	Section string // the section, or "module" for the whole
	Offset  int    // byte from the start of the binary
	What    string // what was counted, such as "bytes of body of function 7"
	Have    uint64 // how much the module asks for
	Max     uint64 // the most allowed
}

// Error says what, where and what to do.
func (e *LimitError) Error() string {
	return fmt.Sprintf("%v: %s section, byte %d: %d %s, at most %d are allowed; make the guest smaller or raise the limit",
		ErrLimit, e.Section, e.Offset, e.Have, e.What, e.Max)
}

// Is reports whether target is [ErrLimit].
func (e *LimitError) Is(target error) bool { return target == ErrLimit }

// ImportError tells which import is refused and why. It matches [ErrImport].
type ImportError struct {
	Import Import // what the module asks for
	Offset int    // byte from the start of the binary
	Why    string // why it is refused, in words
}

// Error names the import and says what to do.
func (e *ImportError) Error() string {
	return fmt.Sprintf("%v: import section, byte %d: %s: %s; declare and grant the capability, or build the guest without it",
		ErrImport, e.Offset, e.Import, e.Why)
}

// Is reports whether target is [ErrImport].
func (e *ImportError) Is(target error) bool { return target == ErrImport }
