package plan

import (
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// truth is an answer of Kleene's logic.
type truth uint8

const (
	no truth = iota
	maybe
	yes
)

func (t truth) not() truth { return yes - t }

func truthOf(b bool) truth {
	if b {
		return yes
	}
	return no
}

// definedness says whether a local has a value.
type definedness uint8

const (
	undefined definedness = iota
	possibly
	surely
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// equal compares two values: yes or no only if it comes out so whatever the
// unknown parts are.
func (w *Work) equal(a, b Value) truth {
	ta, oka := known(a)
	tb, okb := known(b)
	if oka && okb {
		return truthOf(w.same(ta, tb))
	}
	ka, kb := kindOf(a), kindOf(b)
	if ka == anyKind || kb == anyKind {
		return maybe
	}
	if ka != kb {
		return no
	}
	a, b = w.open(a), w.open(b)
	switch a := a.(type) {
	case *Array:
		return w.equalArrays(a, b.(*Array))
	case *Set:
		return least(w.subset(a, b.(*Set)), w.subset(b.(*Set), a))
	case *Object:
		return least(w.within(a, b.(*Object)), w.within(b.(*Object), a))
	}
	return maybe
}

// least is the conjunction.
func least(ts ...truth) truth {
	out := yes
	for _, t := range ts {
		out = min(out, t)
	}
	return out
}

func (w *Work) equalArrays(a, b *Array) truth {
	if !a.Exact || !b.Exact {
		if a.Exact && len(a.Elems) < sureCount(b.Sure) || b.Exact && len(b.Elems) < sureCount(a.Sure) {
			return no
		}
		return maybe
	}
	if len(a.Elems) != len(b.Elems) {
		return no
	}
	out := yes
	for i := range a.Elems {
		if w.do(1) {
			break
		}
		if out = min(out, w.equal(a.Elems[i], b.Elems[i])); out == no {
			break
		}
	}
	return out
}

func sureCount(sure []bool) int {
	n := 0
	for _, s := range sure {
		if s {
			n++
		}
	}
	return n
}

// subset tells whether every member of a is one of b.
func (w *Work) subset(a, b *Set) truth {
	out := yes
	for i, k := range a.Keys.Terms {
		if w.do(1) {
			break
		}
		switch in := w.hasMember(b, k); {
		case in == no && a.Sure[i]:
			return no
		case in != yes:
			out = maybe
		}
	}
	for i, v := range a.Vague {
		if in := w.hasMember(b, v); in == no && a.VagueSure[i] {
			return no
		}
		out = maybe
	}
	if a.Open {
		out = maybe
	}
	return out
}

// within tells whether every key of a is one of b with the same value.
func (w *Work) within(a, b *Object) truth {
	out := yes
	for i, k := range a.Keys.Terms {
		if w.do(1) {
			break
		}
		v, def := w.dot(b, k)
		same := no
		if def != undefined {
			if same = w.equal(a.Vals[i], v); def == possibly {
				same = min(same, maybe)
			}
		}
		switch {
		case same == no && a.Sure[i]:
			return no
		case same != yes:
			out = maybe
		}
	}
	if a.Open {
		out = maybe
	}
	return out
}

// hasMember tells whether a value is an element of an array or set, or a value
// of an object.
func (w *Work) hasMember(collection, v Value) truth {
	out := no
	see := func(e Value, sure bool) bool {
		if w.do(1) {
			return false
		}
		t := w.equal(e, v)
		if !sure {
			t = min(t, maybe)
		}
		out = max(out, t)
		return out != yes
	}
	if s, ok := collection.(*ast.Term); ok {
		if set, ok := s.Value.(ast.Set); ok {
			if t, ok := known(v); ok {
				w.key(t)
				return truthOf(set.Contains(t))
			}
		}
	}
	switch c := w.open(collection).(type) {
	case *Array:
		for i, e := range c.Elems {
			if !see(e, c.Exact || c.Sure[i]) {
				return yes
			}
		}
		return orOpen(out, c.Open)
	case *Object:
		for i, e := range c.Vals {
			if !see(e, c.Sure[i]) {
				return yes
			}
		}
		return orOpen(out, c.Open)
	case *Set:
		if t, ok := known(v); ok {
			w.key(t)
			if i := c.Keys.find(t); i >= 0 && c.Sure[i] {
				return yes
			} else if i >= 0 {
				out = maybe
			}
		} else {
			for i, e := range c.Keys.Terms {
				if !see(e, c.Sure[i]) {
					return yes
				}
			}
		}
		for i, e := range c.Vague {
			if !see(e, c.VagueSure[i]) {
				return yes
			}
		}
		return orOpen(out, c.Open)
	case *Unknown:
		return maybe
	}
	return no
}

func orOpen(t truth, open bool) truth {
	if open && t == no {
		return maybe
	}
	return t
}

// dot looks a key up, as a.b or a[b] does. The value counts where it is defined.
func (w *Work) dot(source, key Value) (Value, definedness) {
	k, ok := known(key)
	if ok {
		w.key(k)
	}
	if t, isTerm := source.(*ast.Term); isTerm && ok {
		return dotTerm(t, k)
	}
	if d, isDoc := source.(*Doc); isDoc && ok {
		if d.term == nil {
			return d.dot(k)
		}
		if _, isObject := d.term.Value.(ast.Object); isObject {
			return d.dot(k)
		}
	}
	switch s := w.open(source).(type) {
	case *Unknown:
		return unknown, possibly
	case *Array:
		if s.Exact && ok {
			i, isInt := index(k)
			if !isInt || i < 0 || i >= len(s.Elems) {
				return nil, undefined
			}
			return s.Elems[i], surely
		}
		if kk := kindOf(key); kk != anyKind && kk != numberKind || s.Exact && len(s.Elems) == 0 || !s.Exact && !s.Open && len(s.Elems) == 0 {
			return nil, undefined
		}
		return unknown, possibly
	case *Set:
		switch w.hasMember(s, key) {
		case yes:
			return key, surely
		case maybe:
			return key, possibly
		}
		return nil, undefined
	case *Object:
		if !ok {
			if len(s.Vals) == 0 && !s.Open {
				return nil, undefined
			}
			return unknown, possibly
		}
		if i := s.Keys.find(k); i >= 0 {
			if s.Sure[i] {
				return s.Vals[i], surely
			}
			return s.Vals[i], possibly
		}
		if s.Open {
			return unknown, possibly
		}
	}
	return nil, undefined
}

// dotTerm looks a known key up in a known value.
func dotTerm(t, k *ast.Term) (Value, definedness) {
	var out *ast.Term
	switch v := t.Value.(type) {
	case ast.Object:
		out = v.Get(k)
	case *ast.Array:
		if i, ok := index(k); ok && i >= 0 && i < v.Len() {
			out = v.Elem(i)
		}
	case ast.Set:
		if v.Contains(k) {
			out = k
		}
	}
	if out == nil {
		return nil, undefined
	}
	return out, surely
}

// index reads an array's key.
func index(k *ast.Term) (int, bool) {
	n, ok := k.Value.(ast.Number)
	if !ok {
		return 0, false
	}
	return n.Int()
}
