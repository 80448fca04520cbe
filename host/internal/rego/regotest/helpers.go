package regotest

import (
	"fmt"
	"strings"
)

// helper is a rule or function that what is written after it may refer to.
type helper struct {
	name   string
	kind   kind
	params []kind
	// args is how the parameters are written in a call, such as "([%s, %s])"; "" for a rule.
	args string
}

// calls lists the helpers that yield a kind.
func (w *writer) calls(k kind) []helper {
	var all []helper
	for _, h := range w.helpers {
		if h.kind == k {
			all = append(all, h)
		}
	}
	return all
}

// call writes a reference to a helper.
func (w *writer) call(h helper) string {
	args := make([]any, len(h.params))
	for i, p := range h.params {
		args[i] = w.leaf(p)
	}
	return w.prefix + h.name + fmt.Sprintf(h.args, args...)
}

// help writes n helpers, each of which may refer to those before it.
func (w *writer) help(n int) string {
	var b strings.Builder
	for range n {
		h, rules := w.helper(fmt.Sprintf("h%d", len(w.helpers)))
		w.helpers = append(w.helpers, h)
		b.WriteString(rules + "\n\n")
	}
	return b.String()
}

// helper writes the rules of one helper.
func (w *writer) helper(name string) (helper, string) {
	w.scope, w.wide = nil, false
	rules := []func(string) (helper, string){
		w.flag, w.flag, w.chosen, w.defaulted, w.constant, w.partialSet, w.partialObject, w.ofMany, w.nested, w.nestedRef, w.lined,
	}
	if w.chance(60) {
		return pick(w, rules)(name)
	}
	w.called = true
	defer func() { w.called = false }()
	return pick(w, []func(string) (helper, string){w.predicate, w.predicate, w.byValue, w.byPattern, w.chain, w.passed})(name)
}

// rule writes `head if { … }`, the head after the body, so that it can refer to what that binds.
func (w *writer) rule(n int, head func() string) string {
	return w.inside(func() string {
		w.wide = false
		body := w.body(n)
		return head() + " if " + body
	})
}

// flag is true by one body or another.
func (w *writer) flag(name string) (helper, string) {
	rules := w.rule(2, func() string { return name })
	for range w.roll(3) {
		rules += "\n" + w.rule(2, func() string { return name })
	}
	return helper{name: name, kind: truth}, rules
}

// chosen has a chain of else.
func (w *writer) chosen(name string) (helper, string) {
	k := w.simple()
	rules := w.rule(2, func() string { return name + " := " + w.value(k) })
	for range 1 + w.roll(2) {
		rules += " " + w.rule(2, func() string { return "else := " + w.value(k) })
	}
	if w.chance(60) {
		rules += " else := " + w.leaf(k)
	}
	return helper{name: name, kind: k}, rules
}

// simple is the kind of a text or a number.
func (w *writer) simple() kind {
	if w.chance(60) {
		return w.anyText()
	}
	return pick(w, numberKinds)
}

// defaulted has a default, and bodies that exclude each other.
func (w *writer) defaulted(name string) (helper, string) {
	k := w.simple()
	is := w.inside(w.test)
	rules := fmt.Sprintf("default %s := %s\n%s := %s if %s", name, w.literal(k), name, w.leaf(k), is)
	if w.chance(60) {
		rules += fmt.Sprintf("\n%s := %s if {\n\tnot %s\n\t%s\n}", name, w.leaf(k), is, w.inside(w.maybeNot))
	}
	return helper{name: name, kind: k}, rules
}

// constant has no body.
func (w *writer) constant(name string) (helper, string) {
	k := w.anyKind()
	for k.form() == "record" {
		k = w.anyKind()
	}
	return helper{name: name, kind: k}, name + " := " + w.value(k)
}

