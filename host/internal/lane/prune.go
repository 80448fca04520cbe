package lane

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// opAny stands, in the block of a scan, for the members that it would have tried one
// after the other; see anyOf.
const opAny plan.Op = 100

// pruner makes variants of functions in which nothing is done that only feeds
// text. What it takes out can neither be undefined nor fail.
type pruner struct {
	funcs []plan.Func
	plan  *plan.Program
	// made holds the variants of functions of which only whether they have a value
	// matters, and sized those of which how long the text may be does too; 0: there is
	// none.
	made, sized map[int]int
	fixed       []bool // see findFixed
}

// marks is the variant of a rule that makes a set of texts, for telling only on
// which lanes it has members; false if the members must be looked at.
func (p *pruner) marks(index int) (int, bool) {
	f := p.copy(index)
	set, ok := returned(&f)
	if !ok {
		return 0, false
	}
	u := uses(&f)
	changed := false
	plan.EachStmt(f.Blocks, func(s *plan.Stmt, _ bool) {
		if s.Op == plan.OpSetAdd && s.Target == set && p.text(&f, u, s.A, true) {
			s.Op, s.A = plan.OpMark, plan.Operand{}
			changed = true
		}
	})
	if !changed {
		return 0, false
	}
	// A set that is read has members that matter.
	if n := u.reads[set]; n != 1 {
		return 0, false
	}
	p.clean(&f)
	p.funcs = append(p.funcs, f)
	return len(p.funcs) - 1, true
}

// definedOnly is the variant of a function that tells only whether it has a value,
// which is text if it has.
func (p *pruner) definedOnly(index int) (int, bool) {
	if at, ok := p.made[index]; ok {
		return at, at > 0
	}
	p.made[index] = 0
	f := p.copy(index)
	u := uses(&f)
	changed, possible := false, true
	plan.EachStmt(f.Blocks, func(s *plan.Stmt, looped bool) {
		if s.Op != plan.OpAssignOnce || s.A.Term == nil && u.once[s.A.Local] > 0 {
			return
		}
		if looped || u.once[s.Target] != 1 || !p.text(&f, u, s.A, true) {
			possible = false
			return
		}
		s.A = plan.Operand{Term: ast.InternedTerm(true)}
		changed = true
	})
	if !changed || !possible {
		return 0, false
	}
	p.clean(&f)
	p.funcs = append(p.funcs, f)
	p.made[index] = len(p.funcs) - 1
	return len(p.funcs) - 1, true
}

// sizeOnly is the variant of a function that returns what its text is joined of, for
// whoever bounds the text, or asks whether there is any; see inside.
func (p *pruner) sizeOnly(index int) (int, bool) {
	if at, ok := p.sized[index]; ok {
		return at, at > 0
	}
	p.sized[index] = 0
	f := p.copy(index)
	u := uses(&f)
	if f.Result < 0 || u.once[f.Result] != 1 || len(u.writes[f.Result]) != 1 {
		return 0, false
	}
	possible := true
	plan.EachStmt(f.Blocks, func(s *plan.Stmt, looped bool) {
		if s.Op != plan.OpAssignOnce || s.Target != f.Result {
			return
		}
		of, ok := p.joinedOf(u, s.A)
		if possible = ok && !looped; possible {
			s.A = of
		}
	})
	if !possible {
		return 0, false
	}
	p.clean(&f)
	p.funcs = append(p.funcs, f)
	p.sized[index] = len(p.funcs) - 1
	p.sized[len(p.funcs)-1] = len(p.funcs) - 1
	return len(p.funcs) - 1, true
}

// joinedOf returns the array or set, made here, that a text is joined of which nothing
// else reads.
func (p *pruner) joinedOf(u usage, o plan.Operand) (of plan.Operand, ok bool) {
	var w *plan.Stmt
	for {
		if o.Term != nil || u.reads[o.Local] != 1 || len(u.writes[o.Local]) != 1 {
			return of, false
		}
		if w = u.writes[o.Local][0]; w.Op != plan.OpAssign {
			break
		}
		o = w.A
	}
	if w.Op != plan.OpBuiltin || !p.joinsShort(w) {
		return of, false
	}
	for of = w.Args[1]; of.Term == nil && len(u.writes[of.Local]) == 1; of = u.writes[of.Local][0].A {
		switch u.writes[of.Local][0].Op {
		case plan.OpMakeArray, plan.OpMakeSet:
			return of, true
		case plan.OpAssign:
		default:
			return of, false
		}
	}
	return of, false
}

