package guest

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
)

var (
	// ErrBroken is matched by every [*BrokenError].
	ErrBroken = errors.New("the plugin keeps failing")

	// ErrRepeated is matched by every [*RepeatedError].
	ErrRepeated = errors.New("the plugin failed in this very call before")
)

// BrokenError says that a guest keeps failing, whatever it is asked: that it failed again, or that it was not asked because
// another call was just trying it.
type BrokenError struct {
	Plugin   string
	Failures int32 // of different calls in a row
	Last     error // the last of them
}

// Error says how often it failed and why.
func (e *BrokenError) Error() string {
	return fmt.Sprintf("plugin %s keeps failing: in %d different calls in a row, the last time so: %v", e.Plugin, e.Failures, e.Last)
}

// Is reports whether target is [ErrBroken].
func (e *BrokenError) Is(target error) bool { return target == ErrBroken }

// Unwrap is the last failure.
func (e *BrokenError) Unwrap() error { return e.Last }

// RepeatedError says that a guest was not asked, because it failed in the very same call before.
type RepeatedError struct {
	Plugin string
	Err    error // the failure
}

// Error says why it failed.
func (e *RepeatedError) Error() string {
	return fmt.Sprintf("%v; plugin %s failed so in this very call before, and is not asked again", e.Err, e.Plugin)
}

// Is reports whether target is [ErrRepeated].
func (e *RepeatedError) Is(target error) bool { return target == ErrRepeated }

// Unwrap is the failure.
func (e *RepeatedError) Unwrap() error { return e.Err }

// Breaker says when a guest that fails is not asked. It counts calls and looks at no clock, so that what happens can be
// repeated. The zero value stands for the defaults.
//
// Who asks is not known, and one who asks what the guest fails at must not take it from others. So a call that failed is
// remembered, and the same call is answered by its failure: it would fail again. Any other call is made, and its success
// is an answer; but once different calls failed in a row, one at a time, so that a guest that always fails costs no more
// than one that always works.
type Breaker struct {
	// Failures of different calls in a row after which calls are made one at a time, and those that find the guest
	// being asked are refused. The default is 5; less than 0 is never, and that no call is remembered either.
	Failures int32
	// Every so many calls that failed before, one is made again, in case the failure was the machine's. The default is
	// 100.
	Every uint32
}

// remembered is how many failed calls a breaker remembers.
const remembered = 64

// breaker counts failures.
type breaker struct {
	Breaker
	seed   maphash.Seed
	row    atomic.Int32 // different calls that failed since one succeeded
	last   atomic.Pointer[error]
	trying atomic.Bool // a call is being made of a guest that keeps failing

	count atomic.Int32 // of known
	mu    sync.Mutex
	known []failure
	next  int // of known to be forgotten
}

// failure is a call that failed.
type failure struct {
	call    uint64
	err     error
	refused uint32
}

func (b *breaker) fill() {
	if b.Failures == 0 {
		b.Failures = 5
	}
	if b.Every == 0 {
		b.Every = 100
	}
	b.seed = maphash.MakeSeed()
}

// remembers reports whether calls failed that may come again.
func (b *breaker) remembers() bool { return b.count.Load() > 0 }

// repeated refuses a call that failed before, but for one in so many.
func (b *breaker) repeated(plugin string, call uint64) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.known {
		if f := &b.known[i]; f.call == call {
			if f.refused++; f.refused%b.Every == 0 {
				return nil
			}
			if b.Broken() { // then it is not this call's doing
				return b.broken(plugin)
			}
			return &RepeatedError{plugin, f.err}
		}
	}
	return nil
}

// try says whether a call may be made, and whether it tries a guest that keeps failing: who tries calls tried.
func (b *breaker) try(plugin string) (tries bool, err error) {
	if !b.Broken() {
		return false, nil
	}
	if b.trying.CompareAndSwap(false, true) {
		return true, nil
	}
	return false, b.broken(plugin)
}

func (b *breaker) tried() { b.trying.Store(false) }

func (b *breaker) broken(plugin string) error {
	return &BrokenError{plugin, b.row.Load(), *b.last.Load()}
}

// Broken reports whether the guest failed in so many different calls in a row that it is tried by one call at a time.
func (b *breaker) Broken() bool { return b.Failures >= 0 && b.row.Load() >= b.Failures }

// failed notes that a call failed, or with call 0 that it could not even be made.
func (b *breaker) failed(call uint64, err error) {
	if b.Failures < 0 {
		return
	}
	if call != 0 && !b.remember(call, err) {
		return // it counted the first time
	}
	b.last.Store(&err) // before the count, for who sees the count looks here
	if n := b.row.Add(1); n < 0 {
		b.row.Store(b.Failures)
	}
}

// remember keeps a failure, and reports whether the call had not failed before.
func (b *breaker) remember(call uint64, err error) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.known {
		if b.known[i].call == call {
			b.known[i].err = err
			return false
		}
	}
	if f := (failure{call: call, err: err}); len(b.known) < remembered {
		b.known = append(b.known, f)
	} else {
		b.known[b.next%remembered] = f
		b.next++
	}
	b.count.Store(int32(len(b.known)))
	return true
}

// succeeded notes that the guest works, and forgets the call if it failed before.
func (b *breaker) succeeded(call uint64) {
	if b.row.Load() != 0 {
		b.row.Store(0)
	}
	if call == 0 {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.known {
		if b.known[i].call == call {
			b.known = slices.Delete(b.known, i, i+1)
			break
		}
	}
	b.count.Store(int32(len(b.known)))
}

// digest tells calls apart within a process. It is never 0.
type digest struct{ maphash.Hash }

func (d *digest) number(v uint64) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], v)
	_, _ = d.Write(b[:]) // never fails
}

// text adds bytes, with their length, so that what follows cannot be taken for them.
func (d *digest) text(b []byte) {
	d.number(uint64(len(b)))
	_, _ = d.Write(b) // never fails
}

func (d *digest) sum() uint64 { return max(d.Sum64(), 1) }
