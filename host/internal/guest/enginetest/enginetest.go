// Package enginetest gives tests the engines that run guests.
package enginetest

import (
	"context"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
)

// Both runs a test on both ways to run a guest, as subtests called compiler and interpreter.
func Both(t *testing.T, f func(t *testing.T, e *guest.Engine)) {
	for name, interpret := range map[string]bool{"compiler": false, "interpreter": true} {
		t.Run(name, func(t *testing.T) { f(t, New(t, interpret)) })
	}
}

// New is an engine, which is closed when the test ends.
func New(tb testing.TB, interpret bool) *guest.Engine {
	tb.Helper()
	e, err := guest.New(context.Background(), guest.Options{Interpret: interpret})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := e.Close(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	return e
}

// Load is a guest on an engine, which is closed when the test ends.
func Load(tb testing.TB, e *guest.Engine, s guest.Spec) *guest.Plugin {
	tb.Helper()
	p, err := e.Load(context.Background(), s)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := p.Close(context.Background()); err != nil {
			tb.Error(err)
		}
	})
	return p
}
