package plan

// Locals finds the locals of a function that some statement reads, and of these the
// loose ones: those that one reads as another statement may have left them than the
// last one written before it, in its block or in one around it. What any other local
// holds when its block ends matters to nobody. What learners returns for a comparison
// is set by it, see [Learners].
func Locals(f *Func, learners func(*Stmt) []int) (read, loose []bool) {
	w := &walk{learners: learners, read: make([]bool, f.Locals), loose: make([]bool, f.Locals)}
	for before := -1; before != w.many(); { // what is copied from one that is loose is loose too
		before = w.many()
		w.last, w.sure, w.now = make([]int, f.Locals), nil, 0
		w.enter()
		for _, l := range f.Params {
			w.write(l, true)
		}
		w.blocks(f.Blocks)
	}
	return w.read, w.loose
}

// walk goes through a function in the order it is written, and finds the locals
// that are loose.
type walk struct {
	now   int           // statements seen
	last  []int         // when each local was last written; 0: never
	sure  []map[int]int // by level: locals that have been written on every way here, and when
	read  []bool
	loose []bool

	learners func(*Stmt) []int
}

// many counts the locals found so far.
func (w *walk) many() (n int) {
	for _, l := range w.loose {
		if l {
			n++
		}
	}
	return n
}

func (w *walk) enter() { w.sure = append(w.sure, map[int]int{}) }
func (w *walk) leave() { w.sure = w.sure[:len(w.sure)-1] }

// write notes that a local is set; always, if everything after it in the block sees it.
func (w *walk) write(l int, always bool) {
	w.now++
	w.last[l] = w.now
	if always {
		w.sure[len(w.sure)-1][l] = w.now
	}
}

// see notes that a local is read.
func (w *walk) see(l int) {
	w.read[l] = true
	for i := len(w.sure) - 1; i >= 0; i-- {
		if when, ok := w.sure[i][l]; ok {
			if when != w.last[l] {
				w.loose[l] = true
			}
			return
		}
	}
	w.loose[l] = true
}

func (w *walk) operand(o Operand) {
	if o.Term == nil {
		w.see(o.Local)
	}
}

// blocks goes through blocks that run one after the other. What the first
// statements of one set, as far as they cannot stop, the next ones see.
func (w *walk) blocks(blocks []*Block) {
	w.enter()
	for _, b := range blocks {
		w.enter()
		leading := true
		for i := range b.Stmts {
			s := &b.Stmts[i]
			w.stmt(s)
			leading = leading && goesOn(s)
			if leading && s.Op != OpReset {
				w.sure[len(w.sure)-2][s.Target] = w.now
			}
		}
		w.leave()
	}
	w.leave()
}

// goesOn says that a statement is always followed by the next.
func goesOn(s *Stmt) bool {
	switch s.Op {
	case OpMakeArray, OpMakeObject, OpMakeSet, OpReset:
		return true
	case OpAssign:
		return s.A.Term != nil
	}
	return false
}

func (w *walk) stmt(s *Stmt) {
	switch s.Op {
	case OpAssign:
		w.operand(s.A)
		// A local without a value may be copied: then there is none to see.
		w.write(s.Target, s.A.Term != nil || !w.loose[s.A.Local])
	case OpAssignOnce:
		w.operand(s.A)
		w.see(s.Target)
		w.write(s.Target, false)
	case OpReset:
		w.write(s.Target, false)
	case OpMakeArray, OpMakeObject, OpMakeSet:
		w.write(s.Target, true)
	case OpArrayAppend, OpSetAdd:
		w.operand(s.A)
		w.see(s.Target)
	case OpMark:
		w.see(s.Target)
	case OpLookAt:
		for _, a := range s.Args {
			w.operand(a)
		}
	case OpObjectInsert, OpObjectInsertOnce:
		w.operand(s.A)
		w.operand(s.B)
		w.see(s.Target)
	case OpBlock:
		w.blocks(s.Blocks)
	case OpBuiltin, OpCall, OpCallDynamic:
		for _, a := range s.Args {
			w.operand(a)
		}
		if s.Op == OpCallDynamic {
			w.operand(s.A)
			w.operand(s.B)
		}
		w.write(s.Target, true)
	case OpDot:
		w.operand(s.A)
		w.operand(s.B)
		w.write(s.Target, true)
	case OpLen:
		w.operand(s.A)
		w.write(s.Target, true)
	case OpMerge:
		w.operand(s.A)
		w.operand(s.B)
		w.write(s.Target, true)
	case OpEqual, OpNotEqual:
		w.operand(s.A)
		w.operand(s.B)
		for _, l := range w.learners(s) {
			w.write(l, false)
		}
	case OpIsArray, OpIsObject, OpIsSet, OpReturn, OpResult:
		w.operand(s.A)
	case OpIsDefined, OpIsUndefined:
		w.see(s.Target)
		w.loose[s.Target] = true
	case OpNot:
		w.blocks(s.Blocks)
	case OpScan:
		w.operand(s.A)
		// What the loop writes it sees again the next time round.
		for l := range w.written(s.Blocks, map[int]bool{}) {
			w.write(l, false)
		}
		w.enter()
		w.write(s.Key, true)
		w.write(s.Target, true)
		w.blocks(s.Blocks)
		w.leave()
	case OpWith:
		w.operand(s.A)
		w.see(s.Target)
		w.blocks(s.Blocks)
	}
}

// Learners are the locals of which a statement may tell more than was known.
func Learners(s *Stmt) (out []int) {
	if s.Op != OpEqual {
		return nil
	}
	for _, o := range []Operand{s.A, s.B} {
		if o.Term == nil {
			out = append(out, o.Local)
		}
	}
	return out
}

// written lists the locals that blocks set.
func (w *walk) written(blocks []*Block, out map[int]bool) map[int]bool {
	for _, b := range blocks {
		for i := range b.Stmts {
			s := &b.Stmts[i]
			switch s.Op {
			case OpAssign, OpAssignOnce, OpReset, OpMakeArray, OpMakeObject, OpMakeSet,
				OpBuiltin, OpCall, OpCallDynamic, OpDot, OpLen, OpMerge:
				out[s.Target] = true
			case OpScan:
				out[s.Key], out[s.Target] = true, true
			case OpEqual:
				for _, l := range w.learners(s) {
					out[l] = true
				}
			}
			w.written(s.Blocks, out)
		}
	}
	return out
}
