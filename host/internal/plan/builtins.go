package plan

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// builtinOfUnknown is what a built-in function makes of operands that are not
// all known. total says that it has a value whatever they are; if not, the path
// goes on only possibly.
func (w *Work) builtinOfUnknown(name string, args []Value) (v Value, total bool) {
	if exact := exactly[name]; exact != nil {
		if v, ok := exact(w, args); ok {
			return v, true
		}
	}
	kinds := totalFor[name]
	if kinds == nil {
		return unknown, false
	}
	for i, want := range kinds {
		if want != nil && (i >= len(args) || !slices.Contains(want, kindOf(args[i]))) {
			return unknown, false
		}
	}
	return unknown, true
}

var (
	anything    = []kind(nil)
	text        = []kind{stringKind}
	set         = []kind{setKind}
	array       = []kind{arrayKind}
	object      = []kind{objectKind}
	collections = []kind{arrayKind, setKind, objectKind, stringKind}
)

// totalFor lists the functions that have a value for every operand of these
// kinds. What is not here may fail, or be undefined, for some.
var totalFor = map[string][][]kind{
	"equal": {anything}, "neq": {anything}, "gt": {anything}, "gte": {anything}, "lt": {anything}, "lte": {anything},
	"internal.member_2": {anything}, "internal.member_3": {anything},
	"is_number": {anything}, "is_string": {anything}, "is_boolean": {anything}, "is_array": {anything},
	"is_set": {anything}, "is_object": {anything}, "is_null": {anything}, "type_name": {anything},
	"json.marshal": {anything},
	"count":        {collections}, "and": {set, set}, "or": {set, set}, "sort": {{arrayKind, setKind}},
	"array.concat": {array, array}, "array.reverse": {array},
	"object.get": {object, anything, anything}, "object.keys": {object}, "object.union": {object, object},
	"lower": {text}, "upper": {text}, "trim_space": {text}, "strings.reverse": {text},
	"contains": {text, text}, "startswith": {text, text}, "endswith": {text, text}, "split": {text, text},
	"replace": {text, text, text}, "trim": {text, text}, "trim_left": {text, text}, "trim_right": {text, text},
	"trim_prefix": {text, text}, "trim_suffix": {text, text},
}

// exactly holds the functions that can tell more than "unknown" from operands of
// which some part is known. Each says whether it could.
var exactly = map[string]func(w *Work, args []Value) (Value, bool){
	"internal.member_2": func(w *Work, a []Value) (Value, bool) { return fromTruth(w.hasMember(a[1], a[0])) },
	"internal.member_3": func(w *Work, a []Value) (Value, bool) { return fromTruth(w.hasPair(a[2], a[0], a[1])) },
	"equal":             func(w *Work, a []Value) (Value, bool) { return fromTruth(w.equal(a[0], a[1])) },
	"neq":               func(w *Work, a []Value) (Value, bool) { return fromTruth(w.equal(a[0], a[1]).not()) },
	"count": func(w *Work, a []Value) (Value, bool) {
		if k := kindOf(a[0]); k != arrayKind && k != setKind && k != objectKind {
			return nil, false
		}
		return w.length(a[0]), true
	},
	"is_number":    isKind(numberKind),
	"is_string":    isKind(stringKind),
	"is_boolean":   isKind(boolKind),
	"is_array":     isKind(arrayKind),
	"is_set":       isKind(setKind),
	"is_object":    isKind(objectKind),
	"is_null":      isKind(nullKind),
	"object.get":   objectGet,
	"array.concat": arrayConcat,
	"minus":        setMinus,
	"and":          setAnd,
	"or":           setOr,
	"object.keys": func(w *Work, a []Value) (Value, bool) {
		o, ok := w.open(a[0]).(*Object)
		if !ok {
			return nil, false
		}
		w.make(len(o.Vals))
		return &Set{Keys: o.Keys.copy(), Sure: slices.Clone(o.Sure), Open: o.Open, made: made{token: noToken, shared: true, size: o.size}}, true
	},
	"sprintf": func(w *Work, a []Value) (Value, bool) {
		format, ok := known(a[0])
		args, exact := w.open(a[1]).(*Array)
		if !ok || !exact || kindOf(format) != stringKind {
			if kindOf(a[0]) == stringKind && kindOf(a[1]) == arrayKind {
				return &Text{Rendered: unknownText}, true
			}
			return nil, false
		}
		if !args.Exact {
			return &Text{Rendered: unknownText}, true
		}
		return w.sprintf(string(format.Value.(ast.String)), args.Elems), true
	},
	"concat": func(w *Work, a []Value) (Value, bool) {
		delimiter, ok := known(a[0])
		if !ok || kindOf(delimiter) != stringKind {
			return nil, false
		}
		return w.concat(string(delimiter.Value.(ast.String)), a[1])
	},
	"internal.template_string": func(w *Work, a []Value) (Value, bool) {
		parts, ok := w.open(a[0]).(*Array)
		if !ok || !parts.Exact {
			return nil, false
		}
		return w.template(parts), true
	},
	"lower": renderedAs("lower"), "upper": renderedAs("upper"), "trim_space": renderedAs("trim_space"),
}

