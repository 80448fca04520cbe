package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/conformance"
)

// pluginTestFlags are the flags of plugin test.
type pluginTestFlags struct {
	source pluginSource
	dirs   []string
	run    string
	both   bool
	junit  string
	output string
}

func newPluginTest() *cobra.Command {
	var f pluginTestFlags
	cmd := &cobra.Command{
		Use:   "test DIR|FILE",
		Short: "Ask a plugin its cases, and compare",
		Long: `Ask a plugin its cases, and compare what comes out with what must. DIR is compiled first; FILE is a
module with its manifest. Cases stand beside it, in cases.yaml and in files whose names end in
_cases.yaml; each has a topology, a request and what is expected, in the form of conformance cases,
and may bound the fuel that a call takes. docs/plugins.md has the format.

The plugin alone decides, with the policies that a case adds, and is granted all it asks for. With
--both it runs on the compiler and on the interpreter, which have to come to the same bytes by the
same fuel. The exit status is 0 if every case passes, and 1 if not.`,
		Example: `  bailiwick plugin test ./quiet-grids
  bailiwick plugin test --both quiet-grids.wasm --cases ./quiet-grids`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.test(cmd, args[0]) },
	}
	f.source.register(cmd)
	flags := cmd.Flags()
	flags.StringArrayVar(&f.dirs, "cases", nil, "`DIR` of cases; default: where the plugin is")
	flags.StringVar(&f.run, "run", "", "only cases whose id matches the regular expression `REGEX`")
	flags.BoolVar(&f.both, "both", false, "run it on the compiler and on the interpreter")
	flags.StringVar(&f.junit, "junit", "", "write the report as JUnit XML to `FILE` too")
	flags.StringVarP(&f.output, "output", "o", "text", "output: `text|json`")
	return cmd
}

func (f *pluginTestFlags) check(cmd *cobra.Command) error {
	if err := f.source.check(cmd); err != nil {
		return err
	}
	for _, x := range []struct {
		flag    string
		values  []string
		instead string
	}{
		{"cases", f.dirs, "name a directory, or leave it out"},
		{"run", []string{f.run}, "give a regular expression, or leave it out"},
		{"junit", []string{f.junit}, "name a file, or leave it out"},
	} {
		if cmd.Flags().Changed(x.flag) && slices.Contains(x.values, "") {
			return fmt.Errorf("--%s: empty; %s", x.flag, x.instead)
		}
	}
	if f.output != "text" && f.output != "json" {
		return fmt.Errorf("--output: %q is not text or json", f.output)
	}
	return nil
}

// plugin reads or builds the plugin, and says where its cases are.
func (f *pluginTestFlags) plugin(cmd *cobra.Command, name string, p *progress) (*pluginModule, string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, "", err
	}
	if !info.IsDir() {
		for _, flag := range []string{"lang", "module"} {
			if cmd.Flags().Changed(flag) {
				return nil, "", fmt.Errorf("--%s says how to build a directory, and %s is a file", flag, name)
			}
		}
		m, err := readPlugin(name)
		return m, filepath.Dir(name), err
	}
	p.show("compiling " + name)
	defer p.clear()
	b, err := f.source.build(cmd.Context(), name, filepath.Join(name, moduleFile))
	if err != nil {
		return nil, "", err
	}
	return &b.pluginModule, name, nil
}

// cases reads the cases that are asked for.
func (f *pluginTestFlags) cases(m *pluginModule, beside string) ([]*conformance.Case, error) {
	only, err := regexp.Compile(f.run)
	if err != nil {
		return nil, fmt.Errorf("--run: %w", err)
	}
	dirs := f.dirs
	if len(dirs) == 0 {
		dirs = []string{beside}
	}
	var all []*conformance.Case
	for _, dir := range dirs {
		if info, err := os.Stat(dir); err != nil {
			return nil, fmt.Errorf("--cases: %w", err)
		} else if !info.IsDir() {
			return nil, fmt.Errorf("--cases: %s is not a directory", dir)
		}
		more, err := conformance.LoadPluginCases(conformance.Plugin{Name: m.name, Module: m.module}, filepath.ToSlash(dir), os.DirFS(dir))
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	if err := conformance.Unique(all); err != nil {
		return nil, err
	}
	total := len(all)
	all = slices.DeleteFunc(all, func(c *conformance.Case) bool { return !only.MatchString(c.ID) })
	if len(all) == 0 {
		return nil, fmt.Errorf("--run: none of %s has an id that matches %q", count(total, "case"), f.run)
	}
	return all, nil
}

func (f *pluginTestFlags) test(cmd *cobra.Command, name string) error {
	if err := f.check(cmd); err != nil {
		return err
	}
	p := newProgress(cmd.ErrOrStderr())
	m, beside, err := f.plugin(cmd, name, p)
	if err != nil {
		return err
	}
	cases, err := f.cases(m, beside)
	if err != nil {
		return err
	}
	engines := []conformance.Engine{conformance.Compiler()}
	if f.both {
		engines = append(engines, conformance.Interpreter())
	}
	report, err := conformance.Run(cmd.Context(), engines, cases, conformance.Options{
		Agree: true,
		Before: func(now conformance.Progress) {
			p.show(fmt.Sprintf("%d of %d  %s  %s", now.Done, now.Total, now.Engine.Name(), now.Case.ID))
		},
	})
	p.clear()
	if err != nil {
		return err
	}
	var wrote error // the file; the report itself is printed all the same
	if f.junit != "" {
		wrote = writeFile(f.junit, report.WriteJUnit)
	}
	if err := f.write(cmd, m, report); err != nil {
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

func (f *pluginTestFlags) write(cmd *cobra.Command, m *pluginModule, r *conformance.Report) error {
	if f.output == "json" {
		return writeJSON(cmd.OutOrStdout(), pluginTested{
			APIVersion: "bailiwick/v1", Kind: "PluginTestReport", Passed: r.Passed(), Plugin: m.shown(), Report: r,
		})
	}
	t := newText(cmd.OutOrStdout())
	t.line(m.title() + dim.Render("  "+oneLine(m.policy.ID)))
	t.conformance(r)
	if most := mostFuel(r); most > 0 {
		t.line("")
		t.line(dim.Render("at most " + grouped(most) + " fuel in a call"))
	}
	return t.err
}

// mostFuel is what the costliest call of all took.
func mostFuel(r *conformance.Report) (most int64) {
	for i := range r.Engines {
		for k := range r.Engines[i].Results {
			most = max(most, r.Engines[i].Results[k].Fuel)
		}
	}
	return most
}

// pluginTested is what `plugin test -o json` prints.
type pluginTested struct {
	APIVersion string      `json:"apiVersion"`
	Kind       string      `json:"kind"`
	Passed     bool        `json:"passed"`
	Plugin     pluginShown `json:"plugin"`
	*conformance.Report
}

// pluginShown names a plugin in JSON.
type pluginShown struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	ID      string `json:"id"`
	Digest  string `json:"digest"`
}

func (p *pluginModule) shown() pluginShown {
	m := p.manifest()
	return pluginShown{m.Metadata.Name, m.Metadata.Version, p.policy.ID, p.policy.Plugin.Digest}
}
