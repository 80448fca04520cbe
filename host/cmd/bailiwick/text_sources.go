package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// shownSources is how many sources the text lists before it counts the rest.
const shownSources = 6

// sources lists where the facts came from that decided about sites, and those of the best placement.
func (r *report) sources() {
	var cited idSet
	if len(r.d.Placements) > 0 {
		r.placementSources(&r.d.Placements[0], &cited)
	}
	for i := range r.d.Sites {
		for _, reason := range r.d.Sites[i].Reasons {
			for _, f := range reason.Facts {
				cited.add(f.Source)
			}
		}
	}
	if len(cited) == 0 {
		return
	}
	r.section("Sources", "of the facts that decided")
	var rows [][]string
	shown, width := cited[:min(shownSources, len(cited))], 0
	for _, id := range shown {
		width = max(width, len(id))
	}
	for _, id := range shown {
		info, _ := r.snap.Source(id)
		rows = append(rows, []string{id, info.AsOf, cut(oneLine(info.Title), lineWidth-width-len("    2006-01-02  "))})
	}
	r.table("  ", rows)
	if more := len(cited) - shownSources; more > 0 {
		r.line(dim.Render(fmt.Sprintf("  and %d more; -o json names the source of each fact", more)))
	}
}

// placementSources adds the sources of the chosen sites' places, offerings, carbon figures and links.
func (r *report) placementSources(p *placement.Placement, cited *idSet) {
	for _, c := range p.Copies {
		row, ok := r.snap.Site(c.Site)
		if !ok {
			continue
		}
		fields := []string{"country", "status"}
		for i := range r.req.Spec.Components {
			if m := &r.req.Spec.Components[i]; m.Name == c.Component {
				for _, service := range m.Services {
					fields = append(fields, "offers."+service)
				}
			}
		}
		for _, field := range fields {
			cited.add(r.snap.FactSource(row, field))
		}
		if len(p.Users) > 0 {
			cited.add(r.snap.FactSource(row, "lat"))
		}
		if _, ok := p.Objective[placement.ObjectiveCarbon]; ok {
			cited.add(r.snap.FactSource(row, "carbon.gridGramsPerKWh"))
		}
	}
	for _, u := range p.Users {
		from, okFrom := r.snap.Site(u.Population)
		to, okTo := r.snap.Site(u.Site)
		if okFrom && okTo {
			cited.add(r.snap.LinkSource(from, to))
		}
	}
}

// idSet is a list of ids, each once, in the order in which they came.
type idSet []string

// add adds ids that are separated by commas.
func (s *idSet) add(list string) {
	for id := range strings.SplitSeq(list, ",") {
		if id != "" && !slices.Contains(*s, id) {
			*s = append(*s, id)
		}
	}
}

// cite lists sources with where they can be read.
func (t *text) cite(snap *topology.Snapshot, cited map[string]bool) {
	t.line("")
	t.line(head.Render("Sources"))
	for s := range snap.Sources() {
		if !cited[s.ID] {
			continue
		}
		t.wrapped("  "+s.ID+"  "+s.AsOf+"  ", strings.Fields(oneLine(s.Title)))
		if s.URL != "" {
			t.line("      " + dim.Render(oneLine(s.URL)))
		}
	}
}

func (r *report) inputs() {
	short := func(digest string) string { return strings.TrimPrefix(digest, "sha256:")[:12] }
	in := r.d.Inputs
	parts := []string{
		fmt.Sprintf("snapshot %s %s %s", cut(r.snap.Name(), 24), r.snap.AsOf(), short(in.Snapshot)),
		"· policies " + short(in.Policies), "· request " + short(in.Request),
	}
	// Layers may correct on purpose; that two of them name different things alike looks the same.
	corrected := 0
	for range r.snap.Overrides() {
		corrected++
	}
	if corrected > 0 {
		parts = append(parts, "· "+count(corrected, "fact")+" corrected")
	}
	if r.config != "" {
		parts = append(parts, "· config "+oneLine(r.config))
	}
	for i := range parts {
		parts[i] = dim.Render(parts[i]) // not broken within
	}
	r.line("")
	r.wrapped("", parts)
}
