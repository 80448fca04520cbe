package guest_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/enginetest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/guesttest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	. "github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

// picky is a pool of a guest that traps unless it is asked about two rows.
func picky(t *testing.T, b guest.Breaker) *guest.Pool {
	t.Helper()
	m := guesttest.Mini{Site: Cat(guesttest.Field(28), guesttest.I32(2), []byte{0x47, 0x04, 0x40}, guesttest.Trap, guesttest.End)}
	return bind(t, load(t, enginetest.New(t, false), guest.Spec{Binary: m.Bytes()}), snapshot(t, someSnapshot), guest.PoolOptions{Breaker: b})
}

const trapped = "plugin T-1: bailiwick_site: the guest trapped: unreachable, in $2"

// TestPoison has one ask the same thing over and over that a plugin fails at: it is asked but once in a while, and what
// others ask is answered all the time.
func TestPoison(t *testing.T) {
	l := picky(t, guest.Breaker{Failures: 3, Every: 10})
	asked := 0
	for i := range 100 {
		_, u, err := call(l, rows(1))
		if u.Fuel > 0 {
			asked++
			wantError(t, err, trapped)
		} else {
			wantError(t, err, trapped+"; plugin T-1 failed so in this very call before, and is not asked again")
			if !errors.Is(err, guest.ErrRepeated) || errors.Is(err, guest.ErrBroken) {
				t.Errorf("%v is no ErrRepeated, or is ErrBroken", err)
			}
		}
		if _, _, err := call(l, rows(2)); err != nil {
			t.Errorf("another call, the %d. time: %v", i, err)
		}
	}
	if asked != 10 {
		t.Errorf("it was asked %d times, want 10", asked)
	}
	if l.Broken() {
		t.Error("one call that fails makes the plugin one that keeps failing")
	}
}

// TestPoisonAlone repeats one failing call where nobody else asks anything: it counts once.
func TestPoisonAlone(t *testing.T) {
	l := picky(t, guest.Breaker{Failures: 2, Every: 3})
	for range 50 {
		if _, _, err := call(l, rows(1)); !errors.Is(err, guest.ErrRepeated) && err.Error() != trapped {
			t.Error(err)
		}
	}
	if l.Broken() {
		t.Error("it keeps failing, having failed in one call")
	}
}

// TestPoisons has different calls fail in a row, until the plugin is one that keeps failing; a call that goes well is
// answered nevertheless, and ends it.
func TestPoisons(t *testing.T) {
	l := picky(t, guest.Breaker{Failures: 3})
	for round := range 3 {
		for i := range 200 {
			_, _, err := call(l, other(rows(1), 1000*round+i))
			if i < 3 {
				wantError(t, err, trapped)
				continue
			}
			var broken *guest.BrokenError
			if !errors.As(err, &broken) || broken.Failures != int32(i+1) || broken.Last.Error() != trapped || broken.Plugin != "T-1" {
				t.Errorf("failure %d: %v", i+1, err)
			}
			if i == 3 {
				wantError(t, err, "plugin T-1 keeps failing: in 4 different calls in a row, the last time so: "+trapped)
			}
		}
		if !l.Broken() {
			t.Error("it does not keep failing")
		}
		_, u, err := call(l, other(rows(1), 1000*round+199))
		wantError(t, err, "plugin T-1 keeps failing: in 200 different calls in a row, the last time so: "+trapped)
		if u.Fuel != 0 {
			t.Error("it was asked what it failed at before")
		}
		if _, _, err := call(l, rows(2)); err != nil {
			t.Errorf("what it does not fail at: %v", err)
		}
		if l.Broken() {
			t.Error("it answered, and keeps failing")
		}
	}
}

// TestNoBreaker asks a plugin whatever it fails at.
func TestNoBreaker(t *testing.T) {
	l := picky(t, guest.Breaker{Failures: -1})
	for range 50 {
		_, _, err := call(l, rows(1))
		wantError(t, err, trapped)
	}
	if l.Broken() {
		t.Error("it is said to keep failing")
	}
}

// TestSameCall changes one part of a call at a time: each is another one.
func TestSameCall(t *testing.T) {
	l := bind(t, load(t, enginetest.New(t, false), guest.Spec{Binary: guesttest.Mini{Site: guesttest.Trap, Path: guesttest.Trap}.Bytes(), Hooks: []abi.Hook{abi.Site, abi.Path}}),
		snapshot(t, someSnapshot), guest.PoolOptions{Breaker: guest.Breaker{Failures: 100}})
	type question struct {
		hook     abi.Hook
		decision offer.Decision
		call     *abi.Call
	}
	for i, change := range []func(q *question){
		func(*question) {},
		func(q *question) { q.hook = abi.Path },
		func(q *question) { q.decision.Time = 1 },
		func(q *question) { q.decision.Seed[31] = 1 },
		func(q *question) { q.call.Request = []byte("requesu") },
		func(q *question) { q.call.Component++ },
		func(q *question) { q.call.Rows++ },
		func(q *question) { q.call.Select[0] = 2 },
		func(q *question) { q.call.Texts = false },
	} {
		q := question{abi.Site, offer.Decision{}, rows(3)}
		change(&q)
		for _, repeated := range []bool{false, true} {
			_, err := l.Call(context.Background(), q.hook, q.decision, q.call, new(abi.Answer))
			if errors.Is(err, guest.ErrRepeated) != repeated {
				t.Errorf("change %d, repeated %v: %v", i, repeated, err)
			}
		}
	}
}

// TestGivenUp does not count against a plugin that who asked gave up.
func TestGivenUp(t *testing.T) {
	l := picky(t, guest.Breaker{Failures: 1})
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for range 3 {
		if _, err := l.Call(ctx, abi.Site, offer.Decision{}, rows(2), new(abi.Answer)); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	if _, _, err := call(l, rows(2)); err != nil || l.Broken() {
		t.Error(err)
	}
}

// TestPoisonsAtOnce has many ask different things that a plugin fails at, and some what it answers: every error is one
// of those there are, and when they are through it answers again.
func TestPoisonsAtOnce(t *testing.T) {
	l := picky(t, guest.Breaker{Failures: 2})
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 100 {
				n := 1 + g%2
				_, _, err := call(l, other(rows(n), 1000*g+i))
				if broken := errors.Is(err, guest.ErrBroken); n == 1 && !broken && (err == nil || err.Error() != trapped) || n == 2 && err != nil && !broken {
					t.Errorf("%d rows: %v", n, err)
				}
			}
		})
	}
	wg.Wait()
	if _, _, err := call(l, rows(2)); err != nil {
		t.Error(err)
	}
}
