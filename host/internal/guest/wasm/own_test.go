package wasm_test

import (
	"bytes"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	. "github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

// TestOwnMemory makes imported memories the module's own, and compares what comes out with the module written that way.
func TestOwnMemory(t *testing.T) {
	word, none := Types(wasm.I32), []wasm.ValueType(nil)
	offered := []wasm.Import{
		{Module: "env", Name: "memory", Kind: wasm.MemoryKind},
		{Module: "env", Name: "f", Kind: wasm.Func, Type: Sig(word, none)},
		{Module: "env", Name: "g", Kind: wasm.Func, Type: Sig(none, none)},
	}
	for _, c := range []struct {
		name      string
		least     uint64
		most      []uint64
		before    bool // a function is imported before the memory
		after     bool // and one after it
		exported  bool
		withTable bool
	}{
		{name: "alone", least: 2},
		{name: "with a maximum", least: 2, most: []uint64{300}},
		{name: "behind a function", least: 1, before: true},
		{name: "before a function", least: 1, after: true},
		{name: "between functions", least: 1, before: true, after: true, withTable: true},
		{name: "exported", least: 1, before: true, exported: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			write := func(own bool) []byte {
				var m Module
				if c.before {
					m.ImportFunc("env", "f", Sig(word, none))
				}
				if !own {
					m.Import("env", "memory", append([]byte{2}, Range(c.least, c.most...)...)...)
				} else {
					m.Memory(c.least, c.most...)
				}
				if c.after {
					m.ImportFunc("env", "g", Sig(none, none))
				}
				if c.withTable {
					m.Table(wasm.FuncRef, 3, 3)
				}
				f := m.Func(Sig(word, word), nil, 0x20, 0, 0x28, 2, 0, 0x0b)
				if c.exported {
					m.Export("memory", wasm.MemoryKind, 0)
				}
				m.Export("look", wasm.Func, f)
				if own && !c.exported {
					m.Export("memory", wasm.MemoryKind, 0)
				}
				m.Data(append([]byte{0, 0x41, 8, 0x0b}, Sized([]byte("data"))...)...)
				m.Custom("tail", 1, 2, 3)
				return m.Bytes()
			}
			limits := wasm.Defaults()
			limits.Offered = offered
			m, err := wasm.Scan(write(false), limits)
			if err != nil {
				t.Fatal(err)
			}
			got := m.OwnMemory("memory")
			if want := write(true); !bytes.Equal(got, want) {
				t.Errorf("got\n%x\nwant\n%x", got, want)
			}
			again, err := wasm.Scan(got, limits)
			if err != nil {
				t.Fatal(err)
			}
			if again.ImportedMemories != 0 || len(again.Memories) != 1 {
				t.Errorf("it imports %d of %d memories", again.ImportedMemories, len(again.Memories))
			}
			if same := again.OwnMemory("memory"); !bytes.Equal(same, got) {
				t.Error("what has a memory of its own is changed")
			}
		})
	}
}
