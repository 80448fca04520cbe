package plan

import (
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/ir"
)

// repair makes a plan mean what OPA's own evaluator does where its planner errs.
// The errors come with packages that are looked up by a computed name, data.p[x].
// If the head of a rule in one is a longer reference, p.a.b, its rules are gathered
// one by one:
//
//   - Functions are gathered like rules, called without their arguments. A
//     function is no document: such a call has no value.
//   - `not { x }` is to look at whether x succeeded once all of x has run. But
//     after the rules base data is looked at, too, and where there is none below
//     data.p nothing after it runs. So x gets a block of its own, and what is kept
//     on record about it is forgotten before it runs again.
//
// If it is looked up where a function is replaced by a variable, the rules in it
// take that variable as an argument, which the lookup does not pass. Such a plan is
// an error.
func repair(p *ir.Policy, c *ast.Compiler) error {
	params := map[string]int{}
	if p.Funcs != nil {
		for _, f := range p.Funcs.Funcs {
			params[f.Name] = len(f.Params)
		}
		for _, f := range p.Funcs.Funcs {
			repairBlocks(f.Blocks, params)
		}
	}
	if p.Plans != nil {
		for _, q := range p.Plans.Plans {
			repairBlocks(q.Blocks, params)
		}
	}
	return dynamicCalls(p, c)
}

func repairBlocks(blocks []*ir.Block, params map[string]int) {
	for _, b := range blocks {
		for i, s := range b.Stmts {
			switch s := s.(type) {
			case *ir.CallStmt:
				if n, planned := params[s.Func]; planned && n != len(s.Args) {
					b.Stmts[i] = &ir.BreakStmt{Location: s.Location}
				}
			case *ir.BlockStmt:
				repairBlocks(s.Blocks, params)
			case *ir.NotStmt:
				repairBlocks([]*ir.Block{s.Block}, params)
				repairNot(s.Block)
			case *ir.ScanStmt:
				repairBlocks([]*ir.Block{s.Block}, params)
			case *ir.WithStmt:
				repairBlocks([]*ir.Block{s.Block}, params)
			}
		}
	}
}

// repairNot gives what stands before the last look at the record a block of its
// own.
func repairNot(b *ir.Block) {
	if len(b.Stmts) < 2 {
		return
	}
	last, ok := b.Stmts[len(b.Stmts)-1].(*ir.IsDefinedStmt)
	if !ok {
		return
	}
	inner := &ir.Block{Stmts: b.Stmts[:len(b.Stmts)-1]}
	b.Stmts = []ir.Stmt{
		&ir.ResetLocalStmt{Target: last.Source, Location: last.Location},
		&ir.BlockStmt{Blocks: []*ir.Block{inner}, Location: last.Location},
		last,
	}
}

// dynamicCalls checks that rules that may be looked up by name need no arguments
// but input and data.
func dynamicCalls(p *ir.Policy, c *ast.Compiler) error {
	// The planner plans rules again, under another first name, wherever a function
	// is replaced.
	from := lookups{names: map[string]*ir.Location{}, strings: p.Static.Strings}
	if p.Funcs == nil {
		return nil
	}
	if err := ir.Walk(from, p); err != nil {
		return err
	}
	for _, f := range p.Funcs.Funcs {
		if len(f.Path) == 0 {
			continue
		}
		place, ok := from.names[f.Path[0]]
		if !ok {
			continue
		}
		ref := ast.Ref{ast.DefaultRootDocument}
		for _, name := range f.Path[1:] {
			ref = append(ref, ast.StringTerm(name))
		}
		if len(f.Params) != 2+max(0, c.GetArity(ref)) {
			at := ""
			if place != nil && place.File < len(p.Static.Files) {
				at = fmt.Sprintf("%s:%d: ", p.Static.Files[place.File].Value, place.Row)
			}
			return fmt.Errorf("%srules are looked up by a computed name where a function is replaced by a variable, which OPA's planner does not hand on to them", at)
		}
	}
	return nil
}

// lookups gathers the first names of what is looked up, and where.
type lookups struct {
	names   map[string]*ir.Location
	strings []*ir.StringConst
}

func (lookups) Before(any) {}
func (lookups) After(any)  {}

func (l lookups) Visit(x any) (ir.Visitor, error) {
	if s, ok := x.(*ir.CallDynamicStmt); ok && len(s.Path) > 0 {
		if first, ok := s.Path[0].Value.(ir.StringIndex); ok {
			l.names[l.strings[first].Value] = s.GetLocation()
		}
	}
	return l, nil
}
