package sdktest_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/cataloguetest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/templatetest"
	"github.com/bailiwick-dev/bailiwick/sdk"
)

// BenchmarkHook calls the same rule, written in each language, over the real catalogue: a whole hook call, fresh state
// included, with room for reasons and without. ns/candidate is what each of 448 more candidates adds.
func BenchmarkHook(b *testing.B) {
	s := cataloguetest.Snapshot()
	request, err := templatetest.Request(b).Image(nil)
	if err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	for _, language := range sdk.Languages() {
		b.Run(language, func(b *testing.B) {
			l := templatetest.Template(b, root, language, 300)
			for _, texts := range []bool{false, true} {
				var out abi.Answer
				call := func(n int) func(b *testing.B) {
					c := templatetest.Call(s, request, n, texts)
					return func(b *testing.B) {
						b.ReportAllocs()
						var u guest.Usage
						for b.Loop() {
							if u, err = l.Call(ctx, abi.Site, offer.Decision{}, c, &out); err != nil {
								b.Fatal(err)
							}
						}
						b.ReportMetric(float64(u.Fuel), "fuel")
					}
				}
				b.Run(fmt.Sprintf("texts=%v/%d", texts, s.Sites()), call(s.Sites()))
				b.Run(fmt.Sprintf("texts=%v/64", texts), call(64))
			}
		})
	}
}

// BenchmarkHookAtOnce calls one plugin from one goroutine and from eight.
func BenchmarkHookAtOnce(b *testing.B) {
	s := cataloguetest.Snapshot()
	request, err := templatetest.Request(b).Image(nil)
	if err != nil {
		b.Fatal(err)
	}
	l := templatetest.Template(b, root, "c", 300)
	for _, n := range []int{1, 2, 8} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var wg sync.WaitGroup
			for g := range n {
				wg.Go(func() {
					c := templatetest.Call(s, request, s.Sites(), false)
					var out abi.Answer
					for i := g; i < b.N; i += n {
						if _, err := l.Call(context.Background(), abi.Site, offer.Decision{}, c, &out); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
		})
	}
}
