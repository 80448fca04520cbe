package lane

import (
	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// get reads an operand. Lanes on which it has no value leave the path.
func (f *frame) get(a *act, p place) (v val, ok bool) {
	switch p.sort {
	case constant:
		return one(f.r.consts[p.n]), true
	case simple:
		v = f.simple[p.n]
		if v.form == none {
			a.p, a.s = mask{}, mask{}
			return v, false
		}
		return v, true
	}
	s := &f.slots[p.n]
	if meet(&s.bad, &a.p) {
		m := both(&s.bad, &a.p)
		f.giveUp(a, &m)
	}
	a.p.and(&s.p)
	a.s.and(&s.p)
	if a.p.none() {
		return v, false
	}
	return f.r.valueOf(s, &a.p), true
}

// valueOf returns what a slot holds on lanes on which it is defined.
func (r *Run) valueOf(s *slot, lanes *mask) val {
	var found *piece
	for i := range s.pieces {
		if !meet(&s.pieces[i].m, lanes) {
			continue
		}
		if found != nil {
			return r.blend(s, lanes)
		}
		found = &s.pieces[i]
	}
	if found == nil {
		return val{}
	}
	return found.v
}

// blend makes one column of several pieces.
func (r *Run) blend(s *slot, lanes *mask) val {
	c := r.newColumn()
	for i := range s.pieces {
		p := &s.pieces[i]
		here := both(&p.m, lanes)
		here.each(func(lane int) { c.put(lane, r.solid(r.at(&p.v, lane))) })
	}
	return column1(c)
}

// set assigns a local on the lanes of the path.
func (f *frame) set(a *act, depth int, p place, v val) {
	if p.sort == simple {
		f.simple[p.n] = v
		return
	}
	f.write(&f.slots[p.n], depth, v, &a.p, &a.p)
}

// keep notes what a slot is before it is set on lanes, for those on which a test
// has come out unknown since it was set last: some ways have ended there.
func (f *frame) keep(s *slot, depth int, lanes *mask) {
	if !f.split {
		return
	}
	m := less(lanes, &s.fresh)
	if m.none() {
		return
	}
	e := entry{slot: s}
	e.old.p, e.old.s, e.old.bad = both(&s.p, &m), both(&s.s, &m), both(&s.bad, &m)
	if meet(&s.p, &m) {
		e.old.pieces = f.r.some(s.pieces, &m)
	}
	f.record(e, depth, &m)
}

// some copies the pieces that are on any of the lanes.
func (r *Run) some(pieces []piece, lanes *mask) []piece {
	from := len(r.pieces)
	for i := range pieces {
		if meet(&pieces[i].m, lanes) {
			r.pieces = append(r.pieces, pieces[i])
		}
	}
	return r.pieces[from:len(r.pieces):len(r.pieces)]
}

// record notes what a slot is on lanes where a way ends.
func (f *frame) record(e entry, depth int, lanes *mask) {
	e.p, e.sure = *lanes, f.acts[depth].sure()
	e.sure.and(lanes)
	f.log = append(f.log, e)
}

// parts splits lanes: from here on they are on this way only if an unknown answer
// comes out one way.
func (f *frame) parts(a *act, lanes *mask) {
	f.split = true
	f.r.toil(len(f.slots))
	if !a.saved {
		a.saved = true
		a.fresh = len(f.fresh)
		for i := range f.slots {
			f.fresh = append(f.fresh, f.slots[i].fresh)
		}
	}
	for i := range f.slots {
		f.slots[i].fresh.andNot(lanes)
	}
}

// write sets a slot on lanes, on those of sure surely as seen from this path.
func (f *frame) write(s *slot, depth int, v val, lanes, sure *mask) {
	f.keep(s, depth, lanes)
	s.put(v, lanes)
	s.s.andNot(lanes)
	m := both(sure, lanes)
	s.s.or(&m)
	s.bad.andNot(lanes)
	s.fresh.or(lanes)
}

// put makes lanes hold a val.
func (s *slot) put(v val, lanes *mask) {
	out, found := 0, false
	for i := range s.pieces {
		p := &s.pieces[i]
		if p.v == v {
			p.m.or(lanes)
			found = true
		} else {
			p.m.andNot(lanes)
			if p.m.none() {
				continue
			}
		}
		if out != i {
			s.pieces[out] = *p
		}
		out++
	}
	s.pieces = s.pieces[:out]
	if !found {
		s.pieces = append(s.pieces, piece{v, *lanes})
	}
	s.p.or(lanes)
}

// unset makes a slot undefined on lanes.
func (f *frame) unset(s *slot, depth int, lanes *mask) {
	f.keep(s, depth, lanes)
	s.fresh.or(lanes)
	out := 0
	for i := range s.pieces {
		p := &s.pieces[i]
		p.m.andNot(lanes)
		if p.m.none() {
			continue
		}
		if out != i {
			s.pieces[out] = *p
		}
		out++
	}
	s.pieces = s.pieces[:out]
	s.p.andNot(lanes)
	s.s.andNot(lanes)
	s.bad.andNot(lanes)
}

// meet ends a block in which a test has come out unknown: the ways meet, and each
// slot is what it may be on any of them.
func (f *frame) meet(a *act) {
	if a.saved {
		for i := range f.slots {
			f.slots[i].fresh = f.fresh[a.fresh+i]
		}
		f.fresh = f.fresh[:a.fresh]
	}
	for i := a.log; i < len(f.log); i++ {
		e := &f.log[i]
		apart := less(&e.p, &e.sure)
		if !apart.none() {
			f.rejoinSlot(e, &apart)
			e.slot.fresh.or(&apart)
		}
	}
	// The blocks around see the same entries: each joins the lanes that it had split
	// itself when the slot was set.
	out := a.log
	for i := a.log; i < len(f.log); i++ {
		e := f.log[i]
		if !f.apartBelow(&e, a.depth) {
			continue
		}
		up := f.acts[a.depth-1].sure()
		e.sure = both(&e.p, &up)
		f.log[out] = e
		out++
	}
	clear(f.log[out:])
	f.log = f.log[:out]
}

// apartBelow tells whether a block around the one at a depth has split lanes of an
// entry.
func (f *frame) apartBelow(e *entry, depth int) bool {
	for d := depth - 1; d > 0; d-- {
		if s := f.acts[d].sure(); !within(&e.p, &s) {
			return true
		}
	}
	return false
}

// rejoinSlot makes a slot what it may be on lanes where it was set possibly.
func (f *frame) rejoinSlot(e *entry, lanes *mask) {
	s := e.slot
	s.bad.or2(&e.old.bad, lanes)
	was := both(lanes, &e.old.p)
	fresh := less(lanes, &was)
	s.s.andNot(&fresh)
	if was.none() {
		return
	}
	for i := range e.old.pieces {
		p := &e.old.pieces[i]
		here := both(&p.m, &was)
		if here.none() {
			continue
		}
		lost := less(&here, &s.p)
		if !lost.none() { // it was made undefined
			s.put(p.v, &lost)
			s.s.andNot(&lost)
			here.andNot(&lost)
		}
		unsure := less(&here, &e.old.s)
		s.s.andNot(&unsure)
		f.r.joinInto(s, p.v, &here)
	}
}

// or2 adds the lanes that are in both sets.
func (m *mask) or2(a, b *mask) {
	for i := range m {
		m[i] |= a[i] & b[i]
	}
}

// joinInto makes a slot on lanes what it or another val may be.
func (r *Run) joinInto(s *slot, v val, lanes *mask) {
	differ := mask{}
	for i := range s.pieces {
		if p := &s.pieces[i]; p.v != v {
			m := both(&p.m, lanes)
			differ.or(&m)
		}
	}
	differ.andNot(&s.bad)
	if differ.none() {
		return
	}
	now := r.valueOf(s, &differ)
	c := r.newColumn()
	differ.each(func(lane int) {
		c.put(lane, r.join(r.solid(r.at(&now, lane)), r.solid(r.at(&v, lane))))
	})
	s.put(column1(c), &differ)
}

// join returns what stands for either of two values.
func (r *Run) join(a, b id) id {
	x, y := r.h.v(a), r.h.v(b)
	switch {
	case a == b:
		return a
	case x.kind == plan.StringKind && y.kind == plan.StringKind && (x.vague || y.vague || x.equal != y.equal):
		return idText
	case x.vague || y.vague || x.kind >= plan.StringKind || y.kind >= plan.StringKind:
		return r.h.vague(r.work.Join(r.h.pv(a), r.h.pv(b)))
	case x.equal == y.equal:
		return a
	}
	return idUnknown
}
