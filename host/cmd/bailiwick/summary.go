package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// summary has a line for each request, and nothing else of its decision.
type summary struct {
	rows  [][]string
	count map[string]int
}

func newSummary() *summary { return &summary{count: map[string]int{}} }

func (s *summary) add(o decided) {
	if o.d == nil {
		s.count["error"]++
		s.rows = append(s.rows, []string{oneLine(o.name), bad.Render("ERROR"), "", ""})
		return
	}
	s.count[string(o.d.Verdict)]++
	row := []string{o.d.Request, verdictText(o.d.Verdict), "", ""}
	if len(o.d.Placements) > 0 {
		r := report{req: o.req}
		best := &o.d.Placements[0]
		row[2], row[3] = strings.Join(placementSites(best), " + "), r.objective(best.Objective, r.alone(best.Copies, nil))
	} else if len(o.d.Conflicts) > 0 {
		c := o.d.Conflicts[0]
		row[2], row[3] = "–", "in the way: "+strings.Join(slices.Concat(c.Policies, c.Requirements), ", ")
	}
	s.rows = append(s.rows, row)
}

// write writes the summary after all decisions, with how many requests were not decided.
func (s *summary) write(w io.Writer, undone int) error {
	t := newText(w)
	var parts []string
	for _, v := range []string{string(placement.Permit), string(placement.Indeterminate), string(placement.Deny), string(placement.Infeasible), "error"} {
		if s.count[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", s.count[v], v))
		}
	}
	t.line("")
	t.line(head.Render("Summary") + "  " + dim.Render(strings.TrimSuffix(fmt.Sprintf("%s: %s", count(len(s.rows), "request"), strings.Join(parts, ", ")), ": ")))
	t.table("  ", fitted(s.rows))
	switch {
	case undone == 1:
		t.line("  " + bad.Render("1 request was not decided"))
	case undone > 1:
		t.line("  " + bad.Render(fmt.Sprintf("%d requests were not decided", undone)))
	}
	return t.err
}

// summaryName and summaryWhat bound two of the summary's columns, so that there is room for the figures.
const (
	summaryName = 24
	summaryWhat = 40
)

// fitted cuts cells that would make a line too wide; the decisions above have them whole.
func fitted(rows [][]string) [][]string {
	var widths [3]int
	for _, row := range rows {
		row[0], row[2] = cut(row[0], summaryName), cut(row[2], summaryWhat)
		for i := range widths {
			widths[i] = max(widths[i], lipgloss.Width(row[i]))
		}
	}
	room := lineWidth - len("  ") - 3*len("  ") - widths[0] - widths[1] - widths[2]
	for _, row := range rows {
		row[3] = dim.Render(cut(row[3], room))
	}
	return rows
}
