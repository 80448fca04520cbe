package topology

import (
	"maps"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// siteFactNames are the facts of a site that may name a source of their own.
var siteFactNames = []string{
	"carrier", "city", "country", "lat", "launched", "lon", "name", "optIn", "owner", "parent",
	"partition", "pops", "serviceLink", "status", "subdivision", "zoneCount",
}

func (c *catalogue) writeSites(b *image.Builder) {
	n := len(c.rows)
	t := b.Table("sites", n)
	t.Strings("id", texts(c.rows, func(r *row) string { return r.ID }), image.States{})
	for name, get := range map[string]func(*row) string{
		"name":       func(r *row) string { return r.Name },
		"note":       func(r *row) string { return r.Note },
		"confidence": func(r *row) string { return r.Confidence },
	} {
		v, st := optional(c.rows, get)
		t.Strings(name, v, st)
	}
	kind, owner := make([]uint8, n), texts(c.rows, func(r *row) string { return r.Owner })
	parent, region, partition, country := newColumn[uint32](n), newColumn[uint32](n), newColumn[uint32](n), newColumn[uint32](n)
	subdivision, city, launched, status, carrier := newColumn[string](n), newColumn[string](n), newColumn[string](n), newColumn[string](n), newColumn[string](n)
	lat, lon, disconnected := newColumn[float64](n), newColumn[float64](n), newColumn[float64](n)
	optIn := newColumn[bool](n)
	pops, zones := newColumn[int32](n), newColumn[int32](n)
	for i := range c.rows {
		r := &c.rows[i]
		kind[i] = uint8(r.kind)
		setRow(parent, i, r.parent)
		setRow(region, i, r.region)
		setRow(partition, i, r.partition)
		if r.country != none {
			country.set(i, uint32(r.country))
		}
		setText(subdivision, i, r.ground.Subdivision)
		setText(city, i, r.ground.City)
		setText(launched, i, r.Launched)
		setText(status, i, r.status)
		lat.setPtr(i, r.lat)
		lon.setPtr(i, r.lon)
		applicable(optIn, i, r.optIn, r.kind == Region || r.kind == AvailabilityZone || r.kind == LocalZone || r.kind == WavelengthZone)
		applicable(disconnected, i, r.disconnectedHours, r.kind == Outpost)
		applicable(pops, i, narrow(r.Pops), r.kind == EdgeLocation)
		applicable(zones, i, narrow(r.ZoneCount), r.kind == Region)
		applicable(carrier, i, textPtr(r.Carrier), r.kind == WavelengthZone)
	}
	t.Uint8s("kind", kind, image.States{})
	t.Strings("owner", owner, image.States{})
	t.Refs("parent", "sites", parent.v, parent.st)
	t.Refs("region", "sites", region.v, region.st)
	t.Refs("partition", "partitions", partition.v, partition.st)
	t.Refs("country", "jurisdictions", country.v, country.st)
	t.Strings("subdivision", subdivision.v, subdivision.st)
	t.Strings("city", city.v, city.st)
	t.Strings("launched", launched.v, launched.st)
	t.Strings("status", status.v, status.st)
	t.Strings("carrier", carrier.v, carrier.st)
	t.Float64s("lat", lat.v, lat.st)
	t.Float64s("lon", lon.v, lon.st)
	t.Float64s("disconnectedHours", disconnected.v, disconnected.st)
	t.Bools("optIn", optIn.v, optIn.st)
	t.Int32s("pops", pops.v, pops.st)
	t.Int32s("zoneCount", zones.v, zones.st)
	c.writeFamilies(t)
	c.writeFootprint(t)
	c.writeProvenance(t)
}

func setRow(c *column[uint32], i, row int) {
	if row == none {
		c.absent(i)
	} else {
		c.set(i, uint32(row))
	}
}

// applicable sets a fact that only some kinds can have: unknown where it applies and is not given.
func applicable[T any](c *column[T], i int, v *T, applies bool) {
	switch {
	case v != nil:
		c.set(i, *v)
	case !applies:
		c.absent(i)
	}
}

func narrow(v *int) *int32 {
	if v == nil {
		return nil
	}
	n := int32(*v)
	return &n
}

func textPtr(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// writeFamilies lays out children and ancestors, both ways of walking the parent tree.
func (c *catalogue) writeFamilies(t *image.TableBuilder) {
	n := len(c.rows)
	children, ancestors := make([][]uint32, n), make([][]uint32, n)
	for i := range c.rows {
		for p := c.rows[i].parent; p != none; p = c.rows[p].parent {
			ancestors[i] = append(ancestors[i], uint32(p))
		}
		if p := c.rows[i].parent; p != none {
			children[p] = append(children[p], uint32(i))
		}
		ancestors[i] = sorted(ancestors[i])
	}
	t.Relation("children", "sites", children)
	t.Relation("ancestors", "sites", ancestors)
}

func (c *catalogue) writeFootprint(t *image.TableBuilder) {
	n := len(c.rows)
	grid, market, pue, wue, price := newColumn[float64](n), newColumn[float64](n), newColumn[float64](n), newColumn[float64](n), newColumn[float64](n)
	year := newColumn[int32](n)
	for i := range c.rows {
		if k := c.rows[i].carbon; k != none {
			f := &c.Carbon[k]
			grid.setPtr(i, f.GridGramsPerKWh)
			market.setPtr(i, f.MarketGramsPerKWh)
			pue.setPtr(i, f.PUE)
			wue.setPtr(i, f.WUELitresPerKWh)
			if f.Year != 0 {
				year.set(i, int32(f.Year))
			}
		}
		if k := c.rows[i].price; k != none {
			price.set(i, c.Prices[k].Index)
		}
	}
	t.Float64s("carbon.gridGramsPerKWh", grid.v, grid.st)
	t.Float64s("carbon.marketGramsPerKWh", market.v, market.st)
	t.Float64s("carbon.pue", pue.v, pue.st)
	t.Float64s("carbon.wueLitresPerKWh", wue.v, wue.st)
	t.Int32s("carbon.year", year.v, year.st)
	t.Float64s("price.index", price.v, price.st)
}

// writeProvenance lays out where each site's facts come from: one source for the site and the fields
// that have another, or none where the site has one.
func (c *catalogue) writeProvenance(t *image.TableBuilder) {
	src, st := refs(c.rows, c.source, func(r *row) string { return r.Source })
	t.Refs("source", "sources", src, st)
	names, sources := make([][]string, len(c.rows)), make([][]string, len(c.rows))
	for i := range c.rows {
		own := c.rows[i].FieldSources
		all := maps.Clone(own)
		put := func(field, source string) {
			if all == nil {
				all = map[string]string{}
			}
			all[field] = source
		}
		if k := c.rows[i].carbon; k != none && c.Carbon[k].Site == c.rows[i].ID {
			f := &c.Carbon[k]
			for _, field := range carbonFactNames {
				put("carbon."+field, sourceOf(f, field))
			}
		}
		if k := c.rows[i].price; k != none && c.Prices[k].Site == c.rows[i].ID {
			put("price.index", c.Prices[k].Source)
		}
		for _, field := range slices.Sorted(maps.Keys(all)) {
			names[i] = append(names[i], field)
			sources[i] = append(sources[i], all[field])
		}
	}
	t.Lists("factNames", names)
	t.Lists("factSources", sources)
}
