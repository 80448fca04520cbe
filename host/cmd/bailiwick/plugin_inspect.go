package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host/internal/inspect"
)

func newPluginInspect() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Say what a plugin is, what it asks for and what it is made of",
		Long: `Say what a plugin is, what it asks for and what it is made of, without running or compiling any of
it. Of a module that a host refuses it says why, and shows what can be shown.

The exit status is 0 if a host takes it that grants what it asks for, and 1 if not.`,
		Example: `  bailiwick plugin inspect quiet-grids.wasm
  bailiwick plugin inspect -o json quiet-grids.wasm`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if output != "text" && output != "json" {
				return fmt.Errorf("--output: %q is not text or json", output)
			}
			if info, err := os.Stat(args[0]); err == nil && info.IsDir() {
				return fmt.Errorf("%s is a directory; build it with bailiwick plugin build %s, and name the file that comes out", args[0], args[0])
			}
			module, err := readCapped(cmd.Context(), args[0], inspect.MaxBytes)
			if err != nil {
				return err
			}
			r := inspect.Inspect(args[0], module)
			if output == "json" {
				err = writeJSON(cmd.OutOrStdout(), inspected{APIVersion: "bailiwick/v1", Kind: "PluginInspection", Report: r})
			} else {
				t := newText(cmd.OutOrStdout())
				t.inspected(r)
				err = t.err
			}
			if err == nil && len(r.Refused) > 0 {
				err = statusError(statusFailed)
			}
			return err
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "text", "output: `text|json`")
	return cmd
}

// inspected is what `plugin inspect -o json` prints.
type inspected struct {
	APIVersion string `json:"apiVersion"`
	Kind       string `json:"kind"`
	*inspect.Report
}
