package conformance_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/conformance"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// filling makes everything known of the world that cases stand on: dim as it is said, the rest as it may be.
func filling(dim, services string) conformance.Layer {
	offer := "[bright, bright-1, bright-2, bright-lz, far, dim, dim-1, dim-lz, rack, shed]"
	text := `apiVersion: bailiwick/v1
kind: Topology
providers:
  - {id: murk, control: [EE]}
partitions:
  - {id: murk, provider: murk, personnel: [EE]}
sites:
  - {id: dim, source: atlas, ` + dim + `}
  - {id: bright-1, launched: 2020-01-01}
  - {id: bright-2, launched: 2020-01-01}
  - {id: dim-1, launched: 2024-05-01}
  - {id: bright-lz, subdivision: Isle}
  - {id: dim-lz, source: atlas, subdivision: Plain, launched: 2024-05-01, remote: true}
  - {id: rack, source: atlas, subdivision: Isle, city: Lumen, lat: 20, lon: 10, launched: 2024-05-01}
  - {id: shed, source: atlas, subdivision: Isle, city: Lumen, lat: 20, lon: 10, launched: 2024-05-01, serviceLink: {disconnectedHours: 24}}
services:
  - {id: kv, zones: {copies: 3, synchronous: true, readable: 2}, failover: {atLeastSeconds: 1, seconds: 30}, disconnected: {mode: stops, hours: 0}}
  - {id: disk, controlPlane: local, zones: {copies: 1, synchronous: true, readable: 0}, crossRegion: {mode: none, rpoSeconds: 9}, failover: {atLeastSeconds: 1, seconds: 60}, disconnected: {mode: stops, hours: 0}}
  - {id: odd, scope: regional, controlPlane: local, zones: {copies: 2, synchronous: true, readable: 0}, crossRegion: {mode: none, rpoSeconds: 0}, failover: {atLeastSeconds: 1, seconds: 1}, disconnected: {mode: stops, hours: 0}}
offerings:
  - {service: kv, sites: ` + offer + `, complete: true}
  - {service: disk, sites: [bright, bright-1, bright-2, bright-lz` + services + `], complete: true}
  - {service: odd, complete: true, among: ` + offer + `}
programmes:
  - {id: gold, sites: [bright, bright-1, bright-2, dim, dim-1], complete: true}
populations:
  - {id: lost, lat: 12, lon: 38}
links:
  - {from: bright, to: dim, rttMs: 90}
  - {from: dim, to: bright, rttMs: 90}
  - {from: far, to: dim, rttMs: 90}
  - {from: dim, to: far, rttMs: 90}
  - {from: dim, to: dim, rttMs: 1}
access:
  - {from: AA, to: dim, rttMs: 90}
  - {from: CC, to: dim, rttMs: 90}
  - {from: lost, to: bright, rttMs: 90}
  - {from: lost, to: far, rttMs: 9}
carbon:
  - {site: far, marketGramsPerKWh: 12, year: 2020}
`
	for _, site := range []string{"dim", "bright-lz", "dim-lz", "rack", "shed", "fen"} {
		text += fmt.Sprintf("  - {site: %s, gridGramsPerKWh: 100, marketGramsPerKWh: 50, pue: 1.3, wueLitresPerKWh: 1, year: 2021, source: atlas}\n", site)
	}
	text += "prices:\n  - {site: far, index: 0.9, source: atlas}\n"
	for _, site := range []string{"dim", "bright-lz", "dim-lz", "rack", "shed", "fen"} {
		text += fmt.Sprintf("  - {site: %s, index: 1.1, source: atlas}\n", site)
	}
	text += "egress:\n"
	for _, site := range []string{"bright", "bright-lz", "far", "dim", "dim-lz", "rack", "shed", "fen"} {
		text += fmt.Sprintf("  - {from: %s, to: internet, usdPerGB: 0.09}\n", site)
	}
	return conformance.Layer{Name: "filling", Files: map[string]string{"filling.yaml": text}}
}

