package host

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// copy writes the n-th copy of a component, with what it does not have on its own ground.
func (q *question) copy(c *component, n int, site topology.SiteRow) placement.Copy {
	out := placement.Copy{Component: c.Name, Role: c.Roles[n], Site: q.snap.SiteID(site)}
	for _, k := range c.services {
		if from, ok, _ := q.snap.Provided(k, site); ok && from != site {
			s := placement.ParentService{Service: q.snap.ServiceID(k), Site: q.snap.SiteID(from)}
			us, basis := q.snap.RTT(site, from)
			if s.Basis = basis.String(); basis != topology.UnknownBasis {
				s.RTTMs = new(float64(us) / 1000)
			}
			out.ParentServices = append(out.ParentServices, s)
		}
		if q.snap.Kind(site) == topology.Outpost {
			out.CutOff = append(out.CutOff, q.cutOff(k, site))
		}
	}
	return out
}

// cutOff is how a service on an Outpost goes on when the link to its region is cut. What the region
// provides stops at once.
func (q *question) cutOff(k topology.ServiceRow, site topology.SiteRow) placement.CutOff {
	f := q.snap.ServiceFacts(k)
	out := placement.CutOff{Service: f.ID, Mode: "unknown"}
	if from, ok, _ := q.snap.Provided(k, site); ok && from != site {
		if _, own := q.snap.Offered(k, site); own == topology.Known {
			out.Mode, out.Hours = "stops", new(0.0)
		}
		return out // where the Outpost may have it itself, nobody knows
	}
	if f.DisconnectedMode.State == topology.Known {
		out.Mode = f.DisconnectedMode.Value
	}
	if f.DisconnectedHours.State == topology.Known {
		out.Hours = new(f.DisconnectedHours.Value)
	}
	return out
}

// goesOn tells whether a copy on an Outpost goes on when the link to its region is cut: for as long as the
// component asks, or at all where it does not ask.
func (q *question) goesOn(c *component, r topology.SiteRow) answer {
	result := yes
	for _, u := range q.cutOffShort(c, r) {
		if !u.possible {
			return no
		}
		result = maybe
	}
	return result
}

// cutOffShort says why a site does not go on for as long as a component must when it is cut off, or
// possibly does not. An Outpost goes on for as long as it does itself and each service does on it; a
// service that continues and states no hours has no limit of its own.
func (q *question) cutOffShort(c *component, r topology.SiteRow) []unmet {
	const field = "disconnectedHours"
	id, asked := q.snap.SiteID(r), c.DisconnectedHours
	if kind := q.snap.Kind(r); kind != topology.Outpost {
		return []unmet{{field: field, message: fmt.Sprintf("%s is of kind %s, which is not known to go on when it is cut off; %g hours are asked for", id, kind, asked)}}
	}
	var out []unmet
	switch hours := q.snap.Facts(r).DisconnectedHours; {
	case hours.State != topology.Known:
		out = append(out, unmet{
			field: field, possible: true, unknown: []string{"site.serviceLink.disconnectedHours"},
			message: fmt.Sprintf("it is not known how long %s goes on when it is cut off; %g hours are asked for", id, asked),
		})
	case hours.Value < asked:
		out = append(out, unmet{field: field, message: fmt.Sprintf("%s goes on for %g hours when it is cut off; %g are asked for", id, hours.Value, asked)})
	}
	for _, k := range c.services {
		u := unmet{field: field}
		cut := q.cutOff(k, r)
		from, ok, _ := q.snap.Provided(k, r)
		path := "topology.services." + cut.Service + ".disconnected."
		switch {
		case ok && from != r && cut.Mode == "stops":
			u.message = fmt.Sprintf("%s has %s from %s and loses it at once when it is cut off; %g hours are asked for", id, cut.Service, q.snap.SiteID(from), asked)
		case cut.Mode == "stops":
			u.message = fmt.Sprintf("%s stops on %s when it is cut off; %g hours are asked for", cut.Service, id, asked)
		case cut.Hours != nil && *cut.Hours < asked: // of a component that asks for no hours, any will do
			u.message = fmt.Sprintf("%s goes on for %g hours on %s when it is cut off; %g are asked for", cut.Service, *cut.Hours, id, asked)
		case cut.Mode == "unknown", cut.Mode == "limited" && cut.Hours == nil:
			u.possible, u.unknown = true, []string{path + map[bool]string{true: "mode", false: "hours"}[cut.Mode == "unknown"]}
			u.message = fmt.Sprintf("it is not known how long %s goes on on %s when it is cut off; %g hours are asked for", cut.Service, id, asked)
		default:
			continue
		}
		out = append(out, u)
	}
	return out
}

// carrierWarnings says of mobile carriers that no site's network is theirs: a name that is misspelt would
// otherwise only make users seem far away.
func (q *question) carrierWarnings(out *placement.Placement) {
	for _, c := range q.carriers {
		out.Warnings = append(out.Warnings, placement.Warning{
			Policy: requestPolicy, Facts: []placement.Fact{},
			Message: fmt.Sprintf("no site is in the network of the mobile carrier %q; those of the topology are %s", c, strings.Join(slices.Collect(q.snap.Carriers()), ", ")),
		})
	}
}
