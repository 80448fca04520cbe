package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/bailiwick-dev/bailiwick/host/policy"
)

func newPolicy() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "Write, test, check and format policies, and measure what they cost",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newPolicyNew(), newPolicyTest(), newPolicyCheck(), newPolicyFmt(), newPolicyBench())
	return cmd
}

// policySources are directories of policies.
func policySources(dirs []string) ([]policy.Source, error) {
	var sources []policy.Source
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			return nil, fmt.Errorf("%s is not a directory; name the one that holds it", dir)
		}
		sources = append(sources, policy.Source{Name: dir, FS: os.DirFS(dir)})
	}
	return sources, nil
}
