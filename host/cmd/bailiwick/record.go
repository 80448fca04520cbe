package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/record"
)

// recorder decides, and keeps decisions where --record says. Without --record it only decides.
type recorder struct {
	dir   string
	store *record.Store
}

// open opens the directory, if one was asked for. Where it cannot be opened, decisions are made all the same.
func (r *recorder) open(asked bool) error {
	if !asked {
		return nil
	}
	if r.dir == "" {
		return errors.New("--record: nothing is recorded: the directory's name is empty")
	}
	var err error
	if r.store, err = record.Create(r.dir); err != nil {
		return fmt.Errorf("--record: nothing is recorded: %w", err)
	}
	return nil
}

func (r *recorder) close() {
	if r.store != nil {
		r.store.Close()
	}
}

// decide returns the decision also where it could not be recorded, with the error.
func (r *recorder) decide(ctx context.Context, h *host.Host, req *placement.Request) (*placement.Decision, error) {
	if r.store == nil {
		return h.Decide(ctx, req)
	}
	d, err := r.store.Decide(ctx, h, req)
	if err != nil && d != nil {
		err = fmt.Errorf("--record: decision %s is not recorded: %w", d.ID, err)
	}
	return d, err
}

func newReplay() *cobra.Command {
	var from, output, engine string
	cmd := &cobra.Command{
		Use:   "replay DECISION --from DIR",
		Short: "Decide again from what was recorded, and compare",
		Long: `Decide again from what decide --record DIR kept, and compare the outcome, byte for byte. DECISION
is an id (sha256:…, or its first digits, 8 or more), a file that holds a decision, or - for
standard input; a file with such a name is written ./NAME. Every input is verified by its digest.
Whatever engine made the decision, --engine says which makes it again: rego is the reference.

The exit status is 0 if the same bytes come out, 2 if not, and 1 for an error.`,
		Example: `  bailiwick decide --record ./decisions checkout.yaml
  bailiwick replay 3f9a0c27 --from ./decisions --engine rego`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if output != "text" && output != "json" {
				return fmt.Errorf("--output: %q is not text or json", output)
			}
			if err := checkEngine(engine); err != nil {
				return err
			}
			store, err := record.Open(from)
			if err != nil {
				return fmt.Errorf("--from: %w", err)
			}
			defer store.Close()
			d, err := readDecision(cmd.Context(), store, args[0])
			if err != nil {
				return err
			}
			r, err := store.Replay(cmd.Context(), d, host.WithEngine(engine))
			if err != nil {
				return err
			}
			if output == "json" {
				err = writeJSON(cmd.OutOrStdout(), replayShown{
					Decision: r.Given.ID, Again: r.Again.ID, Same: r.Same(), Misnamed: r.Misnamed, Differences: r.Differences, More: r.More,
				})
			} else {
				t := newText(cmd.OutOrStdout())
				t.replay(r)
				err = t.err
			}
			if err == nil && !r.Same() {
				err = statusError(statusDiffers)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&from, "from", "", "`DIR` that decide --record kept decisions in")
	cmd.Flags().StringVarP(&output, "output", "o", "text", "output: `text|json`")
	cmd.Flags().StringVar(&engine, "engine", host.DefaultEngine, "`ENGINE` of the rules; there is "+engineNames())
	if err := cmd.MarkFlagRequired("from"); err != nil {
		panic(err) // the flag was registered a line ago
	}
	return cmd
}

// maxDecisionBytes bounds a decision that is read, as decoding it does.
const maxDecisionBytes = 64 << 20

func readDecision(ctx context.Context, store *record.Store, name string) (*placement.Decision, error) {
	if record.IsID(name) {
		id, err := store.Find(name)
		if err != nil {
			return nil, err
		}
		return store.Decision(id)
	}
	text, err := readCapped(ctx, name, maxDecisionBytes)
	if err != nil {
		return nil, err
	}
	return record.DecodeDecision(name, text)
}

// replayShown is a replay as JSON.
type replayShown struct {
	Decision    string              `json:"decision"`
	Again       string              `json:"again"`
	Same        bool                `json:"same"`
	Misnamed    bool                `json:"misnamed"` // the decision's id is not that of its content
	Differences []record.Difference `json:"differences"`
	More        int                 `json:"more"`
}
