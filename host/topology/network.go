package topology

import "sync"

// network is what a snapshot works out of its tables when a path is first asked for: the model of the
// backbone and the web of regions that are joined directly.
type network struct {
	once     sync.Once
	backbone *backbone
	web      *web
	gates    sync.Map // SiteRow → *gate, filled as they are asked for
}

// gate is a site of no region at which traffic enters the backbone.
type gate struct {
	point point
	near  []stop
}

// gate returns what is known of a site of no region.
func (s *Snapshot) gate(r SiteRow) *gate {
	net := s.network()
	if g, ok := net.gates.Load(r); ok {
		return g.(*gate)
	}
	p := s.point(r)
	g := &gate{point: p, near: net.backbone.stops(p, none)}
	kept, _ := net.gates.LoadOrStore(r, g)
	return kept.(*gate)
}

func (s *Snapshot) network() *network {
	s.net.once.Do(func() {
		measured := func(i, j int) (int32, bool) { return s.t.rtt.Row(i)[j], s.t.measured.At(i).Get(j) }
		points := make([]point, s.t.regions)
		for i := range points {
			points[i] = s.point(SiteRow(s.t.regionSite.At(i)))
		}
		s.net.backbone = newBackbone(points, measured)
		s.net.web = newWeb(len(points), func(i int) int32 {
			t, ok := measured(i, i)
			if !ok {
				return 0
			}
			return t
		})
		for i := range s.t.spans {
			s.net.web.join(span{int(s.t.spanFrom.At(i)), int(s.t.spanTo.At(i)), s.t.spanRTT.At(i)})
		}
	})
	return &s.net
}

// point is where a site stands and in whose network.
func (s *Snapshot) point(r SiteRow) point {
	p := point{provider: none}
	p.lat, p.lon, p.known = s.Point(r)
	if i, ok := s.provider(r); ok {
		p.provider = i
	}
	return p
}

// leg is the time between a site and the region it belongs to, over the backbone: nothing for a region
// and its availability zones, which stand on its ground.
func (s *Snapshot) leg(r SiteRow) (micros int32, basis Basis) {
	region, ok := s.Region(r)
	if !ok {
		return 0, UnknownBasis
	}
	if k := s.Kind(r); k == Region || inheritsGround(k) {
		return 0, Measured
	}
	if i, ok := s.link(r, region); ok {
		return s.t.linkRTT.At(i), Measured
	}
	km, ok := s.DistanceKm(r, region)
	if !ok {
		return 0, UnknownBasis
	}
	return fitted.leg(lightMicros(km)), Modelled
}
