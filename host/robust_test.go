package host_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

// TestRequestsMadeInGo decides requests that no decoder has checked: an answer or an error, no panic.
func TestRequestsMadeInGo(t *testing.T) {
	h := openWorld(t)
	for _, c := range []struct {
		name string
		req  *placement.Request
		want string // start of the error; empty: an answer
	}{
		{"none", nil, "host: no request"},
		{"empty", &placement.Request{}, "/metadata/name: "},
		{"without components", &placement.Request{Metadata: placement.Metadata{Name: "x"}}, "/spec/components: "},
		{
			"weights that are all zero",
			&placement.Request{Metadata: placement.Metadata{Name: "x"}, Spec: placement.Spec{
				Users: []placement.User{{Population: "AA"}}, Components: []placement.Component{{Name: "a"}},
			}},
			"/spec/users: at least one weight must be more than 0",
		},
		{
			"what is needed and no more",
			&placement.Request{Metadata: placement.Metadata{Name: "x"}, Spec: placement.Spec{Components: []placement.Component{{Name: "a"}}}},
			"",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := h.Decide(context.Background(), c.req)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("error: %v", err)
			case c.want == "" && d.Verdict != placement.Permit:
				t.Errorf("verdict %s", d.Verdict)
			case c.want != "" && (err == nil || !strings.HasPrefix(err.Error(), c.want)):
				t.Errorf("got %v, want %s…", err, c.want)
			}
		})
	}
}

