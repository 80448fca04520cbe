package lint

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

const (
	// lightMargin is how much slower than light in fibre, straight there and back, a round trip at least
	// is: no cable is straight and every router takes time. Compilation refuses what beats light.
	lightMargin = 1.05
	// modelFactor is how far off the distance model a measurement may be, either way: cables around the
	// Sahara and through the Indian Ocean double the way.
	modelFactor = 2.5
	// modelKm is the distance below which the model's constant, and not the way, makes the time.
	modelKm = 100
	// asymmetricPart and asymmetricMs must both be passed: jitter is a large part of a short time.
	asymmetricPart = 0.25
	asymmetricMs   = 10
)

// measured yields every measured time between two points: links, and access of metros. A country is no
// point: part of it may be next door to the site.
func (c *checker) measured(yield func(pos decode.Pos, subject string, ms, km float64)) {
	for i := range c.t.Links {
		l := &c.t.Links[i]
		from, okFrom := c.s.Site(l.From)
		to, okTo := c.s.Site(l.To)
		if !okFrom || !okTo || from == to {
			continue
		}
		if km, ok := c.s.DistanceKm(from, to); ok {
			yield(l.Pos, l.From+" → "+l.To, l.RTTMs, km)
		}
	}
	for i := range c.t.Access {
		a := &c.t.Access[i]
		p, okFrom := c.s.Population(a.From)
		r, okTo := c.s.Site(a.To)
		if !okFrom || !okTo {
			continue
		}
		f := c.s.PopulationFacts(p)
		lat, lon, ok := c.s.Point(r)
		if f.Kind != "country" && ok && f.Lat.State == topology.Known && f.Lon.State == topology.Known {
			yield(a.Pos, a.From+" → "+a.To, a.RTTMs, topology.DistanceKm(f.Lat.Value, f.Lon.Value, lat, lon))
		}
	}
}

func (c *checker) nearLight() {
	c.measured(func(pos decode.Pos, subject string, ms, km float64) {
		if light := topology.LightMs(km); light > 0 && ms < light*lightMargin {
			c.add(Warning, pos, subject, "%g ms is only %.2f times what light in fibre needs for %.0f km and back (%.1f ms), and no cable is that straight; check the time and the coordinates of both ends",
				ms, ms/light, km, light)
		}
	})
}

func (c *checker) offModel() {
	c.measured(func(pos decode.Pos, subject string, ms, km float64) {
		if km < modelKm {
			return
		}
		model := float64(topology.ModelMicros(km)) / 1000
		switch {
		case ms > model*modelFactor:
			c.add(Warning, pos, subject, "%g ms over %.0f km is %.1f times the %.1f ms that the distance suggests; check the time and the coordinates of both ends", ms, km, ms/model, model)
		case ms < model/modelFactor:
			c.add(Warning, pos, subject, "%g ms over %.0f km is less than 1/%g of the %.1f ms that the distance suggests; check the time and the coordinates of both ends", ms, km, modelFactor, model)
		}
	})
}

func (c *checker) asymmetric() {
	for i := range c.t.Links {
		l := &c.t.Links[i]
		back, ok := c.link[pair{l.To, l.From}]
		if !ok || l.From >= l.To {
			continue
		}
		diff := math.Abs(l.RTTMs - back.RTTMs)
		if diff > asymmetricMs && diff > asymmetricPart*min(l.RTTMs, back.RTTMs) {
			c.add(Warning, l.Pos, l.From+" → "+l.To, "%g ms there and %g ms back (at %s): both directions of a round trip take the same way; measure again or say in the source why they differ",
				l.RTTMs, back.RTTMs, back.Pos)
		}
	}
}

func (c *checker) oneSided() {
	for i := range c.t.Links {
		l := &c.t.Links[i]
		if _, ok := c.link[pair{l.To, l.From}]; !ok {
			c.add(Note, l.Pos, l.From+" → "+l.To, "measured, and %s → %s is not, so that one is modelled; add it", l.To, l.From)
		}
	}
}

// partial looks at the regions of a partition that have measurements at all.
func (c *checker) partial() {
	byPartition := map[string][]string{}
	measured := map[string]bool{}
	for p := range c.link {
		if p.from != p.to {
			measured[p.from], measured[p.to] = true, true
		}
	}
	for r := range c.s.Regions() {
		if id := c.s.SiteID(r); measured[id] {
			byPartition[c.s.Partition(r)] = append(byPartition[c.s.Partition(r)], id)
		}
	}
	for _, regions := range byPartition {
		for _, from := range regions {
			var missing []string
			for _, to := range regions {
				if from == to {
					continue
				}
				if _, ok := c.link[pair{from, to}]; !ok {
					missing = append(missing, to)
				}
			}
			if s := c.site[from]; s != nil && len(missing) > 0 {
				c.add(Note, s.Pos, from, "measured to %d of the %d other regions that have measurements, and not to %s; those times are modelled",
					len(regions)-1-len(missing), len(regions)-1, few(missing))
			}
		}
	}
}

// few lists the first names of a sorted list.
func few(names []string) string {
	const shown = 4
	slices.Sort(names)
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}
