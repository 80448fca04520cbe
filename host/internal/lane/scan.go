package lane

import (
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// scan walks through a collection. Each step runs the block for the lanes on which
// there is such a member, and that have not left.
func (f *frame) scan(a *act, depth int, s *inst) error {
	x, possibly, _ := f.known(a, s.a)
	if possibly.none() {
		return nil
	}
	r := f.r
	// Lanes on which the source has no value go on after the scan.
	w := &f.walkers[depth]
	*w = walker{frame: f, a: a, depth: depth, s: s, lanes: possibly, x: r.freeze(x)}
	switch w.x.form {
	case uniform:
		return w.value(r.solidScan(w.x.id), &w.lanes)
	case record:
		return w.record(r.complete(w.x.t()))
	case grown:
		if i, ok := r.grownUniform(w.x.g(), &w.lanes); ok {
			return w.value(i, &w.lanes)
		}
		if done, err := w.grown(w.x.g()); done {
			return err
		}
	}
	flat := r.flat(&w.x, &w.lanes)
	if flat.form == uniform {
		return w.value(flat.id, &w.lanes)
	}
	return w.column(flat.c())
}

// walker is one execution of a scan.
type walker struct {
	*frame
	a     *act
	depth int
	s     *inst
	x     val  // the source
	lanes mask // on which it has a value
}

// step runs the block for one member on the lanes where it is, possibly beyond
// those of sure. It says whether there is a lane left.
func (w *walker) step(k, v val, on, sure *mask) (bool, error) {
	f := w.frame
	lanes := both(on, &w.a.p)
	lanes.and(&w.lanes)
	if lanes.none() {
		return meet(&w.lanes, &w.a.p), nil
	}
	c := f.enter(w.depth+1, &lanes)
	if sure != nil {
		f.test(c, sure, &all)
	}
	if w.s.keyUsed {
		f.set(c, w.depth+1, w.s.key, k)
	}
	if w.s.valUsed {
		f.set(c, w.depth+1, w.s.target, v)
	}
	if err := f.run(w.s.blocks[0], w.depth+1); err != nil {
		return false, err
	}
	f.rejoin(w.a)
	return meet(&w.lanes, &w.a.p), nil
}

// once runs the block for all members together; see anyOf.
func (w *walker) once(lanes *mask) error {
	f := w.frame
	on := both(lanes, &w.a.p)
	if on.none() {
		return nil
	}
	f.enter(w.depth+1, &on)
	if err := f.run(w.s.once, w.depth+1); err != nil {
		return err
	}
	f.rejoin(w.a)
	return nil
}

// value walks through one value.
func (w *walker) value(i id, lanes *mask) error {
	h := w.r.h
	v := h.v(i)
	if v.vague {
		return w.vague(i, lanes)
	}
	if w.s.once != nil && len(v.elems) > 1 && !v.sites {
		w.x = one(i)
		return w.once(lanes)
	}
	if w.s.need.key >= 0 {
		w.r.toil(len(v.elems) * plan.PartsPerStep / passedPerStep)
	}
	switch v.kind {
	case plan.ArrayKind, plan.SetKind:
		for n, e := range v.elems {
			if w.s.need.key >= 0 && w.r.misses(e, &w.s.need) {
				continue
			}
			k := val{}
			if w.s.keyUsed {
				if k = one(e); v.kind == plan.ArrayKind {
					k = one(h.int(n))
				}
			}
			if more, err := w.step(k, one(e), lanes, nil); err != nil || !more {
				return err
			}
		}
	case plan.ObjectKind:
		if v.sites {
			return w.sites(lanes)
		}
		if w.s.need.key >= 0 && len(v.elems) > 2*many && i>>levelBits == 0 {
			for _, n := range w.r.having(i, &w.s.need) {
				if more, err := w.step(one(v.elems[n]), one(v.elems[n+1]), lanes, nil); err != nil || !more {
					return err
				}
			}
			return nil
		}
		for n := 0; n < len(v.elems); n += 2 {
			if w.s.need.key >= 0 && w.r.misses(v.elems[n+1], &w.s.need) {
				continue
			}
			if more, err := w.step(one(v.elems[n]), one(v.elems[n+1]), lanes, nil); err != nil || !more {
				return err
			}
		}
	}
	return nil
}

// solidScan opens one site's document; the table of them is walked through as it is.
func (r *Run) solidScan(i id) id {
	if r.h.v(i).sites {
		if g := r.world.gapsAt("topology", "sites"); g == nil || !g.IsWhole() && len(g.Names()) == 0 {
			return i
		}
	}
	return r.solid(i)
}

// sites walks through all sites, whose documents stay closed.
func (w *walker) sites(lanes *mask) error {
	for _, key := range w.r.world.order {
		site := w.r.world.siteID(w.r.world.byKey[key])
		if more, err := w.step(one(key), one(site), lanes, nil); err != nil || !more {
			return err
		}
	}
	return nil
}

// vague walks through a value of which part is unknown.
func (w *walker) vague(i id, lanes *mask) error {
	h := w.r.h
	pv := h.pv(i)
	if w.r.work.Orderless(pv) {
		w.loose = append(w.loose, *lanes)
		defer func() { w.loose = w.loose[:len(w.loose)-1] }()
	}
	var err error
	var never mask
	w.r.work.Walk(pv, func(k, v plan.Value, sure bool) bool {
		certain := (*mask)(nil)
		if !sure {
			certain = &never
		}
		var more bool
		more, err = w.step(one(h.vague(k)), one(h.vague(v)), lanes, certain)
		return more && err == nil
	})
	return err
}

// record walks through a table.
func (w *walker) record(t *table) error {
	w.r.varied++
	for i := range t.fields {
		fd := &t.fields[i]
		on := fd.there
		on.or(&fd.maybe)
		on.andNot(&fd.dotted)
		if more, err := w.step(one(fd.key), fd.v, &on, &fd.listed); err != nil || !more {
			return err
		}
	}
	var never mask
	_, err := w.step(one(idUnknown), one(idUnknown), &t.more, &never)
	return err
}

// grown walks through a collection that statements have made, if its members come
// one after the other for all lanes alike.
func (w *walker) grown(g *collection) (done bool, err error) {
	r := w.r
	if meet(&g.open, &w.lanes) || meet(&g.unknown, &w.lanes) {
		return false, nil
	}
	r.toil(2 * len(g.elements))
	order := make([]int, 0, len(g.elements))
	for i := range g.elements {
		e := &g.elements[i]
		if !meet(&e.p, &w.lanes) {
			continue
		}
		order = append(order, i)
		key := &e.v
		if g.kind == plan.ObjectKind {
			key = &e.k
		}
		switch g.kind {
		case plan.ArrayKind:
			if w.s.keyUsed && !g.given || meet(&g.loose, &w.lanes) {
				return false, nil
			}
			m := less(&e.p, &e.s)
			if meet(&m, &w.lanes) { // then it has no order
				return false, nil
			}
		default:
			if _, ok := r.sameKnown(key); !ok {
				return false, nil
			}
		}
	}
	r.varied++
	if g.kind != plan.ArrayKind {
		slices.SortFunc(order, func(a, b int) int {
			x, y := &g.elements[a], &g.elements[b]
			if g.kind == plan.ObjectKind {
				return r.h.compare(x.k.id, y.k.id)
			}
			return r.h.compare(x.v.id, y.v.id)
		})
	}
	for _, i := range order {
		e := &g.elements[i]
		k := e.k
		switch {
		case g.kind == plan.SetKind:
			k = e.v
		case g.given:
			k = one(r.h.int(i))
		}
		if more, err := w.step(k, e.v, &e.p, &e.s); err != nil || !more {
			return true, err
		}
	}
	return true, nil
}

// column walks through collections that differ between lanes, all at once: the
// first member of each, then the second.
func (w *walker) column(c *column) error {
	r := w.r
	h := r.h
	r.varied++
	lanes := both(&w.lanes, &w.a.p)
	odd := both(&c.odd, &lanes)
	if !odd.none() {
		var open mask
		odd.each(func(l int) {
			if h.v(c.ids[l]).list {
				open.set(l)
			}
		})
		odd.andNot(&open)
		lanes.andNot(&open)
		if err := w.openLists(c, &open); err != nil {
			return err
		}
		// Lists that may have other members, one kind of list after the other.
		for !odd.none() {
			lane := odd.lowest()
			i := c.ids[lane]
			var same mask
			odd.each(func(l int) {
				if c.ids[l] == i {
					same.set(l)
				}
			})
			odd.andNot(&same)
			if err := w.vague(i, &same); err != nil {
				return err
			}
		}
		lanes.andNot(&c.odd)
	}
	for n := 0; ; n++ {
		var on mask
		k, v := w.scanColumns()
		lanes.and(&w.a.p)
		lanes.each(func(lane int) {
			x := h.v(c.ids[lane])
			at := n
			if x.kind == plan.ObjectKind {
				at = 2 * n
			}
			if x.kind < plan.ArrayKind || at >= len(x.elems) {
				return
			}
			on.set(lane)
			e := x.elems[at]
			switch x.kind {
			case plan.ArrayKind:
				if k != nil {
					k.put(lane, h.int(n))
				}
				if v != nil {
					v.put(lane, e)
				}
				return
			case plan.ObjectKind:
				if v != nil {
					v.put(lane, x.elems[at+1])
				}
			default:
				if v != nil {
					v.put(lane, e)
				}
			}
			if k != nil {
				k.put(lane, e)
			}
		})
		if on.none() {
			return nil
		}
		kv, vv := val{}, val{}
		if k != nil {
			kv = column1(k)
		}
		if v != nil {
			vv = column1(v)
		}
		if more, err := w.step(kv, vv, &on, nil); err != nil || !more {
			return err
		}
	}
}

// openLists walks through lists of known members that may have others, all at once: the members come in no known order.
func (w *walker) openLists(c *column, lanes *mask) error {
	if lanes.none() {
		return nil
	}
	w.loose = append(w.loose, *lanes)
	defer func() { w.loose = w.loose[:len(w.loose)-1] }()
	k := val{}
	if w.s.keyUsed {
		k = one(idUnknown)
	}
	more := true
	for n := 0; more; n++ {
		var on mask
		_, v := w.scanColumns()
		lanes.each(func(lane int) {
			if elems := w.r.h.v(c.ids[lane]).elems; n < len(elems) {
				on.set(lane)
				if v != nil {
					v.put(lane, elems[n])
				}
			}
		})
		if on.none() {
			break
		}
		vv := val{}
		if v != nil {
			vv = column1(v)
		}
		var err error
		if more, err = w.step(k, vv, &on, nil); err != nil {
			return err
		}
	}
	if !more {
		return nil
	}
	var never mask
	_, err := w.step(one(idUnknown), one(idUnknown), lanes, &never)
	return err
}

func (w *walker) scanColumns() (k, v *column) {
	if w.s.keyUsed {
		k = w.r.newColumn()
	}
	if w.s.valUsed {
		v = w.r.newColumn()
	}
	return k, v
}
