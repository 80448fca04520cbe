package lint

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/host/topology/outline"
)

const (
	// outsideKm is how far outside a country's outline a point may lie: the outlines are good to some
	// 5 km, leave out small islands, and an airport or a suburb may be across a border.
	outsideKm = 60
	// surelyOutsideKm is how far outside nothing of that explains it.
	surelyOutsideKm = 300
	// cityKm is how far from the middle of a city something may lie that is said to be in it: airports
	// and campuses are tens of kilometres out.
	cityKm = 100
)

func (c *checker) outsideCountry() {
	noOutline := map[string]bool{}
	check := func(pos decode.Pos, what, id, code string, lat, lon *float64, tolerated float64) {
		if code == "" || lat == nil || lon == nil {
			return
		}
		km, known := outline.DistanceKm(code, *lat, *lon)
		if !known {
			if !noOutline[code] {
				noOutline[code] = true
				c.add(Note, pos, id, "%s is in %s, of which there is no outline, so no point there can be checked; use the ISO 3166-1 code if it has one", what, c.country(code))
			}
			return
		}
		if km <= tolerated {
			return
		}
		level, hint := Warning, mirrored(code, *lat, *lon)
		if km > surelyOutsideKm || hint != "" {
			level = Error
		}
		c.add(level, pos, id, "%s at %s is %.0f km outside %s; correct the coordinates or the country%s", what, point(*lat, *lon), km, c.country(code), hint)
	}
	for i := range c.t.Sites {
		s := &c.t.Sites[i]
		before := len(c.found)
		check(s.Pos, s.Kind, s.ID, s.Country, s.Lat, s.Lon, outsideKm)
		if len(c.found) > before {
			c.found[before].Note = s.Note
		}
	}
	for i := range c.t.Populations {
		p := &c.t.Populations[i]
		tolerated := float64(outsideKm)
		if p.Kind == "country" {
			tolerated = surelyOutsideKm // the middle of all people may lie at sea, or across a border
		}
		check(p.Pos, "population", p.ID, countryOf(p), p.Lat, p.Lon, tolerated)
	}
}

func countryOf(p *topology.Population) string {
	if p.Kind == "country" && p.Country == "" {
		return p.ID
	}
	return p.Country
}

// mirrored says which slip of the hand would explain a point outside its country, or "".
func mirrored(code string, lat, lon float64) string {
	for _, m := range []struct {
		slip     string
		lat, lon float64
	}{
		{"latitude and longitude are swapped", lon, lat},
		{"the longitude has the wrong sign", lat, -lon},
		{"the latitude has the wrong sign", -lat, lon},
		{"both have the wrong sign", -lat, -lon},
		{"latitude and longitude are swapped and one has the wrong sign", -lon, lat},
		{"latitude and longitude are swapped and one has the wrong sign", lon, -lat},
	} {
		if in, _ := outline.Contains(code, m.lat, m.lon); in {
			return fmt.Sprintf(" (%s: %s fits)", m.slip, point(m.lat, m.lon))
		}
	}
	return ""
}

func point(lat, lon float64) string { return fmt.Sprintf("%.4g, %.4g", lat, lon) }

func (c *checker) farFromCity() {
	type metro struct {
		words    []string
		lat, lon float64
	}
	metros := map[string][]metro{}
	for i := range c.t.Populations {
		p := &c.t.Populations[i]
		if p.Kind == "country" || p.Country == "" || p.Lat == nil || p.Lon == nil {
			continue
		}
		if words := fold(p.Name); len(words) > 0 {
			metros[p.Country] = append(metros[p.Country], metro{words, *p.Lat, *p.Lon})
		}
	}
	for i := range c.t.Sites {
		s := &c.t.Sites[i]
		city := fold(s.City)
		if len(city) == 0 || s.Country == "" || s.Lat == nil || s.Lon == nil {
			continue
		}
		nearest, at := math.Inf(1), metro{}
		for _, m := range metros[s.Country] {
			// "Frankfurt" is "Frankfurt am Main", and "New York City" is "New York".
			n := min(len(m.words), len(city))
			if !slices.Equal(m.words[:n], city[:n]) {
				continue
			}
			if km := topology.DistanceKm(*s.Lat, *s.Lon, m.lat, m.lon); km < nearest {
				nearest, at = km, m
			}
		}
		if nearest > cityKm && at.words != nil {
			c.noted(Warning, s, "%s at %s is %.0f km from the nearest city called %s in %s, which is at %s; correct the city or the coordinates",
				s.Kind, point(*s.Lat, *s.Lon), nearest, s.City, c.country(s.Country), point(at.lat, at.lon))
		}
	}
}

