package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/conformance"
	"github.com/bailiwick-dev/bailiwick/host"
)

func newConformance() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "conformance",
		Short: "Prove that an engine answers as it must",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newConformanceRun())
	return cmd
}

// conformanceFlags are the flags of conformance run.
type conformanceFlags struct {
	cmd        *cobra.Command
	engines    []string
	dirs       []string
	noEmbedded bool
	plugins    []string
	run        string
	junit      string
	output     string
}

func newConformanceRun() *cobra.Command {
	var f conformanceFlags
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Ask engines the conformance cases, and compare",
		Long: `Ask engines the conformance cases, and compare what they answer with what must come out, and
their decisions with each other, byte for byte. A case is a topology, policies, a request and what
is expected; docs/conformance.md has the format.

With --plugin, a plugin takes the place of the standard policy of its id in every case that uses
that policy; the other cases are not asked, and what must come out stays as it is. The probe of an
SDK (its id is KIT-1, or it has no manifest) is asked the calls of the ABI kit instead, compiled and
interpreted.

The exit status is 0 if every case and call passes with every engine, and 1 if not.`,
		Example: `  bailiwick conformance run
  bailiwick conformance run --engine rego --cases ./our-cases --junit report.xml
  bailiwick conformance run --plugin residency.wasm
  bailiwick conformance run --plugin probe.wasm`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.ask(cmd) },
	}
	f.cmd = cmd
	flags := cmd.Flags()
	flags.StringSliceVar(&f.engines, "engine", nil, "`ENGINE` to ask; there is "+engineNames()+"; default: all")
	flags.StringArrayVar(&f.dirs, "cases", nil, "`DIR` of cases to ask beside the embedded ones")
	flags.BoolVar(&f.noEmbedded, "no-embedded-cases", false, "leave the embedded cases out")
	flags.StringArrayVar(&f.plugins, "plugin", nil, "plugin in the place of the standard policy of its id, or a probe: `FILE`")
	flags.StringVar(&f.run, "run", "", "only cases whose id matches the regular expression `REGEX`")
	flags.StringVar(&f.junit, "junit", "", "write the report as JUnit XML to `FILE` too")
	flags.StringVarP(&f.output, "output", "o", "text", "output: `text|json`")
	return cmd
}

// check refuses flags that cannot be meant.
func (f *conformanceFlags) check() error {
	for _, x := range []struct {
		flag    string
		values  []string
		instead string
	}{
		{"engine", f.engines, "name an engine, or leave it out"},
		{"cases", f.dirs, "name a directory, or leave it out"},
		{"plugin", f.plugins, "name a module, or leave it out"},
		{"run", []string{f.run}, "give a regular expression, or leave it out"},
		{"junit", []string{f.junit}, "name a file, or leave it out"},
	} {
		if f.cmd.Flags().Changed(x.flag) && (len(x.values) == 0 || slices.Contains(x.values, "")) {
			return fmt.Errorf("--%s: empty; %s", x.flag, x.instead)
		}
	}
	if f.output != "text" && f.output != "json" {
		return fmt.Errorf("--output: %q is not text or json", f.output)
	}
	return nil
}

// hosts returns the engines that are asked for, each once.
func (f *conformanceFlags) hosts() ([]conformance.Engine, error) {
	names := f.engines
	if len(names) == 0 {
		names = host.Engines()
	}
	var out []conformance.Engine
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			continue
		}
		if err := checkEngine(name); err != nil {
			return nil, err
		}
		e, err := conformance.Host(name)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

// cases returns the cases that are asked for.
func (f *conformanceFlags) cases() ([]*conformance.Case, error) {
	only, err := regexp.Compile(f.run)
	if err != nil {
		return nil, fmt.Errorf("--run: %w", err)
	}
	if f.noEmbedded && len(f.dirs) == 0 {
		return nil, errors.New("--no-embedded-cases leaves no cases; give some with --cases DIR")
	}
	var all []*conformance.Case
	if !f.noEmbedded {
		if all, err = conformance.Cases(); err != nil {
			return nil, err
		}
	}
	for _, dir := range f.dirs {
		info, err := os.Stat(dir)
		if err != nil {
			return nil, fmt.Errorf("--cases: %w", err)
		}
		if !info.IsDir() {
			return nil, fmt.Errorf("--cases: %s is not a directory", dir)
		}
		more, err := conformance.Load(dir, os.DirFS(dir))
		if err != nil {
			return nil, fmt.Errorf("--cases: %w", err)
		}
		all = append(all, more...)
	}
	total := len(all)
	all = slices.DeleteFunc(all, func(c *conformance.Case) bool { return !only.MatchString(c.ID) })
	if len(all) == 0 {
		return nil, fmt.Errorf("--run: none of %s has an id that matches %q", count(total, "case"), f.run)
	}
	return all, nil
}

