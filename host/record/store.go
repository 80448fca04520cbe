package record

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"runtime"
	"sync"
	"time"
)

// Directories of a store.
const (
	objectsDir   = "objects/sha256"
	recordsDir   = "records"
	decisionsDir = "decisions"
	tempDir      = "tmp"
)

// ErrDamaged is what reading reports of a file whose content is not what its name says.
var ErrDamaged = errors.New("damaged")

// Store is a directory of recorded decisions. It is safe for any number of goroutines and processes.
type Store struct {
	dir  string
	root *os.Root // nothing outside of it is ever opened

	mu    sync.Mutex
	known map[string]string // digest of an input → the object it is kept as, once seen to be there
}

// Open opens a store to read from it.
func Open(dir string) (*Store, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	if info, err := root.Stat(decisionsDir); err != nil || !info.IsDir() {
		root.Close()
		return nil, fmt.Errorf("record: %s holds no recorded decisions; give the directory that decide --record was given", dir)
	}
	return &Store{dir: dir, root: root, known: map[string]string{}}, nil
}

// Create opens a store to write to it, and makes the directory if there is none. It removes what processes
// left behind that were killed long ago.
func Create(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	s := &Store{dir: dir, root: root, known: map[string]string{}}
	for _, d := range []string{objectsDir, recordsDir, decisionsDir, tempDir} {
		if err := root.MkdirAll(d, 0o777); err != nil {
			root.Close()
			return nil, fmt.Errorf("record: %w", err)
		}
	}
	s.sweep(time.Now().Add(-staleAfter))
	return s, nil
}

// Close gives the directory up.
func (s *Store) Close() error { return s.root.Close() }

// Dir returns the store's directory as it was given.
func (s *Store) Dir() string { return s.dir }

// path names a file of the store in errors.
func (s *Store) path(name string) string { return path.Join(s.dir, name) }

// sweep removes temporary files from before a time. That it cannot matters to nobody.
func (s *Store) sweep(before time.Time) {
	entries, err := fs.ReadDir(s.root.FS(), tempDir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && info.ModTime().Before(before) {
			_ = s.root.Remove(path.Join(tempDir, e.Name()))
		}
	}
}

// write puts data at name, all of it or nothing: whenever the process or the machine stops, the name is
// free or holds all of data. Who else writes the same name writes the same data.
func (s *Store) write(name string, data []byte) (err error) {
	dir := path.Dir(name)
	if err := s.root.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	// The name is only to be free: nothing that is written depends on it.
	temp := path.Join(tempDir, fmt.Sprintf("%s-%d", path.Base(name), rand.Uint64()))
	f, err := s.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			_ = s.root.Remove(temp)
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
	if err = s.root.Rename(temp, name); err != nil {
		return err
	}
	if err = s.syncDir(dir); err != nil {
		return err
	}
	return s.syncDir(path.Dir(dir)) // the directory may be new
}

// syncDir makes what was renamed into a directory outlast a power failure. Windows does not open
// directories as files.
func (s *Store) syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := s.root.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// read reads a file of the store. It must be one: a pipe would be waited for.
func (s *Store) read(name string, limit int64) ([]byte, error) {
	info, err := s.root.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w: not a regular file", s.path(name), ErrDamaged)
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%s: %w: %d bytes; it may have %d", s.path(name), ErrDamaged, info.Size(), limit)
	}
	f, err := s.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return nil, fmt.Errorf("%s: %w", s.path(name), err)
	}
	return data, nil
}
