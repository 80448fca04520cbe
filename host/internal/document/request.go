package document

import (
	"fmt"
	"maps"
	"slices"

	"github.com/go-json-experiment/json"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// Request is input.request: the request with its defaults and its decision time filled in.
func Request(r *placement.Request, at string) (*ast.Term, error) {
	spec := r.Spec
	spec.At = at
	return jsonTerm(&spec)
}

// Component is input.component: a component with its data sets in place of their names and its services
// under their ids.
func Component(c *placement.Component, data []placement.DataSet, services []string) (*ast.Term, error) {
	resolved := *c
	resolved.Services = services
	fields, err := jsonFields(&resolved)
	if err != nil {
		return nil, err
	}
	sets := make([]any, 0, len(c.Data))
	for _, name := range c.Data {
		if i := slices.IndexFunc(data, func(d placement.DataSet) bool { return d.Name == name }); i >= 0 {
			set, err := jsonFields(&data[i])
			if err != nil {
				return nil, err
			}
			sets = append(sets, set)
		}
	}
	fields["data"] = sets
	return term(fields)
}

func jsonTerm(v any) (*ast.Term, error) {
	fields, err := jsonFields(v)
	if err != nil {
		return nil, err
	}
	return term(fields)
}

func jsonFields(v any) (map[string]any, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("document: %w", err)
	}
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		return nil, fmt.Errorf("document: %w", err)
	}
	return fields, nil
}

// term turns a JSON value into OPA's, numbers written the one way.
func term(v any) (*ast.Term, error) {
	switch v := v.(type) {
	case nil:
		return ast.NullTerm(), nil
	case bool:
		return ast.InternedTerm(v), nil
	case string:
		return str(v), nil
	case float64:
		return number(v), nil
	case []any:
		terms := make([]*ast.Term, len(v))
		for i := range v {
			t, err := term(v[i])
			if err != nil {
				return nil, err
			}
			terms[i] = t
		}
		return ast.ArrayTerm(terms...), nil
	case map[string]any:
		pairs := make([]pair, 0, len(v))
		for _, k := range slices.Sorted(maps.Keys(v)) {
			t, err := term(v[k])
			if err != nil {
				return nil, err
			}
			pairs = append(pairs, pair{str(k), t})
		}
		return ast.ObjectTerm(pairs...), nil
	}
	return nil, fmt.Errorf("document: a %T is no JSON value", v)
}
