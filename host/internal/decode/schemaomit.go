package decode

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// omitWords says each meaning of an omission as a sentence about the field.
var omitWords = map[string]string{
	omitRequired:   "Required.",
	"inherited":    "If omitted, inherited from the parent.",
	"inapplicable": "If omitted, it does not apply.",
	"unknown":      "If omitted, unknown.",
	omitNone:       "If omitted, none.",
}

// words says what leaving f out means, unless the doc tag already says it in
// its own way.
func (o omission) words(f *fieldPlan) string {
	if strings.Contains(f.doc, "If omitted") {
		return ""
	}
	if o.byKind == nil {
		return meaningWords(o.all, f)
	}
	var b strings.Builder
	for _, kind := range slices.Sorted(maps.Keys(o.byKind)) {
		b.WriteString(kind + ": " + meaningWords(o.byKind[kind], f) + " ")
	}
	b.WriteString("Otherwise: " + meaningWords(o.all, f))
	return b.String()
}

func meaningWords(meaning string, f *fieldPlan) string {
	switch {
	case meaning == omitDefault && f.hasDef:
		return "If omitted, " + f.def + "."
	case meaning == omitNone && f.typ.Kind() == reflect.Bool:
		return "If omitted, false."
	case meaning == omitNone && f.typ.Kind() >= reflect.Int && f.typ.Kind() <= reflect.Float64:
		return "If omitted, 0."
	}
	return omitWords[meaning] // of a default that is worked out, the doc tag tells
}

// conditions returns the fields that only some kinds require, as if/then
// clauses: one for each kind named in a tag, and one for all the others.
func (p *structPlan) conditions() []object {
	kinds := map[string]bool{}
	for i := range p.fields {
		for k := range p.fields[i].omit.byKind {
			kinds[k] = true
		}
	}
	if len(kinds) == 0 || p.discriminator < 0 {
		return nil
	}
	d := &p.fields[p.discriminator]
	named := slices.Sorted(maps.Keys(kinds))
	var out []object
	add := func(test object, kind string) {
		var required []string
		for i := range p.fields {
			if f := &p.fields[i]; f.omit.byKind != nil && f.omit.of(kind) == omitRequired {
				required = append(required, f.name)
			}
		}
		if required == nil {
			return
		}
		slices.Sort(required)
		out = append(out, object{"if": test, "then": object{"required": required}})
	}
	for _, k := range named {
		add(d.is(object{"const": k}, d.hasDef && d.def == k), k)
	}
	other := object{"not": object{"enum": named}}
	add(d.is(other, !d.hasDef || !kinds[d.def]), "")
	return out
}

// is tests the discriminator; orMissing says whether leaving it out passes.
func (f *fieldPlan) is(test object, orMissing bool) object {
	o := object{"properties": object{f.name: test}}
	if !orMissing {
		o["required"] = []string{f.name}
	}
	return o
}
