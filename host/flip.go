package host

import (
	"context"
	"fmt"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// Flip is the smallest change of a request with which a site is permitted for a component.
type Flip struct {
	Change  string             `json:"change,omitempty"` // such as components[0].latency.maxMs: 20 → 34.5; "": no change of the request lets it in
	Changes []placement.Change `json:"changes"`          // the same, field by field
	Against []string           `json:"against"`          // if there is none, the policies that refuse it whatever the request asks; sorted
	More    bool               `json:"more,omitzero"`    // there may be a smaller one, or one at all: looking for it was ended
}

// maxFlipTries bounds the changes that are tried for one site.
const maxFlipTries = 300

// target is a site that is to be permitted for a component.
type target struct {
	component int
	row       topology.SiteRow
}

// flip finds the smallest change of the request that makes a site permitted for component i: of one field, else of two, else
// of as many as it takes, none of which can be spared.
func (q *question) flip(ctx context.Context, e *epoch, i int, row topology.SiteRow) (*Flip, error) {
	r := q.relaxer(e, nil, maxFlipTries)
	r.target = &target{i, row}
	var err error
	if r.sites, err = r.judgeTarget(ctx, q); err != nil {
		return nil, err
	}
	edits, err := r.flip(ctx, append(r.q.families(), r.ownTier()))
	if err != nil {
		return nil, err
	}
	out := &Flip{Change: combined(edits), Changes: changes(edits), Against: []string{}, More: r.short}
	if edits == nil {
		out.Against, err = r.whatever(ctx)
	}
	return out, err
}

// ownTier asks for the tier of the site; nil where that is asked for.
func (r *relaxer) ownTier() *family {
	c, kind := &r.q.components[r.target.component], r.q.snap.Kind(r.target.row)
	if slices.Contains(c.kinds, kind) || !slices.Contains(hostingTiers, kind.String()) {
		return nil
	}
	field := fmt.Sprintf("components[%d].tier", r.target.component)
	return fixed(field, []edit{{field: field, from: c.Tier, to: kind.String(), apply: func(s *placement.Spec) {
		s.Components[r.target.component].Tier = kind.String()
	}}})
}

// flip looks for the changes.
func (r *relaxer) flip(ctx context.Context, all []*family) ([]edit, error) {
	var some []*family // those that concern the component
	for _, f := range all {
		if f == nil {
			continue
		}
		if of, _, ok := componentField(f.field); ok && of != r.target.component || f.tier || f.most() == nil {
			continue
		}
		e, err := f.least(ctx, r, nil)
		if err != nil {
			return nil, err
		}
		if e != nil {
			return []edit{*e}, nil
		}
		some = append(some, f)
	}
	// What all together do not permit no two do.
	var most []edit
	for _, f := range some {
		most = append(most, *f.most())
	}
	if ok, err := r.reach(ctx, most); !ok || err != nil {
		return nil, err
	}
	for k, f := range some {
		for _, g := range some[k+1:] {
			if edits, err := r.leastOf(ctx, []*family{f, g}); edits != nil || err != nil {
				return edits, err
			}
		}
	}
	// The tier is changed only for a site of another: it would be another site.
	some = slices.DeleteFunc(some, func(f *family) bool {
		return f.tier && slices.Contains(r.q.components[r.target.component].kinds, r.q.snap.Kind(r.target.row))
	})
	return r.leastOf(ctx, some)
}

// whatever lists the policies that refuse the site even where as little is asked as can be.
func (r *relaxer) whatever(ctx context.Context) ([]string, error) {
	var edits []edit
	for _, f := range append(r.q.families(), r.ownTier()) {
		if f == nil || f.tier {
			continue
		}
		if top := f.most(); top != nil {
			edits = append(edits, *top)
		}
	}
	t, err := r.trial(ctx, edits)
	if t == nil || err != nil {
		return []string{}, err
	}
	return append([]string{}, t.sites[r.target.component][0].blocking...), nil
}

// judgeTarget judges the one site that it is about; every other component has none.
func (r *relaxer) judgeTarget(ctx context.Context, q *question) ([][]judged, error) {
	sites := make([][]judged, len(q.components))
	c := &q.components[r.target.component]
	if err := q.findWay(ctx, r.e, c); err != nil {
		return nil, err
	}
	kind := q.snap.Kind(r.target.row)
	ask, err := q.caseFor(ctx, r.e, c, kind)
	if err != nil {
		return nil, err
	}
	j, _, err := q.judgeSite(ctx, r.e, c, ask, r.target.row)
	if !slices.Contains(c.kinds, kind) {
		j.result.Verdict = placement.Deny
	}
	sites[r.target.component] = []judged{j}
	return sites, err
}

// permits reports whether the site is permitted.
func (t *trial) permits(on *target) bool {
	return t.sites[on.component][0].result.Verdict == placement.Permit
}
