package plan

import (
	"errors"
	"fmt"
	"math"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// Env is what an evaluation needs from its surroundings. The functions are
// called from the goroutine that evaluates.
type Env struct {
	// Builtin returns a built-in function, nil if there is none.
	Builtin func(name string) topdown.BuiltinFunc
	// Context is what built-in functions are called with.
	Context topdown.BuiltinContext
	// Strict says that an error of a built-in function ends the evaluation,
	// rather than leave the call undefined.
	Strict bool
	// Step counts steps; an error ends the evaluation. Nil: no limit.
	Step func(n int) error
	// Bytes bounds the text of one value; 0: no limit.
	Bytes int
	// TooLarge is the error for a value beyond Bytes.
	TooLarge error
}

// Error is an error of a rule.
type Error struct {
	Place string // file:line
	Err   error
}

func (e *Error) Error() string { return e.Place + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// ErrOpen ends an evaluation that fails only if an unknown fact is one thing
// rather than another: nothing is known of its result.
var ErrOpen = errors.New("fails for some of the values that unknown facts may have")

// Run is one evaluation: rules asked on it share what they have in common. It is
// for one goroutine.
type Run struct {
	program     *Program
	env         Env
	input, data slot
	memo        map[memoKey]slot
	results     []Value
	work        *Work
	unsure      int // calls on the way that are made only possibly
	deep        int
}

// memoKey names a rule under one input and data.
type memoKey struct {
	index       int
	input, data Value
}

// NewRun prepares an evaluation. A nil input or data is undefined.
func (p *Program) NewRun(env Env, input, data Value) *Run {
	r := &Run{program: p, env: env, memo: map[memoKey]slot{}, work: NewWork(env.Step, env.TooLarge)}
	if input != nil {
		r.input = slot{share(input), surely}
	}
	if data != nil {
		r.data = slot{share(data), surely}
	}
	return r
}

// Known returns the value as a term, if nothing of it is unknown.
func Known(v Value) (*ast.Term, bool) { return known(v) }

// Index finds the rule at a path below data, for [Run.Rule].
func (p *Program) Index(path ...string) (int, bool) {
	key := "g0"
	for _, s := range path {
		key += "\x00" + s
	}
	i, ok := p.paths[key]
	return i, ok
}

// Rule evaluates a rule. The value is nil if the rule is surely undefined; sure
// says that it is defined whatever the unknown facts are.
func (r *Run) Rule(index int) (v Value, sure bool, err error) {
	r.unsure, r.deep = 0, 0
	r.work.Restart(r.env.Bytes)
	s, err := r.call(index, r.input, r.data, nil)
	if err == nil {
		err = r.work.err
	}
	if s.def == undefined {
		return nil, false, err
	}
	return s.v, s.def == surely, err
}

// Query evaluates the planned query: the bindings of each solution.
func (r *Run) Query() ([]Value, error) {
	r.work.Restart(r.env.Bytes)
	f := newFrame(r, r.program.Locals, r.program.Loose)
	f.slots[0], f.slots[1] = r.input, r.data
	for _, b := range r.program.Blocks {
		if _, _, err := f.run(b, false, nil); err != nil {
			return nil, err
		}
	}
	return r.results, r.work.err
}

// Codes of how control goes on after a statement. A positive number leaves that
// many more blocks.
const (
	next  = -1
	stop  = 0
	leave = math.MaxInt32 // the function
)

// frame is the evaluation of one function, or of the query.
//
// A path is a sequence of statements on the way of which tests may have been
// passed only possibly. What its statements find holds wherever the path is
// taken. The token names that set of cases: it changes when a test splits them,
// and comes back when the block ends in which it did, where the ways meet again.
type frame struct {
	in    *Run
	slots []slot
	// loose are the locals the values of which matter where ways meet; see [Func].
	loose []bool
	// since holds the token at which each local was set: while it stands, no path
	// has ended that saw the value.
	since []int
	token int // 0: all cases in which the function is called
	last  int // token given out last
	at    *activation
	// escape is the depth of the outermost block that cases have left for, by
	// break or return, since the block at hand was entered.
	escape int
	// log holds what locals held before they were set on a path that only some
	// cases take, for joining where the ways meet.
	log []logged
	ret slot // what has been returned so far
	// orderless counts the scans at hand the members of which come in no known order.
	orderless int
}

type logged struct {
	local int
	old   slot
}

// activation is one execution of a block.
type activation struct {
	up     *activation
	depth  int
	token  int // on entry
	base   int // length of the log on entry
	mark   int // length of the log when cases were first split; -1: not yet
	escape int // of the frame on entry
}

func newFrame(r *Run, locals int, loose []bool) *frame {
	return &frame{in: r, loose: loose, slots: make([]slot, locals), since: make([]int, locals), at: &activation{mark: -1}, escape: math.MaxInt}
}

// set assigns a local.
func (f *frame) set(l int, s slot) {
	f.keep(l)
	f.slots[l], f.since[l] = s, f.token
}

// keep notes what a local holds, if a path may have ended that saw it.
func (f *frame) keep(l int) {
	if f.token != 0 && f.loose[l] && f.since[l] != f.token {
		f.log = append(f.log, logged{l, f.slots[l]})
	}
}

// split goes on with some of the cases only.
func (f *frame) split() {
	f.last++
	f.token = f.last
	if f.at.mark < 0 {
		f.at.mark = len(f.log)
	}
}

// run executes a block; begin, if any, runs first. With some, only some cases
// enter it. It returns how control goes on: next, or how many more blocks are
// left; and whether the end of the block was reached.
func (f *frame) run(b *Block, some bool, begin func()) (code int, done truth, err error) {
	a := &activation{up: f.at, depth: f.at.depth + 1, token: f.token, base: len(f.log), mark: -1, escape: f.escape}
	f.at, f.escape = a, math.MaxInt
	if some {
		f.split()
	}
	if begin != nil {
		begin()
	}
	code, done = next, yes
	for i := range b.Stmts {
		code, err = f.stmt(&b.Stmts[i])
		if err == nil && f.in.work.err != nil {
			err = &Error{Place: b.Stmts[i].Place, Err: f.in.work.err}
		}
		if err != nil {
			return stop, no, err
		}
		if code != next {
			done = no
			break
		}
	}
	some = f.token != a.token
	switch {
	case code == next && some:
		done = maybe
	case code > stop && some:
		f.escape = min(f.escape, max(0, a.depth-code))
		code = next
	case code == stop:
		code = next
	}
	f.end(a)
	return code, done, nil
}

// end leaves a block: the ways meet.
func (f *frame) end(a *activation) {
	f.at, f.token = a.up, a.token
	escaped := f.escape < a.depth
	f.escape = min(f.escape, a.escape)
	if a.mark >= 0 {
		f.in.work.do(len(f.log) - a.mark)
		for _, e := range f.log[a.mark:] {
			now := f.slots[e.local]
			if now == e.old {
				continue
			}
			j := f.in.work.joinSlots(now, e.old)
			claim(j.v, f.token)
			f.slots[e.local], f.since[e.local] = j, f.token
		}
	}
	if f.token == 0 {
		f.log = f.log[:a.base]
	} else {
		f.compact(a.base)
	}
	if escaped {
		f.split()
	}
}

// claim makes a collection that a join has just made belong to a path.
func claim(v Value, token int) {
	switch v := v.(type) {
	case *Array:
		if v.token == noToken && !v.shared {
			v.token = token
		}
	case *Set:
		if v.token == noToken && !v.shared {
			v.token = token
		}
	case *Object:
		if v.token == noToken && !v.shared {
			v.token = token
		}
	}
}

// compact keeps one entry of the log for each local from an index on.
func (f *frame) compact(from int) {
	out := from
	for _, e := range f.log[from:] {
		merged := f.in.work.do(1 + (out-from)/PartsPerStep)
		for i := from; i < out && !merged; i++ {
			if o := &f.log[i]; o.local == e.local {
				if o.old != e.old {
					o.old = f.in.work.joinSlots(o.old, e.old)
				}
				merged = true
			}
		}
		if !merged {
			f.log[out] = e
			out++
		}
	}
	f.log = f.log[:out]
}

// maxDeep bounds calls within calls; OPA refuses recursion, so a program has no
// more than it has rules.
const maxDeep = 10_000

// call evaluates a function. What it finds holds wherever it is called, so that
// it can be kept for the next call.
func (r *Run) call(index int, input, data slot, args []slot) (slot, error) {
	fn := &r.program.Funcs[index]
	key := memoKey{index, input.v, data.v}
	keep := len(args) == 0
	if keep {
		if s, ok := r.memo[key]; ok {
			return s, nil
		}
	}
	if r.deep++; r.deep > maxDeep {
		return slot{}, fmt.Errorf("more than %d calls within calls", maxDeep)
	}
	f := newFrame(r, fn.Locals, fn.Loose)
	f.slots[fn.Params[0]] = input
	if len(fn.Params) > 1 {
		f.slots[fn.Params[1]] = data
	}
	for i, a := range args {
		f.slots[fn.Params[2+i]] = a
	}
	for _, b := range fn.Blocks {
		code, _, err := f.run(b, false, nil)
		if err != nil {
			return slot{}, err
		}
		if code > stop {
			break
		}
	}
	r.deep--
	out := f.ret
	out.v = share(out.v)
	if keep {
		r.memo[key] = out
	}
	return out, nil
}

// fail ends the evaluation with an error of the rule, which is an error of the
// decision only if it surely comes about.
func (f *frame) fail(place string, err error) error {
	if f.token != 0 || f.in.unsure > 0 {
		return ErrOpen
	}
	return &Error{Place: place, Err: err}
}
