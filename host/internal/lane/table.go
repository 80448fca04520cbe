package lane

import (
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// table is a document with fields of its own for each lane.
type table struct {
	names  map[id]int
	fields []field // in order of keys
	// base has the fields that are not here.
	base *table
	// open are the lanes on which any other key may be there, and more those on
	// which one who walks through the document may find others.
	open, more mask
	// parts are the documents themselves, by lane; nil if there are none.
	parts []part
	// full makes the whole document of a lane; nil if it is made of fields.
	full func(lane int) Doc
	// partial says that it lacks the fields which no program mentions.
	partial bool
	// tag is the same for documents that differ only below site; 0: there is none.
	tag int32
	// single is the document if it is the same on every lane.
	single *part
}

// field is one key of a table.
type field struct {
	key id
	v   val
	// there are the lanes on which it has a value, if only an unknown one; maybe
	// those on which it may have; listed those on which whoever walks through the
	// document surely finds it.
	there, maybe, listed mask
	// dotted are lanes on which it is found by its name alone: what is unknown there has
	// a path with dots, and nobody can tell which of them are of a name.
	dotted mask
}

// part is a document, or a part of one, on one lane.
type part struct {
	term *ast.Term
	gaps *plan.Gaps
}

func partsOf(docs []Doc) []part {
	out := make([]part, len(docs))
	for i, d := range docs {
		out[i] = part{term: d.Term, gaps: plan.NewGaps(d.Unknown)}
	}
	return out
}

// object returns the object of a part; nil, but true, for one that is there only
// for what is unknown in it.
func (p part) object() (ast.Object, bool) {
	if p.term == nil {
		return nil, p.gaps != nil && !p.gaps.IsWhole()
	}
	o, ok := p.term.Value.(ast.Object)
	return o, ok
}

// below follows a key.
func (p part) below(name string) (out part) {
	o, ok := p.object()
	if !ok {
		return out
	}
	if o != nil {
		out.term = o.Get(ast.StringTerm(name))
	}
	if p.gaps != nil {
		out.gaps = p.gaps.At(name)
	}
	return out
}

// intern makes an id of a document.
func (p part) intern(h *heap) id {
	switch {
	case p.gaps == nil && p.term != nil:
		return h.fromTerm(p.term)
	case p.gaps != nil && p.gaps.IsWhole() && !p.gaps.HasBelow() && p.term != nil:
		if a, ok := p.term.Value.(*ast.Array); ok {
			elems := make([]id, 0, a.Len())
			a.Foreach(func(e *ast.Term) { elems = append(elems, h.fromTerm(e)) })
			return h.intern(value{kind: plan.ArrayKind, vague: true, list: true, elems: elems, size: h.sizes(elems)})
		}
	}
	return h.document(p.term, p.gaps)
}

// makeTable makes a table of objects, with the fields that wanted lets through;
// nil: all. A lane without any object is left out. In the tables of its fields are
// those that below lets through.
func makeTable(h *heap, lanes []part, wanted, below func(name string) bool) *table {
	t := &table{names: map[id]int{}, parts: lanes, partial: wanted != nil}
	seen := map[string]bool{}
	var names []string
	see := func(name string) {
		if !seen[name] {
			seen[name] = true
			if wanted == nil || wanted(name) {
				names = append(names, name)
			}
		}
	}
	for lane, p := range lanes {
		o, _ := p.object()
		if o != nil {
			o.Foreach(func(k, _ *ast.Term) {
				if s, ok := k.Value.(ast.String); ok { // others are not JSON's
					see(string(s))
				}
			})
		}
		if p.gaps == nil {
			continue
		}
		if p.gaps.IsWhole() {
			t.open.set(lane)
			t.more.set(lane)
		}
		for _, name := range p.gaps.Names() {
			see(name)
			if below := p.below(name); below.term == nil && !below.gaps.IsWhole() {
				t.more.set(lane) // it may be the first part of a name with dots
			}
		}
	}
	slices.Sort(names)
	for _, name := range names {
		key := h.str(name)
		t.names[key] = len(t.fields)
		t.fields = append(t.fields, makeField(h, key, name, lanes, below))
	}
	return t
}

// makeField makes one field of a table. Objects become tables of their own if a
// part of any of them is unknown, and all are objects; so do the elements of arrays
// of objects.
func makeField(h *heap, key id, name string, of []part, wanted func(name string) bool) field {
	f := field{key: key}
	lanes := make([]part, len(of))
	gaps, objects := false, true
	for lane, p := range of {
		direct := p.gaps == nil || p.gaps.Has(name)
		p = p.below(name)
		lanes[lane] = p
		if p.term == nil && p.gaps == nil {
			continue
		}
		switch {
		case p.term != nil:
			f.there.set(lane)
			f.listed.set(lane)
		case p.gaps.IsWhole():
			f.there.set(lane)
		default:
			f.maybe.set(lane)
		}
		if p.term == nil && !direct {
			f.dotted.set(lane)
		}
		o, ok := p.object()
		objects = objects && ok && (o == nil || namesOnly(o))
		gaps = gaps || p.gaps != nil
	}
	if (gaps || wanted != nil) && objects {
		f.v = record1(makeTable(h, lanes, wanted, wanted))
		return f
	}
	if g := makeElements(h, lanes, wanted); g != nil {
		f.v = grown1(g)
		return f
	}
	c := &column{}
	truths := true
	for lane, p := range lanes {
		if i := p.intern(h); i != 0 {
			c.put(lane, i)
			truths = truths && (i == idTrue || i == idFalse || i == idUnknown)
		}
	}
	c.nums = c.numbers(h)
	c.most = c.largest(h)
	f.v = column1(c)
	if truths {
		b := &flags{}
		for lane, i := range c.ids[:len(lanes)] {
			switch i {
			case idTrue:
				b.yes.set(lane)
			case idUnknown:
				b.unknown.set(lane)
			}
		}
		f.v = flags1(b)
	}
	return f
}

// makeElements makes a table for the first elements of arrays, one for the second
// and so on; nil where something else than an array of objects is among them.
func makeElements(h *heap, lanes []part, wanted func(name string) bool) *collection {
	g := &collection{kind: plan.ArrayKind, given: true, frozen: true, size: 2}
	most := 0
	for lane, p := range lanes {
		if p.term == nil && p.gaps == nil {
			continue
		}
		a, ok := p.array()
		if !ok {
			return nil
		}
		for i := range a.Len() {
			if o, ok := a.Elem(i).Value.(ast.Object); !ok || !namesOnly(o) {
				return nil
			}
		}
		g.at.set(lane)
		most = max(most, a.Len())
	}
	if most == 0 {
		return nil
	}
	g.zero = g.at
	for n := range most {
		e := element{}
		elems := make([]part, len(lanes))
		for lane, p := range lanes {
			a, ok := p.array()
			if !ok || n >= a.Len() {
				continue
			}
			elems[lane].term = a.Elem(n)
			if p.gaps != nil {
				elems[lane].gaps = p.gaps.At(strconv.Itoa(n))
			}
			e.p.set(lane)
		}
		e.s = e.p
		e.v = record1(makeTable(h, elems, wanted, wanted))
		g.elements = append(g.elements, e)
	}
	return g
}

// array returns the array of a part, if it is one of a known length.
func (p part) array() (*ast.Array, bool) {
	if p.term == nil || p.gaps != nil && p.gaps.IsWhole() {
		return nil, false
	}
	a, ok := p.term.Value.(*ast.Array)
	return a, ok
}

// namesOnly says that all keys of an object are strings.
func namesOnly(o ast.Object) bool {
	for _, k := range o.Keys() {
		if _, ok := k.Value.(ast.String); !ok {
			return false
		}
	}
	return true
}

// few is how many fields are looked through sooner than a map.
const few = 8

// field finds a field by its key; nil if no lane has it.
func (r *Run) field(t *table, key id) *field {
	for at := t; at != nil; at = at.base {
		if len(at.fields) <= few {
			for i := range at.fields {
				if at.fields[i].key == key {
					return &at.fields[i]
				}
			}
		} else if i, ok := at.names[key]; ok {
			return &at.fields[i]
		}
	}
	v := r.h.v(key)
	if v.kind != plan.StringKind {
		return nil
	}
	if t.single != nil {
		return r.fieldOf(t, key, v.str)
	}
	for at := t; at != nil; at = at.base {
		if at.parts == nil || !strings.Contains(v.str, ".") && (!at.partial || r.world.names[v.str]) {
			continue
		}
		// No program mentions it, or its name has dots as paths have.
		k := fieldKey{at, key}
		f := r.late[k]
		if f == nil {
			made := makeField(r.h, key, v.str, at.parts, nil)
			f = &made
			r.late[k] = f
		}
		return f
	}
	return nil
}

// fieldOf finds a field of a document that is the same on every lane.
func (r *Run) fieldOf(t *table, key id, name string) *field {
	k := fieldKey{t, key}
	f, done := r.late[k]
	if done {
		return f
	}
	if p := t.single.below(name); p.term != nil || p.gaps != nil {
		f = &field{key: key}
		switch {
		case p.term != nil:
			f.there, f.listed = all, all
		case p.gaps.IsWhole():
			f.there = all
		default:
			f.maybe = all
		}
		f.v = one(p.intern(r.h))
	}
	r.late[k] = f
	return f
}

type fieldKey struct {
	t   *table
	key id
}

// complete returns a table with all its fields in itself.
func (r *Run) complete(t *table) *table {
	if t.base == nil && !t.partial && t.single == nil {
		return t
	}
	if out := r.completed[t]; out != nil {
		return out
	}
	out := &table{names: map[id]int{}, open: t.open, more: t.more, parts: t.parts, single: t.single}
	if t.single != nil {
		r.completeSingle(t, out)
		r.completed[t] = out
		return out
	}
	for at := t; at != nil; at = at.base {
		whole := at
		if at.partial {
			whole = makeTable(r.h, at.parts, nil, nil)
		}
		for i := range whole.fields {
			if _, have := out.names[whole.fields[i].key]; !have {
				out.names[whole.fields[i].key] = -1
				out.fields = append(out.fields, whole.fields[i])
			}
		}
		out.open.or(&at.open)
		out.more.or(&at.more)
	}
	slices.SortFunc(out.fields, func(a, b field) int { return r.h.compare(a.key, b.key) })
	for i := range out.fields {
		out.names[out.fields[i].key] = i
	}
	r.completed[t] = out
	return out
}

// completeSingle adds all fields of a document that is the same on every lane.
func (r *Run) completeSingle(t, out *table) {
	var names []string
	if o, _ := t.single.object(); o != nil {
		for _, k := range o.Keys() {
			if s, ok := k.Value.(ast.String); ok {
				names = append(names, string(s))
			}
		}
	}
	if t.single.gaps != nil {
		names = append(names, t.single.gaps.Names()...)
	}
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		key := r.h.str(name)
		f := r.field(t, key)
		out.names[key] = len(out.fields)
		out.fields = append(out.fields, *f)
	}
}