// joinsShort tells whether a call of a built-in function is one of concat with a short
// delimiter.
func (p *pruner) joinsShort(s *plan.Stmt) bool {
	if p.plan.Builtins[s.Index].Name != ast.Concat.Name || s.Args[0].Term == nil {
		return false
	}
	d, ok := s.Args[0].Term.Value.(ast.String)
	return ok && len(d) <= shortDelimiter
}

// toSizes has the functions whose text is only bounded, or tested for being there, return
// what it is joined of.
func (p *pruner) toSizes(f *plan.Func, u usage) (changed bool) {
	light := map[int]int{} // reads that see no difference
	plan.EachStmt(f.Blocks, func(s *plan.Stmt, _ bool) {
		if s.Op == plan.OpLookAt || s.Op == plan.OpNotEqual && isFalse(s.B) {
			s.Reads(func(o plan.Operand) {
				if o.Term == nil {
					light[o.Local]++
				}
			})
		}
	})
	plan.EachStmt(f.Blocks, func(s *plan.Stmt, _ bool) {
		if s.Op != plan.OpCall || light[s.Target] == 0 || light[s.Target] != u.reads[s.Target] || len(u.writes[s.Target]) != 1 {
			return
		}
		if at, ok := p.sizeOnly(s.Index); ok && at != s.Index {
			s.Index, changed = at, true
		}
	})
	return changed
}

func (p *pruner) copy(index int) plan.Func {
	f := p.funcs[index]
	f.Blocks = copyBlocks(f.Blocks)
	return f
}

func copyBlocks(in []*plan.Block) []*plan.Block {
	out := make([]*plan.Block, len(in))
	for i, b := range in {
		n := &plan.Block{Stmts: slices.Clone(b.Stmts)}
		for k := range n.Stmts {
			n.Stmts[k].Blocks = copyBlocks(n.Stmts[k].Blocks)
		}
		out[i] = n
	}
	return out
}

// returned finds the one local that a function returns.
func returned(f *plan.Func) (local int, ok bool) {
	n := 0
	plan.EachStmt(f.Blocks, func(s *plan.Stmt, _ bool) {
		if s.Op == plan.OpReturn && s.A.Term == nil {
			local = s.A.Local
			n++
		}
	})
	return local, n == 1
}

// usage counts what a function does with its locals.
type usage struct {
	writes map[int][]*plan.Stmt // statements that set a local
	once   map[int]int          // of those, AssignOnce
	reads  map[int]int
	grown  map[int]bool // collections that a statement changes
}

func uses(f *plan.Func) usage {
	u := usage{writes: map[int][]*plan.Stmt{}, once: map[int]int{}, reads: map[int]int{}, grown: map[int]bool{}}
	plan.EachStmt(f.Blocks, func(s *plan.Stmt, _ bool) {
		s.Reads(func(o plan.Operand) {
			if o.Term == nil {
				u.reads[o.Local]++
			}
		})
		switch s.Op {
		case plan.OpAssignOnce:
			u.once[s.Target]++
		case plan.OpArrayAppend, plan.OpSetAdd, plan.OpObjectInsert, plan.OpObjectInsertOnce, plan.OpMark:
			u.grown[s.Target] = true
		}
		s.Writes(func(l int) { u.writes[l] = append(u.writes[l], s) })
	})
	return u
}

// longConstant is how long text that a program spells out may be for nobody to look at
// its length: longer ones are looked at, as are all where the limit is close to it.
const longConstant = 250

// text tells whether an operand is always a string, of bounded length. With change, a call that makes
// it is replaced by one that tells only whether there is one.
func (p *pruner) text(f *plan.Func, u usage, o plan.Operand, change bool) bool {
	if o.Term != nil {
		s, ok := o.Term.Value.(ast.String)
		return ok && len(s) <= longConstant
	}
	if len(u.writes[o.Local]) != 1 {
		return false
	}
	switch s := u.writes[o.Local][0]; s.Op {
	case plan.OpAssign:
		return p.text(f, u, s.A, change)
	case plan.OpBuiltin:
		return p.makesText(u, s)
	case plan.OpCall:
		if u.reads[o.Local] != 1 {
			return false
		}
		at, ok := p.definedOnly(s.Index)
		if ok && change {
			s.Index = at
		}
		return ok
	}
	return false
}

