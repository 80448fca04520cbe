package meter_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"github.com/tetratelabs/wazero"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasmtest"
)

// floatOp is an instruction that makes numbers of width bits from such of width from.
type floatOp struct {
	name        string
	code        []byte
	operands    int
	from, width int
	vector      bool
}

// floatOps are all the instructions whose results may be a NaN that machines choose.
func floatOps() []floatOp {
	var ops []floatOp
	unary, two := []string{"ceil", "floor", "trunc", "nearest", "sqrt"}, []string{"add", "sub", "mul", "div", "min", "max"}
	for i, name := range unary {
		ops = append(ops, floatOp{"f32." + name, []byte{0x8d + byte(i)}, 1, 32, 32, false}, floatOp{"f64." + name, []byte{0x9b + byte(i)}, 1, 64, 64, false},
			floatOp{"f32x4." + name, []byte{0xfd, []byte{0x67, 0x68, 0x69, 0x6a, 0xe3}[i]}, 1, 32, 32, true},
			floatOp{"f64x2." + name, []byte{0xfd, []byte{0x74, 0x75, 0x7a, 0x94, 0xef}[i]}, 1, 64, 64, true})
	}
	for i, name := range two {
		ops = append(ops, floatOp{"f32." + name, []byte{0x92 + byte(i)}, 2, 32, 32, false}, floatOp{"f64." + name, []byte{0xa0 + byte(i)}, 2, 64, 64, false},
			floatOp{"f32x4." + name, []byte{0xfd, 0xe4 + byte(i)}, 2, 32, 32, true}, floatOp{"f64x2." + name, []byte{0xfd, 0xf0 + byte(i)}, 2, 64, 64, true})
	}
	ops = append(ops, floatOp{"f32.demote_f64", []byte{0xb6}, 1, 64, 32, false}, floatOp{"f64.promote_f32", []byte{0xbb}, 1, 32, 64, false},
		floatOp{"f32x4.demote_f64x2_zero", []byte{0xfd, 0x5e}, 1, 64, 32, true}, floatOp{"f64x2.promote_low_f32x4", []byte{0xfd, 0x5f}, 1, 32, 64, true})
	for i := range ops {
		ops[i].code = vectorCode(ops[i].code)
	}
	return ops
}

// vectorCode adds the second byte that codes from 0x80 on have.
func vectorCode(code []byte) []byte {
	if code[0] == 0xfd && code[1] >= 0x80 {
		return append(code, 1)
	}
	return code
}

// keeping are instructions that keep or pick bits, so that nothing may be done to their results.
var keeping = []floatOp{
	{"f32.abs", []byte{0x8b}, 1, 32, 32, false},
	{"f32.neg", []byte{0x8c}, 1, 32, 32, false},
	{"f32.copysign", []byte{0x98}, 2, 32, 32, false},
	{"f64.abs", []byte{0x99}, 1, 64, 64, false},
	{"f64.neg", []byte{0x9a}, 1, 64, 64, false},
	{"f64.copysign", []byte{0xa6}, 2, 64, 64, false},
	{"f32x4.abs", []byte{0xfd, 0xe0, 1}, 1, 32, 32, true},
	{"f32x4.neg", []byte{0xfd, 0xe1, 1}, 1, 32, 32, true},
	{"f32x4.pmin", []byte{0xfd, 0xea, 1}, 2, 32, 32, true},
	{"f32x4.pmax", []byte{0xfd, 0xeb, 1}, 2, 32, 32, true},
	{"f64x2.abs", []byte{0xfd, 0xec, 1}, 1, 64, 64, true},
	{"f64x2.neg", []byte{0xfd, 0xed, 1}, 1, 64, 64, true},
	{"f64x2.pmin", []byte{0xfd, 0xf6, 1}, 2, 64, 64, true},
	{"f64x2.pmax", []byte{0xfd, 0xf7, 1}, 2, 64, 64, true},
	{"f32.load and store", nil, 1, 32, 32, false},
	{"f64.load and store", nil, 1, 64, 64, false},
	{"v128.load and store", nil, 1, 32, 32, true},
}

