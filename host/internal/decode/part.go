package decode

import (
	"fmt"
	"reflect"
)

// Given says which fields of a struct were written, by the number [Fields] gives each of them.
type Given struct {
	Written   uint64
	Retracted uint64 // those of Written that were written as null, which only [Node.IntoPart] accepts
}

// IntoPart is [Node.Into] for text that corrects other text. A struct with a field tagged
// decode:"given" may lack fields: neither are they reported nor are defaults filled in. A field of it
// that is written as null is left zero and told in [Given]. Structs without that tag are as strict as
// ever.
func (n *Node) IntoPart(v any) error { return n.into(v, true) }

// Fields are the fields of a struct type, numbered as [Given] numbers them.
type Fields struct{ plan *structPlan }

// FieldsOf returns the fields of a struct type that has a [Given]. The error is a mistake in its tags.
func FieldsOf(t reflect.Type) (Fields, error) {
	p, err := planOf(t)
	if err == nil && p.given == nil {
		err = fmt.Errorf("decode: %s has no field tagged decode:\"given\"", t)
	}
	return Fields{p}, err
}

// Len returns how many fields there are.
func (f Fields) Len() int { return len(f.plan.fields) }

// Name returns a field's name as it is written.
func (f Fields) Name(i int) string { return f.plan.fields[i].name }

// Value returns field i of the struct v, addressable if v is.
func (f Fields) Value(i int, v reflect.Value) reflect.Value {
	return v.FieldByIndex(f.plan.fields[i].index)
}

// Required reports whether field i may not be left out of the struct v, given v's kind.
func (f Fields) Required(i int, v reflect.Value) bool {
	return f.plan.fields[i].omit.of(f.plan.kindOf(v)) == omitRequired
}

// Omit makes field i of the struct v, which must be addressable, what it is when it is left out.
func (f Fields) Omit(i int, v reflect.Value) {
	field := &f.plan.fields[i]
	at := v.FieldByIndex(field.index)
	at.SetZero()
	f.fill(field, at)
}

// Missing returns the names of the required fields that were not written in the struct v, decoded by
// [Node.IntoPart]. Which fields a kind requires is not asked as long as the kind itself is missing.
func (f Fields) Missing(v reflect.Value) []string {
	given := v.FieldByIndex(f.plan.given).Interface().(Given)
	kindless := f.plan.discriminator >= 0 && f.plan.kindOf(v) == ""
	var names []string
	for i := range f.plan.fields {
		field := &f.plan.fields[i]
		if given.Written&^given.Retracted>>i&1 == 1 || kindless && field.omit.byKind != nil {
			continue
		}
		if f.Required(i, v) {
			names = append(names, field.name)
		}
	}
	return names
}

// Complete fills in the defaults of what was left out of the struct v, decoded by [Node.IntoPart],
// which must be addressable and lack no required field.
func (f Fields) Complete(v reflect.Value) {
	given := v.FieldByIndex(f.plan.given).Interface().(Given)
	for i := range f.plan.fields {
		if given.Written>>i&1 == 0 {
			f.fill(&f.plan.fields[i], v.FieldByIndex(f.plan.fields[i].index))
		}
	}
}

// fill gives a field that is left out its default. Plans are only made of defaults that their fields
// accept, so that nothing can fail here.
func (f Fields) fill(field *fieldPlan, at reflect.Value) {
	d := decoder{}
	switch {
	case field.hasDef:
		d.setDefault(at, field)
	case field.typ.Kind() == reflect.Struct:
		d.fillDefaults(at)
	}
}
