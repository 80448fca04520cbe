package lane

import "github.com/bailiwick-dev/bailiwick/host/internal/plan"

// need is what the block of a scan asks first of all of each value it is given: a
// key and, with op, that the value under it equals a constant or does not. Where
// that is not so, the block ends with nothing done.
type need struct {
	key  int32 // constant of the program; -1: nothing
	op   plan.Op
	with int32
}

// needs finds what a scan asks.
func needs(s *inst) need {
	none := need{key: -1}
	if !s.valUsed || len(s.blocks[0]) == 0 {
		return none
	}
	b := s.blocks[0]
	if b[0].op != plan.OpDot || b[0].a != s.target || b[0].b.sort != constant {
		return none
	}
	n := need{key: b[0].b.n}
	if len(b) > 1 && (b[1].op == plan.OpEqual || b[1].op == plan.OpNotEqual) && b[1].a == b[0].target && b[1].b.sort == constant {
		n.op, n.with = b[1].op, b[1].b.n
	}
	return n
}

// misses tells whether a value surely is not what is asked.
func (r *Run) misses(i id, n *need) bool {
	if i.vague() || i.closed() {
		return false
	}
	v := r.h.v(i)
	if v.kind != plan.ObjectKind {
		return false
	}
	at := r.h.position(v, r.consts[n.key])
	if at < 0 {
		return true
	}
	has := v.elems[at+1]
	if n.op == 0 || has.vague() || has.closed() {
		return false
	}
	same := r.h.v(has).equal == r.h.v(r.consts[n.with]).equal
	return same == (n.op == plan.OpNotEqual)
}

// having returns the positions of the members of a World's object that may be what
// is asked. They are looked for once for all runs.
func (r *Run) having(i id, n *need) []int32 {
	w := r.world
	at := question{of: i, key: r.consts[n.key], op: n.op}
	if n.op != 0 {
		at.with = r.consts[n.with]
	}
	w.mu.Lock()
	found, ok := w.having[at]
	w.mu.Unlock()
	if ok {
		return found
	}
	v := r.h.v(i)
	for k := 0; k < len(v.elems); k += 2 {
		if !r.misses(v.elems[k+1], n) {
			found = append(found, int32(k))
		}
	}
	w.mu.Lock()
	w.having[at] = found
	w.mu.Unlock()
	return found
}

// question is what is asked of the members of an object.
type question struct {
	of, key, with id
	op            plan.Op
}

// passedPerStep is how many members passed over count as one step.
const passedPerStep = 64
