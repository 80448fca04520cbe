package image

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
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
