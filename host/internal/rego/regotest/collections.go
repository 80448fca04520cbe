package regotest

import "fmt"

// collection writes an array or a set of members of a kind.
func (w *writer) collection(member kind) string {
	if w.chance(60) {
		return w.value(list(member))
	}
	return w.value(set(member))
}

// lists are the ways to make an array.
func (w *writer) lists(k kind) []option {
	m := k.member()
	all := []option{
		{3, func() string { return "[" + w.gathered(m) + "]" }},
		{1, func() string { return fmt.Sprintf("array.concat(%s, %s)", w.value(k), w.value(k)) }},
		{1, func() string {
			return fmt.Sprintf("array.slice(%s, %s, %s)", w.value(k), w.pick("0", "0", "1"), w.pick("2", "9", "1"))
		}},
	}
	switch m.form() {
	case "text", "number":
		all = append(all,
			option{1, func() string { return "sort(" + w.collection(m) + ")" }},
			option{1, func() string { return "array.reverse(" + w.value(k) + ")" }},
		)
	}
	if m.form() == "text" {
		all = append(all, option{1, func() string { return fmt.Sprintf(`split(concat(",", %s), ",")`, w.value(k)) }})
	}
	return all
}

// sets are the ways to make a set.
func (w *writer) sets(k kind) []option {
	m := k.member()
	all := []option{
		{5, func() string { return "{" + w.gathered(m) + "}" }},
		{3, func() string { return fmt.Sprintf("(%s %s %s)", w.value(k), w.pick("|", "&", "-"), w.value(k)) }},
		{1, func() string {
			return fmt.Sprintf("%s({%s, %s})", w.pick("union", "intersection"), w.value(k), w.value(k))
		}},
	}
	if m.form() == "text" {
		all = append(all, option{1, func() string {
			for range 4 {
				if t := table(m.of(), pick(w, tableKinds).member()); len(places[t]) > 0 {
					return "object.keys(" + w.value(t) + ")"
				}
			}
			return "object.keys(" + w.pairs(table(m.of(), number("few"))) + ")"
		}})
	}
	return all
}

// gathered writes the inside of a comprehension of an array or set.
func (w *writer) gathered(m kind) string {
	return w.inside(func() string {
		switch m.form() {
		case "text":
			if w.chance(75) {
				from := w.collection(m)
				w.through(list(m))
				v := w.bind(m)
				return fmt.Sprintf("%s | some %s in %s; %s", v, v, from, w.condition())
			}
		case "record":
			from := w.leaf(list(m))
			v := w.bind(m)
			return fmt.Sprintf("%s | some %s in %s; %s", v, v, from, w.condition())
		}
		// Something made of the members of something else.
		from := w.anyText()
		in := w.collection(from)
		w.through(list(from))
		v := w.bind(from)
		return fmt.Sprintf("%s | some %s in %s; %s", w.leaf(m), v, in, w.condition())
	})
}

// tables are the ways to make an object.
func (w *writer) tables(k kind) []option {
	key, m := text(k.key()), k.member()
	all := []option{
		{4, func() string {
			return w.inside(func() string {
				if w.chance(30) {
					from := w.value(k)
					w.through(k)
					a, b := w.bind(key), w.bind(m)
					return fmt.Sprintf("{%s: %s | some %s, %s in %s; %s}", a, b, a, b, from, w.condition())
				}
				from := w.collection(key)
				w.through(list(key))
				a := w.bind(key)
				return fmt.Sprintf("{%s: %s | some %s in %s; %s}", a, w.leaf(m), a, from, w.condition())
			})
		}},
		{2, func() string { return fmt.Sprintf("object.union(%s, %s)", w.value(k), w.value(k)) }},
		{1, func() string { return fmt.Sprintf("object.remove(%s, %s)", w.value(k), w.collection(key)) }},
		{1, func() string { return fmt.Sprintf("object.filter(%s, %s)", w.value(k), w.collection(key)) }},
	}
	return all
}
