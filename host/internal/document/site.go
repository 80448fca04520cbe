package document

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// site is the part of input.site that no request changes.
type site struct {
	pairs   []pair
	unknown []string // sorted dotted paths
	term    *ast.Term
}

// builder makes site documents; sites with the same services share one list of them.
type builder struct {
	snap     *topology.Snapshot
	services map[string]*ast.Term
}

func (b *builder) site(r topology.SiteRow) site {
	s, facts := b.snap, b.snap.Facts(r)
	f := new(fields)
	f.put("id", str(s.SiteID(r)))
	f.put("name", str(s.SiteName(r)))
	f.put("kind", ast.InternedTerm(facts.Kind.String()))
	f.put("partition", ast.InternedTerm(s.Partition(r)))
	f.put("provider", ast.InternedTerm(s.Provider(r)))
	if parent, ok := s.Parent(r); ok {
		f.put("parent", str(s.SiteID(parent)))
	}
	if region, ok := s.Region(r); ok {
		f.put("region", str(s.SiteID(region)))
	}
	b.ground(f, r)
	f.text("subdivision", facts.Subdivision)
	f.text("city", facts.City)
	f.number("lat", facts.Lat)
	f.number("lon", facts.Lon)
	f.text("status", facts.Status)
	f.boolean("optIn", facts.OptIn)
	if region, ok := s.Region(r); ok && facts.Kind != topology.Region && facts.Kind != topology.AvailabilityZone {
		f.boolean("regionOptIn", s.Facts(region).OptIn)
	}
	f.text("launched", facts.Launched)
	f.text("carrier", facts.Carrier)
	f.put("owner", ast.InternedTerm(facts.Owner))
	f.integer("pops", facts.Pops)
	f.integer("zoneCount", facts.ZoneCount)
	if facts.Kind == topology.Outpost {
		link := new(fields)
		link.number("disconnectedHours", facts.DisconnectedHours)
		f.nest("serviceLink", link)
	}
	f.put("control", jurisdictionIDs(b.snap, facts.Control))
	f.incomplete("control", facts.ControlComplete)
	if facts.PersonnelKnown {
		f.put("personnel", jurisdictionIDs(b.snap, facts.Personnel))
	}
	f.incomplete("personnel", facts.PersonnelKnown)
	f.put("services", b.servicesAt(r))
	f.incomplete("services", facts.ServicesComplete)
	f.put("programmes", list(s.ProgrammesAt(r)))
	f.incomplete("programmes", facts.ProgrammesComplete)
	f.put("riskGroups", list(s.RiskGroupsAt(r)))

	carbon := new(fields)
	carbon.number("gridGramsPerKWh", facts.Grid)
	carbon.number("marketGramsPerKWh", facts.Market)
	carbon.number("pue", facts.PUE)
	carbon.number("wueLitresPerKWh", facts.WUE)
	f.nest("carbon", carbon)
	price := new(fields)
	price.number("index", facts.Price)
	f.nest("price", price)
	egress := new(fields)
	egress.number("internetUSDPerGB", s.InternetUSDPerGB(r))
	f.nest("egress", egress)
	asOf := new(fields)
	asOf.integer("carbonYear", facts.CarbonYear)
	for _, of := range []string{"carbon", "price", "site"} {
		asOf.text(of, s.FactAsOf(r, "asOf."+of))
	}
	f.nest("asOf", asOf)

	slices.Sort(f.unknown)
	return site{pairs: f.pairs, unknown: f.unknown, term: ast.ObjectTerm(f.pairs...)}
}

// incomplete notes a set whose unlisted members are unknown rather than excluded.
func (f *fields) incomplete(name string, complete bool) {
	if !complete {
		f.unknown = append(f.unknown, name)
	}
}

// ground adds country, its name and every jurisdiction the site is in, which stand and fall together.
func (b *builder) ground(f *fields, r topology.SiteRow) {
	country, state := b.snap.Country(r)
	f.fact("country", state, func() *ast.Term { return ast.InternedTerm(b.snap.JurisdictionID(country)) })
	f.fact("countryName", state, func() *ast.Term { return str(b.snap.JurisdictionName(country)) })
	f.fact("jurisdictions", state, func() *ast.Term { return jurisdictionIDs(b.snap, b.snap.In(country)) })
}

func jurisdictionIDs(s *topology.Snapshot, rows []uint32) *ast.Term {
	terms := make([]*ast.Term, len(rows))
	for i, j := range rows {
		terms[i] = ast.InternedTerm(s.JurisdictionID(topology.JurisdictionRow(j)))
	}
	return ast.ArrayTerm(terms...)
}

func (b *builder) servicesAt(r topology.SiteRow) *ast.Term {
	ids := slices.Collect(b.snap.ServicesAt(r))
	key := strings.Join(ids, "\x00")
	t, ok := b.services[key]
	if !ok {
		t = list(slices.Values(ids))
		b.services[key] = t
	}
	return t
}