// TestRequestsChangedInGo decodes a request, changes it as a program might, and decides: what a decoder
// would refuse is refused, and what it would accept counts.
func TestRequestsChangedInGo(t *testing.T) {
	h := openWorld(t)
	const spec = "users: [{population: AA}, {population: BB}]\ncomponents: [{name: a, copies: {min: 1, max: 2}, latency: {maxMs: 50}, capacity: {needed: 100, perCopy: 60}}]\n"
	one := 1.0
	for _, c := range []struct {
		name   string
		change func(*placement.Spec)
		want   string // start of the error, or the verdict
	}{
		{"nothing", func(*placement.Spec) {}, "permit"},
		{"a ceiling without a basis", func(s *placement.Spec) { s.Carbon = &placement.Carbon{MaxGramsPerKWh: &one} }, "indeterminate"},
		{"no components", func(s *placement.Spec) { s.Components = nil }, "/spec/components: "},
		{"a misspelt loss", func(s *placement.Spec) { s.Components[0].Survive = "Region" }, "/spec/components/0/survive: "},
		{"data that is not there", func(s *placement.Spec) { s.Components[0].Data = []string{"nope"} }, "/spec/components/0/data/0: "},
		{"a negative load", func(s *placement.Spec) { s.Components[0].Capacity.Needed = -1 }, "/spec/components/0/capacity/needed: "},
		{"a load beyond counting", func(s *placement.Spec) { s.Components[0].Capacity.Needed = 1e18 }, "/spec/components/0/capacity: "},
		{"no weights", func(s *placement.Spec) { s.Users[0].Weight, s.Users[1].Weight = 0, 0 }, "/spec/users: "},
		{"roles to be filled again", func(s *placement.Spec) { s.Components[0].Roles = nil }, "permit"},
		{"an objective to be filled again", func(s *placement.Spec) { s.Objective = placement.Objective{} }, "permit"},
		{"a time that is none", func(s *placement.Spec) { s.At = "tomorrow" }, "/spec/at: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			req := request(t, spec)
			c.change(&req.Spec)
			d, err := h.Decide(context.Background(), req)
			got := ""
			if err != nil {
				got = err.Error()
			} else {
				got = string(d.Verdict)
			}
			if !strings.HasPrefix(got, c.want) {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// TestBadOptions opens hosts that cannot be.
func TestBadOptions(t *testing.T) {
	rego := func(text string) host.Option {
		return host.WithPolicies("own", fstest.MapFS{"p.rego": {Data: []byte(strings.TrimLeft(text, "\n"))}})
	}
	const meta = "# METADATA\n# title: T\n# custom: {id: OWN-01, class: selection, hook: site, severity: low, reviewed: 2026-11-23, settings: {limit: 1}}\npackage own.p\n"
	for _, c := range []struct {
		name string
		opt  host.Option
		want string
	}{
		{"topology without files", host.WithTopology("x", nil), `host: open: topology: input "x" has no file system`},
		{"policies without files", host.WithPolicies("x", nil), `host: open: policy source "x" has no file system`},
		{"policies that are none", host.WithPolicies("own", fstest.MapFS{"README.md": {}}), `host: open: own holds no policy: no .rego file other than tests`},
		{"no topology at all", host.WithoutCatalogue(), "host: open: no topology: the embedded catalogue is left out and nothing is given in its place"},
		{"too many runners-up", host.WithRunnersUp(1000), "host: open: 1000 runners-up asked for; give 0 to 100"},
		{"a policy that never speaks", rego(meta + `obligations contains "x" if input.site.kind == "region"`), `host: open: own/p.rego:1: policy OWN-01 has a rule "obligations" and none of deny, obligation, score, warn; did you mean "obligation"?`},
		{"a policy without rules", rego(meta), `host: open: own/p.rego:1: policy OWN-01 defines none of deny, obligation, score, warn, so it would never speak`},
		{"a misspelt fact", rego(meta + `deny contains "x" if input.site.contry == "AA"`), "host: open: policies do not compile:\nown/p.rego:5: input.site has no field \"contry\"; did you mean \"country\" or \"control\"?"},
		{"a misspelt document", rego(meta + `deny contains "x" if input.sites.country == "AA"`), "host: open: policies do not compile:\nown/p.rego:5: input has no document \"sites\"; did you mean \"site\"?"},
		{"a misspelt table", rego(meta + `deny contains "x" if data.topology.site.north`), "host: open: policies do not compile:\nown/p.rego:5: data.topology has no table \"site\"; did you mean \"sites\"?"},
		{"a setting that is not declared", rego(meta + `deny contains "x" if input.settings.limits > 1`), "host: open: policies do not compile:\nown/p.rego:5: policy OWN-01 has no setting \"limits\"; did you mean \"limit\"?; settings are declared, with their defaults, under custom.settings"},
		{"a misspelt figure", rego(meta + `deny contains "x" if input.site.price.indx > 1`), "host: open: policies do not compile:\nown/p.rego:5: input.site.price has no field \"indx\"; did you mean \"index\"?"},
		{"a misspelt field of the component", rego(meta + `deny contains "x" if input.component.tierr == "region"`), "host: open: policies do not compile:\nown/p.rego:5: input.component has no field \"tierr\"; did you mean \"tier\"?"},
		{"a misspelt field of the request", rego(meta + `deny contains "x" if input.request.partions[0] == "acme"`), "host: open: policies do not compile:\nown/p.rego:5: input.request has no field \"partions\"; did you mean \"partitions\"?"},
		{"a misspelt fact of another site", rego(meta + `deny contains "x" if data.topology.sites[input.site.parent].contry == "AA"`), "host: open: policies do not compile:\nown/p.rego:5: a site of data.topology.sites has no field \"contry\"; did you mean"},
		{"a misspelt root", rego(meta + `deny contains "x" if data.topologie.sites`), "host: open: policies do not compile:\nown/p.rego:5: no module defines data.topologie.sites, and the only data is data.topology"},
		{"a misspelt helper", rego(meta + `deny contains "x" if data.lib.sitez.country == "AA"`), "host: open: policies do not compile:\nown/p.rego:5: no module defines data.lib.sitez.country, and the only data is data.topology"},
		{"the reserved id", rego(strings.Replace(meta, "OWN-01", "request", 1) + `deny contains "x"`), `host: open: own/p.rego:1: `},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := host.Open(context.Background(), c.opt)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

// TestDutiesAreNotLostToTheUnknown keeps an obligation in sight that an unknown fact may bring about.
func TestDutiesAreNotLostToTheUnknown(t *testing.T) {
	own := fstest.MapFS{"p.rego": {Data: []byte(`# METADATA
# title: T
# custom: {id: OWN-01, class: sovereignty, hook: site, severity: low, reviewed: 2026-11-23}
package own.p

obligation contains "notify the regulator" if input.site.country == "BB"
`)}}
	h := openWorld(t, host.WithPolicies("own", own))
	d := decide(t, h, "unknown: assume\nsites: {include: [fog]}\ncomponents: [{name: a}]\n")
	if d.Verdict != placement.Permit || len(d.Placements[0].Obligations) != 1 {
		t.Fatalf("%s, obligations %v", d.Verdict, d.Placements)
	}
	if got, want := d.Placements[0].Obligations[0].Text, "notify the regulator (not sure: site.country unknown)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestGuardsDoNotFailRequests judges a site where a fact is unknown by a rule that would fail if it were
// asked out of order.
func TestGuardsDoNotFailRequests(t *testing.T) {
	own := fstest.MapFS{"p.rego": {Data: []byte(`# METADATA
# title: T
# custom: {id: OWN-01, class: sovereignty, hook: site, severity: low, reviewed: 2026-11-23}
package own.p

deny contains "x" if {
	input.site.country == "ZZ"
	to_number(input.component.name) > 1
}
`)}}
	h := openWorld(t, host.WithPolicies("own", own))
	if d := decide(t, h, "components: [{name: a}]\n"); siteOf(t, d, "fog").Verdict != placement.Indeterminate {
		t.Errorf("fog is %s", siteOf(t, d, "fog").Verdict)
	}
}

// TestOverlayOffers lets a site be sure of the services it lists, whatever else there is in the world.
func TestOverlayOffers(t *testing.T) {
	overlay := `apiVersion: bailiwick/v1
kind: Topology
providers: [{id: us, control: [DE]}]
partitions: [{id: own, provider: us}]
sites:
  - {id: dc-1, kind: region, partition: own, country: DE, lat: 50, lon: 8, status: available, optIn: false, zoneCount: 2}
offerings:
  - {service: ec2, sites: [dc-1]}
`
	h, err := host.Open(context.Background(), host.WithTopology("own", fstest.MapFS{"t.yaml": {Data: []byte(overlay)}}))
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	for services, want := range map[string]placement.Verdict{"ec2": placement.Permit, "ec2, s3": placement.Indeterminate} {
		d := decide(t, h, "partitions: [own]\ncomponents: [{name: a, services: ["+services+"]}]\n")
		if d.Verdict != want {
			t.Errorf("%s: %s, want %s", services, d.Verdict, want)
		}
	}
}
