package meter

import "github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"

// Fuel is counted in units of one simple instruction, which takes about a cycle. The figures are part of what a
// decision costs: changing one, or mostPrepaid, smallCost or mostFree, changes the fuel that every guest uses.
const (
	// costCall is a call's: saving registers, the frame, the look at fuel and room.
	costCall = 4
	// costCallIndirect is a call's through a table: its bounds and its signature are checked too.
	costCallIndirect = 6
	// costTurn is a loop's at every turn, the first included.
	costTurn = 1
	// costDivide is an integer division's or a remainder's, which take 10 to 40 cycles.
	costDivide = 8
	// costRoot is a division's or a square root's of floating point.
	costRoot = 4
	// costBulk is a bulk operation's apart from its length.
	costBulk = 8
	// costGrow is growing's apart from its length: the engine leaves compiled code for it.
	costGrow = 256

	// bytesPerFuelLog2 says how many bytes a unit copies or fills: 2³.
	bytesPerFuelLog2 = 3
	// costPage is a page's of memory that is grown: 64 KiB to clear, at 8 bytes a unit.
	costPage = 8192
	// costEntry is a table entry's that is copied, filled or added.
	costEntry = 1
)

// costs is the cost of each instruction, without what is charged by length. Instructions that make no code of
// their own cost nothing; all that are not listed cost 1.
var costs = func() (t [0x300]uint16) {
	for op := range t {
		t[op] = 1
	}
	for op, cost := range map[wasm.Op]uint16{
		wasm.Unreachable: 0, wasm.Nop: 0, wasm.Block: 0, wasm.Loop: 0, wasm.Else: 0, wasm.End: 0, wasm.Drop: 0,
		wasm.Call: costCall, wasm.CallIndirect: costCallIndirect,
		wasm.BrTable:    2,
		wasm.MemoryGrow: costGrow, wasm.TableGrow: costGrow,
		wasm.MemoryInit: costBulk, wasm.MemoryCopy: costBulk, wasm.MemoryFill: costBulk,
		wasm.TableInit: costBulk, wasm.TableCopy: costBulk, wasm.TableFill: costBulk,
		wasm.DataDrop: costBulk, wasm.ElemDrop: costBulk,
	} {
		t[op] = cost
	}
	for op := i32DivS; op <= i32RemU; op++ {
		t[op] = costDivide
	}
	for op := i64DivS; op <= i64RemU; op++ {
		t[op] = costDivide
	}
	for _, op := range []wasm.Op{f32Div, f32Sqrt, f64Div, f64Sqrt, f32x4Div, f32x4Sqrt, f64x2Div, f64x2Sqrt} {
		t[op] = costRoot
	}
	return t
}()

// byLength is what an instruction costs for each unit of the i32 operand on top: a shift to the right (bytes) or a
// factor (pages, entries).
type byLength struct {
	shift  uint8
	factor int64
}

var lengths = map[wasm.Op]byLength{
	wasm.MemoryGrow: {factor: costPage},
	wasm.MemoryInit: {shift: bytesPerFuelLog2}, wasm.MemoryCopy: {shift: bytesPerFuelLog2}, wasm.MemoryFill: {shift: bytesPerFuelLog2},
	wasm.TableGrow: {factor: costEntry}, wasm.TableInit: {factor: costEntry}, wasm.TableCopy: {factor: costEntry}, wasm.TableFill: {factor: costEntry},
}

// isByLength reports whether an instruction is charged by length, and whether the seal forbids it.
func isByLength(op wasm.Op) bool {
	return op == wasm.MemoryGrow || op >= wasm.MemoryInit && op <= wasm.TableFill && lengths[op] != byLength{}
}

// isSealed reports whether an instruction changes a table or drops a segment.
func isSealed(op wasm.Op) bool {
	switch op {
	case wasm.TableSet, wasm.TableInit, wasm.TableCopy, wasm.TableFill, wasm.TableGrow, wasm.ElemDrop, wasm.DataDrop:
		return true
	}
	return false
}

// frameBytes is how many bytes of a body add one to its frame's weight. The compiler spills a value that it cannot
// keep in a register to a place of its own, one for every few bytes of code: a weight of one was measured to stand
// for 90 to 5 400 bytes of stack, the most for bodies of nothing but vectors. With 2 000 of room, which is also how
// many calls deep the interpreter goes at all, a guest's stack never took more than 11 MiB to make.
const frameBytes = 1024

// Weight is how much room a frame takes: one, and more for functions with many locals or long bodies, whose
// frames the engine makes larger. bytes is the length of the body's instructions, locals counts parameters too.
func Weight(locals uint32, bytes int) int64 {
	return 1 + (int64(locals)*8+int64(bytes))/frameBytes
}