// fold returns a name's words in lower case and without accents.
func fold(name string) []string {
	return strings.FieldsFunc(unaccented.Replace(strings.ToLower(name)), func(r rune) bool {
		return strings.ContainsRune(" -–'’.,/()", r)
	})
}

// unaccented holds the accented letters that names of cities have in Latin script.
var unaccented = func() *strings.Replacer {
	var pairs []string
	for plain, accented := range ordered(
		"a", "áàâäãåāăąạảấầẩẫậắằẳẵặ", "c", "çćčċ", "d", "ďđð", "e", "éèêëēĕėęěẹẻẽếềểễệ", "g", "ğģġ", "h", "ħḩ", "i", "íìîïīĭįıỉĩị",
		"k", "ķ", "l", "łľļĺ", "n", "ñńňņ", "o", "óòôöõøōŏőọỏốồổỗộơớờởỡợ", "r", "řŕ", "s", "śšşșŝ", "ss", "ß", "t", "ťţțŧ",
		"u", "úùûüūŭůűųụủứừửữựưũ", "w", "ŵ", "y", "ýÿŷỳỵỷỹ", "z", "źżž", "ae", "æ", "oe", "œ", "", "\u0307ʻʼ",
	) {
		for _, r := range accented {
			pairs = append(pairs, string(r), plain)
		}
	}
	return strings.NewReplacer(pairs...)
}()

func ordered(pairs ...string) func(yield func(string, string) bool) {
	return func(yield func(string, string) bool) {
		for i := 0; i+1 < len(pairs); i += 2 {
			if !yield(pairs[i], pairs[i+1]) {
				return
			}
		}
	}
}

func (c *checker) sharedPoint() {
	type place struct{ lat, lon float64 }
	first := map[place]*topology.Site{}
	for i := range c.t.Sites {
		s := &c.t.Sites[i]
		if s.Lat == nil || s.Lon == nil || s.Country == "" {
			continue
		}
		at := place{*s.Lat, *s.Lon}
		switch f := first[at]; {
		case f == nil:
			first[at] = s
		case f.Country != s.Country && f.ID != s.ID:
			c.noted(Warning, s, "%s is in %s and at the very point of %s %q, which is in %s; correct one of them",
				s.Kind, c.country(s.Country), f.Kind, f.ID, c.country(f.Country))
		}
	}
}

func (c *checker) groundUnknown() {
	for i := range c.t.Sites {
		s := &c.t.Sites[i]
		r, ok := c.s.Site(s.ID)
		if !ok || s.Kind == topology.AvailabilityZone.String() || c.status(s.ID) != "available" {
			continue
		}
		var gaps []string
		if _, state := c.s.Country(r); state != topology.Known {
			gaps = append(gaps, "its country")
		}
		if _, _, ok := c.s.Point(r); !ok {
			gaps = append(gaps, "its coordinates")
		}
		if len(gaps) > 0 {
			c.noted(Note, s, "%s is available, and %s are unknown; add what is known, with its source", s.Kind, strings.Join(gaps, " and "))
		}
	}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func (c *checker) notedConflict() {
	for i := range c.t.Sites {
		if s := &c.t.Sites[i]; strings.Contains(strings.ToLower(s.Note), "conflict") {
			c.noted(Warning, s, "the topology itself notes that sources disagree; settle it, or leave the note")
		}
	}
}

func (c *checker) doubtful() {
	for i := range c.t.Sites {
		if s := &c.t.Sites[i]; s.Status == "doubtful" {
			c.noted(Warning, s, "%s is listed by some sources and missing in others; find out whether it is open", s.Kind)
		}
	}
}
