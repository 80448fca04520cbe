package rego

import (
	"testing"
)

// TestNamed reads facts as they are printed.
func TestNamed(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"site.country", "site.country"},
		{"site", "site"},
		{"topology", "topology"},
		{"topology.sites.*.country", "topology.sites.*.country"},
		{"topology.sites.eu-west-1.country", "topology.sites.eu-west-1.country"},
		{"topology.sites[site.parent].country", "topology.sites[site.parent].country"},
		{"topology.sites[site.id]", "topology.sites[site.id]"},
		{"topology.jurisdictions.EU.adequate", "topology.jurisdictions.EU.adequate"},
		{"component.services", ""},
		{"request.at", ""},
		{"path.riskGroups", ""},
		{"path.from.carbon.pue", ""},
		{"path", ""},
		{"placement.copies.*.site.country", ""},
		{"placement.copies.role", ""},
		{"placement.copies.*.site.latency.byPopulation.DE", ""},
		{"placement.paths.*.private", ""},
		{"scenario.lost", ""},
		{"component.latency.maxMs", ""},
	} {
		facts, err := Facts([]string{c.name})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if got := factNames(facts); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	for _, c := range []struct{ name, want string }{
		{"site.contry", `manifest: reads: input.site has no field "contry"; did you mean "country" or "control"?`},
		{"topology.sits.a", `manifest: reads: data.topology has no table "sits"; did you mean "sites"?`},
		{"topology.sites[site.parent].contry", `manifest: reads: a site of data.topology.sites has no field "contry"; did you mean "country" or "control"?`},
		{"topology.sites[site.country].status", `manifest: reads: topology.sites[site.country].status: a site is named by site.id, site.parent or site.region`},
		{"path.riskgroups", `manifest: reads: input.path has no field "riskgroups"; did you mean "riskGroups"?`},
		{"path.from.contry", `manifest: reads: input.path.from has no field "contry"; did you mean "country" or "control"?`},
		{"path.to.carbon.pui", `manifest: reads: input.path.to.carbon has no field "pui"; did you mean "pue"?`},
		{"placement.copys", `manifest: reads: input.placement has no field "copys"; did you mean "copies"?`},
		{"placement.copies.*.rol", `manifest: reads: input.placement.copies.* has no field "rol"; did you mean "role"?`},
		{"placement.copies.*.site.cuontry", `manifest: reads: input.placement.copies.*.site has no field "cuontry"; did you mean "country"?`},
		{"placement.paths.*.rtt", `manifest: reads: input.placement.paths.* has no field "rtt"`},
		{"scenario.survivor", `manifest: reads: input.scenario has no field "survivor"; did you mean "survivors"?`},
		{"component.service", `manifest: reads: input.component has no field "service"; did you mean "services" or "survive"?`},
		{"request.user", `manifest: reads: input.request has no field "user"; did you mean "users"?`},
		{"path..rttMs", `manifest: reads: input.path has no field ""`},
	} {
		if _, err := Facts([]string{c.name}); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v\nwant %s", c.name, err, c.want)
		}
	}
}

// TestWatch compares what is said to be unknown of facts with what the engine finds unknown for a body that reads them.
func TestWatch(t *testing.T) {
	e := engine(t, standard(t), catalogueDocs())
	for _, p := range e.program.policies {
		watch := e.Watch(p.facts)
		for _, site := range catalogueSites([]string{"s3", "ec2"}, "DE") {
			of := map[string]bool{}
			for _, name := range watch.At(site) {
				of[name] = true
			}
			one := &Program{policies: []*compiledPolicy{p}}
			one.eachBody(func(b *body) {
				for _, name := range e.unknown(b.reads, &site) {
					if !of[name] {
						t.Errorf("%s at %s: %s is not among %v", p.policy.ID, site.ID, name, of)
					}
				}
			})
		}
	}
}
