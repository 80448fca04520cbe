package lane

import (
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// Lanes is a set of lanes.
type Lanes = mask

// Has tells whether a lane is in the set.
func (m *mask) Has(lane int) bool { return m.has(lane) }

// None tells whether the set is empty.
func (m *mask) None() bool { return m.none() }

// Add puts a lane in the set.
func (m *mask) Add(lane int) { m.set(lane) }

// Union adds the lanes of another set.
func (m *mask) Union(o *Lanes) { m.or(o) }

// Each visits the lanes of the set in order.
func (m *mask) Each(visit func(lane int)) { m.each(visit) }

// Count returns how many lanes are in the set.
func (m *mask) Count() int { return m.count() }

// First returns the set of the first n lanes.
func First(n int) Lanes { return first(n) }

// Value is a value on lanes, for building what rules see. It belongs to the run
// that made it, or to the World.
type Value struct{ v val }

// Question is what rules see beside a World: documents of one request. It is for
// any number of runs, one after the other or at the same time, once it is made.
type Question struct {
	world *World
	h     *heap
}

// NewQuestion begins a question. Whoever makes values of it does so before runs, those
// of all blocks of lanes: what a run has made itself and the question makes after it has
// two ids, and would be taken for two values.
func (w *World) NewQuestion() *Question { return &Question{w, above(w.heap)} }

// Data is the document data.
func (q *Question) Data() Value { return Value{q.world.data} }

// Known is a value that is the same on every lane.
func (q *Question) Known(t *ast.Term) Value { return Value{one(q.h.fromTerm(t))} }

// Documents makes one document for each lane, with fields kept apart. All must be
// objects with strings for keys.
func (q *Question) Documents(docs []Doc) Value {
	mentioned := q.world.mentioned()
	return Value{record1(makeTable(q.h, partsOf(docs), mentioned, mentioned))}
}

// Values makes one known value for each lane; nil is none.
func (q *Question) Values(terms []*ast.Term) Value {
	c := new(column)
	for lane, t := range terms {
		if t != nil {
			c.put(lane, q.h.fromTerm(t))
		}
	}
	return Value{column1(c)}
}

// Rows are the documents of a block of the World's rows, with fields of the
// question's own in place of theirs. full gives a lane's whole document.
func (q *Question) Rows(block int, own []Doc, full func(lane int) Doc) Value {
	base := q.world.blocks[block]
	if own == nil {
		return Value{record1(base)}
	}
	t := makeTable(q.h, partsOf(own), nil, nil)
	t.base, t.parts = base, nil
	t.full = full
	return Value{record1(t)}
}

// Limits bound a run.
type Limits struct {
	Steps int64 // statements; see [Run.Steps]
	Text  int   // bytes of one text that is not made, see [Run.Marks]; 0: no limit
}

// NewRun begins an evaluation. It must be closed.
func (q *Question) NewRun(env plan.Env, l Limits) *Run {
	r, _ := q.world.pool.Get().(*Run)
	if r == nil {
		r = &Run{
			world: q.world, h: above(q.h), memo: map[uint64]*found{}, late: map[fieldKey]*field{},
			completed: map[*table]*table{}, wholes: map[*table]*column{}, singles: map[*table]id{},
			opened: map[id]id{}, versions: map[val]int32{},
		}
		r.work = plan.NewWork(r.spendLane, errMemory)
		r.renumber()
	}
	r.h.mid = q.h
	r.env, r.text, r.asked = env, l.Text, 1
	r.Steps(l.Steps)
	return r
}

// Close frees what a run holds for the next one. Answers of it are no longer good.
func (r *Run) Close() {
	if r.broken || len(r.columns) > keptColumns || len(r.h.parts) > keptValues/partSize ||
		max(len(r.foundAll), len(r.grownAll), len(r.bitsAll), cap(r.pieces)) > keptOthers {
		return // one large run should not hold its memory for ever, and a broken one none
	}
	r.forget()
	r.env = plan.Env{}
	r.h.mid = nil
	r.world.pool.Put(r)
}

// What a run may have taken for its memory to be kept for the next one.
const (
	keptColumns = 1 << 11
	keptValues  = 1 << 16
	keptOthers  = 1 << 14 // of each
)

// Steps sets what may be spent from now on.
func (r *Run) Steps(n int64) {
	r.steps, r.lookAt, r.worked = n, max(0, n-lookEvery), 0
	r.work.Restart(r.env.Bytes)
}

// Field is a key of an object.
type Field struct {
	Name  string
	Value Value
}

// Object makes an object of fields that all lanes have. Objects of one question with
// the same tag, above zero, differ in their field site only.
func (q *Question) Object(tag int, fields ...Field) Value {
	t := &table{names: map[id]int{}, tag: int32(tag)}
	for _, f := range fields {
		key := q.h.str(f.Name)
		t.names[key] = len(t.fields)
		t.fields = append(t.fields, field{key: key, v: f.Value.v, there: all, listed: all})
	}
	return Value{record1(t)}
}

// Answer is what a rule has come to. It is good until the run is closed.
type Answer struct {
	run *Run
	f   *found
	on  mask
}

// Loud lets a fault of the machine itself, a panic, end the process. It is for tests:
// otherwise the fault is an error, and whoever asked goes to the reference engine.
var Loud bool

// Rule evaluates a rule of a program on lanes. Lanes on which that cannot be done
// here are in the answer's Left; an error ends the run.
func (r *Run) Rule(p *Program, index int, input, data Value, lanes Lanes) (a Answer, err error) {
	defer func() {
		if Loud {
			return
		}
		if fault := recover(); fault != nil {
			r.broken = true
			a, err = Answer{}, fmt.Errorf("a fault of the lane machine: %v", fault)
		}
	}()
	r.use(p)
	r.deep, r.asked = 0, max(1, lanes.count())
	f, err := r.call(&p.funcs[index], &input.v, &data.v, nil, &lanes)
	return Answer{run: r, f: f, on: lanes}, err
}

// Marks evaluates a rule that makes a set of texts, for telling only on which lanes
// it has members: nothing is done that would only feed the texts. Of the answer
// only Left and Fired mean something. ok is false if the program has no such
// variant of the rule, or the limit on text is so low that constants may pass it.
func (r *Run) Marks(p *Program, index int, input, data Value, lanes Lanes) (a Answer, ok bool, err error) {
	at, ok := p.marks[index]
	if !ok || r.text > 0 && r.text < 2*longConstant {
		return Answer{}, false, nil
	}
	a, err = r.Rule(p, at, input, data, lanes)
	return a, true, err
}

// use makes a program the one at hand. What has been found by another is dropped.
func (r *Run) use(p *Program) {
	if r.program == p {
		return
	}
	r.program = p
	r.consts = r.world.consts[p]
	clear(r.memo)
	for len(r.frames) < len(p.funcs)+1 {
		r.frames = append(r.frames, nil)
	}
	for i := range r.frames {
		r.frames[i] = r.frames[i][:0]
	}
}

// Left are the lanes on which the rule is to be evaluated one by one.
func (a Answer) Left() Lanes { return both(&a.f.result.bad, &a.on) }

// Failed are the lanes on which the rule fails, all of them left.
func (a Answer) Failed() Lanes {
	left := a.Left()
	return both(&a.run.failed, &left)
}

// Failures are the errors of rules met so far.
func (r *Run) Failures() []Failure { return r.failures }

// On returns the lanes on which the rule fails.
func (f Failure) On() Lanes { return f.lanes }

// Defined returns the lanes on which the rule surely and possibly has a value.
func (a Answer) Defined() (surely, possibly Lanes) {
	surely, possibly = both(&a.f.result.s, &a.on), both(&a.f.result.p, &a.on)
	surely.andNot(&a.f.result.bad)
	possibly.andNot(&a.f.result.bad)
	return surely, possibly
}

// Value returns what the rule is on a lane on which it is defined.
func (a Answer) Value(lane int) plan.Value {
	var one mask
	one.set(lane)
	v := a.run.valueOf(&a.f.result, &one)
	return a.run.h.pv(a.run.solid(a.run.at(&v, lane)))
}

// Each visits the lanes on which a set may have members, with what is known of
// them; more says that there may be others, or that it may be no set.
func (a Answer) Each(visit func(lane int, members []plan.Member, more bool)) {
	_, maybe := a.Defined()
	r := a.run
	var members []plan.Member
	for i := range a.f.result.pieces {
		p := &a.f.result.pieces[i]
		here := both(&p.m, &maybe)
		plain := p.v.form == grown && p.v.g().kind == plan.SetKind
		here.each(func(lane int) {
			members = members[:0]
			ok := plain && a.f.result.s.has(lane)
			for n := 0; ok && n < len(p.v.g().elements); n++ {
				e := &p.v.g().elements[n]
				if !e.p.has(lane) {
					continue
				}
				i := r.solid(r.at(&e.v, lane))
				v := r.h.v(i)
				ok = !v.vague || v.kind == plan.StringKind
				members = append(members, plan.Member{Value: r.h.pv(i), Sure: e.s.has(lane)})
			}
			if ok {
				if len(members) > 0 {
					visit(lane, members, false)
				}
				return
			}
			members, more, isSet := plan.Members(a.Value(lane))
			if more = more || !isSet; more || len(members) > 0 {
				visit(lane, members, more)
			}
		})
	}
}

// Fired returns the lanes on which a set surely, and possibly, has a member.
func (a Answer) Fired() (surely, possibly Lanes) {
	defined, maybe := a.Defined()
	for i := range a.f.result.pieces {
		p := &a.f.result.pieces[i]
		here := both(&p.m, &maybe)
		if here.none() {
			continue
		}
		if p.v.form == grown {
			for n := range p.v.g().elements { // marks have no value
				e := &p.v.g().elements[n]
				surely.or2(&e.s, &here)
				possibly.or2(&e.p, &here)
			}
			continue
		}
		here.each(func(lane int) {
			members, more, _ := plan.Members(a.Value(lane))
			for _, m := range members {
				if possibly.set(lane); m.Sure {
					surely.set(lane)
				}
			}
			if more {
				possibly.set(lane)
			}
		})
	}
	surely.and(&defined)
	return surely, possibly
}

// Most is how many members the set has at most on any lane.
func (a Answer) Most() (n int) {
	for i := range a.f.result.pieces {
		if p := &a.f.result.pieces[i]; p.v.form == grown {
			n = max(n, len(p.v.g().elements))
		}
	}
	return n
}

// Query evaluates the planned query: the bindings of each solution, by lane.
func (r *Run) Query(p *Program, input, data Value, lanes Lanes) (left Lanes, err error) {
	r.use(p)
	r.asked = max(1, lanes.count())
	f := r.frame(&p.query)
	f.enter(0, &lanes)
	f.param(0, input.v)
	f.param(1, data.v)
	for _, b := range p.query.blocks {
		f.enter(1, &f.acts[0].p)
		if err := f.run(b, 1); err != nil {
			return lanes, err
		}
		f.rejoin(&f.acts[0])
	}
	left = f.bad
	r.release(f)
	return left, nil
}

// Results returns the solutions of a query on a lane, in turn.
func (r *Run) Results(lane int) (out []plan.Value) {
	for i := range r.results {
		if p := &r.results[i]; p.m.has(lane) {
			out = append(out, r.h.pv(r.solid(r.at(&p.v, lane))))
		}
	}
	return out
}

// HasMarks tells whether there is a variant of a rule for [Run.Marks].
func (p *Program) HasMarks(index int) bool {
	_, ok := p.marks[index]
	return ok
}
