package topology

import (
	"iter"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// Sites returns how many sites there are; rows run from 0.
func (s *Snapshot) Sites() int { return s.t.sites }

// Site returns the row of the site called id.
func (s *Snapshot) Site(id string) (SiteRow, bool) {
	i, ok := find(s.t.siteID, s.t.sites, id)
	return SiteRow(i), ok
}

// SiteIDs yields every site's id, sorted.
func (s *Snapshot) SiteIDs() iter.Seq2[SiteRow, string] {
	return func(yield func(SiteRow, string) bool) {
		for i := range s.t.sites {
			if !yield(SiteRow(i), s.t.siteID.At(i)) {
				return
			}
		}
	}
}

// SiteID returns a site's id.
func (s *Snapshot) SiteID(r SiteRow) string { return s.t.siteID.At(int(r)) }

// SiteName returns a site's name for people; the id where it has none.
func (s *Snapshot) SiteName(r SiteRow) string {
	if s.t.siteName.State(int(r)) == Known {
		return s.t.siteName.At(int(r))
	}
	return s.SiteID(r)
}

// Kind returns a site's kind.
func (s *Snapshot) Kind(r SiteRow) Kind { return Kind(s.t.kind.At(int(r))) }

// Parent returns the site a zone, Outpost or cache belongs to.
func (s *Snapshot) Parent(r SiteRow) (SiteRow, bool) { return siteRef(s.t.parent, r) }

// Region returns the region a site is or belongs to.
func (s *Snapshot) Region(r SiteRow) (SiteRow, bool) { return siteRef(s.t.region, r) }

func siteRef(c image.RefColumn, r SiteRow) (SiteRow, bool) {
	return SiteRow(c.At(int(r))), c.State(int(r)) == Known
}

// Children returns the sites whose parent r is, sorted. The slice is the image's own.
func (s *Snapshot) Children(r SiteRow) []uint32 { return s.t.children.At(int(r)) }

// Ancestors returns the sites a site is in: its parent, the parent's, and so on, sorted by row. The slice
// is the image's own.
func (s *Snapshot) Ancestors(r SiteRow) []uint32 { return s.t.ancestors.At(int(r)) }

// Partition returns the id of a site's partition.
func (s *Snapshot) Partition(r SiteRow) string {
	if s.t.partition.State(int(r)) != Known {
		return ""
	}
	return s.t.partitionID.At(int(s.t.partition.At(int(r))))
}

// Partitions yields the ids of all partitions, sorted.
func (s *Snapshot) Partitions() iter.Seq[string] { return stringsOf(s.t.partitionID, s.t.partitions) }

func stringsOf(c image.StringColumn, n int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := range n {
			if !yield(c.At(i)) {
				return
			}
		}
	}
}

// Provider returns the id of a site's provider.
func (s *Snapshot) Provider(r SiteRow) string {
	if p, ok := s.provider(r); ok {
		return s.t.providerID.At(p)
	}
	return ""
}

func (s *Snapshot) provider(r SiteRow) (int, bool) {
	if s.t.partition.State(int(r)) != Known {
		return 0, false
	}
	p := int(s.t.partition.At(int(r)))
	return int(s.t.partitionProvider.At(p)), s.t.partitionProvider.State(p) == Known
}

// Country returns the jurisdiction of the ground a site stands on.
func (s *Snapshot) Country(r SiteRow) (JurisdictionRow, State) {
	return JurisdictionRow(s.t.country.At(int(r))), s.t.country.State(int(r))
}

// Status returns a site's status.
func (s *Snapshot) Status(r SiteRow) (string, State) {
	return s.t.status.At(int(r)), s.t.status.State(int(r))
}

// City returns the city a site is in.
func (s *Snapshot) City(r SiteRow) (string, State) {
	return s.t.city.At(int(r)), s.t.city.State(int(r))
}

// ZoneCount returns how many availability zones a region has.
func (s *Snapshot) ZoneCount(r SiteRow) (int, State) {
	return int(s.t.zoneCount.At(int(r))), s.t.zoneCount.State(int(r))
}

// Zones yields the availability zones of a region whose ids are known.
func (s *Snapshot) Zones(region SiteRow) iter.Seq[SiteRow] {
	return func(yield func(SiteRow) bool) {
		for _, c := range s.Children(region) {
			if s.Kind(SiteRow(c)) == AvailabilityZone && !yield(SiteRow(c)) {
				return
			}
		}
	}
}

// Point returns a site's coordinates in degrees.
func (s *Snapshot) Point(r SiteRow) (lat, lon float64, ok bool) {
	i := int(r)
	return s.t.lat.At(i), s.t.lon.At(i), s.t.lat.State(i) == Known && s.t.lon.State(i) == Known
}

// GridGramsPerKWh returns the location-based carbon intensity of a site's grid.
func (s *Snapshot) GridGramsPerKWh(r SiteRow) (float64, State) {
	return s.t.grid.At(int(r)), s.t.grid.State(int(r))
}

// MarketGramsPerKWh returns the market-based carbon intensity of a site.
func (s *Snapshot) MarketGramsPerKWh(r SiteRow) (float64, State) {
	return s.t.market.At(int(r)), s.t.market.State(int(r))
}

// PriceIndex returns a site's price level.
func (s *Snapshot) PriceIndex(r SiteRow) (float64, State) {
	return s.t.price.At(int(r)), s.t.price.State(int(r))
}
