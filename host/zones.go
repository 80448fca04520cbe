package host

import (
	"context"
	"fmt"
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
	switch n, state := q.zonesLeft(r); {
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

// zonesLeft is how many availability zones a region has that are not lost.
func (q *question) zonesLeft(r topology.SiteRow) (int, topology.State) {
	n, state := q.snap.ZoneCount(r)
	for zone := range q.snap.Zones(r) {
		if q.lost[zone] {
			n--
		}
	}
	return max(n, 0), state
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
	if !slices.ContainsFunc(out.Scenarios, func(s placement.Scenario) bool {
		return s.Verdict == placement.Indeterminate && strings.HasPrefix(s.ID, "lose:zone:")
	}) {
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
		if n, state := q.zonesLeft(r); state == topology.Known {
			for zone := range q.snap.Zones(r) {
				if !q.lost[zone] {
					n--
				}
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
