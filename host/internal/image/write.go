package image

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// WriteFile puts data at path, all of it or nothing: whenever the process or
// the machine stops, the path holds what it held or all of data. It writes a
// file beside it, named path's name and ".tmp-" and a number, which is removed
// on every error and left behind only by a process that was killed.
func WriteFile(path string, data []byte) error {
	if err := writeFile(path, data); err != nil {
		return fmt.Errorf("image: write %s: %w", path, err)
	}
	return nil
}

func writeFile(path string, data []byte) (err error) {
	// The name is only to be free: nothing that is written depends on it.
	temp := fmt.Sprintf("%s.tmp-%d", path, rand.Uint64())
	f, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(temp)
		}
	}()
	if _, err = f.Write(data); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Rename(temp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}
