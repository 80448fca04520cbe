package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/host/topology/lint"
)

// lintFlags are the flags of topology lint.
type lintFlags struct {
	host      hostFlags
	output    string
	level     string
	staleDays int
	all       bool
}

func newTopologyLint() *cobra.Command {
	var flags lintFlags
	cmd := &cobra.Command{
		Use:   "lint [DIR…]",
		Short: "Look for facts that are wrong, doubtful or missing",
		Long: `Look for facts of a topology that are wrong, doubtful or missing, beyond what compilation refuses:
points against countries and cities, round trips against light and distance, old and missing
sources, figures that cannot be, lists that contradict each other. Each DIR lies over the embedded
catalogue, as with --topology; what is found in their files comes first. Without DIR the embedded
catalogue is looked at.

An error is surely wrong, a warning deserves a look, a note names a gap. The exit status is 1 if
there are errors, and 0 otherwise.`,
		Example: `  bailiwick topology lint
  bailiwick topology lint ./our-sites --level warning
  bailiwick topology lint ./our-sites --topology-only -o json`,
		RunE: func(cmd *cobra.Command, args []string) error { return flags.run(cmd, args) },
	}
	flags.host.registerTopology(cmd)
	f := cmd.Flags()
	f.StringVarP(&flags.output, "output", "o", "text", "output: `text|json`")
	f.StringVar(&flags.level, "level", "note", "`LEVEL` to show and what is worse: error, warning or note")
	f.IntVar(&flags.staleDays, "stale-days", lint.DefaultStaleDays, "a source is old more than `N` days before the topology's date")
	f.BoolVar(&flags.all, "all", false, "show every finding, not the first few of each rule")
	return cmd
}

func (f *lintFlags) run(cmd *cobra.Command, args []string) error {
	if f.output != "text" && f.output != "json" {
		return fmt.Errorf("--output: %q is not text or json", f.output)
	}
	least, ok := lint.ParseLevel(f.level)
	if !ok {
		return fmt.Errorf("--level: %q is not error, warning or note", f.level)
	}
	if f.staleDays < 1 {
		return fmt.Errorf("--stale-days: %d is not a number of days; give 1 or more", f.staleDays)
	}
	c, err := f.host.config(cmd.Context())
	if err != nil {
		return err
	}
	names := slices.Clone(args)
	for _, v := range c.Topology.Value {
		names = append(names, v.Value)
	}
	for _, name := range names {
		if topology.IsSnapshotFile(name) {
			return fmt.Errorf("%s: a compiled snapshot no longer says where its facts stand; give the directory it was built from", name)
		}
	}
	inputs, err := c.Inputs(args...)
	if err != nil {
		return err
	}
	t, err := topology.Load(inputs...)
	if err != nil {
		return err
	}
	s, err := topology.Build(t)
	if err != nil {
		return err
	}
	found := lint.Check(t, s, lint.Options{StaleDays: f.staleDays})
	if len(inputs) > 1 {
		// Whoever lays files over the catalogue wants to know of their own first. The order is else kept.
		slices.SortStableFunc(found, func(a, b lint.Finding) int {
			if a.Level != b.Level || a.Rule != b.Rule {
				return 0
			}
			return inCatalogue(a) - inCatalogue(b)
		})
	}
	var counts [lint.Note + 1]int
	for _, x := range found {
		counts[x.Level]++
	}
	found = slices.DeleteFunc(found, func(x lint.Finding) bool { return x.Level > least })
	if f.output == "json" {
		err = writeJSON(cmd.OutOrStdout(), f.document(s, found, counts))
	} else {
		out := newText(cmd.OutOrStdout())
		out.findings(s, found, counts, f.all)
		err = out.err
	}
	if err == nil && counts[lint.Error] > 0 {
		return statusError(statusFailed)
	}
	return err
}

// inCatalogue is 1 for a finding in the embedded catalogue, 0 for others.
func inCatalogue(f lint.Finding) int {
	if strings.HasPrefix(f.Pos.File, awsInput().Name+"/") {
		return 1
	}
	return 0
}

// lintJSON is what `topology lint -o json` prints.
type lintJSON struct {
	Name      string         `json:"name"`
	AsOf      string         `json:"asOf"`
	Snapshot  string         `json:"snapshot"`
	StaleDays int            `json:"staleDays"`
	Counts    map[string]int `json:"counts"` // by level, those not shown included
	Findings  []findingJSON  `json:"findings"`
}

type findingJSON struct {
	Level   string `json:"level"`
	Rule    string `json:"rule"`
	File    string `json:"file"`
	Line    int    `json:"line"`
	Subject string `json:"subject"`
	Message string `json:"message"`
	Note    string `json:"note,omitempty"`
}

func (f *lintFlags) document(s *topology.Snapshot, found []lint.Finding, counts [lint.Note + 1]int) lintJSON {
	v := lintJSON{Name: s.Name(), AsOf: s.AsOf(), Snapshot: s.Digest(), StaleDays: f.staleDays, Counts: map[string]int{}, Findings: []findingJSON{}}
	for l, n := range counts {
		v.Counts[lint.Level(l).String()] = n
	}
	for _, x := range found {
		v.Findings = append(v.Findings, findingJSON{x.Level.String(), x.Rule, x.Pos.File, x.Pos.Line, x.Subject, x.Message, x.Note})
	}
	return v
}

// shownFindings is how many findings of a rule are shown before the rest is only counted.
const shownFindings = 5

// findings lists findings by rule, those of a rule together.
func (t *text) findings(s *topology.Snapshot, found []lint.Finding, counts [lint.Note + 1]int, all bool) {
	t.line(head.Render(s.Name()) + "  as of " + s.AsOf() + "  " + strings.Join([]string{
		count(counts[lint.Error], "error"), count(counts[lint.Warning], "warning"), count(counts[lint.Note], "note"),
	}, " · "))
	titles := map[string]string{}
	for _, r := range lint.Rules() {
		titles[r.ID] = r.Title
	}
	for len(found) > 0 {
		n := 1
		for n < len(found) && found[n].Rule == found[0].Rule && found[n].Level == found[0].Level {
			n++
		}
		t.line("")
		t.wrapped(levelText(found[0].Level)+"  "+head.Render(found[0].Rule)+fmt.Sprintf("  %d  ", n), dimmed(titles[found[0].Rule]))
		for i, x := range found[:n] {
			if i == shownFindings && !all {
				t.line(dim.Render(fmt.Sprintf("  … and %d more; --all shows them", n-i)))
				break
			}
			t.wrapped("  ", append(strings.Fields(oneLine(x.Subject)), " "+dim.Render(oneLine(place(x.Pos)))))
			t.wrapped("      ", strings.Fields(oneLine(x.Message)))
			if x.Note != "" {
				t.wrapped("      noted: ", strings.Fields(oneLine(x.Note)))
			}
		}
		found = found[n:]
	}
}

func place(p decode.Pos) string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

func levelText(l lint.Level) string {
	switch l {
	case lint.Error:
		return bad.Render(l.String())
	case lint.Warning:
		return amber.Render(l.String())
	}
	return l.String()
}
