// Package guesttest writes small guests by hand, instruction by instruction, so that tests of what runs guests need no
// toolchain.
package guesttest

import (
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	wt "github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

// Instructions of hand-made guests. A hook's block is local 0, and it may use local 1, an i32.
var (
	Block = []byte{0x20, 0}
	End   = []byte{0x0b}
	Trap  = []byte{0x00}
)

// I32 is a constant.
func I32(v int64) []byte { return wt.Cat([]byte{0x41}, wt.S(v)) }

// I64 is a constant.
func I64(v int64) []byte { return wt.Cat([]byte{0x42}, wt.S(v)) }

// Field is what the block holds at an offset.
func Field(at uint64) []byte { return wt.Cat(Block, []byte{0x28, 2}, wt.U(at)) }

// Store8, Store32 and Store64 store a value at an address and an offset.
func Store8(address []byte, at uint64, value []byte) []byte {
	return wt.Cat(address, value, []byte{0x3a, 0}, wt.U(at))
}

func Store32(address []byte, at uint64, value []byte) []byte {
	return wt.Cat(address, value, []byte{0x36, 2}, wt.U(at))
}

func Store64(address []byte, at uint64, value []byte) []byte {
	return wt.Cat(address, value, []byte{0x37, 3}, wt.U(at))
}

// Offsets in the block of a hook, as docs/abi.md has them.
const (
	AtSnapshot, AtRequest, AtDeny, AtUnknown, AtScored, AtScores, AtReasons, AtArgs = 8, 16, 36, 40, 44, 48, 52, 60
	AtReasonCount, AtArgCount, AtError, AtErrorSize                                 = 68, 72, 80, 84
)

// Mini is a hand-made guest: what differs from one that answers nothing.
type Mini struct {
	Version    []byte // body of bailiwick_abi
	Reserve    []byte // body of bailiwick_reserve
	Configure  []byte // body of bailiwick_configure, if it has one
	Initialise []byte // body of _initialize, if it has one
	Site       []byte // body of the hook; its status is added, as to the next two
	Path       []byte // body of the hook, if it has it
	Placement  []byte // body of the hook, if it has it
	Start      []byte // body of the start function, if it has one
	More       func(m *wt.Module)
	Pages      uint64 // of memory that it begins with; at least 1
}

// Bytes is the module.
func (g Mini) Bytes() []byte {
	var m wt.Module
	word := wt.Types(wasm.I32)
	or := func(b, otherwise []byte) []byte {
		if b == nil {
			return otherwise
		}
		return b
	}
	if g.More != nil {
		g.More(&m)
	}
	m.Memory(max(g.Pages, 1), 1000)
	m.Export(abi.MemoryExport, wasm.MemoryKind, 0)
	function := func(name string, sig wasm.FuncType, body []byte) {
		m.Export(name, wasm.Func, m.Func(sig, [][]byte{wt.Local(1, wasm.I32)}, wt.Cat(body, End)...))
	}
	function(abi.VersionExport, wt.Sig(nil, word), or(g.Version, I32(abi.Version)))
	function(abi.ReserveExport, wt.Sig(word, word), or(g.Reserve, wt.Cat(Block, I32(16), []byte{0x76, 0x40, 0}, I32(16), []byte{0x74})))
	if g.Configure != nil {
		function(abi.ConfigureExport, wt.Sig(word, word), g.Configure)
	}
	if g.Initialise != nil {
		function(abi.InitializeExport, wt.Sig(nil, nil), g.Initialise)
	}
	for h, body := range [...][]byte{abi.Path: g.Path, abi.Placement: g.Placement} {
		if body != nil {
			function(abi.Hook(h).Export(), wt.Sig(word, word), wt.Cat(body, I32(0)))
		}
	}
	function(abi.Site.Export(), wt.Sig(word, word), wt.Cat(g.Site, I32(0)))
	if g.Start != nil {
		m.Start(m.Func(wt.Sig(nil, nil), nil, wt.Cat(g.Start, End)...))
	}
	return m.Bytes()
}

// Pack puts a manifest, in JSON, into a module.
func Pack(module []byte, manifest string) []byte {
	out, err := wasm.WithCustom(module, "bailiwick:plugin", []byte(manifest))
	if err != nil {
		panic(err) // the module is not one
	}
	return out
}
