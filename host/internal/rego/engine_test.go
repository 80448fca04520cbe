package rego

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bailiwick-dev/bailiwick/host/policy"
)

func TestFindings(t *testing.T) {
	e := engine(t, one(t, `deny contains "plain" if input.site.country == "US"

deny contains {"message": "with more", "level": 3, "tags": {"b", "a"}, "deep": {"x": null, "y": [true]}} if true

deny contains "plain" if input.site.lat > 0

deny contains message if {
	some service in input.site.services
	message := sprintf("has %s", [service])
}

warn contains "careful" if input.component.name == "api"

obligation contains "write it down" if input.request.at

score := 60 + input.settings.limit if input.site.country == "US"
`), Documents{})
	got := ask(t, e, input(t, `{"at": "2026-11-23"}`, `{"name": "api"}`),
		SiteDoc{ID: "s", Term: term(t, `{"id": "s", "country": "US", "lat": 1, "services": ["s3", "ec2"]}`)})

	if got.Verdict != Deny || got.Policy.ID != "T-1" || got.Score == nil || *got.Score != 65 {
		t.Errorf("verdict %v, policy %s, score %v", got.Verdict, got.Policy.ID, got.Score)
	}
	want := "has ec2 @test/p.rego:12\nhas s3 @test/p.rego:12\nplain @test/p.rego:6\nwith more @test/p.rego:8\n"
	if d := cmp.Diff(want, show(got.Denies)); d != "" {
		t.Error(d)
	}
	extra := map[string]any{"level": 3.0, "tags": []any{"a", "b"}, "deep": map[string]any{"x": nil, "y": []any{true}}}
	if d := cmp.Diff(extra, got.Denies[3].Extra); d != "" {
		t.Error(d)
	}
	if show(got.Warnings) != "careful @test/p.rego:17\n" || show(got.Obligations) != "write it down @test/p.rego:19\n" {
		t.Error(show(got.Warnings), show(got.Obligations))
	}
	if got := factNames(got.Facts); got != "site.country site.lat site.services" {
		t.Error(got)
	}
}

