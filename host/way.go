package host

import (
	"context"

	"github.com/bailiwick-dev/bailiwick/host/internal/document"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// way is how users get to a component: over the internet, or through the edge.
type way struct {
	edge     bool    // accelerated, or behind a cache
	hitRatio float64 // share of calls the cache answers
	gates    []gate
	entries  map[entryKey]entry // filled as they are asked for
}

// gate is an edge location that may let users in, and the policies that speak against it.
type gate struct {
	site     topology.SiteRow
	blocking map[string]bool // policy id → whether it is sure
}

type entryKey struct {
	user      int
	partition string
}

// entry is where a group of users enters.
type entry struct {
	at    topology.SiteRow
	reach topology.Reach
	ok    bool
}

// findWay prepares how users get to a component. An edge location terminates their connection and, with a
// cache, keeps copies, so every sovereignty policy is asked about it as if the component stood there. What
// other policies say is about hosting and does not count. Only an edge location that is known to be open
// lets anyone in.
func (q *question) findWay(ctx context.Context, e *epoch, c *component) error {
	c.way = &way{hitRatio: c.Latency.CacheHitRatio, entries: map[entryKey]entry{}}
	c.way.edge = c.Latency.Accelerated || c.way.hitRatio > 0
	if !c.way.edge {
		return nil
	}
	ask, err := q.caseFor(ctx, e, c, topology.EdgeLocation)
	if err != nil {
		return err
	}
	for i := range q.snap.Sites() {
		r := topology.SiteRow(i)
		if q.snap.Kind(r) != topology.EdgeLocation || q.outOfScope(r) != "" {
			continue
		}
		if status, state := q.snap.Status(r); state != topology.Known || status != "available" {
			continue
		}
		g := gate{site: r, blocking: map[string]bool{}}
		doc := rego.SiteDoc{ID: q.snap.SiteID(r)}
		doc.Term, doc.Unknown = q.docs.For(r, c.services, &document.Users{}, nil)
		results, err := ask.Site(ctx, doc)
		if err != nil {
			return err
		}
		for k := range results {
			p := results[k].Policy
			if p.Class == policy.Sovereignty && results[k].Verdict != rego.Permit && q.waiver(p.ID, c.Name, r) == nil {
				g.blocking[p.ID] = results[k].Verdict == rego.Deny
			}
		}
		c.way.gates = append(c.way.gates, g)
	}
	return nil
}

// open lists the edge locations that let users in under a reading of what is unknown and the policies that
// count. Unless everything unknown is taken to be harmless, a possible denial keeps them out.
func (w *way) open(s stance, d demands) []topology.SiteRow {
	var rows []topology.SiteRow
	for _, g := range w.gates {
		blocked := false
		for id, sure := range g.blocking {
			blocked = blocked || !d.all && !d.policies[id] && (sure || s != optimistic)
		}
		if !blocked {
			rows = append(rows, g.site)
		}
	}
	return rows
}

// reach is how a group of users gets to a site that may host a component.
func (q *question) reach(c *component, user int, r topology.SiteRow) topology.Reach {
	return q.reachUnder(c, user, r, strict, demands{}, c.way.entries)
}

// reachUnder is reach under a reading of what is unknown and the policies that count. Entries are kept in
// known, which must be of the same reading.
func (q *question) reachUnder(c *component, user int, r topology.SiteRow, s stance, d demands, known map[entryKey]entry) topology.Reach {
	u := q.populations[user].User
	if !c.way.edge {
		return q.snap.Access(u, r)
	}
	key := entryKey{user, q.snap.Partition(r)}
	in, ok := known[key]
	if !ok {
		in.at, in.reach, in.ok = q.snap.Entry(u, c.way.open(s, d), key.partition)
		known[key] = in
	}
	switch {
	case !in.ok:
		return topology.Reach{}
	case c.way.hitRatio > 0:
		return q.snap.Cached(in.reach, in.at, r, c.way.hitRatio)
	}
	return q.snap.Onward(in.reach, in.at, r)
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
		out = append(out, part)
	}
	return out
}
