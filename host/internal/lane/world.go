package lane

import (
	"slices"
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// Doc is a document: what is known of it, and the dotted paths below it that are
// not.
type Doc struct {
	Term    *ast.Term
	Unknown []string
}

// World is what stays the same from one question to the next: the documents of
// the rows (sites) that lanes stand for, and data. It is immutable and safe for
// concurrent use.
type World struct {
	heap   *heap
	rows   int
	names  map[string]bool // what programs mention
	docs   []Doc           // by row
	blocks []*table        // the rows' documents, by block of Width
	byKey  map[id]int32    // row by id
	order  []id            // ids in OPA's order
	sites  id              // the table of all rows' documents
	topo   *ast.Term       // data.topology
	gaps   *plan.Gaps      // of data
	data   val
	consts map[*Program][]id
	pool   sync.Pool // of runs

	mu     sync.Mutex
	having map[question][]int32 // see [Run.having]
}

// Data is what a World is made of.
type Data struct {
	// Topology is data.topology, an object, and Gaps what is unknown of data.
	Topology *ast.Term
	Gaps     *plan.Gaps
	// Rows are the documents of the rows, in the order of their keys in
	// data.topology.sites, and Keys those keys.
	Rows []Doc
	Keys []string
}

// NewWorld prepares documents for programs. What no program mentions by name is
// looked at only when a rule comes upon it.
func NewWorld(d Data, programs ...*Program) *World {
	w := &World{
		heap: newHeap(), rows: len(d.Rows), docs: d.Rows, topo: d.Topology, gaps: d.Gaps,
		names: map[string]bool{}, byKey: map[id]int32{}, consts: map[*Program][]id{}, having: map[question][]int32{},
	}
	for _, p := range programs {
		ids := make([]id, len(p.consts))
		for i, t := range p.consts {
			ids[i] = w.heap.fromTerm(t)
			if s, ok := t.Value.(ast.String); ok {
				w.names[string(s)] = true
			}
		}
		w.consts[p] = ids
	}
	for row, key := range d.Keys {
		i := w.heap.str(key)
		w.byKey[i] = int32(row)
		w.order = append(w.order, i)
	}
	slices.SortFunc(w.order, w.heap.compare)
	if len(d.Keys) > 0 {
		w.sites = w.heap.add(value{kind: plan.ObjectKind, sites: true, site: 1})
		for row := range d.Rows {
			w.heap.add(value{kind: plan.ObjectKind, site: int32(row) + 1})
		}
	}
	for from := 0; from < w.rows; from += Width {
		parts := partsOf(d.Rows[from:min(w.rows, from+Width)])
		b := makeTable(w.heap, parts, w.mentioned(), nil)
		share(w.heap, b)
		w.blocks = append(w.blocks, b)
	}
	w.prepare()
	return w
}

// mentioned tells which names occur in programs.
func (w *World) mentioned() func(name string) bool {
	return func(name string) bool { return w.names[name] }
}

// share marks the columns of a table as a World's.
func share(h *heap, t *table) {
	for i := range t.fields {
		switch v := &t.fields[i].v; v.form {
		case varying:
			v.c().shared = true
			v.c().def.each(func(lane int) { v.c().most = max(v.c().most, h.sizeOf(v.c().ids[lane])) })
		case record:
			share(h, v.t())
		case grown:
			for n := range v.g().elements {
				share(h, v.g().elements[n].v.t())
			}
		}
	}
}

// prepare makes the document data, with the tables that programs mention.
func (w *World) prepare() {
	if w.topo == nil {
		return
	}
	top := &table{names: map[id]int{}, single: &part{term: w.topo, gaps: w.gapsAt("topology")}}
	put := func(t *table, name string, v val) {
		key := w.heap.str(name)
		t.names[key] = len(t.fields)
		t.fields = append(t.fields, field{key: key, v: v, there: all, listed: all})
	}
	if obj, ok := w.topo.Value.(ast.Object); ok {
		for _, k := range obj.Keys() {
			name, ok := k.Value.(ast.String)
			switch {
			case !ok:
			case string(name) == "sites" && w.sites != 0:
				put(top, "sites", one(w.sites))
			case w.names[string(name)] && w.gapsAt("topology", string(name)) == nil:
				put(top, string(name), one(w.heap.fromTerm(obj.Get(k))))
			}
		}
	}
	whole := ast.NewObject([2]*ast.Term{ast.StringTerm("topology"), w.topo})
	data := &table{names: map[id]int{}, single: &part{term: ast.NewTerm(whole), gaps: w.gaps}}
	put(data, "topology", record1(top))
	w.data = record1(data)
}

// gapsAt returns what is unknown below a path of data.
func (w *World) gapsAt(path ...string) *plan.Gaps {
	g := w.gaps
	for _, p := range path {
		if g == nil {
			return nil
		}
		g = g.At(p)
	}
	return g
}

// siteID is the document of a row, unopened.
func (w *World) siteID(row int32) id { return (w.sites + 1 + id(row)) | closedBit }
