package lint

import (
	"maps"
	"slices"
	"strconv"

	"github.com/bailiwick-dev/bailiwick/host/topology"
)

const (
	// maxPUE and maxWUE are above what any published data centre has.
	maxPUE = 2.5
	maxWUE = 5.0
	// marketFactor is how far above the grid's a market-based intensity may be: contracts lower it, and a
	// residual mix raises it by less than this.
	marketFactor = 3
	// minPrice and maxPrice bound a price index.
	minPrice, maxPrice = 0.3, 5.0
	// maxEgress is dollars a gigabyte; list prices between sites are below a quarter.
	maxEgress = 0.5
	// sumSlack is what sums of rounded weights may be over.
	sumSlack = 1.001
	// priceBase is the site that price indexes are relative to.
	priceBase = "us-east-1"
)

func (c *checker) populationSum() {
	sum, count := map[string]float64{}, map[string]int{}
	for i := range c.t.Populations {
		if p := &c.t.Populations[i]; p.Kind != "country" && p.Country != "" {
			sum[p.Country] += p.Weight
			count[p.Country]++
		}
	}
	for i := range c.t.Populations {
		p := &c.t.Populations[i]
		if code := countryOf(p); p.Kind == "country" && sum[code] > p.Weight*sumSlack {
			c.add(Warning, p.Pos, p.ID, "%s has %.0f people, and its %d metros together %.0f; correct the weights", c.country(code), p.Weight, count[code], sum[code])
		}
	}
}

func (c *checker) carbon() {
	year := 0
	if len(c.s.AsOf()) >= 4 {
		year, _ = strconv.Atoi(c.s.AsOf()[:4])
	}
	for i := range c.t.Carbon {
		f := &c.t.Carbon[i]
		if f.PUE != nil && *f.PUE < 1 {
			c.add(Error, f.Pos, f.Site, "pue %g is below 1, which would be less power in than the machines use; correct it", *f.PUE)
		}
		if f.PUE != nil && *f.PUE > maxPUE {
			c.add(Warning, f.Pos, f.Site, "pue %g is above %g, worse than any published; check it", *f.PUE, maxPUE)
		}
		if f.WUELitresPerKWh != nil && *f.WUELitresPerKWh > maxWUE {
			c.add(Warning, f.Pos, f.Site, "wueLitresPerKWh %g is above %g, more than any published; check the unit", *f.WUELitresPerKWh, maxWUE)
		}
		if f.GridGramsPerKWh != nil && f.MarketGramsPerKWh != nil && *f.MarketGramsPerKWh > *f.GridGramsPerKWh*marketFactor {
			c.add(Warning, f.Pos, f.Site, "marketGramsPerKWh %g is more than %d times the grid's %g, and contracts lower it; check which is which", *f.MarketGramsPerKWh, marketFactor, *f.GridGramsPerKWh)
		}
		if year > 0 && f.Year > year {
			c.add(Error, f.Pos, f.Site, "the figures are of %d, after the topology's asOf %s; correct the year", f.Year, c.s.AsOf())
		}
	}
}

func (c *checker) price() {
	for i := range c.t.Prices {
		p := &c.t.Prices[i]
		switch {
		case p.Site == priceBase && p.Index != 1:
			c.add(Error, p.Pos, p.Site, "index %g, and %s is what the others are relative to: it is 1; divide all by it", p.Index, priceBase)
		case p.Index < minPrice || p.Index > maxPrice:
			c.add(Warning, p.Pos, p.Site, "index %g is outside %g to %g; check that it is relative to %s and in the same currency", p.Index, minPrice, maxPrice, priceBase)
		}
	}
}

func (c *checker) egress() {
	for i := range c.t.Egress {
		if e := &c.t.Egress[i]; e.USDPerGB > maxEgress {
			c.add(Warning, e.Pos, e.From+" → "+e.To, "%g US dollars a gigabyte is above %g; check the unit", e.USDPerGB, maxEgress)
		}
	}
}

// zones counts the availability zones with an id below a region, those that are gone left out.
func (c *checker) zones(r topology.SiteRow) int {
	n := 0
	for _, child := range c.s.Children(r) {
		z := topology.SiteRow(child)
		if status, _ := c.s.Status(z); c.s.Kind(z) == topology.AvailabilityZone && status != "retired" {
			n++
		}
	}
	return n
}

func (c *checker) tooManyZones() {
	for i := range c.t.Sites {
		s := &c.t.Sites[i]
		r, ok := c.s.Site(s.ID)
		if !ok || s.ZoneCount == nil {
			continue
		}
		if n := c.zones(r); n > *s.ZoneCount {
			c.noted(Error, s, "zoneCount is %d, and %d availability zones are listed below it; correct the count, or say which zone is retired", *s.ZoneCount, n)
		}
	}
}

func (c *checker) unnamedZones() {
	for i := range c.t.Sites {
		s := &c.t.Sites[i]
		r, ok := c.s.Site(s.ID)
		if !ok || s.ZoneCount == nil {
			continue
		}
		if n := c.zones(r); n < *s.ZoneCount {
			c.noted(Note, s, "it has %d availability zones, and the ids of %d are known; add the others, so that requests can place copies in them", *s.ZoneCount, n)
		}
	}
}

