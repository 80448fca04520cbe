package host_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// world is a small topology in which every case of a decision can be set up: north has three zones,
// south two, fog is a region of which little is known, and east is in another country.
const world = `apiVersion: bailiwick/v1
kind: Topology
metadata: {name: world, asOf: 2026-06-01}
sources:
  - {id: atlas, title: An atlas, asOf: 2026-01-01}
providers:
  - {id: acme, control: [AA]}
partitions:
  - {id: acme, provider: acme}
  - {id: gov, provider: acme}
jurisdictions:
  - {id: UNION, kind: bloc, adequate: [{jurisdiction: CC, since: 2026-07-01, source: atlas}]}
  - {id: AA, name: Aland, memberOf: [UNION]}
  - {id: BB, name: Beland, memberOf: [UNION]}
  - {id: CC, name: Celand}
sites:
  - {id: east, kind: region, partition: acme, country: CC, lat: 10, lon: 40, status: available, optIn: false, zoneCount: 3, source: atlas}
  - {id: fog, kind: region, partition: acme, lat: 12, lon: 20, status: available, optIn: false, source: atlas}
  - {id: north, kind: region, partition: acme, country: AA, city: Nordby, lat: 20, lon: 10, status: available, optIn: false, zoneCount: 3, source: atlas}
  - {id: north-1, kind: availability-zone, parent: north}
  - {id: north-2, kind: availability-zone, parent: north}
  - {id: north-3, kind: availability-zone, parent: north}
  - {id: south, kind: region, partition: acme, country: BB, lat: 5, lon: 12, status: available, optIn: true, zoneCount: 2, source: atlas}
  - {id: south-1, kind: availability-zone, parent: south}
  - {id: south-2, kind: availability-zone, parent: south}
  - {id: vault, kind: region, partition: gov, country: AA, lat: 21, lon: 11, status: available, zoneCount: 2, source: atlas}
services:
  - {id: disk, scope: zonal}
  - {id: single, scope: zonal, zones: {copies: 1, synchronous: false}}
  - {id: kv, aliases: [store], scope: regional, zones: {copies: 3, synchronous: true}}
  - {id: log, scope: regional, zones: {copies: 1, synchronous: false}}
  - {id: odd}
  - {id: zonal, scope: zonal}
  - {id: corner, scope: zonal}
offerings:
  - {service: zonal, sites: [north]}
  - {service: zonal, sites: [north-2], complete: true, among: [north-1, north-2, north-3]}
  - {service: corner, sites: [south-2]}
  - {services: [disk, kv, log, odd, single], sites: [east, fog, north, south, vault], complete: true}
links:
  - {from: north, to: south, rttMs: 40}
  - {from: south, to: north, rttMs: 42}
  - {from: north, to: north, rttMs: 1}
  - {from: south, to: south, rttMs: 2}
populations:
  - {id: AA, kind: country, lat: 20, lon: 10, weight: 10}
  - {id: BB, kind: country, lat: 5, lon: 12, weight: 10}
  - {id: lost, country: BB}
access:
  - {from: AA, to: north, rttMs: 5}
  - {from: AA, to: south, rttMs: 45}
  - {from: AA, to: east, rttMs: 80}
  - {from: AA, to: fog, rttMs: 30}
  - {from: BB, to: north, rttMs: 45}
  - {from: BB, to: south, rttMs: 6}
  - {from: BB, to: east, rttMs: 70}
  - {from: BB, to: fog, rttMs: 31}
carbon:
  - {site: north, gridGramsPerKWh: 100, source: atlas}
  - {site: south, gridGramsPerKWh: 50.5, source: atlas}
  - {site: east, gridGramsPerKWh: 10, source: atlas}
prices:
  - {site: north, index: 1.2}
  - {site: south, index: 1.1}
  - {site: east, index: 0.9}
`

// southOptedIn lets south be used, which must be opted into.
var southOptedIn = host.WithSettings(map[string]map[string]any{"SEL-09": {"optedIn": []any{"south"}, "optInPartitions": []any{"acme"}}})

func openWorld(t testing.TB, opts ...host.Option) *host.Host {
	t.Helper()
	opts = append([]host.Option{host.WithoutCatalogue(), host.WithTopology("world", fstest.MapFS{"world.yaml": {Data: []byte(world)}}), southOptedIn}, opts...)
	h, err := host.Open(context.Background(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// request decodes a spec, given as YAML without its head.
func request(t testing.TB, spec string) *placement.Request {
	t.Helper()
	text := "apiVersion: bailiwick/v1\nkind: PlacementRequest\nmetadata: {name: test}\nspec:\n"
	for line := range strings.Lines(strings.TrimLeft(spec, "\n")) {
		text += "  " + line
	}
	req, err := placement.Decode("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func decide(t testing.TB, h *host.Host, spec string) *placement.Decision {
	t.Helper()
	d, err := h.Decide(context.Background(), request(t, spec))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// sites names a placement's sites, component by component.
func sites(p placement.Placement) string {
	var b strings.Builder
	last := ""
	for _, c := range p.Copies {
		switch {
		case last == "":
		case c.Component != last:
			b.WriteString(" | ")
		default:
			b.WriteString("+")
		}
		b.WriteString(c.Site)
		last = c.Component
	}
	return b.String()
}

func siteOf(t testing.TB, d *placement.Decision, id string) *placement.SiteResult {
	t.Helper()
	for i := range d.Sites {
		if d.Sites[i].Site == id {
			return &d.Sites[i]
		}
	}
	t.Fatalf("the decision does not list %s", id)
	return nil
}
