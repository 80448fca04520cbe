package host

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/internal/document"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// way is how users get to a component: over the internet, or through the edge.
type way struct {
	field    string  // of the component, that asks for the edge; "" if none does
	hitRatio float64 // share of calls a cache answers
	edges    []gate
	caches   []gate             // regional edge caches
	leftOut  map[string]int     // edge locations that the request leaves out, by partition
	entries  map[entryKey]entry // of the strict reading, filled as they are asked for
	least    map[timesKey]times // of weaker ones
	keepsOut map[string]bool    // policies that speak against a gate
}

// timesKey is a site under a weaker reading: what of it the times from users to the site depend on.
type timesKey struct {
	row          topology.SiteRow
	s            stance
	all, dropped bool
	notCounting  string // policies that keep users out somewhere, and do not count
}

// times are round-trip times from each group of users; ok is false where nothing lets a group in.
type times struct {
	rtt []int64
	ok  bool
}

// gate is a site that users' calls pass, and what the sovereignty policies say of it.
type gate struct {
	judged
	perhaps bool // it is not known to be open
}

type entryKey struct {
	user      int
	partition string
}

// entry is where a group of users enters, and the regional edge cache that what is not cached there passes.
type entry struct {
	at    topology.SiteRow
	reach topology.Reach
	ok    bool // something lets them in
	known bool // and how long it takes is known

	cache    topology.SiteRow
	hasCache bool
}

// findWay prepares how users get to a component. What they pass terminates their connection and, with a
// cache, keeps copies, so every sovereignty policy is asked about it as if the component stood there. What
// other policies say is about hosting and does not count. Only what is known to be open lets anyone pass.
func (q *question) findWay(ctx context.Context, e *epoch, c *component) error {
	if q.ways != nil {
		c.way = q.ways[q.called(c.Name)]
		return nil
	}
	c.way = &way{hitRatio: c.Latency.CacheHitRatio, leftOut: map[string]int{}, entries: map[entryKey]entry{}, least: map[timesKey]times{}, keepsOut: map[string]bool{}}
	switch {
	case c.way.hitRatio > 0:
		c.way.field = "latency.cacheHitRatio"
	case c.Latency.Accelerated:
		c.way.field = "latency.accelerated"
	default:
		return nil
	}
	var err error
	if c.way.edges, err = q.gates(ctx, e, c, topology.EdgeLocation); err != nil {
		return err
	}
	if c.way.hitRatio > 0 {
		c.way.caches, err = q.gates(ctx, e, c, topology.RegionalEdgeCache)
	}
	for _, gates := range [][]gate{c.way.edges, c.way.caches} {
		for k := range gates {
			for _, id := range gates[k].blocking {
				c.way.keepsOut[id] = true
			}
		}
	}
	return err
}

// waysFound are the ways to all components; nil while one is not found.
func (q *question) waysFound() []*way {
	var out []*way
	for i := range q.components {
		if q.components[i].way == nil {
			return nil
		}
		out = append(out, q.components[i].way)
	}
	return out
}

// gates asks the sovereignty policies about every open site of a kind that the request does not leave out.
func (q *question) gates(ctx context.Context, e *epoch, c *component, kind topology.Kind) ([]gate, error) {
	ask, err := q.caseFor(ctx, e, c, kind)
	if err != nil {
		return nil, err
	}
	var rows []topology.SiteRow
	for i := range q.snap.Sites() {
		r := topology.SiteRow(i)
		if q.snap.Kind(r) != kind {
			continue
		}
		if status, state := q.snap.Status(r); state == topology.Known && status != "available" || q.shut(r) {
			if kind == topology.EdgeLocation {
				c.way.leftOut[q.snap.Partition(r)]++
			}
			continue
		}
		rows = append(rows, r)
	}
	judged, err := q.sovereign(ctx, e, c, ask, rows)
	if err != nil {
		return nil, err
	}
	gates := make([]gate, len(rows))
	for i, r := range rows {
		_, state := q.snap.Status(r)
		gates[i] = gate{judged[i], state != topology.Known}
	}
	return gates, nil
}

// shut reports whether the request leaves a site out as a way in. A list of sites to include is about where
// copies stand, unless it names sites of the kind itself.
func (q *question) shut(r topology.SiteRow) bool {
	counts := map[string]bool{"partitions": true, "sites.exclude": true}
	for in := range q.include {
		counts["sites.include"] = counts["sites.include"] || q.snap.Kind(in) == q.snap.Kind(r)
	}
	return q.leftOutBy(r, counts) != ""
}

// sovereign asks the sovereignty policies about sites that a component's data passes or is kept at.
func (q *question) sovereign(ctx context.Context, e *epoch, c *component, ask *inquiry, rows []topology.SiteRow) ([]judged, error) {
	docs, results, err := q.askSovereign(ctx, c, ask, rows)
	if err != nil {
		return nil, err
	}
	out := make([]judged, len(rows))
	for i, r := range rows {
		out[i] = q.takeSovereign(e, c, r, docs[i], results[i])
	}
	return out, nil
}

