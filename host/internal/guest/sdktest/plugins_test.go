package sdktest_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/offer"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/templatetest"
	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/host/topology/aws"
	"github.com/bailiwick-dev/bailiwick/sdk/go/guesttest"
)

// catalogue is the snapshot of the embedded catalogue, with more laid over it.
func catalogue(t testing.TB, more string) *topology.Snapshot {
	t.Helper()
	const head = "apiVersion: bailiwick/v1\nkind: Topology\nmetadata: {name: more, asOf: 2026-11-23}\n"
	top, err := topology.Load(topology.Input{Name: "aws", FS: aws.FS()}, topology.Input{Name: "more", FS: fstest.MapFS{"more.yaml": {Data: []byte(head + more)}}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := topology.Build(top)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// all is a bit set of n rows with all of them in it.
func all(n int) []uint64 {
	set := make([]uint64, (n+63)/64)
	for i := range n {
		set[i/64] |= 1 << (i % 64)
	}
	return set
}

// ask asks a plugin twice; its instance has to be as good afterwards as before.
func ask(t *testing.T, l *guest.Pool, hook abi.Hook, c *abi.Call) *abi.Answer {
	t.Helper()
	var a abi.Answer
	for range 2 {
		u, err := l.Call(context.Background(), hook, offer.Decision{}, c, &a)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%d rows took %d of fuel", c.Rows, u.Fuel)
	}
	// The first time, the calls are given more room, by an instance that has it.
	if s := l.Stats(); s.Made != 1+s.Grown || s.Dropped != 0 {
		t.Errorf("%+v", s)
	}
	return &a
}

// TestLatencyPercentile judges all sites of the embedded catalogue for 200 groups of users, under the usual limits.
func TestLatencyPercentile(t *testing.T) {
	const groups = 200
	s := catalogue(t, "")
	m := guesttest.NewImage("request")
	m.Table("sites", s.Sites())
	weights, times := make([]float64, groups), make([][]int32, groups)
	for g := range groups {
		weights[g] = float64(1 + g%7)
		times[g] = make([]int32, s.Sites())
		for i := range times[g] {
			times[g][i] = int32((g*7919+i*104729)%250_000) - 1
		}
	}
	u := m.Table("users", groups)
	u.Float64s("weight", weights)
	u.Matrix("rtt", "sites", times)
	l, err := templatetest.Bind(t, goGuest(t, "plugins/latency-percentile", "."), s.Bytes(), guesttest.Settings(map[string]any{"maxMs": 240}), abi.Site)
	if err != nil {
		t.Fatal(err)
	}
	a := ask(t, l, abi.Site, &abi.Call{Request: m.Bytes(), Component: abi.NoComponent, Rows: s.Sites(), Select: all(s.Sites()), Texts: true})
	if n := abi.Count(a.Scored); n != uint64(s.Sites()) {
		t.Errorf("%d of %d sites are scored", n, s.Sites())
	}
}

// TestConduitDiversity judges all paths between regions of the embedded catalogue, with all links of Frankfurt's in one
// conduit: over links, Frankfurt cannot be reached around it, and every other region can.
func TestConduitDiversity(t *testing.T) {
	plain := catalogue(t, "")
	frankfurt, ok := plain.Site("eu-central-1")
	if !ok {
		t.Fatal("there is no eu-central-1")
	}
	var from, to []uint32
	var links []string
	for a := range topology.SiteRow(plain.Sites()) {
		for b := range topology.SiteRow(plain.Sites()) {
			if a == b || plain.Kind(a) != topology.Region || plain.Kind(b) != topology.Region {
				continue
			}
			from, to = append(from, uint32(a)), append(to, uint32(b))
			if a == frankfurt {
				links = append(links, fmt.Sprintf("[%s, %s]", plain.SiteID(a), plain.SiteID(b)))
			}
		}
	}
	s := catalogue(t, "riskGroups:\n  - {id: main-station, kind: conduit, links: ["+strings.Join(links, ", ")+"]}\n")
	m := guesttest.NewImage("request")
	m.Table("sites", s.Sites())
	m.Table("riskGroups", 1)
	p := m.Table("paths", len(from))
	p.Refs("from", "sites", from)
	p.Refs("to", "sites", to)
	p.Relation("riskGroups", "riskGroups", make([][]uint32, len(from)))
	l, err := templatetest.Bind(t, file(t, root+"plugins/conduit-diversity/conduit-diversity.wasm"), s.Bytes(), guesttest.Settings(map[string]any{"paths": "deny", "unlisted": "ignored"}), abi.Path, abi.Placement)
	if err != nil {
		t.Fatal(err)
	}
	a := ask(t, l, abi.Path, &abi.Call{Request: m.Bytes(), Component: abi.NoComponent, Rows: len(from), Select: all(len(from)), Texts: true})
	denied := 0
	for i := range from {
		ends := from[i] == uint32(frankfurt) || to[i] == uint32(frankfurt)
		_, basis := s.RTT(topology.SiteRow(from[i]), topology.SiteRow(to[i]))
		if want := ends && basis == topology.Measured; abi.Has(a.Deny, i) != want {
			t.Errorf("%s to %s: denied %v, want %v", s.SiteID(topology.SiteRow(from[i])), s.SiteID(topology.SiteRow(to[i])), !want, want)
		} else if want {
			denied++
		}
	}
	if denied < 20 || abi.Count(a.Unknown) != 0 {
		t.Errorf("%d denied, %d unknown", denied, abi.Count(a.Unknown))
	}
}
