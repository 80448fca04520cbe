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
	copies, synchronous, readable := newColumn[int32](n), newColumn[bool](n), newColumn[int32](n)
	rpo, failover, atLeast := newColumn[float64](n), newColumn[float64](n), newColumn[float64](n)
	cutMode, cutHours := newColumn[string](n), newColumn[float64](n)
	fields, sources := make([][]string, n), make([][]string, n)
	for i := range c.Services {
		s := &c.Services[i]
		setText(scope, i, s.Scope)
		setText(plane, i, s.ControlPlane)
		if s.Zones != nil {
			copies.set(i, int32(s.Zones.Copies))
			synchronous.set(i, s.Zones.Synchronous)
			if s.Zones.Readable != nil {
				readable.set(i, int32(*s.Zones.Readable))
			}
		}
		if s.CrossRegion != nil {
			mode.set(i, s.CrossRegion.Mode)
			rpo.setPtr(i, s.CrossRegion.RPOSeconds)
		}
		if s.Failover != nil {
			failover.set(i, s.Failover.Seconds)
			atLeast.setPtr(i, s.Failover.AtLeastSeconds)
		}
		if d := s.Disconnected; d != nil {
			cutMode.set(i, d.Mode)
			cutHours.setPtr(i, d.Hours)
			if d.Hours == nil && d.Mode == "stops" {
				cutHours.set(i, 0)
			}
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
	t.Int32s("zones.readable", readable.v, readable.st)
	t.Strings("crossRegion.mode", mode.v, mode.st)
	t.Float64s("crossRegion.rpoSeconds", rpo.v, rpo.st)
	t.Float64s("failover.seconds", failover.v, failover.st)
	t.Float64s("failover.atLeastSeconds", atLeast.v, atLeast.st)
	t.Strings("disconnected.mode", cutMode.v, cutMode.st)
	t.Float64s("disconnected.hours", cutHours.v, cutHours.st)
	v, st = optional(c.Services, func(s *Service) string {
		if s.Disconnected == nil {
			return ""
		}
		return s.Disconnected.Note
	})
	t.Strings("disconnected.note", v, st)
	of, st := refs(c.Services, c.service, func(s *Service) string { return s.VariantOf })
	t.Refs("variantOf", "services", of, st)
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

// writeOfferings lays out, for each service, the sites that offer it, the sites where that is known and,
// for each of its sources, the sites of which the source speaks. A complete list closes the sites it
// speaks of. A variant that no entry names, whatever days it is for, is offered where its service is: one
// that has entries of its own has no other offers before they hold. An availability zone of which no entry
// speaks has what its region has.
func (c *catalogue) writeOfferings(b *image.Builder, t *image.TableBuilder) {
	offered, known := newBitRows(len(c.Services), len(c.rows)), newBitRows(len(c.Services), len(c.rows))
	said := make([][]statement, len(c.Services))
	for i := range c.Offerings {
		o := &c.Offerings[i]
		st := statement{layer: o.layer, sites: o.sites(), source: o.Source, pos: o.Pos}
		if o.Complete {
			st.among = c.among(o.Among)
		}
		for _, name := range o.services() {
			k := c.service[name]
			said[k] = append(said[k], st)
		}
	}
	sources := make([]map[int]image.Bits, len(c.Services))
	for k := range said {
		sources[k] = c.settle("service", c.Services[k].ID, said[k], offered[k], known[k])
	}
	named := c.offeredNames()
	if c.ever != nil {
		named = c.ever.offered
	}
	for k := range c.Services {
		s := &c.Services[k]
		own := named[s.ID] || slices.ContainsFunc(s.Aliases, func(a string) bool { return named[a] })
		if of, ok := c.service[s.VariantOf]; ok && !own {
			offered[k], known[k] = slices.Clone(offered[of]), slices.Clone(known[of])
			sources[k] = sources[of]
		}
	}
	c.writeOfferingSources(b, sources, known)
	c.zonesFollow(offered, known)
	t.Bits("sites", "sites", offered)
	t.Bits("sitesKnown", "sites", known)
}

// writeOfferingSources lays out a row for each service and source that speaks of it, sorted by both, with
// the sites of which it does; known is before availability zones follow their regions.
func (c *catalogue) writeOfferingSources(b *image.Builder, sources []map[int]image.Bits, known []image.Bits) {
	var service, source []uint32
	var sites []image.Bits
	for k := range sources {
		for _, src := range slices.Sorted(maps.Keys(sources[k])) {
			spoken := slices.Clone(sources[k][src])
			for i := range c.rows {
				if r := &c.rows[i]; r.kind == AvailabilityZone && !known[k].Get(i) && spoken.Get(r.parent) {
					spoken.Set(i)
				}
			}
			service, source, sites = append(service, uint32(k)), append(source, uint32(src)), append(sites, spoken)
		}
	}
	t := b.Table("offeringSources", len(sites))
	t.Refs("service", "services", service, image.States{})
	t.Refs("source", "sources", source, image.States{})
	t.Bits("sites", "sites", sites)
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
		var said []statement
		for layer, from := range p.statements() {
			st := statement{layer: layer, sites: from.Sites, source: from.Source, pos: from.Pos}
			if from.Complete {
				st.among = c.among(from.Among)
			}
			said = append(said, st)
		}
		c.settle("programme", p.ID, said, held[i], known[i])
	}
	c.zonesFollow(held, known)
	t.Bits("sites", "sites", held)
	t.Bits("sitesKnown", "sites", known)
	src, st := refs(c.Programmes, c.source, func(p *Programme) string { return p.Source })
	t.Refs("source", "sources", src, st)
}
