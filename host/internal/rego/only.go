package rego

import (
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// Documents returns what the engine is bound to.
func (e *Engine) Documents() Documents { return e.docs }

// Only returns an engine that asks one policy alone, over the same documents;
// false if there is no policy of this id.
func (e *Engine) Only(id string) (*Engine, bool) {
	i := slices.IndexFunc(e.program.policies, func(p *compiledPolicy) bool { return p.policy.ID == id })
	if i < 0 {
		return nil, false
	}
	program := *e.program
	program.policies = e.program.policies[i : i+1 : i+1]
	return e.over(&program, e.docs, program.policies[0].policy.Hook), true
}

// ByLanes returns an engine that asks the same, by the lane machine or by the
// reference engine.
func (e *Engine) ByLanes(yes bool) *Engine {
	docs := e.docs
	docs.ByLanes = yes
	return e.over(e.program, docs, e.hook)
}

// over returns an engine that shares what the documents were bound to.
func (e *Engine) over(p *Program, docs Documents, h policy.Hook) *Engine {
	n := &Engine{program: p, hook: h, policies: p.of(h), docs: docs, store: e.store, txn: e.txn, missing: e.missing, topologyGaps: e.topologyGaps}
	if docs.ByLanes {
		world := e.lanes()
		n.worldOnce.Do(func() { n.world = world })
	}
	return n
}
