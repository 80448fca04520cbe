package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// loss is how a placement comes out of losing something.
type loss struct{ what, left, then string }

// shownCuts is how many sets of failures that end service the text names before it counts the rest.
const shownCuts = 4

// scenarios lists losses of a placement.
func (r *report) scenarios(p *placement.Placement) {
	if len(p.Scenarios) == 0 {
		return
	}
	r.section("If it is lost", "what goes on")
	r.losses(p.Copies, p.Scenarios)
}

// losses lists losses; those of a region's zones that come out alike are one line, which names the zone if it is a single one.
func (r *report) losses(copies []placement.Copy, list []placement.Scenario) {
	count, outcomes, first := map[loss]int{}, map[string]int{}, map[loss]string{}
	var order []loss
	for i := range list {
		l := r.loss(copies, &list[i])
		if count[l]++; count[l] == 1 {
			first[l] = strings.TrimPrefix(list[i].ID, "lose:zone:")
			order = append(order, l)
			outcomes[l.what]++
		}
	}
	var rows [][]string
	for _, l := range order {
		switch zone, n := first[l], count[l]; {
		case !strings.HasPrefix(l.what, "any zone") || strings.HasPrefix(zone, "any-of:"):
		case n == 1:
			l.what = "zone " + zone
		case outcomes[l.what] > 1: // the zones of one region come out differently
			l.what = fmt.Sprintf("%d of the zones%s", n, strings.TrimPrefix(l.what, "any zone"))
		}
		rows = append(rows, []string{l.what, l.left, dim.Render(l.then)})
	}
	r.tableThen("  ", rows)
}

func (r *report) loss(copies []placement.Copy, s *placement.Scenario) loss {
	l := loss{what: r.failure(s.ID)}
	if region := r.zoneOf(s.ID); region != "" {
		l.what = "any zone of " + region
	}
	var then []string
	if len(s.Survivors) > 0 {
		l.left = strings.Join(s.Survivors, ", ")
		if !slices.ContainsFunc(copies, func(c placement.Copy) bool { return !slices.Contains(s.Survivors, c.Site) }) && len(copies) > 0 {
			l.left = "everything"
		} else if o := r.objective(s.Objective, r.alone(copies, s.Survivors)); o != "" {
			then = append(then, o)
		}
	}
	if t := recoveryText(s); t != "" {
		then = append(then, t)
	}
	if len(s.ControlPlanes) > 0 {
		then = append(then, strings.Join(s.ControlPlanes, ", ")+" cannot be changed")
	}
	ends := slices.ContainsFunc(s.Missing, func(m string) bool {
		return strings.HasSuffix(m, ".copies") || strings.HasSuffix(m, ".quorum") || strings.HasSuffix(m, ".capacity")
	})
	switch s.Verdict {
	case placement.Indeterminate:
		l.left, l.then = amber.Render("not known"), ""
		if len(s.Missing) > 0 && !ends {
			l.then = "whether " + strings.Join(s.Missing, ", ") + " is met"
		}
		return l
	case placement.Infeasible:
		if ends || len(s.Survivors) == 0 {
			l.left = bad.Render("stops")
			return l
		}
		l.left = bad.Render("falls short")
		then = append([]string{strings.Join(s.Missing, ", ") + " not met"}, then...)
	case placement.Deny:
		l.left = bad.Render("denied")
		then = append([]string{"work goes where policies forbid it"}, then...)
	}
	l.then = strings.Join(then, " · ")
	return l
}

// recoveryText says how long service is away and what is lost, where something is known of it and it is not nothing.
func recoveryText(s *placement.Scenario) string {
	none := func(v *float64) bool { return v != nil && *v == 0 }
	if s.RTOSeconds == nil && s.RPOSeconds == nil || none(s.RTOSeconds) && none(s.RPOSeconds) {
		return ""
	}
	seconds := func(v *float64) string {
		if v == nil {
			return "unknown"
		}
		return figure(*v) + " s"
	}
	return "RTO " + seconds(s.RTOSeconds) + ", RPO " + seconds(s.RPOSeconds)
}

// failure names what a scenario loses, for people.
func (r *report) failure(id string) string {
	kind, what, _ := strings.Cut(strings.TrimPrefix(id, "lose:"), ":")
	switch kind {
	case "zone":
		if region, ok := strings.CutPrefix(what, "any-of:"); ok {
			return "any zone of " + region
		}
	case "link":
		if from, to, ok := strings.Cut(what, ":"); ok {
			return "link " + from + " – " + to
		}
		return "link of " + what
	case "controlPlane":
		return "control planes in " + what
	case "riskGroup":
		return "risk group " + what
	}
	return kind + " " + what
}

// cuts says in a line or two which failures end service.
func (r *report) cuts(c *placement.Cuts) {
	say := func(prefix string, sets [][]string, more int) {
		if len(sets) == 0 {
			return
		}
		var parts idSet
		for _, set := range sets {
			parts.add(r.together(set))
		}
		text := strings.Join(parts[:min(shownCuts, len(parts))], "; or ")
		if more += max(len(parts)-shownCuts, 0); more > 0 {
			text += fmt.Sprintf("; and %d more", more)
		}
		r.wrapped("  "+prefix+"  ", dimmed(text))
	}
	say("service ends without", c.CutSets, c.MoreCutSets)
	say("and perhaps without", c.PossibleCutSets, 0)
}

// together names a set of failures; several availability zones of one region are counted.
func (r *report) together(set []string) string {
	var names idSet
	zones := map[string]int{}
	for _, id := range set {
		zones[r.zoneOf(id)]++
	}
	for _, id := range set {
		if region := r.zoneOf(id); region != "" && zones[region] > 1 {
			names.add(fmt.Sprintf("%d zones of %s", zones[region], region))
		} else {
			names.add(r.failure(id))
		}
	}
	text := strings.Join(names, " and ")
	if len(set) > 1 {
		text += " together"
	}
	return text
}

// zoneOf is the region whose availability zone a scenario loses, or "".
func (r *report) zoneOf(id string) string {
	zone, ok := strings.CutPrefix(id, "lose:zone:")
	row, known := r.snap.Site(zone)
	if !ok || !known || r.snap.Kind(row) != topology.AvailabilityZone {
		return ""
	}
	region, _ := r.snap.Region(row)
	return r.snap.SiteID(region)
}

// failuresToday lists the losses that what runs today does not come out of well, and counts the others.
func (r *report) failuresToday(c *placement.Current) {
	var badly []placement.Scenario
	for _, s := range c.Scenarios {
		if s.Verdict != placement.Permit {
			badly = append(badly, s)
		}
	}
	if n := len(c.Scenarios); n > 0 {
		r.wrapped("  ", dimmed(fmt.Sprintf("goes on as asked after %d of %d losses of what it uses", n-len(badly), n)))
		r.losses(r.present(), badly)
		r.cuts(&c.Cuts)
	}
}
