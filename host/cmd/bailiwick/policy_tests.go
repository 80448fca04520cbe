package main

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host/internal/document"
	"github.com/bailiwick-dev/bailiwick/host/internal/regotests"
	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/host/topology/aws"
	"github.com/bailiwick-dev/bailiwick/policies"
)

// policyTestFlags are the flags of policy test.
type policyTestFlags struct {
	run       string
	coverage  bool
	threshold float64
	catalogue bool
	standard  bool
	timeout   time.Duration
	junit     string
	output    string
}

func newPolicyTest() *cobra.Command {
	var f policyTestFlags
	cmd := &cobra.Command{
		Use:   "test DIR…",
		Short: "Run the tests of policies",
		Long: `Run the tests of policies, which are written as OPA's: rules called test_… in files called
*_test.rego; one called todo_test_… is skipped. What rules see is given by "with input as …" and
"with data.topology as …"; with --catalogue, data.topology is the embedded catalogue where a test
says nothing else. The standard policies' libraries, such as data.lib.sites, are there to be called.

With --coverage the lines of the policies that no test comes to are listed; --threshold fails the
run where fewer than so many per cent are covered. The exit status is 0 if every test passes, and 1
if not, if there is none, or for an error.`,
		Example: `  bailiwick policy test ./our-rules --coverage
  bailiwick policy test ./our-rules --run countries --junit report.xml
  bailiwick policy test --standard --threshold 100`,
		RunE: func(cmd *cobra.Command, args []string) error { return f.test(cmd, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.run, "run", "", "run only tests whose name, data.PACKAGE.RULE, matches `REGEX`")
	flags.BoolVar(&f.coverage, "coverage", false, "measure which lines of the policies the tests come to")
	flags.Float64Var(&f.threshold, "threshold", 0, "fail below so many `PERCENT` of the lines; measures coverage")
	flags.BoolVar(&f.catalogue, "catalogue", false, "let data.topology be the embedded catalogue")
	flags.BoolVar(&f.standard, "standard", false, "run the tests of the standard policies, too")
	flags.DurationVar(&f.timeout, "timeout", regotests.DefaultTimeout, "`DURATION` that a test may take")
	flags.StringVar(&f.junit, "junit", "", "write JUnit XML to `FILE`, too")
	flags.StringVarP(&f.output, "output", "o", "text", "output: `text|json`")
	return cmd
}

func (f *policyTestFlags) test(cmd *cobra.Command, dirs []string) error {
	o := regotests.Options{Run: f.run, Timeout: f.timeout, Coverage: f.coverage || cmd.Flags().Changed("threshold")}
	switch {
	case f.output != "text" && f.output != "json":
		return fmt.Errorf("--output: %q is not text or json", f.output)
	case len(dirs) == 0 && !f.standard:
		return errors.New("name a directory of policies, or give --standard for those that come with bailiwick")
	case f.threshold < 0 || f.threshold > 100:
		return fmt.Errorf("--threshold: %v is not a percentage from 0 to 100", f.threshold)
	case f.timeout <= 0:
		return fmt.Errorf("--timeout: %s; a test needs some time", f.timeout)
	case cmd.Flags().Changed("junit") && f.junit == "":
		return errors.New("--junit: empty; name a file")
	}
	if _, err := regexp.Compile(f.run); err != nil {
		return fmt.Errorf("--run: %w", err)
	}
	own, err := policySources(dirs)
	if err != nil {
		return err
	}
	sources := []regotests.Source{{Name: standardSource, FS: policies.FS(), Beside: !f.standard}}
	for _, s := range own {
		sources = append(sources, regotests.Source{Name: s.Name, FS: s.FS})
	}
	suite, err := regotests.Load(sources...)
	if err != nil {
		return err
	}
	if f.catalogue {
		if o.Topology, err = catalogueTopology(); err != nil {
			return err
		}
	}
	r, err := suite.Run(cmd.Context(), o)
	switch {
	case errors.Is(err, regotests.ErrNoTests) && f.run != "":
		return fmt.Errorf("--run: no test matches %q", f.run)
	case err != nil:
		return fmt.Errorf("%s: %w", strings.Join(dirs, ", "), err)
	}
	if f.junit != "" {
		text, err := junitOf(r)
		if err != nil {
			return err
		}
		if err := os.WriteFile(f.junit, text, 0o644); err != nil {
			return err
		}
	}
	if f.output == "json" {
		err = writeJSON(cmd.OutOrStdout(), r)
	} else {
		t := newText(cmd.OutOrStdout())
		t.tests(r)
		err = t.err
	}
	switch {
	case err != nil:
		return err
	case r.Failed > 0:
		return statusError(statusFailed)
	case o.Coverage && r.Percent < f.threshold:
		return fmt.Errorf("%v%% of the lines are covered; --threshold asks for %v%%", r.Percent, f.threshold)
	}
	return nil
}

// catalogueTopology is data.topology of the embedded catalogue on its own day.
func catalogueTopology() (*ast.Term, error) {
	t, err := topology.Load(topology.Input{Name: "aws", FS: aws.FS()})
	if err != nil {
		return nil, err
	}
	snap, err := topology.Build(t)
	if err != nil {
		return nil, err
	}
	data, _ := document.New(snap).On(snap.AsOf())
	return data, nil
}

// tests shows what came of tests.
func (t *text) tests(r *regotests.Report) {
	for i := range r.Tests {
		x := &r.Tests[i]
		if x.Output != "" {
			t.line(dim.Render("  print ") + " " + oneLine(x.Name) + dim.Render("  "+oneLine(strings.TrimSpace(x.Output))))
		}
		switch x.Outcome {
		case regotests.Passed:
			continue
		case regotests.Skipped:
			t.line(amber.Render("  skipped") + "  " + oneLine(x.Name))
			continue
		}
		t.line(bad.Render("  "+string(x.Outcome)) + "  " + oneLine(x.Name) + dim.Render(fmt.Sprintf("  %s:%d", oneLine(x.File), x.Line)))
		if x.At != "" {
			t.wrapped("          ", strings.Fields("does not hold at "+oneLine(x.At)+": "+oneLine(x.Expression)))
		}
		if x.Error != "" {
			t.wrapped("          ", strings.Fields(oneLine(x.Error)))
		}
	}
	verdict := good.Render("ok")
	if r.Failed > 0 {
		verdict = bad.Render("FAILED")
	}
	parts := []string{count(r.Passed, "test") + " passed"}
	if r.Failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", r.Failed))
	}
	if r.Skipped > 0 {
		parts = append(parts, fmt.Sprintf("%d skipped", r.Skipped))
	}
	if r.Files != nil {
		parts = append(parts, fmt.Sprintf("%v%% of the lines covered", r.Percent))
	}
	t.line(verdict + "  " + strings.Join(parts, " · "))
	for i := range r.Files {
		c := &r.Files[i]
		if len(c.NotCovered) == 0 {
			continue
		}
		var lines []string
		for _, l := range c.NotCovered {
			if l.First == l.Last {
				lines = append(lines, fmt.Sprint(l.First))
			} else {
				lines = append(lines, fmt.Sprintf("%d-%d", l.First, l.Last))
			}
		}
		t.wrapped("  "+amber.Render("not covered")+"  "+oneLine(c.File)+"  ", []string{strings.Join(lines, ", ")})
	}
}

// The elements of JUnit's XML. There are no times: the report of the same outcome is the same.
type (
	junitTests struct {
		XMLName  xml.Name    `xml:"testsuite"`
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Skipped  int         `xml:"skipped,attr"`
		Cases    []junitTest `xml:"testcase"`
	}
	junitTest struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		File    string        `xml:"file,attr"`
		Line    int           `xml:"line,attr"`
		Failure *junitMessage `xml:"failure"`
		Skipped *struct{}     `xml:"skipped"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
	}
)

func junitOf(r *regotests.Report) ([]byte, error) {
	suite := junitTests{Name: "bailiwick policy test", Tests: len(r.Tests), Failures: r.Failed, Skipped: r.Skipped}
	for i := range r.Tests {
		x := &r.Tests[i]
		at := strings.LastIndexByte(x.Name, '.')
		c := junitTest{Class: x.Name[:max(at, 0)], Name: x.Name[at+1:], File: x.File, Line: x.Line}
		switch x.Outcome {
		case regotests.Skipped:
			c.Skipped = &struct{}{}
		case regotests.Failed:
			c.Failure = &junitMessage{"does not hold"}
			if x.At != "" {
				c.Failure.Message = "does not hold at " + x.At + ": " + x.Expression
			}
		case regotests.Errored:
			c.Failure = &junitMessage{x.Error}
		}
		suite.Cases = append(suite.Cases, c)
	}
	var b bytes.Buffer
	b.WriteString(xml.Header)
	e := xml.NewEncoder(&b)
	e.Indent("", "  ")
	if err := e.Encode(suite); err != nil {
		return nil, err
	}
	b.WriteString("\n")
	return b.Bytes(), nil
}
