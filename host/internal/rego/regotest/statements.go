package regotest

import (
	"fmt"
	"slices"
	"strings"
)

// condition writes one statement for inside a comprehension: a test, mostly of what was bound last.
func (w *writer) condition() string {
	if len(w.scope) == 0 || w.chance(15) {
		return w.pick("true", w.maybeNot())
	}
	v := w.scope[len(w.scope)-1]
	return w.ofVariable(v)
}

// ofVariable writes a test of a variable, compared with other things than itself.
func (w *writer) ofVariable(v variable) string {
	scope := w.scope
	w.scope = slices.DeleteFunc(slices.Clone(scope), func(o variable) bool { return o.name == v.name })
	defer func() { w.scope = scope }()
	switch v.kind.form() {
	case "text":
		return w.either(
			option{4, func() string { return v.name + w.pick(" != ", " != ", " != ", " == ") + w.leaf(v.kind) }},
			option{4, func() string { return w.pick("not ", "not ", "") + v.name + " in " + w.collection(v.kind) }},
			option{2, func() string {
				return fmt.Sprintf("%sstartswith(%s, %s)", w.pick("not ", "not ", ""), v.name, w.pick(`"e"`, `"E"`, `"a"`, `"U"`))
			}},
			option{2, func() string { return v.name + w.pick(" < ", " >= ") + w.value(v.kind) }},
		)
	case "number":
		return v.name + w.pick(" < ", " > ", " >= ", " != ") + w.leaf(v.kind)
	case "truth":
		return w.pick("", "not ") + v.name
	case "list", "set", "table":
		return fmt.Sprintf("count(%s) %s %s", v.name, w.pick(">=", "<", "!=", "=="), w.pick("0", "5", "2", "1"))
	case "record":
		f := pick(w, records[v.kind.of()])
		switch f.kind.form() {
		case "text", "number":
			return fmt.Sprintf("%s%s.%s %s %s", w.pick("", "not ", "not "), v.name, f.name, w.pick("==", "!=", "<"), w.leaf(f.kind))
		case "list":
			if m := f.kind.member(); m.form() == "text" {
				return fmt.Sprintf("%s%s in %s.%s", w.pick("", "not ", "not "), w.leaf(m), v.name, f.name)
			}
		}
		return w.pick("", "not ") + v.name + "." + f.name
	}
	return "true"
}

// maybeNot writes a test, or its opposite, or one of another world.
func (w *writer) maybeNot() string {
	switch w.roll(12) {
	case 0:
		return w.pick("", "not ") + w.telling()
	case 1:
		return w.test()
	case 2, 3:
		return w.inAnotherWorld()
	}
	return "not " + w.test() // what is put together at random seldom holds
}

// inAnotherWorld writes a test with documents replaced.
func (w *writer) inAnotherWorld() string {
	is := w.test()
	if len(w.helpers) > 0 && w.chance(50) {
		is = w.ofHelper(pick(w, w.helpers))
	}
	if w.chance(50) {
		is = "not " + is
	}
	for range 1 + w.roll(2) {
		if w.chance(40) {
			if mock := w.mock(); mock != "" {
				is += " with " + mock
				continue
			}
		}
		if w.chance(20) && !w.wide && !w.called {
			is += " with data.topology." + w.either(
				option{1, func() string { return "jurisdictions.EU.adequate as " + w.leaf("list text area") }},
				option{1, func() string {
					return fmt.Sprintf("sites[%q].country as %s", w.pick("eu-west-1", "us-east-1"), w.leaf("text country"))
				}},
				option{1, func() string { return "rttMs as " + w.pick("{}", `{"eu-west-1": {"eu-west-1": 1}}`) }},
			)
			continue
		}
		is += " with " + w.either(
			option{3, func() string { return "input.site.country as " + w.leaf("text country") }},
			option{2, func() string { return "input.site.jurisdictions as " + w.leaf("list text area") }},
			option{2, func() string { return "input.site.carbon.pue as " + w.leaf("number ratio") }},
			option{2, func() string { return "input.site as " + w.record("site") }},
			option{1, func() string { return "input.site.carbon as " + w.pick("{}", `{"pue": 1.1}`, "input.site.price") }},
			option{1, func() string { return "input.component.data as []" }},
			option{1, func() string { return "input.settings.strict as " + w.leaf(truth) }},
			option{1, func() string { return "input.request.at as " + w.leaf("text date") }},
		)
	}
	return is
}

// mock writes what stands behind a with that replaces a helper, or "" if there is none to replace.
func (w *writer) mock() string {
	if len(w.helpers) == 0 {
		return ""
	}
	h := pick(w, w.helpers)
	// A function by another one.
	for _, o := range w.helpers {
		if o.name != h.name && o.kind == h.kind && o.args == h.args && o.args == "(%s)" && w.chance(80) {
			return fmt.Sprintf("data.%s.%s as data.%s.%s", w.home, h.name, w.home, o.name)
		}
	}
	if strings.HasPrefix(h.args, "[") || h.kind.form() == "record" {
		return ""
	}
	return fmt.Sprintf("data.%s.%s as %s", w.home, h.name, w.leaf(h.kind))
}

