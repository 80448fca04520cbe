package lane

import "github.com/bailiwick-dev/bailiwick/host/internal/plan"

// withoutCopies lets statements read what a local was copied from, and takes the
// copy out: OPA's planner gives a local of its own to everything that has a name. It
// changes the function in place.
func withoutCopies(f *plan.Func) {
	for {
		u := uses(f)
		o := orderOf(f)
		found := false
		eachStmt(f.Blocks, func(s *plan.Stmt, _ bool) {
			if !found && s.Op == plan.OpAssign && u.isCopy(s, o) {
				from, to := s.A, s.Target
				s.Op, found = plan.OpNop, true
				eachStmt(f.Blocks, func(r *plan.Stmt, _ bool) { replaceReads(r, to, from) })
			}
		})
		if !found {
			compact(f.Blocks)
			return
		}
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
	eachStmt(f.Blocks, func(s *plan.Stmt, _ bool) {
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
		return !o.learn[s.Target]
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

// replaceReads makes a statement read one operand in place of a local.
func replaceReads(s *plan.Stmt, of int, by plan.Operand) {
	swap := func(o *plan.Operand) {
		if o.Term == nil && o.Local == of {
			*o = by
		}
	}
	switch s.Op {
	case plan.OpNop, plan.OpReset, plan.OpMakeArray, plan.OpMakeObject, plan.OpMakeSet, plan.OpBlock, plan.OpBreak, plan.OpNot, plan.OpMark:
		return
	}
	swap(&s.A)
	swap(&s.B)
	if s.Op != plan.OpWith {
		for i := range s.Args {
			swap(&s.Args[i])
		}
	}
}
