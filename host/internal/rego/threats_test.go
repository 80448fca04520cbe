package rego

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/lane"
)

// countingContext ends after it has been looked at a number of times, and counts how
// often it is looked at after that.
type countingContext struct {
	context.Context
	left, after int
}

func (c *countingContext) Err() error {
	if c.left > 0 {
		c.left--
		return nil
	}
	c.after++
	return context.DeadlineExceeded
}

// TestCancelledWhileItRuns ends the context at some point of a long evaluation, by
// whichever engine. The error is the context's, with policy and site, and whoever
// has seen it goes on with nothing.
func TestCancelledWhileItRuns(t *testing.T) {
	long := map[string]string{
		"calls of built-in functions": "deny contains \"x\" if {\n\tsome a in numbers.range(1, 1000)\n\tsome b in numbers.range(1, 100)\n\ta * b < 0\n}",
		"loops and nothing else":      "deny contains \"x\" if {\n\tsome a in data.topology.sites\n\tsome b in data.topology.sites\n\tsome c in data.topology.sites\n\ta.id == b.lat\n\tb.id == c.lat\n}\n\ndeny contains \"y\" if {\n\tsome a in data.topology.sites\n\tsome b in data.topology.sites\n\tsome c in data.topology.sites\n\ta.lat == b.id\n\tb.id == c.lon\n}",
		"comprehensions":              "deny contains \"x\" if count([1 | some a in data.topology.sites; some b in data.topology.sites; a.lat != b.lon]) < 0",
		"a function that takes long":  "deny contains \"x\" if {\n\tx := concat(\"\", [\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" | some _ in numbers.range(1, 1000)])\n\tsome i in numbers.range(1, 100)\n\tregex.match(sprintf(\"(a|b)*c%d\", [i]), x)\n}",
		"what is said of each site":   "deny contains msg if {\n\tsome i in numbers.range(1, 100)\n\tmsg := sprintf(\"%s %d\", [input.site.id, i])\n}",
	}
	for name, rules := range long {
		t.Run(name, func(t *testing.T) {
			e := engine(t, one(t, rules), standardDocs(t, 50))
			in, sites := input(t, `{}`, `{}`), standardSites(t, 20)
			for _, ask := range contextWays {
				if name == "what is said of each site" && ask.name == "verdicts" {
					continue // nothing is said, so that it is done before anybody looks
				}
				for _, left := range []int{0, 1, 2, 3, 5, 8, 13, 21, 34} {
					ctx := &countingContext{Context: context.Background(), left: left}
					err := ask.errorOf(ctx, e, in, sites)
					var ee *EvalError
					if !errors.Is(err, context.DeadlineExceeded) || !errors.As(err, &ee) {
						t.Errorf("%s, look %d: error %v", ask.name, left, err)
						continue
					}
					if ee.Policy != "T-1" || ee.Site == "" || !strings.HasPrefix(ee.Location, "test/p.rego") {
						t.Errorf("%s, look %d: policy %q, site %q, at %q", ask.name, left, ee.Policy, ee.Site, ee.Location)
					}
					// The lane machine hands over to the reference engine, which looks again, and OPA once
					// more on its way out.
					if ctx.after > 8 {
						t.Errorf("%s, look %d: looked at the context %d times after its end", ask.name, left, ctx.after)
					}
				}
			}
		})
	}
}

// contextWays are how sites may be asked about under a context.
var contextWays = []struct {
	name    string
	errorOf func(context.Context, *Engine, Input, []SiteDoc) error
}{
	{"rego", func(ctx context.Context, e *Engine, in Input, sites []SiteDoc) error {
		_, err := e.ByLanes(false).Case(ctx, in).Sites(ctx, sites)
		return err
	}},
	{"lane", func(ctx context.Context, e *Engine, in Input, sites []SiteDoc) error {
		_, err := e.ByLanes(true).Case(ctx, in).Sites(ctx, sites)
		return err
	}},
	{"one site", func(ctx context.Context, e *Engine, in Input, sites []SiteDoc) error {
		_, err := e.ByLanes(true).Case(ctx, in).Site(ctx, sites[0])
		return err
	}},
	{"verdicts", func(ctx context.Context, e *Engine, in Input, sites []SiteDoc) error {
		v, err := e.Case(ctx, in).Verdicts(sites)
		if err == nil {
			_, err = v.Judge(ctx)
		}
		return err
	}},
}

// TestCancelledBefore asks what is quickly answered under a context that has ended: the
// error is the same whatever the engine.
func TestCancelledBefore(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, set := range map[string]string{
		"nothing but a test": `deny contains "x" if input.site.id == "s"`,
		"a message":          `deny contains sprintf("%s", [input.site.id]) if true`,
	} {
		e := engine(t, one(t, set), standardDocs(t, 5))
		for _, ask := range contextWays {
			err := ask.errorOf(ctx, e, input(t, `{}`, `{}`), standardSites(t, 5))
			if !errors.Is(err, context.Canceled) || err.Error() != "policy T-1 at site site-0: test/p.rego: context canceled" {
				t.Errorf("%s: error %v", ask.name, err)
			}
		}
	}
}

