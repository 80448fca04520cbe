package meter

import "github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"

// writer writes the body of one function anew.
type writer struct {
	m       *wasm.Module
	p       *plan
	callees []int64 // see analysis.free
	out     []byte
	code    []byte
	from    int // byte of code that is next to be copied

	open   []level // the blocks that are open, the function first
	loop   int     // number of the next loop
	root   int     // index in open of the loop that keeps the fuel in a local, or -1
	next   int     // index of the next charge
	locals uint32  // of the function, parameters included, before any are added
	weight int64   // room that the frame takes, 0 if it calls nothing
	free   bool    // whether its callers pay for it

	fuel, room, seal uint32 // globals
}

// level is a block that is open while it is written.
type level struct {
	wrapped bool // whether its body stands in an if that looks at the fuel
	wraps   int  // how many are wrapped, of the loops around it and it
}

// smallCost is the most a function without calls, loops and operations charged by length may cost to be entered
// without a look at the fuel: its caller looks soon enough.
const smallCost = 64

// body writes a function: what it takes at its beginning, its code, what it gives back at its end. result is the
// type of a block with the function's results, as it is written.
func (w *writer) body(b wasm.Body, result []byte) {
	w.code, w.from, w.loop, w.next, w.root = b.Code, 0, 0, 0, -1
	w.open = append(w.open[:0], level{})
	w.declare(b)
	w.weight = 0
	if w.p.calls {
		w.weight = Weight(w.locals, len(b.Code))
	}
	w.enter(result)
	d := wasm.NewDecoder(b.Code, 0)
	var in wasm.Instr
	for d.Next(&in) {
		w.instruction(&in, &d)
		if w.next < len(w.p.charges) && w.p.charges[w.next].at == in.End {
			w.copy(in.End)
			w.charge(&in)
		}
	}
	w.copy(len(b.Code))
	if w.weight > 0 {
		// The end that was the function's closes the block around it.
		w.takeRoom(-w.weight)
		w.op(wasm.End)
	}
}

// declare writes the function's locals, and those that are added behind them.
func (w *writer) declare(b wasm.Body) {
	n := len(b.Runs)
	for _, need := range w.p.needs {
		if need {
			n++
		}
	}
	w.out = uleb(w.out, uint64(n))
	for _, r := range b.Runs {
		w.out = append(uleb(w.out, uint64(r.Count)), r.Type)
	}
	for k, need := range w.p.needs {
		if need {
			w.out = append(w.out, 1, wantTypes[k])
		}
	}
}

// local is the index of an added local.
func (w *writer) local(k want) uint32 {
	i := w.locals
	for _, need := range w.p.needs[:k] {
		if need {
			i++
		}
	}
	return i
}

// copy copies the code up to byte to.
func (w *writer) copy(to int) {
	w.out = append(w.out, w.code[w.from:to]...)
	w.from = to
}

func (w *writer) op(op wasm.Op)                  { w.out = append(w.out, byte(op)) }
func (w *writer) index(op wasm.Op, index uint32) { w.op(op); w.out = uleb(w.out, uint64(index)) }
func (w *writer) i64(v int64)                    { w.op(wasm.I64Const); w.out = sleb(w.out, v) }
func (w *writer) i32(v int32)                    { w.op(wasm.I32Const); w.out = sleb(w.out, int64(v)) }

// enter takes fuel and room at the beginning of the function.
func (w *writer) enter(result []byte) {
	first := w.p.charges[0]
	w.next = 1
	if first.cost > 0 && !w.free {
		w.takeFuel(first.cost)
	}
	if w.weight > 0 {
		w.takeRoom(w.weight)
		w.index(wasm.GlobalGet, w.fuel)
		w.index(wasm.GlobalGet, w.room)
		w.op(i64Or)
		w.stopIfNegative()
		w.op(wasm.Block)
		w.out = append(w.out, result...)
	} else if w.p.loops || w.p.cost > smallCost {
		w.index(wasm.GlobalGet, w.fuel)
		w.stopIfNegative()
	}
}

// goOn begins a block of type t that goes on if the i64 on top is not negative; stop ends the block. The trap
// stands behind all that the block does, for the engine lays code out in the order of the text: where nothing
// traps, nothing is jumped over.
func (w *writer) goOn(t []byte) {
	w.i64(0)
	w.op(i64GeS)
	w.op(wasm.If)
	w.out = append(w.out, t...)
}

// stop ends a block that goOn began.
func (w *writer) stop() {
	w.op(wasm.Else)
	w.writeBack()
	w.op(wasm.Unreachable)
	w.op(wasm.End)
}

// takeRoom takes room for nested calls, or gives it back if n is negative.
func (w *writer) takeRoom(n int64) {
	w.index(wasm.GlobalGet, w.room)
	w.i64(n)
	w.op(i64Sub)
	w.index(wasm.GlobalSet, w.room)
}

// getFuel pushes the fuel, setFuel pops it.
func (w *writer) getFuel() {
	if w.root >= 0 {
		w.index(wasm.LocalGet, w.local(wantFuel))
	} else {
		w.index(wasm.GlobalGet, w.fuel)
	}
}

func (w *writer) setFuel() {
	if w.root >= 0 {
		w.index(wasm.LocalSet, w.local(wantFuel))
	} else {
		w.index(wasm.GlobalSet, w.fuel)
	}
}

// takeFuel takes n of the fuel.
func (w *writer) takeFuel(n int64) {
	w.getFuel()
	w.i64(n)
	w.op(i64Sub)
	w.setFuel()
}

