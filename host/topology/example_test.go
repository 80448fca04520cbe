package topology_test

import (
	"fmt"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host/topology"
)

const catalogue = `apiVersion: bailiwick/v1
kind: Topology
metadata: {name: example, asOf: 2026-08-20}
sources:
  - {id: atlas, title: An atlas, asOf: 2025-01-01}
providers:
  - {id: acme}
partitions:
  - {id: acme, provider: acme}
sites:
  - {id: fra, kind: region, partition: acme, lat: 50.11, lon: 8.68, source: atlas}
  - {id: ham, kind: region, partition: acme, lat: 53.55, lon: 10, since: 2027-03-01}
`

// layer is an input of one file.
func layer(name, text string) topology.Input {
	return topology.Input{Name: name, FS: fstest.MapFS{"t.yaml": {Data: []byte(text)}}}
}

// A later input corrects single fields of what lower ones say.
func ExampleLoad_correction() {
	t, err := topology.Load(layer("theirs", catalogue), layer("ours", `apiVersion: bailiwick/v1
kind: Topology
sources:
  - {id: visit, title: We stood there, asOf: 2026-10-01}
sites:
  - {id: fra, lat: 50.04, source: visit}
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := topology.Build(t)
	if err != nil {
		fmt.Println(err)
		return
	}
	fra, _ := s.Site("fra")
	lat, lon, _ := s.Point(fra)
	fmt.Println(lat, s.FactSource(fra, "lat"), lon, s.FactSource(fra, "lon"))
	for o := range s.OverridesOf(fra) {
		fmt.Printf("%s: %s was %s (%s) in %s\n", o.At, o.Field, o.Was, o.WasSource, o.WasAt)
	}
	// Output:
	// 50.04 visit 8.68 atlas
	// ours/t.yaml:6: lat was 50.11 (atlas) in theirs/t.yaml:11
}

// A dated topology is another one on other days.
func ExampleSnapshot_On() {
	t, err := topology.Load(layer("theirs", catalogue))
	if err != nil {
		fmt.Println(err)
		return
	}
	s, err := topology.Build(t)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("changes on", s.Changes())
	for _, day := range []string{s.AsOf(), "2027-03-01"} {
		_, ok := s.On(day).Site("ham")
		fmt.Println(day, ok)
	}
	// Output:
	// changes on [2027-03-01]
	// 2026-08-20 false
	// 2027-03-01 true
}
