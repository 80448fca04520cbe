// Package cataloguetest has the embedded catalogue ready for tests, which is compiled once in a process.
package cataloguetest

import (
	"sync"

	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/host/topology/aws"
)

// Snapshot is the embedded catalogue, compiled. It panics if that fails, which tests of topology/aws explain better.
var Snapshot = sync.OnceValue(func() *topology.Snapshot {
	t, err := topology.Load(topology.Input{Name: "aws", FS: aws.FS()})
	if err != nil {
		panic(err)
	}
	s, err := topology.Build(t)
	if err != nil {
		panic(err)
	}
	return s
})
