package lane

import (
	"math/bits"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// relation is a comparison.
type relation uint8

const (
	eq relation = iota
	ne
	lt
	le
	gt
	ge
)

func (o relation) holds(c int) bool {
	switch o {
	case lt:
		return c < 0
	case le:
		return c <= 0
	case gt:
		return c > 0
	case ge:
		return c >= 0
	case ne:
		return c != 0
	}
	return c == 0
}

// compared is a comparison as a value.
func (r *Run) compared(a *act, args []val, op relation) val {
	x, y := &args[0], &args[1]
	if x.form == uniform && y.form == uniform {
		i, j := r.solid(x.id), r.solid(y.id)
		u, v := r.h.v(i), r.h.v(j)
		if op <= ne {
			switch t := r.truth(i, j); {
			case t == plan.Maybe:
				return one(idUnknown)
			default:
				return ofBool((t == plan.Yes) == (op == eq))
			}
		}
		if u.vague || v.vague {
			return one(idUnknown)
		}
		return ofBool(op.holds(r.h.compare(i, j)))
	}
	out := r.newBits()
	if op <= ne {
		yes, unknown := r.equal(x, y, &a.p)
		if op == ne {
			no := less(&all, &yes)
			no.andNot(&unknown)
			yes = no
		}
		out.yes, out.unknown = both(&yes, &a.p), both(&unknown, &a.p)
		return flags1(out)
	}
	u, v := r.flat(x, &a.p), r.flat(y, &a.p)
	if v.form == uniform && u.form == varying && !v.id.vague() {
		r.ordered(u.c(), v.id, op, &a.p, out)
		return flags1(out)
	}
	a.p.each(func(lane int) {
		i, j := r.at(&u, lane), r.at(&v, lane)
		switch {
		case i.vague() || j.vague():
			out.unknown.set(lane)
		case op.holds(r.h.compare(i, j)):
			out.yes.set(lane)
		}
	})
	return flags1(out)
}

// ordered compares a column with one known value. Numbers are compared as float64,
// which keeps their order, and exactly where those are the same.
func (r *Run) ordered(c *column, with id, op relation, lanes *mask, out *flags) {
	w := r.h.v(with)
	if c.nums != nil && w.kind == plan.NumberKind {
		r.orderedNumbers(c, with, op, lanes, out)
		return
	}
	last, holds := id(0), false // many lanes have the same
	lanes.each(func(lane int) {
		i := c.ids[lane]
		if i.vague() {
			out.unknown.set(lane)
			return
		}
		if i != last {
			last, holds = i, op.holds(r.h.compare(i, with))
		}
		if holds {
			out.yes.set(lane)
		}
	})
}

// orderedNumbers compares a column of numbers with a number. Only where the nearest
// float64 are equal the numbers themselves have to be looked at.
func (r *Run) orderedNumbers(c *column, with id, op relation, lanes *mask, out *flags) {
	number := r.h.v(with).num
	out.unknown = both(&c.odd, lanes)
	for i := range lanes {
		var less, more, same uint64
		for left := lanes[i] &^ c.odd[i]; left != 0; left &= left - 1 {
			bit := left & -left
			switch x := c.nums[i<<6|bits.TrailingZeros64(left)]; {
			case x < number:
				less |= bit
			case x > number:
				more |= bit
			default:
				same |= bit
			}
		}
		switch op {
		case lt, le:
			out.yes[i] = less
		default:
			out.yes[i] = more
		}
		for ; same != 0; same &= same - 1 {
			lane := i<<6 | bits.TrailingZeros64(same)
			if op.holds(r.h.compare(c.ids[lane], with)) {
				out.yes.set(lane)
			}
		}
	}
}

// extreme is the least or the greatest element of an array that statements have
// made. Where part of the array is unknown there may be none. It returns no val if
// lanes have to be looked at one by one.
func (f *frame) extreme(a *act, x *val, sign int) val {
	r := f.r
	if x.form != grown || x.g().kind == plan.ObjectKind {
		return val{}
	}
	r.toilOn(len(x.g().elements), &a.p)
	best := new([Width]int32)
	maybe := x.g().loose
	maybe.or(&x.g().unknown)
	maybe.and(&a.p)
	last := 0 // of elements that are equal OPA takes the last of an array, the first of a set
	if x.g().kind == plan.SetKind {
		last = 1
	}
	for n := range x.g().elements {
		e := &x.g().elements[n]
		here := both(&e.p, &a.p)
		if here.none() {
			continue
		}
		odd, ok := r.oddOn(&e.v, &here)
		if !ok {
			return val{}
		}
		maybe.or(&odd)
		odd = less(&here, &e.s)
		if last == 1 && !odd.none() {
			return val{} // what may be in the set is surely there if another element equals it
		}
		maybe.or(&odd)
		here.andNot(&maybe)
		here.each(func(lane int) {
			if b := best[lane]; b == 0 || r.compareAt(&e.v, &x.g().elements[b-1].v, lane)*sign >= last {
				best[lane] = int32(n) + 1
			}
		})
	}
	var yes mask
	rest := less(&a.p, &maybe)
	rest.each(func(lane int) {
		if best[lane] > 0 {
			yes.set(lane)
		}
	})
	out := r.pickParts(x.g(), best, &yes, &maybe)
	if out.form == none {
		c := r.newColumn()
		yes.each(func(lane int) { c.put(lane, r.solid(r.at(&x.g().elements[best[lane]-1].v, lane))) })
		maybe.each(func(lane int) { c.put(lane, idUnknown) })
		out = column1(c)
	}
	f.test(a, &yes, &maybe)
	return out
}

// pickParts makes an array of the parts of arrays, of which another one is picked on
// each lane. It returns no val unless all are of one length.
func (r *Run) pickParts(of *collection, best *[Width]int32, lanes, unknown *mask) val {
	n := -1
	for i := range of.elements {
		e := &of.elements[i]
		switch {
		case !meet(&e.p, lanes):
		case e.v.form != grown || n >= 0 && n != len(e.v.g().elements):
			return val{}
		default:
			n = len(e.v.g().elements)
		}
	}
	if n < 0 {
		return val{}
	}
	g := r.makeCollection(plan.ArrayKind)
	g.frozen, g.unknown, g.size = true, *unknown, of.size
	both := *lanes
	both.or(unknown)
	g.at, g.zero = both, both
	for k := range n {
		c := r.newColumn()
		c.most = r.mostOf(of, k)
		lanes.each(func(lane int) {
			c.put(lane, r.solid(r.at(&of.elements[best[lane]-1].v.g().elements[k].v, lane)))
		})
		unknown.each(func(lane int) { c.put(lane, idUnknown) })
		g.elements = append(g.elements, element{v: column1(c), p: both, s: *lanes})
	}
	return grown1(g)
}

// mostOf returns the bytes of the largest of the k-th parts of arrays, as far as that
// is known without looking at the lanes; 0: it is not.
func (r *Run) mostOf(of *collection, k int) int {
	most := r.h.v(idUnknown).size
	for i := range of.elements {
		if v := &of.elements[i].v; v.form == grown && k < len(v.g().elements) {
			switch part := &v.g().elements[k].v; {
			case part.form == uniform:
				most = max(most, r.sizeOf(part.id))
			case part.form == varying && part.c().most > 0:
				most = max(most, part.c().most)
			default:
				return 0
			}
		}
	}
	return most
}

// oddOn returns the lanes on which part of a value is unknown; false if that is not
// easily told.
func (r *Run) oddOn(v *val, lanes *mask) (odd mask, ok bool) {
	switch v.form {
	case uniform:
		x := r.h.v(v.id)
		if x.vague {
			return *lanes, true
		}
		return mask{}, x.site == 0
	case varying:
		return both(&v.c().odd, lanes), !v.c().closed
	case boolean:
		return both(&v.b().unknown, lanes), true
	case grown:
		if v.g().kind != plan.ArrayKind {
			return mask{}, false
		}
		r.toil(len(v.g().elements))
		odd = v.g().loose
		odd.or(&v.g().unknown)
		odd.and(lanes)
		for i := range v.g().elements {
			e := &v.g().elements[i]
			if !within(lanes, &e.s) { // another's, perhaps: places in the array are not its elements'
				return mask{}, false
			}
			m, ok := r.oddOn(&e.v, lanes)
			if !ok {
				return mask{}, false
			}
			odd.or(&m)
		}
		return odd, true
	}
	return mask{}, false
}

// compareAt compares two known values on one lane. Arrays that statements have made
// are compared as they are: they have all their elements on this lane.
func (r *Run) compareAt(x, y *val, lane int) int {
	if x.form == grown && y.form == grown {
		for i := range min(len(x.g().elements), len(y.g().elements)) {
			if c := r.compareAt(&x.g().elements[i].v, &y.g().elements[i].v, lane); c != 0 {
				return c
			}
		}
		return len(x.g().elements) - len(y.g().elements)
	}
	if x.form == varying && y.form == varying && x.c().nums != nil && y.c().nums != nil {
		// Only where the nearest float64 are equal the numbers have to be looked at.
		switch u, v := x.c().nums[lane], y.c().nums[lane]; {
		case u < v:
			return -1
		case u > v:
			return 1
		}
	}
	return r.h.compare(r.at(x, lane), r.at(y, lane))
}
