package guest

import (
	"context"
	"fmt"
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
	// Initialised, if there is one, is told what the first instance took to initialise, and what it left in its log,
	// before Bind returns, whether that failed or not. Others take the same and leave the same.
	Initialised func(Usage)
	// Breaker says when the guest is not asked.
	Breaker Breaker
}

// Pool is a guest with one snapshot and one set of settings, and its instances.
type Pool struct {
	plugin   *Plugin
	snapshot *memory.Snapshot
	settings []byte

	arena atomic.Uint64 // bytes that new instances give calls
	crew[instance, *instance]
}

// Bind makes a pool of the guest over a snapshot, which must be open as long as the pool is, with settings, an image. It
// makes one instance, so that what fails always fails here. An error is the instance's: a [*CallError] of what the guest
// did, or the system's.
func (p *Plugin) Bind(ctx context.Context, s *memory.Snapshot, settings []byte, o PoolOptions) (*Pool, error) {
	l := &Pool{plugin: p, snapshot: s, settings: settings}
	l.ready(p.id, o.Most, o.Breaker)
	l.arena.Store(paged(max(uint64(max(o.Arena, 0)), abi.ConfigureArea(len(settings)))))
	first, used, err := p.start(ctx, s, settings, l.arena.Load())
	if o.Initialised != nil {
		o.Initialised(used)
	}
	if err != nil {
		return nil, err
	}
	l.made.Add(1)
	l.keep(first)
	return l, nil
}

func paged(n uint64) uint64 { return (n + memory.PageSize - 1) &^ (memory.PageSize - 1) }

func (l *Pool) start(ctx context.Context) (*instance, error) {
	in, _, err := l.plugin.start(ctx, l.snapshot, l.settings, l.arena.Load())
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
// is used again. An error is a [*CallError], a [*RepeatedError], a [*BrokenError], an error of an instance that could not be
// made, matches [ErrClosed] or [abi.ErrTooLarge], or is ctx's; the answer then holds nothing of use.
func (l *Pool) Call(ctx context.Context, h abi.Hook, d offer.Decision, c *abi.Call, out *abi.Answer) (Usage, error) {
	if err := ctx.Err(); err != nil {
		return Usage{}, err
	}
	var call uint64
	if l.remembers() {
		call = l.digest(h, &d, c)
		if err := l.repeated(l.id, call); err != nil {
			return Usage{}, err
		}
	}
	if err := l.enter(ctx); err != nil {
		return Usage{}, err
	}
	defer l.leave()
	tries, err := l.try(l.id)
	if err != nil {
		return Usage{}, err
	}
	if tries {
		defer l.tried()
	}
	in, err := l.take(ctx, c)
	if err != nil {
		return Usage{}, l.unstarted(ctx, tries, err)
	}
	var u Usage
	u.Fuel, err = in.hook(ctx, h, d, c, out)
	u.Log, u.Lost = in.side.Log()
	if err != nil {
		if call == 0 {
			call = l.digest(h, &d, c)
		}
		return u, l.fell(in, call, tries, err)
	}
	l.succeeded(call)
	l.keep(in)
	return u, nil
}

// digest tells calls of the pool apart: the same one comes to the same.
func (l *Pool) digest(h abi.Hook, d *offer.Decision, c *abi.Call) uint64 {
	var s digest
	s.SetSeed(l.seed)
	texts := uint64(0)
	if c.Texts {
		texts = 1
	}
	for _, v := range [...]uint64{uint64(h), uint64(d.Time), uint64(c.Component), uint64(c.Rows), texts} {
		s.number(v)
	}
	s.text(d.Seed[:])
	s.text(c.Request)
	for _, v := range c.Select {
		s.number(v)
	}
	return s.sum()
}

// take gives an instance in which the call has been laid out.
func (l *Pool) take(ctx context.Context, c *abi.Call) (*instance, error) {
	for {
		in, err := l.takeOr(func() (*instance, error) { return l.start(ctx) })
		if err != nil {
			return nil, err
		}
		err = in.layout.Lay(c, in.arena)
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
