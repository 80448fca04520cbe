package host

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// ErrClosed is what every method of a closed host reports.
var ErrClosed = errors.New("host: closed")

// Host decides. Make one with [Open].
type Host struct {
	current atomic.Pointer[generation]
	mu      sync.Mutex // serialises Reload and Close
	opts    options    // guarded by mu
}

// Open builds the first generation: it loads and compiles topology and policies, and reports everything
// wrong with either before any decision is asked for.
func Open(ctx context.Context, opts ...Option) (*Host, error) {
	h := &Host{opts: options{runnersUp: DefaultRunnersUp, engine: DefaultEngine, guestEngine: new(guestEngine)}.with(opts)}
	g, err := newGeneration(ctx, &h.opts, nil)
	if err != nil {
		return nil, fmt.Errorf("host: open: %w", err)
	}
	h.current.Store(g)
	return h, nil
}

// Reload reads topology and policies again, with opts applied over what the host was opened with, and
// swaps the result in. On an error the present generation stays as it is. Decisions in flight finish on
// the generation they started with.
func (h *Host) Reload(ctx context.Context, opts ...Option) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.current.Load() == nil {
		return ErrClosed
	}
	next := h.opts.with(opts)
	g, err := newGeneration(ctx, &next, h.current.Load())
	if err != nil {
		return fmt.Errorf("host: reload: %w", err)
	}
	h.opts = next
	if good := g.lastGood.Load(); good != nil {
		good.lastGood.Store(nil) // or every generation there ever was would be kept
	}
	h.current.Store(g)
	return nil
}

// Close ends the host: calls after it report [ErrClosed], calls in flight finish. Memory is given back
// when the last of them has. Close may be called more than once.
func (h *Host) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.current.Store(nil)
	return nil
}

// Generation is what decisions are made from at one moment. Everything in it is immutable, and
// all that changes a decision but the request and [Semantics].
type Generation struct {
	Snapshot *topology.Snapshot
	Policies *policy.Set
	// RunnersUp is how many placements beside the best one a decision shows: the one input that no digest of
	// a decision covers.
	RunnersUp int
}

// Generation returns the present generation. A decision whose inputs name the same digests was made from
// it or from its equal but for RunnersUp, which only a reload changes.
func (h *Host) Generation() (Generation, error) {
	g := h.current.Load()
	if g == nil {
		return Generation{}, ErrClosed
	}
	return Generation{Snapshot: g.whole, Policies: g.set, RunnersUp: g.runnersUp}, nil
}

// Snapshot returns the topology that decisions are made against at this moment, whole: a decision sees
// the edition in force on its day, see [topology.Snapshot.On].
func (h *Host) Snapshot() (*topology.Snapshot, error) {
	g := h.current.Load()
	if g == nil {
		return nil, ErrClosed
	}
	return g.whole, nil
}
