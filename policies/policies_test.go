package policies_test

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/policies"
)

// modules parses every file of the library, tests included.
func modules(t *testing.T) map[string]*ast.Module {
	t.Helper()
	out := map[string]*ast.Module{}
	err := fs.WalkDir(policies.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(policies.FS(), p)
		if err != nil {
			return err
		}
		out[p], err = ast.ParseModuleWithOpts(p, string(text), ast.ParserOptions{ProcessAnnotation: true, RegoVersion: ast.RegoV1})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestRules runs every _test.rego, and wants every line of every rule covered.
func TestRules(t *testing.T) {
	ctx := context.Background()
	mods := modules(t)
	store := inmem.New()
	run := func(r *tester.Runner) {
		t.Helper()
		txn, err := store.NewTransaction(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer store.Abort(ctx, txn)
		results, err := r.RunTests(ctx, txn)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for res := range results {
			n++
			if !res.Pass() {
				t.Errorf("%v: %s.%s failed: %v", res.Location, res.Package, res.Name, res.Error)
			}
		}
		if n < 60 {
			t.Errorf("%d tests were run; fewer than there are", n)
		}
	}
	compiler := func() *ast.Compiler {
		return ast.NewCompiler().WithStrict(true).WithEnablePrintStatements(true)
	}
	run(tester.NewRunner().SetStore(store).SetModules(mods).SetCompiler(compiler()).SetTimeout(time.Minute))

	cov := cover.New()
	run(tester.NewRunner().SetStore(store).SetModules(mods).SetCompiler(compiler()).SetTimeout(time.Minute).SetCoverageQueryTracer(cov))
	report := cov.Report(mods)
	for file, r := range report.Files {
		if !strings.HasSuffix(file, "_test.rego") && len(r.NotCovered) > 0 {
			t.Errorf("%s: not covered: %v", file, r.NotCovered)
		}
	}
}

// TestFormatted wants what `opa fmt` would write.
func TestFormatted(t *testing.T) {
	for p := range modules(t) {
		text, err := fs.ReadFile(policies.FS(), p)
		if err != nil {
			t.Fatal(err)
		}
		want, err := format.SourceWithOpts(p, text, format.Opts{RegoVersion: ast.RegoV1})
		if err != nil {
			t.Fatal(err)
		}
		if string(want) != string(text) {
			t.Errorf("%s is not formatted; run opa fmt", p)
		}
	}
}

// TestLibrary loads the library as users do.
func TestLibrary(t *testing.T) {
	set, err := policy.Load(policy.Source{Name: "standard", FS: policies.FS()})
	if err != nil {
		t.Fatal(err)
	}
	// These restate no law: where a request says that its data may be, and how the provider is made.
	technical := map[string]bool{"SOV-01": true, "SOV-02": true, "SOV-03": true, "SOV-20": true, "SOV-22": true, "SOV-24": true, "SOV-25": true}
	var ids []string
	for _, p := range set.Policies() {
		ids = append(ids, p.ID)
		if p.Description == "" {
			t.Errorf("%s has no description", p.ID)
		}
		dir, _, _ := strings.Cut(strings.TrimPrefix(p.File, "standard/"), "/")
		if string(p.Class) != dir {
			t.Errorf("%s: class %s in folder %s", p.ID, p.Class, dir)
		}
		if p.Class == policy.Sovereignty && !technical[p.ID] && !strings.Contains(strings.Join(strings.Fields(p.Description), " "), "Not legal advice.") {
			t.Errorf("%s does not say that it is not legal advice", p.ID)
		}
	}
	want := []string{
		"RED-01", "RED-02", "RED-03", "RED-04", "RED-05", "RED-06", "RED-07", "RED-08", "RED-09", "RED-10", "RED-11", "RED-12", "RED-13", "RED-14", "RED-15", "RED-16",
		"SEL-01", "SEL-02", "SEL-03", "SEL-04", "SEL-05", "SEL-06", "SEL-07", "SEL-08", "SEL-09", "SEL-10", "SEL-11", "SEL-12",
		"SOV-01", "SOV-02", "SOV-03", "SOV-04", "SOV-05", "SOV-06", "SOV-08", "SOV-09", "SOV-11", "SOV-12",
		"SOV-19", "SOV-20", "SOV-21", "SOV-22", "SOV-23", "SOV-24", "SOV-25",
	}
	if !slices.Equal(ids, want) {
		t.Errorf("policies %v, want %v", ids, want)
	}
}

// Example replaces one standard policy and changes a setting of another.
func Example() {
	own := fstest.MapFS{"carbon.rego": {Data: []byte(`# METADATA
# title: Our own ceiling
# custom: {id: SEL-06, class: selection, hook: site, reviewed: 2026-11-23}
package acme.carbon

deny contains "too much" if input.site.carbon.gridGramsPerKWh > 100
`)}}
	set, err := policy.Load(
		policy.Source{Name: "standard", FS: policies.FS(), Without: []string{"SEL-06"}},
		policy.Source{Name: "acme", FS: own},
	)
	if err != nil {
		fmt.Println(err)
		return
	}
	set, err = set.WithSettings(map[string]map[string]any{"SEL-09": {"optedIn": []any{"me-south-1"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range set.Policies() {
		if p.ID == "SEL-06" || p.ID == "SEL-09" {
			fmt.Println(p.ID, p.File, p.Settings)
		}
	}
	// Output:
	// SEL-06 acme/carbon.rego map[]
	// SEL-09 standard/selection/availability.rego map[optInPartitions:[aws] optedIn:[me-south-1]]
}
