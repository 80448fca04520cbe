package host

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/bailiwick-dev/bailiwick/host/internal/document"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/host/topology/aws"
	"github.com/bailiwick-dev/bailiwick/policies"
)

// generation is a snapshot and a set of policies compiled against it, immutable but for a cache.
type generation struct {
	whole     *topology.Snapshot // every edition; decisions name it by its digest
	set       *policy.Set
	program   *rego.Program
	runnersUp int
	byLanes   bool
	mentioned map[string]bool // names that occur in the policies
	guests    []*guestPolicy
	pluginLog func(PluginCall) // nil: nobody listens
	compiled  *compiledSet
	lastGood  atomic.Pointer[generation] // what to fall back to; see LastGood

	pluginLimits PluginLimits // that its plugins were loaded under

	changes  []string   // days on which dated facts change, sorted
	editions []*edition // by when they come into force; one if the topology is the same on every day
	epochs   sync.Map   // day of the last change → *epoch, filled as decisions ask
}

// edition is the topology as it stands between two changes of what there is, and the documents made of
// it when a decision first asks.
type edition struct {
	snap *topology.Snapshot

	once       sync.Once
	docs       *document.Snapshot
	anyUnknown []string // facts that are unknown at some site
	rows       []rego.SiteDoc
	pooled     pools
}

// epoch is what rules see between two changes of dated facts, those of the law included.
type epoch struct {
	once   sync.Once
	engine *rego.Engine
	err    error
	pools  compiledPools
}

// newGeneration builds a generation. What the one before it has compiled and has not changed is not
// compiled again.
func newGeneration(ctx context.Context, o *options, before *generation) (*generation, error) {
	if o.runnersUp < 0 || o.runnersUp > MaxRunnersUp {
		return nil, fmt.Errorf("%d runners-up asked for; give 0 to %d", o.runnersUp, MaxRunnersUp)
	}
	if err := errors.Join(o.checkEngine(), o.checkOutcome()); err != nil {
		return nil, err
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
	if before != nil && before.set.Digest() == set.Digest() {
		set = before.set
	}
	program, err := rego.Compile(set)
	if err != nil {
		return nil, err
	}
	if err := program.CheckNames(); err != nil {
		return nil, err
	}
	most, err := o.pluginLimits.checked()
	if err != nil {
		return nil, err
	}
	guests, err := o.loadGuests(ctx, set, most, before)
	if err != nil {
		return nil, err
	}
	compiled, err := o.loadCompiled(ctx, set, most, before)
	if err != nil {
		return nil, err
	}
	g := &generation{
		byLanes: o.engine == DefaultEngine, whole: snap, set: set, program: program, runnersUp: o.runnersUp, mentioned: set.Names(), guests: guests, pluginLog: o.pluginLog, pluginLimits: most,
		compiled: compiled,
	}
	for _, day := range append([]string{""}, snap.Changes()...) {
		g.editions = append(g.editions, &edition{snap: snap.On(day)})
	}
	if before != nil && o.outcome == LastGood {
		// One that keeps failing itself is nothing to fall back to.
		if before.failing() {
			before = before.lastGood.Load()
		}
		g.lastGood.Store(before)
	}
	g.changes = g.dates()
	now, err := g.at(snap.AsOf())
	if err == nil && len(guests) > 0 {
		_, err = g.inForce(snap.AsOf()).pools(ctx, g)
	}
	if err == nil {
		_, err = g.compiled.bound(ctx, now)
	}
	g.release()
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
	settings, err := o.settingsInForce()
	if err != nil {
		return nil, err
	}
	if len(settings) > 0 {
		if set, err = set.WithSettings(settings); err != nil {
			return nil, err
		}
	}
	if o.everything {
		if set, err = set.Everything(); err != nil {
			return nil, err
		}
	}
	if len(o.grants) > 0 {
		if set, err = set.WithGrants(o.grants); err != nil {
			return nil, err
		}
	}
	if o.limits == (policy.Limits{}) {
		return set, nil
	}
	return set.WithLimits(o.limits)
}

// dates lists the days on which another edition, an adequacy finding or a regime comes into force or ends.
func (g *generation) dates() []string {
	days := g.whole.Changes()
	for _, e := range g.editions {
		for f := range e.snap.Adequacies() {
			days = append(days, f.Since, f.Until)
		}
		for r := range e.snap.Regimes() {
			days = append(days, r.Since, r.Until)
		}
	}
	days = slices.DeleteFunc(days, func(d string) bool { return d == "" })
	slices.Sort(days)
	return slices.Compact(days)
}

// inForce returns the edition of a decision day, with its documents made.
func (g *generation) inForce(day string) *edition {
	snap := g.whole.On(day)
	e := g.editions[slices.IndexFunc(g.editions, func(e *edition) bool { return e.snap == snap })]
	e.once.Do(func() {
		e.docs = document.New(e.snap)
		e.anyUnknown = e.docs.UnknownAnywhere()
		for i := range e.snap.Sites() {
			r := topology.SiteRow(i)
			d := e.docs.Base(r)
			e.rows = append(e.rows, rego.SiteDoc{ID: e.snap.SiteID(r), Term: d.Term, Unknown: d.Unknown, Row: i})
		}
	})
	return e
}

// at returns the engine for a decision day. Days between the same two changes share one.
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
		ed := g.inForce(key)
		data, unknown := ed.docs.On(key)
		e.engine, e.err = g.program.Bind(rego.Documents{
			Topology: data, SiteUnknown: ed.docs.UnknownByID, AnyUnknown: ed.anyUnknown, TopologyUnknown: unknown,
			Rows: ed.rows, ByLanes: g.byLanes,
		})
	})
	return e, e.err
}
