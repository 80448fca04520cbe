package cache

import "time"

const (
	// DefaultSize is what entries may take together: some fifty guests that Go compiled.
	DefaultSize = 512 << 20

	// maxEntry is the largest entry that is written or read, in bytes. Entries are read into memory whole; a guest
	// of 2.6 MiB takes 9.2 MiB.
	maxEntry = 128 << 20

	// keySize is the key's size in bytes: as much as the tag's.
	keySize = 32

	// freshTemp is how old a temporary file must be before one that nobody holds is removed: between being made and
	// being locked is a moment, and clocks of shared volumes differ.
	freshTemp = time.Minute

	// staleTemp is how old a temporary file must be to be removed whatever holds it, or where no lock can tell.
	staleTemp = 24 * time.Hour
)
