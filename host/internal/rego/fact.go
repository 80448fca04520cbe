package rego

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Fact is a fact reference found in a rule or in what it calls.
type Fact struct{ path path }

// String prints the reference as decisions list it: "site.country",
// "topology.jurisdictions.EU.adequate"; "topology.sites.*.country" is that fact
// of any site, "topology.sites[site.parent].country" that of the parent. "site"
// and "topology" mean the whole document.
func (f Fact) String() string { return f.path.text(nil) }

// Value returns a fact as it is when this site is judged: its path with keys
// filled in, such as "topology.sites.eu-central-1.country", and its value. The
// value is nil if the fact is absent or unknown, and for references that mean
// many: a whole document, or any site.
func (e *Engine) Value(f Fact, site SiteDoc) (path string, value *ast.Term) {
	p := f.path
	path = p.text(func(name string) string { return siteText(site.Term, name) })
	doc, elems := site.Term, p.elems
	if p.root == rootTopology {
		doc = e.docs.Topology
	} else if len(elems) > 0 {
		elems = elems[1:]
	}
	if len(elems) == 0 {
		return path, nil
	}
	keys := make([]elem, len(elems))
	for i, k := range elems {
		switch k.kind {
		case elemAny:
			return path, nil
		case elemSelf:
			k = elem{name: siteText(site.Term, k.name)}
		}
		keys[i] = k
	}
	return path, find(doc, keys)
}

// text prints the path below input and data; self resolves the site's own keys.
func (p path) text(self func(name string) string) string {
	var b strings.Builder
	if p.root == rootTopology {
		b.WriteString("topology")
	}
	for i, e := range p.elems {
		switch {
		case e.kind == elemAny:
			b.WriteString(".*")
		case e.kind == elemSelf && self == nil:
			b.WriteString("[site." + e.name + "]")
		case e.kind == elemSelf:
			b.WriteString("." + self(e.name))
		default:
			if i > 0 || p.root == rootTopology {
				b.WriteByte('.')
			}
			b.WriteString(e.name)
		}
	}
	if b.Len() == 0 {
		return "site" // the whole input; of it only the site holds facts
	}
	return b.String()
}

// dotted joins the constant keys from index i on.
func (p path) dotted(i int) string {
	names := make([]string, 0, len(p.elems)-i)
	for _, e := range p.elems[i:] {
		names = append(names, e.name)
	}
	return strings.Join(names, ".")
}

// alwaysKnown are the keys of input.site that no site lacks knowledge of; a site
// that has no parent is known to have none.
var alwaysKnown = []string{"id", "kind", "parent", "partition", "region"}

// isFact reports whether a read is of a document that holds facts, rather than
// of the request, the component or the settings.
func (r read) isFact() bool {
	if r.path.root == rootTopology {
		return len(r.path.elems) > 0 || !r.presence
	}
	if len(r.path.elems) == 0 {
		return !r.presence
	}
	return r.path.elems[0].name == "site" && (len(r.path.elems) > 1 || !r.presence)
}

// mayBeUnknown reports whether some snapshot may leave open what is read.
func (r read) mayBeUnknown() bool {
	if !r.isFact() {
		return false
	}
	return r.path.root != rootInput || len(r.path.elems) < 2 || !slices.Contains(alwaysKnown, r.path.elems[1].name)
}

// facts turns reads into the sorted references that findings carry. What is read
// only for its presence on the way to a fact below it is left out.
func facts(reads readSet) []Fact {
	var out []Fact
	for _, r := range reads {
		if r.isFact() && !(r.presence && coveredBelow(r, reads)) {
			out = append(out, Fact{r.path})
		}
	}
	slices.SortFunc(out, func(a, b Fact) int { return strings.Compare(a.String(), b.String()) })
	return slices.CompactFunc(out, func(a, b Fact) bool { return a.String() == b.String() })
}

// coveredBelow reports whether another read is of something below r.
func coveredBelow(r read, reads readSet) bool {
	for _, o := range reads {
		if o.path.root == r.path.root && len(o.path.elems) > len(r.path.elems) &&
			slices.Equal(o.path.elems[:len(r.path.elems)], r.path.elems) {
			return true
		}
	}
	return false
}
