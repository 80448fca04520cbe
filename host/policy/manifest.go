package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// ManifestSection is the custom section of a plugin's module that holds its manifest.
const ManifestSection = "bailiwick:plugin"

// The ABIs that plugins speak.
const (
	ABIBailiwick = "bailiwick/1" // docs/abi.md
	ABIOPA       = "opa-wasm"    // what OPA compiles policies to
)

// Manifest says what a plugin is, before anything of it runs.
type Manifest struct {
	APIVersion string           `json:"apiVersion" omit:"required" enum:"bailiwick/v1" doc:"Version of this format."`
	Kind       string           `json:"kind" omit:"required" enum:"Plugin" doc:"What this document is."`
	Metadata   ManifestMetadata `json:"metadata" omit:"required" doc:"The plugin's name and version."`
	Spec       ManifestSpec     `json:"spec" omit:"required" doc:"What the plugin is."`
}

// ManifestMetadata names a plugin.
type ManifestMetadata struct {
	Name    string `json:"name" omit:"required" format:"id" doc:"Owner and name, such as acme/quiet-grids."`
	Version string `json:"version" omit:"required" format:"text" doc:"Semantic version."`
}

// ManifestSpec describes a plugin as METADATA describes a policy.
type ManifestSpec struct {
	ABI          string              `json:"abi" omit:"required" enum:"bailiwick/1|opa-wasm" doc:"What it speaks: bailiwick/1, or opa-wasm for a policy that OPA compiled."`
	ID           string              `json:"id" omit:"required" format:"id" doc:"Names it in decisions and waivers, such as ACME-7."`
	Title        string              `json:"title" omit:"required" format:"text" doc:"What it asks, in one line."`
	Description  string              `json:"description,omitempty" omit:"none" doc:"Why, in a sentence or two."`
	Class        string              `json:"class" omit:"required" enum:"sovereignty|redundancy|selection" doc:"What it is about."`
	Severity     string              `json:"severity,omitempty" default:"medium" enum:"low|medium|high" doc:"How much a violation matters to people."`
	Reviewed     string              `json:"reviewed" omit:"required" format:"date" doc:"Day on which a person last checked it."`
	References   []string            `json:"references,omitempty" omit:"none" format:"text" doc:"Where the requirement comes from."`
	Hooks        []string            `json:"hooks" omit:"required" minItems:"1" enum:"site|path|placement" doc:"What it is asked about."`
	Reads        []string            `json:"reads" omit:"none" format:"text" doc:"Facts it judges by, named as in Rego, such as site.carbon.pue. One of abi opa-wasm must list all."`
	ReasonReads  map[string][]string `json:"reasonReads,omitempty" omit:"none" format:"text" doc:"Of reads, those behind the reasons of a code. A code that is left out: all."`
	Reasons      map[string]string   `json:"reasons,omitempty" omit:"none" doc:"Texts of its reasons by code, 1 to 65535; {0} to {7} stand for arguments."`
	Settings     map[string]any      `json:"settings,omitempty" omit:"none" doc:"Settings with their defaults."`
	Capabilities []CapabilityWanted  `json:"capabilities,omitempty" omit:"none" doc:"What it needs beyond computing; an operator grants each by name."`
	Limits       PluginLimits        `json:"limits,omitzero" omit:"default" doc:"What it may use, where the defaults do not suit it."`
	Entrypoint   string              `json:"entrypoint,omitempty" omit:"inapplicable" format:"text" doc:"Of abi opa-wasm: the package that was compiled, such as acme/countries."`
}

// CapabilityWanted is a capability that a plugin asks for.
type CapabilityWanted struct {
	Name   string `json:"name" omit:"required" enum:"log|time|random" doc:"Name of the capability."`
	Reason string `json:"reason" omit:"required" format:"text" doc:"Why it is needed."`
}

// PluginLimits is what a plugin may use. Fuel is in units of about a cycle. Zero stands for the host's default.
type PluginLimits struct {
	InitialFuel int64 `json:"initialFuel,omitzero" omit:"default" min:"0" doc:"Fuel for initialisation."`
	Fuel        int64 `json:"fuel,omitzero" omit:"default" min:"0" doc:"Fuel for one call."`
	FuelPerRow  int64 `json:"fuelPerRow,omitzero" omit:"default" min:"0" doc:"Fuel for a call, for each row it is asked about."`
	MemoryPages int64 `json:"memoryPages,omitzero" omit:"default" min:"0" max:"65535" doc:"Memory in pages of 64 KiB, the snapshot included."`
}

