package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

func newDecide() *cobra.Command {
	var flags hostFlags
	var output string
	cmd := &cobra.Command{
		Use:   "decide REQUEST…",
		Short: "Decide where the workloads of requests may and should run",
		Long: `Decide where the workloads of requests may and should run, and say why. A REQUEST is a YAML or JSON
file, or - for standard input.

The exit status is 0 for permit, 2 deny, 3 infeasible, 4 indeterminate and 1 for an error; of several
requests, the worst. An error in one request does not keep the others from being decided.`,
		Example: `  bailiwick decide docs/examples/checkout.yaml
  bailiwick decide -o json --topology ./our-sites --policies ./our-rules checkout.yaml`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			write, err := decisionWriter(output)
			if err != nil {
				return err
			}
			h, err := flags.open(cmd.Context())
			if err != nil {
				return err
			}
			defer h.Close()
			status := statusPermit
			for i, name := range args {
				d, req, err := decideFile(cmd, h, name)
				if err != nil {
					fmt.Fprintln(cmd.ErrOrStderr(), "bailiwick:", printable(err.Error()))
					status = worse(status, statusFailed)
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
	cmd.Flags().StringVarP(&output, "output", "o", "text", "output: `text|json|yaml`")
	return cmd
}

func decideFile(cmd *cobra.Command, h *host.Host, name string) (*placement.Decision, *placement.Request, error) {
	req, err := readRequest(cmd.Context(), name)
	if err != nil {
		return nil, nil, err
	}
	d, err := h.Decide(cmd.Context(), req)
	return d, req, err
}

func readRequest(ctx context.Context, name string) (*placement.Request, error) {
	text, err := readCapped(ctx, name, maxRequestBytes)
	if err != nil {
		return nil, err
	}
	return placement.Decode(name, text)
}

// writeDecision writes one decision; more says that it follows another.
type writeDecision func(w io.Writer, h *host.Host, req *placement.Request, d *placement.Decision, more bool) error

func decisionWriter(output string) (writeDecision, error) {
	switch output {
	case "text":
		return func(w io.Writer, h *host.Host, req *placement.Request, d *placement.Decision, more bool) error {
			snap, err := h.Snapshot()
			if err != nil {
				return err
			}
			t := newText(w)
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
