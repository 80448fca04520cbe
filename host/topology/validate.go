package topology

import (
	"fmt"
	"maps"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// fibreKmPerMs is how far light goes in a millisecond in optical fibre (group index 1.4682).
const fibreKmPerMs = 299.792458 / 1.4682

// validate checks what one field alone cannot show: references, geography, light, dates.
func (c *catalogue) validate() {
	if c.Metadata.AsOf == "" {
		c.fail(decode.Pos{}, "topology: no file states metadata.asOf, the day the facts were gathered; add it to one of them")
	}
	c.checkSources()
	c.checkOperators()
	c.checkSites()
	c.checkOfferings()
	c.checkLinks()
	c.checkLaw()
	c.checkRest()
}

// checkSources resolves every mention of a source.
func (c *catalogue) checkSources() {
	use := func(id string, pos decode.Pos, owner string) { c.ref(c.source, id, "source", pos, owner) }
	fields := func(m map[string]string, pos decode.Pos, owner string, known ...string) {
		for _, f := range slices.Sorted(maps.Keys(m)) {
			if !slices.Contains(known, f) {
				c.fail(pos, "%s: sources names the field %q, which it does not have%s", owner, f, decode.DidYouMean(f, known))
			}
			use(m[f], pos, owner)
		}
	}
	for i := range c.Sites {
		s := &c.Sites[i]
		who := fmt.Sprintf("site %q", s.ID)
		use(s.Source, s.Pos, who)
		fields(s.FieldSources, s.Pos, who, siteFactNames...)
	}
	for i := range c.Services {
		s := &c.Services[i]
		who := fmt.Sprintf("service %q", s.ID)
		use(s.Source, s.Pos, who)
		fields(s.FieldSources, s.Pos, who, serviceFactNames...)
	}
	for i := range c.Carbon {
		f := &c.Carbon[i]
		who := fmt.Sprintf("carbon of site %q", f.Site)
		use(f.Source, f.Pos, who)
		fields(f.FieldSources, f.Pos, who, carbonFactNames...)
	}
	for i := range c.Providers {
		use(c.Providers[i].Source, c.Providers[i].Pos, "provider")
	}
	for i := range c.Partitions {
		use(c.Partitions[i].Source, c.Partitions[i].Pos, "partition")
	}
	for i := range c.Jurisdictions {
		j := &c.Jurisdictions[i]
		use(j.Source, j.Pos, fmt.Sprintf("jurisdiction %q", j.ID))
		for _, a := range j.Adequate {
			use(a.Source, a.Pos, fmt.Sprintf("jurisdiction %q", j.ID))
		}
	}
	for i := range c.Regimes {
		use(c.Regimes[i].Source, c.Regimes[i].Pos, "regime")
	}
	for i := range c.Offerings {
		use(c.Offerings[i].Source, c.Offerings[i].Pos, "offering")
	}
	for i := range c.Links {
		use(c.Links[i].Source, c.Links[i].Pos, "link")
	}
	for i := range c.Populations {
		use(c.Populations[i].Source, c.Populations[i].Pos, "population")
	}
	for i := range c.Access {
		use(c.Access[i].Source, c.Access[i].Pos, "access")
	}
	for i := range c.Programmes {
		for _, from := range c.Programmes[i].below {
			use(from.Source, from.Pos, "programme")
		}
		use(c.Programmes[i].Source, c.Programmes[i].Pos, "programme")
	}
	for i := range c.Prices {
		use(c.Prices[i].Source, c.Prices[i].Pos, "price")
	}
	for i := range c.Egress {
		use(c.Egress[i].Source, c.Egress[i].Pos, "egress price")
	}
	for i := range c.RiskGroups {
		use(c.RiskGroups[i].Source, c.RiskGroups[i].Pos, "risk group")
	}
}

func (c *catalogue) checkOperators() {
	for i := range c.Providers {
		p := &c.Providers[i]
		for _, j := range p.Control {
			c.ref(c.jurisdiction, j, "jurisdiction", p.Pos, fmt.Sprintf("provider %q: control", p.ID))
		}
	}
	for i := range c.Partitions {
		p := &c.Partitions[i]
		who := fmt.Sprintf("partition %q", p.ID)
		c.ref(c.provider, p.Provider, "provider", p.Pos, who)
		for _, j := range p.Personnel {
			c.ref(c.jurisdiction, j, "jurisdiction", p.Pos, who+": personnel")
		}
	}
}

func (c *catalogue) checkSites() {
	regions := 0
	for i := range c.rows {
		r := &c.rows[i]
		who := fmt.Sprintf("site %q", r.ID)
		if r.kind == Region {
			regions++
		}
		if (r.Lat == nil) != (r.Lon == nil) {
			c.fail(r.Pos, "%s: lat and lon go together; give both or neither", who)
		}
		c.checkApplicable(r, who)
		if r.Launched > c.today && r.Status == "available" {
			c.fail(r.Pos, "%s: launched %s is after %s, yet its status is available", who, r.Launched, c.day())
		}
		if r.parent == none || r.Remote || inheritsGround(r.kind) && r.Lat == nil {
			continue
		}
		up := &c.rows[r.parent]
		if r.lat == nil || r.lon == nil || up.lat == nil || up.lon == nil {
			continue
		}
		if km := DistanceKm(*r.lat, *r.lon, *up.lat, *up.lon); km > maxZoneKm {
			c.fail(r.Pos, "%s: %.0f km from its parent %q, more than %d; correct the coordinates, or say remote: true if it is meant", who, km, up.ID, maxZoneKm)
		}
	}
	if regions > maxRegions {
		c.fail(decode.Pos{}, "topology: %d regions are more than the %d the RTT matrix may have", regions, maxRegions)
	}
}

// day says what day it is, in an error.
func (c *catalogue) day() string {
	if c.today == c.Metadata.AsOf {
		return "the topology's asOf " + c.today
	}
	return c.today
}

// checkApplicable refuses facts that a site of its kind cannot have.
func (c *catalogue) checkApplicable(r *row, who string) {
	no := func(given bool, field string, kinds ...Kind) {
		if given && !slices.Contains(kinds, r.kind) {
			c.fail(r.Pos, "%s: kind %s has no %s; remove it", who, r.kind, field)
		}
	}
	no(r.Carrier != "", "carrier", WavelengthZone)
	no(r.ServiceLink != nil, "serviceLink", Outpost)
	no(r.Pops != nil, "pops", EdgeLocation)
	no(r.ZoneCount != nil, "zoneCount", Region)
	no(r.OptIn != nil, "optIn", Region, AvailabilityZone, LocalZone, WavelengthZone)
}

func (c *catalogue) checkOfferings() {
	for i := range c.Offerings {
		o := &c.Offerings[i]
		services, sites := o.services(), o.sites()
		if len(services) == 0 {
			c.fail(o.Pos, "offering: name the service, or services")
		}
		if len(sites) == 0 && !o.Complete {
			c.fail(o.Pos, "offering of %q: it lists no site and is not complete, so it says nothing; add sites, or complete: true", services)
		}
		if len(o.Among) > 0 && !o.Complete {
			c.fail(o.Pos, "offering of %q: among without complete: true says nothing; add it, or remove among", services)
		}
		for _, s := range services {
			c.ref(c.service, s, "service", o.Pos, "offering")
		}
		for _, s := range sites {
			c.ref(c.site, s, "site", o.Pos, fmt.Sprintf("offering of %q", services))
		}
		c.checkAmong(o.Among, o.Pos, "offering")
	}
	for i := range c.Programmes {
		p := &c.Programmes[i]
		who := fmt.Sprintf("programme %q", p.ID)
		for _, from := range p.statements() {
			for _, s := range from.Sites {
				c.ref(c.site, s, "site", from.Pos, who)
			}
			c.checkAmong(from.Among, from.Pos, who)
		}
	}
}

func (c *catalogue) checkAmong(among []string, pos decode.Pos, who string) {
	for _, a := range among {
		if _, ok := c.partition[a]; !ok {
			c.ref(c.site, a, "among: site or partition", pos, who)
		}
	}
}

func (c *catalogue) checkLinks() {
	for i := range c.Links {
		l := &c.Links[i]
		who := fmt.Sprintf("link %s → %s", l.From, l.To)
		from, to := c.ref(c.site, l.From, "site", l.Pos, who), c.ref(c.site, l.To, "site", l.Pos, who)
		for _, j := range l.Via {
			c.ref(c.jurisdiction, j, "jurisdiction", l.Pos, who+": via")
		}
		if from == none || to == none {
			continue
		}
		a, b := &c.rows[from], &c.rows[to]
		c.checkLight(l.Pos, who, l.RTTMs, a.lat, a.lon, b.lat, b.lon)
	}
	for i := range c.Access {
		a := &c.Access[i]
		who := fmt.Sprintf("access %s → %s", a.From, a.To)
		from, to := c.ref(c.population, a.From, "population", a.Pos, who), c.ref(c.site, a.To, "site", a.Pos, who)
		if from == none || to == none || c.Populations[from].Kind == "country" {
			continue // a country is no point: part of it may be next door to the site
		}
		p, s := &c.Populations[from], &c.rows[to]
		c.checkLight(a.Pos, who, a.RTTMs, p.Lat, p.Lon, s.lat, s.lon)
	}
}

// checkLight refuses a round trip faster than light in fibre along the great circle.
func (c *catalogue) checkLight(pos decode.Pos, who string, rttMs float64, lat1, lon1, lat2, lon2 *float64) {
	if lat1 == nil || lon1 == nil || lat2 == nil || lon2 == nil {
		return
	}
	km := DistanceKm(*lat1, *lon1, *lat2, *lon2)
	if least := 2 * km / fibreKmPerMs; rttMs < least {
		c.fail(pos, "%s: %g ms is faster than light in fibre, which needs %.1f ms for %.0f km and back; correct the time or the coordinates", who, rttMs, least, km)
	}
}

func (c *catalogue) checkLaw() {
	span := func(since, until string, pos decode.Pos, who string) {
		if since != "" && until != "" && until <= since {
			c.fail(pos, "%s: until %s is not after since %s", who, until, since)
		}
	}
	for i := range c.Jurisdictions {
		j := &c.Jurisdictions[i]
		for k := range j.Adequate {
			a := &j.Adequate[k]
			who := fmt.Sprintf("jurisdiction %q: adequate %q", j.ID, a.Jurisdiction)
			c.ref(c.jurisdiction, a.Jurisdiction, "jurisdiction", a.Pos, fmt.Sprintf("jurisdiction %q: adequate", j.ID))
			span(a.Since, a.Until, a.Pos, who)
		}
	}
	for i := range c.Regimes {
		r := &c.Regimes[i]
		who := fmt.Sprintf("regime %q", r.ID)
		for _, list := range [][]string{r.Subjects, r.StoreIn, r.ProcessIn} {
			for _, j := range list {
				c.ref(c.jurisdiction, j, "jurisdiction", r.Pos, who)
			}
		}
		span(r.Since, r.Until, r.Pos, who)
	}
}

func (c *catalogue) checkRest() {
	for i := range c.Populations {
		p := &c.Populations[i]
		who := fmt.Sprintf("population %q", p.ID)
		if (p.Lat == nil) != (p.Lon == nil) {
			c.fail(p.Pos, "%s: lat and lon go together; give both or neither", who)
		}
		c.ref(c.jurisdiction, p.Country, "country", p.Pos, who)
	}
	for i := range c.Egress {
		e := &c.Egress[i]
		who := fmt.Sprintf("egress %s → %s", e.From, e.To)
		c.ref(c.site, e.From, "site", e.Pos, who)
		if e.To != "internet" {
			c.ref(c.site, e.To, "site", e.Pos, who)
		}
	}
	for i := range c.RiskGroups {
		g := &c.RiskGroups[i]
		who := fmt.Sprintf("risk group %q", g.ID)
		for _, s := range g.Sites {
			c.ref(c.site, s, "site", g.Pos, who)
		}
		for _, l := range g.Links {
			if len(l) != 2 {
				c.fail(g.Pos, "%s: a link is a pair [from, to]; this one has %d names", who, len(l))
				continue
			}
			c.ref(c.site, l[0], "site", g.Pos, who)
			c.ref(c.site, l[1], "site", g.Pos, who)
		}
	}
}

// services and sites return both spellings of an offering's lists as one.
func (o *Offering) services() []string { return both(o.Service, o.Services) }
func (o *Offering) sites() []string    { return both(o.Site, o.Sites) }

func both(one string, many []string) []string {
	if one == "" {
		return many
	}
	return append([]string{one}, many...)
}
