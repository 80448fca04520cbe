package plan

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// callingUndefined is how many blocks a dynamic call that finds a rule without a
// value leaves: those the planner puts around the choice between rules and data.
const callingUndefined = 3

// call executes a call of a planned function.
func (f *frame) call(s *Stmt) (int, error) {
	if f.token != 0 {
		f.in.unsure++
		defer func() { f.in.unsure-- }()
	}
	if s.Op == OpCallDynamic {
		return f.callDynamic(s)
	}
	var given [8]slot
	args := given[:0]
	for _, a := range s.Args {
		v := f.get(a)
		v.v = share(v.v)
		args = append(args, v)
	}
	var data slot
	rest := args[min(2, len(args)):]
	if len(args) > 1 {
		data = args[1]
	}
	out, err := f.in.call(s.Index, args[0], data, rest)
	if err != nil {
		return stop, err
	}
	return f.assign(s.Target, out.v, out.def), nil
}

// callDynamic calls the rule at a path some names of which are values.
func (f *frame) callDynamic(s *Stmt) (int, error) {
	names := make([]string, len(s.Args))
	for i, a := range s.Args {
		v := f.get(a)
		t, ok := known(v.v)
		if !ok {
			// It may be any rule, with or without a value, or none.
			f.split()
			f.escape = min(f.escape, max(0, f.at.depth-callingUndefined))
			return f.assign(s.Target, unknown, possibly), nil
		}
		name, ok := t.Value.(ast.String)
		if !ok {
			return stop, nil
		}
		names[i] = string(name)
	}
	index, ok := f.in.program.paths[strings.Join(names, "\x00")]
	if !ok || len(f.in.program.Funcs[index].Params) != 2 {
		return stop, nil
	}
	out, err := f.in.call(index, f.get(s.A), f.get(s.B), nil)
	if err != nil {
		return stop, err
	}
	switch out.def {
	case undefined:
		return callingUndefined, nil
	case possibly:
		f.escape = min(f.escape, max(0, f.at.depth-callingUndefined))
	}
	return f.assign(s.Target, out.v, out.def), nil
}

// builtin executes a call of a built-in function.
func (f *frame) builtin(s *Stmt) (int, error) {
	decl := f.in.program.Builtins[s.Index]
	if decl.Decl.Result() == nil {
		return next, nil // print: for the author, and it decides nothing
	}
	args := make([]Value, len(s.Args))
	terms := make([]*ast.Term, len(s.Args))
	all := true
	for i, a := range s.Args {
		v := f.get(a)
		if v.def == undefined {
			return stop, nil
		}
		args[i] = v.v
		if all {
			terms[i], all = known(v.v)
		}
	}
	if !all {
		v, total := f.in.work.builtinOfUnknown(decl.Name, args)
		if !total {
			return f.assign(s.Target, v, possibly), nil
		}
		return f.assign(s.Target, v, surely), nil
	}
	out, err := f.in.builtin(decl, terms)
	var halt topdown.Halt
	switch {
	case errors.As(err, &halt):
		// A limit is one however the evaluation got here.
		return stop, &Error{Place: s.Place, Err: halt.Err}
	case err != nil && f.in.env.Strict:
		var te *topdown.Error
		if !errors.As(err, &te) {
			te = &topdown.Error{Message: decl.Name + ": " + err.Error()}
		}
		return stop, f.fail(s.Place, errors.New(te.Message))
	case err != nil || out == nil:
		return stop, nil
	}
	return f.assign(s.Target, out, surely), nil
}

// builtin calls OPA's function. A relation's values come as an array.
func (r *Run) builtin(decl *ast.Builtin, args []*ast.Term) (*ast.Term, error) {
	fn := r.env.Builtin(decl.Name)
	if fn == nil {
		return nil, fmt.Errorf("there is no built-in function %s", decl.Name)
	}
	var out []*ast.Term
	err := fn(r.env.Context, args, func(t *ast.Term) error {
		out = append(out, t)
		return nil
	})
	switch {
	case err != nil:
		return nil, err
	case decl.Relation:
		return ast.ArrayTerm(out...), nil
	case len(out) == 0:
		return nil, nil
	}
	return out[0], nil
}

// size is about how many bytes a value's text has, up to the limit of one value.
func (r *Run) size(v Value) int {
	limit := r.env.Bytes
	if limit == 0 {
		return 0
	}
	switch v := v.(type) {
	case *Array:
		return v.size
	case *Set:
		return v.size
	case *Object:
		return v.size
	}
	return Size(v, limit)
}

// Size is about how many bytes the text of a value has, before anything in it is
// escaped: hardly fewer than it says, but for punctuation. It stops soon past the
// limit.
func Size(v Value, limit int) int {
	left := limit
	weigh(v, &left)
	return limit - left
}

// punctuation is what a value of a collection has around it.
const punctuation = 2

// weigh takes the approximate text of a value off a budget, and stops below zero.
func weigh(v Value, left *int) {
	if *left < 0 {
		return
	}
	*left -= punctuation
	switch v := v.(type) {
	case *ast.Term:
		weighTerm(v, left)
	case *Text:
		*left -= len(v.Rendered)
	case *Array:
		weighAll(v.Elems, left)
		*left -= len(unknownText)
	case *Set:
		weighTerms(v.Keys.Terms, left)
		weighAll(v.Vague, left)
		*left -= len(unknownText)
	case *Object:
		weighTerms(v.Keys.Terms, left)
		weighAll(v.Vals, left)
		*left -= len(unknownText)
	case *Doc:
		if v.term != nil {
			weighTerm(v.term, left)
		}
		v.gaps.weigh(left)
	default:
		*left -= len(unknownText)
	}
}

func weighAll(vs []Value, left *int) {
	for i := 0; i < len(vs) && *left >= 0; i++ {
		weigh(vs[i], left)
	}
}

func weighTerms(ts []*ast.Term, left *int) {
	for i := 0; i < len(ts) && *left >= 0; i++ {
		weigh(ts[i], left)
	}
}

func weighTerm(t *ast.Term, left *int) {
	switch v := t.Value.(type) {
	case ast.String:
		*left -= len(v)
	case ast.Number:
		*left -= Digits(string(v))
	case ast.Boolean, ast.Null:
		*left -= len("false") - punctuation
	case *ast.Array:
		v.Until(func(e *ast.Term) bool { weigh(e, left); return *left < 0 })
	case ast.Set:
		v.Until(func(e *ast.Term) bool { weigh(e, left); return *left < 0 })
	case ast.Object:
		v.Until(func(k, e *ast.Term) bool { weigh(k, left); weigh(e, left); return *left < 0 })
	}
}

// weigh takes what is printed for gaps off a budget.
func (g *Gaps) weigh(left *int) {
	*left -= len(unknownText) + punctuation
	for name, b := range g.below {
		if *left < 0 {
			return
		}
		*left -= len(name) + punctuation
		b.weigh(left)
	}
	if g.each != nil { // for each of whatever there is
		*left = -1
	}
}

// Digits is how many bytes a number may have when it is written out without an
// exponent.
func Digits(number string) int {
	n := len(number)
	if i := strings.IndexAny(number, "eE"); i >= 0 {
		e, err := strconv.Atoi(strings.TrimLeft(number[i+1:], "+-"))
		if err != nil || e > hugeExponent {
			e = hugeExponent
		}
		n += e
	}
	return n
}

// hugeExponent is one beyond those that are written out at all.
const hugeExponent = 1 << 20
