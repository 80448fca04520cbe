package topology

import (
	"iter"
	"math"
	"slices"
)

// User is a group of users: a population, or a site, whose own links its traffic then takes.
type User struct {
	Population PopulationRow
	Site       SiteRow
	IsSite     bool
	Mobile     string // the mobile carrier the users are on; "" for a fixed line
}

// PartKind names a stretch of the way between users and a site.
type PartKind uint8

// The stretches. Their times add up to what users see.
const (
	FixedLine      PartKind = iota // the users' own fixed line
	MobileNetwork                  // the users' mobile network, to where it meets the internet
	CarrierNetwork                 // the users' mobile network, to a site inside it
	Internet                       // the public internet
	Backbone                       // the provider's private backbone
	MeasuredAccess                 // the whole way, as the topology's access table has it
	MeasuredLink                   // the whole way, between two sites
	CacheMiss                      // the share of calls that no cache answers, times their way to the origin
)

var partNames = [...]string{"fixed-line", "mobile-network", "carrier-network", "internet", "backbone", "access", "link", "cache-miss"}

// String returns the part's name as decisions print it.
func (k PartKind) String() string { return partNames[min(int(k), len(partNames)-1)] }

// Part is one stretch: its time in whole microseconds, the site it leads to and, for misses of a cache, the
// regional edge cache they pass.
type Part struct {
	Kind   PartKind
	To     SiteRow
	Via    SiteRow
	HasVia bool
	Micros int32
	Basis  Basis
}

// Reach is how users get to a site: the round-trip time as a sum of named parts. With UnknownBasis it means
// nothing.
type Reach struct {
	Micros int32
	Basis  Basis
	parts  [4]Part
	n      int
}

// Parts returns the stretches from the users to the site.
func (r *Reach) Parts() []Part { return r.parts[:r.n] }

// add appends a stretch; one that is unknown makes the whole unknown.
func (r *Reach) add(kind PartKind, to SiteRow, micros int32, basis Basis) {
	if r.n == 0 {
		r.Basis = Measured
	}
	if micros < 0 {
		basis = UnknownBasis
	}
	r.Basis = min(r.Basis, basis)
	if r.Basis == UnknownBasis {
		r.Micros, r.n = 0, 0
		r.parts[0] = Part{Basis: UnknownBasis}
		r.n = 1
		return
	}
	r.Micros += micros
	r.parts[r.n] = Part{Kind: kind, To: to, Micros: micros, Basis: basis}
	r.n++
}

// Access returns how users reach a site over the public internet. A measured time counts first. A site in
// a carrier's network lets in that carrier's mobile users alone; everybody else gets there through its
// region.
func (s *Snapshot) Access(u User, site SiteRow) Reach {
	var r Reach
	if u.IsSite {
		micros, basis := s.RTT(u.Site, site)
		r.add(MeasuredLink, site, micros, basis)
		if basis == Modelled {
			r.parts[0].Kind = Backbone
		}
		return r
	}
	i := int(u.Population)
	if k := pairAt(s.t.accessFrom, s.t.accessTo, s.t.access, uint32(u.Population), uint32(site)); k >= 0 {
		return s.measured(u, site, s.t.accessRTT.At(k))
	}
	if s.t.populationSite.State(i) == Known {
		return s.Access(User{Site: SiteRow(s.t.populationSite.At(i)), IsSite: true}, site)
	}
	if s.Kind(site) != WavelengthZone {
		r.add(s.line(u))
		r.add(Internet, site, s.internet(u, site), Modelled)
		return r
	}
	if s.inCarrier(u, site) {
		if way := s.internet(u, site); way >= 0 { // inside the carrier's network, and no straighter
			r.add(CarrierNetwork, site, carrierZoneMicros+way, Modelled)
		}
		return r
	}
	region, _ := s.Region(site)
	r.add(s.line(u))
	r.add(Internet, region, s.internet(u, region), Modelled)
	micros, basis := s.RTT(region, site)
	r.add(Backbone, site, micros, basis)
	return r
}

// measured is a measured time over a fixed line; mobile users have their own network in its place.
func (s *Snapshot) measured(u User, site SiteRow, micros int32) (r Reach) {
	if u.Mobile == "" {
		r.add(MeasuredAccess, site, micros, Measured)
		return r
	}
	_, _, fixed, _ := s.line(User{Population: u.Population})
	r.add(s.line(u))
	r.add(Internet, site, max(0, micros-fixed), Modelled)
	return r
}

