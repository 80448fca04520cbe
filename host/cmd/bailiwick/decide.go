package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

func newDecide() *cobra.Command {
	var flags hostFlags
	var keep recorder
	var output string
	cmd := &cobra.Command{
		Use:   "decide REQUEST…",
		Short: "Decide where the workloads of requests may and should run",
		Long: `Decide where the workloads of requests may and should run, and say why. A REQUEST is a YAML or
JSON file, or - for standard input.

The exit status is 0 for permit, 2 deny, 3 infeasible, 4 indeterminate and 1 for an error; of
several requests, the worst. An error in one request does not keep the others from being decided.
A decision that cannot be recorded is written all the same, and the status is 1. Several requests
are decided side by side and written in their order; text ends with a summary of them.

With -o csv it writes the footprint report instead: what each copy of the best placement and of
the next best emits a month, for components that state energyKWh.`,
		Example: `  bailiwick decide docs/examples/checkout.yaml
  bailiwick decide -o json --topology ./our-sites --policies ./our-rules checkout.yaml`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if i := slices.Index(args, "-"); i >= 0 && slices.Contains(args[i+1:], "-") {
				return errors.New("- is given more than once; standard input can be read once")
			}
			settled, err := flags.config(cmd.Context())
			if err != nil {
				return err
			}
			if !cmd.Flags().Changed("output") {
				output = settled.Output.Value
			}
			write, err := decisionWriter(output, settled.File, cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			h, err := flags.open(cmd.Context())
			if err != nil {
				return err
			}
			defer h.Close()
			b := batch{out: cmd.OutOrStdout(), errs: cmd.ErrOrStderr(), host: h, write: write, status: statusPermit}
			if output == "text" && len(args) > 1 {
				b.summary = newSummary()
			}
			if err := keep.open(cmd.Flags().Changed("record")); err != nil {
				b.fail(err)
			}
			defer keep.close()
			return b.run(cmd.Context(), args, func(ctx context.Context, name string) decided {
				req, d, err := decideFile(ctx, h, &flags, &keep, name)
				return decided{name, req, d, err}
			})
		},
	}
	flags.register(cmd)
	cmd.Flags().StringVar(&keep.dir, "record", "", "keep each decision and what went into it in `DIR`, for replay")
	cmd.Flags().StringVarP(&output, "output", "o", "text", "`FORM`: text, json, yaml, or csv, the footprint report")
	return cmd
}

func decideFile(ctx context.Context, h *host.Host, flags *hostFlags, keep *recorder, name string) (*placement.Request, *placement.Decision, error) {
	req, err := flags.request(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	d, err := keep.decide(ctx, h, req)
	return req, d, err
}

// writeDecision writes one decision.
type writeDecision func(w io.Writer, h *host.Host, req *placement.Request, d *placement.Decision) error

// decisionWriter returns what writes decisions in a form; configFile is the configuration that took part,
// and notes go to errs.
func decisionWriter(output, configFile string, errs io.Writer) (writeDecision, error) {
	more := false // whether another one was written before
	switch output {
	case "text":
		return func(w io.Writer, h *host.Host, req *placement.Request, d *placement.Decision) error {
			snap, err := h.Snapshot()
			if err != nil {
				return err
			}
			t := newText(w)
			t.config = configFile
			if more {
				t.line("")
			}
			more = true
			t.decision(onDayOf(snap, req), req, d)
			return t.err
		}, nil
	case "json":
		return func(w io.Writer, _ *host.Host, _ *placement.Request, d *placement.Decision) error {
			return writeJSON(w, d)
		}, nil
	case "yaml":
		return func(w io.Writer, _ *host.Host, _ *placement.Request, d *placement.Decision) error {
			if more {
				if _, err := io.WriteString(w, "---\n"); err != nil {
					return err
				}
			}
			more = true
			return writeYAML(w, d)
		}, nil
	case "csv":
		return footprintWriter(errs), nil
	}
	return nil, fmt.Errorf("--output: %q is not text, json, yaml or csv", output)
}
