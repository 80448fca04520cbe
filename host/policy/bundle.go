package policy

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"path"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// Kind and version of a bundle.
const (
	bundleVersion = "bailiwick/v1"
	bundleKind    = "PolicyBundle"
)

// bundle is a set as one document: what its digest covers, with the modules' texts in it.
type bundle struct {
	APIVersion string                    `json:"apiVersion" omit:"required" enum:"bailiwick/v1"`
	Kind       string                    `json:"kind" omit:"required" enum:"PolicyBundle"`
	Modules    []bundleModule            `json:"modules" omit:"required"`
	Settings   map[string]map[string]any `json:"settings" omit:"required"`
	Limits     bundleLimits              `json:"limits" omit:"required"`
	Plugins    []bundlePlugin            `json:"plugins,omitempty" omit:"none"`
}

// bundlePlugin is a plugin's module, in base64, and what is granted to it.
type bundlePlugin struct {
	Module string   `json:"module" omit:"required"`
	Grants []string `json:"grants" omit:"required"`
}

// bundleModule has its text as it is: what is not UTF-8 does not parse as Rego.
type bundleModule struct {
	Path string `json:"path" omit:"required" format:"text"`
	Text string `json:"text" omit:"required"`
}

// bundleLimits is [Limits] as a bundle has it: each given, none zero.
type bundleLimits struct {
	Steps        int64 `json:"steps" omit:"required" min:"1"`
	ValueBytes   int   `json:"valueBytes" omit:"required" min:"1"`
	Findings     int   `json:"findings" omit:"required" min:"1"`
	MessageBytes int   `json:"messageBytes" omit:"required" min:"1"`
}

// bundleReading caps a bundle. Text may take six bytes for one where JSON escapes it.
var bundleReading = decode.Limits{
	Bytes: 7*MaxTotalBytes + maxBundlePlugins*2*MaxPluginBytes, Nodes: 1_000_000, StringBytes: 2 * MaxPluginBytes, Depth: MaxNesting + 8,
}

// maxBundlePlugins bounds the plugins that are kept with a decision.
const maxBundlePlugins = 64

// Bundle returns the set as one document in canonical JSON, from which [FromBundle] makes a set of the same
// digest that decides alike. Sets of the same digest have the same bundle.
func (s *Set) Bundle() ([]byte, error) {
	b := bundle{
		APIVersion: bundleVersion, Kind: bundleKind, Modules: []bundleModule{},
		Settings: map[string]map[string]any{}, Limits: bundleLimits(s.limits.withDefaults()),
	}
	modules := slices.Clone(s.modules)
	slices.SortFunc(modules, func(a, b Module) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(string(a.Text), string(b.Text)))
	})
	for _, m := range modules {
		b.Modules = append(b.Modules, bundleModule{m.Path, string(m.Text)})
	}
	for _, p := range s.policies {
		settings := maps.Clone(p.Settings)
		settings[enforcementKey] = string(p.Enforcement)
		b.Settings[p.ID] = settings
		if p.Plugin != nil {
			b.Plugins = append(b.Plugins, bundlePlugin{base64.StdEncoding.EncodeToString(p.Plugin.Module), p.Plugin.Grants})
		}
	}
	text, err := decode.Canonical(b)
	if err != nil {
		return nil, fmt.Errorf("policy bundle: %w", err)
	}
	return text, nil
}

// FromBundle makes a set of what [Set.Bundle] returned. It trusts nothing in it: modules are read and
// checked as Load does, settings and limits as those that override. Whether the set is the one that was
// meant, its digest says.
func FromBundle(text []byte) (*Set, error) {
	n, err := decode.Parse("policy bundle", text, bundleReading)
	if err != nil {
		return nil, err
	}
	var b bundle
	if err := n.Into(&b); err != nil {
		return nil, err
	}
	l := loading{sources: []Source{{Name: "bundle"}}, packages: map[string]*pkg{}}
	if err := b.read(&l); err != nil {
		return nil, fmt.Errorf("policy bundle: %w", err)
	}
	grants, err := b.plugins(&l)
	if err != nil {
		return nil, fmt.Errorf("policy bundle: %w", err)
	}
	s, errs := l.set()
	if len(errs) > 0 {
		return nil, fmt.Errorf("policy bundle: %w", errs[0])
	}
	if s, err = s.WithGrants(grants); err != nil {
		return nil, fmt.Errorf("policy bundle: %w", err)
	}
	if s, err = s.WithSettings(b.Settings); err != nil {
		return nil, fmt.Errorf("policy bundle: %w", err)
	}
	return s.WithLimits(Limits(b.Limits))
}

// read adds the modules under the limits that Load reads by. Two sources may have had a file of the same
// path: the second is called "path (2)", which sorts where the path does, since the order of a package's
// modules is the order of their rules.
func (b *bundle) read(l *loading) error {
	if len(b.Modules) > MaxFiles {
		return fmt.Errorf("%d modules; a policy set has at most %d", len(b.Modules), MaxFiles)
	}
	times := map[string]int{}
	total := 0
	for _, m := range b.Modules {
		if len(m.Text) > MaxFileBytes {
			return fmt.Errorf("%s: a module has at most %d bytes", m.Path, MaxFileBytes)
		}
		if total += len(m.Text); total > MaxTotalBytes {
			return fmt.Errorf("%s: the modules of a policy set have at most %d bytes together", m.Path, MaxTotalBytes)
		}
		times[m.Path]++
		name := m.Path
		if n := times[m.Path]; n > 1 {
			name = fmt.Sprintf("%s (%d)", m.Path, n)
		}
		l.add(file{path: m.Path, name: path.Join("bundle", name), text: []byte(m.Text)})
		if len(l.errs) > 0 {
			return l.errs[0]
		}
	}
	return nil
}

// plugins reads the plugins, and returns what is granted to each.
func (b *bundle) plugins(l *loading) (map[string][]string, error) {
	if len(b.Plugins) > maxBundlePlugins {
		return nil, fmt.Errorf("%d plugins; a bundle has at most %d", len(b.Plugins), maxBundlePlugins)
	}
	grants := map[string][]string{}
	for i, p := range b.Plugins {
		module, err := base64.StdEncoding.DecodeString(p.Module)
		if err != nil {
			return nil, fmt.Errorf("plugin %d: %w", i, err)
		}
		pol, err := readPlugin(fmt.Sprintf("bundle/plugin-%d", i), module)
		if err != nil {
			return nil, err
		}
		l.plugins = append(l.plugins, pol)
		grants[pol.ID] = p.Grants
	}
	return grants, nil
}
