package rego

import (
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"
)

// shapes estimates how large a type OPA's checker gives each value. The checker
// shares the parts of types but compares them part by part, so sixty lines of
// {"a": x, "b": x} would keep it busy for longer than anyone waits, and it cannot
// be interrupted. It works on modules that have been compiled up to the checker.
type shapes struct {
	compiler *ast.Compiler
	done     map[*ast.Rule]int
}

// tooLarge returns the first rule, in order of place, whose value or variables
// have a type of more than maxShape parts.
func tooLarge(c *ast.Compiler) []string {
	s := &shapes{compiler: c, done: map[*ast.Rule]int{}}
	var lines []string
	for _, m := range c.Modules {
		for _, r := range m.Rules {
			if s.rule(r) > maxShape {
				lines = append(lines, fmt.Sprintf("%s: a value of this rule is put together from more than %d parts", place(r.Location), maxShape))
			}
		}
	}
	return lines
}

// rule returns the largest shape in a rule.
func (s *shapes) rule(r *ast.Rule) int {
	if n, ok := s.done[r]; ok {
		return n
	}
	largest := 0
	for branch := r; branch != nil; branch = branch.Else {
		f := &shapeFrame{shapes: s, vars: map[ast.Var]int{}}
		f.body(branch.Body)
		value := 0
		for _, t := range []*ast.Term{branch.Head.Key, branch.Head.Value} {
			if t != nil {
				value += f.term(t)
			}
		}
		largest = max(largest, value)
		for _, n := range f.vars {
			largest = max(largest, n)
		}
	}
	largest = min(largest, maxShape+1)
	s.done[r] = largest
	return largest
}

// shapeFrame is one branch of a rule.
type shapeFrame struct {
	*shapes
	vars map[ast.Var]int
}

func (f *shapeFrame) body(b ast.Body) {
	for _, e := range b {
		switch t := e.Terms.(type) {
		case *ast.Term:
			f.term(t)
		case []*ast.Term:
			f.statement(e, t)
		case *ast.Every:
			f.bind(t.Value, f.term(t.Domain))
			f.body(t.Body)
		}
	}
}

// statement passes shapes on between the sides of an equality, and from a call to
// its output.
func (f *shapeFrame) statement(e *ast.Expr, terms []*ast.Term) {
	if e.IsEquality() {
		left, right := f.term(terms[1]), f.term(terms[2])
		f.bind(terms[1], right)
		f.bind(terms[2], left)
		return
	}
	for _, t := range terms[1:] {
		f.term(t)
	}
	op, ok := terms[0].Value.(ast.Ref)
	if ok && op[0].Equal(ast.DefaultRootDocument) {
		f.bind(terms[len(terms)-1], f.ref(op))
	}
}

// bind gives every variable of a pattern the shape of what it is matched with.
func (f *shapeFrame) bind(pattern *ast.Term, n int) {
	ast.WalkVars(pattern, func(v ast.Var) bool {
		f.vars[v] = max(f.vars[v], n)
		return false
	})
}

// term returns the parts a term's type has.
func (f *shapeFrame) term(t *ast.Term) int {
	n := 1
	add := func(t *ast.Term) { n = min(n+f.term(t), maxShape+1) }
	switch v := t.Value.(type) {
	case ast.Var:
		return max(1, f.vars[v])
	case ast.Ref:
		return f.ref(v)
	case *ast.Array:
		v.Foreach(add)
	case ast.Set:
		v.Foreach(add)
	case ast.Object:
		v.Foreach(func(k, v *ast.Term) { add(k); add(v) })
	case *ast.ArrayComprehension:
		f.body(v.Body)
		add(v.Term)
	case *ast.SetComprehension:
		f.body(v.Body)
		add(v.Term)
	case *ast.ObjectComprehension:
		f.body(v.Body)
		add(v.Key)
		add(v.Value)
	}
	return n
}

// ref returns the parts of what a ref leads to: no more than the variable or the
// rules it starts from.
func (f *shapeFrame) ref(r ast.Ref) int {
	if v, ok := r[0].Value.(ast.Var); ok && !r[0].Equal(ast.DefaultRootDocument) {
		return max(1, f.vars[v])
	}
	n := 1
	for _, rule := range f.compiler.GetRulesDynamicWithOpts(r, ast.RulesOptions{IncludeHiddenModules: true}) {
		n = min(n+f.rule(rule), maxShape+1)
	}
	return n
}
