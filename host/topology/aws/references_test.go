package aws_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// set is the ids of some entries.
func set(entries ...[]entry) map[string]bool {
	ids := map[string]bool{}
	for _, list := range entries {
		for _, e := range list {
			ids[e.ID] = true
		}
	}
	return ids
}

func TestSourcesResolve(t *testing.T) {
	c := load(t)
	known, used := set(c.Sources), map[string]bool{}
	need := func(owner, source string) {
		t.Helper()
		if used[source] = true; !known[source] {
			t.Errorf("%s: unknown source %q", owner, source)
		}
	}
	for _, list := range [][]entry{c.Providers, c.Partitions, c.Jurisdictions, c.Sites, c.Services, c.Offerings, c.Programmes, c.Carbon, c.Regimes} {
		for _, e := range list {
			need(e.ID, e.Source)
			for _, f := range slices.Sorted(maps.Keys(e.Sources)) {
				need(e.ID+"."+f, e.Sources[f])
			}
			for _, a := range e.Adequate {
				need(e.ID+" → "+a.Jurisdiction, a.Source)
			}
		}
	}
	for name, tab := range c.tables {
		for _, s := range tab.column(t, "source") {
			need(name, s)
		}
		for _, h := range tab.header {
			field, ok := strings.CutPrefix(h, "sources.")
			if !ok {
				continue
			}
			values, sources := tab.column(t, field), tab.column(t, h)
			for i := range values {
				if (values[i] == "") != (sources[i] == "") {
					t.Errorf("%s row %d: %s %q has source %q", name, i, field, values[i], sources[i])
				}
				if sources[i] != "" {
					need(name, sources[i])
				}
			}
		}
	}
	for id := range known {
		if !used[id] {
			t.Errorf("source %q is used nowhere", id)
		}
	}
}

func TestSourcesAreDated(t *testing.T) {
	for _, s := range load(t).Sources {
		if day, err := time.Parse(time.DateOnly, s.AsOf); err != nil || day.Year() < 2015 {
			t.Errorf("%s: asOf %q", s.ID, s.AsOf)
		}
		if s.Title == "" {
			t.Errorf("%s: no title", s.ID)
		}
		if s.URL != "" && !strings.HasPrefix(s.URL, "https://") {
			t.Errorf("%s: url %q", s.ID, s.URL)
		}
	}
}

