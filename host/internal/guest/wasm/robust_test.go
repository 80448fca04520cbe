package wasm_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

// try scans bytes and checks what holds of every answer. It gives the module, or nil.
func try(t testing.TB, bin []byte, l wasm.Limits) *wasm.Module {
	t.Helper()
	before := bytes.Clone(bin)
	m, err := wasm.Scan(bin, l)
	if !bytes.Equal(bin, before) {
		t.Fatal("scanning changed the binary")
	}
	if err != nil {
		var format *wasm.FormatError
		var limit *wasm.LimitError
		var imported *wasm.ImportError
		switch {
		case m != nil:
			t.Fatalf("a module and an error: %v", err)
		case errors.As(err, &format):
			if format.Offset < 0 || format.Offset > len(bin) {
				t.Fatalf("%v: the binary has %d bytes", err, len(bin))
			}
		case !errors.As(err, &limit) && !errors.As(err, &imported):
			t.Fatalf("an error of type %T: %v", err, err)
		}
		return nil
	}
	for _, b := range m.Bodies {
		d, n := wasm.NewDecoder(b.Code, 0), 0
		for in := (wasm.Instr{}); d.Next(&in); {
			n = in.End
		}
		if n != len(b.Code) {
			t.Fatalf("%d of %d bytes of a body are instructions", n, len(b.Code))
		}
	}
	return m
}

// compile lets the engine judge a module that we took; it may refuse it, but must not panic.
func compile(t testing.TB, rt wazero.Runtime, bin []byte, what string) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			t.Errorf("%s: the engine panics: %v\n%x", what, p, bin)
		}
	}()
	if c, err := rt.CompileModule(context.Background(), bin); err == nil {
		c.Close(context.Background())
	}
}

// TestTruncated cuts a module off at every byte. What is left is a module only where a section ends.
func TestTruncated(t *testing.T) {
	full := complete()
	whole := 0
	for n := range full {
		if try(t, full[:n:n], limits()) != nil {
			whole++
		}
	}
	// Behind the header, types, imports; behind functions there must be bodies, and behind these data.
	if whole != 4 {
		t.Errorf("%d of %d beginnings are modules", whole, len(full))
	}
}

// TestFlipped flips every bit of a module. Nothing panics, the engine included.
func TestFlipped(t *testing.T) {
	ctx := context.Background()
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfigInterpreter().WithMemoryLimitPages(1024))
	defer rt.Close(ctx)
	full := complete()
	taken := 0
	for i := range len(full) * 8 {
		bin := bytes.Clone(full)
		bin[i/8] ^= 1 << (i % 8)
		if try(t, bin, limits()) != nil {
			taken++
			compile(t, rt, bin, fmt.Sprintf("bit %d", i))
		}
	}
	if taken == 0 || taken == len(full)*8 {
		t.Errorf("%d of %d are modules", taken, len(full)*8)
	}
	t.Logf("%d of %d are modules by our reading", taken, len(full)*8)
}

// FuzzScan reads whatever the fuzzer makes.
func FuzzScan(f *testing.F) {
	f.Add(complete())
	f.Add([]byte(wasmtest.Header))
	var m wasmtest.Module
	m.Memory(1)
	m.Func(none, nil, 0x41, 0, 0xfd, 0, 4, 0, 0xfd, 0xe3, 1, 0x1a, 0x0b)
	f.Add(m.Bytes())
	l := limits()
	l.MemoryPages, l.TableEntries = 16, 100
	f.Fuzz(func(t *testing.T, bin []byte) { try(t, bin, l) })
}

// offering scans a guest and offers it what it imports.
func offering(tb testing.TB, bin []byte) (*wasm.Module, wasm.Limits) {
	tb.Helper()
	l := wasm.Defaults()
	for {
		m, err := wasm.Scan(bin, l)
		var refused *wasm.ImportError
		if errors.As(err, &refused) && len(l.Offered) < 100 {
			l.Offered = append(l.Offered, refused.Import)
			continue
		}
		if err != nil {
			tb.Fatal(err)
		}
		return m, l
	}
}

