package image

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// TestWithin opens an image inside a column of another, in place, and reads it when nothing but itself
// holds the other's mapping.
func TestWithin(t *testing.T) {
	inner := build(t, complete())
	b := NewBuilder("outer")
	b.Table("t", len(inner)).Uint8s("image", inner, States{})
	outer, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "outer.image")
	if err := os.WriteFile(name, outer, 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	table, err := m.Table("t")
	if err != nil {
		t.Fatal(err)
	}
	c, err := table.Uint8s("image")
	if err != nil {
		t.Fatal(err)
	}
	in, err := Within(m, c.Values())
	if err != nil {
		t.Fatal(err)
	}
	if &in.Bytes()[0] != &c.Values()[0] {
		t.Error("the inner image was copied")
	}
	m, table, c = nil, Table{}, Uint8Column{}
	for range 3 {
		runtime.GC()
	}
	if err := in.Verify(); err != nil {
		t.Error(err)
	}
	if !bytes.Equal(in.Bytes(), inner) {
		t.Error("the inner image is another")
	}
	runtime.KeepAlive(in)
}
