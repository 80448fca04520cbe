// Package offer is what a host offers a guest to import: WASI preview 1, which reaches nothing, and the capabilities
// that an operator grants.
//
//	Set ──Imports──▶ wasm.Limits.Offered ──wasm.Scan──▶ refused, naming the import (Explain says what it needs)
//	wazero.Runtime ──Instantiate──▶ the host modules, once
//	instantiated guest ──New──▶ *Instance ──Call…──▶ initialised ──Begin, Call…──▶ one decision after another
//
// Nothing here is ambient. Whatever a host function answers comes from the guest's memory, from the [Decision] that
// the host began, and from constants written down here; so a call gives the same bytes on every machine.
//
// WASI is offered to every guest and counts as no capability, for the toolchains import it whether it is used or
// not. Its wall clock stands at the decision time; its monotonic clock moves only when the guest sleeps, which takes
// no time; its randomness is a fixed stream that begins anew with every decision; there are no arguments, no
// environment, no files and no sockets; what is written to the standard outputs goes nowhere, or into the log if
// that is granted; leaving is an error of the call.
//
// Pointers and lengths are the guest's and are checked against its memory: WASI functions answer EFAULT, those of
// capabilities end the call. Work is bounded by caps, and what grows with a length is paid for with fuel before it is
// done, if the guest is metered.
//
// Policies that OPA compiled are offered other functions, those of OPA's ABI, and no others: see [OPAImports].
//
// A guest must be instantiated without start functions, so that nothing of it runs before [New].
package offer
