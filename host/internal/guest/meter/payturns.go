package meter

import (
	"math"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
)

// payTurns takes the fuel for all turns of a loop, which begins here, and looks at what is left. A loop that never
// ends leaves −1.
//
// If i and the bound are unequal for the loop to go on, it goes on rest times, where j + rest×step is the bound
// modulo 2³²: rest is their distance, without the factors of two in step, times the inverse of what is left of
// step. A distance without these factors is never gone. In other comparisons step is a power of two, and rest the
// distance divided by it, rounded up; the loop never ends if i runs over the end of its type first, for then it
// comes round to values it has had.
func (w *writer) payTurns(c *counted) {
	var endless func()
	w.getFuel()
	if c.on == unequal {
		endless = w.restUnequal(c)
	} else {
		endless = w.restOrdered(c)
	}
	w.i64(c.visit + c.goOn)
	w.op(i64Mul)
	w.op(i64Sub)
	w.i64(c.visit)
	w.op(i64Sub)
	if endless != nil {
		w.setFuel()
		w.i64(-1)
		w.getFuel()
		endless()
		w.op(selectOp)
	}
	w.setFuel()
	w.getFuel()
	w.stopIfNegative()
}

// restUnequal pushes how often a loop goes on that does so while i is not the bound, as an i64. endless pushes
// whether it never ends, and is nil if it always does.
func (w *writer) restUnequal(c *counted) (endless func()) {
	to, from := w.bound, w.counter
	if c.step < 0 {
		to, from = from, to
	}
	to(c)
	from(c)
	w.op(i32Sub)
	twos := c.twos()
	most := uint32(math.MaxUint32) >> twos
	if twos > 0 {
		// Turned round rather than shifted, what is no factor makes the number too large.
		w.i32(int32(twos))
		w.op(i32Rotr)
		w.index(wasm.LocalTee, w.local(wantLen))
		endless = func() {
			w.index(wasm.LocalGet, w.local(wantLen))
			w.i32(int32(most))
			w.op(i32GtU)
		}
	}
	if odd := c.width() >> twos; odd > 1 {
		w.i32(int32(inverse(odd)))
		w.op(i32Mul)
		if twos > 0 {
			w.i32(int32(most))
			w.op(i32And)
		}
	}
	w.op(i64ExtendU)
	return endless
}

// inverse is the number that times an odd one is 1, modulo 2³².
func inverse(odd uint32) uint32 {
	x := odd // right in three bits; every round doubles them
	for range 4 {
		x *= 2 - odd*x
	}
	return x
}

// restOrdered pushes how often a loop goes on that does so until i has passed the bound. endless is as that of
// restUnequal.
func (w *writer) restOrdered(c *counted) (endless func()) {
	signed := c.on == lessS || c.on == greaterS || c.on == atMostS || c.on == atLeastS
	reaches := c.on == atMostS || c.on == atMostU || c.on == atLeastS || c.on == atLeastU // goes on at the bound itself
	extend := i64ExtendU
	if signed {
		extend = i64ExtendS
	}
	counter := func() { w.counter(c); w.op(extend) }
	bound := func() { w.bound(c); w.op(extend) }
	if c.step > 0 {
		bound()
		counter()
	} else {
		counter()
		bound()
	}
	w.op(i64Sub)
	up := int64(c.width()) - 1
	if reaches {
		up++
	}
	if up > 0 {
		w.i64(up)
		w.op(i64Add)
	}
	shift := int64(c.twos())
	if shift > 0 {
		w.i64(shift)
		w.op(i64ShrS)
	}
	// None if that is negative.
	w.index(wasm.LocalTee, w.local(wantTurns))
	w.i64(0)
	w.index(wasm.LocalGet, w.local(wantTurns))
	w.i64(0)
	w.op(i64GtS)
	w.op(selectOp)
	if !reaches && shift == 0 {
		return nil // i comes to the bound itself
	}
	w.index(wasm.LocalTee, w.local(wantTurns))
	return func() {
		counter()
		w.index(wasm.LocalGet, w.local(wantTurns))
		if shift > 0 {
			w.i64(shift)
			w.op(i64Shl)
		}
		if c.step > 0 {
			w.op(i64Add)
			w.i64(last(signed))
			w.op(i64GtS)
		} else {
			w.op(i64Sub)
			w.i64(last(signed) - math.MaxUint32)
			w.op(i64LtS)
		}
	}
}

// last is the greatest i32.
func last(signed bool) int64 {
	if signed {
		return math.MaxInt32
	}
	return math.MaxUint32
}

// counter pushes what is first compared with the bound.
func (w *writer) counter(c *counted) {
	w.index(wasm.LocalGet, c.local)
	if c.stepped {
		w.i32(c.step)
		w.op(i32Add)
	}
}

// bound pushes the bound.
func (w *writer) bound(c *counted) {
	if c.bound.isLocal {
		w.index(wasm.LocalGet, c.bound.local)
	} else {
		w.i32(c.bound.value)
	}
}
