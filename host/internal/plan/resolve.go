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
	funcs    []function
	paths    map[string]int // by path, joined; for dynamic calls and entry points
	builtins []*ast.Builtin
	blocks   []*block // of the query
	locals   int      // of the query
}

// function is a planned rule or function.
type function struct {
	name   string
	params []int
	result int
	blocks []*block
	locals int
}

// block is a sequence of statements.
type block struct{ stmts []stmt }

// op tells statements apart.
type op uint8

const (
	opNop op = iota
	opArrayAppend
	opAssign
	opAssignOnce
	opBlock
	opBreak
	opBuiltin
	opCall
	opCallDynamic
	opDot
	opEqual
	opIsArray
	opIsDefined
	opIsObject
	opIsSet
	opIsUndefined
	opLen
	opMakeArray
	opMakeObject
	opMakeSet
	opMerge
	opNot
	opNotEqual
	opObjectInsert
	opObjectInsertOnce
	opReset
	opResult
	opReturn
	opScan
	opSetAdd
	opWith
)

// operand is a local, or a constant.
type operand struct {
	local int
	term  *ast.Term // not nil: a constant
}

// stmt is one statement; which fields mean something depends on op.
type stmt struct {
	op     op
	target int // local that is written, or the collection that is changed
	key    int // local: opScan
	a, b   operand
	args   []operand // opCall…; the path of opCallDynamic and opWith
	index  int       // opBreak: blocks; opCall, opBuiltin: function
	blocks []*block
	place  string // file:line
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
		r.program.builtins = append(r.program.builtins, decl)
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
			r.program.funcs = append(r.program.funcs, fn)
		}
	}
	r.locals = int(ir.Unused)
	for _, p := range policy.Plans.Plans {
		blocks, err := r.blocks(p.Blocks)
		if err != nil {
			return nil, err
		}
		r.program.blocks = append(r.program.blocks, blocks...)
	}
	r.program.locals = r.locals
	return r.program, nil
}

func (r *resolver) function(f *ir.Func) (function, error) {
	r.locals = 0
	out := function{name: f.Name, result: r.local(f.Return)}
	for _, p := range f.Params {
		out.params = append(out.params, r.local(p))
	}
	blocks, err := r.blocks(f.Blocks)
	out.blocks, out.locals = blocks, r.locals
	return out, err
}

