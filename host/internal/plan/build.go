package plan

import "github.com/open-policy-agent/opa/v1/ast"

// noToken is the token of no path: what carries it is never changed surely.
const noToken = -1

// The functions here change the collection a local holds; sure says that the
// change happens wherever the collection was made.

func (f *frame) array(l int) (a *Array, sure bool) {
	v := f.slots[l].v
	if a, ok := v.(*Array); ok && !a.shared {
		return a, a.token == f.token
	}
	a, _ = f.thaw(v).(*Array)
	if a == nil {
		return nil, false
	}
	f.set(l, slot{a, f.slots[l].def})
	return a, true
}

// thaw returns a fresh copy of what others refer to. It was made whole before
// this path, which is all that is known: changes of it are sure on this path.
func (f *frame) thaw(v Value) Value {
	switch o := f.in.work.open(v).(type) {
	case *Array:
		f.in.work.make(len(o.Elems))
		n := *o
		n.made = made{token: f.token, size: f.in.size(v), orderless: f.orderless}
		n.Elems = append(make([]Value, 0, len(o.Elems)+1), o.Elems...)
		n.Sure = append([]bool(nil), o.Sure...)
		return &n
	case *Set:
		f.in.work.make(len(o.Keys.Terms) + len(o.Vague))
		n := *o
		n.made = made{token: f.token, size: f.in.size(v), orderless: f.orderless}
		n.Keys = o.Keys.copy()
		n.Sure = append([]bool(nil), o.Sure...)
		n.Vague = append([]Value(nil), o.Vague...)
		n.VagueSure = append([]bool(nil), o.VagueSure...)
		return &n
	case *Object:
		f.in.work.make(len(o.Vals))
		n := *o
		n.made = made{token: f.token, size: f.in.size(v), orderless: f.orderless}
		n.Keys = o.Keys.copy()
		n.Vals = append([]Value(nil), o.Vals...)
		n.Sure = append([]bool(nil), o.Sure...)
		return &n
	}
	return nil
}

func (f *frame) setOf(l int) (s *Set, sure bool) {
	v := f.slots[l].v
	if s, ok := v.(*Set); ok && !s.shared {
		return s, s.token == f.token
	}
	s, _ = f.thaw(v).(*Set)
	if s == nil {
		return nil, false
	}
	f.set(l, slot{s, f.slots[l].def})
	return s, true
}

func (f *frame) object(l int) (o *Object, sure bool) {
	v := f.slots[l].v
	if o, ok := v.(*Object); ok && !o.shared {
		return o, o.token == f.token
	}
	o, _ = f.thaw(v).(*Object)
	if o == nil {
		return nil, false
	}
	f.set(l, slot{o, f.slots[l].def})
	return o, true
}

// append adds an element.
func (a *Array) append(v Value, sure bool) {
	if a.Exact && !sure {
		a.Exact = false
		a.Sure = make([]bool, len(a.Elems), len(a.Elems)+1)
		for i := range a.Sure {
			a.Sure[i] = true
		}
	}
	a.Elems = append(a.Elems, v)
	if !a.Exact {
		a.Sure = append(a.Sure, sure)
	}
}

// add adds a member.
func (s *Set) add(v Value, sure bool) {
	if t, ok := v.(*ast.Term); ok {
		if i := s.Keys.find(t); i >= 0 {
			s.Sure[i] = s.Sure[i] || sure
			return
		}
		s.Keys.add(t)
		s.Sure = append(s.Sure, sure)
		return
	}
	if v == unknown && s.Open && !sure {
		return
	}
	s.Vague, s.VagueSure = append(s.Vague, v), append(s.VagueSure, sure)
}

// insert sets a key; false if once says that it must not be another value than
// before, and it surely is.
func (o *Object) insert(w *Work, key, v Value, sure, once bool) bool {
	k, ok := known(key)
	if !ok {
		// It may be any of the keys there are. Where one is surely there and may not have two values, it has
		// the one it has: another would be an error.
		for i := range o.Vals {
			if w.do(1) {
				break
			}
			if !once || !o.Sure[i] {
				o.Vals[i] = share(w.join(o.Vals[i], v))
			}
		}
		o.Open = true
		return true
	}
	i := o.Keys.find(k)
	if i < 0 {
		if o.Open && !sure {
			v = unknown // it may be there already
		}
		o.put(k, v, sure)
		return true
	}
	switch {
	case once && o.Sure[i]:
		switch w.equal(o.Vals[i], v) {
		case yes:
			return true
		case no:
			if sure {
				return false
			}
		}
		o.Vals[i] = share(w.join(o.Vals[i], v))
	case sure && !once:
		o.Vals[i] = v
	default:
		o.Vals[i] = share(w.join(o.Vals[i], v))
	}
	o.Sure[i] = o.Sure[i] || sure
	return true
}
