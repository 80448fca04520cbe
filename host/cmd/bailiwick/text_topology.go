package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// overviewJSON is what `topology show -o json` prints.
type overviewJSON struct {
	Name     string   `json:"name"`
	AsOf     string   `json:"asOf"`
	Snapshot string   `json:"snapshot"`
	Sites    []string `json:"sites"`
	Services int      `json:"services"`
	Sources  []string `json:"sources"`
}

// overview describes a topology, with the sites that were asked for.
func overview(s *topology.Snapshot, rows []topology.SiteRow) overviewJSON {
	v := overviewJSON{Name: s.Name(), AsOf: s.AsOf(), Snapshot: s.Digest(), Services: s.Services(), Sites: []string{}, Sources: []string{}}
	for _, r := range rows {
		v.Sites = append(v.Sites, s.SiteID(r))
	}
	for src := range s.Sources() {
		v.Sources = append(v.Sources, src.ID)
	}
	return v
}

// overview lists the regions.
func (t *text) overview(s *topology.Snapshot) {
	kinds := map[topology.Kind]int{}
	for r := range s.Sites() {
		kinds[s.Kind(topology.SiteRow(r))]++
	}
	t.wrapped(head.Render(s.Name())+"  as of "+s.AsOf()+"  ", []string{dim.Render(s.Digest())})
	var counts []string
	for k := topology.Region; k <= topology.DirectConnect; k++ {
		if kinds[k] > 0 {
			counts = append(counts, fmt.Sprintf("%d %s ·", kinds[k], k))
		}
	}
	t.wrapped("", append(counts, fmt.Sprintf("%d services ·", s.Services()),
		fmt.Sprintf("%d countries and blocs ·", s.Jurisdictions()), fmt.Sprintf("%d populations", s.Populations())))
	t.line("")
	rows := [][]string{{"region", "partition", "zones", "where", "status", "g/kWh"}}
	for r := range s.Regions() {
		f := s.Facts(r)
		rows = append(rows, []string{s.SiteID(r), s.Partition(r), integer(f.ZoneCount), where(s, r), known(f.Status), decimal(f.Grid)})
	}
	t.tableCut("", rows, 3, shownPlace, 2, 5)
}

// shownPlace is how much of a place's name is shown at least.
const shownPlace = 16

// siteList lists sites of any kind.
func (t *text) siteList(s *topology.Snapshot, sites []topology.SiteRow) {
	t.line(head.Render(s.Name()) + "  as of " + s.AsOf() + fmt.Sprintf("  %d of %d sites", len(sites), s.Sites()))
	if len(sites) == 0 {
		return
	}
	t.line("")
	rows := [][]string{{"site", "kind", "partition", "where", "status", "services"}}
	for _, r := range sites {
		services := strconv.Itoa(offered(s, r))
		if !s.Facts(r).ServicesComplete && services == "0" {
			services = unknownText
		}
		rows = append(rows, []string{s.SiteID(r), s.Kind(r).String(), s.Partition(r), where(s, r), known(s.Facts(r).Status), services})
	}
	t.tableCut("", rows, 3, shownPlace, 5)
}

// where names a site's place for people: its name, or its city where it has none, and its country.
func where(s *topology.Snapshot, r topology.SiteRow) string {
	name := oneLine(s.SiteName(r))
	if city, state := s.City(r); state == topology.Known && name == s.SiteID(r) {
		name = oneLine(city)
	}
	if c, state := s.Country(r); state == topology.Known {
		name += ", " + oneLine(s.JurisdictionName(c))
	}
	return name
}

const unknownText = "?"

func known(f topology.Fact[string]) string {
	switch f.State {
	case topology.Known:
		return oneLine(f.Value)
	case topology.Absent:
		return "–"
	}
	return unknownText
}

func integer(f topology.Fact[int32]) string {
	return known(topology.Fact[string]{Value: strconv.Itoa(int(f.Value)), State: f.State})
}

