package rego

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// TestOnly: an engine of one policy says what the engine of all says for it.
func TestOnly(t *testing.T) {
	set := standard(t)
	e := engine(t, set, standardDocs(t, 4))
	in, sites := standardInput(t), standardSites(t, 4)
	sites[1].Unknown = []string{"country", "jurisdictions"}
	for _, byLanes := range []bool{false, true} {
		every := e.ByLanes(byLanes)
		if every.Documents().ByLanes != byLanes {
			t.Errorf("by lanes: %t, want %t", !byLanes, byLanes)
		}
		all, err := every.Case(context.Background(), in).Sites(context.Background(), sites)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range set.InForce() { // all of them are about sites
			one, ok := every.Only(p.ID)
			if !ok {
				t.Fatalf("no %s", p.ID)
			}
			got, err := one.Case(context.Background(), in).Sites(context.Background(), sites)
			if err != nil {
				t.Fatal(err)
			}
			for k, s := range sites {
				if len(got[k]) != 1 {
					t.Fatalf("%d results", len(got[k]))
				}
				if diff := cmp.Diff(all[k][i], got[k][0], cmpopts.IgnoreTypes([]Fact{}), cmp.Comparer(func(a, b *policy.Policy) bool { return a == b })); diff != "" {
					t.Errorf("%s at %s, by lanes %t (-all +only):\n%s", p.ID, s.ID, byLanes, diff)
				}
			}
		}
	}
	if _, ok := e.Only("SOV-99"); ok {
		t.Error("there is no SOV-99")
	}
	if e.Documents().Topology == nil {
		t.Error("no documents")
	}
}
