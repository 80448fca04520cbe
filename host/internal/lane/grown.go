package lane

import (
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// member finds the element of a set, or the key of an object, that is one known
// value.
func (g *collection) member(r *Run, i id) *element {
	want := r.h.v(i).equal
	key := func(e *element) (id, bool) {
		v := &e.v
		if g.kind == plan.ObjectKind {
			v = &e.k
		}
		if v.form != uniform {
			return 0, false
		}
		return r.h.v(v.id).equal, !v.id.vague()
	}
	if g.find == nil && len(g.elements) > many {
		g.find = make(map[id]int, 2*len(g.elements))
	}
	if g.find != nil {
		for ; g.indexed < len(g.elements); g.indexed++ {
			if k, ok := key(&g.elements[g.indexed]); ok {
				g.find[k] = g.indexed
			}
		}
		if n, ok := g.find[want]; ok {
			return &g.elements[n]
		}
		return nil
	}
	for n := range g.elements {
		if k, ok := key(&g.elements[n]); ok && k == want {
			return &g.elements[n]
		}
	}
	return nil
}

// grownUniform returns a collection as one value, if it is the same on all the
// lanes.
func (r *Run) grownUniform(g *collection, lanes *mask) (id, bool) {
	if g.same != 0 && within(lanes, &g.sameOn) {
		return g.same, true
	}
	if g.given || meet(&g.loose, lanes) || meet(&g.open, lanes) || meet(&g.unknown, lanes) {
		return 0, false
	}
	r.toil(len(g.elements))
	start := len(r.scratch)
	defer func() { r.scratch = r.scratch[:start] }()
	for i := range g.elements {
		e := &g.elements[i]
		if !meet(&e.p, lanes) {
			continue
		}
		if !within(lanes, &e.s) {
			return 0, false
		}
		for _, v := range [2]*val{&e.k, &e.v} {
			switch v.form {
			case none:
			case uniform:
				r.scratch = append(r.scratch, r.solid(v.id))
			case grown:
				n, ok := r.grownUniform(v.g(), lanes)
				if !ok {
					return 0, false
				}
				r.scratch = append(r.scratch, n)
			default:
				return 0, false
			}
		}
	}
	g.same, g.sameOn = r.build(g.kind, r.scratch[start:]), *lanes
	return g.same, true
}

// grownAlike makes a collection whose members are the same for all lanes that have
// them, once for all lanes with the same members; nil if it is another.
func (r *Run) grownAlike(g *collection, lanes *mask) *column {
	for i := range g.elements {
		e := &g.elements[i]
		if e.v.form != uniform || e.k.form > uniform {
			return nil
		}
	}
	c := r.newColumn()
	for rest := *lanes; !rest.none(); {
		lane := rest.lowest()
		r.toil(2 * len(g.elements))
		same := rest
		alike := func(m *mask) {
			if m.has(lane) {
				same.and(m)
			} else {
				same.andNot(m)
			}
		}
		for i := range g.elements {
			alike(&g.elements[i].p)
			alike(&g.elements[i].s)
		}
		alike(&g.loose)
		alike(&g.open)
		alike(&g.unknown)
		i := r.grownAt(g, lane)
		vague := i.vague()
		same.each(func(lane int) { c.ids[lane] = i })
		c.def.or(&same)
		if vague {
			c.odd.or(&same)
		}
		rest.andNot(&same)
	}
	return c
}

func (r *Run) build(k kind, members []id) id {
	switch k {
	case plan.ArrayKind:
		return r.h.array(members)
	case plan.SetKind:
		return r.h.setOf(members)
	}
	return r.h.object(members)
}

// grownAt makes the collection of one lane.
func (r *Run) grownAt(g *collection, lane int) id {
	if g.whole != nil {
		if i := g.whole.ids[lane]; i != 0 {
			return i
		}
	}
	if g.unknown.has(lane) {
		return idUnknown
	}
	r.work.Do(len(g.elements))
	var given [16]id
	members := given[:0]
	exact := !g.loose.has(lane)
	vague := !exact || g.open.has(lane)
	for i := range g.elements {
		e := &g.elements[i]
		if !e.p.has(lane) {
			continue
		}
		vague = vague || !e.s.has(lane)
		if g.kind == plan.ObjectKind {
			members = append(members, r.solid(r.at(&e.k, lane)))
		}
		members = append(members, r.solid(r.at(&e.v, lane)))
	}
	var out id
	if vague {
		out = r.vagueGrown(g, lane, members, exact)
	} else {
		out = r.build(g.kind, members)
	}
	if g.frozen && !g.given {
		if g.whole == nil {
			g.whole = r.newColumn()
		}
		g.whole.put(lane, out)
	}
	return out
}

// vagueGrown makes the collection of a lane that has members only possibly.
func (r *Run) vagueGrown(g *collection, lane int, members []id, exact bool) id {
	var sure []bool
	for i := range g.elements {
		if e := &g.elements[i]; e.p.has(lane) {
			sure = append(sure, e.s.has(lane))
		}
	}
	switch g.kind {
	case plan.ArrayKind:
		return r.h.vague(plan.ArrayOf(r.h.pvs(members), sure, exact && !slices.Contains(sure, false)))
	case plan.SetKind:
		return r.h.vague(plan.SetOf(r.h.pvs(members), sure))
	}
	var keys, vals []plan.Value
	for i := 0; i < len(members); i += 2 {
		keys, vals = append(keys, r.h.pv(members[i])), append(vals, r.h.pv(members[i+1]))
	}
	return r.h.vague(plan.DocumentOf(keys, vals, sure, g.open.has(lane)))
}

// bound returns how many bytes the text of a value has on any of the lanes, at
// most.
func (r *Run) bound(v *val, lanes *mask) int {
	switch v.form {
	case uniform:
		return r.sizeOf(v.id)
	case varying:
		if v.c().most > 0 {
			return v.c().most
		}
		n := 0
		lanes.each(func(lane int) { n = max(n, r.sizeOf(v.c().ids[lane])) })
		return n
	case grown:
		if !v.g().given {
			return v.g().size
		}
		fallthrough
	case record:
		n := 0
		lanes.each(func(lane int) { n = max(n, r.sizeOf(r.at(v, lane))) })
		return n
	}
	return len("false") + 2
}

func (r *Run) sizeOf(i id) int {
	if i.closed() {
		i = r.solid(i)
	}
	n := r.h.sizeOf(i)
	if n >= plan.PartsPerStep*bytesPerPart && r.h.v(i).vague {
		r.work.Do(min(n, mostWeighed) / bytesPerPart)
	}
	return n
}

const (
	// bytesPerPart is how many bytes of a value of which part is unknown are weighed
	// while one part of another is looked at.
	bytesPerPart = 8
	// mostWeighed is how many bytes are charged for at most.
	mostWeighed = 1 << 20
)
