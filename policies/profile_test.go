package policies_test

import (
	"slices"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/policies"
)

// TestProfiles lays each profile over the library: what it sets is there, and allowed by its schema.
func TestProfiles(t *testing.T) {
	set, err := policy.Load(policy.Source{Name: "standard", FS: policies.FS()})
	if err != nil {
		t.Fatal(err)
	}
	all, err := policies.Profiles()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, p := range all {
		names = append(names, p.Name)
		if p.Title == "" || p.Description == "" || len(p.Settings) == 0 {
			t.Errorf("%s lacks a title, a description or settings", p.Name)
		}
		with, err := set.WithSettings(p.Settings)
		if err != nil {
			t.Errorf("%s: %v", p.Name, err)
			continue
		}
		if with.Digest() == set.Digest() {
			t.Errorf("%s changes nothing", p.Name)
		}
	}
	if want := []string{"availability-basic", "availability-critical", "china", "gdpr", "health-eu", "outpost", "payments", "us-government"}; !slices.Equal(names, want) {
		t.Errorf("profiles %v, want %v", names, want)
	}
}
