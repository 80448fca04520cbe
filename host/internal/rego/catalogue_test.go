package rego

import (
	"sync"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/cataloguetest"
	"github.com/bailiwick-dev/bailiwick/host/internal/document"
	"github.com/bailiwick-dev/bailiwick/host/internal/lane"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// catalogue is the embedded catalogue, with what is unknown in it.
var catalogue = sync.OnceValue(func() *document.Snapshot { return document.New(cataloguetest.Snapshot()) })

// catalogueDocs are the documents of the catalogue.
func catalogueDocs() Documents {
	c := catalogue()
	data, unknown := c.On(c.AsOf())
	docs := Documents{Topology: data, SiteUnknown: c.UnknownByID, AnyUnknown: c.UnknownAnywhere(), TopologyUnknown: unknown}
	for i := range c.Sites() {
		d := c.Base(topology.SiteRow(i))
		docs.Rows = append(docs.Rows, SiteDoc{ID: c.SiteID(topology.SiteRow(i)), Term: d.Term, Unknown: d.Unknown, Row: i})
	}
	return docs
}

// catalogueSites are the sites of the catalogue as a component with some services
// and users sees them; users see each site as far away as its row says.
func catalogueSites(services []string, populations ...string) []SiteDoc {
	c := catalogue()
	var rows []topology.ServiceRow
	for _, s := range services {
		r, ok := c.Service(s)
		if !ok {
			panic("no service " + s)
		}
		rows = append(rows, r)
	}
	users := document.Users{Populations: populations}
	for range populations {
		users.Weights = append(users.Weights, 1)
	}
	sites := make([]SiteDoc, c.Sites())
	for i := range sites {
		r := topology.SiteRow(i)
		var seen document.SiteLatency
		for p := range populations {
			seen.Micros = append(seen.Micros, int64(5_000+(i*7919+p*104729)%200_000))
			seen.Basis = append(seen.Basis, topology.Modelled)
		}
		if len(seen.Micros) > 0 && i%40 == 0 {
			seen.Micros[0], seen.Basis[0] = -1, topology.UnknownBasis
		}
		whole, own := c.For(r, rows, &users, seen)
		sites[i] = SiteDoc{ID: c.SiteID(r), Term: whole.Term, Unknown: whole.Unknown, Row: i, Own: lane.Doc{Term: own.Term, Unknown: own.Unknown}}
	}
	return sites
}

// catalogueInput is a component that something is asked of by every policy.
func catalogueInput() Input {
	return Input{
		Request: ast.MustParseTerm(`{"at": "2026-11-23T00:00:00Z", "partitions": ["aws"], "carbon": {"maxGramsPerKWh": 300, "basis": "location"}}`),
		Component: ast.MustParseTerm(`{"name": "api", "tier": "region", "services": ["s3", "ec2", "dynamodb"],
			"copies": {"min": 2, "max": 3}, "latency": {"maxMs": 60},
			"data": [{"name": "customers", "class": "personal", "subjects": ["EU"], "residency": ["EU", "US"], "processing": ["EU", "US", "JP"],
				"transfer": [{"tool": "SCC", "to": "US", "until": "2027-01-01"}]}]}`),
	}
}
