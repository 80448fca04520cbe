package config

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/host/topology/aws"
	"github.com/bailiwick-dev/bailiwick/policies"
)

// Open opens the host the configuration asks for, with more options over it. Where the cache of compiled
// plugins cannot be used it goes on without, and says so to Options.Warn.
func (c *Config) Open(ctx context.Context, more ...host.Option) (*host.Host, error) {
	opts, err := c.Options()
	if err != nil {
		return nil, err
	}
	opts = append(opts, more...)
	h, err := host.Open(ctx, opts...)
	if errors.Is(err, host.ErrPluginCache) {
		h, err = host.Open(ctx, append(opts, c.uncached(err))...)
	}
	if err != nil {
		return nil, c.locate(err)
	}
	return h, nil
}

// Options are what the configuration asks of a host. It opens compiled snapshots, reads plugins and looks
// whether directories exist; host.Open reads them.
func (c *Config) Options() ([]host.Option, error) {
	opts, err := c.topologyOptions()
	if err != nil {
		return nil, err
	}
	for _, dir := range c.Policies.Value {
		info, err := os.Stat(dir.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", dir.Origin.blame("policies"), err)
		}
		if !info.IsDir() {
			return nil, fmt.Errorf("%s: %s is not a directory", dir.Origin.blame("policies"), dir.Value)
		}
		opts = append(opts, host.WithPolicies(dir.Value, os.DirFS(dir.Value)))
	}
	plugins, err := c.pluginOptions()
	if err != nil {
		return nil, err
	}
	opts = append(opts, plugins...)
	switch ids := texts(c.WithoutPolicies.Value); {
	case !c.StandardPolicies.Value:
		if err := c.withoutStandard(); err != nil {
			return nil, err
		}
		opts = append(opts, host.WithoutStandardPolicies())
	case len(ids) > 0:
		opts = append(opts, host.WithoutStandardPolicies(ids...))
	}
	if len(c.Settings) > 0 {
		opts = append(opts, host.WithSettings(c.settings()))
	}
	l := c.Limits
	return append(opts,
		host.WithEngine(c.Engine.Value),
		host.WithRunnersUp(int(l.RunnersUp.Value)),
		host.WithPolicyLimits(policy.Limits{
			Steps: l.Steps.Value, ValueBytes: int(l.ValueBytes.Value),
			Findings: int(l.Findings.Value), MessageBytes: int(l.MessageBytes.Value),
		}),
		host.WithPluginLimits(host.PluginLimits{
			InitialFuel: l.PluginInitialFuel.Value, Fuel: l.PluginFuel.Value, FuelPerRow: l.PluginFuelPerRow.Value, MemoryPages: l.PluginMemoryPages.Value,
		})), nil
}

func (c *Config) topologyOptions() ([]host.Option, error) {
	var opts []host.Option
	if c.TopologyOnly.Value {
		if len(c.Topology.Value) == 0 {
			return nil, c.noTopology()
		}
		opts = append(opts, host.WithoutCatalogue())
	}
	for _, name := range c.Topology.Value {
		if topology.IsSnapshotFile(name.Value) {
			s, err := topology.Open(name.Value)
			if err != nil {
				return nil, fmt.Errorf("%s %s: %w", name.Origin.blame("topology"), name.Value, err)
			}
			if len(c.Topology.Value) > 1 {
				return nil, standsAlone(name)
			}
			opts = append(opts, host.WithSnapshot(s))
			continue
		}
		in, err := topology.Path(name.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name.Origin.blame("topology"), err)
		}
		opts = append(opts, host.WithTopology(in.Name, in.FS))
	}
	return opts, nil
}

// Snapshot opens or compiles the topology alone.
func (c *Config) Snapshot() (*topology.Snapshot, error) {
	if len(c.Topology.Value) == 1 && topology.IsSnapshotFile(c.Topology.Value[0].Value) {
		name := c.Topology.Value[0]
		s, err := topology.Open(name.Value)
		if err != nil {
			return nil, fmt.Errorf("%s %s: %w", name.Origin.blame("topology"), name.Value, err)
		}
		return s, nil
	}
	inputs, err := c.Inputs()
	if err != nil {
		return nil, err
	}
	t, err := topology.Load(inputs...)
	if err != nil {
		return nil, err
	}
	return topology.Build(t)
}

