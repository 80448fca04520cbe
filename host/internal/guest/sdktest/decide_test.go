package sdktest_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/internal/guest/guesttest"
	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// packed is a shipped plugin with its manifest in it.
func packed(t testing.TB, name string, module []byte) host.Option {
	t.Helper()
	m, err := policy.DecodeManifest(name, file(t, root+"plugins/"+name+"/plugin.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	text, err := m.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	return host.WithPlugin(name+".wasm", guesttest.Pack(module, string(text)))
}

// decided decides a request by a plugin alone.
func decided(t testing.TB, req string, opts ...host.Option) *placement.Decision {
	t.Helper()
	h, err := host.Open(context.Background(), append(opts, host.WithoutStandardPolicies())...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.Close() })
	r, err := placement.Decode("r.yaml", []byte(req))
	if err != nil {
		t.Fatal(err)
	}
	d, err := h.Decide(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// said is what is said of sites: their verdicts, and the messages.
func said(d *placement.Decision) string {
	var b strings.Builder
	for _, s := range d.Sites {
		fmt.Fprintf(&b, "%s %s", s.Site, s.Verdict)
		for _, r := range s.Reasons {
			fmt.Fprintf(&b, " [%s %s]", r.Policy, r.Message)
		}
		fmt.Fprintln(&b)
	}
	return b.String()
}

const head = "apiVersion: bailiwick/v1\nkind: PlacementRequest\nmetadata: {name: r}\n"

// TestDecideByLatencyPercentile has a ceiling that London is within and Frankfurt is not, for nine tenths of the users.
func TestDecideByLatencyPercentile(t *testing.T) {
	req := head + `spec: {partitions: [aws], sites: {include: [eu-central-1, eu-west-2, ap-southeast-2]},
  users: [{population: GB, weight: 9}, {population: DE, weight: 1}], components: [{name: api, copies: {min: 1, max: 1}}]}
`
	plugin := packed(t, "latency-percentile", goGuest(t, "plugins/latency-percentile", "."))
	d := decided(t, req, plugin, host.WithSettings(map[string]map[string]any{"LAT-P": {"percentile": 90.0, "maxMs": 22.0, "goodMs": 10.0, "badMs": 40.0}}))
	if d.Verdict != placement.Permit || d.Placements[0].Copies[0].Site != "eu-west-2" {
		t.Errorf("%s\n%s", d.Verdict, said(d))
	}
	for _, site := range []string{"eu-central-1", "ap-southeast-2"} {
		if !strings.Contains(said(d), site+" deny [LAT-P "+site+": 90 % of api's users are reached within ") {
			t.Errorf("%s", said(d))
		}
	}
}

// TestDecideByConduitDiversity lays a conduit over the catalogue that the two best regions hang on.
func TestDecideByConduitDiversity(t *testing.T) {
	const more = `apiVersion: bailiwick/v1
kind: Topology
metadata: {name: more, asOf: 2026-11-23}
riskGroups:
  - {id: rhine-duct, kind: conduit, links: [[eu-central-1, eu-west-1]]}
`
	req := head + `spec: {partitions: [aws], sites: {include: [eu-central-1, eu-west-1, eu-north-1]},
  users: [{population: DE}, {population: IE}], components: [{name: db, copies: {min: 2, max: 2}}]}
`
	topology := host.WithTopology("more", fstest.MapFS{"more.yaml": {Data: []byte(more)}})
	sites := func(d *placement.Decision) string {
		var list []string
		for _, c := range d.Placements[0].Copies {
			list = append(list, c.Site)
		}
		slices.Sort(list)
		return strings.Join(list, " ")
	}
	if d := decided(t, req, topology); sites(d) != "eu-central-1 eu-west-1" {
		t.Fatalf("without the plugin: %s", sites(d))
	}
	d := decided(t, req, topology, packed(t, "conduit-diversity", file(t, root+"plugins/conduit-diversity/conduit-diversity.wasm")))
	if d.Verdict != placement.Permit || sites(d) == "eu-central-1 eu-west-1" {
		t.Errorf("%s %s", d.Verdict, sites(d))
	}
}
