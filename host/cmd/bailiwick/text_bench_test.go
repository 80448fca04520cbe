package main

import "testing"

func TestDuration(t *testing.T) {
	for _, c := range []struct {
		ns   int64
		want string
	}{
		{0, "0 ns"},
		{1, "1 ns"},
		{999, "999 ns"},
		{1000, "1.00 µs"},
		{9_994, "9.99 µs"},
		{9_995, "10.0 µs"},
		{12_345, "12.3 µs"},
		{99_960, "100 µs"},
		{999_400, "999 µs"},
		{999_500, "1.00 ms"},
		{180_000_000, "180 ms"},
		{2_500_000_000, "2.50 s"},
		{250_000_000_000, "250 s"},
		{2_500_000_000_000, "2500 s"},
	} {
		if got := duration(c.ns); got != c.want {
			t.Errorf("%d: %s, want %s", c.ns, got, c.want)
		}
	}
}
