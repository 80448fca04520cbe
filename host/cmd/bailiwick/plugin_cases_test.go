package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/conformance"
	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/guesttest"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// denying is a plugin that denies the first row that it is asked about.
func denying() conformance.Plugin {
	m := guesttest.Mini{Site: guesttest.Store8(guesttest.Field(guesttest.AtDeny), 0, guesttest.I32(1))}
	return conformance.Plugin{Name: "p.wasm", Module: guesttest.Pack(m.Bytes(), `{"apiVersion":"bailiwick/v1","kind":"Plugin","metadata":{"name":"acme/x","version":"1.0.0"},
		"spec":{"abi":"bailiwick/1","id":"X-1","title":"Not the first","class":"selection","reviewed":"2026-11-23","hooks":["site"],"settings":{"limit":1}}}`)}
}

// pluginHead begins a file of cases over a topology that is a line long.
const pluginHead = "apiVersion: bailiwick/v1\nkind: PluginCases\n" +
	`topology: {files: {h.json: '{"apiVersion": "bailiwick/v1", "kind": "Topology", "metadata": {"asOf": "2026-06-01"}, "providers": [{"id": "p"}], "partitions": [{"id": "q", "provider": "p"}], "sites": [{"id": "here", "kind": "region", "partition": "q"}]}'}}` + "\n"

// differences asks an engine a case, and returns what differs, a line each.
func differences(t *testing.T, e conformance.Engine, c *conformance.Case) string {
	t.Helper()
	var lines []string
	for _, d := range conformance.Check(t.Context(), e, c).Differences {
		lines = append(lines, d.Path+" | "+d.Want+" | "+d.Got)
	}
	return strings.Join(lines, "\n")
}

func loadPlugin(files map[string]string) ([]*conformance.Case, error) {
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return conformance.LoadPluginCases(denying(), "dir", fsys)
}

