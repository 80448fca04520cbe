// Package meter rewrites a scanned WebAssembly module so that running it is bounded, and comes to the same on
// every machine.
//
//	wasm.Scan ──▶ *wasm.Module ──Rewrite──▶ []byte, which is what gets compiled
//
// What is added:
//
//   - Fuel. A global counts down by the cost of every basic block that is entered (costs.go is the table). It is
//     looked at where functions begin, where loops turn, and after what is charged by length: growing memory and
//     bulk operations, which pay before they run. Loops that count to a bound that is there when they begin pay
//     then for all their turns, and need no look in them; small functions that nothing but calls can name are paid
//     by their callers. Below zero, the guest traps. What runs between two looks is straight-line code, so bounded
//     by the size of a body, or has been paid.
//   - Room. Functions that call others take their frame's weight of a second global while they run, so that the
//     engine's stack is bounded whatever calls whatever.
//   - A seal. Once the host sets a third global, changing tables and dropping segments traps, so that the memory
//     and the globals are all there is to restore between calls.
//   - Exports, under reserved names, of these three, of the guest's mutable globals and of its start function,
//     which does not run by itself any more.
//   - Canonical NaNs. Machines differ in the sign and payload of a NaN that arithmetic makes; every such result
//     whose bits could be seen is made the canonical one.
//   - Maxima: memories and tables without one get the cap they were scanned with.
//
// What is dropped: the start section and custom sections, but for the names of functions if they are few.
//
// Every added trap is an unreachable; [Why] tells from the globals which it was. When the guest itself traps, the
// fuel left is the same on every machine, but may count nothing of what the innermost loop without calls used, or
// more turns than it made; and a loop that would trap by itself runs out of fuel instead, if there is too little
// for all its turns.
//
// The guest's instructions stay, in their order, with their operands, but for labels, which count the blocks that
// are added. What is added is correct by itself, keeps the operands below it and uses locals of its own. So a
// module that was ill-typed still is, and the engine refuses it.
package meter
