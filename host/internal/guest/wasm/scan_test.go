package wasm_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

var (
	types = wasmtest.Types
	cat   = wasmtest.Cat
	none  = wasm.FuncType{}
)

// logType is the signature of the import that the tests offer.
var logType = wasmtest.Sig(types(wasm.I32, wasm.I32), nil)

// limits are the defaults with one import.
func limits() wasm.Limits {
	l := wasm.Defaults()
	l.Offered = []wasm.Import{{Module: "env", Name: "log", Kind: wasm.Func, Type: logType}}
	return l
}

// complete is a sound module with everything in it.
func complete() []byte {
	var m wasmtest.Module
	log := m.ImportFunc("env", "log", logType)
	i32 := types(wasm.I32)
	f := m.Func(wasmtest.Sig(i32, i32), [][]byte{wasmtest.Local(1, wasm.I64), wasmtest.Local(2, wasm.F32)}, cat([]byte{
		0x02, 0x40, // block
		0x03, 0x40, // loop
		0x20, 0, 0x04, 0x7f, // local.get 0, if i32
		0x41, 1, // i32.const 1
		0x05,       // else
		0x41, 0x7f, // i32.const -1
		0x0b,    // end
		0x0d, 0, // br_if 0
		0x20, 0, 0x0e, 1, 0, 1, // br_table 0 1
		0x0b, 0x0b,
		0x41, 0, 0x28, 2, 0, 0x41, 4, 0x10, byte(log), // i32.load, call
		0x42, 5, 0x21, 1, // local.set
		0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 8, 0, 0, // memory.init
		0xfc, 9, 0, // data.drop
		0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 10, 0, 0, // memory.copy
		0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 11, 0, // memory.fill
		0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 12, 1, 0, // table.init
		0xfc, 13, 1, // elem.drop
		0x41, 0, 0x41, 0, 0x41, 0, 0xfc, 14, 0, 0, // table.copy
		0xd0, 0x70, 0x41, 1, 0xfc, 15, 0, 0x1a, // table.grow
		0xfc, 16, 0, 0x1a, // table.size
		0x41, 0, 0xd2, 1, 0x41, 1, 0xfc, 17, 0, // table.fill
		0x41, 0, 0x25, 0, 0xd1, 0x1a, // table.get, ref.is_null
		0x23, 0, 0x24, 1, // global.get, global.set
		0x41, 1, 0x40, 0, 0x1a, // memory.grow
		0x41, 0, 0x41, 0, 0x11, 1, 0, 0x1a, // call_indirect
		0xfd, 12,
	}, make([]byte, 16), []byte{
		0xfd, 0x1b, 0, // v128.const, i32x4.extract_lane
		0xfd, 0x0f, 0xfd, 0xe4, 1, // i8x16.splat, f32x4.add
	}, []byte{0x1a, 0x41, 1, 0x41, 2, 0x20, 0, 0x1c, 1, 0x7f, 0x0b})...)
	_ = f
	m.Table(wasm.FuncRef, 2, 10)
	m.Memory(1, 2)
	m.Global(wasm.I32, false, 0x41, 7, 0x0b)
	m.Global(wasm.I32, true, 0x41, 8, 0x0b)
	m.Export("run", wasm.Func, f)
	m.Export("memory", wasm.MemoryKind, 0)
	m.Start(m.Func(none, nil, 0x01, 0x0b))
	m.Elements(cat([]byte{0, 0x41, 0, 0x0b}, wasmtest.Vec(wasmtest.U(1)))...)
	m.Elements(cat([]byte{5, wasm.FuncRef}, wasmtest.Vec([]byte{0xd2, 1, 0x0b}, []byte{0xd0, 0x70, 0x0b}))...)
	m.DataCount(1)
	m.Data(cat([]byte{1}, wasmtest.Sized([]byte("data")))...)
	m.Custom("name", 0, 1, 0)
	return m.Bytes()
}

