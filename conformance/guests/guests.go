// Package guests is five of the standard policies as guests in C: with the same id, settings and messages as the policy
// in Rego, so that one can take the other's place. They prove that a guest can say what a rule says.
package guests

import (
	"embed"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/policy"
)

//go:embed *.wasm *.yaml
var files embed.FS

// ids are the policies by the name of the guest's files.
var ids = map[string]string{"availability": "SEL-09", "carbon": "SEL-06", "processing": "SOV-02", "residency": "SOV-01", "services": "SEL-01"}

// Names are those of the guests, sorted.
func Names() []string {
	var out []string
	for name := range ids {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// ID is the id of the policy whose place a guest takes.
func ID(name string) string { return ids[name] }

// Module is a guest with its manifest inside.
func Module(name string) ([]byte, error) {
	module, err := files.ReadFile(name + ".wasm")
	if err != nil {
		return nil, fmt.Errorf("guests: %w", err)
	}
	text, err := files.ReadFile(name + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("guests: %w", err)
	}
	manifest, err := policy.DecodeManifest(name+".yaml", text)
	if err != nil {
		return nil, err
	}
	canonical, err := manifest.Canonical()
	if err != nil {
		return nil, err
	}
	section := append(binary.AppendUvarint(nil, uint64(len(policy.ManifestSection))), policy.ManifestSection...)
	section = append(section, canonical...)
	return append(binary.AppendUvarint(append(module, 0), uint64(len(section))), section...), nil
}
