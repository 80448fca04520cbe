package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// Enforcement is what a policy's denials do.
type Enforcement string

// The enforcements. A policy's METADATA names its own, and the setting called enforcement another one.
const (
	Enforced Enforcement = "deny" // what it denies is not permitted
	Warned   Enforcement = "warn" // its denials are warnings
	Off      Enforcement = "off"  // it is not asked
)

// enforcementKey is the setting that every policy has: what its denials do. Rules do not see it.
const enforcementKey = "enforcement"

var enforcements = []string{string(Enforced), string(Warned), string(Off)}

// yamlOff reads the word off where YAML 1.1 has made false of it.
func yamlOff(v any) any {
	if v == false {
		return string(Off)
	}
	return v
}

// enforce changes what a policy's denials do.
func (p *Policy) enforce(v any) error {
	s, ok := yamlOff(v).(string)
	if !ok || !slices.Contains(enforcements, s) {
		return fmt.Errorf("settings: %s.%s must be one of %s%s", p.ID, enforcementKey, strings.Join(enforcements, ", "), decode.DidYouMean(s, enforcements))
	}
	p.Enforcement = Enforcement(s)
	return nil
}

// Everything returns a set in which those that are off deny: for measuring and checking what is there.
func (s *Set) Everything() (*Set, error) {
	c := s.clone()
	for _, p := range c.policies {
		if p.Enforcement == Off {
			p.Enforcement = Enforced
		}
	}
	return c.finish()
}

// InForce returns the policies that are asked: all but those that are off; sorted by id. The slice is the caller's.
func (s *Set) InForce() []*Policy {
	return slices.DeleteFunc(s.Policies(), func(p *Policy) bool { return p.Enforcement == Off })
}
