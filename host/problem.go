package host

import (
	"math"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// stance is how a problem treats what is not known.
type stance uint8

const (
	strict     stance = iota // only what is sure counts
	assuming                 // sites whose verdict is open count, and services are taken to survive a zone
	optimistic               // everything that is not known is taken to be harmless
)

// demands are the requirements of a component that a problem keeps; the zero value keeps them all.
type demands struct {
	dropped  map[string]bool // fields of the component, such as "survive"
	policies map[string]bool // policies that do not count; nil: all count
	all      bool            // no policy counts at all
	entry    bool            // but those that say where users may enter do
}

func (d demands) keeps(field string) bool { return !d.dropped[field] }

// problem turns a question and its judged sites into numbers.
func (q *question) problem(sites [][]judged, s stance, d demands) *solve.Problem {
	p := &solve.Problem{Weights: q.users.Weights}
	for i := range q.components {
		p.Components = append(p.Components, q.part(i, sites[i], s, d))
	}
	for _, t := range q.req.Spec.Objective.Terms {
		p.Objectives = append(p.Objectives, objectiveOf[t.Name])
	}
	p.Weighted = q.scale.factors
	p.Calls = q.calls(s)
	return p
}

// name numbers a name.
func (q *question) name(id string) int64 {
	n, ok := q.names[id]
	if !ok {
		if q.names == nil {
			q.names = map[string]int64{}
		}
		n = int64(len(q.names))
		q.names[id] = n
	}
	return n
}

// losses are what each survival goal speaks of.
var losses = map[string]solve.Loss{
	placement.SurviveZone: solve.LoseZone, placement.SurviveRegion: solve.LoseRegion,
	placement.SurvivePartition: solve.LosePartition, placement.SurviveProvider: solve.LoseProvider,
}

// seatOf is what a copy of each role does. A witness votes and holds no data; a standby takes over; a cache serves what
// others hold.
var seatOf = map[string]solve.Seat{
	placement.RolePrimary: {Serves: true, Votes: true, Data: true},
	placement.RoleReplica: {Serves: true, Votes: true, Data: true},
	placement.RoleVoter:   {Serves: true, Votes: true, Data: true},
	placement.RoleStandby: {Stands: true, Data: true},
	placement.RoleWitness: {Votes: true},
	placement.RoleCache:   {Serves: true},
}

// moreCopies is how many copies a component may have at the least where copies.max is set aside.
const moreCopies = 5

// moreCopies is how many copies component i may have at the least where copies.max is set aside: enough to carry its load, and
// to be near each group of its users, also after a loss.
func (q *question) moreCopies(i int) int {
	c := q.components[i].Component
	n, times := moreCopies, 1
	if c.Survive != placement.SurviveNone {
		times = 2
	}
	if c.Capacity != nil {
		scaled, _, _ := placement.Scale([]float64{c.Capacity.Needed, c.Capacity.PerCopy}) // the request was checked
		n = max(n, int(min(placement.MaxCopies, (scaled[0]+scaled[1]-1)/scaled[1]))*times)
	}
	if c.Latency.MaxMs != nil && c.IsUserFacing() {
		n = max(n, len(q.users.Populations)*times)
	}
	return min(n, placement.MaxCopies)
}

// part is one component in numbers.
func (q *question) part(i int, sites []judged, s stance, d demands) solve.Component {
	c := &q.components[i]
	out := solve.Component{
		Name: c.Name, Min: c.Copies.Min, Max: c.Copies.Max,
		Majority: c.Quorum == placement.QuorumMajority && d.keeps("quorum"), UserFacing: c.IsUserFacing() && len(q.users.Populations) > 0,
	}
	for _, role := range c.Roles {
		out.Seats = append(out.Seats, seatOf[role])
	}
	if !d.keeps("copies.min") {
		out.Min = 1
	}
	if !d.keeps("copies.max") {
		out.Max = max(out.Max, q.moreCopies(i))
	}
	if d.keeps("survive") {
		out.Survive = losses[c.Survive]
	}
	if c.Latency.MaxMs != nil && d.keeps("latency.maxMs") {
		out.MaxMicros = int64(math.Round(*c.Latency.MaxMs * 1000))
	}
	if d.keeps("spread.perRegion") {
		out.Spread.PerRegion = c.Spread.PerRegion
	}
	if d.keeps("spread.perCountry") {
		out.Spread.PerCountry = c.Spread.PerCountry
	}
	if d.keeps("spread.perRiskGroup") {
		out.Spread.PerRiskGroup = c.Spread.PerRiskGroup
	}
	if d.keeps("spread.maxSkew") {
		out.Spread.MaxSkew = c.Spread.MaxSkew
	}
	if km := c.Spread.SeparationKm; km > 0 && d.keeps("spread.separationKm") {
		out.Spread.Far = func(a, b uint32) bool {
			far, known := q.snap.DistanceKm(topology.SiteRow(a), topology.SiteRow(b))
			return known && far >= km || !known && s == optimistic
		}
	}
	if c.Capacity != nil && d.keeps("capacity") {
		scaled, _, _ := placement.Scale([]float64{c.Capacity.Needed, c.Capacity.PerCopy}) // the request was checked
		out.Capacity = solve.Capacity{Needed: scaled[0], PerCopy: scaled[1]}
	}
	for k := range sites {
		j := &sites[k]
		if !j.counts(s, d) {
			continue
		}
		if times, ok := q.times(c, j, s, d); ok {
			out.Candidates = append(out.Candidates, q.candidate(i, j, s, times))
		}
	}
	return out
}

// times are the round-trip times from each group of users to a site; ok is false where nothing lets a group
// in. Policies that do not count, and unknown facts that are taken to be harmless, let users enter at more
// edge locations than they did when the site was judged.
func (q *question) times(c *component, j *judged, s stance, d demands) (times []int64, ok bool) {
	byGates := slices.ContainsFunc(j.unmet, func(u unmet) bool { return u.byGates })
	strictly := s != optimistic && (d.entry || !d.all && len(d.policies) == 0) && !d.dropped[c.way.field]
	if c.way.field == "" || strictly {
		return j.rtt, !byGates
	}
	if d.entry {
		d = demands{dropped: d.dropped}
	}
	t := q.leastTimes(c, j.row, s, d)
	return t.rtt, t.ok
}

// counts reports whether a site may be chosen.
func (j *judged) counts(s stance, d demands) bool {
	for _, u := range j.unmet {
		if !u.byGates && d.keeps(u.field) && (!u.possible || s == strict) {
			return false
		}
	}
	if !j.scoped || d.all {
		return j.scoped
	}
	possible := map[string]bool{}
	if s != strict {
		for i := range j.possible {
			possible[j.possible[i].Policy.ID] = true
		}
	}
	for _, id := range j.blocking {
		if !d.policies[id] && !possible[id] {
			return false
		}
	}
	return true
}

func (q *question) candidate(component int, j *judged, s stance, times []int64) solve.Candidate {
	c := &q.components[component]
	out := solve.Candidate{
		Site: uint32(j.row), Zone: int64(j.row), Region: -1 - int64(j.row), Country: -1, Carbon: solve.Unknown, Cost: solve.Unknown,
		Partition: q.name(q.snap.Partition(j.row)), Provider: q.name(q.snap.Provider(j.row)),
	}
	for id := range q.snap.RiskGroupsAt(j.row) {
		out.Groups = append(out.Groups, int32(q.name(id)))
	}
	out.Fate = out.Region
	if region, ok := q.snap.Region(j.row); ok {
		out.Region = int64(region)
		goes := no // a component that does not ask to go on without its region is lost with it
		if c.DisconnectedHours > 0 {
			goes = q.goesOn(c, j.row)
		}
		if goes == no || goes == maybe && s == strict {
			out.Fate = out.Region
		}
	}
	if c.current != nil && !c.current[j.row] {
		out.Moves = 1
	}
	if country, state := q.snap.Country(j.row); state == topology.Known {
		out.Country = int64(country)
	} else if s == optimistic {
		out.Country = int64(math.MaxInt32) + int64(j.row) // a country of its own
	}
	for _, us := range times {
		switch {
		case us >= 0:
		case s == optimistic:
			us = 0
		default:
			us = solve.Unknown
		}
		out.RTT = append(out.RTT, us)
	}
	grams, state := q.snap.GridGramsPerKWh(j.row)
	if q.req.Spec.CarbonBasis() == placement.BasisMarket {
		grams, state = q.snap.MarketGramsPerKWh(j.row)
	}
	if state == topology.Known {
		out.Carbon = int64(math.Round(grams * 1000))
	}
	if index, state := q.snap.PriceIndex(j.row); state == topology.Known {
		out.Cost = int64(math.Round(index*costScale)) * q.scale.copies[component]
	}
	survives := q.survivesZone(c, j.row)
	out.SurvivesZone = survives == yes || survives == maybe && s != strict
	return out
}
