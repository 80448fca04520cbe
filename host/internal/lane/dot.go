package lane

import (
	"strconv"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// lookup follows a key of one value.
func (r *Run) lookup(source, key id) (id, plan.Definedness) {
	s := r.h.v(source)
	if s.site > 0 {
		return r.lookupSite(s, key)
	}
	k := r.h.v(key)
	if k.site > 0 {
		key = r.solid(key)
		k = r.h.v(key)
	}
	if s.vague || k.vague {
		v, def := r.work.Lookup(r.h.pv(source), r.h.pv(key))
		if def == plan.Undefined {
			return 0, def
		}
		return r.h.vague(v), def
	}
	switch s.kind {
	case plan.ObjectKind:
		if i := r.h.position(s, key); i >= 0 {
			return s.elems[i+1], plan.Surely
		}
	case plan.SetKind:
		if i := r.h.position(s, key); i >= 0 {
			return key, plan.Surely
		}
	case plan.ArrayKind:
		if i, ok := whole(k); ok && i >= 0 && i < len(s.elems) {
			return s.elems[i], plan.Surely
		}
	}
	return 0, plan.Undefined
}

// whole reads an array's key, as OPA does.
func whole(k *value) (int, bool) {
	if k.kind != plan.NumberKind {
		return 0, false
	}
	if i, err := strconv.Atoi(k.str); err == nil {
		return i, true
	}
	i := int(k.num)
	return i, float64(i) == k.num
}

// lookupSite follows a key of the table of sites, or of a site's document.
func (r *Run) lookupSite(s *value, key id) (id, plan.Definedness) {
	k := r.h.v(key)
	if k.vague {
		return idUnknown, plan.Possibly
	}
	if s.sites {
		if row, ok := r.world.byKey[k.equal]; ok {
			return r.world.siteID(row), plan.Surely
		}
		return 0, plan.Undefined
	}
	row := int(s.site) - 1
	t, lane := r.world.blocks[row/Width], row%Width
	f := r.field(t, key)
	switch {
	case f != nil && f.there.has(lane):
		return r.at(&f.v, lane), plan.Surely
	case f != nil && f.maybe.has(lane):
		return r.at(&f.v, lane), plan.Possibly
	case t.open.has(lane):
		return idUnknown, plan.Possibly
	}
	return 0, plan.Undefined
}

// dot follows a key on the lanes of the path; those on which nothing is there
// leave it. It returns no val if there are none left.
func (f *frame) dot(a *act, x, y *val) val {
	r := f.r
	switch {
	case x.form == uniform && y.form == uniform:
		i, def := r.lookup(x.id, y.id)
		switch def {
		case plan.Undefined:
			a.p, a.s = mask{}, mask{}
			return val{}
		case plan.Possibly:
			f.test(a, &mask{}, &all)
		}
		return one(i)
	case x.form == record && y.form == uniform:
		return f.dotRecord(a, x.t(), y.id)
	case x.form == grown && y.form == uniform && !y.id.vague():
		if v, ok := f.dotGrown(a, x.g(), y.id); ok {
			return v
		}
	}
	r.varied++
	c := r.newColumn()
	var yes, maybe mask
	var lastX, lastY, last id
	var lastDef plan.Definedness
	look := func(lane int) (id, plan.Definedness) {
		j := r.at(y, lane)
		if x.form == record {
			if k := r.h.v(j); !k.vague && k.site == 0 {
				if fd := r.field(x.t(), k.equal); fd != nil && fd.there.has(lane) {
					return r.at(&fd.v, lane), plan.Surely
				}
			}
		}
		i := r.at(x, lane)
		if i != lastX || j != lastY {
			lastX, lastY = i, j
			last, lastDef = r.lookup(i, j)
		}
		return last, lastDef
	}
	a.p.each(func(lane int) {
		switch i, def := look(lane); def {
		case plan.Surely:
			yes.set(lane)
			c.put(lane, i)
		case plan.Possibly:
			maybe.set(lane)
			c.put(lane, i)
		}
	})
	f.test(a, &yes, &maybe)
	return column1(c)
}

// dotRecord follows a key of a table.
func (f *frame) dotRecord(a *act, t *table, key id) val {
	r := f.r
	if k := r.h.v(key); k.vague || k.site > 0 {
		whole := record1(t)
		x := r.flat(&whole, &a.p)
		y := one(r.solid(key))
		return f.dot(a, &x, &y)
	}
	fd := r.field(t, r.h.v(key).equal)
	if fd == nil {
		f.test(a, &mask{}, &t.open)
		if a.p.none() {
			return val{}
		}
		return one(idUnknown)
	}
	if fd.v.form != uniform {
		r.varied++
	}
	if within(&a.p, &fd.there) {
		return fd.v
	}
	open := less(&t.open, &fd.there)
	open.andNot(&fd.maybe)
	if meet(&open, &a.p) {
		whole := record1(t)
		x := r.flat(&whole, &a.p)
		y := one(key)
		return f.dot(a, &x, &y)
	}
	f.test(a, &fd.there, &fd.maybe)
	if a.p.none() {
		return val{}
	}
	return fd.v
}

// dotGrown follows a known key of a collection that statements have made.
func (f *frame) dotGrown(a *act, g *collection, key id) (val, bool) {
	r := f.r
	r.toil(len(g.elements))
	switch g.kind {
	case plan.ObjectKind:
		if meet(&g.open, &a.p) || meet(&g.unknown, &a.p) {
			return val{}, false
		}
		for i := range g.elements {
			if g.elements[i].k.form != uniform || r.h.v(g.elements[i].k.id).vague {
				return val{}, false
			}
		}
		e := g.member(r, key)
		if e == nil {
			a.p, a.s = mask{}, mask{}
			return val{}, true
		}
		maybe := less(&e.p, &e.s)
		f.test(a, &e.s, &maybe)
		return e.v, true
	case plan.ArrayKind:
		i, ok := whole(r.h.v(key))
		if !ok || meet(&g.loose, &a.p) {
			return val{}, false
		}
		// Of an array that may have more or fewer elements no place is known: the first one's neither, as to the reference.
		known := less(&a.p, &g.unknown)
		for n := range g.elements {
			if e := &g.elements[n]; meet(&e.p, &a.p) && !within(&known, &e.s) {
				return val{}, false
			}
		}
		for n := range g.elements {
			e := &g.elements[n]
			if !meet(&e.p, &a.p) {
				continue
			}
			if i == 0 {
				f.test(a, &e.s, &g.unknown) // where it is unknown, so is what it has
				return e.v, true
			}
			i--
		}
		if meet(&g.unknown, &a.p) {
			return val{}, false
		}
		a.p, a.s = mask{}, mask{}
		return val{}, true
	}
	return val{}, false
}