// loadOf and storeOf are the instructions that load and store operands of an instruction.
func loadOf(width int, vector bool) []byte {
	switch {
	case vector:
		return []byte{0xfd, 0, 0, 0}
	case width == 32:
		return []byte{0x2a, 0, 0}
	}
	return []byte{0x2b, 0, 0}
}

func storeOf(width int, vector bool) []byte {
	switch {
	case vector:
		return []byte{0xfd, 11, 0, 0}
	case width == 32:
		return []byte{0x38, 0, 0}
	}
	return []byte{0x39, 0, 0}
}

// apply loads operands from bytes 0 and 16, applies op and stores what it makes at byte 32.
func apply(op floatOp, op2 ...byte) []byte {
	code := wasmtest.Cat([]byte{0x41, 32, 0x41, 0}, loadOf(op.from, op.vector))
	if op.operands == 2 {
		code = wasmtest.Cat(code, []byte{0x41, 16}, loadOf(op.from, op.vector))
	}
	return wasmtest.Cat(code, op.code, op2, storeOf(op.width, op.vector), []byte{0x0b})
}

// operands are 16 bytes each: numbers and NaNs of both widths, of all signs and payloads.
func operands() [][]byte {
	var all [][]byte
	for _, v := range []uint64{
		0, 1 << 63, math.Float64bits(1), math.Float64bits(-2.5), math.Float64bits(math.Inf(1)), math.Float64bits(math.Inf(-1)),
		0x7ff8000000000000, 0xfff8000000000000, 0x7ff8000000001234, 0xfff0000000000001, 0x7ff4000000000000, 1,
	} {
		all = append(all, binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, v), 0x7ff8000000000000))
	}
	for _, v := range []uint32{
		0, 1 << 31, math.Float32bits(1), math.Float32bits(-2.5), 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7fc01234, 0xff800001, 0x7fa00000, 1,
	} {
		b := binary.LittleEndian.AppendUint32(nil, v)
		all = append(all, wasmtest.Cat(b, b, binary.LittleEndian.AppendUint32(nil, 0xffc00001), b))
	}
	return all
}

// strange gives the first NaN of that width in bytes that is not the canonical one, or "".
func strange(b []byte, width int) string {
	for ; len(b) >= width/8; b = b[width/8:] {
		if width == 32 {
			if v := binary.LittleEndian.Uint32(b); math.IsNaN(float64(math.Float32frombits(v))) && v != 0x7fc00000 {
				return fmt.Sprintf("%#x", v)
			}
		} else if v := binary.LittleEndian.Uint64(b); math.IsNaN(math.Float64frombits(v)) && v != 0x7ff8000000000000 {
			return fmt.Sprintf("%#x", v)
		}
	}
	return ""
}

// TestNaN stores what every instruction makes of every pair of operands. NaNs that arithmetic makes are canonical,
// bit by bit, on both engines; what keeps bits keeps them; and all else is as it was.
func TestNaN(t *testing.T) {
	arithmetic := floatOps()
	all := append(append([]floatOp{}, arithmetic...), keeping...)
	var m wasmtest.Module
	m.Memory(1)
	m.Export("memory", wasm.MemoryKind, 0)
	for _, op := range all {
		m.Export(op.name, wasm.Func, m.Func(none, nil, apply(op)...))
	}
	bin := m.Bytes()
	results := map[string][]byte{}
	onBoth(t, func(t *testing.T, config wazero.RuntimeConfig) {
		g := instance(t, config, bin)
		seen := 0
		for i, op := range all {
			size := op.width / 8
			if op.vector {
				size = 16
			}
			for x, a := range operands() {
				for y, b := range operands() {
					if op.operands == 1 && y > 0 {
						break
					}
					g.mod.Memory().Write(0, a)
					g.mod.Memory().Write(16, b)
					if _, _, why := g.call(op.name, 1000, 0); why != nil {
						t.Fatalf("%s: %v", op.name, why)
					}
					got, _ := g.mod.Memory().Read(32, uint32(size))
					got = bytes.Clone(got)
					if i < len(arithmetic) {
						if s := strange(got, op.width); s != "" {
							t.Errorf("%s(%x, %x) makes the NaN %s", op.name, a, b, s)
						}
					} else if strange(got, op.width) != "" {
						seen++
					}
					key := fmt.Sprint(op.name, x, y)
					if have, ok := results[key]; ok && !bytes.Equal(have, got) {
						t.Errorf("%s(%x, %x): %x on one engine, %x on the other", op.name, a, b, have, got)
					}
					results[key] = got
				}
			}
		}
		if seen == 0 {
			t.Error("no instruction that keeps bits kept a strange NaN")
		}
	})
}

