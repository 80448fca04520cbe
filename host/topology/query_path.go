package topology

import "slices"

// PathFacts are the way traffic takes from one site to another, as far as it is known or can be inferred.
type PathFacts struct {
	From, To SiteRow
	Micros   int32 // round-trip time in whole microseconds; means nothing with UnknownBasis
	Basis    Basis
	// Hops are the sites passed, both ends included: what a link says, or regions of the inferred backbone.
	Hops []SiteRow
	// Inferred tells that no link says what is crossed: Hops and Jurisdictions are what can be inferred.
	Inferred bool
	// Measured tells that Hops are inferred from measured times. Where Inferred is true and it is not, nothing
	// is known of what lies between the two sites and the regions they belong to.
	Measured bool
	Private  Fact[bool] // whether it stays on the private backbone
	// Jurisdictions are the countries it is known to cross, sorted. Unless Complete it may cross others.
	Jurisdictions []JurisdictionRow
	Complete      bool
	// RiskGroups are those that the link names, and those that name it, sorted. Where no link says what is crossed, there
	// may be others: see Inferred.
	RiskGroups []string
	Source     string // of the measured time between the sites or their regions, which Micros is or rests on; ""
}

// Path returns the way from one site to another. Where no link says what it crosses, it is taken to go over
// the sparse backbone that the measured times between regions suggest, and crosses at least the countries
// of the regions passed.
func (s *Snapshot) Path(from, to SiteRow) PathFacts {
	p := PathFacts{From: from, To: to, Source: s.LinkSource(from, to)}
	p.Micros, p.Basis = s.RTT(from, to)
	p.RiskGroups = s.groupsNaming(from, to)
	link, ok := s.link(from, to)
	if !ok {
		link, ok = s.link(s.regionOf(from), s.regionOf(to))
	}
	if ok {
		p.Private = Fact[bool]{s.t.linkPrivate.At(link), s.t.linkPrivate.State(link)}
		for i := range s.t.linkRiskGroups.Len(link) {
			p.RiskGroups = append(p.RiskGroups, s.t.linkRiskGroups.At(link, i))
		}
		slices.Sort(p.RiskGroups)
		p.RiskGroups = slices.Compact(p.RiskGroups)
		if s.t.linkViaKnown.At(link) {
			p.Hops, p.Complete = s.ends(from, to, nil), true
			for _, j := range s.t.linkVia.At(link) {
				p.Jurisdictions = append(p.Jurisdictions, JurisdictionRow(j))
			}
			p.cross(s)
			return p
		}
	}
	p.Inferred = true
	between, measured := s.regionHops(from, to)
	p.Hops, p.Measured = s.ends(from, to, between), measured
	p.cross(s)
	return p
}

// groupsNaming are the risk groups that name the link between two sites, or between their regions, in either direction: what
// fails takes both with it.
func (s *Snapshot) groupsNaming(from, to SiteRow) (ids []string) {
	for g := range s.t.riskGroups {
		for i := range s.t.riskGroupFrom.Len(g) {
			a, b := s.t.riskGroupFrom.At(g, i), s.t.riskGroupTo.At(g, i)
			if s.joins(a, b, from, to) || s.joins(b, a, from, to) {
				ids = append(ids, s.t.riskGroupID.At(g))
				break
			}
		}
	}
	return ids
}

// joins reports whether a and b are the ids of two sites, or of their regions.
func (s *Snapshot) joins(a, b string, from, to SiteRow) bool {
	return a == s.SiteID(from) && b == s.SiteID(to) || a == s.SiteID(s.regionOf(from)) && b == s.SiteID(s.regionOf(to))
}

// cross adds the countries of the hops, in order and each once.
func (p *PathFacts) cross(s *Snapshot) {
	for _, r := range p.Hops {
		if j, state := s.Country(r); state == Known {
			p.Jurisdictions = append(p.Jurisdictions, j)
		} else {
			p.Complete = false
		}
	}
	slices.Sort(p.Jurisdictions)
	p.Jurisdictions = slices.Compact(p.Jurisdictions)
}

// ends puts the two sites themselves around the regions passed.
func (s *Snapshot) ends(from, to SiteRow, between []SiteRow) []SiteRow {
	hops := []SiteRow{from}
	for _, r := range append(between, to) {
		if last := hops[len(hops)-1]; r != last {
			hops = append(hops, r)
		}
	}
	return hops
}

// regionHops lists the regions on the way between two sites, those they belong to included, and tells
// whether measured times suggest it.
func (s *Snapshot) regionHops(from, to SiteRow) (hops []SiteRow, measured bool) {
	a, okA := s.regionIndex(from)
	b, okB := s.regionIndex(to)
	net := s.network()
	var rows []int
	switch {
	case okA && okB:
		rows, measured = net.hops(a, b)
	case okB:
		rows, measured = net.enter(s.gate(from), b)
	case okA:
		rows, measured = net.enter(s.gate(to), a)
		slices.Reverse(rows)
	}
	hops = make([]SiteRow, len(rows))
	for i, r := range rows {
		hops[i] = SiteRow(s.t.regionSite.At(r))
	}
	return hops, measured
}

// anyLength is a limit no path reaches.
const anyLength = int64(1) << 40

// hops are the rows of the regions between two regions, both included. A pair that nothing was measured
// of goes by way of the measured pair its modelled time leans on, if it leans on one.
func (n *network) hops(a, b int) (rows []int, measured bool) {
	if a == b {
		return []int{a}, false
	}
	if rows, ok := n.web.way(a, b, anyLength); ok {
		return rows, true
	}
	m := n.backbone.model(n.backbone.points[a], a, n.backbone.near[a], b)
	return join([]int{a}, n.between(m), []int{b}), m.from != none
}

// enter are the rows of the regions from a site of no region to region b.
func (n *network) enter(g *gate, b int) (rows []int, measured bool) {
	m := n.backbone.model(g.point, none, g.near, b)
	return join(n.between(m), []int{b}), m.from != none
}

// between are the regions of the measured pair a modelled time leans on.
func (n *network) between(m modelled) []int {
	if m.from == none {
		return nil
	}
	if rows, ok := n.web.way(m.from, m.to, anyLength); ok {
		return rows
	}
	return []int{m.from, m.to}
}

func join(parts ...[]int) []int { return slices.Compact(slices.Concat(parts...)) }
