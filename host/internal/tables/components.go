package tables

import (
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

func (r *Request) components(b *image.Builder) {
	n := len(r.Components)
	of := func(f func(c *Component) string) []string { return each(r.Components, f) }
	num := func(f func(c *Component) float64) []float64 { return each(r.Components, f) }
	whole := func(f func(c *Component) int) []int32 {
		return each(r.Components, func(c *Component) int32 { return int32(f(c)) })
	}
	maybe := func(name string, t *image.TableBuilder, f func(c *Component) *float64) {
		v := column[float64](n)
		for i := range r.Components {
			given(v, i, f(&r.Components[i]))
		}
		t.Float64s(name, v.v, v.st)
	}
	t := b.Table("components", n)
	t.Strings("name", of(func(c *Component) string { return c.Name }), all)
	t.Relation("services", "services", each(r.Components, func(c *Component) []uint32 { return rows(c.Services) }))
	t.Lists("services.ids", each(r.Components, r.serviceIDs))
	t.Relation("data", "data", each(r.Components, r.dataOf))
	t.Strings("tier", of(func(c *Component) string { return c.Tier }), all)
	t.Strings("survive", of(func(c *Component) string { return c.Survive }), all)
	t.Strings("quorum", of(func(c *Component) string { return c.Quorum }), all)
	t.Int32s("copies.min", whole(func(c *Component) int { return c.Copies.Min }), all)
	t.Int32s("copies.max", whole(func(c *Component) int { return c.Copies.Max }), all)
	t.Lists("roles", each(r.Components, func(c *Component) []string { return c.Roles }))
	t.Float64s("spread.separationKm", num(func(c *Component) float64 { return c.Spread.SeparationKm }), all)
	t.Int32s("spread.perRegion", whole(func(c *Component) int { return c.Spread.PerRegion }), all)
	t.Int32s("spread.perCountry", whole(func(c *Component) int { return c.Spread.PerCountry }), all)
	t.Int32s("spread.perRiskGroup", whole(func(c *Component) int { return c.Spread.PerRiskGroup }), all)
	t.Int32s("spread.maxSkew", whole(func(c *Component) int { return c.Spread.MaxSkew }), all)
	maybe("capacity.needed", t, func(c *Component) *float64 {
		return capacity(c, func(k *placement.Capacity) *float64 { return &k.Needed })
	})
	maybe("capacity.perCopy", t, func(c *Component) *float64 {
		return capacity(c, func(k *placement.Capacity) *float64 { return &k.PerCopy })
	})
	maybe("rtoSeconds", t, func(c *Component) *float64 { return c.RTOSeconds })
	maybe("rpoSeconds", t, func(c *Component) *float64 { return c.RPOSeconds })
	maybe("latency.maxMs", t, func(c *Component) *float64 { return c.Latency.MaxMs })
	maybe("latency.percentile", t, func(c *Component) *float64 { return c.Latency.Percentile })
	t.Bools("latency.accelerated", each(r.Components, func(c *Component) bool { return c.Latency.Accelerated }), all)
	t.Float64s("latency.cacheHitRatio", num(func(c *Component) float64 { return c.Latency.CacheHitRatio }), all)
	t.Float64s("disconnectedHours", num(func(c *Component) float64 { return c.DisconnectedHours }), all)
	t.Float64s("energyKWh", num(func(c *Component) float64 { return c.EnergyKWh }), all)
	t.Float64s("units", num(func(c *Component) float64 { return c.Units }), all)
	t.Bools("userFacing", each(r.Components, func(c *Component) bool { return c.IsUserFacing() }), all)
	t.Relation("current", "sites", each(r.Components, func(c *Component) []uint32 { return rows(c.Current) }))
	r.dependencies(b)
}

func each[T any](list []Component, f func(c *Component) T) []T {
	out := make([]T, len(list))
	for i := range list {
		out[i] = f(&list[i])
	}
	return out
}

func rows[R ~uint32](list []R) []uint32 {
	out := make([]uint32, len(list))
	for i, r := range list {
		out[i] = uint32(r)
	}
	return out
}

func capacity(c *Component, f func(*placement.Capacity) *float64) *float64 {
	if c.Capacity == nil {
		return nil
	}
	return f(c.Capacity)
}

// serviceIDs are the ids of the services that a component uses.
func (r *Request) serviceIDs(c *Component) []string {
	out := make([]string, len(c.Services))
	for i, k := range c.Services {
		out[i] = r.Snap.ServiceID(k)
	}
	return out
}

// dataOf are the rows of the data sets that a component holds.
func (r *Request) dataOf(c *Component) []uint32 {
	var out []uint32
	for i := range r.Req.Spec.Data {
		if slices.Contains(c.Data, r.Req.Spec.Data[i].Name) {
			out = append(out, uint32(i))
		}
	}
	return out
}

func (r *Request) dependencies(b *image.Builder) {
	var from, to []uint32
	var most []*float64
	var traffic []float64
	for i := range r.Components {
		for _, d := range r.Components[i].DependsOn {
			k := slices.IndexFunc(r.Components, func(c Component) bool { return c.Name == d.Component })
			from, to, most, traffic = append(from, uint32(i)), append(to, uint32(k)), append(most, d.MaxMs), append(traffic, d.TrafficGB)
		}
	}
	ms := column[float64](len(from))
	for i, m := range most {
		given(ms, i, m)
	}
	t := b.Table("dependencies", len(from))
	t.Refs("from", "components", from, all)
	t.Refs("to", "components", to, all)
	t.Float64s("maxMs", ms.v, ms.st)
	t.Float64s("trafficGB", traffic, all)
}

// paths are the rows of the path hook.
func (r *Request) paths(b *image.Builder, list []topology.PathFacts) {
	n := len(list)
	groups := map[string]uint32{}
	for g := range r.Snap.RiskGroups() {
		groups[g.ID] = uint32(len(groups))
	}
	from, to, rtt, private := make([]uint32, n), make([]uint32, n), column[int32](n), column[bool](n)
	measured, complete, grouped := make([]bool, n), make([]bool, n), make([]bool, n)
	through, shared := make([][]uint32, n), make([][]uint32, n)
	for i := range list {
		p := &list[i]
		from[i], to[i] = uint32(p.From), uint32(p.To)
		if p.Basis == topology.UnknownBasis {
			rtt.unknown(i)
		} else {
			rtt.set(i, p.Micros)
		}
		measured[i] = p.Basis == topology.Measured
		switch p.Private.State {
		case topology.Known:
			private.set(i, p.Private.Value)
		case topology.Unknown:
			private.unknown(i)
		}
		through[i], complete[i], grouped[i] = rows(p.Jurisdictions), p.Complete, !p.Inferred
		for _, id := range p.RiskGroups {
			if g, ok := groups[id]; ok {
				shared[i] = append(shared[i], g)
			}
		}
	}
	t := b.Table("paths", n)
	t.Refs("from", "sites", from, all)
	t.Refs("to", "sites", to, all)
	t.Int32s("rtt", rtt.v, rtt.st)
	t.Bools("measured", measured, all)
	t.Bools("private", private.v, private.st)
	t.Relation("jurisdictions", "jurisdictions", through)
	t.Bools("jurisdictions.known", complete, all)
	t.Relation("riskGroups", "riskGroups", shared)
	t.Bools("riskGroups.known", grouped, all)
}