// TestComplete reads a module with everything in it.
func TestComplete(t *testing.T) {
	bin := complete()
	m, err := wasm.Scan(bin, limits())
	if err != nil {
		t.Fatal(err)
	}
	r := m.Report()
	if r.Bytes != len(bin) || r.Functions != 2 || r.Types != 3 || len(r.Imports) != 1 || len(r.Exports) != 2 || !r.Start ||
		r.Globals != 2 || r.MutableGlobal != 1 || r.Elements != 3 || r.DataBytes != 4 || r.MostLocals != 4 ||
		r.LargestBody != len(m.Bodies[0].Code) || r.CodeBytes != r.LargestBody+2 {
		t.Errorf("report %+v", r)
	}
	if got, want := r.Imports[0].String(), `func "env"."log" (i32, i32) -> ()`; got != want {
		t.Errorf("import %s, want %s", got, want)
	}
	if len(r.Customs) != 1 || r.Customs[0].Name != "name" || !bytes.Equal(r.Customs[0].Content, []byte{0, 1, 0}) {
		t.Errorf("custom sections %+v", r.Customs)
	}
	if want := (wasm.Table{Elem: wasm.FuncRef, Min: 2, Max: 10, HasMax: true}); len(r.Tables) != 1 || r.Tables[0] != want {
		t.Errorf("tables %+v", r.Tables)
	}
	if want := (wasm.Memory{Min: 1, Max: 2, HasMax: true}); len(r.Memories) != 1 || r.Memories[0] != want {
		t.Errorf("memories %+v", r.Memories)
	}
	if m.DataSegments != 1 || m.ElementSegments != 2 || m.Start != 2 || m.Signature(0).String() != "(i32, i32) -> ()" {
		t.Errorf("module %+v", m)
	}
}

// nops is the code of a function of n bytes that does nothing.
func nops(n int) []byte { return append(bytes.Repeat([]byte{0x01}, n-1), 0x0b) }

