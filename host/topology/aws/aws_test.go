package aws_test

import (
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/topology/aws"
)

func TestCounts(t *testing.T) {
	c := load(t)
	regions := where(c.Sites, kind("region"))
	countries := where(c.Jurisdictions, func(e entry) bool { return e.Kind != "bloc" })
	eu := where(c.Jurisdictions, func(e entry) bool { return e.ID == "EU" })
	local, wavelength := where(c.Sites, kind("local-zone")), where(c.Sites, kind("wavelength-zone"))
	present := func(column string) func(table) int {
		return func(tab table) int {
			return len(slices.DeleteFunc(tab.column(t, column), func(v string) bool { return v == "" }))
		}
	}
	for _, tc := range []struct {
		what      string
		got, want int
	}{
		{"sources", len(c.Sources), 90},
		{"providers", len(c.Providers), 3},
		{"partitions", len(c.Partitions), 8},
		{"regions", len(regions), 46 + 3},
		{"regions available", len(where(regions, status("available"))), 39},
		{"regions restricted", len(where(regions, status("restricted"))), 7},
		{"regions known from address ranges only", len(where(regions, status("address-space-only"))), 3},
		{"regions with coordinates", len(where(regions, func(e entry) bool { return e.Lat != nil && e.Lon != nil })), 37},
		{"regions with a country", len(where(regions, func(e entry) bool { return e.Country != "" })), 45},
		{"regions with a zone count", len(where(regions, func(e entry) bool { return e.ZoneCount != nil })), 38},
		{"regions with opt-in known", len(where(regions, func(e entry) bool { return e.OptIn != nil })), 34},
		{"availability zones", len(where(c.Sites, kind("availability-zone"))), 109},
		{"local zones", len(local), 51},
		{"local zones available", len(where(local, status("available"))), 39},
		{"local zones known from address ranges only", len(where(local, status("address-space-only"))), 9},
		{"local zones of a government", len(where(local, status("restricted"))), 3},
		{"wavelength zones", len(wavelength), 33},
		{"wavelength zones available", len(where(wavelength, status("available"))), 25},
		{"wavelength zones doubtful", len(where(wavelength, status("doubtful"))), 8},
		{"wavelength zones with a carrier", len(where(wavelength, func(e entry) bool { return e.Carrier != "" })), 32},
		{"edge locations", len(where(c.Sites, kind("edge-location"))), 107},
		{"edge locations with a count", present("pops")(c.tables["sites-edge.csv"]), 103},
		{"regional edge caches", len(where(c.Sites, kind("regional-edge-cache"))), 12},
		{"direct connect locations", len(where(c.Sites, kind("direct-connect"))), 151},
		{"countries", len(countries), 249},
		{"blocs", len(c.Jurisdictions) - len(countries), 6},
		{"EU members", len(where(countries, member("EU"))), 27},
		{"EEA members", len(where(countries, member("EEA"))), 30},
		{"EU adequacy findings", len(eu[0].Adequate), 16},
		{"EU adequacy findings with a scope", len(slices.DeleteFunc(slices.Clone(eu[0].Adequate), func(a adequacy) bool { return a.Scope == "" })), 2},
		{"services", len(c.Services), 408 + 9},
		{"services that are variants", len(where(c.Services, func(e entry) bool { return e.Variant != "" })), 9},
		{"services with a name", len(where(c.Services, func(e entry) bool { return e.Name != "" })), 358 + 9},
		{"services with a scope", len(where(c.Services, func(e entry) bool { return e.Scope != "" })), 58},
		{"services surveyed", len(c.Offerings[0].Services), 408},
		{"regions surveyed", len(c.Offerings[0].Among), 39},
		{"offerings surveyed", len(c.tables["offerings-ssm.csv"].rows), 9383},
		{"offerings at edge locations", len(c.tables["offerings-edge.csv"].rows), 107},
		{"offerings in the iso partitions", len(c.tables["offerings-iso.csv"].rows), 618},
		{"links", len(c.tables["links.csv"].rows), 32 * 32},
		{"populations", len(c.tables["populations.csv"].rows), 149},
		{"metros", len(c.tables["populations-metros.csv"].rows), 1422},
		{"programmes", len(c.Programmes), 7},
		{"programmes that are complete", len(where(c.Programmes, func(e entry) bool { return e.Complete })), 3},
		{"prices", len(c.tables["prices.csv"].rows), 26},
		{"egress prices", len(c.tables["egress.csv"].rows), 674},
		{"carbon rows", len(c.tables["carbon.csv"].rows), 39},
		{"carbon rows of zones", len(c.Carbon), 66},
		{"regimes", len(c.Regimes), 10},
		{"PUE figures", present("pue")(c.tables["carbon.csv"]), 22},
		{"market-based zeroes", present("marketGramsPerKWh")(c.tables["carbon.csv"]), 21},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: got %d, want %d", tc.what, tc.got, tc.want)
		}
	}
}