// ask runs the cases and reports.
func (f *conformanceFlags) ask(cmd *cobra.Command) error {
	if err := f.check(); err != nil {
		return err
	}
	p := newProgress(cmd.ErrOrStderr())
	report, err := f.report(cmd.Context(), p)
	p.clear()
	if err != nil {
		return err
	}
	var wrote error // the file; the report itself is printed all the same
	if f.junit != "" {
		wrote = writeFile(f.junit, report.WriteJUnit)
	}
	if err := f.write(cmd.OutOrStdout(), report); err != nil {
		return err
	}
	if wrote != nil {
		return fmt.Errorf("--junit: %w", wrote)
	}
	if !report.Passed() {
		return statusError(statusFailed)
	}
	return nil
}

// report asks the probes that are given their calls, and the engines the cases.
func (f *conformanceFlags) report(ctx context.Context, p *progress) (*conformance.Report, error) {
	given, err := f.given()
	if err != nil {
		return nil, err
	}
	onlyProbes := len(given.probes) > 0 && len(given.plugins) == 0
	if onlyProbes {
		if err := f.noCases(); err != nil {
			return nil, err
		}
	}
	report := new(conformance.Report)
	for _, probe := range given.probes {
		engines, err := probe.run(ctx, p)
		if err != nil {
			return nil, err
		}
		report.Engines = append(report.Engines, engines...)
	}
	if onlyProbes {
		return report, nil
	}
	engines, err := f.hosts()
	if err != nil {
		return nil, err
	}
	cases, err := f.cases()
	if err != nil {
		return nil, err
	}
	if len(given.plugins) > 0 {
		if cases, err = conformance.StandIns(cases, given.plugins...); err != nil {
			return nil, fmt.Errorf("--plugin: %w", err)
		}
	}
	asked, err := conformance.Run(ctx, engines, cases, conformance.Options{
		Agree: true,
		Before: func(now conformance.Progress) {
			p.show(fmt.Sprintf("%d of %d  %s  %s", now.Done, now.Total, now.Engine.Name(), now.Case.ID))
		},
	})
	if err != nil {
		return nil, err
	}
	report.Cases, report.Engines = asked.Cases, append(report.Engines, asked.Engines...)
	return report, nil
}

func (f *conformanceFlags) write(w io.Writer, r *conformance.Report) error {
	if f.output == "json" {
		return writeJSON(w, conformanceShown{APIVersion: "bailiwick/v1", Kind: "ConformanceReport", Passed: r.Passed(), Report: r})
	}
	t := newText(w)
	t.conformance(r)
	return t.err
}

// conformanceShown is a report as JSON.
type conformanceShown struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	Passed     bool   `json:"passed"`
	*conformance.Report
}

// writeFile makes a file of what write writes. On an error it may be left in part.
func writeFile(name string, write func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	return errors.Join(write(f), f.Close())
}

// conformance writes a report: how many cases passed with each engine, and why those that did not.
func (t *text) conformance(r *conformance.Report) {
	for i := range r.Engines {
		if i > 0 {
			t.line("")
		}
		t.engineReport(&r.Engines[i])
	}
}

func (t *text) engineReport(e *conformance.EngineReport) {
	mark := good.Render("PASSED")
	switch {
	case e.Failed > 0:
		mark = bad.Render("FAILED")
	case e.Passed == 0:
		mark = amber.Render("NOTHING PASSED")
	}
	parts := []string{fmt.Sprintf("%d of %s passed", e.Passed, count(len(e.Results), "case"))}
	if e.Failed > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", e.Failed))
	}
	if e.Skipped > 0 {
		parts = append(parts, fmt.Sprintf("%d skipped", e.Skipped))
	}
	t.line(head.Render(oneLine(e.Engine)) + "  " + mark + "  " + strings.Join(parts, ", "))
	for i := range e.Results {
		switch x := &e.Results[i]; x.Outcome {
		case conformance.Failed:
			t.failedCase(x)
		case conformance.Skipped:
			t.wrapped("  "+amber.Render("skipped")+"  "+oneLine(x.Case)+"  ", dimmed(oneLine(x.Reason)))
		}
	}
}

// failedCase writes a case that failed, and each difference as what must come out and what did.
func (t *text) failedCase(x *conformance.Result) {
	t.line("")
	t.wrapped("  "+bad.Render("failed")+"  "+oneLine(x.Case)+"  ", strings.Fields(oneLine(x.Title)))
	if x.Place != "" {
		t.line("          " + dim.Render(oneLine(x.Place)))
	}
	for _, d := range x.Differences {
		t.line("    " + oneLine(d.Path))
		want := "want"
		if d.As != "" {
			want = "as " + oneLine(d.As)
		}
		width := max(len(want), len("got"))
		for _, side := range [][2]string{{want, d.Want}, {"got", d.Got}} {
			words := strings.Fields(oneLine(side[1]))
			if len(words) == 0 {
				words = []string{dim.Render("nothing")}
			}
			t.wrapped(fmt.Sprintf("      %-*s  ", width, side[0]), words)
		}
	}
	if x.More > 0 {
		t.line(fmt.Sprintf("    … and %s more", count(x.More, "difference")))
	}
}
