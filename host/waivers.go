package host

import (
	"fmt"
	"slices"

	"github.com/bailiwick-dev/bailiwick/host/internal/solve"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// waiver returns a waiver in force of a policy for a component at any of the sites.
func (q *question) waiver(policy, component string, sites ...topology.SiteRow) *placement.Waiver {
	for i := range q.req.Spec.Waivers {
		if w := &q.req.Spec.Waivers[i]; q.day < w.Until && q.speaksOfSite(w, policy, component, sites...) {
			return w
		}
	}
	return nil
}

// expired warns of waivers that are over at a site: they set nothing aside any more.
func (q *question) expired(policy, component string, site topology.SiteRow) (out []placement.Warning) {
	for i := range q.req.Spec.Waivers {
		w := &q.req.Spec.Waivers[i]
		if w.Until > q.day || !q.speaksOfSite(w, policy, component, site) {
			continue
		}
		out = append(out, placement.Warning{
			Policy: policy, Facts: []placement.Fact{},
			Message: fmt.Sprintf("the waiver for component %q at %s ended on %s and sets nothing aside; have %s renew it, or remove it", component, w.Site, w.Until, w.By),
		})
	}
	return out
}

// speaksOfSite reports whether a waiver is of a policy for a component at any of the sites.
func (q *question) speaksOfSite(w *placement.Waiver, policy, component string, sites ...topology.SiteRow) bool {
	if w.Policy != policy || w.Component != component {
		return false
	}
	site := w.Site
	if zone, ok := q.req.Spec.ZoneNames[site]; ok {
		site = zone
	}
	return slices.ContainsFunc(sites, func(r topology.SiteRow) bool { return site == q.snap.SiteID(r) })
}

// waiveWhole lists the waivers in force by which a policy is set aside at every copy of a placement; nil if it is not.
func (q *question) waiveWhole(id string, p *solve.Problem, pl *solve.Placement) (by []*placement.Waiver) {
	for i := range p.Components {
		for _, k := range pl.Chosen[i] {
			w := q.waiver(id, q.components[i].Name, topology.SiteRow(p.Components[i].Candidates[k].Site))
			if w == nil {
				return nil
			}
			by = append(by, w)
		}
	}
	return by
}

// expiredWhole warns of waivers of a policy that are over at copies of a placement.
func (q *question) expiredWhole(id string, p *solve.Problem, pl *solve.Placement) (out []placement.Warning) {
	for i := range p.Components {
		for _, k := range pl.Chosen[i] {
			out = append(out, q.expired(id, q.components[i].Name, topology.SiteRow(p.Components[i].Candidates[k].Site))...)
		}
	}
	return out
}
