package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/config"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// hostFlags are the flags of every command that decides: the topmost layer of the configuration.
type hostFlags struct {
	cmd          *cobra.Command
	configFile   string
	profile      string
	topology     []string
	topologyOnly bool
	policies     []string
	plugins      []string
	grants       []string
	noStandard   bool
	settings     string
	engine       string

	topologyFlag string         // what the topology was given by, if not by --topology
	settled      *config.Config // once it was asked for
}

func (f *hostFlags) register(cmd *cobra.Command) {
	f.registerTopology(cmd)
	f.registerPolicies(cmd)
	cmd.Flags().StringVar(&f.engine, "engine", host.DefaultEngine, "`ENGINE` of the rules; there is "+engineNames())
}

// registerPolicies adds the flags that choose the policies.
func (f *hostFlags) registerPolicies(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.policies, "policies", nil, "directory of Rego policies to add")
	flags.StringArrayVar(&f.plugins, "plugin", nil, "plugin `FILE` to add, a wasm module")
	flags.StringArrayVar(&f.grants, "grant", nil, "`ID=NAMES` of capabilities of a plugin: log,time,random")
	flags.BoolVar(&f.noStandard, "no-standard-policies", false, "leave the standard policies out")
	flags.StringVar(&f.settings, "settings", "", "YAML or JSON `FILE`: policy id → setting → value")
}

// registerTopology adds the flags that choose the topology and the configuration alone.
func (f *hostFlags) registerTopology(cmd *cobra.Command) {
	f.registerConfig(cmd)
	flags := cmd.Flags()
	flags.StringArrayVar(&f.topology, "topology", nil, "`DIR` to lay over the AWS catalogue, or snapshot in its place")
	flags.BoolVar(&f.topologyOnly, "topology-only", false, "leave the embedded catalogue out")
}

// registerConfig adds the flags that choose the configuration alone.
func (f *hostFlags) registerConfig(cmd *cobra.Command) {
	f.cmd = cmd
	flags := cmd.Flags()
	flags.StringVar(&f.configFile, "config", "", "configuration `FILE`, or none; default: bailiwick.yaml")
	flags.StringVar(&f.profile, "profile", "", "`NAME` of the configuration's profile to use")
}

// checkEngine refuses an engine that --engine names and this version does not have.
func checkEngine(name string) error {
	if slices.Contains(host.Engines(), name) {
		return nil
	}
	return fmt.Errorf("--engine: %q is not supported by this version; there is %s", name, engineNames())
}

func engineNames() string { return strings.Join(host.Engines(), ", ") }

// config settles the configuration: defaults, file, environment and these flags.
func (f *hostFlags) config(ctx context.Context) (*config.Config, error) {
	if f.settled != nil {
		return f.settled, nil
	}
	if f.cmd.Flags().Changed("engine") {
		if err := checkEngine(f.engine); err != nil {
			return nil, err
		}
	}
	for _, x := range []struct {
		flag    string
		values  []string
		instead string
	}{
		{"config", []string{f.configFile}, "name a file, or say none"},
		{"topology", f.topology, "name a directory or a snapshot, or leave it out"},
		{"policies", f.policies, "name a directory, or leave it out"},
		{"plugin", f.plugins, "name a wasm module, or leave it out"},
		{"grant", f.grants, "say ID=NAMES, such as ACME-7=log, or leave it out"},
		{"settings", []string{f.settings}, "name a file, or leave it out"},
	} {
		if f.cmd.Flags().Changed(x.flag) && slices.Contains(x.values, "") {
			return nil, fmt.Errorf("--%s: empty; %s", x.flag, x.instead)
		}
	}
	opts := config.Options{File: f.configFile, Environment: os.Environ(), Warn: f.warn}
	for _, flag := range []struct {
		name, key string
		value     any
	}{
		{"profile", "profile", f.profile},
		{"topology", "topology", f.topology},
		{"topology-only", "topologyOnly", f.topologyOnly},
		{"policies", "policies", f.policies},
		{"plugin", "plugins", f.plugins},
		{"grant", "grants", f.grants},
		{"no-standard-policies", "standardPolicies", !f.noStandard},
		{"engine", "engine", f.engine},
	} {
		switch given := f.cmd.Flags().Changed(flag.name); {
		case flag.name == "topology" && f.topologyFlag != "":
			opts.Flags = append(opts.Flags, config.FlagValue{Key: flag.key, Flag: f.topologyFlag, Value: flag.value})
		case given:
			opts.Flags = append(opts.Flags, config.FlagValue{Key: flag.key, Flag: "--" + flag.name, Value: flag.value})
		}
	}
	if f.settings != "" {
		text, err := readCapped(ctx, f.settings, maxSettingsBytes)
		if err != nil {
			return nil, fmt.Errorf("--settings: %w", err)
		}
		opts.Settings = &config.Text{Flag: "--settings", Name: f.settings, Text: text}
	}
	c, err := config.Load(opts)
	f.settled = c
	return c, err
}

// warn says what keeps nothing from being decided.
func (f *hostFlags) warn(err error) { warn(f.cmd, err) }

func warn(cmd *cobra.Command, err error) {
	fmt.Fprintln(cmd.ErrOrStderr(), "bailiwick: warning:", printable(err.Error()))
}

// open opens the host that configuration and flags ask for.
func (f *hostFlags) open(ctx context.Context) (*host.Host, error) {
	c, err := f.config(ctx)
	if err != nil {
		return nil, err
	}
	return c.Open(ctx)
}

// snapshot opens the topology that configuration and flags ask for, without policies.
func (f *hostFlags) snapshot() (*topology.Snapshot, error) {
	c, err := f.config(f.cmd.Context())
	if err != nil {
		return nil, err
	}
	return c.Snapshot()
}

// request reads a request, no larger than the configuration lets it be.
func (f *hostFlags) request(ctx context.Context, name string) (*placement.Request, error) {
	c, err := f.config(ctx)
	if err != nil {
		return nil, err
	}
	text, err := readCapped(ctx, name, c.Limits.RequestBytes.Value)
	if err != nil {
		return nil, err
	}
	return placement.Decode(name, text)
}
