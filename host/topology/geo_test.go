package topology

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestDistanceMatchesMath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lat1 := rapid.Float64Range(-90, 90).Draw(t, "lat1")
		lat2 := rapid.Float64Range(-90, 90).Draw(t, "lat2")
		lon1 := rapid.Float64Range(-180, 180).Draw(t, "lon1")
		lon2 := rapid.Float64Range(-180, 180).Draw(t, "lon2")
		got := DistanceKm(lat1, lon1, lat2, lon2)
		rad := math.Pi / 180
		s1 := math.Sin((lat2 - lat1) * rad / 2)
		s2 := math.Sin((lon2 - lon1) * rad / 2)
		h := s1*s1 + math.Cos(lat1*rad)*math.Cos(lat2*rad)*s2*s2
		want := 2 * earthRadiusKm * math.Asin(math.Sqrt(min(h, 1)))
		// Near the antipodes the arc sine is ill-conditioned: a last-bit error of its argument is metres.
		tol := 1e-6
		if want > 19000 {
			tol = 0.5
		}
		if math.Abs(got-want) > tol {
			t.Fatalf("DistanceKm(%v,%v,%v,%v) = %v, math says %v", lat1, lon1, lat2, lon2, got, want)
		}
		if back := DistanceKm(lat2, lon2, lat1, lon1); back != got {
			t.Fatalf("not symmetric: %v and %v", got, back)
		}
	})
}

func TestDistanceKnown(t *testing.T) {
	for _, c := range []struct {
		name                   string
		lat1, lon1, lat2, lon2 float64
		km                     float64
	}{
		{"same point", 50.1109, 8.6821, 50.1109, 8.6821, 0},
		{"Frankfurt to Dublin", 50.1109, 8.6821, 53.3498, -6.2603, 1087},
		{"across the date line", -36.8485, 174.7635, 37.3541, -121.9552, 10515},
		{"pole to pole", 90, 0, -90, 77, 20015},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := DistanceKm(c.lat1, c.lon1, c.lat2, c.lon2); math.Abs(got-c.km) > 12 {
				t.Errorf("got %.1f km, want about %.0f", got, c.km)
			}
		})
	}
}
