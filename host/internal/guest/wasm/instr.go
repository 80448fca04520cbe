package wasm

import "fmt"

// Instr is one decoded instruction.
type Instr struct {
	Op   Op
	A, B uint32 // indices and labels in their order; of memory accesses B is the offset; of br_table A counts the targets
	Type int64  // of block, loop and if: -64 for none, a value type's byte less 128, or the index of a signature
	At   int    // where it starts in the code
	End  int    // where the next starts
	args int    // where the targets of br_table start
}

// NoType is the [Instr.Type] of a block without results.
const NoType = 0x40 - 0x80

// Decoder reads the instructions of a body that [Scan] has found sound, or one that is being scanned. The zero
// Decoder is at the end; [NewDecoder] makes one.
type Decoder struct {
	code []byte
	at   int
}

// NewDecoder reads instructions of code from byte at on.
func NewDecoder(code []byte, at int) Decoder { return Decoder{code: code, at: at} }

// Next reads one instruction into in. It returns false at the end of the code and at what is no instruction, of
// which a body that was scanned has none.
func (d *Decoder) Next(in *Instr) bool {
	return d.at < len(d.code) && d.next(in) == nil
}

// Targets calls f for every label of the br_table in, the default last.
func (d *Decoder) Targets(in *Instr, f func(label uint32)) {
	at := in.args
	for range uint64(in.A) + 1 {
		v, n := uleb32(d.code[at:])
		if n <= 0 {
			return
		}
		at += n
		f(v)
	}
}

// decodeError is a fault in code, at a byte of it.
type decodeError struct {
	at   int
	what string
}

// next reads one instruction; the decoder must not be at the end of the code.
func (d *Decoder) next(in *Instr) *decodeError {
	start := d.at
	in.At = start
	op := Op(d.code[start])
	at := start + 1
	if op >= 0xfc {
		rest := d.code[at:]
		switch {
		case op > 0xfd:
			return &decodeError{start, fmt.Sprintf("there is no instruction %#x in WebAssembly 2.0", byte(op))}
		case len(rest) == 0 || rest[0] >= 0x80 && len(rest) == 1:
			return &decodeError{start, "the instruction is cut off"}
		case op == 0xfc:
			v, n := uleb32(rest)
			if n <= 0 || v > 0xff {
				return &decodeError{start, fmt.Sprintf("there is no instruction 0xfc %#x %#x in WebAssembly 2.0", rest[0], rest[1])}
			}
			op = Misc | Op(v)
			at += n
		// The engine looks at one byte behind this prefix alone, so that a code that is written longer than it
		// need be would mean one thing to us and another to it.
		case rest[0] < 0x80:
			op = Vec | Op(rest[0])
			at++
		case rest[1] == 1:
			op = Vec | Op(rest[0])
			at += 2
		default:
			return &decodeError{start, fmt.Sprintf("there is no instruction 0xfd %#x %#x in WebAssembly 2.0", rest[0], rest[1])}
		}
	}
	in.Op, in.A, in.B = op, 0, 0
	imm := immediates[op]
	if imm == immNone {
		in.End, d.at = at, at
		return nil
	}
	return d.immediates(in, imm, at)
}

// immediates reads what follows the code of in, from byte at on.
func (d *Decoder) immediates(in *Instr, imm immediate, at int) *decodeError {
	r := immReader{code: d.code, at: at}
	switch imm {
	case immInvalid:
		return &decodeError{in.At, fmt.Sprintf("there is no instruction %s in WebAssembly 2.0", in.Op)}
	case immBlock:
		in.Type = r.signed(33)
		if t := in.Type; t < 0 && t != NoType && (t < -0x80 || !isValueType(byte(t+0x80))) {
			return &decodeError{at, fmt.Sprintf("%d is no type of a block", t)}
		}
		// A type of one byte may be written longer; the engine and we agree on what that means.
	case immLabel, immFunc, immLocal, immGlobal, immTable, immData, immElem:
		in.A = r.u32()
	case immIndirect, immElemTable, immTables:
		in.A = r.u32()
		in.B = r.u32()
	case immLabels:
		in.A = r.u32()
		in.args = r.at
		for i := uint64(0); i <= uint64(in.A) && r.err == nil; i++ {
			r.u32()
		}
	case immMemory:
		in.A = r.u32()
		in.B = r.u32()
	case immMemoryLane:
		in.A = r.u32()
		in.B = r.u32()
		r.skip(1)
	case immMemory0:
		r.zero()
	case immMemory00:
		r.zero()
		r.zero()
	case immDataMemory:
		in.A = r.u32()
		r.zero()
	case immI32:
		r.signed(32)
	case immI64:
		r.signed(64)
	case immF32:
		r.skip(4)
	case immF64:
		r.skip(8)
	case imm16:
		r.skip(16)
	case immLane:
		r.skip(1)
	case immRefType:
		if r.skip(1); r.err == nil && !isRefType(d.code[r.at-1]) {
			r.err = &decodeError{r.at - 1, fmt.Sprintf("%#x is no reference type", d.code[r.at-1])}
		}
	case immTypes:
		if n := r.u32(); r.err == nil && n != 1 {
			r.err = &decodeError{at, fmt.Sprintf("a select names %d types, not one", n)}
		}
		if r.skip(1); r.err == nil && !isValueType(d.code[r.at-1]) {
			r.err = &decodeError{r.at - 1, fmt.Sprintf("%#x is no value type", d.code[r.at-1])}
		}
	}
	if r.err != nil {
		return r.err
	}
	in.End, d.at = r.at, r.at
	return nil
}

// immReader reads immediates; the first fault stays.
type immReader struct {
	code []byte
	at   int
	err  *decodeError
}

func (r *immReader) u32() uint32 {
	if r.err != nil {
		return 0
	}
	v, n := uleb32(r.code[r.at:])
	r.step(n)
	return v
}

func (r *immReader) signed(bits uint) int64 {
	if r.err != nil {
		return 0
	}
	v, n := sleb(r.code[r.at:], bits)
	r.step(n)
	return v
}

// step moves behind a number of n bytes.
func (r *immReader) step(n int) {
	switch {
	case n > 0:
		r.at += n
	case n == 0:
		r.err = &decodeError{r.at, "a number is cut off"}
	default:
		r.err = &decodeError{r.at, "a number is longer than its type"}
	}
}

// skip moves n bytes on.
func (r *immReader) skip(n int) {
	if r.err != nil {
		return
	}
	if len(r.code)-r.at < n {
		r.err = &decodeError{r.at, "the instruction is cut off"}
		return
	}
	r.at += n
}

// zero reads a byte that must be zero.
func (r *immReader) zero() {
	if r.skip(1); r.err == nil && r.code[r.at-1] != 0 {
		r.err = &decodeError{r.at - 1, fmt.Sprintf("the index of the memory is %#x, not a zero byte", r.code[r.at-1])}
	}
}

// String is the instruction's code in hexadecimal, its prefix first.
func (op Op) String() string {
	switch {
	case op >= Vec:
		return fmt.Sprintf("0xfd %#x", uint16(op-Vec))
	case op >= Misc:
		return fmt.Sprintf("0xfc %#x", uint16(op-Misc))
	}
	return fmt.Sprintf("%#x", uint16(op))
}
