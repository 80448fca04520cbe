package aws_test

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestGroundIsTheZonesOwn checks zones whose parent is in another country, and that only zones whose
// place no source states are without ground.
func TestGroundIsTheZonesOwn(t *testing.T) {
	c := load(t)
	parent, country := map[string]string{}, map[string]string{}
	for _, s := range c.Sites {
		parent[s.ID], country[s.ID] = s.Parent, s.Country
	}
	for _, tc := range []struct{ zone, parent, country string }{
		{"ap-northeast-1-tpe-1", "ap-northeast-1", "TW"},
		{"ap-southeast-2-akl-1", "ap-southeast-2", "NZ"},
		{"eu-central-1-ist-1", "eu-central-1", "TR"},
		{"eu-north-1-cph-1", "eu-north-1", "DK"},
		{"eu-west-3-wl1-cmn1", "eu-west-3", "MA"},
		{"eu-west-3-wl1-dss1", "eu-west-3", "SN"},
		{"us-east-1-bue-1", "us-east-1", "AR"},
		{"us-east-1-qro-1", "us-east-1", "MX"},
	} {
		if parent[tc.zone] != tc.parent || country[tc.zone] != tc.country {
			t.Errorf("%s: parent %q, country %q; want %q, %q", tc.zone, parent[tc.zone], country[tc.zone], tc.parent, tc.country)
		}
	}
	var groundless []string
	for _, s := range c.Sites {
		switch s.Kind {
		case "local-zone", "wavelength-zone", "edge-location", "direct-connect":
			if s.Country == "" || s.Lat == nil || s.Lon == nil {
				groundless = append(groundless, s.ID)
			}
		}
	}
	slices.Sort(groundless)
	if want := []string{"BLA", "ap-southeast-1-sggov-sin-1a", "ap-southeast-1-sggov-sin-1b", "ap-southeast-1-sggov-sin-2", "us-east-1-foe-wlz-1"}; !slices.Equal(groundless, want) {
		t.Errorf("without ground: %q, want %q", groundless, want)
	}
}

// TestRemoteSaysTheDistance checks that a zone says remote when it is, and only then.
func TestRemoteSaysTheDistance(t *testing.T) {
	c := load(t)
	at := map[string]entry{}
	for _, s := range c.Sites {
		at[s.ID] = s
	}
	remote := 0
	for _, s := range c.Sites {
		up, ok := at[s.Parent]
		far := ok && s.Lat != nil && up.Lat != nil && distanceKm(*s.Lat, *s.Lon, *up.Lat, *up.Lon) > 1000
		if far != s.Remote {
			t.Errorf("%s: remote is %t, and more than 1000 km from %q is %t", s.ID, s.Remote, s.Parent, far)
		}
		if s.Remote {
			remote++
		}
	}
	if remote != 33+11 {
		t.Errorf("%d remote zones, want 33 local and 11 wavelength zones", remote)
	}
}

func distanceKm(lat1, lon1, lat2, lon2 float64) float64 {
	rad := func(d float64) float64 { return d * math.Pi / 180 }
	h := math.Pow(math.Sin(rad(lat2-lat1)/2), 2) + math.Cos(rad(lat1))*math.Cos(rad(lat2))*math.Pow(math.Sin(rad(lon2-lon1)/2), 2)
	return 2 * 6371.0088 * math.Asin(math.Sqrt(min(h, 1)))
}

// TestZonesTellTheirEvidence checks that a status that was inferred says from what.
func TestZonesTellTheirEvidence(t *testing.T) {
	for _, s := range load(t).Sites {
		if (s.Kind == "local-zone" || s.Kind == "wavelength-zone") && !strings.Contains(s.Note, "the address ranges") {
			t.Errorf("%s: note %q", s.ID, s.Note)
		}
	}
}

// TestEdgeOfChina keeps CloudFront's network in mainland China out of the aws partition.
func TestEdgeOfChina(t *testing.T) {
	for _, s := range where(load(t).Sites, kind("edge-location")) {
		if (s.Country == "CN") != (s.Partition == "aws-cn") {
			t.Errorf("%s: country %q, partition %q", s.ID, s.Country, s.Partition)
		}
	}
}

