package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"unicode"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

func snapshotOf(t *testing.T, inputs ...topology.Input) *topology.Snapshot {
	t.Helper()
	top, err := topology.Load(inputs...)
	if err != nil {
		t.Fatal(err)
	}
	s, err := topology.Build(top)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// hostile is a topology whose texts try to break tables and terminals.
func hostile(t *testing.T) *topology.Snapshot {
	return snapshotOf(t, topology.Input{FS: fstest.MapFS{"t.yaml": {Data: []byte(`apiVersion: bailiwick/v1
kind: Topology
metadata: {name: hostile, asOf: 2026-01-01}
providers: [{id: p}]
partitions: [{id: p, provider: p}]
jurisdictions: [{id: DE, name: "Ger\u001b[31mmany"}]
sites:
  - {id: a, kind: region, name: "say \"hi\",\r\nthen \u001b]0;x\u0007 go", partition: p, country: DE, city: "x,y", lat: 50, lon: 8, status: available, note: "no\u202ete"}
  - {id: b, kind: region, partition: p, lat: -90, lon: 180}
  - {id: c, kind: region, partition: p, city: "\u0000\u0085"}
  - {id: e, kind: edge-location, partition: p, lat: 90, lon: -180}
`)}}})
}

func all(s *topology.Snapshot) []topology.SiteRow {
	var rows []topology.SiteRow
	for r := range s.SiteIDs() {
		rows = append(rows, r)
	}
	return rows
}

// TestCSV reads what is written as RFC 4180 says: CRLF ends every record, every record has as many fields
// as the header, and quotes are doubled.
func TestCSV(t *testing.T) {
	for name, s := range map[string]*topology.Snapshot{"catalogue": snapshotOf(t, awsInput()), "hostile": hostile(t)} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := writeSitesCSV(&b, s, all(s)); err != nil {
				t.Fatal(err)
			}
			if n, crlf := bytes.Count(b.Bytes(), []byte("\n")), bytes.Count(b.Bytes(), []byte("\r\n")); n != crlf || n != s.Sites()+1 {
				t.Errorf("%d line ends, %d of them CRLF, for a header and %d sites", n, crlf, s.Sites())
			}
			records, err := csv.NewReader(&b).ReadAll() // refuses records of different lengths
			if err != nil {
				t.Fatal(err)
			}
			column := func(id, name string) string {
				for _, r := range records[1:] {
					if r[0] == id {
						return r[slices.Index(records[0], name)]
					}
				}
				t.Fatalf("no site %s", id)
				return ""
			}
			if name == "hostile" {
				for _, c := range []struct{ id, column, want string }{
					{"a", "name", `say "hi",\r then \x1b]0;x\a go`},
					{"a", "city", "x,y"},
					{"a", "zoneCount", "?"},
					{"a", "carrier", ""},
					{"b", "lon", "180"},
					{"c", "lat", "?"},
					{"c", "city", `\x00\u0085`},
					{"e", "zoneCount", ""},
				} {
					if got := column(c.id, c.column); got != c.want {
						t.Errorf("%s of %s: %q, want %q", c.column, c.id, got, c.want)
					}
				}
				return
			}
			if got := column("eu-central-1", "carbon.gridGramsPerKWh"); got != "311" {
				t.Errorf("carbon of eu-central-1: %q", got)
			}
		})
	}
}

// TestGeoJSON reads what is written as RFC 7946 says: longitude first, and within bounds.
func TestGeoJSON(t *testing.T) {
	for name, s := range map[string]*topology.Snapshot{"catalogue": snapshotOf(t, awsInput()), "hostile": hostile(t)} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			left, err := writeGeoJSON(&b, s, all(s), nil)
			if err != nil {
				t.Fatal(err)
			}
			var doc struct {
				Type     string
				Features []struct {
					Type, ID string
					Geometry struct {
						Type        string
						Coordinates []float64
					}
					Properties map[string]any
				}
			}
			d := json.NewDecoder(&b)
			d.DisallowUnknownFields()
			if err := d.Decode(&doc); err != nil {
				t.Fatal(err)
			}
			if doc.Type != "FeatureCollection" || len(doc.Features)+left != s.Sites() {
				t.Errorf("%s of %d, %d left out of %d", doc.Type, len(doc.Features), left, s.Sites())
			}
			for _, f := range doc.Features {
				row, ok := s.Site(f.ID)
				lat, lon, _ := s.Point(row)
				c := f.Geometry.Coordinates
				if !ok || f.Type != "Feature" || f.Geometry.Type != "Point" || len(c) != 2 || c[0] != lon || c[1] != lat || math.Abs(c[0]) > 180 || math.Abs(c[1]) > 90 {
					t.Errorf("%s: %+v", f.ID, f)
				}
				if f.Properties["kind"] != s.Kind(row).String() || f.Properties["verdict"] != nil {
					t.Errorf("%s: %v", f.ID, f.Properties)
				}
			}
		})
	}
}

