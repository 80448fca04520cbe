package topology

import (
	"sort"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// RTT returns the round-trip time from one site to another in whole microseconds, and how it is known.
// A link between the two sites counts first. An availability zone has its region's times; a Local Zone, a
// Wavelength Zone or an Outpost reaches everything by way of its region; a site of no region, such as an
// edge location, enters the backbone where it stands. Between two sites of one region the region's time to
// itself counts as modelled: it was not measured between these two. With UnknownBasis the time means nothing.
func (s *Snapshot) RTT(from, to SiteRow) (micros int32, basis Basis) {
	if i, ok := s.link(from, to); ok {
		return s.t.linkRTT.At(i), Measured
	}
	a, okA := s.regionIndex(from)
	b, okB := s.regionIndex(to)
	switch {
	case okA && okB:
		micros, basis = s.betweenRegions(a, b)
		if a == b && from != to {
			basis = min(basis, Modelled) // nobody measured between these two
		}
		return s.withLegs(micros, basis, from, to)
	case okB:
		return s.withLegs(s.enter(from, b), Modelled, to)
	case okA:
		return s.withLegs(s.enter(to, a), Modelled, from)
	}
	km, ok := s.DistanceKm(from, to)
	if !ok {
		return 0, UnknownBasis
	}
	return ModelMicros(km), Modelled
}

// betweenRegions is the time between two rows of the table of regions.
func (s *Snapshot) betweenRegions(a, b int) (int32, Basis) {
	us := s.t.rtt.Row(a)[b]
	if s.t.measured.At(a).Get(b) {
		return us, Measured
	}
	return us, Modelled
}

// enter is the modelled time over the backbone from a site of no region to a row of the table of regions;
// negative where it is unknown.
func (s *Snapshot) enter(from SiteRow, region int) int32 {
	g := s.gate(from)
	return s.network().backbone.model(g.point, none, g.near, region).micros
}

// withLegs adds to a time between regions what lies between sites and their regions.
func (s *Snapshot) withLegs(micros int32, basis Basis, sites ...SiteRow) (int32, Basis) {
	if micros < 0 {
		return 0, UnknownBasis
	}
	for _, r := range sites {
		leg, known := s.leg(r)
		if known == UnknownBasis {
			return 0, UnknownBasis
		}
		micros, basis = micros+leg, min(basis, known)
	}
	return micros, basis
}

// link finds the link between exactly these two sites.
func (s *Snapshot) link(from, to SiteRow) (int, bool) {
	i := pairAt(s.t.linkFrom, s.t.linkTo, s.t.links, uint32(from), uint32(to))
	return i, i >= 0
}

// pairAt finds a pair of rows in two columns sorted by pair, or returns -1.
func pairAt(from, to image.RefColumn, n int, f, t uint32) int {
	i := sort.Search(n, func(i int) bool {
		x := from.At(i)
		return x > f || x == f && to.At(i) >= t
	})
	if i < n && from.At(i) == f && to.At(i) == t {
		return i
	}
	return -1
}

// regionIndex returns the row of the regions table that a site's region has.
func (s *Snapshot) regionIndex(r SiteRow) (int, bool) {
	region, ok := s.Region(r)
	if !ok {
		return 0, false
	}
	n := s.t.regions
	i := sort.Search(n, func(i int) bool { return s.t.regionSite.At(i) >= uint32(region) })
	return i, i < n && s.t.regionSite.At(i) == uint32(region)
}

// Populations returns how many populations there are; rows run from 0.
func (s *Snapshot) Populations() int { return s.t.populations }

// Population returns the row of the population called id.
func (s *Snapshot) Population(id string) (PopulationRow, bool) {
	i, ok := find(s.t.populationID, s.t.populations, id)
	return PopulationRow(i), ok
}

// PopulationID returns a population's id.
func (s *Snapshot) PopulationID(p PopulationRow) string { return s.t.populationID.At(int(p)) }

// DistanceKm returns the great-circle distance between two sites in kilometres.
func (s *Snapshot) DistanceKm(a, b SiteRow) (float64, bool) {
	lat1, lon1, ok1 := s.Point(a)
	lat2, lon2, ok2 := s.Point(b)
	if !ok1 || !ok2 {
		return 0, false
	}
	return DistanceKm(lat1, lon1, lat2, lon2), true
}
