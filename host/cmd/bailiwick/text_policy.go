package main

import (
	"fmt"
	"strings"
)

// shownReason bounds a reason that quotes a rule; -o json has it whole.
const shownReason = 160

// checked describes policies that compile.
func (t *text) checked(k *checking) {
	n := len(k.policies)
	what := "1 policy"
	if n != 1 {
		what = fmt.Sprintf("%d policies", n)
	}
	falls := "nothing falls back"
	if len(k.fallbacks) > 0 {
		falls = count(len(k.fallbacks), "fallback")
	}
	t.line(good.Render("ok") + "  " + strings.Join([]string{what, count(len(k.warnings), "warning"), falls}, " · "))
	var rows [][]string
	for _, o := range k.policies {
		bodies := count(o.Bodies, "body")
		if o.Bodies != 1 {
			bodies = fmt.Sprintf("%d bodies", o.Bodies)
		}
		rows = append(rows, []string{
			head.Render(o.Policy.ID), string(o.Policy.Class), string(o.Policy.Hook), bodies, count(len(o.Facts), "fact"), dim.Render(oneLine(o.Policy.File)),
		})
	}
	t.table("  ", rows)
	if len(k.warnings) > 0 {
		t.line("")
		t.line(amber.Render("warnings"))
		for _, w := range k.warnings {
			t.wrapped("  "+oneLine(w.Place)+": ", strings.Fields(oneLine(w.Message)))
		}
	}
	if len(k.fallbacks) > 0 {
		t.line("")
		t.line(amber.Render("fall back to the reference engine"))
		for _, x := range k.fallbacks {
			t.wrapped(fmt.Sprintf("  %s: %s %s: ", oneLine(x.Place), x.Policy, x.What), strings.Fields(cut(oneLine(x.Why), shownReason)))
		}
	}
}
