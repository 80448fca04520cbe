package wasm

// Limits is the most a module may ask for. Each field is inclusive. [Defaults] gives what suits guests; a zero
// field allows none, so that a limit that was forgotten refuses rather than admits.
type Limits struct {
	Module int // bytes of the binary

	Types     uint32 // signatures
	Params    uint32 // parameters of one signature
	Results   uint32 // results of one signature, or of one block
	Functions uint32 // functions of the module's own
	Code      int    // bytes of all bodies together
	Body      int    // bytes of one function's body, its locals included
	Nesting   int    // blocks open at once in one function
	Locals    uint32 // locals of one function, its parameters included
	BrTable   uint32 // targets of one br_table, the default left out

	Globals      uint32 // globals, imported ones included
	Tables       uint32 // tables, imported ones included
	TableEntries uint32 // entries of one table, its minimum and its maximum
	Memories     uint32 // memories, imported ones included: 0 or 1
	MemoryPages  uint32 // pages of 64 KiB of a memory, its minimum and its maximum

	Elements       uint32 // element segments
	ElementEntries uint32 // entries of all element segments together
	Data           uint32 // data segments
	DataBytes      int    // bytes of all data segments together

	Imports  uint32 // imports
	Exports  uint32 // exports
	Name     uint32 // bytes of one name of an import, an export or a custom section
	Customs  uint32 // custom sections
	CustomSz int    // bytes of all custom sections together

	Offered []Import // what may be imported; anything else is refused
}

// Defaults are limits that suit guests of every usual toolchain, and offer no imports. Figures of guests were
// taken from guests that Go builds (GOOS=wasip1), the largest in use: with packages fmt and encoding/json one has
// 3 MiB, 2 000 functions, a body of 29 KiB, 549 blocks open at once, a br_table of 895 targets, 18 locals and
// 35 000 data segments.
func Defaults() Limits {
	return Limits{
		Module: 4 << 20,

		// Each costs a few words. Guests have under 100, and the engine looks them up by their text.
		Types:   4096,
		Params:  64,
		Results: 16,

		Functions: 20_000,
		// Code takes longest to read, some 3 ns a byte, and compiles in some 0.5 µs a byte.
		Code: 3 << 20,
		// A body is compiled as a whole, in a time that grows with its square: one of 175 KiB takes 2.7 s.
		Body: 64 << 10,
		// Go's compiler resumes functions through a br_table of every point they may stop at, each a block.
		Nesting: 2048,
		BrTable: 4096,
		Locals:  1024,

		Globals: 256,
		Tables:  4,
		// A 52-byte module with 10⁸ entries takes 770 MiB; 10⁵ entries take 800 KiB.
		TableEntries: 100_000,
		Memories:     1,
		MemoryPages:  1024, // 64 MiB

		Elements:       1024,
		ElementEntries: 100_000,
		// Go writes a segment for every run of bytes that are not zero.
		Data:      100_000,
		DataBytes: 4 << 20,

		Imports: 256,
		Exports: 1024,
		Name:    512,
		// Names and debugging information are read by nobody and dropped, but for small name sections.
		Customs:  64,
		CustomSz: 4 << 20,
	}
}