// recordAt makes the document of one lane; 0 if there is none.
func (r *Run) recordAt(t *table, lane int) id {
	c := r.wholes[t]
	if c == nil {
		c = r.newColumn()
		r.wholes[t] = c
	}
	if i := c.ids[lane]; i != 0 {
		return i
	}
	var out id
	if t.single != nil {
		out = r.whole(t)
	} else if t.full != nil {
		d := t.full(lane)
		out = part{term: d.Term, gaps: plan.NewGaps(d.Unknown)}.intern(r.h)
	} else if t.parts != nil && lane < len(t.parts) {
		out = t.parts[lane].intern(r.h)
	} else {
		out = r.assemble(r.complete(t), lane)
	}
	c.put(lane, out)
	return out
}

// whole is a document that is the same on every lane.
func (r *Run) whole(t *table) id {
	i, ok := r.singles[t]
	if !ok {
		i = t.single.intern(r.h)
		r.singles[t] = i
	}
	return i
}

// assemble puts the document of one lane together from fields.
func (r *Run) assemble(t *table, lane int) id {
	vague := t.more.has(lane)
	var pairs []id
	for n := range t.fields {
		f := &t.fields[n]
		if !f.there.has(lane) && !f.maybe.has(lane) || f.dotted.has(lane) {
			continue
		}
		i := r.solid(r.at(&f.v, lane))
		pairs = append(pairs, f.key, i)
		vague = vague || !f.listed.has(lane) || i.vague()
	}
	if !vague {
		return r.h.object(pairs)
	}
	var keys, vals []plan.Value
	var sure []bool
	for n := 0; n < len(pairs); n += 2 {
		keys, vals = append(keys, r.h.pv(pairs[n])), append(vals, r.h.pv(pairs[n+1]))
		sure = append(sure, r.field(t, pairs[n]).listed.has(lane))
	}
	return r.h.vague(plan.DocumentOf(keys, vals, sure, t.more.has(lane)))
}
