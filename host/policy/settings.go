package policy

import (
	"fmt"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// WithSettings returns the set with settings overridden: policy id, then key,
// then value. A value replaces the default whole, lists and maps too, and must
// be of its type. Unknown policies and keys are errors that name the nearest
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
			return nil, fmt.Errorf("settings: there is no policy %q%s", id, decode.DidYouMean(id, ids))
		}
		for _, key := range sortedKeys(overrides[id]) {
			if err := p.override(key, overrides[id][key]); err != nil {
				return nil, err
			}
		}
	}
	return c.finish()
}

// override replaces one setting of a policy that this set alone holds.
func (p *Policy) override(key string, v any) error {
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