// ofHelper writes a test of what a helper yields.
func (w *writer) ofHelper(h helper) string {
	of := w.call(h)
	switch h.kind.form() {
	case "truth":
		return of
	case "text", "number":
		return fmt.Sprintf("%s %s %s", of, w.pick("==", "!=", "<"), w.leaf(h.kind))
	case "record":
		return of + "." + pick(w, records[h.kind.of()]).name
	case "table":
		return fmt.Sprintf("%s[%s]", of, w.key(text(h.kind.key())))
	}
	if m := h.kind.member(); m.form() == "text" {
		return fmt.Sprintf("%s in %s", w.leaf(m), of)
	}
	return fmt.Sprintf("count(%s) > 0", of)
}

// named writes a test of a rule whose name is only known when it is asked for.
func (w *writer) named() string {
	if w.prefix == "" {
		return w.test() // a package that looks itself up by a name would be recursive
	}
	of := fmt.Sprintf("data.%s[%s]", Library, w.pick("input.settings.rule", "input.settings.rule", "input.component.name"))
	return w.either(
		option{2, func() string { return of }},
		option{1, func() string { return fmt.Sprintf("%s %s %s", of, w.pick("==", "!="), w.leaf(w.simple())) }},
		option{1, func() string { return fmt.Sprintf("%s[%s]", of, w.key(w.anyText())) }},
		option{1, func() string { return fmt.Sprintf("%s in %s", w.leaf(w.anyText()), of) }},
	)
}

// statement writes one statement, or a few that belong together.
func (w *writer) statement() string {
	return w.either(
		option{10, w.maybeNot},
		option{5, w.walk},
		option{4, w.assigned},
		option{2, w.every},
		option{2, w.anywhere},
		option{1, w.matched},
	)
}

// walk goes through a collection.
func (w *writer) walk() string {
	switch w.roll(8) {
	case 0:
		t := pick(w, tableKinds)
		if large(t) && (w.wide || w.called) {
			break
		}
		of := w.bounded(t)
		w.through(t)
		a, b := w.bind(text(t.key())), w.bind(t.member())
		return fmt.Sprintf("some %s, %s in %s\n%s", a, b, of, w.ofVariable(pick(w, w.scope[len(w.scope)-2:])))
	case 1:
		k := w.anyText()
		of := w.value(list(k))
		w.through(list(k))
		i := w.fresh()
		v := w.bind(k)
		return fmt.Sprintf("some %s, %s in %s\n%s", i, v, of, w.pick(w.ofVariable(variable{v, k}), i+" < 2", i+" >= 0", i+" > 0"))
	case 2:
		k := list(record("dataset"))
		of := w.place(pick(w, places[k]))
		v := w.bind(k.member())
		return fmt.Sprintf("some %s in %s\n%s", v, of, w.ofVariable(variable{v, k.member()}))
	case 3:
		// Pairs, taken apart.
		a, b := w.anyText(), pick(w, numberKinds)
		of := fmt.Sprintf("[[%s, %s], [%s, %s]]", w.leaf(a), w.leaf(b), w.leaf(a), w.leaf(b))
		x, y := w.bind(a), w.bind(b)
		return fmt.Sprintf("some [%s, %s] in %s\n%s", x, y, of, w.ofVariable(pick(w, w.scope[len(w.scope)-2:])))
	}
	k := w.anyText()
	of := w.collection(k)
	w.through(list(k))
	v := w.bind(k)
	return fmt.Sprintf("some %s in %s\n%s", v, of, w.ofVariable(variable{v, k}))
}

// bounded writes a table to go through.
func (w *writer) bounded(t kind) string {
	if t.member().form() != "record" {
		return w.value(t)
	}
	if t.member() == record("population") || t.member() == record("service") {
		return w.pairs(t) // there are too many to go through at every site
	}
	return w.leaf(t)
}

// assigned gives a value a name.
func (w *writer) assigned() string {
	k := w.anyKind()
	of := w.value(k)
	if w.chance(20) {
		other := w.anyKind()
		second := w.value(other)
		a, b := w.bind(k), w.bind(other)
		return fmt.Sprintf("[%s, %s] %s [%s, %s]", a, b, w.pick(":=", "="), of, second)
	}
	v := w.bind(k)
	return fmt.Sprintf("%s %s %s", v, w.pick(":=", ":=", "="), of)
}

