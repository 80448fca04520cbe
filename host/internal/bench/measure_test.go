package bench

import (
	"context"
	"errors"
	"testing"
	"time"
)

var sink []byte

// TestMeasure: what is counted is per evaluation, and every function takes its turns.
func TestMeasure(t *testing.T) {
	const budget = time.Millisecond
	calls := [2]int{}
	var order []int
	allocate := func(i, times int) func(context.Context) error {
		return func(context.Context) error {
			if calls[i]++; len(order) == 0 || order[len(order)-1] != i {
				order = append(order, i)
			}
			for range times {
				sink = make([]byte, 1024)
			}
			return nil
		}
	}
	got, err := measure(context.Background(), []func(context.Context) error{allocate(0, 50), allocate(1, 5000)}, budget)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int64{50, 5000} {
		f := got[i]
		// Something else may allocate meanwhile, but not as much again.
		if f.allocs < want || f.allocs >= 2*want || f.bytes < want*1024 || f.bytes >= 2*want*1024 {
			t.Errorf("%d: %d allocations, %d bytes; want %d and as many KiB", i, f.allocs, f.bytes, want)
		}
		if f.ns <= 0 {
			t.Errorf("%d: %d ns", i, f.ns)
		}
		if calls[i] < 2+leastRounds {
			t.Errorf("%d: %d evaluations", i, calls[i])
		}
	}
	// Warmed up one after the other, then in turns.
	if len(order) < 2*leastRounds || len(order) > 2*(mostRounds+1) {
		t.Errorf("turns %v", order)
	}
}

// TestMeasureSlow: what takes longer than the time is evaluated a few times all the same.
func TestMeasureSlow(t *testing.T) {
	calls := 0
	slow := func(context.Context) error {
		calls++
		for start := time.Now(); time.Since(start) < time.Millisecond; {
		}
		return nil
	}
	if _, err := measure(context.Background(), []func(context.Context) error{slow}, time.Microsecond); err != nil {
		t.Fatal(err)
	}
	if calls != 2+leastRounds { // warmed up, tried, and measured
		t.Errorf("%d evaluations", calls)
	}
}

func TestMeasureStops(t *testing.T) {
	bad := errors.New("bad")
	for at := range 4 { // while it is warmed up, tried, or measured
		calls := 0
		_, err := measure(context.Background(), []func(context.Context) error{func(context.Context) error {
			if calls++; calls > at {
				return bad
			}
			return nil
		}}, 0)
		if !errors.Is(err, bad) || calls != at+1 {
			t.Errorf("%v after %d", err, calls)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	calls := 0
	_, err := measure(ctx, []func(context.Context) error{func(context.Context) error {
		if calls++; calls == 3 {
			cancel()
		}
		return nil
	}}, time.Hour)
	if !errors.Is(err, context.Canceled) || calls != 3 {
		t.Errorf("%v after %d", err, calls)
	}
}

func TestMiddle(t *testing.T) {
	rs := []round{{400, 8, 10}, {100, 40, 20}, {300, 4, 90}}
	if got, want := middle(rs, 4), (figures{75, 2, 5}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
}
