package regotest

import (
	"fmt"
	"strings"
)

// predicate is a function that holds or does not.
func (w *writer) predicate(name string) (helper, string) {
	p := w.parameter()
	var rules []string
	for range 1 + w.roll(2) {
		rules = append(rules, w.inside(func() string {
			v := w.bind(p)
			is := w.ofVariable(variable{v, p})
			if w.chance(40) {
				is += "\n\t" + w.maybeNot()
			}
			return fmt.Sprintf("%s(%s) if {\n\t%s\n}", name, v, is)
		}))
	}
	return helper{name: name, kind: truth, params: []kind{p}, args: "(%s)"}, strings.Join(rules, "\n")
}

// parameter is the kind of a function's parameter.
func (w *writer) parameter() kind {
	switch w.roll(6) {
	case 0, 1:
		return record("site")
	case 2:
		return record("dataset")
	case 3:
		return list(w.anyText())
	default:
		return w.simple()
	}
}

// byValue has a body for each of some values, and one for the others.
func (w *writer) byValue(name string) (helper, string) {
	p, k := w.anyText(), w.simple()
	values := some(w, 3, domains[p.of()])
	var rules []string
	for _, v := range values {
		rule := fmt.Sprintf("%s(%s) := %s", name, v, w.leaf(k))
		if w.chance(40) {
			rule = w.rule(1, func() string { return fmt.Sprintf("%s(%s) := %s", name, v, w.leaf(k)) })
		}
		rules = append(rules, rule)
	}
	switch w.roll(3) {
	case 0:
		rules = append(rules, w.inside(func() string {
			v := w.bind(p)
			return fmt.Sprintf("%s(%s) := %s if {\n\tnot %s in {%s}\n\t%s\n}", name, v, w.leaf(k), v, strings.Join(values, ", "), w.condition())
		}))
	case 1:
		rules = append([]string{fmt.Sprintf("default %s(_) := %s", name, w.literal(k))}, rules...)
	}
	return helper{name: name, kind: k, params: []kind{p}, args: "(%s)"}, strings.Join(rules, "\n")
}

// byPattern takes its parameters apart in the head.
func (w *writer) byPattern(name string) (helper, string) {
	a, b, k := w.anyText(), w.simple(), w.simple()
	head, call := "([%s, %s])", "([%s, %s])"
	switch w.roll(3) {
	case 0:
		head, call = `({"a": %s, "b": %s})`, `({"a": %s, "b": %s})`
	case 1:
		head, call = "(%s, %s)", "(%s, %s)"
	}
	rules := w.inside(func() string {
		x, y := w.bind(a), w.bind(b)
		return fmt.Sprintf("%s%s := %s if {\n\t%s\n}", name, fmt.Sprintf(head, x, y), w.leaf(k), w.ofVariable(variable{x, a}))
	})
	if w.chance(50) {
		// The other half of it, with a constant in the pattern.
		rules = w.inside(func() string {
			x, y := w.bind(a), w.bind(b)
			one := pick(w, domains[a.of()])
			return fmt.Sprintf("%s%s := %s\n%s%s := %s if %s != %s",
				name, fmt.Sprintf(head, one, "_"), w.literal(k), name, fmt.Sprintf(head, x, y), w.leaf(k), x, one)
		})
	}
	return helper{name: name, kind: k, params: []kind{a, b}, args: call}, rules
}

// chain is a function with a chain of else.
func (w *writer) chain(name string) (helper, string) {
	p, k := w.simple(), w.simple()
	rules := w.inside(func() string {
		v := w.bind(p)
		rule := fmt.Sprintf("%s(%s) := %s if {\n\t%s\n} else := %s if {\n\t%s\n}", name, v, w.leaf(k), w.ofVariable(variable{v, p}), w.value(k), w.inside(w.maybeNot))
		if w.chance(50) {
			rule += " else := " + w.leaf(k)
		}
		return rule
	})
	return helper{name: name, kind: k, params: []kind{p}, args: "(%s)"}, rules
}

// passed hands a record, or a part of it, on.
func (w *writer) passed(name string) (helper, string) {
	if w.chance(50) {
		return helper{name: name, kind: record("site"), params: []kind{record("site")}, args: "(%s)"}, name + "(x) := x"
	}
	p := record("site")
	f := pick(w, records["site"])
	rules := fmt.Sprintf("%s(x) := x.%s", name, f.name)
	if w.chance(40) {
		rules = w.inside(func() string {
			v := w.bind(p)
			return fmt.Sprintf("%s(%s) := %s.%s if %s", name, v, v, f.name, w.ofVariable(variable{v, p}))
		})
	}
	return helper{name: name, kind: f.kind, params: []kind{p}, args: "(%s)"}, rules
}
