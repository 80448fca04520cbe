package regotest

import (
	"fmt"
	"slices"
	"strings"
)

// value writes an expression of a kind.
func (w *writer) value(k kind) string {
	if k.form() == "record" || w.deep >= maxDeep {
		return w.leaf(k)
	}
	w.deep++
	defer func() { w.deep-- }()
	var made []option
	switch k.form() {
	case "text":
		made = w.texts(k)
	case "number":
		made = w.numbers(k)
	case "truth":
		made = []option{{1, func() string { return w.test() }}}
	case "list":
		made = w.lists(k)
	case "set":
		made = w.sets(k)
	case "table":
		made = w.tables(k)
	}
	// What anything can be got from, whatever its kind.
	if len(places[k]) > 0 {
		made = append(made, option{2, func() string { return w.got(k) }})
	}
	return w.either(append([]option{{14, func() string { return w.leaf(k) }}}, made...)...)
}

// leaf writes an expression of a kind without putting much together.
func (w *writer) leaf(k kind) string {
	w.deep++
	defer func() { w.deep-- }()
	var ways []option
	switch k.form() {
	case "text", "number", "truth":
		ways = append(ways, option{2, func() string { return w.literal(k) }})
	case "list":
		ways = append(ways, option{1, func() string { return "[" + w.members(k.member(), 4) + "]" }})
	case "set":
		ways = append(ways, option{1, func() string { return "{" + w.members(k.member(), 4) + "}" }})
	case "table":
		ways = append(ways, option{1, func() string { return w.pairs(k) }})
	case "record":
		return w.record(k.of())
	}
	if names := w.bound(k); len(names) > 0 {
		ways = append(ways, option{8, func() string { return pick(w, names) }})
	}
	if all := places[k]; len(all) > 0 {
		ways = append(ways, option{8, func() string { return w.place(pick(w, all)) }})
	}
	if all := w.calls(k); len(all) > 0 && w.deep <= maxDeep+1 {
		ways = append(ways, option{6, func() string { return w.call(pick(w, all)) }})
	}
	return w.either(ways...)
}

// members writes what stands in an array or a set that is written out: members that stand for themselves,
// where there are such of a kind, or one or two that are found out, which may be equal.
func (w *writer) members(k kind, n int) string {
	if f := k.form(); f == "text" || f == "number" {
		if w.deep >= maxDeep || !w.chance(30) {
			return w.literals(k, n)
		}
	}
	all := make([]string, 1+w.roll(2))
	for i := range all {
		all[i] = w.leaf(k)
	}
	if w.chance(30) {
		all = append(all, again(all[0]))
	}
	return strings.Join(all, ", ")
}

// again writes the same in other words.
func again(x string) string { return "[" + x + "][0]" }

// pairs writes an object of a kind of table.
func (w *writer) pairs(k kind) string {
	keys := some(w, 3, domains[k.key()])
	for i, key := range keys {
		switch {
		case w.chance(10):
			key = w.leaf(text(k.key()))
		case i > 0 && w.chance(10):
			first, _, _ := strings.Cut(keys[0], ": ")
			key = again(first)
		}
		keys[i] = key + ": " + w.leaf(k.member())
	}
	return "{" + strings.Join(keys, ", ") + "}"
}

// place writes a reference to a field.
func (w *writer) place(p place) string { return w.record(p.record) + "." + p.field }

// got writes a value that is got from a record by name, or something else where there is none.
func (w *writer) got(k kind) string {
	p := pick(w, places[k])
	other := w.leaf(k)
	of := w.record(p.record)
	if p.record == "carbon" || p.record == "price" {
		if whole, last, ok := cutLast(of, "."); ok && w.chance(50) {
			return fmt.Sprintf("object.get(%s, [%q, %q], %s)", whole, last, p.field, other)
		}
	}
	return fmt.Sprintf("object.get(%s, %q, %s)", of, p.field, other)
}

func cutLast(s, at string) (before, after string, ok bool) {
	i := strings.LastIndex(s, at)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(at):], true
}

// record writes a reference to a record.
func (w *writer) record(name string) string {
	var ways []option
	if root, ok := roots[name]; ok {
		ways = append(ways, option{12, func() string { return root }})
	}
	k := record(name)
	if names := w.bound(k); len(names) > 0 {
		ways = append(ways, option{12, func() string { return pick(w, names) }})
	}
	for _, p := range places[k] {
		ways = append(ways, option{2, func() string { return w.place(p) }})
	}
	for _, p := range places[list(k)] {
		ways = append(ways, option{1, func() string { return w.place(p) + "[0]" }})
	}
	if name == "site" {
		ways = append(ways, option{2, func() string { return "data.topology.sites[input.site." + w.pick("region", "parent") + "]" }})
	}
	for _, f := range records["topology"] {
		if f.kind.form() == "table" && f.kind.member() == k {
			at := func() string { return fmt.Sprintf("data.topology.%s[%s]", f.name, w.key(text(f.kind.key()))) }
			ways = append(ways, option{1, at})
		}
	}
	return w.either(ways...)
}

// key writes a text that something is looked up by.
func (w *writer) key(k kind) string {
	ways := []option{{2, func() string { return w.literal(k) }}}
	if names := w.bound(k); len(names) > 0 {
		ways = append(ways, option{6, func() string { return pick(w, names) }})
	}
	var own []string
	for _, p := range places[k] {
		if p.record == "site" {
			own = append(own, "input.site."+p.field)
		}
	}
	if len(own) > 0 {
		ways = append(ways, option{4, func() string { return pick(w, own) }})
	}
	return w.either(ways...)
}

// kindsOf lists the kinds of a form that facts have, sorted: those worth putting together.
func kindsOf(form string) []kind {
	var out []kind
	for k := range places {
		if k.form() == form {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

var (
	textKinds   = kindsOf("text")
	numberKinds = kindsOf("number")
	listKinds   = kindsOf("list")
	tableKinds  = kindsOf("table")
)
