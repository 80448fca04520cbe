package host

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/document"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// rulesOnPaths asks the rules of the path hook about the paths between the copies of each component, and between them
// and the copies of what it calls, in both directions: after a failure any of them may be taken.
func (q *question) rulesOnPaths(ctx context.Context, p *solve.Problem, list []solve.Placement, out []opinion) error {
	if !q.program.Has(policy.Path) {
		return nil
	}
	for i := range p.Components {
		speaks, err := q.speaksOf(ctx, policy.Path, i, p)
		if err != nil {
			return err
		}
		if !speaks[""] {
			continue
		}
		rows, docs := q.pathsOf(p, list, i)
		if err := q.askRules(ctx, policy.Path, i, p, list, out, rows, docs); err != nil {
			return err
		}
	}
	return nil
}

// pathsOf are the paths that placements use for one component.
func (q *question) pathsOf(p *solve.Problem, list []solve.Placement, i int) (rows []whole, docs []rego.SiteDoc) {
	at := map[passage]int{}
	for n := range list {
		own := q.placesOf(p, &list[n], i)
		add := func(a, b topology.SiteRow, together bool) {
			if a == b {
				return
			}
			w := passage{a, b}
			k, seen := at[w]
			if !seen {
				k = len(rows)
				at[w] = k
				d := q.pathDoc(w)
				id := q.snap.SiteID(a) + " to " + q.snap.SiteID(b)
				docs = append(docs, rego.SiteDoc{ID: id, Term: d.Term, Unknown: d.Unknown})
				rows = append(rows, whole{prefix: "from " + id + ": "})
			}
			row := &rows[k]
			if len(row.of) == 0 || row.of[len(row.of)-1] != n {
				row.of = append(row.of, n)
			}
			if together {
				row.path = closed{w, i}
			}
		}
		for _, a := range own {
			for _, b := range own {
				add(a, b, true)
			}
		}
		for _, d := range q.components[i].DependsOn {
			for _, b := range q.placesOf(p, &list[n], q.called(d.Component)) {
				for _, a := range own {
					add(a, b, false)
					add(b, a, false)
				}
			}
		}
	}
	return rows, docs
}

