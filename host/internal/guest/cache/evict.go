package cache

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"
)

// list gives what is in the directory.
func (s *store) list() []fs.FileInfo {
	dir, err := s.root.Open(".")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	var out []fs.FileInfo
	for _, name := range names {
		if info, err := s.root.Lstat(name); err == nil { // else it is gone
			out = append(out, info)
		}
	}
	return out
}

// entries gives the entries.
func (s *store) entries() []fs.FileInfo {
	return slices.DeleteFunc(s.list(), func(info fs.FileInfo) bool {
		b, err := hex.DecodeString(info.Name())
		return err != nil || len(b) != sha256.Size || !info.Mode().IsRegular()
	})
}

// evict removes the entries used longest ago, until the rest fits. It keeps one, which was just written.
func (s *store) evict(keep string) {
	entries := s.entries()
	var total int64
	for _, e := range entries {
		total += e.Size()
	}
	slices.SortFunc(entries, func(a, b fs.FileInfo) int {
		return cmp.Or(a.ModTime().Compare(b.ModTime()), cmp.Compare(a.Name(), b.Name()))
	})
	for _, e := range entries {
		if total <= s.size {
			return
		}
		if e.Name() != keep && s.root.Remove(e.Name()) == nil {
			s.count.evicted.Add(1)
			total -= e.Size()
		}
	}
}

// sweep removes temporary files that nobody writes any more.
func (s *store) sweep(now time.Time) {
	for _, info := range s.list() {
		if !strings.HasPrefix(info.Name(), tempPrefix) {
			continue
		}
		age := now.Sub(info.ModTime())
		if age > staleTemp || age > freshTemp && s.abandoned(info) {
			_ = s.root.Remove(info.Name())
		}
	}
}

// abandoned tells whether a file is held by no process, as far as locks tell.
func (s *store) abandoned(info fs.FileInfo) bool {
	if !info.Mode().IsRegular() {
		return true // we write none such
	}
	f, err := s.root.OpenFile(info.Name(), os.O_RDONLY|openFlags, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	return lock(f, false) == nil
}
