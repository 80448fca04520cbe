package main

import (
	"fmt"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// diffJSON is what `topology diff -o json` prints.
type diffJSON struct {
	A         sideJSON       `json:"a"`
	B         sideJSON       `json:"b"`
	Changes   []changeJSON   `json:"changes"`
	Decisions []decisionDiff `json:"decisions"` // those that differ
}

type sideJSON struct {
	Name     string `json:"name"`
	AsOf     string `json:"asOf"`
	Snapshot string `json:"snapshot"`
}

// changeJSON is one change; fact, old and new are left out where a whole entity came or went.
type changeJSON struct {
	Section string      `json:"section"`
	ID      string      `json:"id,omitempty"`
	Op      topology.Op `json:"op"`
	Fact    string      `json:"fact,omitempty"`
	Old     *statedJSON `json:"old,omitempty"`
	New     *statedJSON `json:"new,omitempty"`
	Since   string      `json:"since,omitempty"` // first day; missing: it holds at present, or on all days before until
	Until   string      `json:"until,omitempty"` // first day no longer; missing: it goes on
}

type statedJSON struct {
	State  string `json:"state"` // value, unknown or absent
	Value  string `json:"value,omitempty"`
	Source string `json:"source,omitempty"`
}

func diffDocument(a, b *topology.Snapshot, changes []topology.Change, decisions []decisionDiff) diffJSON {
	side := func(s *topology.Snapshot) sideJSON { return sideJSON{s.Name(), s.AsOf(), s.Digest()} }
	stated := func(v topology.Stated) *statedJSON { return &statedJSON{v.State.String(), v.Value, v.Source} }
	v := diffJSON{A: side(a), B: side(b), Changes: []changeJSON{}, Decisions: decisions}
	if v.Decisions == nil {
		v.Decisions = []decisionDiff{}
	}
	for _, c := range changes {
		x := changeJSON{Section: c.Section, ID: c.ID, Op: c.Op, Fact: c.Fact, Since: c.Since, Until: c.Until}
		if c.Op == topology.Changed {
			x.Old, x.New = stated(c.Old), stated(c.New)
		}
		v.Changes = append(v.Changes, x)
	}
	return v
}

// diff lists changes section by section: what came, what went, and what changed about what stayed. Those
// that do not hold from now on come behind the days on which they hold.
func (t *text) diff(a, b *topology.Snapshot, changes []topology.Change) {
	if len(changes) == 0 {
		t.line("no difference")
		return
	}
	side := func(s *topology.Snapshot) string {
		return fmt.Sprintf("%s  as of %s  %s", head.Render(oneLine(s.Name())), s.AsOf(), dim.Render(s.Digest()))
	}
	t.line(bad.Render("-") + " " + side(a))
	t.line(good.Render("+") + " " + side(b))
	for i := range changes {
		c := &changes[i]
		days := i == 0 || c.Since != changes[i-1].Since || c.Until != changes[i-1].Until
		if days && c.Since+c.Until != "" {
			t.line("")
			t.line(head.Render(daysText(c.Since, c.Until)))
		}
		if !days && c.Section == changes[i-1].Section {
			continue
		}
		n := i + 1
		for n < len(changes) && changes[n].Section == c.Section && changes[n].Since == c.Since && changes[n].Until == c.Until {
			n++
		}
		t.line("")
		t.line(head.Render(c.Section))
		t.section(changes[i:n])
	}
}

// daysText says on which days something holds; one of the two is not empty.
func daysText(since, until string) string {
	var words []string
	if since != "" {
		words = append(words, "from "+since)
	}
	if until != "" {
		words = append(words, "until "+until)
	}
	return strings.Join(words, " ")
}

// section lists one section's changes.
func (t *text) section(changes []topology.Change) {
	ids := map[topology.Op][]string{}
	for _, c := range changes {
		if c.Op != topology.Changed {
			ids[c.Op] = append(ids[c.Op], oneLine(c.ID))
		}
	}
	if list := ids[topology.Added]; len(list) > 0 {
		t.wrapped(good.Render(fmt.Sprintf("  + %d added  ", len(list))), commas(list))
	}
	if list := ids[topology.Removed]; len(list) > 0 {
		t.wrapped(bad.Render(fmt.Sprintf("  - %d removed  ", len(list))), commas(list))
	}
	for i := 0; i < len(changes); {
		if changes[i].Op != topology.Changed {
			i++
			continue
		}
		n := i + 1
		for n < len(changes) && changes[n].ID == changes[i].ID && changes[n].Op == topology.Changed {
			n++
		}
		t.entity(changes[i:n])
		i = n
	}
}

// entity lists what changed about one entity: facts in a table, members of sets in lists.
func (t *text) entity(changes []topology.Change) {
	if id := oneLine(changes[0].ID); id != "" {
		t.line("  " + id)
	}
	var rows [][]string
	lists := map[string][]string{}
	var order []string
	for _, c := range changes {
		if set, name, ok := memberOf(c.Fact); ok {
			what := set + " " + became(c.Old, c.New)
			if lists[what] == nil {
				order = append(order, what)
			}
			lists[what] = append(lists[what], oneLine(name))
			continue
		}
		value := statedText(c.New)
		if c.Old.State != c.New.State || c.Old.Value != c.New.Value {
			value = statedText(c.Old) + " → " + value // else the source alone differs
		}
		rows = append(rows, []string{c.Fact, value, dim.Render(sourcesText(c.Old, c.New))})
	}
	t.table("      ", rows)
	for _, what := range order {
		t.wrapped("      "+what+"  ", commas(lists[what]))
	}
}

// memberOf tells a fact that is membership in a set, such as offers.dynamodb.
func memberOf(fact string) (set, name string, ok bool) {
	if name, ok = strings.CutPrefix(fact, "offers."); ok {
		return "services", name, true
	}
	if name, ok = strings.CutPrefix(fact, "programmes."); ok {
		return "programmes", name, true
	}
	return "", "", false
}

// became says what happened to a membership.
func became(old, new topology.Stated) string {
	switch {
	case new.Value == "yes" && old.Value == "yes", new.Value == "no" && old.Value == "no":
		return "from another source"
	case new.Value == "yes":
		return "gained"
	case new.Value == "no" && old.Value == "yes":
		return "lost"
	case new.Value == "no":
		return "now known to be missing"
	case old.Value == "yes":
		return "no longer known to be there"
	}
	return "no longer known to be missing"
}

// shownStated is how wide a value is shown before it is cut.
const shownStated = 40

func statedText(v topology.Stated) string {
	switch v.State {
	case topology.Known:
		return cut(oneLine(v.Value), shownStated)
	case topology.Unknown:
		return amber.Render("unknown")
	}
	return "–"
}

// sourcesText names the sources of the old value and the new one, once if they are the same.
func sourcesText(old, new topology.Stated) string {
	name := func(v topology.Stated) string {
		if v.Source == "" {
			return "–"
		}
		return v.Source
	}
	if old.Source == new.Source {
		return old.Source
	}
	return name(old) + " → " + name(new)
}

// commas puts a comma behind every word but the last.
func commas(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w
		if i < len(words)-1 {
			out[i] += ","
		}
	}
	return out
}

