package rego

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/lane"
	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// subjects are the documents below input that hold facts about what is judged, by the hook whose rules see
// them. Where there are several, what is judged is an object of them.
var subjects = map[policy.Hook][]string{
	policy.Site:      {"site"},
	policy.Path:      {"path"},
	policy.Placement: {"placement", "scenario"},
}

// isSubject says that a document below input is about what is judged.
func isSubject(name string) bool {
	for _, names := range subjects {
		if slices.Contains(names, name) {
			return true
		}
	}
	return false
}

// lists are the places below input whose elements are told apart from the whole.
var lists = [][]string{
	{"placement", "copies"},
	{"placement", "paths"},
	{"placement", "users"},
	{"component", "data"},
	{"component", "data", "*", "transfer"},
	{"component", "dependsOn"},
	{"request", "components"},
	{"request", "components", "*", "dependsOn"},
	{"request", "data"},
	{"request", "data", "*", "transfer"},
	{"request", "users"},
	{"request", "waivers"},
}

// isList says that a computed key of a place stands for any of its elements.
func (p path) isList() bool {
	if p.root != rootInput {
		return false
	}
	return slices.ContainsFunc(lists, func(names []string) bool {
		return slices.EqualFunc(p.elems, names, func(e elem, name string) bool {
			return e.kind == elemAny && name == "*" || e.kind == elemName && e.name == name
		})
	})
}

// siteDepth is how many steps of a path lead to a site's document below input; 0 if it leads to none.
func (p path) siteDepth() int {
	name := func(i int) string {
		if i < len(p.elems) && p.elems[i].kind == elemName {
			return p.elems[i].name
		}
		return ""
	}
	end := name(3) == "from" || name(3) == "to"
	switch {
	case p.root != rootInput:
	case name(0) == "site":
		return 1
	case name(0) == "path" && (name(1) == "from" || name(1) == "to"):
		return 2
	case name(0) == "placement" && (name(1) == "copies" && name(3) == "site" || name(1) == "paths" && end):
		return 4
	}
	return 0
}

// ForHook returns an engine that asks the policies of a hook, over the same documents. What it judges then are
// sites, paths or placements.
func (e *Engine) ForHook(h policy.Hook) *Engine {
	if h == e.hook {
		return e
	}
	return e.over(e.program, e.docs, h)
}

// Hook is what the engine's policies are asked about.
func (e *Engine) Hook() policy.Hook { return e.hook }

// Has reports whether any policy of the program is asked about a hook.
func (p *Program) Has(h policy.Hook) bool {
	return slices.ContainsFunc(p.policies, func(cp *compiledPolicy) bool { return cp.policy.Hook == h })
}

// Scores reports whether any of the policies that are asked gives a score.
func (e *Engine) Scores() bool {
	return slices.ContainsFunc(e.policies, func(cp *compiledPolicy) bool { return cp.score != nil })
}

// JudgesWholes reports whether any policy is asked about more than sites.
func (p *Program) JudgesWholes() bool { return p.Has(policy.Path) || p.Has(policy.Placement) }

// of returns the policies of a hook.
func (p *Program) of(h policy.Hook) []*compiledPolicy {
	var out []*compiledPolicy
	for _, cp := range p.policies {
		if cp.policy.Hook == h {
			out = append(out, cp)
		}
	}
	return out
}

// documentsOf are the pairs of input that are about what is judged.
func (e *Engine) documentsOf(s *SiteDoc) [][2]*ast.Term {
	names := subjects[e.hook]
	if len(names) == 1 {
		return [][2]*ast.Term{{ast.InternedTerm(names[0]), s.Term}}
	}
	var pairs [][2]*ast.Term
	for _, name := range names {
		if key := ast.InternedTerm(name); s.Term.Get(key) != nil {
			pairs = append(pairs, [2]*ast.Term{key, s.Term.Get(key)})
		}
	}
	return pairs
}

// plannedOf are the same with what is unknown of them.
func (e *Engine) plannedOf(s *SiteDoc) []plan.Pair {
	var out []plan.Pair
	gaps := plan.NewGaps(s.Unknown)
	for _, p := range e.documentsOf(s) {
		of := gaps
		if e.several() && gaps != nil {
			of = gaps.At(str(p[0]))
		}
		out = append(out, plan.Pair{Key: p[0], Value: plan.NewDoc(p[1], of)})
	}
	return out
}

// several says that what is judged is an object of several documents.
func (e *Engine) several() bool { return len(subjects[e.hook]) > 1 }

// own are the unknown paths below one of several documents.
func own(unknown []string, name string) []string {
	var out []string
	for _, u := range unknown {
		if rest, ok := strings.CutPrefix(u, name+"."); ok {
			out = append(out, rest)
		}
	}
	return out
}

// lanesOf are the same for many at once.
func (d *documents) lanesOf(docs []lane.Doc) []lane.Field {
	e := d.engine
	names := subjects[e.hook]
	if e.byRows() {
		return []lane.Field{{Name: names[0], Value: d.q.Rows(d.sites[0].Row/lane.Width, docs, d.whole)}}
	}
	if !e.several() {
		return []lane.Field{{Name: names[0], Value: d.q.Documents(docs)}}
	}
	var out []lane.Field
	for _, name := range names {
		of := make([]lane.Doc, len(docs))
		d.lanes.Each(func(l int) {
			of[l] = lane.Doc{Term: docs[l].Term.Get(ast.InternedTerm(name)), Unknown: own(docs[l].Unknown, name)}
		})
		out = append(out, lane.Field{Name: name, Value: d.q.Documents(of)})
	}
	return out
}

// byRows says that what is judged are rows of the documents.
func (e *Engine) byRows() bool { return e.hook == policy.Site && e.docs.Rows != nil }