func TestReferencesResolve(t *testing.T) {
	c := load(t)
	regions := set(where(c.Sites, kind("region")))
	services, jurisdictions := set(c.Services), set(c.Jurisdictions)
	need := func(known map[string]bool, owner string, ids ...string) {
		t.Helper()
		for _, id := range ids {
			if !known[id] {
				t.Errorf("%s: unknown name %q", owner, id)
			}
		}
	}
	for _, p := range c.Providers {
		need(jurisdictions, p.ID, p.Control...)
	}
	for _, p := range c.Partitions {
		need(set(c.Providers), p.ID, p.Provider)
		need(jurisdictions, p.ID, p.Personnel...)
	}
	for _, j := range c.Jurisdictions {
		need(set(where(c.Jurisdictions, kind("bloc"))), j.ID, j.MemberOf...)
		for _, a := range j.Adequate {
			need(jurisdictions, j.ID, a.Jurisdiction)
		}
	}
	partitions := set(c.Partitions)
	for _, s := range c.Sites {
		switch s.Kind {
		case "region", "edge-location", "direct-connect":
			need(partitions, s.ID, s.Partition)
		case "availability-zone", "local-zone", "wavelength-zone", "regional-edge-cache":
			need(regions, s.ID, s.Parent)
		default:
			t.Errorf("%s: kind %q", s.ID, s.Kind)
		}
		if s.Country != "" {
			need(jurisdictions, s.ID, s.Country)
		}
	}
	for _, s := range c.Services {
		if s.Plane != "" && s.Plane != "local" {
			need(regions, s.ID, s.Plane)
		}
	}
	for _, s := range c.Services {
		if s.Variant != "" {
			need(services, s.ID, s.Variant)
		}
	}
	sites := set(c.Sites)
	for _, o := range c.Offerings {
		need(services, "offering", o.Services...)
		if o.Service != "" {
			need(services, "offering", o.Service)
		}
		need(sites, "offering", o.Holders...)
		need(regions, "offering", o.Among...)
	}
	for _, f := range c.Carbon {
		need(sites, "carbon", f.Site)
	}
	for _, name := range []string{"offerings-ssm.csv", "offerings-iso.csv"} {
		need(services, name, c.tables[name].column(t, "service")...)
		need(regions, name, c.tables[name].column(t, "site")...)
	}
	need(services, "offerings-edge.csv", c.tables["offerings-edge.csv"].column(t, "service")...)
	need(set(where(c.Sites, kind("edge-location"))), "offerings-edge.csv", c.tables["offerings-edge.csv"].column(t, "site")...)
	need(regions, "links.csv", c.tables["links.csv"].column(t, "from")...)
	need(regions, "links.csv", c.tables["links.csv"].column(t, "to")...)
	need(regions, "carbon.csv", c.tables["carbon.csv"].column(t, "site")...)
	need(regions, "prices.csv", c.tables["prices.csv"].column(t, "site")...)
	need(regions, "egress.csv", c.tables["egress.csv"].column(t, "from")...)
	for _, to := range c.tables["egress.csv"].column(t, "to") {
		if to != "internet" {
			need(regions, "egress.csv", to)
		}
	}
	for _, p := range c.Programmes {
		need(regions, p.ID, p.Holders...)
		need(regions, p.ID, p.Among...)
	}
	for _, country := range c.tables["populations-metros.csv"].column(t, "country") {
		if country != "" {
			need(jurisdictions, "populations-metros.csv", country)
		}
	}
}

// TestPopulationsAreCountries allows one code that ISO 3166-1 leaves to its users: Kosovo's.
func TestPopulationsAreCountries(t *testing.T) {
	c := load(t)
	countries := set(c.Jurisdictions)
	var others []string
	for _, id := range c.tables["populations.csv"].column(t, "id") {
		if !countries[id] {
			others = append(others, id)
		}
	}
	if !slices.Equal(others, []string{"XK"}) {
		t.Errorf("populations that are no country of the catalogue: %q", others)
	}
}

func TestAliasesAreUnique(t *testing.T) {
	c := load(t)
	owner := map[string]string{}
	for _, s := range c.Services {
		if was, ok := owner[s.ID]; ok {
			t.Errorf("service %q: also a name of %q", s.ID, was)
		}
		owner[s.ID] = s.ID
	}
	for _, s := range c.Services {
		for _, a := range s.Aliases {
			if was, ok := owner[a]; ok {
				t.Errorf("alias %q of %q: also a name of %q", a, s.ID, was)
			}
			owner[a] = s.ID
		}
	}
	for alias, id := range map[string]string{
		"alb": "elbv2-application", "ddb": "dynamodb", "elasticloadbalancing": "elbv2", "keyspaces": "mcs", "msk": "kafka",
		"nlb": "elbv2", "secrets-manager": "secretsmanager", "sfn": "stepfunctions", "states": "stepfunctions",
	} {
		if owner[alias] != id {
			t.Errorf("%q names %q, want %q", alias, owner[alias], id)
		}
	}
}

// TestOfferingsListedOnce checks that no pair is listed twice, within a file or across files.
func TestOfferingsListedOnce(t *testing.T) {
	c := load(t)
	seen := map[string]string{}
	for _, name := range []string{"offerings-edge.csv", "offerings-iso.csv", "offerings-ssm.csv"} {
		services, sites := c.tables[name].column(t, "service"), c.tables[name].column(t, "site")
		for i := range services {
			pair := services[i] + " at " + sites[i]
			if was, ok := seen[pair]; ok {
				t.Errorf("%s: listed in %s and in %s", pair, was, name)
			}
			seen[pair] = name
		}
	}
}
