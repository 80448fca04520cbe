package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
)

// MaxPluginBytes bounds a plugin's module. Guests that Go builds have some 2 MiB.
const MaxPluginBytes = 4 << 20

// ErrNoManifest says that a module carries no manifest.
var ErrNoManifest = errors.New("the module carries no manifest")

// Plugin is the wasm module of a policy, and what its manifest says beyond what every policy has.
type Plugin struct {
	Manifest *Manifest
	// Hooks are what it is asked about, in the order of the manifest.
	Hooks []Hook
	// Reasons are the texts of its reasons.
	Reasons map[uint16]Template
	// Module is the wasm binary, manifest and all. Nobody may change it.
	Module []byte
	// Digest is "sha256:" and the SHA-256 of the module.
	Digest string
	// Grants are the capabilities that the operator grants it, sorted.
	Grants []string
}

// readPlugin reads a wasm module with its manifest as a policy. name is the file's.
func readPlugin(name string, module []byte) (*Policy, error) {
	if len(module) > MaxPluginBytes {
		return nil, fmt.Errorf("%s: a plugin's module has at most %d bytes, and this has %d", name, MaxPluginBytes, len(module))
	}
	text, ok, err := wasm.FindCustom(module, ManifestSection)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if !ok {
		return nil, fmt.Errorf("%s: %w; put it in with: bailiwick plugin build DIR", name, ErrNoManifest)
	}
	m, err := DecodeManifest(name+" (manifest)", text)
	if err != nil {
		return nil, err
	}
	return m.Policy(name, module)
}

// Policy is the policy that a module of this manifest is. name is the file's.
func (m *Manifest) Policy(name string, module []byte) (*Policy, error) {
	s := &m.Spec
	sum := sha256.Sum256(module)
	p := &Policy{
		ID: s.ID, Title: strings.TrimSpace(s.Title), Description: strings.TrimSpace(s.Description), Class: Class(s.Class),
		Hook: Hook(s.Hooks[0]), Severity: Severity(s.Severity), References: s.References, Reviewed: m.reviewed(),
		Settings: map[string]any{}, Enforcement: Enforced, File: name,
		Plugin: &Plugin{Manifest: m, Module: module, Digest: "sha256:" + hex.EncodeToString(sum[:]), Reasons: map[uint16]Template{}, Grants: []string{}},
	}
	for _, h := range s.Hooks {
		p.Plugin.Hooks = append(p.Plugin.Hooks, Hook(h))
	}
	for code, text := range s.Reasons {
		n, err := strconv.ParseUint(code, 10, 16)
		if err != nil {
			return nil, fmt.Errorf("%s: reasons: %w", name, err) // it was checked
		}
		t, err := ParseTemplate(text)
		if err != nil {
			return nil, fmt.Errorf("%s: reasons: %w", name, err)
		}
		p.Plugin.Reasons[uint16(n)] = t
	}
	for key, v := range s.Settings {
		value, err := jsonValue(v, 0)
		if err != nil {
			return nil, fmt.Errorf("%s: settings.%s: %w", name, key, err)
		}
		p.Settings[key] = value
	}
	return p, nil
}

// Has reports whether the plugin is asked about a hook.
func (p *Plugin) Has(h Hook) bool { return slices.Contains(p.Hooks, h) }

// WithGrants returns the set with capabilities granted to plugins: policy id, then names of capabilities, which take the
// place of what was granted before. A policy that is no plugin, and a capability that the plugin's manifest does not ask
// for, are errors; nothing is changed then.
func (s *Set) WithGrants(grants map[string][]string) (*Set, error) {
	c := s.clone()
	for _, id := range sortedKeys(grants) {
		i := slices.IndexFunc(c.policies, func(p *Policy) bool { return p.ID == id })
		if i < 0 || c.policies[i].Plugin == nil {
			var ids []string
			for _, p := range c.policies {
				if p.Plugin != nil {
					ids = append(ids, p.ID)
				}
			}
			return nil, &InputError{Policy: id, Granted: true, Err: fmt.Errorf("grants: there is no plugin %q%s", id, decode.DidYouMean(id, ids))}
		}
		plugin := *c.policies[i].Plugin
		var asked []string
		for _, a := range plugin.Manifest.Spec.Capabilities {
			asked = append(asked, a.Name)
		}
		plugin.Grants = slices.Clone(grants[id])
		slices.Sort(plugin.Grants)
		plugin.Grants = slices.Compact(plugin.Grants)
		for _, g := range plugin.Grants {
			if !slices.Contains(asked, g) {
				return nil, &InputError{Policy: id, Granted: true, Err: fmt.Errorf("grants: plugin %s does not ask for %q%s", id, g, decode.DidYouMean(g, asked))}
			}
		}
		c.policies[i].Plugin = &plugin
	}
	return c.finish()
}
