package host

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/opawasm"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// compiledSet is the policies of a generation that OPA compiled to WebAssembly, and all that was bound of them.
type compiledSet struct {
	policies []*compiledPolicy
	made     *compiledMade
}

// compiledPolicy is one of them.
type compiledPolicy struct {
	policy *policy.Policy
	module *opawasm.Policy
}

// compiledMade is the pools of a generation, those of every epoch.
type compiledMade struct {
	mu   sync.Mutex
	list []*opawasm.Pool
}

// compiledPools are the policies over the documents of one epoch. They are made when a decision first asks.
type compiledPools struct {
	once sync.Once
	list []*opawasm.Pool // by the policy's place in the set
	err  error
}

// loadCompiled loads the policies of a set that OPA compiled, unless the generation before has them.
func (o *options) loadCompiled(ctx context.Context, set *policy.Set, most PluginLimits, before *generation) (*compiledSet, error) {
	out := &compiledSet{made: new(compiledMade)}
	runtime.AddCleanup(out, (*compiledMade).close, out.made)
	if before != nil && before.set == set && before.pluginLimits == most {
		out.policies = before.compiled.policies
		return out, nil
	}
	for _, p := range set.InForce() {
		if p.Plugin == nil || p.Plugin.Manifest.Spec.ABI != policy.ABIOPA {
			continue
		}
		limits, err := most.give(p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.File, err)
		}
		engine, err := o.guestEngine.get(ctx, o.guestCache, o.interpret)
		if err != nil {
			return nil, err
		}
		m, err := opawasm.Load(ctx, engine, p, set.Limits(), limits)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.File, err)
		}
		c := &compiledPolicy{policy: p, module: m}
		runtime.AddCleanup(c, func(m *opawasm.Policy) { _ = m.Close(context.Background()) }, m)
		out.policies = append(out.policies, c)
	}
	return out, nil
}

// bound gives the policies over an epoch's documents, which are written down for them once.
func (s *compiledSet) bound(ctx context.Context, e *epoch) ([]*opawasm.Pool, error) {
	if len(s.policies) == 0 {
		return nil, nil
	}
	p := &e.pools
	p.once.Do(func() {
		// Who asks first makes them for all: their own giving up must not leave others without.
		ctx := context.WithoutCancel(ctx)
		var data *opawasm.Data
		if data, p.err = opawasm.NewData(e.engine); p.err != nil {
			return
		}
		for _, c := range s.policies {
			l, err := c.module.Bind(ctx, data, guest.PoolOptions{})
			if err != nil {
				p.err = err
				return
			}
			p.list = append(p.list, l)
			s.made.add(l)
		}
	})
	return p.list, p.err
}

// failing reports whether one of the policies keeps failing.
func (s *compiledSet) failing() bool {
	s.made.mu.Lock()
	defer s.made.mu.Unlock()
	return slices.ContainsFunc(s.made.list, (*opawasm.Pool).Broken)
}

func (m *compiledMade) add(l *opawasm.Pool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.list = append(m.list, l)
}

// close gives back what the pools hold.
func (m *compiledMade) close() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, l := range m.list {
		l.Close()
	}
}

// askCompiled asks every policy that OPA compiled about the sites of an inquiry, one by one, and adds what it says to the
// results.
func (a *inquiry) askCompiled(ctx context.Context, list []*judged, results [][]rego.Result) error {
	q := a.q
	pools, err := q.compiled.bound(ctx, a.epoch)
	if err != nil {
		return err
	}
	for i, c := range q.compiled.policies {
		if a.only != "" && c.policy.Class != a.only {
			continue
		}
		d, err := q.guestDecision(c.policy, policy.Site, a.c.Name)
		if err != nil {
			return err
		}
		ask, err := pools[i].Case(d, rego.Input{Request: q.request, Component: a.c.terms[a.kind]})
		if err != nil {
			return fmt.Errorf("%s: %w", c.policy.File, err)
		}
		begun := time.Now()
		told := PluginCall{Policy: c.policy.ID, Hook: policy.Site, Component: a.c.Name, Rows: len(list)}
		for n, j := range list {
			r, used, err := ask.Site(ctx, j.doc)
			told.add(&r, used)
			if err != nil {
				told.Err = err
				break
			}
			results[n] = append(results[n], r)
		}
		if q.pluginLog != nil {
			told.Took = time.Since(begun)
			q.pluginLog(told)
		}
		if told.Err != nil {
			return told.Err
		}
	}
	return nil
}

// add counts what a policy that is asked site by site said of one.
func (p *PluginCall) add(r *rego.Result, used opawasm.Usage) {
	p.Fuel += used.Fuel
	p.Lost += used.Lost
	p.Log = append(p.Log, pluginLines(used.Log)...)
	switch r.Verdict {
	case rego.Deny:
		p.Denied++
	case rego.Possible:
		p.Unknown++
	}
	if r.Score != nil {
		p.Scored++
	}
}
