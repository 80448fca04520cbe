package topology

import "slices"

// names are the names that entries of a dated topology have on any day.
type names struct {
	provider, partition, jurisdiction, site, service, population, riskGroup map[string]bool
	offered                                                                 map[string]bool // services by the names that offerings use
}

func (t *Topology) names() names {
	n := names{
		provider: keysOf(t.Providers), partition: keysOf(t.Partitions), jurisdiction: keysOf(t.Jurisdictions),
		site: keysOf(t.Sites), service: keysOf(t.Services), population: keysOf(t.Populations), riskGroup: keysOf(t.RiskGroups),
	}
	for i := range t.Services {
		for _, a := range t.Services[i].Aliases {
			n.service[a] = true
		}
	}
	n.offered = t.offeredNames()
	return n
}

// offeredNames are the names of services that offerings use, on whatever day.
func (t *Topology) offeredNames() map[string]bool {
	all := map[string]bool{}
	for i := range t.Offerings {
		for _, name := range t.Offerings[i].services() {
			all[name] = true
		}
	}
	return all
}

func keysOf[T any, P entryOf[T]](s []T) map[string]bool {
	keys := make(map[string]bool, len(s))
	for i := range s {
		_, key := P(&s[i]).name()
		keys[key] = true
	}
	return keys
}

// inForce keeps the entries that hold on a day, without their dates.
func inForce[T any, P entryOf[T]](s []T, day string) []T {
	var kept []T
	for i := range s {
		if P(&s[i]).days().holds(day) {
			kept = append(kept, s[i])
			P(&kept[len(kept)-1]).setDays(period{})
		}
	}
	return kept
}

// lost tells which names exist, and not on the day in question.
type lost struct{ ever, now map[string]bool }

func (l lost) name(s string) bool { return s != "" && !l.now[s] && l.ever[s] }

// any tells whether a list names something that is lost.
func (l lost) any(list []string) bool { return slices.ContainsFunc(list, l.name) }

// drop returns a list without the names that are lost. It shares nothing with the list if it is shorter.
func (l lost) drop(list []string) []string {
	if !l.any(list) {
		return list
	}
	kept := make([]string, 0, len(list)) // not nil: what is left was written
	for _, s := range list {
		if !l.name(s) {
			kept = append(kept, s)
		}
	}
	return kept
}

func (l lost) clear(s *string) {
	if l.name(*s) {
		*s = ""
	}
}

// on returns the topology as it stands on the days of a span on which nothing changes, as if nothing else
// had been written. What refers to something that exists on other days only is dropped with it; lists lose
// its name, and what claims to list everything no longer does, or is unknown. What refers to something that
// exists on no day is left, for validation to refuse; so is what no list without the name could stand for.
func (t *Topology) on(span period, ever names) *Topology {
	day := span.since
	now := &Topology{Metadata: t.Metadata, shorts: t.shorts, ever: &ever}
	n := &now.Sections
	n.Sources = t.Sources
	n.Providers = inForce(t.Providers, day)
	n.Partitions = inForce(t.Partitions, day)
	n.Jurisdictions = inForce(t.Jurisdictions, day)
	n.Regimes = slices.Clone(t.Regimes) // their own dates are facts of the law
	n.Sites = inForce(t.Sites, day)
	n.Services = inForce(t.Services, day)
	n.Offerings = inForce(t.Offerings, day)
	n.Links = inForce(t.Links, day)
	n.Populations = inForce(t.Populations, day)
	n.Access = inForce(t.Access, day)
	n.Programmes = inForce(t.Programmes, day)
	n.Carbon = inForce(t.Carbon, day)
	n.Prices = inForce(t.Prices, day)
	n.Egress = inForce(t.Egress, day)
	n.RiskGroups = inForce(t.RiskGroups, day)

	jurisdiction := lost{ever.jurisdiction, keysOf(n.Jurisdictions)}
	now.dropLaw(jurisdiction, span)
	partition := now.dropOperators(lost{ever.provider, keysOf(n.Providers)}, jurisdiction, ever)
	site := now.dropSites(partition, jurisdiction, ever)
	now.dropFacts(site, partition, jurisdiction, ever)
	return now
}

// dropLaw shortens the lists of jurisdictions and regimes. Nobody is in a bloc that does not exist, so
// memberOf stays complete. A regime without a jurisdiction that does not exist asks no less: nobody is a
// subject of that one, and the other places to store and process in are still all there are. A list that
// loses all its names is another matter: without it the regime would ask nothing. So on days when the
// regime is in force the names stay, for validation to refuse, and on others the regime is left out.
func (t *Topology) dropLaw(jurisdiction lost, span period) {
	for i := range t.Jurisdictions {
		j := &t.Jurisdictions[i]
		j.MemberOf = jurisdiction.drop(j.MemberOf)
		j.Adequate = keep(j.Adequate, func(a *Adequacy) bool { return !jurisdiction.name(a.Jurisdiction) })
	}
	t.Regimes = keep(t.Regimes, func(r *Regime) bool {
		_, binds := period{r.Since, r.Until}.meet(span)
		for _, list := range []*[]string{&r.Subjects, &r.StoreIn, &r.ProcessIn} {
			kept := jurisdiction.drop(*list)
			switch {
			case len(kept) > 0 || len(*list) == 0:
				*list = kept
			case !binds:
				return false
			}
		}
		return true
	})
}

