package rego

import (
	"context"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/lane"
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
	ctx := context.Background()
	w := e.lanes()
	own := make([]lane.Doc, len(sites))
	for i := range sites {
		own[i] = sites[i].Own
	}
	left := 0
	b.ReportAllocs()
	for b.Loop() {
		left = 0
		r := w.NewRun(e.env(ctx, e.meter(ctx)), e.laneLimits())
		site := r.Rows(0, own, nil)
		req, comp := r.Known(in.Request), r.Known(in.Component)
		for _, p := range e.program.policies {
			input := r.Object(
				lane.Field{Name: "component", Value: comp}, lane.Field{Name: "request", Value: req},
				lane.Field{Name: "settings", Value: r.Known(p.settings)}, lane.Field{Name: "site", Value: site},
			)
			for kind := range p.rules {
				for _, body := range p.rules[kind] {
					a, ok, err := r.Marks(body.entry.vector, body.entry.index, input, r.Data(), lane.First(len(sites)))
					if err != nil || !ok {
						b.Fatal(err, ok)
					}
					l := a.Left()
					left += l.Count()
					a.Fired()
				}
			}
		}
		r.Close()
	}
	b.ReportMetric(float64(left), "left")
}
