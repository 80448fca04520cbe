package topology_test

import (
	"fmt"
	"log"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host/topology"
)

func ExampleDiff() {
	build := func(carbon string) *topology.Snapshot {
		t, err := topology.Load(topology.Input{FS: fstest.MapFS{"t.yaml": {Data: []byte(`apiVersion: bailiwick/v1
kind: Topology
metadata: {name: ours, asOf: 2026-06-01}
providers: [{id: us}]
partitions: [{id: own, provider: us}]
sites: [{id: plant-7, kind: region, partition: own}]
carbon: [{site: plant-7, gridGramsPerKWh: ` + carbon + `}]
`)}}})
		if err != nil {
			log.Fatal(err)
		}
		s, err := topology.Build(t)
		if err != nil {
			log.Fatal(err)
		}
		return s
	}
	for _, change := range topology.Diff(build("338"), build("311")) {
		fmt.Println(change)
	}
	// Output:
	// sites plant-7 carbon.gridGramsPerKWh: 338 → 311
}
