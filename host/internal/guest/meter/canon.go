package meter

import "github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"

// The instructions whose results or costs are treated by name.
const (
	i32DivS wasm.Op = 0x6d
	i32RemU wasm.Op = 0x70
	i64DivS wasm.Op = 0x7f
	i64RemU wasm.Op = 0x82

	f32Sqrt wasm.Op = 0x91
	f32Div  wasm.Op = 0x95
	f64Sqrt wasm.Op = 0x9f
	f64Div  wasm.Op = 0xa3

	f32x4Sqrt = wasm.Vec | 0xe3
	f32x4Div  = wasm.Vec | 0xe7
	f64x2Sqrt = wasm.Vec | 0xef
	f64x2Div  = wasm.Vec | 0xf3
)

// shape is what kind of floating-point number a value holds.
type shape byte

const (
	noFloat shape = iota
	f32
	f64
	f32x4
	f64x2
)

// effect is what an instruction without control or memory effects does to the operands.
type effect struct {
	pops  int8  // operands it takes
	known bool  // whether this entry says anything
	makes shape // kind of number it makes, if it may be a NaN whose bits machines choose
	takes shape // kind of numbers it takes, if no bits of a NaN among them show in what it makes
}

// effects lists the instructions that push exactly one value; the others end what canonical looks at.
var effects = func() (t [0x300]effect) {
	each := func(from, to wasm.Op, e effect) {
		for op := from; op <= to; op++ {
			e.known = true
			t[op] = e
		}
	}
	each(wasm.LocalGet, wasm.LocalGet, effect{pops: 0})
	each(wasm.GlobalGet, wasm.GlobalGet, effect{pops: 0})
	each(wasm.I32Const, wasm.F64Const, effect{pops: 0})
	each(wasm.MemorySize, wasm.MemorySize, effect{pops: 0})
	each(0x28, 0x35, effect{pops: 1})                         // loads
	each(0x45, 0x45, effect{pops: 1})                         // i32.eqz
	each(0x46, 0x4f, effect{pops: 2})                         // i32 comparisons
	each(0x50, 0x50, effect{pops: 1})                         // i64.eqz
	each(0x51, 0x5a, effect{pops: 2})                         // i64 comparisons
	each(0x5b, 0x60, effect{pops: 2, takes: f32})             // f32 comparisons
	each(0x61, 0x66, effect{pops: 2, takes: f64})             // f64 comparisons
	each(0x67, 0x69, effect{pops: 1})                         // i32.clz, ctz, popcnt
	each(0x6a, 0x78, effect{pops: 2})                         // i32 arithmetic
	each(0x79, 0x7b, effect{pops: 1})                         // i64.clz, ctz, popcnt
	each(0x7c, 0x8a, effect{pops: 2})                         // i64 arithmetic
	each(0x8b, 0x8c, effect{pops: 1})                         // f32.abs, neg
	each(0x8d, 0x91, effect{pops: 1, makes: f32, takes: f32}) // f32.ceil, floor, trunc, nearest, sqrt
	each(0x92, 0x97, effect{pops: 2, makes: f32, takes: f32}) // f32.add, sub, mul, div, min, max
	each(0x98, 0x98, effect{pops: 2})                         // f32.copysign
	each(0x99, 0x9a, effect{pops: 1})                         // f64.abs, neg
	each(0x9b, 0x9f, effect{pops: 1, makes: f64, takes: f64}) // f64.ceil, floor, trunc, nearest, sqrt
	each(0xa0, 0xa5, effect{pops: 2, makes: f64, takes: f64}) // f64.add, sub, mul, div, min, max
	each(0xa6, 0xa6, effect{pops: 2})                         // f64.copysign
	each(0xa7, 0xc4, effect{pops: 1})                         // conversions and extensions
	each(0xa8, 0xa9, effect{pops: 1, takes: f32})             // i32.trunc_f32
	each(0xaa, 0xab, effect{pops: 1, takes: f64})             // i32.trunc_f64
	each(0xae, 0xaf, effect{pops: 1, takes: f32})             // i64.trunc_f32
	each(0xb0, 0xb1, effect{pops: 1, takes: f64})             // i64.trunc_f64
	each(0xb6, 0xb6, effect{pops: 1, makes: f32, takes: f64}) // f32.demote_f64
	each(0xbb, 0xbb, effect{pops: 1, makes: f64, takes: f32}) // f64.promote_f32

	each(wasm.Misc, wasm.Misc|1, effect{pops: 1, takes: f32}) // i32.trunc_sat_f32
	each(wasm.Misc|2, wasm.Misc|3, effect{pops: 1, takes: f64})
	each(wasm.Misc|4, wasm.Misc|5, effect{pops: 1, takes: f32})
	each(wasm.Misc|6, wasm.Misc|7, effect{pops: 1, takes: f64})

	each(wasm.Vec, wasm.Vec|0x0a, effect{pops: 1}) // vector loads
	each(wasm.V128Const, wasm.V128Const, effect{pops: 0})
	each(wasm.Vec|0x0f, wasm.Vec|0x14, effect{pops: 1})               // splats
	each(wasm.Vec|0x41, wasm.Vec|0x46, effect{pops: 2, takes: f32x4}) // f32x4 comparisons
	each(wasm.Vec|0x47, wasm.Vec|0x4c, effect{pops: 2, takes: f64x2}) // f64x2 comparisons
	each(wasm.Vec|0x5c, wasm.Vec|0x5d, effect{pops: 1})               // v128.load_zero
	each(wasm.Vec|0x5e, wasm.Vec|0x5e, effect{pops: 1, makes: f32x4, takes: f64x2})
	each(wasm.Vec|0x5f, wasm.Vec|0x5f, effect{pops: 1, makes: f64x2, takes: f32x4})
	for _, op := range []wasm.Op{0x67, 0x68, 0x69, 0x6a, 0xe3} { // ceil, floor, trunc, nearest, sqrt
		each(wasm.Vec|op, wasm.Vec|op, effect{pops: 1, makes: f32x4, takes: f32x4})
	}
	for _, op := range []wasm.Op{0x74, 0x75, 0x7a, 0x94, 0xef} {
		each(wasm.Vec|op, wasm.Vec|op, effect{pops: 1, makes: f64x2, takes: f64x2})
	}
	each(wasm.Vec|0xe0, wasm.Vec|0xe1, effect{pops: 1}) // f32x4.abs, neg
	each(wasm.Vec|0xec, wasm.Vec|0xed, effect{pops: 1}) // f64x2.abs, neg
	// add, sub, mul, div, min, max. pmin and pmax give back one of their operands, bit by bit, on every machine.
	each(wasm.Vec|0xe4, wasm.Vec|0xe9, effect{pops: 2, makes: f32x4, takes: f32x4})
	each(wasm.Vec|0xf0, wasm.Vec|0xf5, effect{pops: 2, makes: f64x2, takes: f64x2})
	// i32x4.trunc_sat of floats
	each(wasm.Vec|0xf8, wasm.Vec|0xf9, effect{pops: 1, takes: f32x4})
	each(wasm.Vec|0xfc, wasm.Vec|0xfd, effect{pops: 1, takes: f64x2})
	return t
}()

