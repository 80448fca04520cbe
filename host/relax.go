package host

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// Bounds on the search for changes that would make a request pass. They count and never look at a clock, so that a decision
// is the same everywhere.
const (
	maxRelaxations  = 10  // that a decision shows
	maxTries        = 200 // requests that are tried
	maxCorrections  = 12  // sets of requirements to ask less of together
	maxCombinations = 8   // ways to ask less of one such set
)

// relax finds the smallest changes of the request that would make it pass. What stands in the way is known: a change that
// has nothing to do with a conflict helps nothing.
func (q *question) relax(ctx context.Context, e *epoch, sites [][]judged, way *impasse, d *placement.Decision) error {
	r := q.relaxer(e, sites, maxTries)
	all := q.families()
	goals := []placement.Verdict{placement.Permit}
	if d.Verdict != placement.Indeterminate {
		goals = append(goals, placement.Indeterminate)
	}
	for _, goal := range goals {
		r.goal = goal
		clear(r.works)
		found, err := r.single(ctx, all, way)
		if err == nil && len(found) == 0 && goal == placement.Permit {
			found, err = r.together(ctx, all, way)
		}
		if err != nil {
			return err
		}
		if len(found) > 0 {
			*r.steps = relaxationStepsIn // finding one change must not leave nothing to tell of another
		}
		for _, edits := range found {
			out, err := r.relaxation(ctx, edits)
			switch {
			case err != nil:
				return err
			case out != nil && len(d.Relaxations) < maxRelaxations:
				d.Relaxations = append(d.Relaxations, *out)
			default:
				r.short = true
			}
		}
		if len(d.Relaxations) > 0 {
			break
		}
	}
	d.MoreRelaxations = r.short
	return nil
}

// single tries each family by itself. One that has nothing to do with a conflict of requirements alone helps nothing; what
// policies read is found out by asking them, for it must not matter what they are written in.
func (r *relaxer) single(ctx context.Context, all []*family, way *impasse) ([][]edit, error) {
	var out [][]edit
	for _, f := range all {
		if of, _, ok := componentField(f.field); ok && !way.members[of] && len(way.members) > 0 {
			continue
		}
		if r.goal == placement.Permit && slices.ContainsFunc(way.conflicts, func(c placement.Conflict) bool { return !f.touches(c) }) {
			continue
		}
		e, err := f.least(ctx, r, nil)
		if err != nil {
			return nil, err
		}
		if e != nil {
			out = append(out, []edit{*e})
		}
	}
	return out, nil
}

// touches reports whether a family may resolve a conflict.
func (f *family) touches(c placement.Conflict) bool {
	return f.always || len(c.Policies) > 0 || slices.ContainsFunc(c.Requirements, func(name string) bool { return slices.Contains(f.names, name) })
}

// helps reports whether the greatest change of a family lets a site pass a policy that speaks against it.
func (r *relaxer) helps(ctx context.Context, f *family, policy string) (bool, error) {
	top := f.most()
	if top == nil {
		return false, nil
	}
	t, err := r.trial(ctx, []edit{*top})
	if t == nil || err != nil {
		return false, err
	}
	against := func(sites []judged) int {
		n := 0
		for k := range sites {
			if slices.Contains(sites[k].blocking, policy) {
				n++
			}
		}
		return n
	}
	for i := range t.sites {
		if n := against(t.sites[i]); n < against(r.sites[i]) && sameRows(t.sites[i], r.sites[i]) {
			return true, nil
		}
	}
	return false, nil
}

// sameRows reports whether two lists are of the same sites.
func sameRows(a, b []judged) bool {
	return slices.EqualFunc(a, b, func(x, y judged) bool { return x.row == y.row })
}

