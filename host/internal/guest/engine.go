package guest

import (
	"context"
	"fmt"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/cache"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
)

// Engine compiles guests and holds the code.
type Engine struct {
	rt    wazero.Runtime
	cache *cache.Cache
}

// Options are choices of [New]. The zero value is ready to use.
type Options struct {
	// Cache keeps compiled guests between processes; nil keeps them in memory. It is the caller's to close, after
	// the engine.
	Cache *cache.Cache
	// Interpret runs guests without compiling them, which is slower by far and comes to the same.
	Interpret bool
}

// New makes an engine.
func New(ctx context.Context, o Options) (*Engine, error) {
	e := &Engine{cache: o.Cache}
	config := wazero.NewRuntimeConfig()
	if o.Interpret {
		config = wazero.NewRuntimeConfigInterpreter()
	}
	if e.cache == nil {
		e.cache = cache.InMemory()
	}
	config = config.WithCoreFeatures(api.CoreFeaturesV2).WithCompilationCache(e.cache.Engine())
	e.rt = wazero.NewRuntimeWithConfig(ctx, config)
	if err := offer.Instantiate(ctx, e.rt); err != nil {
		_ = e.rt.Close(ctx) // the first error is what to tell
		return nil, fmt.Errorf("guest engine: %w", err)
	}
	return e, nil
}

// Close gives the code back. Close the pools first.
func (e *Engine) Close(ctx context.Context) error { return e.rt.Close(ctx) }
