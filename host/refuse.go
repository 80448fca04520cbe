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
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// refusal is why one component cannot be placed: the verdict, and the reading of what is unknown and the
// policies that count under which it holds.
type refusal struct {
	component int
	verdict   placement.Verdict
	s         stance
	counted   demands
}

// gravity orders the verdicts on what cannot be placed.
var gravity = map[placement.Verdict]int{placement.Indeterminate: 1, placement.Deny: 2, placement.Infeasible: 3}

// refuse finds the verdict where nothing that counts under stance s can be placed, and what stands in the
// way: those of the component that is refused most gravely.
func (q *question) refuse(ctx context.Context, e *epoch, sites [][]judged, s stance, d *placement.Decision) error {
	var worst refusal
	for i := range q.components {
		r, err := q.refused(ctx, e, sites[i], i, s)
		if err != nil {
			return q.tooLarge(err)
		}
		if gravity[r.verdict] > gravity[worst.verdict] {
			worst = r
		}
	}
	if worst.verdict == "" {
		return q.refuseTogether(ctx, sites, s, d)
	}
	d.Verdict = worst.verdict
	conflicts, err := q.conflict(ctx, sites[worst.component], worst)
	d.Conflicts = append(d.Conflicts, conflicts...)
	return err
}

// refused tells why component i alone cannot be placed; the verdict is permit if it can. It is
// indeterminate if it could be were everything that is unknown harmless; else deny if it could be without
// the policies; else infeasible. For the latter two a distance or a time that is unknown meets no
// requirement: regions known only by name must not turn every impossible request into a denied one.
func (q *question) refused(ctx context.Context, e *epoch, sites []judged, i int, s stance) (refusal, error) {
	feasible := func(part solve.Component) (bool, error) {
		_, ok, err := solve.Feasible(ctx, &solve.Problem{Components: []solve.Component{part}})
		return ok, err
	}
	r := refusal{component: i, verdict: placement.Permit, s: s}
	if ok, err := feasible(q.part(i, sites, s, demands{})); ok || err != nil {
		return r, err
	}
	harmless := q.part(i, sites, optimistic, demands{})
	unlisted, err := q.unlistedZones(ctx, e, i)
	if err != nil {
		return r, err
	}
	harmless.Candidates = append(harmless.Candidates, unlisted...)
	if ok, err := feasible(harmless); ok || err != nil {
		r.verdict = placement.Indeterminate
		return r, err
	}
	lawless := demands{all: true}
	r.verdict, r.s = placement.Deny, assuming
	ok, err := feasible(q.part(i, sites, assuming, lawless))
	if !ok {
		r.verdict, r.counted = placement.Infeasible, lawless
	}
	return r, err
}

// refuseTogether finds the verdict where each component can be placed by itself, and all together cannot: they call each
// other, and stand too far apart wherever they are. What stands in the way is the calls, and policies.
func (q *question) refuseTogether(ctx context.Context, sites [][]judged, s stance, d *placement.Decision) error {
	feasible := func(s stance, counted demands, without map[int]bool) (bool, error) {
		p := q.problem(sites, s, counted)
		var calls []solve.Call
		for k := range p.Calls {
			if !without[k] {
				calls = append(calls, p.Calls[k])
			}
		}
		p.Calls = calls
		_, ok, err := solve.Feasible(ctx, p)
		return ok, err
	}
	d.Verdict = placement.Indeterminate
	counted := demands{}
	if ok, err := feasible(optimistic, demands{}, nil); err != nil {
		return q.tooLarge(err)
	} else if !ok {
		d.Verdict, s = placement.Deny, assuming
		if ok, err = feasible(assuming, demands{all: true}, nil); err != nil {
			return q.tooLarge(err)
		} else if !ok {
			d.Verdict, counted = placement.Infeasible, demands{all: true}
		}
	}
	found := placement.Conflict{Policies: []string{}, Requirements: []string{}}
	without := map[int]bool{}
	n := 0
	for i := range q.components {
		for k, call := range q.components[i].DependsOn {
			if call.MaxMs == nil {
				continue
			}
			without[n] = true
			ok, err := feasible(s, counted, without)
			if err != nil {
				return q.tooLarge(err)
			}
			if ok {
				delete(without, n)
				found.Requirements = append(found.Requirements, fmt.Sprintf("components[%d].dependsOn[%d].maxMs", i, k))
			}
			n++
		}
	}
	blocking := map[string]bool{}
	for i := range sites {
		for k := range sites[i] {
			for _, id := range sites[i][k].blocking {
				blocking[id] = !counted.all
			}
		}
	}
	counted.policies = map[string]bool{}
	for _, id := range q.byGravity(maps.Keys(blocking)) {
		if !blocking[id] {
			continue
		}
		counted.policies[id] = true
		ok, err := feasible(s, counted, without)
		if err != nil {
			return q.tooLarge(err)
		}
		if ok {
			delete(counted.policies, id)
			found.Policies = append(found.Policies, id)
		}
	}
	slices.Sort(found.Policies)
	d.Conflicts = append(d.Conflicts, found)
	return nil
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
	add(c.Spread.PerRiskGroup > 0, "spread.perRiskGroup")
	add(c.Spread.MaxSkew > 0, "spread.maxSkew")
	add(c.Capacity != nil, "capacity")
	add(c.Quorum != placement.QuorumNone, "quorum")
	add(c.Latency.MaxMs != nil, "latency.maxMs")
	if c.way != nil {
		add(c.way.field != "", c.way.field)
	}
	add(len(c.services) > 0 && slices.ContainsFunc(c.kinds, hasParentServices), "services")
	add(c.DisconnectedHours > 0, "disconnectedHours")
	fields = append(fields, recoveryFields(c.Component)...)
	add(c.Copies.Max < moreCopies, "copies.max")
	add(c.Copies.Min > 1, "copies.min")
	add(c.Survive != placement.SurviveNone, "survive")
	return fields
}

