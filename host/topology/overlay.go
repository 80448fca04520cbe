package topology

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// Override is one fact that a later layer corrected. Was and Is are empty where there is no value.
type Override struct {
	What string // "site", "carbon", "link", …
	ID   string // which; "from → to" where it is about two
	// Field is the fact as topology files write it; of services and programmes also "sites.<site>".
	Field             string
	Was, Is           string // numbers and names as they are, lists and mappings as JSON
	WasSource, Source string // ids of sources; empty: none is named
	WasAt, At         string // "file:line" below the layer's directory
}

// compare orders overrides by what they are about; of one fact, in the order of the layers.
func (o Override) compare(p Override) int {
	return cmp.Or(cmp.Compare(o.What, p.What), cmp.Compare(o.ID, p.ID), cmp.Compare(o.Field, p.Field))
}

// Overridden lists every fact that a later layer corrected, sorted by what it is about, and the
// corrections of one fact in the order of the layers. What is offered where and who holds which
// programme adds up over layers and is compared by [Compile]: see [Snapshot.Overrides].
func (t *Topology) Overridden() []Override {
	type dated struct {
		Override
		since string
	}
	var all []dated
	every(&t.Sections, func(e entry) {
		if p := e.common().past; p != nil {
			for _, o := range p.overrides {
				all = append(all, dated{o, e.days().since})
			}
		}
	})
	slices.SortStableFunc(all, func(a, b dated) int {
		return cmp.Or(a.compare(b.Override), cmp.Compare(a.since, b.since))
	})
	seen := map[Override]bool{} // the parts of an entry that was cut in two share what happened before
	var out []Override
	for _, o := range all {
		if !seen[o.Override] {
			seen[o.Override] = true
			out = append(out, o.Override)
		}
	}
	return out
}

func sortOverrides(all []Override) []Override {
	slices.SortStableFunc(all, Override.compare)
	return all
}

// overlay lays layers over the lowest one, which the topology is at first.
type overlay struct {
	*Topology
	errs decode.Errors
}

// lay lays a layer, decoded in part, over those below it.
func (o *overlay) lay(upper *Sections, layer int) {
	lower := &o.Sections
	for i := range upper.Offerings {
		upper.Offerings[i].layer = layer
		if upper.Offerings[i].Given.Retracted != 0 {
			o.fail(upper.Offerings[i].Pos, "offering: null is not a value here; omit the field")
		}
	}
	lower.Offerings = append(lower.Offerings, upper.Offerings...)
	laySection(o, &lower.Sources, upper.Sources)
	laySection(o, &lower.Providers, upper.Providers)
	laySection(o, &lower.Partitions, upper.Partitions)
	laySection(o, &lower.Jurisdictions, upper.Jurisdictions)
	laySection(o, &lower.Regimes, upper.Regimes)
	laySection(o, &lower.Sites, upper.Sites)
	laySection(o, &lower.Services, upper.Services)
	laySection(o, &lower.Links, upper.Links)
	laySection(o, &lower.Populations, upper.Populations)
	laySection(o, &lower.Access, upper.Access)
	laySection(o, &lower.Programmes, upper.Programmes)
	laySection(o, &lower.Carbon, upper.Carbon)
	laySection(o, &lower.Prices, upper.Prices)
	laySection(o, &lower.Egress, upper.Egress)
	laySection(o, &lower.RiskGroups, upper.RiskGroups)
}

func (o *overlay) fail(pos decode.Pos, format string, args ...any) {
	if len(o.errs) < maxErrors {
		o.errs = append(o.errs, &decode.Error{Pos: pos, Msg: fmt.Sprintf(format, args...)})
	}
}

