package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host/config"
	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

func newConfig() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Check the configuration, and show where each value comes from",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newConfigCheck(), newConfigShow())
	return cmd
}

func newConfigCheck() *cobra.Command {
	return &cobra.Command{
		Use:   "check [FILE]",
		Short: "Say what is wrong with a configuration, or that it is ok",
		Long: `Say what is wrong with a configuration, or that it is ok. FILE is checked as --config FILE would
have it; without it, what is in force here: bailiwick.yaml, found here or above, and the
environment. The topology is compiled, policies are loaded and given their settings, with each
profile in turn.`,
		Example: `  bailiwick config check deploy/bailiwick.yaml`,
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts := config.Options{Environment: os.Environ(), Warn: func(err error) { warn(cmd, err) }}
			if len(args) == 1 {
				opts.File = args[0]
			}
			c, err := config.Load(opts)
			if err != nil {
				return err
			}
			checked, err := c.Check(cmd.Context())
			if err != nil {
				return err
			}
			t := newText(cmd.OutOrStdout())
			file := c.File
			if file == "" {
				file = "no " + config.FileName
			}
			t.line("ok  " + oneLine(file))
			for _, k := range checked {
				name := k.Profile
				switch {
				case name != "":
					name = "profile " + name
				case c.Profile.Value != "":
					name = "in force: profile " + c.Profile.Value
				default:
					name = "in force"
				}
				t.line(fmt.Sprintf("    %s: policies %d, sites %d", oneLine(name), k.Policies, k.Sites))
			}
			return t.err
		},
	}
}

func newConfigShow() *cobra.Command {
	var flags hostFlags
	var output string
	cmd := &cobra.Command{
		Use:   "show",
		Short: "Show every value in force and where it comes from",
		Long: `Show every value in force and where it comes from: a default, the file with its line, a variable
of the environment, or a flag given here. Settings that nobody sets have the defaults of their
policies and are not listed.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := flags.config(cmd.Context())
			if err != nil {
				return err
			}
			switch output {
			case "text":
				return showConfig(cmd, c)
			case "json":
				return writeJSON(cmd.OutOrStdout(), shownConfig(c))
			case "yaml":
				return writeYAML(cmd.OutOrStdout(), shownConfig(c))
			}
			return fmt.Errorf("--output: %q is not text, json or yaml", output)
		},
	}
	flags.register(cmd)
	cmd.Flags().StringVarP(&output, "output", "o", "text", "output: `text|json|yaml`")
	return cmd
}

type configShown struct {
	File   string         `json:"file"` // "" if none took part
	Values []config.Entry `json:"values"`
}

func shownConfig(c *config.Config) configShown { return configShown{c.File, c.Entries()} }

func showConfig(cmd *cobra.Command, c *config.Config) error {
	t := newText(cmd.OutOrStdout())
	switch {
	case c.File == "":
		t.line("no " + config.FileName + " takes part")
	case c.FileFrom == config.Origin{}:
		t.line(head.Render(oneLine(c.File)) + dim.Render("  found from the working directory upward"))
	default:
		t.line(head.Render(oneLine(c.File)) + dim.Render("  "+c.FileFrom.String()))
	}
	var rows [][]string
	for _, e := range c.Entries() {
		value, err := decode.Canonical(e.Value)
		if err != nil {
			return err
		}
		rows = append(rows, []string{oneLine(e.Key), oneLine(string(value)), dim.Render(oneLine(e.From))})
	}
	t.table("  ", rows)
	return t.err
}
