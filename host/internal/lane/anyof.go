package lane

import (
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// anyOf returns the block of a scan as it may be run once for all members of a known
// collection, where all that it does with a member is to ask whether it is in
// something else: `some place in places; place in input.site.jurisdictions`. That is
// a union of an inverted index's entries. The rest of the block must come to the same
// however often it is run. It returns nil if the block is another.
func (c *compiler) anyOf(s *plan.Stmt, in *inst) block {
	key, val := c.reads[s.Key], c.reads[s.Target]
	if s.Key == s.Target || key+val != 1 {
		return nil
	}
	member := s.Target
	if key == 1 {
		member = s.Key
	}
	stmts := s.Blocks[0].Stmts
	at := 0
	for at < len(stmts) && stmts[at].Op == plan.OpDot {
		at++
	}
	if at+1 >= len(stmts) {
		return nil
	}
	call, test := &stmts[at], &stmts[at+1]
	if call.Op != plan.OpBuiltin || c.program.plan.Builtins[call.Index].Name != ast.Member.Name ||
		call.Args[0].Term != nil || call.Args[0].Local != member || c.reads[call.Target] != 1 {
		return nil
	}
	if test.Op != plan.OpNotEqual || test.A.Term != nil || test.A.Local != call.Target ||
		test.B.Term == nil || !test.B.Term.Equal(ast.InternedTerm(false)) {
		return nil
	}
	if !repeatable(stmts[at+2:]) {
		return nil
	}
	body := in.blocks[0]
	if !body[at].test {
		return nil
	}
	ask := inst{op: opAny, a: body[at].args[1], index: 0, where: body[at].where, builtin: body[at].builtin}
	if key == 1 {
		ask.index = 1
	}
	out := append(block{}, body[:at]...)
	out = append(out, ask)
	return append(out, body[at+1:]...) // the test is one with the call
}

// repeatable tells whether statements come to the same however often they are
// executed, even with values that are not known.
func repeatable(stmts []plan.Stmt) bool {
	for i := range stmts {
		switch s := &stmts[i]; s.Op {
		case plan.OpAssignOnce:
			if s.A.Term == nil {
				return false
			}
		case plan.OpDot, plan.OpLen, plan.OpBuiltin, plan.OpCall, plan.OpEqual, plan.OpNotEqual,
			plan.OpIsArray, plan.OpIsObject, plan.OpIsSet, plan.OpBreak, plan.OpNop, plan.OpMark, plan.OpLookAt, opHolds:
		case plan.OpBlock, plan.OpNot:
			for _, b := range s.Blocks {
				if !repeatable(b.Stmts) {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}

// any tests on which lanes any member of what the scan around it walks through is in
// a collection.
func (f *frame) any(a *act, depth int, s *inst) error {
	r := f.r
	in, ok := f.get(a, s.a)
	if !ok {
		return nil
	}
	of := r.h.v(f.walkers[depth-1].x.id)
	step := 1
	from := 0
	if of.kind == plan.ObjectKind {
		step, from = 2, 1-s.index
	}
	if err := r.spend(len(of.elems) / step); err != nil {
		return err
	}
	if in.form == grown {
		if i, ok := r.grownUniform(in.g(), &a.p); ok {
			in = one(i)
		}
	}
	in = r.flat(&in, &a.p)
	var yes, unknown mask
	if ix := r.membersOf(&in); ix != nil {
		for i := from; i < len(of.elems); i += step {
			if e := of.elems[i]; e.vague() || e.closed() {
				f.giveUp(a, &a.p)
				return nil
			} else if m := ix.members[r.h.v(e).equal]; m != nil {
				yes.or(m)
			}
		}
		unknown = in.c().odd
	} else {
		for i := from; i < len(of.elems); i += step {
			v := member(f, a, []val{one(of.elems[i]), in})
			switch v.form {
			case boolean:
				yes.or(&v.b().yes)
				unknown.or(&v.b().unknown)
			case uniform:
				switch v.id {
				case idTrue:
					yes = all
				case idUnknown:
					unknown = all
				}
			}
		}
	}
	f.test(a, &yes, &unknown)
	return nil
}

// membersOf returns the index by member of a column; nil if it has none.
func (r *Run) membersOf(v *val) *index {
	if v.form != varying {
		return nil
	}
	if ix := v.c().lookup(r.h); ix != nil && ix.members != nil && !ix.objects {
		return ix
	}
	return nil
}