// anyKind is one of what variables hold.
func (w *writer) anyKind() kind {
	switch w.roll(8) {
	case 0, 1:
		return w.anyText()
	case 2:
		return pick(w, numberKinds)
	case 3:
		return list(w.anyText())
	case 4:
		return set(w.anyText())
	case 5:
		t := pick(w, tableKinds)
		if t.member().form() != "record" {
			return t
		}
		return truth
	case 6:
		return record(w.pick("site", "carbon", "dataset", "jurisdiction", "copies"))
	default:
		return w.about()
	}
}

// every writes a test of all members of something.
func (w *writer) every() string {
	return w.inside(func() string {
		if w.chance(25) {
			t := kind(w.pick("table population number ms", "table service truth", "table area number few"))
			of := w.value(t)
			a, b := w.bind(text(t.key())), w.bind(t.member())
			return fmt.Sprintf("every %s, %s in %s { %s }", a, b, of, w.ofVariable(pick(w, w.scope[len(w.scope)-2:])))
		}
		k := w.anyText()
		of := w.collection(k)
		w.through(list(k))
		v := w.bind(k)
		body := w.ofVariable(variable{v, k})
		if w.chance(25) {
			body += "; " + w.maybeNot()
		}
		return fmt.Sprintf("every %s in %s { %s }", v, of, body)
	})
}

// anywhere writes a test of any element of something, by references that go through it.
func (w *writer) anywhere() string {
	return w.either(
		option{3, func() string {
			return fmt.Sprintf("input.site.jurisdictions[_] %s %s", w.pick("==", "!="), w.leaf("text area"))
		}},
		option{2, func() string {
			return fmt.Sprintf("input.component.data[_].class %s %s", w.pick("!=", "=="), w.leaf("text class"))
		}},
		option{2, func() string {
			return fmt.Sprintf("input.component.data[_].%s[_] != %s", w.pick("residency", "subjects", "processing"), w.pick("input.site.country", "input.site.jurisdictions[_]"))
		}},
		option{1, func() string {
			if w.wide || w.called {
				return w.test()
			}
			w.wide = true
			i := w.fresh()
			return fmt.Sprintf("input.component.services[%s] == input.site.services[_]", i)
		}},
		option{2, func() string {
			v := w.bind("text population")
			return fmt.Sprintf("input.site.latency.byPopulation[%s] %s %s", v, w.pick("<", ">"), w.literal("number ms"))
		}},
		option{1, func() string {
			if w.wide || w.called {
				return w.test()
			}
			w.wide = true
			v := w.bind("text site")
			return fmt.Sprintf("data.topology.sites[%s].country == %s\n%s != input.site.id", v, w.pick("input.site.country", `"JP"`, `"ES"`), v)
		}},
		option{1, func() string {
			v := w.bind("text regime")
			return fmt.Sprintf("data.topology.regimes[%s].storeIn[_] == %s", v, w.leaf("text area"))
		}},
		option{1, func() string {
			if w.wide || w.called {
				return w.test()
			}
			w.wide = true
			v := w.bind("text site")
			return fmt.Sprintf("data.topology.rttMs[input.site.region][%s] < %s", v, w.literal("number ms"))
		}},
		option{1, func() string {
			p, v := w.fresh(), w.fresh()
			return fmt.Sprintf("walk(%s, [%s, %s])\nis_number(%s)\ncount(%s) %s 1", w.pick("input.site.carbon", "input.component.copies", "input.settings"), p, v, v, p, w.pick(">", "==", "<"))
		}},
	)
}

// matched writes a pattern and what it is to match.
func (w *writer) matched() string {
	switch w.roll(3) {
	case 0:
		k := w.anyText()
		of := w.value(k)
		v := w.bind(k)
		one := w.pick("1", "input.component.copies.min")
		other := w.pick(one, one, one, one, "3")
		return fmt.Sprintf(`{"at": %s, "n": %s} = {"at": %s, "n": %s}`, v, one, of, other)
	case 1:
		// Not one that is written out: OPA knows how long that is.
		p := pick(w, places[list(text("area"))])
		of := w.place(p)
		v := w.bind("text area")
		return fmt.Sprintf("[%s%s] = %s", v, w.pick("", ", _", ", _, _"), of)
	}
	a, b := w.bind("text tool"), w.bind("text area")
	return fmt.Sprintf(`{"tool": %s, "to": %s, "until": _} = input.component.data[_].transfer[_]`, a, b)
}

// body writes the statements of a rule, n at most.
func (w *writer) body(n int) string {
	lines := make([]string, 1+w.roll(n))
	for i := range lines {
		if i == 0 && w.chance(60) {
			lines[i] = w.pick("", "", "not ") + w.telling()
			continue
		}
		lines[i] = w.statement()
	}
	return "{\n\t" + strings.ReplaceAll(strings.Join(lines, "\n"), "\n", "\n\t") + "\n}"
}
