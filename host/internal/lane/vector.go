package lane

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// vectored are the built-in functions that run on all lanes at once. Each may
// return no val: then it is called lane by lane.
var vectored map[string]vectorFunc

func init() {
	vectored = map[string]vectorFunc{
		"equal":             func(f *frame, a *act, args []val) val { return f.r.compared(a, args, eq) },
		"neq":               func(f *frame, a *act, args []val) val { return f.r.compared(a, args, ne) },
		"lt":                func(f *frame, a *act, args []val) val { return f.r.compared(a, args, lt) },
		"lte":               func(f *frame, a *act, args []val) val { return f.r.compared(a, args, le) },
		"gt":                func(f *frame, a *act, args []val) val { return f.r.compared(a, args, gt) },
		"gte":               func(f *frame, a *act, args []val) val { return f.r.compared(a, args, ge) },
		"internal.member_2": member,
		"count":             count,
		"object.get":        objectGet,
		"lower":             lower,
		"substring":         substring,
		"sprintf":           sprintf,
		"min":               func(f *frame, a *act, args []val) val { return f.extreme(a, &args[0], -1) },
		"max":               func(f *frame, a *act, args []val) val { return f.extreme(a, &args[0], 1) },
		"is_string":         isKind(plan.StringKind),
		"is_number":         isKind(plan.NumberKind),
		"is_boolean":        isKind(plan.BoolKind),
		"is_null":           isKind(plan.NullKind),
		"is_array":          isKind(plan.ArrayKind),
		"is_object":         isKind(plan.ObjectKind),
		"is_set":            isKind(plan.SetKind),
	}
}

// member is `x in y`.
func member(f *frame, a *act, args []val) val {
	r := f.r
	x := r.flat(&args[0], &a.p)
	if args[1].form == grown {
		if i, ok := r.grownUniform(args[1].g(), &a.p); ok {
			args[1] = one(i)
		}
	}
	y := r.flat(&args[1], &a.p)
	switch {
	case x.form == uniform && y.form == uniform:
		switch r.isMember(x.id, y.id) {
		case plan.Maybe:
			return one(idUnknown)
		case plan.Yes:
			return one(idTrue)
		}
		return one(idFalse)
	case x.form == uniform && !x.id.vague():
		if v, ok := r.inColumn(x.id, y.c(), &a.p); ok {
			return v
		}
	case y.form == uniform && !y.id.vague():
		if e := r.h.v(y.id); e.kind >= plan.ArrayKind && len(e.elems) == 0 {
			return one(idFalse)
		}
		if v, ok := r.columnIn(x.c(), y.id, &a.p); ok {
			return v
		}
	}
	out := r.newBits()
	var lastX, lastY id // many lanes ask the same
	var is plan.Truth
	a.p.each(func(lane int) {
		if i, j := r.at(&x, lane), r.at(&y, lane); i != lastX || j != lastY {
			lastX, lastY, is = i, j, r.isMember(i, j)
		}
		switch is {
		case plan.Yes:
			out.yes.set(lane)
		case plan.Maybe:
			out.unknown.set(lane)
		}
	})
	return flags1(out)
}

// isMember tells whether x is an element of y.
func (r *Run) isMember(x, y id) plan.Truth {
	u, v := r.h.v(x), r.h.v(y)
	if v.kind != plan.SetKind && len(v.elems) >= plan.PartsPerStep {
		r.work.Do(len(v.elems))
	}
	if u.vague || v.vague && !v.list {
		return r.work.HasMember(r.h.pv(y), r.h.pv(x))
	}
	switch v.kind {
	case plan.SetKind:
		if r.h.position(v, x) >= 0 {
			return plan.Yes
		}
		return plan.No
	case plan.ArrayKind:
		for _, e := range v.elems {
			if r.h.v(e).equal == u.equal {
				return plan.Yes
			}
		}
	case plan.ObjectKind:
		for i := 1; i < len(v.elems); i += 2 {
			if r.h.v(v.elems[i]).equal == u.equal {
				return plan.Yes
			}
		}
	}
	if v.list {
		for _, e := range v.elems {
			if r.truth(x, e) == plan.Maybe {
				return plan.Maybe
			}
		}
		return plan.Maybe
	}
	return plan.No
}

// inColumn tells on which lanes one known value is a member of the column's lists.
func (r *Run) inColumn(x id, c *column, lanes *mask) (val, bool) {
	y := column1(c)
	ix := r.membersOf(&y)
	if ix == nil {
		return val{}, false
	}
	out := r.newBits()
	if m := ix.members[r.h.v(x).equal]; m != nil {
		out.yes = both(m, lanes)
	}
	out.unknown = both(&c.odd, lanes)
	out.unknown.andNot(&out.yes)
	return flags1(out), true
}

