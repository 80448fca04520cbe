package document

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// Users are a request's user groups: whom they are called and what they weigh.
type Users struct {
	Populations []string
	Weights     []int64
}

// SiteLatency is what a request's users see at one site: for each group a round-trip time in whole
// microseconds, or less than 0 where it is unknown, and how it is known.
type SiteLatency struct {
	Micros []int64
	Basis  []topology.Basis
	Region []int64 // what they see at the region of a site outside its region's ground; nil at other sites
}

// Document is a document with the sorted dotted paths below it that are unknown.
type Document struct {
	Term    *ast.Term
	Unknown []string
}

// Base is what [Snapshot.For] tells of a site to every request.
func (t *Snapshot) Base(r topology.SiteRow) Document {
	return Document{t.sites[r].term, t.sites[r].unknown}
}

// For returns input.site for a site and one component of a request, and of it what other requests would
// not see: which of the component's services the site offers and, with users, what they see: the weighted
// mean, the worst, and each group's time, in milliseconds, whether that was
// measured or modelled and, at a site outside its region's ground, what they see at the region.
func (t *Snapshot) For(r topology.SiteRow, services []topology.ServiceRow, users *Users, seen SiteLatency) (whole, own Document) {
	s := &t.sites[r]
	mine := new(fields)
	mine.nest("offers", t.offers(r, services))
	if far := t.parentServices(r, services); len(far.pairs)+len(far.unknown) > 0 {
		mine.nest("parentServices", far)
	}
	if len(users.Populations) > 0 {
		mine.nest("latency", latency(users, seen))
	}
	unknown := append(slices.Clip(s.unknown), mine.unknown...)
	slices.Sort(unknown)
	slices.Sort(mine.unknown)
	return Document{ast.ObjectTerm(append(slices.Clip(s.pairs), mine.pairs...)...), unknown}, Document{ast.ObjectTerm(mine.pairs...), mine.unknown}
}

// offers tells of each service whether it can be used at the site, where that is known; a small zone has
// from its region what it lacks. Unlike the list of all a site offers, it is complete if only these
// services are known.
func (t *Snapshot) offers(r topology.SiteRow, services []topology.ServiceRow) *fields {
	f := new(fields)
	for _, k := range services {
		_, yes, state := t.Provided(k, r)
		f.fact(t.ServiceID(k), state, func() *ast.Term { return ast.InternedTerm(yes) })
	}
	return f
}

// parentServices tells how far away, in milliseconds, the services are that a small zone has from its region.
func (t *Snapshot) parentServices(r topology.SiteRow, services []topology.ServiceRow) *fields {
	f := new(fields)
	for _, k := range services {
		from, yes, _ := t.Provided(k, r)
		if !yes || from == r {
			continue
		}
		us, basis := t.RTT(r, from)
		state := topology.Known
		if basis == topology.UnknownBasis {
			state = topology.Unknown
		}
		f.fact(t.ServiceID(k), state, func() *ast.Term { return Millis(int64(us)) })
	}
	return f
}

func latency(users *Users, seen SiteLatency) *fields {
	f, by, basis := new(fields), new(fields), new(fields)
	sum, weights, worst, state := int64(0), int64(0), int64(0), topology.Known
	for i, us := range seen.Micros {
		if us < 0 {
			state = topology.Unknown
			by.unknown = append(by.unknown, users.Populations[i])
			basis.unknown = append(basis.unknown, users.Populations[i])
			continue
		}
		by.put(users.Populations[i], Millis(us))
		basis.put(users.Populations[i], ast.InternedTerm(seen.Basis[i].String()))
		sum += us * users.Weights[i]
		weights += users.Weights[i]
		worst = max(worst, us)
	}
	f.fact("weightedMs", state, func() *ast.Term { return Millis((sum + weights/2) / weights) })
	f.fact("worstMs", state, func() *ast.Term { return Millis(worst) })
	f.nest("byPopulation", by)
	f.nest("basis", basis)
	if seen.Region != nil {
		region := new(fields)
		for i, us := range seen.Region {
			if us < 0 {
				region.unknown = append(region.unknown, users.Populations[i])
			} else {
				region.put(users.Populations[i], Millis(us))
			}
		}
		f.nest("regionByPopulation", region)
	}
	return f
}
