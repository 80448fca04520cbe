package rego

import "github.com/open-policy-agent/opa/v1/ast"

// bind finds the variables of a rule that stand for places. A variable qualifies
// if exactly one statement of the form `x = ref`, `x = y` or `f(…, x)` binds it;
// with two, one of them compares, and then both count as reading.
//
// Sources are resolved in the order of evaluation, nested bodies in place, so
// that what a binding refers to has been resolved before it.
func (f *frame) bind(r *ast.Rule) {
	b := &binder{frame: f, count: map[ast.Var]int{}}
	for v := range f.params {
		b.count[v]++
	}
	b.pass = b.tally
	b.body(r.Body)
	b.terms(r)
	b.pass = b.resolve
	b.body(r.Body)
	b.terms(r)
}

// binder walks a rule twice: to count bindings, then to resolve them.
type binder struct {
	*frame
	count map[ast.Var]int
	pass  func(e *ast.Expr, v ast.Var, source *ast.Term)
}

// terms walks the bodies of comprehensions in the rule's head.
func (b *binder) terms(r *ast.Rule) {
	if r.Head.Key != nil {
		b.nested(r.Head.Key)
	}
	if r.Head.Value != nil {
		b.nested(r.Head.Value)
	}
}

// body visits the bindings of a body and of the bodies in it.
func (b *binder) body(body ast.Body) {
	for _, e := range body {
		if !e.Negated && len(e.With) == 0 {
			b.binding(e)
		}
		switch t := e.Terms.(type) {
		case *ast.Term:
			b.nested(t)
		case []*ast.Term:
			for _, o := range t {
				b.nested(o)
			}
		case *ast.Every:
			b.nested(t.Domain)
			b.each(t)
			b.body(t.Body)
		}
	}
}

// each lets the variable of an every stand for any element of a list.
func (b *binder) each(t *ast.Every) {
	v, ok := t.Value.Value.(ast.Var)
	if !ok {
		return
	}
	domain, _ := b.places(t.Domain)
	var out []path
	for _, p := range domain {
		if !p.isList() {
			return
		}
		out = append(out, p.child(elem{kind: elemAny}))
	}
	if len(out) > 0 {
		b.alias[v] = out
	}
}

// binding visits what one statement binds.
func (b *binder) binding(e *ast.Expr) {
	terms, ok := e.Terms.([]*ast.Term)
	if !ok {
		return
	}
	if !e.IsEquality() {
		if v, ok := b.output(terms); ok {
			b.pass(e, v, nil)
		}
		return
	}
	for _, t := range [][2]*ast.Term{{terms[1], terms[2]}, {terms[2], terms[1]}} {
		v, ok := t[0].Value.(ast.Var)
		if !ok {
			continue
		}
		switch t[1].Value.(type) {
		case ast.Ref, ast.Var:
			b.pass(e, v, t[1])
		}
	}
}

// output returns the variable that receives the value of a call of a rule.
func (b *binder) output(terms []*ast.Term) (ast.Var, bool) {
	op, ok := terms[0].Value.(ast.Ref)
	if !ok || !op[0].Equal(ast.DefaultRootDocument) {
		return "", false
	}
	arity := b.compiler.GetArity(op)
	if arity < 0 || len(terms) != arity+2 {
		return "", false
	}
	v, ok := terms[arity+1].Value.(ast.Var)
	return v, ok
}

// tally counts bindings. In `x = y` either side may be the one bound, so only
// refs and calls count; resolve decides about variables.
func (b *binder) tally(_ *ast.Expr, v ast.Var, source *ast.Term) {
	if source != nil {
		if _, isVar := source.Value.(ast.Var); isVar {
			return
		}
	}
	b.count[v]++
}

// resolve records what a variable stands for, if this statement alone binds it.
// A nil source means that the statement is a call with the variable as output.
func (b *binder) resolve(e *ast.Expr, v ast.Var, source *ast.Term) {
	if _, taken := b.binds[e]; taken {
		return
	}
	reads := b.reads
	b.reads = readSet{} // what is read on the way is counted by expr
	defer func() { b.reads = reads }()

	want := 1
	var places []path
	if source == nil {
		places, _ = b.call(e.Terms.([]*ast.Term))
	} else {
		if _, isVar := source.Value.(ast.Var); isVar {
			want = 0
		}
		places, _ = b.places(source)
	}
	if b.count[v] != want || len(places) == 0 {
		return
	}
	b.count[v] = 1
	b.alias[v] = places
	b.binds[e] = v
}

// nested visits the bodies of comprehensions in a term.
func (b *binder) nested(t *ast.Term) {
	switch v := t.Value.(type) {
	case *ast.ArrayComprehension:
		b.body(v.Body)
		b.nested(v.Term)
	case *ast.SetComprehension:
		b.body(v.Body)
		b.nested(v.Term)
	case *ast.ObjectComprehension:
		b.body(v.Body)
		b.nested(v.Key)
		b.nested(v.Value)
	case *ast.Array:
		v.Foreach(b.nested)
	case ast.Set:
		v.Foreach(b.nested)
	case ast.Object:
		v.Foreach(func(k, v *ast.Term) { b.nested(k); b.nested(v) })
	case ast.Call:
		for _, o := range v {
			b.nested(o)
		}
	}
}
