package host

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/guest/abi"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/internal/tables"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// opinion is what policies about paths and placements say of one placement.
type opinion struct {
	reasons     []placement.Reason
	denies      []string   // ids of policies that surely refuse it, sorted
	possible    []string   // of those that possibly do, sorted
	unknown     [][]string // the facts that each of those hangs on
	warnings    []placement.Warning
	obligations []placement.Obligation
	score       float64
	scored      bool
	after       map[string]placement.Verdict // what sovereignty policies make of what is left, by scenario
	shut        []shutPath
	waived      []placement.Waived // what it would have refused
}

// asksOfWholes reports whether a policy is asked about more than sites.
func (q *question) asksOfWholes() bool {
	return slices.ContainsFunc(q.set.InForce(), func(p *policy.Policy) bool { return p.Has(policy.Path) || p.Has(policy.Placement) })
}

// pluginsJudge reports whether a plugin is asked about a hook.
func (q *question) pluginsJudge(h policy.Hook) bool {
	return slices.ContainsFunc(q.guests, func(g *guestPolicy) bool { return g.policy.Plugin.Has(h) })
}

// mayPass tells, where policies surely refuse every placement of the sites that count, whether there might be another: on
// sites of which too little is known for them to count, or in zones whose ids nobody knows, about which nobody can be asked.
func (q *question) mayPass(ctx context.Context, e *epoch, sites [][]judged) (bool, error) {
	p := q.problem(sites, optimistic, demands{})
	found, err := q.search(ctx, p, assuming)
	if errors.Is(err, errAllRefused) {
		return true, nil
	}
	if err != nil || len(found.Placements) > 0 {
		return err == nil, err
	}
	unlisted := false
	for i := range p.Components {
		zones, err := q.unlistedZones(ctx, e, i)
		if err != nil {
			return false, err
		}
		unlisted = unlisted || len(zones) > 0
		p.Components[i].Candidates = append(p.Components[i].Candidates, zones...)
	}
	if !unlisted {
		return false, nil
	}
	_, ok, err := solve.Feasible(ctx, p)
	return ok, err
}

// copies lists where a placement's copies are.
func (q *question) copies(p *solve.Problem, pl *solve.Placement) []placement.Copy {
	var out []placement.Copy
	for i := range p.Components {
		for n, k := range pl.Chosen[i] {
			out = append(out, q.copy(&q.components[i], n, topology.SiteRow(p.Components[i].Candidates[k].Site)))
		}
	}
	return out
}

// judgeWholes asks every policy about paths and placements what it says of each placement.
func (q *question) judgeWholes(ctx context.Context, p *solve.Problem, list []solve.Placement) ([]opinion, error) {
	out := make([]opinion, len(list))
	if len(list) == 0 {
		return out, nil
	}
	if err := q.rulesOnPaths(ctx, p, list, out); err != nil {
		return nil, err
	}
	if err := q.rulesOnPlacements(ctx, p, list, out); err != nil {
		return nil, err
	}
	return out, q.pluginsOnWholes(ctx, p, list, out)
}

// pluginsOnWholes asks every plugin about paths and placements.
func (q *question) pluginsOnWholes(ctx context.Context, p *solve.Problem, list []solve.Placement, out []opinion) error {
	if !q.pluginsJudge(policy.Path) && !q.pluginsJudge(policy.Placement) {
		return nil
	}
	pools, err := q.edition.pools(ctx, q.generation)
	if err != nil {
		return err
	}
	for _, h := range []policy.Hook{policy.Path, policy.Placement} {
		if !q.pluginsJudge(h) {
			continue
		}
		var rows []whole
		var image []byte
		if h == policy.Path {
			rows, image, err = q.pathRows(p, list)
		} else {
			rows, image, err = q.placementRows(p, list)
		}
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			continue
		}
		call := abi.Call{Request: image, Component: abi.NoComponent, Rows: len(rows), Select: make([]uint64, (len(rows)+63)/64), Texts: true}
		for i := range rows {
			call.Select[i>>6] |= 1 << (i & 63)
		}
		for _, gp := range q.guests {
			if !gp.policy.Plugin.Has(h) {
				continue
			}
			var answer abi.Answer
			if err := q.consult(ctx, pools[gp.number], gp, h, "", &call, &answer); err != nil {
				return err
			}
			r := q.reading(gp, &call, &answer)
			for i := range rows {
				rows[i].said(q, p, list, out, []rego.Result{r.result(i, rows[i].unknown)}, nil)
			}
		}
	}
	return nil
}

