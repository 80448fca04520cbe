package host

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// unnamedZone is a row that no site has: a zone whose id is not known.
const unnamedZone = topology.SiteRow(math.MaxUint32)

// answer is yes, no, or that a fact is missing.
type answer uint8

const (
	no answer = iota
	maybe
	yes
)

// survivesZone tells whether a copy at a site lives through the loss of any one availability zone.
//
// A copy in a zone is lost with it. A copy in a region lives if the region has two zones or more and
// every service the component uses does: a zonal service is run in every zone of the region, which
// choosing the region implies, unless it is known to keep its data in one; a regional one must keep
// synchronous copies in several zones; global and edge services do not stand in a zone.
func (q *question) survivesZone(c *component, r topology.SiteRow) answer {
	if q.snap.Kind(r) != topology.Region {
		return no
	}
	result := no
	switch n, state := q.snap.ZoneCount(r); {
	case state != topology.Known:
		result = maybe
	case n >= 2:
		result = yes
	}
	for _, s := range c.services {
		result = min(result, spread(q.snap.ServiceZones(s)))
	}
	return result
}

// spread tells whether a service in a region of several zones lives through the loss of one.
func spread(z topology.ServiceSpread) answer {
	if z.ScopeState != topology.Known {
		return maybe
	}
	if z.Scope != "regional" && (z.Scope != "zonal" || z.ZonesState != topology.Known) {
		return yes
	}
	switch {
	case z.ZonesState != topology.Known:
		return maybe
	case z.Copies >= 2 && z.Synchronous:
		return yes
	}
	return no
}

// zoneDoubts lists what would have to be known for copies of a component in a region to be known to
// survive the loss of a zone.
func (q *question) zoneDoubts(c *component, r topology.SiteRow) []string {
	var doubts []string
	if _, state := q.snap.ZoneCount(r); state != topology.Known {
		doubts = append(doubts, "site.zoneCount")
	}
	for _, s := range c.services {
		if z := q.snap.ServiceZones(s); spread(z) == maybe {
			field := "zones"
			if z.ScopeState != topology.Known {
				field = "scope"
			}
			doubts = append(doubts, "topology.services."+q.snap.ServiceID(s)+"."+field)
		}
	}
	return doubts
}

// zoneWarnings says what would have to be known where the loss of a zone leaves it open whether service
// goes on.
func (q *question) zoneWarnings(out *placement.Placement, p *solve.Problem, pl *solve.Placement) {
	if !slices.ContainsFunc(out.Scenarios, func(s placement.Scenario) bool { return s.Verdict == placement.Indeterminate }) {
		return
	}
	for i := range p.Components {
		for _, k := range pl.Chosen[i] {
			site, c := topology.SiteRow(p.Components[i].Candidates[k].Site), &q.components[i]
			if q.survivesZone(c, site) != maybe {
				continue
			}
			out.Warnings = append(out.Warnings, placement.Warning{
				Policy: requestPolicy, Facts: []placement.Fact{},
				Message: fmt.Sprintf("it is not known whether %s in %s survives the loss of a zone: %s unknown", c.Name, q.snap.SiteID(site), strings.Join(q.zoneDoubts(c, site), ", ")),
			})
		}
	}
}

// unlistedZones stand for the availability zones that regions in scope have, or may have, and whose ids
// are not known: a component that asks for zones might be placed there. A zone shares its region's ground,
// so a region that is surely denied offers none.
func (q *question) unlistedZones(ctx context.Context, e *epoch, i int) ([]solve.Candidate, error) {
	c := &q.components[i]
	if c.kinds[0] != topology.AvailabilityZone {
		return nil, nil
	}
	ask, err := q.caseFor(ctx, e, c, topology.AvailabilityZone)
	if err != nil {
		return nil, err
	}
	var out []solve.Candidate
	for r := range q.snap.Regions() {
		unlisted := max(c.Copies.Max, moreCopies)
		if n, state := q.snap.ZoneCount(r); state == topology.Known {
			for range q.snap.Zones(r) {
				n--
			}
			unlisted = min(n, unlisted)
		}
		if unlisted <= 0 || q.outOfScope(r) != "" {
			continue
		}
		j, _, err := q.judgeSite(ctx, e, c, ask, r)
		if err != nil {
			return nil, err
		}
		if j.counts(optimistic, demands{}) {
			times, ok := q.times(c, &j, optimistic, demands{})
			if !ok {
				continue
			}
			zone := q.candidate(i, &j, optimistic, times)
			zone.SurvivesZone = false
			for range unlisted {
				zone.Zone = -2 - int64(len(out)) // each its own
				out = append(out, zone)
			}
		}
	}
	return out, nil
}

