package host_test

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// BenchmarkOpen loads, compiles and verifies the embedded catalogue and compiles the standard policies
// against it.
func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		h, err := host.Open(context.Background())
		if err != nil {
			b.Fatal(err)
		}
		h.Close()
	}
}

func example(b *testing.B, name string) *placement.Request {
	b.Helper()
	text, err := os.ReadFile(filepath.Join("..", "docs", "examples", name))
	if err != nil {
		b.Fatal(err)
	}
	req, err := placement.Decode(name, text)
	if err != nil {
		b.Fatal(err)
	}
	return req
}

// BenchmarkDecide answers each example on an open host.
func BenchmarkDecide(b *testing.B) {
	h, err := host.Open(context.Background())
	if err != nil {
		b.Fatal(err)
	}
	defer h.Close()
	for _, name := range []string{"checkout.yaml", "govcloud.yaml", "china.yaml", "batch.yaml", "impossible.yaml", "game.yaml", "video.yaml", "storefront.yaml", "trading.yaml", "current.yaml"} {
		req := example(b, name)
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := h.Decide(context.Background(), req); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("checkout.yaml in parallel", func(b *testing.B) {
		req := example(b, "checkout.yaml")
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := h.Decide(context.Background(), req); err != nil {
					b.Error(err)
					return
				}
			}
		})
	})
}

// BenchmarkSimulate compares generated requests before and after the price of a region of the catalogue changed: 1 000 of them
// an operation, on as many processors as there are.
func BenchmarkSimulate(b *testing.B) {
	before, _, w := catalogueChange(b, dearerFrankfurt)
	snap, err := before.Snapshot()
	if err != nil {
		b.Fatal(err)
	}
	a := newAsker(snap)
	requests := make([]*placement.Request, 1000)
	for i := range requests {
		requests[i] = a.request(b, i)
	}
	for b.Loop() {
		var decided, changed atomic.Int64
		var next atomic.Int64
		var all sync.WaitGroup
		for range runtime.GOMAXPROCS(0) {
			all.Go(func() {
				for i := next.Add(1) - 1; i < int64(len(requests)); i = next.Add(1) - 1 {
					d, err := w.Decide(context.Background(), requests[i])
					if err != nil {
						b.Error(err)
						return
					}
					if d.Decided {
						decided.Add(1)
					}
					if d.Changed {
						changed.Add(1)
					}
				}
			})
		}
		all.Wait()
		b.ReportMetric(float64(decided.Load()), "decided")
		b.ReportMetric(float64(changed.Load()), "changed")
	}
}

// BenchmarkOpenEverything opens a host with the whole library, policies that are off included.
func BenchmarkOpenEverything(b *testing.B) {
	for b.Loop() {
		h, err := host.Open(context.Background(), host.WithOffPolicies())
		if err != nil {
			b.Fatal(err)
		}
		_ = h.Close()
	}
}
