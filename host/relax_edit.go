package host

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// edit is a change of one field of a request. A value is text, a number, true or false, a list of texts or a mapping; nil
// where the field is left out.
type edit struct {
	field    string // such as components[0].survive
	from, to any
	apply    func(*placement.Spec) // replaces what it changes: slices and pointers are shared with the request before
}

// String is how a decision speaks of a change.
func (e edit) String() string { return e.field + ": " + written(e.from) + " → " + written(e.to) }

// written writes a value.
func written(v any) string {
	switch v := v.(type) {
	case nil:
		return "none"
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case []string:
		if len(v) == 0 {
			return "none"
		}
		return "[" + strings.Join(v, ", ") + "]"
	case placement.Copies:
		return fmt.Sprintf("{min: %d, max: %d}", v.Min, v.Max)
	}
	return fmt.Sprint(v)
}

// combined writes changes that are made together.
func combined(edits []edit) string {
	var parts []string
	for _, e := range edits {
		parts = append(parts, e.String())
	}
	return strings.Join(parts, "; ")
}

// changes is how a decision lists them.
func changes(edits []edit) []placement.Change {
	out := make([]placement.Change, len(edits))
	for i, e := range edits {
		out[i] = placement.Change{Field: e.field, From: e.from, To: e.to}
	}
	return out
}

// edited is a request after changes, checked anew.
func edited(req *placement.Request, edits []edit) (*placement.Request, error) {
	return changed(req, func(s *placement.Spec) {
		s.Data = slices.Clone(s.Data)
		for i := range s.Components {
			s.Components[i].DependsOn = slices.Clone(s.Components[i].DependsOn)
		}
		for _, e := range edits {
			e.apply(s)
		}
	})
}
