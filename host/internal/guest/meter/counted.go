package meter

import (
	"math/bits"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
)

// counted is a loop whose turns are known before it begins: a local goes up or down by a constant once in every
// turn, and the loop goes on for as long as the local compares with something that it does not change. There is
// no other way out of it but a trap, and all that it does is paid with its turns. It pays for all of them before
// it begins, and in it nothing is counted.
//
//	do { … i += step … } while (i < bound)       visits = 1 + rest(i + step)
//	while (i < bound) { … i += step … }          visits = 1 + rest(i)
//
// rest(j) is how often the loop goes on if j is what is first compared.
type counted struct {
	local   uint32  // i, an i32
	step    int32   // neither 0 nor the least i32
	stepped bool    // whether i has taken its first step when it is first compared
	on      compare // what holds of i and the bound for the loop to go on
	bound   operand

	visit int64 // fuel for every time that the loop comes to its beginning, once the charges are known
	goOn  int64 // fuel for every time that it goes on, beside that
}

// compare is a comparison of two i32.
type compare byte

const (
	never compare = iota // not one that is counted by
	equal
	unequal
	lessS
	lessU
	greaterS
	greaterU
	atMostS
	atMostU
	atLeastS
	atLeastU
)

// compareOf is the comparison that an instruction from i32.eq on makes.
func compareOf(op wasm.Op) compare {
	if op < i32Eq || op > i32GeU {
		return never
	}
	return equal + compare(op-i32Eq)
}

// not is the comparison that holds when c does not.
func (c compare) not() compare {
	return [...]compare{never, unequal, equal, atLeastS, atLeastU, atMostS, atMostU, greaterS, greaterU, lessS, lessU}[c]
}

// turned is the comparison with the operands in the other order.
func (c compare) turned() compare {
	return [...]compare{never, equal, unequal, greaterS, greaterU, lessS, lessU, atLeastS, atLeastU, atMostS, atMostU}[c]
}

// operand is what a comparison takes: a local or a constant.
type operand struct {
	isLocal bool
	local   uint32
	value   int32
}

// step is an instruction that adds a constant to a local, outside all blocks within the loop.
type step struct {
	local uint32
	by    int32
	at    int // byte of code
}

// turns looks at a loop from its beginning to its end for whether its turns are known.
type turns struct {
	code    []byte
	free    []int64       // see analysis.free
	recent  [7]wasm.Instr // the last instructions without control, the last one first
	known   int           // how many of them there are
	steps   []step
	written []uint32 // locals, as often as they are written
}

// exit is the branch that decides whether a loop turns.
type exit struct {
	at, end     int  // bytes of code
	top         bool // whether the branch leaves the loop, and not turns it
	left, right operand
	on          compare // of the two, for the loop to go on
}

// span is where a loop stands whose turns are known.
type span struct {
	loop      int // its number
	from, end int // bytes of code, behind its beginning and before its end
	exit
}

// mostTurn is the most that a turn may cost of a loop that is paid before it begins. 2³² of them are an i64.
const mostTurn = 1 << 30

// count looks at the loop that in begins for whether its turns are known. d stands behind in, and is the caller's
// copy.
func (a *analysis) count(in *wasm.Instr, d wasm.Decoder, code []byte) {
	t := &a.turns
	t.code, t.free, t.steps, t.written, t.known = code, a.free, t.steps[:0], t.written[:0], 0
	out, end, ok := t.walk(&d)
	if !ok {
		return
	}
	if c, ok := t.decide(out); ok {
		loop := len(a.counted) - 1
		a.counted[loop] = c
		a.spans = append(a.spans, span{loop, in.End, end, out})
	}
}

// chooseCounted lets loops be paid before they begin whose turns are known, if all they do is paid with the turns:
// with the block at the beginning, and with the one behind the branch, if that leaves the loop. What stands behind
// a branch that turns the loop comes once, and is paid there.
func (a *analysis) chooseCounted() {
	next := 0 // charge
	for _, s := range a.spans {
		c := &a.counted[s.loop]
		for a.charges[next].at < s.from {
			next++
		}
		first := next
		for next++; next < len(a.charges) && a.charges[next].at < s.exit.end; next++ {
			c.on = never
		}
		var second *charge
		if s.top && next < len(a.charges) && a.charges[next].at == s.exit.end {
			second = &a.charges[next]
			next++
		}
		if s.top && next < len(a.charges) && a.charges[next].at < s.end {
			c.on = never
		}
		header := &a.charges[first]
		c.visit = header.cost
		if second != nil {
			c.goOn = second.cost
		}
		if c.visit+c.goOn > mostTurn {
			c.on = never
		}
		if c.on == never {
			continue
		}
		header.cost, header.header = 0, false
		if second != nil {
			second.cost = 0
		}
		if c.on != unequal {
			a.needs[wantTurns] = true
		} else if c.twos() > 0 {
			a.needs[wantLen] = true
		}
	}
}

