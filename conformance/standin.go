package conformance

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// ID is that of the policy that the plugin is. The error is of a module that cannot be loaded, or that carries no
// manifest ([policy.ErrNoManifest]).
func (p Plugin) ID() (string, error) {
	set, err := policy.Load(policy.Source{Name: p.Name, Plugin: p.Module})
	if err != nil {
		return "", err
	}
	return set.Policies()[0].ID, nil
}

// StandIns puts plugins in the place of the standard policies of their ids. It returns copies of those cases that use
// such a policy, with the plugins in them instead; what is expected stays. The error is about a plugin that can take
// nobody's place, or that no case would ask.
func StandIns(cases []*Case, plugins ...Plugin) ([]*Case, error) {
	standard, err := standardIDs()
	if err != nil {
		return nil, err
	}
	byID := map[string]Plugin{}
	for _, p := range plugins {
		id, err := p.ID()
		if err != nil {
			return nil, fmt.Errorf("conformance: %w", err)
		}
		if !slices.Contains(standard, id) {
			return nil, fmt.Errorf("conformance: %s: plugin %s takes the place of no standard policy; there is %s", p.Name, id, strings.Join(standard, ", "))
		}
		if other, twice := byID[id]; twice {
			return nil, fmt.Errorf("conformance: %s and %s are both %s; leave one out", other.Name, p.Name, id)
		}
		byID[id] = p
	}
	var out []*Case
	asked := map[string]bool{}
	for _, c := range cases {
		own := *c
		own.Standard, own.Plugins = nil, slices.Clone(c.Plugins)
		for _, id := range c.Standard {
			if p, ok := byID[id]; ok {
				own.Plugins, asked[id] = append(own.Plugins, p), true
			} else {
				own.Standard = append(own.Standard, id)
			}
		}
		if len(own.Standard) < len(c.Standard) {
			out = append(out, &own)
		}
	}
	for _, id := range standard {
		if p, ok := byID[id]; ok && !asked[id] {
			return nil, fmt.Errorf("conformance: %s: none of the %d cases uses %s", p.Name, len(cases), id)
		}
	}
	return out, nil
}