// line is what the users' own connection adds.
func (s *Snapshot) line(u User) (PartKind, SiteRow, int32, Basis) {
	i := int(u.Population)
	kind, column, micros := FixedLine, s.t.fixedLine, int32(fixedLineMicros)
	if u.Mobile != "" {
		kind, column, micros = MobileNetwork, s.t.mobileLine, mobileMicros
	}
	if column.State(i) == Known {
		return kind, 0, column.At(i), Measured
	}
	return kind, 0, micros, Modelled
}

// internet is the time over the public internet from a population to a site; negative where a point is
// not known.
func (s *Snapshot) internet(u User, site SiteRow) int32 {
	km, ok := s.kmTo(u.Population, site)
	if !ok {
		return -1
	}
	return internetMicros(km)
}

func (s *Snapshot) kmTo(p PopulationRow, site SiteRow) (float64, bool) {
	i := int(p)
	lat, lon, ok := s.Point(site)
	if !ok || s.t.populationLat.State(i) != Known || s.t.populationLon.State(i) != Known {
		return 0, false
	}
	return DistanceKm(s.t.populationLat.At(i), s.t.populationLon.At(i), lat, lon), true
}

// inCarrier reports whether users are in the network that a site is in: the same carrier in the same
// country. A carrier's name stands for different companies in different countries.
func (s *Snapshot) inCarrier(u User, site SiteRow) bool {
	i := int(site)
	if u.Mobile == "" || s.t.carrier.State(i) != Known || s.t.carrier.At(i) != u.Mobile {
		return false
	}
	p := int(u.Population)
	return s.t.populationCountry.State(p) == Known && s.t.country.State(i) == Known && s.t.populationCountry.At(p) == s.t.country.At(i)
}

// Entry returns the edge location that users reach soonest, and how, among those of the list that belong
// to a partition. It reports false where there is none whose time is known.
func (s *Snapshot) Entry(u User, edges []SiteRow, partition string) (SiteRow, Reach, bool) {
	var best Reach
	var at SiteRow
	for _, e := range edges {
		if s.Partition(e) != partition {
			continue
		}
		if r := s.Access(u, e); r.Basis != UnknownBasis && (best.Basis == UnknownBasis || r.Micros < best.Micros) {
			best, at = r, e
		}
	}
	return at, best, best.Basis != UnknownBasis
}

// Onward returns how users who entered at an edge location get on to a site, over the private backbone.
func (s *Snapshot) Onward(entry Reach, edge, site SiteRow) Reach {
	micros, basis := s.RTT(edge, site)
	entry.add(Backbone, site, micros, basis)
	return entry
}

// Cached returns the mean round trip of users who entered at an edge location with a cache that answers a
// share of their calls. The others go on to the site, straight or by way of a regional edge cache.
func (s *Snapshot) Cached(entry Reach, edge, site SiteRow, hitRatio float64) Reach {
	micros, basis := s.RTT(edge, site)
	entry.add(CacheMiss, site, missed(hitRatio, micros), basis)
	return entry
}

// CachedVia is Cached by way of a regional edge cache.
func (s *Snapshot) CachedVia(entry Reach, edge, cache, site SiteRow, hitRatio float64) Reach {
	to, known := s.RTT(edge, cache)
	on, knownOn := s.RTT(cache, site)
	entry.add(CacheMiss, site, missed(hitRatio, to+on), min(known, knownOn))
	if entry.Basis != UnknownBasis {
		entry.parts[entry.n-1].Via, entry.parts[entry.n-1].HasVia = cache, true
	}
	return entry
}

// missed is the share of a time that the calls no cache answers add to the mean.
func missed(hitRatio float64, micros int32) int32 {
	return int32(math.Round(float64(float64(1-hitRatio) * float64(micros))))
}

// NearestCache returns the regional edge cache of a list that is nearest to an edge location, of those in
// its partition. It reports false where there is none whose time is known.
func (s *Snapshot) NearestCache(edge SiteRow, caches []SiteRow) (SiteRow, bool) {
	best, at, found := int32(0), SiteRow(0), false
	for _, c := range caches {
		if s.Partition(c) != s.Partition(edge) {
			continue
		}
		if us, basis := s.RTT(edge, c); basis != UnknownBasis && (!found || us < best) {
			best, at, found = us, c, true
		}
	}
	return at, found
}

// Carriers yields the mobile carriers in whose networks sites are, sorted.
func (s *Snapshot) Carriers() iter.Seq[string] {
	return func(yield func(string) bool) {
		var all []string
		for i := range s.t.sites {
			if s.t.carrier.State(i) == Known {
				all = append(all, s.t.carrier.At(i))
			}
		}
		slices.Sort(all)
		for _, c := range slices.Compact(all) {
			if !yield(c) {
				return
			}
		}
	}
}