// renderedAs keeps text text.
func renderedAs(string) func(w *Work, a []Value) (Value, bool) {
	return func(w *Work, a []Value) (Value, bool) {
		if kindOf(a[0]) != stringKind {
			return nil, false
		}
		return &Text{Rendered: w.rendered(a[0])}, true
	}
}

// fromTruth is an answer as a value; one that is open has no value to tell.
func fromTruth(t truth) (Value, bool) {
	switch t {
	case yes:
		return ast.InternedTerm(true), true
	case no:
		return ast.InternedTerm(false), true
	}
	return unknown, true
}

func isKind(k kind) func(w *Work, a []Value) (Value, bool) {
	return func(_ *Work, a []Value) (Value, bool) { return fromTruth(is(a[0], k)) }
}

// hasPair tells whether a collection has the value at the key.
func (w *Work) hasPair(collection, key, v Value) truth {
	if kindOf(collection) == setKind {
		return least(w.hasMember(collection, key), w.equal(key, v))
	}
	switch at, def := w.dot(collection, key); def {
	case surely:
		return w.equal(at, v)
	case possibly:
		return min(w.equal(at, v), maybe)
	}
	return no
}

// objectGet follows one key; a path of several is left to be unknown.
func objectGet(w *Work, a []Value) (Value, bool) {
	if kindOf(a[0]) != objectKind {
		return nil, false
	}
	key, ok := known(a[1])
	if !ok {
		return unknown, true
	}
	keys := []*ast.Term{key}
	if path, ok := key.Value.(*ast.Array); ok {
		keys = keys[:0]
		path.Foreach(func(t *ast.Term) { keys = append(keys, t) })
	}
	at, def := a[0], surely
	for _, k := range keys {
		v, d := w.dot(at, k)
		if d == undefined {
			at, def = nil, undefined
			break
		}
		at, def = v, min(def, d)
	}
	switch def {
	case surely:
		return at, true
	case possibly:
		return share(w.join(at, a[2])), true
	}
	return a[2], true
}

func arrayConcat(w *Work, a []Value) (Value, bool) {
	x, okx := w.open(a[0]).(*Array)
	y, oky := w.open(a[1]).(*Array)
	if !okx || !oky {
		return nil, false
	}
	out := &Array{Exact: true, Open: x.Open || y.Open, made: made{token: noToken, shared: true, size: x.size + y.size}}
	for _, c := range []*Array{x, y} {
		if !c.Exact {
			out.loosen()
		}
		w.make(len(c.Elems))
		for i, e := range c.Elems {
			out.append(e, c.Exact || c.Sure[i])
		}
	}
	return out, true
}

// loosen forgets the order of an array.
func (a *Array) loosen() {
	if !a.Exact {
		return
	}
	a.Exact = false
	a.Sure = make([]bool, len(a.Elems))
	for i := range a.Sure {
		a.Sure[i] = true
	}
}

func sets(w *Work, a []Value) (x, y *Set, ok bool) {
	x, okx := w.open(a[0]).(*Set)
	y, oky := w.open(a[1]).(*Set)
	return x, y, okx && oky
}

// keep builds the set of members that both conditions let through.
func (w *Work) filtered(x *Set, in func(v Value) truth) Value {
	out := &Set{Open: x.Open, made: made{token: noToken, shared: true, size: x.size}}
	for i, k := range x.Keys.Terms {
		if w.make(1) {
			break
		}
		if t := in(k); t != no {
			out.add(k, x.Sure[i] && t == yes)
		}
	}
	for i, v := range x.Vague {
		if w.make(1) {
			break
		}
		if t := in(v); t != no {
			out.add(v, x.VagueSure[i] && t == yes)
		}
	}
	return out
}

func setMinus(w *Work, a []Value) (Value, bool) {
	x, y, ok := sets(w, a)
	if !ok {
		return nil, false
	}
	return w.filtered(x, func(v Value) truth { return w.hasMember(y, v).not() }), true
}

func setAnd(w *Work, a []Value) (Value, bool) {
	x, y, ok := sets(w, a)
	if !ok {
		return nil, false
	}
	out := w.filtered(x, func(v Value) truth { return w.hasMember(y, v) }).(*Set)
	if x.Open {
		// What x may have besides is in the intersection only if it is in y.
		out.Open = y.Open || len(y.Vague) > 0
		w.make(len(y.Keys.Terms))
		for _, k := range y.Keys.Terms {
			if out.Keys.find(k) < 0 {
				out.add(k, false)
			}
		}
	}
	if len(x.Vague) > 0 {
		out.Open = out.Open || y.Open
	}
	return out, true
}

func setOr(w *Work, a []Value) (Value, bool) {
	x, y, ok := sets(w, a)
	if !ok {
		return nil, false
	}
	out := w.filtered(x, func(Value) truth { return yes }).(*Set)
	out.Open, out.size = x.Open || y.Open, x.size+y.size
	w.make(len(y.Keys.Terms) + len(y.Vague))
	for i, k := range y.Keys.Terms {
		out.add(k, y.Sure[i])
	}
	for i, v := range y.Vague {
		out.add(v, y.VagueSure[i])
	}
	return out, true
}
