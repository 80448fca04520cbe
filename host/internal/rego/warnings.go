package rego

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// Warning is something about a module that is allowed and hardly meant.
type Warning struct {
	Place   string // file:line
	Message string
}

// Warnings looks for what is suspicious in a set that compiles: what OPA refuses
// in its strict mode alone, rules of policies that nothing comes to, settings that
// nothing reads, and METADATA that lacks what readers need. They are in order of place.
func (p *Program) Warnings(set *policy.Set) []Warning {
	found := p.strict(set)
	found = append(found, p.unused()...)
	for _, cp := range p.policies {
		for _, name := range cp.unread {
			found = append(found, Warning{declared(set, cp.policy), fmt.Sprintf("setting %q of policy %s is declared and no rule reads it", name, cp.policy.ID)})
		}
		for _, lack := range lacks(cp.policy) {
			found = append(found, Warning{declared(set, cp.policy), fmt.Sprintf("METADATA of policy %s lacks %s", cp.policy.ID, lack)})
		}
	}
	slices.SortFunc(found, func(a, b Warning) int {
		return cmp.Or(ByPlace(a.Place+": ", b.Place+": "), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(found)
}

// lacks lists what METADATA may leave out and readers miss.
func lacks(p *policy.Policy) (out []string) {
	if p.Description == "" {
		out = append(out, "description: say in a sentence or two what it asks, and why")
	}
	if len(p.References) == 0 {
		out = append(out, "custom.references: say what the requirement comes from")
	}
	for _, name := range slices.Sorted(maps.Keys(p.Settings)) {
		if p.SettingsSchema[name] == nil {
			out = append(out, fmt.Sprintf("a schema of setting %q under custom.settingsSchema: any value of its type is taken", name))
		}
	}
	return out
}

// strict compiles the modules once more, in OPA's strict mode.
func (p *Program) strict(set *policy.Set) []Warning {
	modules := map[string]*ast.Module{}
	for _, m := range set.Modules() {
		modules[m.Name] = m.AST
	}
	c := newCompiler().WithStrict(true)
	c.Compile(modules)
	var found []Warning
	for _, e := range c.Errors {
		found = append(found, Warning{place(e.Location), e.Message})
	}
	return found
}

// unused finds rules of policies that neither deny, warn, obligation nor score of
// any policy comes to. A library's may be there for other sets.
func (p *Program) unused() []Warning {
	used := map[string]bool{}
	var visit func(r *ast.Rule)
	visit = func(r *ast.Rule) {
		if name := r.Ref().GroundPrefix().String(); !used[name] {
			used[name] = true
			// Which rules of the same name an evaluation comes to is for OPA to decide.
			for _, same := range p.compiler.GetRulesExact(r.Ref().GroundPrefix()) {
				for branch := same; branch != nil; branch = branch.Else {
					for dep := range p.compiler.Graph.Dependencies(branch) {
						if rule, ok := dep.(*ast.Rule); ok {
							visit(rule)
						}
					}
				}
			}
		}
	}
	spoken := append(kindNames[:], policy.RuleScore)
	for _, cp := range p.policies {
		for _, name := range spoken {
			for _, r := range rulesOf(p.compiler, cp.policy, name) {
				visit(r)
			}
		}
	}
	var found []Warning
	for _, cp := range p.policies {
		prefix := cp.policy.Package.String() + "."
		for _, name := range slices.Sorted(maps.Keys(p.compiler.Modules)) {
			m := p.compiler.Modules[name]
			if !m.Package.Path.Equal(cp.policy.Package) {
				continue
			}
			for _, r := range m.Rules {
				if ref := r.Ref().GroundPrefix(); !used[ref.String()] {
					used[ref.String()] = true // say it once
					rule := strings.TrimPrefix(ref.String(), prefix)
					message := fmt.Sprintf("rule %s is used by none of deny, warn, obligation and score%s", rule, decode.DidYouMean(rule, spoken))
					found = append(found, Warning{place(r.Location), message})
				}
			}
		}
	}
	return found
}

// declared is the place of a policy's METADATA.
func declared(set *policy.Set, p *policy.Policy) string {
	for _, m := range set.Modules() {
		if m.Name != p.File {
			continue
		}
		for _, n := range m.AST.Annotations {
			if n.Scope == "package" {
				return place(n.Location)
			}
		}
	}
	return p.File
}

// unreadSettings lists the settings that a policy declares and does not read. A
// read of all settings, or of all of input, is one of each.
func unreadSettings(reads readSet, p *policy.Policy) []string {
	left := maps.Clone(p.Settings)
	for _, r := range reads {
		names := r.path.elems
		switch {
		case r.path.root != rootInput:
		case len(names) == 0 || names[0].kind != elemName:
			return nil
		case names[0].name != "settings":
		case len(names) == 1 && r.presence:
		case len(names) == 1 || names[1].kind != elemName:
			return nil
		default:
			delete(left, names[1].name)
		}
	}
	return slices.Sorted(maps.Keys(left))
}

// ByPlace compares texts that begin with file:line: by file, then by line, then
// by the rest. Those that do not begin so come last.
func ByPlace(a, b string) int {
	fileA, lineA, okA := cutPlace(a)
	fileB, lineB, okB := cutPlace(b)
	switch {
	case okA != okB && okA:
		return -1
	case okA != okB:
		return 1
	case !okA:
		return cmp.Compare(a, b)
	}
	return cmp.Or(cmp.Compare(fileA, fileB), cmp.Compare(lineA, lineB), cmp.Compare(a, b))
}

// cutPlace reads the place that a text begins with; the line is the first number
// between colons.
func cutPlace(s string) (file string, line int, ok bool) {
	for i := 0; i < len(s); {
		colon := strings.IndexByte(s[i:], ':')
		if colon < 0 {
			return "", 0, false
		}
		i += colon + 1
		end := i
		for end < len(s) && s[end] >= '0' && s[end] <= '9' {
			end++
		}
		if end > i && end < len(s) && s[end] == ':' {
			n, err := strconv.Atoi(s[i:end])
			return s[:i-1], n, err == nil
		}
	}
	return "", 0, false
}
