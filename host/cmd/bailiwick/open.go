package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// hostFlags are the flags of every command that decides.
type hostFlags struct {
	topology     []string
	topologyOnly bool
	policies     []string
	noStandard   bool
	settings     string
	engine       string
}

func (f *hostFlags) register(cmd *cobra.Command) {
	f.registerTopology(cmd)
	flags := cmd.Flags()
	flags.StringArrayVar(&f.policies, "policies", nil, "directory of Rego policies to add")
	flags.BoolVar(&f.noStandard, "no-standard-policies", false, "leave the standard policies out")
	flags.StringVar(&f.engine, "engine", "rego", "`ENGINE` that evaluates the rules; this version has rego")
	flags.StringVar(&f.settings, "settings", "", "YAML or JSON `FILE` of policy settings: policy id → setting → value")
}

// registerTopology adds the flags that choose the topology alone.
func (f *hostFlags) registerTopology(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.topology, "topology", nil, "topology `SNAPSHOT|DIR` to lay over the embedded AWS catalogue; a snapshot takes its place")
	flags.BoolVar(&f.topologyOnly, "topology-only", false, "leave the embedded catalogue out")
}

// open opens the host that the flags ask for.
func (f *hostFlags) open(ctx context.Context) (*host.Host, error) {
	if f.engine != "rego" {
		return nil, fmt.Errorf("--engine: %q is not supported by this version; there is rego", f.engine)
	}
	opts, err := f.topologyOptions()
	if err != nil {
		return nil, err
	}
	for _, dir := range f.policies {
		info, err := os.Stat(dir)
		if err != nil {
			return nil, fmt.Errorf("--policies: %w", err)
		}
		if !info.IsDir() {
			return nil, fmt.Errorf("--policies: %s is not a directory", dir)
		}
		opts = append(opts, host.WithPolicies(dir, os.DirFS(dir)))
	}
	if f.noStandard {
		opts = append(opts, host.WithoutStandardPolicies())
	}
	if f.settings != "" {
		settings, err := readSettings(ctx, f.settings)
		if err != nil {
			return nil, err
		}
		opts = append(opts, host.WithSettings(settings))
	}
	return host.Open(ctx, opts...)
}

func (f *hostFlags) topologyOptions() ([]host.Option, error) {
	var opts []host.Option
	if f.topologyOnly {
		if len(f.topology) == 0 {
			return nil, errors.New("--topology-only leaves no topology; give one with --topology")
		}
		opts = append(opts, host.WithoutCatalogue())
	}
	for _, name := range f.topology {
		if isSnapshot(name) {
			s, err := topology.Open(name)
			if err != nil {
				return nil, fmt.Errorf("--topology %s: %w", name, err)
			}
			if len(f.topology) > 1 {
				return nil, errStandsAlone(name)
			}
			opts = append(opts, host.WithSnapshot(s))
			continue
		}
		in, err := topology.Path(name)
		if err != nil {
			return nil, fmt.Errorf("--topology: %w", err)
		}
		opts = append(opts, host.WithTopology(in.Name, in.FS))
	}
	return opts, nil
}

func readSettings(ctx context.Context, name string) (map[string]map[string]any, error) {
	text, err := readCapped(ctx, name, maxSettingsBytes)
	if err != nil {
		return nil, fmt.Errorf("--settings: %w", err)
	}
	node, err := decode.Parse(name, text, decode.Limits{Bytes: maxSettingsBytes})
	if err != nil {
		return nil, fmt.Errorf("--settings: %w", err)
	}
	var settings map[string]map[string]any
	if err := node.Into(&settings); err != nil {
		return nil, fmt.Errorf("--settings: %w", err)
	}
	return settings, nil
}
