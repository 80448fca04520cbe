package rego

import (
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/types"

	"github.com/bailiwick-dev/bailiwick/host/internal/literal"
)

// The types of the statement that bounds a value, and of the one that makes one.
var (
	weighDecl = types.NewFunction(types.Args(types.A), types.B)
	wholeDecl = types.NewFunction(types.Args(types.A), types.A)
)

// instrument makes compiled rules bounded, in place: calls of built-in functions
// become calls of their bounded forms, and a statement that weighs the value
// follows each that builds one out of parts. OPA shares the parts of values, so
// without that a few lines of [x, x] make a value that takes for ever to compare.
// Sets and objects that are written out become values before they are used; see
// package literal.
//
// It runs after everything else has looked at the modules: they no longer print
// as they were written.
func instrument(c *ast.Compiler) {
	literal.Apart(c, wholeExpr)
	for _, m := range c.Modules {
		for _, r := range m.Rules {
			for branch := r; branch != nil; branch = branch.Else {
				instrumentHead(c, branch)
			}
		}
	}
}

// instrumentHead bounds one branch of a rule.
func instrumentHead(c *ast.Compiler, r *ast.Rule) {
	r.Body = instrumentBody(c, r.Body)
	for _, t := range []*ast.Term{r.Head.Key, r.Head.Value} {
		if t == nil {
			continue
		}
		instrumentTerm(c, t)
		if builds(t) && !r.Default {
			r.Body.Append(weighExpr(t))
		}
	}
}

// instrumentBody returns the bounded form of a body.
func instrumentBody(c *ast.Compiler, b ast.Body) ast.Body {
	out := make(ast.Body, 0, len(b))
	for _, e := range b {
		var after *ast.Expr
		switch t := e.Terms.(type) {
		case *ast.Term:
			instrumentTerm(c, t)
		case []*ast.Term:
			after = instrumentCall(c, e, t, &out)
		case *ast.Every:
			instrumentTerm(c, t.Domain)
			t.Body = instrumentBody(c, t.Body)
		case *ast.Not:
			t.Body = instrumentBody(c, t.Body)
		case *ast.LogicalAnd:
			t.Lhs, t.Rhs = instrumentBody(c, t.Lhs), instrumentBody(c, t.Rhs)
		case *ast.LogicalOr:
			t.Lhs, t.Rhs = instrumentBody(c, t.Lhs), instrumentBody(c, t.Rhs)
		}
		out.Append(e)
		if after != nil {
			out.Append(after)
		}
	}
	return out
}

// instrumentCall bounds a call or an equality. What must be weighed before it is
// appended to out; what must be weighed after it is returned.
func instrumentCall(c *ast.Compiler, e *ast.Expr, terms []*ast.Term, out *ast.Body) *ast.Expr {
	for _, t := range terms[1:] {
		instrumentTerm(c, t)
	}
	if e.IsEquality() {
		if e.Negated {
			return nil
		}
		for _, t := range [][2]*ast.Term{{terms[1], terms[2]}, {terms[2], terms[1]}} {
			if _, isVar := t[0].Value.(ast.Var); isVar && builds(t[1]) {
				return weighExpr(t[0])
			}
		}
		return nil
	}
	op, ok := terms[0].Value.(ast.Ref)
	if !ok {
		return nil
	}
	if !op[0].Equal(ast.DefaultRootDocument) {
		if name := cappedRef(op.String()); cappedBuiltins[name.String()] != nil {
			terms[0] = ast.NewTerm(name).SetLocation(terms[0].Location)
		}
		return nil
	}
	for i := 0; i < c.GetArity(op) && i+1 < len(terms); i++ {
		if builds(terms[i+1]) {
			out.Append(weighExpr(terms[i+1]))
		}
	}
	return nil
}

// instrumentTerm bounds the bodies of comprehensions in a term.
func instrumentTerm(c *ast.Compiler, t *ast.Term) {
	switch v := t.Value.(type) {
	case *ast.ArrayComprehension:
		v.Body = instrumentBody(c, v.Body)
		weighHead(c, &v.Body, v.Term)
	case *ast.SetComprehension:
		v.Body = instrumentBody(c, v.Body)
		weighHead(c, &v.Body, v.Term)
	case *ast.ObjectComprehension:
		v.Body = instrumentBody(c, v.Body)
		weighHead(c, &v.Body, v.Key)
		weighHead(c, &v.Body, v.Value)
	case *ast.Array:
		v.Foreach(func(t *ast.Term) { instrumentTerm(c, t) })
	case ast.Set:
		v.Foreach(func(t *ast.Term) { instrumentTerm(c, t) })
	case ast.Object:
		v.Foreach(func(k, v *ast.Term) { instrumentTerm(c, k); instrumentTerm(c, v) })
	}
}

// weighHead bounds what a comprehension yields.
func weighHead(c *ast.Compiler, b *ast.Body, t *ast.Term) {
	instrumentTerm(c, t)
	if builds(t) {
		b.Append(weighExpr(t))
	}
}

// builds reports whether a term puts values together that it does not spell out.
func builds(t *ast.Term) bool {
	switch v := t.Value.(type) {
	case *ast.ArrayComprehension, *ast.SetComprehension, *ast.ObjectComprehension:
		return true
	case *ast.Array, ast.Set, ast.Object:
		return !v.IsGround()
	}
	return false
}

// weighExpr is the statement that bounds a value.
func weighExpr(t *ast.Term) *ast.Expr {
	e := ast.NewExpr([]*ast.Term{ast.NewTerm(cappedRef(weighName)), t})
	e.Location = t.Location
	return e
}

// wholeExpr is the statement that a variable is the bounded value of a set or
// object that is written out.
func wholeExpr(v, t *ast.Term) *ast.Expr {
	return ast.NewExpr([]*ast.Term{ast.NewTerm(cappedRef(wholeName)), t, v})
}
