package main

import (
	"fmt"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// shownReasons is how many reasons against the present placement the text lists before it counts the rest.
const shownReasons = 8

// today says what speaks against where the components run at present, and how it compares.
func (r *report) today() {
	c := r.d.Current
	if c == nil {
		return
	}
	r.section("Today", "")
	for i := range r.req.Spec.Components {
		name := r.req.Spec.Components[i].Name
		if sites := r.req.Spec.Current[name]; len(sites) > 0 {
			r.wrapped("  "+name+"  ", strings.Fields(strings.Join(sites, ", ")))
		}
	}
	objective := ""
	if len(c.Objective) > 0 {
		objective = r.objective(c.Objective, r.alone(r.present(), nil))
	}
	r.wrapped("  "+verdictText(c.Verdict)+"  ", strings.Fields(objective))
	for _, reason := range c.Reasons[:min(shownReasons, len(c.Reasons))] {
		what := reason.Component
		if reason.Site != "" {
			what = reason.Site
		}
		r.wrapped(fmt.Sprintf("  %s  %s  ", head.Render(reason.Policy), what), strings.Fields(oneLine(reason.Message)))
	}
	if more := len(c.Reasons) - shownReasons; more > 0 {
		r.line(dim.Render(fmt.Sprintf("  and %d more; -o json has them all", more)))
	}
	r.failuresToday(c)
}

// present are the copies that run today.
func (r *report) present() []placement.Copy {
	var copies []placement.Copy
	for name, sites := range r.req.Spec.Current {
		for _, site := range sites {
			copies = append(copies, placement.Copy{Component: name, Site: site})
		}
	}
	return copies
}

// emissions says what the placements emit, if the request says what energy its components use.
func (r *report) emissions() {
	if r.d.Placements[0].Footprint == nil {
		return
	}
	r.section("Emits", "kg of CO2 equivalent a month, by grid and by the operator's contracts; -o csv: by copy")
	rows := [][]string{{"", "", "grid", "contracts"}}
	for i := range r.d.Placements {
		p := &r.d.Placements[i]
		rows = append(rows, []string{
			fmt.Sprint(p.Rank), strings.Join(placementSites(p), " + "), kilograms(p.Footprint.LocationKgPerMonth), kilograms(p.Footprint.MarketKgPerMonth),
		})
	}
	r.table("  ", rows, 2, 3)
}

func kilograms(v *float64) string {
	if v == nil {
		return "unknown"
	}
	return figure(*v)
}

// placementSites lists the sites of a placement, each once.
func placementSites(p *placement.Placement) []string {
	var sites idSet
	for _, c := range p.Copies {
		sites.add(c.Site)
	}
	return sites
}
