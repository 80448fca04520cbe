package topology

import (
	"maps"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

func (c *catalogue) writeServices(b *image.Builder) {
	n := len(c.Services)
	t := b.Table("services", n)
	t.Strings("id", texts(c.Services, func(s *Service) string { return s.ID }), image.States{})
	v, st := optional(c.Services, func(s *Service) string { return s.Name })
	t.Strings("name", v, st)
	v, st = optional(c.Services, func(s *Service) string { return s.Note })
	t.Strings("note", v, st)
	scope, plane, mode := newColumn[string](n), newColumn[string](n), newColumn[string](n)
	copies, synchronous := newColumn[int32](n), newColumn[bool](n)
	rpo, failover := newColumn[float64](n), newColumn[float64](n)
	fields, sources := make([][]string, n), make([][]string, n)
	for i := range c.Services {
		s := &c.Services[i]
		setText(scope, i, s.Scope)
		setText(plane, i, s.ControlPlane)
		if s.Zones != nil {
			copies.set(i, int32(s.Zones.Copies))
			synchronous.set(i, s.Zones.Synchronous)
		}
		if s.CrossRegion != nil {
			mode.set(i, s.CrossRegion.Mode)
			rpo.setPtr(i, s.CrossRegion.RPOSeconds)
		}
		if s.Failover != nil {
			failover.set(i, s.Failover.Seconds)
		}
		for _, f := range slices.Sorted(maps.Keys(s.FieldSources)) {
			fields[i] = append(fields[i], f)
			sources[i] = append(sources[i], s.FieldSources[f])
		}
	}
	t.Strings("scope", scope.v, scope.st)
	t.Strings("controlPlane", plane.v, plane.st)
	t.Int32s("zones.copies", copies.v, copies.st)
	t.Bools("zones.synchronous", synchronous.v, synchronous.st)
	t.Strings("crossRegion.mode", mode.v, mode.st)
	t.Float64s("crossRegion.rpoSeconds", rpo.v, rpo.st)
	t.Float64s("failover.seconds", failover.v, failover.st)
	src, st := refs(c.Services, c.source, func(s *Service) string { return s.Source })
	t.Refs("source", "sources", src, st)
	t.Lists("factNames", fields)
	t.Lists("factSources", sources)
	c.writeOfferings(b, t)
	c.writeServiceNames(b)
	c.writeProgrammes(b)
}

// writeServiceNames lays out every name a request may use for a service, sorted.
func (c *catalogue) writeServiceNames(b *image.Builder) {
	names := slices.Sorted(maps.Keys(c.service))
	rows := make([]uint32, len(names))
	for i, name := range names {
		rows[i] = uint32(c.service[name])
	}
	t := b.Table("serviceNames", len(names))
	t.Strings("name", names, image.States{})
	t.Refs("service", "services", rows, image.States{})
}

// writeOfferings lays out, for each service, the sites that offer it and the sites where that is
// known. A complete list closes the sites it speaks of. An availability zone of which no entry speaks
// has what its region has.
func (c *catalogue) writeOfferings(b *image.Builder, t *image.TableBuilder) {
	offered, known := newBitRows(len(c.Services), len(c.rows)), newBitRows(len(c.Services), len(c.rows))
	sources := make([]map[int]bool, len(c.rows))
	credit := func(site int, source string) {
		if k, ok := c.source[source]; ok {
			if sources[site] == nil {
				sources[site] = map[int]bool{}
			}
			sources[site][k] = true
		}
	}
	for i := range c.Offerings {
		o := &c.Offerings[i]
		var among image.Bits
		if o.Complete {
			among = c.among(o.Among)
			for s := range among.Rows() {
				credit(s, o.Source)
			}
		}
		sites := o.sites()
		for _, name := range o.services() {
			k := c.service[name]
			if o.Complete {
				known[k].Or(known[k], among)
			}
			for _, site := range sites {
				s := c.site[site]
				offered[k].Set(s)
				known[k].Set(s)
				credit(s, o.Source)
			}
		}
	}
	c.zonesFollow(offered, known)
	t.Bits("sites", "sites", offered)
	t.Bits("sitesKnown", "sites", known)

	rows := make([][]string, len(c.rows))
	for i := range rows {
		from := i
		if c.rows[i].kind == AvailabilityZone && len(sources[i]) == 0 {
			from = c.rows[i].parent
		}
		for _, k := range slices.Sorted(maps.Keys(sources[from])) {
			rows[i] = append(rows[i], c.Sources[k].ID)
		}
	}
	b.Table("siteOfferings", len(c.rows)).Lists("sources", rows)
}

// zonesFollow gives every availability zone what its region has, in each pair of sets where nothing is
// known of the zone itself.
func (c *catalogue) zonesFollow(has, known []image.Bits) {
	for i := range c.rows {
		if c.rows[i].kind != AvailabilityZone {
			continue
		}
		region := c.rows[i].parent
		for k := range known {
			if known[k].Get(i) || !known[k].Get(region) {
				continue
			}
			known[k].Set(i)
			if has[k].Get(region) {
				has[k].Set(i)
			}
		}
	}
}

// among is the set of sites a complete list speaks of; no names mean all. Availability zones are in it
// only by their own names: a list of regions says nothing of its own about their zones.
func (c *catalogue) among(names []string) image.Bits {
	set := image.NewBits(len(c.rows))
	put := func(i int) {
		if c.rows[i].kind != AvailabilityZone {
			set.Set(i)
		}
	}
	if len(names) == 0 {
		for i := range c.rows {
			put(i)
		}
		return set
	}
	for _, name := range names {
		if s, ok := c.site[name]; ok {
			set.Set(s)
			continue
		}
		p := c.partition[name]
		for i := range c.rows {
			if c.rows[i].partition == p {
				put(i)
			}
		}
	}
	return set
}

func (c *catalogue) writeProgrammes(b *image.Builder) {
	t := b.Table("programmes", len(c.Programmes))
	t.Strings("id", texts(c.Programmes, func(p *Programme) string { return p.ID }), image.States{})
	v, st := optional(c.Programmes, func(p *Programme) string { return p.Name })
	t.Strings("name", v, st)
	held, known := newBitRows(len(c.Programmes), len(c.rows)), newBitRows(len(c.Programmes), len(c.rows))
	for i := range c.Programmes {
		p := &c.Programmes[i]
		if p.Complete {
			known[i].Or(known[i], c.among(p.Among))
		}
		for _, name := range p.Sites {
			held[i].Set(c.site[name])
			known[i].Set(c.site[name])
		}
	}
	c.zonesFollow(held, known)
	t.Bits("sites", "sites", held)
	t.Bits("sitesKnown", "sites", known)
	src, st := refs(c.Programmes, c.source, func(p *Programme) string { return p.Source })
	t.Refs("source", "sources", src, st)
}
