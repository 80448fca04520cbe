package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/host/topology/aws"
)

func newTopology() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "topology",
		Short: "Compile topologies and look into them",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newTopologyBuild(), newTopologyShow())
	return cmd
}

func newTopologyBuild() *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "build DIR… -o FILE",
		Short: "Compile topology files into a snapshot",
		Long: `Compile topology files into a snapshot: one file, named by its digest, that opens without parsing. The
same facts give the same bytes on every machine. Directories are merged; the embedded AWS catalogue takes
part as the directory aws:.`,
		Example: `  bailiwick topology build aws: ./our-sites -o ours.bwi
  bailiwick decide --topology ours.bwi checkout.yaml`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if info, err := os.Stat(output); err == nil && info.IsDir() {
				return fmt.Errorf("--output: %s is a directory; name a file in it", output)
			}
			var inputs []topology.Input
			for _, name := range args {
				if name == "aws:" {
					inputs = append(inputs, topology.Input{Name: "aws", FS: aws.FS()})
					continue
				}
				in, err := topology.Path(name)
				if err != nil {
					return err
				}
				inputs = append(inputs, in)
			}
			t, err := topology.Load(inputs...)
			if err != nil {
				return err
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

func newTopologyShow() *cobra.Command {
	var flags hostFlags
	var output string
	cmd := &cobra.Command{
		Use:   "show [SITE]",
		Short: "Show a topology's regions, or one site with every fact and its source",
		Args:  cobra.MaximumNArgs(1),
		Example: `  bailiwick topology show
  bailiwick topology show eu-central-1
  bailiwick topology show --topology ours.bwi -o json`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if output != "text" && output != "json" {
				return fmt.Errorf("--output: %q is not text or json", output)
			}
			snap, err := flags.snapshot()
			if err != nil {
				return err
			}
			var v any = overview(snap)
			show := func(t *text) { t.overview(snap) }
			if len(args) == 1 {
				row, ok := snap.Site(args[0])
				if !ok {
					var ids []string
					for _, id := range snap.SiteIDs() {
						ids = append(ids, id)
					}
					return fmt.Errorf("no site %q in the topology%s", args[0], decode.DidYouMean(args[0], ids))
				}
				v = siteFacts(snap, row)
				show = func(t *text) { t.site(snap, row) }
			}
			if output == "json" {
				return writeJSON(cmd.OutOrStdout(), v)
			}
			t := newText(cmd.OutOrStdout())
			show(t)
			return t.err
		},
	}
	flags.registerTopology(cmd)
	cmd.Flags().StringVarP(&output, "output", "o", "text", "output: `text|json`")
	return cmd
}
