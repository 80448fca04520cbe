package conformance_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/conformance"
	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// pick returns the embedded cases with these ids.
func pick(t *testing.T, ids ...string) []*conformance.Case {
	t.Helper()
	var out []*conformance.Case
	for _, id := range ids {
		all := cases(t)
		i := slices.IndexFunc(all, func(c *conformance.Case) bool { return c.ID == id })
		if i < 0 {
			t.Fatalf("no case is called %s", id)
		}
		out = append(out, all[i])
	}
	return out
}

// wrong is an engine that decides as the host does and then changes the decision.
func wrong(t *testing.T, change func(d *placement.Decision)) conformance.Engine {
	t.Helper()
	right, err := conformance.Host(host.DefaultEngine)
	if err != nil {
		t.Fatal(err)
	}
	return conformance.Func("wrong", func(ctx context.Context, c *conformance.Case) (*placement.Decision, error) {
		d, err := right.Decide(ctx, c)
		if err == nil {
			change(d)
		}
		return d, err
	})
}

// reasonsOf returns the reasons at a site, for changing.
func reasonsOf(d *placement.Decision, site string) *[]placement.Reason {
	i := slices.IndexFunc(d.Sites, func(s placement.SiteResult) bool { return s.Site == site })
	return &d.Sites[i].Reasons
}

// differences runs a case with an engine and returns what differs, a line each.
func differences(t *testing.T, e conformance.Engine, c *conformance.Case) string {
	t.Helper()
	r := conformance.Check(t.Context(), e, c)
	if (r.Outcome == conformance.Failed) != (len(r.Differences) > 0) {
		t.Errorf("%s with %d differences", r.Outcome, len(r.Differences))
	}
	var lines []string
	for _, d := range r.Differences {
		lines = append(lines, d.Path+" | "+d.Want+" | "+d.Got)
	}
	return strings.Join(lines, "\n")
}

