package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// writeSummary writes a line for each request, after all of them.
func writeSummary(w io.Writer, all []decided) error {
	t := newText(w)
	r := report{text: t}
	count := map[string]int{}
	var rows [][]string
	for _, o := range all {
		if o.d == nil {
			count["error"]++
			rows = append(rows, []string{oneLine(o.name), bad.Render("ERROR"), "", ""})
			continue
		}
		count[string(o.d.Verdict)]++
		row := []string{o.d.Request, verdictText(o.d.Verdict), "", ""}
		if len(o.d.Placements) > 0 {
			r.req = o.req
			best := &o.d.Placements[0]
			row[2], row[3] = strings.Join(placementSites(best), " + "), r.objective(best.Objective)
		} else if len(o.d.Conflicts) > 0 {
			c := o.d.Conflicts[0]
			row[2], row[3] = "–", "in the way: "+strings.Join(slices.Concat(c.Policies, c.Requirements), ", ")
		}
		rows = append(rows, row)
	}
	var parts []string
	for _, v := range []string{string(placement.Permit), string(placement.Indeterminate), string(placement.Deny), string(placement.Infeasible), "error"} {
		if count[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[v], v))
		}
	}
	t.line("")
	t.line(head.Render("Summary") + "  " + dim.Render(fmt.Sprintf("%d requests: %s", len(all), strings.Join(parts, ", "))))
	t.table("  ", fitted(rows))
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
