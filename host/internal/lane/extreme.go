package lane

import (
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// opExtreme stands for the least or greatest element of an array that is taken apart for
// its parts to be bounded, and no more: `[ms, name] := min([[ms, name] | …])`. It matters
// only where there is one. It has the statements that it stands for.
const opExtreme plan.Op = 102

// takenApart returns how many statements from the first on find an extreme and take it
// apart, for no other use of the parts than to bound them; 0 if they do something else.
func (c *compiler) takenApart(b block) int {
	if b[0].op != plan.OpBuiltin || b[0].builtin.Name != ast.Min.Name && b[0].builtin.Name != ast.Max.Name || len(b) < 4 {
		return 0
	}
	t, length := b[0].target, &b[2]
	if b[1].op != plan.OpIsArray || b[1].a != t || length.op != plan.OpLen || length.a != t || !c.alone(length.target) ||
		b[3].op != plan.OpEqual || b[3].a != length.target || b[3].b.sort != constant {
		return 0
	}
	size, ok := c.program.consts[b[3].b.n].Value.(ast.Number)
	if !ok {
		return 0
	}
	n := 4
	for ; n < len(b) && b[n].op == plan.OpDot && b[n].a == t; n++ {
		d := b[n].target
		if d.sort != simple || c.readers[d.n] != c.lookers[d.n] || b[n].b.sort != constant {
			return 0
		}
		if i, ok := c.program.consts[b[n].b.n].Value.(ast.Number); !ok || !isPlace(i, size) {
			return 0
		}
	}
	if t.sort != simple || c.readers[t.n] != n-2 {
		return 0
	}
	return n
}

// isPlace tells whether a number is a place of an array with so many elements.
func isPlace(i, size ast.Number) bool {
	at, err := strconv.Atoi(string(i))
	n, err2 := strconv.Atoi(string(size))
	return err == nil && err2 == nil && at >= 0 && at < n
}

// anyExtreme goes on where an array has an extreme that can be taken apart. What is bounded
// then is an element with all its parts, the largest.
func (f *frame) anyExtreme(a *act, depth int, s *inst) error {
	x, ok := f.get(a, s.a)
	if !ok {
		return nil
	}
	parts := s.blocks[0]
	size, _ := strconv.Atoi(string(f.r.program.consts[parts[3].b.n].Value.(ast.Number)))
	yes, maybe, largest, ok := f.r.hasExtreme(&x, &a.p, size)
	if !ok {
		return f.each(a, depth, s)
	}
	f.test(a, &yes, &maybe)
	for i := 4; i < len(parts) && !a.p.none(); i++ {
		f.set(a, depth, parts[i].target, largest)
	}
	return nil
}

// hasExtreme tells on which lanes an array of arrays of one size, all made by statements,
// has a least and a greatest element, and on which it may have; ok is false if it is not
// easily told. It returns the element that takes most text.
func (r *Run) hasExtreme(x *val, lanes *mask, size int) (yes, maybe mask, largest val, ok bool) {
	if x.form != grown || x.g().kind != plan.ArrayKind {
		return yes, maybe, largest, false
	}
	g := x.g()
	r.toil(len(g.elements))
	maybe = g.loose
	maybe.or(&g.unknown)
	maybe.and(lanes)
	largest = one(idUnknown)
	most := r.sizeOf(idUnknown)
	for i := range g.elements {
		e := &g.elements[i]
		here := both(&e.p, lanes)
		if here.none() {
			continue
		}
		if !r.isArrayOf(&e.v, size) {
			return yes, maybe, largest, false
		}
		odd, ok := r.oddOn(&e.v, &here)
		if !ok {
			return yes, maybe, largest, false
		}
		yes.or(&here)
		here.andNot(&e.s)
		maybe.or(&odd)
		maybe.or(&here)
		if n := r.bound(&e.v, lanes); n > most {
			most, largest = n, e.v
		}
	}
	yes.andNot(&maybe)
	return yes, maybe, largest, true
}

// isArrayOf tells whether a value is surely an array with so many elements, wherever it is.
func (r *Run) isArrayOf(v *val, size int) bool {
	switch v.form {
	case uniform:
		x := r.h.v(v.id)
		return !x.vague && x.kind == plan.ArrayKind && len(x.elems) == size
	case grown:
		return v.g().kind == plan.ArrayKind && len(v.g().elements) == size
	}
	return false
}
