package host_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host"
	. "github.com/bailiwick-dev/bailiwick/host/internal/guest/guesttest"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// TestPluginOfToday asks plugins about the present placement as they are asked about a new one.
func TestPluginOfToday(t *testing.T) {
	whole := strings.Replace(twoCopies, "components:", "current: {api: [eu-central-1, eu-west-1]}, components:", 1)
	partly := strings.Replace(whole, "max: 2}}", "max: 2}}, {name: db}", 1)
	for _, c := range []struct {
		hook, req string
		at        uint64
		want      string
	}{
		{"placement", whole, AtDeny, "deny 9 P-1 What it is about false"},
		{"placement", whole, AtUnknown, "indeterminate 9 P-1 What it is about (not sure: something it does not list unknown) true"},
		{"path", whole, AtDeny, "deny 2 P-1 from eu-central-1 to eu-west-1: What it is about false"},
		{"placement", partly, AtDeny, "indeterminate 1 P-1 cannot be decided: it judges placements as wholes, and of this one only a part is known true"},
		{"path", partly, AtDeny, "indeterminate 1 P-1 cannot be decided: it judges placements as wholes, and of this one only a part is known true"},
	} {
		says := everything(c.at)
		d, err := decided(t, c.req, plugin(Mini{Placement: says, Path: says}, fmt.Sprintf("%q", c.hook)))
		if err != nil {
			t.Fatal(err)
		}
		var r placement.CurrentReason
		if len(d.Current.Reasons) > 0 {
			r = d.Current.Reasons[0]
		}
		if got := words(d.Current.Verdict, len(d.Current.Reasons), r.Policy, r.Message, r.Possible); got != c.want {
			t.Errorf("%s: got %s\nwant %s", c.hook, got, c.want)
		}
	}
}

// TestPluginWaivedIsSaid finds the waivers in the decision by which a plugin about placements is set aside.
func TestPluginWaivedIsSaid(t *testing.T) {
	var list []string
	for _, s := range []string{"eu-central-1", "eu-north-1"} {
		list = append(list, fmt.Sprintf("{policy: P-1, component: api, site: %s, until: 2030-01-01, reason: r, by: b}", s))
	}
	req := strings.Replace(twoCopies, "components:", "waivers: ["+strings.Join(list, ", ")+"], components:", 1)
	d, err := decided(t, req, plugin(Mini{Placement: first(AtDeny)}, `"placement"`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range d.Waived {
		got = append(got, words(w.Policy, w.Site, w.Message))
	}
	if want := "P-1 eu-central-1 What it is about, P-1 eu-north-1 What it is about"; strings.Join(got, ", ") != want {
		t.Errorf("got %s\nwant %s", strings.Join(got, ", "), want)
	}
}

// giveUp is a context that is over once it has been looked at so often.
type giveUp struct {
	context.Context
	left *atomic.Int64
}

func (c giveUp) Err() error {
	if c.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// TestPluginOutlivesGivingUp gives decisions up in the middle of a policy's call: that is no failure of the policy's, which
// goes on being asked.
func TestPluginOutlivesGivingUp(t *testing.T) {
	ctx := context.Background()
	rules := written(t, `deny contains sprintf("%s", [input.site.id]) if input.site.id == "none"
		warn contains sprintf("%s", [input.site.id]) if true`)
	h, err := host.Open(ctx, host.WithoutStandardPolicies(), compiledPlugin(t, rules, "acme/p", policy.ManifestSpec{ID: "C-1", Title: "T", Class: "selection"}))
	if err != nil {
		t.Fatal(err)
	}
	r, err := placement.Decode("r.yaml", []byte(twoCopies))
	if err != nil {
		t.Fatal(err)
	}
	inside := 0
	for after := range int64(40) {
		for range 5 {
			var left atomic.Int64
			left.Store(after)
			_, err := h.Decide(giveUp{ctx, &left}, r)
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Fatal(err)
			}
			if err != nil && strings.Contains(err.Error(), "eval: sprintf: context canceled") {
				inside++
			}
		}
		if _, err := h.Decide(ctx, r); err != nil {
			t.Fatalf("after giving up: %v", err)
		}
	}
	if inside == 0 {
		t.Error("no call was given up in its middle")
	}
}
