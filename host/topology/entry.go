package topology

import (
	"fmt"
	"maps"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

// Entry is where an entry of a topology stands, which of its fields are written there, and what it
// corrected in lower layers.
type Entry struct {
	Pos   decode.Pos   `json:"-" decode:"pos"`
	Given decode.Given `json:"-" decode:"given"`

	past *past // nil: it corrected nothing
}

// past is what an entry's fields were before later layers corrected them.
type past struct {
	wrote     map[int]decode.Pos // where each field was written; by the field's number
	overrides []Override
}

// Dated is what every entry carries that holds on some days only and comes from somewhere.
type Dated struct {
	Entry
	Since      string `json:"since" omit:"none" format:"date" doc:"First day the entry holds; omitted: it holds on every day before until. In a correction: first day it corrects."`
	Until      string `json:"until" omit:"none" format:"date" doc:"First day the entry no longer holds; omitted: no end is known. In a correction: first day it no longer corrects."`
	Source     string `json:"source" omit:"none" doc:"Source of these facts."`
	Confidence string `json:"confidence" omit:"none" enum:"high|medium|low" doc:"How far to trust it."`
}

// period is the days on which an entry holds: since ≤ day, and day < until where until is not empty.
type period struct{ since, until string }

func (s period) holds(day string) bool { return s.since <= day && (s.until == "" || day < s.until) }

// never tells that a span has no day.
func (s period) never() bool { return s.until != "" && s.until <= s.since }

// whyNever says what is wrong with a span of no day, and whose it is.
func (s period) whyNever(whose string) string {
	return fmt.Sprintf("%s: until %s is not after since %s", whose, s.until, s.since)
}

// meet is the days that two spans share; ok tells whether there is one.
func (s period) meet(o period) (both period, ok bool) {
	both = period{max(s.since, o.since), s.until}
	if s.until == "" || o.until != "" && o.until < s.until {
		both.until = o.until
	}
	return both, both.until == "" || both.since < both.until
}

// String says the period as errors do.
func (s period) String() string {
	switch {
	case s == period{}:
		return "on every day"
	case s.until == "":
		return "from " + s.since
	case s.since == "":
		return "until " + s.until
	}
	return "from " + s.since + " until " + s.until
}

// entry is what every entry of a topology can say of itself, whatever section it is in.
type entry interface {
	// name says what the entry is about, for people, and the key that no other entry of its section has
	// on the same day.
	name() (what, key string)
	common() *Entry
	days() period
	setDays(period)
	// cited is where the entry names its source, and that of single fields; nil where it cannot.
	cited() (source *string, fields *map[string]string)
}

// entryOf is a pointer to T that is an entry.
type entryOf[T any] interface {
	*T
	entry
}

func (e *Entry) common() *Entry { return e }
func (e *Entry) days() period   { return period{} }
func (e *Entry) setDays(period) {}

func (e *Entry) cited() (*string, *map[string]string) { return nil, nil }

func (d *Dated) days() period     { return period{d.Since, d.Until} }
func (d *Dated) setDays(s period) { d.Since, d.Until = s.since, s.until }

func (d *Dated) cited() (*string, *map[string]string) { return &d.Source, nil }

func (r *Regime) cited() (*string, *map[string]string)  { return &r.Source, nil }
func (s *Site) cited() (*string, *map[string]string)    { return &s.Source, &s.FieldSources }
func (s *Service) cited() (*string, *map[string]string) { return &s.Source, &s.FieldSources }
func (c *Carbon) cited() (*string, *map[string]string)  { return &c.Source, &c.FieldSources }

func (s *Source) name() (string, string)       { return "source", s.ID }
func (p *Provider) name() (string, string)     { return "provider", p.ID }
func (p *Partition) name() (string, string)    { return "partition", p.ID }
func (j *Jurisdiction) name() (string, string) { return "jurisdiction", j.ID }
func (r *Regime) name() (string, string)       { return "regime", r.ID }
func (s *Site) name() (string, string)         { return "site", s.ID }
func (s *Service) name() (string, string)      { return "service", s.ID }
func (l *Link) name() (string, string)         { return "link", ends(l.From, l.To) }
func (p *Population) name() (string, string)   { return "population", p.ID }
func (a *Access) name() (string, string)       { return "access", ends(a.From, a.To) }
func (p *Programme) name() (string, string)    { return "programme", p.ID }
func (c *Carbon) name() (string, string)       { return "carbon entry for site", c.Site }
func (p *Price) name() (string, string)        { return "price of site", p.Site }
func (e *Egress) name() (string, string)       { return "egress price", ends(e.From, e.To) }
func (g *RiskGroup) name() (string, string)    { return "risk group", g.ID }

func (o *Offering) name() (string, string) { return "offering", "" }

// ends is the key of an entry from one thing to another; "" as long as one end is missing.
func ends(from, to string) string {
	if from == "" || to == "" {
		return ""
	}
	return from + " → " + to
}

// Facts of services and carbon entries that may name a source of their own; siteFactNames are those of
// sites.
var (
	serviceFactNames = []string{"name", "aliases", "variantOf", "scope", "controlPlane", "zones", "crossRegion", "failover", "disconnected"}
	carbonFactNames  = []string{"gridGramsPerKWh", "marketGramsPerKWh", "pue", "wueLitresPerKWh"}
)

// factNames lists the fields of an entry that may name a source of their own.
func factNames(e entry) []string {
	switch e.(type) {
	case *Site:
		return siteFactNames
	case *Service:
		return serviceFactNames
	case *Carbon:
		return carbonFactNames
	}
	return nil
}

// keyFields are the fields that say what an entry is about, where and when, which no later layer corrects.
var keyFields = map[string]bool{
	"id": true, "site": true, "from": true, "to": true,
	"since": true, "until": true, "source": true, "sources": true,
}

// isKey reports whether a field of an entry is no fact to correct. The since and until of a regime are
// facts of the law.
func isKey(e entry, field string) bool {
	if _, ok := e.(*Regime); ok && (field == "since" || field == "until") {
		return false
	}
	return keyFields[field]
}

// sourceOf is the source of one field of an entry.
func sourceOf(e entry, field string) string {
	source, fields := e.cited()
	if fields != nil {
		if s, ok := (*fields)[field]; ok {
			return s
		}
	}
	if source == nil {
		return ""
	}
	return *source
}

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// own makes what a copy of an entry shares with the original its own, so that changing it leaves the
// original as it is.
func own(e entry) {
	c := e.common()
	if c.past != nil {
		c.past = &past{maps.Clone(c.past.wrote), slices.Clone(c.past.overrides)}
	}
	if _, fields := e.cited(); fields != nil {
		*fields = maps.Clone(*fields)
	}
}
