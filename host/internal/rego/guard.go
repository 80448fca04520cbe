package rego

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// guard is the part of a rule body that reads nothing that can be unknown at a
// site. If it fails, so does the body, whatever the unknown facts are: leaving
// statements out of a conjunction can only make it hold more often.
type guard struct {
	query ast.Body // empty: the body has no guard
	// reads are of topology tables, which a snapshot may leave incomplete; the
	// guard is not used where it does.
	reads []read
}

// statement is one top-level statement of a body with what it reads.
type statement struct {
	expr  *ast.Expr
	reads readSet
}

// newGuard keeps the statements that can be evaluated without the others. In a
// compiled body every statement's inputs are bound before it, so one can be kept
// if each variable it shares with those before is bound by one that is kept.
func newGuard(body []statement) guard {
	var g guard
	reads := readSet{}
	seen, bound := ast.NewVarSet(), ast.NewVarSet()
	for _, s := range body {
		vars := varsOf(s.expr)
		if s.stable() && vars.Intersect(seen).Diff(bound).Equal(ast.NewVarSet()) {
			g.query.Append(s.expr.Copy())
			bound.Update(vars)
			reads.addAll(s.reads)
		}
		seen.Update(vars)
	}
	for _, r := range reads {
		if r.path.root == rootTopology && r.mayBeUnknown() {
			g.reads = append(g.reads, r)
		}
	}
	return g
}

// stable reports whether the statement reads the same however a site's unknown
// facts are filled in.
func (s statement) stable() bool {
	for _, r := range s.reads {
		if !r.mayBeUnknown() {
			continue
		}
		if r.path.root != rootTopology || len(r.path.elems) == 0 {
			return false
		}
		if r.path.elems[0].name == "sites" && !(r.presence && len(r.path.elems) <= 2) {
			return false
		}
	}
	return true
}

// varsOf returns the variables of a statement, those of nested bodies too.
func varsOf(e *ast.Expr) ast.VarSet {
	vis := ast.NewVarVisitor().WithParams(ast.VarVisitorParams{SkipRefCallHead: true})
	vis.Walk(e)
	vars := vis.Vars()
	delete(vars, ast.InputRootDocument.Value.(ast.Var))
	delete(vars, ast.DefaultRootDocument.Value.(ast.Var))
	return vars
}
