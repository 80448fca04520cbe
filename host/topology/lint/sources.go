package lint

import (
	"fmt"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// reviewDays is how long a law as data may go without a person's look.
const reviewDays = 365

// stated yields every entity with facts of its own: its section, its name, its source and the sources
// of single fields.
func (c *checker) stated(yield func(pos decode.Pos, section, id, source string, fields map[string]string)) {
	t := c.t
	for _, x := range t.Providers {
		yield(x.Pos, "providers", x.ID, x.Source, nil)
	}
	for _, x := range t.Partitions {
		yield(x.Pos, "partitions", x.ID, x.Source, nil)
	}
	for _, x := range t.Jurisdictions {
		yield(x.Pos, "jurisdictions", x.ID, x.Source, nil)
		for _, a := range x.Adequate {
			yield(a.Pos, "adequacy findings", x.ID+" of "+a.Jurisdiction, a.Source, nil)
		}
	}
	for _, x := range t.Regimes {
		yield(x.Pos, "regimes", x.ID, x.Source, nil)
	}
	for _, x := range t.Sites {
		yield(x.Pos, "sites", x.ID, x.Source, x.FieldSources)
	}
	for _, x := range t.Services {
		yield(x.Pos, "services", x.ID, x.Source, x.FieldSources)
	}
	for _, x := range t.Offerings {
		yield(x.Pos, "offerings", "offering", x.Source, nil)
	}
	for _, x := range t.Links {
		yield(x.Pos, "links", x.From+" → "+x.To, x.Source, nil)
	}
	for _, x := range t.Populations {
		yield(x.Pos, "populations", x.ID, x.Source, nil)
	}
	for _, x := range t.Access {
		yield(x.Pos, "access times", x.From+" → "+x.To, x.Source, nil)
	}
	for _, x := range t.Programmes {
		yield(x.Pos, "programmes", x.ID, x.Source, nil)
	}
	for _, x := range t.Carbon {
		yield(x.Pos, "carbon figures", x.Site, x.Source, x.FieldSources)
	}
	for _, x := range t.Prices {
		yield(x.Pos, "prices", x.Site, x.Source, nil)
	}
	for _, x := range t.Egress {
		yield(x.Pos, "egress prices", x.From+" → "+x.To, x.Source, nil)
	}
	for _, x := range t.RiskGroups {
		yield(x.Pos, "risk groups", x.ID, x.Source, nil)
	}
}

// uses counts how many entities name each source, be it for a single field.
func (c *checker) uses() map[string]int {
	n := map[string]int{}
	c.stated(func(_ decode.Pos, _, _, source string, fields map[string]string) {
		named := map[string]bool{source: true}
		for _, f := range fields {
			named[f] = true
		}
		for id := range named {
			n[id]++
		}
	})
	return n
}

func (c *checker) staleSource() {
	uses := c.uses()
	for i := range c.t.Sources {
		s := &c.t.Sources[i]
		age, ok := days(s.AsOf, c.s.AsOf())
		if ok && age > c.o.StaleDays && uses[s.ID] > 0 {
			c.add(Warning, s.Pos, s.ID, "speaks of %s, %d days before the topology's %s, and %d %s on it; look for a newer one",
				s.AsOf, age, c.s.AsOf(), uses[s.ID], plural(uses[s.ID], "entry rests", "entries rest"))
		}
	}
}

func (c *checker) unusedSource() {
	uses := c.uses()
	for i := range c.t.Sources {
		if s := &c.t.Sources[i]; uses[s.ID] == 0 {
			c.add(Note, s.Pos, s.ID, "no fact names this source; remove it, or name it where it belongs")
		}
	}
}

// unsourced makes one finding of each section of a file: a table without a source column is one fault,
// not a thousand. An availability zone that says nothing of its own has its region's sources.
func (c *checker) unsourced() {
	type where struct{ file, section string }
	type group struct {
		pos    decode.Pos
		id     string
		of, no int
	}
	groups := map[where]*group{}
	c.stated(func(pos decode.Pos, section, id, source string, fields map[string]string) {
		at := where{pos.File, section}
		g := groups[at]
		if g == nil {
			g = &group{}
			groups[at] = g
		}
		g.of++
		if source != "" || len(fields) > 0 && c.covered(section, id, fields) {
			return
		}
		if g.no++; g.no == 1 {
			g.pos, g.id = pos, id
		}
	})
	for at, g := range groups {
		if g.no > 0 {
			c.add(Note, g.pos, g.id, "%d of the %d %s in this file name no source, this one first; add source, so that decisions can say what they rest on", g.no, g.of, at.section)
		}
	}
}

// covered tells whether every fact a site states has a source of its own. Of the others' fields that
// have sources of their own, some source is enough.
func (c *checker) covered(section, id string, fields map[string]string) bool {
	if section != "sites" {
		return true
	}
	s := c.site[id]
	for field, given := range map[string]bool{
		"city": s.City != "", "country": s.Country != "", "lat": s.Lat != nil, "lon": s.Lon != nil, "launched": s.Launched != "",
		"status": s.Status != "", "carrier": s.Carrier != "", "pops": s.Pops != nil, "zoneCount": s.ZoneCount != nil, "optIn": s.OptIn != nil,
	} {
		if given && fields[field] == "" {
			return false
		}
	}
	return true
}

func (c *checker) unreviewed() {
	for i := range c.t.Regimes {
		r := &c.t.Regimes[i]
		if age, ok := days(r.Reviewed, c.s.AsOf()); ok && age > reviewDays {
			c.add(Warning, r.Pos, r.ID, "last reviewed %s, %d days before the topology's %s; have a person read %s again and set reviewed", r.Reviewed, age, c.s.AsOf(), r.Ref)
		}
	}
}

func (c *checker) lapsed() {
	say := func(pos decode.Pos, id, until string) {
		if until != "" && until <= c.s.AsOf() {
			c.add(Note, pos, id, "no longer in force since %s; it counts only for decisions about an earlier time", until)
		}
	}
	for i := range c.t.Regimes {
		r := &c.t.Regimes[i]
		say(r.Pos, r.ID, r.Until)
	}
	for i := range c.t.Jurisdictions {
		j := &c.t.Jurisdictions[i]
		for _, a := range j.Adequate {
			say(a.Pos, fmt.Sprintf("%s of %s", j.ID, a.Jurisdiction), a.Until)
		}
	}
}

func (c *checker) lowConfidence() {
	say := func(pos decode.Pos, id, what, confidence string) {
		if confidence == "low" {
			c.add(Note, pos, id, "%s with low confidence; find a better source", what)
		}
	}
	for i := range c.t.Sites {
		say(c.t.Sites[i].Pos, c.t.Sites[i].ID, "its facts are stated", c.t.Sites[i].Confidence)
	}
	for i := range c.t.Carbon {
		say(c.t.Carbon[i].Pos, c.t.Carbon[i].Site, "its carbon figures are stated", c.t.Carbon[i].Confidence)
	}
}
