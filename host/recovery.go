package host

import (
	"fmt"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/solve"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// span is a time in seconds that may be unknown.
type span struct {
	seconds float64
	known   bool
}

var (
	atOnce     = span{0, true}
	nobodyKnew = span{}
)

// or is the worse of two times: what is unknown may be worse than anything.
func (s span) or(o span) span {
	if !s.known || !o.known {
		return nobodyKnew
	}
	return span{max(s.seconds, o.seconds), true}
}

func (s span) figure() *float64 {
	if !s.known {
		return nil
	}
	return new(s.seconds)
}

// losesZone is how a copy in a region comes out of losing one of the region's zones, for one service that lives through it.
func losesZone(k *topology.ServiceFacts) (rto, rpo span) {
	if standsNowhere(k) {
		return atOnce, atOnce
	}
	if k.FailoverSeconds.State == topology.Known {
		rto = span{k.FailoverSeconds.Value, true}
	}
	if keepsInZones(k) {
		rpo = atOnce
	}
	return rto, rpo
}

// standsNowhere reports whether a service is known to stand in no zone and no region, so that the loss of one is nothing to it.
func standsNowhere(k *topology.ServiceFacts) bool {
	return k.Scope.State == topology.Known && (k.Scope.Value == "global" || k.Scope.Value == "edge")
}

// keepsInZones reports whether a write that was acknowledged is known to be in several zones.
func keepsInZones(k *topology.ServiceFacts) bool {
	return k.Copies.State == topology.Known && k.Copies.Value >= 2 && k.Synchronous.State == topology.Known && k.Synchronous.Value
}

// losesCopy is what a service loses of its writes with a copy in another region than what is left.
func losesCopy(k *topology.ServiceFacts) (rpo span) {
	switch {
	case standsNowhere(k):
		return atOnce
	case k.CrossMode.State != topology.Known || k.CrossMode.Value == "none":
		return nobodyKnew // a service that replicates nothing by itself may be replicated by the workload
	case k.RPOSeconds.State == topology.Known:
		return span{k.RPOSeconds.Value, true}
	case k.CrossMode.Value == "synchronous":
		return atOnce
	}
	return nobodyKnew
}

// recovery is how long a placement is without service after a loss, and what it loses of its writes: the worst of its
// components. Links that are cut lose no write; where nobody knows a way around, nobody knows how long copies are apart.
func (f *footing) recovery(l *loss, a *aftermath) (rto, rpo *float64) {
	time, writes := atOnce, atOnce
	for i := range f.q.components {
		t, w := f.recoveryOf(i, l, a)
		time, writes = time.or(t), writes.or(w)
	}
	if l.cut != nil {
		for _, p := range f.ways {
			if len(p.replicates) == 0 || !l.cut(p.from, p.to) {
				continue
			}
			if _, ok := f.around(p.from, p.to, l.cut); !ok {
				time = nobodyKnew
			}
		}
	}
	return time.figure(), writes.figure()
}

// recoveryOf is the recovery of one component. One that does not go on does not come back by itself.
func (f *footing) recoveryOf(i int, l *loss, a *aftermath) (rto, rpo span) {
	for _, name := range []string{"copies", "quorum", "capacity"} {
		if slices.Contains(a.missing, field(i, name)) {
			return nobodyKnew, nobodyKnew
		}
	}
	rto, rpo = atOnce, atOnce
	services := f.services(i)
	var lost, left []stand
	shaken := false
	for n, s := range f.of(i) {
		goes := l.goes[f.first[i]+n]
		if goes != no && s.site == s.region && f.shakes(l, &s) { // it goes on without a zone, or may
			shaken = true
		}
		if goes == yes {
			left = append(left, s)
		} else {
			lost = append(lost, s)
		}
	}
	if shaken {
		for k := range services {
			t, w := losesZone(&services[k])
			rto, rpo = rto.or(t), rpo.or(w)
		}
		if len(services) == 0 {
			rto, rpo = nobodyKnew, nobodyKnew
		}
	}
	t, w := f.withoutCopies(i, services, lost, left)
	return rto.or(t), rpo.or(w)
}

// services are the facts of a component's services.
func (f *footing) services(i int) []topology.ServiceFacts {
	var out []topology.ServiceFacts
	for _, k := range f.q.components[i].services {
		out = append(out, f.q.snap.ServiceFacts(k))
	}
	return out
}

// shakes reports whether a loss takes a zone of the region that a copy stands in.
func (f *footing) shakes(l *loss, s *stand) bool {
	return l.within && l.ground == s.region || slices.ContainsFunc(l.zones, func(z topology.SiteRow) bool {
		region, ok := f.q.snap.Region(z)
		return ok && region == s.region
	})
}

// withoutCopies is how a component comes out of the loss of whole copies. Only those that serve or vote and hold data can cost
// time or writes. If one that takes writes as it is goes on, nothing has to be promoted.
func (f *footing) withoutCopies(i int, services []topology.ServiceFacts, lost, left []stand) (rto, rpo span) {
	active := func(s stand) bool { return s.seat.Serves && s.seat.Data }
	lost = slices.DeleteFunc(slices.Clone(lost), func(s stand) bool { return !active(s) })
	left = slices.DeleteFunc(slices.Clone(left), func(s stand) bool { return !s.seat.Data })
	if len(lost) == 0 {
		return atOnce, atOnce
	}
	if len(left) == 0 || len(services) == 0 {
		return nobodyKnew, nobodyKnew
	}
	// Copies in zones of one region are as near to each other as a service's own copies.
	near := !slices.ContainsFunc(lost, func(s stand) bool {
		return !slices.ContainsFunc(left, func(o stand) bool { return o.inRegion && s.inRegion && o.region == s.region })
	})
	ready := slices.ContainsFunc(left, func(s stand) bool { return writes(s.role) })
	rto, rpo = atOnce, atOnce
	for k := range services {
		s := &services[k]
		t, w := nobodyKnew, losesCopy(s)
		if near {
			t, w = losesZone(s)
		}
		if ready || standsNowhere(s) {
			t = atOnce
		}
		rto, rpo = rto.or(t), rpo.or(w)
	}
	return rto, rpo
}

// writes reports whether copies of a role take writes as they are: nothing has to be promoted if one is left.
func writes(role string) bool { return role == placement.RolePrimary || role == placement.RoleVoter }

// tooSlow adds to what is missing after a loss that a component is to survive the times that it surely does not keep to, and
// leaves open what hangs on times that nobody knows.
func (f *footing) tooSlow(l *loss, a *aftermath) {
	for i := range f.q.components {
		c := &f.q.components[i]
		kind := losses[l.kind]
		if kind == solve.LoseNothing || kind > losses[c.Survive] || c.RTOSeconds == nil && c.RPOSeconds == nil {
			continue
		}
		rto, rpo := f.recoveryOf(i, l, a)
		for _, x := range []struct {
			name  string
			asked *float64
			got   span
		}{{"rtoSeconds", c.RTOSeconds, rto}, {"rpoSeconds", c.RPOSeconds, rpo}} {
			if x.asked == nil || x.got.known && x.got.seconds <= *x.asked {
				continue
			}
			a.missing = append(slices.Clip(a.missing), field(i, x.name))
			if x.got.known {
				a.verdict = worseToday(a.verdict, placement.Infeasible)
			} else if f.q.stance() != assuming {
				a.verdict = worseToday(a.verdict, placement.Indeterminate)
			}
		}
	}
}

// recoveryShort says why a component at a site is back too late, or loses too many writes, after a loss that it is to survive,
// or possibly so. In a region a zone's loss is a matter of the services there; what the loss of a whole copy costs is the same
// wherever the copies are.
func (q *question) recoveryShort(c *component, r topology.SiteRow) []unmet {
	if losses[c.Survive] == solve.LoseNothing || c.RTOSeconds == nil && c.RPOSeconds == nil {
		return nil
	}
	var out []unmet
	stays := no
	if q.snap.Kind(r) == topology.Region {
		stays = q.survivesZone(c, r)
	}
	near := q.snap.Kind(r) == topology.AvailabilityZone
	if stays != no || near {
		out = append(out, q.shortOf(c, true)...)
	}
	if stays != yes && !(near && q.oneRegion(c)) || losses[c.Survive] > solve.LoseZone {
		out = append(out, q.shortOf(c, false)...)
	}
	return out
}

// shortOf says what each service costs when a zone is lost, within which it goes on or in another zone of the region, or when a
// whole copy is.
func (q *question) shortOf(c *component, zone bool) []unmet {
	what := "a copy"
	if zone {
		what = "a zone"
	}
	var out []unmet
	add := func(name string, asked float64, got span, surely, doubt string, fact string) {
		switch u := (unmet{field: name}); {
		case got.known && got.seconds > asked:
			u.message = fmt.Sprintf("%s; %s asks for %g", surely, name, asked)
			out = append(out, u)
		case !got.known:
			u.message, u.possible, u.unknown = fmt.Sprintf("%s; %s asks for %g", doubt, name, asked), true, []string{fact}
			out = append(out, u)
		}
	}
	for _, row := range c.services {
		k := q.snap.ServiceFacts(row)
		at := "topology.services." + k.ID
		rto, rpo := losesZone(&k)
		times, written := ".failover.seconds", ".zones"
		if !zone {
			rto, rpo = nobodyKnew, losesCopy(&k)
			times, written = ".crossRegion", ".crossRegion.rpoSeconds"
			if standsNowhere(&k) || otherWriter(c) {
				rto = atOnce
			}
		}
		if c.RTOSeconds != nil {
			took := fmt.Sprintf("%g", rto.seconds)
			if least := k.FailoverAtLeastSeconds; zone && least.State == topology.Known {
				took = fmt.Sprintf("%g to %g", least.Value, rto.seconds)
			}
			doubt := fmt.Sprintf("it is not known how many seconds %s takes to go on when %s is lost", k.ID, what)
			if !zone {
				doubt += " and another has to take over its writes"
			}
			add("rtoSeconds", *c.RTOSeconds, rto, fmt.Sprintf("%s takes %s seconds to go on when %s is lost", k.ID, took, what), doubt, at+times)
		}
		if c.RPOSeconds != nil {
			doubt := fmt.Sprintf("it is not known how many seconds of writes %s loses when %s is lost", k.ID, what)
			if !zone && k.CrossMode.State == topology.Known && k.CrossMode.Value == "none" {
				doubt = fmt.Sprintf("%s by itself keeps nothing in another region, so it is not known what it loses when a copy is lost", k.ID)
			}
			add("rpoSeconds", *c.RPOSeconds, rpo, fmt.Sprintf("%s may lose %g seconds of writes when %s is lost", k.ID, rpo.seconds, what), doubt, at+written)
		}
	}
	if len(c.services) == 0 {
		for _, x := range []struct {
			name  string
			asked *float64
		}{{"rtoSeconds", c.RTOSeconds}, {"rpoSeconds", c.RPOSeconds}} {
			if x.asked != nil {
				add(x.name, *x.asked, nobodyKnew, "", fmt.Sprintf("%s names no services, so nothing is known of what it does when %s is lost", c.Name, what), "component.services")
			}
		}
	}
	return out
}

// otherWriter reports whether every placement has two copies, each in a region of its own, that take writes as they are.
func otherWriter(c *component) bool {
	n := 0
	for i := range min(c.Copies.Min, len(c.Roles)) {
		if writes(c.Roles[i]) {
			n++
		}
	}
	apart := c.Tier == placement.TierRegion || c.Spread.PerRegion == 1
	return n >= 2 && apart
}

// oneRegion reports whether all availability zones that a component may be placed in are in one region.
func (q *question) oneRegion(c *component) bool {
	found, n := topology.SiteRow(0), 0
	for i := range q.snap.Sites() {
		r := topology.SiteRow(i)
		if q.snap.Kind(r) != topology.AvailabilityZone || q.outOfScope(r) != "" && !c.current[r] {
			continue
		}
		region, _ := q.snap.Region(r)
		if n == 0 || region != found {
			found, n = region, n+1
		}
		if n > 1 {
			return false
		}
	}
	return true
}

// recoveryFields are the fields of a component about recovery that ask for something: without a loss to survive, they do not.
func recoveryFields(c *placement.Component) (fields []string) {
	if losses[c.Survive] == solve.LoseNothing {
		return nil
	}
	if c.RTOSeconds != nil {
		fields = append(fields, "rtoSeconds")
	}
	if c.RPOSeconds != nil {
		fields = append(fields, "rpoSeconds")
	}
	return fields
}

// recoveryWarnings says of recovery that is asked for without a loss to recover from that nothing is asked for.
func (q *question) recoveryWarnings(out *placement.Placement) {
	for i := range q.components {
		c := &q.components[i]
		for _, x := range []struct {
			name  string
			asked *float64
		}{{"rtoSeconds", c.RTOSeconds}, {"rpoSeconds", c.RPOSeconds}} {
			if x.asked != nil && losses[c.Survive] == solve.LoseNothing {
				out.Warnings = append(out.Warnings, placement.Warning{
					Policy: requestPolicy, Facts: []placement.Fact{},
					Message: fmt.Sprintf("%s asks for nothing, because the component is to survive no loss; say which with survive", field(i, x.name)),
				})
			}
		}
	}
}
