package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// report is a decision being written for people.
type report struct {
	*text
	snap *topology.Snapshot
	req  *placement.Request
	d    *placement.Decision
}

func (t *text) decision(snap *topology.Snapshot, req *placement.Request, d *placement.Decision) {
	r := report{text: t, snap: snap, req: req, d: d}
	t.wrapped(head.Render(d.Request)+"  "+verdictText(d.Verdict)+" ", dimmed("· "+r.meaning()))
	if len(d.Placements) > 0 {
		best := &d.Placements[0]
		r.copies(best)
		r.users(best.Users)
		r.scenarios(best)
		r.cuts(&best.Cuts)
		r.emissions()
		r.runnersUp()
		r.notes(best)
	}
	r.refusedWholes()
	r.today()
	r.conflicts()
	r.relaxations()
	r.assumed()
	r.waived()
	r.refused()
	r.sources()
	r.inputs()
}

var verdictMeaning = map[placement.Verdict]string{
	placement.Permit:        "a placement passes every rule and requirement",
	placement.Deny:          "it could be placed, but the rules forbid it",
	placement.Infeasible:    "the topology cannot meet the requirements, whatever the rules",
	placement.Indeterminate: "it depends on facts that are unknown, so it is not permitted",
}

// meaning says what the verdict means, and on what it rests.
func (r *report) meaning() string {
	m := verdictMeaning[r.d.Verdict]
	if r.d.Verdict != placement.Permit {
		return m
	}
	if n := len(r.d.Assumed); n > 0 {
		m += fmt.Sprintf(", with %d taken for granted", n)
	}
	if n := r.waivedAt(&r.d.Placements[0]); n > 0 {
		m += fmt.Sprintf(", with %d waived", n)
	}
	return m
}

// waivedAt counts the denials that waivers set aside at a placement's sites.
func (r *report) waivedAt(p *placement.Placement) int {
	n := 0
	for _, w := range r.d.Waived {
		if slices.ContainsFunc(p.Copies, func(c placement.Copy) bool { return c.Component == w.Component && c.Site == w.Site }) {
			n++
		}
	}
	return n
}

// waived lists the denials that waivers set aside, with who answers for it.
func (r *report) waived() {
	if len(r.d.Waived) == 0 {
		return
	}
	r.section("Waived", "denials set aside")
	for _, w := range r.d.Waived {
		r.wrapped(fmt.Sprintf("  %s  %s  ", amber.Render(w.Policy), w.Site),
			strings.Fields(oneLine(fmt.Sprintf("until %s by %s: %s. %s", w.Until, w.By, w.Reason, w.Message))))
	}
}

func verdictText(v placement.Verdict) string {
	style := map[placement.Verdict]lipgloss.Style{placement.Permit: good, placement.Deny: bad, placement.Infeasible: bad, placement.Indeterminate: amber}[v]
	return style.Render(strings.ToUpper(string(v)))
}

func (r *report) section(title, note string) {
	r.line("")
	r.wrapped(head.Render(title)+"  ", dimmed(note))
}

// place says where a site is, for people.
func (r *report) place(id string) string {
	row, ok := r.snap.Site(id)
	if !ok {
		return ""
	}
	var parts []string
	if city, state := r.snap.City(row); state == topology.Known {
		parts = append(parts, oneLine(city))
	}
	if country, state := r.snap.Country(row); state == topology.Known {
		parts = append(parts, oneLine(r.snap.JurisdictionName(country)))
	}
	return strings.Join(parts, ", ")
}

func (r *report) copies(p *placement.Placement) {
	r.section("Run it in", r.proofText(p))
	var rows [][]string
	last := ""
	for _, c := range p.Copies {
		name := c.Component
		if name == last {
			name = ""
		}
		last = c.Component
		rows = append(rows, []string{name, c.Role, good.Render(c.Site), r.place(c.Site)})
	}
	r.table("  ", rows)
	r.wrapped("  ", strings.Fields(r.objective(p.Objective, r.alone(p.Copies, nil))+score(p)))
	for i := range p.Copies {
		r.fromParent(&p.Copies[i])
		r.cutOff(&p.Copies[i])
	}
}

// fromParent lists what a copy in a small zone has from its region.
func (r *report) fromParent(c *placement.Copy) {
	if len(c.ParentServices) == 0 {
		return
	}
	var ids []string
	for _, s := range c.ParentServices {
		ids = append(ids, s.Service)
	}
	first := c.ParentServices[0]
	far := "nobody knows how far"
	if first.RTTMs != nil {
		far = fmt.Sprintf("%s away (%s)", ms(*first.RTTMs), first.Basis)
	}
	r.wrapped("  "+c.Site+"  ", strings.Fields(fmt.Sprintf("has %s from its region %s, %s", strings.Join(ids, ", "), first.Site, far)))
}

