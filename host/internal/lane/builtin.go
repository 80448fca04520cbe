package lane

import (
	"errors"
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// vectorFunc runs a built-in function on the lanes of a path at once. Lanes on
// which it has no value leave it.
type vectorFunc func(f *frame, a *act, args []val) val

// builtin executes a call of a built-in function.
func (f *frame) builtin(a *act, depth int, s *inst) error {
	if s.silent {
		return nil // print: for the author, and it decides nothing
	}
	from := len(f.r.args)
	defer func() { f.r.args = f.r.args[:from] }()
	for _, p := range s.args {
		v, ok := f.get(a, p)
		if !ok {
			return nil
		}
		f.r.args = append(f.r.args, v)
	}
	args := f.r.args[from:]
	if s.unread && s.builtin.Name == "concat" && joinable(f, a, args) {
		return nil
	}
	var v val
	var err error
	if s.vector != nil {
		v = s.vector(f, a, args)
	}
	if v.form == none && !a.p.none() {
		v, err = f.laneByLane(a, s, args)
	}
	switch {
	case err != nil || a.p.none():
	case s.test:
		f.passes(a, &v)
	default:
		f.set(a, depth, s.target, v)
	}
	return err
}

// laneByLane calls OPA's function for each lane that is alive, once for operands
// that follow each other.
func (f *frame) laneByLane(a *act, s *inst, args []val) (val, error) {
	r := f.r
	same := true
	for i := range args {
		args[i] = r.flat(&args[i], &a.p)
		same = same && args[i].form == uniform
	}
	ids := make([]id, len(args))
	if same {
		for i := range args {
			ids[i] = args[i].id
		}
		i, def, err := f.apply(a, s, ids, &a.p)
		if err != nil || i == 0 {
			a.p, a.s = mask{}, mask{}
			return val{}, err
		}
		if def == plan.Possibly {
			f.test(a, &mask{}, &all)
		}
		return one(i), nil
	}
	c := r.newColumn()
	var seen applied
	var yes, maybe mask
	var made id
	var def plan.Definedness
	var failed error
	a.p.each(func(lane int) {
		if failed != nil {
			return
		}
		for i := range args {
			ids[i] = r.at(&args[i], lane)
		}
		if e := seen.find(ids); e != nil {
			made, def = e.made, e.def
		} else {
			var at mask
			at.set(lane)
			if made, def, failed = f.apply(a, s, ids, &at); !f.bad.has(lane) {
				seen.keep(ids, made, def)
			}
		}
		switch {
		case made == 0:
		case def == plan.Surely:
			yes.set(lane)
			c.put(lane, made)
		default:
			maybe.set(lane)
			c.put(lane, made)
		}
	})
	if failed != nil {
		return val{}, failed
	}
	f.test(a, &yes, &maybe)
	return column1(c), nil
}

// applied remembers what a function made of the operands of the last few lanes.
type applied struct {
	entries [8]application
	n       int
}

type application struct {
	ids  [4]id
	made id
	def  plan.Definedness
}

func (m *applied) find(ids []id) *application {
	if len(ids) > len(m.entries[0].ids) {
		return nil
	}
	for i := range min(m.n, len(m.entries)) {
		if e := &m.entries[i]; slices.Equal(e.ids[:len(ids)], ids) {
			return e
		}
	}
	return nil
}

func (m *applied) keep(ids []id, made id, def plan.Definedness) {
	if len(ids) > len(m.entries[0].ids) {
		return
	}
	e := &m.entries[m.n%len(m.entries)]
	copy(e.ids[:], ids)
	e.made, e.def = made, def
	m.n++
}

// apply calls a function for one set of operands, on behalf of lanes. It returns 0
// if it has no value.
func (f *frame) apply(a *act, s *inst, args []id, lanes *mask) (id, plan.Definedness, error) {
	r := f.r
	if err := r.spend(1); err != nil {
		return 0, plan.Undefined, err
	}
	if r.full() {
		return 0, plan.Undefined, errMemory
	}
	if r.h.anyVague(args) {
		v, total := r.work.Uncertain(s.builtin.Name, r.h.pvs(args))
		if total {
			return r.h.vague(v), plan.Surely, nil
		}
		return r.h.vague(v), plan.Possibly, nil
	}
	out, err := r.evaluate(s.builtin, r.h.terms(args))
	var halt topdown.Halt
	switch {
	case errors.As(err, &halt):
		m := *lanes
		f.giveUp(a, &m)
		return 0, plan.Undefined, nil
	case err != nil && r.env.Strict:
		m := *lanes
		f.fail(a, s.where, err, &m)
		return 0, plan.Undefined, nil
	case err != nil || out == nil:
		return 0, plan.Undefined, nil
	}
	return r.h.fromTerm(out), plan.Surely, nil
}

// evaluate calls OPA's function. A relation's values come as an array.
func (r *Run) evaluate(b *ast.Builtin, args []*ast.Term) (out *ast.Term, err error) {
	fn := r.env.Builtin(b.Name)
	if fn == nil {
		return nil, fmt.Errorf("there is no built-in function %s", b.Name)
	}
	defer func() {
		if p := recover(); p != nil {
			out, err = nil, topdown.Halt{Err: fmt.Errorf("OPA panicked: %v", p)}
		}
	}()
	var all []*ast.Term
	err = fn(r.env.Context, args, func(t *ast.Term) error {
		all = append(all, t)
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case b.Relation:
		return ast.ArrayTerm(all...), nil
	case len(all) == 0:
		return nil, nil
	}
	return all[0], nil
}
