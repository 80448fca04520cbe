package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"charm.land/lipgloss/v2"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// relaxations shows the changes that would help, each with what it buys.
func (r *report) relaxations() {
	if len(r.d.Relaxations) == 0 {
		if r.d.MoreRelaxations {
			r.section("What would help", "not found: the search was ended before every change was tried")
		}
		return
	}
	note := "the smallest changes of the request, any one of which would do"
	if r.d.MoreRelaxations {
		note += "; there may be others"
	}
	r.section("What would help", note)
	for i := range r.d.Relaxations {
		x := &r.d.Relaxations[i]
		r.change("  ", x.Change)
		r.wrapped("      ", strings.Fields(buys(x)))
	}
}

// change shows a change, a line for each field.
func (t *text) change(mark, change string) {
	for part := range strings.SplitSeq(change, "; ") {
		field, values, _ := strings.Cut(oneLine(part), ": ")
		t.wrapped(mark+head.Render(field)+"  ", strings.Fields(values))
		mark = strings.Repeat(" ", max(2, lipgloss.Width(mark)-len("and  "))) + "and "
	}
}

// turn shows what would permit a site, or whether it is chosen.
func (t *text) turn(c *host.ComponentExplanation) {
	switch f := c.Flip; {
	case f == nil:
	case f.Change != "":
		t.change("  permitted with  ", f.Change)
		if f.More {
			t.wrapped("    ", strings.Fields("there may be a smaller change: the search ended early"))
		}
	case f.More:
		t.wrapped("  no change of the request was found that lets it in; ", strings.Fields("the search ended early"))
	default:
		why := ""
		if len(f.Against) > 0 {
			why = ": " + strings.Join(f.Against, ", ") + " would still refuse it"
		}
		t.wrapped("  ", strings.Fields("no change of the request by itself lets it in"+why))
	}
	x := c.Choice
	switch {
	case x == nil:
	case x.Chosen:
		t.wrapped("  chosen  ", strings.Fields("the best placement has a copy here: "+objectiveText(x.Best)))
	case x.Forced == nil:
		t.wrapped("  not chosen  ", strings.Fields(x.Note))
	default:
		text := fmt.Sprintf("the best placement with a copy here comes to %s instead of %s: %s", objectiveText(x.Forced), objectiveText(x.Best), standing(x.Copies))
		if x.Note != "" {
			text += "; " + x.Note
		}
		t.wrapped("  not chosen  ", strings.Fields(text))
	}
}

// objectiveText writes the objectives of a placement.
func objectiveText(of map[string]float64) string {
	var figures []string
	for _, name := range slices.Sorted(maps.Keys(of)) {
		figures = append(figures, name+" "+figure(of[name]))
	}
	if len(figures) == 0 {
		return "objectives that are unknown"
	}
	return strings.Join(figures, ", ")
}

// buys says where copies would be, and what that comes to.
func buys(x *placement.Relaxation) string {
	if x.Verdict != placement.Permit {
		return string(x.Verdict) + ": it would then hang on facts that are unknown"
	}
	return standing(x.Copies) + "; " + objectiveText(x.Objective)
}

// standing writes where copies are, component by component.
func standing(copies []placement.Copy) string {
	at := map[string][]string{}
	var names []string
	for _, c := range copies {
		if at[c.Component] == nil {
			names = append(names, c.Component)
		}
		at[c.Component] = append(at[c.Component], c.Site)
	}
	var parts []string
	for _, name := range names {
		parts = append(parts, name+" in "+strings.Join(at[name], " "))
	}
	return strings.Join(parts, ", ")
}
