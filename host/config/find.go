package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// FileName is what a configuration is called that is found upward from the working directory.
const FileName = "bailiwick.yaml"

// None in the place of a file's name says that no file takes part.
const None = "none"

// otherName is a likely misnomer, refused because it would be passed over in silence.
const otherName = "bailiwick.yml"

// find looks for FileName in dir and above, and returns how errors and decisions call it: by its bare name
// in dir itself, else by its whole path. It is "" if there is none.
func find(dir string) (string, error) {
	at := dir
	if !filepath.IsAbs(at) {
		var err error
		if at, err = filepath.Abs(at); err != nil {
			return "", fmt.Errorf("cannot tell the working directory, so no %s can be looked for: %w; name one with --config FILE, or say --config none", FileName, err)
		}
	}
	for range maxParents {
		name := filepath.Join(at, FileName)
		_, err := os.Lstat(name)
		switch {
		case err == nil:
			if err := trusted(name, dir); err != nil {
				return "", err
			}
			return name, nil
		case !errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("cannot tell whether there is a configuration: %w; name one with --config FILE, or say --config none", err)
		}
		if _, err := os.Lstat(filepath.Join(at, otherName)); err == nil {
			return "", fmt.Errorf("%s is not read: the configuration is called %s; rename it, or name it with --config FILE", filepath.Join(at, otherName), FileName)
		}
		parent := filepath.Dir(at)
		if parent == at {
			return "", nil
		}
		at = parent
	}
	return "", fmt.Errorf("%s has more than %d directories above it", dir, maxParents)
}

// read reads a configuration, which must be a file: a pipe would be waited for.
func read(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFileBytes+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxFileBytes {
		return nil, fmt.Errorf("%s: more than the %d bytes it may have", name, maxFileBytes)
	}
	return text, nil
}
