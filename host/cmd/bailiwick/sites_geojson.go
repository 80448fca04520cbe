package main

import (
	"io"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// The members of a GeoJSON document (RFC 7946).
type (
	featureCollection struct {
		Type     string    `json:"type"`
		Features []feature `json:"features"`
	}
	feature struct {
		Type       string         `json:"type"`
		ID         string         `json:"id"`
		Geometry   geometry       `json:"geometry"`
		Properties siteProperties `json:"properties"`
	}
	geometry struct {
		Type        string     `json:"type"`
		Coordinates [2]float64 `json:"coordinates"` // longitude, latitude
	}
)

// siteProperties are what GeoJSON tells of a site; what is unknown is left out.
type siteProperties struct {
	Name      string              `json:"name"`
	Kind      string              `json:"kind"`
	Partition string              `json:"partition"`
	Status    string              `json:"status,omitempty"`
	Country   string              `json:"country,omitempty"`
	Parent    string              `json:"parent,omitempty"`
	Verdict   placement.Verdict   `json:"verdict,omitempty"`  // the worst of the components'
	Verdicts  []componentsVerdict `json:"verdicts,omitempty"` // with several components
	Chosen    []string            `json:"chosen,omitempty"`   // components the best placement puts here
}

type componentsVerdict struct {
	Component string            `json:"component"`
	Verdict   placement.Verdict `json:"verdict"`
}

// writeGeoJSON writes the sites whose point is known, and returns how many others there are. With a
// decision it writes the sites that were judged.
func writeGeoJSON(w io.Writer, s *topology.Snapshot, rows []topology.SiteRow, d *placement.Decision) (left int, err error) {
	all := judgements(d)
	out := featureCollection{Type: "FeatureCollection", Features: []feature{}}
	for _, r := range rows {
		j := all[s.SiteID(r)]
		if d != nil && j == nil {
			continue
		}
		lat, lon, ok := s.Point(r)
		if !ok {
			left++
			continue
		}
		p := siteProperties{Name: s.SiteName(r), Kind: s.Kind(r).String(), Partition: s.Partition(r)}
		if status, state := s.Status(r); state == topology.Known {
			p.Status = status
		}
		if c, state := s.Country(r); state == topology.Known {
			p.Country = s.JurisdictionID(c)
		}
		if up, ok := s.Parent(r); ok {
			p.Parent = s.SiteID(up)
		}
		if j != nil {
			p.Verdict, p.Chosen = j.verdict, j.chosen
			if len(j.each) > 1 {
				p.Verdicts = j.each
			}
		}
		out.Features = append(out.Features, feature{"Feature", s.SiteID(r), geometry{"Point", [2]float64{lon, lat}}, p})
	}
	return left, writeJSON(w, out)
}

// judgement is what a decision says of one site.
type judgement struct {
	verdict placement.Verdict // the worst of the components'
	each    []componentsVerdict
	chosen  []string // components that the best placement puts here
}

// judgements gathers a decision by site; there are none without a decision.
func judgements(d *placement.Decision) map[string]*judgement {
	all := map[string]*judgement{}
	if d == nil {
		return all
	}
	for i := range d.Sites {
		r := &d.Sites[i]
		j := all[r.Site]
		if j == nil {
			j = &judgement{verdict: r.Verdict}
			all[r.Site] = j
		}
		j.each = append(j.each, componentsVerdict{r.Component, r.Verdict})
		if worse(statusOf(j.verdict), statusOf(r.Verdict)) != statusOf(j.verdict) {
			j.verdict = r.Verdict
		}
	}
	if len(d.Placements) > 0 {
		for _, c := range d.Placements[0].Copies {
			if j := all[c.Site]; j != nil {
				j.chosen = append(j.chosen, c.Component)
			}
		}
	}
	return all
}
