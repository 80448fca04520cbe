package host

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// today judges where the components run at present by the same rules and requirements as a new placement.
func (q *question) today(ctx context.Context, e *epoch, d *placement.Decision) error {
	if len(q.req.Spec.Current) == 0 {
		return nil
	}
	d.Current = &placement.Current{
		Verdict: placement.Permit, Reasons: []placement.CurrentReason{}, Objective: map[string]float64{}, Users: []placement.UserRoute{},
		Scenarios: []placement.Scenario{},
	}
	sites := make([][]judged, len(q.components))
	whole := true
	for i := range q.components {
		c := &q.components[i]
		if c.current == nil {
			whole = false
			continue
		}
		var err error
		if sites[i], err = q.judgeSites(ctx, e, c, slices.Sorted(maps.Keys(c.current))); err != nil {
			return err
		}
		q.speakAgainst(i, sites[i], d.Current)
		for k := range sites[i] {
			d.Waived = append(d.Waived, sites[i][k].waived...)
		}
	}
	if !whole {
		q.partlyToday(d.Current)
		return nil
	}
	return q.wholeToday(ctx, sites, d)
}

// judgeSites asks every policy about the given sites, also those that the request leaves out.
func (q *question) judgeSites(ctx context.Context, e *epoch, c *component, rows []topology.SiteRow) ([]judged, error) {
	var out []judged
	for _, r := range rows {
		kind := q.snap.Kind(r)
		ask, err := q.caseFor(ctx, e, c, kind)
		if err != nil {
			return nil, err
		}
		j, _, err := q.askSite(ctx, e, c, ask, r)
		if err != nil {
			return nil, err
		}
		if why := q.outOfScope(r); why != "" {
			j.leaveOut(why)
		}
		if !slices.Contains(c.kinds, kind) {
			j.unmet = append(j.unmet, unmet{field: "tier", message: fmt.Sprintf("%s is of kind %s; the component asks for the tier %s", j.result.Site, kind, c.Tier)})
		}
		out = append(out, j)
	}
	return out, nil
}

// speakAgainst adds what policies and requirements say against where component i runs today. Under unknown:
// assume what is only possible is listed and does not count.
func (q *question) speakAgainst(i int, sites []judged, out *placement.Current) {
	c, shut := &q.components[i], false
	for k := range sites {
		j := &sites[k]
		for _, r := range j.result.Reasons {
			if r.Policy == requirementPolicy {
				continue // said below
			}
			out.Reasons = append(out.Reasons, placement.CurrentReason{Component: c.Name, Site: j.result.Site, Reason: r})
			out.Verdict = worseToday(out.Verdict, q.gravityToday(placement.Deny, r.Possible))
		}
		for _, u := range j.unmet {
			q.unmetToday(out, c, j.result.Site, u.message, u.possible)
			if u.byGates {
				shut = true
				// Taking things for granted opens no gate.
				out.Verdict = worseToday(out.Verdict, placement.Indeterminate)
			}
		}
	}
	if n := len(sites); n < c.Copies.Min || n > c.Copies.Max {
		q.unmetToday(out, c, "", fmt.Sprintf("the number of copies today is %d; the request asks for %d to %d", n, c.Copies.Min, c.Copies.Max), false)
	}
	for _, field := range q.requirements(i) {
		if saidBySite[field] || c.way.field == field || shut && field == "latency.maxMs" {
			continue // said above
		}
		if !q.keepsToday(i, sites, field, strict) {
			q.unmetToday(out, c, "", fmt.Sprintf("components[%d].%s is not met", i, field), q.keepsToday(i, sites, field, optimistic))
		}
	}
}

// saidBySite are requirements that each site answers for itself, or that are counted apart.
var saidBySite = map[string]bool{"copies.min": true, "copies.max": true, "disconnectedHours": true, "services": true, "rtoSeconds": true, "rpoSeconds": true}

// keepsToday reports whether the sites of today meet one requirement by itself.
func (q *question) keepsToday(i int, sites []judged, field string, s stance) bool {
	c := &q.components[i]
	d := demands{dropped: map[string]bool{"tier": true}, all: true, entry: true}
	for _, other := range q.requirements(i) {
		if other != field && !goesWith(field, other) && (other != c.way.field || field != "latency.maxMs") {
			d.dropped[other] = true
		}
	}
	reached := q.inOrder(i, scopedAll(sites))
	for k := range reached {
		reached[k].unmet = nil // said by the site; its unknown times are unknown here too
	}
	part := q.part(i, reached, s, d)
	return part.Meets()
}

// goesWith reports whether a requirement means something only together with another: quorum and capacity
// say what must be left after the loss that survive names.
func goesWith(field, other string) bool {
	return other == "survive" && (field == "quorum" || field == "capacity")
}

// scopedAll lets every site be chosen, whatever the request's own scope: it runs there.
func scopedAll(sites []judged) []judged {
	out := slices.Clone(sites)
	for i := range out {
		out[i].scoped = true
	}
	return out
}

