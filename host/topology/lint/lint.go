package lint

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// Level says how bad a finding is.
type Level uint8

// The levels, worst first.
const (
	Error   Level = iota // surely wrong
	Warning              // look at it
	Note                 // a gap
)

var levelNames = [...]string{"error", "warning", "note"}

// String returns the level as it is written.
func (l Level) String() string { return levelNames[min(l, Note)] }

// ParseLevel returns the level that is written as s.
func ParseLevel(s string) (Level, bool) {
	i := slices.Index(levelNames[:], s)
	return Level(max(i, 0)), i >= 0
}

// Finding is something wrong, doubtful or missing.
type Finding struct {
	Level   Level
	Rule    string     // id of the rule, such as "coordinates-outside-country"
	Pos     decode.Pos // where the fact is written
	Subject string     // what it is about: a site's id, "a → b" for a link
	Message string     // what is wrong and what to do
	Note    string     // what the topology itself notes of the subject, where that may explain it; or ""
}

// Options tune the checks. The zero value works.
type Options struct {
	// StaleDays is how many days before the topology's asOf a source may speak of; 0 means
	// [DefaultStaleDays].
	StaleDays int
}

// DefaultStaleDays is two years: prices, carbon figures and round-trip times are published yearly.
const DefaultStaleDays = 730

// Rule is one check.
type Rule struct {
	ID    string
	Title string // one line: what a finding means
	check func(*checker)
}

// Rules returns every rule, in the order they run.
func Rules() []Rule { return slices.Clone(rules) }

var rules = []Rule{
	{"coordinates-outside-country", fmt.Sprintf("a point more than %d km outside the country it is said to be in", outsideKm), (*checker).outsideCountry},
	{"coordinates-far-from-city", fmt.Sprintf("a point more than %d km from every city of that name in the country", cityKm), (*checker).farFromCity},
	{"coordinates-shared", "one point that is said to be in several countries", (*checker).sharedPoint},
	{"ground-unknown", "an open site whose country or point is not known", (*checker).groundUnknown},
	{"conflict-noted", "facts that the topology itself says are disputed", (*checker).notedConflict},
	{"status-doubtful", "a site that may not be open", (*checker).doubtful},
	{"rtt-near-light", "a round trip hardly slower than light in fibre", (*checker).nearLight},
	{"rtt-off-model", "a round trip far from what the distance suggests", (*checker).offModel},
	{"link-asymmetric", "a round trip that differs between the two directions", (*checker).asymmetric},
	{"link-one-sided", "a round trip measured in one direction only", (*checker).oneSided},
	{"links-partial", "a region measured to some regions and not to others", (*checker).partial},
	{"confidence-low", "figures that are said to deserve little trust", (*checker).lowConfidence},
	{"source-stale", "a source that is old", (*checker).staleSource},
	{"source-unused", "a source that no fact names", (*checker).unusedSource},
	{"fact-unsourced", "facts that name no source", (*checker).unsourced},
	{"regime-unreviewed", "a law that nobody has reviewed for a year", (*checker).unreviewed},
	{"law-lapsed", "a law or finding that is no longer in force", (*checker).lapsed},
	{"zones-too-many", "more availability zones listed than the region has", (*checker).tooManyZones},
	{"zones-unnamed", "a region some of whose availability zones have no known id", (*checker).unnamedZones},
	{"status-contradicts-parent", "a zone that is open while its region is not", (*checker).outlivesParent},
	{"launched-before-parent", "a site that opened before what it belongs to", (*checker).launchedEarly},
	{"pops-none", "an open edge location without a point of presence", (*checker).noPops},
	{"population-sum", "metros of a country with more people than the country", (*checker).populationSum},
	{"carbon-impossible", "carbon or water figures that cannot be, or hardly", (*checker).carbon},
	{"price-range", "a price far from every other", (*checker).price},
	{"egress-range", "a price of traffic far from every other", (*checker).egress},
	{"offering-contradicts", "a service offered where a complete list leaves it out", (*checker).offeringContradicts},
	{"offering-not-open", "a service offered, or a programme held, at a site that is not open", (*checker).offeringNotOpen},
	{"offerings-none", "an open site of which no service is known", (*checker).noOfferings},
	{"service-nowhere", "a service that no site is known to offer", (*checker).serviceNowhere},
}

// Check goes through all rules and returns what they find, sorted by level, rule, place, subject and
// message. The snapshot must be the topology's, compiled.
func Check(t *topology.Topology, s *topology.Snapshot, o Options) []Finding {
	if o.StaleDays == 0 {
		o.StaleDays = DefaultStaleDays
	}
	c := newChecker(t, s, o)
	for _, r := range rules {
		c.rule = r.ID
		r.check(c)
	}
	slices.SortFunc(c.found, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(a.Level, b.Level), cmp.Compare(a.Rule, b.Rule),
			cmp.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Column, b.Pos.Column),
			cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Message, b.Message),
		)
	})
	return c.found
}

// checker is what rules read, and where they leave what they find.
type checker struct {
	t     *topology.Topology
	s     *topology.Snapshot
	o     Options
	rule  string
	found []Finding

	site map[string]*topology.Site
	link map[pair]*topology.Link
}

type pair struct{ from, to string }

func newChecker(t *topology.Topology, s *topology.Snapshot, o Options) *checker {
	c := &checker{t: t, s: s, o: o, site: make(map[string]*topology.Site, len(t.Sites)), link: make(map[pair]*topology.Link, len(t.Links))}
	for i := range t.Sites {
		c.site[t.Sites[i].ID] = &t.Sites[i]
	}
	for i := range t.Links {
		c.link[pair{t.Links[i].From, t.Links[i].To}] = &t.Links[i]
	}
	return c
}

// add keeps a finding.
func (c *checker) add(l Level, pos decode.Pos, subject, format string, args ...any) {
	c.found = append(c.found, Finding{Level: l, Rule: c.rule, Pos: pos, Subject: subject, Message: fmt.Sprintf(format, args...)})
}

// noted keeps a finding about a site with the site's own note, which may explain it.
func (c *checker) noted(l Level, s *topology.Site, format string, args ...any) {
	c.add(l, s.Pos, s.ID, format, args...)
	c.found[len(c.found)-1].Note = s.Note
}

// status is a site's status, inherited where its kind inherits; "" if it is unknown.
func (c *checker) status(id string) string {
	r, ok := c.s.Site(id)
	if !ok {
		return ""
	}
	status, state := c.s.Status(r)
	if state != topology.Known {
		return ""
	}
	return status
}

// country names a country for people.
func (c *checker) country(code string) string {
	if j, ok := c.s.Jurisdiction(code); ok {
		return fmt.Sprintf("%s (%s)", c.s.JurisdictionName(j), code)
	}
	return code
}

// days is how many days lie between two dates; false if one is no date.
func days(from, to string) (int, bool) {
	a, errA := time.Parse(time.DateOnly, from)
	b, errB := time.Parse(time.DateOnly, to)
	return int(b.Sub(a) / (24 * time.Hour)), errA == nil && errB == nil
}
