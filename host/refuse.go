package host

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// refuse finds the verdict where nothing that counts under stance s can be placed, and what stands in the
// way. It is indeterminate if a placement would pass were everything that is unknown harmless; else deny if
// one would without the policies; else infeasible. For the latter two a distance or a time that is unknown
// meets no requirement: regions known only by name must not turn every impossible request into a denied
// one. The conflict is looked for under the same reading as the verdict.
func (q *question) refuse(ctx context.Context, sites [][]judged, s stance, d *placement.Decision) error {
	lawless := demands{all: true}
	_, harmless, err := solve.Feasible(ctx, q.problem(sites, optimistic, demands{}))
	if err != nil {
		return q.tooLarge(err)
	}
	_, meetable, err := solve.Feasible(ctx, q.problem(sites, assuming, lawless))
	if err != nil {
		return q.tooLarge(err)
	}
	var counted demands
	switch {
	case harmless:
		d.Verdict = placement.Indeterminate
	case meetable:
		d.Verdict, s = placement.Deny, assuming
	default:
		d.Verdict, s, counted = placement.Infeasible, assuming, lawless
	}
	failing, _, err := solve.Feasible(ctx, q.problem(sites, s, counted))
	if err != nil {
		return q.tooLarge(err)
	}
	if d.Verdict == placement.Infeasible && q.zonesUnlisted(failing) {
		d.Verdict = placement.Indeterminate
	}
	conflicts, err := q.conflict(ctx, sites, failing, s, counted)
	d.Conflicts = append(d.Conflicts, conflicts...)
	return err
}

// requirements lists the fields of a component that ask for something, survival last: it is the one
// people care most to hear of.
func requirements(c *component) []string {
	var fields []string
	add := func(asked bool, field string) {
		if asked {
			fields = append(fields, field)
		}
	}
	add(c.Spread.PerRegion > 0, "spread.perRegion")
	add(c.Spread.PerCountry > 0, "spread.perCountry")
	add(c.Spread.SeparationKm > 0, "spread.separationKm")
	add(c.Capacity != nil, "capacity")
	add(c.Quorum != placement.QuorumNone, "quorum")
	add(c.Latency.MaxMs != nil, "latency.maxMs")
	add(c.Copies.Max < placement.SupportedCopies, "copies.max")
	add(c.Copies.Min > 1, "copies.min")
	add(c.Survive != placement.SurviveNone, "survive")
	return fields
}

// conflict finds a set of policies and requirements that component i cannot meet together, none of which
// can be spared:
// each is left out in turn, and stays out where the rest are still too much. What is tried first is
// least likely to be kept: the requirements, then policies by gravity. It returns nil where even without
// all of them nothing can be placed. Under demands that count no policy, the requirements alone are too
// much.
func (q *question) conflict(ctx context.Context, sites [][]judged, i int, s stance, d demands) ([]placement.Conflict, error) {
	if !slices.ContainsFunc(sites[i], func(j judged) bool { return j.scoped }) {
		return []placement.Conflict{{Policies: []string{}, Requirements: q.scope(i)}}, nil
	}
	c := &q.components[i]
	d.dropped, d.policies = map[string]bool{}, map[string]bool{}
	feasible := func() (bool, error) {
		part := solve.Problem{Components: []solve.Component{q.part(i, sites[i], s, d)}}
		_, ok, err := solve.Feasible(ctx, &part)
		return ok, err
	}
	out := placement.Conflict{Policies: []string{}, Requirements: []string{}}
	for _, field := range requirements(c) {
		d.dropped[field] = true
		ok, err := feasible()
		if err != nil {
			return nil, err
		}
		if ok {
			delete(d.dropped, field)
			out.Requirements = append(out.Requirements, fmt.Sprintf("components[%d].%s", i, field))
		}
	}
	blocking := map[string]bool{}
	for k := range sites[i] {
		for _, id := range sites[i][k].blocking {
			if !d.all {
				blocking[id] = true
			}
		}
	}
	for _, id := range q.byGravity(maps.Keys(blocking)) {
		d.policies[id] = true
		ok, err := feasible()
		if err != nil {
			return nil, err
		}
		if ok {
			delete(d.policies, id)
			out.Policies = append(out.Policies, id)
		}
	}
	if len(out.Policies)+len(out.Requirements) == 0 {
		return nil, nil
	}
	slices.Sort(out.Policies)
	slices.Sort(out.Requirements)
	return []placement.Conflict{out}, nil
}

// scope lists the fields of the request that together leave no site for component i.
func (q *question) scope(i int) []string {
	spec := &q.req.Spec
	fields := []string{fmt.Sprintf("components[%d].tier", i)}
	for _, f := range []struct {
		name  string
		given []string
	}{{"partitions", spec.Partitions}, {"sites.exclude", spec.Sites.Exclude}, {"sites.include", spec.Sites.Include}} {
		if len(f.given) > 0 {
			fields = append(fields, f.name)
		}
	}
	return fields
}

// byGravity sorts policies, the gravest last: redundancy, selection, sovereignty, each from the highest id
// down.
func (q *question) byGravity(ids iter.Seq[string]) []string {
	order := map[policy.Class]int{policy.Redundancy: 0, policy.Selection: 1, policy.Sovereignty: 2}
	class := map[string]int{}
	for _, p := range q.set.Policies() {
		class[p.ID] = order[p.Class]
	}
	return slices.SortedFunc(ids, func(a, b string) int {
		return cmp.Or(cmp.Compare(class[a], class[b]), cmp.Compare(b, a))
	})
}