// conflict finds a set of policies and requirements that a component cannot meet together, none of which
// can be spared: each is left out in turn, and stays out where the rest are still too much. What is tried
// first is least likely to be kept: the requirements, then policies by gravity. It returns nil where even
// without all of them nothing can be placed. Under demands that count no policy, the requirements alone
// are too much.
func (q *question) conflict(ctx context.Context, sites []judged, r refusal) ([]placement.Conflict, error) {
	i, d := r.component, r.counted
	if !slices.ContainsFunc(sites, func(j judged) bool { return j.scoped }) {
		return []placement.Conflict{{Policies: []string{}, Requirements: q.scope(i)}}, nil
	}
	d.dropped, d.policies = map[string]bool{}, map[string]bool{}
	// needed leaves one thing out, and takes it back if that makes a placement possible.
	needed := func(out map[string]bool, name string) (bool, error) {
		out[name] = true
		_, ok, err := solve.Feasible(ctx, &solve.Problem{Components: []solve.Component{q.part(i, sites, r.s, d)}})
		if ok {
			delete(out, name)
		}
		return ok, err
	}
	found := placement.Conflict{Policies: []string{}, Requirements: []string{}}
	for _, field := range requirements(&q.components[i]) {
		ok, err := needed(d.dropped, field)
		if err != nil {
			return nil, err
		}
		if ok {
			found.Requirements = append(found.Requirements, fmt.Sprintf("components[%d].%s", i, field))
		}
	}
	blocking := map[string]bool{}
	for k := range sites {
		for _, id := range sites[k].blocking {
			if !d.all {
				blocking[id] = true
			}
		}
	}
	for _, g := range slices.Concat(q.components[i].way.edges, q.components[i].way.caches) {
		for _, id := range g.blocking {
			if !d.all {
				blocking[id] = true
			}
		}
	}
	for _, id := range q.byGravity(maps.Keys(blocking)) {
		ok, err := needed(d.policies, id)
		if err != nil {
			return nil, err
		}
		if ok {
			found.Policies = append(found.Policies, id)
		}
	}
	if len(found.Policies)+len(found.Requirements) == 0 {
		return nil, nil
	}
	slices.Sort(found.Policies)
	slices.Sort(found.Requirements)
	return []placement.Conflict{found}, nil
}

// scope lists fields of the request that together leave no site for component i, and none of which can be
// spared.
func (q *question) scope(i int) []string {
	kept := map[string]bool{"partitions": true, "sites.exclude": true, "sites.include": true}
	left := func() bool {
		for r := range q.snap.Sites() {
			if row := topology.SiteRow(r); slices.Contains(q.components[i].kinds, q.snap.Kind(row)) && q.leftOutBy(row, kept) == "" {
				return true
			}
		}
		return false
	}
	fields := []string{fmt.Sprintf("components[%d].tier", i)}
	for _, field := range []string{"partitions", "sites.exclude", "sites.include"} {
		kept[field] = false
		if left() {
			kept[field] = true
			fields = append(fields, field)
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
