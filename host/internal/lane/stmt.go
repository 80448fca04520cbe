package lane

import (
	"errors"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

var (
	errConflict  = errors.New("a rule or function has two values at once")
	errTwoValues = errors.New("a key of an object has two values at once")
)

// stmt executes one statement. narrowed says that lanes may have left the path.
func (f *frame) stmt(s *inst, depth int) (narrowed bool, err error) {
	a := &f.acts[depth]
	switch s.op {
	case plan.OpAssign:
		f.assign(a, depth, s)
		return false, nil
	case plan.OpAssignOnce:
		return f.assignOnce(a, depth, s)
	case plan.OpReset:
		if s.target.sort == simple {
			f.simple[s.target.n] = val{}
		} else {
			f.unset(&f.slots[s.target.n], depth, &a.p)
		}
		return false, nil
	case plan.OpMakeArray:
		f.set(a, depth, s.target, f.newCollection(a, depth, plan.ArrayKind))
		return false, nil
	case plan.OpMakeSet:
		f.set(a, depth, s.target, f.newCollection(a, depth, plan.SetKind))
		return false, nil
	case plan.OpMakeObject:
		f.set(a, depth, s.target, f.newCollection(a, depth, plan.ObjectKind))
		return false, nil
	case plan.OpArrayAppend, plan.OpSetAdd:
		return true, f.grow(a, depth, s)
	case plan.OpObjectInsert, plan.OpObjectInsertOnce:
		return true, f.insert(a, depth, s)
	case plan.OpBlock:
		for i := range s.blocks {
			f.enter(depth+1, &a.p)
			if err := f.run(s.blocks[i], depth+1); err != nil {
				return true, err
			}
			f.rejoin(a)
			if a.p.none() {
				break
			}
		}
		return true, nil
	case plan.OpBreak:
		f.leave(depth, s.index, &a.p)
		return true, nil
	case plan.OpBuiltin:
		return true, f.builtin(a, depth, s)
	case plan.OpCall:
		return true, f.call(a, depth, s)
	case plan.OpCallDynamic:
		return true, f.callDynamic(a, depth, s)
	case plan.OpReturn:
		f.giveBack(a, depth, s)
		return true, nil
	case plan.OpResult:
		if v, ok := f.get(a, s.a); ok {
			f.r.results = append(f.r.results, piece{f.r.freeze(v), a.p})
		}
		return true, nil
	case plan.OpScan:
		return true, f.scan(a, depth, s)
	case plan.OpNot:
		c := f.enter(depth+1, &a.p)
		if err := f.run(s.blocks[0], depth+1); err != nil {
			return true, err
		}
		f.rejoin(a)
		sure := c.sure()
		a.p.andNot(&sure)
		if m := both(&a.p, &c.p); !m.none() {
			f.parts(a, &m)
		}
		a.s.andNot(&sure)
		a.s.andNot(&c.p)
		return true, nil
	case plan.OpWith:
		return true, f.with(a, depth, s)
	case plan.OpNop:
		return false, nil
	case plan.OpMark:
		f.mark(a, depth, s)
		return true, nil
	case opAny:
		return true, f.any(a, depth, s)
	case opHolds:
		f.holds(a, depth)
		return false, nil
	case opSome:
		return true, f.some(a, depth, s)
	case opExtreme:
		return true, f.anyExtreme(a, depth, s)
	case plan.OpLookAt:
		f.bounded(a, s)
		return true, nil
	}
	return f.look(a, depth, s), nil
}

// assign copies a local, with or without a value.
func (f *frame) assign(a *act, depth int, s *inst) {
	if s.target.sort == simple {
		switch s.a.sort {
		case constant:
			f.simple[s.target.n] = one(f.r.consts[s.a.n])
		case simple:
			f.simple[s.target.n] = f.r.freeze(f.simple[s.a.n])
		}
		return
	}
	to := &f.slots[s.target.n]
	if s.a.sort != shared {
		v := val{}
		if s.a.sort == constant {
			v = one(f.r.consts[s.a.n])
		} else {
			v = f.r.freeze(f.simple[s.a.n])
		}
		if v.form == none {
			f.unset(to, depth, &a.p)
			return
		}
		f.write(to, depth, v, &a.p, &a.p)
		return
	}
	from := &f.slots[s.a.n]
	if from == to {
		return
	}
	have := both(&a.p, &from.p)
	if lack := less(&a.p, &from.p); !lack.none() {
		f.unset(to, depth, &lack)
	}
	if !have.none() {
		f.write(to, depth, f.r.freeze(f.r.valueOf(from, &have)), &have, &from.s)
		to.bad.or2(&from.bad, &have)
	}
}

// known returns the lanes of the path on which an operand is possibly and surely
// defined, and what it is there.
func (f *frame) known(a *act, p place) (v val, possibly, surely mask) {
	switch {
	case p.sort == constant:
		return one(f.r.consts[p.n]), a.p, a.p
	case p.sort == simple && f.simple[p.n].form == none:
		return val{}, mask{}, mask{}
	case p.sort == simple:
		return f.simple[p.n], a.p, a.p
	}
	s := &f.slots[p.n]
	if meet(&s.bad, &a.p) {
		m := both(&s.bad, &a.p)
		f.giveUp(a, &m)
	}
	possibly, surely = both(&a.p, &s.p), both(&a.p, &s.s)
	if !possibly.none() {
		v = f.r.valueOf(s, &possibly)
	}
	return v, possibly, surely
}

// assignOnce assigns a local that must not have another value.
func (f *frame) assignOnce(a *act, depth int, s *inst) (narrowed bool, err error) {
	v, lanes, sure := f.known(a, s.a)
	if lanes.none() {
		return false, nil
	}
	v = f.r.freeze(v)
	to := &f.slots[s.target.n]
	if !meet(&lanes, &to.p) {
		f.write(to, depth, v, &lanes, &sure)
		return false, nil
	}
	again := both(&lanes, &to.p)
	again.andNot(&to.bad)
	fresh := less(&lanes, &to.p)
	if !fresh.none() {
		f.write(to, depth, v, &fresh, &sure)
	}
	if again.none() {
		return false, nil
	}
	old := f.r.valueOf(to, &again)
	yes, unknown := f.r.equal(&old, &v, &again)
	same := both(&again, &yes)
	more := both(&same, &sure)
	more.andNot(&to.s)
	if !more.none() {
		f.keep(to, depth, &more)
		to.s.or(&more)
		to.fresh.or(&more)
	}
	differ := less(&again, &yes)
	if differ.none() {
		return false, nil
	}
	clash := less(&differ, &unknown)
	clash.and(&to.s)
	clash.and(&sure)
	if !clash.none() {
		f.fail(a, s.where, errConflict, &clash)
		differ.andNot(&clash)
	}
	if !differ.none() {
		now := to.s
		now.or(&sure)
		f.keep(to, depth, &differ)
		to.fresh.or(&differ)
		f.r.joinInto(to, v, &differ)
		now.and(&differ)
		to.s.or(&now)
	}
	return true, nil
}

// giveBack returns from the function.
func (f *frame) giveBack(a *act, depth int, s *inst) {
	v, lanes, sure := f.known(a, s.a)
	if f.split {
		path := f.surely(depth, 0, 0)
		sure.and(&path)
	}
	switch {
	case lanes.none():
	case len(f.ret.pieces) == 0:
		f.ret.pieces = append(f.ret.pieces, piece{f.r.freeze(v), lanes})
		f.ret.p, f.ret.s = lanes, sure
	default:
		v = f.r.freeze(v)
		again := both(&lanes, &f.ret.p)
		fresh := less(&lanes, &again)
		if !fresh.none() {
			f.ret.put(v, &fresh)
			m := both(&sure, &fresh)
			f.ret.s.or(&m)
		}
		if !again.none() {
			f.r.joinInto(&f.ret, v, &again)
			f.ret.s.andNot(&again)
		}
	}
	if !s.last {
		f.leave(depth, depth, &a.p)
	}
}

// look executes the statements that only read.
func (f *frame) look(a *act, depth int, s *inst) (narrowed bool) {
	r := f.r
	if s.op == plan.OpIsDefined || s.op == plan.OpIsUndefined {
		f.isDefined(a, depth, s)
		return true
	}
	x, ok := f.get(a, s.a)
	if !ok {
		return true
	}
	switch s.op {
	case plan.OpIsArray:
		f.testKind(a, &x, plan.ArrayKind)
		return true
	case plan.OpIsObject:
		f.testKind(a, &x, plan.ObjectKind)
		return true
	case plan.OpIsSet:
		f.testKind(a, &x, plan.SetKind)
		return true
	case plan.OpLen:
		v := r.length(a, &x)
		if !a.p.none() {
			f.set(a, depth, s.target, v)
		}
		return true
	}
	y, ok := f.get(a, s.b)
	if !ok {
		return true
	}
	switch s.op {
	case plan.OpDot:
		return f.follow(a, depth, s, &x, &y)
	case plan.OpEqual, plan.OpNotEqual:
		return f.compare(a, depth, s, &x, &y)
	}
	f.set(a, depth, s.target, r.merge(&x, &y, &a.p))
	return false
}

// follow executes a step into a document.
func (f *frame) follow(a *act, depth int, s *inst, x, y *val) (narrowed bool) {
	if x.form == uniform && y.form == uniform {
		if i, def := f.r.lookup(x.id, y.id); def == plan.Surely {
			f.set(a, depth, s.target, one(i))
			return false
		}
	}
	if v := f.dot(a, x, y); v.form != none && !a.p.none() {
		f.set(a, depth, s.target, v)
	}
	return true
}

// compare executes a comparison.
func (f *frame) compare(a *act, depth int, s *inst, x, y *val) (narrowed bool) {
	r := f.r
	if x.form == uniform && y.form == uniform {
		t := r.truth(r.solid(x.id), r.solid(y.id))
		if t != plan.Maybe {
			if (t == plan.Yes) != (s.op == plan.OpEqual) {
				a.p, a.s = mask{}, mask{}
				return true
			}
			return false
		}
	}
	yes, unknown := r.equal(x, y, &a.p)
	if s.op == plan.OpNotEqual {
		differ := a.p
		differ.andNot(&yes)
		differ.andNot(&unknown)
		f.test(a, &differ, &unknown)
		return true
	}
	f.test(a, &yes, &unknown)
	if m := both(&unknown, &a.p); !m.none() {
		if s.learnA {
			f.learn(a, depth, s.a, x, y, &m)
		}
		if s.learnB {
			f.learn(a, depth, s.b, y, x, &m)
		}
	}
	return true
}

// isDefined tests whether a local has a value.
func (f *frame) isDefined(a *act, depth int, s *inst) {
	if s.target.sort == simple { // only a parameter that is never given
		if (f.simple[s.target.n].form == none) == (s.op == plan.OpIsDefined) {
			a.p, a.s = mask{}, mask{}
		}
		return
	}
	t := &f.slots[s.target.n]
	if meet(&t.bad, &a.p) {
		m := both(&t.bad, &a.p)
		f.giveUp(a, &m)
	}
	yes, unknown := t.s, less(&t.p, &t.s)
	if s.op == plan.OpIsUndefined {
		yes = less(&a.p, &t.p)
	}
	open := both(&unknown, &a.p)
	if open.none() {
		f.test(a, &yes, &unknown)
		return
	}
	f.keep(t, depth, &open)
	f.test(a, &yes, &unknown)
	// Where the test stops, it is the other way about.
	other := entry{slot: t}
	if s.op == plan.OpIsUndefined {
		other.old.p, other.old.s = open, open
		other.old.pieces = f.r.some(t.pieces, &open)
	}
	f.record(other, depth, &open)
	t.fresh.or(&open)
	if s.op == plan.OpIsDefined {
		t.s.or(&open)
	} else {
		f.unset(t, depth, &open)
	}
}

// learn notes, where two values are only possibly equal, that a local is what is
// known of the other.
func (f *frame) learn(a *act, depth int, to place, have, other *val, lanes *mask) {
	r := f.r
	c := r.newColumn()
	learnt := false
	a.p.each(func(lane int) {
		i := r.solid(r.at(have, lane))
		if lanes.has(lane) {
			if o := r.solid(r.at(other, lane)); !o.vague() {
				i, learnt = o, true
			}
		}
		c.put(lane, i)
	})
	if learnt {
		f.set(a, depth, to, column1(c))
	}
}

// with executes a block with part of a document replaced.
func (f *frame) with(a *act, depth int, s *inst) error {
	v, possibly, _ := f.known(a, s.a)
	if !within(&a.p, &possibly) && !possibly.none() {
		less := less(&a.p, &possibly) // a document that only some lanes have
		f.giveUp(a, &less)
	}
	v = f.r.freeze(v)
	var saved val
	var savedSlot slot
	if s.target.sort == simple {
		saved = f.simple[s.target.n]
		if len(s.path) > 0 {
			v = f.r.upsert(&saved, s.path, &v, &a.p)
		}
		f.simple[s.target.n] = v
	} else {
		t := &f.slots[s.target.n]
		savedSlot = slot{pieces: append([]piece(nil), t.pieces...), p: t.p, s: t.s, bad: t.bad}
		if len(s.path) > 0 {
			old := val{}
			if within(&a.p, &t.p) {
				old = f.r.valueOf(t, &a.p)
			} else if meet(&a.p, &t.p) {
				f.giveUp(a, &a.p)
				return nil
			}
			v = f.r.upsert(&old, s.path, &v, &a.p)
		}
		t.pieces, t.p, t.s, t.bad = append(t.pieces[:0], piece{v, a.p}), a.p, a.p, mask{}
		if v.form == none {
			t.pieces, t.p, t.s = t.pieces[:0], mask{}, mask{}
		}
	}
	c := f.enter(depth+1, &a.p)
	err := f.run(s.blocks[0], depth+1)
	if s.target.sort == simple {
		f.simple[s.target.n] = saved
	} else {
		t := &f.slots[s.target.n]
		t.pieces, t.p, t.s, t.bad = append(t.pieces[:0], savedSlot.pieces...), savedSlot.p, savedSlot.s, savedSlot.bad
	}
	if err != nil {
		return err
	}
	f.rejoin(a)
	sure := c.sure()
	f.test(a, &sure, &c.p)
	return nil
}

// mark adds a member of which only that it is there matters.
func (f *frame) mark(a *act, depth int, s *inst) {
	g := f.changed(a, depth, s.target)
	if g == nil || a.p.none() {
		return
	}
	sure := f.sureFor(a, depth, g)
	g.elements = append(g.elements, element{p: a.p, s: both(&sure, &a.p)})
}

// escaped is how many bytes one byte of an argument may become in text: \x00, and \\x00
// where it stands in a collection, which is escaped once more by %q.
const escaped = 5

// complaint is how many bytes more a verb or an argument may take that do not fit
// each other, as in %!d(json.Number=1) or %!(EXTRA string=a).
const complaint = 32

// formatBytes bounds what becomes of a format itself.
func formatBytes(format string) int { return len(format) + complaint*strings.Count(format, "%") }

// bounded hands lanes back on which text made of the arguments may be too long.
func (f *frame) bounded(a *act, s *inst) {
	size := s.index
	for _, p := range s.args {
		v, ok := f.get(a, p)
		if !ok {
			return
		}
		size += complaint + escaped*f.r.bound(&v, &a.p)
	}
	if limit := f.r.text; limit > 0 && size > limit {
		f.giveUp(a, &a.p)
	}
}
