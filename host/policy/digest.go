package policy

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// digested is what a set's digest covers, as the canonical JSON that is hashed.
type digested struct {
	Modules  []digestedModule          `json:"modules"`
	Settings map[string]map[string]any `json:"settings"`
	Limits   Limits                    `json:"limits"`
	Relaxed  map[string]Enforcement    `json:"enforcement,omitempty"` // of those that do not deny
	Plugins  []digestedPlugin          `json:"plugins,omitempty"`     // by id
}

type digestedPlugin struct {
	ID     string   `json:"id"`
	Digest string   `json:"digest"`
	Grants []string `json:"grants"`
}

// digestedModule names a module by what does not depend on where it was loaded
// from. Its text goes in as a digest, so that it need not be UTF-8.
type digestedModule struct {
	Path   string `json:"path"`
	Digest string `json:"digest"`
}

// digest names a set by everything in it that may change a decision.
func digest(s *Set) (string, error) {
	d := digested{Modules: []digestedModule{}, Settings: map[string]map[string]any{}, Limits: s.limits.withDefaults()}
	for _, m := range s.modules {
		sum := sha256.Sum256(m.Text)
		d.Modules = append(d.Modules, digestedModule{Path: m.Path, Digest: "sha256:" + hex.EncodeToString(sum[:])})
	}
	slices.SortFunc(d.Modules, func(a, b digestedModule) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Digest, b.Digest))
	})
	for _, p := range s.policies {
		d.Settings[p.ID] = p.Settings
		if p.Enforcement != Enforced {
			if d.Relaxed == nil {
				d.Relaxed = map[string]Enforcement{}
			}
			d.Relaxed[p.ID] = p.Enforcement
		}
		if p.Plugin != nil {
			d.Plugins = append(d.Plugins, digestedPlugin{p.ID, p.Plugin.Digest, p.Plugin.Grants})
		}
	}
	text, err := decode.Canonical(d)
	if err != nil {
		return "", fmt.Errorf("policy set: %w", err)
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// Digest returns "sha256:" and 64 hexadecimal digits, computed over the sorted
// paths and texts of all modules, the settings and enforcements in force and the limits. Where
// the modules were loaded from does not change it.
func (s *Set) Digest() string { return s.digest }
