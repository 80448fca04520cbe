package image

import (
	"fmt"
	"os"
)

// fileSize returns the size of a regular file that may be an image.
func fileSize(f *os.File, path string) (int, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if !info.Mode().IsRegular() {
		return 0, fmt.Errorf("%s: not a regular file", path)
	}
	if info.Size() > MaxSize {
		return 0, fmt.Errorf("%s: %w", path, corrupt(MaxSize, "the file has %d bytes; the limit is %d", info.Size(), MaxSize))
	}
	return int(info.Size()), nil
}
