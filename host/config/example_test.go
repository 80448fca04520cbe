package config_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/bailiwick-dev/bailiwick/host/config"
)

func ExampleLoad() {
	dir, err := os.MkdirTemp("", "config")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "bailiwick.yaml")
	text := "apiVersion: bailiwick/v1\nkind: Config\nlimits: {runnersUp: 5}\noutput: json\n"
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		panic(err)
	}
	c, err := config.Load(config.Options{
		File:        file,
		Environment: []string{"BAILIWICK_OUTPUT=yaml"}, // as os.Environ gives them
		Flags:       []config.FlagValue{{Key: "topologyOnly", Flag: "--topology-only", Value: true}},
	})
	if err != nil {
		panic(err)
	}
	fmt.Println(c.Limits.RunnersUp.Value, "from line", c.Limits.RunnersUp.Origin.Line)
	fmt.Println(c.Output.Value, "from", c.Output.Origin)
	fmt.Println(c.TopologyOnly.Value, "from", c.TopologyOnly.Origin)
	fmt.Println(c.Engine.Value, "from", c.Engine.Origin)
	_, err = c.Options() // what host.Open is to be given
	fmt.Println(err)
	// Output:
	// 5 from line 3
	// yaml from environment BAILIWICK_OUTPUT
	// true from flag --topology-only
	// lane from default
	// --topology-only leaves no topology; give one with --topology
}
