//go:build unix

package cache

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/bailiwick-dev/bailiwick/host/internal/processtest"
)

// TestDirectoryRefused opens directories that are not ours alone.
func TestDirectoryRefused(t *testing.T) {
	for _, mode := range []os.FileMode{0o701, 0o710, 0o720, 0o755, 0o777} {
		dir := t.TempDir()
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("guest cache: %s: the compile cache's directory cannot be used: its mode is %04o, so others can reach it; remove what is in it and set mode 0700", dir, mode)
		if _, err := Open(dir, Options{}); !errors.Is(err, ErrDirectory) || err.Error() != want {
			t.Errorf("got %v", err)
		}
		if got := names(t, dir); len(got) != 0 {
			t.Errorf("%04o: the directory holds %q", mode, got)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	write(t, file, nil)
	if _, err := Open(file, Options{}); !errors.Is(err, ErrDirectory) || !errors.Is(err, unix.ENOTDIR) {
		t.Errorf("got %v", err)
	}
	dangling := filepath.Join(t.TempDir(), "dangling")
	if err := os.Symlink("nowhere", dangling); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dangling, Options{}); !errors.Is(err, ErrDirectory) {
		t.Errorf("got %v", err)
	}
	// A link to a directory of ours is as good as the directory.
	link, dir := filepath.Join(t.TempDir(), "link"), filepath.Join(t.TempDir(), "cache")
	expect(t, dir, answering(42), 42, fresh)
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	expect(t, link, answering(42), 42, hit)
}

// TestOthersDirectory needs to give files away, which only root may.
func TestOthersDirectory(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("NOT RUN: only root can give a directory away")
	}
	dir, path, good := small(t)
	for _, name := range []string{path, filepath.Join(dir, "key")} {
		if err := os.Chown(name, 12345, -1); err != nil {
			t.Fatal(err)
		}
		damaged(t, dir, name)
	}
	write(t, path, good)
	if err := os.Chown(dir, 12345, -1); err != nil {
		t.Fatal(err)
	}
	want := "guest cache: " + dir + ": the compile cache's directory cannot be used: it belongs to user 12345, and this process runs as 0; name a directory of its own"
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrDirectory) || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

// TestPlanted puts what is no file of ours alone in the place of an entry and of the key: the entry is made again, and
// whatever a link led to is as it was.
func TestPlanted(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside")
	for _, c := range []struct {
		name  string
		plant func(path string, good []byte) error
	}{
		{"link to a good one inside", func(path string, good []byte) error {
			inside := filepath.Join(filepath.Dir(path), "inside")
			write(t, inside, good)
			return os.Symlink("inside", path)
		}},
		{"link to a good one outside", func(path string, good []byte) error {
			write(t, outside, good)
			return os.Symlink(outside, path)
		}},
		{"link to nothing", func(path string, _ []byte) error { return os.Symlink("nothing", path) }},
		{"link to itself", func(path string, _ []byte) error { return os.Symlink(path, path) }},
		{"hard link", func(path string, good []byte) error {
			write(t, outside, good)
			return os.Link(outside, path)
		}},
		{"pipe", func(path string, _ []byte) error { return unix.Mkfifo(path, 0o600) }},
		{"empty directory", func(path string, _ []byte) error { return os.Mkdir(path, 0o700) }},
		{"readable to the group", func(path string, good []byte) error {
			write(t, path, good)
			return os.Chmod(path, 0o640)
		}},
		{"writable to all", func(path string, good []byte) error {
			write(t, path, good)
			return os.Chmod(path, 0o606)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir, path, good := small(t)
			for _, p := range []string{path, filepath.Join(dir, "key")} {
				if c.name == "empty directory" && p != path {
					continue // see TestNoKey
				}
				was := mustRead(t, p)
				if err := os.Remove(p); err != nil {
					t.Fatal(err)
				}
				write(t, outside, []byte("theirs"))
				if err := c.plant(p, was); err != nil {
					t.Fatal(err)
				}
				kept := mustRead(t, outside)
				damaged(t, dir, filepath.Base(p))
				if now := mustRead(t, outside); !bytes.Equal(now, kept) {
					t.Errorf("what was outside is now %q", now)
				}
				if info, err := os.Lstat(p); err != nil || !ours(info) {
					t.Errorf("there is %v, %v", info, err)
				}
				if now := mustRead(t, p); p != path && bytes.Equal(now, was) {
					t.Error("a key that others may know is used still")
				}
				expect(t, dir, answering(42), 42, hit)
				noTemps(t, dir)
			}
			_ = good
		})
	}
}

// TestFullEntry finds a directory with something in it where the entry would be: nothing of it is removed.
func TestFullEntry(t *testing.T) {
	dir, path, _ := small(t)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(path, "deep"), 0o700); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		expect(t, dir, answering(42), 42, Stats{Refused: 1, Unwritten: 1})
	}
	noTemps(t, dir)
	if _, err := os.Stat(filepath.Join(path, "deep")); err != nil {
		t.Error(err)
	}
}

// TestNoKey finds a directory where the key would be.
func TestNoKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	if err := os.MkdirAll(filepath.Join(dir, "key", "deep"), 0o700); err != nil {
		t.Fatal(err)
	}
	want := "guest cache: " + dir + ": the compile cache's directory cannot be used: make a key: "
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrDirectory) || len(err.Error()) < len(want) || err.Error()[:len(want)] != want {
		t.Errorf("got %v", err)
	}
	noTemps(t, dir)
}

// TestModes checks what we make ourselves, whatever the umask lets through.
func TestModes(t *testing.T) {
	old := unix.Umask(0)
	defer unix.Umask(old)
	dir, path, _ := small(t)
	for name, want := range map[string]os.FileMode{dir: os.ModeDir | 0o700, path: 0o600, filepath.Join(dir, "key"): 0o600} {
		if info, err := os.Lstat(name); err != nil || info.Mode() != want {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
	}
}

// TestReadOnly uses what is in a directory that cannot be written to. Root may write everywhere, so it is not root who
// tests this.
func TestReadOnly(t *testing.T) {
	if !processtest.AsNobody(t) {
		return
	}
	dir, _, _ := small(t)
	if err := os.Chmod(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(dir, 0o700)
	expect(t, dir, answering(42), 42, hit)
	expect(t, dir, answering(43), 43, Stats{Misses: 1, Unwritten: 1})
}
