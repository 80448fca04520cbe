package plan

import (
	"errors"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// get reads an operand.
func (f *frame) get(o Operand) slot {
	if o.Term != nil {
		return slot{o.Term, surely}
	}
	return f.slots[o.Local]
}

// test goes on where a test passes.
func (f *frame) test(t truth) int {
	switch t {
	case no:
		return stop
	case maybe:
		f.split()
	}
	return next
}

// assign sets a local to a value that is defined as far as def says, and goes on
// where it is.
func (f *frame) assign(l int, v Value, def definedness) int {
	switch def {
	case undefined:
		return stop
	case possibly:
		f.split()
	}
	f.set(l, slot{v, surely})
	return next
}

// stmt executes one statement.
func (f *frame) stmt(s *Stmt) (int, error) {
	if f.in.env.Step != nil {
		if err := f.in.env.Step(1); err != nil {
			return stop, &Error{Place: s.Place, Err: err}
		}
	}
	switch s.Op {
	case OpAssign:
		v := f.get(s.A)
		f.set(s.Target, slot{share(v.v), v.def})
	case OpAssignOnce:
		return f.assignOnce(s)
	case OpReset:
		f.set(s.Target, slot{})
	case OpMakeArray:
		f.set(s.Target, slot{&Array{Exact: true, made: made{token: f.token, orderless: f.orderless}}, surely})
	case OpMakeObject:
		f.set(s.Target, slot{&Object{made: made{token: f.token}}, surely})
	case OpMakeSet:
		f.set(s.Target, slot{&Set{made: made{token: f.token}}, surely})
	case OpArrayAppend, OpSetAdd, OpObjectInsert, OpObjectInsertOnce:
		return next, f.change(s)
	case OpBlock:
		for _, b := range s.Blocks {
			code, _, err := f.run(b, false, nil)
			if err != nil {
				return stop, err
			}
			if code > stop {
				return outer(code), nil
			}
		}
	case OpBreak:
		return s.Index, nil
	case OpBuiltin:
		return f.builtin(s)
	case OpCall, OpCallDynamic:
		return f.call(s)
	case OpReturn:
		v := f.get(s.A)
		if f.ret.def == undefined && f.token == 0 {
			f.ret = v
		} else if f.token == 0 {
			f.ret = f.in.work.joinSlots(f.ret, v)
		} else if f.ret.def = min(v.def, possibly); f.ret.v == nil {
			f.ret.v = v.v
		} else {
			f.ret.v = f.in.work.join(f.ret.v, v.v)
		}
		return leave, nil
	case OpResult:
		f.in.results = append(f.in.results, share(f.get(s.A).v))
	case OpScan:
		return f.scan(s)
	case OpNot:
		code, done, err := f.run(s.Blocks[0], false, nil)
		if err != nil || code > stop {
			return outer(code), err
		}
		return f.test(done.not()), nil
	case OpWith:
		return f.with(s)
	default:
		return f.look(s), nil
	}
	return next, nil
}

// outer is how control goes on in the block around one that was left.
func outer(code int) int {
	if code == leave {
		return leave
	}
	return code - 1
}

// look executes the statements that only read.
func (f *frame) look(s *Stmt) int {
	switch s.Op {
	case OpIsDefined, OpIsUndefined:
		have := f.slots[s.Target]
		want := surely
		if s.Op == OpIsUndefined {
			want = undefined
		}
		switch have.def {
		case want:
			return next
		case possibly:
			// Where the test stops, it is the other way about.
			f.keep(s.Target)
			f.split()
			other := slot{have.v, surely}
			if want == surely {
				other = slot{}
			}
			f.log = append(f.log, logged{s.Target, other})
			f.slots[s.Target], f.since[s.Target] = slot{have.v, want}, f.token
			return next
		}
		return stop
	case OpMerge:
		a, b := f.get(s.A), f.get(s.B)
		return f.assign(s.Target, f.in.work.merge(a.v, b.v), surely)
	}
	a := f.get(s.A)
	if a.def == undefined {
		return stop
	}
	switch s.Op {
	case OpIsArray:
		return f.test(is(a.v, arrayKind))
	case OpIsObject:
		return f.test(is(a.v, objectKind))
	case OpIsSet:
		return f.test(is(a.v, setKind))
	case OpLen:
		return f.assign(s.Target, f.in.work.length(a.v), surely)
	}
	b := f.get(s.B)
	if b.def == undefined {
		return stop
	}
	switch s.Op {
	case OpDot:
		v, def := f.in.work.dot(a.v, b.v)
		return f.assign(s.Target, share(v), def)
	case OpEqual:
		t := f.in.work.equal(a.v, b.v)
		code := f.test(t)
		if t == maybe {
			f.learn(s.A, b.v)
			f.learn(s.B, a.v)
		}
		return code
	case OpNotEqual:
		return f.test(f.in.work.equal(a.v, b.v).not())
	}
	panic("a statement of another kind")
}

// learn notes on a path taken only where two values are equal that a local is
// what is known of the other.
func (f *frame) learn(o Operand, v Value) {
	if o.Term != nil {
		return
	}
	if _, ok := known(v); ok {
		f.set(o.Local, slot{v, f.slots[o.Local].def})
	}
}

func is(v Value, k kind) truth {
	switch kindOf(v) {
	case anyKind:
		return maybe
	case k:
		return yes
	}
	return no
}

// length is the number of members.
func (w *Work) length(v Value) Value {
	if t, ok := known(v); ok {
		if n, ok := t.Value.(interface{ Len() int }); ok {
			return ast.InternedTerm(n.Len())
		}
		return unknown
	}
	switch c := w.open(v).(type) {
	case *Array:
		w.do(len(c.Sure))
		if c.Exact || !c.Open && all(c.Sure) {
			return ast.InternedTerm(len(c.Elems))
		}
	case *Set:
		if !c.Open && len(c.Keys.Terms) == 0 && len(c.Vague) == 1 && c.VagueSure[0] {
			return ast.InternedTerm(1)
		}
	case *Object:
		w.do(len(c.Sure))
		if !c.Open && all(c.Sure) {
			return ast.InternedTerm(len(c.Vals))
		}
	}
	return unknown
}

// assignOnce assigns a local that must not have another value.
func (f *frame) assignOnce(s *Stmt) (int, error) {
	v, old := f.get(s.A), f.slots[s.Target]
	if v.def == undefined {
		return next, nil
	}
	if old.def == undefined {
		f.set(s.Target, slot{share(v.v), v.def})
		return next, nil
	}
	same := f.in.work.equal(old.v, v.v)
	if same == no && old.def == surely && v.def == surely {
		return stop, f.fail(s.Place, errConflict)
	}
	if same != yes {
		f.set(s.Target, slot{share(f.in.work.join(old.v, v.v)), max(old.def, v.def)})
	} else if v.def > old.def {
		f.set(s.Target, slot{old.v, v.def})
	}
	return next, nil
}

var (
	errConflict  = errors.New("a rule or function has two values at once")
	errTwoValues = errors.New("a key of an object has two values at once")
	errNoSuch    = errors.New("a collection is changed that is none")
)

// change executes the statements that change a collection.
func (f *frame) change(s *Stmt) error {
	a := f.get(s.A)
	v := share(a.v)
	switch s.Op {
	case OpArrayAppend:
		c, sure := f.array(s.Target)
		if c == nil {
			return f.fail(s.Place, errNoSuch)
		}
		if f.orderless > c.orderless {
			c.loosen()
		}
		c.append(v, sure)
		return f.weigh(s, &c.made, v)
	case OpSetAdd:
		c, sure := f.setOf(s.Target)
		if c == nil {
			return f.fail(s.Place, errNoSuch)
		}
		c.add(v, sure)
		return f.weigh(s, &c.made, v)
	}
	val := share(f.get(s.B).v)
	c, sure := f.object(s.Target)
	if c == nil {
		return f.fail(s.Place, errNoSuch)
	}
	if !c.insert(f.in.work, v, val, sure, s.Op == OpObjectInsertOnce) {
		return f.fail(s.Place, errTwoValues)
	}
	if err := f.weigh(s, &c.made, v); err != nil {
		return err
	}
	return f.weigh(s, &c.made, val)
}

// bytesPerStep is how many bytes of a part are looked at for one step.
const bytesPerStep = 64

// weigh adds a part to what a collection weighs, and refuses one too large.
func (f *frame) weigh(s *Stmt, m *made, part Value) error {
	m.term = nil
	size := f.in.size(part)
	m.size += size
	if size >= bytesPerStep && f.in.env.Step != nil {
		if err := f.in.env.Step(size / bytesPerStep); err != nil {
			return &Error{Place: s.Place, Err: err}
		}
	}
	if limit := f.in.env.Bytes; limit > 0 && m.size > limit {
		return &Error{Place: s.Place, Err: f.in.env.TooLarge}
	}
	return nil
}

// scan walks through a collection.
func (f *frame) scan(s *Stmt) (int, error) {
	source := f.get(s.A)
	if source.def == undefined {
		return next, nil
	}
	code := next
	var err error
	if f.in.work.orderless(source.v) {
		f.orderless++
		defer func() { f.orderless-- }()
	}
	f.in.work.walk(source.v, func(k, v Value, sure bool) bool {
		code, _, err = f.run(s.Blocks[0], !sure, func() {
			f.set(s.Key, slot{share(k), surely})
			f.set(s.Target, slot{share(v), surely})
		})
		return err == nil && code == next
	})
	if err != nil {
		return stop, err
	}
	if code > stop {
		return outer(code), nil
	}
	return next, nil
}

// orderless says that the members of a collection come in no known order.
func (w *Work) orderless(v Value) bool {
	if _, ok := v.(*Doc); ok {
		v = w.open(v)
	}
	switch c := v.(type) {
	case *Array:
		return !c.Exact
	case *Set:
		return len(c.Vague) > 0
	}
	return false
}

// walk visits the members of a collection: those that are there, those that may
// be, and one that stands for any other.
func (w *Work) walk(source Value, step func(k, v Value, sure bool) bool) {
	if t, ok := source.(*ast.Term); ok {
		walkTerm(t, step)
		return
	}
	switch c := w.open(source).(type) {
	case *Unknown:
		step(unknown, unknown, false)
	case *Array:
		for i, e := range c.Elems {
			var k Value = unknown
			if c.Exact {
				k = ast.InternedTerm(i)
			}
			if !step(k, e, c.Exact || c.Sure[i]) {
				return
			}
		}
		if c.Open {
			step(unknown, unknown, false)
		}
	case *Set:
		for _, i := range w.sorted(c.Keys.Terms) {
			if k := c.Keys.Terms[i]; !step(k, k, c.Sure[i]) {
				return
			}
		}
		for i, v := range c.Vague {
			// Of members that may be one and the same, one is there.
			if !step(v, v, c.VagueSure[i] && i == 0 && len(c.Keys.Terms) == 0) {
				return
			}
		}
		if c.Open {
			step(unknown, unknown, false)
		}
	case *Object:
		for _, i := range w.sorted(c.Keys.Terms) {
			if !step(c.Keys.Terms[i], c.Vals[i], c.Sure[i]) {
				return
			}
		}
		if c.Open {
			step(unknown, unknown, false)
		}
	}
}

// sorted returns the indexes of terms in OPA's order.
func sorted(terms []*ast.Term) []int {
	out := make([]int, len(terms))
	for i := range out {
		out[i] = i
	}
	slices.SortFunc(out, func(a, b int) int { return ast.Compare(terms[a], terms[b]) })
	return out
}

func walkTerm(t *ast.Term, step func(k, v Value, sure bool) bool) {
	switch v := t.Value.(type) {
	case *ast.Array:
		for i := range v.Len() {
			if !step(ast.InternedTerm(i), v.Elem(i), true) {
				return
			}
		}
	case ast.Set:
		for _, e := range v.Slice() {
			if !step(e, e, true) {
				return
			}
		}
	case ast.Object:
		v.Until(func(k, e *ast.Term) bool { return !step(k, e, true) })
	}
}

// with executes a block with part of a document replaced.
func (f *frame) with(s *Stmt) (int, error) {
	saved := f.slots[s.Target]
	v := f.get(s.A)
	if len(s.Args) > 0 {
		v = slot{f.upsert(saved, s.Args, v.v), surely}
	}
	v.v = share(v.v)
	// Neither is logged: wherever the ways meet, it has been put back.
	f.slots[s.Target] = v
	code, done, err := f.run(s.Blocks[0], false, nil)
	f.slots[s.Target] = saved
	if err != nil || code > stop {
		return outer(code), err
	}
	return f.test(done), nil
}

// upsert returns a document with the value at a path, objects made on the way.
func (f *frame) upsert(doc slot, path []Operand, v Value) Value {
	if len(path) == 0 {
		return v
	}
	o := &Object{}
	if doc.def != undefined {
		switch kindOf(doc.v) {
		case objectKind:
			o = f.thaw(doc.v).(*Object)
		case anyKind:
			o.Open = true
		}
		if doc.def == possibly {
			o.Sure = make([]bool, len(o.Sure))
		}
	}
	key := path[0].Term
	below, def := f.in.work.dot(o, key)
	if def == undefined {
		below = nil
	}
	o.insert(f.in.work, key, share(f.upsert(slot{below, def}, path[1:], v)), true, false)
	return o
}
