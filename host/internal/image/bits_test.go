package image

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestBitsAreSets compares Bits with a map.
func TestBitsAreSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 200).Draw(t, "n")
		draw := func(name string) (Bits, map[int]bool) {
			b, m := NewBits(n), map[int]bool{}
			if n == 0 {
				return b, m
			}
			for _, i := range rapid.SliceOf(rapid.IntRange(0, n-1)).Draw(t, name) {
				b.Set(i)
				m[i] = true
			}
			for _, i := range rapid.SliceOf(rapid.IntRange(0, n-1)).Draw(t, name+" cleared") {
				b.Clear(i)
				delete(m, i)
			}
			return b, m
		}
		x, mx := draw("x")
		y, my := draw("y")
		and, or, andNot := NewBits(n), NewBits(n), NewBits(n)
		and.And(x, y)
		or.Or(x, y)
		andNot.AndNot(x, y)
		var rows []int
		for i := range n {
			if x.Get(i) != mx[i] || and.Get(i) != (mx[i] && my[i]) || or.Get(i) != (mx[i] || my[i]) || andNot.Get(i) != (mx[i] && !my[i]) {
				t.Fatalf("row %d", i)
			}
			if mx[i] {
				rows = append(rows, i)
			}
		}
		if got := slices.Collect(x.Rows()); !slices.Equal(got, rows) || x.Count() != len(rows) || x.Any() != (len(rows) > 0) {
			t.Fatalf("rows %v, want %v", got, rows)
		}
		if full := FullBits(n); full.Count() != n || full.Len() != (n+63)/64*64 {
			t.Fatalf("full set of %d: %d of %d", n, full.Count(), full.Len())
		}
	})
}

func TestBitsOfDifferentLengths(t *testing.T) {
	long, short := FullBits(130), FullBits(10)
	dst := NewBits(130)
	dst.And(long, short)
	if dst.Count() != 10 {
		t.Errorf("and: %d", dst.Count())
	}
	dst.Or(short, nil)
	if dst.Count() != 10 {
		t.Errorf("or: %d", dst.Count())
	}
	dst.AndNot(long, short)
	if dst.Count() != 120 {
		t.Errorf("and not: %d", dst.Count())
	}
	for _, i := range []int{-1, 10, 64, 1 << 30} {
		if short.Get(i) {
			t.Errorf("row %d is in a set of 10", i)
		}
	}
	for i := range long.Rows() {
		if i == 3 {
			break
		}
	}
}

func TestStateNames(t *testing.T) {
	for s, want := range map[State]string{Unknown: "unknown", Absent: "absent", Value: "value", 7: "state 7"} {
		if s.String() != want {
			t.Errorf("%q, want %q", s.String(), want)
		}
	}
	if got := Type(99).String(); got != "type 99" {
		t.Error(got)
	}
}
