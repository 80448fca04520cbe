package main

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/host/topology/aws"
)

func newTopology() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "topology",
		Short: "Compile topologies, look into them, compare and check them",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newTopologyBuild(), newTopologyShow(), newTopologyDiff(), newTopologyLint())
	return cmd
}

func newTopologyBuild() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "build DIR… -o FILE",
		Short: "Compile topology files into a snapshot",
		Long: `Compile topology files into a snapshot: one file, named by its digest, that opens without parsing.
The same facts give the same bytes on every machine. Each DIR is a layer that corrects and
completes those before it; the embedded AWS catalogue takes part as the directory aws:, first as a
rule.`,
		Example: `  bailiwick topology build aws: ./our-sites -o ours.bwi
  bailiwick decide --topology ours.bwi checkout.yaml`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if info, err := os.Stat(output); err == nil && info.IsDir() {
				return fmt.Errorf("--output: %s is a directory; name a file in it", output)
			}
			var inputs, own []topology.Input
			for _, name := range args {
				if name == "aws:" {
					inputs = append(inputs, awsInput())
					continue
				}
				in, err := topology.Path(name)
				if err != nil {
					return err
				}
				inputs, own = append(inputs, in), append(own, in)
			}
			t, err := topology.Load(inputs...)
			if err != nil {
				return suggestAWS(err, own, args[0] == "aws:")
			}
			b, err := topology.Compile(t)
			if err != nil {
				return err
			}
			s, err := topology.FromBytes(b)
			if err != nil {
				return err
			}
			if err := topology.WriteFile(output, b); err != nil {
				return err
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s  %s  %d sites  %d bytes  %s\n", output, s.AsOf(), s.Sites(), len(b), s.Digest())
			return err
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "`FILE` to write")
	if err := cmd.MarkFlagRequired("output"); err != nil {
		panic(err) // the flag was registered a line ago
	}
	return cmd
}

// suggestAWS adds what to do to errors of entries that lack fields and would be sound as corrections of the
// embedded catalogue, which is not the lowest layer.
func suggestAWS(err error, own []topology.Input, lowest bool) error {
	var errs, left decode.Errors
	if lowest || !errors.As(err, &errs) {
		return err
	}
	if _, above := topology.Load(slices.Insert(own, 0, awsInput())...); above != nil && !errors.As(above, &left) {
		return err
	}
	for _, e := range errs {
		still := slices.ContainsFunc(left, func(l *decode.Error) bool { return l.Pos == e.Pos })
		if strings.Contains(e.Msg, " is missing; ") && !still {
			e.Msg += "; to correct the embedded catalogue, name aws: before it"
		}
	}
	return err
}

// awsInput is the embedded catalogue.
func awsInput() topology.Input { return topology.Input{Name: "aws", FS: aws.FS()} }