// cutOff lists how an Outpost goes on when it is cut off.
func (r *report) cutOff(c *placement.Copy) {
	if len(c.CutOff) == 0 {
		return
	}
	var parts []string
	for _, s := range c.CutOff {
		text := s.Service + " " + s.Mode
		if s.Mode == "unknown" {
			text = s.Service + " unknown"
		}
		if s.Hours != nil && *s.Hours > 0 {
			text += " for " + figure(*s.Hours) + " h"
		}
		parts = append(parts, text)
	}
	r.wrapped("  "+c.Site+"  when cut off:  ", strings.Fields(strings.Join(parts, ", ")))
}

// proofText says how good the placement is known to be; by an objective that is unknown it is not known.
func (r *report) proofText(p *placement.Placement) string {
	for _, t := range r.req.Spec.Objective.Terms {
		if _, ok := p.Objective[t.Name]; ok {
			continue
		}
		if t.Name == placement.ObjectiveLatencyAfterLoss && r.alone(p.Copies, nil) {
			return fmt.Sprintf("not known to be the best: one copy has no %s", t.Name)
		}
		return fmt.Sprintf("not known to be the best: %s is unknown", t.Name)
	}
	switch {
	case p.Proof.Optimal:
		return fmt.Sprintf("the best of all placements, proved in %d steps", p.Proof.Nodes)
	case p.Proof.Gap == 0:
		return fmt.Sprintf("none is better by the first objective; the search ended after %d steps", p.Proof.Nodes)
	}
	percent := math.Ceil(1000*p.Proof.Gap) / 10 // upwards, for it is a bound
	return fmt.Sprintf("at most %g %% behind the best of all placements: the search ended after %d steps", percent, p.Proof.Nodes)
}

// alone reports whether users of a component have one copy to go to, and none after it: of those at the sites
// that are left, or of all for nil.
func (r *report) alone(copies []placement.Copy, left []string) bool {
	for i := range r.req.Spec.Components {
		c := &r.req.Spec.Components[i]
		n := 0
		for _, copy := range copies {
			if copy.Component == c.Name && (left == nil || slices.Contains(left, copy.Site)) {
				n++
			}
		}
		if n == 1 && c.IsUserFacing() {
			return true
		}
	}
	return false
}

// objective writes the objectives' values in the request's order, latency as the mean over users. With alone,
// a component has one copy.
func (r *report) objective(values map[string]float64, alone bool) string {
	weights := 0.0
	for _, u := range r.req.Spec.Users {
		weights += u.Weight
	}
	var parts []string
	for _, t := range r.req.Spec.Objective.Terms {
		v, ok := values[t.Name]
		switch {
		case !ok && alone && t.Name == placement.ObjectiveLatencyAfterLoss:
			parts = append(parts, t.Name+" none (one copy)")
		case !ok:
			parts = append(parts, t.Name+" unknown")
		case t.Name == placement.ObjectiveLatency, t.Name == placement.ObjectiveLatencyAfterLoss:
			parts = append(parts, fmt.Sprintf("%s %s mean", t.Name, ms(v/weights)))
		case t.Name == placement.ObjectiveLatencyWorst:
			parts = append(parts, fmt.Sprintf("%s %s", t.Name, ms(v)))
		case t.Name == placement.ObjectiveCarbon:
			parts = append(parts, fmt.Sprintf("carbon %s g/kWh", figure(v)))
		default:
			parts = append(parts, fmt.Sprintf("%s %s", t.Name, figure(v)))
		}
	}
	return strings.Join(parts, " · ")
}

// shownUsers is how many groups of users the text lists before it counts the rest.
const shownUsers = 8

func (r *report) users(users []placement.UserRoute) {
	if len(users) == 0 {
		return
	}
	note := "round-trip time to the nearest copy"
	for _, u := range users {
		if len(u.Parts) > 0 && u.Parts[len(u.Parts)-1].Name == "cache-miss" {
			note = "mean round-trip time, hits at the edge and misses on to the nearest copy"
		}
	}
	r.section("Users reach", note)
	var rows [][]string
	for _, u := range users[:min(shownUsers, len(users))] {
		name := r.population(u.Population)
		if u.Mobile != "" {
			name = strings.TrimPrefix(name+", on "+oneLine(u.Mobile), ", ")
		}
		rows = append(rows, []string{u.Population, name, u.Component, u.Site, ms(u.RTTMs), dim.Render(u.Basis), dim.Render(partsText(&u))})
	}
	r.tableThen("  ", rows, 4)
	if more := len(users) - shownUsers; more > 0 {
		r.line(dim.Render(fmt.Sprintf("  and %d more", more)))
	}
}

