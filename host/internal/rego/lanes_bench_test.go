package rego

import (
	"context"
	"testing"
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
