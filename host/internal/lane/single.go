package lane

import (
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// shorten restates a function in fewer statements that come to the same, in place.
func shorten(f *plan.Func) {
	single(f)
	withoutCopies(f)
	once(f)
	constants(f)
	withoutCopies(f)
	withoutUnread(f)
}

// single gives each statement that sets a local one of its own, where every reader sees
// the one statement before it: what reads several then is set by one each.
func single(f *plan.Func) {
	_, loose := plan.Locals(f, plan.Learners)
	keep := map[int]bool{f.Result: true}
	for _, p := range f.Params {
		keep[p] = true
	}
	plan.EachStmt(f.Blocks, func(s *plan.Stmt, _ bool) {
		if s.Op == plan.OpWith {
			keep[s.Target] = true
		}
	})
	names := map[int]int{}
	plan.EachStmt(f.Blocks, func(s *plan.Stmt, _ bool) {
		key, target := s.Key, s.Target
		s.Rename(func(l int) int {
			if n, ok := names[l]; ok {
				return n
			}
			return l
		})
		fresh := func(l int) int {
			if keep[l] || loose[l] {
				return l
			}
			names[l] = f.Locals
			f.Locals++
			return names[l]
		}
		switch s.Op {
		case plan.OpScan:
			s.Key, s.Target = fresh(key), fresh(target)
		case plan.OpAssignOnce:
		default:
			s.Writes(func(int) { s.Target = fresh(target) })
		}
	})
}

// once takes steps into documents, and calls functions, only once: who steps again from a
// local under the same key, or calls with the same operands, gets a copy of what was found.
// It does so within a block: the blocks inside are entered as if it were sure that their lanes
// come there, so that a copy would be surely there of what was only possibly found.
func once(f *plan.Func) {
	for onceMore(f) {
		withoutCopies(f)
	}
}

func onceMore(f *plan.Func) (changed bool) {
	u := uses(f)
	o := orderOf(f)
	fixed := func(l int) bool {
		n := len(u.writes[l])
		if o.param[l] {
			n++
		}
		return n == 1 && !o.special[l] && o.changed[l] == 0 && !o.learn[l]
	}
	// asked spells out what a statement asks; "" if that cannot be asked again.
	asked := func(s *plan.Stmt) string {
		operands := s.Args
		switch s.Op {
		case plan.OpDot:
			operands = []plan.Operand{s.A, s.B}
		case plan.OpCall:
		default:
			return ""
		}
		key := strconv.Itoa(int(s.Op)) + " " + strconv.Itoa(s.Index)
		for _, o := range operands {
			switch {
			case o.Term != nil:
				key += " " + o.Term.String()
			case fixed(o.Local):
				key += " #" + strconv.Itoa(o.Local)
			default:
				return ""
			}
		}
		return key
	}
	plan.EachBlock(f.Blocks, func(b *plan.Block) {
		have := map[string]int{}
		for i := range b.Stmts {
			s := &b.Stmts[i]
			at := asked(s)
			if at == "" || !fixed(s.Target) {
				continue
			}
			if l, ok := have[at]; ok {
				s.Op, s.A, s.B, s.Args, changed = plan.OpAssign, plan.Operand{Local: l}, plan.Operand{}, nil, true
			} else {
				have[at] = s.Target
			}
		}
	})
	return changed
}

// constants makes constants of the arrays and sets that a rule spells out.
func constants(f *plan.Func) {
	u := uses(f)
	o := orderOf(f)
	var walk func(blocks []*plan.Block)
	walk = func(blocks []*plan.Block) {
		for _, b := range blocks {
			for i := range b.Stmts {
				walk(b.Stmts[i].Blocks)
				s := &b.Stmts[i]
				add := plan.OpArrayAppend
				if s.Op == plan.OpMakeSet {
					add = plan.OpSetAdd
				}
				if s.Op != plan.OpMakeArray && s.Op != plan.OpMakeSet || len(u.writes[s.Target]) != 1 || o.special[s.Target] || o.param[s.Target] {
					continue
				}
				var parts []*ast.Term
				size, end := 0, i+1
				for ; end < len(b.Stmts) && b.Stmts[end].Op == add && b.Stmts[end].Target == s.Target; end++ {
					t := b.Stmts[end].A.Term
					if t == nil || !spelt(t) {
						break
					}
					parts = append(parts, t)
					size += len(t.String())
				}
				if size > longConstant || end > i+1 && o.changed[s.Target] != o.at[&b.Stmts[end-1]] || end == i+1 && o.changed[s.Target] > 0 {
					continue
				}
				made := ast.ArrayTerm(parts...)
				if s.Op == plan.OpMakeSet {
					made = ast.SetTerm(parts...)
				}
				s.Op, s.A = plan.OpAssign, plan.Operand{Term: made}
				for k := i + 1; k < end; k++ {
					b.Stmts[k].Op = plan.OpNop
				}
			}
		}
	}
	walk(f.Blocks)
	plan.WithoutNops(f.Blocks)
}

// spelt tells whether a constant is of those that are equal only if they are written
// alike, as numbers are not.
func spelt(t *ast.Term) bool {
	switch t.Value.(type) {
	case ast.String, ast.Boolean, ast.Null:
		return true
	}
	return false
}

// withoutUnread takes out what sets locals that nothing reads, and cannot fail.
func withoutUnread(f *plan.Func) {
	for changed := true; changed; {
		changed = false
		u := uses(f)
		plan.EachStmt(f.Blocks, func(s *plan.Stmt, _ bool) {
			switch s.Op {
			case plan.OpAssign, plan.OpMakeArray, plan.OpMakeObject, plan.OpMakeSet, plan.OpReset:
			default:
				return
			}
			if u.reads[s.Target] == 0 && !u.grown[s.Target] && u.once[s.Target] == 0 && s.Target != f.Result {
				s.Op, changed = plan.OpNop, true
			}
		})
		plan.WithoutNops(f.Blocks)
	}
}
