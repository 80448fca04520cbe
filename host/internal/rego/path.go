package rego

import (
	"strconv"
	"strings"
)

// root is the document a path begins in.
type root uint8

const (
	rootInput    root = iota // input
	rootTopology             // data.topology
	rootParam                // a parameter of the function being analysed
)

// elemKind tells how one step of a path is known.
type elemKind uint8

const (
	elemName  elemKind = iota // a constant key
	elemAny                   // any site of the snapshot, or any element of a list
	elemSelf                  // the site's own id, parent or region, given by name
	elemParam                 // the value of a parameter
)

// elem is one step of a path. Kinds other than elemName occur only as the key of
// data.topology.sites, and elemAny as that of a list of a placement; below any other computed key nothing is told apart.
type elem struct {
	kind  elemKind
	name  string // elemName: the key; elemSelf: id, parent or region
	param int    // elemParam
}

func (e elem) any() bool { return e.kind == elemAny }

// path is a place in a document. Paths are values: extending one copies it.
type path struct {
	root  root
	param int // rootParam
	elems []elem
}

// child returns the path one step below.
func (p path) child(e elem) path {
	elems := make([]elem, len(p.elems)+1)
	copy(elems, p.elems)
	elems[len(p.elems)] = e
	p.elems = elems
	return p
}

// is reports whether the path is exactly that of constant keys below its root.
func (p path) is(r root, names ...string) bool {
	if p.root != r || len(p.elems) != len(names) {
		return false
	}
	for i, n := range names {
		if p.elems[i].kind != elemName || p.elems[i].name != n {
			return false
		}
	}
	return true
}

// key identifies the path among others; no two paths share one.
func (p path) key() string {
	var b strings.Builder
	b.WriteByte('0' + byte(p.root))
	b.WriteString(strconv.Itoa(p.param))
	for _, e := range p.elems {
		b.WriteByte('/')
		b.WriteByte('0' + byte(e.kind))
		b.WriteString(strconv.Itoa(e.param))
		b.WriteString(strconv.Quote(e.name))
	}
	return b.String()
}

// selfKey returns the name if the path is a key of the site that every site
// knows about itself and that names a site.
func (p path) selfKey() (string, bool) {
	for _, name := range []string{"id", "parent", "region"} {
		if p.is(rootInput, "site", name) {
			return name, true
		}
	}
	return "", false
}

// read is one fact that a rule reads.
type read struct {
	path path
	// presence says that only the existence of the value matters, not what it is.
	presence bool
}

// readSet collects reads; the same path is kept once, and a full read covers a
// read of mere presence.
type readSet map[string]read

func (s readSet) add(r read) {
	k := r.path.key()
	if old, ok := s[k]; ok {
		r.presence = r.presence && old.presence
	}
	s[k] = r
}

func (s readSet) addAll(o readSet) {
	for _, r := range o {
		s.add(r)
	}
}
