package document

import (
	"encoding/json"
	"iter"
	"strconv"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/topology"
)

type pair = [2]*ast.Term

func str(s string) *ast.Term { return ast.StringTerm(s) }

// number is a term that prints a value the one way JSON canonicalisation would.
func number(v float64) *ast.Term {
	return ast.NumberTerm(json.Number(strconv.FormatFloat(v, 'f', -1, 64)))
}

// Millis is a term for whole microseconds in milliseconds.
func Millis(micros int64) *ast.Term { return number(float64(micros) / 1000) }

func list(ids iter.Seq[string]) *ast.Term {
	var terms []*ast.Term
	for id := range ids {
		terms = append(terms, ast.InternedTerm(id))
	}
	return ast.ArrayTerm(terms...)
}

func stringList(ids []string) *ast.Term {
	terms := make([]*ast.Term, len(ids))
	for i, id := range ids {
		terms[i] = str(id)
	}
	return ast.ArrayTerm(terms...)
}

// fields gathers an object's pairs and the paths of its facts that are unknown.
type fields struct {
	pairs   []pair
	unknown []string
}

func (f *fields) put(name string, v *ast.Term) {
	f.pairs = append(f.pairs, pair{ast.InternedTerm(name), v})
}

func (f *fields) text(name string, v topology.Fact[string]) {
	f.fact(name, v.State, func() *ast.Term { return str(v.Value) })
}

func (f *fields) number(name string, v topology.Fact[float64]) {
	f.fact(name, v.State, func() *ast.Term { return number(v.Value) })
}

func (f *fields) integer(name string, v topology.Fact[int32]) {
	f.fact(name, v.State, func() *ast.Term { return number(float64(v.Value)) })
}

func (f *fields) boolean(name string, v topology.Fact[bool]) {
	f.fact(name, v.State, func() *ast.Term { return ast.InternedTerm(v.Value) })
}

// fact adds a fact that has a value, notes one that is unknown, and leaves one out that is absent.
func (f *fields) fact(name string, state topology.State, value func() *ast.Term) {
	switch state {
	case topology.Known:
		f.put(name, value())
	case topology.Unknown:
		f.unknown = append(f.unknown, name)
	}
}

// nest adds an object below name; its unknown paths are prefixed.
func (f *fields) nest(name string, inner *fields) {
	f.put(name, ast.ObjectTerm(inner.pairs...))
	for _, u := range inner.unknown {
		f.unknown = append(f.unknown, name+"."+u)
	}
}