// TestGeoJSONVerdicts checks that the worst verdict of several components is the site's.
func TestGeoJSONVerdicts(t *testing.T) {
	s := hostile(t)
	d := &placement.Decision{
		Sites: []placement.SiteResult{
			{Site: "a", Component: "web", Verdict: placement.Permit},
			{Site: "a", Component: "db", Verdict: placement.Indeterminate},
			{Site: "b", Component: "web", Verdict: placement.Deny},
			{Site: "b", Component: "db", Verdict: placement.Indeterminate},
		},
		Placements: []placement.Placement{{Copies: []placement.Copy{{Component: "web", Site: "a"}}}},
	}
	var b bytes.Buffer
	if _, err := writeGeoJSON(&b, s, all(s), d); err != nil {
		t.Fatal(err)
	}
	text := b.String()
	for _, want := range []string{
		`"chosen":["web"]`, `"verdict":"indeterminate","verdicts":[{"component":"web","verdict":"permit"},{"component":"db","verdict":"indeterminate"}]`,
		`"verdict":"deny","verdicts":[{"component":"web","verdict":"deny"},{"component":"db","verdict":"indeterminate"}]`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
	if strings.Contains(text, `"id":"e"`) {
		t.Errorf("a site that was not judged is in %s", text)
	}
}

// TestHostileText shows a hostile topology in every text form: nothing but printable characters may come
// out.
func TestHostileText(t *testing.T) {
	s := hostile(t)
	v, catalogue := newMapView(s, all(s), nil, &siteFilter{}), snapshotOf(t, awsInput())
	d := &placement.Decision{Request: "r", Verdict: placement.Permit, Sites: []placement.SiteResult{{Site: "a", Component: "c", Verdict: placement.Permit}}}
	for name, show := range map[string]func(*text){
		"overview": func(t *text) { t.overview(s) },
		"site":     func(t *text) { t.site(s, 0) },
		"list":     func(t *text) { t.siteList(s, all(s)) },
		"map":      func(t *text) { t.worldMap(v, false) },
		"decision": func(t *text) { t.worldMap(newMapView(s, all(s), d, &siteFilter{}), true) },
		"diff":     func(t *text) { t.diff(s, catalogue, topology.Diff(s, catalogue)) },
	} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			out := newText(&b)
			show(out)
			if out.err != nil {
				t.Fatal(out.err)
			}
			for _, r := range b.String() {
				if r != '\n' && !unicode.IsPrint(r) {
					t.Fatalf("%q in\n%s", r, b.String())
				}
			}
		})
	}
}

func TestASCIIOnly(t *testing.T) {
	for _, c := range []struct {
		name string
		env  map[string]string
		want bool
	}{
		{"nothing said", nil, false},
		{"UTF-8", map[string]string{"LANG": "de_DE.UTF-8"}, false},
		{"utf8", map[string]string{"LANG": "C.utf8"}, false},
		{"C", map[string]string{"LANG": "C"}, true},
		{"Latin 1", map[string]string{"LANG": "de_DE.ISO-8859-1"}, true},
		{"LC_ALL wins", map[string]string{"LANG": "C", "LC_ALL": "en_US.UTF-8"}, false},
		{"LC_CTYPE before LANG", map[string]string{"LANG": "en_US.UTF-8", "LC_CTYPE": "POSIX"}, true},
		{"the console", map[string]string{"LANG": "en_US.UTF-8", "TERM": "linux"}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := asciiOnly(func(name string) string { return c.env[name] }); got != c.want {
				t.Errorf("%t, want %t", got, c.want)
			}
		})
	}
}

// TestMapClasses checks that a point with several sites shows the most important one, and counts all.
func TestMapClasses(t *testing.T) {
	s := snapshotOf(t, awsInput())
	d := &placement.Decision{Request: "r", Verdict: placement.Permit}
	for _, x := range []struct {
		site    string
		verdict placement.Verdict
	}{{"euc1-az1", placement.Deny}, {"euc1-az2", placement.Permit}, {"euc1-az3", placement.Indeterminate}, {"euw1-az1", placement.Deny}} {
		d.Sites = append(d.Sites, placement.SiteResult{Site: x.site, Component: "c", Verdict: x.verdict})
	}
	v := newMapView(s, all(s), d, &siteFilter{})
	if !slices.Equal(v.counts, []int{0, 1, 1, 2}) || !slices.Equal(v.class, []int{1, 3}) || !slices.Equal(v.size, []int{3, 1}) {
		t.Errorf("counts %v, class %v, size %v", v.counts, v.class, v.size)
	}
}

// TestSignsDiffer checks that no two signs of one map look alike without colour.
func TestSignsDiffer(t *testing.T) {
	kinds := make([]sign, 0, len(kindSigns))
	for _, k := range kindRank {
		kinds = append(kinds, kindSigns[k])
	}
	for _, signs := range [][]sign{kinds, verdictSigns} {
		seen := map[rune]string{}
		for _, s := range signs {
			for _, r := range []rune{s.symbol, s.ascii} {
				if other, dup := seen[r]; dup && other != s.name {
					t.Errorf("%s and %s are both %c", other, s.name, r)
				}
				seen[r] = s.name
			}
			if s.ascii > unicode.MaxASCII {
				t.Errorf("%s: %c is not ASCII", s.name, s.ascii)
			}
		}
	}
}
