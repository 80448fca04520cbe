package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host/config"
	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

func newSchema() *cobra.Command {
	kinds := []string{"config", "decision", "plugin", "request", "topology"}
	return &cobra.Command{
		Use:       "schema " + strings.Join(kinds, "|"),
		Short:     "Print the JSON Schema of a document",
		Args:      cobra.ExactArgs(1),
		ValidArgs: kinds,
		RunE: func(cmd *cobra.Command, args []string) error {
			var text []byte
			var err error
			switch args[0] {
			case "config":
				text, err = config.Schema()
			case "plugin":
				text, err = policy.ManifestSchema()
			case "topology":
				text, err = topology.Schema()
			case "request", "decision":
				text, err = placement.Schema(args[0])
			default:
				return fmt.Errorf("schema: no document is called %q%s; there are %s", args[0], decode.DidYouMean(args[0], kinds), strings.Join(kinds, ", "))
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), strings.TrimRight(string(text), "\n"))
			return err
		},
	}
}
