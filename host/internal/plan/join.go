package plan

// join returns a value that stands for whatever either stands for.
func (w *Work) join(a, b Value) Value {
	if a == b {
		return a
	}
	if w.do(1) {
		return unknown
	}
	ta, oka := known(a)
	tb, okb := known(b)
	if oka && okb && w.same(ta, tb) {
		return ta
	}
	k := kindOf(a)
	if k != kindOf(b) {
		return unknown
	}
	switch k {
	case stringKind:
		return &Text{Rendered: unknownText}
	case arrayKind:
		return w.joinArrays(w.open(a).(*Array), w.open(b).(*Array))
	case setKind:
		return w.joinSets(w.open(a).(*Set), w.open(b).(*Set))
	case objectKind:
		return w.joinObjects(w.open(a).(*Object), w.open(b).(*Object))
	}
	return unknown
}

func (w *Work) joinArrays(a, b *Array) Value {
	if a.Exact && b.Exact && len(a.Elems) == len(b.Elems) {
		w.make(len(a.Elems))
		out := &Array{Exact: true, made: made{token: noToken, size: max(a.size, b.size)}}
		for i := range a.Elems {
			out.Elems = append(out.Elems, share(w.join(a.Elems[i], b.Elems[i])))
		}
		return out
	}
	out := &Array{Open: a.Open || b.Open, made: made{token: noToken, size: max(a.size, b.size)}}
	w.make(len(a.Elems) + len(b.Elems))
	taken := make([]bool, len(b.Elems))
	for i, e := range a.Elems {
		sure := false
		for j, o := range b.Elems {
			if w.do(1) {
				return unknown
			}
			if !taken[j] && w.equal(e, o) == yes {
				taken[j] = true
				sure = (a.Exact || a.Sure[i]) && (b.Exact || b.Sure[j])
				break
			}
		}
		out.Elems, out.Sure = append(out.Elems, e), append(out.Sure, sure)
	}
	for j, o := range b.Elems {
		if !taken[j] {
			out.Elems, out.Sure = append(out.Elems, o), append(out.Sure, false)
		}
	}
	return out
}

func (w *Work) joinSets(a, b *Set) Value {
	w.make(len(a.Keys.Terms) + len(b.Keys.Terms) + len(a.Vague) + len(b.Vague))
	out := &Set{Keys: a.Keys.copy(), Open: a.Open || b.Open, made: made{token: noToken, size: max(a.size, b.size)}}
	for i, k := range a.Keys.Terms {
		j := b.Keys.find(k)
		out.Sure = append(out.Sure, a.Sure[i] && j >= 0 && b.Sure[j])
	}
	for _, k := range b.Keys.Terms {
		if out.Keys.find(k) < 0 {
			out.Keys.add(k)
			out.Sure = append(out.Sure, false)
		}
	}
	taken := make([]bool, len(b.Vague))
	for i, v := range a.Vague {
		sure := false
		for j, o := range b.Vague {
			if w.do(1) {
				return unknown
			}
			if v == o && !taken[j] {
				taken[j], sure = true, a.VagueSure[i] && b.VagueSure[j]
				break
			}
		}
		out.Vague, out.VagueSure = append(out.Vague, v), append(out.VagueSure, sure)
	}
	for j, o := range b.Vague {
		if !taken[j] {
			out.Vague, out.VagueSure = append(out.Vague, o), append(out.VagueSure, false)
		}
	}
	return out
}

func (w *Work) joinObjects(a, b *Object) Value {
	w.make(len(a.Vals) + len(b.Vals))
	out := &Object{Open: a.Open || b.Open, made: made{token: noToken, size: max(a.size, b.size)}}
	for i, k := range a.Keys.Terms {
		if w.do(1) {
			return unknown
		}
		switch v, def := w.dot(b, k); def {
		case undefined:
			out.put(k, a.Vals[i], false)
		default:
			out.put(k, share(w.join(a.Vals[i], v)), a.Sure[i] && def == surely)
		}
	}
	for i, k := range b.Keys.Terms {
		if out.Keys.find(k) < 0 {
			v := b.Vals[i]
			if a.Open {
				v = unknown
			}
			out.put(k, v, false)
		}
	}
	return out
}

// slot is a local variable.
type slot struct {
	v   Value
	def definedness
}

// joinSlots returns what a local may hold if it holds one or the other.
func (w *Work) joinSlots(a, b slot) slot {
	switch {
	case a.def == undefined && b.def == undefined:
		return slot{}
	case a.def == undefined:
		return slot{b.v, possibly}
	case b.def == undefined:
		return slot{a.v, possibly}
	}
	return slot{w.join(a.v, b.v), min(a.def, b.def)}
}

// merge is the recursive union of the extent of base data with that of rules; of
// two values at one place that are not both objects, base data's counts.
func (w *Work) merge(a, b Value) Value {
	ka, kb := kindOf(a), kindOf(b)
	switch {
	case ka != objectKind && ka != anyKind || kb != objectKind && kb != anyKind:
		return a
	case ka == anyKind || kb == anyKind:
		return unknown
	}
	x, y := w.open(a).(*Object), w.open(b).(*Object)
	out := &Object{Open: x.Open || y.Open, made: made{token: noToken, shared: true, size: x.size + y.size}}
	w.make(len(x.Vals) + len(y.Vals))
	for i, k := range x.Keys.Terms {
		if w.do(1) {
			return unknown
		}
		v, def := w.dot(y, k)
		switch {
		case def == undefined:
			out.put(k, x.Vals[i], x.Sure[i])
		case x.Sure[i] && def == surely:
			out.put(k, share(w.merge(x.Vals[i], v)), true)
		default:
			both := w.join(w.merge(x.Vals[i], v), x.Vals[i])
			if !x.Sure[i] {
				both = w.join(both, v)
			}
			out.put(k, share(both), x.Sure[i] || def == surely)
		}
	}
	for i, k := range y.Keys.Terms {
		if out.Keys.find(k) < 0 {
			v := y.Vals[i]
			if x.Open {
				v = unknown
			}
			out.put(k, v, y.Sure[i])
		}
	}
	return share(out)
}
