package conformance

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// Difference is one thing that did not come out as it must.
type Difference struct {
	// Path says what: a field of what is expected, such as "sites[east/api].reasons"; of two engines that do not
	// agree, a JSON pointer into the decision.
	Path string `json:"path"`
	// Want is what must come out and Got what did. "" is nothing.
	Want string `json:"want"`
	Got  string `json:"got"`
	// As is the engine that Want is the answer of, where two do not agree.
	As string `json:"as,omitempty"`
}

// compare lists the differences between what is expected and what came: a decision, or an error.
func (e *Expect) compare(d *placement.Decision, err error) []Difference {
	var c comparison
	switch {
	case e.failure():
		c.failure(e, d, err)
	case err != nil:
		c.add("error", "", err.Error())
	default:
		c.decision(e, d)
	}
	return c.found
}

// comparison gathers differences.
type comparison struct{ found []Difference }

func (c *comparison) add(path, want, got string) {
	c.found = append(c.found, Difference{Path: path, Want: want, Got: got})
}

// text compares two texts.
func (c *comparison) text(path, want, got string) {
	if want != got {
		c.add(path, want, got)
	}
}

// failure compares where an error is expected.
func (c *comparison) failure(e *Expect, d *placement.Decision, err error) {
	switch {
	case err == nil && e.Error != "":
		c.add("error", e.Error, "")
		c.add("verdict", "", string(d.Verdict))
	case err == nil:
		c.add("errorContains", e.ErrorContains, "")
		c.add("verdict", "", string(d.Verdict))
	case e.Error != "":
		c.text("error", e.Error, err.Error())
	case !strings.Contains(err.Error(), e.ErrorContains):
		c.add("errorContains", e.ErrorContains, err.Error())
	}
}

func (c *comparison) decision(e *Expect, d *placement.Decision) {
	if e.Verdict != "" {
		c.text("verdict", string(e.Verdict), string(d.Verdict))
	}
	for i := range e.Sites {
		c.site(&e.Sites[i], d)
	}
	c.copies(e.Copies, d)
	c.best(e.Best, d)
	c.refused(e.Refused, d)
	if e.Assumed != nil {
		lists(c, "assumed", e.Assumed, d.Assumed, func(a placement.Assumption) Assumed {
			return Assumed{a.Policy, a.Component, a.Site, a.Unknown}
		})
	}
	if e.Waived != nil {
		lists(c, "waived", e.Waived, d.Waived, func(w placement.Waived) Waived {
			return Waived{w.Policy, w.Component, w.Site, w.Message}
		})
	}
}

func (s *Site) name() string { return s.Site + "/" + s.Component }

// site compares one site's outcome.
func (c *comparison) site(s *Site, d *placement.Decision) {
	path := "sites[" + s.name() + "]"
	i := slices.IndexFunc(d.Sites, func(r placement.SiteResult) bool { return r.Site == s.Site && r.Component == s.Component })
	if i < 0 {
		c.add(path, "its outcome", "")
		return
	}
	got := &d.Sites[i]
	if s.Verdict != "" {
		c.text(path+".verdict", string(s.Verdict), string(got.Verdict))
	}
	if s.Score != nil {
		c.text(path+".score", number(*s.Score), number(got.Score))
	}
	if s.Reasons != nil {
		lists(c, path+".reasons", s.Reasons, got.Reasons, func(r placement.Reason) Reason {
			return Reason{r.Policy, r.Message, r.Possible}
		})
	}
	c.notes(path, s.Warnings, got.Warnings, s.Obligations, got.Obligations)
}

// notes compares warnings and obligations.
func (c *comparison) notes(path string, warnings []Warning, gotWarnings []placement.Warning, obligations []Obligation, gotObligations []placement.Obligation) {
	if warnings != nil {
		lists(c, path+".warnings", warnings, gotWarnings, func(w placement.Warning) Warning {
			return Warning{w.Policy, w.Message}
		})
	}
	if obligations != nil {
		lists(c, path+".obligations", obligations, gotObligations, func(o placement.Obligation) Obligation {
			return Obligation{o.Policy, o.Text}
		})
	}
}

