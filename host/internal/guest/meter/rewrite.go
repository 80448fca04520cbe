package meter

import (
	"fmt"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/wasm"
)

// Options are choices of [Rewrite]. The zero value is ready to use.
type Options struct {
	// Fuel and Room are what the globals hold before the host sets them. Zero lets nothing run that costs anything.
	Fuel, Room int64

	// Names is the most bytes of names of functions that are kept, for the engine to show where a guest trapped.
	// More are dropped, all of them. The names are the guest's own: escape what is shown.
	Names int

	oneByOne bool // whether every turn of a loop is paid when it comes; set by tests
}

// mostGrowth is how many times the largest body that was allowed when the module was scanned a rewritten one may
// have. Ordinary bodies grow by a quarter; but checks of the seal and of NaNs take up to eight times the room of what
// they check, and the time to compile a body grows with its square.
const mostGrowth = 2

// Rewrite writes a scanned module anew, as the package says. The same module gives the same bytes. An error
// matches [ErrReserved], [ErrGlobal] or [wasm.ErrLimit].
func Rewrite(m *wasm.Module, o Options) ([]byte, error) {
	for _, e := range m.Exports {
		if strings.HasPrefix(e.Name, Prefix) {
			return nil, fmt.Errorf("%w: %q begins with %q; rename the export", ErrReserved, e.Name, Prefix)
		}
	}
	for i, g := range m.Globals[m.ImportedGlobals:] {
		if g.Mutable && g.Type == wasm.V128 {
			// The engine gives its host but half of such a global.
			return nil, fmt.Errorf("%w: global %d is a v128; keep it in memory", ErrGlobal, m.ImportedGlobals+i)
		}
	}
	r := rewriter{m: m, o: o, types: m.Types}
	code, err := r.code() // first, for it adds types
	if err != nil {
		return nil, err
	}
	return r.module(code), nil
}

// rewriter writes the sections of one module.
type rewriter struct {
	m     *wasm.Module
	o     Options
	out   []byte
	types []wasm.FuncType // the module's, and those that are added
}

// module writes the module around its code.
func (r *rewriter) module(code []byte) []byte {
	m := r.m
	r.out = append(make([]byte, 0, len(m.Binary)+len(code)), m.Binary[:8]...)
	if len(r.types) > 0 {
		b := m.Entries(wasm.SectionType)
		b = b[:len(b):len(b)]
		for _, t := range r.types[len(m.Types):] {
			b = sized(sized(append(b, 0x60), t.Params), t.Results)
		}
		r.counted(wasm.SectionType, len(r.types), b)
	}
	r.same(wasm.SectionImport)
	r.same(wasm.SectionFunction)
	r.maxima()
	r.globals()
	r.exports()
	r.same(wasm.SectionElement)
	r.same(wasm.SectionDataCount)
	if m.Section(wasm.SectionCode) != nil {
		r.counted(wasm.SectionCode, len(m.Bodies), code)
	}
	r.same(wasm.SectionData)
	if names := m.FunctionNames(); names != nil && len(names) <= r.o.Names {
		// No function is added or moved, so the names hold.
		r.out = sized(append(r.out, wasm.SectionCustom), sized(append(name(nil, "name"), 1), names))
	}
	return r.out
}

// same writes a section as it was.
func (r *rewriter) same(id byte) {
	if b := r.m.Section(id); b != nil {
		r.out = sized(append(r.out, id), b)
	}
}

// counted writes a section of n entries.
func (r *rewriter) counted(id byte, n int, entries []byte) {
	r.out = append(r.out, id)
	count := uleb(nil, uint64(n))
	r.out = uleb(r.out, uint64(len(count)+len(entries)))
	r.out = append(append(r.out, count...), entries...)
}

