package regotest

import "fmt"

// texts are the ways to make a text of a domain.
func (w *writer) texts(k kind) []option {
	same := func(format string) func() string {
		return func() string { return fmt.Sprintf(format, w.value(k)) }
	}
	all := []option{
		// What leaves a text as it is, but for a call.
		{1, func() string {
			return same(w.pick(`sprintf("%%s", [%s])`, `concat("", [%s])`, `trim_space(%s)`, `trim_prefix(%s, "#")`))()
		}},
		{1, func() string {
			return same(w.pick(`replace(%s, "#", "")`, `substring(%s, 0, -1)`, `strings.reverse(strings.reverse(%s))`))()
		}},
		{1, func() string {
			return same(w.pick(`json.unmarshal(json.marshal(%s))`, `split(%s, "#")[0]`, `trim(%s, " ")`))()
		}},
		{1, func() string { return fmt.Sprintf("$`{%s}`", w.leaf(k)) }},
		// One of several.
		{1, func() string {
			return fmt.Sprintf("[%s, %s][%s]", w.value(k), w.value(k), w.pick("0", "1", "count("+w.leaf(list(k))+")"))
		}},
		{1, func() string { return fmt.Sprintf("%s(%s)", w.pick("min", "max"), w.collection(k)) }},
		{1, func() string { return fmt.Sprintf("sort(%s)[%s]", w.collection(k), w.pick("0", "0", "0", "1")) }},
		{1, func() string { return w.lookup(k) }},
	}
	switch k.of() {
	case "word":
		all = append(all,
			option{2, func() string {
				return fmt.Sprintf("%s(%s)", w.pick("lower", "upper", "type_name"), w.value(w.anyText()))
			}},
			option{2, func() string { return fmt.Sprintf("concat(%q, %s)", w.pick("-", ", "), w.value(list(w.anyText()))) }},
			option{2, func() string { return w.message("") }},
			option{1, func() string { return fmt.Sprintf("format_int(count(%s), 10)", w.collection(w.anyText())) }},
			option{1, func() string {
				return fmt.Sprintf("substring(%s, %s, %s)", w.value(w.anyText()), w.pick("0", "1", "3"), w.pick("2", "-1", "1"))
			}},
			option{1, func() string { return fmt.Sprintf("replace(%s, \"a\", %s)", w.value(w.anyText()), w.leaf(k)) }},
			option{2, func() string { return fmt.Sprintf(`regex.replace(%s, "[aeiou]+", "_")`, w.value(w.anyText())) }},
		)
	case "date":
		all = append(all, option{2, func() string { return "substring(input.request.at, 0, 10)" }})
	case "site":
		all = append(all, option{1, func() string { return "data.topology.sites[" + w.key(k) + "]." + w.pick("region", "id") }})
	}
	return all
}

// lookup writes a value out of a table that is written out, or of one that is there.
func (w *writer) lookup(k kind) string {
	by := pick(w, textKinds)
	t := table(by.of(), k)
	if len(places[t]) > 0 && w.chance(70) {
		return fmt.Sprintf("%s[%s]", w.place(pick(w, places[t])), w.key(by))
	}
	if w.chance(50) {
		return fmt.Sprintf("object.get(%s, %s, %s)", w.pairs(t), w.key(by), w.leaf(k))
	}
	// A key that is written out must be there: OPA refuses a reference to what is surely undefined.
	var own []string
	for _, p := range places[by] {
		if p.record == "site" {
			own = append(own, "input.site."+p.field)
		}
	}
	if len(own) == 0 {
		return w.leaf(k)
	}
	return fmt.Sprintf("%s[%s]", w.pairs(t), pick(w, own))
}

// anyText is a domain that sites have.
func (w *writer) anyText() kind {
	if w.wide || w.called {
		return w.oftenest("country", "partition", "city", "area", "status", "word")
	}
	return w.oftenest("country", "site", "partition", "city", "area", "status", "service", "word")
}

// oftenest picks a domain, the first ones more often.
func (w *writer) oftenest(of ...string) kind { return text(of[min(w.roll(len(of)), w.roll(len(of)))]) }

// message writes a text for people: what is put in it may be anything.
func (w *writer) message(start string) string {
	one, other := w.shown(), w.shown()
	switch w.roll(6) {
	case 0, 1:
		return fmt.Sprintf("sprintf(%q, [%s, %s])", start+w.pick("%v in %v", "%s: %v", "%v %v", "%5v|%-4v"), one, other)
	case 2:
		return fmt.Sprintf("sprintf(%q, [%s])", start+w.pick("%v", "%d of it", "%s"), one)
	case 3:
		return fmt.Sprintf("$`%sat {%s}, {%s}`", start, w.part(), w.part())
	case 4:
		return fmt.Sprintf(`$"%s{%s}"`, start, w.part())
	default:
		return fmt.Sprintf("concat(%q, [%q, %s])", w.pick(" ", ": "), start+"is", w.value(w.anyText()))
	}
}

// shown writes any value.
func (w *writer) shown() string {
	if len(w.scope) > 0 && w.chance(50) {
		return pick(w, w.scope).name
	}
	switch w.roll(12) {
	case 0:
		return w.value(pick(w, numberKinds))
	case 1:
		return w.value(list(w.oftenest("area", "country", "partition", "city")))
	case 2:
		return w.collection(w.anyText())
	case 3, 4:
		return w.value(w.anyText())
	default:
		return w.pick("input.site.id", "input.site.country", "input.component.name", "input.site.kind", "input.site.lat", "input.site.carbon", "input.request.at")
	}
}

// part writes what may stand in a template: something without braces.
func (w *writer) part() string {
	if len(w.scope) > 0 && w.chance(50) {
		return pick(w, w.scope).name
	}
	return w.pick("input.site.id", "input.site.country", "input.component.name", "input.site.lat", "input.site.carbon.pue", "count(input.site.jurisdictions)", "input.site.zoneCount")
}
