package rego

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// inputFields are the documents below input that rules see whatever their hook; beside them they see those about what
// is judged.
var inputFields = []string{"component", "request", "settings"}

// siteFields are the facts and figures that input.site may have, with what is below those that are
// objects of fixed fields.
var siteFields = map[string][]string{
	"asOf":   {"carbon", "carbonYear", "price", "site"},
	"carbon": {"gridGramsPerKWh", "marketGramsPerKWh", "pue", "wueLitresPerKWh"}, "carrier": nil, "city": nil,
	"control": nil, "country": nil, "countryName": nil, "egress": {"internetUSDPerGB"}, "id": nil, "jurisdictions": nil, "kind": nil, "lat": nil,
	"latency": {"basis", "byPopulation", "regionByPopulation", "weightedMs", "worstMs"}, "launched": nil, "lon": nil, "name": nil, "offers": nil,
	"optIn": nil, "owner": nil, "parent": nil, "parentServices": nil, "partition": nil, "personnel": nil, "pops": nil, "price": {"index"},
	"programmes": nil, "provider": nil, "region": nil, "regionOptIn": nil, "riskGroups": nil, "serviceLink": {"disconnectedHours"},
	"services": nil, "status": nil, "subdivision": nil, "zoneCount": nil,
}

// topologyTables are the tables of data.topology.
var topologyTables = []string{
	"asOf", "jurisdictions", "partitions", "populations", "programmes", "regimes", "riskGroups", "rttMs", "services", "sites",
}

var (
	requestFields   = jsonNames(reflect.TypeFor[placement.Spec]())
	componentFields = jsonNames(reflect.TypeFor[placement.Component]())
)

// jsonNames lists the names that a struct's fields have in documents.
func jsonNames(t reflect.Type) []string {
	var names []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		names = append(names, name)
	}
	slices.Sort(names)
	return names
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
	hook := p.Hook
	if hook == "" {
		hook = policy.Site
	}
	check := func(where, what string, e elem, known []string, more string) {
		if e.kind == elemName && !slices.Contains(known, e.name) {
			lines = append(lines, fmt.Sprintf("%s: %s has no %s %q%s%s", location, where, what, e.name, decode.DidYouMean(e.name, known), more))
		}
	}
	site := func(where string, names []elem) {
		if len(names) == 0 || names[0].kind != elemName {
			return
		}
		check(where, "field", names[0], slices.Sorted(maps.Keys(siteFields)), "")
		if below := siteFields[names[0].name]; below != nil && len(names) > 1 {
			check(where+"."+names[0].name, "field", names[1], below, "")
		}
	}
	for _, r := range reads {
		names := r.path.elems
		switch {
		case len(names) == 0 || names[0].kind != elemName:
		case r.path.root == rootTopology:
			check("data.topology", "table", names[0], topologyTables, "")
			if names[0].name == "sites" && len(names) > 2 {
				site("a site of data.topology.sites", names[2:])
			}
		case r.path.root == rootInput:
			if names[0].kind == elemName && isSubject(names[0].name) && !slices.Contains(subjects[hook], names[0].name) {
				lines = append(lines, fmt.Sprintf("%s: a policy about a %s sees no input.%s", location, hook, names[0].name))
				continue
			}
			check("input", "document", names[0], slices.Concat(inputFields, subjects[hook]), "")
			switch below := names[1:]; {
			case len(below) == 0:
			case names[0].name == "site":
				site("input.site", below)
			case isSubject(names[0].name):
				if line := misread(names[0].name, written(below), "input."+names[0].name); line != "" {
					lines = append(lines, location+": "+line)
				}
			case names[0].name == "component":
				check("input.component", "field", below[0], componentFields, "")
			case names[0].name == "request":
				check("input.request", "field", below[0], requestFields, "")
			case names[0].name == "settings":
				check("policy "+p.ID, "setting", below[0], slices.Sorted(maps.Keys(p.Settings)), "; settings are declared, with their defaults, under custom.settings")
			}
		}
	}
	slices.Sort(lines)
	return slices.Compact(lines)
}

// written are the steps of a path as references are written: an asterisk stands for any element.
func written(elems []elem) []string {
	return strings.Split(path{elems: elems}.dotted(0), ".")
}

// strays finds references below data to what no module defines and the host does not provide.
func strays(c *ast.Compiler, m *ast.Module) []string {
	var lines []string
	ast.WalkRefs(m, func(r ast.Ref) bool {
		ground := r.GroundPrefix()
		if len(ground) < 2 || !ground[0].Equal(ast.DefaultRootDocument) || ground[1].Equal(ast.StringTerm("topology")) {
			return false
		}
		for n := len(ground); n >= 2; n-- {
			if len(c.GetRulesExact(ground[:n])) > 0 {
				return false
			}
		}
		if c.RuleTree.Find(ground) == nil {
			lines = append(lines, fmt.Sprintf("%s: no module defines %s, and the only data is data.topology", place(r[0].Location), ground))
		}
		return false
	})
	return lines
}
