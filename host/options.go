package host

import (
	"errors"
	"io/fs"
	"maps"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// Option changes what a host opens. Without options it opens the embedded AWS catalogue and the
// standard policies.
type Option func(*options)

// options is what generations are built from. It is copied before options change it, so that a failed
// reload leaves nothing half-done.
type options struct {
	withoutCatalogue bool
	inputs           []topology.Input
	snapshot         *topology.Snapshot
	withoutStandard  bool
	without          []string
	policies         []policy.Source
	settings         map[string]map[string]any
	profiles         []string
	everything       bool
	limits           policy.Limits
	set              *policy.Set
	runnersUp        int
	engine           string
	grants           map[string][]string
	guestCache       string
	outcome          Outcome
	pluginLimits     PluginLimits
	guestEngine      *guestEngine
	interpret        bool
	pluginLog        func(PluginCall)
}

func (o options) with(more []Option) options {
	o.inputs, o.policies = slices.Clip(o.inputs), slices.Clip(o.policies)
	for _, apply := range more {
		apply(&o)
	}
	return o
}

// WithTopology lays topology files over the embedded catalogue: a directory tree, or an archive of one.
// The name prefixes file names in errors. It may be given more than once: each is a layer that corrects
// and completes those before it (docs/topology.md).
func WithTopology(name string, files fs.FS) Option {
	return func(o *options) { o.inputs = append(o.inputs, topology.Input{Name: name, FS: files}) }
}

// WithoutCatalogue leaves the embedded AWS catalogue out, so that only what WithTopology gives is known.
func WithoutCatalogue() Option { return func(o *options) { o.withoutCatalogue = true } }

// WithSnapshot decides against a compiled snapshot, which stands alone: it takes the place of the
// embedded catalogue and cannot be combined with WithTopology. The host does not close it.
func WithSnapshot(s *topology.Snapshot) Option { return func(o *options) { o.snapshot = s } }

// WithPolicies adds the Rego policies of a directory tree to the standard ones. It may be given more
// than once.
func WithPolicies(name string, files fs.FS) Option {
	return func(o *options) { o.policies = append(o.policies, policy.Source{Name: name, FS: files}) }
}

// WithPlugin adds a plugin to the policies: a wasm module with its manifest inside, as bailiwick plugin build makes it.
// name stands for it in errors. It may be given more than once. The module must not change.
func WithPlugin(name string, module []byte) Option {
	return func(o *options) { o.policies = append(o.policies, policy.Source{Name: name, Plugin: module}) }
}

// WithGrants grants capabilities to plugins: by policy id, the names of those it may use. A plugin has none unless it is
// granted here, and is refused if it imports what it is not granted.
func WithGrants(grants map[string][]string) Option {
	own := make(map[string][]string, len(grants))
	for id, names := range grants {
		own[id] = slices.Clone(names)
	}
	return func(o *options) { o.grants = own }
}

// WithPluginCache keeps compiled plugins in a directory, so that the next process need not compile them again. The
// directory is the host's own: it is made if it is not there, for its user alone. It counts when a host opens; a reload
// does not change it.
func WithPluginCache(dir string) Option { return func(o *options) { o.guestCache = dir } }

// WithoutStandardPolicies leaves out the standard policies with these ids, or all of them if none is
// named.
func WithoutStandardPolicies(ids ...string) Option {
	return func(o *options) {
		if len(ids) == 0 {
			o.withoutStandard = true
		}
		o.without = append(slices.Clip(o.without), ids...)
	}
}

// WithSettings sets policies' settings: by policy id, then by setting. What is not set keeps the
// default the policy declares.
func WithSettings(settings map[string]map[string]any) Option {
	own := make(map[string]map[string]any, len(settings))
	for id, values := range settings {
		own[id] = maps.Clone(values)
	}
	return func(o *options) { o.settings = own }
}

// WithOffPolicies asks the policies that are off, too, and lets them deny. It serves measurements.
func WithOffPolicies() Option { return func(o *options) { o.everything = true } }

// WithPolicyLimits bounds the evaluation of policies. A zero field means its default.
func WithPolicyLimits(l policy.Limits) Option { return func(o *options) { o.limits = l } }

// WithPolicySet decides with a set that is ready, such as one read back from a recorded decision. It
// stands alone: it takes the place of the standard policies and has its settings and limits, and cannot be
// combined with an option that gives, leaves out or changes policies.
func WithPolicySet(s *policy.Set) Option { return func(o *options) { o.set = s } }

// policySet returns the set that stands alone.
func (o *options) policySet() (*policy.Set, error) {
	if len(o.policies) > 0 || o.withoutStandard || len(o.without) > 0 || len(o.settings) > 0 || len(o.profiles) > 0 || len(o.grants) > 0 || o.limits != (policy.Limits{}) {
		return nil, errors.New("a policy set stands alone: policies, settings and limits cannot be laid over it; make them part of it, or leave one out")
	}
	if o.set.Digest() == "" {
		return nil, errors.New("the policy set is not one that policy.Load returned")
	}
	return o.set, nil
}

// WithRunnersUp says how many placements beside the best one a decision shows; the default is 2.
func WithRunnersUp(n int) Option { return func(o *options) { o.runnersUp = n } }
