package lane

import "github.com/bailiwick-dev/bailiwick/host/internal/plan"

// withoutCopies lets statements read what a local was copied from, and takes the
// copy out: OPA's planner gives a local of its own to everything that has a name. It
// changes the function in place.
func withoutCopies(f *plan.Func) {
	for {
		u := uses(f)
		o := orderOf(f)
		instead := map[int]plan.Operand{} // of a copy
		read := func(of plan.Operand) plan.Operand {
			for of.Term == nil {
				by, ok := instead[of.Local]
				if !ok {
					break
				}
				of = by
			}
			return of
		}
		plan.EachStmt(f.Blocks, func(s *plan.Stmt, _ bool) {
			if s.Op != plan.OpAssign {
				return
			}
			if s.A = read(s.A); !u.isCopy(s, o) {
				return
			}
			s.Op, instead[s.Target] = plan.OpNop, s.A
			if s.A.Term == nil { // which is read by all who read the copy
				u.reads[s.A.Local] += u.reads[s.Target] - 1
				o.learn[s.A.Local] = o.learn[s.A.Local] || o.learn[s.Target]
			}
		})
		if len(instead) == 0 {
			plan.WithoutNops(f.Blocks)
			return
		}
		plan.EachStmt(f.Blocks, func(s *plan.Stmt, _ bool) { s.Replace(read) })
	}
}

// order is when statements come, and what is done to locals besides setting them.
type order struct {
	at      map[*plan.Stmt]int
	changed map[int]int  // when a collection that a local holds is changed last
	special map[int]bool // locals that are tested for having a value, or stand in for others
	learn   map[int]bool // locals that are compared, which may tell what they are
	param   map[int]bool
}

func orderOf(f *plan.Func) order {
	o := order{map[*plan.Stmt]int{}, map[int]int{}, map[int]bool{}, map[int]bool{}, map[int]bool{}}
	for _, p := range f.Params {
		o.param[p] = true
	}
	n := 0
	plan.EachStmt(f.Blocks, func(s *plan.Stmt, _ bool) {
		n++
		o.at[s] = n
		switch s.Op {
		case plan.OpArrayAppend, plan.OpSetAdd, plan.OpObjectInsert, plan.OpObjectInsertOnce, plan.OpMark:
			o.changed[s.Target] = n
		case plan.OpIsDefined, plan.OpIsUndefined, plan.OpWith, plan.OpAssignOnce, plan.OpReset:
			o.special[s.Target] = true
		case plan.OpEqual:
			for _, l := range plan.Learners(s) {
				o.learn[l] = true
			}
		}
	})
	return o
}

// isCopy tells whether every reader of a copy may as well read what it was made of.
func (u usage) isCopy(s *plan.Stmt, o order) bool {
	if len(u.writes[s.Target]) != 1 || o.special[s.Target] || o.param[s.Target] || o.changed[s.Target] > 0 {
		return false
	}
	if s.A.Term != nil {
		return !o.learn[s.Target] || u.reads[s.Target] == 1
	}
	from := s.A.Local
	written := len(u.writes[from])
	if o.param[from] {
		written++
	}
	if written != 1 || o.special[from] || o.changed[from] > o.at[s] {
		return false
	}
	// What a comparison tells of one is not told of others that read the same.
	return u.reads[from] == 1 || !o.learn[s.Target] && !o.learn[from]
}
