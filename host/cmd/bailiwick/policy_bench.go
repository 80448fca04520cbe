package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/internal/bench"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// policyBenchFlags are the flags of policy bench.
type policyBenchFlags struct {
	host      hostFlags
	request   string
	component string
	compare   bool
	texts     bool
	off       bool
	time      time.Duration
	output    string
}

// Bounds of --time: what is measured for less says nothing, and nobody waits for more.
const (
	leastBenchTime = time.Millisecond
	mostBenchTime  = time.Hour
)

func newPolicyBench() *cobra.Command {
	var flags policyBenchFlags
	cmd := &cobra.Command{
		Use:   "bench [DIR…] --request FILE",
		Short: "Measure what each policy costs",
		Long: `Measure what each policy costs, and all together: the time of one evaluation at all sites of the
topology, of every kind, and what it allocates. What is asked is which sites are denied; with
--texts, every finding with its text. The documents of the sites are made beforehand, except for
the texts of lane. Policies about paths are asked about those between any two regions, and those
about placements about the request's best one in every scenario; the last line, all, is of those
about sites. DIR holds policies to measure beside the standard ones, as with --policies. The
rules are asked about one component of a request: the first, or the one that is named.

lane is the engine that decides as a rule, host-rego the reference engine: OPA within bounds, and
three-valued logic where facts are unknown; it always makes the texts. With --compare plain OPA is
measured in turns with them, in the same process: rego is the quicker of two forms, a prepared query
for each site, or one query that goes through all. The ratio is how many times as long plain OPA
takes as lane. Times vary between machines and hours; ratios less.`,
		Example: `  bailiwick policy bench --request docs/examples/checkout.yaml
  bailiwick policy bench ./our-rules --no-standard-policies --compare --request checkout.yaml`,
		RunE: func(cmd *cobra.Command, args []string) error { return flags.run(cmd, args) },
	}
	flags.host.registerTopology(cmd)
	flags.host.registerPolicies(cmd)
	f := cmd.Flags()
	f.StringVar(&flags.request, "request", "", "request `FILE`, or - for standard input")
	f.StringVar(&flags.component, "component", "", "`NAME` of the request's component; default: the first")
	f.BoolVar(&flags.compare, "compare", false, "measure plain OPA beside the host's engines, which is slow")
	f.BoolVar(&flags.texts, "texts", false, "ask for every finding with its text, not only which sites are denied")
	f.BoolVar(&flags.off, "off", false, "measure policies that are off, too")
	f.DurationVar(&flags.time, "time", 300*time.Millisecond, "`DURATION` to spend on each measurement")
	f.StringVarP(&flags.output, "output", "o", "text", "output: `text|json`")
	if err := cmd.MarkFlagRequired("request"); err != nil {
		panic(err) // the flag was registered a few lines ago
	}
	return cmd
}

func (f *policyBenchFlags) run(cmd *cobra.Command, dirs []string) error {
	switch {
	case f.output != "text" && f.output != "json":
		return fmt.Errorf("--output: %q is not text or json", f.output)
	case f.time < leastBenchTime || f.time > mostBenchTime:
		return fmt.Errorf("--time: %s; give %s to %s", f.time, leastBenchTime, mostBenchTime)
	case cmd.Flags().Changed("component") && f.component == "":
		return errors.New("--component: empty; name a component, or leave it out")
	}
	ctx := cmd.Context()
	req, err := f.host.request(ctx, f.request)
	if err != nil {
		return err
	}
	sources, err := policySources(dirs)
	if err != nil {
		return err
	}
	var more []host.Option
	for _, s := range sources {
		more = append(more, host.WithPolicies(s.Name, s.FS))
	}
	if f.off {
		more = append(more, host.WithOffPolicies())
	}
	c, err := f.host.config(ctx)
	if err != nil {
		return err
	}
	h, err := c.Open(ctx, more...)
	if err != nil {
		return err
	}
	defer h.Close()
	in, err := h.Inputs(ctx, req, f.component)
	if err != nil {
		return err
	}
	at := newProgress(cmd.ErrOrStderr())
	report, err := bench.Run(ctx, in, bench.Options{Compare: f.compare, Texts: f.texts, Time: f.time, Progress: at.measuring})
	at.clear()
	if err != nil {
		return err
	}
	v, err := benchDocument(h, req, report)
	if err != nil {
		return err
	}
	if f.output == "json" {
		return writeJSON(cmd.OutOrStdout(), v)
	}
	t := newText(cmd.OutOrStdout())
	t.bench(v)
	return t.err
}

// measuring says on a terminal what is measured.
func (p *progress) measuring(row, rows int, policy string) {
	if policy == "" {
		policy = "all policies"
	}
	p.show(fmt.Sprintf("measuring %s, %d of %d", policy, row, rows))
}

// policyBenchJSON is what `policy bench -o json` prints.
type policyBenchJSON struct {
	Request string           `json:"request"`
	Inputs  placement.Inputs `json:"inputs"`
	*bench.Report
}

func benchDocument(h *host.Host, req *placement.Request, r *bench.Report) (*policyBenchJSON, error) {
	g, err := h.Generation()
	if err != nil {
		return nil, err
	}
	return &policyBenchJSON{
		Request: req.Metadata.Name, Report: r,
		Inputs: placement.Inputs{Snapshot: g.Snapshot.Digest(), Policies: g.Policies.Digest(), Request: req.Digest(), Semantics: host.Semantics},
	}, nil
}
