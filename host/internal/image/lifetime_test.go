package image

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// written writes an image to a new file.
func written(t testing.TB, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "snapshot")
	if err := WriteFile(path, data); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCloseEndsReading(t *testing.T) {
	data := build(t, complete())
	m, err := Open(written(t, data))
	if err != nil {
		t.Fatal(err)
	}
	site := table(t, m, "site")
	id := must[StringColumn](t)(site.Strings("id")).At(0)
	sum := m.Digest()
	for range 2 {
		if err := m.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if id != "eu-central-1" {
		t.Errorf("a string read before Close is %q after it", id)
	}
	if m.Digest() != sum || m.Kind() != "topology" || m.Size() != len(data) {
		t.Error("Close forgot what the image is")
	}
	if m.Bytes() != nil || m.String(0) != "" || site.Name() != "" {
		t.Error("bytes can be read after Close")
	}
	if _, ok := m.LookupString("site"); ok {
		t.Error("strings are found after Close")
	}
	for want, err := range map[string]error{
		`image: table "site": image is closed`: func() error { _, err := m.Table("site"); return err }(),
		`image: column "id": image is closed`:  func() error { _, err := site.Strings("id"); return err }(),
		`image: image is closed`:               m.Verify(),
	} {
		if err == nil || err.Error() != want || !errors.Is(err, ErrClosed) {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// mappings counts how often path is mapped, or skips where that is not told.
func mappings(t *testing.T, path string) int {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("NOT RUN: this system does not tell what is mapped")
	}
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(maps), path)
}

// collected runs the garbage collector until path is no longer mapped.
func collected(t *testing.T, path string) bool {
	for range 1000 {
		runtime.GC()
		if mappings(t, path) == 0 {
			return true
		}
		runtime.Gosched()
	}
	return false
}

func TestViewsKeepTheImageMapped(t *testing.T) {
	path := written(t, build(t, complete()))
	lat := func() Float64Column {
		m, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		return must[Float64Column](t)(table(t, m, "site").Float64s("lat"))
	}()
	for range 10 {
		runtime.GC()
	}
	if n := mappings(t, path); n != 1 {
		t.Errorf("mapped %d times while a column is held", n)
	}
	if lat.At(0) != 50.11 {
		t.Error(lat.At(0))
	}
	if !collected(t, path) {
		t.Error("still mapped though nothing holds it")
	}
}

func TestNothingStaysMapped(t *testing.T) {
	data := build(t, complete())
	path := written(t, data)
	m, err := Map(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := mappings(t, path); n != 1 {
		t.Errorf("mapped %d times", n)
	}
	m.Close()
	if n := mappings(t, path); n != 0 {
		t.Errorf("mapped %d times after Close", n)
	}
	data[len(data)-1] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path); err == nil {
		t.Error("no error")
	}
	data[0] ^= 1
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Map(path); err == nil {
		t.Error("no error")
	}
	if n := mappings(t, path); n != 0 {
		t.Errorf("mapped %d times after errors", n)
	}
}

func TestConcurrentReaders(t *testing.T) {
	m, err := Map(written(t, build(t, complete())))
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	want := ""
	var once sync.Once
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 20 {
				got := asJSON(t, describe(m))
				once.Do(func() { want = got })
				if got != want {
					t.Error("readers differ")
				}
				if err := m.Verify(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestFilesThatAreNoImages(t *testing.T) {
	dir := t.TempDir()
	if _, err := Map(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := Map(dir); err == nil || err.Error() != "image: "+dir+": not a regular file" {
		t.Error(err)
	}
	huge := filepath.Join(dir, "huge")
	if err := os.WriteFile(huge, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Map(huge); err == nil || err.Error() != "image: "+huge+": corrupt image at byte 0: the file ends within the 128-byte header; build it again from its source, or fetch it again" {
		t.Error(err)
	}
	if err := os.Truncate(huge, MaxSize+1); err != nil {
		t.Skip("NOT RUN: no file can be as large here: ", err)
	}
	if _, err := Map(huge); !errors.Is(err, ErrCorrupt) {
		t.Error(err)
	}
}
