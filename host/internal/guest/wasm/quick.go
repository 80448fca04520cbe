package wasm

// quick passes over instructions that are written the usual, short way, and returns where the next other one
// stands. It is there for speed alone: what it passes over is sound by the rules of Decoder and operands, what it
// leaves is judged by these, and it never refuses anything.
func (k *checker) quick(code []byte, at int) int {
	m := k.m
	memory := len(m.Memories) > 0
	for at+3 < len(code) {
		op := code[at]
		if plain[op] {
			at++
			continue
		}
		imm := immediates[op]
		first := code[at+1]
		switch imm {
		case immNone:
			switch Op(op) {
			case End:
				if len(k.open) == 1 {
					return at // of the function
				}
				k.open = k.open[:len(k.open)-1]
			case Else:
				if k.open[len(k.open)-1] != If {
					return at
				}
				k.open[len(k.open)-1] = Else
			}
			at++
		case immLocal, immGlobal, immLabel, immTable, immFunc:
			i, n := uint32(first), 1
			if first >= 0x80 {
				i, n = uleb32(code[at+1:])
			}
			if n <= 0 || i >= k.bound(imm) || Op(op) == RefFunc {
				return at
			}
			at += 1 + n
		case immBlock:
			if first != 0x40 && !isValueType(first) || len(k.open) > k.c.limits.Nesting {
				return at
			}
			k.open = append(k.open, Op(op))
			at += 2
		case immI32, immI64:
			most := 4
			if imm == immI64 {
				most = 9
			}
			n := number(code, at+1, most)
			if n == 0 {
				return at
			}
			at += 1 + n
		case immMemory:
			n := number(code, at+2, 4)
			if !memory || first >= 0x80 || n == 0 {
				return at
			}
			at += 2 + n
		case immMemory0:
			if !memory || first != 0 {
				return at
			}
			at += 2
		case immRefType:
			if !isRefType(first) {
				return at
			}
			at += 2
		case immF32, immF64:
			n := 5
			if imm == immF64 {
				n = 9
			}
			if len(code)-at < n {
				return at
			}
			at += n
		case immIndirect:
			if first >= 0x80 || int(first) >= len(m.Types) || code[at+2] >= 0x80 || int(code[at+2]) >= len(m.Tables) {
				return at
			}
			at += 3
		case immTypes:
			if first != 1 || !isValueType(code[at+2]) {
				return at
			}
			at += 3
		case immLabels:
			n := k.labels(code[at+1:])
			if n == 0 {
				return at
			}
			at += 1 + n
		default:
			n := k.prefixed(code, at, memory)
			if n == 0 {
				return at
			}
			at += n
		}
	}
	return at
}

// plain are the instructions of one byte that neither name anything nor open or close blocks.
var plain = func() (t [256]bool) {
	for op := range t {
		t[op] = immediates[op] == immNone && Op(op) != Else && Op(op) != End
	}
	return t
}()

// bound is how many there are of what an immediate names.
func (k *checker) bound(imm immediate) uint32 {
	switch imm {
	case immLocal:
		return k.locals
	case immGlobal:
		return uint32(len(k.m.Globals))
	case immLabel:
		return uint32(len(k.open))
	case immTable:
		return uint32(len(k.m.Tables))
	default:
		return uint32(len(k.m.Funcs))
	}
}

// labels is the length of the labels of a br_table, if there are few and each is written in one byte and in range; 0
// otherwise.
func (k *checker) labels(code []byte) int {
	n := int(code[0]) + 2 // with their number and the default
	if code[0] >= 0x80 || uint32(code[0]) > k.c.limits.BrTable || n > len(code) {
		return 0
	}
	for _, label := range code[1:n] {
		if int(label) >= min(len(k.open), 0x80) {
			return 0
		}
	}
	return n
}

// number is the length of a LEB128 number of at most most bytes, 0 if it is longer or cut off. Four bytes fit any
// type of 32 bits, nine any of 64.
func number(code []byte, at, most int) int {
	for n, b := range code[at:min(at+most, len(code))] {
		if b < 0x80 {
			return n + 1
		}
	}
	return 0
}

// prefixed is the length of a short instruction that has a prefix, 0 if it is another. There are
// four bytes at at.
func (k *checker) prefixed(code []byte, at int, memory bool) int {
	first, second := code[at+1], code[at+2]
	switch {
	case code[at] == 0xfd && first < 0x80:
		switch imm := immediates[Vec|Op(first)]; imm {
		case immNone:
			return 2
		case immLane:
			return 3
		case imm16:
			if len(code)-at >= 18 {
				return 18
			}
		case immMemory, immMemoryLane:
			n := number(code, at+3, 4)
			if !memory || second >= 0x80 || n == 0 {
				return 0
			}
			if n += 3; imm == immMemoryLane {
				n++
			}
			if len(code)-at >= n {
				return n
			}
		}
	case code[at] == 0xfd:
		if second == 1 && immediates[Vec|Op(first)] == immNone {
			return 3
		}
	case code[at] == 0xfc && first < 0x80:
		switch immediates[Misc|Op(first)] {
		case immNone:
			return 2
		case immMemory0:
			if memory && second == 0 {
				return 3
			}
		case immMemory00:
			if memory && second == 0 && code[at+3] == 0 {
				return 4
			}
		case immTable:
			if second < 0x80 && int(second) < len(k.m.Tables) {
				return 3
			}
		case immElem:
			if second < 0x80 && uint32(second) < k.m.ElementSegments {
				return 3
			}
		case immData:
			if second < 0x80 && int(second) < k.m.dataCount {
				return 3
			}
		case immDataMemory:
			if memory && second < 0x80 && int(second) < k.m.dataCount && code[at+3] == 0 {
				return 4
			}
		case immTables:
			if second < 0x80 && int(second) < len(k.m.Tables) && code[at+3] < 0x80 && int(code[at+3]) < len(k.m.Tables) {
				return 4
			}
		case immElemTable:
			if second < 0x80 && uint32(second) < k.m.ElementSegments && code[at+3] < 0x80 && int(code[at+3]) < len(k.m.Tables) {
				return 4
			}
		}
	}
	return 0
}
