package priceegress_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bailiwick-dev/bailiwick/host/policy"
	"github.com/bailiwick-dev/bailiwick/plugins/plugintest"
	guest "github.com/bailiwick-dev/bailiwick/sdk/go"
	"github.com/bailiwick-dev/bailiwick/sdk/go/guesttest"
	"github.com/bailiwick-dev/bailiwick/sdk/guestrun"
)

// Rows of the test's sites: two regions with a zone each, and a region without a price level.
const (
	a = uint32(iota)
	aZone
	b
	bZone
	c
)

var sites = []string{"a", "a-1", "b", "b-1", "c"}

// Rows of the test's components and dependencies.
const (
	api = uint32(iota)
	db
	free
)

const (
	apiToDB = uint32(iota)
	apiToFree
)

func snapshot() []byte {
	const known, unknown = guest.Value, guest.Unknown
	m := guesttest.NewImage("topology")
	t := m.Table("sites", len(sites))
	t.Strings("id", sites)
	t.Refs("region", "sites", []uint32{a, a, b, b, c})
	t.Float64s("price.index", []float64{1, 1, 2, 2, 0}, known, known, known, known, unknown)
	e := m.Table("egress", 5)
	e.Refs("from", "sites", []uint32{bZone, b, a, a, c})
	e.Strings("to", []string{"a-1", "a", "internet", "b", "a"})
	e.Float64s("usdPerGB", []float64{0.5, 0.05, 9, 0.02, 0.25})
	return m.Bytes()
}

// copied is a copy of a component at a site, called one that calls another.
type (
	copied struct{ component, site uint32 }
	called struct{ dependency, from, to uint32 }
	placed struct {
		copies  []copied
		traffic []called
	}
)

// request lays out placements.
func request(placements []placed) []byte {
	var copies, traffic [4][]uint32 // by column
	add := func(table *[4][]uint32, cells ...uint32) {
		for i, v := range cells {
			table[i] = append(table[i], v)
		}
	}
	for i, p := range placements {
		for _, x := range p.copies {
			add(&copies, uint32(i), x.component, x.site)
		}
		for _, x := range p.traffic {
			add(&traffic, uint32(i), x.dependency, x.from, x.to)
		}
	}
	m := guesttest.NewImage("request")
	m.Table("sites", len(sites))
	m.Table("placements", len(placements))
	m.Table("components", 3).Float64s("units", []float64{1, 2.5, 0})
	m.Table("dependencies", 2).Float64s("trafficGB", []float64{1000, 0})
	t := m.Table("copies", len(copies[0]))
	t.Refs("placement", "placements", copies[0])
	t.Refs("component", "components", copies[1])
	t.Refs("site", "sites", copies[2])
	t = m.Table("traffic", len(traffic[0]))
	t.Refs("placement", "placements", traffic[0])
	t.Refs("dependency", "dependencies", traffic[1])
	t.Refs("from", "sites", traffic[2])
	t.Refs("to", "sites", traffic[3])
	return m.Bytes()
}

