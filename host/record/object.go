package record

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

const digestPrefix = "sha256:"

func digestOf(data []byte) string {
	sum := sha256.Sum256(data)
	return digestPrefix + hex.EncodeToString(sum[:])
}

// hexOf returns the hexadecimal digits of a digest, or false if it is none. Names of files are made of
// what it returns alone, so that no id leads out of its directory.
func hexOf(digest string) (string, bool) {
	digits, ok := strings.CutPrefix(digest, digestPrefix)
	if !ok || len(digits) != 2*sha256.Size || !isHex(digits) {
		return "", false
	}
	return digits, true
}

// isHex reports whether s has lower-case hexadecimal digits only.
func isHex(s string) bool { return strings.Trim(s, "0123456789abcdef") == "" }

// objectName returns the file of an object.
func objectName(digest string) (string, error) {
	digits, ok := hexOf(digest)
	if !ok {
		return "", fmt.Errorf("%q is not a digest", digest)
	}
	return path.Join(objectsDir, digits[:2], digits[2:]), nil
}

// keep puts an object, unless it is there, and returns its digest.
func (s *Store) keep(data []byte) (string, error) {
	digest := digestOf(data)
	name, err := objectName(digest)
	if err != nil {
		return "", err
	}
	return digest, s.put(name, data)
}

// there reports whether an object has a file.
func (s *Store) there(digest string) bool {
	name, err := objectName(digest)
	if err != nil {
		return false
	}
	_, err = s.root.Stat(name)
	return err == nil
}

// put writes a file that can only ever have this content. If it is there already it is not written again,
// but looked at: what is damaged must not pass for kept.
func (s *Store) put(name string, data []byte) error {
	info, err := s.root.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s.write(name, data)
	case err != nil:
		return err
	case !info.Mode().IsRegular() || info.Size() != int64(len(data)):
		return s.damaged(name)
	case len(data) > comparedBytes:
		return nil
	}
	there, err := s.read(name, int64(len(data)))
	if err != nil {
		return err
	}
	if !bytes.Equal(there, data) {
		return s.damaged(name)
	}
	return nil
}

func (s *Store) damaged(name string) error {
	return fmt.Errorf("%s: %w: its content is not what its name says; remove it, and record again", s.path(name), ErrDamaged)
}

// object reads an object and verifies it. what says of what it is part.
func (s *Store) object(what, digest string) ([]byte, error) {
	name, err := objectName(digest)
	if err != nil {
		return nil, err
	}
	data, err := s.read(name, maxObjectBytes)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("the %s %s is missing: there is no %s", what, digest, s.path(name))
	case err != nil:
		return nil, err
	}
	if got := digestOf(data); got != digest {
		return nil, fmt.Errorf("%s: %w: the %s there has digest %s", s.path(name), ErrDamaged, what, got)
	}
	return data, nil
}
