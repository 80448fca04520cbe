package host_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// fares lays prices of sites and of traffic over the world; fog has none of the latter.
const fares = `apiVersion: bailiwick/v1
kind: Topology
sites: [{id: fog, country: BB}]
prices:
  - {site: north, index: 1}
  - {site: south, index: 1.5}
  - {site: east, index: 0.5}
  - {site: fog, index: 0.25}
egress:
  - {from: north, to: north, usdPerGB: 0.01}
  - {from: north, to: south, usdPerGB: 0.02}
  - {from: south, to: north, usdPerGB: 0.04}
  - {from: north, to: east, usdPerGB: 0.1}
  - {from: east, to: north, usdPerGB: 0.09}
  - {from: south, to: east, usdPerGB: 0.001}
  - {from: north, to: internet, usdPerGB: 9}
`

func openFares(t *testing.T) *host.Host {
	t.Helper()
	h, err := host.Open(t.Context(), host.WithoutStandardPolicies(), host.WithoutCatalogue(),
		host.WithTopology("world", fstest.MapFS{"w.yaml": {Data: []byte(world)}}), host.WithTopology("fares", fstest.MapFS{"f.yaml": {Data: []byte(fares)}}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	return h
}

// TestTraffic has the price of traffic decide where callers are.
func TestTraffic(t *testing.T) {
	h := openFares(t)
	for _, c := range []struct{ name, spec, sites, cost string }{
		// The data is in north (1), and a caller in east (0.5) pays 0.09 a gigabyte.
		{"little traffic", `
components:
- {name: api, dependsOn: [{component: db, trafficGB: 4}]}
- {name: db, tier: availability-zone}
sites: {include: [north, south, east, north-1]}`, "east north-1", "1.86"},
		{"much traffic", `
components:
- {name: api, dependsOn: [{component: db, trafficGB: 10}]}
- {name: db, tier: availability-zone}
sites: {include: [north, south, east, north-1]}`, "north north-1", "2.1"},
		{"two copies share", `
components:
- {name: api, copies: {min: 2, max: 2}, dependsOn: [{component: db, trafficGB: 10}]}
- {name: db}
sites: {include: [north, south]}`, "north south north", "3.7"},
		{"nothing to pay", `
components:
- {name: api, copies: {min: 3, max: 3}, dependsOn: [{component: db, trafficGB: 1000}]}
- {name: db, copies: {min: 3, max: 3}}
sites: {include: [north, south, east]}`, "east north south east north south", "6"},
		{"less than half a part is nothing", `
components:
- {name: api, copies: {min: 2, max: 2}, dependsOn: [{component: db, trafficGB: 0.001}]}
- {name: db}
sites: {include: [north, south]}`, "north south north", "3.5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := decide(t, h, "partitions: [acme]\nobjective: [cost]\n"+c.spec+"\n")
			if d.Verdict != placement.Permit {
				t.Fatalf("%s %v", d.Verdict, d.Conflicts)
			}
			var sites []string
			for _, x := range d.Placements[0].Copies {
				sites = append(sites, x.Site)
			}
			if got := words(strings.Join(sites, " "), d.Placements[0].Objective["cost"], d.Placements[0].Proof.Optimal, len(d.Placements[0].Warnings)); got != words(c.sites, c.cost, true, 0) {
				t.Errorf("got %s", got)
			}
		})
	}
}

// TestTrafficUnknown has traffic of which nobody knows the price.
func TestTrafficUnknown(t *testing.T) {
	const spec = `
partitions: [acme]
sites: {include: [fog, south]}
objective: [cost]
current: {api: [fog], db: [south]}
components:
- {name: api, dependsOn: [{component: db, trafficGB: 4}], copies: {min: 2, max: 2}}
- {name: db}
`
	d := decide(t, openFares(t), spec)
	_, known := d.Placements[0].Objective["cost"]
	said := func(d *placement.Decision, message string) bool {
		return slices.ContainsFunc(d.Placements[0].Warnings, func(w placement.Warning) bool { return w.Message == message })
	}
	if d.Verdict != placement.Permit || known || !said(d, "components[0].dependsOn[0].trafficGB: it is not known what traffic from south to fog costs (egress), so cost is unknown") {
		t.Errorf("%s %v %v", d.Verdict, known, d.Placements[0].Warnings)
	}
	if _, known := d.Current.Objective["cost"]; known {
		t.Error("what today costs is known")
	}
	// Without any price, cost is without it.
	d = decide(t, openWorld(t), strings.Replace(spec, "[fog, south]", "[north, south]", 1))
	if d.Verdict != placement.Permit || !said(d, "components[0].dependsOn[0].trafficGB is not part of cost: the topology has no prices of traffic (egress)") {
		t.Errorf("%s %v", d.Verdict, d.Placements[0].Warnings)
	}
}

// TestTrafficTooLarge refuses what cannot be summed.
func TestTrafficTooLarge(t *testing.T) {
	_, err := openFares(t).Decide(t.Context(), request(t, "components: [{name: a, dependsOn: [{component: b, trafficGB: 1e14}]}, {name: b}]\n"))
	if want := "test.yaml:5:15: /spec/components: the components' trafficGB and units are too far apart to be summed exactly; use less traffic, or fewer decimals of units"; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
