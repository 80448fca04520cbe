package host

import (
	"context"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// inquiry asks every policy, whatever it is written in, about sites of one kind for one component.
type inquiry struct {
	q     *question
	c     *component
	kind  topology.Kind
	epoch *epoch
	rego  *rego.Case
	only  policy.Class // the only class of plugins that is asked; "": all
}

// sites asks about sites. For each it returns what every policy said, sorted by the policies' ids.
func (a *inquiry) sites(ctx context.Context, list []*judged) ([][]rego.Result, error) {
	docs := make([]rego.SiteDoc, len(list))
	for i, j := range list {
		docs[i] = j.doc
	}
	results, err := a.rego.Sites(ctx, docs)
	if err == nil {
		err = a.plugins(ctx, list, results)
	}
	if err != nil {
		return nil, err
	}
	for i := range results {
		soften(results[i])
	}
	return results, nil
}

// site asks about one site.
func (a *inquiry) site(ctx context.Context, j *judged) ([]rego.Result, error) {
	one, err := a.rego.Site(ctx, j.doc)
	if err != nil {
		return nil, err
	}
	results := [][]rego.Result{one}
	err = a.plugins(ctx, []*judged{j}, results)
	soften(results[0])
	return results[0], err
}

// plugins adds what plugins say.
func (a *inquiry) plugins(ctx context.Context, list []*judged, results [][]rego.Result) error {
	if len(a.q.guests)+len(a.q.compiled.policies) == 0 || len(list) == 0 {
		return nil
	}
	before := make([]int, len(results))
	for i := range results {
		before[i] = len(results[i])
	}
	if err := a.askGuests(ctx, list, results); err != nil {
		return err
	}
	if err := a.askCompiled(ctx, list, results); err != nil {
		return err
	}
	for i := range results {
		if len(results[i]) > before[i] {
			slices.SortStableFunc(results[i], func(x, y rego.Result) int { return strings.Compare(x.Policy.ID, y.Policy.ID) })
		}
	}
	return nil
}

// soften turns what policies deny that are only to warn into warnings.
func soften(results []rego.Result) {
	for i := range results {
		r := &results[i]
		if r.Policy.Enforcement == policy.Warned {
			r.Warnings, r.Denies, r.Verdict = append(slices.Clip(r.Warnings), r.Denies...), nil, rego.Permit
		}
	}
}
