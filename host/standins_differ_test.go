package host_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// manyPlaces is a topology of one site and so many countries with ids of 120 bytes.
func manyPlaces(n int) (topology string, ids []string) {
	var b strings.Builder
	b.WriteString("apiVersion: bailiwick/v1\nkind: Topology\nmetadata: {name: many, asOf: 2026-06-01}\nproviders: [{id: us}]\npartitions: [{id: own, provider: us}]\n" +
		"sites: [{id: here, kind: region, partition: own, country: FR, status: available, zoneCount: 3}]\ncarbon: [{site: here, gridGramsPerKWh: 0.00005}]\njurisdictions:\n  - {id: FR}\n")
	for i := range n {
		ids = append(ids, fmt.Sprintf("J%0119d", i))
		fmt.Fprintf(&b, "  - {id: %s}\n", ids[i])
	}
	return b.String(), ids
}

// TestStandInsDiffer is where a guest says something else than the rule: docs/conformance.md lists it.
func TestStandInsDiffer(t *testing.T) {
	topology, ids := manyPlaces(60)
	at := host.WithTopology("many", fstest.MapFS{"many.yaml": {Data: []byte(topology)}})
	ask := func(t *testing.T, spec string) (rules, guests string) {
		t.Helper()
		s := newStandIns(t, host.WithoutCatalogue(), at)
		req, err := placement.Decode("r.yaml", []byte("apiVersion: bailiwick/v1\nkind: PlacementRequest\nmetadata: {name: r}\nspec:\n"+spec))
		if err != nil {
			t.Fatal(err)
		}
		said := func(h *host.Host) string {
			d, err := h.Decide(context.Background(), req)
			if err != nil {
				return err.Error()
			}
			var list []string
			for _, r := range d.Sites[0].Reasons {
				list = append(list, r.Policy+": "+r.Message)
			}
			return strings.Join(list, "\n")
		}
		return said(s.rules), said(s.guests)
	}
	stored := func(n int) string {
		return fmt.Sprintf("  data: [{name: d, class: plain, residency: [%s]}]\n  components: [{name: api, data: [d]}]\n", strings.Join(ids[:n], ", "))
	}
	t.Run("a list that a message has room for", func(t *testing.T) {
		want := fmt.Sprintf(`SOV-01: data set "d" may be stored only in %s; here is in FR`, strings.Join(ids[:33], ", "))
		if rules, guests := ask(t, stored(33)); rules != want || guests != want {
			t.Errorf("rules %s\nguests %s\nwant %s", rules, guests, want)
		}
	})
	t.Run("a list that it has none for", func(t *testing.T) {
		rules, guests := ask(t, stored(60))
		want := "SOV-01: " + fmt.Sprintf(`data set "d" may be stored only in %s`, strings.Join(ids, ", "))[:4096] + "..."
		if !strings.Contains(rules, "an element has more than 4096 bytes (limits.messageBytes)") || guests != want {
			t.Errorf("rules %s\nguests %s\nwant %s", rules, guests, want)
		}
	})
	t.Run("a small number", func(t *testing.T) {
		rules, guests := ask(t, "  carbon: {maxGramsPerKWh: 0.00001}\n  components: [{name: api}]\n")
		if rules != "SEL-06: here has 5e-05 g CO2e/kWh by location; the ceiling is 1e-05" || guests != "SEL-06: here has 0.00005 g CO2e/kWh by location; the ceiling is 0.00001" {
			t.Errorf("rules %s\nguests %s", rules, guests)
		}
	})
}
