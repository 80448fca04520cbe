package image

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestWriteFileReplaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "snapshot")
	old, err := NewBuilder("request").Bytes()
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(path, old); err != nil {
		t.Fatal(err)
	}
	reader, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if err := WriteFile(path, build(t, complete())); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(reader.Bytes(), old) || reader.Verify() != nil {
		t.Error("a reader of the old image sees the new one")
	}
	m, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if m.Kind() != "topology" {
		t.Error(m.Kind())
	}
	only(t, path)
}

func TestWriteFileLeavesNothingOnErrors(t *testing.T) {
	dir := t.TempDir()
	if err := WriteFile(filepath.Join(dir, "none", "snapshot"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	taken := filepath.Join(dir, "taken")
	if err := os.Mkdir(taken, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := WriteFile(taken, []byte("data")); err == nil {
		t.Error("a directory was replaced")
	}
	only(t, taken)
}

// TestWriteFileKeepsDevices must not be run against /dev/null itself by a user who could replace it: so
// it looks first that it would be refused.
func TestWriteFileKeepsDevices(t *testing.T) {
	if _, err := os.Stat(os.DevNull); runtime.GOOS == "windows" || errors.Is(err, fs.ErrNotExist) {
		t.Skip("this system has no devices among its files")
	}
	if to, err := follow(os.DevNull); err == nil {
		t.Fatalf("%s would be replaced at %s", os.DevNull, to)
	}
	dir := t.TempDir()
	link := filepath.Join(dir, "link")
	if err := os.Symlink(os.DevNull, link); err != nil {
		t.Fatal(err)
	}
	taken := filepath.Join(dir, "taken")
	if err := os.Mkdir(taken, 0o700); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		os.DevNull: "image: write " + os.DevNull + ": it is a device, and no regular file; name a file",
		link:       "image: write " + link + ": it is a device, and no regular file; name a file",
		taken:      "image: write " + taken + ": it is a directory, and no regular file; name a file",
	} {
		if err := WriteFile(path, []byte("data")); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode().IsRegular() {
		t.Errorf("%s is %v, %v", os.DevNull, info, err)
	}
}

// TestWriteFileFollowsLinks writes through symbolic links, to files that are there and that are not.
func TestWriteFileFollowsLinks(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := os.MkdirAll(at("real/deep"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, to := range map[string]string{
		"there": "real/there", "free": "real/free", "absolute": at("real/there"), "twice": "there",
		"deep": "real/deep", "real/deep/up": "../up", "loop": "loop",
	} {
		if err := os.Symlink(to, at(name)); err != nil {
			if runtime.GOOS == "windows" {
				t.Skip("making links is a privilege here: ", err)
			}
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(at("real/there"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ path, file string }{
		{"there", "real/there"}, {"free", "real/free"}, {"absolute", "real/there"}, {"twice", "real/there"}, {"deep/up", "real/up"},
	} {
		if err := WriteFile(at(c.path), []byte(c.path)); err != nil {
			t.Error(err)
			continue
		}
		info, err := os.Lstat(at(c.path))
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("%s is no link any more: %v", c.path, err)
		}
		info, err = os.Lstat(at(c.file))
		if err != nil || !info.Mode().IsRegular() {
			t.Errorf("%s is no file: %v", c.file, err)
		}
		if b, err := os.ReadFile(at(c.file)); err != nil || string(b) != c.path {
			t.Errorf("%s holds %q, %v", c.file, b, err)
		}
	}
	const want = ": more than 40 symbolic links lead on from it"
	if err := WriteFile(at("loop"), nil); err == nil || err.Error() != "image: write "+at("loop")+want {
		t.Errorf("got %v", err)
	}
}

// only checks that path is alone in its directory.
func only(t *testing.T, path string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != filepath.Base(path) {
		t.Errorf("beside %s: %v", path, entries)
	}
}