// laySection lays one section of a layer over that of the layers below. An entry corrects those below
// that have its key, on the days it speaks of; where those are fewer than theirs, theirs are cut in two
// or three. One that finds none is new, and must be complete.
func laySection[T any, P entryOf[T]](o *overlay, lower *[]T, upper []T) {
	if len(upper) == 0 {
		return
	}
	fields, err := decode.FieldsOf(reflect.TypeFor[T]())
	if err != nil {
		panic(err) // the types are this package's own
	}
	below := byKey[T, P](*lower)
	for i := range upper {
		e := P(&upper[i])
		_, key := e.name()
		if d := e.days(); d.never() {
			o.fail(e.common().Pos, "%s", d.whyNever(subject(e)))
			continue
		}
		corrects := false
		for _, at := range below[key] {
			if _, ok := e.days().meet(P(&(*lower)[at]).days()); ok {
				corrects = true
				break
			}
		}
		if !corrects {
			o.add(fields, e, func() []string { return sortedKeys(below) })
			*lower = append(*lower, upper[i]) // not into below: entries of one layer do not correct each other
			continue
		}
		if !o.speaks(fields, e) {
			continue
		}
		for _, at := range below[key] {
			days := P(&(*lower)[at]).days()
			both, ok := e.days().meet(days)
			if !ok {
				continue
			}
			whole := (*lower)[at] // a copy
			own(P(&(*lower)[at]))
			P(&(*lower)[at]).setDays(both)
			o.correct(fields, P(&(*lower)[at]), e)
			leave := func(rest period) {
				left := whole
				own(P(&left))
				P(&left).setDays(rest)
				below[key] = append(below[key], len(*lower))
				*lower = append(*lower, left)
			}
			if both.since != days.since {
				leave(period{days.since, both.since})
			}
			if both.until != days.until {
				leave(period{both.until, days.until})
			}
		}
	}
}

// byKey tells where the entries of each key are.
func byKey[T any, P entryOf[T]](section []T) map[string][]int {
	at := make(map[string][]int, len(section))
	for i := range section {
		_, key := P(&section[i]).name()
		at[key] = append(at[key], i)
	}
	return at
}

// add completes an entry that corrects nothing, or says what it lacks to be a new one.
func (o *overlay) add(fields decode.Fields, e entry, below func() []string) {
	what, key := e.name()
	v, c := reflect.ValueOf(e).Elem(), e.common()
	if missing := fields.Missing(v); len(missing) > 0 {
		if key == "" {
			o.fail(c.Pos, "%s: field %q is missing; it is required", what, missing[0])
			return
		}
		known, hint := below(), ""
		if len(o.errs) < maxErrors { // a suggestion searches every known name
			if near := decode.Nearest(key, known); len(near) > 0 {
				hint = fmt.Sprintf("; if it is meant to correct one, did you mean %q?", near[0])
			}
		}
		has := fmt.Sprintf("no lower layer has this %s", what)
		if slices.Contains(known, key) {
			has = fmt.Sprintf("no lower layer has it %s", e.days())
			hint = "; if it is meant to correct one, give it other dates"
		}
		o.fail(c.Pos, "%s %q: %s missing; %s, so the entry must be complete%s", what, key, fieldList(missing), has, hint)
		return
	}
	for i := range fields.Len() {
		if c.Given.Retracted>>i&1 == 1 {
			o.fail(c.Pos, "%s %q: %s: null retracts what a lower layer says, and none has this %s; remove the field", what, key, fields.Name(i), what)
			return
		}
	}
	fields.Complete(v)
}

// fieldList names fields as the subject of a sentence.
func fieldList(names []string) string {
	if len(names) == 1 {
		return fmt.Sprintf("field %q is", names[0])
	}
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = strconv.Quote(n)
	}
	return "fields " + strings.Join(quoted, ", ") + " are"
}

// speaks refuses an entry that finds what it is about below and says nothing of it.
func (o *overlay) speaks(fields decode.Fields, e entry) bool {
	what, key := e.name()
	c := e.common()
	facts := false
	for i := range fields.Len() {
		name := fields.Name(i)
		if c.Given.Retracted>>i&1 == 1 && (isKey(e, name) || isStatement(e, name)) {
			o.fail(c.Pos, "%s %q: %s: null is not a value here; omit the field", what, key, name)
			return false
		}
		facts = facts || c.Given.Written>>i&1 == 1 && (!isKey(e, name) || name == "sources")
	}
	if !facts {
		o.fail(c.Pos, "%s %q: a lower layer has it, and this entry says nothing of it; write the fields that it corrects, or remove it", what, key)
	}
	return facts
}

