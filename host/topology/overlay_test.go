package topology

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
)

const documentHead = "apiVersion: bailiwick/v1\nkind: Topology\n"

// loadLayers loads one document a layer, called l0/t.yaml, l1/t.yaml and so on. All but the first are
// given without their head.
func loadLayers(lowest string, above ...string) (*Topology, error) {
	inputs := []Input{{Name: "l0", FS: fstest.MapFS{"t.yaml": {Data: []byte(lowest)}}}}
	for i, text := range above {
		inputs = append(inputs, Input{Name: "/some/where/l" + string(rune('1'+i)), FS: fstest.MapFS{"t.yaml": {Data: []byte(documentHead + strings.TrimPrefix(text, "\n"))}}})
	}
	return Load(inputs...)
}

func buildLayers(t testing.TB, lowest string, above ...string) *Snapshot {
	t.Helper()
	top, err := loadLayers(lowest, above...)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Build(top)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCorrections(t *testing.T) {
	s := buildLayers(t, base, `
sources:
  - {id: mine, title: Our own survey, asOf: 2026-09-01}
sites:
  - {id: fra, lat: 50.2, lon: 8.68, city: Offenbach, source: mine, sources: {city: atlas}}
  - {id: dub, lat: 53.4, lon: -6.26}
  - {id: mystery, country: JP, status: null}
jurisdictions:
  - {id: DE, memberOf: []}
links:
  - {from: fra, to: dub, rttMs: 26}
carbon:
  - {site: fra, pue: 1.4}
prices:
  - {site: fra, index: 1.1, source: mine}
`, `
sites:
  - {id: fra, lat: 50.3, lon: 8.68}
`)
	fra, dub := siteRow(t, s, "fra"), siteRow(t, s, "dub")
	f := s.Facts(fra)
	if f.Lat.Value != 50.3 || f.City.Value != "Offenbach" || f.Status.Value != "available" || f.ZoneCount.Value != 2 {
		t.Errorf("fra is %+v", f)
	}
	if f.PUE.Value != 1.4 || f.Grid.Value != 338 || f.Price.Value != 1.1 {
		t.Errorf("fra's figures are %+v", f)
	}
	if us, basis := s.RTT(fra, dub); us != 26000 || basis != Measured {
		t.Errorf("fra to dub: %d µs, %v", us, basis)
	}
	eu, _ := s.Jurisdiction("EU")
	if s.SitesIn(eu).Get(int(fra)) {
		t.Error("DE is still in the EU")
	}
	for _, c := range []struct{ site, field, want string }{
		{"fra", "city", "atlas"},    // the correcting entry's source of that field
		{"fra", "lon", "mine"},      // restated, and the later restatement names no source
		{"fra", "lat", ""},          // corrected twice, the second time by someone who names no source
		{"fra-1", "lat", ""},        // what a zone inherits has its region's source, or none
		{"fra", "status", "survey"}, // not corrected
		{"dub", "lat", ""},          // not survey, which says something else
		{"dub", "lon", "survey"},    // the same value again, from nowhere
		{"fra", "carbon.pue", ""},   // not the atlas any more
		{"fra", "price.index", "mine"},
		{"fra", "carbon.gridGramsPerKWh", "survey"},
	} {
		if got := s.FactSource(siteRow(t, s, c.site), c.field); got != c.want {
			t.Errorf("%s %s: source %q, want %q", c.site, c.field, got, c.want)
		}
	}
	if src := s.LinkSource(fra, dub); src != "" {
		t.Errorf("the corrected link claims source %q", src)
	}
	want := []OverrideFacts{
		{What: "carbon", ID: "fra", Field: "pue", Was: "1.3", Is: "1.4", WasSource: "atlas", WasAt: "l0/t.yaml:34", At: "l1/t.yaml:14"},
		{What: "jurisdiction", ID: "DE", Field: "memberOf", Was: `["EU"]`, Is: "[]", WasAt: "l0/t.yaml:13", At: "l1/t.yaml:10"},
		{What: "link", ID: "fra → dub", Field: "rttMs", Was: "25.1", Is: "26", WasSource: "survey", WasAt: "l0/t.yaml:30", At: "l1/t.yaml:12"},
		{What: "site", ID: "dub", Field: "lat", Was: "53.35", Is: "53.4", WasSource: "survey", WasAt: "l0/t.yaml:20", At: "l1/t.yaml:7"},
		{What: "site", ID: "fra", Field: "city", Was: "Frankfurt", Is: "Offenbach", WasSource: "survey", Source: "atlas", WasAt: "l0/t.yaml:17", At: "l1/t.yaml:6"},
		{What: "site", ID: "fra", Field: "lat", Was: "50.11", Is: "50.2", WasSource: "atlas", Source: "mine", WasAt: "l0/t.yaml:17", At: "l1/t.yaml:6"},
		{What: "site", ID: "fra", Field: "lat", Was: "50.2", Is: "50.3", WasSource: "mine", WasAt: "l1/t.yaml:6", At: "l2/t.yaml:4"},
		{What: "site", ID: "mystery", Field: "country", Is: "JP", At: "l1/t.yaml:8"},
	}
	if d := cmp.Diff(want, slices.Collect(s.Overrides())); d != "" {
		t.Error(d)
	}
	var of []string
	for o := range s.OverridesOf(fra) {
		of = append(of, o.Field)
	}
	if !slices.Equal(of, []string{"carbon.pue", "city", "lat", "lat"}) {
		t.Errorf("of fra are overridden %v", of)
	}
}

func TestRetract(t *testing.T) {
	s := buildLayers(t, base, `
sites:
  - {id: fra, city: null, owner: customer}
  - {id: box, owner: null}
`)
	if f := s.Facts(siteRow(t, s, "fra")); f.City.State != Unknown || f.Owner != "customer" {
		t.Errorf("fra is %+v", f)
	}
	if src := s.FactSource(siteRow(t, s, "fra"), "city"); src != "" {
		t.Errorf("what was retracted has source %q", src)
	}
	if f := s.Facts(siteRow(t, s, "box")); f.Owner != "provider" {
		t.Errorf("box belongs to %s; left out, it is the provider's", f.Owner)
	}
}

func TestSetsOverLayers(t *testing.T) {
	lowest := base + "programmes:\n  - {id: iso, name: ISO, sites: [fra], complete: true, source: atlas}\n"
	s := buildLayers(t, lowest, `
offerings:
  - {service: store, sites: [dub]}
  - {service: vm, sites: [dub], complete: true, among: [fra, dub], source: atlas}
programmes:
  - {id: iso, sites: [dub], source: survey}
`)
	store, _ := s.Service("store")
	vm, _ := s.Service("vm")
	for _, c := range []struct {
		service ServiceRow
		site    string
		yes     bool
		state   State
	}{
		{store, "fra", true, Known},
		{store, "dub", true, Known}, // known not to be, until a later layer lists it
		{vm, "fra", false, Known},   // listed, until a later layer's complete list leaves it out
		{vm, "fra-1", false, Known}, // with its region
		{vm, "dub", true, Known},
		{vm, "mystery", false, Unknown}, // of which nobody speaks
	} {
		if yes, state := s.Offered(c.service, siteRow(t, s, c.site)); yes != c.yes || state != c.state {
			t.Errorf("%s at %s: %v, %v", s.ServiceID(c.service), c.site, yes, state)
		}
	}
	if got := slices.Collect(s.ProgrammesAt(siteRow(t, s, "dub"))); !slices.Equal(got, []string{"iso"}) {
		t.Errorf("dub holds %v", got)
	}
	for p := range s.Programmes() {
		if p.Name != "ISO" || !slices.Equal(p.Sites, []string{"dub", "fra", "fra-1", "fra-2"}) || !p.Complete {
			t.Errorf("programme %+v", p)
		}
	}
	want := []OverrideFacts{
		{What: "programme", ID: "iso", Field: "sites.dub", Was: "false", Is: "true", WasSource: "atlas", Source: "survey", WasAt: "l0/t.yaml:36", At: "l1/t.yaml:7"},
		{What: "service", ID: "store", Field: "sites.dub", Was: "false", Is: "true", WasAt: "l0/t.yaml:27", At: "l1/t.yaml:4"},
		{What: "service", ID: "vm", Field: "sites.fra", Was: "true", Is: "false", Source: "atlas", WasAt: "l0/t.yaml:28", At: "l1/t.yaml:5"},
	}
	if d := cmp.Diff(want, slices.Collect(s.Overrides())); d != "" {
		t.Error(d)
	}
}

func TestBadLayers(t *testing.T) {
	const at = "/some/where/l1/t.yaml"
	for _, c := range []struct{ name, text, want string }{
		{
			"a misspelt correction", "sites:\n  - {id: frra, lat: 1, lon: 2}\n",
			at + `:4:5: site "frra": field "kind" is missing; no lower layer has this site, so the entry must be complete; if it is meant to correct one, did you mean "fra"?`,
		},
		{
			"a new entity that is not complete", "sites:\n  - {id: somewhere, kind: region, country: DE}\n",
			at + `:4:5: site "somewhere": field "partition" is missing; no lower layer has this site, so the entry must be complete`,
		},
		{
			"a new entity that lacks more", "regimes:\n  - {id: gdpr, subjects: [EU]}\n",
			at + `:4:5: regime "gdpr": fields "ref", "reviewed" are missing; no lower layer has this regime, so the entry must be complete`,
		},
		{
			"no key", "sites:\n  - {lat: 1, lon: 2}\n",
			at + `:4:5: site: field "id" is missing; it is required`,
		},
		{
			"half a key", "links:\n  - {from: fra, rttMs: 3}\n",
			at + `:4:5: link: field "to" is missing; it is required`,
		},
		{
			"another kind", "sites:\n  - {id: dub, kind: edge-location}\n",
			at + `:4:5: site "dub": kind edge-location contradicts kind region at l0/t.yaml:20:5; a correction cannot change what a site is: remove kind, or name another site`,
		},
		{
			"two sites of one name", "sites:\n  - {id: dub, kind: region, partition: aws, country: DE}\n",
			at + `:4:5: site "dub" is already defined at l0/t.yaml:20:5, with country IE and not DE; two sites have one name: rename one, or, to correct it, write only what changes and leave kind out`,
		},
		{
			"a correction that makes no sense", "sites:\n  - {id: fra-1, country: EU}\n",
			at + `:4:5: site "fra-1": country "EU" is a bloc; name the country`,
		},
		{
			"a parent of the wrong kind", "sites:\n  - {id: fra-1, parent: fra-2}\n",
			at + `:4:5: site "fra-1": the parent of kind availability-zone must be of kind region, and "fra-2" is of kind availability-zone`,
		},
		{
			"the same key twice in one layer", "sites:\n  - {id: dub, lat: 1, lon: 2}\n  - {id: dub, city: Dublin}\n",
			at + `:5:5: site "dub" is already defined at ` + at + `:4:5; remove one of them or rename it`,
		},
		{
			"nothing said", "sites:\n  - {id: dub, source: atlas}\n",
			at + `:4:5: site "dub": a lower layer has it, and this entry says nothing of it; write the fields that it corrects, or remove it`,
		},
		{
			"what is required is retracted", "sites:\n  - {id: dub, partition: null}\n",
			at + `:4:5: site "dub": partition: null retracts a fact, and this one is required; give another value`,
		},
		{
			"a source is retracted", "sites:\n  - {id: dub, source: null}\n",
			at + `:4:5: site "dub": source: null is not a value here; omit the field`,
		},
		{
			"what nobody said is retracted", "sites:\n  - {id: new, kind: region, partition: acme, city: null}\n",
			at + `:4:5: site "new": city: null retracts what a lower layer says, and none has this site; remove the field`,
		},
		{
			"null in an offering", "offerings:\n  - {service: vm, sites: null}\n",
			at + `:4:5: offering: null is not a value here; omit the field`,
		},
		{
			"null in a programme's list", "programmes:\n  - {id: iso, sites: null}\n",
			at + `:4:5: programme "iso": sites: null retracts what a lower layer says, and none has this programme; remove the field`,
		},
		{
			"null deeper down", "services:\n  - {id: store, zones: {copies: null, synchronous: true}}\n",
			at + `:4:33: /services/0/zones/copies: null is not a value here; omit the field`,
		},
		{
			"a nested mapping in part", "services:\n  - {id: store, zones: {copies: 3}}\n",
			at + `:4:24: /services/0/zones: field "synchronous" is missing; it is required`,
		},
		{
			"a source of a field it does not have", "sites:\n  - {id: dub, lat: 1, lon: 1, sources: {lta: atlas}}\n",
			at + `:4:5: site "dub": sources names the field "lta", which it does not have; did you mean "lat"?`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			top, err := loadLayers(base, c.text)
			if err == nil {
				_, err = Compile(top)
			}
			if err == nil {
				t.Fatal("no error")
			}
			if first, _, _ := strings.Cut(err.Error(), "\n"); first != c.want {
				t.Errorf("got  %s\nwant %s", first, c.want)
			}
		})
	}
}

