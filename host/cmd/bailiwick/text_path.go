package main

import (
	"strings"

	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// pathJSON is what `topology show A B -o json` prints.
type pathJSON struct {
	From          string   `json:"from"`
	To            string   `json:"to"`
	RTTMs         *float64 `json:"rttMs,omitempty"` // absent where unknown
	Basis         string   `json:"basis"`
	Source        string   `json:"source,omitempty"`
	Hops          []string `json:"hops"`
	Inferred      bool     `json:"inferred"`          // no link says what is crossed
	Measured      bool     `json:"inferredFromTimes"` // hops are inferred from measured times
	Private       *bool    `json:"private,omitempty"` // absent where unknown
	Jurisdictions []string `json:"jurisdictions"`
	Complete      bool     `json:"jurisdictionsComplete"`
	RiskGroups    []string `json:"riskGroups"`
	DistanceKm    *float64 `json:"distanceKm,omitempty"` // of the great circle, whole kilometres
}

func pathOf(s *topology.Snapshot, from, to topology.SiteRow) pathJSON {
	p := s.Path(from, to)
	v := pathJSON{
		From: s.SiteID(from), To: s.SiteID(to), Basis: p.Basis.String(), Source: p.Source, Inferred: p.Inferred, Measured: p.Measured,
		Complete: p.Complete, Hops: []string{}, Jurisdictions: []string{}, RiskGroups: append([]string{}, p.RiskGroups...),
	}
	if p.Basis != topology.UnknownBasis {
		v.RTTMs = new(float64(p.Micros) / 1000)
	}
	if p.Private.State == topology.Known {
		v.Private = new(p.Private.Value)
	}
	if km, ok := s.DistanceKm(from, to); ok {
		v.DistanceKm = new(float64(int(km + 0.5)))
	}
	for _, r := range p.Hops {
		v.Hops = append(v.Hops, s.SiteID(r))
	}
	for _, j := range p.Jurisdictions {
		v.Jurisdictions = append(v.Jurisdictions, s.JurisdictionID(j))
	}
	return v
}

// path shows the way from one site to another.
func (t *text) path(s *topology.Snapshot, from, to topology.SiteRow) {
	v := pathOf(s, from, to)
	time := amber.Render("unknown")
	if v.RTTMs != nil {
		time = ms(*v.RTTMs) + "  " + dim.Render(strings.TrimSpace(v.Basis+"  "+v.Source))
	}
	t.line(head.Render(v.From + " → " + v.To))
	rows := [][]string{{"round trip", time}}
	if v.DistanceKm != nil {
		rows = append(rows, []string{"distance", figure(*v.DistanceKm) + " km " + dim.Render("along the great circle")})
	}
	how := ""
	switch {
	case v.Measured:
		how = dim.Render("  inferred from measured times")
	case v.Inferred && from != to:
		how = dim.Render("  nothing is known of what lies between")
	}
	rows = append(rows, []string{"goes by", strings.Join(v.Hops, " → ") + how})
	countries := "nothing known"
	if len(v.Jurisdictions) > 0 {
		countries = strings.Join(v.Jurisdictions, ", ")
	}
	if !v.Complete {
		countries += dim.Render("  and perhaps others in between")
	}
	rows = append(rows, []string{"crosses", countries})
	private := amber.Render("unknown")
	if v.Private != nil {
		private = map[bool]string{true: "yes", false: "no"}[*v.Private]
	}
	rows = append(rows, []string{"private backbone", private})
	if len(v.RiskGroups) > 0 {
		rows = append(rows, []string{"risk groups", oneLine(strings.Join(v.RiskGroups, ", "))})
	}
	t.table("  ", rows)
	if v.Source != "" {
		t.cite(s, map[string]bool{v.Source: true})
	}
}
