package main

import (
	"fmt"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/record"
)

// shownPlaces is how many kinds of places a replay shows; JSON has them all.
const shownPlaces = 40

// replay says that a decision came out the same, or what differs: places that differ in an index of a list
// alone count as one kind, with the first of them shown.
func (t *text) replay(r *record.Replay) {
	if r.Same() {
		t.line(good.Render("same") + "  " + r.Given.ID + dim.Render("  "+oneLine(r.Given.Request)+", "+string(r.Given.Verdict)))
		return
	}
	t.line(bad.Render("differs") + "  " + oneLine(r.Given.Request))
	t.line("  given  " + r.Given.ID)
	t.line("  again  " + r.Again.ID)
	if r.Misnamed {
		t.line("  The id is not that of the content: the decision was changed after it was made.")
	}
	type place struct {
		first record.Difference
		times int
	}
	var order []string
	places := map[string]*place{}
	for _, d := range r.Differences {
		kind := anyIndex(d.Path)
		if places[kind] == nil {
			places[kind] = &place{first: d}
			order = append(order, kind)
		}
		places[kind].times++
	}
	t.line("")
	for i, kind := range order {
		if i == shownPlaces {
			t.line(fmt.Sprintf("  … and %d more kinds of places; -o json has them", len(order)-i))
			break
		}
		p := places[kind]
		times := ""
		if p.times > 1 {
			times = fmt.Sprintf("  and %d more like it", p.times-1)
		}
		t.line("  " + oneLine(p.first.Path) + dim.Render(times))
		t.line("      given  " + shownJSON(p.first.Given))
		t.line("      again  " + shownJSON(p.first.Again))
	}
	if r.More > 0 {
		t.line(fmt.Sprintf("  … and %d more places", r.More))
	}
}

// shownJSON cuts a value to a line.
func shownJSON(value string) string {
	if value == "" {
		return dim.Render("nothing")
	}
	return cut(oneLine(value), lineWidth-len("      given  "))
}

// anyIndex puts a star for each index of a list in a JSON pointer.
func anyIndex(pointer string) string {
	parts := strings.Split(pointer, "/")
	for i, p := range parts {
		if p != "" && strings.Trim(p, "0123456789") == "" {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}
