package main

import (
	"context"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/config"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

func newPlugin() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "plugin",
		Short: "Write plugins, build them, look into them, test and run them",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newPluginNew(), newPluginBuild(), newPluginInspect(), newPluginTest(), newPluginRun())
	return cmd
}

// pluginModule is a plugin that was read or built.
type pluginModule struct {
	name   string // of its file
	module []byte
	policy *policy.Policy // that it is
}

// readPlugin reads a module with its manifest.
func readPlugin(name string) (*pluginModule, error) {
	module, err := config.ReadPlugin(name)
	if err != nil {
		return nil, err
	}
	return pluginOf(name, module)
}

func pluginOf(name string, module []byte) (*pluginModule, error) {
	set, err := policy.Load(policy.Source{Name: name, Plugin: module})
	if err != nil {
		return nil, err
	}
	return &pluginModule{name, module, set.Policies()[0]}, nil
}

// manifest is what the plugin carries.
func (p *pluginModule) manifest() *policy.Manifest { return p.policy.Plugin.Manifest }

// title is the plugin's name and version.
func (p *pluginModule) title() string {
	m := p.manifest()
	return head.Render(oneLine(m.Metadata.Name)) + " " + oneLine(m.Metadata.Version)
}

// asked are the grants of everything that the plugin asks for.
func (p *pluginModule) asked() map[string][]string {
	var names []string
	for _, c := range p.manifest().Spec.Capabilities {
		names = append(names, c.Name)
	}
	return map[string][]string{p.policy.ID: names}
}

// openAlone opens the host that configuration and flags ask for, with one plugin in the place of all policies.
func (f *hostFlags) openAlone(ctx context.Context, p *pluginModule, more ...host.Option) (*host.Host, error) {
	c, err := f.config(ctx)
	if err != nil {
		return nil, err
	}
	return c.Alone(p.policy.ID).Open(ctx, append([]host.Option{host.WithPlugin(p.name, p.module)}, more...)...)
}

// tryOut opens a host with a plugin, granted all it asks for, over the embedded catalogue, and returns the fuel that its
// initialisation took. Of the environment only the cache of compiled plugins and the limits of plugins count.
func (p *pluginModule) tryOut(cmd *cobra.Command) (fuel int64, err error) {
	var environment []string
	for _, pair := range os.Environ() {
		if strings.HasPrefix(pair, "BAILIWICK_PLUGINCACHE=") || strings.HasPrefix(pair, "BAILIWICK_LIMITS_PLUGIN") {
			environment = append(environment, pair)
		}
	}
	c, err := config.Load(config.Options{File: config.None, Environment: environment, Warn: func(err error) { warn(cmd, err) }})
	if err != nil {
		return 0, err
	}
	h, err := c.Alone(p.policy.ID).Open(cmd.Context(), host.WithPlugin(p.name, p.module), host.WithGrants(p.asked()),
		host.WithPluginLog(func(call host.PluginCall) { fuel = call.Fuel }))
	if err != nil {
		return 0, err
	}
	return fuel, h.Close()
}