// columnIn tells on which lanes the column's value is a member of one collection.
func (r *Run) columnIn(c *column, y id, lanes *mask) (val, bool) {
	ix := c.lookup(r.h)
	v := r.h.v(y)
	if ix == nil || ix.holds == nil || v.kind != plan.ArrayKind && v.kind != plan.SetKind || len(v.elems) > many || meet(&c.odd, lanes) {
		return val{}, false
	}
	out := r.newBits()
	for _, e := range v.elems {
		if m := ix.holds[r.h.v(e).equal]; m != nil {
			out.yes.or(m)
		}
	}
	out.yes.and(lanes)
	return flags1(out), true
}

// count is the number of members.
func count(f *frame, a *act, args []val) val {
	r := f.r
	if args[0].form == grown && args[0].g().kind == plan.ArrayKind {
		if v, ok := r.countGrown(args[0].g(), &a.p); ok {
			return v
		}
	}
	if args[0].form == record {
		return r.countRecord(r.complete(args[0].t()), &a.p)
	}
	x := r.flat(&args[0], &a.p)
	countable := true
	v := r.each1(&x, &a.p, func(i id) id {
		e := r.h.v(i)
		switch {
		case e.vague:
			out, total := r.work.Uncertain("count", []plan.Value{r.h.pv(i)})
			countable = countable && total
			return r.h.vague(out)
		case e.kind == plan.ObjectKind:
			return r.h.int(len(e.elems) / 2)
		case e.kind >= plan.ArrayKind:
			return r.h.int(len(e.elems))
		}
		countable = false // text, or what cannot be counted
		return idUnknown
	})
	if !countable {
		return val{}
	}
	return v
}

// countGrown counts the elements of an array that statements have made.
func (r *Run) countGrown(g *collection, lanes *mask) (val, bool) {
	if meet(&g.unknown, lanes) {
		rest := less(lanes, &g.unknown)
		known, unknown := one(idZero), one(idUnknown)
		if !rest.none() {
			known, _ = r.countGrown(g, &rest)
		}
		return r.choose(&known, &rest, &unknown, &g.unknown), true
	}
	r.toil(len(g.elements))
	n := 0
	for i := range g.elements {
		e := &g.elements[i]
		if !meet(&e.p, lanes) {
			continue
		}
		if within(lanes, &e.s) {
			n++
			continue
		}
		r.toilOn(len(g.elements), lanes)
		var counts [Width]int32
		var open mask
		for k := range g.elements {
			e := &g.elements[k]
			here := both(&e.p, lanes)
			here.each(func(lane int) { counts[lane]++ })
			here.andNot(&e.s)
			open.or(&here)
		}
		c := r.newColumn()
		lanes.each(func(lane int) {
			if open.has(lane) {
				c.put(lane, idUnknown)
			} else {
				c.put(lane, r.h.int(int(counts[lane])))
			}
		})
		return column1(c), true
	}
	return one(r.h.int(n)), true
}

// countRecord counts the fields of a document.
func (r *Run) countRecord(t *table, lanes *mask) val {
	n := 0
	for i := range t.fields {
		f := &t.fields[i]
		if within(lanes, &f.listed) {
			n++
		} else if meet(lanes, &f.there) || meet(lanes, &f.maybe) {
			n = -1
			break
		}
	}
	if n >= 0 && !meet(lanes, &t.more) {
		return one(r.h.int(n))
	}
	counts := new([Width]int32)
	open := t.more
	for i := range t.fields {
		f := &t.fields[i]
		here := both(&f.listed, lanes)
		here.each(func(lane int) { counts[lane]++ })
		for w := range open {
			open[w] |= (f.there[w] | f.maybe[w]) &^ f.listed[w]
		}
	}
	c := r.newColumn()
	last, made := int32(-1), id(0)
	lanes.each(func(lane int) {
		switch {
		case open.has(lane):
			c.put(lane, idUnknown)
			return
		case counts[lane] != last:
			last, made = counts[lane], r.h.int(int(counts[lane]))
		}
		c.put(lane, made)
	})
	return column1(c)
}

// lower puts text in lower case.
func lower(f *frame, a *act, args []val) val {
	h := f.r.h
	i, ok := f.r.sameKnown(&args[0])
	if !ok || h.v(i).kind != plan.StringKind {
		return val{}
	}
	return one(h.str(strings.ToLower(h.v(i).str)))
}