// selects counts the selects and bitselects of a module: every NaN that is made canonical takes one.
func selects(t *testing.T, bin []byte) int {
	m, err := wasm.Scan(bin, openLimits(bin))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, b := range m.Bodies {
		d := wasm.NewDecoder(b.Code, 0)
		for in := (wasm.Instr{}); d.Next(&in); {
			if in.Op == 0x1b || in.Op == wasm.Vec|0x52 {
				n++
			}
		}
	}
	return n
}

// TestNaNSeen checks ways in which the bits of a NaN come to light after a few instructions, and others in which
// they do not and nothing need be added.
func TestNaNSeen(t *testing.T) {
	const nan = "\x01\x00\x00\x00\x00\x00\xf0\xff"
	load, add, mul := "\x41\x00\x2b\x00\x00", "\xa0", "\xa2"
	sum := load + load + add
	wide := wasmtest.Sig(nil, wasmtest.Types(wasm.I64))
	for _, c := range []struct {
		name, code string
		added      int // times a NaN is made canonical
	}{
		{"reinterpret", sum + "\xbd", 1},
		{"add of sums", sum + sum + add + "\xbd", 1},
		{"add of a sum, left", sum + load + add + "\xbd", 1},
		{"product of a sum and a constant", sum + "\x44\x00\x00\x00\x00\x00\x00\xf0\x3f" + mul + "\xbd", 1},
		{"compare", sum + sum + "\x61\xad", 0},
		{"truncate", sum + "\xfc\x06", 0},
		{"negate", sum + "\x9a\xbd", 1},
		{"sign of", load + sum + "\xa6\xbd", 1},
		{"local", sum + "\x21\x00\x20\x00\xbd", 1},
		{"tee", sum + "\x22\x00" + load + add + "\x1a\x20\x00\xbd", 2},
		{"select", sum + load + "\x41\x01\x1b\xbd", 1},
		{"block", "\x02\x7c" + sum + "\x0b\xbd", 1},
		{"demote", sum + "\xb6\xbc\xad", 1},
		{"vector of another shape", sum + "\xfd\x14\xfd\x14\x1a\x42\x00", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			code := c.code
			if c.name == "vector of another shape" {
				// f64x2.add seen by f32x4.add
				v := "\x41\x00\xfd\x00\x00\x00"
				code = v + v + "\xfd\xf0\x01" + v + "\xfd\xe4\x01\xfd\x1d\x00"
				c.added = 2
			}
			var m wasmtest.Module
			m.Memory(1)
			m.Export("memory", wasm.MemoryKind, 0)
			m.Export("f", wasm.Func, m.Func(wide, local(1, wasm.F64), append([]byte(code), 0x0b)...))
			bin := m.Bytes()
			rewritten := rewrite(t, bin)
			marks := selects(t, rewritten) - selects(t, bin)
			if marks != c.added {
				t.Errorf("%d NaNs are made canonical, want %d\n%x", marks, c.added, rewritten)
			}
			var have []uint64
			onBoth(t, func(t *testing.T, config wazero.RuntimeConfig) {
				g := instance(t, config, bin)
				for _, at := range []uint32{0, 8} {
					g.mod.Memory().Write(at, []byte(nan))
				}
				got, _, why := g.call("f", 1000, 0)
				if why != nil {
					t.Fatal(why)
				}
				if have = append(have, got[0]); have[0] != got[0] {
					t.Errorf("%#x on one engine, %#x on the other", have[0], got[0])
				}
			})
		})
	}
}
