package plan

import "github.com/open-policy-agent/opa/v1/ast"

// What follows lets another machine that runs plans ask what this one makes of
// values that are not known, so that both make the same of them.

// Truth is an answer of Kleene's logic.
type Truth = truth

// The answers.
const (
	No    = no
	Maybe = maybe
	Yes   = yes
)

// Definedness says whether there is a value.
type Definedness = definedness

// There is none, there may be one, there is one.
const (
	Undefined = undefined
	Possibly  = possibly
	Surely    = surely
)

// AnyValue is the value of which only its presence is known.
func AnyValue() Value { return unknown }

// Equal tells whether two values are equal.
func (w *Work) Equal(a, b Value) Truth { return w.equal(a, b) }

// HasMember tells whether a value is an element of an array or set, or a value of
// an object.
func (w *Work) HasMember(collection, v Value) Truth { return w.hasMember(collection, v) }

// Lookup follows a key. The value counts where it is defined, and is shared.
func (w *Work) Lookup(source, key Value) (Value, Definedness) {
	v, def := w.dot(source, key)
	if def == undefined {
		return nil, undefined
	}
	return share(v), def
}

// Join returns a value that stands for whatever either stands for.
func (w *Work) Join(a, b Value) Value { return share(w.join(a, b)) }

// Length is the number of members, as far as it is known.
func (w *Work) Length(v Value) Value { return w.length(v) }

// Merge is what a plan makes of base data and the extent of rules at one place.
func (w *Work) Merge(a, b Value) Value { return share(w.merge(a, b)) }

// Kind is the type of a value.
type Kind = kind

// The kinds, in OPA's order; AnyKind if it is not known.
const (
	AnyKind    = anyKind
	NullKind   = nullKind
	BoolKind   = boolKind
	NumberKind = numberKind
	StringKind = stringKind
	ArrayKind  = arrayKind
	ObjectKind = objectKind
	SetKind    = setKind
)

// KindOf returns the kind of a value.
func KindOf(v Value) Kind { return kindOf(v) }

// Walk visits the members of a collection as a scan does: those that are there,
// those that may be, and one that stands for any other. step says whether to go
// on.
func (w *Work) Walk(v Value, step func(k, v Value, sure bool) bool) {
	w.walk(v, func(k, v Value, sure bool) bool { return step(share(k), share(v), sure) })
}

// Orderless says that the members of a collection come in no known order.
func (w *Work) Orderless(v Value) bool { return w.orderless(v) }

// Uncertain is what a built-in function makes of operands that are not all known;
// total says that it has a value whatever they are.
func (w *Work) Uncertain(name string, args []Value) (v Value, total bool) {
	v, total = w.builtinOfUnknown(name, args)
	return share(v), total
}

// ArrayOf makes an array of elements. Without exact it has those that are sure,
// possibly the others, in no known order.
func ArrayOf(elems []Value, sure []bool, exact bool) Value {
	a := &Array{Elems: elems, Exact: exact}
	if !exact {
		a.Sure = sure
	}
	return share(a)
}

// SetOf makes a set of members, sure or possible.
func SetOf(members []Value, sure []bool) Value {
	s := &Set{}
	for i, m := range members {
		s.add(m, sure[i])
	}
	return share(s)
}

// ObjectOf makes an object by inserting pairs in turn, each surely or possibly.
func ObjectOf(keys, vals []Value, sure []bool) Value {
	o := &Object{}
	for i := range keys {
		o.insert(nil, keys[i], vals[i], sure[i], false)
	}
	return share(o)
}

// Upsert returns a document with a value at a path, objects made on the way.
func (w *Work) Upsert(doc Value, path []*ast.Term, v Value) Value {
	operands := make([]Operand, len(path))
	for i, t := range path {
		operands[i] = Operand{Term: t}
	}
	d := slot{}
	if doc != nil {
		d = slot{doc, surely}
	}
	return share((&frame{in: &Run{work: w}}).upsert(d, operands, v))
}

// Path finds the rule at the path of a dynamic call; false if there is none that
// takes no arguments.
func (p *Program) Path(path string) (index int, ok bool) {
	index, ok = p.paths[path]
	return index, ok && len(p.Funcs[index].Params) == 2
}

// PathSeparator joins the names of a path for [Program.Path].
const PathSeparator = "\x00"

// CallingUndefined is how many blocks a dynamic call leaves that finds a rule
// without a value.
const CallingUndefined = callingUndefined

// DocumentOf makes an object of distinct keys, each there surely or possibly; with
// open it may have others.
func DocumentOf(keys, vals []Value, sure []bool, open bool) Value {
	o := &Object{Open: open}
	for i, k := range keys {
		t, _ := known(k)
		o.put(t, vals[i], sure[i])
	}
	return share(o)
}