// TestLimits passes each cap by one, and wants the exact error; at the cap the module must be read.
func TestLimits(t *testing.T) {
	sig := func(params, results int) wasm.FuncType {
		return wasmtest.Sig(bytes.Repeat([]byte{wasm.I32}, params), bytes.Repeat([]byte{wasm.I32}, results))
	}
	times := func(n int, code ...byte) []byte { return bytes.Repeat(code, n) }
	for _, c := range []struct {
		name  string
		set   func(l *wasm.Limits)            // sets the cap to 3
		build func(m *wasmtest.Module, n int) // builds a module with n of it
		want  string                          // with 4
	}{
		{"types", func(l *wasm.Limits) { l.Types = 3 }, func(m *wasmtest.Module, n int) {
			for i := range n {
				m.Type(sig(i, 0))
			}
		}, "type section, byte 10: 4 types, at most 3 are allowed"},
		{
			"parameters", func(l *wasm.Limits) { l.Params = 3 }, func(m *wasmtest.Module, n int) { m.Type(sig(n, 0)) },
			"type section, byte 12: 4 parameters, at most 3 are allowed",
		},
		{
			"results", func(l *wasm.Limits) { l.Results = 3 }, func(m *wasmtest.Module, n int) { m.Type(sig(0, n)) },
			"type section, byte 13: 4 results, at most 3 are allowed",
		},
		{"functions", func(l *wasm.Limits) { l.Functions = 3 }, func(m *wasmtest.Module, n int) {
			for range n {
				m.Func(none, nil, 0x0b)
			}
		}, "function section, byte 16: 4 functions, at most 3 are allowed"},
		{
			"body", func(l *wasm.Limits) { l.Body = 3 }, func(m *wasmtest.Module, n int) { m.Func(none, nil, nops(n-1)...) },
			"code section, byte 21: 4 bytes of body of function 0, at most 3 are allowed",
		},
		{"code", func(l *wasm.Limits) { l.Code = 6 }, func(m *wasmtest.Module, n int) {
			m.Func(none, nil, 0x0b)
			m.Func(none, nil, nops(n-2)...)
		}, "code section, byte 25: 7 bytes of code, at most 6 are allowed"},
		{"nesting", func(l *wasm.Limits) { l.Nesting = 3 }, func(m *wasmtest.Module, n int) {
			m.Func(none, nil, append(times(n, 0x02, 0x40), times(n+1, 0x0b)...)...)
		}, "code section, byte 29: 4 blocks open at once in function 0, at most 3 are allowed"},
		{"locals", func(l *wasm.Limits) { l.Locals = 3 }, func(m *wasmtest.Module, n int) {
			m.Func(sig(2, 0), [][]byte{wasmtest.Local(uint64(n-2), wasm.I64)}, 0x0b)
		}, "code section, byte 24: 4 locals of function 0, at most 3 are allowed"},
		{"br_table", func(l *wasm.Limits) { l.BrTable = 3 }, func(m *wasmtest.Module, n int) {
			m.Func(none, nil, cat([]byte{0x41, 0, 0x0e, byte(n)}, make([]byte, n+1), []byte{0x0b})...)
		}, "code section, byte 25: 4 targets of a br_table in function 0, at most 3 are allowed"},
		{"globals", func(l *wasm.Limits) { l.Globals = 3 }, func(m *wasmtest.Module, n int) {
			for range n {
				m.Global(wasm.I32, true, 0x41, 0, 0x0b)
			}
		}, "global section, byte 10: 4 globals, at most 3 are allowed"},
		{"tables", func(l *wasm.Limits) { l.Tables = 3 }, func(m *wasmtest.Module, n int) {
			for range n {
				m.Table(wasm.FuncRef, 0)
			}
		}, "table section, byte 10: 4 tables, at most 3 are allowed"},
		{
			"table minimum", func(l *wasm.Limits) { l.TableEntries = 3 }, func(m *wasmtest.Module, n int) { m.Table(wasm.ExternRef, uint64(n)) },
			"table section, byte 13: 4 table entries as minimum, at most 3 are allowed",
		},
		{
			"table maximum", func(l *wasm.Limits) { l.TableEntries = 3 }, func(m *wasmtest.Module, n int) { m.Table(wasm.ExternRef, 0, uint64(n)) },
			"table section, byte 14: 4 table entries as maximum, at most 3 are allowed",
		},
		{
			"memory minimum", func(l *wasm.Limits) { l.MemoryPages = 3 }, func(m *wasmtest.Module, n int) { m.Memory(uint64(n)) },
			"memory section, byte 12: 4 pages of memory as minimum, at most 3 are allowed",
		},
		{
			"memory maximum", func(l *wasm.Limits) { l.MemoryPages = 3 }, func(m *wasmtest.Module, n int) { m.Memory(0, uint64(n)) },
			"memory section, byte 13: 4 pages of memory as maximum, at most 3 are allowed",
		},
		{"element segments", func(l *wasm.Limits) { l.Elements = 3 }, func(m *wasmtest.Module, n int) {
			for range n {
				m.Elements(1, 0, 0)
			}
		}, "element section, byte 10: 4 element segments, at most 3 are allowed"},
		{"element entries", func(l *wasm.Limits) { l.ElementEntries = 3 }, func(m *wasmtest.Module, n int) {
			m.Elements(cat([]byte{5, 0x70, 2}, times(2, 0xd0, 0x70, 0x0b))...)
			m.Elements(cat([]byte{5, 0x70, byte(n - 2)}, times(n-2, 0xd0, 0x70, 0x0b))...)
		}, "element section, byte 22: 4 entries of element segments, at most 3 are allowed"},
		{"data segments", func(l *wasm.Limits) { l.Data = 3 }, func(m *wasmtest.Module, n int) {
			for range n {
				m.Data(1, 0)
			}
		}, "data section, byte 10: 4 data segments, at most 3 are allowed"},
		{"data count", func(l *wasm.Limits) { l.Data = 3 }, func(m *wasmtest.Module, n int) {
			m.DataCount(uint64(n))
			for range min(n, 3) {
				m.Data(1, 0)
			}
		}, "data count section, byte 10: 4 data segments, at most 3 are allowed"},
		{"data bytes", func(l *wasm.Limits) { l.DataBytes = 3 }, func(m *wasmtest.Module, n int) {
			m.Data(1, 1, 0)
			m.Data(cat([]byte{1}, wasmtest.Sized(make([]byte, n-1)))...)
		}, "data section, byte 15: 4 bytes of data segments, at most 3 are allowed"},
		{"imports", func(l *wasm.Limits) { l.Imports = 3 }, func(m *wasmtest.Module, n int) {
			for range n {
				m.ImportFunc("env", "log", logType)
			}
		}, "import section, byte 18: 4 imports, at most 3 are allowed"},
		{"exports", func(l *wasm.Limits) { l.Exports = 3 }, func(m *wasmtest.Module, n int) {
			m.Memory(0)
			for i := range n {
				m.Export(string(rune('a'+i)), wasm.MemoryKind, 0)
			}
		}, "export section, byte 15: 4 exports, at most 3 are allowed"},
		{"name of export", func(l *wasm.Limits) { l.Name = 3 }, func(m *wasmtest.Module, n int) {
			m.Memory(0)
			m.Export("abcdef"[:n], wasm.MemoryKind, 0)
		}, "export section, byte 16: 4 bytes of name of export, at most 3 are allowed"},
		{
			"name of import", func(l *wasm.Limits) {
				l.Name = 3
				l.Offered = append(l.Offered, wasm.Import{Module: "m", Name: "abc", Kind: wasm.Func})
			}, func(m *wasmtest.Module, n int) { m.ImportFunc("m", "abcdef"[:n], none) },
			"import section, byte 19: 4 bytes of name of import, at most 3 are allowed",
		},
		{"custom sections", func(l *wasm.Limits) { l.Customs = 3 }, func(m *wasmtest.Module, n int) {
			for range n {
				m.Custom("x")
			}
		}, "custom section, byte 22: 4 custom sections, at most 3 are allowed"},
		{
			"custom bytes", func(l *wasm.Limits) { l.CustomSz = 3 }, func(m *wasmtest.Module, n int) { m.Custom("", make([]byte, n-1)...) },
			"custom section, byte 10: 4 bytes of custom sections, at most 3 are allowed",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := limits()
			c.set(&l)
			for n, want := range map[int]string{3: "", 4: "wasm module is over a limit: " + c.want + "; make the guest smaller or raise the limit"} {
				var m wasmtest.Module
				c.build(&m, n)
				_, err := wasm.Scan(m.Bytes(), l)
				switch {
				case want == "" && err != nil:
					t.Errorf("at the cap: %v", err)
				case want != "" && (err == nil || err.Error() != want):
					t.Errorf("got  %v\nwant %s", err, want)
				case want != "" && !errors.Is(err, wasm.ErrLimit):
					t.Errorf("%v does not match ErrLimit", err)
				}
			}
		})
	}
	t.Run("module", func(t *testing.T) {
		l := limits()
		l.Module = len(complete())
		if _, err := wasm.Scan(complete(), l); err != nil {
			t.Error(err)
		}
		l.Module--
		const want = "wasm module is over a limit: module section, byte 0: 317 bytes of module, at most 316 are allowed; make the guest smaller or raise the limit"
		if _, err := wasm.Scan(complete(), l); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	})
	t.Run("two memories", func(t *testing.T) {
		l := limits()
		l.Memories = 9
		var m wasmtest.Module
		m.Memory(0)
		m.Memory(0)
		const want = "wasm module is over a limit: memory section, byte 10: 2 memories, at most 1 are allowed; make the guest smaller or raise the limit"
		if _, err := wasm.Scan(m.Bytes(), l); err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	})
	t.Run("nothing is allowed", func(t *testing.T) {
		if _, err := wasm.Scan(complete(), wasm.Limits{}); !errors.Is(err, wasm.ErrLimit) {
			t.Errorf("the zero limits: %v", err)
		}
	})
}

