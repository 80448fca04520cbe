package lane

import (
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// call names one call whose arguments are the same on all lanes: they are
// memoArgs[from:to]. Rules take none.
type call struct {
	fn          int32
	input, data int32 // versions of the documents
	args        uint64
}

func (c *call) hash() uint64 {
	return mix(c.args, uint64(c.fn)<<32^uint64(uint32(c.input))<<8^uint64(uint32(c.data)))
}

// found is what a call has come to, as seen from the call.
type found struct {
	call   call // that came to it, with its
	args   []id // to tell apart those with one hash
	next   *found
	done   mask // lanes on which it has been evaluated
	steps  int64
	result slot
	kept   bool // see dropCalls
}

// versionOf numbers documents.
func (r *Run) versionOf(v *val, last *numbered) int32 {
	if last.n == 0 || last.v != *v {
		last.v, last.n = *v, r.newVersion(v)+1
	}
	return last.n
}

// numbered is the document that was numbered last.
type numbered struct {
	v val
	n int32 // 0: none
}

// dataVersion is the number of the World's data, which is one for all blocks of lanes.
// Other documents are numbered anew for each.
const dataVersion = 1

// renumber forgets the numbers of documents.
func (r *Run) renumber() {
	clear(r.versions)
	r.lastInput, r.lastData = numbered{}, numbered{}
	r.versionOf(&r.world.data, &r.lastData)
}

func (r *Run) newVersion(v *val) int32 {
	n, ok := r.versions[*v]
	if !ok {
		n = int32(len(r.versions))
		r.versions[*v] = n
	}
	return n
}

// call evaluates a function on lanes. What it finds holds wherever it is called,
// so that it can be kept for the next call if its arguments are known.
func (r *Run) call(fn *function, input, data *val, args []val, lanes *mask) (*found, error) {
	key := call{fn: int32(fn.index), data: r.versionOf(data, &r.lastData), args: 1}
	if fn.fixed && input.form == record && input.t().tag != 0 {
		key.input = -input.t().tag
	} else {
		key.input = r.versionOf(input, &r.lastInput)
	}
	keep := true
	for i := range args {
		id, ok := r.sameKnown(&args[i])
		if keep = keep && ok; !keep {
			break
		}
		key.args = mix(key.args, uint64(id))
	}
	var at *found
	var hash uint64
	if keep {
		hash = key.hash()
		for at = r.memo[hash]; at != nil && (at.call != key || !sameArgs(at.args, args)); at = at.next {
		}
		if at != nil {
			if err := r.spend(int(at.steps)); err != nil {
				return nil, err
			}
			if within(lanes, &at.done) {
				return at, nil
			}
		}
	}
	if at == nil {
		at = r.newFound()
		if keep {
			from := len(r.memoArgs)
			for i := range args {
				r.memoArgs = append(r.memoArgs, args[i].id)
			}
			at.call, at.args = key, r.memoArgs[from:]
			at.next = r.memo[hash]
			r.memo[hash] = at
		}
	}
	need := less(lanes, &at.done)
	err := r.invoke(fn, input, data, args, &need, at)
	return at, err
}

// dropCalls makes free what calls have come to but for those that are remembered.
func (r *Run) dropCalls() {
	kept := 0
	for _, f := range r.memo {
		f.kept = true
		f.args = slices.Clone(f.args)
	}
	r.memoArgs = r.memoArgs[:0]
	for i, f := range r.foundAll[:r.foundIn] {
		if !f.kept {
			f.reset()
			continue
		}
		f.kept = false
		r.foundAll[kept], r.foundAll[i] = f, r.foundAll[kept]
		kept++
	}
	r.foundIn = kept
}

// newFound returns one that lives as long as the run.
func (r *Run) newFound() *found {
	if r.foundIn == len(r.foundAll) {
		r.foundAll = append(r.foundAll, new(found))
	}
	f := r.foundAll[r.foundIn]
	r.foundIn++
	return f
}

func (f *found) reset() { *f = found{result: slot{pieces: f.result.pieces[:0]}} }

func sameArgs(a []id, b []val) bool {
	for i := range a {
		if a[i] != b[i].id {
			return false
		}
	}
	return true
}

// invoke executes a function on lanes and adds what it finds.
func (r *Run) invoke(fn *function, input, data *val, args []val, lanes *mask, out *found) error {
	if r.deep++; r.deep > maxDeep {
		return errDeep
	}
	before, varied := r.steps, r.varied
	f := r.frame(fn)
	f.enter(0, lanes)
	f.param(0, *input)
	if len(fn.params) > 1 {
		f.param(1, *data)
	}
	for i := range args {
		f.param(2+i, args[i])
	}
	for _, b := range fn.blocks {
		f.enter(1, &f.acts[0].p)
		if err := f.run(b, 1); err != nil {
			return err
		}
		f.rejoin(&f.acts[0])
		if f.acts[0].p.none() {
			break
		}
	}
	r.deep--
	if fn.holds != nil && !f.ret.p.none() {
		f.ret.pieces = append(f.ret.pieces, piece{one(r.consts[fn.holds.n]), f.ret.p})
	}
	if len(out.result.pieces) == 0 {
		out.result.pieces, f.ret.pieces = f.ret.pieces, out.result.pieces
		out.result.p = f.ret.p
	} else {
		for i := range f.ret.pieces {
			p := &f.ret.pieces[i]
			out.result.put(p.v, &p.m)
		}
	}
	out.result.s.or(&f.ret.s)
	out.result.bad.or(&f.ret.bad)
	out.result.bad.or(&f.bad)
	out.done.or(lanes)
	out.steps = max(out.steps, before-r.steps)
	if r.varied == varied && len(out.result.pieces) <= 1 && out.result.bad.none() && uniformOn(out, lanes) {
		// Nothing it looked at differs between lanes.
		out.done = all
		if len(out.result.pieces) == 1 {
			out.result.p, out.result.pieces[0].m = all, all
			if !out.result.s.none() {
				out.result.s = all
			}
		}
	}
	r.release(f)
	return nil
}

// uniformOn says that a call came to the same on all the lanes.
func uniformOn(f *found, lanes *mask) bool {
	s := &f.result
	return (s.p.none() || within(lanes, &s.p)) && (s.s.none() || within(lanes, &s.s)) &&
		(len(s.pieces) == 0 || s.pieces[0].v.form == uniform)
}

func (f *frame) param(i int, v val) {
	p := f.fn.params[i]
	if p.sort == simple {
		f.simple[p.n] = v
		return
	}
	if v.form != none {
		s := &f.slots[p.n]
		s.put(v, &f.acts[0].p)
		s.s = f.acts[0].p
	}
}

// call executes a call of a planned function.
func (f *frame) call(a *act, depth int, s *inst) error {
	from := len(f.r.args)
	defer func() { f.r.args = f.r.args[:from] }()
	for _, p := range s.args {
		v, ok := f.argument(a, p)
		if !ok {
			return nil
		}
		f.r.args = append(f.r.args, v)
	}
	args := f.r.args[from:]
	fn := &f.r.program.funcs[s.index]
	var data val
	rest := args[min(2, len(args)):]
	if len(args) > 1 {
		data = args[1]
	}
	out, err := f.r.call(fn, &args[0], &data, rest, &a.p)
	if err != nil {
		return err
	}
	f.take(a, depth, s, out)
	return nil
}

// argument reads an argument; a document may have no value.
func (f *frame) argument(a *act, p place) (val, bool) {
	if p.sort == simple {
		return f.r.freeze(f.simple[p.n]), true
	}
	v, ok := f.get(a, p)
	return f.r.freeze(v), ok
}

// take goes on with what a call has come to, where it has a value.
func (f *frame) take(a *act, depth int, s *inst, out *found) {
	if meet(&out.result.bad, &a.p) {
		m := both(&out.result.bad, &a.p)
		f.giveUp(a, &m)
	}
	open := less(&out.result.p, &out.result.s)
	f.test(a, &out.result.s, &open)
	if a.p.none() {
		return
	}
	v := f.r.valueOf(&out.result, &a.p)
	if s.test {
		f.passes(a, &v)
		return
	}
	f.set(a, depth, s.target, v)
}

// callDynamic calls the rule at a path some names of which are values.
func (f *frame) callDynamic(a *act, depth int, s *inst) error {
	r := f.r
	names := make([]val, len(s.args))
	same := true
	for i, p := range s.args {
		v, ok := f.get(a, p)
		if !ok {
			return nil
		}
		names[i] = r.flat(&v, &a.p)
		_, ok = r.sameKnown(&names[i])
		same = same && ok
	}
	input, _ := f.argument(a, s.a)
	data, _ := f.argument(a, s.b)
	if same {
		return f.callPath(a, depth, s, r.path(names, 0), &input, &data, &a.p)
	}
	// One path after the other. The lanes of each go on as if alone; what they
	// find is put together.
	rest, went := a.p, mask{}
	var paths [Width]string
	rest.each(func(lane int) { paths[lane] = r.path(names, lane) })
	sure := a.s
	var result slot
	for !rest.none() {
		lane := rest.lowest()
		path := paths[lane]
		r.toil(rest.count())
		var here mask
		rest.each(func(l int) {
			if paths[l] == path {
				here.set(l)
			}
		})
		rest.andNot(&here)
		part := *a
		part.p, part.s = here, both(&here, &sure)
		v, err := f.dynamic(&part, depth, path, &input, &data, &here)
		if err != nil {
			return err
		}
		a.saved, a.fresh = part.saved, part.fresh
		if !part.p.none() {
			result.put(v, &part.p)
			went.or(&part.p)
			result.s.or(&part.s)
		}
	}
	a.p.and(&went)
	a.s.and(&result.s)
	if f.anyBad {
		a.drop(&f.bad)
	}
	if !a.p.none() {
		f.set(a, depth, s.target, r.valueOf(&result, &a.p))
	}
	return nil
}

// path joins names as the plan's paths are; "" if one of them is no text, and
// "?" if one is unknown.
func (r *Run) path(names []val, lane int) string {
	parts := make([]string, len(names))
	for i := range names {
		v := r.h.v(r.at(&names[i], lane))
		switch {
		case v.vague && (v.kind == plan.AnyKind || v.kind == plan.StringKind):
			return "?"
		case v.kind != plan.StringKind:
			return ""
		}
		parts[i] = v.str
	}
	return strings.Join(parts, plan.PathSeparator)
}

func (f *frame) callPath(a *act, depth int, s *inst, path string, input, data *val, lanes *mask) error {
	v, err := f.dynamic(a, depth, path, input, data, lanes)
	if err == nil && !a.p.none() {
		f.set(a, depth, s.target, v)
	}
	return err
}

// dynamic calls the rule at a path. Lanes on which it has no value leave the
// choice between rules and data.
func (f *frame) dynamic(a *act, depth int, path string, input, data *val, lanes *mask) (val, error) {
	r := f.r
	if path == "?" {
		here := a.p
		f.leavePossibly(depth, plan.CallingUndefined, &here)
		f.test(a, &mask{}, &all)
		return one(idUnknown), nil
	}
	index, ok := r.program.plan.Path(path)
	if !ok {
		a.p, a.s = mask{}, mask{}
		return val{}, nil
	}
	out, err := r.call(&r.program.funcs[index], input, data, nil, lanes)
	if err != nil {
		return val{}, err
	}
	res := &out.result
	if meet(&res.bad, &a.p) {
		m := both(&res.bad, &a.p)
		f.giveUp(a, &m)
	}
	undefined := less(&a.p, &res.p)
	if !undefined.none() {
		save := f.acts[depth]
		f.acts[depth].p, f.acts[depth].s = a.p, a.s
		f.leave(depth, plan.CallingUndefined, &undefined)
		f.acts[depth] = save
		a.drop(&undefined)
	}
	if open := less(&res.p, &res.s); meet(&open, &a.p) {
		m := both(&open, &a.p)
		f.leavePossibly(depth, plan.CallingUndefined, &m)
		f.parts(&f.acts[depth], &m)
		a.s.andNot(&m)
	}
	if a.p.none() {
		return val{}, nil
	}
	return r.valueOf(res, &a.p), nil
}

// leavePossibly lets lanes leave n more blocks in some cases, and go on in others.
func (f *frame) leavePossibly(depth, n int, lanes *mask) {
	for i := 1; i <= n && i <= depth; i++ {
		up := &f.acts[depth-i]
		if !up.left {
			up.left, up.goneS, up.goneP = true, mask{}, mask{}
		}
		up.goneP.or(lanes)
	}
}
