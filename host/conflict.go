package host

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest"
	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// constraint is one requirement or policy that may be part of a conflict.
type constraint struct {
	component int    // it is of; -1: of the request
	field     string // of the component or the request, such as "survive"; "" for a policy
	policy    string
}

// name is how a decision speaks of a requirement.
func (c constraint) name() string {
	if c.component < 0 {
		return c.field
	}
	return fmt.Sprintf("components[%d].%s", c.component, c.field)
}

// contest is what is asked of some components, as constraints each of which can be left out.
type contest struct {
	q       *question
	members []int // the components that are looked at together
	sites   [][]judged
	wider   []widening // sites that the request leaves out
	s       stance
	list    []constraint
	steps   int64 // of searches, that are left

	found enumeration
}

// widening is the sites that the request leaves out by exactly some of its fields, judged as if it did not.
type widening struct {
	fields []string
	q      *question  // of the request without these fields
	sites  [][]judged // a component each
}

// contest lists what may stand against components. What is least to be kept stands first: of the sets that cannot be met a
// search finds those of the last.
func (q *question) contest(members []int, sites [][]judged, wider []widening, s stance) *contest {
	x := &contest{q: q, members: members, sites: sites, wider: wider, s: s}
	fields, policies := map[string]bool{}, map[string]bool{}
	for _, i := range members {
		for _, field := range q.requirements(i) {
			x.list = append(x.list, constraint{component: i, field: field})
		}
		if len(members) > 1 {
			for k, call := range q.components[i].DependsOn {
				if call.MaxMs != nil {
					x.list = append(x.list, constraint{component: i, field: callField(k)})
				}
			}
		}
		q.components[i].blockers(sites[i], policies)
		for _, w := range wider {
			if slices.ContainsFunc(w.sites[i], func(j judged) bool { return j.scoped }) {
				w.q.components[i].blockers(w.sites[i], policies)
				for _, field := range w.fields {
					fields[field] = true
				}
			}
		}
	}
	for _, id := range q.byGravity(maps.Keys(policies)) {
		x.list = append(x.list, constraint{component: -1, policy: id})
	}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		x.list = append(x.list, constraint{component: -1, field: field})
	}
	return x
}

// callField is how long the k-th call of a component may take.
func callField(k int) string { return fmt.Sprintf("dependsOn[%d].maxMs", k) }

// blockers adds the policies that speak against a site, or against where users enter.
func (c *component) blockers(sites []judged, ids map[string]bool) {
	for k := range sites {
		for _, id := range sites[k].blocking {
			ids[id] = true
		}
	}
	for _, gates := range [][]gate{c.way.edges, c.way.caches} {
		for k := range gates {
			for _, id := range gates[k].blocking {
				ids[id] = true
			}
		}
	}
}

// feasible reports whether the components can be placed where only some of the constraints are kept.
func (x *contest) feasible(ctx context.Context, kept []bool) (bool, error) {
	policies, fields := map[string]bool{}, map[string]bool{}
	dropped := map[int]map[string]bool{}
	for _, i := range x.members {
		dropped[i] = map[string]bool{}
	}
	for k, c := range x.list {
		switch {
		case kept[k]:
		case c.policy != "":
			policies[c.policy] = true
		case c.component < 0:
			fields[c.field] = true
		default:
			dropped[c.component][c.field] = true
		}
	}
	ds := make([]demands, len(x.q.components))
	for _, i := range x.members {
		ds[i] = demands{dropped: dropped[i], policies: policies}
	}
	ok, took, err := solve.Within(ctx, x.problem(ds, fields), min(maxFeasibleSteps, x.steps))
	x.steps -= took
	return ok, err
}

