package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/inputs"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// two are the inputs of two policies at three sites.
func two(t *testing.T, rule string) *inputs.Inputs {
	t.Helper()
	files := fstest.MapFS{}
	for _, id := range []string{"A", "B"} {
		text := fmt.Sprintf("# METADATA\n# title: %s\n# custom: {id: %[1]s, class: selection, hook: site, reviewed: 2026-11-23}\npackage p%[1]s\n\ndeny contains input.site.id if %s\n", id, rule)
		files[id+".rego"] = &fstest.MapFile{Data: []byte(text)}
	}
	set, err := policy.Load(policy.Source{Name: "own", FS: files})
	if err != nil {
		t.Fatal(err)
	}
	p, err := rego.Compile(set)
	if err != nil {
		t.Fatal(err)
	}
	docs := rego.Documents{Topology: ast.ObjectTerm()}
	e, err := p.Bind(docs)
	if err != nil {
		t.Fatal(err)
	}
	in := &inputs.Inputs{Policies: set, Engine: e, Documents: docs, Component: "c", Input: rego.Input{Request: ast.ObjectTerm(), Component: ast.ObjectTerm()}}
	for _, id := range []string{"x", "y", "z"} {
		in.Sites = append(in.Sites, rego.SiteDoc{ID: id, Term: ast.MustParseTerm(fmt.Sprintf(`{"id": %q}`, id))})
	}
	return in
}

// TestRun: a row for each policy and one for all, with the columns that were asked for.
func TestRun(t *testing.T) {
	in := two(t, `input.site.id > "x"`)
	for _, o := range []Options{{}, {Compare: true}, {Compare: true, Texts: true}} {
		var told []string
		o.Time = time.Millisecond
		o.Progress = func(row, rows int, policy string) { told = append(told, fmt.Sprintf("%d/%d %s", row, rows, policy)) }
		r, err := Run(context.Background(), in, o)
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"1/3 A", "2/3 B", "3/3 "}; !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
		if r.Component != "c" || r.Lanes != 3 || r.TimeNs != 1e6 || r.Texts != o.Texts || r.Machine.CPUs < 1 {
			t.Errorf("%+v", r)
		}
		if len(r.Rules) != 2 || r.Rules[0].Policy != "A" || r.Rules[1].Policy != "B" || r.Total.Policy != "" {
			t.Fatalf("%+v", r)
		}
		for _, row := range append(r.Rules, r.Total) {
			if row.LaneNs <= 0 || row.LaneAllocs <= 0 || row.LaneBytes <= 0 {
				t.Errorf("%+v", row)
			}
			if row.Lanes != 3 || row.HostRegoNs <= 0 || row.HostRegoAllocs <= 0 || row.HostRegoBytes <= 0 {
				t.Errorf("%+v", row)
			}
			if !o.Compare {
				if row.RegoNs != 0 || row.RegoForm != "" || row.RegoForms != nil || row.HostRatio != 0 || row.Ratio != 0 {
					t.Errorf("plain OPA was measured: %+v", row)
				}
				continue
			}
			least := min(row.RegoForms["site-by-site"], row.RegoForms["all-at-once"])
			if len(row.RegoForms) != 2 || row.RegoNs <= 0 || row.RegoNs != least || row.RegoNs != row.RegoForms[row.RegoForm] || row.RegoAllocs <= 0 || row.RegoBytes <= 0 {
				t.Errorf("%+v", row)
			}
			if row.Ratio != ratio(row.RegoNs, row.LaneNs) || row.HostRatio != ratio(row.RegoNs, row.HostRegoNs) {
				t.Errorf("ratios %v, %v of %d to %d, %d", row.Ratio, row.HostRatio, row.RegoNs, row.LaneNs, row.HostRegoNs)
			}
		}
	}
}

func TestRunErrors(t *testing.T) {
	in := two(t, `to_number(input.site.id) > 1`)
	_, err := Run(context.Background(), in, Options{Compare: true, Time: time.Millisecond})
	var ee *rego.EvalError
	if !errors.As(err, &ee) || ee.Policy != "A" || ee.Site != "x" {
		t.Errorf("%v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Run(ctx, two(t, "true"), Options{Time: time.Millisecond}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	in = two(t, "true")
	in.Sites = nil
	if _, err := Run(context.Background(), in, Options{}); err == nil || err.Error() != "the topology has no sites to measure at" {
		t.Errorf("%v", err)
	}
	none, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	in.Policies = none
	if _, err := Run(context.Background(), in, Options{}); err == nil || err.Error() != "there are no policies to measure" {
		t.Errorf("%v", err)
	}
}

// TestEngines: each engine evaluates what it is asked, and says so where it cannot.
func TestEngines(t *testing.T) {
	in := two(t, `input.site.id > "x"`)
	all, err := engines(in, true)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range all {
		names = append(names, e.name())
		if _, err := e.prepare(asked{policy: "C"}); err == nil || err.Error() != `there is no policy "C"` {
			t.Errorf("%s: %v", e.name(), err)
		}
		for _, a := range []asked{{}, {policy: "B"}, {texts: true}, {policy: "B", texts: true}} {
			f, err := e.prepare(a)
			if err == nil {
				err = f(context.Background())
			}
			if err != nil {
				t.Errorf("%s, %+v: %v", e.name(), a, err)
			}
		}
	}
	if got := strings.Join(names, " "); got != "lane host-rego site-by-site all-at-once" {
		t.Error(got)
	}
	if all, err = engines(in, false); err != nil || len(all) != 2 {
		t.Errorf("%d engines, %v", len(all), err)
	}
}

func TestRatio(t *testing.T) {
	for _, c := range []struct {
		one, other int64
		want       float64
	}{{300, 100, 3}, {1, 3, 0.333}, {0, 5, 0}, {5, 0, 0}} {
		if got := ratio(c.one, c.other); got != c.want {
			t.Errorf("%d/%d: %v, want %v", c.one, c.other, got, c.want)
		}
	}
}
