package topology

// Provided tells whether a service can be used at a site and from where. A small zone (a Local Zone, a
// Wavelength Zone, an Outpost) that does not offer a service itself has it from its region, unless the
// service is zonal: that runs where the copy runs, or not at all. Where it is not known whether the zone
// offers the service itself, but its region does, the region is what is certain.
func (s *Snapshot) Provided(k ServiceRow, r SiteRow) (from SiteRow, offered bool, state State) {
	own, ownState := s.Offered(k, r)
	if ownState == Known && own {
		return r, true, Known
	}
	region, ok := s.Region(r)
	if kind := s.Kind(r); !ok || kind != LocalZone && kind != WavelengthZone && kind != Outpost {
		return r, own, ownState
	}
	scope, scopeState := s.t.scope.At(int(k)), s.t.scope.State(int(k))
	if scopeState == Known && scope == "zonal" {
		return r, own, ownState
	}
	there, thereState := s.Offered(k, region)
	switch {
	case scopeState == Known && thereState == Known && there:
		return region, true, Known
	case thereState == Known && !there && ownState == Known:
		return r, false, Known // neither has it
	}
	return r, false, Unknown
}
