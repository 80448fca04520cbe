package lane

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

var all = first(Width)

// truth compares two values.
func (r *Run) truth(a, b id) plan.Truth {
	if a == idUnknown || b == idUnknown {
		return plan.Maybe
	}
	x, y := r.h.v(a), r.h.v(b)
	switch {
	case !x.vague && !y.vague:
		if x.equal == y.equal {
			return plan.Yes
		}
		return plan.No
	case x.kind != plan.AnyKind && y.kind != plan.AnyKind && x.kind != y.kind:
		return plan.No
	}
	return r.work.Equal(r.h.pv(a), r.h.pv(b))
}

func (t *tally) add(lane int, v plan.Truth) {
	switch v {
	case plan.Yes:
		t.yes.set(lane)
	case plan.Maybe:
		t.unknown.set(lane)
	}
}

// tally gathers answers by lane.
type tally struct{ yes, unknown mask }

// every is the answer on all lanes.
func every(v plan.Truth) (yes, unknown mask) {
	switch v {
	case plan.Yes:
		return all, mask{}
	case plan.Maybe:
		return mask{}, all
	}
	return mask{}, mask{}
}

// equal compares two vals on lanes; what it says of others means nothing.
func (r *Run) equal(x, y *val, lanes *mask) (yes, unknown mask) {
	if x.form == boolean || y.form == boolean {
		if x.form != boolean {
			x, y = y, x
		}
		if y.form == uniform && !y.id.vague() {
			switch y.id {
			case idTrue:
				return x.b().yes, x.b().unknown
			case idFalse:
				no := less(&all, &x.b().yes)
				no.andNot(&x.b().unknown)
				return no, x.b().unknown
			}
			return mask{}, x.b().unknown // which may be anything
		}
	}
	if x.form == uniform && y.form == uniform {
		if x.id == y.id && !x.id.vague() && !x.id.closed() {
			return all, mask{}
		}
		return every(r.truth(r.solid(x.id), r.solid(y.id)))
	}
	if *x == *y && x.form == varying && !x.c().closed && !meet(&x.c().odd, lanes) {
		return all, mask{}
	}
	a, b := r.flat(x, lanes), r.flat(y, lanes)
	if a.form == uniform {
		a, b = b, a
	}
	if a.form == uniform {
		return every(r.truth(a.id, b.id))
	}
	var t tally
	if b.form == uniform && !b.id.vague() {
		want := r.h.v(b.id).equal
		c := a.c()
		odd := both(&c.odd, lanes)
		odd.each(func(lane int) { t.add(lane, r.truth(c.ids[lane], b.id)) })
		if x := c.lookup(r.h); x != nil && x.holds != nil {
			if m := x.holds[want]; m != nil {
				t.yes.or(m)
			}
			return t.yes, t.unknown
		}
		rest := less(lanes, &c.odd)
		rest.each(func(lane int) {
			if i := c.ids[lane]; i == want || r.h.v(i).equal == want {
				t.yes.set(lane)
			}
		})
		return t.yes, t.unknown
	}
	lanes.each(func(lane int) { t.add(lane, r.truth(a.c().ids[lane], r.at(&b, lane))) })
	return t.yes, t.unknown
}

// solid opens a site's document, and returns any other value as it is.
func (r *Run) solid(i id) id {
	if !i.closed() {
		return i
	}
	if o, ok := r.opened[i]; ok {
		return o
	}
	var out id
	if v := r.h.v(i); v.sites {
		t := r.world.topology("sites")
		out = r.h.document(t.term, t.gaps)
	} else {
		d := r.world.docs[v.site-1]
		out = part{term: d.Term, gaps: plan.NewGaps(d.Unknown)}.intern(r.h)
	}
	r.opened[i] = out
	return out
}

// solidColumn opens the sites' documents of a column.
func (r *Run) solidColumn(v *val, lanes *mask) val {
	c := v.c()
	if !c.closed {
		return *v
	}
	out := r.newColumn()
	lanes.each(func(lane int) { out.put(lane, r.solid(c.ids[lane])) })
	return column1(out)
}

// topology is a table of data.topology.
func (w *World) topology(name string) part {
	if w.topo == nil {
		return part{}
	}
	top := part{term: w.topo, gaps: w.gapsAt("topology")}
	return top.below(name)
}

// testKind goes on where a value is of a kind.
func (f *frame) testKind(a *act, v *val, k kind) {
	r := f.r
	switch v.form {
	case grown:
		yes := mask{}
		if v.g().kind == k {
			yes = less(&all, &v.g().unknown)
		}
		f.test(a, &yes, &v.g().unknown)
	case record:
		if k != plan.ObjectKind {
			a.p, a.s = mask{}, mask{}
		}
	case boolean:
		yes := mask{}
		if k == plan.BoolKind {
			yes = less(&all, &v.b().unknown)
		}
		f.test(a, &yes, &v.b().unknown)
	case uniform:
		yes, unknown := every(ofKind(r.h.v(v.id), k))
		f.test(a, &yes, &unknown)
	case varying:
		var t tally
		a.p.each(func(lane int) { t.add(lane, ofKind(r.h.v(v.c().ids[lane]), k)) })
		f.test(a, &t.yes, &t.unknown)
	}
}

