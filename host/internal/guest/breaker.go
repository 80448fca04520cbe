package guest

import (
	"errors"
	"fmt"
	"sync/atomic"
)

// ErrBroken is matched by every [*BrokenError].
var ErrBroken = errors.New("the plugin kept failing and is not asked")

// BrokenError says that a guest was not asked, because it kept failing.
type BrokenError struct {
	Plugin   string
	Failures int32 // in a row
	Last     error // the last of them
}

// Error says why it was not asked, and when it will be again.
func (e *BrokenError) Error() string {
	return fmt.Sprintf("plugin %s is not asked: it failed %d times in a row, the last time so: %v", e.Plugin, e.Failures, e.Last)
}

// Is reports whether target is [ErrBroken].
func (e *BrokenError) Is(target error) bool { return target == ErrBroken }

// Unwrap is the last failure.
func (e *BrokenError) Unwrap() error { return e.Last }

// Breaker says when a guest that keeps failing is not asked any more. It counts calls and looks at no clock, so that
// what happens can be repeated. The zero value stands for the defaults.
type Breaker struct {
	// Failures in a row after which the guest is not asked. The default is 5; less than 0 is never.
	Failures int32
	// Every so many calls that were refused, one is let through to see whether the guest has recovered. The default
	// is 100.
	Every uint32
}

// breaker counts failures.
type breaker struct {
	Breaker
	failures atomic.Int32
	refused  atomic.Uint32
	last     atomic.Pointer[error]
}

func (b *breaker) fill() {
	if b.Failures == 0 {
		b.Failures = 5
	}
	if b.Every == 0 {
		b.Every = 100
	}
}

// allow says whether a call may be made.
func (b *breaker) allow(plugin string) error {
	n := b.failures.Load()
	if b.Failures < 0 || n < b.Failures || b.refused.Add(1)%b.Every == 0 {
		return nil
	}
	return &BrokenError{plugin, n, *b.last.Load()}
}

// Broken reports whether the guest is not asked any more, but once in a while.
func (b *breaker) Broken() bool { return b.Failures >= 0 && b.failures.Load() >= b.Failures }

// failed notes a failure.
func (b *breaker) failed(err error) {
	b.last.Store(&err) // before the count, for who sees the count looks here
	if n := b.failures.Add(1); n < 0 {
		b.failures.Store(b.Failures)
	}
}

// succeeded notes that the guest works.
func (b *breaker) succeeded() {
	if b.failures.Load() != 0 {
		b.failures.Store(0)
	}
}
