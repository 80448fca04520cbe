package host

import (
	"fmt"
	"math"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// calls are those between components that may take no longer than some time, or whose traffic costs something.
func (q *question) calls(s stance) []solve.Call {
	var out []solve.Call
	for i := range q.components {
		for _, d := range q.components[i].DependsOn {
			call := solve.Call{From: i, To: q.called(d.Component), RTT: q.callRTT(s)}
			if d.MaxMs != nil {
				call.MaxMicros = int64(math.Round(*d.MaxMs * 1000))
			}
			if q.priced(&d) {
				call.Price = q.callPrice(d.TrafficGB, s)
			}
			if call.MaxMicros > 0 || call.Price != nil {
				out = append(out, call)
			}
		}
	}
	return out
}

// called is the component of a name.
func (q *question) called(name string) int {
	return slices.IndexFunc(q.components, func(c component) bool { return c.Name == name })
}

// priced reports whether the traffic of a call is part of what placements are ranked by.
func (q *question) priced(d *placement.Dependency) bool {
	return d.TrafficGB > 0 && q.snap.HasEgress() &&
		slices.ContainsFunc(q.req.Spec.Objective.Terms, func(t placement.ObjectiveTerm) bool { return t.Name == placement.ObjectiveCost })
}

func (q *question) callRTT(s stance) func(from, to *solve.Candidate) int64 {
	return func(from, to *solve.Candidate) int64 {
		a, b := topology.SiteRow(from.Site), topology.SiteRow(to.Site)
		switch us, basis := q.snap.RTT(a, b); {
		case basis != topology.UnknownBasis && !q.cut(a, b): // what goes around a lost link is not known
			return int64(us)
		case s == optimistic:
			return 0
		}
		return solve.Unknown
	}
}

// callPrice is what the traffic of a call costs between two sites: a dollar counts as one of the price index.
func (q *question) callPrice(gigabytes float64, s stance) func(from, to *solve.Candidate) int64 {
	return func(from, to *solve.Candidate) int64 {
		switch usd, state := q.snap.EgressUSDPerGB(topology.SiteRow(from.Site), topology.SiteRow(to.Site)); {
		case state == topology.Known:
			return int64(math.Round(usd * gigabytes * float64(q.scale.index)))
		case s == optimistic:
			return 0
		}
		return solve.Unknown
	}
}

// trafficWarnings says where traffic between components has no price.
func (q *question) trafficWarnings(out *placement.Placement, p *solve.Problem, pl *solve.Placement) {
	warn := func(message string, args ...any) {
		out.Warnings = append(out.Warnings, placement.Warning{Policy: requestPolicy, Facts: []placement.Fact{}, Message: fmt.Sprintf(message, args...)})
	}
	for i := range q.components {
		for n, d := range q.components[i].DependsOn {
			field := fmt.Sprintf("components[%d].dependsOn[%d].trafficGB", i, n)
			switch {
			case d.TrafficGB == 0:
			case !q.snap.HasEgress():
				warn("%s is not part of cost: the topology has no prices of traffic (egress)", field)
			case q.priced(&d):
				for _, x := range p.Unpriced(pl, i, q.called(d.Component)) {
					warn("%s: it is not known what traffic from %s to %s costs (egress), so cost is unknown", field, q.snap.SiteID(topology.SiteRow(x[0])), q.snap.SiteID(topology.SiteRow(x[1])))
				}
			}
		}
	}
}
