package opawasm_test

import (
	"context"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/enginetest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/opabuild"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/opawasm"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/policies"
)

// BenchmarkSite judges one site by each standard policy: compiled by OPA, and by the reference engine.
func BenchmarkSite(b *testing.B) {
	ctx := context.Background()
	set, reference := standard()
	e := enginetest.New(b, false)
	data, err := opawasm.NewData(reference)
	if err != nil {
		b.Fatal(err)
	}
	in := inputs()["personal data"]
	source := modules(b, policies.FS())
	for _, p := range set.InForce() {
		built, err := opabuild.Build(ctx, source, entrypoint(p.Package), p.Settings)
		if err != nil {
			b.Fatal(err)
		}
		m, err := opa(b, e, built.Module, policy.ManifestSpec{ID: p.ID, Entrypoint: entrypoint(p.Package), Reads: built.Reads, Settings: p.Settings})
		if err != nil {
			b.Fatal(err)
		}
		pool, err := m.Bind(ctx, data, guest.PoolOptions{Most: 1})
		if err != nil {
			b.Fatal(err)
		}
		c, err := pool.Case(offer.Decision{}, in)
		if err != nil {
			b.Fatal(err)
		}
		only, _ := reference.Only(p.ID)
		var asked []rego.SiteDoc // where the policy is asked, and all it reads is known
		var fuel int64
		for _, site := range sites(b, "s3", "ec2", "dynamodb") {
			if _, u, err := c.Site(ctx, site); err != nil {
				b.Fatal(err)
			} else if u.Fuel > 0 {
				asked, fuel = append(asked, site), fuel+u.Fuel
			}
		}
		b.Run(p.ID+"/wasm", func(b *testing.B) {
			for i := range b.N {
				if _, _, err := c.Site(ctx, asked[i%len(asked)]); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(fuel)/float64(len(asked)), "fuel/op")
		})
		b.Run(p.ID+"/rego", func(b *testing.B) {
			for i := range b.N {
				if _, err := only.Site(ctx, in, asked[i%len(asked)]); err != nil {
					b.Fatal(err)
				}
			}
		})
		pool.Close()
	}
}

// BenchmarkBind makes an instance of a policy with the catalogue as its data.
func BenchmarkBind(b *testing.B) {
	ctx := context.Background()
	set, reference := standard()
	p := set.Policies()[0]
	built, err := opabuild.Build(ctx, modules(b, policies.FS()), entrypoint(p.Package), p.Settings)
	if err != nil {
		b.Fatal(err)
	}
	m, err := opa(b, enginetest.New(b, false), built.Module, policy.ManifestSpec{ID: p.ID, Entrypoint: entrypoint(p.Package), Reads: built.Reads, Settings: p.Settings})
	if err != nil {
		b.Fatal(err)
	}
	data, err := opawasm.NewData(reference)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		pool, err := m.Bind(ctx, data, guest.PoolOptions{Most: 1})
		if err != nil {
			b.Fatal(err)
		}
		pool.Close()
	}
}
