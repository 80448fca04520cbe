package baseline_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/internal/baseline"
	"github.com/bailiwick-dev/bailiwick/host/internal/inputs"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// own are policies with what the standard ones lack: a score, which may be undefined; objects with messages;
// no deny; nothing but deny.
const own = `# METADATA
# title: Scores, and denies with objects
# custom: {id: OWN-1, class: selection, hook: site, reviewed: 2026-11-23, settings: {least: 400}}
package own.first

score := 50 if input.site.carbon.gridGramsPerKWh < input.settings.least

deny contains {"message": sprintf("%s of %s", [input.site.id, input.component.name]), "kind": input.site.kind} if input.site.kind == "edge-location"
`

const ownSecond = `# METADATA
# title: Only warns
# custom: {id: OWN-2, class: selection, hook: site, reviewed: 2026-11-23}
package own.second

import data.lib.sites

warn contains sites.region if input.site.kind != "region"

obligation contains "ask" if some id, s in data.topology.sites
`

func open(t testing.TB, opts ...host.Option) *host.Host {
	t.Helper()
	h, err := host.Open(context.Background(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// example returns what rules are asked with about an example's first component.
func example(t testing.TB, h *host.Host, name string) *inputs.Inputs {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "examples", name))
	if err != nil {
		t.Fatal(err)
	}
	req, err := placement.Decode(name, text)
	if err != nil {
		t.Fatal(err)
	}
	in, err := h.Inputs(context.Background(), req, "")
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func prepare(t testing.TB, in *inputs.Inputs) *baseline.Baseline {
	t.Helper()
	b, err := baseline.New(in.Policies, question(in))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func question(in *inputs.Inputs) baseline.Question {
	q := baseline.Question{Topology: in.Documents.Topology, Request: in.Input.Request, Component: in.Input.Component}
	for _, s := range in.Sites {
		q.Sites = append(q.Sites, s.Term)
	}
	return q
}

// said is what a policy says of a site, however it was asked.
type said struct {
	Deny, Warn, Obligation []string
	Score                  string
}

// byHost asks the reference engine, which is told that nothing is unknown: what is absent is known to be.
func byHost(t *testing.T, in *inputs.Inputs) map[string][]said {
	t.Helper()
	p, err := rego.Compile(in.Policies)
	if err != nil {
		t.Fatal(err)
	}
	e, err := p.Bind(rego.Documents{Topology: in.Documents.Topology})
	if err != nil {
		t.Fatal(err)
	}
	c := e.Case(context.Background(), in.Input)
	out := map[string][]said{}
	for _, s := range in.Sites {
		results, err := c.Site(context.Background(), rego.SiteDoc{ID: s.ID, Term: s.Term})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range results {
			x := said{Deny: messages(r.Denies), Warn: messages(r.Warnings), Obligation: messages(r.Obligations)}
			if r.Score != nil {
				x.Score = fmt.Sprint(*r.Score)
			}
			out[r.Policy.ID] = append(out[r.Policy.ID], x)
		}
	}
	return out
}

func messages(found []rego.Finding) []string {
	var out []string
	for _, f := range found {
		out = append(out, f.Message)
	}
	slices.Sort(out)
	return out
}

// elements are the messages in a set.
func elements(set *ast.Term) []string {
	if set == nil {
		return nil
	}
	var out []string
	for _, e := range set.Value.(ast.Set).Slice() {
		if o, ok := e.Value.(ast.Object); ok {
			e = o.Get(ast.StringTerm("message"))
		}
		out = append(out, string(e.Value.(ast.String)))
	}
	slices.Sort(out)
	return out
}

// byOPA asks in one form for texts.
func byOPA(t *testing.T, b *baseline.Baseline, form baseline.Form) map[string][]said {
	t.Helper()
	a := eval(t, b, form, "", false)
	out := map[string][]said{}
	for p, id := range a.Policies {
		for i, f := range a.Found[p] {
			x := said{Deny: elements(f.Deny), Warn: elements(f.Warn), Obligation: elements(f.Obligation)}
			if f.Score != nil && f.Score.Value.(*ast.Array).Len() == 1 {
				x.Score = f.Score.Value.(*ast.Array).Elem(0).String()
			}
			if denied := len(x.Deny) > 0; denied != a.Denied[p][i] {
				t.Errorf("%s, %s: denied %t, and found %q", form, id, a.Denied[p][i], x.Deny)
			}
			out[id] = append(out[id], x)
		}
	}
	return out
}

func eval(t testing.TB, b *baseline.Baseline, form baseline.Form, id string, verdicts bool) *baseline.Answer {
	t.Helper()
	q, err := b.Prepare(form, id, verdicts)
	if err != nil {
		t.Fatal(err)
	}
	a, err := q.Eval(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestAgreesWithHost: both forms find what the host's reference engine finds, at all sites.
func TestAgreesWithHost(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN with -short: no two goroutines meet here, and the race detector takes minutes over it")
	}
	h := open(t, host.WithPolicies("own", fstest.MapFS{"first.rego": {Data: []byte(own)}, "second.rego": {Data: []byte(ownSecond)}}))
	for _, name := range []string{"checkout.yaml", "china.yaml", "game.yaml"} {
		t.Run(name, func(t *testing.T) {
			in := example(t, h, name)
			b, want := prepare(t, in), byHost(t, in)
			denied := 0
			for _, form := range baseline.Forms() {
				if diff := cmp.Diff(want, byOPA(t, b, form)); diff != "" {
					t.Errorf("%s: host and OPA differ (-host +OPA):\n%s", form, diff)
				}
				a := eval(t, b, form, "", true)
				if a.Found != nil || len(a.Policies) < 25 {
					t.Errorf("%s: %d policies; texts %t", form, len(a.Policies), a.Found != nil)
				}
				for p, id := range a.Policies {
					for i, d := range a.Denied[p] {
						if d != (len(want[id][i].Deny) > 0) {
							t.Errorf("%s: %s at %s: denied %t, want %q", form, id, in.Sites[i].ID, d, want[id][i].Deny)
						}
						if d {
							denied++
						}
					}
				}
			}
			if denied == 0 {
				t.Error("nothing was denied")
			}
		})
	}
}

// TestOnePolicy asks one policy, and twice: nothing is left over from the first time.
func TestOnePolicy(t *testing.T) {
	in := example(t, open(t), "checkout.yaml")
	b, want := prepare(t, in), byHost(t, in)["SOV-01"]
	for _, form := range baseline.Forms() {
		q, err := b.Prepare(form, "SOV-01", true)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			a, err := q.Eval(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(a.Policies, []string{"SOV-01"}) {
				t.Errorf("policies %v", a.Policies)
			}
			for i, d := range a.Denied[0] {
				if d != (len(want[i].Deny) > 0) {
					t.Errorf("%s: %s: denied %t", form, in.Sites[i].ID, d)
				}
			}
		}
	}
}

func TestErrors(t *testing.T) {
	fails := `# METADATA
# title: Fails where the site is asked about
# custom: {id: BAD, class: selection, hook: site, reviewed: 2026-11-23}
package bad

deny contains "x" if to_number(input.site.id) > 1
`
	set, err := policy.Load(policy.Source{Name: "own", FS: fstest.MapFS{"bad.rego": {Data: []byte(fails)}}})
	if err != nil {
		t.Fatal(err)
	}
	b, err := baseline.New(set, baseline.Question{
		Topology: ast.ObjectTerm(), Request: ast.ObjectTerm(), Component: ast.ObjectTerm(),
		Sites: []*ast.Term{ast.MustParseTerm(`{"id": "a"}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Prepare(baseline.SiteBySite, "BED", false); err == nil || err.Error() != `there is no policy "BED"` {
		t.Errorf("%v", err)
	}
	for _, form := range baseline.Forms() {
		q, err := b.Prepare(form, "", false)
		if err != nil {
			t.Fatal(err)
		}
		want := `policy BAD: own/bad.rego:6: eval_builtin_error: to_number: strconv.ParseFloat: parsing "a": invalid syntax`
		if _, err := q.Eval(context.Background()); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", form, err, want)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := q.Eval(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", form, err)
		}
	}
}

// Benchmark evaluates every standard policy at every site of the embedded catalogue, in each form.
func Benchmark(b *testing.B) {
	in := example(b, open(b), "checkout.yaml")
	base := prepare(b, in)
	for _, form := range baseline.Forms() {
		for _, verdicts := range []bool{false, true} {
			name := form.String() + ", texts"
			if verdicts {
				name = form.String() + ", verdicts"
			}
			b.Run(name, func(b *testing.B) {
				q, err := base.Prepare(form, "", verdicts)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportAllocs()
				for b.Loop() {
					if _, err := q.Eval(context.Background()); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(len(in.Sites)), "sites")
			})
		}
	}
}
