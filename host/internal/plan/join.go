package plan

// join returns a value that stands for whatever either stands for.
func join(a, b Value) Value {
	if a == b {
		return a
	}
	ta, oka := known(a)
	tb, okb := known(b)
	if oka && okb && ta.Equal(tb) {
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
		return joinArrays(open(a).(*Array), open(b).(*Array))
	case setKind:
		return joinSets(open(a).(*Set), open(b).(*Set))
	case objectKind:
		return joinObjects(open(a).(*Object), open(b).(*Object))
	}
	return unknown
}

func joinArrays(a, b *Array) Value {
	if a.Exact && b.Exact && len(a.Elems) == len(b.Elems) {
		out := &Array{Exact: true, made: made{token: noToken, size: max(a.size, b.size)}}
		for i := range a.Elems {
			out.Elems = append(out.Elems, share(join(a.Elems[i], b.Elems[i])))
		}
		return out
	}
	out := &Array{Open: a.Open || b.Open, made: made{token: noToken, size: max(a.size, b.size)}}
	taken := make([]bool, len(b.Elems))
	for i, e := range a.Elems {
		sure := false
		for j, o := range b.Elems {
			if !taken[j] && equal(e, o) == yes {
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

func joinSets(a, b *Set) Value {
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

func joinObjects(a, b *Object) Value {
	out := &Object{Open: a.Open || b.Open, made: made{token: noToken, size: max(a.size, b.size)}}
	for i, k := range a.Keys.Terms {
		switch v, def := dot(b, k); def {
		case undefined:
			out.put(k, a.Vals[i], false)
		default:
			out.put(k, share(join(a.Vals[i], v)), a.Sure[i] && def == surely)
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
func joinSlots(a, b slot) slot {
	switch {
	case a.def == undefined && b.def == undefined:
		return slot{}
	case a.def == undefined:
		return slot{b.v, possibly}
	case b.def == undefined:
		return slot{a.v, possibly}
	}
	return slot{join(a.v, b.v), min(a.def, b.def)}
}

// merge is the recursive union of the extent of base data with that of rules; of
// two values at one place that are not both objects, base data's counts.
func merge(a, b Value) Value {
	ka, kb := kindOf(a), kindOf(b)
	switch {
	case ka != objectKind && ka != anyKind || kb != objectKind && kb != anyKind:
		return a
	case ka == anyKind || kb == anyKind:
		return unknown
	}
	x, y := open(a).(*Object), open(b).(*Object)
	out := &Object{Open: x.Open || y.Open, made: made{token: noToken, shared: true, size: x.size + y.size}}
	for i, k := range x.Keys.Terms {
		v, def := dot(y, k)
		switch {
		case def == undefined:
			out.put(k, x.Vals[i], x.Sure[i])
		case x.Sure[i] && def == surely:
			out.put(k, share(merge(x.Vals[i], v)), true)
		default:
			both := join(merge(x.Vals[i], v), x.Vals[i])
			if !x.Sure[i] {
				both = join(both, v)
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