// odd are names that would mean something if refs, paths or keys were put together as
// text.
var odd = []string{
	`a"];deny["x`, `a"]; true; data.q["b`, "a.b", "a[b]", "a\nb", `a\"b`, "*", "", "__deny_0", "input", `"`, "`", "${x}", "a b", "ﬀ", "a\u0000b",
	"carbon.pue", "carbon", "sites", "topology.sites", "offers", ".", "..", "a.", ".a", "Ω≈ç", "é", "e\u0301", "\u202egpj", "🗺", "%s%n", "../..", "#bodies", "deny", "id",
}

// TestOddNames gives every name there is in documents such a name: sites, services,
// data sets, populations and the request. Both engines take each for what it is.
func TestOddNames(t *testing.T) {
	const rules = `deny contains sprintf("%s lacks %s", [input.site.id, s]) if {
	some s in input.component.services
	not input.site.offers[s]
}

deny contains sprintf("%s is not %s", [input.site.parent, input.site.id]) if {
	data.topology.sites[input.site.id]
	data.topology.sites[input.site.parent].country != data.topology.sites[input.site.id].country
}

deny contains sprintf("%s is too far from %s", [input.site.id, p]) if {
	some p, ms in input.site.latency.byPopulation
	ms > input.component.latency.maxMs
}

warn contains sprintf("%s: %v", [d.name, d]) if some d in input.component.data

obligation contains {"message": input.request.name, "of": input.component.name, input.site.id: input.request[input.request.name]} if input.request.name
score := count([s | some s, yes in input.site.offers; yes])
`
	set := one(t, rules)
	str := ast.StringTerm
	object := func(pairs ...*ast.Term) *ast.Term {
		o := ast.NewObject()
		for i := 0; i < len(pairs); i += 2 {
			o.Insert(pairs[i], pairs[i+1])
		}
		return ast.NewTerm(o)
	}
	for i, name := range odd {
		for _, rows := range []bool{true, false} {
			next := odd[(i+1)%len(odd)]
			ids := []string{name, "parent", next + "!"}
			all, docs := ast.NewObject(), Documents{}
			unknown := map[string][]string{ids[2]: {"country"}}
			var sites []SiteDoc
			for n, id := range ids {
				row := object(str("id"), str(id), str("parent"), str("parent"), str("city"), str(next))
				if n < 2 {
					row.Value.(ast.Object).Insert(str("country"), str([]string{"DE", "FR"}[n]))
				}
				all.Insert(str(id), row)
				own := lane.Doc{Term: object(
					str("offers"), object(str(next), ast.BooleanTerm(n == 0), str("s3"), ast.BooleanTerm(true)),
					str("latency"), object(str("byPopulation"), object(str(name), ast.IntNumberTerm(50*n))),
				)}
				if n == 2 {
					own = lane.Doc{
						Term:    object(str("offers"), object(str("s3"), ast.BooleanTerm(true)), str("latency"), object(str("byPopulation"), object())),
						Unknown: []string{"latency.byPopulation." + name, "offers." + next},
					}
				}
				whole := ast.NewObject()
				for _, part := range []*ast.Term{row, own.Term} {
					part.Value.(ast.Object).Foreach(func(k, v *ast.Term) { whole.Insert(k, v) })
				}
				sites = append(sites, SiteDoc{ID: id, Term: ast.NewTerm(whole), Unknown: slices.Concat(unknown[id], own.Unknown), Row: n, Own: own})
				if rows {
					docs.Rows = append(docs.Rows, SiteDoc{ID: id, Term: row, Unknown: unknown[id], Row: n})
				}
			}
			docs.Topology = object(str("sites"), ast.NewTerm(all))
			docs.SiteUnknown = func(id string) []string { return unknown[id] }
			docs.AnyUnknown = []string{"country"}
			in := Input{
				Request: object(str("name"), str(name), str(name), str(next)),
				Component: object(str("name"), str(next), str("services"), ast.ArrayTerm(str(next), str("s3")), str("latency"), object(str("maxMs"), ast.IntNumberTerm(40)),
					str("data"), ast.ArrayTerm(object(str("name"), str(name), str("class"), str(next)))),
			}
			if name == "name" || ids[0] == "of" {
				t.Fatalf("%q is one of the fixed names", name)
			}
			got, err := agree(t, engine(t, set, docs), in, sites, "name %q, rows %t", name, rows)
			if err != nil {
				t.Fatalf("%q: %v", name, err)
			}
			say := func(n int) string { return show(got[n][0].Denies) }
			first := fmt.Sprintf("parent is not %s @test/p.rego:11\n", name)
			if say(0) != first {
				t.Errorf("%q, rows %t: %s, want %s", name, rows, say(0), first)
			}
			second := fmt.Sprintf("parent is too far from %s @test/p.rego:16\n", name)
			if lacks := fmt.Sprintf("parent lacks %s @test/p.rego:6\n", next); !strings.Contains(say(1), lacks) || !strings.Contains(say(1), second) {
				t.Errorf("%q, rows %t: %s, want %s and %s", name, rows, say(1), lacks, second)
			}
			if got[2][0].Verdict != Possible {
				t.Errorf("%q, rows %t: what is unknown of the third site decides nothing: %v", name, rows, got[2][0].Verdict)
			}
			o := got[0][0].Obligations
			if len(o) != 1 || o[0].Message != name || o[0].Extra["of"] != next || o[0].Extra[name] != next {
				extra, _ := json.Marshal(o)
				t.Errorf("%q, rows %t: obligations %s", name, rows, extra)
			}
		}
	}
}