// TestZonesMatchCounts checks that a region with zones lists as many as its zoneCount says.
func TestZonesMatchCounts(t *testing.T) {
	c := load(t)
	zones := map[string]int{}
	for _, z := range where(c.Sites, kind("availability-zone")) {
		zones[z.Parent]++
	}
	if len(zones) != 34 {
		t.Errorf("%d regions list zones, want 34", len(zones))
	}
	for _, r := range where(c.Sites, kind("region")) {
		if n, ok := zones[r.ID]; ok && (r.ZoneCount == nil || *r.ZoneCount != n) {
			t.Errorf("%s: lists %d zones, zoneCount disagrees", r.ID, n)
		}
	}
}

// TestLinksAreComplete checks that the measured round trips form a full matrix, each pair once.
func TestLinksAreComplete(t *testing.T) {
	c := load(t)
	links := c.tables["links.csv"]
	from, to := links.column(t, "from"), links.column(t, "to")
	pairs, ends := map[string]bool{}, map[string]bool{}
	for i := range from {
		pairs[from[i]+" "+to[i]], ends[from[i]] = true, true
	}
	if len(ends) != 32 || len(pairs) != len(from) {
		t.Errorf("%d ends and %d pairs among %d links, want 32 and 1024", len(ends), len(pairs), len(from))
	}
	for i, ms := range links.column(t, "rttMs") {
		if v, err := strconv.ParseFloat(ms, 64); err != nil || v <= 0 || v > 1000 {
			t.Errorf("%s → %s: %q is no round trip in milliseconds", from[i], to[i], ms)
		}
	}
}

// TestCarbonCoversTheSurvey checks that every surveyed region has a grid figure.
func TestCarbonCoversTheSurvey(t *testing.T) {
	c := load(t)
	carbon := c.tables["carbon.csv"]
	if got := carbon.column(t, "site"); !slices.Equal(got, c.Offerings[0].Among) {
		t.Errorf("carbon covers %q", got)
	}
	for i, g := range carbon.column(t, "gridGramsPerKWh") {
		if v, err := strconv.ParseFloat(g, 64); err != nil || v <= 0 || v > 1500 {
			t.Errorf("row %d: grid intensity %q", i, g)
		}
	}
}

// TestSorted keeps every list in the order of its ids, so that a change is a small diff.
func TestSorted(t *testing.T) {
	c := load(t)
	for name, entries := range map[string][]entry{
		"sources": c.Sources, "providers": c.Providers, "partitions": c.Partitions, "services": c.Services,
		"regions":    where(c.Sites, kind("region")),
		"zones":      where(c.Sites, kind("availability-zone")),
		"local":      where(c.Sites, kind("local-zone")),
		"wavelength": where(c.Sites, kind("wavelength-zone")),
		"programmes": c.Programmes,
		"blocs":      where(c.Jurisdictions, kind("bloc")),
		"countries":  where(c.Jurisdictions, func(e entry) bool { return e.Kind != "bloc" }),
	} {
		for i := 1; i < len(entries); i++ {
			if entries[i-1].ID >= entries[i].ID {
				t.Errorf("%s: %q comes before %q", name, entries[i-1].ID, entries[i].ID)
			}
		}
	}
	for name, tab := range c.tables {
		if !slices.IsSortedFunc(tab.rows, slices.Compare) {
			t.Errorf("%s: rows are not sorted", name)
		}
	}
}

func ExampleFS() {
	names, err := fs.Glob(aws.FS(), "*.csv")
	if err != nil {
		fmt.Println(err)
	}
	for _, name := range names {
		fmt.Println(name)
	}
	// Output:
	// carbon.csv
	// egress.csv
	// links.csv
	// offerings-edge.csv
	// offerings-iso.csv
	// offerings-ssm.csv
	// populations-metros.csv
	// populations.csv
	// prices.csv
	// sites-direct-connect.csv
	// sites-edge-caches.csv
	// sites-edge.csv
}
