package wasm

// Op is an instruction's code: one byte as it stands in the binary, or a prefix's group and the byte behind it.
type Op uint16

// The groups of instructions that are written with a prefix.
const (
	Misc Op = 0x100 // prefix 0xfc
	Vec  Op = 0x200 // prefix 0xfd
)

// The instructions this program treats by name.
const (
	Unreachable  Op = 0x00
	Nop          Op = 0x01
	Block        Op = 0x02
	Loop         Op = 0x03
	If           Op = 0x04
	Else         Op = 0x05
	End          Op = 0x0b
	Br           Op = 0x0c
	BrIf         Op = 0x0d
	BrTable      Op = 0x0e
	Return       Op = 0x0f
	Call         Op = 0x10
	CallIndirect Op = 0x11
	Drop         Op = 0x1a
	LocalGet     Op = 0x20
	LocalSet     Op = 0x21
	LocalTee     Op = 0x22
	GlobalGet    Op = 0x23
	GlobalSet    Op = 0x24
	TableSet     Op = 0x26
	MemorySize   Op = 0x3f
	MemoryGrow   Op = 0x40
	I32Const     Op = 0x41
	I64Const     Op = 0x42
	F32Const     Op = 0x43
	F64Const     Op = 0x44
	RefNull      Op = 0xd0
	RefFunc      Op = 0xd2

	MemoryInit = Misc | 0x08
	DataDrop   = Misc | 0x09
	MemoryCopy = Misc | 0x0a
	MemoryFill = Misc | 0x0b
	TableInit  = Misc | 0x0c
	ElemDrop   = Misc | 0x0d
	TableCopy  = Misc | 0x0e
	TableGrow  = Misc | 0x0f
	TableSize  = Misc | 0x10
	TableFill  = Misc | 0x11

	V128Const = Vec | 0x0c
)

// immediate is what follows an instruction's code.
type immediate byte

const (
	immInvalid    immediate = iota // no instruction
	immNone                        // nothing
	immBlock                       // type of a block
	immLabel                       // label
	immLabels                      // labels of br_table
	immFunc                        // function
	immIndirect                    // type, table
	immLocal                       // local
	immGlobal                      // global
	immTable                       // table
	immMemory                      // alignment, offset
	immMemoryLane                  // alignment, offset, lane
	immMemory0                     // a zero byte: the memory
	immI32                         // constant
	immI64                         // constant
	immF32                         // four bytes
	immF64                         // eight bytes
	imm16                          // sixteen bytes
	immLane                        // lane
	immRefType                     // reference type
	immTypes                       // types of a select
	immDataMemory                  // data segment, zero byte
	immData                        // data segment
	immMemory00                    // two zero bytes: the memories
	immElemTable                   // element segment, table
	immElem                        // element segment
	immTables                      // table, table
)

// immediates says for each Op what follows it.
var immediates = func() (t [0x300]immediate) {
	set := func(from, to Op, i immediate) {
		for op := from; op <= to; op++ {
			t[op] = i
		}
	}
	set(Unreachable, Nop, immNone)
	set(Block, If, immBlock)
	set(Else, Else, immNone)
	set(End, End, immNone)
	set(Br, BrIf, immLabel)
	set(BrTable, BrTable, immLabels)
	set(Return, Return, immNone)
	set(Call, Call, immFunc)
	set(CallIndirect, CallIndirect, immIndirect)
	set(Drop, 0x1b, immNone) // drop, select
	set(0x1c, 0x1c, immTypes)
	set(LocalGet, LocalTee, immLocal)
	set(GlobalGet, GlobalSet, immGlobal)
	set(0x25, TableSet, immTable) // table.get, table.set
	set(0x28, 0x3e, immMemory)    // loads, stores
	set(MemorySize, MemoryGrow, immMemory0)
	set(I32Const, I32Const, immI32)
	set(I64Const, I64Const, immI64)
	set(F32Const, F32Const, immF32)
	set(F64Const, F64Const, immF64)
	set(0x45, 0xc4, immNone) // numbers
	set(RefNull, RefNull, immRefType)
	set(0xd1, 0xd1, immNone) // ref.is_null
	set(RefFunc, RefFunc, immFunc)

	set(Misc, Misc|0x07, immNone) // trunc_sat
	set(MemoryInit, MemoryInit, immDataMemory)
	set(DataDrop, DataDrop, immData)
	set(MemoryCopy, MemoryCopy, immMemory00)
	set(MemoryFill, MemoryFill, immMemory0)
	set(TableInit, TableInit, immElemTable)
	set(ElemDrop, ElemDrop, immElem)
	set(TableCopy, TableCopy, immTables)
	set(TableGrow, TableFill, immTable)

	set(Vec, Vec|0x0b, immMemory)
	set(V128Const, Vec|0x0d, imm16) // v128.const, i8x16.shuffle
	set(Vec|0x0e, Vec|0x14, immNone)
	set(Vec|0x15, Vec|0x22, immLane)
	set(Vec|0x23, Vec|0x53, immNone)
	set(Vec|0x54, Vec|0x5b, immMemoryLane)
	set(Vec|0x5c, Vec|0x5d, immMemory)
	set(Vec|0x5e, Vec|0xff, immNone)
	for _, unused := range []Op{
		0x9a, 0xa2, 0xa5, 0xa6, 0xaf, 0xb0, 0xb2, 0xb3, 0xb4, 0xbb, 0xc2, 0xc5, 0xc6, 0xcf, 0xd0, 0xd2, 0xd3, 0xd4, 0xe2, 0xee,
	} {
		t[Vec|unused] = immInvalid
	}
	return t
}()
