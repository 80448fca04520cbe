package lane

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// inlined is how many statements a function has at most that is put where it is called.
const inlined = 12

// inline puts small functions that hold or do not, such as offered(service), where they
// are called: a test of whether one holds becomes its statements. What a function found is
// kept for the next call of it, so that one stays that is the same on every lane, unless
// its caller is too.
func (p *pruner) inline() {
	p.fixed = findFixed(p.funcs)
	done := make([]bool, len(p.funcs))
	var visit func(i int)
	visit = func(i int) {
		if done[i] {
			return
		}
		done[i] = true // none calls itself
		f := &p.funcs[i]
		plan.EachStmt(f.Blocks, func(s *plan.Stmt, _ bool) {
			if s.Op == plan.OpCall {
				visit(s.Index)
			}
		})
		u := uses(f)
		f.Blocks = copyBlocks(f.Blocks)
		p.inlineIn(f, f.Blocks, u, func(callee int) bool { return !p.fixed[callee] || p.fixed[i] })
	}
	for i := range p.funcs {
		visit(i)
	}
}

func (p *pruner) inlineIn(f *plan.Func, blocks []*plan.Block, u usage, may func(callee int) bool) {
	for _, b := range blocks {
		for i := 0; i < len(b.Stmts); i++ {
			p.inlineIn(f, b.Stmts[i].Blocks, u, may)
			s := &b.Stmts[i]
			if s.Op != plan.OpCall || !may(s.Index) || len(p.funcs[s.Index].Params) != len(s.Args) {
				continue
			}
			if body, ok := p.value(s.Index); ok && p.fixed[s.Index] {
				b.Stmts = slices.Replace(b.Stmts, i, i+1, p.instead(f, s, body)...)
				i--
				continue
			}
			if i+1 == len(b.Stmts) {
				continue
			}
			// The next statement asks for no more than that it holds.
			test := &b.Stmts[i+1]
			if test.Op != plan.OpNotEqual || test.A.Term != nil || test.A.Local != s.Target || !isFalse(test.B) ||
				u.reads[s.Target] != 1 || len(u.writes[s.Target]) != 1 {
				continue
			}
			body, ok := p.condition(s.Index)
			if !ok {
				continue
			}
			b.Stmts = slices.Replace(b.Stmts, i, i+2, p.instead(f, s, body)...)
			i-- // what has come in its place may be a call of its own
		}
	}
}

func isFalse(o plan.Operand) bool {
	return o.Term != nil && o.Term.Equal(ast.InternedTerm(false))
}

// condition returns the statements of a function that is true where they come to their
// end, and has no value elsewhere; false if it is another one, or large.
func (p *pruner) condition(index int) ([]plan.Stmt, bool) {
	body, last, ok := p.body(index, inlined)
	return body, ok && last.A.Term != nil && !isFalse(last.A)
}

// valued is how many statements a function has at most that is put where its value is
// read.
const valued = 4

// value returns the statements of a small function that has a value where they come to
// their end. The last sets the function's result.
func (p *pruner) value(index int) ([]plan.Stmt, bool) {
	body, last, ok := p.body(index, valued)
	if !ok || last.A.Term != nil {
		return nil, false
	}
	for i := range body {
		set := false
		body[i].Writes(func(l int) { set = set || l == last.A.Local })
		if set {
			result := *last
			result.Op = plan.OpAssign
			return append(slices.Clone(body), result), true
		}
	}
	return nil, false // it may have none
}

// body returns the statements of a function that has one body, no loop, and not too many
// statements, and that which sets the result.
func (p *pruner) body(index, most int) (body []plan.Stmt, last *plan.Stmt, ok bool) {
	f := &p.funcs[index]
	if len(f.Blocks) != 2 || len(f.Blocks[1].Stmts) != 1 || len(f.Blocks[0].Stmts) == 0 {
		return nil, nil, false
	}
	n := len(f.Blocks[0].Stmts) - 1
	back := &f.Blocks[1].Stmts[0]
	last = &f.Blocks[0].Stmts[n]
	if last.Op != plan.OpAssignOnce || last.Target != f.Result ||
		back.Op != plan.OpReturn || back.A.Term != nil || back.A.Local != f.Result {
		return nil, nil, false
	}
	count, ok := 0, true
	plan.EachStmt(f.Blocks[:1], func(s *plan.Stmt, _ bool) {
		if s.Op != plan.OpAssign { // most of which are copies
			count++
		}
		switch s.Op {
		case plan.OpScan, plan.OpWith, plan.OpReturn, plan.OpCallDynamic, plan.OpResult, plan.OpMark:
			ok = false
		}
	})
	u := uses(f)
	ok = ok && len(u.writes[f.Result]) == 1 && u.reads[f.Result] == 1
	return f.Blocks[0].Stmts[:n], last, ok && count <= most
}

// instead returns the statements of a function as they stand in another, for a call.
func (p *pruner) instead(f *plan.Func, call *plan.Stmt, body []plan.Stmt) []plan.Stmt {
	callee := &p.funcs[call.Index]
	from := f.Locals
	f.Locals += callee.Locals
	out := make([]plan.Stmt, 0, len(call.Args)+len(body))
	for i, l := range callee.Params {
		out = append(out, plan.Stmt{Op: plan.OpAssign, Target: from + l, A: call.Args[i], Place: call.Place})
	}
	own := copyBlocks([]*plan.Block{{Stmts: body}})
	plan.EachStmt(own, func(s *plan.Stmt, _ bool) {
		s.Rename(func(l int) int {
			if l == callee.Result {
				return call.Target
			}
			return from + l
		})
	})
	return append(out, own[0].Stmts...)
}
