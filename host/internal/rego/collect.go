package rego

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// collector gathers the elements of one set of findings.
type collector struct {
	limits policy.Limits
	found  []collected
}

// collected is a finding with the element it was read from; no element stands
// for a body that could not be decided.
type collected struct {
	element *ast.Term
	finding Finding
}

// add reads one element. An element that was found before is kept once, and as
// sure if any body that yields it is.
func (c *collector) add(t *ast.Term, b *body, unknown missing) error {
	for i := range c.found {
		if old := &c.found[i]; old.element != nil && old.element.Equal(t) {
			if !old.finding.Sure && len(unknown) == 0 {
				old.finding.Sure, old.finding.Unknown = true, nil
				old.finding.Location, old.finding.Facts = b.location, b.facts
			}
			return nil
		}
	}
	f, err := c.finding(t)
	if err != nil {
		return err
	}
	f.Location, f.Facts, f.Sure, f.Unknown = b.location, b.facts, len(unknown) == 0, unknown
	return c.keep(collected{element: t, finding: f})
}

// undecided records a body that an unknown fact leaves open.
func (c *collector) undecided(b *body, unknown missing, site string) {
	c.found = append(c.found, collected{finding: Finding{
		Message: unknown.message(site), Location: b.location, Facts: b.facts, Unknown: unknown,
	}})
}

func (c *collector) keep(f collected) error {
	if len(c.found) >= c.limits.Findings {
		return fmt.Errorf("more than %d findings (limits.findings): %w", c.limits.Findings, ErrSize)
	}
	c.found = append(c.found, f)
	return nil
}

// finding reads an element: a string, or an object with a message.
func (c *collector) finding(t *ast.Term) (Finding, error) {
	left := c.limits.MessageBytes
	if weigh(t, &left); left < 0 {
		return Finding{}, fmt.Errorf("an element has more than %d bytes (limits.messageBytes): %w", c.limits.MessageBytes, ErrSize)
	}
	switch v := t.Value.(type) {
	case ast.String:
		return Finding{Message: string(v)}, nil
	case ast.Object:
		message := v.Get(ast.InternedTerm("message"))
		if message == nil || !isString(message) {
			return Finding{}, errors.New("an element that is an object must have a message that is a string")
		}
		f := Finding{Message: str(message)}
		extra, err := jsonValue(t)
		if err != nil {
			return Finding{}, err
		}
		if m := extra.(map[string]any); len(m) > 1 {
			delete(m, "message")
			f.Extra = m
		}
		return f, nil
	}
	return Finding{}, fmt.Errorf("an element must be a string, or an object with a message; this is a %s", ast.ValueName(t.Value))
}

func isString(t *ast.Term) bool {
	_, ok := t.Value.(ast.String)
	return ok
}

// sorted returns the findings in an order that is the same on every engine.
func (c *collector) sorted() []Finding {
	if len(c.found) == 0 {
		return nil
	}
	slices.SortStableFunc(c.found, func(a, b collected) int {
		if d := cmp.Compare(a.finding.Message, b.finding.Message); d != 0 || a.element == nil || b.element == nil {
			return d
		}
		return ast.Compare(a.element, b.element)
	})
	out := make([]Finding, len(c.found))
	for i := range c.found {
		out[i] = c.found[i].finding
	}
	return out
}

// jsonValue turns a term into a value of JSON: sets become lists in OPA's order.
func jsonValue(t *ast.Term) (any, error) {
	switch v := t.Value.(type) {
	case ast.Null:
		return nil, nil
	case ast.Boolean:
		return bool(v), nil
	case ast.String:
		return string(v), nil
	case ast.Number:
		f, ok := v.Float64()
		if !ok || math.IsInf(f, 0) {
			return nil, fmt.Errorf("the number %s does not fit a JSON number", v)
		}
		return f, nil
	case *ast.Array:
		return jsonList(v.Len(), v.Iter)
	case ast.Set:
		return jsonList(v.Len(), v.Iter)
	case ast.Object:
		out := make(map[string]any, v.Len())
		err := v.Iter(func(k, e *ast.Term) error {
			name, ok := k.Value.(ast.String)
			if !ok {
				return fmt.Errorf("the key %s of an element is not a string", k)
			}
			x, err := jsonValue(e)
			out[string(name)] = x
			return err
		})
		return out, err
	}
	return nil, fmt.Errorf("a %s is not a value of JSON", ast.ValueName(t.Value))
}

func jsonList(n int, iter func(func(*ast.Term) error) error) (any, error) {
	out := make([]any, 0, n)
	err := iter(func(e *ast.Term) error {
		x, err := jsonValue(e)
		out = append(out, x)
		return err
	})
	return out, err
}