// scenarios says what remains of a placement when each region it uses is lost, each zone of those that hold
// copies on their own ground, and each small site and the link of each Outpost.
func (q *question) scenarios(p *solve.Problem, pl *solve.Placement) []placement.Scenario {
	used, zoned, small := map[topology.SiteRow]bool{}, map[topology.SiteRow]bool{}, map[topology.SiteRow]bool{}
	for i := range p.Components {
		for _, k := range pl.Chosen[i] {
			site := topology.SiteRow(p.Components[i].Candidates[k].Site)
			region, ok := q.snap.Region(site)
			if ok {
				used[region] = true
			}
			if kind := q.snap.Kind(site); kind == topology.Region || kind == topology.AvailabilityZone {
				zoned[region] = true
			} else {
				small[site] = true
			}
		}
	}
	var out []placement.Scenario
	for region := range q.snap.Regions() {
		if used[region] {
			out = append(out, q.scenario(p, pl, "lose:region:"+q.snap.SiteID(region), func(_ int, c *solve.Candidate) answer {
				if c.Fate == int64(region) {
					return no
				}
				return yes
			}))
		}
	}
	out = append(out, q.operatorScenarios(p, pl)...)
	for region := range q.snap.Regions() {
		if zoned[region] {
			out = append(out, q.zoneScenarios(p, pl, region)...)
		}
	}
	for _, site := range slices.Sorted(maps.Keys(small)) {
		what := "site"
		switch q.snap.Kind(site) {
		case topology.LocalZone, topology.WavelengthZone:
			what = "zone"
		case topology.Outpost:
			out = append(out, q.scenario(p, pl, "lose:link:"+q.snap.SiteID(site), func(i int, c *solve.Candidate) answer {
				if topology.SiteRow(c.Site) == site {
					return q.goesOn(&q.components[i], site)
				}
				return yes
			}))
		}
		out = append(out, q.scenario(p, pl, "lose:"+what+":"+q.snap.SiteID(site), func(_ int, c *solve.Candidate) answer {
			if topology.SiteRow(c.Site) == site {
				return no
			}
			return yes
		}))
	}
	return out
}

// operatorScenarios says what remains when each partition that copies are in is lost, and each operator, where a component
// is to survive that.
func (q *question) operatorScenarios(p *solve.Problem, pl *solve.Placement) (out []placement.Scenario) {
	for _, kind := range []struct {
		name string
		of   func(topology.SiteRow) string
	}{{placement.SurvivePartition, q.snap.Partition}, {placement.SurviveProvider, q.snap.Provider}} {
		var lost []string
		for i := range p.Components {
			for _, k := range pl.Chosen[i] {
				id := kind.of(topology.SiteRow(p.Components[i].Candidates[k].Site))
				asked := slices.ContainsFunc(q.components, func(c component) bool { return losses[c.Survive] >= losses[kind.name] })
				if asked && id != "" {
					lost = insert(lost, id)
				}
			}
		}
		for _, id := range lost {
			out = append(out, q.scenario(p, pl, "lose:"+kind.name+":"+id, func(_ int, c *solve.Candidate) answer {
				switch kind.of(topology.SiteRow(c.Site)) {
				case id:
					return no
				case "":
					return maybe
				}
				return yes
			}))
		}
	}
	return out
}

// zoneScenarios says what remains when each availability zone of a region is lost.
func (q *question) zoneScenarios(p *solve.Problem, pl *solve.Placement, region topology.SiteRow) []placement.Scenario {
	lives := func(zone topology.SiteRow) func(int, *solve.Candidate) answer {
		return func(i int, c *solve.Candidate) answer {
			switch topology.SiteRow(c.Site) {
			case zone:
				return no
			case region:
				return q.survivesZone(&q.components[i], region)
			}
			return yes
		}
	}
	var out []placement.Scenario
	for zone := range q.snap.Zones(region) {
		out = append(out, q.scenario(p, pl, "lose:zone:"+q.snap.SiteID(zone), lives(zone)))
	}
	if len(out) == 0 { // its zones have no known ids, but it may lose one all the same
		out = append(out, q.scenario(p, pl, "lose:zone:any-of:"+q.snap.SiteID(region), lives(unnamedZone)))
	}
	return out
}

// scenario works out what remains when the copies that do not live are gone. Where it is not known
// whether some live, the verdict is what is sure: indeterminate if service goes on only with them.
func (q *question) scenario(p *solve.Problem, pl *solve.Placement, id string, lives func(component int, c *solve.Candidate) answer) placement.Scenario {
	o := p.After(pl, func(i int, c *solve.Candidate) bool { return lives(i, c) != yes })
	s := placement.Scenario{ID: id, Survivors: []string{}, Objective: map[string]float64{}}
	switch {
	case o.Holds:
		s.Verdict = placement.Permit
	case p.After(pl, func(i int, c *solve.Candidate) bool { return lives(i, c) == no }).Holds:
		s.Verdict = placement.Indeterminate
	default:
		s.Verdict = placement.Infeasible
	}
	seen := map[uint32]bool{}
	for i, left := range o.Left {
		for _, k := range left {
			site := p.Components[i].Candidates[k].Site
			if !seen[site] {
				seen[site] = true
				s.Survivors = append(s.Survivors, q.snap.SiteID(topology.SiteRow(site)))
			}
		}
	}
	if o.Values != nil {
		s.Objective, _ = q.objectives(o.Values)
	}
	return s
}
