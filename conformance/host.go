package conformance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/strict"
)

// Host returns an engine of package host by the name it has there.
func Host(name string) (Engine, error) {
	if known := host.Engines(); !slices.Contains(known, name) {
		return nil, fmt.Errorf("conformance: no engine is called %q%s; there is %s", name, strict.DidYouMean(name, known), strings.Join(known, ", "))
	}
	return &hostEngine{name: name}, nil
}

// Hosts returns every engine of package host.
func Hosts() []Engine {
	var out []Engine
	for _, name := range host.Engines() {
		out = append(out, &hostEngine{name: name})
	}
	return out
}

// hostEngine opens a host for each case, and keeps the last one: the cases of a file are mostly asked of the
// same topology and policies.
type hostEngine struct {
	name string

	mu       sync.Mutex
	open     *host.Host // nil: none yet
	snapshot string     // digests of what it was opened with
	policies string
}

func (e *hostEngine) Name() string { return e.name }

func (e *hostEngine) Decide(ctx context.Context, c *Case) (*placement.Decision, error) {
	h, err := e.host(ctx, c)
	if err != nil {
		return nil, err
	}
	return h.Decide(ctx, c.Request)
}

// host returns a host for a case.
func (e *hostEngine) host(ctx context.Context, c *Case) (*host.Host, error) {
	snap, err := c.Snapshot()
	if err != nil {
		return nil, err
	}
	set, err := c.PolicySet()
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.open != nil && e.snapshot == snap.Digest() && e.policies == set.Digest() {
		return e.open, nil
	}
	h, err := host.Open(ctx, host.WithEngine(e.name), host.WithSnapshot(snap), host.WithPolicySet(set))
	if err != nil {
		return nil, err
	}
	e.open, e.snapshot, e.policies = h, snap.Digest(), set.Digest()
	return h, nil
}
