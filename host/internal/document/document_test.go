package document

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/placement"
	"github.com/bailiwick-dev/bailiwick/host/topology"
)

const world = `apiVersion: bailiwick/v1
kind: Topology
metadata: {name: world, asOf: 2026-06-01}
sources:
  - {id: grid, title: The grid, asOf: 2025-03-01}
providers:
  - {id: acme, control: [AA]}
partitions:
  - {id: acme, provider: acme}
jurisdictions:
  - {id: UNION, kind: bloc, name: The Union, adequate: [{jurisdiction: CC, since: 2026-07-01}, {jurisdiction: BB, scope: members of the scheme}]}
  - {id: AA, name: Aland, memberOf: [UNION]}
  - {id: BB}
  - {id: CC}
sites:
  - {id: fog, kind: region, partition: acme}
  - {id: north, kind: region, partition: acme, country: AA, lat: 20, lon: 10.5, status: available, optIn: false, zoneCount: 3}
  - {id: north-1, kind: availability-zone, parent: north}
services:
  - {id: kv, scope: regional, zones: {copies: 3, synchronous: true}}
  - {id: kv-pair, variantOf: kv, zones: {copies: 2, synchronous: true, readable: 0}, failover: {atLeastSeconds: 60, seconds: 120}, disconnected: {mode: limited, hours: 12}}
offerings:
  - {service: kv, sites: [north], complete: true, among: [north]}
carbon:
  - {site: north, gridGramsPerKWh: 100.25, year: 2024, source: grid}
egress:
  - {from: north, to: internet, usdPerGB: 0.09}
`

