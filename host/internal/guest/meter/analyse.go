package meter

import "github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"

// charge is a place where fuel is taken: the beginning of a basic block.
type charge struct {
	at     int   // byte of the code it stands before
	cost   int64 // of the block, and of those that are paid with it
	header bool  // whether a loop turns here

	before  int   // charge of the block that always comes first, or -1
	prepaid int64 // what is paid here for blocks that may not come
}

// plan is what one function's body is rewritten by.
type plan struct {
	charges []charge
	cached  []bool    // of each loop in order: whether it keeps the fuel in a local
	counted []counted // of each loop in order: how it is paid before it begins; on is never if it is not
	calls   bool      // whether it calls anything
	loops   bool      // whether it has a loop or an operation charged by length
	cost    int64     // of all its blocks together
	needs   [wants]bool
}

// want is a local that a function may need for what is added.
type want byte

const (
	wantFuel  want = iota // i64: fuel, in loops without calls
	wantTurns             // i64: how often a loop goes on
	wantLen               // i32: an operand that is charged by length
	wantF32
	wantF64
	wantV128
	wants
)

// wantTypes are the types of these locals.
var wantTypes = [wants]wasm.ValueType{wasm.I64, wasm.I64, wasm.I32, wasm.F32, wasm.F64, wasm.V128}

// keep is the local that keeps a number of each shape.
var keep = [...]want{f32: wantF32, f64: wantF64, f32x4: wantV128, f64x2: wantV128}

// frame is a block that is open.
type frame struct {
	op       wasm.Op
	loop     int  // number of the loop, of a loop
	targeted bool // whether code that runs branches to its end
	escapes  bool // whether code that runs branches past its end
	dead     bool // whether the code before it never gets here
	before   int  // charge of the block that stands before it
}

// analysis walks a body and makes its plan.
type analysis struct {
	plan
	open    []frame
	dead    bool    // whether the code here never runs
	now     int     // charge of the block here, if it is not dead
	calling []bool  // of each loop in order: whether it calls what may return
	paid    []int   // scratch of merge
	free    []int64 // of each function: what its callers pay for it, or -1 if it pays for itself
	ahead   bool    // whether loops are paid before they begin, if they can be
	turns   turns
	spans   []span // of the loops whose turns are known
}

// begin says that a basic block begins at byte at, which comes only after block before.
func (a *analysis) begin(at int, header bool, before int) {
	if !a.dead {
		a.now = len(a.charges)
		a.charges = append(a.charges, charge{at: at, header: header, before: before})
	}
}

// branch notes a branch to a label.
func (a *analysis) branch(label uint32) {
	if a.dead {
		return
	}
	target := len(a.open) - 1 - int(label)
	a.open[target].targeted = true
	for i := target + 1; i < len(a.open); i++ {
		a.open[i].escapes = true
	}
}

// analyse finds the basic blocks of a body, what each costs, and what is to be kept in locals. It uses the memory
// of a, and the plan is good until the next call.
func (a *analysis) analyse(code []byte) *plan {
	a.plan = plan{charges: a.charges[:0], cached: a.cached[:0], counted: a.counted[:0]}
	a.spans = a.spans[:0]
	a.open, a.calling, a.dead = append(a.open[:0], frame{op: wasm.Block}), a.calling[:0], false
	a.begin(0, false, -1)
	d := wasm.NewDecoder(code, 0)
	var in wasm.Instr
	for d.Next(&in) {
		if !a.dead {
			a.charges[a.now].cost += int64(costs[in.Op])
			a.cost += int64(costs[in.Op])
		}
		if s := effects[in.Op].makes; s != noFloat {
			a.needs[keep[s]] = true
		}
		if isByLength(in.Op) {
			a.needs[wantLen] = true
			a.loops = true
		}
		a.control(&in, &d, code)
	}
	a.merge()
	a.chooseCounted()
	a.chooseCached()
	return &a.plan
}