// problem is the members under demands of their own, with the sites that fields of the request which do not count leave out.
func (x *contest) problem(ds []demands, uncounted map[string]bool) *solve.Problem {
	p := &solve.Problem{Weights: x.q.users.Weights}
	for _, i := range x.members {
		part := x.q.part(i, x.sites[i], x.s, ds[i])
		for _, w := range x.wider {
			if !slices.ContainsFunc(w.fields, func(f string) bool { return !uncounted[f] }) {
				part.Candidates = append(part.Candidates, w.q.part(i, w.sites[i], x.s, ds[i]).Candidates...)
			}
		}
		slices.SortFunc(part.Candidates, func(a, b solve.Candidate) int { return cmp.Compare(a.Site, b.Site) })
		p.Components = append(p.Components, part)
	}
	if len(x.members) > 1 { // then they are all
		p.Calls = x.calls(ds)
	}
	return p
}

// calls are those between the components whose time counts.
func (x *contest) calls(ds []demands) []solve.Call {
	var out []solve.Call
	for _, call := range x.q.calls(x.s) {
		k := slices.IndexFunc(x.q.components[call.From].DependsOn, func(d placement.Dependency) bool { return x.q.called(d.Component) == call.To })
		if call.MaxMicros > 0 && ds[call.From].keeps(callField(k)) {
			out = append(out, call)
		}
	}
	return out
}

// run finds the conflicts, spending calls, and steps of searches.
func (x *contest) run(ctx context.Context, calls *int, steps *int64) error {
	x.steps = *steps
	defer func() { *steps = max(0, x.steps) }()
	x.found = enumeration{count: len(x.list), calls: *calls, feasible: func(kept []bool) (bool, error) { return x.feasible(ctx, kept) }}
	err := x.found.run()
	*calls = max(0, x.found.calls)
	return err
}

// conflicts are the minimal sets that were found.
func (x *contest) conflicts() []placement.Conflict {
	var out []placement.Conflict
	for n, set := range x.found.conflicts {
		c := placement.Conflict{Policies: []string{}, Requirements: []string{}, MayBeSmaller: x.found.unproved[n]}
		uncounted := map[string]bool{"partitions": true, "sites.exclude": true, "sites.include": true}
		for _, k := range set {
			if x.list[k].policy != "" {
				c.Policies = append(c.Policies, x.list[k].policy)
				continue
			}
			c.Requirements = append(c.Requirements, x.list[k].name())
			delete(uncounted, x.list[k].field)
		}
		// Of a set that leaves no site of the tier at all, the tier is a part.
		for _, i := range x.members {
			if !x.anySite(i, uncounted) {
				c.Requirements = append(c.Requirements, constraint{component: i, field: "tier"}.name())
			}
		}
		if len(c.Policies)+len(c.Requirements) == 0 {
			continue
		}
		slices.Sort(c.Policies)
		slices.Sort(c.Requirements)
		out = append(out, c)
	}
	return out
}

// anySite reports whether there is a site of component i's tier when some fields of the request do not count.
func (x *contest) anySite(i int, uncounted map[string]bool) bool {
	scoped := func(j judged) bool { return j.scoped }
	return slices.ContainsFunc(x.sites[i], scoped) || slices.ContainsFunc(x.wider, func(w widening) bool {
		return !slices.ContainsFunc(w.fields, func(f string) bool { return !uncounted[f] }) && slices.ContainsFunc(w.sites[i], scoped)
	})
}

// ordered sorts conflicts, each once: the smallest first, then those with the fewest policies, by name.
func ordered(list []placement.Conflict) []placement.Conflict {
	size := func(c placement.Conflict) int { return len(c.Policies) + len(c.Requirements) }
	text := func(c placement.Conflict) string {
		return strings.Join(c.Policies, " ") + "|" + strings.Join(c.Requirements, " ")
	}
	slices.SortFunc(list, func(a, b placement.Conflict) int {
		return cmp.Or(cmp.Compare(size(a), size(b)), cmp.Compare(len(a.Policies), len(b.Policies)), strings.Compare(text(a), text(b)))
	})
	return slices.CompactFunc(list, func(a, b placement.Conflict) bool { return text(a) == text(b) })
}

