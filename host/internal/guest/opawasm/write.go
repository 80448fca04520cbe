package opawasm

import (
	"fmt"
	"slices"
	"unicode/utf8"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Append appends a value as policies read it: JSON, with sets and keys of objects as Rego writes them. The error names what
// is no value.
func Append(b []byte, v ast.Value) ([]byte, error) {
	var err error
	list := func(open, end string, iter func(func(*ast.Term))) {
		b = append(b, open...)
		first := true
		iter(func(t *ast.Term) {
			if !first {
				b = append(b, ',')
			}
			first = false
			if err == nil {
				b, err = Append(b, t.Value)
			}
		})
		b = append(b, end...)
	}
	switch v := v.(type) {
	case ast.Null:
		b = append(b, "null"...)
	case ast.Boolean:
		b = fmt.Append(b, bool(v))
	case ast.Number:
		b = append(b, v...)
	case ast.String:
		b = appendString(b, string(v))
	case *ast.Array:
		list("[", "]", v.Foreach)
	case ast.Set:
		if v.Len() == 0 {
			return append(b, "set()"...), nil
		}
		list("{", "}", v.Foreach)
	case ast.Object:
		b = append(b, '{')
		first := true
		v.Foreach(func(k, e *ast.Term) {
			if !first {
				b = append(b, ',')
			}
			first = false
			if err == nil {
				b, err = Append(b, k.Value)
			}
			b = append(b, ':')
			if err == nil {
				b, err = Append(b, e.Value)
			}
		})
		b = append(b, '}')
	default:
		err = fmt.Errorf("a %s is no value that a policy can be given", ast.ValueName(v))
	}
	return b, err
}

// appendSite appends a site's document without the fields that are unknown as a whole, such as lists that are not complete:
// a gap comes in their place.
func appendSite(b []byte, site ast.Value, unknown []string) ([]byte, error) {
	return appendObject(b, site, func(k string) bool { return slices.Contains(unknown, k) }, func(b []byte, _ string, v ast.Value) ([]byte, error) { return Append(b, v) })
}

// appendObject appends an object without some of its keys, all of which are strings.
func appendObject(b []byte, v ast.Value, without func(key string) bool, value func(b []byte, key string, v ast.Value) ([]byte, error)) ([]byte, error) {
	o, ok := v.(ast.Object)
	if !ok {
		return b, fmt.Errorf("it is a %s, and must be an object", ast.ValueName(v))
	}
	b = append(b, '{')
	first := true
	err := o.Iter(func(k, v *ast.Term) (err error) {
		key, ok := k.Value.(ast.String)
		if !ok {
			return fmt.Errorf("it has the key %s, which is no string", k)
		}
		if without(string(key)) {
			return nil
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b, err = value(append(appendString(b, string(key)), ':'), string(key), v.Value)
		return err
	})
	return append(b, '}'), err
}

// appendString writes a string as JSON does. What is not UTF-8 becomes U+FFFD.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', byte(c))
		case c < ' ' || c == 0x7f:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			b = utf8.AppendRune(b, c)
		}
	}
	return append(b, '"')
}
