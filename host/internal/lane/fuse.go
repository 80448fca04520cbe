package lane

import (
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// opSome tests whether a collection has a member: `count(x) > 0`. It has the statements
// that it stands for, for collections of which that is not told at a glance.
const opSome plan.Op = 101

// fuse makes one statement of several that follow each other, where nothing else reads
// what the first of them sets.
func (c *compiler) fuse(b block) block {
	out := b[:0]
	for i := 0; i < len(b); i++ {
		if n := c.takenApart(b[i:]); n > 0 {
			parts := append(block{}, b[i:i+n]...)
			out = append(out, inst{op: opExtreme, a: parts[0].args[0], where: parts[0].where, blocks: []block{parts}})
			i += n - 1
			continue
		}
		s := b[i]
		if n := len(out); n > 0 && c.testOf(&s, &out[n-1]) {
			out[n-1].test = true
			if n > 1 && c.countsAbove(&out[n-1], &out[n-2]) {
				both := append(block{}, out[n-2:]...)
				out = append(out[:n-2], inst{op: opSome, a: both[0].args[0], where: s.where, blocks: []block{both}})
			}
			continue
		}
		out = append(out, s)
	}
	return out
}

// testOf tells whether a statement tests that what a call before it has come to is not
// false, and nothing else reads that.
func (c *compiler) testOf(s, call *inst) bool {
	return s.op == plan.OpNotEqual && c.is(s.b, ast.InternedTerm(false)) &&
		(call.op == plan.OpBuiltin && !call.silent || call.op == plan.OpCall) &&
		!call.test && s.a == call.target && c.alone(call.target)
}

// countsAbove tells whether a test is that there is more than nothing of what a
// statement before it counts.
func (c *compiler) countsAbove(test, count *inst) bool {
	return test.op == plan.OpBuiltin && test.builtin.Name == ast.GreaterThan.Name && count.op == plan.OpBuiltin && !count.test &&
		count.builtin.Name == ast.Count.Name && test.args[0] == count.target && c.alone(count.target) &&
		c.is(test.args[1], ast.InternedTerm(0))
}

// alone tells whether only one statement reads what is kept at a place, which one
// statement sets.
func (c *compiler) alone(p place) bool {
	return p.sort == simple && c.readers[p.n] == 1
}

// is tells whether an operand is a constant.
func (c *compiler) is(p place, t *ast.Term) bool {
	return p.sort == constant && c.program.consts[p.n].Equal(t)
}

// passes goes on where a value is not false.
func (f *frame) passes(a *act, v *val) {
	r := f.r
	switch {
	case a.p.none():
	case v.form == boolean:
		f.test(a, &v.b().yes, &v.b().unknown)
	case v.form == uniform && v.id == idTrue:
	case v.form == uniform && v.id == idFalse:
		a.p, a.s = mask{}, mask{}
	case v.form == record:
	case v.form == grown:
		known := less(&all, &v.g().unknown)
		f.test(a, &known, &v.g().unknown)
	default:
		no := one(idFalse)
		yes, unknown := r.equal(v, &no, &a.p)
		yes.or(&unknown)
		differ := less(&a.p, &yes)
		f.test(a, &differ, &unknown)
	}
}

// each runs the statements that one stands for.
func (f *frame) each(a *act, depth int, s *inst) error {
	for i := range s.blocks[0] {
		if _, err := f.stmt(&s.blocks[0][i], depth); err != nil || a.p.none() {
			return err
		}
	}
	return nil
}

// some goes on where a collection has a member.
func (f *frame) some(a *act, depth int, s *inst) error {
	v, ok := f.get(a, s.a)
	if !ok {
		return nil
	}
	if yes, unknown, ok := f.r.hasMembers(&v, &a.p); ok {
		f.test(a, &yes, &unknown)
		return nil
	}
	return f.each(a, depth, s)
}

// hasMembers tells on which lanes a collection has members, and of which that cannot be
// told because it is not known how many it has; false if it does not see it at a glance.
func (r *Run) hasMembers(v *val, lanes *mask) (yes, unknown mask, ok bool) {
	switch v.form {
	case uniform:
		x := r.h.v(v.id)
		if x.vague || x.site > 0 || x.kind < plan.ArrayKind {
			return yes, unknown, false
		}
		if len(x.elems) > 0 {
			yes = *lanes
		}
		return yes, unknown, true
	case record:
		t := r.complete(v.t())
		unknown = t.more
		for i := range t.fields {
			f := &t.fields[i]
			yes.or(&f.listed)
			for w := range unknown {
				unknown[w] |= (f.there[w] | f.maybe[w]) &^ f.listed[w]
			}
		}
	case grown:
		g := v.g()
		if g.kind == plan.ObjectKind {
			return yes, unknown, false
		}
		r.toil(len(g.elements))
		unknown = g.unknown
		for i := range g.elements {
			e := &g.elements[i]
			if g.kind == plan.SetKind && (e.v.form != uniform || e.v.id.vague()) {
				return yes, unknown, false // it may be another's
			}
			for w := range unknown {
				yes[w] |= e.s[w]
				unknown[w] |= e.p[w] &^ e.s[w]
			}
		}
	default:
		return yes, unknown, false
	}
	yes.andNot(&unknown)
	return yes, unknown, true
}
