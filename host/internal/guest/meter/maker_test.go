package meter_test

import (
	"fmt"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

// maker makes sound modules out of random bytes: every choice takes one, and when they are used up every choice
// is the first, which ends things.
type maker struct {
	bytes  []byte
	m      wasmtest.Module
	code   []byte
	labels []label
	budget int  // instructions that may still be written
	exact  bool // whether to make no number that may be a NaN of the machine's choice
}

// label is a block that is open: what a branch to it must leave on the stack.
type label struct {
	result byte // value type, or 0
	loop   bool
}

// The locals of every function that a maker writes: two parameters, then these.
var makerLocals = []byte{wasm.I32, wasm.I64, wasm.I32, wasm.F32, wasm.F64, wasm.V128}

const makerFuncs = 4

func (k *maker) pick(n int) int {
	if len(k.bytes) == 0 {
		return 0
	}
	b := k.bytes[0]
	k.bytes = k.bytes[1:]
	return int(b) % n
}

func (k *maker) emit(b ...byte) { k.code = append(k.code, b...) }

// module writes a module of four functions (i32, i64) -> (i64) and one that is called by nothing but them, a
// memory, a table of the four and globals.
func (k *maker) module() []byte {
	t := wasmtest.Sig(wasmtest.Types(wasm.I32, wasm.I64), wasmtest.Types(wasm.I64))
	k.exact = k.pick(2) == 0
	k.m.Type(t)
	k.m.Memory(1, 3)
	k.m.Table(wasm.FuncRef, makerFuncs, 9)
	k.m.Global(wasm.I32, true, 0x41, 3, 0x0b)
	k.m.Global(wasm.F64, true, wasmtest.Cat([]byte{0x44}, f64bytes(1.5), []byte{0x0b})...)
	var locals [][]byte
	for _, t := range makerLocals[2:] {
		locals = append(locals, wasmtest.Local(1, t))
	}
	for i := range makerFuncs {
		k.code, k.labels, k.budget = nil, []label{{result: wasm.I64}}, 60
		k.statements(3)
		k.value(wasm.I64, 3)
		k.emit(0x0b)
		k.m.Export(fmt.Sprint("f", i), wasm.Func, k.m.Func(t, locals, k.code...))
	}
	// One more that is only called, and mostly calls nothing.
	k.code, k.labels, k.budget = nil, []label{{result: wasm.I64}}, 6
	k.value(wasm.I64, 3)
	k.emit(0x0b)
	k.m.Func(t, locals, k.code...)
	k.m.Export("memory", wasm.MemoryKind, 0)
	k.m.Elements(0, 0x41, 0, 0x0b, makerFuncs, 0, 1, 2, 3)
	k.m.DataCount(1)
	k.m.Data(1, 3, 'a', 'b', 'c')
	return k.m.Bytes()
}

// address pushes an address, in the memory more often than not.
func (k *maker) address(depth int) {
	k.value(wasm.I32, depth)
	if k.pick(8) != 7 {
		k.emit(0x41, 0xff, 0x07, 0x71)
	}
}

// statements writes statements, which leave the stack as it was.
func (k *maker) statements(depth int) {
	for k.pick(5) != 0 && k.budget > 0 {
		k.budget--
		k.statement(depth)
	}
}

// block writes a block of that code with what body writes in it.
func (k *maker) block(op byte, result byte, body func()) {
	t := byte(0x40)
	if result != 0 {
		t = result
	}
	k.emit(op, t)
	k.labels = append(k.labels, label{result, op == 3})
	body()
	k.labels = k.labels[:len(k.labels)-1]
	k.emit(0x0b)
}

// arm writes statements and, if there is a result, a value.
func (k *maker) arm(result byte, depth int) func() {
	return func() {
		k.statements(depth)
		if result != 0 {
			k.value(result, depth)
		}
	}
}

func (k *maker) statement(depth int) {
	if depth == 0 {
		k.emit(0x01)
		return
	}
	depth--
	switch k.pick(24) {
	case 0, 1: // local.set
		l := k.pick(len(makerLocals))
		k.value(makerLocals[l], depth)
		k.emit(0x21, byte(l))
	case 2:
		k.value(wasm.I32, depth)
		k.emit(0x24, 0)
	case 3:
		k.value(wasm.F64, depth)
		k.emit(0x24, 1)
	case 4, 5: // if
		k.value(wasm.I32, depth)
		k.block(4, 0, func() {
			k.statements(depth)
			if k.pick(2) == 1 {
				k.emit(5)
				k.statements(depth)
			}
		})
	case 6, 7:
		k.block(2, 0, k.arm(0, depth))
	case 8, 9, 10: // a loop that counts a parameter down
		k.block(3, 0, func() {
			k.statements(depth)
			k.emit(0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x41, 0x0f, 0x71, 0x0d, 0)
		})
	case 11: // br_if or br to a label without a value, or with one
		l := k.pick(len(k.labels))
		at := k.labels[len(k.labels)-1-l]
		if at.result == 0 || at.loop {
			k.value(wasm.I32, depth)
			k.emit(0x0d, byte(l))
			return
		}
		k.value(at.result, depth)
		k.value(wasm.I32, depth)
		k.emit(0x0d, byte(l), 0x1a)
	case 12: // return or br, and what comes behind is dead
		k.value(wasm.I32, depth)
		k.block(4, 0, func() {
			k.value(wasm.I64, depth)
			if k.pick(2) == 0 {
				k.emit(0x0f)
			} else {
				k.emit(0x0c, byte(len(k.labels)-1))
			}
			k.statements(depth)
		})
	case 13: // br_table out of blocks
		k.block(2, 0, func() {
			k.block(2, 0, func() {
				k.value(wasm.I32, depth)
				k.emit(0x0e, 2, 0, 1, 0)
			})
			k.statements(depth)
		})
	case 14:
		k.address(depth)
		k.value(wasm.I64, depth)
		k.emit(0x37, 0, byte(k.pick(128)))
	case 15:
		k.address(depth)
		k.value(wasm.F64, depth)
		k.emit(0x39, 0, 0)
	case 16: // memory.fill, memory.copy, memory.init
		k.address(depth)
		k.address(depth)
		k.address(depth)
		switch k.pick(3) {
		case 0:
			k.emit(0xfc, 11, 0)
		case 1:
			k.emit(0xfc, 10, 0, 0)
		case 2:
			k.emit(0xfc, 8, 0, 0)
		}
	case 17:
		k.value(wasm.I32, depth)
		k.emit(0x40, 0, 0x1a)
	case 18:
		k.address(depth)
		k.value(wasm.V128, depth)
		k.emit(0xfd, 11, 0, 0)
	case 19: // table.set
		k.value(wasm.I32, depth)
		k.emit(0x41, 7, 0x71, 0xd2, byte(k.pick(makerFuncs)), 0x26, 0)
	case 20, 21, 22, 23:
		k.counted(depth)
	}
}

// counted writes a loop that counts a local by a constant, unless what it does besides changes the local or goes
// elsewhere.
func (k *maker) counted(depth int) {
	step, op := byte(k.pick(4)+1), byte(0x46+k.pick(10))
	add := byte(0x6a + k.pick(2))
	k.emit(0x41, byte(k.pick(32)), 0x21, 2)
	if k.pick(2) == 0 { // the exit is at the end
		k.block(3, 0, func() {
			k.statements(depth)
			k.emit(0x20, 2, 0x41, step, add, 0x22, 2, 0x41, byte(k.pick(64)), op, 0x0d, 0)
		})
		return
	}
	k.block(2, 0, func() {
		k.block(3, 0, func() {
			if k.pick(2) == 0 {
				k.statements(depth)
			}
			k.emit(0x20, 2, 0x20, 0, op, 0x0d, 1)
			k.statements(depth)
			k.emit(0x20, 2, 0x41, step, add, 0x21, 2, 0x0c, 0)
		})
	})
}

// value writes code that pushes a value of type t.
func (k *maker) value(t byte, depth int) {
	if k.budget > 0 && depth > 0 {
		k.budget--
		depth--
		switch k.pick(6) {
		case 1: // a block with a result
			k.block(2, t, k.arm(t, depth))
			return
		case 2: // an if with a result
			k.value(wasm.I32, depth)
			k.block(4, t, func() {
				k.arm(t, depth)()
				k.emit(5)
				k.arm(t, depth)()
			})
			return
		case 3, 4, 5:
			if k.exact && t != wasm.I32 && t != wasm.I64 {
				break
			}
			k.compute(t, depth)
			return
		}
	}
	for l, have := range makerLocals {
		if have == t && k.pick(3) != 1 {
			k.emit(0x20, byte(l))
			return
		}
	}
	switch n := byte(k.pick(64)); t {
	case wasm.I32:
		k.emit(0x41, n)
	case wasm.I64:
		k.emit(0x42, n)
	case wasm.F32:
		k.emit(0x43, n, n, 0x80+n, 0x7f)
	case wasm.F64:
		k.emit(append([]byte{0x44}, f64bytes(float64(n))...)...)
	case wasm.V128:
		k.emit(append([]byte{0xfd, 12}, slices.Repeat([]byte{n, n + 0x80, n + 0x80, 0x7f}, 4)...)...)
	}
}

// compute writes an instruction that makes a value of type t, and its operands.
func (k *maker) compute(t byte, depth int) {
	of := func(operand byte, n int, code ...byte) {
		for range n {
			k.value(operand, depth)
		}
		k.emit(code...)
	}
	switch t {
	case wasm.I32:
		switch c := k.pick(8); c {
		case 0:
			of(wasm.I32, 2, 0x6a+byte(k.pick(15)))
		case 1:
			of(wasm.F64, 2, 0x61+byte(k.pick(6)))
		case 2:
			of(wasm.F32, 1, 0xbc)
		case 3:
			k.address(depth)
			k.emit(0x28, 0, 0)
		case 4:
			k.emit(0x23, 0)
		case 5:
			of(wasm.F32, 1, 0xa8)
		case 6:
			k.emit(0x3f, 0)
		case 7:
			of(wasm.V128, 1, 0xfd, 0x1b, byte(k.pick(4)))
		}
	case wasm.I64:
		switch k.pick(6) {
		case 0:
			of(wasm.I64, 2, 0x7c+byte(k.pick(15)))
		case 1:
			of(wasm.F64, 1, 0xbd)
		case 2:
			of(wasm.I32, 1, 0xad)
		case 3: // call
			k.value(wasm.I32, depth)
			k.value(wasm.I64, depth)
			k.emit(0x10, byte(k.pick(makerFuncs+1)))
		case 4: // call_indirect
			k.value(wasm.I32, depth)
			k.value(wasm.I64, depth)
			k.value(wasm.I32, depth)
			k.emit(0x41, 3, 0x71, 0x11, 0, 0)
		case 5: // a loop with a result
			k.block(3, wasm.I64, func() {
				k.statements(depth)
				k.emit(0x20, 0, 0x41, 1, 0x6b, 0x22, 0, 0x41, 7, 0x71, 0x0d, 0)
				k.value(wasm.I64, depth)
			})
		}
	case wasm.F32:
		switch k.pick(5) {
		case 0, 1:
			of(wasm.F32, 2, 0x92+byte(k.pick(7)))
		case 2:
			of(wasm.F32, 1, 0x8b+byte(k.pick(7)))
		case 3:
			of(wasm.F64, 1, 0xb6)
		case 4:
			of(wasm.I32, 1, 0xbe)
		}
	case wasm.F64:
		switch k.pick(6) {
		case 0, 1:
			of(wasm.F64, 2, 0xa0+byte(k.pick(7)))
		case 2:
			of(wasm.F64, 1, 0x99+byte(k.pick(7)))
		case 3:
			of(wasm.F32, 1, 0xbb)
		case 4:
			of(wasm.I64, 1, 0xbf)
		case 5:
			k.emit(0x23, 1)
		}
	case wasm.V128:
		switch k.pick(5) {
		case 0, 1:
			of(wasm.V128, 2, 0xfd, 0xe4+byte(k.pick(8)), 1)
		case 2:
			of(wasm.V128, 2, 0xfd, 0xf0+byte(k.pick(8)), 1)
		case 3:
			of(wasm.F64, 1, 0xfd, 0x14)
		case 4:
			of(wasm.V128, 1, 0xfd, 0xe3, 1)
		}
	}
}
