package main

import (
	"fmt"
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
		r.wrapped("      ", strings.Fields(r.buys(x)))
	}
}

// change shows a change, a line for each field.
func (t *text) change(mark, change string) {
	and := strings.Repeat(" ", max(2, lipgloss.Width(mark)-len("and "))) + "and "
	for part := range strings.SplitSeq(change, "; ") {
		field, values, _ := strings.Cut(oneLine(part), ": ")
		t.wrapped(mark+head.Render(field)+"  ", strings.Fields(values))
		mark = and
	}
}

// turn shows what would permit a site, or whether it is chosen.
func (t *text) turn(req *placement.Request, c *host.ComponentExplanation) {
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
	x, r := c.Choice, report{req: req}
	switch {
	case x == nil:
	case x.Chosen:
		t.wrapped("  chosen  ", strings.Fields("the best placement has a copy here: "+r.comesTo(x.Best, nil)))
	case x.Forced == nil:
		t.wrapped("  not chosen  ", strings.Fields(x.Note))
	default:
		text := fmt.Sprintf("the best placement with a copy here comes to %s instead of %s: %s", r.comesTo(x.Forced, x.Copies), r.comesTo(x.Best, nil), standing(x.Copies))
		if x.Note != "" {
			text += "; " + x.Note
		}
		t.wrapped("  not chosen  ", strings.Fields(text))
	}
}

// comesTo writes the objectives of a placement.
func (r *report) comesTo(objective map[string]float64, copies []placement.Copy) string {
	if len(objective) == 0 {
		return "objectives that are unknown"
	}
	return r.objective(objective, r.alone(copies, nil))
}

// buys says where copies would be, and what that comes to.
func (r *report) buys(x *placement.Relaxation) string {
	if x.Verdict != placement.Permit {
		return string(x.Verdict) + ": it would then hang on facts that are unknown"
	}
	return standing(x.Copies) + "; " + r.comesTo(x.Objective, x.Copies)
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