// widen judges the sites of the components' tiers that the request leaves out, each as if the request did not leave it out:
// its lists of sites are gone, or every partition is named. What cannot be judged, because a rule fails there, is not looked
// at: all is false then, and the request, which does not speak of it, is answered all the same.
func (q *question) widen(ctx context.Context, e *epoch, sites [][]judged) (out []widening, all bool, err error) {
	byFields := map[string]map[topology.SiteRow]bool{}
	for i := range sites {
		for k := range sites[i] {
			if j := &sites[i][k]; !j.scoped && !q.inside(q.lost, j.row) {
				key := strings.Join(q.allLeavingOut(j.row), " ")
				if byFields[key] == nil {
					byFields[key] = map[topology.SiteRow]bool{}
				}
				byFields[key][j.row] = true
			}
		}
	}
	if q.names == nil {
		q.names = map[string]int64{}
	}
	all = true
	for _, key := range slices.Sorted(maps.Keys(byFields)) {
		w, err := q.widening(ctx, e, strings.Fields(key), sites, byFields[key])
		switch {
		case err == nil:
			out = append(out, *w)
		case stops(ctx, err):
			return nil, false, err
		default:
			all = false
		}
	}
	q.widened = out
	return out, all, nil
}

// stops reports whether an error that came of a question nobody asked is one of the question that somebody did.
func stops(ctx context.Context, err error) bool {
	return ctx.Err() != nil || errors.Is(err, guest.ErrBroken)
}

// widening judges the sites that some fields leave out.
func (q *question) widening(ctx context.Context, e *epoch, fields []string, sites [][]judged, among map[topology.SiteRow]bool) (*widening, error) {
	req, err := changed(q.req, func(s *placement.Spec) { q.letIn(s, fields) })
	if err != nil {
		return nil, err
	}
	w := &widening{fields: fields}
	if w.q, err = q.generation.resolve(req); err != nil {
		return nil, err
	}
	w.q.now, w.q.quiet, w.q.lost, w.q.severed = q.now, true, q.lost, q.severed
	if q.wider != nil {
		w.q.told, w.q.ways = q.wider(fields)
	}
	w.q.names = q.names // so that one name has one number in both
	for i := range sites {
		var rows []topology.SiteRow
		for k := range sites[i] {
			if j := &sites[i][k]; !j.scoped && among[j.row] {
				rows = append(rows, j.row)
			}
		}
		judged, err := w.q.judgeRows(ctx, e, i, rows)
		if err != nil {
			return nil, err
		}
		w.sites = append(w.sites, judged)
	}
	return w, nil
}

// letIn takes fields that leave sites out from a request.
func (q *question) letIn(s *placement.Spec, fields []string) {
	for _, field := range fields {
		switch field {
		case "partitions":
			s.Partitions = slices.Sorted(q.snap.Partitions())
		case "sites.include":
			s.Sites.Include = nil
		case "sites.exclude":
			s.Sites.Exclude = nil
		}
	}
}

// allLeavingOut lists the fields each of which by itself leaves a site out.
func (q *question) allLeavingOut(r topology.SiteRow) []string {
	if q.inside(q.lost, r) {
		return []string{lostField}
	}
	var fields []string
	for _, field := range []string{"partitions", "sites.exclude", "sites.include"} {
		if q.leftOutBy(r, map[string]bool{field: true}) != "" {
			fields = append(fields, field)
		}
	}
	return fields
}

// judgeRows asks every policy about some sites of a component's tier.
func (q *question) judgeRows(ctx context.Context, e *epoch, i int, rows []topology.SiteRow) ([]judged, error) {
	c := &q.components[i]
	if err := q.findWay(ctx, e, c); err != nil || len(rows) == 0 {
		return nil, err
	}
	ask, err := q.caseFor(ctx, e, c, q.snap.Kind(rows[0]))
	if err != nil {
		return nil, err
	}
	return q.judgeAll(ctx, e, c, ask, rows)
}
