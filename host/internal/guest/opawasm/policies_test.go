package opawasm_test

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/cataloguetest"
	"github.com/bailiwick-dev/bailiwick/host/internal/document"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/enginetest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/opabuild"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/opawasm"
	"github.com/bailiwick-dev/bailiwick/host/internal/lane"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/policies"
)

// catalogue is the documents of the embedded catalogue.
var catalogue = sync.OnceValue(func() *document.Snapshot { return document.New(cataloguetest.Snapshot()) })

// documents are those of the catalogue, as rules see them.
func documents() rego.Documents {
	c := catalogue()
	data, unknown := c.On(c.AsOf())
	return rego.Documents{Topology: data, SiteUnknown: c.UnknownByID, AnyUnknown: c.UnknownAnywhere(), TopologyUnknown: unknown}
}

// sites are the sites of the catalogue, as a component with services and users sees them. Every fortieth is so far from its
// users that nobody knows how far.
func sites(t testing.TB, services ...string) []rego.SiteDoc {
	t.Helper()
	c := catalogue()
	var rows []topology.ServiceRow
	for _, s := range services {
		r, ok := c.Service(s)
		if !ok {
			t.Fatalf("no service %s", s)
		}
		rows = append(rows, r)
	}
	users := document.Users{Populations: []string{"DE", "US"}, Weights: []int64{1, 2}}
	out := make([]rego.SiteDoc, c.Sites())
	for i := range out {
		r := topology.SiteRow(i)
		seen := document.SiteLatency{
			Micros: []int64{int64(5_000 + i*7919%200_000), int64(5_000 + i*104729%200_000)},
			Basis:  []topology.Basis{topology.Measured, topology.Modelled},
		}
		if i%40 == 0 {
			seen.Micros[0], seen.Basis[0] = -1, topology.UnknownBasis
		}
		whole, own := c.For(r, rows, &users, seen)
		out[i] = rego.SiteDoc{ID: c.SiteID(r), Term: whole.Term, Unknown: whole.Unknown, Row: i, Own: lane.Doc{Term: own.Term, Unknown: own.Unknown}}
	}
	return out
}

// inputs are components that something is asked of by every policy.
func inputs() map[string]rego.Input {
	request := ast.MustParseTerm(`{"at": "2026-11-23T00:00:00Z", "partitions": ["aws"], "carbon": {"maxGramsPerKWh": 300, "basis": "location"}}`)
	return map[string]rego.Input{
		"personal data": {Request: request, Component: ast.MustParseTerm(`{"name": "api", "tier": "region", "services": ["s3", "ec2", "dynamodb"],
			"copies": {"min": 2, "max": 3}, "latency": {"maxMs": 60}, "survive": "zone",
			"data": [{"name": "customers", "class": "personal", "subjects": ["EU"], "residency": ["EU", "US"], "processing": ["EU", "US", "JP"],
				"transfer": [{"tool": "SCC", "to": "US", "until": "2027-01-01"}]}]}`)},
		"two data sets": {Request: request, Component: ast.MustParseTerm(`{"name": "db \"x\"\n", "tier": "region", "services": ["s3"],
			"copies": {"min": 1, "max": 1}, "survive": "region",
			"data": [{"name": "a", "class": "personal", "subjects": ["RU", "BR"], "residency": ["RU"]}, {"name": "b", "class": "health", "subjects": ["DE"], "processing": ["DE"]}]}`)},
		"nothing": {Request: ast.MustParseTerm(`{"at": "2026-11-23T00:00:00Z"}`), Component: ast.MustParseTerm(`{"name": "n", "tier": "region", "services": [], "data": [], "copies": {"min": 1, "max": 1}}`)},
	}
}

// opa makes a policy of a module. A whole package stands in as an entrypoint for its rules.
func opa(t testing.TB, e *guest.Engine, module []byte, spec policy.ManifestSpec) (*opawasm.Policy, error) {
	t.Helper()
	return opaGranted(t, e, module, spec, false)
}

// decision is what a policy could be told of a decision.
var decision offer.Decision

// opaGranted is a policy that is granted the log, or not.
func opaGranted(t testing.TB, e *guest.Engine, module []byte, spec policy.ManifestSpec, log bool) (*opawasm.Policy, error) {
	t.Helper()
	spec.ABI, spec.Hooks, spec.Class, spec.Title, spec.Reviewed = policy.ABIOPA, []string{"site"}, "selection", "T", "2026-11-23"
	if spec.ID == "" {
		spec.ID = "T-1"
	}
	m := policy.Manifest{APIVersion: "bailiwick/v1", Kind: "Plugin", Metadata: policy.ManifestMetadata{Name: "test/t", Version: "1.0.0"}, Spec: spec}
	p, err := m.Policy("t.wasm", module)
	if err != nil {
		t.Fatal(err)
	}
	if log {
		p.Plugin.Grants = []string{"log"}
	}
	set, _ := standard()
	c, err := opawasm.Load(context.Background(), e, p, set.Limits(),
		guest.Limits{InitialFuel: spec.Limits.InitialFuel, Fuel: spec.Limits.Fuel, FuelPerRow: spec.Limits.FuelPerRow, MemoryPages: uint32(spec.Limits.MemoryPages)})
	if err == nil {
		t.Cleanup(func() { _ = c.Close(context.Background()) })
	}
	return c, err
}