var partShort = map[string]string{
	"fixed-line": "line", "mobile-network": "mobile", "carrier-network": "carrier", "cache-miss": "misses",
}

// partsText writes the stretches of a way as a sum, or nothing where all of it was measured as one.
func partsText(u *placement.UserRoute) string {
	if len(u.Parts) == 1 && (u.Parts[0].Name == "access" || u.Parts[0].Name == "link") {
		return ""
	}
	var terms []string
	for _, p := range u.Parts {
		name := p.Name
		if short, ok := partShort[name]; ok {
			name = short
		}
		if p.To != "" && p.To != u.Site && p.Name != "backbone" {
			name += " to " + p.To
		}
		if p.Via != "" {
			name += " via " + p.Via
		}
		terms = append(terms, name+" "+strconv.FormatFloat(p.Ms, 'f', 1, 64))
	}
	return strings.Join(terms, " + ")
}

func (r *report) population(id string) string {
	if p, ok := r.snap.Population(id); ok {
		return oneLine(r.snap.PopulationFacts(p).Name)
	}
	return ""
}

func (r *report) runnersUp() {
	if len(r.d.Placements) < 2 {
		return
	}
	r.section("Next best", "")
	var rows [][]string
	for i := range r.d.Placements[1:] {
		p := &r.d.Placements[1+i]
		rows = append(rows, []string{fmt.Sprint(p.Rank), strings.Join(placementSites(p), " + "), dim.Render(r.objective(p.Objective, r.alone(p.Copies, nil)) + score(p))})
	}
	r.tableThen("  ", rows)
}

func (r *report) notes(p *placement.Placement) {
	if len(p.Warnings)+len(p.Obligations) == 0 {
		return
	}
	r.section("To see to", "")
	var warnings, obligations gather
	for _, w := range p.Warnings {
		warnings.add(w.Policy, w.Message, false)
	}
	for i := range warnings {
		r.wrapped("  "+amber.Render(warnings[i].policy)+"  ", strings.Fields("warning: "+warnings[i].text()))
	}
	for _, o := range p.Obligations {
		obligations.add(o.Policy, o.Text, false)
	}
	for i := range obligations {
		r.wrapped("  "+head.Render(obligations[i].policy)+"  ", strings.Fields(obligations[i].text()))
	}
}

func (r *report) conflicts() {
	n := len(r.d.Conflicts)
	if n == 0 {
		return
	}
	note := "these cannot hold together; without any one of them the rest could"
	if n > 1 {
		note = fmt.Sprintf("%d sets, none of which can hold together; one of each has to give", n)
	}
	if r.d.MoreConflicts {
		note += ", and there may be more"
	}
	r.section("What stands in the way", note)
	for i, c := range r.d.Conflicts {
		var parts []string
		for _, id := range c.Policies {
			parts = append(parts, "policy "+head.Render(id))
		}
		for _, req := range c.Requirements {
			part := head.Render(req)
			if why := r.noSuchTier(req); why != "" {
				part += " (" + why + ")"
			}
			parts = append(parts, part)
		}
		if c.MayBeSmaller {
			parts[len(parts)-1] += " (of these one may be spared: to find out takes too long)"
		}
		mark := "  "
		if n > 1 {
			mark = fmt.Sprintf("  %d  ", i+1)
		}
		r.wrapped(mark, strings.Fields(strings.Join(parts, " + ")))
	}
}

// noSuchTier says of the requirement of a tier that the topology has no site of it at all.
func (r *report) noSuchTier(requirement string) string {
	for i := range r.req.Spec.Components {
		c := &r.req.Spec.Components[i]
		if requirement == fmt.Sprintf("components[%d].tier", i) && !slices.ContainsFunc(r.d.Sites, func(s placement.SiteResult) bool { return s.Component == c.Name }) {
			return "the topology has no site of kind " + c.Tier
		}
	}
	return ""
}

func (r *report) assumed() {
	if len(r.d.Assumed) == 0 {
		return
	}
	r.section("Taken for granted", "unknown: assume")
	for _, a := range r.d.Assumed {
		r.wrapped(fmt.Sprintf("  %s  %s  ", amber.Render(a.Policy), a.Site), strings.Fields(oneLine(strings.Join(a.Unknown, ", "))))
	}
}
