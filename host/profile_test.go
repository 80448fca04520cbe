package host_test

import (
	"strings"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// TestWithProfile lays a profile over the standard policies, and settings of one's own over it.
func TestWithProfile(t *testing.T) {
	in := func(opts ...host.Option) map[string]policy.Enforcement {
		t.Helper()
		h, err := host.Open(t.Context(), opts...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = h.Close() })
		g, err := h.Generation()
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]policy.Enforcement{}
		for _, p := range g.Policies.Policies() {
			out[p.ID] = p.Enforcement
		}
		return out
	}
	if got := in()["RED-02"]; got != policy.Off {
		t.Errorf("RED-02 is %s without a profile", got)
	}
	got := in(host.WithProfile("availability-basic"), host.WithSettings(map[string]map[string]any{"RED-07": {"enforcement": "off"}}))
	for id, want := range map[string]policy.Enforcement{"RED-02": policy.Enforced, "RED-07": policy.Off, "RED-03": policy.Off} {
		if got[id] != want {
			t.Errorf("%s is %s, want %s", id, got[id], want)
		}
	}
	got = in(host.WithProfile("availability-critical", "availability-basic"), host.WithoutStandardPolicies("RED-04"))
	for id, want := range map[string]policy.Enforcement{"RED-02": policy.Enforced, "RED-03": policy.Enforced, "RED-04": ""} {
		if got[id] != want {
			t.Errorf("%s is %q, want %q", id, got[id], want)
		}
	}
	for _, x := range []struct {
		opts []host.Option
		want string
	}{
		{[]host.Option{host.WithProfile("gdrp")}, `there is no standard profile "gdrp"`},
		{[]host.Option{host.WithProfile("availability-basic"), host.WithoutStandardPolicies()}, "profile availability-basic is for the standard policies, and they are left out"},
	} {
		h, err := host.Open(t.Context(), x.opts...)
		if err == nil {
			_ = h.Close()
		}
		if err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%v, want %s", err, x.want)
		}
	}
}