// partialSet is put together by several bodies.
func (w *writer) partialSet(name string) (helper, string) {
	k := w.anyText()
	var rules []string
	for range 1 + w.roll(3) {
		rules = append(rules, w.rule(2, func() string { return name + " contains " + w.leaf(k) }))
	}
	rules = append(rules, w.inside(func() string {
		of := w.collection(k)
		v := w.bind(k)
		return fmt.Sprintf("%s contains %s if {\n\tsome %s in %s\n\t%s\n}", name, v, v, of, w.condition())
	}))
	return helper{name: name, kind: set(k)}, strings.Join(rules, "\n")
}

// partialObject is put together by key.
func (w *writer) partialObject(name string) (helper, string) {
	key, m := w.oftenest("country", "area", "service", "population"), w.simple()
	all := some(w, 2, domains[key.of()])
	var rules []string
	for _, k := range all {
		rules = append(rules, w.rule(2, func() string { return fmt.Sprintf("%s[%s] := %s", name, k, w.leaf(m)) }))
	}
	// The keys written out stay out of what is gone through: two values for one key are an error.
	rules = append(rules, w.inside(func() string {
		of := w.collection(key)
		v := w.bind(key)
		return fmt.Sprintf("%s[%s] := %s if {\n\tsome %s in %s\n\tnot %s in {%s}\n\t%s\n}", name, v, w.literal(m), v, of, v, strings.Join(all, ", "), w.condition())
	}))
	return helper{name: name, kind: table(key.of(), m)}, strings.Join(rules, "\n")
}

// ofMany has several values for a key.
func (w *writer) ofMany(name string) (helper, string) {
	key, m := w.oftenest("country", "area", "partition"), w.oftenest("area", "country", "status", "word")
	rules := w.inside(func() string {
		keys, values := w.collection(key), w.collection(m)
		w.through(list(key))
		k, v := w.bind(key), w.bind(m)
		return fmt.Sprintf("%s[%s] contains %s if {\n\tsome %s in %s\n\tsome %s in %s\n\t%s\n}", name, k, v, k, keys, v, values, w.condition())
	})
	rules += "\n" + w.rule(2, func() string { return fmt.Sprintf("%s[%s] contains %s", name, w.literal(key), w.leaf(m)) })
	if w.chance(50) {
		return helper{name: name, kind: table(key.of(), set(m))}, rules
	}
	return helper{name: name, kind: set(m), params: []kind{key}, args: "[%s]"}, rules
}

// nested is a collection of collections.
func (w *writer) nested(name string) (helper, string) {
	key, m := w.oftenest("country", "area", "service"), w.anyText()
	rules := w.inside(func() string {
		keys := w.collection(key)
		k := w.bind(key)
		inner := w.value(set(m))
		return fmt.Sprintf("%s := {%s: %s | some %s in %s}", name, k, inner, k, keys)
	})
	return helper{name: name, kind: set(m), params: []kind{key}, args: "[%s]"}, rules
}

// lined is a list of pairs, asked for one of them.
func (w *writer) lined(name string) (helper, string) {
	a, b := w.anyText(), w.simple()
	rules := w.inside(func() string {
		of := w.collection(a)
		v := w.bind(a)
		return fmt.Sprintf("%s := [[%s, %s] | some %s in %s]", name, v, w.leaf(b), v, of)
	})
	return helper{name: name, kind: a, args: w.pick("[0][0]", "[1][0]")}, rules
}

// nestedRef is a document of several rules below one name.
func (w *writer) nestedRef(name string) (helper, string) {
	k, m, key := w.simple(), w.anyText(), w.oftenest("country", "service", "area")
	rules := w.rule(2, func() string { return name + ".one := " + w.leaf(k) }) + "\n" +
		w.rule(1, func() string { return name + ".many contains " + w.leaf(m) }) + "\n" +
		w.inside(func() string {
			of := w.collection(key)
			v := w.bind(key)
			return fmt.Sprintf("%s.by[%s] := %s if some %s in %s", name, v, w.literal(k), v, of)
		})
	switch w.roll(3) {
	case 0:
		return helper{name: name + ".one", kind: k}, rules
	case 1:
		return helper{name: name + ".many", kind: set(m)}, rules
	}
	return helper{name: name + ".by", kind: table(key.of(), k)}, rules
}
