package image

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// isDamage reports whether err is what a damaged image must give.
func isDamage(err error) bool {
	var f *FormatError
	return errors.Is(err, ErrVersion) || errors.Is(err, ErrCorrupt) && errors.As(err, &f) && f.Offset >= 0
}

func TestEveryTruncationIsAnError(t *testing.T) {
	data := build(t, complete())
	for n := range len(data) {
		if _, err := openBytes(data[:n]); !isDamage(err) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
	for _, more := range []int{1, sectionAlign} {
		if _, err := openBytes(append(slices.Clone(data), make([]byte, more)...)); !isDamage(err) {
			t.Fatalf("%d bytes more: %v", more, err)
		}
	}
}

func TestEveryFlippedBitIsAnError(t *testing.T) {
	data := build(t, complete())
	for i := range data {
		for bit := range 8 {
			data[i] ^= 1 << bit
			m, err := openBytes(data)
			if !isDamage(err) {
				t.Fatalf("byte %d bit %d: %v", i, bit, err)
			}
			if m != nil {
				readAll(m) // a caller that did not verify
			}
			data[i] ^= 1 << bit
		}
	}
}

func TestFilesAreCheckedLikeBytes(t *testing.T) {
	data := build(t, complete())
	path := filepath.Join(t.TempDir(), "snapshot")
	for _, n := range []int{0, 1, headerSize - 1, headerSize, 4096, len(data) - sectionAlign, len(data) - 1} {
		if n >= len(data) {
			continue
		}
		if err := os.WriteFile(path, data[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); !isDamage(err) {
			t.Errorf("cut to %d bytes: %v", n, err)
		}
	}
	for i := 0; i < len(data); i += 7 {
		bad := slices.Clone(data)
		bad[i] ^= 0x10
		if err := os.WriteFile(path, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path); !isDamage(err) {
			t.Errorf("byte %d: %v", i, err)
		}
	}
}

// A forger can recompute the digest. Whatever Verify then says, nothing panics.
func TestForgedBytesNeverPanic(t *testing.T) {
	data := build(t, complete())
	accepted := 0
	for i := range data {
		old := data[i]
		for _, v := range []byte{0, 1, 2, 0x7F, 0x80, 0xFF, old + 1, old - 1, old ^ 0x10, old ^ 0x40} {
			if v == old || i >= offDigest && i < offDigest+digestSize {
				continue
			}
			data[i] = v
			seal(data)
			m, err := FromBytes(data)
			if err != nil {
				if !isDamage(err) {
					t.Fatalf("byte %d = %#x: %v", i, v, err)
				}
				continue
			}
			readAll(m)
			if err := m.Verify(); err == nil {
				accepted++
				readAll(m)
			} else if !isDamage(err) {
				t.Fatalf("byte %d = %#x: %v", i, v, err)
			}
		}
		data[i] = old
	}
	t.Logf("%d forgeries are images in their own right", accepted)
}