// read reads what is committed: the module and the texts of its manifest.
func read(t *testing.T) (*guestrun.Module, *policy.Manifest) {
	t.Helper()
	module, err := os.ReadFile("price-egress.wasm")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("plugin.yaml")
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := policy.DecodeManifest("plugin.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	return guestrun.Compile(t, module), manifest
}

// told is what an answer says of each placement, one line each.
func told(t *testing.T, m *policy.Manifest, answer guesttest.Answer, placements int) string {
	t.Helper()
	var out strings.Builder
	for row := range placements {
		verdict := "permit"
		if slices.Contains(answer.Denied, row) {
			verdict = "deny"
		} else if slices.Contains(answer.Unknown, row) {
			verdict = "indeterminate"
		}
		out.WriteString(verdict)
		if score, ok := answer.Scores[row]; ok {
			fmt.Fprintf(&out, " %.2f", score)
		}
		for _, r := range answer.Reasons {
			if r.Row != row {
				continue
			}
			if (r.Kind == 129) != (verdict == "indeterminate") {
				t.Errorf("a reason of kind %d for a placement that is %s", r.Kind, verdict)
			}
			text, err := policy.ParseTemplate(m.Spec.Reasons[strconv.Itoa(r.Code)])
			if err != nil {
				t.Fatal(err)
			}
			out.WriteString("; " + text.Execute(4096, len(r.Args), func(n, digits int) string {
				switch v := r.Args[n].(type) {
				case guesttest.Site:
					return sites[v]
				case float64:
					return strconv.FormatFloat(v, 'f', digits, 64)
				}
				return fmt.Sprint(r.Args[n])
			}))
		}
		out.WriteByte('\n')
	}
	return out.String()
}

func TestPlacements(t *testing.T) {
	module, manifest := read(t)
	placements := []placed{
		{}, // nothing is left
		{copies: []copied{{api, a}, {db, b}, {free, c}}, traffic: []called{{apiToDB, a, b}, {apiToFree, a, c}}},
		{copies: []copied{{api, aZone}, {db, bZone}}, traffic: []called{{apiToDB, aZone, bZone}}},
		{copies: []copied{{api, bZone}, {db, aZone}}, traffic: []called{{apiToDB, bZone, aZone}}},
		{copies: []copied{{api, a}, {api, b}, {db, b}}, traffic: []called{{apiToDB, a, b}, {apiToDB, b, b}}},
		{copies: []copied{{api, a}, {db, c}}, traffic: []called{{apiToDB, a, c}}},
		{copies: []copied{{api, c}, {db, a}}, traffic: []called{{apiToDB, c, a}}},
		{copies: []copied{{api, a}, {db, aZone}}, traffic: []called{{apiToDB, a, aZone}}},
		{copies: []copied{{api, b}, {db, a}, {free, a}}, traffic: []called{{apiToDB, b, c}}},
		{copies: []copied{{api, b}, {db, b}}, traffic: []called{{apiToDB, b, b}}},
		{copies: []copied{{api, c}, {db, b}, {api, b}}},
	}
	for _, test := range []struct {
		name     string
		settings map[string]any
		want     string
	}{
		{"prices of the topology", map[string]any{"usdPerIndexUnit": 100, "budgetUSD": 800}, `
permit 100.00
permit 22.50
permit 22.50
deny 0.00; it costs 950.00 US dollars a month (450.00 for copies, 500.00 for traffic), more than the budget of 800.00
deny 0.00; it costs 810.00 US dollars a month (800.00 for copies, 10.00 for traffic), more than the budget of 800.00
indeterminate; the price level of c is unknown; all else costs 100.00 US dollars a month, and the budget is 800.00
indeterminate; the price level of c is unknown; all else costs 500.00 US dollars a month, and the budget is 800.00
indeterminate; the price of traffic from a to a-1 is unknown; all else costs 350.00 US dollars a month, and the budget is 800.00
indeterminate; the price of traffic from b to c is unknown; all else costs 450.00 US dollars a month, and the budget is 800.00
permit 12.50
indeterminate; the price level of c is unknown; all else costs 700.00 US dollars a month, and the budget is 800.00
`},
		{"prices of the settings, and a small budget", map[string]any{"usdPerIndexUnit": 100, "budgetUSD": 499.99, "withinRegionUSDPerGB": 0.01, "elsewhereUSDPerGB": 0}, `
permit 100.00
deny 0.00; it costs 620.00 US dollars a month (600.00 for copies, 20.00 for traffic), more than the budget of 499.99
deny 0.00; it costs 620.00 US dollars a month (600.00 for copies, 20.00 for traffic), more than the budget of 499.99
deny 0.00; it costs 950.00 US dollars a month (450.00 for copies, 500.00 for traffic), more than the budget of 499.99
deny 0.00; it costs 810.00 US dollars a month (800.00 for copies, 10.00 for traffic), more than the budget of 499.99
indeterminate; the price level of c is unknown; all else costs 100.00 US dollars a month, and the budget is 499.99
deny; it costs at least 500.00 US dollars a month (250.00 for copies, 250.00 for traffic), more than the budget of 499.99
permit 28.00
permit 10.00
deny 0.00; it costs 700.00 US dollars a month (700.00 for copies, 0.00 for traffic), more than the budget of 499.99
deny; it costs at least 700.00 US dollars a month (700.00 for copies, 0.00 for traffic), more than the budget of 499.99
`},
	} {
		t.Run(test.name, func(t *testing.T) {
			answer, err := guesttest.Ask(module.New(), guesttest.Question{
				Hook: "placement", Snapshot: snapshot(), Settings: guesttest.Settings(test.settings), Request: request(placements), Component: -1,
				Rows: len(placements), Reasons: 100, Args: 100,
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimPrefix(test.want, "\n"), told(t, manifest, answer, len(placements))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestSelected judges no row that was not asked about.
func TestSelected(t *testing.T) {
	module, _ := read(t)
	dear := placed{copies: []copied{{db, b}}}
	answer, err := guesttest.Ask(module.New(), guesttest.Question{
		Hook: "placement", Snapshot: snapshot(), Settings: guesttest.Settings(map[string]any{"usdPerIndexUnit": 1, "budgetUSD": 1}),
		Request: request([]placed{dear, dear, dear}), Component: -1, Rows: 3, Selected: []int{1}, Reasons: 9, Args: 9,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := guesttest.Answer{Denied: []int{1}, Scores: map[int]float64{1: 0}, Reasons: []guesttest.Reason{{Row: 1, Code: 1, Kind: 1, Args: []any{5.0, 5.0, 0.0, 1.0}}}}
	if diff := cmp.Diff(want, answer); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBadInputs(t *testing.T) {
	module, _ := read(t)
	bare := guesttest.NewImage("topology")
	bare.Table("sites", 0)
	bare.Table("egress", 0)
	good := map[string]any{"usdPerIndexUnit": 1, "budgetUSD": 1}
	for _, test := range []struct {
		name     string
		snapshot []byte
		settings map[string]any
		want     string
	}{
		{"no budget", snapshot(), map[string]any{"usdPerIndexUnit": 1}, "2: setting budgetUSD: must be above 0 and at most 1000000000"},
		{"too large a budget", snapshot(), map[string]any{"usdPerIndexUnit": 1, "budgetUSD": 2e9}, "2: setting budgetUSD: must be above 0 and at most 1000000000"},
		{"no unit", snapshot(), map[string]any{"budgetUSD": 1}, "2: setting usdPerIndexUnit: must be above 0"},
		{"null", snapshot(), map[string]any{"usdPerIndexUnit": nil, "budgetUSD": 1}, "2: setting usdPerIndexUnit: must be above 0"},
		{"a text", snapshot(), map[string]any{"budgetUSD": "much"}, "1: setting budgetUSD: must be a number"},
		{"no tables", nil, good, "1: the topology has no table sites"},
		{"no columns", bare.Bytes(), good, "1: table sites of the topology has no column price.index of type float64"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := guesttest.Ask(module.New(), guesttest.Question{Snapshot: test.snapshot, Settings: guesttest.Settings(test.settings)})
			if want := "bailiwick_configure failed with status " + test.want; err == nil || err.Error() != want {
				t.Errorf("error %v\nwant %s", err, want)
			}
		})
	}
}

// prices is a cheap region, a dear one, and one of which no price is known.
const prices = `apiVersion: bailiwick/v1
kind: Topology
metadata: {name: prices, asOf: 2026-06-01}
sources: [{id: atlas, title: An atlas, asOf: 2026-01-01}]
providers: [{id: q, control: [AA]}]
partitions: [{id: p, provider: q}]
jurisdictions: [{id: AA, name: Aland}]
sites:
  - {id: cheap, kind: region, partition: p, source: atlas}
  - {id: dear, kind: region, partition: p, source: atlas}
  - {id: fog, kind: region, partition: p, source: atlas}
services: [{id: s, scope: regional}]
offerings: [{services: [s], sites: [cheap, dear, fog], complete: true}]
prices: [{site: cheap, index: 1}, {site: dear, index: 3}]
`

// TestDecisions has a host ask the plugin.
func TestDecisions(t *testing.T) {
	plugin := plugintest.Packed(t, "price-egress.wasm")
	for _, c := range []struct{ sites, verdict, message string }{
		{"cheap, dear, fog", "permit", ""},
		{"dear", "deny", "it costs 600.00 US dollars a month (600.00 for copies, 0.00 for traffic), more than the budget of 250.00"},
		{"fog", "indeterminate", "the price level of fog is unknown; all else costs 0.00 US dollars a month, and the budget is 250.00"},
	} {
		t.Run(c.sites, func(t *testing.T) {
			d, err := plugintest.Decide(t, plugin, "PRICE-EGRESS", prices, `apiVersion: bailiwick/v1
kind: PlacementRequest
metadata: {name: r}
spec:
  at: 2026-06-01T00:00:00Z
  sites: {include: [`+c.sites+`]}
  components: [{name: c, services: [s], units: 2}]
`, map[string]any{"usdPerIndexUnit": 100, "budgetUSD": 250})
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.MarshalIndent(d, "", " ")
			if err != nil {
				t.Fatal(err)
			}
			if string(d.Verdict) != c.verdict || !strings.Contains(string(text), c.message) || c.verdict == "permit" && d.Placements[0].Copies[0].Site != "cheap" {
				t.Errorf("want %s: %s; the decision is\n%s", c.verdict, c.message, text)
			}
		})
	}
}
