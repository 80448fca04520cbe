package regotest

import "fmt"

// numbers are the ways to make a number of a quantity.
func (w *writer) numbers(k kind) []option {
	of := func(format string) func() string {
		return func() string { return fmt.Sprintf(format, w.value(k)) }
	}
	two := func(format string) func() string {
		return func() string { return fmt.Sprintf(format, w.value(k), w.value(k)) }
	}
	all := []option{
		{2, func() string { return two(w.pick("(%s + %s)", "(%s - %s)"))() }},
		{2, func() string { return of(w.pick("(%s * 1.5)", "(%s / 2)", "(2 * %s)", "(%s + 1)"))() }},
		{2, func() string { return of(w.pick("round(%s)", "ceil(%s)", "floor(%s)", "abs(%s)"))() }},
		{1, func() string {
			return two(w.pick("max([%s, %s])", "min([%s, %s])", "sum([%s, %s])", "min({%s, %s})"))()
		}},
		{1, func() string { return fmt.Sprintf("%s(%s)", w.pick("sum", "max", "min"), w.figures(k)) }},
		{1, func() string { return w.lookup(k) }},
		{1, of(`to_number(sprintf("%%v", [%s]))`)},
	}
	if k.of() == "few" || k.of() == "many" {
		all = append(all,
			option{4, func() string { return "count(" + w.collection(w.anyText()) + ")" }},
			option{1, func() string { return fmt.Sprintf("count(%s)", w.value(pick(w, tableKinds))) }},
			option{1, func() string { return fmt.Sprintf("(count(%s) %% %s)", w.collection(w.anyText()), w.pick("2", "3")) }},
			option{1, func() string {
				return fmt.Sprintf("%s(%s, \"a\")", w.pick("indexof", "strings.count"), w.value(w.anyText()))
			}},
			option{1, func() string { return "count(" + w.value(w.anyText()) + ")" }},
		)
	}
	if k.of() == "ms" {
		all = append(all, option{2, func() string {
			return fmt.Sprintf("data.topology.rttMs[%s][%s]", w.key("text site"), w.key("text site"))
		}})
	}
	return all
}

// figures writes a collection of numbers.
func (w *writer) figures(k kind) string {
	switch w.roll(4) {
	case 0:
		return "[" + w.members(k, 3) + "]"
	case 1:
		return "{" + w.members(k, 3) + "}"
	}
	return w.inside(func() string {
		open, end := "[", "]"
		if w.chance(30) {
			open, end = "{", "}"
		}
		t := table(pick(w, textKinds).of(), k)
		if len(places[t]) == 0 || w.chance(40) {
			k := w.anyText()
			of := w.collection(k)
			w.through(list(k))
			v := w.fresh()
			return fmt.Sprintf("%s%s | some %s in %s%s", open, w.pick("1", "count("+v+")"), v, of, end)
		}
		from := w.value(t)
		w.through(t)
		v := w.bind(k)
		return fmt.Sprintf("%s%s | some %s in %s; %s%s", open, v, v, from, w.condition(), end)
	})
}