func TestNullInTheLowestLayer(t *testing.T) {
	_, err := loadText(t, map[string]string{"t.yaml": strings.Replace(base, "city: Frankfurt", "city: null", 1)})
	var errs decode.Errors
	if !errors.As(err, &errs) || errs[0].Error() != "t.yaml:17:65: /sites/0/city: null is not a value here; omit the field" {
		t.Errorf("got %v", err)
	}
}

// TestEmptyCells corrects by CSV: an empty cell is not written.
func TestEmptyCells(t *testing.T) {
	top, err := Load(
		Input{Name: "l0", FS: fstest.MapFS{"t.yaml": {Data: []byte(base)}}},
		Input{Name: "l1", FS: fstest.MapFS{"sites.csv": {Data: []byte("id,kind,city,lat,lon\nfra,,,50.2,8.7\ndub,region,Dublin,,\n")}}},
	)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Build(top)
	if err != nil {
		t.Fatal(err)
	}
	if f := s.Facts(siteRow(t, s, "fra")); f.City.Value != "Frankfurt" || f.Lat.Value != 50.2 {
		t.Errorf("fra is %+v", f)
	}
	if f := s.Facts(siteRow(t, s, "dub")); f.City.Value != "Dublin" || f.Lat.Value != 53.35 {
		t.Errorf("dub is %+v", f)
	}
}

// TestLayersLeaveTheLowerAlone compiles a layer's topology before and after something was laid over it.
func TestLayersThatSayTheSame(t *testing.T) {
	one, err := loadLayers(base)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(base, "metadata: {name: base, asOf: 2026-08-20}\n")
	two, err := loadLayers(base, rest)
	if err != nil {
		t.Fatal(err)
	}
	a, errA := Compile(one)
	b, errB := Compile(two)
	if errA != nil || errB != nil {
		t.Fatal(errA, errB)
	}
	if !bytes.Equal(a, b) {
		t.Error("the same topology twice is another topology")
	}
	if o := two.Overridden(); len(o) > 0 {
		t.Errorf("overridden: %+v", o)
	}
}