func (q *question) unmetToday(out *placement.Current, c *component, site, message string, possible bool) {
	out.Reasons = append(out.Reasons, placement.CurrentReason{
		Component: c.Name, Site: site, Reason: placement.Reason{Policy: requirementPolicy, Message: message, Possible: possible, Facts: []placement.Fact{}},
	})
	out.Verdict = worseToday(out.Verdict, q.gravityToday(placement.Infeasible, possible))
}

// gravityToday is the verdict of one reason against the present placement.
func (q *question) gravityToday(v placement.Verdict, possible bool) placement.Verdict {
	switch {
	case !possible:
		return v
	case q.stance() == assuming:
		return placement.Permit
	}
	return placement.Indeterminate
}

// worseToday keeps the graver verdict: what a policy forbids comes before what a requirement misses.
func worseToday(a, b placement.Verdict) placement.Verdict {
	order := map[placement.Verdict]int{placement.Permit: 0, placement.Indeterminate: 1, placement.Infeasible: 2, placement.Deny: 3}
	if cmp.Compare(order[b], order[a]) > 0 {
		return b
	}
	return a
}

// wholeToday works out the objectives of where everything runs today, and what users see, and adds what policies about
// paths and placements say of it.
func (q *question) wholeToday(ctx context.Context, sites [][]judged, d *placement.Decision) error {
	for i := range sites {
		sites[i] = q.inOrder(i, scopedAll(sites[i]))
		for k := range sites[i] {
			sites[i][k].unmet = nil
		}
	}
	p := q.problem(sites, strict, demands{all: true, entry: true, dropped: map[string]bool{"disconnectedHours": true, "tier": true}})
	pl, all := solve.Placement{}, true
	for i := range p.Components {
		chosen := make([]int, len(p.Components[i].Candidates))
		for k := range chosen {
			chosen[k] = k
		}
		pl.Chosen = append(pl.Chosen, chosen)
		if len(chosen) != len(sites[i]) {
			p.Components[i].Seats = nil // whose role is whose, is not to be told any more
		}
		all = all && len(chosen) == len(sites[i])
	}
	q.measureToday(p, &pl, d.Current)
	if all && !q.brief {
		d.Current.Scenarios, d.Current.Cuts = q.failures(p, &pl, sites)
	}
	switch {
	case !q.asksOfWholes():
		return nil
	case !all:
		q.partlyToday(d.Current)
		return nil
	}
	opinions, err := q.judgeWholes(ctx, p, []solve.Placement{pl})
	if err != nil {
		return err
	}
	for _, r := range opinions[0].reasons {
		q.againstToday(d.Current, r)
	}
	opinions[0].noteAfter(d.Current.Scenarios)
	d.Waived = append(d.Waived, opinions[0].waived...)
	return nil
}

// inOrder puts the sites of component i in the order in which the request lists where it runs, which is that of roles.
func (q *question) inOrder(i int, sites []judged) []judged {
	names := q.req.Spec.Current[q.components[i].Name]
	place := func(j *judged) int {
		return slices.IndexFunc(names, func(name string) bool {
			if zone, ok := q.req.Spec.ZoneNames[name]; ok {
				name = zone
			}
			return name == q.snap.SiteID(j.row)
		})
	}
	out := slices.Clone(sites)
	slices.SortStableFunc(out, func(a, b judged) int { return cmp.Compare(place(&a), place(&b)) })
	return out
}

// againstToday adds what a policy says against the present placement as a whole. It stands beside the first component.
func (q *question) againstToday(out *placement.Current, r placement.Reason) {
	out.Reasons = append(out.Reasons, placement.CurrentReason{Component: q.components[0].Name, Reason: r})
	out.Verdict = worseToday(out.Verdict, q.gravityToday(placement.Deny, r.Possible))
}

// partlyToday says of policies about paths and placements that they may refuse a present placement of which a part is not
// known: they cannot be asked about it.
func (q *question) partlyToday(out *placement.Current) {
	for _, p := range q.set.InForce() {
		if p.Enforcement == policy.Enforced && (p.Has(policy.Path) || p.Has(policy.Placement)) {
			q.againstToday(out, placement.Reason{
				Policy: p.ID, Message: "cannot be decided: it judges placements as wholes, and of this one only a part is known", Possible: true, Facts: []placement.Fact{},
			})
		}
	}
}

// measureToday works out the objectives of where everything runs today, and what users see.
func (q *question) measureToday(p *solve.Problem, pl *solve.Placement, out *placement.Current) {
	pl.Values = p.After(pl, func(int, *solve.Candidate) bool { return false }).Values
	out.Objective, _ = q.objectives(pl.Values)
	var shown placement.Placement
	for i := range p.Components {
		if p.Components[i].UserFacing {
			q.routes(&shown, i, &p.Components[i], pl.Chosen[i], q.facing() > 1)
		}
	}
	out.Users = append(out.Users, shown.Users...)
}
