package wasm

// Module is a binary that [Scan] has found sound. It shares the binary's bytes; nobody may change either.
type Module struct {
	Binary []byte

	Types    []FuncType
	Imports  []Import
	Funcs    []uint32 // signature of every function, imported ones first
	Tables   []Table  // imported ones first
	Memories []Memory // imported ones first
	Globals  []Global // imported ones first
	Exports  []Export
	Start    uint32 // function that runs first, if HasStart
	HasStart bool

	ElementSegments uint32 // element segments
	ElementEntries  uint32 // entries of all of them
	DataSegments    uint32 // data segments
	DataBytes       int    // bytes of all of them

	Bodies  []Body // of the functions that are not imported
	Customs []Custom

	ImportedFuncs, ImportedTables, ImportedMemories, ImportedGlobals int

	limits    Limits          // what it was held to
	dataCount int             // of the data count section, or -1
	declared  map[uint32]bool // functions that are named outside code, and so may be referred to in code
	thorough  bool            // see checker
	memory    span            // the import of a memory; empty without one
	sections  [13]span        // by id; a section that is missing is empty
	entries   [13]span        // the same behind the number of entries
}

// span is a part of the binary.
type span struct{ from, to int }

// Section is the content of the section with that id, nil if it is missing.
func (m *Module) Section(id byte) []byte { return m.part(m.sections, id) }

// Entries is the content of the section with that id behind the number of its entries, nil if it is missing.
func (m *Module) Entries(id byte) []byte { return m.part(m.entries, id) }

func (m *Module) part(of [13]span, id byte) []byte {
	if s := of[id]; s.to > 0 {
		return m.Binary[s.from:s.to:s.to]
	}
	return nil
}

// Limits is what the module was held to.
func (m *Module) Limits() Limits { return m.limits }

// Signature is the type of a function, imported ones first.
func (m *Module) Signature(f uint32) FuncType { return m.Types[m.Funcs[f]] }

// OnlyCalled reports whether a function is named by nothing but instructions that call it: it is not exported, in no
// table or global, and not what runs first.
func (m *Module) OnlyCalled(f uint32) bool { return !m.declared[f] && !(m.HasStart && m.Start == f) }

// The ids of sections.
const (
	SectionCustom byte = iota
	SectionType
	SectionImport
	SectionFunction
	SectionTable
	SectionMemory
	SectionGlobal
	SectionExport
	SectionStart
	SectionElement
	SectionCode
	SectionData
	SectionDataCount
)

var sectionNames = [...]string{
	"custom", "type", "import", "function", "table", "memory", "global", "export", "start", "element", "code", "data", "data count",
}

// sectionOrder is where each section must stand: the data count section stands between element and code.
var sectionOrder = [...]int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 10}
