package literal

import (
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Statement writes that a variable is the value of a set or object whose members
// and keys have values by then.
type Statement func(variable, literal *ast.Term) *ast.Expr

// Apart rewrites the rules of a compiler's modules in place. What is computed in a
// literal must stand in statements of its own, which is how the compiler leaves it.
func Apart(c *ast.Compiler, make Statement) {
	for _, m := range c.Modules {
		for _, r := range m.Rules {
			for branch := r; branch != nil; branch = branch.Else {
				w := writer{compiler: c, make: make}
				w.rule(branch)
			}
		}
	}
}

// Body returns a body of a rule without arguments, rewritten as [Apart] does. Its
// statements are changed in place.
func Body(c *ast.Compiler, b ast.Body, make Statement) ast.Body {
	if !has(b) {
		return b
	}
	w := writer{compiler: c, make: make}
	return w.body(b, ast.ReservedVars)
}

// has reports whether there is anything to rewrite in a rule, body or term.
func has(x any) bool {
	found := false
	ast.WalkTerms(x, func(t *ast.Term) bool {
		found = found || computed(t)
		return found
	})
	return found
}

// computed reports whether a term is a set with members, or an object with keys,
// that are not spelt out.
func computed(t *ast.Term) bool {
	switch v := t.Value.(type) {
	case ast.Set:
		return !v.IsGround()
	case ast.Object:
		return v.Until(func(k, _ *ast.Term) bool { return !k.IsGround() })
	}
	return false
}

// writer rewrites one rule.
type writer struct {
	compiler *ast.Compiler
	make     Statement
	fresh    int
}

func (w *writer) rule(r *ast.Rule) {
	safe := ast.ReservedVars.Copy()
	args := statement{writer: w, taken: ast.NewVarSet()}
	for _, arg := range r.Head.Args {
		ast.WalkVars(arg, func(v ast.Var) bool { args.taken.Add(v); return false })
	}
	for _, arg := range r.Head.Args {
		args.apart(arg) // all of an argument takes apart
	}
	safe.Update(args.taken)
	value := statement{writer: w}
	if t := r.Head.Value; t != nil && !r.Default {
		r.Head.Value = value.apart(t)
	}
	body := r.Body
	if has(body) {
		body = w.body(body, safe)
	}
	r.Body = join(args.after, body, value.before)
}

// join returns the statements of bodies, in turn.
func join(bodies ...ast.Body) ast.Body {
	var all ast.Body
	for _, e := range slices.Concat(bodies...) {
		all.Append(e)
	}
	return all
}

// body rewrites a body, where the variables in safe have values.
func (w *writer) body(b ast.Body, safe ast.VarSet) ast.Body {
	safe = safe.Copy()
	out := make(ast.Body, 0, len(b))
	for _, e := range b {
		s := statement{writer: w, taken: ast.OutputVarsFromExpr(w.compiler, e, safe).Diff(safe)}
		w.closures(e, safe)
		e = s.rewrite(e)
		out = append(out, slices.Concat(s.before, ast.Body{e}, s.after)...)
		safe.Update(s.taken)
	}
	return join(out)
}

// closures rewrites the bodies inside a statement.
func (w *writer) closures(e *ast.Expr, safe ast.VarSet) {
	switch t := e.Terms.(type) {
	case *ast.Every:
		inner := safe.Copy()
		inner.Update(t.KeyValueVars())
		t.Body = w.body(t.Body, inner)
	case *ast.Not:
		t.Body = w.body(t.Body, safe)
	case *ast.LogicalAnd:
		t.Lhs, t.Rhs = w.body(t.Lhs, safe), w.body(t.Rhs, safe)
	case *ast.LogicalOr:
		t.Lhs, t.Rhs = w.body(t.Lhs, safe), w.body(t.Rhs, safe)
	case *ast.Term:
		w.comprehensions(t, safe)
	case []*ast.Term:
		for _, t := range t[1:] {
			w.comprehensions(t, safe)
		}
	}
}

// comprehensions rewrites the bodies of comprehensions.
func (w *writer) comprehensions(t *ast.Term, safe ast.VarSet) {
	ast.WalkClosures(t, func(x any) bool {
		switch c := x.(type) {
		case *ast.ArrayComprehension:
			c.Body = w.body(c.Body, safe)
		case *ast.SetComprehension:
			c.Body = w.body(c.Body, safe)
		case *ast.ObjectComprehension:
			c.Body = w.body(c.Body, safe)
		}
		return true // what is in there has been seen to
	})
}

// statement is one statement being rewritten.
type statement struct {
	*writer
	taken         ast.VarSet // the variables that get their values from it
	before, after ast.Body   // what goes with it
}

// rewrite returns what is left of the statement, or what stands for it.
func (s *statement) rewrite(e *ast.Expr) *ast.Expr {
	switch t := e.Terms.(type) {
	case *ast.Every:
		t.Domain = s.apart(t.Domain)
	case *ast.Term:
		if _, ok := t.Value.(ast.Ref); ok {
			e.Terms = s.apart(t)
		}
	case []*ast.Term:
		if e.IsEquality() {
			for _, pair := range [][2]*ast.Term{{t[1], t[2]}, {t[2], t[1]}} {
				if v, ok := pair[0].Value.(ast.Var); ok && s.taken.Contains(v) && computed(pair[1]) && !s.takes(pair[1]) {
					alone := s.make(pair[0], pair[1])
					alone.Location, alone.With = e.Location, e.With
					return alone
				}
			}
		}
		for i := 1 + s.plain(t); i < len(t); i++ {
			t[i] = s.apart(t[i])
		}
	}
	return e
}

// plain counts the operands of a call that are values wherever they come from: the
// engines put them together before they call one of OPA's functions.
func (s *statement) plain(terms []*ast.Term) int {
	op, ok := terms[0].Value.(ast.Ref)
	if !ok || op[0].Equal(ast.DefaultRootDocument) || op.Equal(ast.Equality.Ref()) {
		return 0
	}
	return max(0, s.compiler.GetArity(op))
}

// takes reports whether a variable in a term gets its value from the statement.
func (s *statement) takes(t *ast.Term) bool {
	found := false
	ast.WalkVars(t, func(v ast.Var) bool {
		found = found || s.taken.Contains(v)
		return found
	})
	return found
}

// apart returns a term with variables in the place of what is computed in it, which
// get their values ahead of the statement. What takes a value apart, {k: x} = v,
// stays; where keys come out equal, it matches nothing.
func (s *statement) apart(t *ast.Term) *ast.Term {
	if computed(t) && !s.takes(t) {
		v := ast.VarTerm(fmt.Sprintf("#literal%d", s.fresh)).SetLocation(t.Location)
		s.fresh++
		e := s.make(v, t)
		e.Location = t.Location
		s.before.Append(e)
		return v
	}
	switch v := t.Value.(type) {
	case *ast.Array:
		elems := make([]*ast.Term, v.Len())
		for i := range elems {
			elems[i] = s.apart(v.Elem(i))
		}
		return ast.ArrayTerm(elems...).SetLocation(t.Location)
	case ast.Object:
		if computed(t) {
			s.distinct(t, v.Keys())
		}
		var pairs [][2]*ast.Term
		v.Foreach(func(k, v *ast.Term) { pairs = append(pairs, [2]*ast.Term{k, s.apart(v)}) })
		return ast.ObjectTerm(pairs...).SetLocation(t.Location)
	case ast.Ref:
		for i := 1; i < len(v); i++ {
			v[i] = s.apart(v[i])
		}
	}
	return t
}

// distinct adds that keys are not equal.
func (s *statement) distinct(t *ast.Term, keys []*ast.Term) {
	if len(keys) < 2 {
		return
	}
	e := ast.Count.Expr(ast.SetTerm(keys...), ast.IntNumberTerm(len(keys)))
	e.Location = t.Location
	s.after.Append(e)
}
