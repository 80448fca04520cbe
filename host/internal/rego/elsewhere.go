package rego

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// siteFacts keeps the paths below a site of data.topology.sites that a policy reads; an empty path stands for all of it.
func siteFacts(reads readSet) [][]elem {
	var out [][]elem
	for _, r := range reads {
		switch elems := r.path.elems; {
		case r.path.root != rootTopology || len(elems) > 0 && elems[0].kind == elemName && elems[0].name != "sites":
		case len(elems) < 3 && r.presence: // which sites there are is looked at otherwise
		case len(elems) < 3:
			return [][]elem{nil}
		default:
			out = append(out, elems[2:])
		}
	}
	return out
}

// SitesDiffer reports whether any policy may see another fact of a site in data.topology.sites in one of two worlds than in
// the other, wherever it looks at it from. Policies of other engines are not looked at.
func (p *Program) SitesDiffer(before, after Documents) bool {
	var facts [][]elem
	for _, cp := range p.policies {
		facts = append(facts, cp.siteFacts...)
	}
	if len(facts) == 0 {
		return false
	}
	x, y := sitesOf(before), sitesOf(after)
	if x == nil || y == nil || x.Len() != y.Len() {
		return true
	}
	return x.Until(func(key, a *ast.Term) bool {
		b := y.Get(key)
		if b == nil {
			return true
		}
		id := str(key)
		return slices.ContainsFunc(facts, func(elems []elem) bool {
			return !sameTerm(find(a, elems), find(b, elems)) || !slices.Equal(gapsAt(before, id, elems), gapsAt(after, id, elems))
		})
	})
}

func sitesOf(d Documents) ast.Object {
	if d.Topology == nil {
		return nil
	}
	t := d.Topology.Get(ast.InternedTerm("sites"))
	if t == nil {
		return nil
	}
	o, _ := t.Value.(ast.Object)
	return o
}

func sameTerm(a, b *ast.Term) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Equal(b)
}

// gapsAt are the unknown facts of a site that a path meets.
func gapsAt(d Documents, id string, elems []elem) (out []string) {
	if d.SiteUnknown == nil {
		return nil
	}
	fact := path{elems: elems}.dotted(0)
	for _, u := range d.SiteUnknown(id) {
		if overlaps(fact, u) {
			out = append(out, u)
		}
	}
	return out
}
