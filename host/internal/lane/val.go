package lane

import "unsafe"

// form says how a val is kept.
type form uint8

const (
	none    form = iota
	uniform      // one id for every lane
	varying      // a column
	boolean      // true on some lanes, unknown (of any kind) on some, false on the others
	grown        // a collection that statements have made
	record       // a document: a table of columns
)

// val is a value on the lanes at hand. It says nothing of which lanes those are.
type val struct {
	form form
	id   id             // if uniform
	ref  unsafe.Pointer // else what form says; a val is copied more than anything
}

func (v *val) c() *column     { return (*column)(v.ref) }
func (v *val) b() *flags      { return (*flags)(v.ref) }
func (v *val) g() *collection { return (*collection)(v.ref) }
func (v *val) t() *table      { return (*table)(v.ref) }

// flags is a boolean by lane.
type flags struct{ yes, unknown mask }

func one(i id) val { return val{form: uniform, id: i} }

func column1(c *column) val { return val{form: varying, ref: unsafe.Pointer(c)} }

func flags1(b *flags) val { return val{form: boolean, ref: unsafe.Pointer(b)} }

func grown1(g *collection) val { return val{form: grown, ref: unsafe.Pointer(g)} }

func record1(t *table) val { return val{form: record, ref: unsafe.Pointer(t)} }

func ofBool(b bool) val {
	if b {
		return one(idTrue)
	}
	return one(idFalse)
}

// at returns the value on one lane: 0 if there is none.
func (r *Run) at(v *val, lane int) id {
	switch v.form {
	case uniform:
		return v.id
	case varying:
		return v.c().ids[lane]
	case boolean:
		switch {
		case v.b().yes.has(lane):
			return idTrue
		case v.b().unknown.has(lane):
			return idUnknown
		}
		return idFalse
	case grown:
		return r.grownAt(v.g(), lane)
	case record:
		return r.recordAt(v.t(), lane)
	}
	return 0
}

// flat returns a value as one id, or as a column that has a value on the lanes.
// What sites' documents hold is opened.
func (r *Run) flat(v *val, lanes *mask) val {
	switch v.form {
	case uniform:
		return one(r.solid(v.id))
	case varying:
		return r.solidColumn(v, lanes)
	case none:
		return *v
	case record:
		if v.t().single != nil {
			return one(r.whole(v.t()))
		}
	case grown:
		if i, ok := r.grownUniform(v.g(), lanes); ok {
			return one(i)
		}
		if c := r.grownAlike(v.g(), lanes); c != nil {
			return column1(c)
		}
	}
	c := r.newColumn()
	lanes.each(func(lane int) { c.put(lane, r.at(v, lane)) })
	return column1(c)
}

// sameKnown returns the id a flat value has on all the lanes.
func (r *Run) sameKnown(v *val) (id, bool) {
	return v.id, v.form == uniform && !v.id.vague()
}
