package lane

import (
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// compare is OPA's order of values, all known.
func (h *heap) compare(a, b id) int {
	x, y := h.v(a), h.v(b)
	if x.equal == y.equal {
		return 0
	}
	if x.kind != y.kind {
		if x.kind < y.kind {
			return -1
		}
		return 1
	}
	switch x.kind {
	case plan.BoolKind:
		if x.num < y.num {
			return -1
		}
		return 1
	case plan.NumberKind:
		switch {
		case x.num < y.num: // rounding keeps the order
			return -1
		case x.num > y.num:
			return 1
		}
		return ast.NumberCompare(ast.Number(x.str), ast.Number(y.str))
	case plan.StringKind:
		return strings.Compare(x.str, y.str)
	}
	for i := range min(len(x.elems), len(y.elems)) {
		if c := h.compare(x.elems[i], y.elems[i]); c != 0 {
			return c
		}
	}
	return len(x.elems) - len(y.elems)
}

// fromTerm interns a known value.
func (h *heap) fromTerm(t *ast.Term) id {
	switch v := t.Value.(type) {
	case ast.Null:
		return idNull
	case ast.Boolean:
		if v {
			return idTrue
		}
		return idFalse
	case ast.Number:
		return h.withTerm(h.number(string(v)), t)
	case ast.String:
		return h.withTerm(h.str(string(v)), t)
	case *ast.Array:
		elems := make([]id, 0, v.Len())
		v.Foreach(func(e *ast.Term) { elems = append(elems, h.fromTerm(e)) })
		return h.withTerm(h.array(elems), t)
	case ast.Set:
		elems := make([]id, 0, v.Len())
		v.Foreach(func(e *ast.Term) { elems = append(elems, h.fromTerm(e)) })
		return h.withTerm(h.setOf(elems), t)
	case ast.Object:
		elems := make([]id, 0, 2*v.Len())
		// In order. OPA's own look-up misses some numbers that are written in another way, as
		// they have another hash.
		v.Foreach(func(k, e *ast.Term) { elems = append(elems, h.fromTerm(k), h.fromTerm(e)) })
		return h.withTerm(h.object(elems), t)
	}
	panic("a term that is no value: " + t.String())
}

// withTerm notes the term of a value that has just been made.
func (h *heap) withTerm(i id, t *ast.Term) id {
	if i>>levelBits == h.level {
		if v := h.v(i); v.term == nil {
			v.term = t
		}
	}
	return i
}

// term returns a known value as OPA's functions take it.
func (h *heap) term(i id) *ast.Term {
	v := h.v(i)
	if v.term != nil {
		return v.term
	}
	var t *ast.Term
	switch v.kind {
	case plan.StringKind:
		t = ast.StringTerm(v.str)
	case plan.NumberKind:
		t = ast.NewTerm(ast.Number(v.str))
	case plan.ArrayKind:
		t = ast.ArrayTerm(h.terms(v.elems)...)
	case plan.SetKind:
		t = ast.SetTerm(h.terms(v.elems)...)
	case plan.ObjectKind:
		o := ast.NewObjectWithCapacity(len(v.elems) / 2)
		for k := 0; k < len(v.elems); k += 2 {
			o.Insert(h.term(v.elems[k]), h.term(v.elems[k+1]))
		}
		t = ast.NewTerm(o)
	}
	if i>>levelBits == h.level {
		v.term = t
	}
	return t
}

func (h *heap) terms(ids []id) []*ast.Term {
	out := make([]*ast.Term, len(ids))
	for i, e := range ids {
		out[i] = h.term(e)
	}
	return out
}

// vague interns what package plan knows of a value.
func (h *heap) vague(pv plan.Value) id {
	if t, ok := plan.Known(pv); ok {
		return h.fromTerm(t)
	}
	if _, any := pv.(*plan.Unknown); any {
		return idUnknown
	}
	v := value{vague: true, kind: plan.KindOf(pv), pv: pv, size: 2}
	if t, ok := pv.(*plan.Text); ok {
		v.size = len(t.Rendered)
	}
	return h.add(v)
}

// document keeps a document of which parts are unknown; 0 if there is none.
func (h *heap) document(t *ast.Term, gaps *plan.Gaps) id {
	if gaps == nil && t == nil {
		return 0
	}
	pv := plan.NewDoc(t, gaps)
	if k, ok := plan.Known(pv); ok {
		return h.fromTerm(k)
	}
	if _, any := pv.(*plan.Unknown); any {
		return idUnknown
	}
	return h.add(value{vague: true, kind: plan.KindOf(pv), term: t, gaps: gaps, size: 2})
}

// pv returns a value as package plan takes it.
func (h *heap) pv(i id) plan.Value {
	v := h.v(i)
	switch {
	case !v.vague:
		return h.term(i)
	case v.list && v.pv == nil:
		return plan.NewDoc(ast.ArrayTerm(h.terms(v.elems)...), wholeGap)
	case v.gaps != nil:
		return plan.NewDoc(v.term, v.gaps) // anew: looking into it changes it
	}
	return v.pv
}

// wholeGap says that a list may have other members.
var wholeGap = plan.Whole()

func (h *heap) pvs(ids []id) []plan.Value {
	out := make([]plan.Value, len(ids))
	for i, e := range ids {
		out[i] = h.pv(e)
	}
	return out
}
