package rego

import (
	"context"
	"testing"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	oparego "github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"

	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// ordinary is how OPA is usually embedded: one prepared query per policy over a
// store of Go maps, evaluated with a Go map as input.
type ordinary struct {
	policies []*policy.Policy
	queries  []oparego.PreparedEvalQuery
	input    map[string]any
}

func newOrdinary(b *testing.B, set *policy.Set, topology map[string]any) *ordinary {
	b.Helper()
	ctx := context.Background()
	mods := map[string]*ast.Module{}
	for _, m := range set.Modules() {
		mods[m.Name] = m.AST
	}
	c := ast.NewCompiler()
	if c.Compile(mods); c.Failed() {
		b.Fatal(c.Errors)
	}
	o := &ordinary{input: map[string]any{"request": requestObject(), "component": componentObject()}}
	store := inmem.NewFromObject(map[string]any{"topology": topology})
	for _, p := range set.Policies() {
		q, err := oparego.New(
			oparego.ParsedQuery(ast.NewBody(ast.NewExpr(ast.NewTerm(p.Package)))),
			oparego.Compiler(c), oparego.Store(store), oparego.StrictBuiltinErrors(true),
		).PrepareForEval(ctx)
		if err != nil {
			b.Fatal(err)
		}
		o.policies, o.queries = append(o.policies, p), append(o.queries, q)
	}
	return o
}

// site evaluates all policies at one site.
func (o *ordinary) site(b *testing.B, site map[string]any) {
	for i, q := range o.queries {
		in := map[string]any{"request": o.input["request"], "component": o.input["component"], "settings": o.policies[i].Settings, "site": site}
		if _, err := q.Eval(context.Background(), oparego.EvalInput(in)); err != nil {
			b.Fatal(err)
		}
	}
}

// benchmark judges n sites by the standard library, and reports how many times
// as long the ordinary way takes, measured beside it in the same run.
func benchmark(b *testing.B, n int) {
	set := standard(b)
	e := engine(b, set, standardDocs(b, 160))
	in, sites := standardInput(b), standardSites(b, n)
	o := newOrdinary(b, set, topologyObject(160))
	objects := make([]map[string]any, n)
	for i := range objects {
		objects[i] = siteObject(i)
	}
	b.ReportAllocs()
	var mine, theirs time.Duration
	for b.Loop() {
		start := time.Now()
		c := e.Case(context.Background(), in)
		for _, s := range sites {
			if _, err := c.Site(context.Background(), s); err != nil {
				b.Fatal(err)
			}
		}
		mine += time.Since(start)
		b.StopTimer()
		start = time.Now()
		for _, s := range objects {
			o.site(b, s)
		}
		theirs += time.Since(start)
		b.StartTimer()
	}
	b.ReportMetric(float64(theirs)/float64(mine), "ordinary/this")
}

// BenchmarkSites160Unprepared asks about each site without preparing the component for all of them.
func BenchmarkSites160Unprepared(b *testing.B) {
	e := engine(b, standard(b), standardDocs(b, 160))
	in, sites := standardInput(b), standardSites(b, 160)
	b.ReportAllocs()
	for b.Loop() {
		for _, s := range sites {
			if _, err := e.Site(context.Background(), in, s); err != nil {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkSite(b *testing.B)     { benchmark(b, 1) }
func BenchmarkSites160(b *testing.B) { benchmark(b, 160) }

// BenchmarkUnknown judges sites of which little is known: most bodies are
// evaluated in three-valued logic.
func BenchmarkUnknown(b *testing.B) {
	e := engine(b, standard(b), standardDocs(b, 160))
	in, sites := standardInput(b), standardSites(b, 160)
	for i := range sites {
		sites[i].Unknown = []string{"country", "jurisdictions", "carbon", "optIn"}
	}
	b.ReportAllocs()
	for b.Loop() {
		c := e.Case(context.Background(), in)
		for _, s := range sites {
			if _, err := c.Site(context.Background(), s); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkCompile compiles the standard library.
func BenchmarkCompile(b *testing.B) {
	set := standard(b)
	for b.Loop() {
		if _, err := Compile(set); err != nil {
			b.Fatal(err)
		}
	}
}