// maxima writes the tables and memories, each with a maximum.
func (r *rewriter) maxima() {
	m, limits := r.m, r.m.Limits()
	write := func(id byte, n int, entries []byte) {
		if m.Section(id) != nil {
			r.counted(id, n, entries)
		}
	}
	between := func(b []byte, least, most uint32, hasMost bool, limit uint32) []byte {
		if !hasMost {
			most = limit
		}
		return uleb(uleb(append(b, 1), uint64(least)), uint64(most))
	}
	var b []byte
	for _, t := range m.Tables[m.ImportedTables:] {
		b = between(append(b, t.Elem), t.Min, t.Max, t.HasMax, limits.TableEntries)
	}
	write(wasm.SectionTable, len(m.Tables)-m.ImportedTables, b)
	b = nil
	for _, t := range m.Memories[m.ImportedMemories:] {
		b = between(b, t.Min, t.Max, t.HasMax, limits.MemoryPages)
	}
	write(wasm.SectionMemory, len(m.Memories)-m.ImportedMemories, b)
}

// globals writes the guest's globals and the three that are added.
func (r *rewriter) globals() {
	b := r.m.Entries(wasm.SectionGlobal)
	b = b[:len(b):len(b)]
	for _, v := range []int64{r.o.Fuel, r.o.Room} {
		b = append(b, wasm.I64, 1, byte(wasm.I64Const))
		b = append(sleb(b, v), byte(wasm.End))
	}
	b = append(b, wasm.I32, 1, byte(wasm.I32Const), Unsealed, byte(wasm.End))
	r.counted(wasm.SectionGlobal, len(r.m.Globals)-r.m.ImportedGlobals+3, b)
}

// exports writes the guest's exports and those that are added.
func (r *rewriter) exports() {
	m := r.m
	b := m.Entries(wasm.SectionExport)
	b = b[:len(b):len(b)]
	n := len(m.Exports)
	export := func(s string, kind wasm.Kind, index int) {
		b = uleb(append(name(b, s), byte(kind)), uint64(index))
		n++
	}
	export(FuelName, wasm.GlobalKind, len(m.Globals))
	export(RoomName, wasm.GlobalKind, len(m.Globals)+1)
	export(SealName, wasm.GlobalKind, len(m.Globals)+2)
	for i, g := range m.Globals {
		if g.Mutable {
			export(GlobalName(i), wasm.GlobalKind, i)
		}
	}
	if m.HasStart {
		export(StartName, wasm.Func, int(m.Start))
	}
	r.counted(wasm.SectionExport, n, b)
}

// code writes the bodies of all functions.
func (r *rewriter) code() ([]byte, error) {
	m := r.m
	most := mostGrowth * m.Limits().Body
	first := uint32(len(m.Globals))
	a := analysis{free: free(m)}
	w := writer{m: m, callees: a.free, fuel: first, room: first + 1, seal: first + 2}
	var out []byte
	for i, b := range m.Bodies {
		r.body(&w, &a, i, !r.o.oneByOne)
		if len(w.out) > most {
			// To pay for all turns of a loop before it begins takes more code than to pay for each.
			r.body(&w, &a, i, false)
		}
		if len(w.out) > most {
			return nil, &wasm.LimitError{
				Section: "code", Offset: b.Offset, What: fmt.Sprintf("bytes of metered body of function %d", m.ImportedFuncs+i),
				Have: uint64(len(w.out)), Max: uint64(most),
			}
		}
		out = sized(out, w.out)
	}
	return out, nil
}

// body writes the body of the i-th function that is not imported. ahead says whether loops are paid before they
// begin, if they can be.
func (r *rewriter) body(w *writer, a *analysis, i int, ahead bool) {
	f, b := r.m.ImportedFuncs+i, r.m.Bodies[i]
	t := r.m.Signature(uint32(f))
	a.ahead = ahead
	w.p, w.out, w.locals, w.free = a.analyse(b.Code), w.out[:0], uint32(len(t.Params))+b.Locals, a.free[f] >= 0
	var result []byte
	if w.p.calls {
		result = r.blockType(t.Results)
	}
	w.body(b, result)
}

// blockType is the type of a block without parameters that has these results, as it is written. It adds a
// signature if need be.
func (r *rewriter) blockType(results []wasm.ValueType) []byte {
	switch len(results) {
	case 0:
		return []byte{noType}
	case 1:
		return []byte{results[0]}
	}
	want := wasm.FuncType{Results: results}
	for i, t := range r.types {
		if t.Equal(want) {
			return sleb(nil, int64(i))
		}
	}
	r.types = append(r.types[:len(r.types):len(r.types)], want)
	return sleb(nil, int64(len(r.types)-1))
}
