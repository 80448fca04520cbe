package host

import (
	"maps"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/placement"

	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// loss is one failure of something that a placement uses, and what becomes of its copies.
type loss struct {
	kind  string // zone, region, site, link, controlPlane, riskGroup, partition or provider
	id    string // of the scenario
	fails []topology.SiteRow
	goes  []answer // of each copy: whether it goes on

	zone   topology.SiteRow   // the availability zone that is lost, or unnamedZone
	ground topology.SiteRow   // its region
	within bool               // zone and ground are set
	zones  []topology.SiteRow // availability zones that it takes, sorted
	cut    func(a, b topology.SiteRow) bool
	plane  func(home topology.SiteRow) bool // reports whether control planes that live at a site are lost
}

// stand is one copy of a placement.
type stand struct {
	component, n int // the n-th copy of the component, in the order of roles
	candidate    int
	site, region topology.SiteRow // a site of no region is its own
	inRegion     bool
	role         string
	seat         solve.Seat
}

// footing is a placement with what its failures are worked out from.
type footing struct {
	q      *question
	p      *solve.Problem
	pl     *solve.Placement
	copies []stand
	first  []int // of each component's copies, and one past the last
	ways   []pair
}

func (q *question) footing(p *solve.Problem, pl *solve.Placement) *footing {
	f := &footing{q: q, p: p, pl: pl}
	for i := range p.Components {
		f.first = append(f.first, len(f.copies))
		for n, k := range pl.Chosen[i] {
			s := stand{component: i, n: n, candidate: k, site: topology.SiteRow(p.Components[i].Candidates[k].Site)}
			s.role, s.region = placement.RoleReplica, s.site
			if roles := q.components[i].Roles; n < len(roles) {
				s.role = roles[n]
			}
			s.seat = seatOf[s.role]
			if r, ok := q.snap.Region(s.site); ok {
				s.region, s.inRegion = r, true
			}
			f.copies = append(f.copies, s)
		}
	}
	f.first = append(f.first, len(f.copies))
	f.ways = f.pairs()
	return f
}

// of are the copies of one component.
func (f *footing) of(component int) []stand { return f.copies[f.first[component]:f.first[component+1]] }

// losses are the failures of what a placement uses: each region, each zone of those that hold copies on their own ground, each
// small site and the link of each Outpost, the regions in which control planes of its services live, the risk groups that its
// sites, their zones or the ways between them are in, the private links between them, partitions and providers.
func (f *footing) losses() []loss {
	q := f.q
	used, zoned, small := map[topology.SiteRow]bool{}, map[topology.SiteRow]bool{}, map[topology.SiteRow]bool{}
	for i := range f.copies {
		s := &f.copies[i]
		if s.inRegion {
			used[s.region] = true
		}
		if kind := q.snap.Kind(s.site); kind == topology.Region || kind == topology.AvailabilityZone {
			zoned[s.region] = true
		} else {
			small[s.site] = true
		}
	}
	var out []loss
	for region := range q.snap.Regions() {
		if used[region] {
			out = append(out, loss{
				kind: "region", id: "lose:region:" + q.snap.SiteID(region), fails: []topology.SiteRow{region},
				goes:  f.each(func(s *stand) answer { return f.without(s, region) }),
				plane: func(home topology.SiteRow) bool { return home == region },
			})
		}
	}
	for region := range q.snap.Regions() {
		if zoned[region] {
			out = append(out, f.zoneLosses(region)...)
		}
	}
	for _, site := range slices.Sorted(maps.Keys(small)) {
		out = append(out, f.siteLosses(site)...)
	}
	out = append(out, f.controlPlanes()...)
	out = append(out, f.riskGroups()...)
	out = append(out, f.links()...)
	return append(out, f.operators()...)
}

// each asks of every copy whether it goes on.
func (f *footing) each(goes func(s *stand) answer) []answer {
	out := make([]answer, len(f.copies))
	for i := range f.copies {
		out[i] = goes(&f.copies[i])
	}
	return out
}

// everything tells that every copy goes on.
func (f *footing) everything() []answer { return f.each(func(*stand) answer { return yes }) }

// without tells whether a copy goes on when a region is lost. A component that does not ask its Outposts to go on by themselves
// loses them with it.
func (f *footing) without(s *stand, region topology.SiteRow) answer {
	switch {
	case !s.inRegion || s.region != region:
		return yes
	case f.q.snap.Kind(s.site) == topology.Outpost && f.q.components[s.component].DisconnectedHours > 0:
		return f.q.goesOn(&f.q.components[s.component], s.site)
	}
	return no
}

// zoneLosses are the losses of a region's availability zones.
func (f *footing) zoneLosses(region topology.SiteRow) []loss {
	q := f.q
	lives := func(zone topology.SiteRow) []answer {
		return f.each(func(s *stand) answer {
			switch s.site {
			case zone:
				return no
			case region:
				return q.outlivesZone(s.component, region)
			}
			return yes
		})
	}
	var out []loss
	for zone := range q.snap.Zones(region) {
		zone := []topology.SiteRow{zone}
		out = append(out, loss{
			kind: "zone", id: "lose:zone:" + q.snap.SiteID(zone[0]), fails: zone, goes: lives(zone[0]),
			zone: zone[0], ground: region, within: true, zones: zone,
		})
	}
	if len(out) == 0 { // its zones have no known ids, but it may lose one all the same
		out = append(out, loss{
			kind: "zone", id: "lose:zone:any-of:" + q.snap.SiteID(region), goes: lives(unnamedZone),
			zone: unnamedZone, ground: region, within: true,
		})
	}
	return out
}

// outlivesZone is survivesZone, worked out once for each component and region.
func (q *question) outlivesZone(component int, region topology.SiteRow) answer {
	at := spot{component, region}
	if a, ok := q.outlives[at]; ok {
		return a
	}
	if q.outlives == nil {
		q.outlives = map[spot]answer{}
	}
	a := q.survivesZone(&q.components[component], region)
	q.outlives[at] = a
	return a
}

// spot is a component at a site.
type spot struct {
	component int
	site      topology.SiteRow
}

// siteLosses are the loss of a site that is neither a region nor an availability zone, and of an Outpost's link.
func (f *footing) siteLosses(site topology.SiteRow) []loss {
	q, what := f.q, "site"
	there := func(a func(s *stand) answer) []answer {
		return f.each(func(s *stand) answer {
			if s.site == site {
				return a(s)
			}
			return yes
		})
	}
	var out []loss
	switch q.snap.Kind(site) {
	case topology.LocalZone, topology.WavelengthZone:
		what = "zone"
	case topology.Outpost:
		out = append(out, loss{
			kind: "link", id: "lose:link:" + q.snap.SiteID(site), goes: there(func(s *stand) answer { return q.goesOn(&q.components[s.component], site) }),
		})
	}
	return append(out, loss{
		kind: what, id: "lose:" + what + ":" + q.snap.SiteID(site), fails: []topology.SiteRow{site}, goes: there(func(*stand) answer { return no }),
	})
}

// controlPlanes are the losses of regions in which control planes of services live that copies use from elsewhere in the same
// partition. No copy is lost with them.
func (f *footing) controlPlanes() []loss {
	homes := map[topology.SiteRow]bool{}
	for i := range f.q.components {
		for _, k := range f.q.components[i].services {
			home, ok := f.q.controlPlane(k)
			if ok && slices.ContainsFunc(f.of(i), func(s stand) bool { return f.q.snap.Partition(s.site) == f.q.snap.Partition(home) }) {
				homes[home] = true
			}
		}
	}
	var out []loss
	for _, home := range slices.Sorted(maps.Keys(homes)) {
		out = append(out, loss{
			kind: "controlPlane", id: "lose:controlPlane:" + f.q.snap.SiteID(home), goes: f.everything(),
			plane: func(at topology.SiteRow) bool { return at == home },
		})
	}
	return out
}

// controlPlane is the region that a service's control plane is known to live in, if it is one and the same everywhere.
func (q *question) controlPlane(k topology.ServiceRow) (topology.SiteRow, bool) {
	at := q.snap.ServiceFacts(k).ControlPlane
	if at.State != topology.Known || at.Value == "local" {
		return 0, false
	}
	return q.snap.Site(at.Value)
}

// frozen lists the services of copies that are left whose control plane is lost.
func (f *footing) frozen(l *loss, left [][]int) []string {
	var out []string
	for i := range f.q.components {
		for _, id := range f.frozenOf(i, l, left) {
			out = insert(out, id)
		}
	}
	return out
}

// frozenOf lists those of one component.
func (f *footing) frozenOf(i int, l *loss, left [][]int) []string {
	if l.plane == nil {
		return nil
	}
	var out []string
	for _, k := range f.q.components[i].services {
		facts := f.q.snap.ServiceFacts(k)
		home, apart := f.q.controlPlane(k)
		local := facts.ControlPlane.State == topology.Known && facts.ControlPlane.Value == "local"
		lost := slices.ContainsFunc(left[i], func(c int) bool {
			site := topology.SiteRow(f.p.Components[i].Candidates[c].Site)
			if apart {
				return f.q.snap.Partition(site) == f.q.snap.Partition(home) && l.plane(home)
			}
			return local && l.plane(f.q.home(site))
		})
		if lost {
			out = insert(out, facts.ID)
		}
	}
	return out
}

// home is the region of a site, or the site where it is in none.
func (q *question) home(r topology.SiteRow) topology.SiteRow { return q.regionOf(uint32(r)) }

// operators are the losses of partitions and of providers.
func (f *footing) operators() []loss {
	var out []loss
	for _, k := range []struct {
		kind string
		of   func(topology.SiteRow) string
	}{{placement.SurvivePartition, f.q.snap.Partition}, {placement.SurviveProvider, f.q.snap.Provider}} {
		ids := map[string]bool{}
		for i := range f.copies {
			ids[k.of(f.copies[i].site)] = true
		}
		delete(ids, "")
		for _, id := range slices.Sorted(maps.Keys(ids)) {
			out = append(out, loss{kind: k.kind, id: "lose:" + k.kind + ":" + id, goes: f.each(func(s *stand) answer {
				switch k.of(s.site) {
				case id:
					return no
				case "":
					return maybe
				}
				return yes
			})})
		}
	}
	return out
}
