package regotest

import (
	"fmt"
	"sync"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/document"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/host/topology/aws"
)

// Catalogue compiles the embedded catalogue, once per process.
var Catalogue = sync.OnceValues(func() (*topology.Snapshot, error) {
	t, err := topology.Load(topology.Input{Name: "aws", FS: aws.FS()})
	if err != nil {
		return nil, err
	}
	return topology.Build(t)
})

// Day is what rules see of the embedded catalogue on a day. It is shared and must not be changed.
type Day struct {
	*document.Snapshot
	// Topology is data.topology; TopologyUnknown are the sorted dotted paths below it, its sites left out,
	// that are unknown. SiteUnknown, Unknown by the site's row, tells the same of sites.
	Topology        *ast.Term
	TopologyUnknown []string
	// AnyUnknown are the paths that are unknown at one site or more.
	AnyUnknown []string
	// Rows are all sites as they stand in data.topology.sites, by row.
	Rows []Site
}

var days sync.Map // YYYY-MM-DD → func() *Day

// On returns the embedded catalogue's documents as they stand on a day, YYYY-MM-DD.
func On(day string) (*Day, error) {
	s, err := Catalogue()
	if err != nil {
		return nil, err
	}
	made, _ := days.LoadOrStore(day, sync.OnceValue(func() *Day {
		d := &Day{Snapshot: document.New(s.On(day))}
		d.Topology, d.TopologyUnknown = d.Snapshot.On(day)
		d.AnyUnknown = d.UnknownAnywhere()
		for row := range topology.SiteRow(d.Snapshot.Sites()) {
			d.Rows = append(d.Rows, Site{Row: int(row), ID: d.SiteID(row), Document: d.Base(row)})
		}
		return d
	}))
	return made.(func() *Day)(), nil
}

// Question is what rules are asked about one component of a request.
type Question struct {
	*Day
	Request, Component *ast.Term
	Sites              []Site
}

// Site is input.site, and of it what other requests would not see. Row is its place in [Day.Rows].
type Site struct {
	Row int
	ID  string
	document.Document
	Own document.Document
}

// Ask returns what rules are asked about a request over the embedded catalogue: a question for each
// component, and for each kind of site that its tier stands for. Users reach sites over the internet, as
// they do where a component has no edge.
func Ask(r *placement.Request) ([]Question, error) {
	s, err := Catalogue()
	if err != nil {
		return nil, err
	}
	at, ok := r.Spec.DecisionTime()
	if !ok {
		if at, err = time.Parse(time.DateOnly, s.AsOf()); err != nil {
			return nil, err
		}
	}
	day, err := On(at.Format(time.DateOnly))
	if err != nil {
		return nil, err
	}
	request, err := document.Request(r, at.Format(time.RFC3339))
	if err != nil {
		return nil, err
	}
	users, groups, err := day.users(r.Spec.Users)
	if err != nil {
		return nil, err
	}
	var all []Question
	for i := range r.Spec.Components {
		on := r.Spec.Components[i]
		services := make([]topology.ServiceRow, len(on.Services))
		ids := make([]string, len(on.Services))
		for k, name := range on.Services {
			if services[k], ok = day.Service(name); !ok {
				return nil, fmt.Errorf("the catalogue has no service %q", name)
			}
			ids[k] = day.ServiceID(services[k])
		}
		for _, kind := range kinds(on.Tier) {
			on.Tier = kind.String()
			component, err := document.Component(&on, r.Spec.Data, ids)
			if err != nil {
				return nil, err
			}
			q := Question{Day: day, Request: request, Component: component}
			for row := range topology.SiteRow(day.Snapshot.Sites()) {
				if day.Kind(row) == kind {
					q.Sites = append(q.Sites, day.site(row, services, users, groups))
				}
			}
			all = append(all, q)
		}
	}
	return all, nil
}

// kinds are the kinds of site that a tier stands for.
func kinds(tier string) []topology.Kind {
	if tier == placement.TierLowest {
		return []topology.Kind{topology.Region, topology.EdgeLocation, topology.LocalZone, topology.WavelengthZone}
	}
	kind, _ := topology.ParseKind(tier)
	return []topology.Kind{kind}
}

// users turns a request's users into rows of the snapshot.
func (d *Day) users(users []placement.User) (*document.Users, []topology.User, error) {
	weights := make([]float64, len(users))
	groups := make([]topology.User, len(users))
	all := &document.Users{}
	for i, u := range users {
		weights[i] = u.Weight
		all.Populations = append(all.Populations, u.Population)
		var ok bool
		if groups[i].Population, ok = d.Population(u.Population); !ok {
			return nil, nil, fmt.Errorf("the catalogue has no population %q", u.Population)
		}
	}
	scaled, _, ok := placement.Scale(weights)
	if !ok {
		return nil, nil, fmt.Errorf("the weights %v cannot be scaled to whole numbers", weights)
	}
	all.Weights = scaled
	return all, groups, nil
}

func (d *Day) site(row topology.SiteRow, services []topology.ServiceRow, users *document.Users, groups []topology.User) Site {
	var seen document.SiteLatency
	for _, u := range groups {
		reach := d.Access(u, row)
		micros := int64(reach.Micros)
		if reach.Basis == topology.UnknownBasis {
			micros = -1
		}
		seen.Micros, seen.Basis = append(seen.Micros, micros), append(seen.Basis, reach.Basis)
	}
	s := Site{Row: int(row), ID: d.SiteID(row)}
	s.Document, s.Own = d.For(row, services, users, seen)
	return s
}
