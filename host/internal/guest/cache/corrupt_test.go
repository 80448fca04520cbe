package cache

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// damaged asks for a module whose entry was changed: it must be compiled again.
func damaged(t *testing.T, dir string, what ...any) {
	t.Helper()
	c, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(what, err)
	}
	defer c.Close(context.Background())
	c.store.sync = func(*os.File) error { return nil } // thousands of times
	if got, err := ask(c, answering(42)); err != nil || got != 42 {
		t.Fatal(what, got, err)
	}
	if got := c.Stats(); got != refused {
		t.Fatalf("%v: %+v", what, got)
	}
}

// write puts bytes where an entry was, as a file like those that we write.
func write(tb testing.TB, path string, b []byte) {
	tb.Helper()
	if err := os.RemoveAll(path); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o600); err != nil {
		tb.Fatal(err)
	}
}

// small is a directory with the entry of a small module.
func small(t *testing.T) (dir, path string, good []byte) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "cache")
	expect(t, dir, answering(42), 42, fresh)
	path = entry(t, dir)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return dir, path, good
}

// TestEveryBit flips every bit of an entry, one by one.
func TestEveryBit(t *testing.T) {
	dir, path, good := small(t)
	step := 1
	if testing.Short() {
		step = 61
	}
	n := 0
	for bit := 0; bit < 8*len(good); bit += step {
		bad := bytes.Clone(good)
		bad[bit/8] ^= 1 << (bit % 8)
		write(t, path, bad)
		damaged(t, dir, "bit", bit)
		n++
	}
	t.Logf("%d bits of %d bytes", n, len(good))
	expect(t, dir, answering(42), 42, hit) // the last was replaced by a good one
}

// TestEveryLength cuts an entry short at every byte, and adds to it.
func TestEveryLength(t *testing.T) {
	dir, path, good := small(t)
	for n := range good {
		write(t, path, good[:n])
		damaged(t, dir, "cut to", n)
	}
	for _, n := range []int{1, 32, 4096} {
		write(t, path, append(bytes.Clone(good), make([]byte, n)...))
		damaged(t, dir, "with added", n)
	}
	write(t, path, good)
	expect(t, dir, answering(42), 42, hit)
}

// TestLargeEntry flips bits here and there in the entry of a guest that Go compiled, and cuts it.
func TestLargeEntry(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN with -short: it compiles a guest of Go's, which takes long under the race detector")
	}
	dir := filepath.Join(t.TempDir(), "cache")
	c := must(t, dir, Options{})
	if _, err := c.Compile(context.Background(), runtimeWith(t, c), golang(t)); err != nil {
		t.Fatal(err)
	}
	path := entry(t, dir)
	name := filepath.Base(path)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		bit := r.Int64N(int64(8 * len(good)))
		at, was := bit/8, good[bit/8]
		if _, err := f.WriteAt([]byte{was ^ 1<<(bit%8)}, at); err != nil {
			t.Fatal(err)
		}
		if _, err := c.store.read(name); !errors.Is(err, errUntrusted) {
			t.Fatalf("bit %d: %v", bit, err)
		}
		if _, err := f.WriteAt([]byte{was}, at); err != nil {
			t.Fatal(err)
		}
	}
	if b, err := c.store.read(name); err != nil || len(b)+len(magic)+32 != len(good) {
		t.Fatal("the entry put right again is refused:", err)
	}
	for range 20 {
		n := r.Int64N(int64(len(good)))
		if err := os.Truncate(path, n); err != nil {
			t.Fatal(err)
		}
		if _, err := c.store.read(name); !errors.Is(err, errUntrusted) {
			t.Fatalf("cut to %d: %v", n, err)
		}
		if _, err := f.WriteAt(good[n:], n); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSwapped puts the entry of one module in the place of another's, and one of another directory in its place here.
func TestSwapped(t *testing.T) {
	dir, path, good := small(t)
	other := filepath.Join(t.TempDir(), "cache")
	expect(t, other, answering(43), 43, fresh)
	write(t, path, mustRead(t, entry(t, other)))
	damaged(t, dir, "another module of another directory")

	c := must(t, dir, Options{})
	if got, err := ask(c, answering(43)); got != 43 || err != nil {
		t.Fatal(got, err)
	}
	for _, name := range names(t, dir) {
		if p := filepath.Join(dir, name); len(name) == 64 && p != path {
			write(t, path, mustRead(t, p))
		}
	}
	damaged(t, dir, "another module of this directory")

	expect(t, other, answering(42), 42, fresh)
	write(t, path, mustRead(t, filepath.Join(other, filepath.Base(path))))
	damaged(t, dir, "the same module of another directory")

	write(t, path, good)
	expect(t, dir, answering(42), 42, hit)
}

func mustRead(tb testing.TB, path string) []byte {
	tb.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

// TestKeyChanges has no entry survive its key, whatever befell that.
func TestKeyChanges(t *testing.T) {
	dir, path, good := small(t)
	key := filepath.Join(dir, "key")
	was := mustRead(t, key)
	for _, c := range []struct {
		name string
		key  []byte
	}{
		{"lost", nil},
		{"empty", []byte{}},
		{"short", was[:31]},
		{"long", append(bytes.Clone(was), 0)},
		{"another", bytes.Repeat([]byte{1}, 32)},
	} {
		write(t, path, good)
		if c.key == nil {
			if err := os.Remove(key); err != nil {
				t.Fatal(err)
			}
		} else {
			write(t, key, c.key)
		}
		damaged(t, dir, c.name)
		if now := mustRead(t, key); len(now) != 32 || bytes.Equal(now, was) {
			t.Errorf("%s: the key is %x", c.name, now)
		}
		expect(t, dir, answering(42), 42, hit)
	}
	write(t, key, was)
	write(t, path, good)
	expect(t, dir, answering(42), 42, hit)
}

// TestBound gives entries of other builds other names.
func TestBound(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "cache")
	seen := map[string]bool{}
	for _, version := range []string{"a@v1", "a@v2"} {
		s, err := openStore(dir, Options{}, version)
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range [][32]byte{{1}, {2}} {
			name := s.name(key)
			if seen[name] {
				t.Errorf("%s, key %d: the name was had", version, key[0])
			}
			seen[name] = true
			if err := s.Add(key, bytes.NewReader([]byte{1})); err != nil {
				t.Error(err)
			}
			if err := s.Delete(key); err != nil {
				t.Error(err)
			}
			if _, ok, err := s.Get(key); ok || err != nil {
				t.Error("deleted, and there:", ok, err)
			}
		}
		if err := s.close(); err != nil {
			t.Error(err)
		}
	}
}
