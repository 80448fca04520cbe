package host_test

import (
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// TestConflictsTogether lists what components that call each other cannot meet together, where each by itself could; calls of
// which only the price counts are no part of it, wherever they stand in the request.
func TestConflictsTogether(t *testing.T) {
	h := openWorld(t)
	for _, c := range []struct {
		name, spec string
		verdict    placement.Verdict
		conflicts  string
		helps      string
	}{
		{
			"too far from each other",
			"sites: {include: [north, south]}\nusers: [{population: AA}, {population: BB}]\ncomponents:\n- {name: a, copies: {min: 2}, userFacing: true}\n- {name: b, userFacing: false}\n- {name: c, userFacing: false, dependsOn: [{component: b, trafficGB: 3}, {component: a, maxMs: 3}]}\n- {name: d, userFacing: false, copies: {min: 2}, dependsOn: [{component: b, maxMs: 30}]}",
			placement.Infeasible,
			"components[1].copies.max components[3].copies.min components[3].dependsOn[0].maxMs sites.include",
			"components[1].copies.max: 1 → 2; components[3].copies: {min: 2, max: 2} → {min: 1, max: 2}; components[3].dependsOn[0].maxMs: 30 → 40; components[3].tier: region → availability-zone; sites.include: [north, south] → [north, south, vault]",
		},
		{
			"data abroad",
			"sites: {include: [north, east]}\nusers: [{population: AA}]\ndata: [{name: d, class: x, residency: [CC]}]\ncomponents:\n- {name: a, data: [d], userFacing: false}\n- {name: b, latency: {maxMs: 10}, dependsOn: [{component: a, maxMs: 9}]}",
			placement.Deny,
			"SOV-01 components[1].dependsOn[0].maxMs components[1].latency.maxMs; SEL-02 SOV-01 components[1].dependsOn[0].maxMs",
			"components[1].dependsOn[0].maxMs: 9 → 61.062; components[1].latency.maxMs: 10 → 80; data[0].residency: [CC] → [CC, AA]",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := decide(t, h, c.spec)
			var conflicts, helps []string
			for _, x := range d.Conflicts {
				conflicts = append(conflicts, strings.Join(append(x.Policies, x.Requirements...), " "))
			}
			for _, r := range d.Relaxations {
				helps = append(helps, r.Change)
			}
			if d.Verdict != c.verdict || strings.Join(conflicts, "; ") != c.conflicts {
				t.Errorf("%s: %s", d.Verdict, strings.Join(conflicts, "; "))
			}
			if got := strings.Join(helps, "; "); got != c.helps {
				t.Errorf("what helps: %s", got)
			}
			checkRelaxations(t, h, request(t, c.spec), d)
		})
	}
}
