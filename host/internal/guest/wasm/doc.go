// Package wasm reads a WebAssembly binary that nobody trusts yet, and refuses it before anything compiles if it
// is not sound or would cost more than the operator allows.
//
//	[]byte ──Scan(Limits)──▶ *Module ──Report──▶ what an operator is shown
//	                            └──▶ package meter, which writes the module that is compiled
//
// [Scan] reads core WebAssembly 2.0 (multi-value, bulk memory, reference types, sign extension, non-trapping
// conversions, SIMD) and nothing later: no threads, tail calls, exceptions, 64-bit or several memories, and no
// typed references. Every length is checked before memory is taken for it and before a byte behind it is read;
// every instruction is decoded, its block structure and its indices are checked, and every cap of [Limits] is
// held. Types of operands are not checked: the engine does that when it compiles, after us, and nothing here or
// in package meter depends on them.
//
// A [Module] shares the binary's bytes and copies none of its payloads, so the binary must not change while the
// module is in use.
//
// Errors are a [*FormatError] (the bytes are not a module this host reads), a [*LimitError] (a sound module that
// asks for too much) or an [*ImportError] (it wants something that is not offered). Each says section and byte.
package wasm
