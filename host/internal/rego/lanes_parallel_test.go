package rego

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/policies"

	"github.com/open-policy-agent/opa/v1/ast"
)

// otherInputs are requests for which the catalogue's sites fare differently.
func otherInputs() []Input {
	out := []Input{catalogueInput()}
	for _, change := range []struct{ old, new string }{
		{`"EU", "US"`, `"JP"`}, {`"maxMs": 60`, `"maxMs": 5`}, {`"class": "personal"`, `"class": "public"`},
	} {
		in := out[0]
		in.Component = ast.MustParseTerm(strings.Replace(in.Component.String(), change.old, change.new, 1))
		out = append(out, in)
	}
	return out
}

// TestLanesAtOnce asks one policy set from eight goroutines: with texts and without,
// for several requests, from the first use of an engine on, when what all share is
// made.
func TestLanesAtOnce(t *testing.T) {
	ctx := context.Background()
	sites := catalogueSites([]string{"s3", "ec2", "dynamodb"}, "DE", "US", "JP")
	docs, set := catalogueDocs(), standard(t)
	inputs := otherInputs()
	full := make([]string, len(inputs))
	verdicts := make([][]Verdict, len(inputs))
	sequential := engine(t, set, docs)
	for i, in := range inputs {
		all, err := sequential.Case(ctx, in).Sites(ctx, sites)
		if err != nil {
			t.Fatal(err)
		}
		full[i] = digests(all)
		v, err := sequential.Case(ctx, in).Verdicts(sites)
		if err != nil {
			t.Fatal(err)
		}
		if verdicts[i], err = v.Judge(ctx); err != nil {
			t.Fatal(err)
		}
		for k := range i {
			if full[k] == full[i] || slices.Equal(verdicts[k], verdicts[i]) {
				t.Errorf("requests %d and %d come to the same: they show little", k, i)
			}
		}
	}
	for range 3 {
		e := engine(t, set, docs)
		shared := make([]*Case, len(inputs))
		for i, in := range inputs {
			shared[i] = e.Case(ctx, in)
		}
		var wg sync.WaitGroup
		for n := range 8 {
			wg.Go(func() {
				i := n % len(inputs)
				c := shared[i]
				if n >= len(inputs) {
					c = e.Case(ctx, inputs[i])
				}
				if n%2 == 0 {
					all, err := c.Sites(ctx, sites)
					if err != nil || digests(all) != full[i] {
						t.Errorf("request %d: other findings than alone, error %v", i, err)
					}
				}
				v, err := c.Verdicts(sites)
				if err != nil {
					t.Error(err)
					return
				}
				for range 3 {
					if got, err := v.Judge(ctx); err != nil || !slices.Equal(got, verdicts[i]) {
						t.Errorf("request %d: other verdicts than alone, error %v", i, err)
					}
				}
			})
		}
		wg.Wait()
	}
}

func digests(all [][]Result) string {
	var b strings.Builder
	for _, rs := range all {
		b.WriteString(digest(rs))
	}
	return b.String()
}

// TestVerdictsAllocate holds a decision of all the catalogue's sites, and one of a
// part of them, to a hundred allocations: by all standard policies but SOV-12, which by itself makes as many of the
// regimes that it walks through.
func TestVerdictsAllocate(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN with -short: under the race detector pools forget at random")
	}
	docs := catalogueDocs()
	sites := catalogueSites([]string{"s3", "ec2", "dynamodb"}, "DE", "US", "JP")
	for _, n := range []int{len(sites), 100} { // the first hundred have no region, being regions
		docs.Rows = docs.Rows[:n]
		set, err := policy.Load(policy.Source{Name: "standard", FS: policies.FS(), Without: []string{"SOV-12"}})
		if err != nil {
			t.Fatal(err)
		}
		e := engine(t, set, docs)
		v, err := e.Case(context.Background(), catalogueInput()).Verdicts(sites[:n])
		if err != nil {
			t.Fatal(err)
		}
		allocations := testing.AllocsPerRun(100, func() {
			if _, err := v.Judge(context.Background()); err != nil {
				t.Fatal(err)
			}
		})
		if allocations > 100 {
			t.Errorf("%d sites: %v allocations", n, allocations)
		}
	}
}

// BenchmarkCatalogueAtOnce judges the catalogue's sites from as many goroutines as
// there are processors (-cpu): what each takes, and how many decisions a second come
// of it.
func BenchmarkCatalogueAtOnce(b *testing.B) {
	e := engine(b, standard(b), catalogueDocs())
	v, err := e.Case(context.Background(), catalogueInput()).Verdicts(catalogueSites([]string{"s3", "ec2", "dynamodb"}, "DE", "US", "JP"))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := v.Judge(context.Background()); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "decisions/s")
}
