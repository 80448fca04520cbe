package cache

import (
	"context"
	"fmt"
	"hash/maphash"
	"sync"
	"sync/atomic"

	"github.com/tetratelabs/wazero"
)

// Options are choices of [Open]. The zero value is ready to use.
type Options struct {
	// Size is how many bytes the entries may take together; zero stands for [DefaultSize]. An entry that is larger
	// by itself is not kept.
	Size int64
}

// Cache keeps compiled modules in memory for as long as they are used, and on disk beyond that. It may be used
// by several goroutines.
type Cache struct {
	engine wazero.CompilationCache
	store  *store // nil: in memory only

	seed   maphash.Seed
	closed atomic.Bool

	mu   sync.Mutex
	busy map[uint64]chan struct{} // hashes of modules that are being compiled; closed when done
}

// InMemory is a cache without a directory: what it holds is gone when it is closed.
func InMemory() *Cache {
	return &Cache{engine: wazero.NewCompilationCache(), seed: maphash.MakeSeed(), busy: map[uint64]chan struct{}{}}
}

// Open opens the cache in a directory, and makes the directory and its key if they are not there. It also removes what
// killed processes left. An error matches [ErrDirectory] or [ErrEngine]; the host can go on with [InMemory].
func Open(dir string, o Options) (*Cache, error) {
	version, err := engineVersion()
	if err != nil {
		return nil, fmt.Errorf("guest cache: %w: %w", ErrEngine, err)
	}
	s, err := openStore(dir, o, version)
	if err != nil {
		return nil, fmt.Errorf("guest cache: %s: %w: %w", dir, ErrDirectory, err)
	}
	c := InMemory()
	if err := attach(c.engine, s); err != nil {
		s.close()
		return nil, fmt.Errorf("guest cache: %w: %w", ErrEngine, err)
	}
	c.store = s
	return c, nil
}

// Engine is what runtimes are configured with, by [wazero.RuntimeConfig.WithCompilationCache]. Runtimes with the same
// one share compiled code: a module that is compiled in one costs another next to nothing.
func (c *Cache) Engine() wazero.CompilationCache { return c.engine }

// Compile compiles a module in a runtime that was configured with [Cache.Engine]. A module that is being compiled
// already is waited for, as long as ctx lasts, and then shared. Errors are the runtime's, or ctx's, or match [ErrClosed].
func (c *Cache) Compile(ctx context.Context, rt wazero.Runtime, module []byte) (wazero.CompiledModule, error) {
	// Modules that share a hash by chance wait for each other, and that is all.
	done, err := c.turn(ctx, maphash.Bytes(c.seed, module))
	if err != nil {
		return nil, err
	}
	defer done()
	if c.closed.Load() {
		return nil, fmt.Errorf("guest cache: %w", ErrClosed)
	}
	return rt.CompileModule(ctx, module)
}

// turn waits until nobody compiles that module, and keeps others waiting until done is called.
func (c *Cache) turn(ctx context.Context, module uint64) (done func(), err error) {
	for {
		c.mu.Lock()
		wait, taken := c.busy[module]
		if !taken {
			mine := make(chan struct{})
			c.busy[module] = mine
			c.mu.Unlock()
			return func() {
				c.mu.Lock()
				delete(c.busy, module)
				c.mu.Unlock()
				close(mine)
			}, nil
		}
		c.mu.Unlock()
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Close lets go of what is in memory. Close the runtimes first, and start no compile any more.
func (c *Cache) Close(ctx context.Context) error {
	if c.closed.Swap(true) {
		return nil
	}
	err := c.engine.Close(ctx)
	if c.store != nil {
		if e := c.store.close(); err == nil {
			err = e
		}
	}
	return err
}

// Stats count what became of the directory's entries since [Open]. All are zero in memory only.
type Stats struct {
	Hits      uint64 // entries that were used
	Misses    uint64 // modules that had no entry
	Refused   uint64 // entries that were not to be trusted: changed, cut short, not ours, not fitting their name
	Written   uint64 // entries that were written
	Unwritten uint64 // entries that could not be written, or are too large
	Evicted   uint64 // entries that were removed to make room
}

// Stats are the counts so far.
func (c *Cache) Stats() Stats {
	if c.store == nil {
		return Stats{}
	}
	n := &c.store.count
	return Stats{
		Hits: n.hits.Load(), Misses: n.misses.Load(), Refused: n.refused.Load(),
		Written: n.written.Load(), Unwritten: n.unwritten.Load(), Evicted: n.evicted.Load(),
	}
}

// counts are [Stats] being counted.
type counts struct{ hits, misses, refused, written, unwritten, evicted atomic.Uint64 }
