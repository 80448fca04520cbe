package regotest

import "fmt"

// test writes one expression that holds or does not, and binds nothing: it may stand behind a not.
func (w *writer) test() string {
	return w.either(
		option{6, w.telling},
		option{4, func() string { return w.compared(w.about(), "==", "!=", "==", "<", ">=") }},
		option{3, func() string { return w.compared(pick(w, numberKinds), "<", ">", "<=", ">=", "!=", "==") }},
		option{3, func() string { k := w.about(); return fmt.Sprintf("%s in %s", w.value(k), w.collection(k)) }},
		option{2, w.ofText},
		option{2, w.ofCollections},
		option{2, w.written},
		option{1, w.ofTypes},
		option{3, w.named},
		option{2, func() string {
			if len(w.helpers) == 0 {
				return w.telling()
			}
			return w.ofHelper(pick(w, w.helpers))
		}},
		option{2, func() string { return w.leaf(truth) }},
		option{1, func() string { return w.value(w.about()) }}, // that it is there
		option{1, func() string {
			// Members of objects, and of lists by position.
			if w.chance(50) {
				return fmt.Sprintf("%s, %s in %s", w.pick("0", "1"), w.literal("text area"), w.value("list text area"))
			}
			t := pick(w, tableKinds)
			return fmt.Sprintf("%s, %s in %s", w.key(text(t.key())), w.leaf(t.member()), w.value(t))
		}},
	)
}

func (w *writer) compared(k kind, by ...string) string {
	one, other := w.value(k), w.value(k)
	if one == other {
		other = w.literal(k)
	}
	return fmt.Sprintf("%s %s %s", one, w.pick(by...), other)
}

// about is a domain to write about: most often one that sites differ by.
func (w *writer) about() kind {
	if w.chance(15) {
		return pick(w, textKinds)
	}
	return w.anyText()
}

// telling writes a test that is likely to hold at some sites and not at others.
func (w *writer) telling() string {
	return w.either(
		option{4, func() string { return "input.site.lat " + w.pick("<", ">") + " " + w.literal("number lat") }},
		option{3, func() string { return "input.site.lon " + w.pick("<=", ">=") + " " + w.literal("number lon") }},
		option{4, func() string {
			return "input.site.carbon.gridGramsPerKWh " + w.pick("<", ">") + " " + w.literal("number grams")
		}},
		option{2, func() string { return "input.site.carbon.pue " + w.pick("<", ">=") + " " + w.literal("number ratio") }},
		option{2, func() string { return "input.site.price.index " + w.pick("<", ">") + " " + w.literal("number ratio") }},
		option{3, func() string {
			return "input.site.latency." + w.pick("weightedMs", "worstMs") + " " + w.pick("<", ">") + " " + w.pick(w.literal("number ms"), "input.settings.ms")
		}},
		option{4, func() string { return "input.site.country in {" + w.literals("text country", 8) + "}" }},
		option{3, func() string { return fmt.Sprintf("%s in input.site.jurisdictions", w.literal("text area")) }},
		option{2, func() string { return fmt.Sprintf("%s in input.site.services", w.literal("text service")) }},
		option{1, func() string { return "count(input.site.services) > " + w.literal("number many") }},
		option{2, func() string { return "count(input.site.jurisdictions) " + w.pick("> 1", "== 2", "< 3") }},
		option{3, func() string { return "input.site.optIn" }},
		option{2, func() string {
			return fmt.Sprintf("startswith(input.site.region, %q)", w.pick("eu-", "us-", "ap-", "ap-south"))
		}},
		option{1, func() string { return "input.site.partition == " + w.literal("text partition") }},
		option{1, func() string { return "input.site.zoneCount > 3" }},
		option{1, func() string { return "input.site.launched " + w.pick("<", ">=") + " " + w.literal("text date") }},
	)
}

