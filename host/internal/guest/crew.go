package guest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
)

// member is an instance of a pool.
type member[T any] interface {
	*T
	reusable() bool // it can be brought back to its initial state
	close()
}

// crew is the instances of a pool, whatever ABI they speak.
type crew[T any, M member[T]] struct {
	id     string              // the plugin's
	turns  chan struct{}       // one for each instance that may run
	idle   []atomic.Pointer[T] // as many
	closed atomic.Bool
	breaker

	made, dropped, grown atomic.Uint64
}

// ready prepares the crew of a plugin, of at most so many instances; the default is two for each processor.
func (l *crew[T, M]) ready(id string, most int, b Breaker) {
	if most <= 0 {
		most = 2 * runtime.GOMAXPROCS(0)
	}
	l.id, l.turns, l.idle, l.Breaker = id, make(chan struct{}, most), make([]atomic.Pointer[T], most), b
	l.fill()
}

// enter waits for a turn. Who has it calls leave.
func (l *crew[T, M]) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case l.turns <- struct{}{}:
	default:
		select {
		case l.turns <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

func (l *crew[T, M]) leave() { <-l.turns }

// takeOr gives an idle instance, or has one made.
func (l *crew[T, M]) takeOr(start func() (M, error)) (M, error) {
	if l.closed.Load() {
		return nil, fmt.Errorf("plugin %s: %w", l.id, ErrClosed)
	}
	if in := l.takeIdle(); in != nil {
		return in, nil
	}
	in, err := start()
	if err != nil {
		l.failed(0, err)
		return nil, err
	}
	return in, nil
}

func (l *crew[T, M]) takeIdle() M {
	for i := range l.idle {
		if slot := &l.idle[i]; slot.Load() != nil {
			if in := slot.Swap(nil); in != nil {
				return in
			}
		}
	}
	return nil
}

// fell notes that an instance failed in a call, and gives it back. The error is what to say of it: whoever tried a guest
// that keeps failing is told so.
func (l *crew[T, M]) fell(in M, call uint64, tries bool, err error) error {
	l.dropped.Add(1)
	in.close()
	l.failed(call, err)
	if tries {
		return l.broken(l.id)
	}
	return err
}

// unstarted is what a call comes to for which no instance could be made: if it tried a guest that keeps failing, that still
// fails, unless it is the call's own doing.
func (l *crew[T, M]) unstarted(ctx context.Context, tries bool, err error) error {
	if !tries || ctx.Err() != nil || errors.Is(err, abi.ErrTooLarge) || errors.Is(err, ErrClosed) {
		return err
	}
	return l.broken(l.id)
}

// keep puts an instance back, unless it cannot be brought back to what it was.
func (l *crew[T, M]) keep(in M) {
	if !in.reusable() {
		l.dropped.Add(1)
		in.close()
		return
	}
	for i := range l.idle {
		if l.idle[i].Load() == nil && l.idle[i].CompareAndSwap(nil, in) {
			if l.closed.Load() { // and whoever closed it may have looked here before
				l.closeIdle()
			}
			return
		}
	}
	in.close() // cannot be: there are as many places as turns
}

// Stats count what became of a pool's instances.
type Stats struct {
	Made    uint64 // instances that were made
	Dropped uint64 // of them, after a failure or because they could not be brought back
	Grown   uint64 // times that calls were given more room
}

// Stats are the counts so far.
func (l *crew[T, M]) Stats() Stats {
	return Stats{l.made.Load(), l.dropped.Load(), l.grown.Load()}
}

// Close ends the pool: calls after it fail, calls that run finish.
func (l *crew[T, M]) Close() {
	l.closed.Store(true)
	l.closeIdle()
}

func (l *crew[T, M]) closeIdle() {
	for in := l.takeIdle(); in != nil; in = l.takeIdle() {
		in.close()
	}
}
