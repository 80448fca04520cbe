package host

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// Semantics is the version of what rules and requests mean. It is part of every decision's inputs and
// is raised when the same inputs would come out differently.
const Semantics = 4

// Decide answers a request. An error means that there is no decision: the request names something the
// topology does not have, asks what this version does not act on, a rule failed, or the context ended.
// The decision belongs to the caller.
func (h *Host) Decide(ctx context.Context, req *placement.Request) (*placement.Decision, error) {
	return fallBack(h, func(g *generation) (*placement.Decision, error) { return g.decide(ctx, req) })
}

// decide answers a request from one generation.
func (g *generation) decide(ctx context.Context, req *placement.Request) (*placement.Decision, error) {
	q, e, err := g.ask(req)
	if err != nil {
		return nil, err
	}
	d, err := q.decide(ctx, e)
	if err != nil {
		return nil, err
	}
	return d, d.ComputeID()
}

// decide answers the question; the decision has no id yet.
func (q *question) decide(ctx context.Context, e *epoch) (*placement.Decision, error) {
	sites, shown := make([][]judged, len(q.components)), make([][]judged, len(q.components))
	var waived []placement.Waived
	for i := range q.components {
		var tried []judged
		var err error
		if sites[i], tried, err = q.judge(ctx, e, i); err != nil {
			return nil, err
		}
		shown[i] = append(tried, sites[i]...)
		for _, gates := range [][]gate{q.components[i].way.edges, q.components[i].way.caches} {
			for k := range gates {
				waived = append(waived, gates[k].waived...)
			}
		}
		slices.SortFunc(shown[i], func(a, b judged) int { return cmp.Compare(a.row, b.row) })
	}
	if q.brief {
		q.seen = shown
	}
	d := q.newDecision(shown)
	d.Waived = append(d.Waived, waived...)
	if err := q.place(ctx, e, sites, d); err != nil {
		return nil, err
	}
	if err := q.today(ctx, e, d); err != nil {
		return nil, err
	}
	d.Waived = once(d.Waived)
	return d, nil
}

