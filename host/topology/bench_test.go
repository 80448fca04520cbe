package topology

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bailiwick-dev/bailiwick/host/internal/image"
)

// synthetic writes a topology of n sites: regions of 100 sites each, of all kinds, with 200 services.
func synthetic(n int) fstest.MapFS {
	var doc, sites, offerings strings.Builder
	doc.WriteString("apiVersion: bailiwick/v1\nkind: Topology\nmetadata: {name: synthetic, asOf: 2026-11-23}\nproviders:\n  - {id: p, control: [C0]}\npartitions:\n  - {id: p, provider: p}\njurisdictions:\n  - {id: B, kind: bloc}\n")
	for j := range 200 {
		fmt.Fprintf(&doc, "  - {id: C%d, memberOf: [B]}\n", j)
	}
	doc.WriteString("services:\n")
	for k := range 200 {
		fmt.Fprintf(&doc, "  - {id: service-%d, scope: regional}\n", k)
	}
	sites.WriteString("id,kind,partition,parent,country,city,lat,lon,status\n")
	offerings.WriteString("service,site\n")
	for i := range n {
		region := i / 100
		lat, lon := float64(region*37%160-80), float64(region*61%340-170)
		switch {
		case i%100 == 0:
			fmt.Fprintf(&sites, "region-%d,region,p,,C%d,City %d,%g,%g,available\n", region, region%200, region, lat, lon)
			for k := range 50 {
				fmt.Fprintf(&offerings, "service-%d,region-%d\n", (k*7+region)%200, region)
			}
		case i%100 < 10:
			fmt.Fprintf(&sites, "zone-%d,availability-zone,,region-%d,,,,,\n", i, region)
		default:
			fmt.Fprintf(&sites, "local-%d,local-zone,,region-%d,C%d,Town %d,%g,%g,available\n", i, region, region%200, i, lat+0.5, lon+0.5)
		}
	}
	return fstest.MapFS{
		"doc.yaml":      {Data: []byte(doc.String())},
		"sites.csv":     {Data: []byte(sites.String())},
		"offerings.csv": {Data: []byte(offerings.String())},
	}
}

func BenchmarkCatalogue(b *testing.B) {
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			if _, err := Load(Input{FS: os.DirFS("aws/data")}); err != nil {
				b.Fatal(err)
			}
		}
	})
	top, err := Load(Input{FS: os.DirFS("aws/data")})
	if err != nil {
		b.Fatal(err)
	}
	bench(b, top)
}

func BenchmarkSynthetic100k(b *testing.B) {
	files := synthetic(100_000)
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			if _, err := Load(Input{FS: files}); err != nil {
				b.Fatal(err)
			}
		}
	})
	top, err := Load(Input{FS: files})
	if err != nil {
		b.Fatal(err)
	}
	bench(b, top)
}

// bench times compiling, opening (which verifies), mapping alone, and the queries of a hot path.
func bench(b *testing.B, top *Topology) {
	var img []byte
	b.Run("compile", func(b *testing.B) {
		for b.Loop() {
			var err error
			if img, err = Compile(top); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(img))/(1<<20), "MiB")
	})
	img, err := Compile(top)
	if err != nil {
		b.Fatal(err)
	}
	name := filepath.Join(b.TempDir(), "t.bwi")
	if err := os.WriteFile(name, img, 0o600); err != nil {
		b.Fatal(err)
	}
	b.Run("open+verify", func(b *testing.B) {
		for b.Loop() {
			s, err := Open(name)
			if err != nil {
				b.Fatal(err)
			}
			s.Close()
		}
	})
	b.Run("map", func(b *testing.B) {
		for b.Loop() {
			m, err := image.Map(name)
			if err != nil {
				b.Fatal(err)
			}
			m.Close()
		}
	})
	s, err := FromBytes(img)
	if err != nil {
		b.Fatal(err)
	}
	n := SiteRow(s.Sites())
	b.Run("rtt", func(b *testing.B) {
		b.ReportAllocs()
		for i := SiteRow(0); b.Loop(); i++ {
			s.RTT(i%n, i*7%n)
		}
	})
	b.Run("site by id", func(b *testing.B) {
		b.ReportAllocs()
		id := s.SiteID(n / 2)
		for b.Loop() {
			s.Site(id)
		}
	})
}

// measuredRegions is a network of n fully measured regions spread over the globe: the times of light in
// fibre, with detours of up to a fifth.
func measuredRegions(n int) *backbone {
	rng := rand.New(rand.NewPCG(1, 2))
	points := make([]point, n)
	for i := range points {
		points[i] = point{lat: rng.Float64()*120 - 60, lon: rng.Float64()*360 - 180, known: true}
	}
	rtt := make([]int32, n*n)
	for i := range n {
		rtt[i*n+i] = 2000
		for j := range i {
			km := DistanceKm(points[i].lat, points[i].lon, points[j].lat, points[j].lon)
			us := int32(2000 + lightMicros(km)*(1.2+rng.Float64()/5))
			rtt[i*n+j], rtt[j*n+i] = us, us
		}
	}
	return newBackbone(points, func(i, j int) (int32, bool) { return rtt[i*n+j], true })
}

// BenchmarkSpans infers the backbone under as many regions as there may be.
func BenchmarkSpans(b *testing.B) {
	bb := measuredRegions(maxSpanHubs)
	for b.Loop() {
		b.ReportMetric(float64(len(bb.spans())), "spans")
	}
}
