package rego

import (
	"context"
	"strconv"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
)

// BenchmarkCatalogue judges all sites of the catalogue by the standard library,
// every finding with its text: on lanes, and by OPA one by one.
func BenchmarkCatalogue(b *testing.B) {
	in, sites := catalogueInput(), catalogueSites([]string{"s3", "ec2", "dynamodb"}, "DE", "US", "JP")
	for _, byLanes := range []bool{true, false} {
		name := map[bool]string{true: "lane", false: "rego"}[byLanes]
		b.Run(name, func(b *testing.B) {
			docs := catalogueDocs()
			docs.ByLanes = byLanes
			e := engine(b, standard(b), docs)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := e.Case(context.Background(), in).Sites(context.Background(), sites); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkCatalogueVerdicts tells which sites of the catalogue each body of the
// standard library speaks against, and no more.
func BenchmarkCatalogueVerdicts(b *testing.B) {
	in, sites := catalogueInput(), catalogueSites([]string{"s3", "ec2", "dynamodb"}, "DE", "US", "JP")
	e := engine(b, standard(b), catalogueDocs())
	v, err := e.Case(context.Background(), in).Verdicts(sites)
	if err != nil {
		b.Fatal(err)
	}
	rules := 0
	for _, p := range e.program.policies {
		rules += len(p.rules[0])
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := v.Judge(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(rules), "ns/rule")
}

// BenchmarkCatalogueTexts makes every finding of the standard library at all sites of
// the catalogue with its text, denials, warnings and obligations: what comes on top
// of verdicts when somebody asks to see why. The documents have been prepared.
func BenchmarkCatalogueTexts(b *testing.B) {
	in, sites := catalogueInput(), catalogueSites([]string{"s3", "ec2", "dynamodb"}, "DE", "US", "JP")
	ctx := context.Background()
	e := engine(b, standard(b), catalogueDocs())
	q := e.lanes().NewQuestion()
	d, err := e.Case(ctx, in).documents(q, sites)
	if err != nil {
		b.Fatal(err)
	}
	denied := 0
	for b.Loop() {
		m := e.meter(ctx)
		run := q.NewRun(e.env(ctx, m), e.laneLimits())
		judged := &block{documents: d, ctx: ctx, meter: m, run: run, found: make([]collector, len(sites))}
		out := make([][]Result, len(sites))
		if err := judged.judge(out); err != nil {
			b.Fatal(err)
		}
		run.Close()
		denied = 0
		for _, rs := range out {
			for _, r := range rs {
				denied += len(r.Denies)
			}
		}
	}
	b.ReportMetric(float64(denied), "denials")
}

// BenchmarkScale tells which of more and more sites the standard library denies: the
// catalogue's, over and over, each with an id of its own.
func BenchmarkScale(b *testing.B) {
	in, some := catalogueInput(), catalogueSites([]string{"s3", "ec2", "dynamodb"}, "DE", "US", "JP")
	set, docs := standard(b), catalogueDocs()
	base := docs.Rows
	for _, n := range []int{100, 1_000, 10_000, 100_000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			rows, sites := make([]SiteDoc, n), make([]SiteDoc, n)
			for i := range n {
				id := "site-" + strconv.Itoa(i)
				rows[i] = renamed(base[i%len(base)], id, i)
				sites[i] = renamed(some[i%len(some)], id, i)
			}
			docs.Rows = rows
			e := engine(b, set, docs)
			v, err := e.Case(context.Background(), in).Verdicts(sites)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := v.Judge(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/site")
		})
	}
}

// renamed is a site with another id and row.
func renamed(s SiteDoc, id string, row int) SiteDoc {
	o, _ := s.Term.Value.(ast.Object).MergeWith(ast.NewObject([2]*ast.Term{keyID, ast.StringTerm(id)}), func(_, new *ast.Term) (*ast.Term, bool) { return new, false })
	s.ID, s.Row, s.Term = id, row, ast.NewTerm(o)
	return s
}

var keyID = ast.StringTerm("id")
