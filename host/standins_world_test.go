package host_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// oddSites adds to the world of the conformance cases what it has not: every status and kind, zones of which little is known
// in regions of which little or everything is, ids that sort on either side of what messages begin with, services of every
// kind at them, a place that nearly everything is in.
const oddSites = `apiVersion: bailiwick/v1
kind: Topology
jurisdictions:
  - {id: WORLD, kind: bloc}
  - {id: AA, memberOf: [UNION, WORLD]}
  - {id: CC, memberOf: [WORLD]}
sites:
  - {id: zeal, kind: region, partition: acme, country: DD, status: doubtful, launched: 2026-05-31, optIn: true}
  - {id: zeal-1, kind: availability-zone, parent: zeal}
  - {id: zeal-lz, kind: local-zone, parent: zeal, optIn: true}
  - {id: zeal-wl, kind: wavelength-zone, parent: zeal, carrier: Bell, country: AA, status: restricted}
  - {id: far-lz, kind: local-zone, parent: far, country: EE, status: announced, optIn: false}
  - {id: dim-wl, kind: wavelength-zone, parent: dim, carrier: Bell}
  - {id: Dim-box, kind: outpost, parent: dim-1, owner: customer}
  - {id: fen-lz, kind: local-zone, parent: fen, status: retired, optIn: true, launched: 2026-02-28}
  - {id: edge-a, kind: edge-location, partition: acme, country: BB, status: available}
  - {id: edge-b, kind: edge-location, partition: murk, status: doubtful}
services:
  - {id: zonal-one, scope: zonal}
  - {id: anywhere, aliases: [any], scope: regional}
  - {id: scopeless}
offerings:
  - {service: anywhere, sites: [zeal, far], complete: true, among: [zeal, far, dim, dim-lz, zeal-lz, fen]}
  - {service: scopeless, sites: [bright, zeal]}
  - {service: zonal-one, sites: [bright, zeal-lz], complete: true, among: [zeal, zeal-lz, bright-lz]}
carbon:
  - {site: zeal, gridGramsPerKWh: 0.25, marketGramsPerKWh: 1999.125}
  - {site: zeal-lz, gridGramsPerKWh: 99.99}
  - {site: far-lz, marketGramsPerKWh: 100}
`

// worldRequest makes a request of a number, in the form of text.
func worldRequest(n int) string {
	r := rand.New(rand.NewPCG(requestSeed, uint64(n)))
	chance := func(of int) bool { return r.IntN(of) == 0 }
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	some := func(list ...string) string {
		r.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
		return strings.Join(list[:1+r.IntN(min(5, len(list)))], ", ")
	}
	var b strings.Builder
	fmt.Fprintf(&b, "apiVersion: bailiwick/v1\nkind: PlacementRequest\nmetadata: {name: r%d}\nspec:\n", n)
	if chance(2) {
		fmt.Fprintf(&b, "  at: %s\n", pick("2025-01-01", "2026-02-28", "2026-05-31", "2026-06-01", "2027-06-30T12:00:00Z"))
	}
	if chance(2) {
		fmt.Fprintf(&b, "  unknown: %s\n", pick("deny", "assume"))
	}
	fmt.Fprintf(&b, "  zoneNames: {zeal-a: zeal-1}\n")
	if chance(3) {
		fmt.Fprintf(&b, "  sites: {include: [%s]}\n", some("zeal", "zeal-1", "zeal-a", "fen", "bright", "edge-b", "dim", "far"))
	}
	if chance(2) {
		fmt.Fprintf(&b, "  carbon: {maxGramsPerKWh: %s, basis: %s}\n", pick("0.25", "99.99", "100", "1999"), pick("location", "market"))
	}
	b.WriteString("  data:\n")
	places := []string{"AA", "BB", "CC", "DD", "EE", "UNION", "WORLD"}
	for _, name := range []string{"d", "d-2", "D", "d.1"} {
		fmt.Fprintf(&b, "    - {name: %q, class: plain", name)
		for _, list := range []string{"residency", "processing"} {
			if !chance(3) {
				fmt.Fprintf(&b, ", %s: [%s]", list, some(places...))
			}
		}
		b.WriteString("}\n")
	}
	b.WriteString("  components:\n")
	for _, name := range []string{"api", "store"}[:1+r.IntN(2)] {
		fmt.Fprintf(&b, "    - {name: %s, tier: %s", name, pick("region", "region", "availability-zone", "local-zone", "wavelength-zone", "outpost", "edge-location", "lowest"))
		if !chance(3) {
			fmt.Fprintf(&b, ", data: [%s]", some(`"d"`, `"d-2"`, `"D"`, `"d.1"`))
		}
		if !chance(3) {
			fmt.Fprintf(&b, ", services: [%s]", some("kv", "store", "disk", "odd", "zonal-one", "any", "anywhere", "scopeless"))
		}
		b.WriteString("}\n")
	}
	if chance(4) {
		fmt.Fprintf(&b, "  waivers: [{policy: %s, component: api, site: %s, until: 2030-01-01, reason: r, by: b}]\n",
			pick("SOV-01", "SOV-02", "SEL-01", "SEL-06", "SEL-09"), pick("zeal", "dim", "fen-lz", "zeal-lz", "dim-1", "far"))
	}
	return b.String()
}

// TestStandInsWorld decides generated requests over a small world of which much is unknown, under several settings.
func TestStandInsWorld(t *testing.T) {
	for name, settings := range map[string]map[string]any{
		"defaults": {},
		"asked":    {"optInPartitions": []any{"murk", "acme"}},
		"opted":    {"optInPartitions": []any{"acme", "", "nobody"}, "optedIn": []any{"zeal", "", "zeal-lz", "far-lz", "nowhere", "zeal"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStandIns(t, host.WithoutCatalogue(),
				host.WithTopology("world", os.DirFS(filepath.Join("..", "conformance", "cases", "topology", "world"))),
				host.WithTopology("odd", fstest.MapFS{"odd.yaml": {Data: []byte(oddSites)}}),
				host.WithSettings(map[string]map[string]any{"SEL-09": settings}))
			n := 150
			if testing.Short() {
				n = 50 // the race detector sees the same goroutines with each
			}
			for i := range n {
				text := worldRequest(i)
				req, err := placement.Decode("r.yaml", []byte(text))
				if err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
				s.same(t, req)
			}
			wants := []string{"SEL-09 warns", "SEL-09 obliges"}
			for _, id := range []string{"SOV-01", "SOV-02", "SEL-01", "SEL-06", "SEL-09"} {
				wants = append(wants, id+" surely", id+" possibly")
			}
			s.wants(t, wants...)
		})
	}
}
