package host_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// asker makes valid requests about whatever a snapshot knows.
type asker struct {
	rng         *rand.Rand
	sites       map[topology.Kind][]string
	regions     map[string][]string // by partition
	inside      map[string][]string // sites below a region
	partitions  []string
	services    []string
	populations []string
	places      []string // countries and blocs
	carriers    []string
}

func newAsker(snap *topology.Snapshot) *asker {
	a := &asker{sites: map[topology.Kind][]string{}, regions: map[string][]string{}, inside: map[string][]string{}}
	for r, id := range snap.SiteIDs() {
		kind := snap.Kind(r)
		a.sites[kind] = append(a.sites[kind], id)
		if region, ok := snap.Region(r); ok && region != r {
			name := snap.SiteID(region)
			a.inside[name] = append(a.inside[name], id)
		}
		if kind == topology.Region {
			p := snap.Partition(r)
			a.regions[p] = append(a.regions[p], id)
		}
	}
	a.partitions = slices.Collect(snap.Partitions())
	for k := range snap.Services() {
		a.services = append(a.services, snap.ServiceID(topology.ServiceRow(k)))
	}
	for p := range snap.Populations() {
		a.populations = append(a.populations, snap.PopulationID(topology.PopulationRow(p)))
	}
	a.places = slices.Collect(snap.JurisdictionIDs())
	a.carriers = slices.Sorted(snap.Carriers())
	return a
}

// commonServices and commonPlaces are what many requests name, so that not nearly all
// of them come to nothing.
var (
	commonServices = []string{"ec2", "s3", "dynamodb", "alb", "rds", "lambda", "ebs", "batch", "sqs", "eks"}
	commonPlaces   = []string{"EU", "EEA", "DE", "FR", "IE", "US", "GB", "JP", "CN", "IN", "BR", "CA", "CH"}
	commonUsers    = []string{"DE", "FR", "US", "GB", "JP", "IN", "BR", "CN", "munich-de", "los-angeles-us", "chicago-us"}
	daysOfDecision = []string{"", "", "", "2026-11-23", "2020-01-01", "2027-06-30T12:00:00Z", "2025-09-01"}
	dataClasses    = []string{"personal", "personal", "public", "controlled", "health"}
	transferTools  = []string{"SCC", "BCR", "consent"}
)

// chance is true once in n times.
func (a *asker) chance(n int) bool { return a.rng.IntN(n) == 0 }

func (a *asker) one(list []string) string { return list[a.rng.IntN(len(list))] }

// either takes from the first list mostly, and else from the other.
func (a *asker) either(common, all []string) string {
	if a.chance(8) {
		return a.one(all)
	}
	return a.one(common)
}