// askSovereign returns what policies say of sites, and the documents they saw.
func (q *question) askSovereign(ctx context.Context, c *component, ask *inquiry, rows []topology.SiteRow) ([]rego.SiteDoc, [][]rego.Result, error) {
	docs, about, asked := make([]rego.SiteDoc, len(rows)), make([]judged, len(rows)), make([]*judged, len(rows))
	for i, r := range rows {
		about[i] = newJudged(q, c, r)
		docs[i] = q.siteDoc(c, r, &document.Users{}, document.SiteLatency{})
		about[i].doc, asked[i] = docs[i], &about[i]
	}
	sovereignty := *ask
	sovereignty.only = policy.Sovereignty
	results, err := sovereignty.sites(ctx, asked)
	if err != nil {
		return nil, nil, fmt.Errorf("component %q: %w", c.Name, err)
	}
	return docs, results, nil
}

// takeSovereign is a site's outcome by what the sovereignty policies say of it. Waivers for the sites of also hold for it as
// well.
func (q *question) takeSovereign(e *epoch, c *component, r topology.SiteRow, doc rego.SiteDoc, results []rego.Result, also ...topology.SiteRow) judged {
	out := newJudged(q, c, r)
	out.also, out.doc = also, doc
	for k := range results {
		if results[k].Policy.Class == policy.Sovereignty {
			q.take(e, c, &out, &results[k])
		}
	}
	return out
}

// lets reports whether a gate lets users pass under a reading of what is unknown and the policies that count.
// Unless everything unknown is taken to be harmless, a possible denial keeps them out, and so does a gate
// that is not known to be open.
func (g *gate) lets(s stance, d demands) bool {
	if g.perhaps && s != optimistic {
		return false
	}
	return !slices.ContainsFunc(g.blocking, func(id string) bool {
		return !d.all && !d.policies[id] && (s != optimistic || !g.possibly(id))
	})
}

// open lists the gates that surely let users pass.
func open(gates []gate) []topology.SiteRow {
	var rows []topology.SiteRow
	for i := range gates {
		if gates[i].lets(strict, demands{}) {
			rows = append(rows, gates[i].row)
		}
	}
	return rows
}

// more lists the gates of a partition that a weaker reading opens beside those.
func (q *question) more(gates []gate, partition string, s stance, d demands) []topology.SiteRow {
	var rows []topology.SiteRow
	for i := range gates {
		if g := &gates[i]; q.snap.Partition(g.row) == partition && g.lets(s, d) && !g.lets(strict, demands{}) {
			rows = append(rows, g.row)
		}
	}
	return rows
}

// possibly reports whether a policy that speaks against a site only possibly denies it.
func (j *judged) possibly(id string) bool {
	return slices.ContainsFunc(j.possible, func(r rego.Result) bool { return r.Policy.ID == id })
}

// reach is how a group of users gets to a site that may host a component. ok is false where nothing lets
// them in; where something does and the time to it is not known, the reach is unknown.
func (q *question) reach(c *component, user int, r topology.SiteRow) (reach topology.Reach, ok bool) {
	if c.way.field == "" {
		return q.snap.Access(q.populations[user].User, r), true
	}
	in := q.entry(c, user, q.snap.Partition(r))
	if !in.known {
		return topology.Reach{}, in.ok
	}
	return q.onward(c, &in, r), true
}

// entry is where a group of users surely enters a partition.
func (q *question) entry(c *component, user int, partition string) entry {
	key := entryKey{user, partition}
	in, seen := c.way.entries[key]
	if !seen {
		gates := open(c.way.edges)
		in.ok = slices.ContainsFunc(gates, func(r topology.SiteRow) bool { return q.snap.Partition(r) == partition })
		in.at, in.reach, in.known = q.snap.Entry(q.populations[user].User, gates, partition)
		if in.known {
			in.cache, in.hasCache = q.snap.NearestCache(in.at, open(c.way.caches))
		}
		c.way.entries[key] = in
	}
	return in
}

// onward is the way from an entry to a site.
func (q *question) onward(c *component, in *entry, r topology.SiteRow) topology.Reach {
	switch {
	case q.cut(in.at, r):
		return topology.Reach{}
	case c.way.hitRatio == 0:
		return q.snap.Onward(in.reach, in.at, r)
	case in.hasCache:
		return q.snap.CachedVia(in.reach, in.at, in.cache, r, c.way.hitRatio)
	}
	return q.snap.Cached(in.reach, in.at, r, c.way.hitRatio)
}

