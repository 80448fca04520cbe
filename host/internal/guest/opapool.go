package guest

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/memory"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
)

// OPAPool is a policy that OPA compiled, with the data it sees, and its instances.
type OPAPool struct {
	policy *OPAPolicy
	data   OPAData
	room   atomic.Uint64 // bytes that new instances give values of a call
	crew[opaInstance, *opaInstance]
}

// Bind makes a pool of the policy over data, which must not change. It makes one instance, so that what fails always fails
// here. Of the options, Arena is the room that calls are first given for their values. An error is a [*CallError] or the
// system's.
func (p *OPAPolicy) Bind(ctx context.Context, data OPAData, o PoolOptions) (*OPAPool, error) {
	l := &OPAPool{policy: p, data: data}
	l.ready(p.id, o.Most, o.Breaker)
	l.room.Store(firstOPARoom)
	if o.Arena > 0 {
		l.room.Store(uint64(o.Arena))
	}
	first, err := l.start(ctx)
	if err != nil {
		return nil, err
	}
	l.keep(first)
	return l, nil
}

func (l *OPAPool) start(ctx context.Context) (*opaInstance, error) {
	in, err := l.policy.start(ctx, &l.data, l.room.Load())
	if err == nil {
		l.made.Add(1)
	}
	return in, err
}

// Call asks the policy about one site: by each of its rules, in their order. The texts are in Rego's notation and nothing is
// known of them, but that they are no longer than they may be. An error is a [*CallError], a [*RepeatedError], a [*BrokenError], an
// error of an instance that could not be made, matches [ErrClosed], or is ctx's.
func (l *OPAPool) Call(ctx context.Context, d offer.Decision, c *OPACall) ([][]byte, Usage, error) {
	if err := ctx.Err(); err != nil {
		return nil, Usage{}, err
	}
	var call uint64
	if !c.Again && l.remembers() {
		call = l.digest(&d, c)
		if err := l.repeated(l.id, call); err != nil {
			return nil, Usage{}, err
		}
	}
	if err := l.enter(ctx); err != nil {
		return nil, Usage{}, err
	}
	defer l.leave()
	tries := false
	if !c.Again {
		var err error
		if tries, err = l.try(l.id); err != nil {
			return nil, Usage{}, err
		}
	}
	if tries {
		defer l.tried()
	}
	in, err := l.takeOr(func() (*opaInstance, error) { return l.start(ctx) })
	if err != nil {
		return nil, Usage{}, l.unstarted(ctx, tries, err)
	}
	var u Usage
	answers, used, err := in.ask(ctx, d, c)
	u.Fuel = used
	u.Log, u.Lost = in.side.Log()
	if err == nil && c.Check != nil {
		if err = c.Check(answers); err != nil {
			err = in.failed(opaExports[fEval].name, err)
		}
	}
	switch {
	case err != nil && (c.Again || ctx.Err() != nil): // who gave up says nothing about the policy
		l.dropped.Add(1)
		in.close()
		return nil, u, err
	case err != nil:
		if call == 0 {
			call = l.digest(&d, c)
		}
		return nil, u, l.fell(in, call, tries, err)
	case !c.Again:
		l.succeeded(call)
	}
	l.widen(in)
	l.keep(in)
	return answers, u, nil
}

// digest tells calls of the pool apart: the same one comes to the same.
func (l *OPAPool) digest(d *offer.Decision, c *OPACall) uint64 {
	var s digest
	s.SetSeed(l.seed)
	s.number(uint64(d.Time))
	s.text(d.Seed[:])
	s.text(c.Input)
	for _, path := range c.Gaps {
		s.text(path)
	}
	return s.sum()
}

// widen has instances made from now on give calls as much room as this one needed, and half as much again.
func (l *OPAPool) widen(in *opaInstance) {
	if !in.grew() {
		return
	}
	old := l.room.Load()
	room := old + uint64(len(in.mem.Bytes())-in.sealedAt)
	room += room / 2
	if room > uint64(l.policy.limits.MemoryPages)*memory.PageSize/2 {
		return // what is over is this call's own
	}
	if l.room.CompareAndSwap(old, room) {
		l.grown.Add(1)
	}
}

// IsOutOfBounds reports whether a call failed because the guest looked beyond its memory: where it has nothing, and where
// gaps are.
func IsOutOfBounds(err error) bool {
	var t *TrapError
	return errors.As(err, &t) && t.What == outOfBounds
}

// outOfBounds is the engine's word for it.
const outOfBounds = "out of bounds memory access"
