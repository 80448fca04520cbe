package plan

import (
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Gaps tells which parts of a document are unknown. It is immutable. An array's
// elements are named by their numbers; one with unknown elements has a known length.
type Gaps struct {
	// whole says that this value is unknown: if the document has a collection
	// here it may have other members, else it may be anything.
	whole bool
	below map[string]*Gaps
	// each gives the gaps below any key of which below tells nothing; nil
	// means that there are none.
	each func(key string) *Gaps
}

// NewGaps makes gaps of dotted paths; nil if there are none.
func NewGaps(paths []string) *Gaps {
	if len(paths) == 0 {
		return nil
	}
	g := &Gaps{}
	for _, p := range paths {
		at := g
		for _, name := range strings.Split(p, ".") {
			next := at.below[name]
			if next == nil {
				next = &Gaps{}
				if at.below == nil {
					at.below = map[string]*Gaps{}
				}
				at.below[name] = next
			}
			at = next
		}
		at.whole = true
	}
	return g
}

// With returns the gaps with those that each gives below every key of the
// member called name.
func (g *Gaps) With(name string, each func(key string) *Gaps) *Gaps {
	out := &Gaps{below: map[string]*Gaps{}}
	if g != nil {
		out.whole, out.each = g.whole, g.each
		for k, b := range g.below {
			out.below[k] = b
		}
	}
	member := &Gaps{each: each}
	if old := out.below[name]; old != nil {
		member.whole, member.below = old.whole, old.below
	}
	out.below[name] = member
	return out
}

func (g *Gaps) at(key *ast.Term) *Gaps {
	if n, ok := key.Value.(ast.Number); ok {
		return g.below[string(n)]
	}
	name, ok := key.Value.(ast.String)
	if !ok {
		return nil
	}
	if b := g.below[string(name)]; b != nil {
		return b
	}
	if g.each != nil {
		return g.each(string(name))
	}
	// Paths are dotted, and a name may have dots of its own.
	at := g
	for _, part := range strings.Split(string(name), ".") {
		if at = at.below[part]; at == nil {
			return nil
		}
	}
	return at
}

// Doc is a document of which some paths are unknown.
type Doc struct {
	term   *ast.Term // nil: absent, but for what is unknown below it
	gaps   *Gaps
	parted Value
}

// NewDoc makes a value of a document and its gaps.
func NewDoc(t *ast.Term, g *Gaps) Value { return part(t, g) }

// part is the value at one place of a document; nil: surely absent.
func part(t *ast.Term, g *Gaps) Value {
	switch {
	case g == nil && t == nil:
		return nil
	case g == nil:
		return t
	case g.whole:
		if t == nil {
			return unknown
		}
		switch t.Value.(type) {
		case *ast.Array, ast.Set, ast.Object:
		default:
			return unknown
		}
	case t != nil:
		switch t.Value.(type) {
		case *ast.Array, ast.Object:
		default:
			return unknown // something below what has no members
		}
	}
	return &Doc{term: t, gaps: g}
}

// dot looks a known key up: the value, and whether it is there. What is unknown
// is present; an object that is there only for what is unknown in it may be
// absent with it.
func (d *Doc) dot(key *ast.Term) (Value, definedness) {
	var t *ast.Term
	if d.term != nil {
		obj, ok := d.term.Value.(ast.Object)
		if !ok {
			return (*Work)(nil).dot(d.open(), key)
		}
		t = obj.Get(key)
	}
	g := d.gaps.at(key)
	v := part(t, g)
	switch {
	case v == nil && d.gaps.whole:
		return unknown, possibly
	case v == nil:
		return nil, undefined
	case t == nil && !g.whole:
		return v, possibly
	}
	return v, surely
}

// open takes the document apart. A key that stands only for what is unknown is
// a possible member: who counts or walks through an object sees what is there.
func (d *Doc) open() Value {
	if d.parted != nil {
		return d.parted
	}
	var out Value
	switch v := valueOf(d.term).(type) {
	case *ast.Array:
		if !d.gaps.whole {
			out = d.elements(v)
			break
		}
		a := &Array{Elems: d.elements(v).Elems, Open: true}
		for range a.Elems {
			a.Sure = append(a.Sure, true)
		}
		out = a
	case ast.Set:
		s := opened(d.term).(*Set)
		s.Open = true
		out = s
	default:
		o := &Object{Open: d.gaps.whole}
		if obj, ok := v.(ast.Object); ok {
			obj.Foreach(func(k, e *ast.Term) { o.put(k, part(e, d.gaps.at(k)), true) })
		}
		for _, name := range sortedKeys(d.gaps.below) {
			k := ast.StringTerm(name)
			if o.Keys.find(k) < 0 {
				o.put(k, part(nil, d.gaps.below[name]), false)
				o.Open = o.Open || !d.gaps.below[name].whole // it may be the first part of a name with dots
			}
		}
		if d.gaps.each != nil && d.term == nil {
			o.Open = true
		}
		out = o
	}
	share(out)
	d.parted = out
	return out
}

// elements takes an array apart all elements of which are there.
func (d *Doc) elements(v *ast.Array) *Array {
	a := &Array{Exact: true}
	for i := range v.Len() {
		a.Elems = append(a.Elems, part(v.Elem(i), d.gaps.below[strconv.Itoa(i)]))
	}
	return a
}

func valueOf(t *ast.Term) ast.Value {
	if t == nil {
		return nil
	}
	return t.Value
}

// Pair is one key of an object with its value.
type Pair struct {
	Key   *ast.Term
	Value Value
}

// NewObject makes an object of pairs; a nil value is absent.
func NewObject(pairs ...Pair) Value {
	o := &Object{made: made{token: noToken}}
	for _, p := range pairs {
		if p.Value != nil {
			o.put(p.Key, p.Value, true)
		}
	}
	return share(o)
}

// Whole returns the gap of a value that is unknown as a whole: a collection with
// this gap may have other members.
func Whole() *Gaps { return &Gaps{whole: true} }

// At returns the gaps below a key; nil if there are none.
func (g *Gaps) At(name string) *Gaps { return g.at(ast.StringTerm(name)) }

// IsWhole says that the value itself is unknown, or the collection incomplete.
func (g *Gaps) IsWhole() bool { return g.whole }

// HasBelow says that parts below it are unknown.
func (g *Gaps) HasBelow() bool { return len(g.below) > 0 || g.each != nil }

// Has says that something is unknown below exactly this key.
func (g *Gaps) Has(name string) bool { return g.below[name] != nil || g.each != nil }

// Names lists the keys below which something is unknown, in order.
func (g *Gaps) Names() []string { return sortedKeys(g.below) }

// Under returns gaps as they are seen from the document that has this one as a
// member; nil if there are none.
func Under(name string, g *Gaps) *Gaps {
	if g == nil {
		return nil
	}
	return &Gaps{below: map[string]*Gaps{name: g}}
}