// diffDecisions lists the requests that come out differently.
func (t *text) diffDecisions(diffs []decisionDiff, of int) {
	if of == 0 {
		return
	}
	t.line("")
	t.line(head.Render("decisions") + fmt.Sprintf("  %d of %d differ", len(diffs), of))
	for _, d := range diffs {
		t.line("  " + head.Render(oneLine(d.Request)))
		t.outcome(bad.Render("-"), d.A)
		t.outcome(good.Render("+"), d.B)
		for _, s := range d.Sites {
			verdict := siteVerdict(s.A)
			if s.A != s.B {
				verdict += " → " + siteVerdict(s.B)
			}
			var rules []string
			if len(s.Now) > 0 {
				rules = append(rules, "now against it: "+strings.Join(s.Now, ", "))
			}
			if len(s.NoLonger) > 0 {
				rules = append(rules, "no longer: "+strings.Join(s.NoLonger, ", "))
			}
			t.wrapped(fmt.Sprintf("      %s at %s  %s  ", oneLine(s.Component), oneLine(s.Site), verdict), strings.Fields(strings.Join(rules, "; ")))
		}
	}
}

func (t *text) outcome(mark string, o outcome) {
	if o.Error != "" {
		t.wrapped("    "+mark+" "+bad.Render("ERROR")+"  ", strings.Fields(oneLine(o.Error)))
		return
	}
	var words []string
	for _, c := range o.Copies {
		words = append(words, fmt.Sprintf("%s %s %s", c.Component, c.Role, c.Site))
	}
	t.wrapped("    "+mark+" "+verdictText(o.Verdict)+"  ", commas(words))
}

func siteVerdict(v placement.Verdict) string {
	if v == "" {
		return "not there"
	}
	return string(v)
}
