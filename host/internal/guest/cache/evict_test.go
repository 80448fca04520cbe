package cache

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// keyed is a key of the engine's for tests.
func keyed(n byte) [32]byte { return [32]byte{n} }

// TestEviction fills a directory with entries of 1 000 bytes of which it holds three.
func TestEviction(t *testing.T) {
	dir := t.TempDir() + "/cache"
	content := make([]byte, 1000-len(magic)-32)
	s, err := openStore(dir, Options{Size: 3500}, "a@v1")
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	add := func(n byte) {
		t.Helper()
		if err := s.Add(keyed(n), bytes.NewReader(content)); err != nil {
			t.Fatal(err)
		}
	}
	used := func(n byte, hoursAgo int) {
		t.Helper()
		at := time.Now().Add(-time.Duration(hoursAgo) * time.Hour)
		if err := os.Chtimes(filepath.Join(dir, s.name(keyed(n))), at, at); err != nil {
			t.Fatal(err)
		}
	}
	holds := func(want ...byte) {
		t.Helper()
		var have []byte
		for n := range byte(10) {
			if _, err := s.read(s.name(keyed(n))); err == nil {
				have = append(have, n)
			}
		}
		if !slices.Equal(have, want) {
			t.Errorf("holds %v, want %v", have, want)
		}
	}
	stranger := filepath.Join(dir, "README")
	write(t, stranger, make([]byte, 5000)) // is neither counted nor removed

	for n := range byte(3) {
		add(n)
		used(n, 10-int(n))
	}
	holds(0, 1, 2)
	if _, ok, err := s.Get(keyed(0)); !ok || err != nil { // so that 1 was used longest ago
		t.Fatal(ok, err)
	}
	reader, ok, err := s.Get(keyed(1))
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	used(1, 9)
	add(3)
	holds(0, 2, 3)
	got := make([]byte, len(content)+1)
	if n, err := reader.Read(got); n != len(content) || err != nil {
		t.Errorf("an entry that was removed while it is read: %d, %v", n, err)
	}
	if err := reader.Close(); err != nil {
		t.Error(err)
	}

	// An entry whose time lies in the past is not removed for having just been written.
	used(0, 5)
	used(2, 4)
	used(3, -1)
	add(4)
	holds(2, 3, 4)

	if got := s.count.evicted.Load(); got != 2 {
		t.Errorf("%d were evicted", got)
	}
	small, err := openStore(dir, Options{Size: 1000}, "a@v1")
	if err != nil {
		t.Fatal(err)
	}
	defer small.close()
	holds(3)
	if _, err := os.Stat(stranger); err != nil {
		t.Error(err)
	}
}

// mustLock locks a file that nobody else has locked. It skips where the system has no such locks.
func mustLock(t *testing.T, f *os.File) {
	t.Helper()
	err := lock(f, false)
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip("NOT RUN: no lock of this system's ends with the process that holds it: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestSweep removes what writers that are gone left, and nothing else.
func TestSweep(t *testing.T) {
	dir := t.TempDir() + "/cache"
	s, err := openStore(dir, Options{}, "a@v1")
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	temp := func(name string, age time.Duration) *os.File {
		t.Helper()
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		at := time.Now().Add(-age)
		if err := os.Chtimes(f.Name(), at, at); err != nil {
			t.Fatal(err)
		}
		return f
	}
	f := temp("tmp-held", time.Hour)
	mustLock(t, f)
	mustLock(t, temp("tmp-held-long", 25*time.Hour))
	temp("tmp-new", 10*time.Second)
	temp("tmp-left", 2*time.Minute)
	temp("tmp-left-long", 25*time.Hour)
	temp("other", 1000*time.Hour)
	s.sweep(time.Now())
	if got, want := fmt.Sprint(names(t, dir)), "[key other tmp-held tmp-new]"; got != want {
		t.Errorf("left %s, want %s", got, want)
	}
	f.Close()
	s.sweep(time.Now().Add(2 * time.Minute))
	if got, want := fmt.Sprint(names(t, dir)), "[key other]"; got != want {
		t.Errorf("left %s, want %s", got, want)
	}
}

// TestSweepSparesWriters sweeps while an entry is written that takes long.
func TestSweepSparesWriters(t *testing.T) {
	dir := t.TempDir() + "/cache"
	s, err := openStore(dir, Options{}, "a@v1")
	if err != nil {
		t.Fatal(err)
	}
	defer s.close()
	probe, err := os.Create(filepath.Join(dir, "probe"))
	if err != nil {
		t.Fatal(err)
	}
	defer probe.Close()
	mustLock(t, probe)
	err = s.replace("file", func(f *os.File) error {
		s.sweep(time.Now().Add(time.Hour))
		_, err := f.WriteString("slow")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := mustRead(t, filepath.Join(dir, "file")); string(got) != "slow" {
		t.Errorf("got %q", got)
	}
}