// Inputs are the topology files that the configuration asks for, the embedded catalogue first, and those of
// further directories on top. A compiled snapshot is none.
func (c *Config) Inputs(more ...string) ([]topology.Input, error) {
	var inputs []topology.Input
	if !c.TopologyOnly.Value {
		inputs = append(inputs, topology.Input{Name: "aws", FS: aws.FS()})
	}
	for _, name := range c.Topology.Value {
		if topology.IsSnapshotFile(name.Value) {
			return nil, standsAlone(name)
		}
		in, err := topology.Path(name.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name.Origin.blame("topology"), err)
		}
		inputs = append(inputs, in)
	}
	for _, name := range more {
		in, err := topology.Path(name)
		if err != nil {
			return nil, err
		}
		inputs = append(inputs, in)
	}
	if len(inputs) == 0 {
		return nil, c.noTopology()
	}
	return inputs, nil
}

func (c *Config) noTopology() error {
	give := "--topology"
	switch c.TopologyOnly.Origin.Layer {
	case File, Profile:
		give = "topology: […]"
	case Environment:
		give = prefix + "TOPOLOGY"
	}
	return fmt.Errorf("%s leaves no topology; give one with %s", c.TopologyOnly.Origin.blame("topologyOnly"), give)
}

func standsAlone(name Value[string]) error {
	return fmt.Errorf("%s %s: a compiled snapshot stands alone; compile it together with the others: bailiwick topology build DIR… -o FILE", name.Origin.blame("topology"), name.Value)
}

// settings returns the values alone. What a standard profile says of a policy that is left out does not count.
func (c *Config) settings() map[string]map[string]any {
	out := make(map[string]map[string]any, len(c.Settings))
	without := texts(c.WithoutPolicies.Value)
	for id, values := range c.Settings {
		own := make(map[string]any, len(values))
		ours := false
		for name, v := range values {
			own[name] = v.Value
			ours = ours || v.Origin.standard()
		}
		if !ours || !slices.Contains(without, id) {
			out[id] = own
		}
	}
	return out
}

// withoutStandard refuses a standard profile where the standard policies are left out.
func (c *Config) withoutStandard() error {
	for _, id := range sortedKeys(c.Settings) {
		for _, v := range c.Settings[id] {
			if v.Origin.standard() {
				return fmt.Errorf("%s: profile %s is for the standard policies, and they are left out; leave the profile out too, or keep them", c.Profile.Origin.blame("profile"), v.Origin.Name)
			}
		}
	}
	return nil
}

// locate puts before an error where the value at fault comes from.
func (c *Config) locate(err error) error {
	var in *policy.InputError
	if !errors.As(err, &in) {
		return c.locatePlugin(err)
	}
	if in.Granted {
		if v, ok := c.Grants[in.Policy]; ok {
			if v.Origin.Layer == File || v.Origin.Layer == Profile {
				return fmt.Errorf("%s: %w", v.Origin.place(), in)
			}
			return fmt.Errorf("%s: %w", v.Origin.blame("grants"), in)
		}
		return err
	}
	if in.LeftOut {
		i := slices.IndexFunc(c.WithoutPolicies.Value, func(v Value[string]) bool { return v.Value == in.Policy })
		if i < 0 {
			return err
		}
		return fmt.Errorf("%s: %w", c.WithoutPolicies.Value[i].Origin.blame("withoutPolicies"), notStandard(in))
	}
	var at *Origin
	for _, name := range sortedKeys(c.Settings[in.Policy]) {
		if v := c.Settings[in.Policy][name]; at == nil || name == in.Setting {
			at = &v.Origin
		}
	}
	if at == nil {
		empty, ok := c.empty[in.Policy]
		if !ok {
			return err
		}
		at = &empty
	}
	if at.Layer == File || at.Layer == Profile {
		return fmt.Errorf("%s: %w", at.place(), in)
	}
	return fmt.Errorf("%s: %w", at.blame("settings"), in)
}

// notStandard says of a policy that was to be left out that it is none of those that can be.
func notStandard(in *policy.InputError) error {
	var ids []string
	set, err := policy.Load(policy.Source{Name: "policies", FS: policies.FS()})
	if err != nil {
		return err
	}
	for _, p := range set.Policies() {
		ids = append(ids, p.ID)
	}
	err = fmt.Errorf("%q is none of the standard policies, which alone can be left out%s", in.Policy, decode.DidYouMean(in.Policy, ids))
	return &policy.InputError{Policy: in.Policy, LeftOut: true, Err: err}
}

func texts(items []Value[string]) []string {
	out := make([]string, len(items))
	for i, v := range items {
		out[i] = v.Value
	}
	return out
}
