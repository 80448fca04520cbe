package rego

import (
	"github.com/open-policy-agent/opa/v1/ast"
)

// ref returns the places a ref stands for. Reading on the way there is counted:
// the rules it goes through, computed keys, and the whole of a document below
// which a computed key leads. What the ref stands for itself is not; the caller
// knows whether its value matters.
func (f *frame) ref(r ast.Ref) []path {
	for _, t := range r[1:] {
		f.use(t)
	}
	head, ok := r[0].Value.(ast.Var)
	switch {
	case !ok:
		f.use(r[0])
		return nil
	case head.Equal(ast.InputRootDocument.Value):
		return f.extend([]path{{root: rootInput}}, r[1:])
	case head.Equal(ast.DefaultRootDocument.Value):
		return f.data(r)
	}
	return f.extend(f.alias[head], r[1:])
}

// extend follows constant keys. A computed key ends the way: everything below
// counts as read, except below data.topology.sites, where it stands for a site, and
// below lists of a placement, where it stands for any element.
func (f *frame) extend(places []path, keys ast.Ref) []path {
	var out []path
next:
	for _, p := range places {
		for _, k := range keys {
			name, constant := k.Value.(ast.String)
			switch {
			case constant:
				p = p.child(elem{kind: elemName, name: string(name)})
			case p.is(rootTopology, "sites"):
				p = p.child(f.siteKey(k))
			case p.isList():
				p = p.child(elem{kind: elemAny})
			default:
				f.whole([]path{p})
				continue next
			}
		}
		out = append(out, p)
	}
	return out
}

// siteKey tells which site a key of data.topology.sites names.
func (f *frame) siteKey(k *ast.Term) elem {
	if s, ok := k.Value.(ast.String); ok {
		return elem{kind: elemName, name: string(s)}
	}
	places, _ := f.places(k)
	if len(places) != 1 {
		return elem{kind: elemAny}
	}
	if name, ok := places[0].selfKey(); ok {
		return elem{kind: elemSelf, name: name}
	}
	if places[0].root == rootParam && len(places[0].elems) == 0 {
		return elem{kind: elemParam, param: places[0].param}
	}
	return elem{kind: elemAny}
}

// data follows a ref into base documents and into every rule it may mean.
func (f *frame) data(r ast.Ref) []path {
	var out []path
	topology := path{root: rootTopology}
	if len(r) == 1 {
		f.whole([]path{topology})
	} else if name, ok := r[1].Value.(ast.String); !ok {
		f.whole([]path{topology})
	} else if name == "topology" {
		return f.extend([]path{topology}, r[2:])
	}
	for _, rule := range f.compiler.GetRulesDynamicWithOpts(r, ast.RulesOptions{IncludeHiddenModules: true}) {
		if len(rule.Head.Args) > 0 {
			continue // a function is no part of its package's document
		}
		s := f.rule(rule)
		f.reads.addAll(s.reads)
		if full := rule.Ref(); full.IsGround() && r.HasPrefix(full) {
			out = append(out, f.extend(s.value, r[len(full):])...)
		} else {
			f.whole(s.value)
		}
	}
	return out
}

// call counts what calling a function reads, and returns the places its value
// may be, and the operands after the arguments: the output, if it is captured.
func (f *frame) call(terms []*ast.Term) (value []path, output []*ast.Term) {
	op, ok := terms[0].Value.(ast.Ref)
	if !ok {
		f.everything()
		return nil, terms[1:]
	}
	if !op[0].Equal(ast.DefaultRootDocument) {
		return nil, f.builtin(op, terms[1:])
	}
	rules := f.compiler.GetRulesExact(op)
	arity := f.compiler.GetArity(op)
	if len(rules) == 0 || arity < 0 || arity > len(terms)-1 {
		f.everything()
		return nil, terms[1:]
	}
	args := f.arguments(terms[1 : 1+arity])
	for _, rule := range rules {
		s := f.rule(rule)
		for _, r := range s.reads {
			for _, p := range args.place(r.path) {
				f.reads.add(read{path: p, presence: r.presence})
			}
		}
		for _, v := range s.value {
			value = append(value, args.place(v)...)
		}
	}
	return value, terms[1+arity:]
}

// builtin counts the operands of a built-in function. Reading one key of an
// object by object.get is told apart from reading the object.
func (f *frame) builtin(op ast.Ref, operands []*ast.Term) []*ast.Term {
	if op.String() == ast.ObjectGet.Name && len(operands) >= 3 {
		if keys, ok := constantKeys(operands[1]); ok {
			if places, ok := f.places(operands[0]); ok {
				f.whole(f.extend(places, keys))
				return operands[2:]
			}
		}
	}
	return operands
}

// constantKeys returns the keys that object.get follows, if they are constant.
func constantKeys(t *ast.Term) (ast.Ref, bool) {
	switch v := t.Value.(type) {
	case ast.String:
		return ast.Ref{t}, true
	case *ast.Array:
		keys := make(ast.Ref, 0, v.Len())
		for i := range v.Len() {
			if _, ok := v.Elem(i).Value.(ast.String); !ok {
				return nil, false
			}
			keys = append(keys, v.Elem(i))
		}
		return keys, true
	}
	return nil, false
}

// arguments are what a function's parameters stand for in one call.
type arguments struct {
	places [][]path
	keys   []elem // what each names as a key of data.topology.sites
}

// arguments resolves the operands of a call. Those that stand for no place are
// counted in full.
func (f *frame) arguments(terms []*ast.Term) arguments {
	a := arguments{places: make([][]path, len(terms)), keys: make([]elem, len(terms))}
	for i, t := range terms {
		places, ok := f.places(t)
		if !ok {
			f.use(t)
		}
		f.present(places)
		a.places[i], a.keys[i] = places, f.siteKey(t)
	}
	return a
}

// place restates a path of the function in terms of the caller.
func (a arguments) place(p path) []path {
	elems := make([]elem, len(p.elems))
	for i, e := range p.elems {
		if e.kind == elemParam {
			e = a.keys[e.param]
		}
		elems[i] = e
	}
	if p.root != rootParam {
		return []path{{root: p.root, elems: elems}}
	}
	out := make([]path, 0, len(a.places[p.param]))
	for _, base := range a.places[p.param] {
		joined := make([]elem, 0, len(base.elems)+len(elems))
		joined = append(append(joined, base.elems...), elems...)
		out = append(out, path{root: base.root, param: base.param, elems: joined})
	}
	return out
}
