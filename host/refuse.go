package host

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// refusal is why components cannot be placed: the verdict, and the reading of what is unknown under which it holds.
type refusal struct {
	components []int // one that alone cannot be placed, or all where only together they cannot
	verdict    placement.Verdict
	s          stance
}

// gravity orders the verdicts on what cannot be placed.
var gravity = map[placement.Verdict]int{placement.Permit: 0, placement.Indeterminate: 1, placement.Deny: 2, placement.Infeasible: 3}

// refuse says what stands in the way where nothing that counts under stance s can be placed: of every component that is
// refused.
func (q *question) refuse(ctx context.Context, e *epoch, sites [][]judged, refusals []refusal, d *placement.Decision) error {
	wider, all, err := q.widen(ctx, e, sites)
	if err != nil {
		return err
	}
	calls, steps, found := maxConflictCalls, int64(maxFeasibleStepsIn), []placement.Conflict(nil)
	way := &impasse{members: map[int]bool{}}
	for _, r := range refusals {
		for _, i := range r.components {
			way.members[i] = true
		}
		x := q.contest(r.components, sites, wider, r.s)
		if err := x.run(ctx, &calls, &steps); err != nil {
			return q.tooLarge(err)
		}
		found, all = append(found, x.conflicts()...), all && x.found.complete
		way.correct(x)
	}
	found = ordered(found)
	d.MoreConflicts = !all || len(found) > maxConflicts
	d.Conflicts = append(d.Conflicts, found[:min(maxConflicts, len(found))]...)
	way.conflicts = found
	if q.brief {
		return nil
	}
	return q.relax(ctx, e, sites, way, d)
}

// impasse is what stands in the way of a request.
type impasse struct {
	members     map[int]bool // the components that cannot be placed; none: all can, and policies refuse where
	conflicts   []placement.Conflict
	corrections [][]constraint // each a set without which the rest can be met, the smallest first
}

// correct adds the corrections of one contest to those of the contests before: a set of each.
func (way *impasse) correct(x *contest) {
	var sets [][]constraint
	for _, ks := range x.found.corrections {
		var set []constraint
		for _, k := range ks {
			set = append(set, x.list[k])
		}
		sets = append(sets, set)
	}
	if way.corrections != nil {
		var both [][]constraint
		for _, a := range way.corrections {
			for _, b := range sets {
				more := slices.DeleteFunc(slices.Clone(b), func(c constraint) bool { return slices.Contains(a, c) })
				both = append(both, append(slices.Clip(a), more...))
			}
		}
		sets = both
	}
	slices.SortStableFunc(sets, func(a, b []constraint) int { return cmp.Compare(len(a), len(b)) })
	way.corrections = sets[:min(4*maxCorrections, len(sets))]
}

// refusals tells what cannot be placed, and the gravest verdict on it: each component that alone cannot, or if there is none
// all of them together.
func (q *question) refusals(ctx context.Context, e *epoch, sites [][]judged, s stance) ([]refusal, placement.Verdict, error) {
	var out []refusal
	worst := placement.Permit
	for i := range q.components {
		r, err := q.refused(ctx, e, sites[i], i, s)
		if err != nil {
			return nil, "", q.tooLarge(err)
		}
		if r.verdict != placement.Permit {
			out = append(out, r)
		}
		if gravity[r.verdict] > gravity[worst] {
			worst = r.verdict
		}
	}
	if len(out) > 0 {
		return out, worst, nil
	}
	r, err := q.refusedTogether(ctx, e, sites)
	if err != nil {
		return nil, "", q.tooLarge(err)
	}
	return []refusal{r}, r.verdict, nil
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
	r := refusal{components: []int{i}, verdict: placement.Permit, s: s}
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
	r.verdict, r.s = placement.Deny, assuming
	ok, err := feasible(q.part(i, sites, assuming, demands{all: true}))
	if !ok {
		r.verdict = placement.Infeasible
	}
	return r, err
}

