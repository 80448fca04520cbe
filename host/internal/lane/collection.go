package lane

import (
	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// collection is an array, set or object that statements build: elements in the
// order they were added, each on some lanes.
type collection struct {
	kind     kind
	frozen   bool // something else refers to it: it is copied before it is changed
	given    bool // it is of a document, which outlives the run: nothing is kept in it
	elements []element
	at       mask // lanes it was made on
	// zero are the lanes on which it was made surely, as seen from the function;
	// the others go by the execution of the block that made it.
	zero                mask
	depth, serial, base int
	loose               mask // lanes on which an array has no order
	open                mask // lanes on which an object may have other keys
	unknown             mask // lanes on which it is not known what this is; see extreme
	scans               int  // without order, that it was made in
	size                int  // bound of the bytes of its text on any lane
	whole               *column
	same                id // what it is on all lanes of sameOn, if that has been found
	sameOn              mask
	find                map[id]int // elements of one known key or member, once there are many
	indexed             int        // elements that are in it, as far as they are known
	mixed               bool       // some keys differ between lanes
}

// element is a member, or a key with its value.
type element struct {
	k, v val
	p, s mask
}

func (g *collection) reset() {
	e := g.elements
	clear(e)
	*g = collection{elements: e[:0]}
}

func (r *Run) makeCollection(k kind) *collection {
	if r.grownIn == len(r.grownAll) {
		r.grownAll = append(r.grownAll, new(collection))
	}
	g := r.grownAll[r.grownIn]
	r.grownIn++
	g.kind, g.size = k, 2
	return g
}

// newCollection makes an empty collection on the lanes of the path.
func (f *frame) newCollection(a *act, depth int, k kind) val {
	g := f.r.makeCollection(k)
	g.at, g.zero, g.scans = a.p, a.p, len(f.loose)
	if f.split {
		g.zero = f.surely(depth, 0, 0)
		g.base = f.rebase(a)
		g.depth, g.serial = depth, a.serial
	}
	return grown1(g)
}

// sureFor returns the lanes on which a change made here is made wherever the
// collection was; those of which that cannot be told are handed back.
func (f *frame) sureFor(a *act, depth int, g *collection) mask {
	if !f.split {
		return a.p
	}
	s := f.surely(depth, 0, 0)
	s.and(&g.zero)
	rest := less(&a.p, &g.zero)
	if rest.none() {
		return s
	}
	if g.depth <= depth && f.acts[g.depth].serial == g.serial {
		m := f.surely(depth, g.depth, g.base)
		m.and(&rest)
		s.or(&m)
	} else {
		f.giveUp(a, &rest)
	}
	return s
}

// freeze returns a val as something else may refer to it.
func (r *Run) freeze(v val) val {
	if v.form == grown {
		v.g().frozen = true
	}
	return v
}

// settle returns a val as a member of another.
func (r *Run) settle(v val, lanes *mask) val {
	switch v.form {
	case uniform:
		return one(r.solid(v.id))
	case grown:
		if i, ok := r.grownUniform(v.g(), lanes); ok {
			return one(i)
		}
		v.g().frozen = true
	}
	return v
}

// changed returns the collection that a local holds, for changing it on the path.
func (f *frame) changed(a *act, depth int, p place) *collection {
	v, ok := f.get(a, p)
	if !ok {
		return nil
	}
	if v.form != grown {
		return f.thawed(a, depth, p, &v)
	}
	g := v.g()
	if !g.frozen {
		return g
	}
	if meet(&g.unknown, &a.p) {
		f.giveUp(a, &a.p)
		return nil
	}
	nv := f.newCollection(a, depth, g.kind)
	n := nv.g()
	n.mixed = g.mixed
	f.r.toil(2 * len(g.elements))
	for i := range g.elements {
		e := g.elements[i]
		e.p.and(&a.p)
		e.s.and(&a.p)
		if !e.p.none() {
			n.elements = append(n.elements, e)
		}
	}
	n.size, n.loose, n.open = g.size, both(&g.loose, &a.p), both(&g.open, &a.p)
	f.set(a, depth, p, nv)
	return n
}

// thawed makes a collection that can be changed of a known value.
func (f *frame) thawed(a *act, depth int, p place, v *val) *collection {
	i, ok := f.r.sameKnown(v)
	if i = f.r.solid(i); !ok || f.r.h.v(i).kind < plan.ArrayKind {
		f.giveUp(a, &a.p)
		return nil
	}
	x := f.r.h.v(i)
	nv := f.newCollection(a, depth, x.kind)
	n := nv.g()
	f.r.toil(2 * len(x.elems))
	for k := 0; k < len(x.elems); k++ {
		e := element{v: one(x.elems[k]), p: a.p, s: a.p}
		if x.kind == plan.ObjectKind {
			e.k, e.v = e.v, one(x.elems[k+1])
			k++
		}
		n.elements = append(n.elements, e)
	}
	n.size = x.size
	f.set(a, depth, p, nv)
	return n
}

// weigh adds to a collection's bound; false if it is beyond the limit on one lane
// or another.
func (f *frame) weigh(a *act, g *collection, v *val) bool {
	g.size += f.r.bound(v, &a.p)
	if limit := f.r.env.Bytes; limit > 0 && g.size > limit {
		f.giveUp(a, &a.p)
		return false
	}
	return true
}

// grow appends to an array or adds to a set.
func (f *frame) grow(a *act, depth int, s *inst) error {
	v, ok := f.get(a, s.a)
	if !ok {
		return nil
	}
	g := f.changed(a, depth, s.target)
	if g == nil || a.p.none() {
		return nil
	}
	g.whole, g.same = nil, 0
	v = f.r.settle(v, &a.p)
	sure := f.sureFor(a, depth, g)
	if !f.weigh(a, g, &v) || a.p.none() {
		return nil
	}
	if err := f.r.spend(0); err != nil {
		return err
	}
	if s.op == plan.OpSetAdd {
		if i, ok := f.r.sameKnown(&v); ok {
			if e := g.member(f.r, i); e != nil {
				e.p.or(&a.p)
				e.s.or2(&sure, &a.p)
				return nil
			}
		}
	} else {
		for i := g.scans; i < len(f.loose); i++ {
			g.loose.or2(&f.loose[i], &a.p)
		}
	}
	g.elements = append(g.elements, element{v: v, p: a.p, s: both(&sure, &a.p)})
	return nil
}

// insert sets a key of an object.
func (f *frame) insert(a *act, depth int, s *inst) error {
	r := f.r
	k, ok := f.get(a, s.a)
	if !ok {
		return nil
	}
	v, ok := f.get(a, s.b)
	if !ok {
		return nil
	}
	g := f.changed(a, depth, s.target)
	if g == nil || a.p.none() {
		return nil
	}
	g.whole, g.same = nil, 0
	k, v = r.settle(k, &a.p), r.settle(v, &a.p)
	sure := f.sureFor(a, depth, g)
	if !f.weigh(a, g, &k) || !f.weigh(a, g, &v) || a.p.none() {
		return nil
	}
	once := s.op == plan.OpObjectInsertOnce
	i, fixed := r.sameKnown(&k)
	if fixed {
		if e := g.member(r, i); e != nil {
			f.insertAgain(a, g, e, &v, &sure, once, s.where)
			return nil
		}
		// Under a key that differs between lanes the same may be there already.
		if g.mixed {
			r.toil(len(g.elements))
		}
		for n := 0; g.mixed && n < len(g.elements); n++ {
			if e := &g.elements[n]; e.k.form != uniform && meet(&e.p, &a.p) {
				fixed = false
			}
		}
	}
	if !fixed {
		f.insertVarying(a, g, &k, &v, &sure, once, s.where)
		return nil
	}
	g.elements = append(g.elements, element{k: k, v: f.r.unlessOpen(g, v, &a.p, &sure), p: a.p, s: both(&sure, &a.p)})
	return nil
}

// unlessOpen returns what a new key has for a value: it may be there already, with
// another, where it is set only possibly.
func (r *Run) unlessOpen(g *collection, v val, lanes, sure *mask) val {
	open := both(&g.open, lanes)
	open.andNot(sure)
	if open.none() {
		return v
	}
	rest, unknown := less(lanes, &open), one(idUnknown)
	return r.choose(&v, &rest, &unknown, &open)
}

// insertUnknown sets a key that may be any of those there are, or another one.
func (f *frame) insertUnknown(g *collection, v *val, lanes *mask, once bool) {
	r := f.r
	r.toilOn(len(g.elements), lanes)
	for n := range g.elements {
		e := &g.elements[n]
		may := both(&e.p, lanes)
		if once {
			may.andNot(&e.s) // where it is surely there, another value would be an error
		}
		if may.none() {
			continue
		}
		c := r.newColumn()
		may.each(func(lane int) {
			c.put(lane, r.join(r.solid(r.at(&e.v, lane)), r.solid(r.at(v, lane))))
		})
		joined, rest := column1(c), less(&e.p, &may)
		e.v = r.choose(&e.v, &rest, &joined, &may)
	}
	g.open.or(lanes)
}

// insertAgain sets a key that some lanes may have already.
func (f *frame) insertAgain(a *act, g *collection, e *element, v *val, sure *mask, once bool, where string) {
	r := f.r
	again := both(&a.p, &e.p)
	if again.none() {
		was := e.p
		e.v = r.choose(&e.v, &was, v, &a.p)
		e.p.or(&a.p)
		e.s.or2(sure, &a.p)
		return
	}
	yes, _ := r.equal(&e.v, v, &again)
	if once {
		differ := less(&again, &yes)
		if !differ.none() {
			_, unknown := r.equal(&e.v, v, &differ)
			clash := less(&differ, &unknown)
			clash.and(&e.s)
			clash.and(sure)
			if !clash.none() {
				f.fail(a, where, errTwoValues, &clash)
				differ.andNot(&clash)
			}
			if !differ.none() {
				f.giveUp(a, &differ)
			}
		}
	} else {
		// Possibly another value: what it is then is left to be told one by one.
		differ := less(&again, &yes)
		differ.andNot(sure)
		if !differ.none() {
			f.giveUp(a, &differ)
		}
	}
	if a.p.none() {
		return
	}
	rest := less(&e.p, &a.p)
	if once {
		rest = e.p
		m := less(&a.p, &e.p)
		if !m.none() {
			e.v = r.choose(&e.v, &rest, v, &m)
		}
	} else {
		e.v = r.choose(&e.v, &rest, v, &a.p)
	}
	e.p.or(&a.p)
	e.s.or2(sure, &a.p)
}

// insertVarying sets keys that differ between lanes. It compares each with those
// that are there.
func (f *frame) insertVarying(a *act, g *collection, k, v *val, sure *mask, once bool, where string) {
	r := f.r
	key := r.flat(k, &a.p)
	fresh := a.p
	switch {
	case key.form == uniform && key.id.vague():
		f.insertUnknown(g, v, &a.p, once)
		return
	case key.form == varying && meet(&key.c().odd, &a.p):
		odd := both(&key.c().odd, &a.p)
		f.insertUnknown(g, v, &odd, once)
		fresh.andNot(&odd)
	}
	r.toilOn(len(g.elements), &fresh)
	known := fresh
	for n := range g.elements {
		e := &g.elements[n]
		here := both(&e.p, &known)
		if here.none() {
			continue
		}
		yes, _ := r.equal(&e.k, &key, &here)
		yes.and(&here)
		if yes.none() {
			continue
		}
		fresh.andNot(&yes)
		same, _ := r.equal(&e.v, v, &yes)
		differ := less(&yes, &same)
		if differ.none() {
			m := both(&yes, sure)
			e.s.or(&m)
			continue
		}
		clash := both(&differ, sure)
		clash.and(&e.s)
		if once && !clash.none() {
			f.fail(a, where, errTwoValues, &clash)
			differ.andNot(&clash)
		}
		f.giveUp(a, &differ)
	}
	fresh.and(&a.p)
	if !fresh.none() {
		g.mixed = g.mixed || key.form != uniform
		g.elements = append(g.elements, element{k: key, v: r.unlessOpen(g, *v, &fresh, sure), p: fresh, s: both(sure, &fresh)})
	}
}

// choose returns what is x on some lanes and y on others.
func (r *Run) choose(x *val, onX *mask, y *val, onY *mask) val {
	if *x == *y || onX.none() {
		return *y
	}
	c := r.newColumn()
	onX.each(func(lane int) { c.put(lane, r.solid(r.at(x, lane))) })
	onY.each(func(lane int) { c.put(lane, r.solid(r.at(y, lane))) })
	return column1(c)
}
