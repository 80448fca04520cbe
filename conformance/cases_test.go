package conformance_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/format"

	"github.com/bailiwick-dev/bailiwick/conformance"
	"github.com/bailiwick-dev/bailiwick/conformance/conformancetest"
	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// cases returns the embedded cases.
func cases(t testing.TB) []*conformance.Case {
	t.Helper()
	all, err := conformance.Cases()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestCases asks every engine of the host every case, and wants their decisions to be the same bytes.
func TestCases(t *testing.T) {
	all := cases(t)
	if len(all) < 100 {
		t.Errorf("%d cases; there were more", len(all))
	}
	r, err := conformance.Run(t.Context(), conformance.Hosts(), all, conformance.Options{Agree: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Engines) != len(host.Engines()) {
		t.Errorf("%d engines were asked, and there are %d", len(r.Engines), len(host.Engines()))
	}
	for _, e := range r.Engines {
		if e.Passed != len(all) {
			t.Errorf("%s: %d of %d cases passed", e.Engine, e.Passed, len(all))
		}
		for _, x := range e.Results {
			for _, d := range x.Differences {
				t.Errorf("%s: %s at %s: %s", e.Engine, x.Case, x.Place, d)
			}
		}
	}
}

// TestCasesAsTests runs the cases of one file as who writes an engine does.
func TestCasesAsTests(t *testing.T) {
	e, err := conformance.Host(host.DefaultEngine)
	if err != nil {
		t.Fatal(err)
	}
	some := slices.DeleteFunc(cases(t), func(c *conformance.Case) bool { return !strings.HasPrefix(c.ID, "red-") })
	if len(some) == 0 {
		t.Fatal("there is no such case")
	}
	conformancetest.Run(t, e, some...)
}

// TestStandardPolicies wants each standard policy to permit, to deny and, where it can, to be left open by an
// unknown fact in some case of its own.
func TestStandardPolicies(t *testing.T) {
	// Which partition a site is in is always known, and so is what is chosen, and lost, in which region.
	always := map[string]bool{"SOV-24": true, "RED-03": true, "RED-07": true, "RED-09": true, "RED-13": true, "RED-15": true, "SEL-11": true}
	whole := map[string]bool{} // judged about paths or placements: the request's verdict tells
	for _, p := range standard(t) {
		whole[p.ID] = p.Hook != policy.Site
	}
	seen := map[string]map[placement.Verdict]bool{}
	for _, c := range cases(t) {
		if len(c.Standard) != 1 || len(c.Modules) > 0 {
			continue
		}
		if seen[c.Standard[0]] == nil {
			seen[c.Standard[0]] = map[placement.Verdict]bool{}
		}
		if whole[c.Standard[0]] {
			seen[c.Standard[0]][c.Expect.Verdict] = true
		}
		for _, s := range c.Expect.Sites {
			seen[c.Standard[0]][s.Verdict] = true
		}
	}
	for _, id := range standardIDs(t) {
		for _, v := range []placement.Verdict{placement.Permit, placement.Deny, placement.Indeterminate} {
			if !seen[id][v] && (v != placement.Indeterminate || !always[id]) {
				t.Errorf("%s: no case is %s", id, v)
			}
		}
	}
}

func standardIDs(t *testing.T) []string {
	t.Helper()
	var ids []string
	for _, p := range standard(t) {
		ids = append(ids, p.ID)
	}
	return ids
}

func standard(t *testing.T) []*policy.Policy {
	t.Helper()
	h, err := host.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	g, err := h.Generation()
	if err != nil {
		t.Fatal(err)
	}
	return g.Policies.Policies()
}

// TestExamples wants the requests of docs/examples, each, as a case, and word for word.
func TestExamples(t *testing.T) {
	files, err := filepath.Glob("../docs/examples/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %d examples", err, len(files))
	}
	byID := map[string]*conformance.Case{}
	for _, c := range cases(t) {
		byID[c.ID] = c
	}
	for _, file := range files {
		id := "example-" + strings.TrimSuffix(filepath.Base(file), ".yaml")
		c := byID[id]
		if c == nil {
			t.Errorf("no case is called %s", id)
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		req, err := placement.Decode(file, text)
		if err != nil {
			t.Fatal(err)
		}
		req.Metadata.Name = id
		if req.Digest() != c.Request.Digest() {
			t.Errorf("%s is another request than %s", id, file)
		}
	}
	const outposts = "outposts.yaml"
	want, err := os.ReadFile("../docs/examples/hospital-topology/" + outposts)
	if err != nil {
		t.Fatal(err)
	}
	if c := byID["example-hospital"]; c == nil || len(c.Layers) != 1 || c.Layers[0].Files[outposts] != string(want) {
		t.Errorf("the hospital's topology is not that of docs/examples")
	}
}

// TestDocumentation runs the file of cases that docs/conformance.md shows, over a topology of two sites.
func TestDocumentation(t *testing.T) {
	page, err := os.ReadFile("../docs/conformance.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```yaml\n")
	shown, _, ok := strings.Cut(rest, "```\n")
	if !ok {
		t.Fatal("docs/conformance.md shows no file of cases")
	}
	all, err := load(map[string]string{"own.yaml": shown, "topology/two/two.yaml": `apiVersion: bailiwick/v1
kind: Topology
metadata: {name: two, asOf: 2026-06-01}
providers: [{id: us}]
partitions: [{id: own, provider: us}]
jurisdictions: [{id: DE}, {id: FR}]
sites:
  - {id: here, kind: region, partition: own, country: FR}
  - {id: there, kind: region, partition: own}
`})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range conformance.Hosts() {
		conformancetest.Run(t, e, all...)
	}
}

// TestModulesFormatted wants the Rego in cases to be what opa fmt would write.
func TestModulesFormatted(t *testing.T) {
	for _, c := range cases(t) {
		for name, text := range c.Modules {
			want, err := format.SourceWithOpts(name, []byte(text), format.Opts{RegoVersion: ast.RegoV1})
			if err != nil {
				t.Errorf("%s: %s: %v", c.ID, name, err)
				continue
			}
			if strings.TrimSpace(string(want)) != strings.TrimSpace(text) {
				t.Errorf("%s: %s is not formatted; opa fmt writes\n%s", c.Place, name, want)
			}
		}
	}
}
