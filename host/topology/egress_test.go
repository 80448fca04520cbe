package topology

import "testing"

// TestFactAsOf tells how old facts are by their sources.
func TestFactAsOf(t *testing.T) {
	s := mustBuild(t, `apiVersion: bailiwick/v1
kind: Topology
metadata: {name: days, asOf: 2026-01-01}
sources:
  - {id: old, title: Old, asOf: 2020-02-02}
  - {id: new, title: New, asOf: 2025-05-05}
providers: [{id: p}]
partitions: [{id: p, provider: p}]
jurisdictions: [{id: DE}]
sites:
  - {id: a, kind: region, partition: p, country: DE, source: new}
  - {id: a-1, kind: availability-zone, parent: a}
  - {id: b, kind: region, partition: p, country: DE}
services: [{id: kv}]
offerings:
  - {service: kv, sites: [a], source: old}
  - {service: kv, sites: [a], source: new}
carbon: [{site: a, gridGramsPerKWh: 1, year: 2019, source: old}]
prices: [{site: a, index: 1, source: old}]
egress: [{from: a, to: internet, usdPerGB: 1, source: old}]
`)
	for _, c := range []struct {
		site, field, source, day string
	}{
		{"a", "status", "new", "2025-05-05"},
		{"a", "asOf.site", "new", "2025-05-05"},
		{"a", "asOf.carbon", "old", "2020-02-02"},
		{"a", "asOf.carbonYear", "old", "2020-02-02"},
		{"a", "asOf.price", "old", "2020-02-02"},
		{"a", "offers.kv", "new,old", "2020-02-02"},
		{"a", "egress.internetUSDPerGB", "old", "2020-02-02"},
		{"a-1", "asOf.price", "old", "2020-02-02"},
		{"a-1", "egress.internetUSDPerGB", "old", "2020-02-02"},
		{"b", "status", "", ""},
		{"b", "egress.internetUSDPerGB", "", ""},
	} {
		r := siteRow(t, s, c.site)
		got := s.FactAsOf(r, c.field)
		if source := s.FactSource(r, c.field); source != c.source || got.Value != c.day || (got.State == Known) != (c.day != "") {
			t.Errorf("%s of %s: %v of source %q, want %q of %q", c.field, c.site, got, source, c.day, c.source)
		}
	}
}