// refusedTogether tells why components each of which could be placed cannot be placed together, as refused does of one.
func (q *question) refusedTogether(ctx context.Context, e *epoch, sites [][]judged) (refusal, error) {
	r := refusal{verdict: placement.Indeterminate, s: q.stance()}
	harmless := q.problem(sites, optimistic, demands{})
	for i := range q.components {
		r.components = append(r.components, i)
		unlisted, err := q.unlistedZones(ctx, e, i)
		if err != nil {
			return r, err
		}
		harmless.Components[i].Candidates = append(harmless.Components[i].Candidates, unlisted...)
	}
	if _, ok, err := solve.Feasible(ctx, harmless); ok || err != nil {
		return r, err
	}
	r.verdict, r.s = placement.Deny, assuming
	_, ok, err := solve.Feasible(ctx, q.problem(sites, assuming, demands{all: true}))
	if !ok {
		r.verdict = placement.Infeasible
	}
	return r, err
}

// requirements lists the fields of component i that ask for something, survival last: it is the one
// people care most to hear of.
func (q *question) requirements(i int) []string {
	c := &q.components[i]
	var fields []string
	add := func(asked bool, field string) {
		if asked {
			fields = append(fields, field)
		}
	}
	add(c.Spread.PerRegion > 0, "spread.perRegion")
	add(c.Spread.PerCountry > 0, "spread.perCountry")
	add(c.Spread.PerRiskGroup > 0, "spread.perRiskGroup")
	add(c.Spread.MaxSkew > 0, "spread.maxSkew")
	add(c.Spread.SeparationKm > 0, "spread.separationKm")
	add(c.Capacity != nil, "capacity")
	add(c.Quorum != placement.QuorumNone, "quorum")
	add(c.Latency.MaxMs != nil, "latency.maxMs")
	if c.way != nil {
		add(c.way.field != "", c.way.field)
	}
	add(len(c.services) > 0 && slices.ContainsFunc(c.kinds, hasParentServices), "services")
	add(c.DisconnectedHours > 0, "disconnectedHours")
	fields = append(fields, recoveryFields(c.Component)...)
	add(c.Copies.Max < q.moreCopies(i), "copies.max")
	add(c.Copies.Min > 1, "copies.min")
	add(c.Survive != placement.SurviveNone, "survive")
	return fields
}

// byGravity sorts policies, the gravest last: redundancy, selection, sovereignty, each from the highest id
// down.
func (q *question) byGravity(ids iter.Seq[string]) []string {
	order := map[policy.Class]int{policy.Redundancy: 0, policy.Selection: 1, policy.Sovereignty: 2}
	class := map[string]int{}
	for _, p := range q.set.InForce() {
		class[p.ID] = order[p.Class]
	}
	return slices.SortedFunc(ids, func(a, b string) int {
		return cmp.Or(cmp.Compare(class[a], class[b]), cmp.Compare(b, a))
	})
}

// verdict is the outcome where the search found no placement, and what cannot be placed; nothing is listed where policies
// about paths or placements refuse everything that can be.
func (q *question) verdict(ctx context.Context, e *epoch, sites [][]judged, found *wholes) (placement.Verdict, []refusal, error) {
	if len(found.against) == 0 {
		refusals, verdict, err := q.refusals(ctx, e, sites, q.stance())
		return verdict, refusals, err
	}
	if found.verdict != placement.Deny {
		return found.verdict, nil, nil
	}
	pass, err := q.mayPass(ctx, e, sites)
	switch {
	case err != nil:
		return "", nil, q.tooLarge(err)
	case pass:
		return placement.Indeterminate, nil, nil
	}
	return placement.Deny, nil, nil
}

// errUnmet ends a question that is asked only to learn the best placement.
var errUnmet = errors.New("the request cannot be met")

// inTheWay says why nothing was found, and what of the request would have to change.
func (q *question) inTheWay(ctx context.Context, e *epoch, sites [][]judged, found *wholes, d *placement.Decision) error {
	if q.ifMet {
		return errUnmet
	}
	verdict, refusals, err := q.verdict(ctx, e, sites, found)
	if err != nil {
		return err
	}
	d.Verdict = verdict
	if len(refusals) == 0 {
		d.Conflicts = append(d.Conflicts, placement.Conflict{Policies: found.against, Requirements: []string{}})
		if q.brief {
			return nil
		}
		return q.relax(ctx, e, sites, &impasse{conflicts: d.Conflicts}, d)
	}
	return q.refuse(ctx, e, sites, refusals, d)
}
