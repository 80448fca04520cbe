package rego

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/policies"
)

// TestAsks finds the policies that read a place of the request: the place itself, one below it, or the document it is in.
func TestAsks(t *testing.T) {
	own := fstest.MapFS{"whole.rego": {Data: []byte(`# METADATA
# title: It reads all of the component
# custom: {id: OWN-1, class: selection, hook: site, reviewed: 2026-11-23}
package own.whole

deny contains name if some name, true in input.component
`)}, "computed.rego": {Data: []byte(`# METADATA
# title: It reads a field that it works out
# custom: {id: OWN-2, class: selection, hook: site, reviewed: 2026-11-23}
package own.computed

deny contains "no" if {
	some name in input.settings.names
	input.request[name]
}
`)}, "site.rego": {Data: []byte(`# METADATA
# title: It reads the site only
# custom: {id: OWN-3, class: selection, hook: site, reviewed: 2026-11-23, settings: {names: []}}
package own.site

deny contains "no" if input.site.country == input.settings.names[0]
`)}}
	set, err := policy.Load(policy.Source{Name: "standard", FS: policies.FS()}, policy.Source{Name: "own", FS: own})
	if err != nil {
		t.Fatal(err)
	}
	p, err := Compile(set)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ place, want string }{
		{"component.survive", "OWN-1"},
		{"component.latency.maxMs", "OWN-1 SEL-02 SEL-03 SEL-04"},
		{"component.latency.accelerated", "OWN-1"},
		{"component.copies.max", "OWN-1 RED-01 SOV-12 SOV-24"},
		{"component.copies", "OWN-1 RED-01 SOV-12 SOV-24"},
		{"request.partitions", "OWN-2 SOV-24"},
		{"request.carbon.maxGramsPerKWh", "OWN-2 SEL-06 SEL-07"},
		{"request.waivers", "OWN-2"},
	} {
		if got := strings.Join(p.Asks(strings.Split(c.place, ".")...), " "); got != c.want {
			t.Errorf("%s: %s, want %s", c.place, got, c.want)
		}
	}
}