// together asks less of several fields at once: of what resolves every conflict, the fewest first.
func (r *relaxer) together(ctx context.Context, all []*family, way *impasse) ([][]edit, error) {
	var out [][]edit
	size := 0
	for _, set := range way.corrections[:min(maxCorrections, len(way.corrections))] {
		ways, err := r.combinations(ctx, all, set)
		if err != nil {
			return nil, err
		}
		for _, fs := range ways {
			if len(out) > 0 && len(fs) > size {
				break // a change of more fields than another is not among the smallest
			}
			edits, err := r.leastOf(ctx, fs)
			if err != nil {
				return nil, err
			}
			if edits == nil || slices.ContainsFunc(out, func(o []edit) bool { return combined(o) == combined(edits) }) {
				continue
			}
			switch {
			case len(out) > 0 && len(edits) > size:
				continue
			case len(edits) < size:
				out = nil
			}
			out, size = append(out, edits), len(edits)
		}
	}
	slices.SortStableFunc(out, func(a, b []edit) int { return cmp.Compare(combined(a), combined(b)) })
	return out, nil
}

// combinations are ways to ask less of every constraint of a set: one family for each, the fewest together first.
func (r *relaxer) combinations(ctx context.Context, all []*family, set []constraint) ([][]*family, error) {
	out := [][]*family{nil}
	for _, c := range set {
		var next [][]*family
		for _, f := range all {
			fits := c.policy == "" && slices.Contains(f.names, c.name())
			if c.policy != "" {
				var err error
				if fits, err = r.helps(ctx, f, c.policy); err != nil {
					return nil, err
				}
			}
			if !fits {
				continue
			}
			for _, fs := range out {
				if slices.Contains(fs, f) {
					next = append(next, fs)
				} else {
					next = append(next, append(slices.Clip(fs), f))
				}
			}
		}
		slices.SortStableFunc(next, func(a, b []*family) int { return cmp.Compare(len(a), len(b)) })
		out = next[:min(maxCombinations, len(next))]
	}
	return out, nil
}

// leastOf asks as little less as can be of each of some families, one after the other; nil where all together do not help.
func (r *relaxer) leastOf(ctx context.Context, fs []*family) ([]edit, error) {
	edits := make([]edit, len(fs))
	for k, f := range fs {
		top := f.most()
		if top == nil {
			return nil, nil
		}
		edits[k] = *top
	}
	if ok, err := r.reach(ctx, edits); !ok || err != nil {
		return nil, err
	}
	for k := 0; k < len(fs); {
		rest := slices.Delete(slices.Clone(edits), k, k+1)
		if ok, err := r.reach(ctx, rest); err != nil {
			return nil, err
		} else if ok && len(rest) > 0 {
			edits, fs = rest, slices.Delete(slices.Clone(fs), k, k+1)
			continue
		}
		e, err := fs[k].least(ctx, r, rest)
		if err != nil {
			return nil, err
		}
		if e != nil {
			edits = slices.Insert(rest, k, *e)
		}
		k++
	}
	slices.SortStableFunc(edits, func(a, b edit) int { return strings.Compare(a.field, b.field) })
	if ok, err := r.reach(ctx, edits); !ok || err != nil {
		return nil, err
	}
	return edits, nil
}

// relaxation decides the request with some changes; nil where they do not come to the goal after all, or where it takes too
// long to find the best placement.
func (r *relaxer) relaxation(ctx context.Context, edits []edit) (*placement.Relaxation, error) {
	out := &placement.Relaxation{Change: combined(edits), Changes: changes(edits), Verdict: r.goal, Objective: map[string]float64{}, Copies: []placement.Copy{}}
	if r.goal == placement.Indeterminate {
		return out, nil
	}
	t, err := r.trial(ctx, edits)
	if t == nil || err != nil {
		return nil, err
	}
	found, p, err := t.best(ctx)
	switch {
	case err != nil && stops(ctx, err):
		return nil, err
	case err != nil || found == nil || len(found.Placements) == 0:
		return nil, nil
	}
	out.Objective, _ = t.q.objectives(found.Placements[0].Values)
	out.Copies = t.q.copies(p, &found.Placements[0])
	return out, nil
}