// makesText tells whether a call of a built-in function always makes text, of
// bounded length.
func (p *pruner) makesText(u usage, s *plan.Stmt) bool {
	switch p.plan.Builtins[s.Index].Name {
	case "sprintf":
		if s.Args[0].Term == nil {
			return false
		}
		format, ok := s.Args[0].Term.Value.(ast.String)
		return ok && plainVerbs(string(format)) && madeArray(u, s.Args[1])
	case "internal.template_string":
		return madeArray(u, s.Args[0])
	}
	return false
}

// plainVerbs tells whether no verb of a format has a width, names an argument or writes
// every byte in hexadecimal, which would make more of it than it is.
func plainVerbs(format string) bool {
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		for i++; i < len(format) && strings.IndexByte("+-# ", format[i]) >= 0; i++ {
		}
		if i < len(format) && strings.IndexByte("0123456789.*[xX", format[i]) >= 0 {
			return false
		}
	}
	return true
}

// madeArray tells whether an operand is an array that the function makes.
func madeArray(u usage, o plan.Operand) bool {
	if o.Term != nil {
		_, ok := o.Term.Value.(*ast.Array)
		return ok
	}
	w := u.writes[o.Local]
	if len(w) != 1 {
		return false
	}
	if w[0].Op == plan.OpAssign {
		return madeArray(u, w[0].A)
	}
	return w[0].Op == plan.OpMakeArray
}

// clean takes statements out of a function until all that are left matter.
func (p *pruner) clean(f *plan.Func) {
	for changed := true; changed; {
		changed = false
		u := uses(f)
		plan.EachStmt(f.Blocks, func(s *plan.Stmt, _ bool) {
			if p.dead(u, s) || s.Op == plan.OpLookAt && p.inside(u, s) {
				changed = true
				if s.Op != plan.OpLookAt {
					s.Op = plan.OpNop
				}
				return
			}
			if s.Op == plan.OpBuiltin && u.reads[s.Target] == 0 && len(u.writes[s.Target]) == 1 && p.makesText(u, s) {
				p.toBound(f, u, s)
				changed = true
			}
		})
		changed = p.toSizes(f, u) || changed
	}
	plan.WithoutNops(f.Blocks)
}

// dead tells whether a statement may be left out.
func (p *pruner) dead(u usage, s *plan.Stmt) bool {
	switch s.Op {
	case plan.OpAssign, plan.OpMakeArray, plan.OpMakeObject, plan.OpMakeSet:
		return u.reads[s.Target] == 0
	case plan.OpArrayAppend, plan.OpObjectInsert, plan.OpSetAdd:
		if u.reads[s.Target] > 0 {
			return false
		}
		for _, w := range u.writes[s.Target] {
			if w.Op != plan.OpMakeArray && w.Op != plan.OpMakeObject && w.Op != plan.OpMakeSet {
				return false
			}
		}
		return true
	}
	return false
}

// toBound replaces the making of text by a look at how long it might get.
func (p *pruner) toBound(f *plan.Func, u usage, s *plan.Stmt) {
	array := s.Args[len(s.Args)-1]
	for array.Term == nil && u.writes[array.Local][0].Op == plan.OpAssign {
		array = u.writes[array.Local][0].A
	}
	size := 0
	if format := s.Args[0].Term; format != nil {
		if text, ok := format.Value.(ast.String); ok {
			size = formatBytes(string(text))
		}
	}
	args := []plan.Operand{}
	if array.Term != nil {
		args = append(args, array)
	} else {
		plan.EachStmt(f.Blocks, func(o *plan.Stmt, _ bool) {
			if o.Op == plan.OpArrayAppend && o.Target == array.Local {
				args = append(args, o.A)
			}
		})
	}
	s.Op, s.Args, s.Index = plan.OpLookAt, args, size
}

// shortDelimiter is the longest delimiter that a bound on the elements covers: every
// element counts for two bytes more than it has, and both are escaped alike.
const shortDelimiter = 2

// inside bounds what text was joined of rather than the text itself, which then
// need not be made.
func (p *pruner) inside(u usage, s *plan.Stmt) (changed bool) {
	for i, a := range s.Args {
		if a.Term != nil || u.reads[a.Local] != 1 || len(u.writes[a.Local]) != 1 {
			continue
		}
		switch w := u.writes[a.Local][0]; {
		case w.Op == plan.OpAssign:
			s.Args[i], changed = w.A, true
		case w.Op == plan.OpBuiltin && p.joinsShort(w):
			s.Args[i], changed = w.Args[1], true
		}
	}
	return changed
}
