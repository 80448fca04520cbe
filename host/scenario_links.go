package host

import (
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// pair are two places that a component's copies replicate between, or over which one calls another.
type pair struct {
	from, to   topology.SiteRow // regions, or sites of none
	replicates []int            // components whose copies do
	calls      []int            // components that call over it
}

// link is what is known of the direct way between two places.
type link struct {
	private bool     // known to stay on the private backbone
	groups  []string // risk groups that it is known to be in
}

// pairs lists the ways that copies depend on: from a component's first copy with data to each other one, between all that vote
// where it asks for a quorum, and from each copy that calls to the nearest copy of what it calls. A way is the same in both
// directions.
func (f *footing) pairs() []pair {
	var out []pair
	add := func(a, b topology.SiteRow) *pair {
		a, b = f.q.home(a), f.q.home(b)
		if a == b {
			return nil
		}
		for i := range out {
			if p := &out[i]; p.from == a && p.to == b || p.from == b && p.to == a {
				return p
			}
		}
		out = append(out, pair{from: a, to: b})
		return &out[len(out)-1]
	}
	for i := range f.q.components {
		c := &f.q.components[i]
		var with []topology.SiteRow
		for _, s := range f.of(i) {
			if s.seat.Data || c.Quorum == placement.QuorumMajority && s.seat.Votes {
				with = append(with, s.site)
			}
		}
		for a := range with {
			for b := a + 1; b < len(with) && (a == 0 || c.Quorum == placement.QuorumMajority); b++ {
				if p := add(with[a], with[b]); p != nil && !slices.Contains(p.replicates, i) {
					p.replicates = append(p.replicates, i)
				}
			}
		}
	}
	for i := range f.q.components {
		for _, d := range f.q.components[i].DependsOn {
			to := f.q.called(d.Component)
			for _, s := range f.of(i) {
				site, ok := f.nearest(s.site, to)
				if !ok || !s.seat.Serves {
					continue
				}
				if p := add(s.site, site); p != nil && !slices.Contains(p.calls, i) {
					p.calls = append(p.calls, i)
				}
			}
		}
	}
	return out
}

// nearest is the copy with data of a component that a call from a site reaches first.
func (f *footing) nearest(from topology.SiteRow, component int) (at topology.SiteRow, ok bool) {
	best := int32(0)
	for _, s := range f.of(component) {
		us, basis := f.q.snap.RTT(from, s.site)
		if s.seat.Data && basis != topology.UnknownBasis && (!ok || us < best) {
			at, best, ok = s.site, us, true
		}
	}
	return at, ok
}

// links are the losses of the private links between the places of a placement, in both directions: a cable carries both.
func (f *footing) links() []loss {
	var out []loss
	for _, p := range f.ways {
		if !f.q.link(p.from, p.to).private {
			continue
		}
		out = append(out, loss{
			kind: "link", id: "lose:link:" + f.q.snap.SiteID(p.from) + ":" + f.q.snap.SiteID(p.to), goes: f.everything(),
			cut: func(a, b topology.SiteRow) bool { return a == p.from && b == p.to || a == p.to && b == p.from },
		})
	}
	return out
}

// link is what is known of the direct way between two places, in either direction.
func (q *question) link(a, b topology.SiteRow) link {
	at := [2]topology.SiteRow{min(a, b), max(a, b)}
	if l, ok := q.links[at]; ok {
		return l
	}
	var l link
	for _, f := range []topology.PathFacts{q.snap.Path(a, b), q.snap.Path(b, a)} {
		l.private = l.private || f.Private.State == topology.Known && f.Private.Value
		l.groups = append(l.groups, f.RiskGroups...)
	}
	slices.Sort(l.groups)
	l.groups = slices.Compact(l.groups)
	if q.links == nil {
		q.links = map[[2]topology.SiteRow]link{}
	}
	q.links[at] = l
	return l
}

// riskGroup is a risk group with its sites as rows.
type riskGroup struct {
	id, kind string
	sites    []topology.SiteRow // sorted
}

// groups are the topology's risk groups.
func (q *question) groups() []riskGroup {
	if q.risks == nil {
		q.risks = []riskGroup{}
		for g := range q.snap.RiskGroups() {
			r := riskGroup{id: g.ID, kind: g.Kind}
			for _, id := range g.Sites {
				if row, ok := q.snap.Site(id); ok {
					r.sites = append(r.sites, row)
				}
			}
			slices.Sort(r.sites)
			q.risks = append(q.risks, r)
		}
	}
	return q.risks
}

// has reports whether a site, or one that it is in, belongs to a group.
func (g *riskGroup) has(q *question, r topology.SiteRow) bool {
	in := func(r topology.SiteRow) bool {
		_, found := slices.BinarySearch(g.sites, r)
		return found
	}
	return in(r) || slices.ContainsFunc(q.snap.Ancestors(r), func(up uint32) bool { return in(topology.SiteRow(up)) })
}

// riskGroups are the losses of the risk groups that hold a copy's site, what it is in, a zone of its region, or a way between
// copies. Of control planes only those are lost.
func (f *footing) riskGroups() []loss {
	var out []loss
	groups := f.q.groups()
	for i := range groups {
		g := &groups[i]
		l := loss{kind: "riskGroup", id: "lose:riskGroup:" + g.id, fails: g.sites, goes: f.everything()}
		used := false
		for n := range f.copies {
			s := &f.copies[n]
			takes := yes
			if g.has(f.q, s.site) {
				takes = f.member(s)
			} else if s.site == s.region && s.inRegion {
				takes = f.zonesOf(g, s)
			}
			touched := takes != yes || g.has(f.q, s.site) || slices.ContainsFunc(g.sites, func(z topology.SiteRow) bool {
				up, ok := f.q.snap.Region(z)
				return ok && up == s.region && s.site == s.region
			})
			used = used || touched
			l.goes[n] = takes
		}
		for _, z := range g.sites {
			if f.q.snap.Kind(z) == topology.AvailabilityZone {
				l.zones = append(l.zones, z)
			}
		}
		cut := func(a, b topology.SiteRow) bool { return slices.Contains(f.q.link(a, b).groups, g.id) }
		for _, p := range f.ways {
			if cut(p.from, p.to) {
				used, l.cut = true, cut
			}
		}
		if g.kind == "control-plane" {
			l.goes, l.zones, l.fails = f.everything(), nil, nil
			l.plane = func(home topology.SiteRow) bool { return g.has(f.q, home) }
		}
		if used {
			out = append(out, l)
		}
	}
	return out
}

// member tells whether a copy in a risk group goes on when that is lost: only an Outpost may.
func (f *footing) member(s *stand) answer {
	if f.q.snap.Kind(s.site) == topology.Outpost && f.q.components[s.component].DisconnectedHours > 0 {
		return f.q.goesOn(&f.q.components[s.component], s.site)
	}
	return no
}

// zonesOf tells whether a copy in a region goes on when a group takes some of the region's zones.
func (f *footing) zonesOf(g *riskGroup, s *stand) answer {
	n := 0
	for z := range f.q.snap.Zones(s.region) {
		if _, found := slices.BinarySearch(g.sites, z); found {
			n++
		}
	}
	return f.withoutZones(s, n)
}

// withoutZones tells whether a copy in a region goes on without so many of its availability zones. What services say is about
// the loss of one: of several nobody knows, unless there is none left.
func (f *footing) withoutZones(s *stand, n int) answer {
	if n == 0 {
		return yes
	}
	all, state := f.q.snap.ZoneCount(s.region)
	if state == topology.Known && n >= all {
		return no
	}
	one := f.q.outlivesZone(s.component, s.region)
	if n > 1 {
		return min(one, maybe)
	}
	return one
}

// around tells in how many microseconds a call gets from one place to another when the direct way is cut: over one other
// region, by ways that are not cut.
func (f *footing) around(from, to topology.SiteRow, cut func(a, b topology.SiteRow) bool) (micros int64, ok bool) {
	for via := range f.q.snap.Regions() {
		if via == from || via == to || f.q.snap.Partition(via) != f.q.snap.Partition(from) || cut(from, via) || cut(via, to) {
			continue
		}
		a, known := f.q.snap.RTT(from, via)
		b, too := f.q.snap.RTT(via, to)
		if us := int64(a) + int64(b); known == topology.Measured && too == topology.Measured && (!ok || us < micros) {
			micros, ok = us, true
		}
	}
	return micros, ok
}
