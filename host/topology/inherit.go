package topology

import (
	"fmt"
	"slices"
)

// sites resolves every site's parent, region and inherited facts, parents first.
func (c *catalogue) sites() {
	c.rows = make([]row, len(c.Sites))
	for i := range c.Sites {
		s := &c.Sites[i]
		k, _ := ParseKind(s.Kind)
		c.rows[i] = row{Site: s, kind: k, parent: none, region: none, partition: none, country: none, carbon: none, price: none}
	}
	for i := range c.rows {
		r := &c.rows[i]
		who := fmt.Sprintf("site %q", r.ID)
		allowed := parents[r.kind]
		if r.Parent == "" || len(allowed) == 0 {
			if r.Parent != "" {
				c.fail(r.Pos, "%s: kind %s has no parent; remove parent: %s", who, r.kind, r.Parent)
			}
			continue
		}
		p := c.ref(c.site, r.Parent, "parent", r.Pos, who)
		if p == none {
			continue
		}
		if pk := c.rows[p].kind; !slices.Contains(allowed, pk) {
			c.fail(r.Pos, "%s: the parent of kind %s must be of kind %s, and %q is of kind %s", who, r.kind, allowed[0], r.Parent, pk)
			continue
		}
		r.parent = p
	}
	// Parents are at most two steps up (outpost, zone, region) and kinds cannot form a cycle, so three
	// passes from the top settle everything.
	for _, pass := range [][]Kind{{Region, EdgeLocation, DirectConnect}, {AvailabilityZone, LocalZone, WavelengthZone, RegionalEdgeCache}, {Outpost}} {
		for i := range c.rows {
			if slices.Contains(pass, c.rows[i].kind) {
				c.inherit(i)
			}
		}
	}
	c.siteFacts()
}

// inherit fills in what site i takes from its parent, which is settled already.
func (c *catalogue) inherit(i int) {
	r := &c.rows[i]
	who := fmt.Sprintf("site %q", r.ID)
	var up *row
	if r.parent != none {
		up = &c.rows[r.parent]
	}
	switch {
	case r.kind == Region:
		r.region = i
	case up != nil:
		r.region = up.region
	}
	r.partition = c.ref(c.partition, r.Partition, "partition", r.Pos, who)
	if up != nil {
		switch {
		case r.partition == none:
			r.partition = up.partition
		case r.partition != up.partition && up.partition != none:
			c.fail(r.Pos, "%s: partition %q is not its parent's (%q); remove it, it is inherited", who, r.Partition, c.Partitions[up.partition].ID)
		}
	}
	r.ground, r.lat, r.lon, r.optIn, r.status = r.Site, r.Lat, r.Lon, r.OptIn, r.Status
	r.country = c.country(r.Country, r)
	if r.ServiceLink != nil {
		r.disconnectedHours = r.ServiceLink.DisconnectedHours
	}
	if up == nil || !inheritsGround(r.kind) {
		return
	}
	if r.country == none {
		r.country = up.country
	}
	if r.lat == nil && r.lon == nil {
		r.lat, r.lon = up.lat, up.lon
	}
	if r.City == "" && r.Subdivision == "" {
		r.ground = up.Site
	}
	if r.optIn == nil && r.kind == AvailabilityZone {
		r.optIn = up.optIn
	}
	if r.status == "" {
		r.status = up.status
	}
}

func (c *catalogue) country(code string, r *row) int {
	j := c.ref(c.jurisdiction, code, "country", r.Pos, fmt.Sprintf("site %q", r.ID))
	if j != none && c.Jurisdictions[j].Kind != "country" {
		c.fail(r.Pos, "site %q: country %q is a bloc; name the country", r.ID, code)
		return none
	}
	return j
}

// siteFacts ties carbon and prices to sites; availability zones take their region's.
func (c *catalogue) siteFacts() {
	for i := range c.Carbon {
		f := &c.Carbon[i]
		if s := c.ref(c.site, f.Site, "site", f.Pos, "carbon"); s != none {
			c.rows[s].carbon = i
		}
	}
	for i := range c.Prices {
		f := &c.Prices[i]
		if s := c.ref(c.site, f.Site, "site", f.Pos, "price"); s != none {
			c.rows[s].price = i
		}
	}
	for i := range c.rows {
		r := &c.rows[i]
		if r.kind != AvailabilityZone || r.parent == none {
			continue
		}
		if r.carbon == none {
			r.carbon = c.rows[r.parent].carbon
		}
		if r.price == none {
			r.price = c.rows[r.parent].price
		}
	}
}
