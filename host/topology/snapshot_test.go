package topology

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
)

func siteRow(t testing.TB, s *Snapshot, id string) SiteRow {
	t.Helper()
	r, ok := s.Site(id)
	if !ok {
		t.Fatalf("no site %q", id)
	}
	return r
}

// TestOmitted states the four meanings of an omitted field.
func TestOmitted(t *testing.T) {
	s := mustBuild(t, base)
	fra, zone, dub, mystery, box := siteRow(t, s, "fra"), siteRow(t, s, "fra-1"), siteRow(t, s, "dub"), siteRow(t, s, "mystery"), siteRow(t, s, "box")

	// Inherited: the zone stands where its region stands and has what it has.
	country, state := s.Country(zone)
	if state != Known || s.JurisdictionID(country) != "DE" {
		t.Errorf("the zone's country is %v, %v", country, state)
	}
	if f := s.Facts(zone); f.City.Value != "Frankfurt" || f.Status.Value != "available" || f.Grid.Value != 338 || f.Lat.Value != 50.11 {
		t.Errorf("the zone inherits %+v", f)
	}
	store, _ := s.Service("kv")
	if yes, state := s.Offered(store, zone); !yes || state != Known {
		t.Errorf("the zone offers store: %v, %v", yes, state)
	}
	if p := s.Partition(box); p != "acme" {
		t.Errorf("the outpost's partition is %q", p)
	}

	// Never inherited: an Outpost's ground is its own.
	if _, _, ok := s.Point(box); ok {
		t.Error("the outpost took its parent's coordinates")
	}

	// Unknown: it exists and we do not have it.
	if f := s.Facts(mystery); f.Status.State != Unknown || f.ZoneCount.State != Unknown || f.Grid.State != Unknown {
		t.Errorf("mystery has %+v", f)
	}
	if f := s.Facts(dub); f.City.State != Unknown || f.ZoneCount.State != Unknown {
		t.Errorf("dub has %+v", f)
	}

	// Inapplicable: there is no such thing.
	if f := s.Facts(fra); f.Carrier.State != Absent || f.Pops.State != Absent {
		t.Errorf("a region has carrier %v, pops %v", f.Carrier.State, f.Pops.State)
	}
	if f := s.Facts(zone); f.ZoneCount.State != Absent {
		t.Errorf("a zone has a zone count: %v", f.ZoneCount.State)
	}
}

func TestOffered(t *testing.T) {
	s := mustBuild(t, base)
	store, _ := s.Service("store")
	vm, _ := s.Service("vm")
	for _, c := range []struct {
		name    string
		service ServiceRow
		site    string
		yes     bool
		state   State
	}{
		{"listed", store, "fra", true, Known},
		{"not listed in a complete list", store, "dub", false, Known},
		{"not listed, outside what the list covers", store, "mystery", false, Unknown},
		{"not listed in a list that is not complete", vm, "mystery", false, Unknown},
		{"listed in a list that is not complete", vm, "dub", true, Known},
	} {
		t.Run(c.name, func(t *testing.T) {
			if yes, state := s.Offered(c.service, siteRow(t, s, c.site)); yes != c.yes || state != c.state {
				t.Errorf("got %v, %v", yes, state)
			}
		})
	}
}

func TestRTT(t *testing.T) {
	s := mustBuild(t, base)
	de, _ := s.Population("DE")
	km := DistanceKm(50.11, 8.68, 53.35, -6.26)
	for _, c := range []struct {
		name     string
		from, to string
		micros   int32
		basis    Basis
	}{
		{"measured", "fra", "dub", 25100, Measured},
		{"the other way was not measured", "dub", "fra", ModelMicros(km), Modelled},
		{"a zone uses its region's", "fra-2", "dub", 25100, Measured},
		{"nothing is known of one end", "fra", "mystery", 0, UnknownBasis},
	} {
		t.Run(c.name, func(t *testing.T) {
			if us, basis := s.RTT(siteRow(t, s, c.from), siteRow(t, s, c.to)); us != c.micros || basis != c.basis {
				t.Errorf("got %d µs, %v", us, basis)
			}
		})
	}
	if r := s.Access(User{Population: de}, siteRow(t, s, "fra")); r.Basis != Modelled || r.Micros != fixedLineMicros+internetMicros(DistanceKm(51.2, 10.4, 50.11, 8.68)) {
		t.Errorf("access from Germany: %d µs, %v", r.Micros, r.Basis)
	}
	if src := s.LinkSource(siteRow(t, s, "fra-2"), siteRow(t, s, "dub")); src != "survey" {
		t.Errorf("link source %q", src)
	}
}

