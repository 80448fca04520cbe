package guest

import (
	"context"
	"errors"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
)

type idler struct{}

func (*idler) reusable() bool { return true }
func (*idler) close()         {}

// TestUnstarted has instances that cannot be made, time and again: whoever tries the plugin then is told that it keeps failing,
// as who finds it being tried is. What is the call's own doing, or who asks gives up, is said as it is.
func TestUnstarted(t *testing.T) {
	var l crew[idler, *idler]
	l.ready("T-1", 1, Breaker{})
	none := errors.New("no memory is left")
	ctx, cancel := context.WithCancel(context.Background())
	for i := range 8 {
		tries, err := l.try(l.id)
		if err != nil || tries != (i >= 5) {
			t.Fatalf("call %d tries: %v, %v", i, tries, err)
		}
		_, err = l.takeOr(func() (*idler, error) { return nil, none })
		if err = l.unstarted(ctx, tries, err); errors.Is(err, ErrBroken) != tries || !errors.Is(err, none) {
			t.Errorf("call %d: %v", i, err)
		}
		l.tried()
	}
	if err := l.unstarted(ctx, true, abi.ErrTooLarge); err != abi.ErrTooLarge {
		t.Errorf("a call too large: %v", err)
	}
	cancel()
	if err := l.unstarted(ctx, true, context.Canceled); err != context.Canceled {
		t.Errorf("given up: %v", err)
	}
}

// TestForgiven has calls fail and go well later: nothing is remembered then, and no call is looked up.
func TestForgiven(t *testing.T) {
	var b breaker
	b.fill()
	for call := uint64(1); call <= 2*remembered; call++ {
		b.failed(call, errors.New("no"))
	}
	for call := uint64(1); call <= 2*remembered; call++ {
		if !b.remembers() {
			t.Fatalf("before call %d nothing is remembered", call)
		}
		b.succeeded(call)
	}
	if b.remembers() || b.Broken() {
		t.Errorf("it remembers %d calls", len(b.known))
	}
}