// TestLaw holds every case over the small world against what comes out of it once every fact is known, in
// several ways: what was sure still comes out, what was neither sure nor possible does not. It looks at what
// engines answer, not at what cases expect, so that a case cannot bend the law.
func TestLaw(t *testing.T) {
	fillings := []conformance.Layer{
		filling("country: AA, subdivision: Isle, city: Lumen, lat: 20, lon: 10, optIn: false, launched: 2020-01-01, status: available, zoneCount: 3", ", dim"),
		filling("country: CC, subdivision: Plain, city: Farrow, lat: 10, lon: 40, optIn: true, launched: 2026-03-01, status: restricted, zoneCount: 1", ""),
		filling("country: EE, subdivision: Marsh, city: Reed, lat: -5, lon: 3, optIn: false, launched: 2026-05-01, status: retired, zoneCount: 6", ""),
		filling("country: DD, subdivision: Rock, city: Stone, lat: 40, lon: -10, optIn: true, launched: 2019-01-01, status: doubtful, zoneCount: 0", ", dim, dim-1"),
	}
	if testing.Short() {
		fillings = fillings[:1] // the race detector takes long over it, and sees the same goroutines with each
	}
	asked, known := 0, 0
	for _, e := range conformance.Hosts() {
		for _, c := range cases(t) {
			if c.Catalogue || len(c.Layers) != 1 || c.Expect.Error != "" || c.Expect.ErrorContains != "" {
				continue
			}
			base, err := e.Decide(t.Context(), c)
			if err != nil {
				t.Errorf("%s: %s: %v", e.Name(), c.ID, err)
				continue
			}
			for i, f := range fillings {
				full := &conformance.Case{
					ID: c.ID, Layers: append(slices.Clip(c.Layers), f), Standard: c.Standard, Modules: c.Modules, Settings: c.Settings, Request: c.Request,
				}
				if _, err := full.Snapshot(); err != nil {
					t.Fatal(err)
				}
				d, err := e.Decide(t.Context(), full)
				if err != nil {
					continue // where a rule fails for some of the values, those say nothing
				}
				asked++
				for k := range base.Sites {
					known += outlaw(t, fmt.Sprintf("%s: %s, filling %d", e.Name(), c.ID, i), &base.Sites[k], &d.Sites[k])
				}
			}
		}
	}
	if asked < 50*len(fillings) || known < 25*len(fillings) {
		t.Errorf("only %d questions were asked, and %d sites known for sure", asked, known)
	}
}

// outlaw reports what a site's outcome says that does not hold once everything is known. It returns 1 if the
// outcome was sure.
func outlaw(t *testing.T, what string, base, full *placement.SiteResult) int {
	t.Helper()
	if base.Site != full.Site || base.Component != full.Component {
		t.Fatalf("%s: %s/%s and %s/%s", what, base.Site, base.Component, full.Site, full.Component)
	}
	what += ": " + base.Site + "/" + base.Component
	if full.Verdict == placement.Indeterminate {
		t.Errorf("%s is still open: %v", what, full.Reasons)
	}
	has := func(list []placement.Reason, policy, message string) bool {
		return slices.ContainsFunc(list, func(r placement.Reason) bool {
			return r.Policy == policy && (message == "" || r.Message == message)
		})
	}
	for _, r := range base.Reasons {
		switch {
		case r.Possible:
		case strings.Contains(r.Message, "unknown") && !has(full.Reasons, r.Policy, ""),
			!strings.Contains(r.Message, "unknown") && !has(full.Reasons, r.Policy, r.Message):
			t.Errorf("%s: sure, and does not hold: %s: %s", what, r.Policy, r.Message)
		}
	}
	for _, r := range full.Reasons {
		if !foreseen(base.Reasons, r) {
			t.Errorf("%s: holds, and was not possible: %s: %s", what, r.Policy, r.Message)
		}
	}
	if base.Verdict == placement.Indeterminate {
		return 0
	}
	if base.Verdict != full.Verdict {
		t.Errorf("%s: %s, and %s once everything is known", what, base.Verdict, full.Verdict)
	}
	return 1
}

// foreseen reports whether a reason is among those of before, sure or possible, as far as its text was known:
// the text of what is only possible may list members that are only possible. Cases begin a message with a letter
// and a colon, which is known.
func foreseen(before []placement.Reason, r placement.Reason) bool {
	return slices.ContainsFunc(before, func(b placement.Reason) bool {
		text, _, _ := strings.Cut(b.Message, " (not sure: ")
		known, _, _ := strings.Cut(text, ": ")
		label, _, labelled := strings.Cut(r.Message, ": ")
		return b.Policy == r.Policy &&
			(text == r.Message || strings.Contains(text, "unknown") || b.Possible && (known == label || !labelled))
	})
}
