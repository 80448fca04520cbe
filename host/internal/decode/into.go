package decode

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Unmarshaler is a type that reads itself, such as one that is written either
// as a list or as a mapping. It usually calls n.Into on a type for each form.
// What it returns is reported at n unless it is itself an *Error or Errors.
type Unmarshaler interface {
	UnmarshalNode(n *Node) error
}

// decoder is one call of Into.
type decoder struct {
	from  *origin
	path  []step
	errs  Errors
	fault error  // a mistake in the Go types, not in the text
	seen  []bool // which fields were given, of every struct on the path

	partial bool // structs with a Given may lack fields
}

// step is one segment of the path down to the present value. Indexes are kept
// as numbers, because they become text only when something is wrong.
type step struct {
	name  string
	index int
}

// Into fills v, a non-nil pointer, from n. It is strict (see the package
// comment) and collects every fault; on error v is partly filled and must not
// be used. The error is an [Errors], or says which Go type has a wrong tag.
func (n *Node) Into(v any) error { return n.into(v, false) }

func (n *Node) into(v any, partial bool) error {
	rv := reflect.ValueOf(v)
	if rv.Kind() != reflect.Pointer || rv.IsNil() {
		return fmt.Errorf("decode: Into needs a non-nil pointer, not %T", v)
	}
	d := decoder{from: n.from, partial: partial}
	d.value(n, rv.Elem(), nil)
	if d.fault != nil {
		return d.fault
	}
	return d.errs.Sorted()
}

// pointer renders the path.
func (d *decoder) pointer() string {
	var b strings.Builder
	if d.from != nil {
		b.WriteString(d.from.base)
	}
	for _, s := range d.path {
		b.WriteByte('/')
		if s.index >= 0 {
			b.WriteString(strconv.Itoa(s.index))
		} else {
			b.WriteString(escapePointer(s.name))
		}
	}
	return b.String()
}

func (d *decoder) full() bool { return d.fault != nil || len(d.errs) >= maxErrors }

func (d *decoder) errorf(n *Node, format string, args ...any) {
	if d.full() {
		return
	}
	e := &Error{Pointer: d.pointer(), Msg: fmt.Sprintf(format, args...)}
	if n.from != nil {
		e.Pos = n.Pos()
	}
	d.errs = append(d.errs, e)
}

// typeFault records that a Go type cannot be decoded into.
func (d *decoder) typeFault(err error) {
	if d.fault == nil {
		d.fault = err
	}
}

// value decodes n into v. f holds the field's constraints, and is nil where
// there are none.
func (d *decoder) value(n *Node, v reflect.Value, f *fieldPlan) {
	if d.full() {
		return
	}
	if n.kind == Scalar && n.style == null {
		d.errorf(n, "null is not a value here; omit the field")
		return
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	// Only a type with a name of its own can have methods.
	if v.Kind() != reflect.Interface && v.Type().PkgPath() != "" && v.Addr().Type().Implements(unmarshalerType) {
		d.custom(n, v.Addr().Interface().(Unmarshaler))
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(n, v)
	case reflect.Slice:
		d.slice(n, v, f)
	case reflect.Map:
		d.mapping(n, v, f)
	case reflect.Interface:
		if v.NumMethod() != 0 {
			d.typeFault(fmt.Errorf("decode: cannot decode into %s", v.Type()))
			return
		}
		if x := d.any(n); x != nil {
			v.Set(reflect.ValueOf(x))
		}
	default:
		d.scalar(n, v, f)
	}
}

// custom lets u read itself.
func (d *decoder) custom(n *Node, u Unmarshaler) {
	err := u.UnmarshalNode(n.at(d.pointer()))
	var many Errors
	var one *Error
	switch {
	case err == nil:
	case errors.As(err, &many):
		d.errs = append(d.errs, many...)
	case errors.As(err, &one):
		d.errs = append(d.errs, one)
	default:
		d.errorf(n, "%v", err)
	}
}

func (d *decoder) push(name string, index int) { d.path = append(d.path, step{name, index}) }

func (d *decoder) pop() { d.path = d.path[:len(d.path)-1] }

func (d *decoder) slice(n *Node, v reflect.Value, f *fieldPlan) {
	if n.kind == Scalar && n.style == cell {
		n = n.split()
	}
	if n.kind != List {
		d.errorf(n, "expected a list, found %s", n.describe())
		return
	}
	if len(n.keys) > 0 && !d.header(n, v.Type().Elem()) {
		return
	}
	if f != nil && len(n.kids) < f.minItems {
		d.errorf(n, "expected at least %d in the list, found %d", f.minItems, len(n.kids))
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.kids), len(n.kids)))
	for i := range n.kids {
		d.push("", i)
		d.value(&n.kids[i], v.Index(i), f)
		d.pop()
	}
}

func (d *decoder) mapping(n *Node, v reflect.Value, f *fieldPlan) {
	if v.Type().Key().Kind() != reflect.String {
		d.typeFault(fmt.Errorf("decode: cannot decode into %s: keys must be strings", v.Type()))
		return
	}
	if n.kind != Mapping {
		d.errorf(n, "expected a mapping, found %s", n.describe())
		return
	}
	m := reflect.MakeMapWithSize(v.Type(), len(n.kids))
	for i := range n.kids {
		d.push(n.keys[i].name, -1)
		elem := reflect.New(v.Type().Elem()).Elem()
		d.value(&n.kids[i], elem, f)
		m.SetMapIndex(reflect.ValueOf(n.keys[i].name).Convert(v.Type().Key()), elem)
		d.pop()
	}
	v.Set(m)
}

// any returns n as a JSON value, or nil after a fault.
func (d *decoder) any(n *Node) any {
	switch n.kind {
	case List:
		out := make([]any, len(n.kids))
		for i := range n.kids {
			d.push("", i)
			d.value(&n.kids[i], reflect.ValueOf(&out[i]).Elem(), nil)
			d.pop()
		}
		return out
	case Mapping:
		out := make(map[string]any, len(n.kids))
		for i := range n.kids {
			d.push(n.keys[i].name, -1)
			var x any
			d.value(&n.kids[i], reflect.ValueOf(&x).Elem(), nil)
			out[n.keys[i].name] = x
			d.pop()
		}
		return out
	}
	if n.style == quoted {
		return n.text
	}
	switch {
	case n.text == "true" || n.text == "false":
		return n.text == "true"
	case isDecimal(n.text):
		x, err := parseFloat(n.text)
		if err != nil {
			d.errorf(n, "%s is out of range", n.text)
			return nil
		}
		return x
	case looksNumeric(n.text):
		d.errorf(n, "expected a decimal number, found %s; quote it if it is text", n.describe())
		return nil
	case looksTruth(n.text):
		d.errorf(n, "expected true or false, found %s; quote it if it is text", n.describe())
		return nil
	}
	return n.text
}
