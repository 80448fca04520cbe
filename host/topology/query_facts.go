package topology

import (
	"iter"
	"slices"
	"sort"
	"strings"
)

// SourceInfo is a source as the snapshot keeps it; URL and Licence are empty where it has none.
type SourceInfo struct {
	ID, Title, URL, AsOf, Licence string
}

// Source returns what the snapshot knows of a source.
func (s *Snapshot) Source(id string) (SourceInfo, bool) {
	i, ok := find(s.t.sourceID, s.t.sourceCount, id)
	if !ok {
		return SourceInfo{}, false
	}
	return SourceInfo{
		ID: id, Title: s.t.sourceTitle.At(i), URL: s.t.sourceURL.At(i),
		AsOf: s.t.sourceAsOf.At(i), Licence: s.t.sourceLicence.At(i),
	}, true
}

// Sources yields all sources, sorted by id.
func (s *Snapshot) Sources() iter.Seq[SourceInfo] {
	return func(yield func(SourceInfo) bool) {
		for i := range s.t.sourceCount {
			info, _ := s.Source(s.t.sourceID.At(i))
			if !yield(info) {
				return
			}
		}
	}
}

// derived names, for facts that follow from another one, the fact whose source counts.
var derived = map[string]string{
	"countryName":     "country",
	"jurisdictions":   "country",
	"provider":        "partition",
	"asOf.carbon":     "carbon.gridGramsPerKWh",
	"asOf.price":      "price.index",
	"asOf.site":       "status",
	"asOf.carbonYear": "carbon.gridGramsPerKWh",
}

// FactSource returns the ids of the sources of a site's fact, separated by commas, or "" where none is
// stated. The field is a dotted path below a site document, such as "country" or "carbon.pue". A fact
// an availability zone inherits has its region's source.
func (s *Snapshot) FactSource(r SiteRow, field string) string {
	if of, ok := derived[field]; ok {
		field = of
	}
	switch field {
	case "regionOptIn":
		return s.FactSource(s.regionOf(r), "optIn")
	case "egress.internetUSDPerGB":
		if i, ok := s.toInternet(r); ok {
			return s.sourceAt(s.t.egressSource, i)
		}
		return ""
	case "control":
		if p, ok := s.provider(r); ok {
			return s.sourceAt(s.t.providerSource, p)
		}
		return ""
	case "personnel":
		if s.t.partition.State(int(r)) == Known {
			return s.sourceAt(s.t.partitionSource, int(s.t.partition.At(int(r))))
		}
		return ""
	}
	if service, ok := strings.CutPrefix(field, "offers."); ok {
		k, ok := s.Service(service)
		if !ok {
			return ""
		}
		return s.offeringSources(r, k, k+1)
	}
	if field == "services" || field == "offers" {
		return s.offeringSources(r, 0, ServiceRow(s.t.services))
	}
	if strings.HasPrefix(field, "latency") {
		return "" // a figure of the request's, not a fact of the site's
	}
	for {
		if src, ok := s.ownFactSource(r, field); ok {
			return src
		}
		parent, ok := s.Parent(r)
		if !ok || !inheritsGround(s.Kind(r)) || field == "launched" || field == "parent" {
			return s.sourceAt(s.t.siteSource, int(r))
		}
		r = parent
	}
}

// FactAsOf returns the day that a site's fact is of, YYYY-MM-DD: that of its source, of several the earliest. The field
// is as in [Snapshot.FactSource]. It is unknown where no source is stated.
func (s *Snapshot) FactAsOf(r SiteRow, field string) Fact[string] {
	earliest := Fact[string]{State: Unknown}
	for _, id := range strings.Split(s.FactSource(r, field), ",") {
		source, ok := s.Source(id)
		if !ok {
			return Fact[string]{State: Unknown}
		}
		if earliest.State == Unknown || source.AsOf < earliest.Value {
			earliest = Fact[string]{source.AsOf, Known}
		}
	}
	return earliest
}

// ownFactSource is the source that a site has for one field, or for a field it is part of, where that is
// another than the site's: "" for a fact that was corrected by someone who names none.
func (s *Snapshot) ownFactSource(r SiteRow, field string) (string, bool) {
	for i := range s.t.factNames.Len(int(r)) {
		if name := s.t.factNames.At(int(r), i); name == field || strings.HasPrefix(field, name+".") {
			return s.t.factSources.At(int(r), i), true
		}
	}
	return "", false
}

// offeringSources returns the sources that tell whether a site offers the services from row first to
// before row end, sorted and separated by commas.
func (s *Snapshot) offeringSources(r SiteRow, first, end ServiceRow) string {
	t := &s.t
	from := sort.Search(t.offeringSources, func(i int) bool { return t.offeringService.At(i) >= uint32(first) })
	var ids []string
	for i := from; i < t.offeringSources && t.offeringService.At(i) < uint32(end); i++ {
		if id := s.sourceAt(t.offeringSource, i); t.offeringSites.At(i).Get(int(r)) && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return strings.Join(ids, ",")
}

// ServiceFactSource returns the id of the source of a service's fact, or "" where none is stated. The
// field is a dotted path below a service's document, such as "scope" or "failover.seconds". A fact that
// a variant takes from its service has the source it has there.
func (s *Snapshot) ServiceFactSource(k ServiceRow, field string) string {
	i, t := int(k), &s.t
	top, _, _ := strings.Cut(field, ".")
	for j := range t.serviceFactNames.Len(i) {
		if t.serviceFactNames.At(i, j) == top {
			return t.serviceFactSources.At(i, j)
		}
	}
	return s.sourceAt(t.serviceSource, i)
}

// LinkSource returns the id of the source of the measured time between two sites' regions.
func (s *Snapshot) LinkSource(from, to SiteRow) string {
	for _, pair := range [][2]SiteRow{{from, to}, {s.regionOf(from), s.regionOf(to)}} {
		if i, ok := s.link(pair[0], pair[1]); ok {
			return s.sourceAt(s.t.linkSource, i)
		}
	}
	return ""
}

func (s *Snapshot) regionOf(r SiteRow) SiteRow {
	if region, ok := s.Region(r); ok {
		return region
	}
	return r
}

// Note returns what the topology says of conflicts and gaps in a site's facts, or "".
func (s *Snapshot) Note(r SiteRow) string { return s.t.siteNote.At(int(r)) }