// walk goes through the loop to its end. out is the branch that decides whether it turns.
func (t *turns) walk(d *wasm.Decoder) (out exit, end int, ok bool) {
	var in wasm.Instr
	depth, found := uint32(0), false
	for d.Next(&in) {
		switch in.Op {
		case wasm.Block, wasm.If:
			depth++
		case wasm.Else, wasm.Unreachable:
			if depth == 0 {
				return out, 0, false
			}
		case wasm.End:
			if depth == 0 {
				return out, in.At, found && !out.top
			}
			depth--
		case wasm.BrIf:
			if depth == 0 {
				if found || !t.compares(&in, &out) {
					return out, 0, false
				}
				found = true
			} else if in.A >= depth {
				return out, 0, false
			}
		case wasm.Br:
			if depth == 0 {
				// What comes behind it never runs.
				turning := found && out.top && in.A == 0 && d.Next(&in) && in.Op == wasm.End
				return out, in.At, turning
			}
			if in.A >= depth {
				return out, 0, false
			}
		case wasm.Call:
			if t.free[in.A] < 0 {
				return out, 0, false
			}
		case wasm.Loop, wasm.BrTable, wasm.Return, wasm.CallIndirect:
			return out, 0, false
		case wasm.LocalSet, wasm.LocalTee:
			t.written = append(t.written, in.A)
			if by, ok := t.stepOf(in.A); ok && depth == 0 {
				t.steps = append(t.steps, step{in.A, by, in.At})
			}
		default:
			if isByLength(in.Op) {
				return out, 0, false
			}
		}
		t.note(&in)
	}
	return out, 0, false
}

// note keeps the last instructions, as far as they run one after another.
func (t *turns) note(in *wasm.Instr) {
	switch in.Op {
	case wasm.Block, wasm.If, wasm.Else, wasm.End, wasm.BrIf, wasm.Br, wasm.Unreachable:
		t.known = 0
		return
	}
	copy(t.recent[1:], t.recent[:])
	t.recent[0] = *in
	t.known = min(t.known+1, len(t.recent))
}

// stepOf reports by what a write to a local changes it: the last instructions are get, const, add or sub; or
// const, get, add.
func (t *turns) stepOf(local uint32) (by int32, ok bool) {
	if t.known < 3 {
		return 0, false
	}
	op, second, first := &t.recent[0], &t.recent[1], &t.recent[2]
	if first.Op == wasm.I32Const && op.Op == i32Add {
		first, second = second, first
	}
	if first.Op != wasm.LocalGet || first.A != local || second.Op != wasm.I32Const {
		return 0, false
	}
	by = t.constant(second)
	switch op.Op {
	case i32Add:
	case i32Sub:
		by = -by
	default:
		return 0, false
	}
	return by, by != -by // neither 0 nor the least
}

// constant is the value of an i32.const.
func (t *turns) constant(in *wasm.Instr) int32 { return int32(unsleb(t.code[in.At+1:])) }

// compares reads what a br_if looks at out of the instructions before it.
func (t *turns) compares(in *wasm.Instr, out *exit) bool {
	out.at, out.end, out.top = in.At, in.End, in.A > 0
	at, negated := 0, out.top
	if t.is(at, i32Eqz) && t.known > 1 && compareOf(t.recent[1].Op) != never {
		at, negated = 1, !negated
	}
	var n int
	switch {
	case t.is(at, i32Eqz):
		out.on = equal
		out.left, n = t.operand(at + 1)
	case t.known > at && compareOf(t.recent[at].Op) != never:
		out.on = compareOf(t.recent[at].Op)
		if out.right, n = t.operand(at + 1); n > 0 {
			out.left, n = t.operand(at + 1 + n)
		}
	default:
		out.on = unequal
		out.left, n = t.operand(at)
	}
	if negated {
		out.on = out.on.not()
	}
	return n > 0
}

func (t *turns) is(i int, op wasm.Op) bool { return i < t.known && t.recent[i].Op == op }

// operand is what the instructions that end with the i-th last one push, and how many instructions that takes; 0
// if it is none that is known.
func (t *turns) operand(i int) (o operand, n int) {
	if i >= t.known {
		return o, 0
	}
	switch in := &t.recent[i]; in.Op {
	case wasm.LocalGet:
		return operand{isLocal: true, local: in.A}, 1
	case wasm.I32Const:
		return operand{value: t.constant(in)}, 1
	case wasm.LocalTee:
		if k := len(t.steps) - 1; k >= 0 && t.steps[k].at == in.At {
			return operand{isLocal: true, local: in.A}, 4
		}
	}
	return o, 0
}

// decide says which of the operands counts, and whether the turns are known.
func (t *turns) decide(out exit) (c counted, ok bool) {
	c.on, c.bound = out.on, out.right
	s, ok := t.counts(out.left)
	if !ok {
		c.on, c.bound = out.on.turned(), out.left
		s, ok = t.counts(out.right)
	}
	if !ok || c.bound.isLocal && t.writes(c.bound.local) > 0 {
		return c, false
	}
	c.local, c.step, c.stepped = s.local, s.by, s.at < out.at
	switch c.on {
	case unequal:
		ok = true
	case lessS, lessU, atMostS, atMostU:
		ok = c.step > 0 && bits.OnesCount32(c.width()) == 1
	case greaterS, greaterU, atLeastS, atLeastU:
		ok = c.step < 0 && bits.OnesCount32(c.width()) == 1
	default:
		ok = false
	}
	return c, ok && (c.stepped || out.top)
}

// counts is the step that is all that ever changes an operand, if there is one.
func (t *turns) counts(o operand) (s step, ok bool) {
	if !o.isLocal || t.writes(o.local) != 1 {
		return s, false
	}
	for _, s := range t.steps {
		if s.local == o.local {
			return s, true
		}
	}
	return s, false
}

// writes is how often the text of the loop writes a local.
func (t *turns) writes(local uint32) (n int) {
	for _, l := range t.written {
		if l == local {
			n++
		}
	}
	return n
}

// width is how far a step goes, up or down.
func (c *counted) width() uint32 {
	if c.step < 0 {
		return uint32(-c.step)
	}
	return uint32(c.step)
}

// twos is how many factors of two a step has.
func (c *counted) twos() int { return bits.TrailingZeros32(c.width()) }
