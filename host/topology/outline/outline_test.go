package outline

import (
	"math"
	"testing"
)

func TestContains(t *testing.T) {
	for _, c := range []struct {
		name, country string
		lat, lon      float64
		in, known     bool
	}{
		{"Frankfurt", "DE", 50.11, 8.68, true, true},
		{"Frankfurt is not in France", "FR", 50.11, 8.68, false, true},
		{"Maseru is a hole in South Africa", "ZA", -29.6, 28.2, false, true},
		{"and in Lesotho", "LS", -29.6, 28.2, true, true},
		{"Singapore", "SG", 1.35, 103.82, true, true},
		{"Bahrain", "BH", 26.1, 50.55, true, true},
		{"Hong Kong", "HK", 22.42, 114.1, true, true},
		{"Malta", "MT", 35.88, 14.45, true, true},
		{"Luxembourg", "LU", 49.7, 6.1, true, true},
		{"Taipei", "TW", 25.05, 121.53, true, true},
		{"Réunion is not drawn as France", "FR", -21.1, 55.5, false, true},
		{"but as itself", "RE", -21.1, 55.5, true, true},
		{"Chukotka is across the 180th meridian", "RU", 66.5, -173, true, true},
		{"Pristina", "XK", 42.66, 21.16, true, true},
		{"no such country", "ZZ", 0, 0, false, false},
		{"land of no one country is none", "-", 35.4, 77, false, false},
		{"no point", "DE", math.NaN(), 8, false, false},
		{"no place on Earth", "DE", 91, 8, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			in, known := Contains(c.country, c.lat, c.lon)
			if in != c.in || known != c.known {
				t.Errorf("Contains(%s, %g, %g) = %t, %t; want %t, %t", c.country, c.lat, c.lon, in, known, c.in, c.known)
			}
		})
	}
}

func TestDistanceKm(t *testing.T) {
	for _, c := range []struct {
		name, country string
		lat, lon      float64
		least, most   float64
	}{
		{"inside", "DE", 50.11, 8.68, 0, 0},
		{"Strasbourg is across the Rhine from Germany", "DE", 48.58, 7.75, 1, 9},
		{"Dublin to Great Britain", "GB", 53.35, -6.26, 75, 115},
		{"Little Diomede to Russia, the short way round", "RU", 65.75, -168.93, 0, 80},
		{"Fiji from across the 180th meridian", "FJ", -16.8, -179.99, 0, 5},
		{"New York to Ireland", "IE", 40.71, -74, 4500, 6000},
	} {
		t.Run(c.name, func(t *testing.T) {
			km, known := DistanceKm(c.country, c.lat, c.lon)
			if !known || km < c.least || km > c.most {
				t.Errorf("DistanceKm(%s, %g, %g) = %.1f, %t; want %g to %g", c.country, c.lat, c.lon, km, known, c.least, c.most)
			}
		})
	}
	if _, known := DistanceKm("ZZ", 0, 0); known {
		t.Error("a country that is not there has a distance")
	}
}

// TestData reads all of the data and checks what Ring promises.
func TestData(t *testing.T) {
	w, err := parse(data)
	if err != nil {
		t.Fatal(err)
	}
	if len(w) != 251 {
		t.Errorf("%d codes, want 251: the 249 of ISO 3166-1, Kosovo, and land of no one country", len(w))
	}
	if len(data) > 350<<10 {
		t.Errorf("%d bytes of outlines", len(data))
	}
	for country, rings := range w {
		for _, r := range rings {
			a := r.Points[len(r.Points)-1]
			for _, b := range r.Points {
				if math.Abs(a.Lon-b.Lon) > 180 && a.Lat != -90 { // Antarctica's along the pole is no line on Earth
					t.Errorf("%s: a side from %v to %v goes round the world", country, a, b)
				}
				a = b
			}
			n := 0
			for range r.Crossings(r.minLat + 0.01) {
				n++
			}
			if n%2 != 0 {
				t.Errorf("%s: a parallel is crossed %d times", country, n)
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no tab", "DE", "outlines.txt:1: not a code, a tab and a ring"},
		{"no point", "DE\t", "outlines.txt:1: a ring without points"},
		{"half a point", "#\nDE\tA", "outlines.txt:2: byte 0 of the ring is no number"},
		{"a strange byte", "DE\t\x01A", "outlines.txt:1: byte 0 of the ring is no number"},
		{"a number without end", "DE\t~~~~~~~~~", "outlines.txt:1: byte 0 of the ring is no number"},
		{"off the Earth", "DE\t~~~^??", "outlines.txt:1: point -10485.76, 0 is not on Earth"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := parse(c.text); err == nil || err.Error() != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add("DE\t_ibE_seK")
	f.Add("#\n-\t??")
	f.Fuzz(func(t *testing.T, text string) {
		w, err := parse(text)
		if err != nil {
			return
		}
		for _, rings := range w {
			contains(rings, 1, 2)
			for _, r := range rings {
				r.distanceKm(1, 2)
			}
		}
	})
}

func BenchmarkDistanceKm(b *testing.B) {
	for b.Loop() {
		DistanceKm("RU", 50.11, 8.68)
	}
}