// said takes what policies say of a row into what is said of the placements that it is part of. facts are the values
// of those that rules read; nil shows none.
func (w *whole) said(q *question, p *solve.Problem, list []solve.Placement, out []opinion, results []rego.Result, facts func(read []rego.Fact) []placement.Fact) {
	soften(results)
	for i := range results {
		r := &results[i]
		if !r.Speaks() {
			continue
		}
		for _, n := range w.of {
			waivers := q.waiveWhole(r.Policy.ID, p, &list[n])
			out[n].take(r, w.prefix, waivers, facts)
			if len(waivers) == 0 {
				out[n].warn(q.expiredWhole(r.Policy.ID, p, &list[n]))
				out[n].forbid(r, w.after, q.stance())
				out[n].shutOff(r, w.path)
			}
		}
	}
}

// whole is a row that policies about paths and placements are asked about.
type whole struct {
	of      []int    // the placements that it is part of
	prefix  string   // before messages about it
	after   string   // the scenario that it is about; "": the placement itself
	path    closed   // the path that it is, if placements can be searched for without it; zero: none
	unknown []string // facts about it that are unknown, with their whole names
}

// take adds what a policy says of a row that is part of the placement, which waivers may set it aside for.
func (o *opinion) take(r *rego.Result, prefix string, waivers []*placement.Waiver, facts func(read []rego.Fact) []placement.Fact) {
	id := r.Policy.ID
	if facts == nil {
		facts = func([]rego.Fact) []placement.Fact { return []placement.Fact{} }
	}
	for _, w := range waivers {
		for i := range r.Denies {
			o.waived = append(o.waived, placement.Waived{Waiver: *w, Message: prefix + hedged(&r.Denies[i])})
		}
	}
	if len(waivers) == 0 {
		for i := range r.Denies {
			f := &r.Denies[i]
			message := prefix + hedged(f)
			if !slices.ContainsFunc(o.reasons, func(x placement.Reason) bool { return x.Policy == id && x.Message == message }) {
				o.reasons = append(o.reasons, placement.Reason{Policy: id, Message: message, Possible: !f.Sure, Facts: facts(f.Facts)})
			}
		}
		switch r.Verdict {
		case rego.Deny:
			o.denies = insert(o.denies, id)
		case rego.Possible:
			if !slices.Contains(o.possible, id) {
				o.possible, o.unknown = append(o.possible, id), append(o.unknown, unknownFacts(r))
			}
		}
	}
	for i := range r.Warnings {
		f := &r.Warnings[i]
		message := prefix + hedged(f)
		if !slices.ContainsFunc(o.warnings, func(x placement.Warning) bool { return x.Policy == id && x.Message == message }) {
			o.warnings = append(o.warnings, placement.Warning{Policy: id, Message: message, Facts: facts(f.Facts)})
		}
	}
	for i := range r.Obligations {
		b := placement.Obligation{Policy: id, Text: prefix + hedged(&r.Obligations[i])}
		if !slices.Contains(o.obligations, b) {
			o.obligations = append(o.obligations, b)
		}
	}
	if r.Score != nil && prefix == "" {
		o.score, o.scored = o.score+*r.Score, true
	}
}

// warn adds warnings, each once.
func (o *opinion) warn(list []placement.Warning) {
	for _, w := range list {
		if !slices.ContainsFunc(o.warnings, func(x placement.Warning) bool { return x.Policy == w.Policy && x.Message == w.Message }) {
			o.warnings = append(o.warnings, w)
		}
	}
}