func (c *checker) outlivesParent() {
	for i := range c.t.Sites {
		s := &c.t.Sites[i]
		up := c.status(s.Parent)
		if s.Parent == "" || up == "" || up == "available" || c.status(s.ID) != "available" {
			continue
		}
		level := Warning
		if up == "retired" {
			level = Error
		}
		c.noted(level, s, "%s is available, and %s, to which it belongs, is %s; correct one of them", s.Kind, s.Parent, up)
	}
}

func (c *checker) launchedEarly() {
	for i := range c.t.Sites {
		s := &c.t.Sites[i]
		if up, ok := c.site[s.Parent]; ok && s.Launched != "" && up.Launched != "" && s.Launched < up.Launched {
			c.noted(Warning, s, "opened %s, before %s did (%s); check both dates", s.Launched, up.ID, up.Launched)
		}
	}
}

func (c *checker) noPops() {
	for i := range c.t.Sites {
		if s := &c.t.Sites[i]; s.Pops != nil && *s.Pops == 0 && c.status(s.ID) == "available" {
			c.noted(Warning, s, "it is available and has 0 points of presence; correct the status or the count")
		}
	}
}

// offerers are the kinds of site that offer services by themselves.
var offerers = []topology.Kind{topology.Region, topology.LocalZone, topology.WavelengthZone, topology.Outpost}

func (c *checker) noOfferings() {
	for i := range c.t.Sites {
		s := &c.t.Sites[i]
		r, ok := c.s.Site(s.ID)
		if !ok || !slices.Contains(offerers, c.s.Kind(r)) || c.status(s.ID) != "available" {
			continue
		}
		known := false
		for range c.s.ServicesAt(r) {
			known = true
			break
		}
		if !known && !c.s.Facts(r).ServicesComplete {
			c.add(Note, s.Pos, s.ID, "%s is available and no service is known to be there, so a request that needs one is indeterminate; add offerings", s.Kind)
		}
	}
}

func (c *checker) serviceNowhere() {
	for i := range c.t.Services {
		k, ok := c.s.Service(c.t.Services[i].ID)
		if !ok {
			continue
		}
		if offered, _ := c.s.OfferedAt(k); offered.Count() == 0 {
			c.add(Note, c.t.Services[i].Pos, c.t.Services[i].ID, "no site is known to offer it; add an offering, or remove it")
		}
	}
}

// notOpen are the statuses of sites that customers cannot use.
var notOpen = []string{"retired", "announced", "address-space-only"}

// offeringNotOpen makes one finding of each site and section of a file.
func (c *checker) offeringNotOpen() {
	type key struct{ site, file string }
	seen := map[key]bool{}
	for i := range c.t.Offerings {
		o := &c.t.Offerings[i]
		for _, site := range append(slices.Clone(o.Sites), o.Site) {
			status, at := c.status(site), key{site, o.Pos.File}
			if site == "" || !slices.Contains(notOpen, status) || seen[at] {
				continue
			}
			seen[at] = true
			c.add(Warning, o.Pos, site, "it is %s, and services are said to be offered there; correct the status or the offering", status)
		}
	}
	for i := range c.t.Programmes {
		p := &c.t.Programmes[i]
		for _, site := range p.Sites {
			if status := c.status(site); slices.Contains(notOpen, status) {
				c.add(Warning, p.Pos, site, "it is %s, and said to hold programme %s; correct the status or the programme", status, p.ID)
			}
		}
	}
}

// offeringContradicts compares complete lists with other sources' entries: what one source calls the
// whole list leaves out what the other has.
func (c *checker) offeringContradicts() {
	type whole struct {
		at    *topology.Offering
		sites map[string]bool
	}
	lists := map[string][]whole{}
	each := func(yield func(o *topology.Offering, services, sites []string)) {
		for i := range c.t.Offerings {
			o := &c.t.Offerings[i]
			services, sites := slices.Clone(o.Services), slices.Clone(o.Sites)
			if o.Service != "" {
				services = append(services, o.Service)
			}
			if o.Site != "" {
				sites = append(sites, o.Site)
			}
			yield(o, services, sites)
		}
	}
	each(func(o *topology.Offering, services, sites []string) {
		if !o.Complete || len(sites) == 0 {
			return
		}
		set := map[string]bool{}
		for _, s := range sites {
			set[s] = true
		}
		for _, k := range services {
			lists[k] = append(lists[k], whole{o, set})
		}
	})
	each(func(o *topology.Offering, services, sites []string) {
		for _, k := range services {
			for _, w := range lists[k] {
				if w.at == o || w.at.Source == o.Source {
					continue // one list in several entries
				}
				out := map[string]bool{}
				for _, s := range sites {
					if !w.sites[s] && c.among(w.at.Among, s) {
						out[s] = true
					}
				}
				if len(out) > 0 {
					c.add(Warning, o.Pos, k, "offered at %s, which the complete list at %s leaves out; correct one, or take complete away from the list", few(slices.Sorted(maps.Keys(out))), w.at.Pos)
				}
			}
		}
	})
}

// among tells whether a complete list speaks of a site.
func (c *checker) among(names []string, site string) bool {
	r, ok := c.s.Site(site)
	if !ok {
		return false
	}
	if len(names) == 0 {
		return c.s.Kind(r) != topology.AvailabilityZone
	}
	return slices.Contains(names, site) || c.s.Kind(r) != topology.AvailabilityZone && slices.Contains(names, c.s.Partition(r))
}
