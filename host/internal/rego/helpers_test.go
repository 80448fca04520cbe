package rego

import (
	"context"
	"strings"
	"testing/fstest"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/lane"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// header is METADATA for a test policy.
const header = `# METADATA
# title: test
# custom: {id: T-1, class: selection, hook: site, reviewed: 2026-11-23, settings: {limit: 5}}
`

// tester is what testing.T, testing.B and rapid.T have in common.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// load makes a policy set of modules by file name.
func load(t tester, modules map[string]string) *policy.Set {
	t.Helper()
	fsys := fstest.MapFS{}
	for name, text := range modules {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	set, err := policy.Load(policy.Source{Name: "test", FS: fsys})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// one makes a policy set of one policy, given its rules.
func one(t tester, rules string) *policy.Set {
	t.Helper()
	return load(t, map[string]string{"p.rego": header + "package p\n\n" + rules})
}

func init() { lane.Loud = true }

// engine compiles and binds.
func engine(t tester, set *policy.Set, docs Documents) *Engine {
	t.Helper()
	p, err := Compile(set)
	if err != nil {
		t.Fatal(err)
	}
	e, err := p.Bind(docs)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// term reads a document from Rego's notation, of which JSON is a part.
func term(t tester, text string) *ast.Term {
	t.Helper()
	x, err := ast.ParseTerm(text)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// input is a request and a component.
func input(t tester, request, component string) Input {
	t.Helper()
	return Input{Request: term(t, request), Component: term(t, component)}
}

// ask judges a site by the one policy of a set.
func ask(t tester, e *Engine, in Input, site SiteDoc) Result {
	t.Helper()
	r, err := e.Site(context.Background(), in, site)
	if err != nil {
		t.Fatal(err)
	}
	if len(r) != 1 {
		t.Fatalf("%d results", len(r))
	}
	return r[0]
}

// show prints findings one a line: message, location, and a question mark if it
// is not sure.
func show(fs []Finding) string {
	var b strings.Builder
	for _, f := range fs {
		b.WriteString(f.Message + " @" + f.Location)
		if !f.Sure {
			b.WriteString(" ?")
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// factNames prints facts on one line.
func factNames(fs []Fact) string {
	names := make([]string, len(fs))
	for i, f := range fs {
		names[i] = f.String()
	}
	return strings.Join(names, " ")
}
