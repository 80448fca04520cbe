package rego

import (
	"fmt"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/policies"
)

// standard loads the standard library.
func standard(t tester) *policy.Set {
	t.Helper()
	set, err := policy.Load(policy.Source{Name: "standard", FS: policies.FS()})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// siteObject is the document of the i-th of some made-up sites: every fourth is
// in the EU, every third emits much, one in ten lacks a service.
func siteObject(i int) map[string]any {
	countries := []string{"US", "DE", "JP", "IN"}
	country := countries[i%len(countries)]
	jurisdictions := []any{country}
	if country == "DE" {
		jurisdictions = append(jurisdictions, "EU", "EEA")
	}
	services := []any{"s3", "ec2", "dynamodb"}
	for s := range 200 {
		services = append(services, fmt.Sprintf("service-%d", s))
	}
	if i%10 == 0 {
		services = services[1:]
	}
	id := fmt.Sprintf("site-%d", i)
	return map[string]any{
		"id": id, "name": id, "kind": "region", "partition": "aws", "provider": "aws", "region": id,
		"country": country, "countryName": country, "jurisdictions": jurisdictions, "control": []any{"US"},
		"lat": float64(i % 90), "lon": float64(i % 180), "status": "available", "optIn": i%7 == 0, "zoneCount": 3,
		"services": services,
		"offers":   map[string]any{"s3": i%10 != 0, "ec2": true, "dynamodb": true},
		"carbon":   map[string]any{"gridGramsPerKWh": float64(100 + 150*(i%3)), "marketGramsPerKWh": 0, "pue": 1.2},
		"latency": map[string]any{
			"weightedMs": 50.5, "worstMs": 200,
			"byPopulation": map[string]any{"DE": float64(i), "US": float64(160 - i), "JP": 90.5},
		},
	}
}

// standardSites are n sites as the engine takes them.
func standardSites(t tester, n int) []SiteDoc {
	t.Helper()
	out := make([]SiteDoc, n)
	for i := range out {
		v, err := ast.InterfaceToValue(siteObject(i))
		if err != nil {
			t.Fatal(err)
		}
		out[i] = SiteDoc{ID: fmt.Sprintf("site-%d", i), Term: ast.NewTerm(v)}
	}
	return out
}

// topologyObject is data.topology with n sites.
func topologyObject(n int) map[string]any {
	sites := map[string]any{}
	for i := range n {
		s := siteObject(i)
		sites[s["id"].(string)] = s
	}
	// As many jurisdictions as there are countries: rules that go through all of
	// them pay for it at every site.
	jurisdictions := map[string]any{}
	for i := range 249 {
		id := fmt.Sprintf("C%d", i)
		jurisdictions[id] = map[string]any{"id": id, "keepsList": false, "members": []any{}, "adequate": []any{}, "adequateWithin": map[string]any{}}
	}
	jurisdictions["DE"] = map[string]any{"id": "DE", "keepsList": false, "members": []any{}, "adequate": []any{}, "adequateWithin": map[string]any{}}
	jurisdictions["EU"] = map[string]any{
		"id": "EU", "keepsList": true, "members": []any{"DE"},
		"adequate": []any{"JP"}, "adequateWithin": map[string]any{"US": "participants"},
	}
	return map[string]any{"sites": sites, "jurisdictions": jurisdictions}
}

func standardDocs(t tester, n int) Documents {
	t.Helper()
	v, err := ast.InterfaceToValue(topologyObject(n))
	if err != nil {
		t.Fatal(err)
	}
	return Documents{Topology: ast.NewTerm(v)}
}

// requestObject and componentObject ask for something of every standard policy.
func requestObject() map[string]any {
	return map[string]any{
		"at": "2026-11-23T00:00:00Z", "partitions": []any{"aws"},
		"carbon": map[string]any{"maxGramsPerKWh": 300, "basis": "location"},
	}
}

func componentObject() map[string]any {
	return map[string]any{
		"name": "api", "tier": "region", "services": []any{"s3", "ec2", "dynamodb"},
		"copies": map[string]any{"min": 2, "max": 3}, "latency": map[string]any{"maxMs": 60},
		"data": []any{map[string]any{
			"name": "customers", "class": "personal", "subjects": []any{"EU"},
			"residency": []any{"EU", "US"}, "processing": []any{"EU", "US", "JP"},
			"transfer": []any{map[string]any{"tool": "SCC", "to": "US", "until": "2027-01-01"}},
		}},
	}
}

func standardInput(t tester) Input {
	t.Helper()
	r, err := ast.InterfaceToValue(requestObject())
	if err != nil {
		t.Fatal(err)
	}
	c, err := ast.InterfaceToValue(componentObject())
	if err != nil {
		t.Fatal(err)
	}
	return Input{Request: ast.NewTerm(r), Component: ast.NewTerm(c)}
}
