package regotests

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// Options say how tests are run. The zero Options run all, for as long as [DefaultTimeout] each.
type Options struct {
	Run      string        // a regular expression of the tests that are run, as data.package.test_name; "" runs all
	Timeout  time.Duration // of each test; 0: DefaultTimeout
	Coverage bool          // measure which lines the tests come to
	Topology *ast.Term     // data.topology where a test does not say another with `with`; nil: there is none
}

// DefaultTimeout is how long a test may take.
const DefaultTimeout = 10 * time.Second

// Outcome is how a test ended.
type Outcome string

// The outcomes.
const (
	Passed  Outcome = "passed"
	Failed  Outcome = "failed"
	Errored Outcome = "error" // it could not be evaluated
	Skipped Outcome = "skipped"
)

// Test is one test that was run.
type Test struct {
	Name    string  `json:"name"` // package and rule, such as "acme.countries_test.test_bloc_permits"
	File    string  `json:"file"`
	Line    int     `json:"line"`
	Outcome Outcome `json:"outcome"`
	// At is where it failed, file:line, and Expression what did not hold there; "" where that is not known.
	At         string `json:"at,omitempty"`
	Expression string `json:"expression,omitempty"`
	Error      string `json:"error,omitempty"`
	Output     string `json:"output,omitempty"` // of print
}

// Lines are lines of a file, from First to Last.
type Lines struct {
	First int `json:"first"`
	Last  int `json:"last"`
}

// FileCoverage is how much of a file the tests come to.
type FileCoverage struct {
	File       string  `json:"file"`
	Percent    float64 `json:"percent"`
	NotCovered []Lines `json:"notCovered"`
}

// Report is what came of a run.
type Report struct {
	Passed  int            `json:"passed"`
	Failed  int            `json:"failed"` // errors included
	Skipped int            `json:"skipped"`
	Tests   []Test         `json:"tests"`
	Percent float64        `json:"coveragePercent,omitzero"`
	Files   []FileCoverage `json:"coverage,omitempty"`
}

// ErrNoTests says that there is nothing to run.
var ErrNoTests = errors.New("no tests: write rules called test_… in files called *_test.rego")

// Run runs the tests of a suite.
func (s *Suite) Run(ctx context.Context, o Options) (*Report, error) {
	r := &Report{Tests: []Test{}}
	results, err := s.results(ctx, s.runner(o).CapturePrintOutput(true).EnableTracing(true), o)
	if err != nil {
		return nil, err
	}
	for _, res := range results {
		t := outcome(res)
		switch t.Outcome {
		case Passed:
			r.Passed++
		case Skipped:
			r.Skipped++
		default:
			r.Failed++
		}
		r.Tests = append(r.Tests, t)
	}
	if len(r.Tests) == 0 {
		return nil, ErrNoTests
	}
	slices.SortFunc(r.Tests, func(a, b Test) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Name, b.Name))
	})
	if o.Coverage {
		cov := cover.New()
		if _, err := s.results(ctx, s.runner(o).SetCoverageQueryTracer(cov), o); err != nil {
			return nil, err
		}
		s.cover(r, cov)
	}
	return r, nil
}

func (s *Suite) runner(o Options) *tester.Runner {
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	return tester.NewRunner().RaiseBuiltinErrors(true).SetModules(s.modules).SetTimeout(o.Timeout).Filter(o.Run).
		SetCompiler(ast.NewCompiler().WithStrict(true).WithEnablePrintStatements(true))
}

// results runs the tests of one's own files.
func (s *Suite) results(ctx context.Context, runner *tester.Runner, o Options) (out []*tester.Result, err error) {
	data := ast.NewObject()
	if o.Topology != nil {
		data.Insert(ast.StringTerm("topology"), o.Topology)
	}
	store := inmem.NewFromASTObject(data)
	txn, err := store.NewTransaction(ctx)
	if err != nil {
		return nil, err
	}
	defer store.Abort(ctx, txn)
	ch, err := runner.SetStore(store).RunTests(ctx, txn)
	if err != nil {
		return nil, err
	}
	for res := range ch {
		if res.Location != nil && slices.Contains(s.own, res.Location.File) {
			out = append(out, res)
		}
	}
	return out, ctx.Err()
}

// outcome restates OPA's result.
func outcome(res *tester.Result) Test {
	t := Test{
		Name: strings.TrimPrefix(res.Package, "data.") + "." + res.Name, File: res.Location.File, Line: res.Location.Row,
		Outcome: Passed, Output: string(res.Output),
	}
	switch {
	case res.Error != nil:
		t.Outcome, t.Error = Errored, res.Error.Error()
	case res.Skip:
		t.Outcome = Skipped
	case res.Fail:
		t.Outcome = Failed
	}
	if at := failedAt(res); at != nil && t.Outcome == Failed {
		t.At, t.Expression = fmt.Sprintf("%s:%d", at.File, at.Row), strings.TrimSpace(string(at.Text))
	}
	return t
}

// failedAt is the statement of the test's own file that failed last; nil if none is known.
func failedAt(res *tester.Result) (at *ast.Location) {
	for _, e := range res.Trace {
		if e.Op == topdown.FailOp && e.Location != nil && e.Location.File == res.Location.File {
			at = e.Location
		}
	}
	return at
}

// cover adds how much of the policies the tests came to. Tests themselves do not count.
func (s *Suite) cover(r *Report, cov *cover.Cover) {
	own := map[string]*ast.Module{}
	for _, name := range s.own {
		if !strings.HasSuffix(name, testSuffix) {
			own[name] = s.modules[name]
		}
	}
	report := cov.Report(own)
	lines, covered := 0, 0
	for _, name := range s.own {
		f := report.Files[name]
		if f == nil || own[name] == nil {
			continue
		}
		lines, covered = lines+f.CoveredLines+f.NotCoveredLines, covered+f.CoveredLines
		c := FileCoverage{File: name, Percent: percent(f.CoveredLines, f.CoveredLines+f.NotCoveredLines), NotCovered: []Lines{}}
		for _, x := range f.NotCovered {
			c.NotCovered = append(c.NotCovered, Lines{x.Start.Row, x.End.Row})
		}
		r.Files = append(r.Files, c)
	}
	r.Percent = percent(covered, lines)
}

// percent is a share to one decimal, never rounded up to all.
func percent(part, whole int) float64 {
	if whole == 0 || part == whole {
		return 100
	}
	return float64(part*1000/whole) / 10
}
