package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// decided is the outcome of one request: a decision, an error, or, where it could not be recorded, both.
type decided struct {
	name string // of the file
	req  *placement.Request
	d    *placement.Decision
	err  error
}

// batch writes the decisions on requests. It keeps none of them: a thousand fill hundreds of megabytes.
type batch struct {
	out, errs io.Writer
	host      *host.Host
	write     writeDecision
	summary   *summary // nil: none is asked for
	status    int
}

// fail says what went wrong with one request, or with keeping decisions; the others go on.
func (b *batch) fail(err error) {
	fmt.Fprintln(b.errs, "bailiwick:", printable(errorText(err)))
	b.status = worse(b.status, statusFailed)
}

// run decides the requests and returns the worst of their statuses as an error.
func (b *batch) run(ctx context.Context, names []string, decide func(ctx context.Context, name string) decided) error {
	var wrote error
	undone := decideAll(ctx, names, decide, func(o decided) bool {
		if o.err != nil {
			b.fail(o.err)
		}
		if b.summary != nil {
			b.summary.add(o)
		}
		if o.d == nil {
			return true
		}
		if wrote = b.write(b.out, b.host, o.req, o.d); wrote != nil {
			return false
		}
		b.status = worse(b.status, statusOf(o.d.Verdict))
		return true
	})
	if wrote != nil {
		return wrote
	}
	switch {
	case undone > 0 && len(names) > 1:
		b.fail(fmt.Errorf("%w: %d of %d requests were not decided", ctx.Err(), undone, len(names)))
	case undone > 0:
		b.fail(ctx.Err())
	}
	if b.summary != nil {
		if err := b.summary.write(b.out, undone); err != nil {
			return err
		}
	}
	if b.status != statusPermit {
		return statusError(b.status)
	}
	return nil
}

// decideAll decides the requests side by side, and hands the outcomes over in the order of the names, until take returns false.
// The number of those that were not decided because ctx ended is returned.
func decideAll(ctx context.Context, names []string, decide func(ctx context.Context, name string) decided, take func(decided) bool) (undone int) {
	return sideBySide(ctx, names, decisionsAhead, func(ctx context.Context, name string) (decided, error) {
		o := decide(ctx, name)
		if o.d != nil {
			return o, nil
		}
		return o, o.err
	}, func(name string, o decided, err error) bool {
		if o.name == "" { // it was not begun
			o = decided{name: name, err: err}
		}
		return take(o)
	})
}

// decisionsAhead bounds how many decisions wait to be written, to each processor: some are large.
const decisionsAhead = 2

// sideBySide does something with each name and hands the outcomes over in the order of the names; ahead bounds how many are
// under way or wait to be handed over, to each processor. It stops when take returns false, or when ctx ends: then what is under way is waited for, and the number
// of names that were left is returned.
func sideBySide[T any](ctx context.Context, names []string, ahead int, do func(ctx context.Context, name string) (T, error), take func(name string, out T, err error) bool) (undone int) {
	type outcome struct {
		out T
		err error
	}
	inner, stop := context.WithCancel(ctx)
	outcomes := make([]chan outcome, len(names))
	for i := range outcomes {
		outcomes[i] = make(chan outcome, 1)
	}
	// A slot is taken for each name that is under way or waits to be written, so that memory stays bounded where writing is
	// slow.
	slots := make(chan struct{}, ahead*runtime.GOMAXPROCS(0))
	var all sync.WaitGroup
	defer all.Wait()
	defer stop()
	all.Go(func() {
		for i, name := range names {
			select {
			case slots <- struct{}{}:
			case <-inner.Done():
			}
			if err := inner.Err(); err != nil {
				outcomes[i] <- outcome{err: err}
				continue
			}
			all.Go(func() {
				out, err := do(inner, name)
				outcomes[i] <- outcome{out, err}
			})
		}
	})
	for i, name := range names {
		o := <-outcomes[i]
		if ctx.Err() != nil && errors.Is(o.err, ctx.Err()) {
			undone++
			continue
		}
		if !take(name, o.out, o.err) {
			return undone
		}
		select {
		case <-slots:
		default: // it was never begun
		}
	}
	return undone
}