// TestIDsAreDistinct checks that no site is listed twice, and that no population bears a site's id,
// which would lend it the site's links.
func TestIDsAreDistinct(t *testing.T) {
	c := load(t)
	seen := map[string]bool{}
	for _, s := range c.Sites {
		id := strings.ToLower(s.ID)
		if seen[id] {
			t.Errorf("%s: listed twice", s.ID)
		}
		seen[id] = true
	}
	if len(seen) != len(c.Sites) {
		t.Errorf("%d ids of %d sites", len(seen), len(c.Sites))
	}
	for _, name := range []string{"populations.csv", "populations-metros.csv"} {
		for _, p := range c.tables[name].column(t, "id") {
			id := strings.ToLower(p)
			if seen[id] {
				t.Errorf("%s: population %q bears the id of a site or of another population", name, p)
			}
			seen[id] = true
		}
	}
}

// TestMetros checks ids and sizes. The people of a country's metros are the country's.
func TestMetros(t *testing.T) {
	c := load(t)
	people := map[string]int{}
	metros, countries := c.tables["populations-metros.csv"], c.tables["populations.csv"]
	ids, country := metros.column(t, "id"), metros.column(t, "country")
	for i, w := range metros.column(t, "weight") {
		n, err := strconv.Atoi(w)
		if err != nil || n < 300_000 {
			t.Errorf("%s: weight %q", ids[i], w)
		}
		in := country[i]
		if in == "" {
			in = "XK"
		}
		if !strings.Contains(ids[i], "-"+strings.ToLower(in)) {
			t.Errorf("%s: country %q", ids[i], in)
		}
		people[in] += n
	}
	want := map[string]int{}
	weights := countries.column(t, "weight")
	for i, id := range countries.column(t, "id") {
		want[id], _ = strconv.Atoi(weights[i])
	}
	if !maps.Equal(people, want) {
		t.Errorf("metros and countries differ: %v and %v", people, want)
	}
}

func TestProgrammes(t *testing.T) {
	commercial, government := []string{"us-east-1", "us-east-2", "us-west-1", "us-west-2"}, []string{"us-gov-east-1", "us-gov-west-1"}
	all := slices.Sorted(slices.Values(slices.Concat(commercial, government)))
	want := map[string][]string{
		"dod-srg-il2": all, "dod-srg-il4": government, "dod-srg-il5": government,
		"fedramp-high": government, "fedramp-moderate": commercial, "hds-v2": nil, "itar": government,
	}
	for _, p := range load(t).Programmes {
		if !slices.Equal(p.Holders, want[p.ID]) {
			t.Errorf("%s: %q", p.ID, p.Holders)
		}
		if dod := strings.HasPrefix(p.ID, "dod-"); p.Complete != dod || dod != (len(p.Among) == 36) {
			t.Errorf("%s: complete %t among %d", p.ID, p.Complete, len(p.Among))
		}
	}
}

// TestPrices checks the base of the index, and that GovCloud's prices keep their own source.
func TestPrices(t *testing.T) {
	c := load(t)
	prices := c.tables["prices.csv"]
	index, source := prices.column(t, "index"), prices.column(t, "source")
	for i, site := range prices.column(t, "site") {
		v, err := strconv.ParseFloat(index[i], 64)
		if err != nil || v < 0.5 || v > 3 || site == "us-east-1" && v != 1 {
			t.Errorf("%s: index %q", site, index[i])
		}
		if strings.HasPrefix(site, "us-gov-") != (source[i] == "karpenter-1.15.1") {
			t.Errorf("%s: source %q", site, source[i])
		}
	}
	egress := c.tables["egress.csv"]
	from, to := egress.column(t, "from"), egress.column(t, "to")
	pairs, internet := map[string]bool{}, 0
	for i, usd := range egress.column(t, "usdPerGB") {
		if v, err := strconv.ParseFloat(usd, 64); err != nil || v <= 0 || v > 1 || from[i] == to[i] {
			t.Errorf("%s → %s: %q", from[i], to[i], usd)
		}
		if pairs[from[i]+" "+to[i]] = true; to[i] == "internet" {
			internet++
		}
	}
	if len(pairs) != len(from) || internet != 26 {
		t.Errorf("%d pairs of %d rows, %d to the internet", len(pairs), len(from), internet)
	}
}