// control follows what an instruction does to the flow.
func (a *analysis) control(in *wasm.Instr, d *wasm.Decoder, code []byte) {
	switch in.Op {
	case wasm.Block, wasm.If:
		a.open = append(a.open, frame{op: in.Op, dead: a.dead, before: a.now})
		if in.Op == wasm.If {
			a.begin(in.End, false, a.now)
		}
	case wasm.Loop:
		a.open = append(a.open, frame{op: wasm.Loop, loop: len(a.cached), dead: a.dead, before: a.now})
		a.cached = append(a.cached, false)
		a.calling = append(a.calling, false)
		a.counted = append(a.counted, counted{})
		a.loops = true
		if !a.dead {
			if a.ahead {
				a.count(in, *d, code)
			}
			a.begin(in.End, true, -1)
			a.charges[a.now].cost = costTurn
		}
	case wasm.Else:
		f := &a.open[len(a.open)-1]
		f.op = wasm.Else
		f.targeted = f.targeted || !a.dead // by running into the else, which goes to the end
		a.dead = f.dead
		a.begin(in.End, false, f.before)
	case wasm.End:
		a.end(in.End)
	case wasm.Br:
		a.branch(in.A)
		a.dead = true
	case wasm.BrIf:
		a.branch(in.A)
		before := a.now
		if a.open[len(a.open)-1-int(in.A)].op == wasm.Loop {
			before = -1 // what stands behind a loop's last branch comes once, but the loop turns often
		}
		a.begin(in.End, false, before)
	case wasm.BrTable:
		d.Targets(in, a.branch)
		a.dead = true
	case wasm.Return:
		a.branch(uint32(len(a.open) - 1))
		a.dead = true
	case wasm.Unreachable:
		a.dead = true
	case wasm.Call, wasm.CallIndirect:
		a.calls = true
		if cost := a.freeCall(in); cost >= 0 {
			if !a.dead {
				a.charges[a.now].cost += cost
				a.cost += cost
			}
		} else if !isLast(in, code) {
			for _, f := range a.open {
				if f.op == wasm.Loop {
					a.calling[f.loop] = true
				}
			}
		}
	}
}

// end closes a block. What stands behind one that nothing branches past comes whenever what stands before it
// does, unless the guest traps, so it is paid there.
func (a *analysis) end(at int) {
	f := a.open[len(a.open)-1]
	a.open = a.open[:len(a.open)-1]
	switch {
	case f.dead:
		a.dead = true
		return
	case f.op == wasm.Loop: // branches to a loop go to its top
	case f.op == wasm.If: // without an else, which may be passed over
		a.dead = false
	case f.targeted:
		a.dead = false
	}
	if a.dead || len(a.open) == 0 {
		return
	}
	if !f.escapes {
		a.now = f.before
	} else if f.op == wasm.If || f.op != wasm.Loop && f.targeted {
		a.begin(at, false, f.before)
	}
}

// mostPrepaid is the most that a block pays for others that may not come after it. Short blocks behind a branch
// cost more to charge than to run; with a bound, what is paid in vain stays as small.
const mostPrepaid = 16

// merge lets short blocks be paid with the block that always comes before them.
func (a *analysis) merge() {
	a.paid = a.paid[:0]
	kept := a.charges[:0]
	for _, c := range a.charges {
		at := len(kept)
		if c.before >= 0 {
			by := a.paid[c.before]
			if p := &kept[by]; p.prepaid+c.cost <= mostPrepaid {
				p.prepaid += c.cost
				p.cost += c.cost
				a.paid = append(a.paid, by)
				continue
			}
		}
		a.paid = append(a.paid, at)
		kept = append(kept, c)
	}
	a.charges = kept
}

// freeCall is what is paid for the function that an instruction calls, or -1 if that pays for itself.
func (a *analysis) freeCall(in *wasm.Instr) int64 {
	if in.Op != wasm.Call {
		return -1
	}
	return a.free[in.A]
}

// isLast reports whether a call is followed by an unreachable: whoever is called is not meant to return, as when
// a guest panics.
func isLast(in *wasm.Instr, code []byte) bool {
	return in.End < len(code) && wasm.Op(code[in.End]) == wasm.Unreachable
}

// chooseCached lets the loops without calls keep their fuel in a local. An engine reads a global anew wherever
// ways meet, so a loop that counts in one waits for its own store in every turn.
func (a *analysis) chooseCached() {
	for i, calls := range a.calling {
		if !calls && a.counted[i].on == never {
			a.cached[i] = true
			a.needs[wantFuel] = true
		}
	}
}
