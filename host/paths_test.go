package host_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bailiwick-dev/bailiwick/host"
	. "github.com/bailiwick-dev/bailiwick/host/internal/guest/guesttest"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// TestPathsLeaveOutPlacements has a policy refuse every path between regions. The best placements of two zones are in two
// regions, and there are thousands; the best of those in one region is found all the same, and is the best.
func TestPathsLeaveOutPlacements(t *testing.T) {
	const two = `
apiVersion: bailiwick/v1
kind: PlacementRequest
metadata: {name: r}
spec: {partitions: [aws]%s, users: [{population: DE}, {population: US}, {population: JP}], objective: [latency],
  components: [{name: api, tier: availability-zone, copies: {min: 2, max: 2}}]}
`
	open := func(opts ...host.Option) *host.Host {
		h, err := host.Open(context.Background(), append(opts, host.WithoutStandardPolicies(), host.WithRunnersUp(0))...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = h.Close() })
		return h
	}
	decide := func(h *host.Host, req string) *placement.Decision {
		r, err := placement.Decode("r.yaml", []byte(req))
		if err != nil {
			t.Fatal(err)
		}
		d, err := h.Decide(context.Background(), r)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	free, bound := open(), open(plugin(Mini{Path: everything(AtDeny)}, `"path"`))
	d := decide(bound, fmt.Sprintf(two, ""))
	if d.Verdict != placement.Permit || !d.Placements[0].Proof.Optimal || len(d.Refused) != 3 {
		t.Fatalf("%s, %d refused", d.Verdict, len(d.Refused))
	}
	// The best of each region by itself, without the policy.
	zones := map[string][]string{}
	for _, s := range d.Sites {
		region := s.Site[:len(s.Site)-len("-az1")] // such as euc1 of euc1-az1
		zones[region] = append(zones[region], s.Site)
	}
	best := 0.0
	for _, list := range zones {
		if len(list) < 2 {
			continue
		}
		// Its zones are as near to users as each other.
		one := decide(free, fmt.Sprintf(two, fmt.Sprintf(", sites: {include: [%s, %s]}", list[0], list[1])))
		if v := one.Placements[0].Objective["latency"]; best == 0 || v < best {
			best = v
		}
	}
	if got := d.Placements[0].Objective["latency"]; got != best {
		t.Errorf("%v in one region, and %v is the best", got, best)
	}

	// Two regions cannot be had at all.
	d = decide(bound, `{"apiVersion": "bailiwick/v1", "kind": "PlacementRequest", "metadata": {"name": "r"}, "spec": {"partitions": ["aws"],
		"users": [{"population": "DE"}], "components": [{"name": "api", "copies": {"min": 2, "max": 2}}]}}`)
	if diff := cmp.Diff([]placement.Conflict{{Policies: []string{"P-1"}, Requirements: []string{}}}, d.Conflicts); diff != "" || d.Verdict != placement.Deny {
		t.Errorf("%s %s", d.Verdict, diff)
	}
}
