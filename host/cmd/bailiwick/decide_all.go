package main

import (
	"context"
	"runtime"
	"sync"

	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// decided is the outcome of one request: a decision, an error, or, where it could not be recorded, both.
type decided struct {
	name string // of the file
	req  *placement.Request
	d    *placement.Decision
	err  error
}

// decideAll decides the requests side by side, as many at once as there are processors, and hands the
// outcomes over in the order of the names. It stops asking when take returns false.
func decideAll(ctx context.Context, names []string, decide func(ctx context.Context, name string) decided, take func(decided) bool) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	outcomes := make([]chan decided, len(names))
	for i := range outcomes {
		outcomes[i] = make(chan decided, 1)
	}
	// A slot is taken for each request that is being decided or waits to be written, so that memory stays
	// bounded where writing is slow.
	slots := make(chan struct{}, 2*runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	defer all.Wait()
	all.Go(func() {
		for i, name := range names {
			select {
			case slots <- struct{}{}:
			case <-ctx.Done():
				return
			}
			all.Go(func() { outcomes[i] <- decide(ctx, name) })
		}
	})
	for i := range names {
		var o decided
		select {
		case o = <-outcomes[i]:
		case <-ctx.Done():
			o = decided{name: names[i], err: ctx.Err()}
		}
		if !take(o) {
			stop()
			return
		}
		select {
		case <-slots:
		default: // the request was never started
		}
	}
}
