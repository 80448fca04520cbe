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
	return &hostEngine{name: name, engine: name}, nil
}

// Hosts returns every engine of package host.
func Hosts() []Engine {
	var out []Engine
	for _, name := range host.Engines() {
		out = append(out, &hostEngine{name: name, engine: name})
	}
	return out
}

// Compiler returns an engine that runs plugins compiled, as the host does as a rule.
func Compiler() Engine { return &hostEngine{name: "compiler", engine: host.DefaultEngine} }

// Interpreter returns an engine that runs plugins without compiling them. Its answers and its fuel are those of
// [Compiler].
func Interpreter() Engine {
	return &hostEngine{name: "interpreter", engine: host.DefaultEngine, opts: []host.Option{host.WithInterpretedPlugins()}}
}

// hostEngine opens a host for each case, and keeps the last one: the cases of a file are mostly asked of the
// same topology and policies.
type hostEngine struct {
	name   string
	engine string // of rules
	opts   []host.Option

	mu       sync.Mutex
	open     *host.Host // nil: none yet
	snapshot string     // digests of what it was opened with
	policies string

	told  sync.Mutex
	calls []host.PluginCall // of the last decision
}

func (e *hostEngine) Name() string { return e.name }

func (e *hostEngine) Decide(ctx context.Context, c *Case) (*placement.Decision, error) {
	h, err := e.host(ctx, c)
	if err != nil {
		return nil, err
	}
	e.told.Lock()
	e.calls = nil // and what the host took to open
	e.told.Unlock()
	return h.Decide(ctx, c.Request)
}

// Calls makes the engine a [Witness].
func (e *hostEngine) Calls() []host.PluginCall {
	e.told.Lock()
	defer e.told.Unlock()
	return slices.Clone(e.calls)
}

// listen keeps a call of a plugin.
func (e *hostEngine) listen(c host.PluginCall) {
	if c.Hook == "" {
		return
	}
	e.told.Lock()
	defer e.told.Unlock()
	e.calls = append(e.calls, c)
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
	opts := append([]host.Option{host.WithEngine(e.engine), host.WithSnapshot(snap), host.WithPolicySet(set), host.WithPluginLog(e.listen)}, e.opts...)
	h, err := host.Open(ctx, opts...)
	if err != nil {
		return nil, err
	}
	e.open, e.snapshot, e.policies = h, snap.Digest(), set.Digest()
	return h, nil
}
