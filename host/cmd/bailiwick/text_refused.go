package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// lead is what one policy refuses, as far as it is the first to say so.
type lead struct {
	policy  string
	sites   []string
	example string // its words for the first of them
	also    int    // sites it refuses that stand under another policy
}

// refused says, for each component, which sites are allowed and which refused. Each site stands once, under the first
// policy that refuses it: the request's own scope, then sovereignty, redundancy and selection.
func (r *report) refused() {
	for i := range r.req.Spec.Components {
		name := r.req.Spec.Components[i].Name
		total := 0
		byVerdict := map[placement.Verdict][]*placement.SiteResult{}
		tier, lower := r.lowest(&r.req.Spec.Components[i])
		for k := range r.d.Sites {
			s := &r.d.Sites[k]
			if s.Component != name || tier != "" && r.kind(s.Site) != tier {
				continue
			}
			total++
			byVerdict[s.Verdict] = append(byVerdict[s.Verdict], s)
		}
		if len(lower) > 0 {
			r.section("Tier of "+name, "the lowest that suffices is "+tier)
			r.wrapped("  not enough:  ", strings.Fields(strings.Join(lower, ", ")))
		}
		label := ""
		if len(r.req.Spec.Components) > 1 {
			label = " for " + name
		}
		if allowed := byVerdict[placement.Permit]; len(allowed) > 0 {
			r.section("Allowed"+label, fmt.Sprintf("%d of %d", len(allowed), total))
			var ids []string
			for _, s := range allowed {
				ids = append(ids, s.Site)
			}
			r.wrapped("  ", ids)
		}
		if denied := byVerdict[placement.Deny]; len(denied) > 0 {
			r.section("Refused"+label, fmt.Sprintf("%d of %d; explain … --site ID tells all", len(denied), total))
			r.leads(denied)
		}
		if open := byVerdict[placement.Indeterminate]; len(open) > 0 {
			note := "a fact is unknown, so they are not used"
			if r.req.Spec.Unknown == placement.UnknownAssume {
				note = "a fact is unknown; the request lets them be used"
			}
			r.section("Undecided"+label, fmt.Sprintf("%d of %d; %s", len(open), total, note))
			r.leads(open)
		}
	}
}

// lowestTried are the kinds of site that "lowest" stands for, in the order in which they are tried.
var lowestTried = []string{
	topology.Region.String(), topology.EdgeLocation.String(), topology.LocalZone.String(), topology.WavelengthZone.String(), topology.Outpost.String(),
}

// lowest says on which tier a component that asks for the lowest one is placed, and which were tried before
// with how many of their sites are allowed.
func (r *report) lowest(c *placement.Component) (tier string, before []string) {
	if c.Tier != placement.TierLowest || len(r.d.Placements) == 0 {
		return "", nil
	}
	for _, copy := range r.d.Placements[0].Copies {
		if copy.Component == c.Name {
			tier = r.kind(copy.Site)
		}
	}
	allowed, all := map[string]int{}, map[string]int{}
	for k := range r.d.Sites {
		s := &r.d.Sites[k]
		if kind := r.kind(s.Site); s.Component == c.Name && kind != tier {
			all[kind]++
			if s.Verdict == placement.Permit {
				allowed[kind]++
			}
		}
	}
	for _, kind := range lowestTried {
		if all[kind] == 0 {
			continue
		}
		before = append(before, fmt.Sprintf("%s (%d of %d sites allowed)", kind, allowed[kind], all[kind]))
	}
	return tier, before
}

// kind is the kind of a site.
func (r *report) kind(id string) string {
	row, ok := r.snap.Site(id)
	if !ok {
		return ""
	}
	return r.snap.Kind(row).String()
}

// classOrder ranks policy ids by what they are about.
func classOrder(id string) int {
	for i, prefix := range []string{"request", "requirement", "SOV-", "RED-", "SEL-"} {
		if strings.HasPrefix(id, prefix) {
			return i
		}
	}
	return 5
}

func comparePolicies(a, b string) int {
	if d := classOrder(a) - classOrder(b); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}

func (r *report) leads(sites []*placement.SiteResult) {
	by := map[string]*lead{}
	get := func(id string) *lead {
		if by[id] == nil {
			by[id] = &lead{policy: id}
		}
		return by[id]
	}
	for _, s := range sites {
		var ids []string
		for _, reason := range s.Reasons {
			if reason.Possible && s.Verdict == placement.Deny {
				continue // another policy is sure
			}
			if !slices.Contains(ids, reason.Policy) {
				ids = append(ids, reason.Policy)
			}
		}
		slices.SortFunc(ids, comparePolicies)
		for i, id := range ids {
			l := get(id)
			if i > 0 {
				l.also++
				continue
			}
			l.sites = append(l.sites, s.Site)
			if l.example == "" {
				l.example = words(s, id)
			}
		}
	}
	var also []string
	for _, id := range slices.SortedFunc(maps.Keys(by), comparePolicies) {
		l := by[id]
		switch {
		case id == "request":
			r.line(fmt.Sprintf("  %s  %3d  outside the request's own partitions and sites", head.Render(fmt.Sprintf("%-7s", id)), len(l.sites)))
		case len(l.sites) > 0:
			if id == "requirement" {
				id = "require" // as wide as the ids of policies
			}
			r.wrapped(fmt.Sprintf("  %s  %3d  ", head.Render(fmt.Sprintf("%-7s", id)), len(l.sites)), l.sites)
			r.wrapped("                ", strings.Fields(l.example))
		}
		if l.also > 0 {
			also = append(also, fmt.Sprintf("%s (%d)", id, l.also))
		}
	}
	if len(also) > 0 {
		r.wrapped("  "+dim.Render("also refused by")+"  ", also)
	}
}

// words is what a policy says of a site, with the site named.
func words(s *placement.SiteResult, policy string) string {
	for _, reason := range s.Reasons {
		if reason.Policy != policy || reason.Possible && s.Verdict == placement.Deny {
			continue
		}
		text := oneLine(reason.Message)
		if !strings.Contains(text, s.Site) {
			text = s.Site + ": " + text
		}
		return text
	}
	return ""
}