// placesOf lists the regions of a component's copies, or their sites where they are in none, each once.
func (q *question) placesOf(p *solve.Problem, pl *solve.Placement, i int) (out []topology.SiteRow) {
	for _, k := range pl.Chosen[i] {
		if r := q.regionOf(p.Components[i].Candidates[k].Site); !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// pathDoc is what rules see of a path.
func (q *question) pathDoc(w passage) document.Document {
	if d, ok := q.pathDocs[w]; ok {
		return d
	}
	f := q.snap.Path(w.from, w.to)
	d := q.docs.Path(&f, q.docs.Base(w.from), q.docs.Base(w.to))
	if q.pathDocs == nil {
		q.pathDocs = map[passage]document.Document{}
	}
	q.pathDocs[w] = d
	return d
}

// rulesOnPlacements asks the rules of the placement hook about each placement as it stands and in every scenario, once
// for each component.
func (q *question) rulesOnPlacements(ctx context.Context, p *solve.Problem, list []solve.Placement, out []opinion) error {
	if !q.program.Has(policy.Placement) {
		return nil
	}
	for i := range p.Components {
		speaks, err := q.speaksOf(ctx, policy.Placement, i, p)
		if err != nil {
			return err
		}
		if len(speaks) == 0 {
			continue
		}
		var rows []whole
		var docs []rego.SiteDoc
		for n := range list {
			f := q.footing(p, &list[n])
			s := f.standing(i)
			if speaks[nothingLost] {
				rows = append(rows, whole{of: []int{n}})
				docs = append(docs, s.document(nil))
			}
			if len(speaks) == 1 && speaks[nothingLost] {
				continue
			}
			losses := f.losses()
			for k := range losses {
				if !speaks[losses[k].kind] {
					continue
				}
				rows = append(rows, whole{of: []int{n}, prefix: "after " + losses[k].id + ": ", after: losses[k].id})
				docs = append(docs, s.document(&losses[k]))
			}
		}
		if err := q.askRules(ctx, policy.Placement, i, p, list, out, rows, docs); err != nil {
			return err
		}
	}
	return nil
}

// nothingLost is the kind of the scenario in which all of a placement is there.
const nothingLost = "none"

// kinds are those of scenarios.
var scenarioKinds = []string{nothingLost, "zone", "region", "site", "link", "controlPlane", "riskGroup", placement.SurvivePartition, placement.SurviveProvider}

// speaksOf tells in which kinds of scenarios any rule may have something to say of a placement for a component; of paths
// the kind is "". It is found by asking the rules about one of which nothing else is known: what they surely do not say
// of it, they say of none.
func (q *question) speaksOf(ctx context.Context, h policy.Hook, i int, p *solve.Problem) (map[string]bool, error) {
	at := hooked{h, i, q.tierOf(i, p)}
	if speaks, ok := q.speaks[at]; ok {
		return speaks, nil
	}
	var docs []rego.SiteDoc
	kinds := []string{""}
	if h == policy.Path {
		docs = []rego.SiteDoc{{Term: ast.ObjectTerm(), Unknown: document.AnyPath()}}
	} else {
		kinds = scenarioKinds
		for _, kind := range kinds {
			d := document.AnyPlacement(kind)
			docs = append(docs, rego.SiteDoc{Term: d.Term, Unknown: d.Unknown})
		}
	}
	results, engine, err := q.caseOfRules(ctx, h, i, p, docs)
	if err != nil {
		return nil, err
	}
	speaks := map[string]bool{}
	for k := range results {
		if engine.Scores() || slices.ContainsFunc(results[k], func(r rego.Result) bool { return r.Speaks() }) {
			speaks[kinds[k]] = true
		}
	}
	if q.speaks == nil {
		q.speaks = map[hooked]map[string]bool{}
	}
	q.speaks[at] = speaks
	return speaks, nil
}

// hooked is a component on a tier, and what rules are asked about on its behalf.
type hooked struct {
	hook      policy.Hook
	component int
	tier      topology.Kind
}

// tierOf is the tier that a component's copies are looked for on: of the lowest, that which is being tried.
func (q *question) tierOf(i int, p *solve.Problem) topology.Kind {
	if len(p.Components[i].Candidates) > 0 {
		return q.snap.Kind(topology.SiteRow(p.Components[i].Candidates[0].Site))
	}
	return q.components[i].kinds[0]
}

// askRules asks the rules of a hook about rows for one component, and takes what they say of placements.
func (q *question) askRules(ctx context.Context, h policy.Hook, i int, p *solve.Problem, list []solve.Placement, out []opinion, rows []whole, docs []rego.SiteDoc) error {
	if len(rows) == 0 {
		return nil
	}
	results, engine, err := q.caseOfRules(ctx, h, i, p, docs)
	if err != nil {
		return err
	}
	for k := range rows {
		rows[k].said(q, p, list, out, results[k], func(read []rego.Fact) []placement.Fact { return q.wholeFacts(engine, docs[k], read) })
	}
	return nil
}

// caseOfRules asks the rules of a hook about documents on behalf of a component.
func (q *question) caseOfRules(ctx context.Context, h policy.Hook, i int, p *solve.Problem, docs []rego.SiteDoc) ([][]rego.Result, *rego.Engine, error) {
	c := &q.components[i]
	kind := q.tierOf(i, p)
	ask, err := q.caseFor(ctx, q.now, c, kind)
	if err != nil {
		return nil, nil, err
	}
	engine := q.now.engine.ForHook(h)
	results, err := engine.Case(ctx, rego.Input{Request: q.request, Component: ask.c.terms[kind]}).Sites(ctx, docs)
	if err != nil {
		return nil, nil, fmt.Errorf("component %q: %w", c.Name, err)
	}
	return results, engine, nil
}

// wholeFacts shows the facts that a rule reads of a path or a placement.
func (q *question) wholeFacts(engine *rego.Engine, doc rego.SiteDoc, read []rego.Fact) []placement.Fact {
	if q.quiet {
		return nil
	}
	facts := []placement.Fact{}
	for _, f := range read {
		for path, value := range engine.Values(f, doc) {
			fact := placement.Fact{Path: path, Source: q.wholeSource(path, doc)}
			if value != nil {
				fact.Value = shown(value)
			}
			facts = append(facts, fact)
		}
	}
	return facts
}

// wholeSource names where a fact about a site of a path or a placement, or one of the topology, comes from.
func (q *question) wholeSource(path string, doc rego.SiteDoc) string {
	if rest, ok := strings.CutPrefix(path, "topology."); ok {
		return q.topologySource(rest)
	}
	if id, fact, ok := rego.SiteFact(path, doc); ok {
		if r, known := q.snap.Site(id); known {
			return q.snap.FactSource(r, fact)
		}
	}
	return ""
}

// standing is a placement as rules see it on behalf of one component, with what its scenarios share.
type standing struct {
	*footing
	component int
	copies    []document.Copy // in the order of the footing's
	chosen    map[string]int
	voters    map[string]int
}

// standing prepares the documents of a placement's scenarios.
func (f *footing) standing(component int) *standing {
	s := &standing{footing: f, component: component, chosen: map[string]int{}, voters: map[string]int{}}
	for i := range f.q.components {
		s.chosen[f.q.components[i].Name], s.voters[f.q.components[i].Name] = 0, 0
	}
	for i := range f.copies {
		c := &f.copies[i]
		name := f.q.components[c.component].Name
		s.chosen[name]++
		if c.seat.Votes {
			s.voters[name]++
		}
		s.copies = append(s.copies, document.Copy{
			Component: f.q.components[c.component].Name, Role: c.role, Site: f.q.copyDoc(c.component, c.site),
		})
	}
	return s
}

// copyDoc is what rules about placements see of the site of a component's copy.
func (q *question) copyDoc(component int, site topology.SiteRow) document.Document {
	at := spot{component, site}
	if d, ok := q.copyDocs[at]; ok {
		return d
	}
	doc := q.prepare(&q.components[component], site).doc
	d := document.Document{Term: doc.Term, Unknown: doc.Unknown}
	if q.copyDocs == nil {
		q.copyDocs = map[spot]document.Document{}
	}
	q.copyDocs[at] = d
	return d
}

// document is the placement after a loss; nil is none.
func (s *standing) document(l *loss) rego.SiteDoc {
	q := s.q
	w := document.Whole{Scenario: nothingLost, Kind: nothingLost, Chosen: s.chosen, Voters: s.voters}
	goes := s.everything()
	if l != nil {
		w.Scenario, w.Kind, goes = l.id, l.kind, l.goes
		w.Lost = s.ids(s.lost(l))
	}
	left := s.left(&loss{goes: goes})
	w.Survivors = s.ids(s.survivors(left))
	w.MoreMayBe = slices.Contains(goes, maybe)
	for i := range s.copies {
		if goes[i] == yes {
			w.Copies = append(w.Copies, s.copies[i])
		}
	}
	if q.mentioned["paths"] {
		w.Ways = s.waysLeft(left)
	}
	if q.mentioned["users"] {
		w.Routes = s.routesLeft(left, l != nil)
	}
	if l != nil {
		s.outcome(l, &w, left)
	} else if q.mentioned["objective"] {
		w.Objective, w.Open = q.objectives(s.pl.Values)
	}
	d := q.docs.Placement(&w)
	id := "of " + s.copiesText()
	if l != nil {
		id += " after " + l.id
	}
	return rego.SiteDoc{ID: id, Term: d.Term, Unknown: d.Unknown}
}

// copiesText names the sites of a placement, as an error about it does.
func (f *footing) copiesText() string {
	var sites []string
	for i := range f.copies {
		if id := f.q.snap.SiteID(f.copies[i].site); !slices.Contains(sites, id) {
			sites = append(sites, id)
		}
	}
	return strings.Join(sites, ", ")
}

// outcome adds what a loss means for the component.
func (s *standing) outcome(l *loss, w *document.Whole, left [][]int) {
	q := s.q
	if q.mentioned["rtoSeconds"] || q.mentioned["rpoSeconds"] || q.mentioned["objective"] {
		a := s.after(l)
		s.cutWays(l, &a)
		rto, rpo := s.recoveryOf(s.component, l, &a)
		w.RTO, w.RPO = rto.figure(), rpo.figure()
		if a.values != nil {
			w.Objective, w.Open = q.objectives(a.values)
		}
	}
	if q.mentioned["controlPlanes"] {
		w.ControlPlanes = s.frozenOf(s.component, l, left)
	}
}

// waysLeft are the paths that copies which are left may use, in both directions.
func (s *standing) waysLeft(left [][]int) (out []document.Way) {
	q := s.q
	place := func(i, k int) topology.SiteRow { return q.regionOf(s.p.Components[i].Candidates[k].Site) }
	add := func(i, to int, a, b topology.SiteRow) {
		w := document.Way{Component: q.components[i].Name, From: q.docs.Base(a), To: q.docs.Base(b)}
		if to != i {
			w.Calls = q.components[to].Name
		}
		same := func(x document.Way) bool {
			return x.Component == w.Component && x.Calls == w.Calls && x.Path.From == a && x.Path.To == b
		}
		if a == b || slices.ContainsFunc(out, same) {
			return
		}
		f := q.snap.Path(a, b)
		w.Path = &f
		out = append(out, w)
	}
	for i := range q.components {
		for _, x := range left[i] {
			for _, y := range left[i] {
				add(i, i, place(i, x), place(i, y))
			}
			for _, d := range q.components[i].DependsOn {
				to := q.called(d.Component)
				for _, y := range left[to] {
					add(i, to, place(i, x), place(to, y))
					add(i, to, place(to, y), place(i, x))
				}
			}
		}
	}
	return out
}

// routesLeft are which copies users reach.
func (s *standing) routesLeft(left [][]int, lost bool) (out []document.Route) {
	for i, routes := range s.reached(left, lost) {
		for u, k := range routes {
			if k < 0 {
				continue
			}
			c := &s.p.Components[i].Candidates[k]
			group := s.q.populations[u]
			r := document.Route{
				Component: s.q.components[i].Name, Population: group.name, Mobile: group.Mobile,
				Site: s.q.snap.SiteID(topology.SiteRow(c.Site)), Micros: c.RTT[u],
			}
			if r.Micros >= solve.Unknown {
				r.Micros = -1
			}
			out = append(out, r)
		}
	}
	return out
}
