package guest

import "unsafe"

//go:wasmimport bailiwick log
func hostLog(text unsafe.Pointer, length uint32)

//go:wasmimport bailiwick time
func hostTime() int64

//go:wasmimport bailiwick random
func hostRandom(to unsafe.Pointer, length uint32)

// Log leaves a message for people. A guest that uses it needs the capability log: only then is it imported.
func Log(text string) { hostLog(unsafe.Pointer(unsafe.StringData(text)), uint32(len(text))) }

// Time is the decision time in nanoseconds since 1970, UTC. A guest that uses it needs the capability time.
func Time() int64 { return hostTime() }

// Random fills to with bytes that depend on the decision and the plugin alone. A guest that uses it needs the
// capability random.
func Random(to []byte) { hostRandom(unsafe.Pointer(unsafe.SliceData(to)), uint32(len(to))) }
