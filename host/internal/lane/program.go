package lane

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// Program is a plan made ready for running on many lanes at once. It is immutable
// and safe for concurrent use.
type Program struct {
	plan   *plan.Program
	funcs  []function
	query  function
	consts []*ast.Term
	byTerm map[*ast.Term]int32
	marks  map[int]int // pruned variants, by index of the rule
}

// function is a planned rule or function.
type function struct {
	index  int
	name   string
	params []place
	blocks []block
	// holds is the constant that it has for a value where it holds, if it is one of those
	// that hold or do not; see opHolds.
	holds *place
	// simple and shared count the locals of each sort; see place.
	simple, shared int
	depth          int // blocks within blocks, itself included
	// fixed says that of input and data it looks only at what is the same on every
	// lane, as do those that it calls.
	fixed bool
}

type block []inst

// sort tells what kind of storage an operand has.
type sort uint8

const (
	// constant is a term of the program.
	constant sort = iota
	// simple is a local that every reader sees as the one statement before it in
	// the same block, or in one around it, has set it. It has one val.
	simple
	// shared is any other local: lanes may have set it in different places, and
	// some not at all.
	shared
)

// place is where an operand is kept.
type place struct {
	sort sort
	n    int32
}

// inst is one statement.
type inst struct {
	op               plan.Op
	target           place
	key              place // OpScan
	a, b             place
	args             []place
	path             []*ast.Term // OpWith
	index            int
	blocks           []block
	keyUsed, valUsed bool // OpScan: whether something reads them
	builtin          *ast.Builtin
	vector           vectorFunc // OpBuiltin: runs on all lanes at once; nil: lane by lane
	// unread says that nothing reads the value: it is enough that there is one.
	unread bool
	silent bool // OpBuiltin: it has no value, as print has none
	// learnA and learnB say that something else reads the operand of OpEqual.
	learnA, learnB bool
	// test says of a call that it goes on only where the value is not false.
	test  bool
	last  bool  // OpReturn: nothing comes after it
	need  need  // OpScan
	once  block // OpScan: see anyOf
	where string
}

// Compile makes a plan ready. Of the rules with these indexes, each of which makes
// a set of texts or objects, it makes variants that only tell where they have
// members.
func Compile(p *plan.Program, sets ...int) *Program {
	out := &Program{plan: p, byTerm: map[*ast.Term]int32{}, marks: map[int]int{}}
	cut := &pruner{plan: p, funcs: slices.Clone(p.Funcs), made: map[int]int{}, sized: map[int]int{}}
	for _, i := range sets {
		if at, ok := cut.marks(i); ok {
			out.marks[i] = at
		}
	}
	cut.inline()
	fixed := findFixed(cut.funcs)
	for i := range cut.funcs {
		f := compile(out, &cut.funcs[i])
		f.index, f.fixed = i, fixed[i]
		out.funcs = append(out.funcs, f)
	}
	out.query = compile(out, &plan.Func{Name: "query", Params: []int{0, 1}, Result: -1, Blocks: p.Blocks, Locals: p.Locals})
	out.query.index = -1
	return out
}

func (p *Program) constant(t *ast.Term) place {
	n, ok := p.byTerm[t]
	if !ok {
		n = int32(len(p.consts))
		p.consts = append(p.consts, t)
		p.byTerm[t] = n
	}
	return place{constant, n}
}

// compiler compiles one function.
type compiler struct {
	program *Program
	fn      *function
	locals  []place // where each local is kept
	read    []bool  // locals that some statement reads
	reads   map[int]int
	// readers and lookers count the statements that read a simple local which one statement
	// sets, and those of them that only bound it, by where it is kept.
	readers, lookers map[int32]int
}

func compile(p *Program, f *plan.Func) function {
	own := *f
	own.Blocks = straighten(copyBlocks(f.Blocks))
	shorten(&own)
	constant := holds(&own)
	f = &own
	out := function{name: f.Name}
	if constant != nil {
		at := p.constant(constant)
		out.holds = &at
	}
	c := &compiler{program: p, fn: &out, reads: uses(f).reads}
	c.place(f)
	u := uses(f)
	c.readers, c.lookers = map[int32]int{}, map[int32]int{}
	plan.EachStmt(f.Blocks, func(s *plan.Stmt, _ bool) {
		if s.Op == plan.OpLookAt {
			s.Reads(func(o plan.Operand) {
				if o.Term == nil && c.locals[o.Local].sort == simple {
					c.lookers[c.locals[o.Local].n]++
				}
			})
		}
	})
	for l, p := range c.locals {
		if p.sort == simple && len(u.writes[l]) == 1 {
			c.readers[p.n] = u.reads[l]
		}
	}
	for _, l := range f.Params {
		out.params = append(out.params, c.locals[l])
	}
	out.blocks = c.blocks(f.Blocks, 1)
	if n := len(out.blocks) - 1; n >= 0 && len(out.blocks[n]) > 0 {
		out.blocks[n][len(out.blocks[n])-1].last = true
	}
	return out
}