// correct lays what is written in up over low, and keeps what was there.
func (o *overlay) correct(fields decode.Fields, low, up entry) {
	what, key := low.name()
	c, pos := low.common(), up.common().Pos
	if c.past == nil {
		c.past = &past{wrote: map[int]decode.Pos{}}
		for i := range fields.Len() {
			if c.Given.Written>>i&1 == 1 {
				c.past.wrote[i] = c.Pos
			}
		}
	}
	lowSource, lowFields := low.cited()
	upSource, upFields := up.cited()
	if lowFields != nil && *lowFields == nil {
		*lowFields = map[string]string{}
	}
	single := lowSource != nil && lowFields == nil // one source for all of the entry
	changed := false
	if p, ok := low.(*Programme); ok {
		changed = p.add(up.(*Programme))
	}
	lv, uv := reflect.ValueOf(low).Elem(), reflect.ValueOf(up).Elem()
	given := up.common().Given
	for i := range fields.Len() {
		name := fields.Name(i)
		if given.Written>>i&1 == 0 || isKey(up, name) || isStatement(up, name) {
			continue
		}
		at := fields.Value(i, lv)
		was := render(at)
		wasSource, wasAt := sourceOf(low, name), o.short(c.past.wrote[i])
		switch {
		case given.Retracted>>i&1 == 0:
			at.Set(fields.Value(i, uv))
			c.Given.Written |= 1 << i
		case fields.Required(i, lv):
			o.fail(pos, "%s %q: %s: null retracts a fact, and this one is required; give another value", what, key, name)
			continue
		default:
			fields.Omit(i, lv)
			c.Given.Written &^= 1 << i
		}
		is := render(at)
		if was != is && what == "site" && name == "kind" {
			o.fail(pos, "site %q: kind %s contradicts kind %s at %s; a correction cannot change what a site is: remove kind, or name another site", key, is, was, c.past.wrote[i])
			continue
		}
		if was != is && what == "site" && slices.Contains(whereAndWhose, name) && defines(fields, given) {
			o.fail(pos, "site %q is already defined at %s, with %s %s and not %s; two sites have one name: rename one, or, to correct it, write only what changes and leave kind out", key, c.past.wrote[i], name, was, is)
			continue
		}
		source := sourceOf(up, name)
		if was != is {
			changed = true
			c.past.overrides = append(c.past.overrides, Override{
				What: sectionName(what), ID: key, Field: name, Was: was, Is: is,
				WasSource: wasSource, Source: source, WasAt: wasAt, At: o.short(pos),
			})
		} else if source == "" {
			continue // the same value once more, from nowhere: the old source stands
		}
		c.past.wrote[i] = pos
		if lowFields != nil && source != wasSource && slices.Contains(factNames(low), name) {
			(*lowFields)[name] = source
		}
	}
	if upFields != nil {
		for f, s := range *upFields {
			(*lowFields)[f] = s
		}
	}
	if single && (changed || *upSource != "") {
		*lowSource = *upSource
	}
	c.Pos = pos
}

// whereAndWhose are the facts of a site that tell it from another one of the same name.
var whereAndWhose = []string{"country", "parent", "partition"}

// defines reports whether an entry in a later layer says what the thing is, as a new one must and a correction
// need not: two layers that define different sites under one name collide.
func defines(fields decode.Fields, given decode.Given) bool {
	for i := range fields.Len() {
		if fields.Name(i) == "kind" {
			return given.Written>>i&1 == 1
		}
	}
	return false
}

// sectionName is what an entry is called in the list of overrides.
func sectionName(what string) string {
	switch what {
	case "carbon entry for site":
		return "carbon"
	case "price of site":
		return "price"
	case "egress price":
		return "egress"
	case "risk group":
		return "riskGroup"
	}
	return what
}

// isStatement reports whether a field of an entry adds to what lower layers say instead of replacing it.
func isStatement(e entry, field string) bool {
	_, ok := e.(*Programme)
	return ok && (field == "sites" || field == "complete" || field == "among")
}

// add puts a later layer's statement about who holds the programme above those it has, if it makes one.
func (p *Programme) add(up *Programme) bool {
	if up.Sites == nil && !up.Complete && up.Among == nil {
		return false
	}
	was := *p
	was.below, was.past = nil, nil
	p.below = append(slices.Clip(p.below), was)
	p.Sites, p.Complete, p.Among = up.Sites, up.Complete, up.Among
	return true
}

// statements are what the layers say of who holds the programme, the lowest first.
func (p *Programme) statements() []Programme { return append(slices.Clip(p.below), *p) }

// render prints a fact's value: text and numbers as they are, lists and mappings as JSON, lists sorted
// because all of them are sets. What is left out is empty.
func render(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return ""
		}
		return render(v.Elem())
	case reflect.String:
		return v.String()
	case reflect.Slice:
		if v.IsNil() {
			return ""
		}
		items := make([]string, v.Len())
		for i := range items {
			items[i] = canonical(v.Index(i))
		}
		slices.Sort(items)
		return "[" + strings.Join(slices.Compact(items), ",") + "]"
	case reflect.Map:
		if v.IsNil() {
			return ""
		}
	}
	return canonical(v)
}

func canonical(v reflect.Value) string {
	b, err := decode.Canonical(v.Interface())
	if err != nil {
		return fmt.Sprint(v.Interface()) // no number of a topology is beyond what JSON can print
	}
	return string(b)
}
