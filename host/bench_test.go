package host_test

import (
	"context"
	"os"
	"path/filepath"
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
