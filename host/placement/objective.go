package placement

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// Names of objectives. All are minimised.
const (
	ObjectiveLatency          = "latency"           // Σ over users of weight × RTT to the nearest copy
	ObjectiveLatencyWorst     = "latency.worst"     // the largest RTT to a nearest copy
	ObjectiveLatencyAfterLoss = "latency.afterLoss" // Σ over users of weight × RTT to the second nearest copy
	ObjectiveCarbon           = "carbon"            // mean carbon intensity of the copies
	ObjectiveCost             = "cost"              // Σ price index × units
	ObjectiveCopies           = "copies"            // number of copies
	ObjectiveMoves            = "moves"             // copies that differ from current
)

var objectiveNames = []string{
	ObjectiveCarbon, ObjectiveCopies, ObjectiveCost, ObjectiveLatency,
	ObjectiveLatencyAfterLoss, ObjectiveLatencyWorst, ObjectiveMoves,
}

// Objective is what to optimise: lexicographically, or as a weighted sum. It is
// written as a list of names, most important first, or as a mapping of names
// to weights.
type Objective struct {
	Weighted bool            // a weighted sum; else lexicographic
	Terms    []ObjectiveTerm // in order of importance, or sorted by name if weighted
}

// ObjectiveTerm is one objective.
type ObjectiveTerm struct {
	Name   string
	Weight float64 // of a weighted sum: more than 0, at most six decimals; else 0
}

// IsZero reports whether no objective is given.
func (o Objective) IsZero() bool { return len(o.Terms) == 0 }

// Has reports whether name is among the objectives.
func (o Objective) Has(name string) bool {
	return slices.ContainsFunc(o.Terms, func(t ObjectiveTerm) bool { return t.Name == name })
}

// UnmarshalNode reads either form.
func (o *Objective) UnmarshalNode(n *decode.Node) error {
	*o = Objective{Weighted: n.Kind() == decode.Mapping}
	var errs decode.Errors
	switch n.Kind() {
	case decode.Mapping:
		for name, value := range n.Fields() {
			t := ObjectiveTerm{Name: name}
			if err := value.Into(&t.Weight); err != nil {
				errs = collect(errs, err)
			} else if t.Weight <= 0 {
				errs = append(errs, value.Errorf("the weight %s must be more than 0; remove the objective to ignore it", value.Text()))
			} else if _, ok := decimals(t.Weight); !ok {
				errs = append(errs, value.Errorf("the weight %s has more than %d decimals", value.Text(), MaxDecimals))
			}
			errs = appendIf(errs, knownObjective(value, name))
			o.Terms = append(o.Terms, t)
		}
		slices.SortFunc(o.Terms, func(a, b ObjectiveTerm) int { return strings.Compare(a.Name, b.Name) })
	case decode.List:
		for _, item := range n.Items() {
			var name string
			if err := item.Into(&name); err != nil {
				errs = collect(errs, err)
				continue
			}
			if o.Has(name) {
				errs = append(errs, item.Errorf("%q is listed twice", name))
			}
			errs = appendIf(errs, knownObjective(item, name))
			o.Terms = append(o.Terms, ObjectiveTerm{Name: name})
		}
	default:
		return n.Errorf("expected a list of objectives, or a mapping of objectives to weights")
	}
	if n.Len() == 0 {
		errs = append(errs, n.Errorf("name at least one objective, or omit the field"))
	}
	return errs.Sorted()
}

func knownObjective(n *decode.Node, name string) *decode.Error {
	if slices.Contains(objectiveNames, name) {
		return nil
	}
	suggestion := decode.DidYouMean(name, objectiveNames)
	if suggestion == "" {
		suggestion = "; known are " + strings.Join(objectiveNames, ", ")
	}
	return n.Errorf("there is no objective %q%s", name, suggestion)
}

// collect adds what Into returned.
func collect(errs decode.Errors, err error) decode.Errors {
	var many decode.Errors
	if errors.As(err, &many) {
		return append(errs, many...)
	}
	return append(errs, &decode.Error{Msg: err.Error()})
}

func appendIf(errs decode.Errors, err *decode.Error) decode.Errors {
	if err == nil {
		return errs
	}
	return append(errs, err)
}

// MarshalJSON writes the form it was read from.
func (o Objective) MarshalJSON() ([]byte, error) {
	if !o.Weighted {
		names := make([]string, len(o.Terms))
		for i, t := range o.Terms {
			names[i] = t.Name
		}
		return json.Marshal(names)
	}
	weights := make(map[string]float64, len(o.Terms))
	for _, t := range o.Terms {
		weights[t.Name] = t.Weight
	}
	if len(weights) != len(o.Terms) {
		return nil, fmt.Errorf("an objective is weighted twice")
	}
	return json.Marshal(weights)
}

// JSONSchema describes both forms.
func (Objective) JSONSchema() map[string]any {
	return map[string]any{"oneOf": []any{
		map[string]any{
			"type": "array", "minItems": 1, "uniqueItems": true,
			"items": map[string]any{"type": "string", "enum": objectiveNames},
		},
		map[string]any{
			"type": "object", "minProperties": 1,
			"propertyNames":        map[string]any{"enum": objectiveNames},
			"additionalProperties": map[string]any{"type": "number", "exclusiveMinimum": 0},
		},
	}}
}
