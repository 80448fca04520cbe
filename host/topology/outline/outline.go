package outline

import (
	_ "embed"
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
)

//go:embed outlines.txt
var data string

// unitsPerDegree is the grid of outlines.txt.
const unitsPerDegree = 50

// kmPerDegree is the length of a degree of latitude on a sphere of the mean Earth radius.
const kmPerDegree = 6371.0088 * math.Pi / 180

// Point is a point in degrees.
type Point struct{ Lat, Lon float64 }

// Ring is a closed line: the last point is joined to the first, without being repeated. No side of it
// crosses the 180th meridian, but for Antarctica's along the pole.
type Ring struct {
	Points                         []Point
	minLat, maxLat, minLon, maxLon float64
}

// world is every ring, by country.
var world = sync.OnceValue(func() map[string][]Ring {
	w, err := parse(data)
	if err != nil {
		panic(err) // the data is part of the program, and TestData reads all of it
	}
	return w
})

// Known tells whether the outline of a country, named by its ISO 3166-1 alpha-2 code, is known.
func Known(country string) bool {
	_, ok := world()[country]
	return ok && country != noCountry
}

// Contains tells whether a point lies in a country. known is false where there is no outline of it, or
// where the point is none.
func Contains(country string, lat, lon float64) (in, known bool) {
	if !Known(country) || !valid(lat, lon) {
		return false, false
	}
	return contains(world()[country], lat, lon), true
}

// DistanceKm returns how far a point is from a country: 0 inside, else the distance to the nearest part
// of its outline. It is measured on a plane that touches the Earth at the point: exact to a hundredth
// for some hundred kilometres, and rough across oceans.
func DistanceKm(country string, lat, lon float64) (km float64, known bool) {
	in, known := Contains(country, lat, lon)
	if !known || in {
		return 0, known
	}
	km = math.Inf(1)
	for _, r := range world()[country] {
		km = min(km, r.distanceKm(lat, lon))
	}
	return km, true
}

// Land yields the rings of each country, by code, and last those of land that is in no one country,
// with the code "-". Within one country what lies in an odd number of rings is land.
func Land() iter.Seq2[string, []Ring] {
	return func(yield func(string, []Ring) bool) {
		w := world()
		for _, code := range slices.Sorted(maps.Keys(w)) {
			if code != noCountry && !yield(code, w[code]) {
				return
			}
		}
		yield(noCountry, w[noCountry])
	}
}

func valid(lat, lon float64) bool {
	return lat >= -90 && lat <= 90 && lon >= -180 && lon <= 180 // false for NaN
}

// contains counts the sides that a line from the point to the east crosses: an odd number is inside.
func contains(rings []Ring, lat, lon float64) bool {
	in := false
	for _, r := range rings {
		if lat < r.minLat || lat > r.maxLat || lon < r.minLon || lon > r.maxLon {
			continue // a ring that is all to one side is crossed an even number of times
		}
		for x := range r.Crossings(lat) {
			if x > lon {
				in = !in
			}
		}
	}
	return in
}

// Crossings yields the longitudes at which a ring crosses a parallel: always an even number, in no
// order.
func (r Ring) Crossings(lat float64) iter.Seq[float64] {
	return func(yield func(float64) bool) {
		if lat < r.minLat || lat > r.maxLat {
			return
		}
		a := r.Points[len(r.Points)-1]
		for _, b := range r.Points {
			if (a.Lat > lat) != (b.Lat > lat) && !yield(a.Lon+(lat-a.Lat)/(b.Lat-a.Lat)*(b.Lon-a.Lon)) {
				return
			}
			a = b
		}
	}
}

func (r Ring) distanceKm(lat, lon float64) float64 {
	east := kmPerDegree * math.Cos(lat*math.Pi/180)
	flat := func(p Point) (x, y float64) {
		d := math.Remainder(p.Lon-lon, 360) // the short way round
		return d * east, (p.Lat - lat) * kmPerDegree
	}
	best := math.Inf(1)
	ax, ay := flat(r.Points[len(r.Points)-1])
	for _, p := range r.Points {
		bx, by := flat(p)
		dx, dy := bx-ax, by-ay
		t := 0.0
		// A side that the plane's edge, half the world away, tears apart counts by its ends alone.
		if l := dx*dx + dy*dy; l > 0 && math.Abs(dx) < 180*east {
			t = max(0, min(1, -(ax*dx+ay*dy)/l))
		}
		best = min(best, math.Hypot(ax+t*dx, ay+t*dy))
		ax, ay = bx, by
	}
	return best
}

// noCountry is the code of land that is in no one country.
const noCountry = "-"

// parse reads outlines.txt, whose first lines describe it.
func parse(text string) (map[string][]Ring, error) {
	w := map[string][]Ring{}
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		n++
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		code, points, ok := strings.Cut(line, "\t")
		if !ok || code == "" {
			return nil, fmt.Errorf("outlines.txt:%d: not a code, a tab and a ring", n)
		}
		r, err := ring(points)
		if err != nil {
			return nil, fmt.Errorf("outlines.txt:%d: %w", n, err)
		}
		w[code] = append(w[code], r)
	}
	return w, nil
}

func ring(text string) (Ring, error) {
	r := Ring{minLat: math.Inf(1), maxLat: math.Inf(-1), minLon: math.Inf(1), maxLon: math.Inf(-1)}
	lat, lon := 0, 0
	for at := 0; at < len(text); {
		dLat, next, ok := number(text, at)
		dLon, next, ok2 := number(text, next)
		if !ok || !ok2 {
			return r, fmt.Errorf("byte %d of the ring is no number", at)
		}
		at, lat, lon = next, lat+dLat, lon+dLon
		p := Point{float64(lat) / unitsPerDegree, float64(lon) / unitsPerDegree}
		if !valid(p.Lat, p.Lon) {
			return r, fmt.Errorf("point %g, %g is not on Earth", p.Lat, p.Lon)
		}
		r.Points = append(r.Points, p)
		r.minLat, r.maxLat = min(r.minLat, p.Lat), max(r.maxLat, p.Lat)
		r.minLon, r.maxLon = min(r.minLon, p.Lon), max(r.maxLon, p.Lon)
	}
	if len(r.Points) == 0 {
		return r, fmt.Errorf("a ring without points")
	}
	return r, nil
}

// number reads one number of a ring and returns where the next one begins.
func number(text string, at int) (v, next int, ok bool) {
	u := 0
	for shift := 0; at < len(text) && shift < 30; shift += 5 {
		c := int(text[at]) - 63
		at++
		if c < 0 || c > 63 {
			return 0, at, false
		}
		u |= c & 31 << shift
		if c < 32 {
			if u&1 != 0 {
				return ^(u >> 1), at, true
			}
			return u >> 1, at, true
		}
	}
	return 0, at, false
}
