//go:build wasip1

package main

import (
	"encoding/binary"
	"encoding/json"
)

// The functions that Extism offers a plugin, as its ABI has them. Its memory is the host's: bytes go in and out in words.

//go:wasmimport extism:host/env input_length
func inputLength() uint64

//go:wasmimport extism:host/env input_load_u64
func inputLoadU64(at uint64) uint64

//go:wasmimport extism:host/env input_load_u8
func inputLoadU8(at uint64) uint32

//go:wasmimport extism:host/env alloc
func alloc(bytes uint64) uint64

//go:wasmimport extism:host/env store_u64
func storeU64(at, v uint64)

//go:wasmimport extism:host/env store_u8
func storeU8(at uint64, v uint32)

//go:wasmimport extism:host/env output_set
func outputSet(at, bytes uint64)

func input(v any) error {
	n := inputLength()
	b := make([]byte, n)
	at := uint64(0)
	for ; at+8 <= n; at += 8 {
		binary.LittleEndian.PutUint64(b[at:], inputLoadU64(at))
	}
	for ; at < n; at++ {
		b[at] = byte(inputLoadU8(at))
	}
	return json.Unmarshal(b, v)
}

func output(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	n := uint64(len(b))
	to := alloc(n)
	at := uint64(0)
	for ; at+8 <= n; at += 8 {
		storeU64(to+at, binary.LittleEndian.Uint64(b[at:]))
	}
	for ; at < n; at++ {
		storeU8(to+at, uint32(b[at]))
	}
	outputSet(to, n)
	return nil
}