// manifestReading bounds a manifest.
var manifestReading = decode.Limits{Bytes: 1 << 20, Depth: MaxNesting, Nodes: 50_000, StringBytes: 64 << 10}

// DecodeManifest reads a manifest from YAML or JSON and checks it. name is used in positions only. The error lists
// every fault with file, line and column.
func DecodeManifest(name string, text []byte) (*Manifest, error) {
	n, err := decode.Parse(name, text, manifestReading)
	if err != nil {
		return nil, err
	}
	m := new(Manifest)
	if err := n.Into(m); err != nil {
		return nil, err
	}
	if errs := m.check(n); len(errs) > 0 {
		return nil, errs.Sorted()
	}
	return m, nil
}

// Canonical is the manifest as canonical JSON (RFC 8785), which is what a module carries.
func (m *Manifest) Canonical() ([]byte, error) {
	text, err := decode.Canonical(m)
	if err != nil {
		return nil, fmt.Errorf("plugin manifest: %w", err)
	}
	return text, nil
}

// ManifestSchema returns the JSON Schema of manifests.
func ManifestSchema() ([]byte, error) {
	return decode.Schema(Manifest{}, "https://bailiwick.dev/schema/v1/plugin.json", "Bailiwick plugin manifest")
}

// check finds what the struct's tags do not say.
func (m *Manifest) check(n *decode.Node) (errs decode.Errors) {
	fail := func(pointer, format string, args ...any) {
		errs = append(errs, n.At(pointer).Errorf(format, args...))
	}
	s := &m.Spec
	if s.ID == reservedID {
		fail("/spec/id", "%q is taken: decisions use it for what the request itself leaves out", s.ID)
	} else if !idGrammar.MatchString(s.ID) {
		fail("/spec/id", "%q is not a policy id: letters, digits, dot, underscore and hyphen, at most 64", s.ID)
	}
	for i, h := range s.Hooks {
		if slices.Contains(s.Hooks[:i], h) {
			fail(fmt.Sprintf("/spec/hooks/%d", i), "hook %s is listed twice", h)
		}
	}
	for i, r := range s.Reads {
		if first, _, _ := strings.Cut(r, "."); !slices.Contains([]string{"site", "topology", "component", "request", "path", "placement", "scenario"}, first) {
			fail(fmt.Sprintf("/spec/reads/%d", i), "%q is not below site, path, placement, scenario, component, request or topology", r)
		}
	}
	for _, code := range sortedKeys(s.Reasons) {
		pointer := "/spec/reasons/" + code
		if v, err := strconv.ParseUint(code, 10, 16); err != nil || v == 0 || strconv.FormatUint(v, 10) != code {
			fail(pointer, "code %q is not a number from 1 to 65535", code)
		}
		if _, err := ParseTemplate(s.Reasons[code]); err != nil {
			fail(pointer, "%s", err)
		}
	}
	errs = append(errs, s.checkReasonReads(n)...)
	for key, v := range s.Settings {
		if _, err := jsonValue(v, 0); err != nil {
			fail("/spec/settings/"+key, "%s", err)
		}
	}
	switch {
	case s.ABI != ABIOPA && s.Entrypoint != "":
		fail("/spec/entrypoint", "only a plugin of abi %s has an entrypoint", ABIOPA)
	case s.ABI == ABIOPA && s.Entrypoint == "":
		fail("/spec", "entrypoint is missing: the package that OPA compiled, such as acme/countries")
	}
	if s.ABI == ABIOPA && (len(s.Hooks) != 1 || s.Hooks[0] != string(Site)) {
		fail("/spec/hooks", "a plugin of abi %s is asked about sites only", ABIOPA)
	}
	return errs
}

// checkReasonReads wants codes of reasons, and facts that are among all that the plugin reads.
func (s *ManifestSpec) checkReasonReads(n *decode.Node) (errs decode.Errors) {
	for _, code := range sortedKeys(s.ReasonReads) {
		pointer := "/spec/reasonReads/" + code
		if _, ok := s.Reasons[code]; !ok {
			errs = append(errs, n.At(pointer).Errorf("there is no reason of code %q; name one of reasons", code))
		}
		for i, r := range s.ReasonReads[code] {
			if !slices.Contains(s.Reads, r) {
				errs = append(errs, n.At(fmt.Sprintf("%s/%d", pointer, i)).Errorf("%q is not among reads%s", r, decode.DidYouMean(r, s.Reads)))
			}
		}
	}
	return errs
}

// reviewed is the day as a time.
func (m *Manifest) reviewed() time.Time {
	day, _ := time.Parse(time.DateOnly, m.Spec.Reviewed) // its format was checked
	return day
}
