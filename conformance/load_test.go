package conformance_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/conformance"
)

const (
	head = "apiVersion: bailiwick/v1\nkind: ConformanceCases\n"
	// here is a topology, a line long.
	here = "topology: {files: {h.yaml: \"{apiVersion: bailiwick/v1, kind: Topology, metadata: {asOf: 2026-06-01}, providers: [{id: p}], partitions: [{id: q, provider: p}], sites: [{id: here, kind: region, partition: q}]}\"}}\n"
	// good begins the one case of a file, on line 5, and lacks what is expected.
	good = head + here + "cases:\n  - id: a\n    title: t\n    request: {components: [{name: api}]}\n"
)

func load(files map[string]string) ([]*conformance.Case, error) {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return conformance.Load("dir", fsys)
}

// TestCaseErrors wants the exact text for what is wrong with a file of cases.
func TestCaseErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "dir/c.yaml:1:1: the text is empty"},
		{"another kind", "apiVersion: bailiwick/v1\nkind: Topology\ncases: [{id: a, title: t, request: {components: [{name: a}]}, expect: {verdict: deny}}]\n", `dir/c.yaml:2:7: /kind: "Topology" is not allowed here; expected "ConformanceCases"`},
		{"no case", head + "cases: []\n", "dir/c.yaml:3:8: /cases: expected at least 1 in the list, found 0"},
		{"unknown field", good + "    expects: {verdict: permit}\n    expect: {verdict: permit}\n", `dir/c.yaml:8:5: /cases/0/expects: unknown field "expects"; did you mean "expect"?`},
		{"unknown field of a site", good + "    expect: {sites: [{site: here, verdct: permit}]}\n", `dir/c.yaml:8:35: /cases/0/expect/sites/0/verdct: unknown field "verdct"; did you mean "verdict"?`},
		{"unknown field of the request", head + here + "cases:\n  - {id: a, title: t, request: {component: [{name: a}], components: [{name: a}]}, expect: {verdict: deny}}\n", `dir/c.yaml:5:33: /cases/0/request/component: unknown field "component"; did you mean "components"?`},
		{"what the request may not say", head + here + "cases:\n  - {id: a, title: t, request: {components: [{name: a}, {name: a}]}, expect: {verdict: deny}}\n", `dir/c.yaml:5:5: /cases/0/request/components/1/name: there are two components named "a"`},
		{"no id", head + here + "cases:\n  - {title: t, request: {components: [{name: a}]}, expect: {verdict: deny}}\n", `dir/c.yaml:5:5: /cases/0: field "id" is missing; it is required`},
		{"twice in a mapping", good + "    expect: {verdict: permit, verdict: deny}\n", `dir/c.yaml:8:31: /cases/0/expect/verdict: duplicate key "verdict"; it is first given on line 8`},
		{"another verdict", good + "    expect: {verdict: allow}\n", `dir/c.yaml:8:23: /cases/0/expect/verdict: "allow" is not allowed here; expected "permit", "deny", "infeasible" or "indeterminate"`},
		{"a site is never infeasible", good + "    expect: {sites: [{site: here, verdict: infeasible}]}\n", `dir/c.yaml:8:44: /cases/0/expect/sites/0/verdict: "infeasible" is not allowed here; expected "permit", "deny" or "indeterminate"`},
		{"nothing expected", good + "    expect: {}\n", "dir/c.yaml:5:5: /cases/0/expect: nothing is expected, so that any answer would pass; say verdict, sites, copies or error"},
		{"nothing expected of a site", good + "    expect: {sites: [{site: here}]}\n", "dir/c.yaml:5:5: /cases/0/expect/sites/0: nothing is expected of here; say verdict, score, reasons, warnings or obligations"},
		{"a site twice", good + "    expect: {sites: [{site: here, score: 0}, {site: here, component: api, verdict: permit}]}\n", "dir/c.yaml:5:5: /cases/0/expect/sites/1: here/api is expected twice; keep one"},
		{"an error and a verdict", good + "    expect: {verdict: permit, error: no}\n", "dir/c.yaml:5:5: /cases/0/expect: an error comes in place of a decision; expect one of them"},
		{"two errors", good + "    expect: {error: no, errorContains: n}\n", "dir/c.yaml:5:5: /cases/0/expect: error says the whole text and errorContains a part of it; keep one"},
		{"another component", good + "    expect: {copies: {apy: [here]}, sites: [{site: here, component: ap, score: 0}]}\n", `dir/c.yaml:5:5: /cases/0/expect/copies/apy: the request has no component "apy"; did you mean "api"?` + "\n" + `dir/c.yaml:5:5: /cases/0/expect/sites/0/component: the request has no component "ap"; did you mean "api"?`},
		{"which component", head + here + "cases:\n  - {id: a, title: t, request: {components: [{name: a}, {name: b}]}, expect: {sites: [{site: here, score: 0}]}}\n", "dir/c.yaml:5:5: /cases/0/expect/sites/0: the request has several components; say which"},
		{"another standard policy", good + "    policies: {standard: [SOV-1, all]}\n    expect: {verdict: permit}\n", `dir/c.yaml:5:5: /cases/0/policies/standard: no standard policy is called "SOV-1"; did you mean "SOV-01", "SOV-11" or "SOV-12"?`},
		{"a module by no name", good + "    policies: {modules: {../a.rego: package a, b.rego: package b}}\n    expect: {verdict: permit}\n", `dir/c.yaml:5:5: /cases/0/policies/modules: "../a.rego" is not the name of a file: give a path below the directory, without a slash at either end`},
		{"a module that would not be read", good + "    policies: {modules: {a.txt: package a}}\n    expect: {verdict: permit}\n", `dir/c.yaml:5:5: /cases/0/policies/modules: "a.txt" would not be read: a module is called NAME.rego, and is no test`},
		{"a module of all", head + here + "policies: {modules: {a.rego: package a}}\ncases:\n  - {id: a, title: t, policies: {modules: {a.rego: package b}}, request: {components: [{name: a}]}, expect: {verdict: permit}}\n", "dir/c.yaml:6:5: /cases/0/policies/modules: a.rego is given for the whole file too; rename one"},
		{"no topology", head + "cases:\n  - {id: a, title: t, request: {components: [{name: a}]}, expect: {verdict: permit}}\n", "dir/c.yaml:4:5: /cases/0/topology: there is no topology: say catalogue: true, or give from or files, here or for the whole file"},
		{"a topology that is not there", good + "    topology: {from: topology/none}\n    expect: {verdict: permit}\n", "dir/c.yaml:5:5: /cases/0/topology/from: open topology/none: file does not exist"},
		{"a topology elsewhere", good + "    topology: {from: ../topology/none}\n    expect: {verdict: permit}\n", `dir/c.yaml:5:5: /cases/0/topology/from: "../topology/none" is not below the directory of cases`},
		{"a topology among cases", good + "    topology: {from: none}\n    expect: {verdict: permit}\n", `dir/c.yaml:5:5: /cases/0/topology/from: "none" is in no directory called "topology", which is where topologies are told from cases`},
		{"a topology that is a file", good + "    topology: {from: topology/x.yaml}\n    expect: {verdict: permit}\n", `dir/c.yaml:5:5: /cases/0/topology/from: "topology/x.yaml" is not a directory`},
		{"the file of a topology by no name", good + "    topology: {files: {/a.yaml: x}}\n    expect: {verdict: permit}\n", `dir/c.yaml:5:5: /cases/0/topology/files: "/a.yaml" is not the name of a file: give a path below the directory, without a slash at either end`},
		{"one id for two", good + "    expect: {verdict: permit}\n  - {id: a, title: t, request: {components: [{name: a}]}, expect: {verdict: permit}}\n", `dir/c.yaml:9: case "a" is already at dir/c.yaml:5; rename one`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := load(map[string]string{"c.yaml": c.text, "topology/x.yaml": "x: y"})
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// TestLoad reads several files, in subdirectories and as JSON, and shares a topology between them.
func TestLoad(t *testing.T) {
	const topology = "apiVersion: bailiwick/v1\nkind: Topology\nmetadata: {asOf: 2026-06-01}\nproviders: [{id: p}]\npartitions: [{id: q, provider: p}]\nsites: [{id: here, kind: region, partition: q}]\n"
	const one = `{"id": %q, "title": "t", "request": {"components": [{"name": "api"}]}, "expect": {"verdict": "permit", "sites": [{"site": "here", "reasons": []}]}}`
	all, err := load(map[string]string{
		"b.json":                     `{"apiVersion": "bailiwick/v1", "kind": "ConformanceCases", "topology": {"from": "topology/w"}, "cases": [` + fmt.Sprintf(one, "b1") + "," + fmt.Sprintf(one, "b2") + "]}",
		"a/a.yml":                    head + "topology: {from: ../topology/w}\ncases: [" + fmt.Sprintf(one, "a1") + "]\n",
		"topology/w/w.yaml":          topology,
		"topology/w/deep/prices.csv": "site,index\nhere,1.5\n",
		"README.md":                  "no case",
		".hidden.yaml":               "no case",
		".git/config.yaml":           "no case",
	})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range all {
		ids = append(ids, c.ID+" "+c.Place)
		if c.Expect.Sites[0].Component != "api" || c.Expect.Sites[0].Reasons == nil {
			t.Errorf("%s: %+v", c.ID, c.Expect.Sites[0])
		}
		if files := c.Layers[0].Files; files["w.yaml"] != topology || len(files) != 2 {
			t.Errorf("%s: files %v", c.ID, files)
		}
	}
	if got, want := strings.Join(ids, ", "), "a1 dir/a/a.yml:4, b1 dir/b.json:1, b2 dir/b.json:1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	first, err := all[1].Snapshot()
	if err == nil {
		second, _ := all[2].Snapshot()
		if first != second {
			t.Error("two cases over one topology compile it twice")
		}
	} else {
		t.Error(err)
	}
}

// TestLoadErrors wants the exact text for a directory that cannot be read as one of cases.
func TestLoadErrors(t *testing.T) {
	many := map[string]string{}
	for i := range 2001 {
		many[fmt.Sprintf("c%04d.yaml", i)] = good + fmt.Sprintf("    expect: {verdict: permit}\n# %d\n", i)
	}
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"nothing in it", map[string]string{"x.txt": ""}, "conformance: dir holds no file of cases (*.yaml, *.yml, *.json)"},
		{"too many files", many, "conformance: dir has more than 2000 files; is this the directory you meant?"},
		{"too large", map[string]string{"c.yaml": "# " + strings.Repeat("x", 4<<20)}, "conformance: dir/c.yaml: more than the 4194304 bytes it may have"},
		{"faults of two files", map[string]string{"a.yaml": "x: 1", "b.yaml": "[]"}, "" +
			"dir/a.yaml:1:1: field \"apiVersion\" is missing; it is required\n" +
			"dir/a.yaml:1:1: field \"cases\" is missing; it is required\n" +
			"dir/a.yaml:1:1: field \"kind\" is missing; it is required\n" +
			"dir/a.yaml:1:1: /x: unknown field \"x\"\n" +
			"dir/b.yaml:1:1: expected a mapping, found a list"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := load(c.files); err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}
