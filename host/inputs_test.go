package host_test

import (
	"context"
	"errors"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// TestGeneration: what Generation returns opens a host of the same generation.
func TestGeneration(t *testing.T) {
	h := openWorld(t, host.WithRunnersUp(1), host.WithPolicyLimits(policy.Limits{Findings: 3}))
	g, err := h.Generation()
	if err != nil {
		t.Fatal(err)
	}
	if g.RunnersUp != 1 || g.Policies.Limits().Findings != 3 || g.Policies.Limits().Steps != policy.DefaultSteps {
		t.Errorf("%d runners-up, limits %+v", g.RunnersUp, g.Policies.Limits())
	}
	again, err := host.Open(context.Background(), host.WithSnapshot(g.Snapshot), host.WithPolicySet(g.Policies), host.WithRunnersUp(g.RunnersUp))
	if err != nil {
		t.Fatal(err)
	}
	if same, err := again.Generation(); err != nil || same != g {
		t.Errorf("%+v, %v; want %+v", same, err, g)
	}
	again.Close()
	if _, err := again.Generation(); !errors.Is(err, host.ErrClosed) {
		t.Error(err)
	}
}

func TestPolicySetStandsAlone(t *testing.T) {
	set, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	const alone = "host: open: a policy set stands alone: policies, settings and limits cannot be laid over it; make them part of it, or leave one out"
	for _, c := range []struct {
		name string
		opts []host.Option
		want string
	}{
		{"policies", []host.Option{host.WithPolicySet(set), host.WithPolicies("p", fstest.MapFS{})}, alone},
		{"settings", []host.Option{host.WithPolicySet(set), host.WithSettings(map[string]map[string]any{"A": {}})}, alone},
		{"limits", []host.Option{host.WithPolicySet(set), host.WithPolicyLimits(policy.Limits{Steps: 1})}, alone},
		{"one left out", []host.Option{host.WithPolicySet(set), host.WithoutStandardPolicies("SEL-06")}, alone},
		{"the zero set", []host.Option{host.WithPolicySet(&policy.Set{})}, "host: open: the policy set is not one that policy.Load returned"},
		{"a limit below zero", []host.Option{host.WithPolicyLimits(policy.Limits{Steps: -1})}, "host: open: policy limit Steps is negative; zero means the default"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := host.Open(context.Background(), c.opts...); err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}
