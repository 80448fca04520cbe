package lint_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/bailiwick-dev/bailiwick/host/topology"
	"github.com/bailiwick-dev/bailiwick/host/topology/aws"
	"github.com/bailiwick-dev/bailiwick/host/topology/lint"
)

const frame = `apiVersion: bailiwick/v1
kind: Topology
metadata: {name: t, asOf: 2026-06-01}
sources: [{id: src, title: A source, asOf: 2026-01-01}, {id: other, title: Another, asOf: 2026-01-01}]
providers: [{id: p, control: [US], source: src}]
partitions: [{id: p, provider: p, source: other}]
jurisdictions: [{id: US, source: src}, {id: DE, name: Germany, source: src}, {id: ES, source: src}, {id: QZ, source: src}]
`

func load(t testing.TB, inputs ...topology.Input) (*topology.Topology, *topology.Snapshot) {
	t.Helper()
	top, err := topology.Load(inputs...)
	if err != nil {
		t.Fatal(err)
	}
	s, err := topology.Build(top)
	if err != nil {
		t.Fatal(err)
	}
	return top, s
}

// TestRules breaks one rule at a time. A case lists every finding of the rule it is named after.
func TestRules(t *testing.T) {
	const region = "kind: region, partition: p, status: available, source: src"
	for _, c := range []struct {
		name, rule, text string
		want             []string
	}{
		{
			"swapped", "coordinates-outside-country",
			"sites: [{id: a, " + region + ", country: DE, lat: 8.68, lon: 50.11}]",
			[]string{"error t.yaml:8 a: region at 8.68, 50.11 is 5936 km outside Germany (DE); correct the coordinates or the country (latitude and longitude are swapped: 50.11, 8.68 fits)"},
		},
		{
			"negated", "coordinates-outside-country",
			"sites: [{id: a, " + region + ", country: US, lat: 38.95, lon: 77.45}]",
			[]string{"error t.yaml:8 a: region at 38.95, 77.45 is 8365 km outside US (US); correct the coordinates or the country (the longitude has the wrong sign: 38.95, -77.45 fits)"},
		},
		{
			"next door", "coordinates-outside-country",
			"sites: [{id: a, " + region + ", country: DE, lat: 48.58, lon: 7.75}, {id: b, " + region + ", country: DE, lat: 48.86, lon: 2.2}, {id: c, " + region + ", country: DE, lat: 47.4, lon: 6}]",
			[]string{
				"error t.yaml:8 b: region at 48.86, 2.2 is 310 km outside Germany (DE); correct the coordinates or the country",
				"warning t.yaml:8 c: region at 47.4, 6 is 119 km outside Germany (DE); correct the coordinates or the country",
			},
		},
		{
			"no outline", "coordinates-outside-country",
			"sites: [{id: a, " + region + ", country: QZ, lat: 1, lon: 1}, {id: b, " + region + ", country: QZ, lat: 2, lon: 1}]",
			[]string{"note t.yaml:8 a: region is in QZ (QZ), of which there is no outline, so no point there can be checked; use the ISO 3166-1 code if it has one"},
		},
		{
			"a country's people may have their middle across a border, a metro's not", "coordinates-outside-country",
			"populations: [{id: DE, kind: country, lat: 47.4, lon: 6, source: src}, {id: m, country: DE, lat: 47.4, lon: 6, source: src}]",
			[]string{"warning t.yaml:8 m: population at 47.4, 6 is 119 km outside Germany (DE); correct the coordinates or the country"},
		},
		{
			"city, accents and longer names aside", "coordinates-far-from-city",
			"sites: [{id: a, " + region + ", country: ES, city: Malaga, lat: 40.4, lon: -3.7, note: two lists disagree}, {id: b, " + region + ", country: DE, city: Frankfurt, lat: 50.1, lon: 8.6}, {id: c, " + region + ", country: DE, city: Nowhere, lat: 50.1, lon: 8.6}]\n" +
				"populations: [{id: m, name: Málaga, country: ES, lat: 36.72, lon: -4.42, source: src}, {id: f, name: Frankfurt am Main, country: DE, lat: 50.11, lon: 8.68, source: src}, {id: x, name: Malaga, country: US, lat: 40.4, lon: -3.7, source: src}]",
			[]string{"warning t.yaml:8 a: region at 40.4, -3.7 is 414 km from the nearest city called Malaga in ES (ES), which is at 36.72, -4.42; correct the city or the coordinates [two lists disagree]"},
		},
		{
			"one point", "coordinates-shared",
			"sites: [{id: a, " + region + ", country: DE, lat: 50, lon: 8}, {id: b, " + region + ", country: DE, lat: 50, lon: 8}, {id: c, " + region + ", country: US, lat: 50, lon: 8}]",
			[]string{`warning t.yaml:8 c: region is in US (US) and at the very point of region "a", which is in Germany (DE); correct one of them`},
		},
		{
			"no ground", "ground-unknown",
			"sites: [{id: a, " + region + "}, {id: b, kind: region, partition: p, status: announced, source: src}, {id: z, kind: availability-zone, parent: a, source: src}]",
			[]string{"note t.yaml:8 a: region is available, and its country and its coordinates are unknown; add what is known, with its source"},
		},
		{
			"noted", "conflict-noted", "sites: [{id: a, " + region + ", note: Coordinates conflict by 3 km}]",
			[]string{"warning t.yaml:8 a: the topology itself notes that sources disagree; settle it, or leave the note [Coordinates conflict by 3 km]"},
		},
		{
			"doubtful", "status-doubtful", "sites: [{id: a, kind: region, partition: p, status: doubtful}]",
			[]string{"warning t.yaml:8 a: region is listed by some sources and missing in others; find out whether it is open"},
		},
		{
			"light", "rtt-near-light",
			"sites: [{id: a, " + region + ", lat: 0, lon: 0}, {id: b, " + region + ", lat: 0, lon: 90}]\nlinks: [{from: a, to: b, rttMs: 99}, {from: b, to: a, rttMs: 105}, {from: a, to: a, rttMs: 0}]",
			[]string{"warning t.yaml:9 a → b: 99 ms is only 1.01 times what light in fibre needs for 10008 km and back (98.0 ms), and no cable is that straight; check the time and the coordinates of both ends"},
		},
		{
			"model, and a metro's access", "rtt-off-model",
			"sites: [{id: a, " + region + ", lat: 0, lon: 0}, {id: b, " + region + ", lat: 0, lon: 20}]\nlinks: [{from: a, to: b, rttMs: 120}, {from: b, to: a, rttMs: 60}]\n" +
				"populations: [{id: m, lat: 0, lon: 10}, {id: DE, kind: country, lat: 0, lon: 10}]\naccess: [{from: m, to: a, rttMs: 300}, {from: DE, to: a, rttMs: 300}]",
			[]string{
				"warning t.yaml:9 a → b: 120 ms over 2224 km is 2.9 times the 41.9 ms that the distance suggests; check the time and the coordinates of both ends",
				"warning t.yaml:11 m → a: 300 ms over 1112 km is 12.6 times the 23.9 ms that the distance suggests; check the time and the coordinates of both ends",
			},
		},
		{
			"two directions", "link-asymmetric",
			"sites: [{id: a, " + region + "}, {id: b, " + region + "}, {id: c, " + region + "}]\nlinks: [{from: a, to: b, rttMs: 50}, {from: b, to: a, rttMs: 80}, {from: a, to: c, rttMs: 4}, {from: c, to: a, rttMs: 9}]",
			[]string{"warning t.yaml:9 a → b: 50 ms there and 80 ms back (at t.yaml:9:38): both directions of a round trip take the same way; measure again or say in the source why they differ"},
		},
		{
			"one direction", "link-one-sided",
			"sites: [{id: a, " + region + "}, {id: b, " + region + "}]\nlinks: [{from: a, to: b, rttMs: 50}, {from: a, to: a, rttMs: 1}]",
			[]string{"note t.yaml:9 a → b: measured, and b → a is not, so that one is modelled; add it"},
		},
		{
			"some regions", "links-partial",
			"sites: [{id: a, " + region + "}, {id: b, " + region + "}, {id: c, " + region + "}, {id: d, " + region + "}]\nlinks: [{from: a, to: b, rttMs: 50}, {from: b, to: a, rttMs: 50}, {from: a, to: c, rttMs: 50}, {from: c, to: a, rttMs: 50}]",
			[]string{
				"note t.yaml:8 b: measured to 1 of the 2 other regions that have measurements, and not to c; those times are modelled",
				"note t.yaml:8 c: measured to 1 of the 2 other regions that have measurements, and not to b; those times are modelled",
			},
		},
		{
			"trust", "confidence-low", "sites: [{id: a, " + region + ", confidence: low}]\ncarbon: [{site: a, pue: 1.2, confidence: low}]",
			[]string{"note t.yaml:8 a: its facts are stated with low confidence; find a better source", "note t.yaml:9 a: its carbon figures are stated with low confidence; find a better source"},
		},
		{
			"old", "source-stale", "sources: [{id: old, title: Old, asOf: 2024-01-01}, {id: idle, title: Idle, asOf: 2001-01-01}]\nsites: [{id: a, kind: region, partition: p, source: src, sources: {city: old, country: old}}]",
			[]string{"warning t.yaml:8 old: speaks of 2024-01-01, 882 days before the topology's 2026-06-01, and 1 entry rests on it; look for a newer one"},
		},
		{
			"idle", "source-unused", "sources: [{id: idle, title: Idle, asOf: 2001-01-01}]",
			[]string{"note t.yaml:8 idle: no fact names this source; remove it, or name it where it belongs"},
		},
		{
			"unsourced", "fact-unsourced",
			"sites: [{id: a, " + region + "}, {id: b, kind: region, partition: p, city: X, sources: {city: src}}, {id: c, kind: region, partition: p, city: X, country: DE, sources: {city: src}}]\nlinks: [{from: a, to: b, rttMs: 50}]",
			[]string{
				"note t.yaml:8 c: 1 of the 3 sites in this file name no source, this one first; add source, so that decisions can say what they rest on",
				"note t.yaml:9 a → b: 1 of the 1 links in this file name no source, this one first; add source, so that decisions can say what they rest on",
			},
		},
		{
			"law", "regime-unreviewed", "regimes: [{id: r, ref: Art. 1, reviewed: 2025-05-31}, {id: s, ref: Art. 2, reviewed: 2025-06-01}]",
			[]string{"warning t.yaml:8 r: last reviewed 2025-05-31, 366 days before the topology's 2026-06-01; have a person read Art. 1 again and set reviewed"},
		},
		{
			"no longer law", "law-lapsed",
			"regimes: [{id: r, ref: Art. 1, reviewed: 2026-05-31, until: 2026-06-01}]\njurisdictions: [{id: EU, kind: bloc, source: src, adequate: [{jurisdiction: US, until: 2020-07-16, source: src}]}]",
			[]string{
				"note t.yaml:8 r: no longer in force since 2026-06-01; it counts only for decisions about an earlier time",
				"note t.yaml:9 EU of US: no longer in force since 2020-07-16; it counts only for decisions about an earlier time",
			},
		},
		{
			"zones", "zones-too-many", "sites: [{id: a, " + region + ", zoneCount: 1}, {id: z1, kind: availability-zone, parent: a}, {id: z2, kind: availability-zone, parent: a}, {id: z3, kind: availability-zone, parent: a, status: retired}]",
			[]string{"error t.yaml:8 a: zoneCount is 1, and 2 availability zones are listed below it; correct the count, or say which zone is retired"},
		},
		{
			"ids", "zones-unnamed", "sites: [{id: a, " + region + ", zoneCount: 2}, {id: z1, kind: availability-zone, parent: a}]",
			[]string{"note t.yaml:8 a: it has 2 availability zones, and the ids of 1 are known; add the others, so that requests can place copies in them"},
		},
		{
			"parents", "status-contradicts-parent",
			"sites: [{id: a, kind: region, partition: p, status: retired}, {id: b, kind: region, partition: p, status: announced}, {id: x, kind: local-zone, parent: a, status: available}, {id: y, kind: local-zone, parent: b, status: available}, {id: z, kind: availability-zone, parent: a}]",
			[]string{
				"error t.yaml:8 x: local-zone is available, and a, to which it belongs, is retired; correct one of them",
				"warning t.yaml:8 y: local-zone is available, and b, to which it belongs, is announced; correct one of them",
			},
		},
		{
			"openings", "launched-before-parent", "sites: [{id: a, " + region + ", launched: 2020-02-02}, {id: x, kind: local-zone, parent: a, launched: 2020-02-01}]",
			[]string{"warning t.yaml:8 x: opened 2020-02-01, before a did (2020-02-02); check both dates"},
		},
		{
			"pops", "pops-none", "sites: [{id: e, kind: edge-location, partition: p, status: available, pops: 0}]",
			[]string{"warning t.yaml:8 e: it is available and has 0 points of presence; correct the status or the count"},
		},
		{
			"people", "population-sum",
			"populations: [{id: DE, kind: country, weight: 100}, {id: x, country: DE, weight: 60}, {id: y, country: DE, weight: 60}, {id: US, kind: country, weight: 60}, {id: z, country: US, weight: 60}]",
			[]string{"warning t.yaml:8 DE: Germany (DE) has 100 people, and its 2 metros together 120; correct the weights"},
		},
		{
			"carbon", "carbon-impossible",
			"sites: [{id: a, " + region + "}]\ncarbon: [{site: a, pue: 2.6, wueLitresPerKWh: 7, gridGramsPerKWh: 10, marketGramsPerKWh: 31, year: 2027}]",
			[]string{
				"error t.yaml:9 a: the figures are of 2027, after the topology's asOf 2026-06-01; correct the year",
				"warning t.yaml:9 a: marketGramsPerKWh 31 is more than 3 times the grid's 10, and contracts lower it; check which is which",
				"warning t.yaml:9 a: pue 2.6 is above 2.5, worse than any published; check it",
				"warning t.yaml:9 a: wueLitresPerKWh 7 is above 5, more than any published; check the unit",
			},
		},
		{
			"price", "price-range",
			"sites: [{id: us-east-1, " + region + "}, {id: a, " + region + "}]\nprices: [{site: us-east-1, index: 1.1}, {site: a, index: 7.1}]",
			[]string{
				"error t.yaml:9 us-east-1: index 1.1, and us-east-1 is what the others are relative to: it is 1; divide all by it",
				"warning t.yaml:9 a: index 7.1 is outside 0.3 to 5; check that it is relative to us-east-1 and in the same currency",
			},
		},
		{
			"egress", "egress-range", "sites: [{id: a, " + region + "}]\negress: [{from: a, to: internet, usdPerGB: 9}]",
			[]string{"warning t.yaml:9 a → internet: 9 US dollars a gigabyte is above 0.5; check the unit"},
		},
		{
			"complete lists", "offering-contradicts",
			"services: [{id: s}, {id: u}]\nsites: [{id: a, " + region + "}, {id: b, " + region + "}, {id: c, " + region + "}]\n" +
				"offerings: [{service: s, sites: [a], complete: true, among: [a, b], source: src}, {services: [s, u], site: b, source: other}, {service: s, site: c, source: other}, {service: s, site: b, source: src}]",
			[]string{"warning t.yaml:10 s: offered at b, which the complete list at t.yaml:10:13 leaves out; correct one, or take complete away from the list"},
		},
		{
			"not open", "offering-not-open",
			"services: [{id: s}, {id: u}]\nsites: [{id: a, kind: region, partition: p, status: retired}]\nofferings: [{service: s, site: a}, {service: u, site: a}]\nprogrammes: [{id: g, sites: [a]}]",
			[]string{
				"warning t.yaml:10 a: it is retired, and services are said to be offered there; correct the status or the offering",
				"warning t.yaml:11 a: it is retired, and said to hold programme g; correct the status or the programme",
			},
		},
		{
			"nothing offered", "offerings-none",
			"services: [{id: s}]\nsites: [{id: a, " + region + "}, {id: b, " + region + "}, {id: e, kind: edge-location, partition: p, status: available}]\nofferings: [{service: s, complete: true, among: [b]}]",
			[]string{"note t.yaml:9 a: region is available and no service is known to be there, so a request that needs one is indeterminate; add offerings"},
		},
		{
			"nowhere", "service-nowhere", "services: [{id: s}]",
			[]string{"note t.yaml:8 s: no site is known to offer it; add an offering, or remove it"},
		},
	} {
		t.Run(c.rule+"/"+c.name, func(t *testing.T) {
			// The text is a file of its own, so that it may have sections that the frame has too.
			files := fstest.MapFS{"a.yaml": {Data: []byte(frame)}, "t.yaml": {Data: []byte("apiVersion: bailiwick/v1\nkind: Topology\n\n\n\n\n\n" + c.text)}}
			top, s := load(t, topology.Input{FS: files})
			var got []string
			for _, f := range lint.Check(top, s, lint.Options{}) {
				if f.Rule != c.rule {
					continue
				}
				line := fmt.Sprintf("%s %s:%d %s: %s", f.Level, f.Pos.File, f.Pos.Line, f.Subject, f.Message)
				if f.Note != "" {
					line += " [" + f.Note + "]"
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("findings (- want, + got):\n%s", diff)
			}
		})
	}
}

// TestEveryRuleHasATitle checks that rules have distinct ids, and titles.
func TestEveryRuleHasATitle(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range lint.Rules() {
		if r.Title == "" || seen[r.ID] || strings.ToLower(r.ID) != r.ID {
			t.Errorf("rule %q: title %q", r.ID, r.Title)
		}
		seen[r.ID] = true
	}
}

// TestCatalogue checks that nothing in the embedded catalogue is surely wrong, and what deserves a look.
func TestCatalogue(t *testing.T) {
	top, s := load(t, topology.Input{Name: "aws", FS: aws.FS()})
	findings := lint.Check(top, s, lint.Options{})
	var far []string
	for _, f := range findings {
		if f.Level == lint.Error {
			t.Errorf("%s: %s: %s: %s", f.Pos, f.Rule, f.Subject, f.Message)
		}
		if f.Rule == "rtt-off-model" {
			far = append(far, f.Subject)
		}
	}
	want := []string{"af-south-1 → sa-east-1", "il-central-1 → me-central-1", "il-central-1 → me-south-1", "me-central-1 → il-central-1", "me-south-1 → il-central-1", "sa-east-1 → af-south-1"}
	if !slices.Equal(far, want) {
		t.Errorf("far from the model: %q, want %q", far, want)
	}
	if again := lint.Check(top, s, lint.Options{}); !cmp.Equal(findings, again) {
		t.Error("a second run finds something else")
	}
}

// TestNeverFails leaves each line of the whole example out, and checks topologies against a snapshot that
// is another's.
func TestNeverFails(t *testing.T) {
	text, err := os.ReadFile("../testdata/whole.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, other := load(t, topology.Input{Name: "aws", FS: aws.FS()})
	lines := strings.Split(string(text), "\n")
	tried := 0
	for i := range lines {
		left := strings.Join(slices.Concat(lines[:i], lines[i+1:]), "\n")
		top, err := topology.Load(topology.Input{FS: fstest.MapFS{"t.yaml": {Data: []byte(left)}}})
		if err != nil {
			continue
		}
		lint.Check(top, other, lint.Options{})
		if s, err := topology.Build(top); err == nil {
			lint.Check(top, s, lint.Options{})
			tried++
		}
	}
	if tried < 5 {
		t.Errorf("only %d variants compile", tried)
	}
}

// TestStaleDays checks the option.
func TestStaleDays(t *testing.T) {
	top, s := load(t, topology.Input{FS: fstest.MapFS{"a.yaml": {Data: []byte(frame)}}})
	for days, want := range map[int]int{0: 0, 150: 2, 151: 0} {
		n := 0
		for _, f := range lint.Check(top, s, lint.Options{StaleDays: days}) {
			if f.Rule == "source-stale" {
				n++
			}
		}
		if n != want {
			t.Errorf("StaleDays %d: %d findings, want %d", days, n, want)
		}
	}
}

func TestParseLevel(t *testing.T) {
	for _, l := range []lint.Level{lint.Error, lint.Warning, lint.Note} {
		if got, ok := lint.ParseLevel(l.String()); !ok || got != l {
			t.Errorf("%s reads as %s, %t", l, got, ok)
		}
	}
	if _, ok := lint.ParseLevel("fatal"); ok {
		t.Error("fatal is a level")
	}
}

func BenchmarkCheck(b *testing.B) {
	top, s := load(b, topology.Input{Name: "aws", FS: aws.FS()})
	for b.Loop() {
		lint.Check(top, s, lint.Options{})
	}
}
