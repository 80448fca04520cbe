package main

import (
	"fmt"
	"strconv"

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

func overview(s *topology.Snapshot) overviewJSON {
	v := overviewJSON{Name: s.Name(), AsOf: s.AsOf(), Snapshot: s.Digest(), Services: s.Services(), Sites: []string{}, Sources: []string{}}
	for _, id := range s.SiteIDs() {
		v.Sites = append(v.Sites, id)
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
	t.line(head.Render(s.Name()) + "  as of " + s.AsOf() + dim.Render("  "+s.Digest()))
	counts := ""
	for k := topology.Region; k <= topology.DirectConnect; k++ {
		if kinds[k] > 0 {
			counts += fmt.Sprintf("%d %s · ", kinds[k], k)
		}
	}
	t.line(fmt.Sprintf("%s%d services · %d countries and blocs · %d populations", counts, s.Services(), s.Jurisdictions(), s.Populations()))
	t.line("")
	rows := [][]string{{"region", "partition", "zones", "where", "status", "g/kWh"}}
	for r := range s.Regions() {
		f := s.Facts(r)
		where := oneLine(s.SiteName(r))
		if c, state := s.Country(r); state == topology.Known {
			where += ", " + oneLine(s.JurisdictionName(c))
		}
		rows = append(rows, []string{s.SiteID(r), s.Partition(r), integer(f.ZoneCount), where, known(f.Status), decimal(f.Grid)})
	}
	t.table("", rows, 2, 5)
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
}

// siteFacts lists a site's facts in a fixed order.
func siteFacts(s *topology.Snapshot, r topology.SiteRow) []factJSON {
	f := s.Facts(r)
	yes := func(v topology.Fact[bool]) topology.Fact[string] {
		return topology.Fact[string]{Value: strconv.FormatBool(v.Value), State: v.State}
	}
	num := func(v topology.Fact[float64]) topology.Fact[string] {
		return topology.Fact[string]{Value: strconv.FormatFloat(v.Value, 'f', -1, 64), State: v.State}
	}
	count := func(v topology.Fact[int32]) topology.Fact[string] {
		return topology.Fact[string]{Value: strconv.Itoa(int(v.Value)), State: v.State}
	}
	given := func(v string) topology.Fact[string] { return topology.Fact[string]{Value: v, State: topology.Known} }
	country := topology.Fact[string]{}
	if c, state := s.Country(r); state == topology.Known {
		country = given(s.JurisdictionID(c))
	}
	parent := topology.Fact[string]{State: topology.Absent}
	if p, ok := s.Parent(r); ok {
		parent = given(s.SiteID(p))
	}
	services := 0
	for range s.ServicesAt(r) {
		services++
	}
	var out []factJSON
	for _, x := range []struct {
		path string
		fact topology.Fact[string]
	}{
		{"name", given(s.SiteName(r))},
		{"kind", given(s.Kind(r).String())},
		{"partition", given(s.Partition(r))},
		{"parent", parent},
		{"country", country},
		{"subdivision", f.Subdivision},
		{"city", f.City},
		{"lat", num(f.Lat)},
		{"lon", num(f.Lon)},
		{"status", f.Status},
		{"optIn", yes(f.OptIn)},
		{"launched", f.Launched},
		{"zoneCount", count(f.ZoneCount)},
		{"carrier", f.Carrier},
		{"pops", count(f.Pops)},
		{"services", given(strconv.Itoa(services))},
		{"carbon.gridGramsPerKWh", num(f.Grid)},
		{"carbon.marketGramsPerKWh", num(f.Market)},
		{"carbon.pue", num(f.PUE)},
		{"carbon.wueLitresPerKWh", num(f.WUE)},
		{"price.index", num(f.Price)},
	} {
		fact := factJSON{Path: x.path, State: x.fact.State.String()}
		if x.fact.State == topology.Known {
			fact.Value, fact.Source = x.fact.Value, s.FactSource(r, x.path)
		}
		out = append(out, fact)
	}
	return out
}

// site shows one site's facts with their sources, and its zones.
func (t *text) site(s *topology.Snapshot, r topology.SiteRow) {
	t.line(head.Render(s.SiteID(r)) + "  " + oneLine(s.SiteName(r)))
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
	var zones []string
	for _, child := range s.Children(r) {
		zones = append(zones, s.SiteID(topology.SiteRow(child)))
	}
	if len(zones) > 0 {
		t.wrapped("  below it  ", zones)
	}
	if note := s.Note(r); note != "" {
		t.wrapped("  note  ", []string{oneLine(note)})
	}
	t.cite(s, cited)
}
