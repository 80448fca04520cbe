package plan

import (
	"fmt"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/ir"
)

// Program is a plan with every name looked up: functions and built-in functions
// by index, constants as terms. It is immutable and safe for concurrent use.
type Program struct {
	Funcs    []Func
	Builtins []*ast.Builtin
	Blocks   []*Block       // of the query
	Locals   int            // of the query
	Loose    []bool         // of the query, as in [Func]
	paths    map[string]int // by path, joined; for dynamic calls and entry points
}

// Func is a planned rule or function. Its first two parameters are input and data.
type Func struct {
	Name   string
	Params []int // locals
	Result int   // the local that is returned
	Blocks []*Block
	Locals int // how many there are
	// Loose are the locals that a statement reads as another one than the last that is written before
	// it, in its block or in one around it, may have left them; see [Locals].
	Loose []bool
}

// Block is a sequence of statements.
type Block struct{ Stmts []Stmt }

// Op tells statements apart.
type Op uint8

// The statements of OPA's plan; those that make a constant are assignments of one.
const (
	OpNop Op = iota
	OpArrayAppend
	OpAssign
	OpAssignOnce
	OpBlock
	OpBreak
	OpBuiltin
	OpCall
	OpCallDynamic
	OpDot
	OpEqual
	OpIsArray
	OpIsDefined
	OpIsObject
	OpIsSet
	OpIsUndefined
	OpLen
	OpMakeArray
	OpMakeObject
	OpMakeSet
	OpMerge
	OpNot
	OpNotEqual
	OpObjectInsert
	OpObjectInsertOnce
	OpReset
	OpResult
	OpReturn
	OpScan
	OpSetAdd
	OpWith
	// The following are in no plan of OPA's, but in variants of its functions that others make: a member is
	// put into a set of which only whether it has any matters; arguments are looked at.
	OpMark
	OpLookAt
)

// Operand is a local, or a constant.
type Operand struct {
	Local int
	Term  *ast.Term // not nil: a constant
}

// Stmt is one statement; which fields mean something depends on Op.
type Stmt struct {
	Op     Op
	Target int // local that is written, or the collection that is changed
	Key    int // local: OpScan
	A, B   Operand
	Args   []Operand // OpCall…; the path of OpCallDynamic and OpWith
	Index  int       // OpBreak: blocks; OpCall, OpBuiltin: function
	Blocks []*Block
	Place  string // file:line
}

// resolver turns OPA's IR into a Program.
type resolver struct {
	policy   *ir.Policy
	program  *Program
	byName   map[string]int
	builtins map[string]int
	strings  []*ast.Term
	locals   int // of the function at hand
}

func resolve(policy *ir.Policy) (*Program, error) {
	r := &resolver{policy: policy, program: &Program{paths: map[string]int{}}, byName: map[string]int{}, builtins: map[string]int{}}
	for _, s := range policy.Static.Strings {
		r.strings = append(r.strings, ast.StringTerm(s.Value))
	}
	for i, b := range policy.Static.BuiltinFuncs {
		decl := ast.BuiltinMap[b.Name]
		if decl == nil {
			return nil, fmt.Errorf("OPA has no built-in function %s", b.Name)
		}
		r.builtins[b.Name] = i
		r.program.Builtins = append(r.program.Builtins, decl)
	}
	if policy.Funcs != nil {
		for i, f := range policy.Funcs.Funcs {
			r.byName[f.Name] = i
			if f.Path != nil {
				r.program.paths[strings.Join(f.Path, "\x00")] = i
			}
		}
		for _, f := range policy.Funcs.Funcs {
			fn, err := r.function(f)
			if err != nil {
				return nil, err
			}
			r.program.Funcs = append(r.program.Funcs, fn)
		}
	}
	r.locals = int(ir.Unused)
	for _, p := range policy.Plans.Plans {
		blocks, err := r.blocks(p.Blocks)
		if err != nil {
			return nil, err
		}
		r.program.Blocks = append(r.program.Blocks, blocks...)
	}
	r.program.Locals = r.locals
	_, r.program.Loose = Locals(&Func{Params: []int{0, 1}, Blocks: r.program.Blocks, Locals: r.locals}, Learners)
	return r.program, nil
}