func load(t *testing.T) *topology.Snapshot {
	t.Helper()
	top, err := topology.Load(topology.Input{FS: fstest.MapFS{"t.yaml": {Data: []byte(world)}}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := topology.Build(top)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func siteRow(t *testing.T, s *topology.Snapshot, id string) topology.SiteRow {
	t.Helper()
	r, ok := s.Site(id)
	if !ok {
		t.Fatalf("no site %s", id)
	}
	return r
}

func TestSite(t *testing.T) {
	s := load(t)
	docs := New(s)
	users := Users{Populations: []string{"p", "q"}, Weights: []int64{3, 1}}
	for _, c := range []struct {
		name, site string
		users      *Users
		seen       SiteLatency
		want       string // the document, as OPA prints it
		unknown    string
	}{
		{
			"everything is known but what nobody wrote down", "north", &Users{},
			SiteLatency{},
			`{"asOf": {"carbon": "2025-03-01", "carbonYear": 2024}, "carbon": {"gridGramsPerKWh": 100.25}, "control": ["AA"], "country": "AA", "countryName": "Aland", "egress": {"internetUSDPerGB": 0.09}, "id": "north", "jurisdictions": ["AA", "UNION"], "kind": "region", "lat": 20, "lon": 10.5, "name": "north", "offers": {"kv": true}, "optIn": false, "owner": "provider", "partition": "acme", "price": {}, "programmes": [], "provider": "acme", "region": "north", "riskGroups": [], "services": ["kv", "kv-pair"], "status": "available", "zoneCount": 3}`,
			"asOf.price asOf.site carbon.marketGramsPerKWh carbon.pue carbon.wueLitresPerKWh city launched personnel price.index programmes subdivision",
		},
		{
			"a zone has what its region has", "north-1", &Users{},
			SiteLatency{},
			`{"asOf": {"carbon": "2025-03-01", "carbonYear": 2024}, "carbon": {"gridGramsPerKWh": 100.25}, "control": ["AA"], "country": "AA", "countryName": "Aland", "egress": {"internetUSDPerGB": 0.09}, "id": "north-1", "jurisdictions": ["AA", "UNION"], "kind": "availability-zone", "lat": 20, "lon": 10.5, "name": "north-1", "offers": {"kv": true}, "optIn": false, "owner": "provider", "parent": "north", "partition": "acme", "price": {}, "programmes": [], "provider": "acme", "region": "north", "riskGroups": [], "services": ["kv", "kv-pair"], "status": "available"}`,
			"asOf.price asOf.site carbon.marketGramsPerKWh carbon.pue carbon.wueLitresPerKWh city launched personnel price.index programmes subdivision",
		},
		{
			"an unknown list is listed as unknown, and shows what is known", "fog", &users,
			SiteLatency{[]int64{1500, 2500}, []topology.Basis{topology.Measured, topology.Modelled}, []int64{2500, -1}},
			`{"asOf": {}, "carbon": {}, "control": ["AA"], "egress": {}, "id": "fog", "kind": "region", "latency": {"basis": {"p": "measured", "q": "modelled"}, "byPopulation": {"p": 1.5, "q": 2.5}, "regionByPopulation": {"p": 2.5}, "weightedMs": 1.75, "worstMs": 2.5}, "name": "fog", "offers": {}, "owner": "provider", "partition": "acme", "price": {}, "programmes": [], "provider": "acme", "region": "fog", "riskGroups": [], "services": []}`,
			"asOf.carbon asOf.carbonYear asOf.price asOf.site carbon.gridGramsPerKWh carbon.marketGramsPerKWh carbon.pue carbon.wueLitresPerKWh city country countryName egress.internetUSDPerGB jurisdictions lat latency.regionByPopulation.q launched lon offers.kv optIn personnel price.index programmes services status subdivision zoneCount",
		},
		{
			"one unknown time makes the mean and the worst unknown", "fog", &users,
			SiteLatency{[]int64{1500, -1}, []topology.Basis{topology.Measured, topology.UnknownBasis}, nil},
			`{"asOf": {}, "carbon": {}, "control": ["AA"], "egress": {}, "id": "fog", "kind": "region", "latency": {"basis": {"p": "measured"}, "byPopulation": {"p": 1.5}}, "name": "fog", "offers": {}, "owner": "provider", "partition": "acme", "price": {}, "programmes": [], "provider": "acme", "region": "fog", "riskGroups": [], "services": []}`,
			"asOf.carbon asOf.carbonYear asOf.price asOf.site carbon.gridGramsPerKWh carbon.marketGramsPerKWh carbon.pue carbon.wueLitresPerKWh city country countryName egress.internetUSDPerGB jurisdictions lat latency.basis.q latency.byPopulation.q latency.weightedMs latency.worstMs launched lon offers.kv optIn personnel price.index programmes services status subdivision zoneCount",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			whole, own := docs.For(siteRow(t, s, c.site), []topology.ServiceRow{0}, c.users, c.seen)
			if d := cmp.Diff(c.want, whole.Term.String()); d != "" {
				t.Error(d)
			}
			if got := strings.Join(whole.Unknown, " "); got != c.unknown {
				t.Errorf("unknown %s\nwant    %s", got, c.unknown)
			}
			// What is its own, put over what every request sees, makes the whole.
			base := docs.Base(siteRow(t, s, c.site))
			both, _ := base.Term.Value.(ast.Object).Merge(own.Term.Value.(ast.Object))
			if ast.NewTerm(both).String() != whole.Term.String() {
				t.Errorf("%v over %v is not the whole", own.Term, base.Term)
			}
			unknown := append(slices.Clone(base.Unknown), own.Unknown...)
			slices.Sort(unknown)
			if !slices.Equal(unknown, whole.Unknown) {
				t.Errorf("%v and %v are not what is unknown in all", own.Unknown, base.Unknown)
			}
		})
	}
}

func TestJurisdictions(t *testing.T) {
	s := load(t)
	for day, want := range map[string]string{
		"2026-06-30": `{"adequate": [], "adequateWithin": {"BB": "members of the scheme"}, "id": "UNION", "keepsList": true, "kind": "bloc", "members": ["AA"], "name": "The Union"}`,
		"2026-07-01": `{"adequate": ["CC"], "adequateWithin": {"BB": "members of the scheme"}, "id": "UNION", "keepsList": true, "kind": "bloc", "members": ["AA"], "name": "The Union"}`,
	} {
		data, _ := New(s).On(day)
		v, err := data.Value.Find(ast.MustParseRef("x.jurisdictions.UNION")[1:])
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, v.String()); d != "" {
			t.Errorf("%s: %s", day, d)
		}
	}
}

func TestDataUnknown(t *testing.T) {
	docs := New(load(t))
	_, unknown := docs.On("2026-06-01")
	for path, want := range map[string]bool{
		"services.kv.controlPlane": true,
		"services.kv.scope":        false,
		"rttMs.fog.north":          true,
		"rttMs.north.north":        false,
	} {
		if got := slices.Contains(unknown, path); got != want {
			t.Errorf("%s unknown: %v", path, got)
		}
	}
	if !slices.IsSorted(unknown) || !slices.IsSorted(docs.UnknownAnywhere()) {
		t.Error("not sorted")
	}
	if docs.UnknownByID("nowhere") != nil {
		t.Error("a site that is not there has unknown facts")
	}
}

func TestServices(t *testing.T) {
	docs := New(load(t))
	data, unknown := docs.On("2026-06-01")
	for id, want := range map[string]struct{ document, unknown string }{
		"kv": {
			`{"crossRegion": {}, "disconnected": {}, "failover": {}, "id": "kv", "scope": "regional", "zones": {"copies": 3, "synchronous": true}}`,
			"controlPlane crossRegion.mode crossRegion.rpoSeconds disconnected.hours disconnected.mode failover.atLeastSeconds failover.seconds zones.readable",
		},
		"kv-pair": {
			`{"crossRegion": {}, "disconnected": {"hours": 12, "mode": "limited"}, "failover": {"atLeastSeconds": 60, "seconds": 120}, "id": "kv-pair", "scope": "regional", "variantOf": "kv", "zones": {"copies": 2, "readable": 0, "synchronous": true}}`,
			"controlPlane crossRegion.mode crossRegion.rpoSeconds",
		},
	} {
		v, err := data.Value.Find(ast.MustParseRef(`x.services["` + id + `"]`)[1:])
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want.document, v.String()); d != "" {
			t.Errorf("%s: %s", id, d)
		}
		var below []string
		for _, u := range unknown {
			if path, ok := strings.CutPrefix(u, "services."+id+"."); ok {
				below = append(below, path)
			}
		}
		if got := strings.Join(below, " "); got != want.unknown {
			t.Errorf("%s: unknown %s\nwant    %s", id, got, want.unknown)
		}
	}
}

func TestComponent(t *testing.T) {
	c := &placement.Component{Name: "api", Services: []string{"store"}, Data: []string{"d"}}
	data := []placement.DataSet{{Name: "d", Class: "personal", Subjects: []string{"AA"}}, {Name: "other", Class: "x"}}
	term, err := Component(c, data, []string{"kv"})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"x.services":         `["kv"]`,
		"x.data[0].name":     `"d"`,
		"x.data[0].class":    `"personal"`,
		"x.data[0].subjects": `["AA"]`,
	} {
		v, err := term.Value.Find(ast.MustParseRef(path)[1:])
		if err != nil || v.String() != want {
			t.Errorf("%s is %v, %v; want %s", path, v, err, want)
		}
	}
	if n := term.Get(ast.StringTerm("data")).Value.(*ast.Array).Len(); n != 1 {
		t.Errorf("%d data sets", n)
	}
}
