package policy_test

import (
	"errors"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/policies"
)

// TestCompiled: what is made of a set is made once, an error too; another set has its own.
func TestCompiled(t *testing.T) {
	set, err := policy.Load(policy.Source{Name: "policies", FS: policies.FS()})
	if err != nil {
		t.Fatal(err)
	}
	made := 0
	compile := func() (any, error) {
		made++
		return made, nil
	}
	for range 2 {
		if v, err := set.Compiled(compile); v != 1 || err != nil {
			t.Errorf("%v, %v", v, err)
		}
	}
	other, err := set.WithSettings(map[string]map[string]any{"SOV-24": {"default": "x"}})
	if err != nil {
		t.Fatal(err)
	}
	bad := errors.New("bad")
	for range 2 {
		if v, err := other.Compiled(func() (any, error) { made++; return nil, bad }); v != nil || !errors.Is(err, bad) {
			t.Errorf("%v, %v", v, err)
		}
	}
	if made != 2 {
		t.Errorf("made %d times", made)
	}
}
