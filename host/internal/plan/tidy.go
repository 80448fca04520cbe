package plan

import "slices"

// tidy restates a function in fewer statements that mean the same: OPA's planner has
// one way of writing for everything, and much of it is there for what might have been.
func tidy(f *Func) {
	apart(f)
	unwrap(f)
	oneResult(f)
	WithoutNops(f.Blocks)
}

// EachStmt visits every statement of blocks, those around others first; looped says
// that it is inside a scan.
func EachStmt(blocks []*Block, visit func(s *Stmt, looped bool)) {
	var walk func(blocks []*Block, looped bool)
	walk = func(blocks []*Block, looped bool) {
		for _, b := range blocks {
			for i := range b.Stmts {
				s := &b.Stmts[i]
				visit(s, looped)
				walk(s.Blocks, looped || s.Op == OpScan)
			}
		}
	}
	walk(blocks, false)
}

// EachBlock visits blocks, those around others first.
func EachBlock(blocks []*Block, visit func(b *Block)) {
	for _, b := range blocks {
		visit(b)
		for i := range b.Stmts {
			EachBlock(b.Stmts[i].Blocks, visit)
		}
	}
}

// WithoutNops takes out the statements that do nothing.
func WithoutNops(blocks []*Block) {
	EachBlock(blocks, func(b *Block) {
		b.Stmts = slices.DeleteFunc(b.Stmts, func(s Stmt) bool { return s.Op == OpNop })
	})
}

// operands visits what a statement reads and may read another operand instead.
func (s *Stmt) operands(visit func(*Operand)) {
	switch s.Op {
	case OpAssignOnce, OpAssign, OpLen, OpScan, OpArrayAppend, OpSetAdd,
		OpIsArray, OpIsObject, OpIsSet, OpReturn, OpResult, OpWith:
		visit(&s.A)
	case OpDot, OpMerge, OpObjectInsert, OpObjectInsertOnce, OpEqual, OpNotEqual:
		visit(&s.A)
		visit(&s.B)
	case OpBuiltin, OpCall, OpLookAt:
		for i := range s.Args {
			visit(&s.Args[i])
		}
	case OpCallDynamic:
		for i := range s.Args {
			visit(&s.Args[i])
		}
		visit(&s.A)
		visit(&s.B)
	}
}

// Reads visits the operands that a statement reads.
func (s *Stmt) Reads(read func(Operand)) {
	s.operands(func(o *Operand) { read(*o) })
	switch s.Op {
	case OpIsDefined, OpIsUndefined, OpWith:
		read(Operand{Local: s.Target})
	}
}

// Replace makes a statement read other operands. What it reads of the document that it
// changes for others stays.
func (s *Stmt) Replace(by func(Operand) Operand) {
	s.Args = slices.Clone(s.Args)
	s.operands(func(o *Operand) { *o = by(*o) })
}

// Writes visits the locals that a statement sets, whatever was in them.
func (s *Stmt) Writes(write func(local int)) {
	switch s.Op {
	case OpAssign, OpAssignOnce, OpLen, OpDot, OpMerge, OpMakeArray, OpMakeObject, OpMakeSet, OpReset,
		OpBuiltin, OpCall, OpCallDynamic:
		write(s.Target)
	case OpScan:
		write(s.Key)
		write(s.Target)
	}
}

// Rename gives locals other names.
func (s *Stmt) Rename(name func(int) int) {
	s.Args = slices.Clone(s.Args)
	s.operands(func(o *Operand) {
		if o.Term == nil {
			o.Local = name(o.Local)
		}
	})
	switch s.Op {
	case OpNop, OpBlock, OpBreak, OpNot, OpEqual, OpNotEqual, OpIsArray, OpIsObject, OpIsSet, OpReturn, OpResult, OpLookAt:
		return
	case OpScan:
		s.Key = name(s.Key)
	}
	s.Target = name(s.Target)
}

// apart gives a local that several bodies use, each for itself, a name of its own in
// each: which of them ran before then matters to none.
func apart(f *Func) {
	shared := map[int]bool{f.Result: true}
	for _, p := range f.Params {
		shared[p] = true
	}
	in := map[int]int{} // blocks in which a local is
	for _, b := range f.Blocks {
		seen := map[int]bool{}
		EachStmt([]*Block{b}, func(s *Stmt, _ bool) {
			see := func(l int, written bool) {
				if !seen[l] {
					seen[l] = true
					in[l]++
					shared[l] = shared[l] || !written
				}
			}
			s.Reads(func(o Operand) {
				if o.Term == nil {
					see(o.Local, false)
				}
			})
			s.Writes(func(l int) { see(l, s.Op != OpAssignOnce) })
			s.Rename(func(l int) int { // what is only changed is read
				see(l, false)
				return l
			})
		})
	}
	for _, b := range f.Blocks {
		names := map[int]int{}
		EachStmt([]*Block{b}, func(s *Stmt, _ bool) {
			s.Rename(func(l int) int {
				if shared[l] || in[l] < 2 {
					return l
				}
				n, ok := names[l]
				if !ok {
					n = f.Locals
					f.Locals++
					names[l] = n
				}
				return n
			})
		})
	}
}

// uses counts, by local, the statements that read it and those that set or change it.
func uses(f *Func) (reads, writes map[int]int) {
	reads, writes = map[int]int{}, map[int]int{}
	EachStmt(f.Blocks, func(s *Stmt, _ bool) {
		s.Reads(func(o Operand) {
			if o.Term == nil {
				reads[o.Local]++
			}
		})
		switch s.Op {
		case OpArrayAppend, OpSetAdd, OpObjectInsert, OpObjectInsertOnce, OpMark, OpWith:
			writes[s.Target]++
		}
		s.Writes(func(l int) { writes[l]++ })
	})
	return reads, writes
}