func (r *resolver) function(f *ir.Func) (Func, error) {
	r.locals = 0
	out := Func{Name: f.Name, Result: r.local(f.Return)}
	for _, p := range f.Params {
		out.Params = append(out.Params, r.local(p))
	}
	blocks, err := r.blocks(f.Blocks)
	out.Blocks, out.Locals = blocks, r.locals
	if err == nil {
		tidy(&out)
	}
	_, out.Loose = Locals(&out, Learners)
	return out, err
}

func (r *resolver) blocks(in []*ir.Block) ([]*Block, error) {
	out := make([]*Block, 0, len(in))
	for _, b := range in {
		n := &Block{Stmts: make([]Stmt, 0, len(b.Stmts))}
		for _, s := range b.Stmts {
			x, err := r.stmt(s)
			if err != nil {
				return nil, err
			}
			if x.Op != OpNop {
				n.Stmts = append(n.Stmts, x)
			}
		}
		out = append(out, n)
	}
	return out, nil
}

func (r *resolver) local(l ir.Local) int {
	r.locals = max(r.locals, int(l)+1)
	return int(l)
}

func (r *resolver) operand(o ir.Operand) Operand {
	switch v := o.Value.(type) {
	case ir.StringIndex:
		return Operand{Term: r.strings[v]}
	case ir.Bool:
		return Operand{Term: ast.InternedTerm(bool(v))}
	case ir.Local:
		return Operand{Local: r.local(v)}
	}
	panic("an operand of another kind")
}

func (r *resolver) operands(in []ir.Operand) []Operand {
	out := make([]Operand, len(in))
	for i, o := range in {
		out[i] = r.operand(o)
	}
	return out
}

