package regotest

import (
	"slices"
	"strings"
	"sync"

	"pgregory.net/rapid"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// Request writes a request over the embedded catalogue, in its names of services, populations, countries
// and sites. It asks for nothing that this version does not support, nor for what only some policies read
// (logs, keys and encryption of data), so that a host decides it.
func Request(t *rapid.T) *placement.Request { return requests.Draw(t, "request") }

var requests = rapid.Custom(func(t *rapid.T) *placement.Request {
	n, err := catalogueNames()
	if err != nil {
		t.Fatal(err)
	}
	w := &writer{t: t}
	r, err := placement.New(w.request(n))
	if err != nil {
		t.Fatalf("a request was written that is none: %v", err)
	}
	return r
})

// names are what requests may speak of.
type names struct {
	services, populations, areas, sites, partitions []string
}

var catalogueNames = sync.OnceValues(func() (names, error) {
	s, err := Catalogue()
	if err != nil {
		return names{}, err
	}
	var n names
	for i := range s.Services() {
		n.services = append(n.services, s.ServiceID(topology.ServiceRow(i)))
	}
	for i := range s.Populations() {
		n.populations = append(n.populations, s.PopulationID(topology.PopulationRow(i)))
	}
	n.areas = slices.Collect(s.JurisdictionIDs())
	n.partitions = slices.Collect(s.Partitions())
	for _, id := range s.SiteIDs() {
		n.sites = append(n.sites, id)
	}
	return n, nil
})

// few returns at most n names of those that rules are written about or of all there are.
func (w *writer) few(n int, domain string, all []string) []string {
	var out []string
	for range w.roll(n + 1) {
		name := strings.Trim(pick(w, domains[domain]), `"`)
		if !slices.Contains(all, name) || w.chance(30) {
			name = pick(w, all)
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func (w *writer) request(n names) placement.Request {
	var r placement.Request
	r.Metadata.Name = "written"
	s := &r.Spec
	s.At = w.pick("", "", "", "2026-11-01T00:00:00Z", "2024-06-01T12:00:00Z", "2027-03-01T00:00:00Z")
	if w.chance(60) {
		s.Partitions = w.few(2, "partition", n.partitions)
	}
	if w.chance(15) {
		s.Sites.Exclude = w.few(2, "site", n.sites)
	}
	users := w.few(4, "population", n.populations)
	if len(users) == 0 && w.chance(70) {
		users = []string{"DE"}
	}
	for _, p := range users {
		s.Users = append(s.Users, placement.User{Population: p, Weight: float64(1 + w.roll(100))})
	}
	for i := range (w.roll(5) + 1) / 2 {
		s.Data = append(s.Data, w.dataSet(n, []string{"customers", "orders"}[i]))
	}
	for i := range 1 + w.roll(2) {
		s.Components = append(s.Components, w.component(n, s, []string{"api", "db"}[i]))
	}
	if w.chance(40) {
		grams := float64(50 * (1 + w.roll(14)))
		s.Carbon = &placement.Carbon{MaxGramsPerKWh: &grams, Basis: w.pick(placement.BasisLocation, placement.BasisMarket)}
	}
	if w.chance(20) {
		s.Unknown = placement.UnknownAssume
	}
	return r
}

func (w *writer) dataSet(n names, name string) placement.DataSet {
	d := placement.DataSet{
		Name: name, Class: w.pick("personal", "health", "payment"),
		Subjects: w.few(2, "area", n.areas), Residency: w.few(2, "area", n.areas), Processing: w.few(3, "area", n.areas),
	}
	if w.chance(65) {
		d.Transfer = []placement.Transfer{{
			Tool: w.pick("SCC", "BCR"), To: pick(w, append(w.few(1, "area", n.areas), "US")), Until: w.pick("", "2027-01-01", "2026-01-01"),
		}}
	}
	return d
}

func (w *writer) component(n names, s *placement.Spec, name string) placement.Component {
	c := placement.Component{
		Name: name, Services: w.few(3, "service", n.services), Units: 1,
		Tier: w.pick(placement.TierRegion, placement.TierRegion, placement.TierAvailabilityZone, placement.TierLocalZone, placement.TierLowest),
	}
	for _, d := range s.Data {
		if w.chance(85) {
			c.Data = append(c.Data, d.Name)
		}
	}
	c.Copies.Min = 1 + w.roll(2)
	c.Copies.Max = c.Copies.Min + w.roll(2)
	if w.chance(30) {
		c.Survive = placement.SurviveZone
	}
	if w.chance(30) {
		c.Spread = placement.Spread{SeparationKm: float64(100 * w.roll(5)), PerRegion: w.roll(2)}
	}
	if w.chance(40) {
		ms := float64(20 * (1 + w.roll(12)))
		c.Latency.MaxMs = &ms
	}
	if len(s.Users) > 0 && w.chance(80) {
		facing := w.chance(80)
		c.UserFacing = &facing
	}
	return c
}
