package image

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// WriteFile puts data at path, all of it or nothing: whenever the process or
// the machine stops, the path holds what it held or all of data. It writes a
// file beside it, named path's name and ".tmp-" and a number, which is removed
// on every error and left behind only by a process that was killed.
//
// Symbolic links stay: the file they lead to is written. What is there and is
// no regular file is refused, because a file would take its place: a device,
// say, such as /dev/null.
func WriteFile(path string, data []byte) error {
	target, err := follow(path)
	if err == nil {
		err = writeFile(target, data)
	}
	if err != nil {
		return fmt.Errorf("image: write %s: %w", path, err)
	}
	return nil
}

// maxLinks is how many symbolic links lead to a file; Linux follows as many.
const maxLinks = 40

// follow returns where the file that path names is or would be, and refuses
// what is neither free nor a regular file.
func follow(path string) (string, error) {
	for range maxLinks {
		info, err := os.Lstat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return path, nil
		case err != nil:
			return "", err
		case info.Mode().IsRegular():
			return path, nil
		case info.Mode()&fs.ModeSymlink == 0:
			return "", fmt.Errorf("it is %s, and no regular file; name a file", kindOf(info.Mode()))
		}
		to, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		if !filepath.IsAbs(to) {
			// Where the directory is a symbolic link, ".." is not what its name says.
			dir, err := filepath.EvalSymlinks(filepath.Dir(path))
			if err != nil {
				return "", err
			}
			to = filepath.Join(dir, to)
		}
		path = to
	}
	return "", fmt.Errorf("more than %d symbolic links lead on from it", maxLinks)
}

func kindOf(m fs.FileMode) string {
	switch {
	case m.IsDir():
		return "a directory"
	case m&fs.ModeDevice != 0:
		return "a device"
	case m&fs.ModeNamedPipe != 0:
		return "a pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	}
	return "of mode " + m.String()
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