// best compares what is said of the best placement.
func (c *comparison) best(want *Best, d *placement.Decision) {
	if want == nil {
		return
	}
	if len(d.Placements) == 0 {
		c.add("best", "a placement", "")
		return
	}
	got := &d.Placements[0]
	if want.Score != nil {
		score := ""
		if got.Score != nil {
			score = number(*got.Score)
		}
		c.text("best.score", number(*want.Score), score)
	}
	c.notes("best", want.Warnings, got.Warnings, want.Obligations, got.Obligations)
}

// refused compares the placements that are refused as wholes.
func (c *comparison) refused(want []Refused, d *placement.Decision) {
	if want != nil && len(want) == 0 && len(d.Refused) > 0 {
		c.add("refused", "", strconv.Itoa(len(d.Refused))+" placements")
	}
	for i := range want {
		path := "refused[" + strconv.Itoa(i) + "]"
		if i >= len(d.Refused) {
			c.add(path, "a placement", "")
			continue
		}
		got := &d.Refused[i]
		if want[i].Sites != nil {
			var sites []string
			for _, k := range got.Copies {
				sites = append(sites, k.Site)
			}
			c.text(path+".sites", strings.Join(want[i].Sites, ", "), strings.Join(sites, ", "))
		}
		lists(c, path+".reasons", want[i].Reasons, got.Reasons, func(r placement.Reason) Reason {
			return Reason{r.Policy, r.Message, r.Possible}
		})
	}
}

// copies compares the best placement.
func (c *comparison) copies(want map[string][]string, d *placement.Decision) {
	if want == nil {
		return
	}
	got := map[string][]string{}
	if len(d.Placements) > 0 {
		for _, k := range d.Placements[0].Copies {
			got[k.Component] = append(got[k.Component], k.Site)
		}
	}
	if len(want) == 0 && len(got) > 0 {
		c.add("copies", "no placement", fmt.Sprint(got))
		return
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		c.text("copies["+name+"]", strings.Join(want[name], ", "), strings.Join(got[name], ", "))
	}
}

// lists compares two lists whole: what is missing, what is too much, or else their order.
func lists[W fmt.Stringer, G any](c *comparison, path string, want []W, got []G, as func(G) W) {
	var w, g []string
	for _, x := range want {
		w = append(w, x.String())
	}
	for _, x := range got {
		g = append(g, as(x).String())
	}
	if slices.Equal(w, g) {
		return
	}
	missing, extra := without(w, g), without(g, w)
	for _, x := range missing {
		c.add(path, x, "")
	}
	for _, x := range extra {
		c.add(path, "", x)
	}
	if len(missing)+len(extra) == 0 {
		c.add(path, "in this order: "+strings.Join(w, "; "), "in this order: "+strings.Join(g, "; "))
	}
}

// without returns what a list has more of than another.
func without(list, other []string) []string {
	left := slices.Clone(other)
	var out []string
	for _, x := range list {
		if i := slices.Index(left, x); i >= 0 {
			left = slices.Delete(left, i, i+1)
			continue
		}
		out = append(out, x)
	}
	return out
}

// String returns the reason in a line.
func (r Reason) String() string {
	if r.Possible {
		return r.Policy + " possibly: " + r.Message
	}
	return r.Policy + ": " + r.Message
}

// String returns the warning in a line.
func (w Warning) String() string { return w.Policy + ": " + w.Message }

// String returns the obligation in a line.
func (o Obligation) String() string { return o.Policy + ": " + o.Text }

// String returns the assumption in a line.
func (a Assumed) String() string {
	return fmt.Sprintf("%s of %s at %s: unknown %s", a.Policy, a.Component, a.Site, strings.Join(a.Unknown, ", "))
}

// String returns the waived denial in a line.
func (w Waived) String() string {
	return fmt.Sprintf("%s of %s at %s: %s", w.Policy, w.Component, w.Site, w.Message)
}

func number(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
