package offer

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"

	"github.com/tetratelabs/wazero/api"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/meter"
)

// MemoryName is the export under which a guest gives its memory. Without one, every pointer is outside of it.
const MemoryName = "memory"

// InitialTime is the decision time before the first decision, in nanoseconds since 1970: the year 2000 in UTC.
const InitialTime = 946_684_800_000_000_000

// initialMonotonic is where the monotonic clock begins, in nanoseconds: Go's runtime takes 0 for a broken one.
const initialMonotonic = 1_000_000_000

// Decision is what a guest may be told of the decision that it takes part in.
type Decision struct {
	Time int64    // decision time, nanoseconds since 1970 in UTC; not negative
	Seed [32]byte // of the randomness that the capability gives; see [Seed]
}

// Instance is the host's side of one instance of a guest: what belongs to the present call and how to call. It is for
// one goroutine at a time.
type Instance struct {
	module api.Module
	memory api.Memory        // nil if the guest exports none
	fuel   api.MutableGlobal // nil if the guest is not metered
	grants Set

	outside Outside // who answers what a policy that OPA compiled calls; nil for every other guest
	nested  bool    // it is answering

	busy    atomic.Bool // a call is running
	in      *function   // the host function that is running, or that panicked
	stopped error       // why a host function ended the call
	spoilt  error       // why the instance must be discarded
	call    callContext // of the call that is running

	begun     bool   // initialisation is over
	time      uint64 // decision time
	monotonic uint64 // monotonic clock
	slept     uint64 // monotonic clock when initialisation was over
	fixed     rand.ChaCha8
	seeded    rand.ChaCha8
	log       record
}

// New is the host's side of a guest that has been instantiated, without running anything of it, in a runtime that
// has the host modules of [Instantiate]. Until [Instance.Begin], the guest initialises itself: the decision time
// is [InitialTime] and the seed is zero.
func New(guest api.Module, grants Set, limits Limits) *Instance {
	i := &Instance{module: guest, memory: guest.ExportedMemory(MemoryName), grants: grants, monotonic: initialMonotonic}
	i.fuel, _ = guest.ExportedGlobal(meter.FuelName).(api.MutableGlobal)
	i.log.limits = limits.within()
	i.reset(Decision{Time: InitialTime})
	return i
}

// Begin begins a decision: clocks and random streams are set and the log is emptied. Whatever the guest is called for
// until the next one belongs to it. The guest's own memory and globals are not touched. An error matches
// [ErrDecision] or [ErrReentered].
func (i *Instance) Begin(d Decision) error {
	if d.Time < 0 {
		return fmt.Errorf("%w: the decision time is %d ns before 1970; give a later one", ErrDecision, -uint64(d.Time))
	}
	if !i.busy.CompareAndSwap(false, true) {
		return ErrReentered
	}
	if !i.begun {
		i.begun, i.slept = true, i.monotonic
	}
	i.monotonic = i.slept
	i.reset(d)
	i.busy.Store(false)
	return nil
}

func (i *Instance) reset(d Decision) {
	i.time = uint64(d.Time)
	i.fixed.Seed(fixedSeed)
	i.seeded.Seed(d.Seed)
	i.log.reset()
}

// Call calls a function of the guest; stack holds the parameters and then the results, see
// [api.Function.CallWithStack]. The error is an [*ExitError], a [*PointerError], a [*PanicError], matches
// [ErrReentered], [ErrDiscarded], [ErrInstance], [ErrNotGranted] or [meter.ErrFuel], or is the engine's. After an
// engine's error, [meter.Why] tells more.
func (i *Instance) Call(ctx context.Context, f api.Function, stack []uint64) (err error) {
	if !i.busy.CompareAndSwap(false, true) {
		return ErrReentered
	}
	defer func() {
		if r := recover(); r != nil { // the engine recovers what it can, so this is not the guest's doing
			i.spoilt = fmt.Errorf("the engine panicked: %v", r)
			err = i.spoilt
		}
		i.busy.Store(false)
	}()
	if i.spoilt != nil {
		return fmt.Errorf("%w: %w", ErrDiscarded, i.spoilt)
	}
	i.in, i.stopped, i.nested = nil, nil, false
	i.call = callContext{ctx, i}
	err = f.CallWithStack(&i.call, stack)
	i.call.Context = nil
	switch {
	case i.spoilt != nil: // even if somebody swallowed the panic
		return i.spoilt
	case err != nil && i.stopped != nil:
		return i.stopped
	case err != nil && i.in != nil:
		i.spoilt = &PanicError{Function: i.in.module + "." + i.in.name, Err: err}
		return i.spoilt
	}
	return err
}

// Discard is why the instance must not be used any more, nil if it may. A guest that trapped, ran out of fuel or left
// does not spoil it, once its memory and globals are restored; a fault of the host does.
func (i *Instance) Discard() error { return i.spoilt }

// enter is what every host function begins with.
func (i *Instance) enter(f *function, mod api.Module) {
	switch {
	case i.in != nil:
		i.spoilt = fmt.Errorf("%w: %s.%s from within %s.%s", ErrReentered, f.module, f.name, i.in.module, i.in.name)
		panic(i.spoilt)
	case mod != i.module:
		// Another guest, or nobody: a guest may export what it imports.
		i.stop(fmt.Errorf("%w: %s.%s is called, and not by the guest", ErrInstance, f.module, f.name))
	case f.needs != 0 && i.grants&f.needs == 0:
		i.stop(fmt.Errorf("%w: %s.%s", ErrNotGranted, f.module, f.name))
	}
	i.in = f
	i.pay(costHost)
}

// stop ends the call with an error that is no fault of the host.
func (i *Instance) stop(err error) {
	i.stopped = err
	panic(err)
}

// pay takes fuel for what is about to be done, and ends the call if there is not enough.
func (i *Instance) pay(units uint64) {
	if i.fuel == nil {
		return
	}
	left := int64(i.fuel.Get()) - int64(units) // units are under 2⁴⁰
	i.fuel.Set(uint64(left))
	if left < 0 {
		i.stop(meter.ErrFuel)
	}
}

// bytes is the guest's whole memory. It is stale once guest code ran.
func (i *Instance) bytes() memory {
	if i.memory == nil {
		return nil
	}
	b, _ := i.memory.Read(0, i.memory.Size())
	return b
}

// callContext carries the instance into the host functions of one call.
type callContext struct {
	context.Context
	instance *Instance
}

// instanceKey is the key of the instance among a context's values.
type instanceKey struct{}

// Value is the instance for its key, for when the engine wrapped the context.
func (c *callContext) Value(key any) any {
	if key == (instanceKey{}) {
		return c.instance
	}
	return c.Context.Value(key)
}

// instanceOf is the instance that is being called. It panics if there is none.
func instanceOf(ctx context.Context) *Instance {
	if c, ok := ctx.(*callContext); ok {
		return c.instance
	}
	if i, ok := ctx.Value(instanceKey{}).(*Instance); ok {
		return i
	}
	panic(ErrInstance)
}
