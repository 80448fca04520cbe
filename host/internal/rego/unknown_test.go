package rego

import (
	"context"
	"fmt"
	"slices"
	"testing"
)

// TestUnknownNames says which unknown facts a finding names: each once, and one name for all that a read meets if they are very many.
func TestUnknownNames(t *testing.T) {
	var many []string
	for i := range maxMissing + 1 {
		many = append(many, fmt.Sprintf("rttMs.s.r%d", i))
	}
	docs := Documents{
		Topology:        term(t, `{"sites": {"s": {"id": "s"}, "r": {"id": "r"}}, "rttMs": {"s": {}}, "regimes": {}}`),
		SiteUnknown:     func(string) []string { return []string{"country", "lat"} },
		AnyUnknown:      []string{"country", "lat"},
		TopologyUnknown: append([]string{"regimes"}, many...),
	}
	for _, tc := range []struct {
		rules string
		want  []string
	}{
		{`deny contains "x" if data.topology.rttMs.s == {}`, []string{"topology.rttMs.s.*"}},
		{`deny contains "x" if data.topology.rttMs.s.r1 > 5`, []string{"topology.rttMs.s.r1"}},
		{`deny contains "x" if { not data.topology.regimes.a; data.topology.rttMs.s.r2 > 5; not data.topology.regimes.a.b }`, []string{"topology.regimes.a", "topology.regimes.a.b", "topology.rttMs.s.r2"}},
		{`deny contains "x" if { data.topology.sites[input.site.id].lat > 1; data.topology.sites.s.country == data.topology.sites[input.site.id].country; data.topology.sites.s.lat < 9 }`, []string{"topology.sites.s.country", "topology.sites.s.lat"}},
		{`deny contains "x" if { input.site.lat > 1; some s in data.topology.sites; s.lat == input.site.lat; data.topology.rttMs.s.r3 > 5 }`, []string{"site.lat", "topology.rttMs.s.r3", "topology.sites.*.lat"}},
	} {
		e := engine(t, one(t, tc.rules), docs)
		site := SiteDoc{ID: "s", Term: term(t, `{"id": "s"}`), Unknown: []string{"country", "lat"}}
		for _, lanes := range []bool{true, false} {
			got, err := e.ByLanes(lanes).Case(context.Background(), input(t, `{}`, `{}`)).Sites(context.Background(), []SiteDoc{site})
			if err != nil {
				t.Fatal(err)
			}
			if r := got[0][0]; r.Verdict != Possible || !slices.Equal(r.Denies[0].Unknown, tc.want) {
				t.Errorf("%s, lanes %t: %v, %+v, want %q", tc.rules, lanes, r.Verdict, r.Denies, tc.want)
			}
		}
	}
}
