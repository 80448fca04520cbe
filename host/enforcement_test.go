package host_test

import (
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// TestEnforcement sets one policy to warn, and to off: its denials become warnings, and nothing.
func TestEnforcement(t *testing.T) {
	for _, x := range []struct {
		enforcement string
		verdict     placement.Verdict
		warnings    int
	}{{"deny", placement.Deny, 0}, {"warn", placement.Permit, 1}, {"off", placement.Permit, 0}} {
		h, err := host.Open(t.Context(), host.WithSettings(map[string]map[string]any{"SOV-01": {"enforcement": x.enforcement}}))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = h.Close() })
		req, err := placement.Decode("r.yaml", []byte(`
apiVersion: bailiwick/v1
kind: PlacementRequest
metadata: {name: r}
spec:
  sites: {include: [us-east-1]}
  data: [{name: d, class: plain, residency: [EU]}]
  components: [{name: api, data: [d]}]
`))
		if err != nil {
			t.Fatal(err)
		}
		d, err := h.Decide(t.Context(), req)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range d.Sites {
			if s.Site != "us-east-1" {
				continue
			}
			said := 0
			for _, w := range s.Warnings {
				if w.Policy == "SOV-01" && strings.Contains(w.Message, "only in EU") {
					said++
				}
			}
			if d.Verdict != x.verdict || s.Verdict != x.verdict || said != x.warnings {
				t.Errorf("%s: request %s, site %s, %d warnings; want %s and %d", x.enforcement, d.Verdict, s.Verdict, said, x.verdict, x.warnings)
			}
		}
	}
}
