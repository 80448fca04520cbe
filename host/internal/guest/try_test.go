package guest

import (
	"errors"
	"testing"
)

// TestTry lets one call at a time try a guest that keeps failing.
func TestTry(t *testing.T) {
	var b breaker
	b.fill()
	fault := errors.New("no")
	for range 5 {
		if tries, err := b.try("T-1"); tries || err != nil {
			t.Fatalf("%v %v: a guest that does not keep failing is tried", tries, err)
		}
		b.failed(0, fault)
	}
	for range 2 {
		if tries, err := b.try("T-1"); !tries || err != nil {
			t.Fatalf("%v %v: nobody else tries it", tries, err)
		}
		if tries, err := b.try("T-1"); tries || err == nil || err.Error() != "plugin T-1 keeps failing: in 5 different calls in a row, the last time so: no" || !errors.Is(err, fault) {
			t.Fatalf("%v %v: another one tries it", tries, err)
		}
		b.tried()
	}
}

// TestRemembered keeps so many failed calls and forgets the oldest.
func TestRemembered(t *testing.T) {
	var b breaker
	b.fill()
	for call := range uint64(3 * remembered) {
		b.failed(call+1, errors.New("no"))
		for old := range call + 1 {
			if kept := b.repeated("T-1", old+1) != nil; kept != (call-old < remembered) {
				t.Fatalf("after %d failures number %d is kept: %v", call+1, old+1, kept)
			}
		}
		for i := range b.known { // so that none is let through
			b.known[i].refused = 0
		}
	}
	b.succeeded(3 * remembered)
	if err := b.repeated("T-1", 3*remembered); err != nil {
		t.Errorf("a call that went well: %v", err)
	}
}