// unwrap takes blocks apart that are there only for noting whether they came to
// their end.
func unwrap(f *Func) {
	u := unwrapper{}
	u.reads, u.writes = uses(f)
	u.blocks(f.Blocks)
}

type unwrapper struct{ reads, writes map[int]int }

// blocks does so from the innermost to the outermost.
func (u *unwrapper) blocks(blocks []*Block) {
	for _, b := range blocks {
		out := make([]Stmt, 0, len(b.Stmts))
		for i := 0; i < len(b.Stmts); i++ {
			s := b.Stmts[i]
			u.blocks(s.Blocks)
			if !u.asked(b.Stmts, i) {
				if inner := onlyChoice(&s); inner != nil {
					out = append(out, inner...)
				} else {
					out = append(out, s)
				}
				continue
			}
			inner := s.Blocks[0].Stmts
			inner = inner[:len(inner)-1]
			reset := len(out) - 1 // the statement before
			switch {
			case b.Stmts[i+1].Op == OpIsUndefined:
				s.Op, s.Blocks = OpNot, []*Block{{Stmts: inner}}
				out = append(out[:reset], s)
			case u.own(inner):
				lower(inner, 0)
				out = append(out[:reset], inner...)
			default:
				out = append(out, s)
				continue
			}
			i++ // the question
		}
		b.Stmts = out
	}
}

// asked tells whether a statement is a block that notes its end, and the next asks
// whether it did:
//
//	reset x; { …; x := true }; x is defined
func (u *unwrapper) asked(stmts []Stmt, i int) bool {
	s := &stmts[i]
	if i == 0 || i+1 == len(stmts) || s.Op != OpBlock || len(s.Blocks) != 1 || len(s.Blocks[0].Stmts) == 0 {
		return false
	}
	before, after, last := &stmts[i-1], &stmts[i+1], &s.Blocks[0].Stmts[len(s.Blocks[0].Stmts)-1]
	x := after.Target
	return (after.Op == OpIsDefined || after.Op == OpIsUndefined) &&
		last.Op == OpAssign && last.Target == x && last.A.Term != nil &&
		before.Op == OpReset && before.Target == x && u.reads[x] == 1 && u.writes[x] == 2
}

// own tells whether nothing else reads what statements set.
func (u *unwrapper) own(stmts []Stmt) bool {
	reads, writes := uses(&Func{Blocks: []*Block{{Stmts: stmts}}})
	for l, n := range writes {
		if u.writes[l] != n || u.reads[l] != reads[l] {
			return false
		}
	}
	return true
}

// lower changes statements that go into the block around theirs: those that leave both
// leave one less.
func lower(stmts []Stmt, depth int) {
	for i := range stmts {
		if s := &stmts[i]; s.Op == OpBreak && s.Index > depth {
			s.Index--
		}
		for _, b := range stmts[i].Blocks {
			lower(b.Stmts, depth+1)
		}
	}
}

// onlyChoice returns the statements of a choice between rules and data where there is
// only one to make; nil if it is no such choice:
//
//	{ { …; leave both }; leave the block around them }
func onlyChoice(s *Stmt) []Stmt {
	if s.Op != OpBlock || len(s.Blocks) != 1 || len(s.Blocks[0].Stmts) != 2 {
		return nil
	}
	choice, fails := &s.Blocks[0].Stmts[0], &s.Blocks[0].Stmts[1]
	if fails.Op != OpBreak || fails.Index != 1 || choice.Op != OpBlock || len(choice.Blocks) != 1 {
		return nil
	}
	inner := choice.Blocks[0].Stmts
	n := len(inner) - 1
	if n < 1 || inner[n].Op != OpBreak || inner[n].Index != 1 {
		return nil
	}
	for i := range n {
		if inner[i].Blocks != nil || inner[i].Op == OpBreak || inner[i].Op == OpCallDynamic || inner[i].Op == OpReturn {
			return nil
		}
	}
	return inner[:n]
}

// oneResult lets the bodies of a function set its result themselves, where each sets a
// local of its own first and there is one body, or all come to the same constant.
func oneResult(f *Func) {
	own := -1 // the local
	var ends []*Block
	for _, b := range f.Blocks {
		if len(b.Stmts) != 2 || b.Stmts[0].Op != OpIsDefined || b.Stmts[1].Op != OpAssignOnce || b.Stmts[1].Target != f.Result {
			continue
		}
		x := b.Stmts[0].Target
		if a := b.Stmts[1].A; a.Term != nil || a.Local != x || own >= 0 && own != x {
			return
		}
		own = x
		ends = append(ends, b)
	}
	reads, writes := uses(f)
	if own < 0 || own == f.Result || slices.Contains(f.Params, own) || reads[own] != 2*len(ends) || reads[f.Result] != 1 || writes[f.Result] != len(ends) {
		return
	}
	var first *Stmt
	alike, sets := true, 0
	EachStmt(f.Blocks, func(s *Stmt, _ bool) {
		switch {
		case s.Target != own:
		case s.Op == OpReset:
			sets++
		case s.Op == OpAssignOnce:
			sets++
			if first == nil {
				first = s
			}
			alike = alike && s.A.Term != nil && first.A.Term != nil && s.A.Term.Equal(first.A.Term)
		}
	})
	if sets != writes[own] || len(ends) > 1 && !alike {
		return
	}
	EachStmt(f.Blocks, func(s *Stmt, _ bool) {
		switch {
		case s.Target != own:
		case s.Op == OpReset:
			s.Op = OpNop
		case s.Op == OpAssignOnce:
			s.Target = f.Result
		}
	})
	f.Blocks = slices.DeleteFunc(f.Blocks, func(b *Block) bool { return slices.Contains(ends, b) })
}
