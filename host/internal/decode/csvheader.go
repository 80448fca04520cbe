package decode

import (
	"iter"
	"reflect"
	"strings"
)

// Columns yields the header of a table that [CSV] read, with where each name
// stands, in order. Of any other node it yields nothing.
func (n *Node) Columns() iter.Seq2[string, Pos] {
	return func(yield func(string, Pos) bool) {
		if n.kind != List {
			return
		}
		for _, k := range n.keys {
			if !yield(k.name, Pos{File: n.from.file, Line: int(k.line), Column: int(k.column)}) {
				return
			}
		}
	}
}

// header refuses columns that are no fields of a row of type t, and reports
// whether all are. No row need have a cell in such a column.
func (d *decoder) header(n *Node, t reflect.Type) bool {
	ok := true
	for _, k := range n.keys {
		name, sub, nested := strings.Cut(k.name, ".")
		known, in := fieldsOf(d, t, name)
		switch {
		case in == nil || !nested:
		case isScalar(in):
			known = []string{name}
		default:
			known, _ = fieldsOf(d, in, sub)
			name = sub
		}
		if known != nil {
			ok = false
			d.errorf(&Node{from: n.from, line: k.line, column: k.column},
				"unknown field %s%s", quote(k.name), DidYouMean(name, known))
		}
	}
	return ok
}

// isScalar reports whether no value of a type has fields.
func isScalar(t reflect.Type) bool {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Struct, reflect.Map, reflect.Interface:
		return false
	}
	return !reflect.PointerTo(t).Implements(unmarshalerType)
}

// fieldsOf returns the type of the field called name of a struct type, or the
// names that it has instead. Types other than structs have any field.
func fieldsOf(d *decoder, t reflect.Type, name string) (names []string, field reflect.Type) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || reflect.PointerTo(t).Implements(unmarshalerType) {
		return nil, nil
	}
	p, err := planOf(t)
	if err != nil {
		d.typeFault(err)
		return nil, nil
	}
	at, ok := p.byName[name]
	if !ok {
		return p.names, nil
	}
	return nil, p.fields[at].typ
}
