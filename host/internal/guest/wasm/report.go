package wasm

// Report says what a module is made of, for whoever decides whether to grant it anything.
type Report struct {
	Bytes         int      // of the binary
	Types         int      // signatures
	Imports       []Import // in the module's order
	Exports       []Export // in the module's order
	Functions     int      // of the module's own
	CodeBytes     int      // of all their instructions
	LargestBody   int      // bytes of the longest function's instructions
	MostLocals    uint32   // locals of the function with most, parameters included
	Globals       int      // of the module's own
	MutableGlobal int      // of those, how many may change
	Tables        []Table  // imported ones first
	Memories      []Memory // imported ones first
	Elements      uint32   // entries of all element segments
	DataBytes     int      // bytes of all data segments
	Customs       []Custom // in the module's order
	Start         bool     // whether a function runs at instantiation
}

// Report sums the module up. The slices are the module's own.
func (m *Module) Report() Report {
	r := Report{
		Bytes: len(m.Binary), Types: len(m.Types), Imports: m.Imports, Exports: m.Exports,
		Functions: len(m.Bodies), Globals: len(m.Globals) - m.ImportedGlobals, Tables: m.Tables, Memories: m.Memories,
		Elements: m.ElementEntries, DataBytes: m.DataBytes, Customs: m.Customs, Start: m.HasStart,
	}
	for i, b := range m.Bodies {
		r.CodeBytes += len(b.Code)
		r.LargestBody = max(r.LargestBody, len(b.Code))
		r.MostLocals = max(r.MostLocals, b.Locals+uint32(len(m.Signature(uint32(m.ImportedFuncs+i)).Params)))
	}
	for _, g := range m.Globals[m.ImportedGlobals:] {
		if g.Mutable {
			r.MutableGlobal++
		}
	}
	return r
}
