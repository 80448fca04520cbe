package plan

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// Value is what is known of a value: *ast.Term, a value that is known; *Array,
// *Object and *Set, collections with parts that are not; *Doc, a document some
// paths of which are not; *Text, a string; *Unknown, any value at all. Each
// stands for the set of values it may turn out to be. Values are shared: none is
// changed once something else than the local that made it refers to it.
type Value = any

// Unknown is a value of which only its presence is known.
type Unknown struct{}

// unknown is the only one there is need of.
var unknown = &Unknown{}

// Text is a string of which what is unknown prints as "unknown".
type Text struct{ Rendered string }

// Array is an array. If Exact, its elements are Elems, in order. If not, Elems
// are members in no known order, of which those marked Sure are there; if Open
// it may have others.
type Array struct {
	Elems []Value
	Sure  []bool // nil if Exact
	Exact bool
	Open  bool
	made
}

// Set is a set with known members, sure or possible, and members of which only
// part is known.
type Set struct {
	Keys  keyed
	Sure  []bool // by index of Keys
	Vague []Value
	// VagueSure says which of Vague are there; two of them may be one and the
	// same member, or be one of Keys.
	VagueSure []bool
	Open      bool // may have other members
	made
}

// Object is an object by known keys, sure or possible.
type Object struct {
	Keys keyed
	Vals []Value
	Sure []bool
	Open bool // may have other keys
	made
}

// made is what is common to collections that statements build.
type made struct {
	token  int  // the certainty of the path it was made on, see frame
	shared bool // something else refers to it: copy before changing it
	size   int  // approximate bytes of text
	term   *ast.Term
	// orderless is that of the frame when it was made.
	orderless int
	doubt     int // a part that was not known when it was last looked through
}

// keyed is a list of distinct known terms that finds their positions.
type keyed struct {
	Terms []*ast.Term
	at    map[int][]int // by hash
}

// few is how many terms are compared one by one before an index is made.
const few = 8

func (k *keyed) find(t *ast.Term) int {
	if k.at == nil {
		for i, o := range k.Terms {
			if o.Equal(t) {
				return i
			}
		}
		return -1
	}
	for _, i := range k.at[t.Hash()] {
		if k.Terms[i].Equal(t) {
			return i
		}
	}
	return -1
}

func (k *keyed) add(t *ast.Term) int {
	k.Terms = append(k.Terms, t)
	n := len(k.Terms)
	switch {
	case k.at != nil:
		h := t.Hash()
		k.at[h] = append(k.at[h], n-1)
	case n > few:
		k.at = make(map[int][]int, 2*n)
		for i, o := range k.Terms {
			h := o.Hash()
			k.at[h] = append(k.at[h], i)
		}
	}
	return n - 1
}

func (k *keyed) copy() keyed {
	out := keyed{Terms: make([]*ast.Term, 0, len(k.Terms)+1)}
	for _, t := range k.Terms {
		out.add(t)
	}
	return out
}

func all(sure []bool) bool {
	for _, s := range sure {
		if !s {
			return false
		}
	}
	return true
}

// known returns a value as a term if nothing of it is unknown.
func known(v Value) (*ast.Term, bool) {
	switch v := v.(type) {
	case *ast.Term:
		return v, true
	case *Array:
		if v.term == nil && v.Exact && !v.doubtful(v.Elems, nil) {
			if terms, ok := v.knownAll(v.Elems, nil); ok {
				v.term, v.shared = ast.ArrayTerm(terms...), true
			}
		}
		return v.term, v.term != nil
	case *Set:
		if v.term == nil && !v.Open && len(v.Vague) == 0 && !v.doubtful(nil, v.Sure) {
			if _, ok := v.knownAll(nil, v.Sure); ok {
				v.term, v.shared = ast.SetTerm(v.Keys.Terms...), true
			}
		}
		return v.term, v.term != nil
	case *Object:
		if v.term == nil && !v.Open && !v.doubtful(v.Vals, v.Sure) {
			if terms, ok := v.knownAll(v.Vals, v.Sure); ok {
				obj := ast.NewObjectWithCapacity(len(terms))
				for i, k := range v.Keys.Terms {
					obj.Insert(k, terms[i])
				}
				v.term, v.shared = ast.NewTerm(obj), true
			}
		}
		return v.term, v.term != nil
	case *Doc:
		if v.gaps == nil {
			return v.term, v.term != nil
		}
	}
	return nil, false
}

// doubtful tells whether the part that was not known when a collection was looked
// through is not known still, so that it need not be looked through again.
func (m *made) doubtful(vs []Value, sure []bool) bool {
	if m.doubt < len(sure) && !sure[m.doubt] {
		return true
	}
	if m.doubt >= len(vs) {
		return false
	}
	_, ok := known(vs[m.doubt])
	return !ok
}

// knownAll returns the parts of a collection as terms if all are there and known.
func (m *made) knownAll(vs []Value, sure []bool) ([]*ast.Term, bool) {
	for i, s := range sure {
		if !s {
			m.doubt = i
			return nil, false
		}
	}
	for i, v := range vs {
		if _, ok := known(v); !ok {
			m.doubt = i
			return nil, false
		}
	}
	terms := make([]*ast.Term, len(vs))
	for i, v := range vs {
		terms[i], _ = known(v)
	}
	return terms, true
}

// share returns a value as others may refer to it: as a term if it is known.
func share(v Value) Value {
	if t, ok := known(v); ok {
		return t
	}
	switch v := v.(type) {
	case *Array:
		v.shared = true
	case *Set:
		v.shared = true
	case *Object:
		v.shared = true
	}
	return v
}

// kind is the type of a value.
type kind uint8

const (
	anyKind kind = iota
	nullKind
	boolKind
	numberKind
	stringKind
	arrayKind
	objectKind
	setKind
)

func kindOf(v Value) kind {
	switch v := v.(type) {
	case *ast.Term:
		switch v.Value.(type) {
		case ast.Null:
			return nullKind
		case ast.Boolean:
			return boolKind
		case ast.Number:
			return numberKind
		case ast.String:
			return stringKind
		case *ast.Array:
			return arrayKind
		case ast.Object:
			return objectKind
		case ast.Set:
			return setKind
		}
	case *Text:
		return stringKind
	case *Array:
		return arrayKind
	case *Object:
		return objectKind
	case *Set:
		return setKind
	case *Doc:
		if v.term == nil {
			return objectKind
		}
		return kindOf(v.term)
	}
	return anyKind
}

// open returns a collection for looking at its parts: a *Array, *Object or *Set;
// anything else as it is.
func open(v Value) Value {
	switch v := v.(type) {
	case *Doc:
		return v.open()
	case *ast.Term:
		return opened(v)
	}
	return v
}

// opened takes a known collection apart.
func opened(t *ast.Term) Value {
	switch v := t.Value.(type) {
	case *ast.Array:
		a := &Array{Exact: true, Elems: make([]Value, 0, v.Len())}
		v.Foreach(func(e *ast.Term) { a.Elems = append(a.Elems, e) })
		return a
	case ast.Set:
		s := &Set{}
		v.Foreach(func(e *ast.Term) { s.Keys.add(e); s.Sure = append(s.Sure, true) })
		return s
	case ast.Object:
		o := &Object{}
		v.Foreach(func(k, e *ast.Term) { o.put(k, e, true) })
		return o
	}
	return t
}

// put adds a key that is not there.
func (o *Object) put(k *ast.Term, v Value, sure bool) {
	o.Keys.add(k)
	o.Vals = append(o.Vals, v)
	o.Sure = append(o.Sure, sure)
}