func ofKind(v *value, k kind) plan.Truth {
	switch v.kind {
	case k:
		return plan.Yes
	case plan.AnyKind:
		return plan.Maybe
	}
	return plan.No
}

// length is the number of members, as the plan's statement has it.
func (r *Run) length(a *act, v *val) val {
	if v.form == grown && v.g().kind == plan.ArrayKind {
		if n, ok := r.countGrown(v.g(), &a.p); ok {
			return n
		}
	}
	return r.each1(v, &a.p, func(i id) id {
		x := r.h.v(i)
		switch {
		case x.vague:
			return r.h.vague(r.work.Length(r.h.pv(i)))
		case x.kind == plan.ObjectKind:
			return r.h.int(len(x.elems) / 2)
		case x.kind == plan.StringKind:
			return r.h.vague(r.work.Length(r.h.pv(i)))
		case x.kind < plan.ArrayKind:
			return idUnknown
		}
		return r.h.int(len(x.elems))
	})
}

// each1 applies a function of one value on lanes. It is applied once to values
// that follow each other.
func (r *Run) each1(v *val, lanes *mask, fn func(id) id) val {
	x := r.flat(v, lanes)
	if x.form == uniform {
		if i := fn(x.id); i != 0 {
			return one(i)
		}
		return val{}
	}
	c := r.newColumn()
	var last, made id
	lanes.each(func(lane int) {
		i := r.at(&x, lane)
		if i != last || made == 0 {
			last, made = i, fn(i)
		}
		c.put(lane, made)
	})
	return column1(c)
}

// merge is the union of base data with the extent of rules.
func (r *Run) merge(x, y *val, lanes *mask) val {
	a, b := r.flat(x, lanes), r.flat(y, lanes)
	if a.form == uniform && b.form == uniform {
		return one(r.h.vague(r.work.Merge(r.h.pv(a.id), r.h.pv(b.id))))
	}
	c := r.newColumn()
	lanes.each(func(lane int) {
		c.put(lane, r.h.vague(r.work.Merge(r.h.pv(r.at(&a, lane)), r.h.pv(r.at(&b, lane)))))
	})
	return column1(c)
}

// upsert returns a document with the value at a path, objects made on the way.
func (r *Run) upsert(doc *val, path []*ast.Term, v *val, lanes *mask) val {
	if len(path) == 0 {
		return *v
	}
	if doc.form == record {
		t := r.complete(doc.t())
		key := r.h.fromTerm(path[0])
		// A document that is put together anew has surely what one finds who walks through it.
		out := &table{names: map[id]int{}, fields: slices.Clone(t.fields), open: t.more, more: t.more}
		r.fields += len(t.fields) + 1
		r.toil(len(t.fields) + 1)
		for i := range out.fields {
			f := &out.fields[i]
			only := less(&f.there, &f.listed)
			f.there.andNot(&only)
			f.maybe.or(&only)
			f.maybe.andNot(&f.dotted)
		}
		at, found := t.names[key]
		old := field{}
		if found {
			old = t.fields[at]
		}
		if !found {
			out.fields = append(out.fields, field{key: key})
			at = len(out.fields) - 1
		}
		below := val{}
		if within(lanes, &old.there) {
			below = old.v
		} else if meet(lanes, &old.there) || meet(lanes, &old.maybe) || meet(lanes, &t.open) {
			flat := r.flat(doc, lanes)
			return r.upsert(&flat, path, v, lanes)
		}
		made := r.upsert(&below, path[1:], v, lanes)
		out.fields[at] = field{key: key, v: r.settle(made, lanes), there: *lanes, listed: *lanes}
		slices.SortFunc(out.fields, func(a, b field) int { return r.h.compare(a.key, b.key) })
		for i := range out.fields {
			out.names[out.fields[i].key] = i
		}
		return record1(out)
	}
	a, b := val{}, r.flat(v, lanes)
	if doc.form != none {
		a = r.flat(doc, lanes)
	}
	made := func(lane int) id {
		var old plan.Value
		if i := r.at(&a, lane); i != 0 {
			old = r.h.pv(i)
		}
		return r.h.vague(r.work.Upsert(old, path, r.h.pv(r.at(&b, lane))))
	}
	if a.form != varying && b.form == uniform {
		return one(made(0))
	}
	c := r.newColumn()
	lanes.each(func(lane int) { c.put(lane, made(lane)) })
	return column1(c)
}
