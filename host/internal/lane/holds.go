package lane

import (
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// opHolds notes where a function that comes to one constant or to nothing has it.
const opHolds plan.Op = 103

// holds returns the one constant that a function has for a value wherever it has any,
// and restates it in place: its bodies note where they come to it, and nothing is
// returned. It returns nil if the function is another one.
func holds(f *plan.Func) *ast.Term {
	if f.Result < 0 || len(f.Blocks) < 2 {
		return nil
	}
	u := uses(f)
	end := f.Blocks[len(f.Blocks)-1].Stmts
	if len(end) != 1 || end[0].Op != plan.OpReturn || end[0].A.Term != nil || end[0].A.Local != f.Result ||
		u.reads[f.Result] != 1 || len(u.writes[f.Result]) != u.once[f.Result] || u.once[f.Result] == 0 {
		return nil
	}
	bodies := f.Blocks[:len(f.Blocks)-1]
	if leaves(bodies, 0) {
		return nil
	}
	first := u.writes[f.Result][0].A.Term
	for _, s := range u.writes[f.Result] {
		if first == nil || s.A.Term == nil || !s.A.Term.Equal(first) {
			return nil
		}
	}
	for _, s := range u.writes[f.Result] {
		s.Op, s.Target = opHolds, 0
	}
	f.Blocks = bodies
	return first
}

// leaves tells whether a statement of a function's bodies leaves the function.
func leaves(blocks []*plan.Block, depth int) bool {
	for _, b := range blocks {
		for i := range b.Stmts {
			s := &b.Stmts[i]
			if s.Op == plan.OpReturn || s.Op == plan.OpBreak && s.Index > depth || s.Op == plan.OpCallDynamic || leaves(s.Blocks, depth+1) {
				return true
			}
		}
	}
	return false
}

// holds notes the lanes of the path.
func (f *frame) holds(a *act, depth int) {
	sure := a.s
	if f.split {
		sure = f.surely(depth, 0, 0)
		sure.and(&a.p)
	}
	f.ret.p.or(&a.p)
	f.ret.s.or(&sure)
}