// stmt resolves one statement.
func (r *resolver) stmt(s ir.Stmt) (x Stmt, err error) {
	if l := s.GetLocation(); l != nil && l.File < len(r.policy.Static.Files) {
		x.Place = fmt.Sprintf("%s:%d", r.policy.Static.Files[l.File].Value, l.Row)
	}
	switch s := s.(type) {
	case *ir.NopStmt:
	case *ir.ArrayAppendStmt:
		x.Op, x.Target, x.A = OpArrayAppend, r.local(s.Array), r.operand(s.Value)
	case *ir.AssignIntStmt:
		x.Op, x.Target, x.A = OpAssign, r.local(s.Target), Operand{Term: ast.InternedTerm(int(s.Value))}
	case *ir.AssignVarStmt:
		x.Op, x.Target, x.A = OpAssign, r.local(s.Target), r.operand(s.Source)
	case *ir.AssignVarOnceStmt:
		x.Op, x.Target, x.A = OpAssignOnce, r.local(s.Target), r.operand(s.Source)
	case *ir.MakeNullStmt:
		x.Op, x.Target, x.A = OpAssign, r.local(s.Target), Operand{Term: ast.InternedNullTerm}
	case *ir.MakeNumberIntStmt:
		x.Op, x.Target, x.A = OpAssign, r.local(s.Target), Operand{Term: ast.InternedTerm(int(s.Value))}
	case *ir.MakeNumberRefStmt:
		n := r.strings[s.Index].Value.(ast.String)
		x.Op, x.Target, x.A = OpAssign, r.local(s.Target), Operand{Term: ast.NewTerm(ast.Number(n))}
	case *ir.BlockStmt:
		x.Op = OpBlock
		x.Blocks, err = r.blocks(s.Blocks)
	case *ir.BreakStmt:
		x.Op, x.Index = OpBreak, int(s.Index)
	case *ir.CallStmt:
		err = r.call(&x, s)
	case *ir.CallDynamicStmt:
		x.Op, x.Target, x.Args = OpCallDynamic, r.local(s.Result), r.operands(s.Path)
		if len(s.Args) != 2 {
			return x, fmt.Errorf("%s: a dynamic call with %d arguments", x.Place, len(s.Args))
		}
		x.A, x.B = Operand{Local: r.local(s.Args[0])}, Operand{Local: r.local(s.Args[1])}
	case *ir.DotStmt:
		x.Op, x.Target, x.A, x.B = OpDot, r.local(s.Target), r.operand(s.Source), r.operand(s.Key)
	case *ir.EqualStmt:
		x.Op, x.A, x.B = OpEqual, r.operand(s.A), r.operand(s.B)
	case *ir.NotEqualStmt:
		x.Op, x.A, x.B = OpNotEqual, r.operand(s.A), r.operand(s.B)
	case *ir.IsArrayStmt:
		x.Op, x.A = OpIsArray, r.operand(s.Source)
	case *ir.IsObjectStmt:
		x.Op, x.A = OpIsObject, r.operand(s.Source)
	case *ir.IsSetStmt:
		x.Op, x.A = OpIsSet, r.operand(s.Source)
	case *ir.IsDefinedStmt:
		x.Op, x.Target = OpIsDefined, r.local(s.Source)
	case *ir.IsUndefinedStmt:
		x.Op, x.Target = OpIsUndefined, r.local(s.Source)
	case *ir.LenStmt:
		x.Op, x.Target, x.A = OpLen, r.local(s.Target), r.operand(s.Source)
	case *ir.MakeArrayStmt:
		x.Op, x.Target = OpMakeArray, r.local(s.Target)
	case *ir.MakeObjectStmt:
		x.Op, x.Target = OpMakeObject, r.local(s.Target)
	case *ir.MakeSetStmt:
		x.Op, x.Target = OpMakeSet, r.local(s.Target)
	case *ir.ObjectMergeStmt:
		x.Op, x.Target, x.A, x.B = OpMerge, r.local(s.Target), Operand{Local: r.local(s.A)}, Operand{Local: r.local(s.B)}
	case *ir.ObjectInsertStmt:
		x.Op, x.Target, x.A, x.B = OpObjectInsert, r.local(s.Object), r.operand(s.Key), r.operand(s.Value)
	case *ir.ObjectInsertOnceStmt:
		x.Op, x.Target, x.A, x.B = OpObjectInsertOnce, r.local(s.Object), r.operand(s.Key), r.operand(s.Value)
	case *ir.SetAddStmt:
		x.Op, x.Target, x.A = OpSetAdd, r.local(s.Set), r.operand(s.Value)
	case *ir.NotStmt:
		x.Op = OpNot
		x.Blocks, err = r.blocks([]*ir.Block{s.Block})
	case *ir.ResetLocalStmt:
		x.Op, x.Target = OpReset, r.local(s.Target)
	case *ir.ResultSetAddStmt:
		x.Op, x.A = OpResult, Operand{Local: r.local(s.Value)}
	case *ir.ReturnLocalStmt:
		x.Op, x.A = OpReturn, Operand{Local: r.local(s.Source)}
	case *ir.ScanStmt:
		x.Op, x.A, x.Key, x.Target = OpScan, Operand{Local: r.local(s.Source)}, r.local(s.Key), r.local(s.Value)
		x.Blocks, err = r.blocks([]*ir.Block{s.Block})
	case *ir.WithStmt:
		x.Op, x.Target, x.A = OpWith, r.local(s.Local), r.operand(s.Value)
		for _, p := range s.Path {
			x.Args = append(x.Args, Operand{Term: r.strings[p]})
		}
		x.Blocks, err = r.blocks([]*ir.Block{s.Block})
	default:
		err = fmt.Errorf("%s: a statement of type %T, which this interpreter does not know", x.Place, s)
	}
	return x, err
}

func (r *resolver) call(x *Stmt, s *ir.CallStmt) error {
	x.Target, x.Args = r.local(s.Result), r.operands(s.Args)
	if i, ok := r.byName[s.Func]; ok {
		x.Op, x.Index = OpCall, i
		return nil
	}
	i, ok := r.builtins[s.Func]
	if !ok {
		return fmt.Errorf("%s: a call of %s, which is not planned", x.Place, s.Func)
	}
	x.Op, x.Index = OpBuiltin, i
	return nil
}