// standard is the policies of the standard library, each with the engine of rules that asks it alone.
var standard = sync.OnceValues(func() (*policy.Set, *rego.Engine) {
	set, err := policy.Load(policy.Source{Name: "standard", FS: policies.FS()})
	if err != nil {
		panic(err)
	}
	program, err := rego.Compile(set)
	if err != nil {
		panic(err)
	}
	e, err := program.Bind(documents())
	if err != nil {
		panic(err)
	}
	return set, e
})

func modules(t testing.TB, tree fs.FS) map[string]*ast.Module {
	t.Helper()
	m, err := opabuild.Modules(tree)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// entrypoint is a package as the compiler names it.
func entrypoint(pkg ast.Ref) string {
	var parts []string
	for _, t := range pkg[1:] {
		parts = append(parts, string(t.Value.(ast.String)))
	}
	return path.Join(parts...)
}

// bare is a result without what tells the places in Rego apart, which a module does not know, and without the doubt about
// texts: what is left must agree.
func bare(r rego.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s", r.Verdict)
	for i, list := range [][]rego.Finding{r.Denies, r.Warnings, r.Obligations} {
		var lines []string
		for _, f := range list {
			lines = append(lines, fmt.Sprintf("\n%d %q %v", i, f.Message, f.Extra))
		}
		slices.Sort(lines)
		b.WriteString(strings.Join(lines, ""))
	}
	if r.Score != nil {
		fmt.Fprintf(&b, "\nscore %v", *r.Score)
	}
	return b.String()
}

const interpreted = "TestStandardPolicies/interpreter"

// TestStandardPolicies compiles every standard policy and compares it with the reference engine at every site of the
// catalogue: where all it lists is known they say the same, and where not it is undecided. It holds on both ways to run
// guests, with the same fuel; the slower one is asked about some sites.
func TestStandardPolicies(t *testing.T) {
	set, reference := standard()
	source := modules(t, policies.FS())
	compiled := 0
	fuel := map[string]int64{}
	ways := 2
	if testing.Short() {
		ways = 1
	}
	enginetest.Both(t, func(t *testing.T, e *guest.Engine) {
		if t.Name() == interpreted && testing.Short() {
			t.Skip("NOT RUN with -short: no two goroutines meet in the interpreter, and the race detector takes minutes over it")
		}
		ctx := context.Background()
		data, err := opawasm.NewData(reference)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range set.InForce() { // all of them are about sites
			built, err := opabuild.Build(ctx, source, entrypoint(p.Package), p.Settings)
			if err != nil {
				t.Errorf("%s: %v", p.ID, err)
				continue
			}
			compiled++
			m, err := opa(t, e, built.Module, policy.ManifestSpec{ID: p.ID, Entrypoint: entrypoint(p.Package), Reads: built.Reads, Settings: p.Settings})
			if err != nil {
				t.Errorf("%s: %v", p.ID, err)
				continue
			}
			pool, err := m.Bind(ctx, data, guest.PoolOptions{Most: 1})
			if err != nil {
				t.Errorf("%s: %v", p.ID, err)
				continue
			}
			only, ok := reference.Only(p.ID)
			if !ok {
				t.Fatalf("%s is not among the policies", p.ID)
			}
			asked, total := 0, 0
			for name, in := range inputs() {
				c, err := pool.Case(offer.Decision{}, in)
				if err != nil {
					t.Fatal(err)
				}
				for i, site := range sites(t, "s3", "ec2", "dynamodb") {
					if few := t.Name() == interpreted || testing.Short(); few && i%40 != 1 && i%40 != 0 {
						continue
					}
					total++
					got, u, err := c.Site(ctx, site)
					if err != nil {
						t.Fatalf("%s, %s: %v", p.ID, name, err)
					}
					key := p.ID + name + site.ID
					if was, ok := fuel[key]; ok && was != u.Fuel {
						t.Errorf("%s at %s used %d units of fuel, and %d", p.ID, site.ID, was, u.Fuel)
					}
					fuel[key] = u.Fuel
					want, err := only.Site(ctx, in, site)
					if err != nil {
						t.Fatal(err)
					}
					if u.Fuel == 0 {
						if got.Verdict == rego.Deny || !slices.Contains(built.Rules, policy.RuleDeny) && got.Verdict != rego.Permit {
							t.Errorf("%s at %s was not asked, and says %s", p.ID, site.ID, bare(got))
						}
						continue
					}
					asked++
					if a, b := bare(got), bare(want[0]); a != b {
						t.Errorf("%s, %s at %s:\n%s\nwant\n%s", p.ID, name, site.ID, a, b)
					}
				}
			}
			if s := pool.Stats(); s.Made > 2 {
				t.Errorf("%s: %+v: instances are not used again", p.ID, s)
			}
			pool.Close()
			t.Logf("%s reads %s: asked at %d of %d", p.ID, strings.Join(built.Reads, " "), asked, total)
		}
	})
	if want := ways * len(set.InForce()); compiled != want {
		t.Errorf("%d of %d policies compile", compiled, want)
	}
}
