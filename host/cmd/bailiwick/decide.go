package main

import (
	"fmt"
	"io"

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
		Long: `Decide where the workloads of requests may and should run, and say why. A REQUEST is a YAML or JSON
file, or - for standard input.

The exit status is 0 for permit, 2 deny, 3 infeasible, 4 indeterminate and 1 for an error; of several
requests, the worst. An error in one request does not keep the others from being decided. A decision that
cannot be recorded is written all the same, and the status is 1.`,
		Example: `  bailiwick decide docs/examples/checkout.yaml
  bailiwick decide -o json --topology ./our-sites --policies ./our-rules checkout.yaml`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			settled, err := flags.config(cmd.Context())
			if err != nil {
				return err
			}
			if !cmd.Flags().Changed("output") {
				output = settled.Output.Value
			}
			write, err := decisionWriter(output, settled.File)
			if err != nil {
				return err
			}
			h, err := flags.open(cmd.Context())
			if err != nil {
				return err
			}
			defer h.Close()
			status := statusPermit
			fail := func(err error) {
				fmt.Fprintln(cmd.ErrOrStderr(), "bailiwick:", printable(err.Error()))
				status = worse(status, statusFailed)
			}
			if err := keep.open(cmd.Flags().Changed("record")); err != nil {
				fail(err)
			}
			defer keep.close()
			for i, name := range args {
				d, req, err := decideFile(cmd, h, &flags, &keep, name)
				if err != nil {
					fail(err)
				}
				if d == nil {
					continue
				}
				if err := write(cmd.OutOrStdout(), h, req, d, i > 0); err != nil {
					return err
				}
				status = worse(status, statusOf(d.Verdict))
			}
			if status != statusPermit {
				return statusError(status)
			}
			return nil
		},
	}
	flags.register(cmd)
	cmd.Flags().StringVar(&keep.dir, "record", "", "keep each decision and what went into it in `DIR`, for replay")
	cmd.Flags().StringVarP(&output, "output", "o", "text", "output: `text|json|yaml`")
	return cmd
}

func decideFile(cmd *cobra.Command, h *host.Host, flags *hostFlags, keep *recorder, name string) (*placement.Decision, *placement.Request, error) {
	req, err := flags.request(cmd.Context(), name)
	if err != nil {
		return nil, nil, err
	}
	d, err := keep.decide(cmd.Context(), h, req)
	return d, req, err
}

// writeDecision writes one decision; more says that it follows another.
type writeDecision func(w io.Writer, h *host.Host, req *placement.Request, d *placement.Decision, more bool) error

// decisionWriter returns what writes decisions in a form; configFile is the configuration that took part.
func decisionWriter(output, configFile string) (writeDecision, error) {
	switch output {
	case "text":
		return func(w io.Writer, h *host.Host, req *placement.Request, d *placement.Decision, more bool) error {
			snap, err := h.Snapshot()
			if err != nil {
				return err
			}
			t := newText(w)
			t.config = configFile
			if more {
				t.line("")
			}
			t.decision(snap, req, d)
			return t.err
		}, nil
	case "json":
		return func(w io.Writer, _ *host.Host, _ *placement.Request, d *placement.Decision, _ bool) error {
			return writeJSON(w, d)
		}, nil
	case "yaml":
		return func(w io.Writer, _ *host.Host, _ *placement.Request, d *placement.Decision, more bool) error {
			if more {
				if _, err := io.WriteString(w, "---\n"); err != nil {
					return err
				}
			}
			return writeYAML(w, d)
		}, nil
	}
	return nil, fmt.Errorf("--output: %q is not text, json or yaml", output)
}
