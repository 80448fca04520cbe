package rego

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// Facts reads fact references as people write them and [Fact.String] prints them, such as "site.carbon.pue",
// "topology.sites.*.country" or "topology.sites[site.parent].country". Those that name no fact, such as
// "component.services", are left out. The error names what no document has.
func Facts(names []string) ([]Fact, error) {
	reads := readSet{}
	var wrong []string
	for _, name := range names {
		if strings.HasPrefix(name, "topology.sites[") && !siteNamed(name) {
			return nil, fmt.Errorf("manifest: reads: %s: a site is named by site.id, site.parent or site.region", name)
		}
		if p, ok := named(name); ok {
			reads.add(read{path: p})
			continue
		}
		parts := strings.Split(name, ".")
		document := parts[0]
		if document == "placement" {
			document = "rows"
		}
		if line := misread(document, parts[1:], "input."+parts[0]); line != "" {
			wrong = append(wrong, line)
		}
	}
	const location = "manifest: reads"
	for _, line := range misnamed(reads, &policy.Policy{}, location) {
		wrong = append(wrong, strings.TrimPrefix(line, location+": "))
	}
	if len(wrong) > 0 {
		return nil, fmt.Errorf("%s: %s", location, strings.Join(wrong, "; "))
	}
	return facts(reads), nil
}

// naming are the keys of a site's own that name a site; see selfKey.
var naming = []string{"id", "parent", "region"}

// siteNamed reports whether a reference to a site that the site itself names is one.
func siteNamed(name string) bool {
	return slices.ContainsFunc(naming, func(key string) bool {
		rest, ok := strings.CutPrefix(name, "topology.sites[site."+key+"]")
		return ok && (rest == "" || rest[0] == '.')
	})
}

// named reads one reference; false if it is not below site or topology.
func named(name string) (path, bool) {
	p := path{root: rootInput}
	switch first, _, _ := strings.Cut(name, "."); first {
	case "topology":
		p.root = rootTopology
		name = strings.TrimPrefix(name[len(first):], ".")
	case "site":
	default:
		return path{}, false
	}
	self, below := "", ""
	if p.root == rootTopology {
		for _, key := range naming {
			if rest, ok := strings.CutPrefix(name, "sites[site."+key+"]"); ok && (rest == "" || rest[0] == '.') {
				name, self, below = "sites", key, strings.TrimPrefix(rest, ".")
				break
			}
		}
	}
	add := func(text string) {
		for part := range strings.SplitSeq(text, ".") {
			switch part {
			case "":
			case "*":
				p.elems = append(p.elems, elem{kind: elemAny})
			default:
				p.elems = append(p.elems, elem{kind: elemName, name: part})
			}
		}
	}
	add(name)
	if self != "" {
		p.elems = append(p.elems, elem{kind: elemSelf, name: self})
		add(below)
	}
	return p, true
}

// Watch looks at which of some facts are unknown. It is made for an engine's documents, and safe for concurrent use.
type Watch struct {
	engine *Engine
	always missing // those that are unknown whatever the site
	own    []read  // those that are the site's
}

// Watch prepares to look at facts.
func (e *Engine) Watch(facts []Fact) *Watch {
	w := &Watch{engine: e}
	for _, f := range facts {
		r := read{path: f.path}
		if r.path.ofSubject() {
			w.own = append(w.own, r)
			continue
		}
		for _, name := range slices.Concat(missingTables(r, e.docs.TopologyUnknown), e.unknownSites(r, nil)) {
			w.always.add(name)
		}
	}
	return w
}

// At returns what is unknown of the facts when a site is judged, as "site.country" or "topology.sites.*.country", each
// once; nil if all are known. The slice may be shared.
func (w *Watch) At(site SiteDoc) []string {
	m := slices.Clip(w.always)
	for i := range w.own {
		r := &w.own[i]
		if r.path.root == rootInput {
			w.engine.unknownOf(*r, &site, &m)
			continue
		}
		for _, name := range w.engine.unknownSites(*r, site.Term) {
			m.add(name)
		}
	}
	if len(m) == 0 {
		return nil
	}
	return m
}

// Undecided is the finding that stands for what facts leave open which are unknown at a site.
func Undecided(unknown []string, site, location string, facts []Fact) Finding {
	return Finding{Message: missing(unknown).message(site), Location: location, Facts: facts, Unknown: unknown}
}

// PackageRules says what a package of modules is as a policy.
type PackageRules struct {
	// Rules are those of deny, warn, obligation and score that it has, in that order.
	Rules []string
	// Reads are the facts that they read, themselves or through what they call, found statically, as [Facts] reads them;
	// sorted. A fact of which a rule asks only whether it is there is not listed: one that is unknown is.
	Reads []string
}

// Package compiles modules, by the names of their files, and says what a policy's package is in them. Of the policy its
// package, its settings and its file matter. What is wrong is a *[CompileError].
func Package(modules map[string]*ast.Module, p *policy.Policy) (*PackageRules, error) {
	c, err := compileModules(modules)
	if err != nil {
		return nil, err
	}
	a, all := newAnalyzer(c), readSet{}
	out := &PackageRules{Reads: []string{}}
	var lines []string
	for _, name := range kindNames {
		rules := rulesOf(c, p, name)
		for _, r := range rules {
			b, reads := newBody(a, r)
			all.addAll(reads)
			lines = append(lines, misnamed(reads, p, b.location)...)
		}
		if len(rules) > 0 {
			out.Rules = append(out.Rules, name)
		}
	}
	if scores := rulesOf(c, p, policy.RuleScore); len(scores) > 0 {
		b, reads := newScore(a, p.Package.Append(ast.StringTerm(policy.RuleScore)), scores)
		all.addAll(reads)
		lines = append(lines, misnamed(reads, p, b.location)...)
		out.Rules = append(out.Rules, policy.RuleScore)
	}
	if len(lines) > 0 {
		return nil, compileError(lines)
	}
	for _, r := range all {
		if r.presence {
			delete(all, r.path.key())
		}
	}
	for _, f := range facts(all) {
		out.Reads = append(out.Reads, f.String())
	}
	return out, nil
}

// Capabilities are what the language lets policies use, for compilers other than this package's.
func Capabilities() *ast.Capabilities { return capabilities() }

// Elsewhere returns the facts below data.topology that are unknown, and "topology.sites.*." with those that are unknown at
// some site.
func (w *Watch) Elsewhere() []string {
	var out []string
	for _, fact := range w.engine.docs.AnyUnknown {
		out = append(out, "topology.sites.*."+fact)
	}
	for _, fact := range w.engine.docs.TopologyUnknown {
		out = append(out, "topology."+fact)
	}
	return out
}