// TestWrongEngine wants a readable difference for each thing that an engine may get wrong.
func TestWrongEngine(t *testing.T) {
	for _, c := range []struct {
		name, id string
		change   func(d *placement.Decision)
		want     string
	}{
		{"nothing", "lang-not", func(*placement.Decision) {}, ""},
		{"the verdict", "red-01-region", func(d *placement.Decision) { d.Verdict = placement.Deny }, "verdict | permit | deny"},
		{"a site that permits", "red-01-region", func(d *placement.Decision) {
			i := slices.IndexFunc(d.Sites, func(s placement.SiteResult) bool { return s.Site == "far" })
			d.Sites[i].Verdict, d.Sites[i].Reasons = placement.Permit, nil
		}, "sites[far/api].verdict | deny | permit\nsites[far/api].reasons | RED-01: far has 1 availability zone; at least two are needed | "},
		{"a site that is not listed", "red-01-region", func(d *placement.Decision) {
			d.Sites = slices.DeleteFunc(d.Sites, func(s placement.SiteResult) bool { return s.Site == "bright" })
		}, "sites[bright/api] | its outcome | "},
		{
			"sure for possible", "red-01-region", func(d *placement.Decision) { (*reasonsOf(d, "dim"))[0].Possible = false },
			"sites[dim/api].reasons | RED-01 possibly: dim has unknown availability zone; at least two are needed (not sure: site.zoneCount unknown) | \n" +
				"sites[dim/api].reasons |  | RED-01: dim has unknown availability zone; at least two are needed (not sure: site.zoneCount unknown)",
		},
		{"a reason too many", "sov-02", func(d *placement.Decision) {
			*reasonsOf(d, "bright") = []placement.Reason{{Policy: "SOV-02", Message: "no"}}
		}, "sites[bright/api].reasons |  | SOV-02: no"},
		{
			"the order of reasons", "finding-same-message", func(d *placement.Decision) { slices.Reverse(*reasonsOf(d, "bright")) },
			"sites[bright/api].reasons | in this order: T-1: a: once; T-1: b: twice; T-1: b: twice | in this order: T-1: b: twice; T-1: b: twice; T-1: a: once",
		},
		{"one of two alike", "finding-same-message", func(d *placement.Decision) {
			r := reasonsOf(d, "bright")
			*r = (*r)[:2]
		}, "sites[bright/api].reasons | T-1: b: twice | "},
		{"a score", "finding-score", func(d *placement.Decision) { d.Sites[0].Score = 1.5 }, "sites[bright/api].score | 65 | 1.5"},
		{"warnings and obligations", "finding-warnings", func(d *placement.Decision) {
			i := slices.IndexFunc(d.Sites, func(s placement.SiteResult) bool { return s.Site == "far" })
			d.Sites[i].Warnings, d.Sites[i].Obligations = nil, append(d.Sites[i].Obligations, placement.Obligation{Policy: "T-1", Text: "more"})
		}, "sites[far/api].warnings | T-1: few zones | \nsites[far/api].obligations |  | T-1: more"},
		{"where it is placed", "finding-warnings", func(d *placement.Decision) { slices.Reverse(d.Placements[0].Copies) }, "copies[api] | bright, dim, far | far, dim, bright"},
		{"that it is placed", "finding-not-assumed", func(d *placement.Decision) {
			d.Placements = []placement.Placement{{Copies: []placement.Copy{{Component: "api", Site: "dim"}}}}
		}, "copies | no placement | map[api:[dim]]"},
		{
			"what was assumed", "finding-assumed", func(d *placement.Decision) { d.Assumed[0].Unknown = []string{"site.lon"} },
			"assumed | T-1 of api at dim: unknown site.lon, site.zoneCount | \nassumed |  | T-1 of api at dim: unknown site.lon",
		},
		{"what was waived", "finding-waivers", func(d *placement.Decision) { d.Waived = d.Waived[:3] }, "waived | T-1 of db at dim: b: not in AA | "},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := differences(t, wrong(t, c.change), pick(t, c.id)[0]); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestWrongErrors wants a readable difference where an error comes for a decision, or a decision for an error.
func TestWrongErrors(t *testing.T) {
	failing := conformance.Func("failing", func(context.Context, *conformance.Case) (*placement.Decision, error) {
		return nil, errors.New("no way")
	})
	panicking := conformance.Func("panicking", func(context.Context, *conformance.Case) (*placement.Decision, error) {
		panic("ouch")
	})
	idle := conformance.Func("idle", func(context.Context, *conformance.Case) (*placement.Decision, error) { return nil, nil })
	lenient := conformance.Func("lenient", func(context.Context, *conformance.Case) (*placement.Decision, error) {
		return &placement.Decision{Verdict: placement.Permit}, nil
	})
	for _, c := range []struct {
		engine   conformance.Engine
		id, want string
	}{
		{failing, "red-01-region", "error |  | no way"},
		{panicking, "red-01-region", "error |  | the engine panicked: ouch"},
		{idle, "red-01-region", "error |  | the engine gave neither a decision nor an error"},
		{failing, "error-setting", "error | settings: T-1.closed must be a list, like its default, not a string | no way"},
		{failing, "error-recursion", "errorContains | is recursive | no way"},
		{lenient, "error-setting", "error | settings: T-1.closed must be a list, like its default, not a string | \nverdict |  | permit"},
		{lenient, "error-recursion", "errorContains | is recursive | \nverdict |  | permit"},
		{idle, "error-recursion", "errorContains | is recursive | the engine gave neither a decision nor an error"},
	} {
		t.Run(c.engine.Name()+" "+c.id, func(t *testing.T) {
			if got := differences(t, c.engine, pick(t, c.id)[0]); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
}

// TestAgree wants two engines that both answer as is expected, and differ in what no case says, to be told apart.
func TestAgree(t *testing.T) {
	right := conformance.Hosts()[0]
	other := wrong(t, func(d *placement.Decision) {
		d.Sites[0].Score = 7
		d.Placements = d.Placements[:0]
	})
	run := func(agree bool) *conformance.Report {
		r, err := conformance.Run(t.Context(), []conformance.Engine{right, other}, pick(t, "sov-01-country", "error-setting"), conformance.Options{Agree: agree})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	// sov-01-country expects where copies are; without that only the engines' own agreement is left.
	c := pick(t, "sov-01-country")[0]
	c.Expect.Copies = nil
	r, err := conformance.Run(t.Context(), []conformance.Engine{right, other}, []*conformance.Case{c}, conformance.Options{})
	if err != nil || !r.Passed() {
		t.Errorf("%v, passed %t", err, r.Passed())
	}
	if r := run(false); r.Engines[1].Failed != 1 || r.Engines[1].Results[0].Differences[0].Path != "copies[api]" {
		t.Errorf("%+v", r.Engines[1])
	}
	r = run(true)
	if r.Engines[0].Failed != 0 || r.Engines[1].Failed != 1 || r.Passed() {
		t.Errorf("failed %d and %d", r.Engines[0].Failed, r.Engines[1].Failed)
	}
	result := r.Engines[1].Results[0]
	score := slices.IndexFunc(result.Differences, func(d conformance.Difference) bool { return d.Path == "/sites/0/score" })
	if score < 0 || result.Differences[score] != (conformance.Difference{Path: "/sites/0/score", Want: "0", Got: "7", As: right.Name()}) {
		t.Errorf("differences %v", result.Differences)
	}
}

// TestAgreeInNothing wants a report that stays readable where decisions have little in common.
func TestAgreeInNothing(t *testing.T) {
	right, c := conformance.Hosts()[0], pick(t, "example-checkout")[0]
	c.Expect = conformance.Expect{Verdict: placement.Permit}
	other := wrong(t, func(d *placement.Decision) { d.Sites = d.Sites[:0] })
	r, err := conformance.Run(t.Context(), []conformance.Engine{right, other}, []*conformance.Case{c}, conformance.Options{Agree: true})
	if err != nil {
		t.Fatal(err)
	}
	result := r.Engines[1].Results[0]
	if len(result.Differences) != 20 || result.More != 29 { // of 49 regions
		t.Errorf("%d differences and %d more", len(result.Differences), result.More)
	}
	if d := result.Differences[0]; d.Path != "/sites/0" || d.Got != "" || !strings.HasPrefix(d.Want, `{"component":"api",`) || d.As != right.Name() {
		t.Errorf("%+v", d)
	}
}

// TestSkip wants a case that an engine does not take part in to be neither passed nor failed, and an engine that
// takes part in none not to have passed.
func TestSkip(t *testing.T) {
	right := conformance.Hosts()[0]
	modest := conformance.Func("modest", func(ctx context.Context, c *conformance.Case) (*placement.Decision, error) {
		if len(c.Standard) == 0 {
			return nil, conformance.Skip("it has no Rego")
		}
		return right.Decide(ctx, c)
	})
	for _, c := range []struct {
		ids                     []string
		passed, failed, skipped int
		pass                    bool
	}{
		{[]string{"red-01-region", "lang-not"}, 1, 0, 1, true},
		{[]string{"lang-not", "error-recursion"}, 0, 0, 2, false},
	} {
		r, err := conformance.Run(t.Context(), []conformance.Engine{modest}, pick(t, c.ids...), conformance.Options{Agree: true})
		if err != nil {
			t.Fatal(err)
		}
		if e := r.Engines[0]; e.Passed != c.passed || e.Failed != c.failed || e.Skipped != c.skipped || r.Passed() != c.pass {
			t.Errorf("%v: %d passed, %d failed, %d skipped, passed %t", c.ids, e.Passed, e.Failed, e.Skipped, r.Passed())
		}
		if last := r.Engines[0].Results[1]; last.Outcome != conformance.Skipped || last.Reason != "it has no Rego" {
			t.Errorf("%+v", last)
		}
	}
}

// TestRunErrors wants the exact text for a run that would say nothing.
func TestRunErrors(t *testing.T) {
	one, all := conformance.Hosts()[:1], pick(t, "red-01-region")
	for _, c := range []struct {
		name    string
		engines []conformance.Engine
		cases   []*conformance.Case
		want    string
	}{
		{"no engine", nil, all, "conformance: no engine to ask"},
		{"no case", one, nil, "conformance: no case to ask"},
		{"two of one name", append(one, one...), all, `conformance: two engines are called "` + one[0].Name() + `"`},
		{"two of one id", one, append(all, all...), `conformance/cases/redundancy-selection.yaml:7: case "red-01-region" is already at conformance/cases/redundancy-selection.yaml:7; rename one`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := conformance.Run(t.Context(), c.engines, c.cases, conformance.Options{}); err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// TestInterrupted ends a run while the second case is asked: the report has the first, and says so.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	right := conformance.Hosts()[0]
	var seen []string
	r, err := conformance.Run(ctx, []conformance.Engine{right}, pick(t, "red-01-region", "red-01-zone", "sel-01"), conformance.Options{
		Before: func(p conformance.Progress) {
			if seen = append(seen, p.Case.ID); p.Done == 1 {
				cancel()
			}
			if p.Total != 3 || p.Engine != right {
				t.Errorf("%+v", p)
			}
		},
	})
	if !errors.Is(err, context.Canceled) || err.Error() != "conformance: context canceled: 2 of 3 questions were not asked" {
		t.Errorf("error %v", err)
	}
	if len(r.Engines[0].Results) != 1 || !slices.Equal(seen, []string{"red-01-region", "red-01-zone"}) {
		t.Errorf("%d results after %v", len(r.Engines[0].Results), seen)
	}
}

// TestHost wants the engines that the host has, and no other.
func TestHost(t *testing.T) {
	var names []string
	for _, e := range conformance.Hosts() {
		names = append(names, e.Name())
	}
	if !slices.Equal(names, host.Engines()) {
		t.Errorf("engines %v, want %v", names, host.Engines())
	}
	_, err := conformance.Host("Rego")
	if want := `conformance: no engine is called "Rego"; did you mean "rego"?; there is ` + strings.Join(host.Engines(), ", "); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
