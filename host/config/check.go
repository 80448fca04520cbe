package config

import (
	"context"
	"errors"
	"fmt"
)

// Checked is a way of using the configuration that holds: without a profile, or with one.
type Checked struct {
	Profile  string // "" is the configuration as it stands in force
	Sites    int
	Policies int
}

// Check opens a host as the configuration is in force and as each of its profiles would have it, and
// returns what it found, or everything that is wrong: each fault once, with the profile that has it.
func (c *Config) Check(ctx context.Context) ([]Checked, error) {
	var out []Checked
	var errs []error
	seen := map[string]bool{}
	try := func(name string, settled *Config, err error) {
		if err == nil {
			var found Checked
			if found, err = settled.check(ctx); err == nil {
				found.Profile = name
				out = append(out, found)
				return
			}
		}
		if seen[err.Error()] {
			return
		}
		seen[err.Error()] = true
		if name != "" {
			err = fmt.Errorf("profile %s: %w", name, err)
		}
		errs = append(errs, err)
	}
	try("", c, nil)
	for _, name := range c.Profiles() {
		if name == c.Profile.Value {
			continue // it is in force
		}
		settled, err := c.with(name)
		try(name, settled, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err // every fault after it follows from it
	}
	return out, errors.Join(errs...)
}

// Profiles returns the names of the file's profiles, sorted.
func (c *Config) Profiles() []string { return c.doc.profiles() }

// with returns the configuration as another profile would have it.
func (c *Config) with(profile string) (*Config, error) {
	l, err := c.doc.profile(Value[string]{Value: profile})
	if err != nil {
		return nil, err
	}
	out, err := merge(defaults, c.doc.layer, l, c.top)
	if err != nil {
		return nil, err
	}
	out.File, out.FileFrom, out.doc, out.top, out.warn = c.File, c.FileFrom, c.doc, c.top, c.warn
	return out, nil
}

// check opens the host and looks what it has.
func (c *Config) check(ctx context.Context) (Checked, error) {
	h, err := c.Open(ctx)
	if err != nil {
		return Checked{}, err
	}
	defer h.Close()
	g, err := h.Generation()
	if err != nil {
		return Checked{}, err
	}
	return Checked{Sites: g.Snapshot.Sites(), Policies: len(g.Policies.Policies())}, nil
}
