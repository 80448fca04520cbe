package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// refusedWholes lists placements that would come before the best one, or all that were found where none passes, and what
// speaks against each as a whole.
func (r *report) refusedWholes() {
	if len(r.d.Refused) == 0 {
		return
	}
	note := "they would be better, but policies about paths or placements forbid them"
	if len(r.d.Placements) == 0 {
		note = "the best placements, which policies about paths or placements forbid"
	}
	r.section("Passed over", note)
	for i := range r.d.Refused {
		w := &r.d.Refused[i]
		r.line("  " + strings.Join(placementSites(&placement.Placement{Copies: w.Copies}), " + "))
		var all gather
		for _, reason := range w.Reasons {
			all.add(reason.Policy, reason.Message, reason.Possible)
		}
		for i := range all {
			style := bad
			if all[i].possible {
				style = amber
			}
			r.wrapped("    "+style.Render(all[i].policy)+"  ", strings.Fields(all[i].text()))
		}
	}
}

// score is what policies about placements score one, "" if none does.
func score(p *placement.Placement) string {
	if p.Score == nil {
		return ""
	}
	return fmt.Sprintf(" · score %s", strconv.FormatFloat(*p.Score, 'f', -1, 64))
}
