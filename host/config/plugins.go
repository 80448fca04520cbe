package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// Words in the place of a directory for pluginCache.
const (
	// UserCache stands for bailiwick/plugins below the user's cache directory.
	UserCache = "user"
	// None is also the configuration's that takes no part.
	noCache = None
)

// pluginOptions are what the configuration asks of a host about plugins.
func (c *Config) pluginOptions() ([]host.Option, error) {
	var opts []host.Option
	for _, name := range c.Plugins.Value {
		module, err := ReadPlugin(name.Value)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name.Origin.blame("plugins"), err)
		}
		opts = append(opts, host.WithPlugin(name.Value, module))
	}
	if len(c.Grants) > 0 {
		opts = append(opts, host.WithGrants(c.grants()))
	}
	switch dir := c.PluginCache.Value; dir {
	case noCache:
	case UserCache:
		user, err := os.UserCacheDir()
		if err != nil && len(c.Plugins.Value) > 0 {
			c.warned(fmt.Errorf("compiled plugins are not kept: %w; name a directory with pluginCache, or say none", err))
		}
		if err == nil {
			opts = append(opts, host.WithPluginCache(filepath.Join(user, "bailiwick", "plugins")))
		}
	default:
		opts = append(opts, host.WithPluginCache(dir))
	}
	return opts, nil
}

// ReadPlugin reads a plugin's module, if it is no larger than one may be.
func ReadPlugin(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.IsDir():
		return nil, fmt.Errorf("%s is a directory; build it with bailiwick plugin build %s, and name the file that comes out", name, name)
	}
	module, err := io.ReadAll(io.LimitReader(f, policy.MaxPluginBytes+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(module) > policy.MaxPluginBytes {
		return nil, fmt.Errorf("%s: a plugin's module has at most %d bytes, and this has more", name, policy.MaxPluginBytes)
	}
	return module, nil
}

// warned tells of what is not as asked for and yet no error.
func (c *Config) warned(err error) {
	if c.warn != nil {
		c.warn(err)
	}
}

// uncached is what Open does where the cache of compiled plugins cannot be used.
func (c *Config) uncached(err error) host.Option {
	c.warned(fmt.Errorf("%s: compiled plugins are not kept: %w", c.PluginCache.Origin.blame("pluginCache"), err))
	return host.WithPluginCache("")
}

// GrantError says that a plugin imports what takes a capability that it is not granted.
type GrantError struct {
	Policy     *policy.Policy
	Capability string
	Err        error // what was found
}

// Error says what to do: grant it, or have the manifest ask for it.
func (e *GrantError) Error() string {
	id := e.Policy.ID
	for _, c := range e.Policy.Plugin.Manifest.Spec.Capabilities {
		if c.Name == e.Capability {
			return fmt.Sprintf("%s: plugin %s asks for the capability %s, which is not granted (it says why: %s); grant it with --grant %s=%s, or in the configuration: grants: {%s: [%s]}",
				e.Policy.File, id, e.Capability, c.Reason, id, e.Capability, id, e.Capability)
		}
	}
	return fmt.Sprintf("%s: plugin %s imports %s.%s, which takes the capability %s, and its manifest does not ask for it; add it to capabilities in plugin.yaml and build it again",
		e.Policy.File, id, offer.Module, e.Capability, e.Capability)
}

// Unwrap is what was found.
func (e *GrantError) Unwrap() error { return e.Err }

// locatePlugin says of a plugin that does not load for want of a grant what to do, and before what concerns one where it
// comes from.
func (c *Config) locatePlugin(err error) error {
	var plugin *host.PluginError
	if !errors.As(err, &plugin) {
		return err
	}
	told := err
	var refused *wasm.ImportError
	if errors.As(err, &refused) {
		if capability, ok := offer.Needs(refused.Import); ok && !slices.Contains(plugin.Policy.Plugin.Grants, string(capability)) {
			told = &GrantError{plugin.Policy, string(capability), plugin}
		}
	}
	i := slices.IndexFunc(c.Plugins.Value, func(v Value[string]) bool { return v.Value == plugin.Policy.File })
	if i < 0 {
		return told
	}
	return fmt.Errorf("%s: %w", c.Plugins.Value[i].Origin.blame("plugins"), told)
}

// Alone returns the configuration with one plugin, which the caller gives to Open, in the place of all policies. Settings
// and grants are those of its id; what flags say of others stays, so that it is refused.
func (c *Config) Alone(id string) *Config {
	out := *c
	out.Policies, out.Plugins, out.WithoutPolicies = Value[[]Value[string]]{}, Value[[]Value[string]]{}, Value[[]Value[string]]{}
	out.StandardPolicies = Value[bool]{}
	out.Grants = map[string]Value[[]Value[string]]{}
	for _, other := range sortedKeys(c.Grants) {
		if v := c.Grants[other]; other == id || v.Origin.Layer == Flag {
			out.Grants[other] = v
		}
	}
	out.Settings = map[string]map[string]Value[any]{}
	for _, other := range sortedKeys(c.Settings) {
		for name, v := range c.Settings[other] {
			if other != id && v.Origin.Layer != Flag {
				continue
			}
			if out.Settings[other] == nil {
				out.Settings[other] = map[string]Value[any]{}
			}
			out.Settings[other][name] = v
		}
	}
	return &out
}
