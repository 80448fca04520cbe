package policy

import (
	"fmt"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// InputError is a fault in what a caller gives beside modules: settings, grants, or ids of policies to leave out.
// It says what Err says; whoever read the input from a file can tell from it where to point.
type InputError struct {
	Policy  string // the policy's id, as it was given
	Setting string // the setting's name; "" if the fault is not in one
	LeftOut bool   // the id is one that was to be left out
	Granted bool   // the fault is in what is granted to a plugin
	Err     error
}

func (e *InputError) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *InputError) Unwrap() error { return e.Err }

// WithSettings returns the set with settings overridden: policy id, then key,
// then value. A value replaces the default whole, lists and maps too, and must
// be of its type and one that its schema allows. The setting called enforcement,
// which every policy has, is deny, warn or off; see [Enforcement]. Unknown policies and keys are errors that name the nearest
// known ones; nothing is changed then.
func (s *Set) WithSettings(overrides map[string]map[string]any) (*Set, error) {
	c := s.clone()
	byID := make(map[string]*Policy, len(c.policies))
	ids := make([]string, len(c.policies))
	for i, p := range c.policies {
		byID[p.ID], ids[i] = p, p.ID
	}
	for _, id := range sortedKeys(overrides) {
		p := byID[id]
		if p == nil {
			err := fmt.Errorf("settings: there is no policy %q%s", id, decode.DidYouMean(id, ids))
			return nil, &InputError{Policy: id, Err: err}
		}
		for _, key := range sortedKeys(overrides[id]) {
			if err := p.override(key, overrides[id][key]); err != nil {
				return nil, &InputError{Policy: id, Setting: key, Err: err}
			}
		}
	}
	return c.finish()
}

// override replaces one setting of a policy that this set alone holds.
func (p *Policy) override(key string, v any) error {
	if key == enforcementKey {
		return p.enforce(v)
	}
	def, ok := p.Settings[key]
	if !ok {
		known := sortedKeys(p.Settings)
		if len(known) == 0 {
			return fmt.Errorf("settings: policy %s has no settings", p.ID)
		}
		return fmt.Errorf("settings: policy %s has no setting %q%s", p.ID, key, decode.DidYouMean(key, known))
	}
	value, err := jsonValue(v, 0)
	if err != nil {
		return fmt.Errorf("settings: %s.%s: %w", p.ID, key, err)
	}
	if want, got := typeName(def), typeName(value); want != got {
		return fmt.Errorf("settings: %s.%s must be a %s, like its default, not a %s", p.ID, key, want, got)
	}
	if schema, ok := p.SettingsSchema[key]; ok {
		if err := conforms(value, schema); err != nil {
			return fmt.Errorf("settings: %s.%s: %w", p.ID, key, err)
		}
	}
	p.Settings[key] = value
	return nil
}

// typeName is what people call the type of a JSON value.
func typeName(v any) string {
	switch v.(type) {
	case bool:
		return "boolean"
	case float64:
		return "number"
	case string:
		return "string"
	case []any:
		return "list"
	}
	return "mapping"
}
