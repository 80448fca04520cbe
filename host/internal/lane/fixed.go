package lane

import (
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// findFixed finds the functions that look at nothing that differs between lanes:
// not at input.site, nor at data.topology.sites, nor at a document as a whole.
func findFixed(funcs []plan.Func) []bool {
	fixed, calls := make([]bool, len(funcs)), make([][]int, len(funcs))
	for i := range funcs {
		fixed[i], calls[i] = looksFixed(&funcs[i])
	}
	for changed := true; changed; {
		changed = false
		for i := range funcs {
			for _, c := range calls[i] {
				if fixed[i] && !fixed[c] {
					fixed[i], changed = false, true
				}
			}
		}
	}
	return fixed
}

// below says of a local which document it is, of those that hold what differs
// between lanes somewhere below them.
type below uint8

const (
	belowNothing below = iota
	belowInput
	belowData
	belowTopology
)

// looksFixed looks at one function, and lists those that it calls.
func looksFixed(f *plan.Func) (fixed bool, calls []int) {
	is := map[int]below{}
	for i, l := range f.Params {
		switch i {
		case 0:
			is[l] = belowInput
		case 1:
			is[l] = belowData
		}
	}
	fixed = true
	see := func(o plan.Operand) {
		if o.Term == nil && is[o.Local] != belowNothing {
			fixed = false
		}
	}
	plan.EachStmt(f.Blocks, func(s *plan.Stmt, _ bool) {
		switch s.Op {
		case plan.OpAssign:
			if s.A.Term == nil && is[s.A.Local] != belowNothing {
				is[s.Target] = is[s.A.Local]
			}
		case plan.OpDot:
			see(s.B)
			if s.A.Term == nil && is[s.A.Local] != belowNothing {
				name, ok := s.B.Term, s.B.Term != nil
				var key ast.String
				if ok {
					key, ok = name.Value.(ast.String)
				}
				switch from := is[s.A.Local]; {
				case !ok, from == belowInput && key == "site", from == belowTopology && key == "sites":
					fixed = false
				case from == belowData && key == "topology":
					is[s.Target] = belowTopology
				}
			}
		case plan.OpCall:
			calls = append(calls, s.Index)
			for i, a := range s.Args {
				want := belowNothing
				switch i {
				case 0:
					want = belowInput
				case 1:
					want = belowData
				}
				if a.Term == nil && is[a.Local] != belowNothing && is[a.Local] != want {
					fixed = false
				}
			}
		case plan.OpWith, plan.OpCallDynamic, plan.OpResult:
			fixed = false // what stands in for a document is not followed
		default:
			s.Reads(see)
		}
	})
	return fixed, calls
}
