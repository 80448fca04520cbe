package image

import (
	"errors"
	"fmt"
)

var (
	// ErrCorrupt is matched by every [*FormatError]: the bytes are not an
	// image, or not the image they were.
	ErrCorrupt = errors.New("corrupt image")

	// ErrVersion says that the image has a major format version this package
	// does not read.
	ErrVersion = errors.New("unsupported image format version")

	// ErrSchema says that a sound image lacks a table or column that was asked
	// for, or holds another type there.
	ErrSchema = errors.New("unexpected contents")

	// ErrTooLarge says that what was to be built passes a limit of the format.
	ErrTooLarge = errors.New("too large for an image")

	// ErrClosed says that the image was closed before it was read.
	ErrClosed = errors.New("image is closed")
)

// FormatError tells what is wrong with an image and where. It matches
// [ErrCorrupt].
type FormatError struct {
	Offset int64  // byte from the start of the image
	What   string // the fault, in words
}

// Error says what, where and what to do.
func (e *FormatError) Error() string {
	return fmt.Sprintf("corrupt image at byte %d: %s; build it again from its source, or fetch it again", e.Offset, e.What)
}

// Is reports whether target is [ErrCorrupt].
func (e *FormatError) Is(target error) bool { return target == ErrCorrupt }

// schemaError says that an image lacks what its reader expects, which is a
// matter of versions and no fault of the bytes.
func schemaError(format string, args ...any) error {
	return fmt.Errorf("image: %w: %s; build the image again with this program", ErrSchema, fmt.Sprintf(format, args...))
}

// corrupt makes a FormatError.
func corrupt(offset int, format string, args ...any) error {
	return &FormatError{Offset: int64(offset), What: fmt.Sprintf(format, args...)}
}
