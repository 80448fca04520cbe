package rego

import (
	"context"
	"fmt"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/lane"
)

// BenchmarkLanes judges sites by the standard library all at once: every finding
// with its text.
func BenchmarkLanes(b *testing.B) {
	for _, n := range []int{1, 160, 512} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			in, sites := standardInput(b), standardSites(b, n)
			docs := standardDocs(b, n)
			for i := range sites {
				sites[i].Row = i
			}
			docs.Rows = sites
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

// BenchmarkLanesVerdicts only tells which sites each body speaks against.
func BenchmarkLanesVerdicts(b *testing.B) {
	for _, n := range []int{1, 160, 512} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			in, sites := standardInput(b), standardSites(b, n)
			docs := standardDocs(b, n)
			docs.Rows = sites
			e := engine(b, standard(b), docs)
			ctx := context.Background()
			w := e.lanes()
			b.ReportAllocs()
			for b.Loop() {
				r := w.NewRun(e.env(ctx, e.meter(ctx)), e.laneLimits())
				site := r.Rows(0, nil, nil)
				req, comp := r.Known(in.Request), r.Known(in.Component)
				for _, p := range e.program.policies {
					input := r.Object(
						lane.Field{Name: "component", Value: comp}, lane.Field{Name: "request", Value: req},
						lane.Field{Name: "settings", Value: r.Known(p.settings)}, lane.Field{Name: "site", Value: site},
					)
					for _, body := range p.rules[0] {
						a, ok, err := r.Marks(body.entry.vector, body.entry.index, input, r.Data(), lane.First(n))
						if err != nil || !ok {
							b.Fatal(body.location, err, ok)
						}
						if l := a.Left(); !l.None() {
							b.Fatal(l.Count())
						}
						a.Fired()
					}
				}
				r.Close()
			}
		})
	}
}
