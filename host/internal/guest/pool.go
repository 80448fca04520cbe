package guest

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/memory"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
)

// PoolOptions are choices of [Plugin.Bind]. The zero value is ready to use.
type PoolOptions struct {
	// Most is how many instances there may be, and so how many calls run at once. The default is two for each
	// processor.
	Most int
	// Arena is how many bytes of the guest's memory calls are first given. It grows with the calls.
	Arena int
	// Breaker says when the guest is not asked any more.
	Breaker Breaker
}

// Pool is a guest with one snapshot and one set of settings, and its instances.
type Pool struct {
	plugin   *Plugin
	snapshot *memory.Snapshot
	settings []byte

	turns  chan struct{}              // one for each instance that may run
	idle   []atomic.Pointer[instance] // as many
	arena  atomic.Uint64              // bytes that new instances give calls
	closed atomic.Bool
	breaker

	made, dropped, grown atomic.Uint64

	initialFuel int64 // what the first instance took to initialise
}

// Bind makes a pool of the guest over a snapshot, which must be open as long as the pool is, with settings, an image. It
// makes one instance, so that what fails always fails here. An error is the instance's: a [*CallError] of what the guest
// did, or the system's.
func (p *Plugin) Bind(ctx context.Context, s *memory.Snapshot, settings []byte, o PoolOptions) (*Pool, error) {
	if o.Most <= 0 {
		o.Most = 2 * runtime.GOMAXPROCS(0)
	}
	l := &Pool{
		plugin: p, snapshot: s, settings: settings,
		turns: make(chan struct{}, o.Most), idle: make([]atomic.Pointer[instance], o.Most), breaker: breaker{Breaker: o.Breaker},
	}
	l.fill()
	l.arena.Store(paged(max(uint64(max(o.Arena, 0)), abi.ConfigureArea(len(settings)))))
	first, err := l.start(ctx)
	if err != nil {
		return nil, err
	}
	l.initialFuel = first.initial
	l.keep(first)
	return l, nil
}

// InitialFuel is the fuel that initialisation took, in the units of package meter.
func (l *Pool) InitialFuel() int64 { return l.initialFuel }

func paged(n uint64) uint64 { return (n + memory.PageSize - 1) &^ (memory.PageSize - 1) }

func (l *Pool) start(ctx context.Context) (*instance, error) {
	in, err := l.plugin.start(ctx, l.snapshot, l.settings, l.arena.Load())
	if err == nil {
		l.made.Add(1)
	}
	return in, err
}

// Usage is what a call took.
type Usage struct {
	Fuel int64        // in the units of package meter
	Log  []offer.Line // what the guest left, if it is granted a log
	Lost uint64       // messages more than are kept
}

// Call asks the guest about the rows of a call; the call's place in memory is the pool's to fill in. The answer's room
// is used again. An error is a [*CallError], a [*BrokenError], an error of an instance that could not be made, matches
// [ErrClosed] or [abi.ErrTooLarge], or is ctx's; the answer then holds nothing of use.
func (l *Pool) Call(ctx context.Context, h abi.Hook, d offer.Decision, c *abi.Call, out *abi.Answer) (Usage, error) {
	if err := ctx.Err(); err != nil {
		return Usage{}, err
	}
	if err := l.allow(l.plugin.id); err != nil {
		return Usage{}, err
	}
	select {
	case l.turns <- struct{}{}:
	default:
		select {
		case l.turns <- struct{}{}:
		case <-ctx.Done():
			return Usage{}, ctx.Err()
		}
	}
	defer func() { <-l.turns }()
	in, err := l.take(ctx, c)
	if err != nil {
		return Usage{}, err
	}
	var u Usage
	u.Fuel, err = in.hook(ctx, h, d, c, out)
	u.Log, u.Lost = in.side.Log()
	if err != nil {
		l.dropped.Add(1)
		in.close()
		l.failed(err)
		return u, err
	}
	l.succeeded()
	l.keep(in)
	return u, nil
}

// take gives an instance in which the call has been laid out.
func (l *Pool) take(ctx context.Context, c *abi.Call) (*instance, error) {
	for {
		if l.closed.Load() {
			return nil, fmt.Errorf("plugin %s: %w", l.plugin.id, ErrClosed)
		}
		in := l.takeIdle()
		if in == nil {
			var err error
			if in, err = l.start(ctx); err != nil {
				l.failed(err)
				return nil, err
			}
		}
		err := in.layout.Lay(c, in.arena)
		if err == nil && uint64(in.layout.Area()) <= in.space {
			return in, nil
		}
		in.close()
		if err == nil {
			err = l.grow(uint64(in.layout.Area()))
		}
		if err != nil {
			return nil, fmt.Errorf("plugin %s: %w", l.plugin.id, err)
		}
	}
}

// grow has instances made from now on give calls that many bytes.
func (l *Pool) grow(area uint64) error {
	if area > maxArena {
		return fmt.Errorf("%w: it takes %d MiB, at most %d are given", abi.ErrTooLarge, area>>20, maxArena>>20)
	}
	size := paged(1)
	for size < area {
		size *= 2
	}
	if err := l.plugin.fits(l.snapshot, size); err != nil {
		return err // and smaller calls go on
	}
	for old := l.arena.Load(); old < size && !l.arena.CompareAndSwap(old, size); old = l.arena.Load() {
	}
	l.grown.Add(1)
	return nil
}

func (l *Pool) takeIdle() *instance {
	for i := range l.idle {
		if slot := &l.idle[i]; slot.Load() != nil {
			if in := slot.Swap(nil); in != nil {
				return in
			}
		}
	}
	return nil
}

// keep puts an instance back, unless it cannot be brought back to what it was.
func (l *Pool) keep(in *instance) {
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
func (l *Pool) Stats() Stats {
	return Stats{l.made.Load(), l.dropped.Load(), l.grown.Load()}
}

// Close ends the pool: calls after it fail, calls that run finish.
func (l *Pool) Close() {
	l.closed.Store(true)
	l.closeIdle()
}

func (l *Pool) closeIdle() {
	for in := l.takeIdle(); in != nil; in = l.takeIdle() {
		in.close()
	}
}