// writeBack stores the fuel in its global, if it is kept in a local.
func (w *writer) writeBack() {
	if w.root >= 0 {
		w.index(wasm.LocalGet, w.local(wantFuel))
		w.index(wasm.GlobalSet, w.fuel)
	}
}

// stopIfNegative traps if the i64 on top is negative.
func (w *writer) stopIfNegative() {
	w.i64(0)
	w.op(i64LtS)
	w.op(wasm.If)
	w.out = append(w.out, noType)
	w.writeBack()
	w.op(wasm.Unreachable)
	w.op(wasm.End)
}

// noType is the type of a block without results, as it is written.
const noType = wasm.NoType + 0x80

// charge takes fuel for the basic block that begins behind in, and looks at it where a loop turns.
func (w *writer) charge(in *wasm.Instr) {
	c := w.p.charges[w.next]
	w.next++
	if c.cost > 0 {
		w.takeFuel(c.cost)
	}
	if c.header {
		w.getFuel()
		w.goOn(w.code[in.At+1 : in.End])
		l := &w.open[len(w.open)-1]
		l.wrapped = true
		l.wraps++
	}
}

// push notes a block that opens.
func (w *writer) push() {
	w.open = append(w.open, level{wraps: w.open[len(w.open)-1].wraps})
}

// label is what a label is written as: further out by the blocks that were added on the way to it.
func (w *writer) label(label uint32) uint32 {
	n := len(w.open) - 1
	added := w.open[n].wraps
	if t := n - int(label); t > 0 {
		added -= w.open[t-1].wraps
	}
	return label + uint32(added)
}

// leaves reports whether a branch to label goes out of the loop that keeps the fuel in a local.
func (w *writer) leaves(label uint32) bool {
	return w.root >= 0 && len(w.open)-1-int(label) < w.root
}

// instruction writes one instruction, with what must stand before and behind it. What it does not write itself is
// copied later.
func (w *writer) instruction(in *wasm.Instr, d *wasm.Decoder) {
	switch in.Op {
	case wasm.Block, wasm.If:
		w.push()
	case wasm.Loop:
		if w.root < 0 && w.p.cached[w.loop] {
			w.copy(in.At)
			w.index(wasm.GlobalGet, w.fuel)
			w.index(wasm.LocalSet, w.local(wantFuel))
			w.root = len(w.open)
		}
		if c := &w.p.counted[w.loop]; c.on != never {
			w.copy(in.At)
			w.payTurns(c)
		}
		w.loop++
		w.push()
	case wasm.End:
		if w.open[len(w.open)-1].wrapped {
			w.copy(in.At)
			w.stop()
		}
		w.open = w.open[:len(w.open)-1]
		if w.root == len(w.open) {
			w.copy(in.End)
			w.writeBack()
			w.root = -1
		}
	case wasm.Br, wasm.BrIf:
		w.copy(in.At)
		if w.leaves(in.A) {
			w.writeBack()
		}
		w.index(in.Op, w.label(in.A))
		w.from = in.End
	case wasm.BrTable:
		w.copy(in.At)
		leaves := false
		d.Targets(in, func(label uint32) { leaves = leaves || w.leaves(label) })
		if leaves {
			w.writeBack()
		}
		w.index(in.Op, in.A)
		d.Targets(in, func(label uint32) { w.out = uleb(w.out, uint64(w.label(label))) })
		w.from = in.End
	case wasm.Return:
		w.copy(in.At)
		w.writeBack()
		if w.weight > 0 {
			w.index(wasm.Br, w.label(uint32(len(w.open)-1)))
			w.from = in.End
		}
	case wasm.Call, wasm.CallIndirect:
		// A loop that keeps the fuel in a local calls only what does not return, and what its callers pay for.
		if in.Op == wasm.CallIndirect || w.callees[in.A] < 0 {
			w.copy(in.At)
			w.writeBack()
		}
	default:
		if isSealed(in.Op) {
			w.copy(in.At)
			w.checkSeal()
		}
		if isByLength(in.Op) {
			w.copy(in.At)
			w.chargeLength(lengths[in.Op])
		}
		if s := effects[in.Op].makes; s != noFloat && !unseen(*d, s) {
			w.copy(in.End)
			w.out = canonical(w.out, s, w.local(keep[s]))
		}
	}
}

// checkSeal traps if the module is sealed, and says so.
func (w *writer) checkSeal() {
	w.index(wasm.GlobalGet, w.seal)
	w.op(wasm.If)
	w.out = append(w.out, noType)
	w.op(wasm.I32Const)
	w.out = sleb(w.out, Broken)
	w.index(wasm.GlobalSet, w.seal)
	w.op(wasm.Unreachable)
	w.op(wasm.End)
}

// chargeLength takes fuel by the i32 on top, which stays, and looks at what is left.
func (w *writer) chargeLength(by byLength) {
	n := w.local(wantLen)
	w.index(wasm.LocalSet, n)
	w.getFuel()
	w.index(wasm.LocalGet, n)
	w.op(i64ExtendU)
	switch {
	case by.shift > 0:
		w.i64(int64(by.shift))
		w.op(i64ShrU)
	case by.factor > 1:
		w.i64(by.factor)
		w.op(i64Mul)
	}
	w.op(i64Sub)
	w.setFuel()
	w.getFuel()
	w.stopIfNegative()
	w.index(wasm.LocalGet, n)
}
