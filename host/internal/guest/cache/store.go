package cache

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"runtime"
	"time"
)

// magic begins every entry. Its last byte is the version of the format.
const magic = "bwguest\x01"

// tempPrefix begins the names of files that are being written.
const tempPrefix = "tmp-"

// store is a directory of sealed entries. It is the engine's [files].
type store struct {
	root  *os.Root
	key   []byte
	bound []byte // what every entry's name depends on, but for the engine's key
	size  int64
	most  int64                // bytes of an entry's content
	sync  func(*os.File) error // (*os.File).Sync, but for tests
	count counts
}

func openStore(dir string, o Options, engine string) (*store, error) {
	if o.Size < 0 {
		return nil, fmt.Errorf("a size of %d bytes is negative", o.Size)
	}
	if o.Size == 0 {
		o.Size = DefaultSize
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	s := &store{root: root, size: o.Size, most: min(o.Size, maxEntry) - int64(len(magic)) - sha256.Size, sync: (*os.File).Sync}
	s.bound = fmt.Appendf(nil, "%s\n%s\n%s\n%s/%s\n", magic, engine, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	info, err := root.Stat(".")
	if err == nil {
		err = private(info)
	}
	if err == nil {
		s.sweep(time.Now())
		s.key, err = s.readOrMakeKey()
	}
	if err != nil {
		root.Close()
		return nil, err
	}
	s.evict("")
	return s, nil
}

func (s *store) close() error { return s.root.Close() }

// name is the name of the entry for one of the engine's keys.
func (s *store) name(key [32]byte) string {
	h := sha256.New()
	h.Write(s.bound)
	h.Write(key[:])
	return hex.EncodeToString(h.Sum(nil))
}

// seal begins the tag of an entry of that name; its content is still to be written.
func (s *store) seal(name string) hash.Hash {
	mac := hmac.New(sha256.New, s.key)
	io.WriteString(mac, magic)
	io.WriteString(mac, name) // always as long
	return mac
}

// content reads from memory.
type content struct{ bytes.Reader }

func (*content) Close() error { return nil }

// Get gives the engine what it wrote for that key, if it is here and sealed by us.
func (s *store) Get(key [32]byte) (io.ReadCloser, bool, error) {
	name := s.name(key)
	b, err := s.read(name)
	switch {
	case err == nil:
		s.count.hits.Add(1)
		now := time.Now()
		_ = s.root.Chtimes(name, now, now) // at worst it goes early
		c := new(content)
		c.Reset(b)
		return c, true, nil
	case errors.Is(err, errUntrusted):
		s.count.refused.Add(1)
		_ = s.root.Remove(name) // at worst it is refused again
	default:
		s.count.misses.Add(1)
	}
	return nil, false, nil
}

// Add keeps what the engine compiled. Not to be able to is no error: the engine would not hand out what it compiled.
func (s *store) Add(key [32]byte, content io.Reader) error {
	name := s.name(key)
	if err := s.write(name, content); err != nil {
		s.count.unwritten.Add(1)
		return nil
	}
	s.count.written.Add(1)
	s.evict(name)
	return nil
}

// Delete removes an entry that the engine finds is of another version.
func (s *store) Delete(key [32]byte) error {
	_ = s.root.Remove(s.name(key))
	return nil
}

// errUntrusted is matched by errors about files that are not what we wrote.
var errUntrusted = errors.New("not written by us, or changed since")

// read gives the content of an entry that is whole and ours.
func (s *store) read(name string) ([]byte, error) {
	b, err := s.readFile(name, s.most+int64(len(magic))+sha256.Size)
	if err != nil {
		return nil, err
	}
	if len(b) < len(magic)+sha256.Size || string(b[:len(magic)]) != magic {
		return nil, errUntrusted
	}
	b, tag := b[len(magic):len(b)-sha256.Size], b[len(b)-sha256.Size:]
	mac := s.seal(name)
	mac.Write(b)
	if !hmac.Equal(mac.Sum(nil), tag) {
		return nil, errUntrusted
	}
	return b, nil
}

// readFile reads a file of ours that is no larger than most.
func (s *store) readFile(name string, most int64) ([]byte, error) {
	// A link is not followed, and a pipe is not waited for; what changes in between is found out below.
	before, err := s.root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !ours(before) || before.Size() > most {
		return nil, errUntrusted
	}
	f, err := s.root.OpenFile(name, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !ours(info) || info.Size() > most {
		return nil, errUntrusted
	}
	b := make([]byte, info.Size())
	if _, err := io.ReadFull(f, b); err != nil {
		return nil, err
	}
	return b, nil
}

// write writes an entry under another name and renames it.
func (s *store) write(name string, content io.Reader) error {
	return s.replace(name, func(f *os.File) error {
		mac := s.seal(name)
		if _, err := io.WriteString(f, magic); err != nil {
			return err
		}
		n, err := io.Copy(io.MultiWriter(f, mac), content)
		if err != nil {
			return err
		}
		if n > s.most {
			return fmt.Errorf("%d bytes are more than %d", n, s.most)
		}
		_, err = f.Write(mac.Sum(nil))
		return err
	})
}

// replace puts a file under that name, whole or not at all.
func (s *store) replace(name string, write func(*os.File) error) (err error) {
	temp := tempPrefix + rand.Text()
	f, err := s.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			_ = s.root.Remove(temp)
		}
	}()
	_ = lock(f, false) // where nothing can be locked, age decides
	if err = write(f); err != nil {
		return err
	}
	if err = s.sync(f); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return s.root.Rename(temp, name)
}

// readOrMakeKey gives the directory's key. One that could be known to others, or is no key, is replaced, and
// with it every entry is refused.
func (s *store) readOrMakeKey() ([]byte, error) {
	if key, err := s.readKey(); err == nil {
		return key, nil
	}
	dir, err := s.root.Open(".")
	if err != nil {
		return nil, err
	}
	defer dir.Close()       // and with it the lock
	_ = lock(dir, true)     // without it two may make a key at once; the last stays, and is read below
	key, err := s.readKey() // somebody may have been faster
	if err == nil {
		return key, nil
	}
	if !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errUntrusted) {
		return nil, err
	}
	key = make([]byte, keySize)
	rand.Read(key)
	err = s.replace("key", func(f *os.File) error {
		_, err := f.Write(key)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("make a key: %w", err)
	}
	return s.readKey()
}

func (s *store) readKey() ([]byte, error) {
	b, err := s.readFile("key", keySize)
	if err == nil && len(b) != keySize {
		err = errUntrusted
	}
	if err != nil {
		return nil, fmt.Errorf("key: %w", err)
	}
	return b, nil
}