// TestBomb refuses a 52-byte module whose table takes 770 MiB.
func TestBomb(t *testing.T) {
	var m wasmtest.Module
	m.Table(wasm.FuncRef, 100_000_000)
	const want = "wasm module is over a limit: table section, byte 13: 100000000 table entries as minimum, at most 100000 are allowed; make the guest smaller or raise the limit"
	if _, err := wasm.Scan(m.Bytes(), limits()); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// TestImports refuses whatever is not offered, by name, and offers nothing that may change.
func TestImports(t *testing.T) {
	for _, c := range []struct {
		name  string
		build func(m *wasmtest.Module)
		want  string
	}{
		{"offered", func(m *wasmtest.Module) { m.ImportFunc("env", "log", logType) }, ""},
		{
			"unknown", func(m *wasmtest.Module) { m.ImportFunc("env", "clock\n", none) },
			`byte 17: func "env"."clock\n" () -> (): nothing of that name is offered to this guest`,
		},
		{
			"other signature", func(m *wasmtest.Module) { m.ImportFunc("env", "log", none) },
			`byte 17: func "env"."log" () -> (): it is offered as func "env"."log" (i32, i32) -> ()`,
		},
		{
			"other kind", func(m *wasmtest.Module) { m.Import("env", "log", 3, wasm.I32, 0) },
			`byte 11: global "env"."log" i32: it is offered as func "env"."log" (i32, i32) -> ()`,
		},
		{
			"memory", func(m *wasmtest.Module) { m.Import("env", "memory", 2, 0, 1) },
			`byte 11: memory "env"."memory": nothing of that name is offered to this guest`,
		},
		{
			"mutable", func(m *wasmtest.Module) { m.Import("env", "g", 3, wasm.I32, 1) },
			`byte 11: global "env"."g" mutable i32: a global that others may change is never offered`,
		},
		{
			"table", func(m *wasmtest.Module) { m.Import("env", "t", 1, wasm.FuncRef, 0, 1) },
			`byte 11: table "env"."t" funcref: nothing of that name is offered to this guest`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var m wasmtest.Module
			c.build(&m)
			l := limits()
			l.Offered = append(l.Offered, wasm.Import{Module: "env", Name: "g", Kind: wasm.GlobalKind, Value: wasm.I32, Mutable: true})
			_, err := wasm.Scan(m.Bytes(), l)
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			want := "wasm module imports what is not offered: import section, " + c.want + "; declare and grant the capability, or build the guest without it"
			if err == nil || err.Error() != want || !errors.Is(err, wasm.ErrImport) {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

// TestFormat wants the exact error for what is wrong with the bytes.
func TestFormat(t *testing.T) {
	section := wasmtest.Section
	bin := func(sections ...[]byte) []byte { return append([]byte(wasmtest.Header), cat(sections...)...) }
	code := func(body ...byte) []byte {
		return bin(section(1, []byte{1, 0x60, 0, 0}), section(3, []byte{1, 0}), section(10, []byte{1}, wasmtest.Sized([]byte{0}, body)))
	}
	for _, c := range []struct {
		name string
		bin  []byte
		want string
	}{
		{"component", []byte("\x00asm\x0d\x00\x01\x00"), "header section, byte 0: the bytes do not begin with the magic number and version 1 of a wasm module"},
		{"tag section", bin(section(13, []byte{0})), "unknown section, byte 8: there is no section of that id in WebAssembly 2.0"},
		{"long size", bin([]byte{1, 0x80, 0x80, 0x80, 0x80, 0x10}), "type section, byte 9: size of section is longer than its type"},
		{"twice", bin(section(1, []byte{0}), section(1, []byte{0})), "type section, byte 11: the section is out of order or given twice"},
		{"order", bin(section(10, []byte{0}), section(12, []byte{0})), "data count section, byte 11: the section is out of order or given twice"},
		{"left over", bin(section(1, []byte{0, 7})), "type section, byte 11: 1 bytes are left over at the end of the section"},
		{"too many", bin(section(1, []byte{9})), "type section, byte 10: 9 types do not fit the 0 bytes that are left"},
		{"form", bin(section(1, []byte{1, 0x4e, 0, 0})), "type section, byte 11: type 0 has the form 0x4e, which is no signature"},
		{"value type", bin(section(1, []byte{1, 0x60, 1, 0x63, 0})), "type section, byte 13: 0x63 is no value type"},
		{"type index", bin(section(3, []byte{1, 0})), "function section, byte 11: type 0 is out of range, there are 0"},
		{"shared memory", bin(section(5, []byte{1, 3, 1, 1})), "memory section, byte 11: limits have the flags 0x3, which WebAssembly 2.0 does not know"},
		{"64-bit memory", bin(section(5, []byte{1, 4, 1})), "memory section, byte 11: limits have the flags 0x4, which WebAssembly 2.0 does not know"},
		{"minimum over maximum", bin(section(5, []byte{1, 1, 2, 1})), "memory section, byte 13: the maximum of 1 pages of memory is less than the minimum of 2"},
		{"no body", bin(section(1, []byte{1, 0x60, 0, 0}), section(3, []byte{1, 0})), "code section, byte 18: there are 1 functions and 0 bodies"},
		{"no function", bin(section(10, []byte{1, 2, 0, 0x0b})), "code section, byte 10: there are 0 functions and 1 bodies"},
		{"extended constant", bin(section(6, []byte{1, 0x7f, 0, 0x41, 1, 0x41, 1, 0x6a, 0x0b})), "global section, byte 15: a constant expression is longer than one instruction"},
		{"constant", bin(section(6, []byte{1, 0x7f, 0, 0x45, 0x0b})), "global section, byte 13: instruction 0x45 is not allowed in a constant expression"},
		{"export twice", bin(section(5, []byte{1, 0, 0}), section(7, []byte{2, 1, 'a', 2, 0, 1, 'a', 2, 0})), `export section, byte 20: two exports have the name "a"`},
		{"name", bin(section(7, []byte{1, 1, 0xff, 2, 0})), "export section, byte 11: name of export is not UTF-8"},
		{"start", bin(section(1, []byte{1, 0x60, 0, 1, 0x7f}), section(3, []byte{1, 0}), section(8, []byte{0})), "start section, byte 21: start function 0 has the signature () -> (i32), which must be () -> ()"},
		{"data count", bin(section(12, []byte{1})), "data count section, byte 11: 1 data segments are announced and 0 given"},
		{"element kind", bin(section(9, []byte{1, 1, 1, 0})), "element section, byte 12: an element segment has the kind 0x1, which is none"},
		{"no memory", bin(section(11, []byte{1, 0, 0x41, 0, 0x0b, 0})), "data section, byte 11: a data segment is for memory 0, and there is none"},

		{"open", code(0x02, 0x40, 0x0b), "code section, byte 26: function 0: the body ends with 1 blocks open"},
		{"after the end", code(0x0b, 0x01), "code section, byte 24: function 0: 1 bytes follow the end of the function"},
		{"else", code(0x05, 0x0b), "code section, byte 23: function 0: an else stands outside an if"},
		{"two elses", code(0x41, 0, 0x04, 0x40, 0x05, 0x05, 0x0b, 0x0b), "code section, byte 28: function 0: an else stands outside an if"},
		{"label", code(0x0c, 1, 0x0b), "code section, byte 23: function 0: label 1 is out of range, there are 1"},
		{"label of br_table", code(0x0e, 1, 0, 1, 0x0b), "code section, byte 23: function 0: label 1 is out of range, there are 1"},
		{"call", code(0x10, 1, 0x0b), "code section, byte 23: function 0: function 1 is out of range, there are 1"},
		{"local", code(0x20, 0, 0x0b), "code section, byte 23: function 0: local 0 is out of range, there are 0"},
		{"global", code(0x23, 0, 0x0b), "code section, byte 23: function 0: global 0 is out of range, there are 0"},
		{"table", code(0x25, 0, 0x0b), "code section, byte 23: function 0: table 0 is out of range, there are 0"},
		{"memory", code(0x28, 0, 0, 0x0b), "code section, byte 23: function 0: memory 0 is out of range, there are 0"},
		{"data", code(0xfc, 9, 0, 0x0b), "code section, byte 23: function 0: data segment 0 is out of range, there are 0"},
		{"element", code(0xfc, 13, 0, 0x0b), "code section, byte 23: function 0: element segment 0 is out of range, there are 0"},
		{"block type", code(0x02, 5, 0x0b, 0x0b), "code section, byte 23: function 0: type 5 is out of range, there are 1"},
		{"block value type", code(0x02, 0x50, 0x0b, 0x0b), "code section, byte 24: function 0: -48 is no type of a block"},
		{"not declared", code(0xd2, 0, 0x1a, 0x0b), "code section, byte 23: function 0: function 0 is referred to without being declared"},
		{"tail call", code(0x12, 0, 0x0b), "code section, byte 23: function 0: there is no instruction 0x12 in WebAssembly 2.0"},
		{"atomic", code(0xfe, 0, 0x0b), "code section, byte 23: function 0: there is no instruction 0xfe in WebAssembly 2.0"},
		{"relaxed", code(0xfd, 0x80, 0x02, 0x0b), "code section, byte 23: function 0: there is no instruction 0xfd 0x80 0x2 in WebAssembly 2.0"},
		{"vector code written longer", code(0xfd, 0x8c, 0x00, 0x0b), "code section, byte 23: function 0: there is no instruction 0xfd 0x8c 0x0 in WebAssembly 2.0"},
		{"vector code", code(0xfd, 0x9a, 0x01, 0x0b), "code section, byte 23: function 0: there is no instruction 0xfd 0x9a in WebAssembly 2.0"},
		{"long constant", code(0x41, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x0b), "code section, byte 24: function 0: a number is longer than its type"},
		{"cut off constant", code(0x41, 0x80), "code section, byte 24: function 0: a number is cut off"},
		{"second memory", code(0x3f, 1, 0x0b), "code section, byte 24: function 0: the index of the memory is 0x1, not a zero byte"},
		{"select of two", code(0x1c, 2, 0x7f, 0x7f, 0x0b), "code section, byte 24: function 0: a select names 2 types, not one"},
		{"reference type", code(0xd0, 0x7f, 0x0b), "code section, byte 24: function 0: 0x7f is no reference type"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := wasm.Scan(c.bin, limits())
			want := "not a wasm module this host reads: " + c.want + "; build the guest again for WebAssembly 2.0"
			if err == nil || err.Error() != want || !errors.Is(err, wasm.ErrFormat) {
				t.Errorf("got  %v\nwant %s", err, want)
			}
		})
	}
}

// TestDecoder reads a body's instructions as they stand.
func TestDecoder(t *testing.T) {
	m, err := wasm.Scan(complete(), limits())
	if err != nil {
		t.Fatal(err)
	}
	code := m.Bodies[0].Code
	d := wasm.NewDecoder(code, 0)
	var in wasm.Instr
	var targets []uint32
	ops := map[wasm.Op]int{}
	end := 0
	for d.Next(&in) {
		if in.At != end || in.End <= in.At {
			t.Errorf("instruction %s stands at %d to %d, after %d", in.Op, in.At, in.End, end)
		}
		end = in.End
		ops[in.Op]++
		if in.Op == wasm.BrTable {
			d.Targets(&in, func(l uint32) { targets = append(targets, l) })
		}
		if in.Op == wasm.If && in.Type != int64(wasm.I32)-0x80 || in.Op == wasm.Loop && in.Type != wasm.NoType {
			t.Errorf("%s has the type %d", in.Op, in.Type)
		}
	}
	if end != len(code) || ops[wasm.End] != 4 || ops[wasm.TableFill] != 1 || ops[wasm.V128Const] != 1 || ops[wasm.Vec|0xe4] != 1 {
		t.Errorf("read %d of %d bytes, %v", end, len(code), ops)
	}
	if !slices.Equal(targets, []uint32{0, 1}) {
		t.Errorf("targets %v", targets)
	}
	if s := (wasm.Vec | 0xe4).String() + " " + wasm.TableFill.String(); !strings.HasPrefix(s, "0xfd 0xe4 0xfc 0x11") {
		t.Error(s)
	}
}

// TestCutOff wants the exact error for modules of which the end is missing, whoever reads them.
func TestCutOff(t *testing.T) {
	for _, c := range []struct {
		name, bin, want string
	}{
		{"empty", "", "header section, byte 0: there are no bytes"},
		{"header", "\x00asm\x01", "header section, byte 5: the module ends within its header of 8 bytes"},
		{"size", wasmtest.Header + "\x01", "type section, byte 8: the module ends within the section's size"},
		{"longer size", wasmtest.Header + "\x00\x80\x80", "custom section, byte 8: the module ends within the section's size"},
		{"section", wasmtest.Header + "\x01\x09\x00", "type section, byte 8: the section of 9 bytes is cut off after 1"},
		{"second section", wasmtest.Header + "\x01\x01\x00\x0a\x80\x01\x00", "code section, byte 11: the section of 128 bytes is cut off after 1"},
	} {
		want := "not a wasm module this host reads: " + c.want + "; the file is not whole: copy it or build it again"
		_, scanned := wasm.Scan([]byte(c.bin), limits())
		_, _, found := wasm.FindCustom([]byte(c.bin), "x")
		_, put := wasm.WithCustom([]byte(c.bin), "x", nil)
		for who, err := range map[string]error{"Scan": scanned, "FindCustom": found, "WithCustom": put} {
			if err == nil || err.Error() != want || !errors.Is(err, wasm.ErrFormat) {
				t.Errorf("%s, %s: got  %v\nwant %s", c.name, who, err, want)
			}
		}
	}
	const long = wasmtest.Header + "\x01\x80\x80\x80\x80\x80\x00"
	if _, _, err := wasm.FindCustom([]byte(long), "x"); err == nil || err.Error() != "not a wasm module this host reads: type section, byte 8: the section's size is longer than its type; build the guest again for WebAssembly 2.0" {
		t.Error(err)
	}
}
