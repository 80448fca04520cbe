package topology

import "strconv"

// NamedFact is one fact by its name: a dotted path below the entity's document, such as "country" or
// "carbon.pue".
type NamedFact struct {
	Path string
	Stated
}

// Stated is what a topology states of a fact. Value is empty unless State is Known.
type Stated struct {
	State  State
	Value  string
	Source string // ids of sources, separated by commas; "" where none is stated
}

// FactList returns a site's facts in a fixed order, inherited ones included. What a site offers and
// holds are sets of their own: [Snapshot.ServicesAt] and [Snapshot.ProgrammesAt].
func (s *Snapshot) FactList(r SiteRow) []NamedFact {
	f := s.Facts(r)
	var out []NamedFact
	put := func(path string, state State, value string) {
		n := NamedFact{Path: path, Stated: Stated{State: state}}
		if state == Known {
			n.Value, n.Source = value, s.FactSource(r, path)
		}
		out = append(out, n)
	}
	text := func(path string, v Fact[string]) { put(path, v.State, v.Value) }
	num := func(path string, v Fact[float64]) {
		put(path, v.State, strconv.FormatFloat(v.Value, 'f', -1, 64))
	}
	count := func(path string, v Fact[int32]) { put(path, v.State, strconv.Itoa(int(v.Value))) }
	given := func(path, v string) {
		state := Known
		if v == "" {
			state = Absent
		}
		put(path, state, v)
	}
	parent, region, country := "", "", Fact[string]{}
	if p, ok := s.Parent(r); ok {
		parent = s.SiteID(p)
	}
	if p, ok := s.Region(r); ok {
		region = s.SiteID(p)
	}
	if c, state := s.Country(r); state == Known {
		country = Fact[string]{s.JurisdictionID(c), Known}
	}
	given("name", s.SiteName(r))
	given("kind", f.Kind.String())
	given("partition", s.Partition(r))
	given("parent", parent)
	given("region", region)
	text("country", country)
	text("subdivision", f.Subdivision)
	text("city", f.City)
	num("lat", f.Lat)
	num("lon", f.Lon)
	text("status", f.Status)
	put("optIn", f.OptIn.State, strconv.FormatBool(f.OptIn.Value))
	text("launched", f.Launched)
	count("zoneCount", f.ZoneCount)
	text("carrier", f.Carrier)
	given("owner", f.Owner)
	num("serviceLink.disconnectedHours", f.DisconnectedHours)
	count("pops", f.Pops)
	num("carbon.gridGramsPerKWh", f.Grid)
	num("carbon.marketGramsPerKWh", f.Market)
	num("carbon.pue", f.PUE)
	num("carbon.wueLitresPerKWh", f.WUE)
	num("price.index", f.Price)
	given("note", s.Note(r))
	return out
}

// A membership is what is known of one thing in a set that need not be complete.
func membership(in, known bool) Stated {
	switch {
	case in:
		return Stated{State: Known, Value: "yes"}
	case known:
		return Stated{State: Known, Value: "no"}
	}
	return Stated{}
}