func decimal(f topology.Fact[float64]) string {
	return known(topology.Fact[string]{Value: figure(f.Value), State: f.State})
}

// factJSON is one fact of a site: its value, or that it is unknown or inapplicable.
type factJSON struct {
	Path   string `json:"path"`
	State  string `json:"state"` // value, unknown or absent
	Value  string `json:"value,omitempty"`
	Source string `json:"source,omitempty"`

	// Of a fact that a layer of the topology corrected; Was is empty if it was unknown.
	Was         string `json:"was,omitempty"`
	WasSource   string `json:"wasSource,omitempty"`
	CorrectedAt string `json:"correctedAt,omitempty"` // file:line
}

// amend adds to a fact what it was before it was corrected.
func (f *factJSON) amend(o *topology.OverrideFacts) {
	f.Was, f.WasSource, f.CorrectedAt = o.Was, o.WasSource, o.At
}

// correction says what a fact was before it was corrected.
func correction(o *topology.OverrideFacts) string {
	was := "unknown"
	if o.Was != "" {
		was = oneLine(o.Was)
	}
	if o.WasSource != "" {
		was += " (" + o.WasSource + ")"
	}
	return was
}

// siteFacts lists a site's facts in a fixed order, with how many services are known to be offered there.
func siteFacts(s *topology.Snapshot, r topology.SiteRow) []factJSON {
	var out []factJSON
	put := func(f topology.NamedFact) {
		out = append(out, factJSON{Path: f.Path, State: f.State.String(), Value: f.Value, Source: f.Source})
	}
	for _, f := range s.FactList(r) {
		if f.Path == "note" {
			continue // it is about facts and none itself
		}
		if f.Path == "carbon.gridGramsPerKWh" {
			services := topology.Stated{State: topology.Known, Value: strconv.Itoa(offered(s, r)), Source: s.FactSource(r, "services")}
			put(topology.NamedFact{Path: "services", Stated: services})
		}
		put(f)
	}
	for o := range s.OverridesOf(r) {
		i := slices.IndexFunc(out, func(f factJSON) bool { return f.Path == o.Field })
		if i < 0 { // what is not listed one by one, such as a service's being offered
			i = len(out)
			out = append(out, factJSON{Path: o.Field, State: topology.Known.String(), Value: o.Is, Source: o.Source})
		}
		out[i].amend(&o)
	}
	return out
}

// offered counts the services known to be offered at a site.
func offered(s *topology.Snapshot, r topology.SiteRow) int {
	n := 0
	for range s.ServicesAt(r) {
		n++
	}
	return n
}

// site shows one site's facts with their sources, and its zones.
func (t *text) site(s *topology.Snapshot, r topology.SiteRow) {
	t.wrapped(head.Render(s.SiteID(r))+"  ", strings.Fields(oneLine(s.SiteName(r))))
	var rows [][]string
	cited := map[string]bool{}
	for _, f := range siteFacts(s, r) {
		switch f.State {
		case "value":
			cited[f.Source] = true
			rows = append(rows, []string{f.Path, oneLine(f.Value), dim.Render(f.Source)})
		case "unknown":
			rows = append(rows, []string{f.Path, amber.Render("unknown"), ""})
		}
	}
	t.table("  ", rows)
	for o := range s.OverridesOf(r) {
		is := "unknown"
		if o.Is != "" {
			is = oneLine(o.Is)
		}
		cited[o.WasSource] = true
		t.wrapped("  corrected  ", strings.Fields(fmt.Sprintf("%s %s was %s in %s", o.Field, is, correction(&o), oneLine(o.At))))
	}
	var zones []string
	for _, child := range s.Children(r) {
		zones = append(zones, s.SiteID(topology.SiteRow(child)))
	}
	if len(zones) > 0 {
		t.wrapped("  below it  ", zones)
	}
	if note := s.Note(r); note != "" {
		t.wrapped("  note  ", strings.Fields(oneLine(note)))
	}
	t.cite(s, cited)
}
