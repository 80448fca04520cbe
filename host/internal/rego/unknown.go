package rego

import (
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// maxNamed is how many unknown facts one message names; a rule that reads a
// whole site may touch dozens.
const maxNamed = 3

// missing collects the facts that are unknown here, by name, in order of reading.
type missing []string

func (m *missing) add(name string) {
	if !slices.Contains(*m, name) {
		*m = append(*m, name)
	}
}

// message says why a body cannot be decided.
func (m missing) message(site string) string {
	names, more := m, ""
	if len(names) > maxNamed {
		more = fmt.Sprintf(" and %d more", len(names)-maxNamed)
		names = names[:maxNamed]
	}
	verb := "is"
	if len(m) > 1 {
		verb = "are"
	}
	return "cannot be decided: " + strings.Join(names, ", ") + more + " " + verb + " unknown at " + site
}

// overlaps reports whether one dotted path is the other or lies below it.
func overlaps(a, b string) bool { return within(a, b) || within(b, a) }

// within reports whether a is b or lies below it; everything lies below "".
func within(a, b string) bool {
	return b == "" || a == b || (len(a) > len(b) && a[len(b)] == '.' && strings.HasPrefix(a, b))
}

// unknown returns the facts among the reads that are unknown when this site is
// judged; nil if all are known.
func (e *Engine) unknown(reads []read, site *SiteDoc) missing {
	var m missing
	for i := range reads {
		switch r := &reads[i]; {
		case r.path.root == rootTopology:
			m = append(slices.Clip(m), e.missing[r]...)
			if r.path.ofSubject() {
				for _, name := range e.unknownSites(*r, site.Term) {
					m.add(name)
				}
			}
		case len(site.Unknown) > 0:
			e.unknownOf(*r, site, &m)
		}
	}
	return m
}

// unknownOf checks a read below what is judged.
func (e *Engine) unknownOf(r read, site *SiteDoc, m *missing) {
	name, at, below := subjects[e.hook][0]+".", "", r.path.elems
	if e.several() {
		name = ""
	} else if len(below) > 0 {
		below = below[1:]
	}
	if len(below) > 0 {
		at = path{elems: below}.dotted(0)
	}
	pattern := strings.Contains(at, "*")
	for _, u := range site.Unknown {
		place := at
		if pattern {
			place = fill(at, u)
		}
		switch {
		case within(place, u):
			m.add(name + place)
		case within(u, place) && !(r.presence && find(site.Term, below) != nil):
			m.add(name + u)
		}
	}
}

// fill puts the numbers of elements that an unknown fact has in the places of a pattern's asterisks, one after
// the other.
func fill(pattern, fact string) string {
	want, have := strings.Split(pattern, "."), strings.Split(fact, ".")
	for i := range want {
		if want[i] == "*" && i < len(have) {
			want[i] = have[i]
		}
	}
	return strings.Join(want, ".")
}

// maxMissing is how many unknown facts are told apart that a read below data.topology
// meets; a read that meets more, of all round trips say, stands for them with what it
// reads.
const maxMissing = 256

// missingTables returns the facts among unknown, paths below data.topology, that a
// read meets.
func missingTables(r read, unknown []string) missing {
	var m missing
	at := r.path.text(nil)
	rest := strings.TrimPrefix(strings.TrimPrefix(at, "topology"), ".")
	for _, u := range unknown {
		switch {
		case within(rest, u):
			return missing{at} // the read lies inside what is unknown
		case !within(u, rest):
		case len(m) == maxMissing:
			return missing{at + ".*"}
		default:
			m = append(m, "topology."+u)
		}
	}
	return m
}

// unknownSites returns the unknown facts of sites that a read below
// data.topology.sites meets; self is the document of the site that is judged, for
// paths that name it.
func (e *Engine) unknownSites(r read, self *ast.Term) (names missing) {
	elems := r.path.elems
	switch {
	case len(elems) > 0 && elems[0].name != "sites":
		return nil
	case len(elems) < 2 && r.presence:
		return nil
	case len(elems) < 2:
		for _, u := range e.docs.AnyUnknown {
			names = append(names, "topology.sites.*."+u)
		}
		return names
	case len(elems) == 2 && r.presence:
		return nil // which sites there are is known
	}
	fact := r.path.dotted(2)
	list := e.docs.AnyUnknown
	key := "*"
	if elems[1].kind != elemAny {
		key = elems[1].name
		if elems[1].kind == elemSelf {
			key = siteText(self, key)
		}
		list = nil
		if e.docs.SiteUnknown != nil && key != "" {
			list = e.docs.SiteUnknown(key)
		}
	}
	for _, u := range list {
		if overlaps(fact, u) {
			names = append(names, "topology.sites."+key+"."+mostExact(fact, u))
		}
	}
	return names
}

// mostExact returns the longer of two overlapping paths.
func mostExact(a, b string) string {
	if len(a) > len(b) {
		return a
	}
	return b
}

// find looks a path up in a term; nil if it is not there. Where the path goes to any element of a list, it has to
// be there in all of them, and the last is returned.
func find(t *ast.Term, elems []elem) *ast.Term {
	for i, e := range elems {
		if list, ok := t.Value.(*ast.Array); ok && e.kind == elemAny {
			found := t
			for n := range list.Len() {
				if found = find(list.Elem(n), elems[i+1:]); found == nil {
					return nil
				}
			}
			return found
		}
		obj, ok := t.Value.(ast.Object)
		if !ok {
			return nil
		}
		if t = obj.Get(ast.InternedTerm(e.name)); t == nil {
			return nil
		}
	}
	return t
}

// siteText reads a string of the site's document; empty if it is absent.
func siteText(t *ast.Term, name string) string {
	v := find(t, []elem{{name: name}})
	if v == nil {
		return ""
	}
	s, _ := v.Value.(ast.String)
	return string(s)
}