// note adds to a placement what is said of it.
func (o *opinion) note(pl *placement.Placement) {
	o.noteAfter(pl.Scenarios)
	pl.Warnings, pl.Obligations = append(pl.Warnings, o.warnings...), append(pl.Obligations, o.obligations...)
	if o.scored {
		pl.Score = &o.score
	}
}

// assumed lists what was taken for granted of a placement as a whole. It stands beside its first copy.
func (o *opinion) assumed(pl *placement.Placement) []placement.Assumption {
	var out []placement.Assumption
	for i, id := range o.possible {
		out = append(out, placement.Assumption{Policy: id, Component: pl.Copies[0].Component, Site: pl.Copies[0].Site, Unknown: o.unknown[i]})
	}
	return out
}

// insert adds a text to a sorted list that does not have it.
func insert(list []string, s string) []string {
	i, found := slices.BinarySearch(list, s)
	if found {
		return list
	}
	return slices.Insert(list, i, s)
}

// pathRows are the paths between the copies of each component, in both directions, and the request laid out with them.
func (q *question) pathRows(p *solve.Problem, list []solve.Placement) ([]whole, []byte, error) {
	at := map[passage]int{}
	var rows []whole
	var paths []topology.PathFacts
	for n := range list {
		for i := range p.Components {
			chosen := list[n].Chosen[i]
			for _, a := range chosen {
				for _, b := range chosen {
					w := passage{q.regionOf(p.Components[i].Candidates[a].Site), q.regionOf(p.Components[i].Candidates[b].Site)}
					if w.from == w.to {
						continue
					}
					k, seen := at[w]
					if !seen {
						k = len(rows)
						at[w] = k
						f := q.snap.Path(w.from, w.to)
						paths = append(paths, f)
						rows = append(rows, whole{
							path: closed{w, -1}, prefix: fmt.Sprintf("from %s to %s: ", q.snap.SiteID(w.from), q.snap.SiteID(w.to)),
							unknown: unknownOfPath(&f),
						})
					}
					if of := rows[k].of; len(of) == 0 || of[len(of)-1] != n {
						rows[k].of = append(of, n)
					}
				}
			}
		}
	}
	image, err := q.tables().PathImage(paths)
	return rows, image, err
}

// regionOf is the region of a site, or the site where it is in none.
func (q *question) regionOf(site uint32) topology.SiteRow {
	if region, ok := q.snap.Region(topology.SiteRow(site)); ok {
		return region
	}
	return topology.SiteRow(site)
}

// unknownOfPath lists the facts about a path that are unknown.
func unknownOfPath(f *topology.PathFacts) (out []string) {
	for _, x := range []struct {
		name    string
		unknown bool
	}{
		{"path.jurisdictions", !f.Complete},
		{"path.riskGroups", f.Inferred},
		{"path.private", f.Private.State == topology.Unknown},
		{"path.rttMs", f.Basis == topology.UnknownBasis},
		{"path.basis", f.Basis == topology.UnknownBasis},
	} {
		if x.unknown {
			out = append(out, x.name)
		}
	}
	return out
}

// placementRows are the placements in every scenario that leaves something, and the request laid out with them.
func (q *question) placementRows(p *solve.Problem, list []solve.Placement) ([]whole, []byte, error) {
	var rows []whole
	var out []tables.Placement
	for n := range list {
		f := q.footing(p, &list[n])
		rows = append(rows, whole{of: []int{n}})
		out = append(out, f.laidOut(nil))
		for _, l := range f.losses() {
			if !slices.Contains(l.goes, yes) {
				continue // nothing is left to judge
			}
			rows = append(rows, whole{of: []int{n}, prefix: "after " + l.id + ": ", after: l.id})
			out = append(out, f.laidOut(&l))
		}
	}
	image, err := q.tables().PlacementImage(out)
	return rows, image, err
}
