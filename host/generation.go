package host

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/bailiwick-dev/bailiwick/host/internal/document"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/host/topology/aws"
	"github.com/bailiwick-dev/bailiwick/policies"
)

// generation is a snapshot and a set of policies compiled against it, immutable but for a cache.
type generation struct {
	snap      *topology.Snapshot
	docs      *document.Snapshot
	set       *policy.Set
	program   *rego.Program
	runnersUp int

	anyUnknown []string        // facts that are unknown at some site
	mentioned  map[string]bool // names that occur in the policies

	changes []string // days on which dated facts change, sorted
	epochs  sync.Map // day of the last change → *epoch, filled as decisions ask
}

// epoch is what rules see between two changes of dated facts.
type epoch struct {
	once   sync.Once
	engine *rego.Engine
	err    error
}

func newGeneration(ctx context.Context, o *options) (*generation, error) {
	if o.runnersUp < 0 || o.runnersUp > MaxRunnersUp {
		return nil, fmt.Errorf("%d runners-up asked for; give 0 to %d", o.runnersUp, MaxRunnersUp)
	}
	snap, err := o.buildSnapshot()
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	set, err := o.buildPolicies()
	if err != nil {
		return nil, err
	}
	program, err := rego.Compile(set)
	if err != nil {
		return nil, err
	}
	if err := program.CheckNames(); err != nil {
		return nil, err
	}
	docs := document.New(snap)
	g := &generation{
		snap: snap, docs: docs, set: set, program: program, runnersUp: o.runnersUp,
		anyUnknown: docs.UnknownAnywhere(), mentioned: set.Names(), changes: changes(snap),
	}
	_, err = g.at(snap.AsOf())
	return g, errors.Join(err, ctx.Err())
}

func (o *options) buildSnapshot() (*topology.Snapshot, error) {
	if o.snapshot != nil {
		if len(o.inputs) > 0 {
			return nil, errors.New("a compiled snapshot stands alone: topology files cannot be laid over it; compile them together, or leave one out")
		}
		return o.snapshot, nil
	}
	inputs := o.inputs
	if !o.withoutCatalogue {
		inputs = append([]topology.Input{{Name: "aws", FS: aws.FS()}}, inputs...)
	}
	if len(inputs) == 0 {
		return nil, errors.New("no topology: the embedded catalogue is left out and nothing is given in its place")
	}
	t, err := topology.Load(inputs...)
	if err != nil {
		return nil, err
	}
	return topology.Build(t)
}

func (o *options) buildPolicies() (*policy.Set, error) {
	if o.set != nil {
		return o.policySet()
	}
	sources := o.policies
	if !o.withoutStandard {
		sources = append([]policy.Source{{Name: "policies", FS: policies.FS(), Without: o.without}}, sources...)
	}
	set, err := policy.Load(sources...)
	if err != nil {
		return nil, err
	}
	if len(o.settings) > 0 {
		if set, err = set.WithSettings(o.settings); err != nil {
			return nil, err
		}
	}
	if o.limits == (policy.Limits{}) {
		return set, nil
	}
	return set.WithLimits(o.limits)
}

// changes lists the days on which an adequacy finding or a regime comes into force or ends.
func changes(s *topology.Snapshot) []string {
	var days []string
	for f := range s.Adequacies() {
		days = append(days, f.Since, f.Until)
	}
	for r := range s.Regimes() {
		days = append(days, r.Since, r.Until)
	}
	days = slices.DeleteFunc(days, func(d string) bool { return d == "" })
	slices.Sort(days)
	return slices.Compact(days)
}

// at returns the engine and documents for a decision day. Days between the same two changes share one.
func (g *generation) at(day string) (*epoch, error) {
	key := ""
	if i, found := slices.BinarySearch(g.changes, day); found {
		key = day
	} else if i > 0 {
		key = g.changes[i-1]
	}
	v, _ := g.epochs.LoadOrStore(key, new(epoch))
	e := v.(*epoch)
	e.once.Do(func() {
		data, unknown := g.docs.On(key)
		e.engine, e.err = g.program.Bind(rego.Documents{
			Topology: data, SiteUnknown: g.docs.UnknownByID, AnyUnknown: g.anyUnknown, TopologyUnknown: unknown,
		})
	})
	return e, e.err
}
