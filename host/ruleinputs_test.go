package host_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

const twoComponents = `
users: [{population: AA}]
data: [{name: people, class: personal, residency: [AA]}]
components:
  - {name: front, tier: availability-zone, copies: {min: 2, max: 2}, latency: {maxMs: 20}}
  - {name: back, services: [kv], data: [people]}
`

// TestInputs: what Inputs returns is what decisions ask with.
func TestInputs(t *testing.T) {
	h := openWorld(t)
	ctx, req := context.Background(), request(t, twoComponents)
	d, err := h.Decide(ctx, req)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ component, name string }{{"", "front"}, {"front", "front"}, {"back", "back"}} {
		in, err := h.Inputs(ctx, req, c.component)
		if err != nil {
			t.Fatal(err)
		}
		snap, err := h.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		if in.Component != c.name || len(in.Sites) != snap.Sites() {
			t.Errorf("component %s, %d sites of %d", in.Component, len(in.Sites), snap.Sites())
		}
		verdicts := map[string]placement.Verdict{}
		for _, site := range in.Sites {
			results, err := in.Engine.Site(ctx, in.Input, site)
			if err != nil {
				t.Fatal(err)
			}
			verdicts[site.ID] = placement.Permit
			for _, r := range results {
				switch {
				case r.Verdict == rego.Deny:
					verdicts[site.ID] = placement.Deny
				case r.Verdict == rego.Possible && verdicts[site.ID] == placement.Permit:
					verdicts[site.ID] = placement.Indeterminate
				}
			}
		}
		seen := map[placement.Verdict]bool{}
		for _, s := range d.Sites {
			if s.Component != c.name {
				continue
			}
			seen[s.Verdict] = true
			if verdicts[s.Site] != s.Verdict {
				t.Errorf("%s at %s: %s; the decision says %s", c.name, s.Site, verdicts[s.Site], s.Verdict)
			}
		}
		if !seen[placement.Permit] || !seen[placement.Deny] {
			t.Errorf("%s: verdicts %v", c.name, seen)
		}
	}
}

func TestInputsErrors(t *testing.T) {
	h := openWorld(t)
	ctx, req := context.Background(), request(t, twoComponents)
	if _, err := h.Inputs(ctx, req, "bcak"); err == nil || err.Error() != `request "test" has no component "bcak"; did you mean "back"?` {
		t.Errorf("%v", err)
	}
	if _, err := h.Inputs(ctx, request(t, "components: [{name: a, services: [kw]}]"), ""); err == nil || err.Error() != `test.yaml:5:37: /spec/components/0/services/0: there is no service "kw" in the topology; did you mean "kv"?` {
		t.Errorf("%v", err)
	}
	h.Close()
	if _, err := h.Inputs(ctx, req, ""); !errors.Is(err, host.ErrClosed) {
		t.Errorf("%v", err)
	}
}