// straighten takes out blocks that do nothing but end, which OPA's planner puts
// wherever there might have been rules below data.
func straighten(blocks []*plan.Block) []*plan.Block {
	for _, b := range blocks {
		out := b.Stmts[:0]
		for _, s := range b.Stmts {
			if len(s.Blocks) > 0 {
				s.Blocks = straighten(s.Blocks)
			}
			if s.Op == plan.OpBlock && len(s.Blocks) == 1 {
				inner := s.Blocks[0].Stmts
				if len(inner) == 0 || inner[0].Op == plan.OpBreak && inner[0].Index == 0 {
					continue
				}
				if inner[0].Op == plan.OpBreak {
					s = inner[0]
					s.Index--
				}
			}
			out = append(out, s)
			if s.Op == plan.OpBreak {
				break // nothing after it is ever reached
			}
		}
		b.Stmts = out
	}
	return blocks
}

// place decides where locals are kept.
func (c *compiler) place(f *plan.Func) {
	read, loose := plan.Locals(f, func(s *plan.Stmt) []int { return learners(s, c.reads) })
	c.read, c.locals = read, make([]place, f.Locals)
	used := make([]bool, f.Locals)
	use := func(l int) int {
		used[l] = true
		return l
	}
	for _, l := range f.Params {
		use(l)
	}
	plan.EachStmt(f.Blocks, func(s *plan.Stmt, _ bool) { s.Rename(use) })
	for l := range c.locals {
		switch {
		case !used[l]:
		case loose[l]:
			c.locals[l] = place{shared, int32(c.fn.shared)}
			c.fn.shared++
		default:
			c.locals[l] = place{simple, int32(c.fn.simple)}
			c.fn.simple++
		}
	}
}

// learners are the locals of which a statement may tell something else more than was
// known.
func learners(s *plan.Stmt, reads map[int]int) []int {
	return slices.DeleteFunc(plan.Learners(s), func(l int) bool { return reads[l] < 2 })
}

func learns(o plan.Operand, reads map[int]int) bool { return o.Term == nil && reads[o.Local] > 1 }

func (c *compiler) operand(o plan.Operand) place {
	if o.Term != nil {
		return c.program.constant(o.Term)
	}
	return c.locals[o.Local]
}

func (c *compiler) blocks(in []*plan.Block, depth int) []block {
	c.fn.depth = max(c.fn.depth, depth)
	out := make([]block, len(in))
	for i, b := range in {
		out[i] = make(block, len(b.Stmts))
		for k := range b.Stmts {
			out[i][k] = c.stmt(&b.Stmts[k], depth)
		}
		out[i] = c.fuse(out[i])
	}
	return out
}

func (c *compiler) stmt(s *plan.Stmt, depth int) inst {
	in := inst{op: s.Op, index: s.Index, where: s.Place}
	switch s.Op {
	case plan.OpArrayAppend, plan.OpSetAdd, plan.OpAssign, plan.OpAssignOnce, plan.OpLen:
		in.target, in.a = c.locals[s.Target], c.operand(s.A)
	case plan.OpObjectInsert, plan.OpObjectInsertOnce, plan.OpDot, plan.OpMerge:
		in.target, in.a, in.b = c.locals[s.Target], c.operand(s.A), c.operand(s.B)
	case plan.OpReset, plan.OpMakeArray, plan.OpMakeObject, plan.OpMakeSet, plan.OpIsDefined, plan.OpIsUndefined, plan.OpMark:
		in.target = c.locals[s.Target]
	case plan.OpEqual, plan.OpNotEqual:
		in.a, in.b = c.operand(s.A), c.operand(s.B)
		in.learnA, in.learnB = learns(s.A, c.reads), learns(s.B, c.reads)
	case plan.OpIsArray, plan.OpIsObject, plan.OpIsSet, plan.OpReturn, plan.OpResult:
		in.a = c.operand(s.A)
	case plan.OpBuiltin:
		in.target, in.builtin = c.locals[s.Target], c.program.plan.Builtins[s.Index]
		in.vector = vectored[in.builtin.Name]
		in.unread, in.silent = !c.read[s.Target], in.builtin.Decl.Result() == nil
	case plan.OpCall:
		in.target = c.locals[s.Target]
	case plan.OpCallDynamic:
		in.target, in.a, in.b = c.locals[s.Target], c.operand(s.A), c.operand(s.B)
	case plan.OpScan:
		in.target, in.key, in.a = c.locals[s.Target], c.locals[s.Key], c.operand(s.A)
		in.valUsed, in.keyUsed = c.read[s.Target], c.read[s.Key]
	case plan.OpWith:
		in.target, in.a = c.locals[s.Target], c.operand(s.A)
		for _, p := range s.Args {
			in.path = append(in.path, p.Term)
		}
	}
	switch s.Op {
	case plan.OpBuiltin, plan.OpCall, plan.OpCallDynamic, plan.OpLookAt:
		for _, a := range s.Args {
			in.args = append(in.args, c.operand(a))
		}
	}
	if s.Blocks != nil {
		in.blocks = c.blocks(s.Blocks, depth+1)
	}
	if s.Op == plan.OpScan {
		in.need, in.once = needs(&in), c.anyOf(s, &in)
	}
	return in
}