// goGuest is a guest that Go builds.
func goGuest(tb testing.TB, source string) []byte {
	tb.Helper()
	dir := tb.TempDir()
	for name, text := range map[string]string{"go.mod": "module guest\n\ngo 1.24\n", "main.go": source} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	bin := filepath.Join(dir, "guest.wasm")
	cmd := exec.Command("go", "build", "-buildmode=c-shared", "-o", bin, ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm", "GOFLAGS=", "GOWORK=off")
	if out, err := cmd.CombinedOutput(); err != nil {
		tb.Fatalf("Go does not build a guest: %v\n%s", err, out)
	}
	b, err := os.ReadFile(bin)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

const plainGuest = `package main

func main() {}

//go:wasmexport double
func double(n uint32) uint32 { return 2 * n }
`

const fmtGuest = `package main

import (
	"encoding/json"
	"fmt"
)

func main() {}

//go:wasmexport text
func text(n uint32) uint32 {
	b, _ := json.Marshal(map[string]uint32{fmt.Sprint(n): n})
	return uint32(len(b))
}
`

// TestGoGuests scans what Go builds, within the default limits.
func TestGoGuests(t *testing.T) {
	for name, source := range map[string]string{"plain": plainGuest, "with fmt and encoding/json": fmtGuest} {
		t.Run(name, func(t *testing.T) {
			m, _ := offering(t, goGuest(t, source))
			r := m.Report()
			if !slices.ContainsFunc(r.Exports, func(e wasm.Export) bool { return e.Name == "_initialize" && e.Kind == wasm.Func }) {
				t.Errorf("exports %v", r.Exports)
			}
			for _, i := range r.Imports {
				if i.Module != "wasi_snapshot_preview1" || i.Kind != wasm.Func {
					t.Errorf("import %s", i)
				}
			}
			t.Logf("%d bytes, %d functions, largest body %d, %d data segments", r.Bytes, r.Functions, r.LargestBody, m.DataSegments)
		})
	}
}

// BenchmarkScan shows how long the worst modules take to be read or refused: guests, modules of the largest size
// that are all code, data or segments, and the bombs that are to be refused.
func BenchmarkScan(b *testing.B) {
	body := func(fill ...byte) []byte {
		var m wasmtest.Module
		m.Memory(1)
		m.Global(wasm.I32, true, 0x41, 0, 0x0b)
		n := (64<<10 - 64) / len(fill)
		code := append(bytes.Repeat(fill, n), 0x0b)
		for range 60 {
			m.Func(none, [][]byte{wasmtest.Local(4, wasm.I32)}, code...)
		}
		return m.Bytes()
	}
	var segments, big, table wasmtest.Module
	for range 100_000 {
		segments.Data(1, 1, 0)
	}
	big.Func(none, nil, nops(175<<10)...)
	table.Table(wasm.FuncRef, 100_000_000)
	for _, c := range []struct {
		name string
		bin  func() []byte
	}{
		{"go", func() []byte { return goGuest(b, plainGuest) }},
		{"go with fmt", func() []byte { return goGuest(b, fmtGuest) }},
		{"4 MiB of nop", func() []byte { return body(0x01) }},
		{"4 MiB of local.get", func() []byte { return body(0x20, 0, 0x1a) }},
		{"4 MiB of blocks", func() []byte { return body(0x02, 0x40, 0x0b) }},
		{"4 MiB of memory.fill", func() []byte { return body(0xfc, 11, 0) }},
		{"4 MiB of select", func() []byte { return body(0x1c, 1, 0x7f) }},
		{"4 MiB of br_table", func() []byte { return body(0x0e, 0, 0) }},
		{"4 MiB of br_table of one", func() []byte { return body(0x0e, 1, 0, 0) }},
		{"4 MiB of long constants", func() []byte { return body(0x42, 0x80, 0x80, 0x80, 0x00, 0x1a) }},
		{"100 000 data segments", segments.Bytes},
		{"body of 175 KiB", big.Bytes},
		{"table of 10⁸", table.Bytes},
	} {
		b.Run(c.name, func(b *testing.B) {
			bin := c.bin()
			l := wasm.Defaults()
			if len(c.name) > 1 && c.name[:2] == "go" {
				_, l = offering(b, bin)
			}
			b.SetBytes(int64(len(bin)))
			for b.Loop() {
				wasm.Scan(bin, l)
			}
		})
	}
}
