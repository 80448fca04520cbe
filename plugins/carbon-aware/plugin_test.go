package carbonaware_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/plugins/plugintest"
	"github.com/bailiwick-dev/bailiwick/sdk/go/guesttest"
	"github.com/bailiwick-dev/bailiwick/sdk/guestrun"
)

// grids is one region for each case.
const grids = `apiVersion: bailiwick/v1
kind: Topology
metadata: {name: grids, asOf: 2026-06-01}
sources: [{id: atlas, title: An atlas, asOf: 2026-01-01}]
providers: [{id: q, control: [AA]}]
partitions: [{id: p, provider: q}]
jurisdictions: [{id: AA, name: Aland}]
sites:
  - {id: clean, kind: region, partition: p, source: atlas}
  - {id: coal, kind: region, partition: p, source: atlas}
  - {id: dark, kind: region, partition: p, source: atlas}
  - {id: hydro, kind: region, partition: p, source: atlas}
  - {id: leaky, kind: region, partition: p, source: atlas}
  - {id: vague, kind: region, partition: p, source: atlas}
  - {id: zero, kind: region, partition: p, source: atlas}
services: [{id: s, scope: regional}]
offerings: [{services: [s], sites: [clean, coal, dark, hydro, leaky, vague, zero], complete: true}]
carbon:
  - {site: clean, gridGramsPerKWh: 200, marketGramsPerKWh: 80, pue: 1.25, year: 2025}
  - {site: coal, gridGramsPerKWh: 700, marketGramsPerKWh: 350, year: 2021}
  - {site: hydro, gridGramsPerKWh: 25}
  - {site: leaky, gridGramsPerKWh: 200, marketGramsPerKWh: 0, pue: 2, year: 2024}
  - {site: vague, gridGramsPerKWh: 290, pue: 1, year: 2022}
  - {site: zero, gridGramsPerKWh: 0, year: 2021}
`

// request is a request, with what it says of carbon.
func request(carbon string) string {
	return `apiVersion: bailiwick/v1
kind: PlacementRequest
metadata: {name: r}
spec:
  at: 2026-06-01T00:00:00Z
` + carbon + `  components: [{name: c, services: [s]}]
`
}

func decide(t *testing.T, carbon string, settings map[string]any) (*placement.Decision, error) {
	t.Helper()
	return plugintest.Decide(t, plugintest.Packed(t, "carbon-aware.wasm"), "CARBON-AWARE", grids, request(carbon), settings)
}