func TestFactSource(t *testing.T) {
	s := mustBuild(t, base)
	for _, c := range []struct{ site, field, want string }{
		{"fra", "country", "survey"},
		{"fra", "countryName", "survey"},
		{"fra", "lat", "atlas"},
		{"fra-1", "lat", "atlas"},
		{"fra-1", "status", "survey"},
		{"fra", "carbon.gridGramsPerKWh", "survey"},
		{"fra", "carbon.pue", "atlas"},
		{"fra-2", "carbon.pue", "atlas"},
		{"mystery", "country", ""},
		{"fra", "latency.worstMs", ""},
	} {
		if got := s.FactSource(siteRow(t, s, c.site), c.field); got != c.want {
			t.Errorf("%s %s: source %q, want %q", c.site, c.field, got, c.want)
		}
	}
}

// TestSameBytes compiles the same facts in other orders and files.
func TestSameBytes(t *testing.T) {
	top, err := Load(Input{FS: os.DirFS("aws/data")})
	if err != nil {
		t.Fatal(err)
	}
	want, err := Compile(top)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 3 {
		rng.Shuffle(len(top.Sites), func(i, j int) { top.Sites[i], top.Sites[j] = top.Sites[j], top.Sites[i] })
		rng.Shuffle(len(top.Offerings), func(i, j int) { top.Offerings[i], top.Offerings[j] = top.Offerings[j], top.Offerings[i] })
		rng.Shuffle(len(top.Links), func(i, j int) { top.Links[i], top.Links[j] = top.Links[j], top.Links[i] })
		rng.Shuffle(len(top.Jurisdictions), func(i, j int) {
			top.Jurisdictions[i], top.Jurisdictions[j] = top.Jurisdictions[j], top.Jurisdictions[i]
		})
		got, err := Compile(top)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Fatal("another order of the same facts gave other bytes")
		}
	}
}

func TestOpenFile(t *testing.T) {
	top, err := Load(Input{FS: fstest.MapFS{"t.yaml": {Data: []byte(base)}}})
	if err != nil {
		t.Fatal(err)
	}
	b, err := Compile(top)
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "t.bwi")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, id := range s.SiteIDs() {
		ids = append(ids, id)
	}
	if !slices.IsSorted(ids) || len(ids) != 6 {
		t.Errorf("ids %v", ids)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if _, err := FromBytes(b); err == nil {
		t.Error("a flipped bit went unseen")
	}
}

func TestReadingAllocatesNothing(t *testing.T) {
	s := mustBuild(t, base)
	fra, dub := siteRow(t, s, "fra"), siteRow(t, s, "dub")
	eu, _ := s.Jurisdiction("EU")
	store, _ := s.Service("store")
	de, _ := s.Population("DE")
	if n := testing.AllocsPerRun(100, func() {
		s.Site("dub")
		s.RTT(fra, dub)
		s.Access(User{Population: de}, fra)
		s.Offered(store, dub)
		s.SitesIn(eu).Get(int(fra))
		s.Country(fra)
		s.SiteID(dub)
		s.GridGramsPerKWh(fra)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestEgress(t *testing.T) {
	s := mustBuild(t, `apiVersion: bailiwick/v1
kind: Topology
metadata: {name: fares, asOf: 2026-01-01}
providers: [{id: p}]
partitions: [{id: p, provider: p}]
sites:
  - {id: a, kind: region, partition: p, country: DE}
  - {id: a-1, kind: availability-zone, parent: a}
  - {id: a-2, kind: availability-zone, parent: a}
  - {id: b, kind: region, partition: p, country: DE}
jurisdictions: [{id: DE}]
egress:
  - {from: a, to: b, usdPerGB: 0.02}
  - {from: a-1, to: b, usdPerGB: 0.03}
  - {from: a, to: internet, usdPerGB: 9}
`)
	for _, c := range []struct {
		from, to string
		usd      float64
		state    State
	}{
		{"a", "b", 0.02, Known},
		{"b", "a", 0, Unknown},
		{"a", "a", 0, Known},
		{"a-1", "b", 0.03, Known},
		{"a-2", "b", 0.02, Known},
		{"a-1", "a-2", 0, Unknown},
		{"a-1", "a", 0, Unknown},
	} {
		if usd, state := s.EgressUSDPerGB(siteRow(t, s, c.from), siteRow(t, s, c.to)); usd != c.usd || state != c.state {
			t.Errorf("%s to %s: %v %v", c.from, c.to, usd, state)
		}
	}
	for _, c := range []struct {
		site string
		want Fact[float64]
	}{
		{"a", Fact[float64]{9, Known}},
		{"a-1", Fact[float64]{9, Known}}, // a zone has its region's
		{"b", Fact[float64]{State: Unknown}},
	} {
		if got := s.InternetUSDPerGB(siteRow(t, s, c.site)); got != c.want {
			t.Errorf("from %s to the internet: %v, want %v", c.site, got, c.want)
		}
	}
	if !s.HasEgress() {
		t.Error("no prices")
	}
}
