package host

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// numbers is a ladder of limits that can be put at some figures, the least change first; none stands for no limit.
func numbers(field string, now float64, none any, figures func(t *trial) []float64, up bool, set func(*placement.Spec, *float64)) *family {
	step := func(to any, v *float64) edit {
		return edit{field: field, from: now, to: to, apply: func(s *placement.Spec) { set(s, v) }}
	}
	return ladder(field, func(ctx context.Context, r *relaxer, base []edit) ([]edit, error) {
		t, err := r.trial(ctx, base)
		if t == nil || err != nil {
			return nil, err
		}
		list := slices.Compact(slices.Sorted(slices.Values(figures(t))))
		if !up {
			slices.Reverse(list)
		}
		var out []edit
		for _, v := range list {
			if up && v > now || !up && v < now && v > 0 {
				out = append(out, step(v, &v))
			}
		}
		return out, nil
	}, func() *edit {
		top := step(none, nil)
		return &top
	})
}

// distances are the limits of a component on times and distances: each can be put where some site, or some pair of sites, is.
func (q *question) distances(i int, add func(*family) *family) {
	c := q.components[i].Component
	at := func(name string) string { return fmt.Sprintf("components[%d].%s", i, name) }
	if ms := c.Latency.MaxMs; ms != nil {
		add(numbers(at("latency.maxMs"), *ms, nil, func(t *trial) (out []float64) {
			for k := range t.sites[i] {
				for _, us := range t.sites[i][k].rtt {
					if us > 0 {
						out = append(out, quotient(us, 1000))
					}
				}
			}
			return out
		}, true, func(s *placement.Spec, v *float64) { s.Components[i].Latency.MaxMs = v }))
	}
	for k, d := range c.DependsOn {
		if d.MaxMs == nil {
			continue
		}
		to := q.called(d.Component)
		add(numbers(at(callField(k)), *d.MaxMs, nil, func(t *trial) (out []float64) {
			pairs(t.sites[i], t.sites[to], func(a, b topology.SiteRow) {
				if us, basis := t.q.snap.RTT(a, b); basis != topology.UnknownBasis && us > 0 {
					out = append(out, quotient(int64(us), 1000))
				}
			})
			return out
		}, true, func(s *placement.Spec, v *float64) { s.Components[i].DependsOn[k].MaxMs = v }))
	}
	for _, goal := range []struct {
		name string
		now  *float64
		of   func(rto, rpo span) span
		set  func(*placement.Component, *float64)
	}{
		{"rtoSeconds", c.RTOSeconds, func(rto, _ span) span { return rto }, func(c *placement.Component, v *float64) { c.RTOSeconds = v }},
		{"rpoSeconds", c.RPOSeconds, func(_, rpo span) span { return rpo }, func(c *placement.Component, v *float64) { c.RPOSeconds = v }},
	} {
		if goal.now == nil {
			continue
		}
		add(numbers(at(goal.name), *goal.now, nil, func(t *trial) (out []float64) {
			for _, row := range t.q.components[i].services {
				k := t.q.snap.ServiceFacts(row)
				for _, lost := range []span{goal.of(losesZone(&k)), losesCopy(&k)} {
					if lost.known {
						out = append(out, lost.seconds)
					}
				}
			}
			return out
		}, true, func(s *placement.Spec, v *float64) { goal.set(&s.Components[i], v) }))
	}
	if km := c.Spread.SeparationKm; km > 0 {
		add(numbers(at("spread.separationKm"), km, 0.0, func(t *trial) (out []float64) {
			pairs(t.sites[i], t.sites[i], func(a, b topology.SiteRow) {
				if far, known := t.q.snap.DistanceKm(a, b); known {
					out = append(out, math.Floor(far)) // whole kilometres, rounded so that the two are far enough
				}
			})
			return out
		}, false, func(s *placement.Spec, v *float64) {
			s.Components[i].Spread.SeparationKm = 0
			if v != nil {
				s.Components[i].Spread.SeparationKm = *v
			}
		}))
	}
}

// pairs visits every pair of sites that the request does not leave out.
func pairs(from, to []judged, visit func(a, b topology.SiteRow)) {
	for k := range from {
		for n := range to {
			if from[k].scoped && to[n].scoped {
				visit(from[k].row, to[n].row)
			}
		}
	}
}

// shorterCutOff lowers how long a component must go on when it is cut off, to what some site or service does.
func (q *question) shorterCutOff(i int) *family {
	asked := q.components[i].DisconnectedHours
	if asked == 0 {
		return nil
	}
	field := fmt.Sprintf("components[%d].disconnectedHours", i)
	f := numbers(field, asked, 0.0, func(t *trial) (out []float64) {
		known := func(f topology.Fact[float64]) {
			if f.State == topology.Known {
				out = append(out, f.Value)
			}
		}
		for k := range t.sites[i] {
			known(t.q.snap.Facts(t.sites[i][k].row).DisconnectedHours)
		}
		for _, s := range t.q.components[i].services {
			known(t.q.snap.ServiceFacts(s).DisconnectedHours)
		}
		return out
	}, false, func(s *placement.Spec, v *float64) {
		s.Components[i].DisconnectedHours = 0
		if v != nil {
			s.Components[i].DisconnectedHours = *v
		}
	})
	return f
}

// dirtier raises the carbon ceiling to what some site emits, in whole grams, rounded so that the site is below it.
func (q *question) dirtier() *family {
	carbon := q.req.Spec.Carbon
	if carbon == nil || carbon.MaxGramsPerKWh == nil {
		return nil
	}
	f := numbers("carbon.maxGramsPerKWh", *carbon.MaxGramsPerKWh, nil, func(t *trial) (out []float64) {
		for i := range t.sites {
			for k := range t.sites[i] {
				grams, state := t.q.snap.GridGramsPerKWh(t.sites[i][k].row)
				if t.q.req.Spec.CarbonBasis() == placement.BasisMarket {
					grams, state = t.q.snap.MarketGramsPerKWh(t.sites[i][k].row)
				}
				if state == topology.Known && t.sites[i][k].scoped {
					out = append(out, math.Ceil(grams))
				}
			}
		}
		return out
	}, true, func(s *placement.Spec, v *float64) {
		s.Carbon = &placement.Carbon{MaxGramsPerKWh: v, Basis: s.Carbon.Basis}
	})
	return f
}

// dearer raises the ceiling on prices to the index of some site, as it is stated.
func (q *question) dearer() *family {
	cost := q.req.Spec.Cost
	if cost == nil || cost.MaxIndex == nil {
		return nil
	}
	return numbers("cost.maxIndex", *cost.MaxIndex, nil, func(t *trial) (out []float64) {
		for i := range t.sites {
			for k := range t.sites[i] {
				if index, state := t.q.snap.PriceIndex(t.sites[i][k].row); state == topology.Known && t.sites[i][k].scoped {
					out = append(out, index)
				}
			}
		}
		return out
	}, true, func(s *placement.Spec, v *float64) { s.Cost = &placement.Cost{MaxIndex: v} })
}
