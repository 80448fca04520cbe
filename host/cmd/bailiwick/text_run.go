package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// ran writes what a plugin said and what that took.
func (t *text) ran(r *ran) {
	t.wrapped(r.plugin.title()+"  ", dimmed("· "+oneLine(r.plugin.policy.ID)+" asked about "+oneLine(r.decision.Request)+", component "+oneLine(r.component)))
	t.callTable(r)
	if rows := r.rows(); len(rows) > 0 {
		t.line("")
		t.line(head.Render("Sites") + dim.Render("  "+verdictCounts(rows)))
		t.rows(rows)
	}
	if r.placed() {
		t.wholes(r)
	}
	t.pluginLog(r)
}

// callTable writes what each call was about and took.
func (t *text) callTable(r *ran) {
	t.line("")
	rows := [][]string{
		{dim.Render("hook"), dim.Render("rows"), dim.Render("denied"), dim.Render("unknown"), dim.Render("scored"), dim.Render("fuel"), dim.Render("a row"), dim.Render("time")},
		{"initialise", "", "", "", "", grouped(r.initial.Fuel)},
	}
	for i := range r.calls {
		rows = append(rows, callRow(&r.calls[i]))
	}
	t.table("  ", rows, 1, 2, 3, 4, 5, 6, 7)
	switch n := len(r.others); {
	case len(r.calls) == 0:
		t.wrapped("  ", dimmed("It was asked nothing about this component: nothing of the request is what it judges."))
	case n > 0:
		fuel := int64(0)
		for _, c := range r.others {
			fuel += c.Fuel
		}
		t.wrapped("  ", dimmed(fmt.Sprintf("and %s about other components, %s fuel", count(n, "call"), grouped(fuel))))
	}
}

func callRow(c *host.PluginCall) []string {
	number := func(n int) string { return grouped(int64(n)) }
	return []string{
		string(c.Hook), number(c.Rows), number(c.Denied), number(c.Unknown), number(c.Scored),
		grouped(c.Fuel), grouped(c.Fuel / int64(max(c.Rows, 1))), c.Took.Round(time.Microsecond).String(),
	}
}

// verdictCounts says how many rows have each verdict.
func verdictCounts(rows []row) string {
	n := map[placement.Verdict]int{}
	for i := range rows {
		n[rows[i].Verdict]++
	}
	var parts []string
	for _, v := range verdictsByGravity {
		if n[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[v], v))
		}
	}
	return strings.Join(parts, ", ")
}

var verdictsByGravity = []placement.Verdict{placement.Deny, placement.Indeterminate, placement.Permit}

// rows writes what is said of each site: by verdict, those of which nothing is said in one line.
func (t *text) rows(rows []row) {
	var silent []string
	var table [][]string
	for _, v := range verdictsByGravity {
		for i := range rows {
			x := &rows[i]
			if x.Verdict != v {
				continue
			}
			said := x.said()
			if v == placement.Permit && x.Score == nil && len(said) == 0 {
				silent = append(silent, x.Site)
				continue
			}
			cells := []string{verdictText(v), x.Site}
			if x.Score != nil {
				cells = append(cells, figure(*x.Score))
			}
			if len(said) == 0 {
				table = append(table, cells)
			}
			for k, s := range said {
				if k > 0 {
					cells = make([]string, len(cells))
				}
				table = append(table, append(slices.Clip(cells), s))
			}
		}
	}
	var right []int
	if len(rows) > 0 && rows[0].Score != nil {
		right = []int{2}
	}
	t.table("  ", table, right...)
	if len(silent) > 0 {
		t.wrapped("  "+verdictText(placement.Permit)+"  ", strings.Fields(strings.Join(silent, ", ")))
	}
}

// said are the texts about a site.
func (x *row) said() []string {
	var out []string
	for _, r := range x.Reasons {
		out = append(out, oneLine(r.Message))
	}
	for _, w := range x.Warnings {
		out = append(out, "warning: "+oneLine(w))
	}
	for _, o := range x.Obligations {
		out = append(out, "obligation: "+oneLine(o))
	}
	return out
}

// wholes writes what is said of placements: those that are refused before the best, and the best.
func (t *text) wholes(r *ran) {
	t.line("")
	note := "  the best ones, as far as they were looked at"
	if len(r.decision.Refused)+len(r.decision.Placements) == 0 {
		note = "  none could be found that the plugin might judge"
	}
	t.line(head.Render("Placements") + dim.Render(note))
	for i := range r.decision.Refused {
		x := &r.decision.Refused[i]
		t.wrapped("  "+bad.Render("REFUSED")+"  ", strings.Fields(copiesText(x.Copies)))
		for _, why := range x.Reasons {
			t.wrapped("           ", strings.Fields(oneLine(why.Message)))
		}
	}
	for i := range r.decision.Placements {
		p := &r.decision.Placements[i]
		score := ""
		if p.Score != nil {
			score = "  score " + figure(*p.Score)
		}
		t.wrapped("  "+good.Render("PASSES")+"   ", strings.Fields(copiesText(p.Copies)+score))
		for _, w := range p.Warnings {
			if w.Policy == r.plugin.policy.ID {
				t.wrapped("           warning: ", strings.Fields(oneLine(w.Message)))
			}
		}
		for _, o := range p.Obligations {
			if o.Policy == r.plugin.policy.ID {
				t.wrapped("           obligation: ", strings.Fields(oneLine(o.Text)))
			}
		}
	}
}

// pluginLog writes what the plugin left in its log.
func (t *text) pluginLog(r *ran) {
	shown := false
	for i, c := range slices.Concat([]host.PluginCall{r.initial}, r.calls) {
		hook := string(c.Hook)
		if i == 0 {
			hook = "initialise"
		}
		if len(c.Log) == 0 && c.Lost == 0 {
			continue
		}
		if !shown {
			t.line("")
			t.line(head.Render("Log"))
			shown = true
		}
		for _, l := range c.Log {
			text := oneLine(l.Text)
			if l.Cut > 0 {
				text += fmt.Sprintf(" … (%s more)", counted(int64(l.Cut), "byte"))
			}
			t.wrapped(fmt.Sprintf("  %-10s  %-6s  ", hook, l.Source), strings.Fields(text))
		}
		if c.Lost > 0 {
			t.line(fmt.Sprintf("  %-10s  … and %s that were not kept", hook, counted(int64(c.Lost), "message")))
		}
	}
}