// substring is part of a short text.
func substring(f *frame, a *act, args []val) val {
	h := f.r.h
	text, ok := f.r.sameKnown(&args[0])
	if !ok || h.v(text).kind != plan.StringKind {
		return val{}
	}
	s := h.v(text).str
	var at [2]int
	for i := range at {
		n, ok := f.r.sameKnown(&args[i+1])
		if !ok || h.v(n).kind != plan.NumberKind {
			return val{}
		}
		var err error
		if at[i], err = strconv.Atoi(h.v(n).str); err != nil || at[i] < 0 || at[i] > len(s) {
			return val{}
		}
	}
	if len(s) > shortText || strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return val{}
	}
	return one(h.str(s[at[0]:min(len(s), at[0]+at[1])]))
}

// shortText is how many bytes of text are looked at without being counted as a step of
// their own.
const shortText = 64

// objectGet looks a key up, with a value for where it is not there.
func objectGet(f *frame, a *act, args []val) val {
	r := f.r
	key, ok := r.sameKnown(&args[1])
	if object, same := r.sameKnown(&args[0]); ok && same && !object.closed() {
		if x := r.h.v(object); x.kind != plan.ObjectKind || r.h.v(key).kind == plan.ArrayKind {
			return val{}
		} else if i := r.h.position(x, key); i >= 0 {
			return one(x.elems[i+1])
		}
		return r.freeze(args[2])
	}
	if !ok || args[0].form != record || r.h.v(key).kind != plan.StringKind {
		return val{}
	}
	t := args[0].t()
	fd := r.field(t, key)
	if meet(&t.open, &a.p) {
		return val{}
	}
	if fd == nil {
		return r.freeze(args[2])
	}
	if meet(&fd.maybe, &a.p) {
		return val{}
	}
	r.varied++
	if within(&a.p, &fd.there) {
		return fd.v
	}
	return r.or(&fd.v, &fd.there, &args[2], &a.p)
}

// or is a value where it is there, and another one elsewhere.
func (r *Run) or(v *val, there *mask, other *val, lanes *mask) val {
	on, rest := both(there, lanes), less(lanes, there)
	if v.form != varying || v.c().closed {
		return r.choose(v, &on, other, &rest)
	}
	from, c := v.c(), r.newColumn()
	c.ids, c.def, c.odd = from.ids, from.def, from.odd
	rest.each(func(lane int) { c.put(lane, r.solid(r.at(other, lane))) })
	if from.most > 0 {
		c.most = max(from.most, r.bound(other, &rest))
	}
	return column1(c)
}

func isKind(k kind) vectorFunc {
	return func(f *frame, a *act, args []val) val {
		r := f.r
		x := r.flat(&args[0], &a.p)
		if x.form == uniform {
			switch ofKind(r.h.v(x.id), k) {
			case plan.Maybe:
				return one(idUnknown)
			case plan.Yes:
				return one(idTrue)
			}
			return one(idFalse)
		}
		out := r.newBits()
		a.p.each(func(lane int) {
			switch ofKind(r.h.v(r.at(&x, lane)), k) {
			case plan.Yes:
				out.yes.set(lane)
			case plan.Maybe:
				out.unknown.set(lane)
			}
		})
		return flags1(out)
	}
}

// joinable tells whether concat has a value for the operands on all the lanes,
// without making it: everything known in them is text, and not too much.
func joinable(f *frame, a *act, args []val) bool {
	r := f.r
	delimiter, ok := r.sameKnown(&args[0])
	if !ok || r.h.v(delimiter).kind != plan.StringKind {
		return false
	}
	text := func(i id) bool {
		v := r.h.v(i)
		return v.kind == plan.StringKind || i == idUnknown
	}
	n := 0
	switch x := &args[1]; x.form {
	case uniform:
		v := r.h.v(x.id)
		if v.vague || v.kind != plan.ArrayKind && v.kind != plan.SetKind {
			return false
		}
		r.toil(len(v.elems))
		for _, e := range v.elems {
			if !text(e) {
				return false
			}
		}
		n = len(v.elems)
	case grown:
		if x.g().kind == plan.ObjectKind {
			return false
		}
		r.toilOn(len(x.g().elements), &a.p)
		for i := range x.g().elements {
			e := &x.g().elements[i]
			ok := e.v.form == uniform && text(e.v.id)
			if e.v.form == varying {
				ok = true
				here := both(&e.p, &a.p)
				here.each(func(lane int) { ok = ok && text(e.v.c().ids[lane]) })
			}
			if !ok {
				return false
			}
		}
		n = len(x.g().elements)
	default:
		return false
	}
	return f.fits(r.bound(&args[1], &a.p) + n*r.sizeOf(delimiter))
}

// fits tells whether a value of so many bytes is small enough.
func (f *frame) fits(bytes int) bool {
	return (f.r.env.Bytes == 0 || bytes <= f.r.env.Bytes) && (f.r.text == 0 || bytes <= f.r.text)
}
