package decode

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestNearest(t *testing.T) {
	known := []string{"eu-central-1", "eu-central-2", "eu-west-1", "us-east-1", "DE", "FR", "dynamodb", "api"}
	tests := []struct {
		name string
		want []string
	}{
		{"eu-central-3", []string{"eu-central-1", "eu-central-2"}},
		{"eu-centarl-1", []string{"eu-central-1", "eu-central-2"}},
		{"EU-WEST-1", []string{"eu-west-1"}},
		{"dynamdb", []string{"dynamodb"}},
		{"ED", []string{"DE"}},
		{"apis", []string{"api"}},
		{"mars", nil},
		{"x", nil},
		{"", nil},
	}
	for _, tt := range tests {
		if got := Nearest(tt.name, known); !slices.Equal(got, tt.want) {
			t.Errorf("Nearest(%q) = %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestDidYouMean(t *testing.T) {
	known := []string{"axb", "axc", "axd", "axe"}
	for name, want := range map[string]string{
		"axb1": `; did you mean "axb"?`,
		"axx":  `; did you mean "axb", "axc" or "axd"?`,
		"zzz":  "",
	} {
		if got := DidYouMean(name, known); got != want {
			t.Errorf("DidYouMean(%q) = %s, want %s", name, got, want)
		}
	}
}

// TestNearestIsDeterministic: the order of the known names does not matter.
func TestNearestIsDeterministic(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.StringMatching(`[a-d]{1,5}`)
		known := rapid.SliceOf(name).Draw(rt, "known")
		shuffled := rapid.Permutation(known).Draw(rt, "shuffled")
		n := name.Draw(rt, "name")
		if a, b := Nearest(n, known), Nearest(n, shuffled); !slices.Equal(a, b) {
			rt.Fatalf("%q and %q", a, b)
		}
	})
}