func TestUnknown(t *testing.T) {
	const site = `{"id": "s", "kind": "region", "parent": "r", "partition": "aws", "carbon": {"pue": 1.2}, "services": ["s3"]}`
	docs := Documents{
		Topology: term(t, `{"sites": {"s": {"id": "s"}, "r": {"id": "r"}, "known": {"id": "known", "country": "DE"}}, "regimes": {}, "jurisdictions": {"EU": {"adequate": []}}}`),
		SiteUnknown: func(id string) []string {
			return map[string][]string{"s": {"country"}, "r": {"country"}, "known": nil}[id]
		},
		AnyUnknown:      []string{"country"},
		TopologyUnknown: []string{"regimes"},
	}
	for _, tc := range []struct {
		name, rules string
		verdict     Verdict
		denies      string
	}{
		{"fires", `deny contains "x" if not input.site.country == "DE"`, Possible, "x @L:6 ?\n"},
		{"does not fire", `deny contains "x" if input.site.country == "DE"`, Possible, "x @L:6 ?\n"},
		{"another body is sure", "deny contains \"x\" if input.site.country == \"DE\"\ndeny contains \"y\" if true", Deny, "x @L:6 ?\ny @L:7\n"},
		{"same element from a sure body", "deny contains \"x\" if not input.site.country == \"DE\"\ndeny contains \"x\" if true", Deny, "x @L:7\n"},
		{"known fact beside it", `deny contains "x" if input.site.carbon.pue > 2`, Permit, ""},
		{"below an unknown prefix", `deny contains "x" if input.site.latency.worstMs > 2`, Possible, "x @L:6 ?\n"},
		{"above an unknown path", `deny contains "x" if count(input.site.carbon) > 5`, Possible, "x @L:6 ?\n"},
		{"present although something below is unknown", "deny contains \"x\" if {\n\tc := input.site.carbon\n\tc.pue > 2\n}", Permit, ""},
		{"several", `deny contains "x" if input.site == {}`, Possible, "x @L:6 ?\n"},
		{"always known", `deny contains "x" if input.site.kind != "region"`, Permit, ""},
		{"guard fails", "deny contains \"x\" if {\n\tinput.request.go\n\tinput.site.country == \"DE\"\n}", Permit, ""},
		{"guard fails after the unknown fact", "deny contains \"x\" if {\n\tinput.site.country == \"DE\"\n\tsome d in input.component.data\n\td.class == \"secret\"\n}", Permit, ""},
		{"guard holds", "deny contains \"x\" if {\n\tinput.component.name == \"api\"\n\tinput.site.country == \"DE\"\n}", Possible, "x @L:6 ?\n"},
		{"guard on the setting", "deny contains \"x\" if {\n\tinput.settings.limit > 5\n\tinput.site.country == \"DE\"\n}", Permit, ""},
		{"guard on the partition", "deny contains \"x\" if {\n\tinput.site.partition == \"aws-cn\"\n\tinput.site.country == \"DE\"\n}", Permit, ""},
		{"guard reads an incomplete table", "deny contains \"x\" if {\n\tdata.topology.regimes.a\n\tinput.site.country == \"DE\"\n}", Possible, "x @L:6 ?\n"},
		{"guard reads a complete table", "deny contains \"x\" if {\n\tdata.topology.jurisdictions.FR\n\tinput.site.country == \"DE\"\n}", Permit, ""},
		{"guard with a variable bound by what is left out", "deny contains \"x\" if {\n\tc := input.site.country\n\tc == input.request.never\n\tinput.request.never\n}", Permit, ""},
		{"incomplete table", `deny contains "x" if data.topology.regimes.a`, Possible, "x @L:6 ?\n"},
		{"complete table", `deny contains "x" if data.topology.jurisdictions.FR`, Permit, ""},
		{"parent", `deny contains "x" if data.topology.sites[input.site.parent].country == "DE"`, Possible, "x @L:6 ?\n"},
		{"known site", `deny contains "x" if data.topology.sites.known.country == "US"`, Permit, ""},
		{"any site", "deny contains \"x\" if {\n\tsome other in data.topology.sites\n\tother.country == \"US\"\n}", Possible, "x @L:6 ?\n"},
		{"any site, known fact", "deny contains \"x\" if {\n\tsome other in data.topology.sites\n\tother.id == \"q\"\n}", Permit, ""},
		{"with", `deny contains "x" if input.request.go with input.request.go as false`, Permit, ""},
		{"with an unknown beside it", `deny contains "x" if input.site.country == "DE" with input.request.go as false`, Possible, "x @L:6 ?\n"},
		{"with a known value for what is unknown", `deny contains "x" if input.site.country == "DE" with input.site.country as "DE"`, Deny, "x @L:6\n"},
		{"known test after an unknown one fails", "deny contains \"x\" if {\n\tinput.site.country == \"DE\"\n\tinput.site.carbon.pue > 2\n}", Permit, ""},
		{"text only", `deny contains sprintf("%s: pue %v of %d", [input.site.country, input.site.carbon.pue, input.site.latency.worstMs]) if input.site.kind == "region"`, Possible, "unknown: pue 1.2 of unknown @L:6 ?\n"},
		{"text only, of a fact that is there", `deny contains sprintf("%5s: pue %v of %s", [input.site.country, input.site.carbon.pue, input.site.latency]) if input.site.kind == "region"`, Deny, "unknown: pue 1.2 of unknown @L:6\n"},
		{"concat", `deny contains concat(", ", ["a", input.site.country]) if true`, Deny, "a, unknown @L:6\n"},
		{"template", "deny contains $`in {input.site.country}, {input.site.kind}` if true", Deny, "in unknown, region @L:6\n"},
		{"an object with a message of unknown text", `deny contains {"message": sprintf("in %s", [input.site.country]), "level": 3} if true`, Deny, "in unknown @L:6\n"},
		{"text does not decide", "deny contains \"x\" if {\n\tm := sprintf(\"%s\", [input.site.country])\n\tm != \"unknown\"\n}", Possible, "x @L:6 ?\n"},
		{"text is text", "deny contains \"x\" if {\n\tm := sprintf(\"%s\", [input.site.country])\n\tis_number(m)\n}", Permit, ""},
		{"listed in an incomplete list", `deny contains "x" if "s3" in input.site.services`, Deny, "x @L:6\n"},
		{"not listed in an incomplete list", `deny contains "x" if "ec2" in input.site.services`, Possible, "x @L:6 ?\n"},
		{"not listed, negated", `deny contains "x" if not "ec2" in input.site.services`, Possible, "x @L:6 ?\n"},
		{"listed, negated", `deny contains "x" if not "s3" in input.site.services`, Permit, ""},
		{"each of an incomplete list", `deny contains s if some s in input.site.services`, Deny, "cannot be decided: site.services is unknown at s @L:6 ?\ns3 @L:6\n"},
		{"how many an incomplete list has", `deny contains "x" if count(input.site.services) > 1`, Possible, "x @L:6 ?\n"},
		{"every of an incomplete list", `deny contains "x" if { every s in input.site.services { s == "s3" } }`, Possible, "x @L:6 ?\n"},
		{"every of an incomplete list, one of which fails", `deny contains "x" if { every s in input.site.services { s == "ec2" } }`, Permit, ""},
		{"first of an incomplete list", `deny contains "x" if input.site.services[0] == "s3"`, Possible, "x @L:6 ?\n"},
		{"an unknown set", `deny contains "x" if "FR" in input.site.country`, Possible, "x @L:6 ?\n"},
		{"either way of a rule", "deny contains \"x\" if p\np if input.site.country == \"DE\"\np if input.site.carbon.pue == 1.2", Deny, "x @L:6\n"},
		{"either way of another rule", "deny contains \"x\" if p == 3\ndefault p := 1\np := 3 if input.site.country == \"DE\"", Possible, "x @L:6 ?\n"},
		{"known elements of a partial rule", "deny contains \"x\" if \"a\" in p\np contains \"a\"\np contains \"b\" if input.site.country == \"DE\"", Deny, "x @L:6\n"},
		{"possible elements of a partial rule", "deny contains \"x\" if \"b\" in p\np contains \"a\"\np contains \"b\" if input.site.country == \"DE\"", Possible, "x @L:6 ?\n"},
		{"no elements of a partial rule", "deny contains \"x\" if \"c\" in p\np contains \"a\"\np contains \"b\" if input.site.country == \"DE\"", Permit, ""},
		{"fails for some values only", "deny contains \"x\" if {\n\tinput.site.country == \"DE\"\n\tto_number(\"z\") > 1\n}", Possible, "cannot be decided: site.country is unknown at s @L:6 ?\n"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := engine(t, one(t, tc.rules), docs)
			got := ask(t, e, input(t, `{"at": "x"}`, `{"name": "api", "data": []}`),
				SiteDoc{ID: "s", Term: term(t, site), Unknown: []string{"country", "latency", "carbon.gridGramsPerKWh", "services"}})
			if got.Verdict != tc.verdict {
				t.Errorf("verdict %v, want %v", got.Verdict, tc.verdict)
			}
			for _, f := range got.Denies {
				if f.Sure == (len(f.Unknown) > 0) {
					t.Errorf("sure %v, but %v unknown", f.Sure, f.Unknown)
				}
			}
			if d := cmp.Diff(tc.denies, strings.ReplaceAll(show(got.Denies), "@test/p.rego", "@L")); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestUnknownElsewhere(t *testing.T) {
	e := engine(t, one(t, `warn contains "fired" if not input.site.country
warn contains "silent" if input.site.country
obligation contains "do" if not input.site.country
score := 10 if not input.site.country
`), Documents{})
	got := ask(t, e, input(t, `{}`, `{}`), SiteDoc{ID: "s", Term: term(t, `{"id": "s"}`), Unknown: []string{"country"}})
	if got.Verdict != Permit || got.Score != nil {
		t.Errorf("verdict %v, score %v", got.Verdict, got.Score)
	}
	if w, o := show(got.Warnings), show(got.Obligations); w != "fired @test/p.rego:6 ?\nsilent @test/p.rego:7 ?\n" || o != "do @test/p.rego:8 ?\n" {
		t.Error(w, o)
	}
}

func TestValue(t *testing.T) {
	e := engine(t, one(t, `deny contains "x" if {
	input.site.country == data.topology.sites[input.site.parent].country
	some other in data.topology.sites
	other.lat == input.site.lon
	count(input.site) > data.topology.asOf
}`), Documents{Topology: term(t, `{"sites": {"r": {"country": "DE"}}, "asOf": "2026"}`)})
	site := SiteDoc{ID: "s", Term: term(t, `{"id": "s", "parent": "r", "country": "FR"}`)}
	got := ask(t, e, input(t, `{}`, `{}`), site)
	var lines []string
	for _, f := range got.Facts {
		path, v := e.Value(f, site)
		line := path
		if v != nil {
			line += " = " + v.String()
		}
		lines = append(lines, line)
	}
	want := []string{
		"site", `site.country = "FR"`, "site.lon", `site.parent = "r"`,
		`topology.asOf = "2026"`, "topology.sites.*.lat", `topology.sites.r.country = "DE"`,
	}
	if d := cmp.Diff(want, lines); d != "" {
		t.Error(d)
	}
}

// TestErrors says how an error in a rule ends the decision.
func TestErrors(t *testing.T) {
	for _, tc := range []struct{ name, rules, want string }{
		{"number as element", `deny contains 5 if true`, "test/p.rego:6: an element must be a string, or an object with a message; this is a number"},
		{"object without message", `deny contains {"text": "x"} if true`, "test/p.rego:6: an element that is an object must have a message that is a string"},
		{"key that is no string", `deny contains {"message": "x", 5: 6} if true`, "test/p.rego:6: the key 5 of an element is not a string"},
		{"built-in error", `deny contains "x" if to_number(input.site.id) > 1`, `test/p.rego:6: to_number: strconv.ParseFloat: parsing "s": invalid syntax`},
		{"conflict", "a := 1 if input.site.id\na := 2 if input.site.id\ndeny contains \"x\" if a == 1", "test/p.rego:7: rule data.p.a produced conflicting values:\n  1 at test/p.rego:6\n  2 at test/p.rego:7"},
		{"function conflict", "f(x) := 1 if x\nf(x) := 2 if x\ndeny contains \"x\" if f(input.site.id) == 1", "test/p.rego:7: function data.p.f produced conflicting values for the same inputs:\n  1 at test/p.rego:6\n  2 at test/p.rego:7"},
		{"score out of range", `score := 101`, "test/p.rego:6: score must be a number from 0 to 100"},
		{"score of another type", `score := "high"`, "test/p.rego:6: score must be a number from 0 to 100"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := engine(t, one(t, tc.rules), Documents{})
			_, err := e.Site(context.Background(), input(t, `{}`, `{}`), SiteDoc{ID: "s", Term: term(t, `{"id": "s"}`)})
			var ee *EvalError
			if !errors.As(err, &ee) {
				t.Fatalf("error %v", err)
			}
			if got, want := err.Error(), "policy T-1 at site s: "+tc.want; got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestCancelled(t *testing.T) {
	e := engine(t, one(t, `deny contains "x" if {
	some a in numbers.range(1, 1000)
	some b in numbers.range(1, 1000)
	a * b < 0
}`), Documents{})
	in, site := input(t, `{}`, `{}`), SiteDoc{ID: "s", Term: term(t, `{"id": "s"}`)}

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := e.Site(ctx, in, site); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	// Cancelled while it runs, at any step: the context ends when it is looked
	// at for the n-th time.
	for n := range 20 {
		_, err := e.Site(&endingContext{Context: context.Background(), left: n}, in, site)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("look %d: error %v", n, err)
		}
	}
}

// endingContext ends after it has been looked at a number of times.
type endingContext struct {
	context.Context
	left int
}

func (c *endingContext) Err() error {
	if c.left--; c.left < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

// TestConcurrent asks one engine from many goroutines; the race detector and the
// equality of the answers are the proof.
func TestConcurrent(t *testing.T) {
	set := standard(t)
	e := engine(t, set, standardDocs(t, 20))
	in, sites := standardInput(t), standardSites(t, 20)
	for i := range sites {
		if i%2 == 1 {
			sites[i].Unknown = []string{"carbon", "jurisdictions", "services"}
		}
	}
	want := make([]string, len(sites))
	for i, s := range sites {
		r, err := e.Site(context.Background(), in, s)
		if err != nil {
			t.Fatal(err)
		}
		want[i] = digest(r)
	}
	c := e.Case(context.Background(), in)
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			for i, s := range sites {
				r, err := e.Site(context.Background(), in, s)
				if n%2 == 0 {
					r, err = c.Site(context.Background(), s)
				}
				if err != nil || digest(r) != want[i] {
					t.Errorf("site %s: %v, %v", s.ID, r, err)
				}
			}
		})
	}
	wg.Wait()
}

// digest prints results for comparison.
func digest(rs []Result) string {
	var b strings.Builder
	for _, r := range rs {
		b.WriteString(r.Policy.ID + " " + r.Verdict.String() + "\n" + show(r.Denies) + show(r.Warnings) + show(r.Obligations))
	}
	return b.String()
}

// TestStandardIsQuiet says which standard policies stay undecided at a site of
// which nothing is known but what always is, for a request that asks for nothing.
func TestStandardIsQuiet(t *testing.T) {
	e := engine(t, standard(t), standardDocs(t, 5))
	everything := []string{
		"country", "countryName", "jurisdictions", "services", "offers", "carbon", "latency", "status", "optIn", "zoneCount", "control",
	}
	undecided := func(request, component, site string) []string {
		rs, err := e.Site(context.Background(), input(t, request, component), SiteDoc{ID: "s", Term: term(t, site), Unknown: everything})
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, r := range rs {
			if r.Verdict != Permit {
				out = append(out, r.Policy.ID+" "+r.Verdict.String())
			}
		}
		return out
	}
	const site = `{"id": "s", "kind": "region", "partition": "aws", "region": "s"}`
	quiet := undecided(`{"at": "2026-11-23T00:00:00Z", "partitions": []}`,
		`{"name": "api", "tier": "availability-zone", "services": [], "data": [{"name": "d", "class": "public", "subjects": ["EU"]}], "copies": {"min": 2, "max": 3}}`, site)
	if want := []string{"SEL-09 possible"}; !slices.Equal(quiet, want) {
		t.Errorf("undecided %v, want %v", quiet, want)
	}
	asked := undecided(`{"at": "2026-11-23T00:00:00Z", "partitions": [], "carbon": {"maxGramsPerKWh": 1, "basis": "market"}}`,
		`{"name": "api", "tier": "region", "services": ["s3"], "data": [{"name": "d", "class": "personal", "subjects": ["EU"], "residency": ["EU"], "processing": ["EU"]}], "copies": {"min": 1, "max": 1}, "latency": {"maxMs": 9}}`, site)
	want := []string{"RED-01 possible", "SEL-01 possible", "SEL-02 possible", "SEL-06 possible", "SEL-09 possible", "SOV-01 possible", "SOV-02 possible", "SOV-04 possible"}
	if !slices.Equal(asked, want) {
		t.Errorf("undecided %v, want %v", asked, want)
	}
}

// TestCase says which rules are evaluated once for all sites, and that it shows
// in nothing but the steps.
func TestCase(t *testing.T) {
	set := one(t, `deny contains sprintf("%v %v", [input.site.id, each]) if {
	some each in asked
	not late
	place.country == "DE"
	size(each) > 0
	count(asked) == 0 with input.request.list as []
}

warn contains "failed" if {
	input.site.warn
	failing
}

warn contains "none" if not none

warn contains "parents" if parents

asked contains x if some x in input.request.list

late if input.request.at > input.settings.limit

place := input.site

size(x) := count(x)

failing if to_number(input.request.list[0]) > 0

none := 1 if input.request.none

parents if data.topology.sites[input.site.parent]

listed := [inner, data.topology.asOf]

inner := count(asked)

score := listed[0]
`)
	e := engine(t, set, Documents{Topology: term(t, `{"asOf": "2026"}`)})
	var shared []string
	for _, r := range e.program.policies[0].shared {
		shared = append(shared, r.String())
	}
	if d := cmp.Diff([]string{"data.p.asked", "data.p.failing", "data.p.inner", "data.p.late", "data.p.listed", "data.p.none"}, shared); d != "" {
		t.Error(d)
	}
	in := input(t, `{"list": ["a", "b"], "at": 1}`, `{}`)
	c := e.Case(context.Background(), in)
	c.once.Do(func() { c.prepare(context.Background()) })
	if n := len(c.known[0]); n != 5 { // all but the one that fails
		t.Errorf("%d documents", n)
	}
	for _, site := range []string{`{"id": "s", "country": "DE"}`, `{"id": "t", "country": "FR"}`, `{"id": "u", "country": "DE", "warn": true}`} {
		doc := SiteDoc{ID: "s", Term: term(t, site)}
		want, wantErr := e.Site(context.Background(), in, doc)
		got, err := c.Site(context.Background(), doc)
		if digest(got) != digest(want) || (err == nil) != (wantErr == nil) || err != nil && err.Error() != wantErr.Error() {
			t.Errorf("%s: %s %v, want %s %v", site, digest(got), err, digest(want), wantErr)
		}
	}
}

// TestBind refuses documents that are no object.
func TestBind(t *testing.T) {
	p, err := Compile(one(t, `deny contains "x" if false`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Bind(Documents{Topology: term(t, `[]`)}); err == nil || err.Error() != "data.topology must be an object" {
		t.Error(err)
	}
}

// TestLimitsOfPolicySet says that the set's limits are those in force.
func TestLimitsOfPolicySet(t *testing.T) {
	set, err := one(t, `deny contains x if some x in ["a", "b", "c"]`).WithLimits(policy.Limits{Findings: 2})
	if err != nil {
		t.Fatal(err)
	}
	_, err = engine(t, set, Documents{}).Site(context.Background(), input(t, `{}`, `{}`), SiteDoc{ID: "s", Term: term(t, `{}`)})
	if !errors.Is(err, ErrSize) || err.Error() != "policy T-1 at site s: test/p.rego:6: more than 2 findings (limits.findings): size limit passed" {
		t.Error(err)
	}
}