// once leaves out what a list has before.
func once[T comparable](list []T) []T {
	out := list[:0]
	for _, x := range list {
		if !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

// stance is how the request wants unknown facts treated.
func (q *question) stance() stance {
	if q.req.Spec.Unknown == placement.UnknownAssume {
		return assuming
	}
	return strict
}

// ask turns a request into a question to the generation, on the request's decision day.
func (g *generation) ask(req *placement.Request) (*question, *epoch, error) {
	q, err := g.resolve(req)
	if err != nil {
		return nil, nil, err
	}
	q.now, err = g.at(q.day)
	return q, q.now, err
}

// newDecision is a decision with everything but its outcome.
func (q *question) newDecision(sites [][]judged) *placement.Decision {
	d := &placement.Decision{
		APIVersion: placement.APIVersion, Kind: placement.DecisionKind, Request: q.req.Metadata.Name,
		Placements: []placement.Placement{}, Sites: []placement.SiteResult{}, Conflicts: []placement.Conflict{},
		Relaxations: []placement.Relaxation{}, Assumed: []placement.Assumption{}, Waived: []placement.Waived{},
		Inputs: placement.Inputs{
			Snapshot: q.whole.Digest(), Policies: q.set.Digest(), Request: q.req.Digest(), Semantics: Semantics,
		},
	}
	for _, component := range sites {
		for i := range component {
			d.Sites = append(d.Sites, component[i].result)
			d.Waived = append(d.Waived, component[i].waived...)
		}
	}
	return d
}

// place searches the best placements, and says why there are none where there are none.
func (q *question) place(ctx context.Context, e *epoch, sites [][]judged, d *placement.Decision) error {
	s := q.stance()
	p := q.problem(sites, s, demands{})
	found, err := q.search(ctx, p, s)
	if err != nil {
		return q.tooLarge(err)
	}
	d.Refused = found.refused
	if len(found.Placements) == 0 {
		return q.inTheWay(ctx, e, sites, found, d)
	}
	d.Verdict = placement.Permit
	for i := range found.Placements {
		pl := q.placement(p, &found.Placements[i], sites)
		pl.Rank = i + 1
		pl.Proof = q.proof(found.Result, i)
		if found.opinions != nil {
			found.opinions[i].note(&pl)
			d.Waived = append(d.Waived, found.opinions[i].waived...)
		}
		d.Placements = append(d.Placements, pl)
	}
	if s == assuming {
		d.Assumed = q.assumed(p, found.Placements, sites)
		for i := range found.opinions {
			d.Assumed = append(d.Assumed, found.opinions[i].assumed(&d.Placements[i])...)
		}
	}
	return nil
}

// tooLarge says what a person can do about a search that is too large.
func (q *question) tooLarge(err error) error {
	if !errors.Is(err, solve.ErrTooLarge) {
		return err
	}
	return fmt.Errorf("request %q: %w; narrow it with spec.partitions or spec.sites.include, or ask for fewer copies", q.req.Metadata.Name, err)
}

// placement writes one placement of the search as a decision shows it.
func (q *question) placement(p *solve.Problem, pl *solve.Placement, sites [][]judged) placement.Placement {
	out := placement.Placement{
		Copies: []placement.Copy{}, Users: []placement.UserRoute{}, Warnings: []placement.Warning{},
		Obligations: []placement.Obligation{},
	}
	if !q.brief {
		out.Scenarios, out.Cuts = q.failures(p, pl, sites)
	}
	for i := range p.Components {
		c := &p.Components[i]
		var chosen []topology.SiteRow
		for n, k := range pl.Chosen[i] {
			site := topology.SiteRow(c.Candidates[k].Site)
			out.Copies = append(out.Copies, q.copy(&q.components[i], n, site))
			chosen = append(chosen, site)
			at := slices.IndexFunc(sites[i], func(j judged) bool { return j.row == site })
			note(&out, &sites[i][at].result)
		}
		for _, g := range q.passed(&q.components[i], chosen) {
			note(&out, &g.result)
		}
		if c.UserFacing {
			q.routes(&out, i, c, pl.Chosen[i], q.facing() > 1)
		}
	}
	q.zoneWarnings(&out, p, pl)
	q.recoveryWarnings(&out)
	q.trafficWarnings(&out, p, pl)
	q.carrierWarnings(&out)
	out.Footprint = q.footprint(&out)
	var unknown []string
	out.Objective, unknown = q.objectives(pl.Values)
	if len(unknown) > 0 {
		out.Warnings = append(out.Warnings, placement.Warning{
			Policy: requestPolicy, Facts: []placement.Fact{},
			Message: fmt.Sprintf("objective %s is unknown for this placement, so it ranks behind every placement where it is known", strings.Join(unknown, ", ")),
		})
	}
	return out
}

// facing counts the components that users call.
func (q *question) facing() int {
	n := 0
	for i := range q.components {
		if q.components[i].IsUserFacing() && len(q.populations) > 0 {
			n++
		}
	}
	return n
}

// proof says how far a placement is from the best. A search that came to its end has the best one first, whose value is the
// bound; a runner-up's gap is how much worse it is. One that did not knows a bound of all.
func (q *question) proof(found solve.Result, i int) *placement.Proof {
	value, known := q.total(found.Placements[i].Values)
	bound, boundKnown := q.total(found.Placements[0].Values)
	if found.Lower != nil {
		if lower := q.figure(found.Lower); !boundKnown || lower < bound {
			bound, boundKnown = lower, true
		}
	}
	p := &placement.Proof{Optimal: i == 0 && found.Lower == nil, Bound: bound, Nodes: found.Nodes}
	switch {
	case !known && boundKnown:
		p.Gap = 1 // as far behind as can be: an unknown value ranks behind every known one
	case value > bound:
		p.Gap = (value - bound) / value
	}
	return p
}

// note adds what policies warn of and ask for at a site, each once.
func note(out *placement.Placement, site *placement.SiteResult) {
	for _, w := range site.Warnings {
		if !slices.ContainsFunc(out.Warnings, func(x placement.Warning) bool { return x.Policy == w.Policy && x.Message == w.Message }) {
			out.Warnings = append(out.Warnings, w)
		}
	}
	for _, o := range site.Obligations {
		if !slices.Contains(out.Obligations, o) {
			out.Obligations = append(out.Obligations, o)
		}
	}
}

// routes adds the nearest copy of a component to each group of users.
func (q *question) routes(out *placement.Placement, i int, c *solve.Component, chosen []int, named bool) {
	var serving []int
	for n, k := range chosen {
		if c.Serves(n, false) {
			serving = append(serving, k)
		}
	}
	for u, group := range q.populations {
		k := c.Nearest(serving, u)
		if k < 0 {
			out.Warnings = append(out.Warnings, placement.Warning{
				Policy: requestPolicy, Facts: []placement.Fact{},
				Message: fmt.Sprintf("the round-trip time from %s to every copy of %s is unknown", q.users.Populations[u], c.Name),
			})
			continue
		}
		site := topology.SiteRow(c.Candidates[k].Site)
		r, _ := q.reach(&q.components[i], u, site)
		route := placement.UserRoute{
			Population: group.name, Mobile: group.Mobile, Site: q.snap.SiteID(site),
			RTTMs: float64(r.Micros) / 1000, Basis: r.Basis.String(), Parts: q.parts(r),
		}
		if named {
			route.Component = q.components[i].Name
		}
		out.Users = append(out.Users, route)
	}
}

// assumed lists what was taken for granted at the sites that placements chose, each once.
func (q *question) assumed(p *solve.Problem, placements []solve.Placement, sites [][]judged) []placement.Assumption {
	out := []placement.Assumption{}
	type use struct{ component, candidate int }
	seen := map[use]bool{}
	for n := range placements {
		for i := range p.Components {
			for _, k := range placements[n].Chosen[i] {
				if !seen[use{i, k}] {
					seen[use{i, k}] = true
					out = append(out, q.assumedAt(&q.components[i], sites[i], topology.SiteRow(p.Components[i].Candidates[k].Site))...)
				}
			}
		}
	}
	return out
}

func (q *question) assumedAt(c *component, sites []judged, site topology.SiteRow) []placement.Assumption {
	var out []placement.Assumption
	j := &sites[slices.IndexFunc(sites, func(j judged) bool { return j.row == site })]
	for i := range j.possible {
		out = append(out, placement.Assumption{
			Policy: j.possible[i].Policy.ID, Component: c.Name, Site: j.result.Site, Unknown: unknownFacts(&j.possible[i]),
		})
	}
	for _, u := range j.unmet {
		out = append(out, placement.Assumption{Policy: requirementPolicy, Component: c.Name, Site: j.result.Site, Unknown: u.unknown})
	}
	if c.Survive == placement.SurviveZone && q.survivesZone(c, site) == maybe {
		out = append(out, placement.Assumption{Policy: requestPolicy, Component: c.Name, Site: j.result.Site, Unknown: q.zoneDoubts(c, site)})
	}
	return out
}
