// Package guest runs guests: sandboxed WebAssembly modules that judge sites, paths and placements, as docs/abi.md
// says. It puts together what the packages below it do one by one.
//
//	New ──▶ *Engine ──Load──▶ *Plugin ──Bind──▶ *Pool ──Call──▶ abi.Answer
//	                 scan, meter,      snapshot,      an instance as it was after
//	                 compile           settings       initialisation, one call, fuel
//
// An [Engine] is the compiler and what it keeps, one for a process. A [Plugin] is a compiled guest. A [Pool] is the
// guest with one snapshot resident in it and one set of settings: its instances are initialised once and brought back
// to that state before every call, so that no call sees anything of another, and the answer is a pure function of
// what went in. Everything may be used by several goroutines.
//
// Whatever a guest does, the host goes on: what it may use is bounded, what it answers is checked, and a failure is an
// error of that call. After failures in a row the pool stops asking, see [Breaker].
package guest