// some picks from least to most different names.
func (a *asker) some(least, most int, pick func() string) []string {
	var out []string
	for range least + a.rng.IntN(most-least+1) {
		if name := pick(); !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func (a *asker) place() string { return a.either(commonPlaces, a.places) }

// number is a figure with few decimals.
func (a *asker) number(least, most int) *float64 {
	v := float64(least) + float64(a.rng.IntN(2*(most-least)))/2
	return &v
}

// request makes the request of a number. Two in three ask about a few regions, which the
// engine that goes site by site answers quickly too.
func (a *asker) request(t testing.TB, n int) *placement.Request {
	t.Helper()
	a.rng = rand.New(rand.NewPCG(requestSeed, uint64(n)))
	r := placement.Request{Metadata: placement.Metadata{Name: fmt.Sprintf("request-%04d", n)}}
	s := &r.Spec
	s.At = a.one(daysOfDecision)
	partition := a.partitions[a.rng.IntN(len(a.partitions))]
	if !a.chance(3) {
		partition = "aws"
	}
	if !a.chance(4) {
		s.Partitions = []string{partition}
		if a.chance(4) {
			s.Partitions = a.some(1, 3, func() string { return a.one(a.partitions) })
		}
	}
	few := n%3 != 2
	a.scope(s, few, partition)
	a.users(s)
	for _, name := range []string{"accounts", "orders"}[:a.rng.IntN(3)] {
		s.Data = append(s.Data, a.data(name))
	}
	components := 1
	if a.chance(4) {
		components = 2
	}
	for _, name := range []string{"api", "store"}[:components] {
		s.Components = append(s.Components, a.component(s, name, few))
	}
	a.wishes(s)
	a.waivers(s)
	req, err := placement.New(r)
	if err == nil {
		err = req.Unsupported()
	}
	if err != nil {
		t.Fatalf("the generator's request %d is not valid: %v", n, err)
	}
	return req
}

// scope says which sites count.
func (a *asker) scope(s *placement.Spec, few bool, partition string) {
	region := func() string {
		if a.chance(6) {
			return a.one(a.sites[topology.Region])
		}
		return a.one(a.regions[partition])
	}
	if few || a.chance(6) {
		s.Sites.Include = a.some(3, 8, region)
	}
	if a.chance(3) {
		s.Sites.Exclude = a.some(1, 3, func() string {
			name := region()
			if below := a.inside[name]; len(below) > 0 && a.chance(2) {
				return a.one(below)
			}
			return name
		})
		s.Sites.Exclude = slices.DeleteFunc(s.Sites.Exclude, func(x string) bool { return slices.Contains(s.Sites.Include, x) })
	}
}

func (a *asker) users(s *placement.Spec) {
	if a.chance(5) {
		return
	}
	for _, p := range a.some(1, 4, func() string { return a.either(commonUsers, a.populations) }) {
		u := placement.User{Population: p, Weight: float64(1 + a.rng.IntN(100))}
		if len(a.carriers) > 0 && a.chance(8) {
			u.Access = &placement.Access{Mobile: a.one(a.carriers)}
		}
		s.Users = append(s.Users, u)
	}
}

// data is a data set: where its people are, and where it may be.
func (a *asker) data(name string) placement.DataSet {
	d := placement.DataSet{Name: name, Class: a.one(dataClasses)}
	if !a.chance(3) {
		d.Subjects = a.some(1, 2, a.place)
	}
	if a.chance(3) {
		d.Residency = a.some(2, 6, a.place)
	}
	if a.chance(3) {
		d.Processing = a.some(2, 6, a.place)
	}
	for range a.rng.IntN(3) {
		tool := placement.Transfer{Tool: a.one(transferTools), To: a.place()}
		if a.chance(2) {
			tool.Until = a.one([]string{"2026-01-01", "2026-11-23", "2027-01-01", "2030-01-01"})
		}
		d.Transfer = append(d.Transfer, tool)
	}
	return d
}

// component is something to place, on regions mostly.
func (a *asker) component(s *placement.Spec, name string, few bool) placement.Component {
	c := placement.Component{Name: name, Tier: placement.TierRegion, Units: 1}
	if !few || a.chance(8) {
		c.Tier = a.one([]string{
			placement.TierRegion, placement.TierRegion, placement.TierRegion, placement.TierRegion, placement.TierAvailabilityZone,
			placement.TierLocalZone, placement.TierWavelengthZone, placement.TierOutpost, placement.TierEdgeLocation, placement.TierLowest,
		})
	}
	if !a.chance(5) {
		c.Services = a.some(1, 3, func() string { return a.either(commonServices, a.services) })
	}
	for i := range s.Data {
		if !a.chance(3) {
			c.Data = append(c.Data, s.Data[i].Name)
		}
	}
	c.Copies.Min = 1 + a.rng.IntN(2)
	c.Copies.Max = c.Copies.Min + a.rng.IntN(2)
	if c.Copies.Max > 1 {
		c.Survive = a.one([]string{placement.SurviveNone, placement.SurviveNone, placement.SurviveZone, placement.SurviveRegion})
		if a.chance(4) {
			c.Roles = []string{placement.RolePrimary, a.one([]string{"standby", "voter", "witness", "cache"})}
		}
	} else if a.chance(3) {
		c.Survive = placement.SurviveZone
	}
	if a.chance(12) {
		c.Quorum = placement.QuorumMajority
	}
	if a.chance(4) {
		c.Spread = placement.Spread{SeparationKm: float64(100 * a.rng.IntN(8)), PerRegion: a.rng.IntN(3), PerCountry: a.rng.IntN(3)}
	}
	if a.chance(8) {
		c.Capacity = &placement.Capacity{Needed: 100, PerCopy: float64(50 + 10*a.rng.IntN(10))}
	}
	if a.chance(6) {
		c.UserFacing = new(a.chance(2))
	}
	if a.chance(5) {
		c.EnergyKWh = float64(a.rng.IntN(5000))
	}
	if c.Tier == placement.TierOutpost && a.chance(2) {
		c.DisconnectedHours = float64(1 + a.rng.IntN(24))
	}
	if a.chance(3) {
		c.Latency.MaxMs = a.number(10, 300)
	}
	facing := len(s.Users) > 0 && (c.UserFacing == nil || *c.UserFacing)
	if facing && c.Tier != placement.TierEdgeLocation {
		c.Latency.Accelerated = a.chance(8)
		if a.chance(8) {
			c.Latency.CacheHitRatio = float64(a.rng.IntN(10)) / 10
		}
	}
	return c
}

// wishes are what is asked of the whole: ceilings, what is best, and where it runs today.
func (a *asker) wishes(s *placement.Spec) {
	if a.chance(2) {
		s.Carbon = &placement.Carbon{Basis: a.one([]string{placement.BasisLocation, placement.BasisMarket})}
		if !a.chance(4) {
			s.Carbon.MaxGramsPerKWh = a.number(50, 800)
		}
	}
	if a.chance(4) {
		s.Cost = &placement.Cost{MaxIndex: a.number(1, 2)}
	}
	if a.chance(3) {
		s.Unknown = placement.UnknownAssume
	}
	if a.chance(5) {
		s.Current = map[string][]string{}
		for i := range s.Components {
			s.Current[s.Components[i].Name] = a.some(1, 2, func() string { return a.one(a.sites[topology.Region]) })
		}
	}
	names := []string{placement.ObjectiveCarbon, placement.ObjectiveCost, placement.ObjectiveCopies}
	if len(s.Current) > 0 {
		names = append(names, placement.ObjectiveMoves)
	}
	if slices.ContainsFunc(s.Components, func(c placement.Component) bool {
		return len(s.Users) > 0 && (c.UserFacing == nil || *c.UserFacing)
	}) {
		names = append(names, placement.ObjectiveLatency, placement.ObjectiveLatency, placement.ObjectiveLatencyWorst, placement.ObjectiveLatencyAfterLoss)
	}
	if a.chance(4) {
		return
	}
	s.Objective.Weighted = a.chance(5)
	for _, name := range a.some(1, 2, func() string { return a.one(names) }) {
		term := placement.ObjectiveTerm{Name: name}
		if s.Objective.Weighted {
			term.Weight = float64(1+a.rng.IntN(9)) / 10
		}
		s.Objective.Terms = append(s.Objective.Terms, term)
	}
}

func (a *asker) waivers(s *placement.Spec) {
	for range a.rng.IntN(3) {
		if a.chance(2) {
			continue
		}
		site := a.one(a.sites[topology.Region])
		if len(s.Sites.Include) > 0 {
			site = a.one(s.Sites.Include)
		}
		s.Waivers = append(s.Waivers, placement.Waiver{
			Policy:    a.one([]string{"SOV-01", "SOV-02", "SOV-04", "SEL-01", "SEL-02", "SEL-06", "SEL-09", "RED-01"}),
			Component: a.one([]string{s.Components[0].Name, s.Components[len(s.Components)-1].Name}),
			Site:      site, Until: a.one([]string{"2026-01-01", "2027-01-01"}), Reason: "agreed", By: "the board",
		})
	}
}
