package decode

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Schemer is a type that describes itself in a schema, which every
// Unmarshaler should. JSONSchema is called on the type's zero value.
type Schemer interface {
	JSONSchema() map[string]any
}

const (
	dialect = "https://json-schema.org/draft/2020-12/schema"
	defsRef = "#/$defs/"
)

// object is a JSON object of a schema under construction.
type object = map[string]any

// schemer builds one schema.
type schemer struct {
	defs  object
	names map[string]reflect.Type // who has which name in defs
}

// Schema returns a JSON Schema (2020-12) of the text that Into accepts into a
// value of v's type, indented, keys sorted, with a newline at the end. id and
// title go into $id and title. What leaving a field out means is in its
// description in words and in x-omitted. Limits on sizes are not in it.
func Schema(v any, id, title string) ([]byte, error) {
	t := reflect.TypeOf(v)
	if t == nil {
		return nil, fmt.Errorf("decode: no schema of nil")
	}
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	s := &schemer{defs: object{}, names: map[string]reflect.Type{}}
	root, err := s.body(t)
	if err != nil {
		return nil, err
	}
	root["$schema"], root["$id"], root["title"] = dialect, id, title
	if len(s.defs) > 0 {
		root["$defs"] = s.defs
	}
	data, err := json.Marshal(root, json.Deterministic(true))
	if err != nil {
		return nil, fmt.Errorf("decode: schema of %s: %w", t, err)
	}
	out := jsontext.Value(data)
	if err := out.Indent(jsontext.WithIndent("  ")); err != nil {
		return nil, fmt.Errorf("decode: schema of %s: %w", t, err)
	}
	return append(bytes.TrimSpace(out), '\n'), nil
}

// of returns the schema of a value of type t under a field's constraints.
func (s *schemer) of(t reflect.Type, r *rules) (object, error) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if o, ok := describes(t); ok {
		return o, nil
	}
	switch t.Kind() {
	case reflect.Struct:
		return s.reference(t)
	case reflect.Slice:
		items, err := s.of(t.Elem(), r)
		return object{"type": "array", "items": items}, err
	case reflect.Map:
		values, err := s.of(t.Elem(), r)
		return object{"type": "object", "additionalProperties": values}, err
	case reflect.Interface:
		return s.anyValue(), nil
	}
	return scalarSchema(t, r)
}

// describes returns what a Schemer says of itself.
func describes(t reflect.Type) (object, bool) {
	if !reflect.PointerTo(t).Implements(schemerType) {
		return nil, false
	}
	return reflect.New(t).Interface().(Schemer).JSONSchema(), true
}

// anyName is the name in $defs of a value without a type of its own.
const anyName = "anyValue"

// anyValue allows everything but null, at any depth.
func (s *schemer) anyValue() object {
	ref := object{"$ref": defsRef + anyName}
	s.defs[anyName] = object{
		"type":                 []string{"string", "number", "boolean", "array", "object"},
		"items":                ref,
		"additionalProperties": ref,
	}
	return object{"$ref": defsRef + anyName}
}

func scalarSchema(t reflect.Type, r *rules) (object, error) {
	o := object{}
	switch t.Kind() {
	case reflect.String:
		o["type"] = "string"
	case reflect.Bool:
		o["type"] = "boolean"
	case reflect.Float64:
		o["type"] = "number"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		o["type"] = "integer"
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		o["type"], o["minimum"] = "integer", 0
	default:
		return nil, fmt.Errorf("decode: no schema of %s", t)
	}
	if r == nil {
		return o, nil
	}
	if r.enum != nil {
		o["enum"] = r.enum
	}
	if r.min != nil {
		o["minimum"] = *r.min
	}
	if r.max != nil {
		o["maximum"] = *r.max
	}
	switch r.format {
	case "id":
		o["pattern"] = patternID
	case "digest":
		o["pattern"] = patternDigest
	case "text":
		o["pattern"] = patternText
	case "date":
		o["format"], o["pattern"] = "date", patternDate
	case "date-time":
		o["pattern"] = patternDateTime
		o["anyOf"] = []object{{"format": "date-time"}, {"format": "date"}}
	}
	return o, nil
}

// reference puts the struct t in $defs and returns a $ref to it.
func (s *schemer) reference(t reflect.Type) (object, error) {
	name := t.Name()
	if name == "" {
		return s.body(t)
	}
	if other, ok := s.names[name]; ok && other != t {
		name = strings.ReplaceAll(t.String(), ".", "_")
	}
	ref := object{"$ref": defsRef + name}
	if _, done := s.names[name]; done {
		return ref, nil
	}
	s.names[name] = t
	body, err := s.body(t)
	s.defs[name] = body
	return ref, err
}

// body returns the schema of the struct t itself.
func (s *schemer) body(t reflect.Type) (object, error) {
	if t.Kind() != reflect.Struct {
		return s.of(t, nil)
	}
	if o, ok := describes(t); ok {
		return o, nil
	}
	p, err := planOf(t)
	if err != nil {
		return nil, err
	}
	properties := object{}
	var required []string
	for i := range p.fields {
		f := &p.fields[i]
		o, err := s.field(f)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		properties[f.name] = o
		if f.omit.byKind == nil && f.omit.all == omitRequired {
			required = append(required, f.name)
		}
	}
	o := object{"type": "object", "additionalProperties": false, "properties": properties}
	if required != nil {
		slices.Sort(required)
		o["required"] = required
	}
	if cond := p.conditions(); cond != nil {
		o["allOf"] = cond
	}
	return o, nil
}

func (s *schemer) field(f *fieldPlan) (object, error) {
	o, err := s.of(f.typ, &f.rules)
	if err != nil {
		return nil, err
	}
	if f.minItems > 0 {
		o["minItems"] = f.minItems
	}
	if f.hasDef {
		d := decoder{}
		o["default"] = d.any(&Node{style: defaultStyle(f.typ), text: f.def})
	}
	o["description"] = strings.TrimSpace(f.doc + " " + f.omit.words(f))
	if f.omit.byKind == nil {
		o["x-omitted"] = f.omit.all
	} else {
		byKind := object{"*": f.omit.all}
		for k, m := range f.omit.byKind {
			byKind[k] = m
		}
		o["x-omitted"] = byKind
	}
	return o, nil
}

// defaultStyle keeps a text default such as "1" text in the schema.
func defaultStyle(t reflect.Type) style {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() == reflect.String {
		return quoted
	}
	return plain
}