// ahead is how many instructions canonical looks at before it gives up.
const ahead = 24

// unseen reports whether the bits of a NaN of shape s, which was just pushed, show nowhere: the value goes, within
// the next few instructions, to one that compares it, makes an integer of it or whose own result is made
// canonical. d stands behind the instruction that pushed it, and is the caller's copy.
func unseen(d wasm.Decoder, s shape) bool {
	var in wasm.Instr
	above := 0 // operands above the value
	for range ahead {
		if !d.Next(&in) {
			return false
		}
		e := effects[in.Op]
		switch {
		case !e.known:
			return false
		case int(e.pops) > above:
			return e.takes == s
		}
		above += 1 - int(e.pops)
	}
	return false
}

// canonical appends code that makes the value on top canonical if it is a NaN, with a local of its type to keep it
// in. A NaN alone differs from itself.
func canonical(b []byte, s shape, local uint32) []byte {
	get := func(op wasm.Op) { b = uleb(append(b, byte(op)), uint64(local)) }
	nan32 := []byte{0, 0, 0xc0, 0x7f}
	nan64 := []byte{0, 0, 0, 0, 0, 0, 0xf8, 0x7f}
	get(wasm.LocalTee)
	switch s {
	case f32:
		b = append(append(b, byte(wasm.F32Const)), nan32...)
	case f64:
		b = append(append(b, byte(wasm.F64Const)), nan64...)
	case f32x4:
		b = append(b, 0xfd, 0x0c)
		for range 4 {
			b = append(b, nan32...)
		}
	case f64x2:
		b = append(b, 0xfd, 0x0c)
		for range 2 {
			b = append(b, nan64...)
		}
	}
	get(wasm.LocalGet)
	get(wasm.LocalGet)
	switch s {
	case f32:
		return append(b, 0x5b, 0x1b) // f32.eq, select
	case f64:
		return append(b, 0x61, 0x1b) // f64.eq, select
	case f32x4:
		return append(b, 0xfd, 0x41, 0xfd, 0x52) // f32x4.eq, v128.bitselect
	default:
		return append(b, 0xfd, 0x47, 0xfd, 0x52) // f64x2.eq, v128.bitselect
	}
}
