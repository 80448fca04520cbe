//go:build unix

package image

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// mapFile maps a regular file read-only. O_NONBLOCK keeps a named pipe from
// holding the caller up before it is refused.
func mapFile(path string) ([]byte, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	size, err := fileSize(f, path)
	if err != nil || size == 0 {
		return nil, err
	}
	b, err := unix.Mmap(int(f.Fd()), 0, size, unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map %s: %w", path, err)
	}
	return b, nil
}

// unmapFile gives back what mapFile returned. It can fail only for a range
// that is not mapped, which Image rules out.
func unmapFile(b []byte) {
	if len(b) > 0 {
		_ = unix.Munmap(b)
	}
}
