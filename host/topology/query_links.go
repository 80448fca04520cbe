package topology

import (
	"sort"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// RTT returns the round-trip time from one site to another in whole microseconds, and how it is known.
// A link between the two sites counts first; then, a zone uses its region's; a site without a region
// uses the distance model. With UnknownBasis the time means nothing.
func (s *Snapshot) RTT(from, to SiteRow) (micros int32, basis Basis) {
	if i, ok := s.link(from, to); ok {
		return s.t.linkRTT.At(i), Measured
	}
	a, okA := s.regionIndex(from)
	b, okB := s.regionIndex(to)
	if okA && okB {
		us := s.t.rtt.Row(a)[b]
		switch {
		case us < 0:
			return 0, UnknownBasis
		case s.t.measured.At(a).Get(b):
			return us, Measured
		}
		return us, Modelled
	}
	lat1, lon1, ok1 := s.Point(from)
	lat2, lon2, ok2 := s.Point(to)
	if !ok1 || !ok2 {
		return 0, UnknownBasis
	}
	return ModelMicros(DistanceKm(lat1, lon1, lat2, lon2)), Modelled
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

// Access returns the round-trip time that a population's users see at a site over a fixed line, in
// whole microseconds: measured where the topology says so; through the site of the same id where there
// is one; else modelled from distance.
func (s *Snapshot) Access(p PopulationRow, site SiteRow) (micros int32, basis Basis) {
	if i := pairAt(s.t.accessFrom, s.t.accessTo, s.t.access, uint32(p), uint32(site)); i >= 0 {
		return s.t.accessRTT.At(i), Measured
	}
	i := int(p)
	if s.t.populationSite.State(i) == Known {
		return s.RTT(SiteRow(s.t.populationSite.At(i)), site)
	}
	if s.t.populationLat.State(i) != Known || s.t.populationLon.State(i) != Known {
		return 0, UnknownBasis
	}
	lat, lon, ok := s.Point(site)
	if !ok {
		return 0, UnknownBasis
	}
	return ModelMicros(DistanceKm(s.t.populationLat.At(i), s.t.populationLon.At(i), lat, lon)), Modelled
}

// DistanceKm returns the great-circle distance between two sites in kilometres.
func (s *Snapshot) DistanceKm(a, b SiteRow) (float64, bool) {
	lat1, lon1, ok1 := s.Point(a)
	lat2, lon2, ok2 := s.Point(b)
	if !ok1 || !ok2 {
		return 0, false
	}
	return DistanceKm(lat1, lon1, lat2, lon2), true
}