// told is what a decision says of each site, one line each. The facts that the host adds to what is not sure are cut off.
func told(d *placement.Decision) string {
	var b strings.Builder
	say := func(kind, message string) {
		message, _, unsure := strings.Cut(message, " (not sure: ")
		if unsure {
			kind = "possible " + kind
		}
		fmt.Fprintf(&b, "; %s: %s", kind, message)
	}
	for _, s := range d.Sites {
		fmt.Fprintf(&b, "%s %s %.1f", s.Site, s.Verdict, s.Score)
		for _, r := range s.Reasons {
			say("denial", r.Message)
		}
		for _, w := range s.Warnings {
			say("warning", w.Message)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestSites(t *testing.T) {
	for _, c := range []struct {
		name, carbon string
		settings     map[string]any
		want         string
	}{
		{
			"no ceiling: scores and warnings", "", nil, `
clean permit 75.0
coal permit 0.0; warning: the carbon figures of coal are of 2021
dark permit 0.0
hydro permit 0.0; possible warning: the year of the carbon figures of hydro is unknown
leaky permit 60.0
vague permit 71.0
zero permit 0.0; warning: the carbon figures of zero are of 2021
`,
		},
		{
			"the request's ceiling", "  carbon: {maxGramsPerKWh: 300}\n", map[string]any{"maxAgeYears": 0}, `
clean permit 75.0
coal deny 0.0; denial: coal emits 700 g CO2e/kWh by location, which is above the ceiling of 300 whatever its PUE
dark indeterminate 0.0; possible denial: what electricity at dark emits by location is unknown; the ceiling is 300
hydro permit 0.0
leaky deny 60.0; denial: leaky emits 400 g CO2e for a kilowatt-hour of computing (200 by location, times a PUE of 2.00); the ceiling is 300
vague permit 71.0
zero permit 0.0
`,
		},
		{
			"the settings' ceiling is lower, and figures are by market", "  carbon: {maxGramsPerKWh: 300, basis: market}\n",
			map[string]any{"ceilingGramsPerKWh": 99.5, "maxAgeYears": 0, "zeroScoreGramsPerKWh": 200},
			`
clean deny 50.0; denial: clean emits 100 g CO2e for a kilowatt-hour of computing (80 by market, times a PUE of 1.25); the ceiling is 99.5
coal deny 0.0; denial: coal emits 350 g CO2e/kWh by market, which is above the ceiling of 99.5 whatever its PUE
dark indeterminate 0.0; possible denial: what electricity at dark emits by market is unknown; the ceiling is 99.5
hydro indeterminate 0.0; possible denial: what electricity at hydro emits by market is unknown; the ceiling is 99.5
leaky permit 100.0
vague indeterminate 0.0; possible denial: what electricity at vague emits by market is unknown; the ceiling is 99.5
zero indeterminate 0.0; possible denial: what electricity at zero emits by market is unknown; the ceiling is 99.5
`,
		},
		{
			"a request without carbon has the settings' basis and ceiling", "", map[string]any{"basis": "market", "ceilingGramsPerKWh": 100, "maxAgeYears": 2}, `
clean permit 90.0
coal deny 0.0; denial: coal emits 350 g CO2e/kWh by market, which is above the ceiling of 100 whatever its PUE; warning: the carbon figures of coal are of 2021
dark indeterminate 0.0; possible denial: what electricity at dark emits by market is unknown; the ceiling is 100
hydro indeterminate 0.0; possible denial: what electricity at hydro emits by market is unknown; the ceiling is 100
leaky permit 100.0
vague indeterminate 0.0; possible denial: what electricity at vague emits by market is unknown; the ceiling is 100
zero indeterminate 0.0; possible denial: what electricity at zero emits by market is unknown; the ceiling is 100
`,
		},
		{
			"a PUE that could decide", "  carbon: {maxGramsPerKWh: 249}\n", map[string]any{"maxAgeYears": 0}, `
clean deny 75.0; denial: clean emits 250 g CO2e for a kilowatt-hour of computing (200 by location, times a PUE of 1.25); the ceiling is 249
coal deny 0.0; denial: coal emits 700 g CO2e/kWh by location, which is above the ceiling of 249 whatever its PUE
dark indeterminate 0.0; possible denial: what electricity at dark emits by location is unknown; the ceiling is 249
hydro indeterminate 0.0; possible denial: the PUE of hydro is unknown: 25 g CO2e/kWh by location may come to more than the ceiling of 249
leaky deny 60.0; denial: leaky emits 400 g CO2e for a kilowatt-hour of computing (200 by location, times a PUE of 2.00); the ceiling is 249
vague deny 71.0; denial: vague emits 290 g CO2e for a kilowatt-hour of computing (290 by location, times a PUE of 1.00); the ceiling is 249
zero permit 0.0
`,
		},
		{
			"a PUE that could not decide", "  carbon: {maxGramsPerKWh: 249}\n", map[string]any{"maxAgeYears": 0, "mostPUE": 3}, `
clean deny 75.0; denial: clean emits 250 g CO2e for a kilowatt-hour of computing (200 by location, times a PUE of 1.25); the ceiling is 249
coal deny 0.0; denial: coal emits 700 g CO2e/kWh by location, which is above the ceiling of 249 whatever its PUE
dark indeterminate 0.0; possible denial: what electricity at dark emits by location is unknown; the ceiling is 249
hydro permit 0.0
leaky deny 60.0; denial: leaky emits 400 g CO2e for a kilowatt-hour of computing (200 by location, times a PUE of 2.00); the ceiling is 249
vague deny 71.0; denial: vague emits 290 g CO2e for a kilowatt-hour of computing (290 by location, times a PUE of 1.00); the ceiling is 249
zero permit 0.0
`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := decide(t, c.carbon, c.settings)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimPrefix(c.want, "\n"), told(d)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestBadSettings(t *testing.T) {
	for _, c := range []struct {
		setting string
		value   any
		want    string
	}{
		{"basis", "guess", "failure 2: setting basis: guess is neither location nor market"},
		{"ceilingGramsPerKWh", -0.5, "failure 2: setting ceilingGramsPerKWh: must not be less than 0"},
		{"zeroScoreGramsPerKWh", -1, "failure 2: setting zeroScoreGramsPerKWh: must not be less than 0"},
		{"mostPUE", 0.5, "failure 2: setting mostPUE: must not be less than 1"},
		{"maxAgeYears", -1, "failure 2: setting maxAgeYears: must not be less than 0"},
	} {
		t.Run(c.setting, func(t *testing.T) {
			_, err := decide(t, "", map[string]any{c.setting: c.value})
			if want := "host: open: plugin.wasm: plugin CARBON-AWARE: bailiwick_configure: the guest reports " + c.want; err == nil || err.Error() != want {
				t.Errorf("error %v\nwant %s", err, want)
			}
		})
	}
}

// TestWrongInputs configures the plugin with what a host would not give it.
func TestWrongInputs(t *testing.T) {
	module, err := os.ReadFile("carbon-aware.wasm")
	if err != nil {
		t.Fatal(err)
	}
	guest := guestrun.Compile(t, module)
	// snapshot has sites of no row, with these columns of numbers and the year.
	snapshot := func(year func(*guesttest.Table), numbers ...string) []byte {
		m := guesttest.NewImage("topology")
		sites := m.Table("sites", 0)
		for _, name := range numbers {
			sites.Float64s(name, nil)
		}
		year(sites)
		return m.Bytes()
	}
	year := func(t *guesttest.Table) { t.Int32s("carbon.year", nil) }
	const grid, market, pue = "carbon.gridGramsPerKWh", "carbon.marketGramsPerKWh", "carbon.pue"
	for _, c := range []struct {
		snapshot []byte
		settings map[string]any
		want     string
	}{
		{snapshot(year, grid, market, pue), map[string]any{"basis": 7}, "setting basis: must be a text"},
		{snapshot(year, grid, market, pue), map[string]any{"ceilingGramsPerKWh": "low"}, "setting ceilingGramsPerKWh: must be a number"},
		{snapshot(year, grid, market), nil, "table sites of the topology has no column carbon.pue of type float64"},
		{snapshot(func(t *guesttest.Table) { t.Float64s("carbon.year", nil) }, grid, market, pue), nil, "table sites of the topology has no column carbon.year of type int32"},
		{nil, nil, "the topology has no table sites"},
	} {
		t.Run(c.want, func(t *testing.T) {
			_, err := guesttest.Ask(guest.New(), guesttest.Question{Snapshot: c.snapshot, Settings: guesttest.Settings(c.settings)})
			if want := "bailiwick_configure failed with status 1: " + c.want; err == nil || err.Error() != want {
				t.Errorf("error %v\nwant %s", err, want)
			}
		})
	}
}
