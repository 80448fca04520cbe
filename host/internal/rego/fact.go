package rego

import (
	"iter"
	"slices"
	"strconv"
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
	} else if len(elems) > 0 && !e.several() {
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

// Values returns the values of a fact in what is judged, by their paths: one for each element of the lists that it
// goes through, such as "placement.copies.0.site.country", and else what [Engine.Value] returns.
func (e *Engine) Values(f Fact, site SiteDoc) iter.Seq2[string, *ast.Term] {
	return func(yield func(string, *ast.Term) bool) {
		i := slices.IndexFunc(f.path.elems, func(x elem) bool { return x.kind == elemAny })
		if f.path.root != rootInput || i < 0 {
			yield(e.Value(f, site))
			return
		}
		elems := f.path.elems
		above := elems[:i]
		if !e.several() {
			above = elems[1:i]
		}
		list := find(site.Term, above)
		if list == nil {
			return
		}
		a, _ := list.Value.(*ast.Array)
		for n := range a.Len() {
			place := path{elems: append(slices.Clone(elems[:i]), elem{name: strconv.Itoa(n)})}
			place.elems = append(place.elems, elems[i+1:]...)
			if !yield(place.text(nil), find(a.Elem(n), elems[i+1:])) {
				return
			}
		}
	}
}

// SiteFact tells which site's fact is meant by a path below what is judged, as [Engine.Values] gives it: the site's id,
// and the fact's path below its document.
func SiteFact(text string, doc SiteDoc) (site, fact string, ok bool) {
	t, names := doc.Term, strings.Split(text, ".")
	if t.Get(ast.InternedTerm(names[0])) == nil {
		names = names[1:] // it is the document itself
	}
	for i, name := range names {
		switch v := t.Value.(type) {
		case ast.Object:
			t = v.Get(ast.StringTerm(name))
		case *ast.Array:
			n, err := strconv.Atoi(name)
			if err != nil || n >= v.Len() {
				return "", "", false
			}
			t = v.Elem(n)
		default:
			return "", "", false
		}
		if t == nil {
			return "", "", false
		}
		if id := siteText(t, "id"); id != "" && slices.Contains([]string{"site", "from", "to"}, name) {
			return id, strings.Join(names[i+1:], "."), true
		}
	}
	return "", "", false
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

// dotted joins the keys from index i on; an asterisk stands for any.
func (p path) dotted(i int) string {
	names := make([]string, 0, len(p.elems)-i)
	for _, e := range p.elems[i:] {
		if e.kind == elemAny {
			e.name = "*"
		}
		names = append(names, e.name)
	}
	return strings.Join(names, ".")
}

// alwaysKnown are the keys of a site's document that no site lacks knowledge of; a site
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
	name := r.path.elems[0].name
	return isSubject(name) && (len(r.path.elems) > 1 || !r.presence)
}

// mayBeUnknown reports whether some snapshot may leave open what is read.
func (r read) mayBeUnknown() bool {
	if !r.isFact() {
		return false
	}
	// Where a list may have other elements, nothing of them is known.
	if depth := r.path.siteDepth(); depth > 0 && len(r.path.elems) > depth && !slices.ContainsFunc(r.path.elems[:depth], elem.any) {
		return !slices.Contains(alwaysKnown, r.path.elems[depth].name)
	}
	return true
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
