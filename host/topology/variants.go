package topology

import (
	"fmt"
	"maps"
)

// services checks each service as it is written, and then fills in what a variant takes from the
// service it is a way of running. Name, aliases and note stay its own.
func (c *catalogue) services() {
	for i := range c.Services {
		c.checkService(&c.Services[i], fmt.Sprintf("service %q", c.Services[i].ID))
	}
	for i := range c.Services {
		s := &c.Services[i]
		who := fmt.Sprintf("service %q", s.ID)
		of := c.ref(c.service, s.VariantOf, "variantOf: service", s.Pos, who)
		if of == none {
			continue
		}
		up := &c.Services[of]
		switch {
		case of == i:
			c.fail(s.Pos, "%s: it is variantOf itself; name the service it is a way of running, or remove variantOf", who)
		case up.VariantOf != "":
			c.fail(s.Pos, "%s: variantOf %q, which is a variant of %q itself; name the service that both are ways of running", who, s.VariantOf, up.VariantOf)
		default:
			s.takeFrom(up)
		}
	}
}

// takeFrom fills in a variant's omitted facts, each with the source it has there.
func (s *Service) takeFrom(up *Service) {
	s.FieldSources = maps.Clone(s.FieldSources) // it is the caller's
	if s.FieldSources == nil {
		s.FieldSources = map[string]string{}
	}
	take := func(field string, omitted bool, set func()) {
		if !omitted {
			return
		}
		set()
		src, ok := up.FieldSources[field]
		if !ok {
			src = up.Source
		}
		if ok || src != "" { // "" where a correction of the other service named none
			s.FieldSources[field] = src
		}
	}
	take("scope", s.Scope == "" && up.Scope != "", func() { s.Scope = up.Scope })
	take("controlPlane", s.ControlPlane == "" && up.ControlPlane != "", func() { s.ControlPlane = up.ControlPlane })
	take("zones", s.Zones == nil && up.Zones != nil, func() { s.Zones = up.Zones })
	take("crossRegion", s.CrossRegion == nil && up.CrossRegion != nil, func() { s.CrossRegion = up.CrossRegion })
	take("failover", s.Failover == nil && up.Failover != nil, func() { s.Failover = up.Failover })
	take("disconnected", s.Disconnected == nil && up.Disconnected != nil, func() { s.Disconnected = up.Disconnected })
}

// checkService refuses figures of a service that contradict each other.
func (c *catalogue) checkService(s *Service, who string) {
	if s.ControlPlane != "" && s.ControlPlane != "local" {
		c.ref(c.site, s.ControlPlane, "controlPlane site", s.Pos, who)
	}
	if z := s.Zones; z != nil && z.Readable != nil && *z.Readable >= z.Copies {
		c.fail(s.Pos, "%s: zones.readable %d of %d copies; the primary is one of the copies and does not count, so it is at most %d", who, *z.Readable, z.Copies, z.Copies-1)
	}
	if f := s.Failover; f != nil && f.AtLeastSeconds != nil && *f.AtLeastSeconds > f.Seconds {
		c.fail(s.Pos, "%s: failover.atLeastSeconds %g is more than seconds %g, the figure to count on; exchange them", who, *f.AtLeastSeconds, f.Seconds)
	}
	if d := s.Disconnected; d != nil && d.Mode == "stops" && d.Hours != nil && *d.Hours > 0 {
		c.fail(s.Pos, "%s: disconnected.mode stops, yet it goes on for %g hours; remove hours, or say continues or limited", who, *d.Hours)
	}
}
