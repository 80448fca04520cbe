package topology

import (
	"math"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// micros turns milliseconds as written into whole microseconds, the unit of every decision.
func micros(ms float64) int32 { return int32(math.Round(ms * 1000)) }

// writeRegions lays out the round-trip times between regions as a dense matrix: measured where a link
// says so, else modelled, else unknown (-1). Bits tell measured from modelled.
func (c *catalogue) writeRegions(b *image.Builder) {
	var sites []uint32
	var points []point
	at := make(map[int]int)
	for i := range c.rows {
		if r := &c.rows[i]; r.kind == Region {
			at[i] = len(sites)
			sites = append(sites, uint32(i))
			points = append(points, c.point(r))
		}
	}
	n := len(sites)
	rtt := make([]int32, n*n)
	measured := newBitRows(n, n)
	for i := range c.Links {
		l := &c.Links[i]
		f, okFrom := at[c.site[l.From]]
		t, okTo := at[c.site[l.To]]
		if okFrom && okTo {
			rtt[f*n+t] = micros(l.RTTMs)
			measured[f].Set(t)
		}
	}
	bb := newBackbone(points, func(i, j int) (int32, bool) { return rtt[i*n+j], measured[i].Get(j) })
	for i := range n {
		for j := range i + 1 {
			there, back := measured[i].Get(j), measured[j].Get(i)
			if there && back {
				continue
			}
			light, ok := points[i].light(points[j]) // most of the work, and the same both ways
			model := func(from, to int) int32 {
				if !ok {
					return -1
				}
				return bb.over(light, from, bb.near[from], to).micros
			}
			if !there {
				rtt[i*n+j] = model(i, j)
			}
			if !back {
				rtt[j*n+i] = model(j, i)
			}
		}
	}
	t := b.Table("regions", n)
	t.Refs("site", "sites", sites, image.States{})
	t.Matrix("rtt", "regions", rtt)
	t.Bits("measured", "regions", measured)
	writeBackbone(b, bb)
	c.writeLinks(b)
	c.writeRiskGroups(b)
}

// point is where a region stands and in whose network it is.
func (c *catalogue) point(r *row) point {
	p := point{provider: none}
	if r.lat != nil && r.lon != nil {
		p.lat, p.lon, p.known = *r.lat, *r.lon, true
	}
	if r.partition != none {
		if i, ok := c.provider[c.Partitions[r.partition].Provider]; ok {
			p.provider = i
		}
	}
	return p
}

// writeBackbone lays out the pairs of regions that are taken to be joined directly.
func writeBackbone(b *image.Builder, bb *backbone) {
	spans := bb.spans()
	from, to, rtt := make([]uint32, len(spans)), make([]uint32, len(spans)), make([]int32, len(spans))
	for i, s := range spans {
		from[i], to[i], rtt[i] = uint32(s.a), uint32(s.b), s.micros
	}
	t := b.Table("backbone", len(spans))
	t.Refs("from", "regions", from, image.States{})
	t.Refs("to", "regions", to, image.States{})
	t.Int32s("rtt", rtt, image.States{})
}

func (c *catalogue) writeLinks(b *image.Builder) {
	n := len(c.Links)
	t := b.Table("links", n)
	rtt, private := make([]int32, n), newColumn[bool](n)
	via, groups := make([][]uint32, n), make([][]string, n)
	viaKnown := make([]bool, n)
	for i := range c.Links {
		l := &c.Links[i]
		rtt[i] = micros(l.RTTMs)
		private.setPtr(i, l.Private)
		viaKnown[i] = l.Via != nil
		for _, j := range l.Via {
			via[i] = append(via[i], uint32(c.jurisdiction[j]))
		}
		via[i] = sorted(via[i])
		groups[i] = l.RiskGroups
	}
	from, st := refs(c.Links, c.site, func(l *Link) string { return l.From })
	t.Refs("from", "sites", from, st)
	to, st := refs(c.Links, c.site, func(l *Link) string { return l.To })
	t.Refs("to", "sites", to, st)
	t.Int32s("rtt", rtt, image.States{})
	t.Bools("private", private.v, private.st)
	t.Relation("via", "jurisdictions", via)
	t.Bools("viaKnown", viaKnown, image.States{})
	t.Lists("riskGroups", groups)
	src, st := refs(c.Links, c.source, func(l *Link) string { return l.Source })
	t.Refs("source", "sources", src, st)
}

func (c *catalogue) writeRiskGroups(b *image.Builder) {
	t := b.Table("riskGroups", len(c.RiskGroups))
	t.Strings("id", texts(c.RiskGroups, func(g *RiskGroup) string { return g.ID }), image.States{})
	t.Strings("kind", texts(c.RiskGroups, func(g *RiskGroup) string { return g.Kind }), image.States{})
	t.Relation("sites", "sites", relation(c.RiskGroups, c.site, func(g *RiskGroup) []string { return g.Sites }))
	from, to := make([][]string, len(c.RiskGroups)), make([][]string, len(c.RiskGroups))
	for i := range c.RiskGroups {
		for _, l := range c.RiskGroups[i].Links {
			from[i] = append(from[i], l[0])
			to[i] = append(to[i], l[1])
		}
	}
	t.Lists("linksFrom", from)
	t.Lists("linksTo", to)
	src, st := refs(c.RiskGroups, c.source, func(g *RiskGroup) string { return g.Source })
	t.Refs("source", "sources", src, st)
}

func setMicros(c *column[int32], i int, ms *float64) {
	if ms != nil {
		c.set(i, micros(*ms))
	}
}

func (c *catalogue) writePeople(b *image.Builder) {
	n := len(c.Populations)
	t := b.Table("populations", n)
	t.Strings("id", texts(c.Populations, func(p *Population) string { return p.ID }), image.States{})
	v, st := optional(c.Populations, func(p *Population) string { return p.Name })
	t.Strings("name", v, st)
	t.Strings("kind", texts(c.Populations, func(p *Population) string { return p.Kind }), image.States{})
	country, lat, lon := newColumn[uint32](n), newColumn[float64](n), newColumn[float64](n)
	fixed, mobile := newColumn[int32](n), newColumn[int32](n)
	weight := make([]float64, n)
	for i := range c.Populations {
		p := &c.Populations[i]
		code := p.Country
		if p.Kind == "country" && code == "" {
			code = p.ID
		}
		if j, ok := c.jurisdiction[code]; ok {
			country.set(i, uint32(j))
		}
		lat.setPtr(i, p.Lat)
		lon.setPtr(i, p.Lon)
		weight[i] = p.Weight
		setMicros(fixed, i, p.FixedMs)
		setMicros(mobile, i, p.MobileMs)
	}
	t.Refs("country", "jurisdictions", country.v, country.st)
	t.Float64s("lat", lat.v, lat.st)
	t.Float64s("lon", lon.v, lon.st)
	t.Float64s("weight", weight, image.States{})
	t.Int32s("fixedLine", fixed.v, fixed.st)
	t.Int32s("mobileLine", mobile.v, mobile.st)
	site, st := refs(c.Populations, c.site, func(p *Population) string { return p.ID })
	t.Refs("site", "sites", site, st)
	src, st := refs(c.Populations, c.source, func(p *Population) string { return p.Source })
	t.Refs("source", "sources", src, st)

	t = b.Table("access", len(c.Access))
	from, st := refs(c.Access, c.population, func(a *Access) string { return a.From })
	t.Refs("from", "populations", from, st)
	to, st := refs(c.Access, c.site, func(a *Access) string { return a.To })
	t.Refs("to", "sites", to, st)
	rtt := make([]int32, len(c.Access))
	for i := range c.Access {
		rtt[i] = micros(c.Access[i].RTTMs)
	}
	t.Int32s("rtt", rtt, image.States{})
	src, st = refs(c.Access, c.source, func(a *Access) string { return a.Source })
	t.Refs("source", "sources", src, st)
}

func (c *catalogue) writePrices(b *image.Builder) {
	t := b.Table("egress", len(c.Egress))
	from, st := refs(c.Egress, c.site, func(e *Egress) string { return e.From })
	t.Refs("from", "sites", from, st)
	t.Strings("to", texts(c.Egress, func(e *Egress) string { return e.To }), image.States{})
	price := make([]float64, len(c.Egress))
	for i := range c.Egress {
		price[i] = c.Egress[i].USDPerGB
	}
	t.Float64s("usdPerGB", price, image.States{})
	src, st := refs(c.Egress, c.source, func(e *Egress) string { return e.Source })
	t.Refs("source", "sources", src, st)
}
