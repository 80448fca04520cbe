// Package abikit is the golden images, calls and answers that prove guest SDKs, guests and hosts against the ABI
// bailiwick/1 (docs/abi.md). docs/abi-kit.md tells what the probe, the one guest that is called, has to do.
//
// Who proves an SDK writes the probe with it, and runs it with: bailiwick conformance run --plugin probe.wasm. Who proves
// another host runs any of the probes in it, asks what testdata/calls.json says and compares with the answers there.
package abikit
