package host

import (
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// FactsRead lists, by policy id, the facts that each policy of a set reads, itself or through what it calls, found
// statically and sorted, such as "site.country" and "topology.sites.*.jurisdictions"; those of policies that are off, too.
// Plugins, whose manifests say what they read, are left out.
func FactsRead(set *policy.Set) (map[string][]string, error) {
	all, err := set.Everything()
	if err != nil {
		return nil, err
	}
	program, err := rego.Compile(all)
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for _, o := range program.Outlines() {
		for _, f := range o.Facts {
			out[o.Policy.ID] = append(out[o.Policy.ID], f.String())
		}
	}
	return out, nil
}