// ofText writes a test of texts.
func (w *writer) ofText() string {
	k := w.anyText()
	of := w.value(k)
	return w.either(
		option{3, func() string {
			return fmt.Sprintf("%s(%s, %s)", w.pick("startswith", "endswith", "contains"), of, w.pick(`"e"`, `"eu-"`, `"a"`, `"-1"`, `"U"`))
		}},
		option{1, func() string {
			return fmt.Sprintf("regex.match(%s, %s)", w.pick("`^[a-m]`", "`-[12]$`", "`(?i)e.*[0-9]?`"), of)
		}},
		option{1, func() string {
			return fmt.Sprintf("strings.any_prefix_match(%s, %s)", of, w.pick(`["eu-", "us-"]`, `{"A", "ap"}`))
		}},
		option{1, func() string { return fmt.Sprintf("lower(%s) == %s", of, w.value(k)) }},
		option{1, func() string {
			return fmt.Sprintf("%s(%s) > %s", w.pick("count", "to_number"), w.pick(`"12"`, `"3"`), w.value("number few"))
		}},
		option{1, func() string { return fmt.Sprintf("%s == %s", w.value("text word"), w.value("text word")) }},
	)
}

// ofCollections writes a test of arrays, sets or objects as wholes.
func (w *writer) ofCollections() string {
	k := w.anyText()
	return w.either(
		option{2, func() string {
			return fmt.Sprintf("count(%s) %s %s", w.collection(k), w.pick(">", "==", "<", ">="), w.pick("0", "1", "2", "3"))
		}},
		option{2, func() string {
			return fmt.Sprintf("(%s & %s) %s set()", w.value(set(k)), w.value(set(k)), w.pick("==", "!="))
		}},
		option{1, func() string {
			return fmt.Sprintf("%s %s %s", w.value(set(k)), w.pick("==", "!=", "<"), w.value(set(k)))
		}},
		option{1, func() string {
			return fmt.Sprintf("%s %s %s", w.value(list(k)), w.pick("==", "!=", "<"), w.value(list(k)))
		}},
		option{1, func() string {
			t := pick(w, tableKinds)
			return fmt.Sprintf("%s %s %s", w.leaf(t), w.pick("==", "!="), w.leaf(t))
		}},
		option{1, func() string {
			return fmt.Sprintf("object.subset(%s, %s)", w.value("table site number ms"), w.pick("{}", `{"eu-west-1": 20}`))
		}},
	)
}

// written writes a test of a set or an object that is written out, of which members or keys may be equal.
func (w *writer) written() string {
	k := w.anyText()
	a, v := w.leaf(k), w.fresh()
	b := w.either(option{2, func() string { return again(a) }}, option{1, func() string { return w.leaf(k) }})
	set, object := fmt.Sprintf("{%s, %s}", a, b), fmt.Sprintf("{%s: 1, %s: %s}", a, b, w.pick("1", "2"))
	of := w.pick(set, set, object, "["+set+"][0]", "{\"it\": "+set+"}.it", "{"+set+", {"+a+"}}")
	return w.pick(
		fmt.Sprintf("count([%s | some %s in %s]) == %s", v, v, of, w.pick("1", "2")),
		fmt.Sprintf("[%s | some %s in %s] == [%s, %s]", v, v, of, a, b),
		fmt.Sprintf("%s == %s", set, w.pick("{"+a+"}", "{"+b+", "+w.leaf(k)+"}")),
		fmt.Sprintf("%s == %s", object, w.pick("{"+a+": 1}", "{"+b+": 1, "+w.leaf(k)+": 1}")),
		fmt.Sprintf("%s[%s] == %s", object, a, w.pick("1", "2")),
	)
}

// ofTypes writes a test of what sort of value something is.
func (w *writer) ofTypes() string {
	k := pick(w, []kind{w.about(), pick(w, numberKinds), pick(w, listKinds), truth})
	if w.chance(30) {
		return fmt.Sprintf("type_name(%s) == %s", w.place(pick(w, places[k])), w.pick(`"string"`, `"number"`, `"array"`, `"object"`))
	}
	return fmt.Sprintf("is_%s(%s)", w.pick("string", "number", "array", "object", "boolean", "set", "null"), w.place(pick(w, places[k])))
}
