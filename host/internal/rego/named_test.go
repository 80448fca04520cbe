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
