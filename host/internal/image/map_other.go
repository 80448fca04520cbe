//go:build !unix

package image

import (
	"io"
	"os"
)

// mapFile reads the file into memory.
func mapFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	size, err := fileSize(f, path)
	if err != nil {
		return nil, err
	}
	b := alignedBytes(size)
	if _, err := io.ReadFull(f, b); err != nil {
		return nil, err
	}
	return b, nil
}

// unmapFile leaves the memory to the garbage collector.
func unmapFile([]byte) {}
