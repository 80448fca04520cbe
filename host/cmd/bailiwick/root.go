package main

import (
	"github.com/spf13/cobra"
)

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "bailiwick",
		Short: "Decide where a cloud workload may run, where it should, and why",
		Long: `Bailiwick decides where a cloud workload may run, where it should run, and proves why.

  bailiwick decide REQUEST…                the main job: a decision for each request
  bailiwick explain REQUEST --site ID      why, or why not, this site
  bailiwick topology build|show|diff|lint  compile a topology, look into it, compare, check
  bailiwick policy new|test|check|bench    write policies, test them, measure what they cost
  bailiwick plugin new|build|test|run|…    write plugins in Go, C, Rust or AssemblyScript
  bailiwick replay DECISION --from DIR     decide again from what decide --record kept, and compare
  bailiwick config check|show              the configuration and where each value comes from
  bailiwick conformance run                prove that an engine answers as it must
  bailiwick schema KIND                    the JSON Schema of a document`,
		SilenceUsage:      true,
		SilenceErrors:     true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	root.AddCommand(newDecide(), newExplain(), newSimulate(), newTopology(), newPolicy(), newPlugin(), newSchema(), newConfig(), newReplay(), newConformance())
	return root
}
