package lint_test

import (
	"fmt"
	"log"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/host/topology/lint"
)

func ExampleCheck() {
	t, err := topology.Load(topology.Input{Name: "ours", FS: fstest.MapFS{"sites.yaml": {Data: []byte(`apiVersion: bailiwick/v1
kind: Topology
metadata: {name: ours, asOf: 2026-06-01}
sources: [{id: us, title: Our own records, asOf: 2026-06-01}]
providers: [{id: us, source: us}]
partitions: [{id: own, provider: us, source: us}]
jurisdictions: [{id: SG, name: Singapore, source: us}]
sites: [{id: plant-7, kind: region, partition: own, country: SG, lat: 1.35, lon: -103.82, source: us}]
`)}}})
	if err != nil {
		log.Fatal(err)
	}
	s, err := topology.Build(t)
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range lint.Check(t, s, lint.Options{}) {
		fmt.Printf("%s: %s: %s: %s\n", f.Pos, f.Level, f.Subject, f.Message)
	}
	// Output:
	// ours/sites.yaml:8:9: error: plant-7: region at 1.35, -103.8 is 16917 km outside Singapore (SG); correct the coordinates or the country (the longitude has the wrong sign: 1.35, 103.8 fits)
}
