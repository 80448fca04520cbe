package opawasm_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/enginetest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/opabuild"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/opawasm"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// world is a topology of three sites: of b nobody knows the country, of c neither that nor the carbon.
func world(t testing.TB) *rego.Engine {
	t.Helper()
	program, err := rego.Compile(mustSet(t))
	if err != nil {
		t.Fatal(err)
	}
	unknown := map[string][]string{"b": {"country"}, "c": {"carbon.pue", "country"}}
	e, err := program.Bind(rego.Documents{
		Topology: ast.MustParseTerm(`{"asOf": "2026-01-01", "sites": {
			"a": {"id": "a", "country": "DE", "carbon": {"pue": 1.5}}, "b": {"id": "b", "parent": "a", "carbon": {"pue": 1.1}}, "c": {"id": "c", "parent": "b", "carbon": {}}},
			"programmes": {"x.y": {"id": "x.y", "sites": ["a"]}}, "rttMs": {"a": {"b": 3}}}`),
		SiteUnknown: func(id string) []string { return unknown[id] }, AnyUnknown: []string{"carbon.pue", "country"},
		TopologyUnknown: []string{"programmes.x.y.sites", "rttMs.a.c"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func mustSet(t testing.TB) *policy.Set {
	t.Helper()
	set, _ := standard()
	return set
}

// siteOf is a site of the world as a policy is asked about it. The request's own latencies are known but at c.
func siteOf(t testing.TB, e *rego.Engine, id string) rego.SiteDoc {
	t.Helper()
	docs := e.Documents()
	sites := docs.Topology.Get(ast.StringTerm("sites"))
	o := sites.Get(ast.StringTerm(id)).Value.(ast.Object).Map
	v, err := o(func(k, v *ast.Term) (*ast.Term, *ast.Term, error) { return k, v, nil })
	if err != nil {
		t.Fatal(err)
	}
	doc := rego.SiteDoc{ID: id, Unknown: docs.SiteUnknown(id)}
	v.Insert(ast.StringTerm("offers"), ast.MustParseTerm(`{"a.b": true}`))
	if id == "c" {
		doc.Unknown = append(doc.Unknown, "offers.s.t")
	}
	doc.Term = ast.NewTerm(v)
	return doc
}

// compiled is a policy in Rego, compiled to wasm and loaded over the world.
func compiled(t testing.TB, e *guest.Engine, text string, reads []string, settings map[string]any) (*opawasm.Case, *rego.Engine, *opabuild.Built) {
	t.Helper()
	built, err := opabuild.Build(context.Background(), modules(t, fstest.MapFS{"p.rego": {Data: []byte("package p\n" + text)}}), "p", settings)
	if err != nil {
		t.Fatal(err)
	}
	if reads == nil {
		reads = built.Reads
	}
	p, err := opa(t, e, built.Module, policy.ManifestSpec{Entrypoint: "p", Reads: reads, Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	w := world(t)
	data, err := opawasm.NewData(w)
	if err != nil {
		t.Fatal(err)
	}
	l, err := p.Bind(context.Background(), data, guest.PoolOptions{Most: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	c, err := l.Case(offer.Decision{}, rego.Input{Request: ast.MustParseTerm(`{"at": "2026-01-01T00:00:00Z"}`), Component: ast.MustParseTerm(`{"name": "n"}`)})
	if err != nil {
		t.Fatal(err)
	}
	return c, w, built
}

func shown(r rego.Result, err error) string {
	if err != nil {
		return "error: " + strings.TrimPrefix(err.Error(), "policy T-1 at site ")
	}
	var b strings.Builder
	b.WriteString(r.Verdict.String())
	for i, list := range [][]rego.Finding{r.Denies, r.Warnings, r.Obligations} {
		for _, f := range list {
			fmt.Fprintf(&b, "; %s %s", []string{"deny", "warn", "obligation"}[i], f.Message)
			if len(f.Extra) > 0 {
				fmt.Fprintf(&b, " %v", f.Extra)
			}
			if !f.Sure {
				fmt.Fprintf(&b, " %v", f.Unknown)
			}
		}
	}
	if r.Score != nil {
		fmt.Fprintf(&b, "; score %v", *r.Score)
	}
	return b.String()
}

// TestUnknown asks policies about sites of which facts are unknown: with the list that is derived, and with lists that lack
// something.
func TestUnknown(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN with -short: it compiles many modules, which takes minutes under the race detector")
	}
	lacks := func(site, facts string) string {
		return "error: " + site + ": t.wasm: it reads a fact that is unknown and that reads in its manifest does not list: " + facts + "; list every fact that it reads"
	}
	const elsewhere = "topology.sites.*.carbon.pue, topology.sites.*.country, topology.programmes.x.y.sites, topology.rttMs.a.c"
	for _, c := range []struct {
		name    string
		text    string
		reads   []string // nil: those that are derived
		derived string
		at      [3]string // what it says of a, b and c
	}{
		{
			"derived", `deny contains "dirty" if input.site.carbon.pue > 1.2
				warn contains {"message": "look", "at": input.site.country} if true`,
			nil, "site.carbon.pue site.country",
			[3]string{
				"deny; deny dirty; warn look map[at:DE]", "possible; deny cannot be decided: site.country is unknown at b [site.country]; warn cannot be decided: site.country is unknown at b [site.country]",
				"possible; deny cannot be decided: site.carbon.pue, site.country are unknown at c [site.carbon.pue site.country]; warn cannot be decided: site.carbon.pue, site.country are unknown at c [site.carbon.pue site.country]",
			},
		},
		{
			"a rule that only scores never denies", `score := 10 * input.site.carbon.pue`, nil, "site.carbon.pue",
			[3]string{"permit; score 15", "permit; score 11", "permit"},
		},
		{
			"not listed", `deny contains "abroad" if input.site.country != "DE"`,
			[]string{"site.id"},
			"site.country",
			[3]string{"permit", lacks("b", "site.country"), lacks("c", "site.country")},
		},
		{
			"not listed, negated", `deny contains "abroad" if not input.site.country`,
			[]string{},
			"site.country",
			[3]string{"permit", lacks("b", "site.country"), lacks("c", "site.country")},
		},
		{
			"not listed, mentioned", `deny contains sprintf("in %v", [input.site.country]) if true`,
			[]string{"site.carbon"},
			"site.country",
			[3]string{"deny; deny in DE", lacks("b", "site.country"), "possible; deny cannot be decided: site.carbon.pue is unknown at c [site.carbon.pue]"},
		},
		{
			"not listed, as a key", `deny contains "x" if {
					m := {"DE": 1}
					not m[input.site.country]
				}`,
			[]string{},
			"site.country",
			[3]string{"permit", lacks("b", "site.country"), lacks("c", "site.country")},
		},
		{
			"not listed, gone through", `deny contains "x" if {
					some k, v in input.site
					k != "carbon"
					v == "FR"
				}`,
			[]string{},
			"site",
			[3]string{"permit", lacks("b", "site.country"), lacks("c", "site.country")},
		},
		{
			"not listed, and not looked at", `deny contains "x" if {
					input.site.id == "a"
					input.site.country == "DE"
				}`,
			[]string{},
			"site.country site.id",
			[3]string{"deny; deny x", "permit", "permit"},
		},
		{
			"only whether it is there", `deny contains "there" if object.keys(data.topology.sites.b)["country"]`,
			[]string{},
			"topology.sites.b",
			[3]string{"deny; deny there", "deny; deny there", "deny; deny there"},
		},
		{
			"two unknown facts are not equal", `deny contains "same" if data.topology.sites.b.country == data.topology.sites.c.country`,
			[]string{},
			"topology.sites.b.country topology.sites.c.country",
			[3]string{lacks("a", elsewhere), lacks("b", elsewhere), lacks("c", elsewhere)},
		},
		{
			"one equals itself", `deny contains "same" if data.topology.sites.b.country == data.topology.sites.b.country`,
			[]string{},
			"topology.sites.b.country",
			[3]string{"deny; deny same", "deny; deny same", "deny; deny same"},
		},
		{
			"of the parent", `deny contains "x" if data.topology.sites[input.site.parent].country == "DE"`, nil, "site.parent topology.sites[site.parent].country",
			[3]string{"permit", "deny; deny x", "possible; deny cannot be decided: topology.sites.b.country is unknown at c [topology.sites.b.country]"},
		},
		{
			"of any", `deny contains "x" if {
					some id
					data.topology.sites[id].country == "FR"
				}`, nil, "topology.sites.*.country",
			[3]string{
				"possible; deny cannot be decided: topology.sites.*.country is unknown at a [topology.sites.*.country]",
				"possible; deny cannot be decided: topology.sites.*.country is unknown at b [topology.sites.*.country]",
				"possible; deny cannot be decided: topology.sites.*.country is unknown at c [topology.sites.*.country]",
			},
		},
		{
			"of a table, with a dot in the id", `deny contains "x" if not input.site.id in data.topology.programmes["x.y"].sites`,
			[]string{},
			"site.id topology.programmes.x.y.sites",
			[3]string{lacks("a", elsewhere), lacks("b", elsewhere), lacks("c", elsewhere)},
		},
		{
			"of the request, with a dot in the id", `deny contains "x" if not input.site.offers["s.t"]`,
			[]string{},
			"site.offers.s.t",
			[3]string{"deny; deny x", "deny; deny x", lacks("c", "site.offers.s.t")},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, w, built := compiled(t, enginetest.New(t, false), c.text, c.reads, nil)
			if reads := strings.Join(built.Reads, " "); reads != c.derived {
				t.Errorf("it is found to read %s\nwant %s", reads, c.derived)
			}
			for i, id := range []string{"a", "b", "c"} {
				r, _, err := got.Site(context.Background(), siteOf(t, w, id))
				if s := shown(r, err); s != c.at[i] {
					t.Errorf("at %s: %s\nwant %s", id, s, c.at[i])
				}
				var unlisted *opawasm.UnlistedError
				if strings.HasPrefix(c.at[i], "error") && !errors.As(err, &unlisted) {
					t.Errorf("%T", err)
				}
			}
		})
	}
}

// TestSaid asks policies what there is to say, and what fails.
func TestSaid(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"everything", `deny contains input.settings.text if input.component.name == "n"
			deny contains {"message": "m", "set": {1, "b"}, "nested": {"a": [true, null, 1.5]}} if true
			warn contains "é \"quoted\" \u2603" if true
			obligation contains time.format(time.parse_rfc3339_ns(input.request.at)) if true
			score := 7.25`, `deny; deny from settings; deny m map[nested:map[a:[true <nil> 1.5]] set:[1 b]]; warn é "quoted" ☃; obligation 2026-01-01T00:00:00Z; score 7.25`},
		{"nothing", `deny contains "x" if input.component.name == "o"`, "permit"},
		{"no score", `score := 5 if input.component.name == "o"`, "permit"},
		{"a builtin fails", `deny contains "x" if time.parse_rfc3339_ns(input.component.name)`, `error: a: t.wasm: plugin T-1: eval: time.parse_rfc3339_ns: parsing time "n" as "2006-01-02T15:04:05Z07:00": cannot parse "n" as "2006"`},
		{"too large", `deny contains "x" if count(numbers.range_step(1, 3000000, 1)) > 1`, "error: a: t.wasm: plugin T-1: eval: numbers.range_step: size limit passed"},
		{"conflict", `v := 1 if input.component.name == "n"
			v := 2 if input.request.at
			deny contains "x" if v == 1`, "error: a: t.wasm: plugin T-1: eval: the policy aborted: p.rego:3:4: var assignment conflict"},
		{"too many", `deny contains sprintf("%d", [i]) if some i in numbers.range(1, 101)`, "error: a: t.wasm: plugin T-1: eval: the policy answers what it may not: deny: more than 100 findings (limits.findings): size limit passed"},
		{"score too high", `score := 101`, "error: a: t.wasm: plugin T-1: eval: the policy answers what it may not: score must be a number from 0 to 100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			enginetest.Both(t, func(t *testing.T, e *guest.Engine) {
				ask, w, _ := compiled(t, e, c.text, nil, map[string]any{"text": "from settings"})
				r, _, err := ask.Site(context.Background(), siteOf(t, w, "a"))
				if s := shown(r, err); s != c.want {
					t.Errorf("%s\nwant %s", s, c.want)
				}
			})
		})
	}
}

// TestBreaker has a policy fail at one site, where it is not asked again, and at many, until it is one that keeps failing.
func TestBreaker(t *testing.T) {
	ask, w, _ := compiled(t, enginetest.New(t, false), `deny contains "x" if time.parse_rfc3339_ns(input.component.name)`, nil, nil)
	for i, want := range []error{nil, guest.ErrRepeated, nil, nil, nil, nil, guest.ErrBroken} {
		site := siteOf(t, w, "a")
		if i > 1 {
			site.Term = ast.ObjectTerm(ast.Item(ast.StringTerm("number"), ast.IntNumberTerm(i)))
		}
		_, _, err := ask.Site(context.Background(), site)
		if err == nil || errors.Is(err, guest.ErrRepeated) != (want == guest.ErrRepeated) || errors.Is(err, guest.ErrBroken) != (want == guest.ErrBroken) {
			t.Errorf("call %d: %v", i, err)
		}
	}
}