// dropOperators shortens the lists of who controls and staffs operators. Control that was listed and is
// not is no longer known to be complete. Personnel are of the listed jurisdictions alone: a shorter list
// would claim more, so nothing is known of them.
func (t *Topology) dropOperators(provider, jurisdiction lost, ever names) lost {
	for i := range t.Providers {
		p := &t.Providers[i]
		if jurisdiction.any(p.Control) {
			p.Control, p.ControlComplete = jurisdiction.drop(p.Control), new(bool)
		}
	}
	t.Partitions = keep(t.Partitions, func(p *Partition) bool { return !provider.name(p.Provider) })
	for i := range t.Partitions {
		if jurisdiction.any(t.Partitions[i].Personnel) {
			t.Partitions[i].Personnel = nil
		}
	}
	return lost{ever.partition, keysOf(t.Partitions)}
}

// dropSites drops sites with their partition or parent; the parents' parents too, so it goes on until
// nothing is left to drop.
func (t *Topology) dropSites(partition, jurisdiction lost, ever names) lost {
	for {
		site := lost{ever.site, keysOf(t.Sites)}
		before := len(t.Sites)
		t.Sites = keep(t.Sites, func(s *Site) bool { return !partition.name(s.Partition) && !site.name(s.Parent) })
		if len(t.Sites) == before {
			for i := range t.Sites {
				// An availability zone without a country would be given its region's: then the name stays,
				// for validation to refuse.
				if k, _ := ParseKind(t.Sites[i].Kind); !inheritsGround(k) {
					jurisdiction.clear(&t.Sites[i].Country)
				}
			}
			return site
		}
	}
}

func (t *Topology) dropFacts(site, partition, jurisdiction lost, ever names) {
	base := lost{ever.service, keysOf(t.Services)}
	for i := range t.Services {
		for _, a := range t.Services[i].Aliases {
			base.now[a] = true
		}
	}
	t.Services = keep(t.Services, func(s *Service) bool { return !base.name(s.VariantOf) })
	services := keysOf(t.Services)
	for i := range t.Services {
		if t.Services[i].VariantOf == "" { // a variant without a control plane would be given its service's
			site.clear(&t.Services[i].ControlPlane)
		}
		for _, a := range t.Services[i].Aliases {
			services[a] = true
		}
	}
	service := lost{ever.service, services}
	// What complete speaks of may lose all its names; without names it would speak of every site.
	place := lost{ever.site, site.now}
	among := func(list []string, complete *bool) []string {
		kept := place.drop(list)
		kept = slices.DeleteFunc(slices.Clone(kept), func(s string) bool { return partition.name(s) && !site.now[s] })
		if len(list) > 0 && len(kept) == 0 {
			*complete = false
			return nil
		}
		return kept
	}
	t.Offerings = keep(t.Offerings, func(o *Offering) bool {
		had := len(o.services()) > 0
		service.clear(&o.Service)
		o.Services = service.drop(o.Services)
		if had && len(o.services()) == 0 {
			return false
		}
		listed := len(o.sites()) > 0
		site.clear(&o.Site)
		o.Sites = site.drop(o.Sites)
		wasComplete := o.Complete
		o.Among = among(o.Among, &o.Complete)
		return o.Complete || len(o.sites()) > 0 || !listed && !wasComplete
	})
	for i := range t.Programmes {
		p := &t.Programmes[i]
		p.below = slices.Clone(p.below)
		for k := range p.below {
			p.below[k].Sites = site.drop(p.below[k].Sites)
			p.below[k].Among = among(p.below[k].Among, &p.below[k].Complete)
		}
		p.Sites = site.drop(p.Sites)
		p.Among = among(p.Among, &p.Complete)
	}
	t.Populations = keep(t.Populations, func(p *Population) bool { jurisdiction.clear(&p.Country); return true })
	population, riskGroup := lost{ever.population, keysOf(t.Populations)}, lost{ever.riskGroup, keysOf(t.RiskGroups)}
	t.Links = keep(t.Links, func(l *Link) bool {
		if jurisdiction.any(l.Via) {
			l.Via = nil // it lists all that is crossed, and the rest of it does not
		}
		l.RiskGroups = riskGroup.drop(l.RiskGroups)
		return !site.name(l.From) && !site.name(l.To)
	})
	t.Access = keep(t.Access, func(a *Access) bool { return !population.name(a.From) && !site.name(a.To) })
	t.Carbon = keep(t.Carbon, func(f *Carbon) bool { return !site.name(f.Site) })
	t.Prices = keep(t.Prices, func(p *Price) bool { return !site.name(p.Site) })
	t.Egress = keep(t.Egress, func(e *Egress) bool { return !site.name(e.From) && !site.name(e.To) })
	// What does not exist on the day cannot fail with the rest of its group, nor be chosen: the lists stay
	// complete.
	for i := range t.RiskGroups {
		g := &t.RiskGroups[i]
		g.Sites = site.drop(g.Sites)
		g.Links = keep(g.Links, func(l *[]string) bool { return !slices.ContainsFunc(*l, site.name) })
	}
}

// keep returns a copy of the list with the elements that may stay, as stays leaves them.
func keep[T any](list []T, stays func(*T) bool) []T {
	var kept []T
	for i := range list {
		e := list[i]
		if stays(&e) {
			kept = append(kept, e)
		}
	}
	return kept
}