// best is the least time in which a group of users could get to a site under a weaker reading than the
// strict one; negative: unknown. Users enter at the nearest gate, which is the one they enter at now or one
// of those the reading opens, and the same holds of the cache: so the least over these is no worse for a
// weaker reading, and no better than what the reading makes possible.
func (q *question) best(c *component, user int, r topology.SiteRow, s stance, d demands) (least int64, ok bool) {
	partition, u := q.snap.Partition(r), q.populations[user].User
	unknown := false
	least = -1
	take := func(reach topology.Reach) {
		switch us := micros(reach); {
		case us < 0:
			unknown = true
		case least < 0 || us < least:
			least = us
		}
	}
	if d.dropped[c.way.field] { // they need not enter at the edge, and still may
		take(q.snap.Access(u, r))
		ok = true
	}
	var ways []entry
	if in := q.entry(c, user, partition); in.ok {
		ways = append(ways, in)
	}
	for _, at := range q.more(c.way.edges, partition, s, d) {
		in := entry{at: at, reach: q.snap.Access(u, at), ok: true}
		in.known = in.reach.Basis != topology.UnknownBasis
		if in.known {
			in.cache, in.hasCache = q.snap.NearestCache(at, open(c.way.caches))
		}
		ways = append(ways, in)
	}
	caches := q.more(c.way.caches, partition, s, d)
	for i := range ways {
		in := &ways[i]
		ok = true
		if !in.known {
			unknown = true
			continue
		}
		take(q.onward(c, in, r))
		for _, cache := range caches {
			if c.way.hitRatio > 0 {
				take(q.snap.CachedVia(in.reach, in.at, cache, r, c.way.hitRatio))
			}
		}
	}
	if unknown && s == optimistic {
		return -1, ok // whatever it is, it is taken to be harmless
	}
	return least, ok
}

// leastTimes are the best times of all groups of users, worked out once: a search for what stands in the way asks again and again.
func (q *question) leastTimes(c *component, r topology.SiteRow, s stance, d demands) times {
	key := timesKey{row: r, s: s, all: d.all, dropped: d.dropped[c.way.field], notCounting: c.way.notCounting(d)}
	t, seen := c.way.least[key]
	if seen {
		return t
	}
	t.rtt, t.ok = make([]int64, len(q.populations)), true
	for user := range t.rtt {
		if t.rtt[user], t.ok = q.best(c, user, r, s, d); !t.ok {
			t.rtt = nil
			break
		}
	}
	c.way.least[key] = t
	return t
}

// notCounting lists the policies that do not count of those that keep users out.
func (w *way) notCounting(d demands) string {
	var ids []string
	for id := range d.policies {
		if d.policies[id] && w.keepsOut[id] {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// unreached says of a site that nothing lets a group of users in, and why.
func (q *question) unreached(c *component, user int, r topology.SiteRow) unmet {
	partition := q.snap.Partition(r)
	u := unmet{field: c.way.field, byGates: true}
	count, perhaps, refused := 0, 0, map[string]bool{}
	for i := range c.way.edges {
		g := &c.way.edges[i]
		if q.snap.Partition(g.row) != partition {
			continue
		}
		count++
		u.possible = u.possible || g.lets(optimistic, demands{})
		for _, id := range g.blocking {
			refused[id] = true
		}
		if g.perhaps {
			perhaps++
		}
	}
	who := q.users.Populations[user]
	switch {
	case count == 0 && c.way.leftOut[partition] == 0:
		u.message = fmt.Sprintf("no edge location lets %s in: partition %s has none", who, partition)
	case count == 0:
		u.message = fmt.Sprintf("no edge location lets %s in: all %d of partition %s are left out by the request, or not open", who, c.way.leftOut[partition], partition)
	case len(refused) == 0:
		u.message = fmt.Sprintf("it is not known whether an edge location lets %s in: the status of %d of partition %s is unknown", who, perhaps, partition)
	default:
		verb := "refuse"
		if len(refused) == 1 {
			verb = "refuses"
		}
		if u.possible {
			verb = "may refuse"
		}
		u.message = fmt.Sprintf("no edge location surely lets %s in: of the %d of partition %s that the request leaves open, %s %s every one", who, count, partition, strings.Join(slices.Sorted(maps.Keys(refused)), ", "), verb)
	}
	return u
}

// passed lists the gates that users of a chosen site pass, each once, in the order of their ids.
func (q *question) passed(c *component, chosen []topology.SiteRow) []*gate {
	seen := map[topology.SiteRow]bool{}
	for user := range q.populations {
		for _, r := range chosen {
			in, ok := c.way.entries[entryKey{user, q.snap.Partition(r)}]
			if !ok || !in.known {
				continue
			}
			seen[in.at] = true
			if in.hasCache {
				seen[in.cache] = true
			}
		}
	}
	var out []*gate
	for _, gates := range [][]gate{c.way.edges, c.way.caches} {
		for i := range gates {
			if seen[gates[i].row] {
				out = append(out, &gates[i])
			}
		}
	}
	return out
}

// micros is a reach's time as the search counts it: negative where it is unknown.
func micros(r topology.Reach) int64 {
	if r.Basis == topology.UnknownBasis || r.Micros > maxMicros {
		return -1
	}
	return int64(r.Micros)
}

// parts writes the stretches of a way as a decision shows them.
func (q *question) parts(r topology.Reach) []placement.Part {
	out := []placement.Part{}
	for _, p := range r.Parts() {
		part := placement.Part{Name: p.Kind.String(), Ms: float64(p.Micros) / 1000, Basis: p.Basis.String()}
		if p.Kind != topology.FixedLine && p.Kind != topology.MobileNetwork {
			part.To = q.snap.SiteID(p.To)
		}
		if p.HasVia {
			part.Via = q.snap.SiteID(p.Via)
		}
		out = append(out, part)
	}
	return out
}
