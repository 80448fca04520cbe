package plan

import "github.com/open-policy-agent/opa/v1/ast"

// Work counts what is done beside statements: parts of values that are compared,
// copied or put together, and text that is made. Once it has been told to stop,
// whatever is asked of it ends soon, and what comes out then means nothing. Nil
// counts nothing. It is for one goroutine.
type Work struct {
	spend    func(steps int) error
	bytes    int // limit on one text; 0: none
	tooLarge error
	parts    int // that have not been spent yet
	made     int // members of collections that have been put together
	err      error
}

// NewWork counts work in steps; an error of spend says to stop, and tooLarge is the
// one for text of more bytes than there may be.
func NewWork(spend func(steps int) error, tooLarge error) *Work {
	return &Work{spend: spend, tooLarge: tooLarge}
}

// Restart forgets why it was told to stop, and sets how many bytes text may have; 0:
// any number.
func (w *Work) Restart(bytes int) { w.bytes, w.parts, w.err = bytes, 0, nil }

// make counts members put together to a collection, and tells whether to stop.
func (w *Work) make(members int) (stop bool) {
	if w == nil {
		return false
	}
	w.made += members
	return w.do(partsOfMember * members)
}

// partsOfMember is how many parts a member counts for that is put into a collection:
// there is an index of many.
const partsOfMember = 4

// partsOfGap is how many parts a key counts for below which something may be unknown.
const partsOfGap = 4

// PartsPerStep is how many parts of values are looked at for one step.
const PartsPerStep = 8

// Made is how many members the collections have that were put together since the
// last call of [Work.Forget].
func (w *Work) Made() int { return w.made }

// Forget says that what was made is in nobody's hands any more.
func (w *Work) Forget() { w.made = 0 }

// Err says why it was told to stop; nil if it was not.
func (w *Work) Err() error { return w.err }

// Do counts parts, and tells whether to stop.
func (w *Work) Do(parts int) bool { return w.do(parts) }

func (w *Work) do(parts int) (stop bool) {
	if w == nil {
		return false
	}
	if w.parts += parts; w.parts >= PartsPerStep {
		w.settle()
	}
	return w.err != nil
}

func (w *Work) settle() {
	steps := w.parts / PartsPerStep
	w.parts %= PartsPerStep
	if w.spend != nil && w.err == nil {
		w.err = w.spend(steps)
	}
}

// tooLong stops what makes text of more bytes than there may be.
func (w *Work) tooLong(bytes int) bool {
	if w == nil || w.bytes == 0 || bytes <= w.bytes {
		return false
	}
	if w.err == nil {
		w.err = w.tooLarge
	}
	return true
}

// text counts text of so many bytes, and tells whether to stop.
func (w *Work) text(bytes int) (stop bool) {
	if w == nil {
		return false
	}
	return w.tooLong(bytes) || w.do(bytes/(bytesPerStep/PartsPerStep))
}

// same compares two known values.
func (w *Work) same(a, b *ast.Term) bool {
	if a == b {
		return true
	}
	switch x := a.Value.(type) {
	case ast.String:
		y, ok := b.Value.(ast.String)
		if !ok || len(x) != len(y) {
			return false
		}
		if len(x) > bytesPerStep {
			w.do(len(x) / (bytesPerStep / PartsPerStep))
		}
		return x == y
	case *ast.Array:
		y, ok := b.Value.(*ast.Array)
		if !ok || x.Len() != y.Len() {
			return false
		}
		for i := range x.Len() {
			if w.do(1) || !w.same(x.Elem(i), y.Elem(i)) {
				return false
			}
		}
		return true
	case ast.Object:
		y, ok := b.Value.(ast.Object)
		if !ok || x.Len() != y.Len() || w.lookAt(a) {
			return false
		}
	case ast.Set:
		y, ok := b.Value.(ast.Set)
		if !ok || x.Len() != y.Len() || w.lookAt(a) {
			return false
		}
	}
	return a.Equal(b)
}

// lookAt counts the parts of a known value, and tells whether to stop.
func (w *Work) lookAt(t *ast.Term) (stop bool) {
	if w == nil {
		return false
	}
	switch v := t.Value.(type) {
	case ast.String:
		return w.do(1 + len(v)/bytesPerStep)
	case *ast.Array:
		return w.do(1) || v.Until(w.lookAt)
	case ast.Set:
		return w.do(1) || v.Until(w.lookAt)
	case ast.Object:
		return w.do(1) || v.Until(func(k, e *ast.Term) bool { return w.lookAt(k) || w.lookAt(e) })
	}
	return w.do(1)
}

// key counts what it takes to look a key up.
func (w *Work) key(k *ast.Term) {
	if s, ok := k.Value.(ast.String); ok && len(s) > bytesPerStep {
		w.do(len(s) / (bytesPerStep / PartsPerStep))
	}
}

// open returns a collection for looking at its parts, as [open] does.
func (w *Work) open(v Value) Value {
	switch c := v.(type) {
	case *ast.Term:
		switch n := c.Value.(type) {
		case *ast.Array:
			w.do(n.Len())
		case ast.Set:
			w.do(partsOfMember * n.Len())
		case ast.Object:
			w.do(partsOfMember * n.Len())
		}
	case *Doc:
		if n, ok := valueOf(c.term).(interface{ Len() int }); ok && c.parted == nil {
			w.do(partsOfGap * n.Len()) // what is unknown of each is looked for
		}
	}
	return open(v)
}

// sorted returns the indexes of terms in OPA's order.
func (w *Work) sorted(terms []*ast.Term) []int {
	w.do(2 * len(terms))
	return sorted(terms)
}