// TestPluginCaseErrors wants the exact text for what is wrong with a file of a plugin's cases.
func TestPluginCaseErrors(t *testing.T) {
	const one = pluginHead + "cases:\n  - {id: a, title: t, "
	for _, c := range []struct{ name, text, want string }{
		{"another kind", strings.Replace(one, "PluginCases", "ConformanceCases", 1) + "request: {components: [{name: api}]}, expect: {verdict: deny}}", `dir/cases.yaml:2:7: /kind: "ConformanceCases" is not allowed here; expected "PluginCases"`},
		{"no request", one + "expect: {verdict: deny}}", "dir/cases.yaml:5:5: /cases/0: there is no request; say request, the spec of one, or requestFrom, a file"},
		{"two requests", one + "requestFrom: r.yaml, request: {components: [{name: api}]}, expect: {verdict: deny}}", "dir/cases.yaml:5:5: /cases/0/requestFrom: the request is given already; keep one of request and requestFrom"},
		{"a request elsewhere", one + "requestFrom: /r.yaml, expect: {verdict: deny}}", `dir/cases.yaml:5:5: /cases/0/requestFrom: "/r.yaml" is not below the directory of cases`},
		{"a request that is none", one + "requestFrom: bad.yaml, expect: {verdict: deny}}", `dir/cases.yaml:5:5: /cases/0/requestFrom: dir/bad.yaml:1:1: field "apiVersion" is missing; it is required`},
		{"nothing expected", one + "request: {components: [{name: api}]}, expect: {}}", "dir/cases.yaml:5:5: /cases/0/expect: nothing is expected, so that any answer would pass; say verdict, sites, copies or error"},
		{"no fuel", one + "request: {components: [{name: api}]}, expect: {fuel: {max: 0}}}", "dir/cases.yaml:5:82: /cases/0/expect/fuel/max: 0 is less than 1, the least allowed"},
		{"an error and fuel", one + "request: {components: [{name: api}]}, expect: {error: no, fuel: {max: 1}}}", "dir/cases.yaml:5:5: /cases/0/expect: an error comes in place of a decision; expect one of them"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := loadPlugin(map[string]string{"cases.yaml": c.text + "\n", "bad.yaml": "kind: PlacementRequest\nmetadata: {name: a}\nspec: {components: [{name: a}]}\n"})
			if err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
	if _, err := loadPlugin(map[string]string{"plugin.yaml": "", "deep/cases.yaml": "", "xcases.yaml": "", ".cases.yaml": "", "cases.txt": ""}); err == nil || err.Error() != "conformance: dir holds no file of cases (cases.yaml or NAME_cases.yaml)" {
		t.Error(err)
	}
	// And fuel is nothing that cases of engines may bound.
	text := strings.Replace(one, "PluginCases", "ConformanceCases", 1) + "request: {components: [{name: api}]}, expect: {fuel: {max: 1}}}\n"
	_, err := conformance.Load("dir", fstest.MapFS{"c.yaml": &fstest.MapFile{Data: []byte(text)}})
	if err == nil || err.Error() != `dir/c.yaml:5:70: /cases/0/expect/fuel: unknown field "fuel"` {
		t.Error(err)
	}
}

// TestPluginRun asks a plugin its cases, compiled and interpreted: they agree, by the same fuel.
func TestPluginRun(t *testing.T) {
	all, err := loadPlugin(map[string]string{
		"cases.yaml":   pluginHead + "cases:\n  - {id: a, title: t, request: {components: [{name: api}]}, expect: {verdict: deny, fuel: {max: 1000}, sites: [{site: here, verdict: deny, reasons: [{policy: X-1, message: Not the first}]}]}}\n",
		"d_cases.json": `{"apiVersion":"bailiwick/v1","kind":"PluginCases","topology":{"catalogue":true},"cases":[{"id":"b","title":"t","requestFrom":"r/r.yaml","settings":{"X-1":{"limit":2}},"expect":{"fuel":{"max":1}}}]}`,
		"r/r.yaml":     "apiVersion: bailiwick/v1\nkind: PlacementRequest\nmetadata: {name: r}\nspec: {components: [{name: api}]}\n",
	})
	if err != nil {
		t.Fatal(err)
	}
	r, err := conformance.Run(t.Context(), []conformance.Engine{conformance.Compiler(), conformance.Interpreter()}, all, conformance.Options{Agree: true})
	if err != nil {
		t.Fatal(err)
	}
	for i := range r.Engines {
		e := &r.Engines[i]
		// Case b: the catalogue's first row is no region, so that the answer is about a row that was not asked about.
		got := fmt.Sprint(e.Engine, e.Passed, e.Failed, e.Results[0].Fuel == r.Engines[0].Results[0].Fuel, e.Results[1].Differences)
		want := []string{"compiler", "interpreter"}[i] + "1 1 true [error\n    want nothing\n    got component \"api\": plugin X-1: bailiwick_site: the guest's answer breaks the ABI: the denials have row 0, which it was not asked about]"
		if got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	// More fuel than it may take, and an engine that does not tell.
	all[0].Expect.Fuel = &conformance.Fuel{Max: 3}
	if got, want := differences(t, conformance.Compiler(), all[0]), fmt.Sprintf("fuel | at most 3 | %d for X-1, hook site, 1 rows of api", r.Engines[0].Results[0].Fuel); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	deaf := conformance.Func("deaf", func(ctx context.Context, c *conformance.Case) (*placement.Decision, error) {
		return conformance.Compiler().Decide(ctx, c)
	})
	if got, want := differences(t, deaf, all[0]), "fuel | a call that takes at most 3 | "; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// witness is an engine that tells of calls that it did not make.
type witness struct {
	conformance.Engine
	calls []host.PluginCall
}

func (witness) Name() string               { return "witness" }
func (w witness) Calls() []host.PluginCall { return w.calls }

// TestFuelAgrees: engines that take other fuel do not agree.
func TestFuelAgrees(t *testing.T) {
	all, err := loadPlugin(map[string]string{"cases.yaml": pluginHead + "cases:\n  - {id: a, title: t, request: {components: [{name: api}]}, expect: {verdict: deny}}\n"})
	if err != nil {
		t.Fatal(err)
	}
	other := witness{conformance.Compiler(), []host.PluginCall{{Policy: "X-1", Hook: "site", Rows: 1, Component: "api", Fuel: 1}}}
	r, err := conformance.Run(t.Context(), []conformance.Engine{conformance.Compiler(), other}, all, conformance.Options{Agree: true})
	if err != nil {
		t.Fatal(err)
	}
	d := r.Engines[1].Results[0].Differences
	want := fmt.Sprintf("calls[0]\n    want (compiler) %d for X-1, hook site, 1 rows of api\n    got 1 for X-1, hook site, 1 rows of api", r.Engines[0].Results[0].Fuel)
	// It denies, and is asked once more: what it says of another tier, and in other partitions.
	if len(d) != 3 || d[0].String() != want {
		t.Errorf("%v\nwant %s", d, want)
	}
}
