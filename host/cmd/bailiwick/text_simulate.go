package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// difference shows a request that comes out differently.
func (t *text) difference(d *fileDifference) {
	title := head.Render(oneLine(d.Request))
	if d.Request == "" {
		title = head.Render(oneLine(d.File))
	}
	t.wrapped(title+"  ", strings.Fields(turned(sideVerdict(d.Before), sideVerdict(d.After))))
	for _, c := range componentsOf(d.Difference) {
		before, after := sitesOf(d.Before, c), sitesOf(d.After, c)
		if before != after {
			t.wrapped("  "+oneLine(c)+"  ", strings.Fields(turned(orNowhere(before), orNowhere(after))))
		}
	}
	r := report{req: d.req}
	if before, after := r.sideObjective(d.Before), r.sideObjective(d.After); len(d.Before.Copies)*len(d.After.Copies) > 0 {
		switch {
		case before != after:
			t.wrapped("  "+dim.Render("objective")+"  ", strings.Fields(turned(before, after)))
		case !maps.Equal(d.Before.Objective, d.After.Objective):
			t.wrapped("  "+dim.Render("objective")+"  ", strings.Fields(after+" differs by less than is shown; -o json tells"))
		}
	}
	if d.Before.Current != d.After.Current {
		t.wrapped("  "+dim.Render("where it runs today")+"  ", strings.Fields(turned(verdictText(d.Before.Current), verdictText(d.After.Current))))
	}
	for _, c := range d.After.Conflicts {
		t.wrapped("  in the way: ", strings.Fields(strings.Join(slices.Concat(c.Policies, c.Requirements), ", ")))
	}
	if len(d.After.Conflicts) == 0 && len(d.Before.Conflicts) > 0 {
		t.wrapped("  no longer in the way: ", strings.Fields(inTheWay(d.Before)))
	}
	if d.After.Error != "" {
		t.wrapped("  "+bad.Render("error")+"  ", strings.Fields(oneLine(d.After.Error)))
	}
	t.line("")
}

// inTheWay names all that stood in the way, each once.
func inTheWay(s *host.SimulationSide) string {
	var names []string
	for _, c := range s.Conflicts {
		for _, name := range slices.Concat(c.Policies, c.Requirements) {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return strings.Join(names, ", ")
}

// turned writes what became of something; what stayed is written once.
func turned(before, after string) string {
	if before == after {
		return after
	}
	return before + " → " + after
}

func orNowhere(sites string) string {
	if sites == "" {
		return "nowhere"
	}
	return sites
}

func sideVerdict(s *host.SimulationSide) string {
	if s.Error != "" {
		return bad.Render("ERROR")
	}
	return verdictText(s.Verdict)
}

func componentsOf(d *host.Difference) []string {
	var out []string
	for _, c := range slices.Concat(d.Before.Copies, d.After.Copies) {
		if !slices.Contains(out, c.Component) {
			out = append(out, c.Component)
		}
	}
	return out
}

// sitesOf lists where a component's copies are, with their roles where those are not all the same.
func sitesOf(s *host.SimulationSide, component string) string {
	roles := map[string]bool{}
	for _, c := range s.Copies {
		if c.Component == component {
			roles[c.Role] = true
		}
	}
	var out []string
	for _, c := range s.Copies {
		switch {
		case c.Component != component:
		case len(roles) > 1:
			out = append(out, fmt.Sprintf("%s (%s)", c.Site, c.Role))
		default:
			out = append(out, c.Site)
		}
	}
	return strings.Join(out, " + ")
}

func (r *report) sideObjective(s *host.SimulationSide) string {
	var copies []placement.Copy
	for _, c := range s.Copies {
		copies = append(copies, placement.Copy{Component: c.Component, Role: c.Role, Site: c.Site})
	}
	return r.objective(s.Objective, r.alone(copies, nil))
}

// simulated shows how many requests changed.
func (t *text) simulated(s *simulation) {
	about, all := strings.Join(s.Change, ", "), count(s.Requests, "request")
	var said []string
	title := "Nothing changes"
	switch {
	case s.Requests == 0:
		title = "Nothing was compared"
	case s.Changed > 0:
		title = "Changed"
		said = append(said, fmt.Sprintf("%d of %s", s.Changed, all))
	case s.Decided == 0:
		said = append(said, "none of "+all+" depends on what is different")
	}
	if same := s.Decided - s.Changed; same > 0 {
		said = append(said, fmt.Sprintf("%d decided again and the same", same))
	}
	if left := s.Requests - s.Decided; left > 0 && s.Decided > 0 {
		said = append(said, fmt.Sprintf("%d that nothing different bears on", left))
	}
	t.wrapped(head.Render(title)+"  ", strings.Fields(oneLine(strings.TrimSuffix(about+": "+strings.Join(said, ", "), ": "))))
	if s.Errors > 0 {
		t.line("  " + bad.Render(fmt.Sprintf("%s not compared", count(s.Errors, "request"))))
	}
}
