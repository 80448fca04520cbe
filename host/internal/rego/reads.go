package rego

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// summary is what evaluating a rule, or calling a function, reads.
type summary struct {
	reads readSet
	// value lists the places the rule's value may be an alias of. A value made
	// any other way has been counted in reads.
	value []path
}

// analyzer finds what rules read, in compiled modules: refs are resolved, locals
// are unique within a rule, and statements are in the order they are evaluated.
// Recursion among rules is a compile error, so its own recursion ends.
type analyzer struct {
	compiler *ast.Compiler
	done     map[*ast.Rule]summary
}

func newAnalyzer(c *ast.Compiler) *analyzer {
	return &analyzer{compiler: c, done: map[*ast.Rule]summary{}}
}

// rule summarises one rule and its else branches.
func (a *analyzer) rule(r *ast.Rule) summary {
	if s, ok := a.done[r]; ok {
		return s
	}
	s := summary{reads: readSet{}}
	for branch := r; branch != nil; branch = branch.Else {
		f := a.frame(branch)
		for _, e := range branch.Body {
			f.expr(e)
		}
		s.value = append(s.value, f.head(branch.Head)...)
		s.reads.addAll(f.reads)
	}
	a.done[r] = s
	return s
}

// frame is the analysis of one rule: what its variables stand for, and the reads
// found so far. The caller may swap reads to attribute them to a statement.
type frame struct {
	*analyzer
	reads  readSet
	params map[ast.Var]int
	// alias holds the variables that stand for a place in a document, or for one
	// of several. A variable occurs here only if one statement binds it; any
	// occurrence that does more than pass it on counts as reading the place.
	alias map[ast.Var][]path
	// binds maps a statement that does nothing but bind an alias to the alias.
	binds map[*ast.Expr]ast.Var
}

// frame prepares the analysis of a rule branch.
func (a *analyzer) frame(r *ast.Rule) *frame {
	f := &frame{analyzer: a, reads: readSet{}, params: map[ast.Var]int{}, alias: map[ast.Var][]path{}, binds: map[*ast.Expr]ast.Var{}}
	for i, arg := range r.Head.Args {
		v, ok := arg.Value.(ast.Var)
		if !ok {
			// A pattern is compared with the argument, all of it.
			f.reads.add(read{path: path{root: rootParam, param: i}})
			continue
		}
		f.params[v] = i
		f.alias[v] = []path{{root: rootParam, param: i}}
	}
	f.bind(r)
	return f
}

// head counts what the head's key reads and returns what its value stands for.
func (f *frame) head(h *ast.Head) []path {
	for _, t := range h.Ref()[1:] {
		f.use(t)
	}
	if h.Key != nil {
		f.use(h.Key)
	}
	if h.Value == nil {
		return nil
	}
	if h.Key != nil || len(h.Ref()) > 1 {
		f.use(h.Value)
		return nil
	}
	if places, ok := f.places(h.Value); ok {
		f.present(places)
		return places
	}
	f.use(h.Value)
	return nil
}

// everything is what is read by a statement that cannot be followed.
func (f *frame) everything() {
	f.reads.add(read{path: path{root: rootInput}})
	f.reads.add(read{path: path{root: rootTopology}})
}

// whole counts reading places entirely.
func (f *frame) whole(places []path) {
	for _, p := range places {
		f.reads.add(read{path: p})
	}
}

// present counts reading whether places exist.
func (f *frame) present(places []path) {
	for _, p := range places {
		f.reads.add(read{path: p, presence: true})
	}
}

// expr counts what one statement reads, with everything inside it.
func (f *frame) expr(e *ast.Expr) {
	if len(e.With) > 0 {
		// What stands in for a document, or for a function, is not followed.
		f.everything()
		return
	}
	switch t := e.Terms.(type) {
	case *ast.Term:
		f.use(t)
	case []*ast.Term:
		f.statement(e, t)
	case *ast.Every:
		if t.Key != nil {
			f.use(t.Key)
		}
		f.use(t.Value)
		f.use(t.Domain)
		f.body(t.Body)
	default:
		f.everything()
	}
}

// statement counts an equality or a call. One that binds an alias reads only
// that the place exists.
func (f *frame) statement(e *ast.Expr, terms []*ast.Term) {
	alias, binds := f.binds[e]
	switch {
	case !e.IsEquality():
		value, output := f.call(terms)
		if binds {
			return
		}
		f.whole(value)
		for _, t := range output {
			f.use(t)
		}
	case binds:
		for _, t := range terms[1:] {
			f.places(t) // what is read on the way there
		}
		f.present(f.alias[alias])
	default:
		f.use(terms[1])
		f.use(terms[2])
	}
}

func (f *frame) body(b ast.Body) {
	for _, e := range b {
		f.expr(e)
	}
}

// use counts a term whose value matters.
func (f *frame) use(t *ast.Term) {
	switch v := t.Value.(type) {
	case ast.Var:
		f.whole(f.alias[v])
	case ast.Ref:
		f.whole(f.ref(v))
	case ast.Call:
		value, output := f.call(v)
		f.whole(value)
		for _, t := range output {
			f.use(t)
		}
	case *ast.Array:
		v.Foreach(f.use)
	case ast.Set:
		v.Foreach(f.use)
	case ast.Object:
		v.Foreach(func(k, v *ast.Term) { f.use(k); f.use(v) })
	case *ast.ArrayComprehension:
		f.body(v.Body)
		f.use(v.Term)
	case *ast.SetComprehension:
		f.body(v.Body)
		f.use(v.Term)
	case *ast.ObjectComprehension:
		f.body(v.Body)
		f.use(v.Key)
		f.use(v.Value)
	case ast.Null, ast.Boolean, ast.Number, ast.String:
	default:
		f.everything()
	}
}

// places returns what a variable or ref stands for; false if the term is
// something else or stands for no place.
func (f *frame) places(t *ast.Term) ([]path, bool) {
	switch v := t.Value.(type) {
	case ast.Var:
		p, ok := f.alias[v]
		return p, ok
	case ast.Ref:
		p := f.ref(v)
		return p, len(p) > 0
	}
	return nil, false
}
