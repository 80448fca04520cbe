package host

import (
	"cmp"
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// reaching is how far the difference between two editions reaches.
type reaching struct {
	all  bool // it may touch every request
	same bool // both have the same sites, in the same rows
	// The sites that something differs at, with those of the same region: what one has the others take over, or hang off it.
	// Rows are those of the edition before, and the second set's those of the one after.
	old, new map[topology.SiteRow]bool
	edge     bool // something differs at one where users come in
}

// ownFacts begin the names of the facts of a site that only it, and what is in its region, is judged by. What is not named
// here, such as where a site is, may matter to every other one.
var ownFacts = []string{
	"name", "city", "subdivision", "status", "optIn", "launched", "owner", "note", "carbon.", "price.", "offers.", "programmes.",
	"serviceLink.disconnectedHours",
}

// ownSections are the sections of a topology that decisions know only from the documents policies read, which are compared.
var ownSections = map[string]bool{"sources": true, "regimes": true, "adequacy": true, "programmes": true}

// reaching works out how far the difference between two editions reaches, once.
func (w *WhatIf) reaching(before, after *edition) *reaching {
	w.mu.Lock()
	defer w.mu.Unlock()
	key := [2]*edition{before, after}
	if r, ok := w.pairs[key]; ok {
		return r
	}
	r := &reaching{old: map[topology.SiteRow]bool{}, new: map[topology.SiteRow]bool{}}
	w.pairs[key] = r
	r.same = slices.Equal(ids(before.snap), ids(after.snap))
	// Plugins may ask about any site, and rules about wholes see all of a placement's.
	plugins := len(w.before.guests) + len(w.after.guests) + len(w.before.compiled.policies) + len(w.after.compiled.policies)
	r.all = plugins > 0 || w.before.program.JudgesWholes() || w.after.program.JudgesWholes() || w.before.set.Digest() != w.after.set.Digest()
	if r.all {
		return r
	}
	for _, c := range topology.DiffEditions(before.snap, after.snap) {
		switch {
		case c.Section == "sites" && (c.Op != topology.Changed || slices.ContainsFunc(ownFacts, func(f string) bool { return strings.HasPrefix(c.Fact, f) })):
			r.differs(before.snap, after.snap, c.ID)
		case !ownSections[c.Section]:
			r.all = true
			return r
		}
	}
	if before != after {
		for row, id := range before.snap.SiteIDs() {
			if other, ok := after.snap.Site(id); ok && !sameDocument(before, after, row, other) {
				r.differs(before.snap, after.snap, id)
			}
		}
		r.all = !sameTimes(before.snap, after.snap)
	}
	q := &question{edition: before}
	w.lose(q)
	r.all = r.all || len(q.severed) > 0 && r.severs(q)
	for row := range before.snap.SiteIDs() {
		if q.inside(q.lost, row) {
			r.differs(before.snap, after.snap, before.snap.SiteID(row))
		}
	}
	return r
}

func ids(s *topology.Snapshot) []string {
	var out []string
	for _, id := range s.SiteIDs() {
		out = append(out, id)
	}
	return out
}

// differs notes that something differs at a site, and with it at all of its region.
func (r *reaching) differs(before, after *topology.Snapshot, id string) {
	note := func(s *topology.Snapshot, set map[topology.SiteRow]bool) {
		row, ok := s.Site(id)
		if !ok {
			return
		}
		set[row] = true
		r.edge = r.edge || atEdge(s.Kind(row))
		region, ok := s.Region(row)
		if !ok {
			return
		}
		for other := range s.SiteIDs() {
			// What the edge has of a region is in its own document, which is compared.
			if of, ok := s.Region(other); ok && of == region && !atEdge(s.Kind(other)) {
				set[other] = true
			}
		}
	}
	note(before, r.old)
	note(after, r.new)
}

// atEdge reports whether users come in over sites of a kind.
func atEdge(k topology.Kind) bool {
	return k == topology.EdgeLocation || k == topology.RegionalEdgeCache
}

// sameDocument reports whether policies see the same of a site.
func sameDocument(before, after *edition, a, b topology.SiteRow) bool {
	x, y := before.docs.Base(a), after.docs.Base(b)
	return x.Term.Equal(y.Term) && slices.Equal(x.Unknown, y.Unknown)
}

// sameTimes reports whether a call between two sites takes as long in both, the edge left out.
func sameTimes(before, after *topology.Snapshot) bool {
	var rows [][2]topology.SiteRow
	for row, id := range before.SiteIDs() {
		other, ok := after.Site(id)
		if ok && !atEdge(before.Kind(row)) {
			rows = append(rows, [2]topology.SiteRow{row, other})
		}
	}
	for _, from := range rows {
		for _, to := range rows {
			a, basisA := before.RTT(from[0], to[0])
			b, basisB := after.RTT(from[1], to[1])
			if a != b || basisA != basisB {
				return false
			}
		}
	}
	return true
}

// severs reports whether a link between sites is in a risk group that is lost.
func (r *reaching) severs(q *question) bool {
	for a := range q.snap.SiteIDs() {
		for b := range q.snap.SiteIDs() {
			if a < b && q.cut(a, b) {
				return true
			}
		}
	}
	return false
}

// bearing is what a change of some sites may do to the answer to a request.
type bearing struct {
	feasible bool // what stands in the way may be something else
	choice   bool // the sites that can be chosen from, or how good they are, may be others
	// Where all that the choice loses, or sees get worse, are these sites, a component each; nil if it is not known to be all.
	worse []map[topology.SiteRow]bool
}

// bears works out what the change may do. What policies and requirements say of the sites that something differs at is kept.
func (c *comparison) bears(ctx context.Context) (bearing, error) {
	both := bearing{feasible: true, choice: true}
	switch {
	case c.reach.all, c.qb.at != c.qa.at, c.readsElsewhere():
		return both, nil
	case len(c.reach.old)+len(c.reach.new) == 0:
		return bearing{}, nil
	case c.standsOn():
		return both, nil
	}
	old, err := c.judge(ctx, c.qb, c.eb, c.reach.old)
	var now *evidence
	if err == nil {
		c.qb.ways = c.qb.waysFound() // or they would be looked for again
		c.tell()
		now, err = c.judge(ctx, c.qa, c.ea, c.reach.new)
	}
	if err != nil {
		return both, ctx.Err() // what fails is found again, and said, when it is decided
	}
	b := bearing{feasible: !c.sameEvidence(old, now)}
	b.choice, b.worse = c.choice(old.sites, now.sites)
	return b, nil
}

// readsElsewhere reports whether a policy reads a part of data.topology that differs on the request's day.
func (c *comparison) readsElsewhere() bool {
	c.w.mu.Lock()
	defer c.w.mu.Unlock()
	key := [2]*epoch{c.eb, c.ea}
	reads, ok := c.w.epochs[key]
	if !ok {
		reads = c.eb != c.ea && readsDifferent(c.qb.program, c.eb.engine.Documents(), c.ea.engine.Documents())
		c.w.epochs[key] = reads
	}
	return reads
}

// readsDifferent reports whether a policy reads a part of data.topology that is not the same in both.
func readsDifferent(p *rego.Program, before, after rego.Documents) bool {
	a, ok := before.Topology.Value.(ast.Object)
	b, too := after.Topology.Value.(ast.Object)
	if !ok || !too || !slices.Equal(before.TopologyUnknown, after.TopologyUnknown) {
		return true
	}
	reads := func(x, y ast.Object) bool {
		return x.Until(func(k, v *ast.Term) bool {
			name, _ := k.Value.(ast.String)
			other := y.Get(k)
			if name == "sites" && other != nil {
				return p.SitesDiffer(before, after)
			}
			return p.ReadsTable(string(name)) && (other == nil || !v.Equal(other))
		})
	}
	return reads(a, b) || reads(b, a)
}

// standsOn reports whether a component runs at a site that something differs at, or users may come in over one.
func (c *comparison) standsOn() bool {
	for i := range c.qb.components {
		x := &c.qb.components[i]
		for r := range x.current {
			if c.reach.old[r] {
				return true
			}
		}
		if byEdge := x.Latency.Accelerated || x.Latency.CacheHitRatio > 0; byEdge && (c.reach.edge || !c.reach.same) {
			return true
		}
	}
	return false
}

// evidence is what is known of the sites that something differs at, a component each.
type evidence struct {
	sites  [][]judged
	ground [][]judged // regions of which zones may count whose ids are not known
	zones  []int      // how many zones those have
	out    []widening // what would be known if the request did not leave sites out
}

// judge asks about the sites that something differs at, also about those that the request leaves out: what stands in its way
// may be that it does.
func (c *comparison) judge(ctx context.Context, q *question, e *epoch, among map[topology.SiteRow]bool) (*evidence, error) {
	v := &evidence{sites: make([][]judged, len(q.components)), ground: make([][]judged, len(q.components))}
	for i := range q.components {
		x := &q.components[i]
		if err := q.findWay(ctx, e, x); err != nil {
			return nil, err
		}
		for _, kind := range x.kinds {
			ask, err := q.caseFor(ctx, e, x, kind)
			if err != nil {
				return nil, err
			}
			of := func(kind topology.Kind) ([]judged, error) {
				var rows []topology.SiteRow
				for r := range among {
					if q.snap.Kind(r) == kind {
						rows = append(rows, r)
					}
				}
				if len(rows) == 0 {
					return nil, nil
				}
				slices.Sort(rows)
				return q.judgeAll(ctx, e, x, ask, rows)
			}
			more, err := of(kind)
			if err != nil {
				return nil, err
			}
			v.sites[i] = append(v.sites[i], more...)
			if kind != topology.AvailabilityZone {
				continue
			}
			if v.ground[i], err = of(topology.Region); err != nil {
				return nil, err
			}
			for k := range v.ground[i] {
				n, state := q.zonesLeft(v.ground[i][k].row)
				v.zones = append(v.zones, n, int(state))
			}
		}
	}
	out, all, err := q.widen(ctx, e, v.sites)
	if err == nil && !all {
		err = errors.New("a rule fails at a site that the request leaves out")
	}
	v.out = out
	return v, err
}

// sameEvidence reports whether the same is known of the same sites.
func (c *comparison) sameEvidence(old, now *evidence) bool {
	same := func(old, now [][]judged) bool {
		return slices.EqualFunc(old, now, func(a, b []judged) bool {
			return slices.EqualFunc(a, b, func(x, y judged) bool { return c.sameSite(&x, &y) })
		})
	}
	return same(old.sites, now.sites) && same(old.ground, now.ground) && slices.Equal(old.zones, now.zones) &&
		slices.EqualFunc(old.out, now.out, func(a, b widening) bool { return slices.Equal(a.fields, b.fields) && same(a.sites, b.sites) })
}

// sameSite compares what is known of a site, but for what it costs and emits and for the words: whether a request can be met,
// and which policies and requirements stand in its way, depends on nothing else.
func (c *comparison) sameSite(x, y *judged) bool {
	sameUnmet := slices.EqualFunc(x.unmet, y.unmet, func(a, b unmet) bool {
		return a.field == b.field && a.possible == b.possible && a.byGates == b.byGates
	})
	samePossible := slices.EqualFunc(x.possible, y.possible, func(a, b rego.Result) bool { return a.Policy.ID == b.Policy.ID })
	if !sameUnmet || !samePossible || x.scoped != y.scoped || !slices.Equal(x.rtt, y.rtt) || !slices.Equal(x.blocking, y.blocking) {
		return false
	}
	for _, s := range []stance{strict, assuming, optimistic} {
		a, b := c.candidates(x, y, s)
		a.Cost, a.Carbon, b.Cost, b.Carbon = 0, 0, 0, 0
		if !c.reach.same || !reflect.DeepEqual(a, b) { // rows of different lists of sites cannot be compared
			return false
		}
	}
	return true
}

// candidates are what a site counts as in both worlds, under one reading of what is unknown.
func (c *comparison) candidates(x, y *judged, s stance) (a, b solve.Candidate) {
	i := c.qb.called(x.result.Component)
	return c.qb.candidate(i, x, s, x.rtt), c.qa.candidate(i, y, s, y.rtt)
}

// choice compares the sites that can be chosen from, and how good they are: whether they differ, and if they only get fewer or
// worse, which do.
func (c *comparison) choice(old, now [][]judged) (differs bool, worse []map[topology.SiteRow]bool) {
	s, only := c.qb.stance(), c.reach.same
	for i := range c.qb.components {
		a, b := c.qb.part(i, old[i], s, demands{}).Candidates, c.qa.part(i, now[i], s, demands{}).Candidates
		fewer := map[topology.SiteRow]bool{}
		for k := range a {
			row := topology.SiteRow(a[k].Site)
			at, kept := slices.BinarySearchFunc(b, a[k].Site, func(x solve.Candidate, site uint32) int { return cmp.Compare(x.Site, site) })
			if !kept || !c.asGood(a[k], b[at]) {
				fewer[row] = true
				only = only && (!kept || c.noBetter(a[k], b[at]))
			}
		}
		only = only && len(b) <= len(a) && !slices.ContainsFunc(b, func(x solve.Candidate) bool {
			return !slices.ContainsFunc(a, func(y solve.Candidate) bool { return x.Site == y.Site })
		})
		differs = differs || len(fewer) > 0 || len(a) != len(b) || !c.reach.same && len(a)+len(b) > 0
		worse = append(worse, fewer)
	}
	if !only {
		return differs, nil
	}
	return differs, worse
}

// asGood reports whether a candidate is the same as before in all that placements are chosen by.
func (c *comparison) asGood(before, after solve.Candidate) bool {
	if !c.ranked(placement.ObjectiveCost) {
		after.Cost = before.Cost
	}
	if !c.ranked(placement.ObjectiveCarbon) {
		after.Carbon = before.Carbon
	}
	return reflect.DeepEqual(before, after)
}

// noBetter reports whether a candidate is the same as before, but for what it costs or emits, which may be more.
func (c *comparison) noBetter(before, after solve.Candidate) bool {
	if after.Cost < before.Cost || after.Carbon < before.Carbon {
		return false
	}
	after.Cost, after.Carbon = before.Cost, before.Carbon
	return reflect.DeepEqual(before, after)
}

// ranked reports whether placements are ranked by an objective.
func (c *comparison) ranked(name string) bool {
	return slices.ContainsFunc(c.qb.req.Spec.Objective.Terms, func(t placement.ObjectiveTerm) bool { return t.Name == name })
}

// stays reports whether the best placement before is the best one after because it uses none of the sites that got worse or
// went. It must be proved the best; how even copies are spread, and which of several equal placements of components that call
// each other comes first, may hang on sites that are not used.
func (c *comparison) stays(b bearing, d *placement.Decision) bool {
	if b.worse == nil || len(d.Placements) == 0 || !d.Placements[0].Proof.Optimal || len(c.qb.calls(c.qb.stance())) > 0 {
		return false
	}
	for i := range c.qb.components {
		if c.qb.components[i].Spread.MaxSkew > 0 {
			return false
		}
	}
	return !slices.ContainsFunc(d.Placements[0].Copies, func(x placement.Copy) bool {
		row, ok := c.qb.snap.Site(x.Site)
		return !ok || b.worse[c.qb.called(x.Component)][row]
	})
}

// tell lets the second question take over what the first one was told of sites that nothing differs at.
func (c *comparison) tell() {
	if c.reach.all || !c.reach.same || c.reach.edge || c.qb.at != c.qa.at || c.readsElsewhere() {
		return
	}
	c.qa.ways = c.qb.waysFound()
	c.qa.told = c.telling(func() [][]judged { return c.qb.seen })
	c.qa.wider = func(fields []string) (told func(int, topology.SiteRow) *judged, ways []*way) {
		for _, w := range c.qb.widened {
			if slices.Equal(w.fields, fields) {
				return c.telling(func() [][]judged { return w.sites }), w.q.waysFound()
			}
		}
		return nil, nil
	}
}

// telling looks sites up in lists that are sorted by row.
func (c *comparison) telling(of func() [][]judged) func(component int, r topology.SiteRow) *judged {
	return func(i int, r topology.SiteRow) *judged {
		lists := of()
		if c.reach.old[r] || i >= len(lists) {
			return nil
		}
		at, ok := slices.BinarySearchFunc(lists[i], r, func(j judged, r topology.SiteRow) int { return cmp.Compare(j.row, r) })
		if !ok {
			return nil
		}
		return &lists[i][at]
	}
}
