package policy_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// guarded is a policy with an enforcement and a schema for its setting.
const guarded = `# METADATA
# title: t
# custom:
#   id: T-1
#   class: selection
#   hook: site
#   reviewed: 2026-11-23
#   enforcement: warn
#   settings: {limits: [1]}
#   settingsSchema: {limits: {type: array, items: {type: number, minimum: 0}}}
package t

deny contains "no" if input.settings.limits[_] > 3
`

func load(t *testing.T, text string) (*policy.Set, error) {
	t.Helper()
	return policy.Load(policy.Source{Name: "own", FS: fstest.MapFS{"t.rego": {Data: []byte(text)}}})
}

func TestEnforcement(t *testing.T) {
	set, err := load(t, guarded)
	if err != nil {
		t.Fatal(err)
	}
	if got := set.Policies()[0].Enforcement; got != policy.Warned {
		t.Errorf("enforcement %q by METADATA", got)
	}
	digests := map[string]bool{set.Digest(): true}
	for _, want := range []policy.Enforcement{policy.Enforced, policy.Off} {
		other, err := set.WithSettings(map[string]map[string]any{"T-1": {"enforcement": string(want)}})
		if err != nil {
			t.Fatal(err)
		}
		p := other.Policies()[0]
		if p.Enforcement != want {
			t.Errorf("enforcement %q by settings, want %q", p.Enforcement, want)
		}
		if _, ok := p.Settings["enforcement"]; ok {
			t.Error("rules see the enforcement among their settings")
		}
		if n := len(other.InForce()); (n == 0) != (want == policy.Off) {
			t.Errorf("%s: %d policies are asked", want, n)
		}
		digests[other.Digest()] = true
	}
	if len(digests) != 3 {
		t.Errorf("%d digests for three enforcements", len(digests))
	}
	if got := set.Policies()[0].Enforcement; got != policy.Warned {
		t.Errorf("the first set's policy now has %q", got)
	}
}

// TestBundleKeepsEnforcement: what is kept with a decision decides alike.
func TestBundleKeepsEnforcement(t *testing.T) {
	set, err := load(t, guarded)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []policy.Enforcement{policy.Enforced, policy.Warned, policy.Off} {
		set, err := set.WithSettings(map[string]map[string]any{"T-1": {"enforcement": string(want)}})
		if err != nil {
			t.Fatal(err)
		}
		text, err := set.Bundle()
		if err != nil {
			t.Fatal(err)
		}
		again, err := policy.FromBundle(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := again.Policies()[0]; got.Enforcement != want || again.Digest() != set.Digest() {
			t.Errorf("%s, digest %s; want %s, %s", got.Enforcement, again.Digest(), want, set.Digest())
		}
	}
}

// TestOffUnquoted writes off as YAML 1.1 takes for false.
func TestOffUnquoted(t *testing.T) {
	set, err := load(t, strings.Replace(guarded, "enforcement: warn", "enforcement: off", 1))
	if err != nil {
		t.Fatal(err)
	}
	if got := set.Policies()[0].Enforcement; got != policy.Off {
		t.Errorf("enforcement %q", got)
	}
}

func TestSettingsAreChecked(t *testing.T) {
	set, err := load(t, guarded)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		key  string
		v    any
		want string
	}{
		{"enforcement", "of", `settings: T-1.enforcement must be one of deny, warn, off; did you mean "off"?`},
		{"enforcement", true, `settings: T-1.enforcement must be one of deny, warn, off`},
		{"limits", []any{1.0, -2.0}, `settings: T-1.limits: /1: minimum: got -2, want 0`},
		{"limits", []any{"a"}, `settings: T-1.limits: /0: got string, want number`},
	} {
		_, err := set.WithSettings(map[string]map[string]any{"T-1": {x.key: x.v}})
		var in *policy.InputError
		if !errors.As(err, &in) || in.Setting != x.key || err.Error() != x.want {
			t.Errorf("%s %v: %v, want %s", x.key, x.v, err, x.want)
		}
	}
	if _, err := set.WithSettings(map[string]map[string]any{"T-1": {"limits": []any{0.0, 7.0}}}); err != nil {
		t.Error(err)
	}
}

func TestSettingsSchemaIsChecked(t *testing.T) {
	for _, x := range []struct{ from, to, want string }{
		{"settings: {limits: [1]}", "settings: {limits: [-1]}", "custom.settingsSchema.limits: /0: minimum: got -1, want 0"},
		{"settingsSchema: {limits:", "settingsSchema: {limit:", `custom.settingsSchema has "limit", which custom.settings does not declare; did you mean "limits"?`},
		{"type: array", "type: arrey", "custom.settingsSchema.limits:"},
		{"{type: number, minimum: 0}", `{"$ref": "http://example.org/x"}`, "it cannot refer to http://example.org/x"},
		{"settingsSchema: {limits: {type: array, items: {type: number, minimum: 0}}}", "settingsSchema: [1]", "custom.settingsSchema must be a mapping"},
		{"enforcement: warn", "enforcement: loud", `custom.enforcement "loud" is none of deny, warn, off`},
		{"settings: {limits: [1]}", "settings: {limits: [1], enforcement: x}", "custom.settings.enforcement is taken"},
	} {
		text := strings.Replace(guarded, x.from, x.to, 1)
		if text == guarded {
			t.Fatalf("%q is not in the policy", x.from)
		}
		if _, err := load(t, text); err == nil || !strings.Contains(err.Error(), x.want) {
			t.Errorf("%s: %v, want %s", x.to, err, x.want)
		}
	}
}