func (r *resolver) blocks(in []*ir.Block) ([]*block, error) {
	out := make([]*block, 0, len(in))
	for _, b := range in {
		n := &block{stmts: make([]stmt, 0, len(b.Stmts))}
		for _, s := range b.Stmts {
			x, err := r.stmt(s)
			if err != nil {
				return nil, err
			}
			if x.op != opNop {
				n.stmts = append(n.stmts, x)
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

func (r *resolver) operand(o ir.Operand) operand {
	switch v := o.Value.(type) {
	case ir.StringIndex:
		return operand{term: r.strings[v]}
	case ir.Bool:
		return operand{term: ast.InternedTerm(bool(v))}
	case ir.Local:
		return operand{local: r.local(v)}
	}
	panic("an operand of another kind")
}

func (r *resolver) operands(in []ir.Operand) []operand {
	out := make([]operand, len(in))
	for i, o := range in {
		out[i] = r.operand(o)
	}
	return out
}

// stmt resolves one statement.
func (r *resolver) stmt(s ir.Stmt) (x stmt, err error) {
	if l := s.GetLocation(); l != nil && l.File < len(r.policy.Static.Files) {
		x.place = fmt.Sprintf("%s:%d", r.policy.Static.Files[l.File].Value, l.Row)
	}
	switch s := s.(type) {
	case *ir.NopStmt:
	case *ir.ArrayAppendStmt:
		x.op, x.target, x.a = opArrayAppend, r.local(s.Array), r.operand(s.Value)
	case *ir.AssignIntStmt:
		x.op, x.target, x.a = opAssign, r.local(s.Target), operand{term: ast.InternedTerm(int(s.Value))}
	case *ir.AssignVarStmt:
		x.op, x.target, x.a = opAssign, r.local(s.Target), r.operand(s.Source)
	case *ir.AssignVarOnceStmt:
		x.op, x.target, x.a = opAssignOnce, r.local(s.Target), r.operand(s.Source)
	case *ir.MakeNullStmt:
		x.op, x.target, x.a = opAssign, r.local(s.Target), operand{term: ast.InternedNullTerm}
	case *ir.MakeNumberIntStmt:
		x.op, x.target, x.a = opAssign, r.local(s.Target), operand{term: ast.InternedTerm(int(s.Value))}
	case *ir.MakeNumberRefStmt:
		n := r.strings[s.Index].Value.(ast.String)
		x.op, x.target, x.a = opAssign, r.local(s.Target), operand{term: ast.NewTerm(ast.Number(n))}
	case *ir.BlockStmt:
		x.op = opBlock
		x.blocks, err = r.blocks(s.Blocks)
	case *ir.BreakStmt:
		x.op, x.index = opBreak, int(s.Index)
	case *ir.CallStmt:
		err = r.call(&x, s)
	case *ir.CallDynamicStmt:
		x.op, x.target, x.args = opCallDynamic, r.local(s.Result), r.operands(s.Path)
		if len(s.Args) != 2 {
			return x, fmt.Errorf("%s: a dynamic call with %d arguments", x.place, len(s.Args))
		}
		x.a, x.b = operand{local: r.local(s.Args[0])}, operand{local: r.local(s.Args[1])}
	case *ir.DotStmt:
		x.op, x.target, x.a, x.b = opDot, r.local(s.Target), r.operand(s.Source), r.operand(s.Key)
	case *ir.EqualStmt:
		x.op, x.a, x.b = opEqual, r.operand(s.A), r.operand(s.B)
	case *ir.NotEqualStmt:
		x.op, x.a, x.b = opNotEqual, r.operand(s.A), r.operand(s.B)
	case *ir.IsArrayStmt:
		x.op, x.a = opIsArray, r.operand(s.Source)
	case *ir.IsObjectStmt:
		x.op, x.a = opIsObject, r.operand(s.Source)
	case *ir.IsSetStmt:
		x.op, x.a = opIsSet, r.operand(s.Source)
	case *ir.IsDefinedStmt:
		x.op, x.target = opIsDefined, r.local(s.Source)
	case *ir.IsUndefinedStmt:
		x.op, x.target = opIsUndefined, r.local(s.Source)
	case *ir.LenStmt:
		x.op, x.target, x.a = opLen, r.local(s.Target), r.operand(s.Source)
	case *ir.MakeArrayStmt:
		x.op, x.target = opMakeArray, r.local(s.Target)
	case *ir.MakeObjectStmt:
		x.op, x.target = opMakeObject, r.local(s.Target)
	case *ir.MakeSetStmt:
		x.op, x.target = opMakeSet, r.local(s.Target)
	case *ir.ObjectMergeStmt:
		x.op, x.target, x.a, x.b = opMerge, r.local(s.Target), operand{local: r.local(s.A)}, operand{local: r.local(s.B)}
	case *ir.ObjectInsertStmt:
		x.op, x.target, x.a, x.b = opObjectInsert, r.local(s.Object), r.operand(s.Key), r.operand(s.Value)
	case *ir.ObjectInsertOnceStmt:
		x.op, x.target, x.a, x.b = opObjectInsertOnce, r.local(s.Object), r.operand(s.Key), r.operand(s.Value)
	case *ir.SetAddStmt:
		x.op, x.target, x.a = opSetAdd, r.local(s.Set), r.operand(s.Value)
	case *ir.NotStmt:
		x.op = opNot
		x.blocks, err = r.blocks([]*ir.Block{s.Block})
	case *ir.ResetLocalStmt:
		x.op, x.target = opReset, r.local(s.Target)
	case *ir.ResultSetAddStmt:
		x.op, x.a = opResult, operand{local: r.local(s.Value)}
	case *ir.ReturnLocalStmt:
		x.op, x.a = opReturn, operand{local: r.local(s.Source)}
	case *ir.ScanStmt:
		x.op, x.a, x.key, x.target = opScan, operand{local: r.local(s.Source)}, r.local(s.Key), r.local(s.Value)
		x.blocks, err = r.blocks([]*ir.Block{s.Block})
	case *ir.WithStmt:
		x.op, x.target, x.a = opWith, r.local(s.Local), r.operand(s.Value)
		for _, p := range s.Path {
			x.args = append(x.args, operand{term: r.strings[p]})
		}
		x.blocks, err = r.blocks([]*ir.Block{s.Block})
	default:
		err = fmt.Errorf("%s: a statement of type %T, which this interpreter does not know", x.place, s)
	}
	return x, err
}

func (r *resolver) call(x *stmt, s *ir.CallStmt) error {
	x.target, x.args = r.local(s.Result), r.operands(s.Args)
	if i, ok := r.byName[s.Func]; ok {
		x.op, x.index = opCall, i
		return nil
	}
	i, ok := r.builtins[s.Func]
	if !ok {
		return fmt.Errorf("%s: a call of %s, which is not planned", x.place, s.Func)
	}
	x.op, x.index = opBuiltin, i
	return nil
}
