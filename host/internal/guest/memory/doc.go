// Package memory holds the linear memory of a WebAssembly guest, with a snapshot resident in it, and brings it back
// to its state after initialisation before every call.
//
//	NewSnapshot ──▶ *Snapshot ──┐                        (one for all guests)
//	New ──▶ *Memory ──Place──▶──┴──Seal──▶ Restore, call, Restore, call, … ──▶ Free
//
// A [Memory] is the allocator and the memory of one instance: it goes to the engine by
// experimental.WithMemoryAllocator. A [Snapshot] keeps the bytes of a snapshot image where no one can change
// them. [States] keeps what instances of one module look like once they are initialised, each state once.
//
// On 64-bit Linux a memory is a reservation of address space for all it may grow to, so that its base never moves;
// snapshots and large states are files without a name, sealed against change, mapped copy-on-write. Elsewhere
// memory is the garbage collector's, and snapshots are copied into it. [Restore] means the same on both.
//
// Only memory is restored here. What else a guest could keep between calls, its globals and its tables, is
// package meter's to name and to seal.
package memory
