package topology

import (
	"cmp"
	"slices"
)

// backbone is what is known of the round-trip times between regions, and the model that fills in the rest.
//
// A pair of regions that nobody measured is taken to go by way of regions near either end whose times were
// measured: their time, plus the stretches in between. That knows of detours which a distance cannot
// (docs/latency-model.md has the error of both). Only where there is none near enough is the time modelled
// from the distance of the two.
type backbone struct {
	law    law
	points []point // one a region
	// measured returns the measured time from region i to region j in whole microseconds.
	measured func(i, j int) (micros int32, ok bool)
	hubs     []int    // regions with a measured time to and from another one
	near     [][]stop // for each region, the nearest hubs of its network
}

// point is where a region stands and in whose network. A region whose point is not known has no model.
type point struct {
	lat, lon float64
	known    bool
	provider int
}

// stop is a region a path may go by, and how far light in fibre is from it.
type stop struct {
	region int
	light  float64
}

const (
	// nearStops is how many measured regions a path may be taken to go by at either end.
	nearStops = 3
	// nearShare is how far such a region may be, as a share of the distance of the two ends.
	nearShare = 0.5
)

// newBackbone finds the hubs and what is near each region.
func newBackbone(points []point, measured func(i, j int) (int32, bool)) *backbone {
	b := &backbone{law: fitted, points: points, measured: measured, near: make([][]stop, len(points))}
	for i := range points {
		for j := range points {
			if i == j || !points[i].known {
				continue
			}
			_, there := measured(i, j)
			if _, back := measured(j, i); there && back {
				b.hubs = append(b.hubs, i)
				break
			}
		}
	}
	for i, p := range points {
		b.near[i] = b.stops(p, i)
	}
	return b
}

// stops lists the nearest hubs of a point's network: one more than a path may use, because the other end
// of the path may be among them. self is left out.
func (b *backbone) stops(p point, self int) []stop {
	if !p.known {
		return nil
	}
	var all []stop
	for _, h := range b.hubs {
		if at := &b.points[h]; h != self && at.provider == p.provider {
			all = append(all, stop{h, lightMicros(DistanceKm(p.lat, p.lon, at.lat, at.lon))})
		}
	}
	slices.SortFunc(all, func(x, y stop) int { return cmp.Or(cmp.Compare(x.light, y.light), x.region-y.region) })
	return all[:min(len(all), nearStops+1)]
}

// usable are the stops of one end that a path to another region may go by: the end itself if it is a
// region, then those near enough.
func usable(self int, near []stop, other int, light float64) [1 + nearStops]stop {
	out := [1 + nearStops]stop{{region: self}}
	n := 1
	for _, s := range near {
		if n == len(out) {
			break
		}
		if s.region != other && s.light <= float64(nearShare*light) {
			out[n] = s
			n++
		}
	}
	for ; n < len(out); n++ {
		out[n].region = none
	}
	return out
}

// modelled is a modelled time and the measured pair of regions that it leans on; none where it leans on the
// distance alone. A negative time is unknown.
type modelled struct {
	micros   int32
	from, to int
}

// model is the modelled time from a point to region j. self is the point's own region, or none.
func (b *backbone) model(p point, self int, near []stop, j int) modelled {
	light, ok := p.light(b.points[j])
	if !ok {
		return modelled{micros: -1, from: none, to: none}
	}
	return b.over(light, self, near, j)
}

// light is how far light in fibre is from one point to another.
func (p point) light(q point) (micros float64, ok bool) {
	if !p.known || !q.known {
		return 0, false
	}
	return lightMicros(DistanceKm(p.lat, p.lon, q.lat, q.lon)), true
}

// over is model where the distance is known.
func (b *backbone) over(light float64, self int, near []stop, j int) modelled {
	best := modelled{micros: -1, from: none, to: none}
	ends := usable(j, b.near[j], self, light)
	for _, x := range usable(self, near, j, light) {
		for _, y := range ends {
			if x.region == none || y.region == none || x.region == y.region {
				continue
			}
			t, ok := b.measured(x.region, y.region)
			if !ok {
				continue
			}
			micros := t + b.law.leg(float64(x.light+y.light))
			if best.from == none || micros < best.micros {
				best = modelled{micros, x.region, y.region}
			}
		}
	}
	if best.from == none {
		best.micros = b.law.whole(light)
	}
	return best
}
