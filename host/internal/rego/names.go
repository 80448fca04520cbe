package rego

import (
	"fmt"
	"maps"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// inputFields are the documents below input.
var inputFields = []string{"component", "request", "settings", "site"}

// siteFields are the facts and figures that input.site may have.
var siteFields = []string{
	"carbon", "carrier", "city", "control", "country", "countryName", "id", "jurisdictions", "kind", "lat",
	"latency", "launched", "lon", "name", "offers", "optIn", "owner", "parent", "partition", "personnel", "pops",
	"price", "programmes", "provider", "region", "riskGroups", "serviceLink", "services", "status",
	"subdivision", "zoneCount",
}

// topologyTables are the tables of data.topology.
var topologyTables = []string{
	"asOf", "jurisdictions", "partitions", "populations", "programmes", "regimes", "riskGroups", "rttMs", "services", "sites",
}

// CheckNames reports, as a *CompileError, what the rules read of input, data.topology and their settings
// that no document of a host has.
func (p *Program) CheckNames() error {
	var lines []string
	for _, cp := range p.policies {
		lines = append(lines, cp.misnamed...)
	}
	if len(lines) > 0 {
		return compileError(lines)
	}
	return nil
}

// misnamed finds what a body reads that no document has. A misspelt name is undefined in Rego, so that
// the rule would never speak, and a rule that never speaks lets everything pass.
func misnamed(reads readSet, p *policy.Policy, location string) []string {
	var lines []string
	check := func(where, name string, known []string, what string) {
		if !slices.Contains(known, name) {
			lines = append(lines, fmt.Sprintf("%s: %s has no %s %q%s", location, where, what, name, decode.DidYouMean(name, known)))
		}
	}
	for _, r := range reads {
		names := r.path.elems
		if len(names) == 0 || names[0].kind != elemName {
			continue
		}
		switch {
		case r.path.root == rootTopology:
			check("data.topology", names[0].name, topologyTables, "table")
		case r.path.root != rootInput:
		case len(names) == 1:
			check("input", names[0].name, inputFields, "document")
		case names[1].kind != elemName:
		case names[0].name == "site":
			check("input.site", names[1].name, siteFields, "field")
		case names[0].name == "settings":
			check("policy "+p.ID, names[1].name, slices.Sorted(maps.Keys(p.Settings)), "setting")
		default:
			check("input", names[0].name, inputFields, "document")
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}
