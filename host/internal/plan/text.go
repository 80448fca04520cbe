package plan

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// unknownText is what an unknown value prints.
const unknownText = "unknown"

// Render prints a value as a message shows it: what is unknown as "unknown".
func Render(v Value) string { return (*Work)(nil).rendered(v) }

func (w *Work) rendered(v Value) string {
	if t, ok := v.(*Text); ok {
		return t.Rendered
	}
	if t, ok := known(v); ok {
		if s, ok := t.Value.(ast.String); ok {
			return string(s)
		}
		return t.String()
	}
	var b strings.Builder
	w.render(&b, v)
	w.text(b.Len())
	return b.String()
}

// render prints a value as it stands inside another.
func (w *Work) render(b *strings.Builder, v Value) {
	list := func(left, right string, n int, each func(i int), more bool) {
		b.WriteString(left)
		for i := range n {
			if w.do(1) || w.tooLong(b.Len()) {
				return
			}
			if i > 0 {
				b.WriteString(", ")
			}
			each(i)
		}
		if more {
			if n > 0 {
				b.WriteString(", ")
			}
			b.WriteString(unknownText)
		}
		b.WriteString(right)
	}
	if t, ok := known(v); ok {
		b.WriteString(t.String())
		return
	}
	switch c := w.open(v).(type) {
	case *Text:
		fmt.Fprintf(b, "%q", c.Rendered)
	case *Array:
		list("[", "]", len(c.Elems), func(i int) { w.render(b, c.Elems[i]) }, c.Open)
	case *Set:
		n := len(c.Keys.Terms)
		order := w.sorted(c.Keys.Terms)
		list("{", "}", n+len(c.Vague), func(i int) {
			if i < n {
				w.render(b, c.Keys.Terms[order[i]])
			} else {
				w.render(b, c.Vague[i-n])
			}
		}, c.Open)
	case *Object:
		order := w.sorted(c.Keys.Terms)
		list("{", "}", len(order), func(i int) {
			w.render(b, c.Keys.Terms[order[i]])
			b.WriteString(": ")
			w.render(b, c.Vals[order[i]])
		}, c.Open)
	default:
		b.WriteString(unknownText)
	}
}

// sprintf formats as OPA does; a verb for a value that is not known prints it as
// [Render] does.
func (w *Work) sprintf(format string, args []Value) *Text {
	values := make([]any, len(args))
	replaced := make([]bool, len(args))
	for i, v := range args {
		t, ok := known(v)
		if !ok {
			values[i], replaced[i] = w.rendered(v), true
			continue
		}
		values[i] = printable(t)
	}
	var b strings.Builder
	b.Grow(2 * len(format))
	arg := 0
	for i := 0; i < len(format) && !w.tooLong(b.Len()); i++ {
		if format[i] != '%' {
			b.WriteByte(format[i])
			continue
		}
		end := i + 1
		for end < len(format) && strings.IndexByte("+-# 0123456789.", format[end]) >= 0 {
			end++
		}
		if end >= len(format) || format[end] == '[' || format[end] == '*' {
			return &Text{Rendered: unknownText} // arguments out of their order
		}
		verb := format[i : end+1]
		i = end
		switch {
		case format[end] == '%':
			b.WriteByte('%')
			continue
		case arg < len(args) && replaced[arg]:
			b.WriteString(values[arg].(string))
		case arg < len(args):
			if s, ok := values[arg].(string); ok && (verb == "%s" || verb == "%v") {
				b.WriteString(s)
			} else {
				fmt.Fprintf(&b, verb, values[arg])
			}
		default:
			b.WriteString(verb)
		}
		arg++
	}
	w.text(b.Len())
	return &Text{Rendered: b.String()}
}

// printable is a known value as OPA's sprintf hands it to Go's.
func printable(t *ast.Term) any {
	switch v := t.Value.(type) {
	case ast.Number:
		text := string(v)
		if strings.ContainsAny(text, ".eE") {
			if f, ok := v.Float64(); ok {
				return f
			}
			return text
		}
		if n, ok := v.Int64(); ok {
			return n
		}
		if n, ok := new(big.Int).SetString(text, 10); ok {
			return n
		}
		return text
	case ast.String:
		return string(v)
	}
	return t.Value.String()
}

// concat joins text with a delimiter.
func (w *Work) concat(delimiter string, parts Value) (*Text, bool) {
	var out []string
	size := 0
	add := func(v Value) {
		if w.do(1) || w.tooLong(size) {
			return
		}
		out = append(out, w.rendered(v))
		size += len(delimiter) + len(out[len(out)-1])
	}
	switch c := w.open(parts).(type) {
	case *Array:
		for _, e := range c.Elems {
			add(e)
		}
		if c.Open {
			out = append(out, unknownText)
		}
	case *Set:
		for _, i := range w.sorted(c.Keys.Terms) {
			add(c.Keys.Terms[i])
		}
		for _, e := range c.Vague {
			add(e)
		}
		if c.Open {
			out = append(out, unknownText)
		}
	default:
		return &Text{Rendered: unknownText}, false
	}
	w.text(size)
	return &Text{Rendered: strings.Join(out, delimiter)}, true
}

// template fills a template string: every part is text, or a set of the value to
// print, empty if that is undefined.
func (w *Work) template(parts *Array) *Text {
	var b strings.Builder
	for _, p := range parts.Elems {
		if w.do(1) || w.tooLong(b.Len()) {
			break
		}
		s, ok := w.open(p).(*Set)
		switch {
		case !ok:
			b.WriteString(w.rendered(p))
		case len(s.Keys.Terms) == 1 && len(s.Vague) == 0:
			b.WriteString(w.rendered(s.Keys.Terms[0]))
		case len(s.Keys.Terms) == 0 && len(s.Vague) == 1:
			b.WriteString(w.rendered(s.Vague[0]))
		case len(s.Keys.Terms) == 0 && len(s.Vague) == 0 && !s.Open:
			b.WriteString("<undefined>")
		default:
			b.WriteString(unknownText)
		}
	}
	w.text(b.Len())
	return &Text{Rendered: b.String()}
}
