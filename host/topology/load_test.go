package topology

import (
	"strings"
	"testing"
	"testing/fstest"
)

// base is a small topology that is right; tests spoil it.
const base = `apiVersion: bailiwick/v1
kind: Topology
metadata: {name: base, asOf: 2026-08-20}
sources:
  - {id: survey, title: A survey, asOf: 2026-08-01}
  - {id: atlas, title: An atlas, asOf: 2025-01-01}
providers:
  - {id: acme, legalEntity: Acme GmbH, control: [DE]}
partitions:
  - {id: acme, provider: acme}
jurisdictions:
  - {id: EU, kind: bloc, name: European Union, adequate: [{jurisdiction: JP, since: 2019-01-23}]}
  - {id: DE, name: Germany, memberOf: [EU]}
  - {id: IE, name: Ireland, memberOf: [EU]}
  - {id: JP, name: Japan}
sites:
  - {id: fra, kind: region, partition: acme, country: DE, city: Frankfurt, lat: 50.11, lon: 8.68, status: available, launched: 2014-10-23, zoneCount: 2, source: survey, sources: {lat: atlas, lon: atlas}}
  - {id: fra-1, kind: availability-zone, parent: fra}
  - {id: fra-2, kind: availability-zone, parent: fra}
  - {id: dub, kind: region, partition: acme, country: IE, lat: 53.35, lon: -6.26, status: available, source: survey}
  - {id: mystery, kind: region, partition: acme}
  - {id: box, kind: outpost, parent: fra-1, owner: customer, country: DE, serviceLink: {disconnectedHours: 12}}
services:
  - {id: store, aliases: [kv], scope: regional, zones: {copies: 2, synchronous: true}}
  - {id: vm, scope: zonal}
offerings:
  - {service: store, sites: [fra], complete: true, among: [fra, dub]}
  - {service: vm, sites: [fra, dub]}
links:
  - {from: fra, to: dub, rttMs: 25.1, source: survey}
populations:
  - {id: DE, kind: country, lat: 51.2, lon: 10.4, weight: 83000000}
carbon:
  - {site: fra, gridGramsPerKWh: 338, source: survey, sources: {pue: atlas}, pue: 1.3}
`

func loadText(t *testing.T, files map[string]string) (*Topology, error) {
	t.Helper()
	m := fstest.MapFS{}
	for name, text := range files {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return Load(Input{FS: m})
}

func mustBuild(t testing.TB, text string) *Snapshot {
	t.Helper()
	top, err := Load(Input{FS: fstest.MapFS{"t.yaml": {Data: []byte(text)}}})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Build(top)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestBadTopology(t *testing.T) {
	// Each case replaces one text of the base, or adds a file beside it, and names the whole error.
	for _, c := range []struct {
		name, old, new string
		files          map[string]string
		want           string
	}{
		{
			name: "parent that is not there", old: "parent: fra}\n  - {id: fra-2", new: "parent: frx}\n  - {id: fra-2",
			want: `t.yaml:18:5: site "fra-1": parent "frx" is not defined; did you mean "fra"?`,
		},
		{
			name: "region with a parent", old: "{id: mystery, kind: region, partition: acme}", new: "{id: mystery, kind: region, partition: acme, parent: fra}",
			want: `t.yaml:21:5: site "mystery": kind region has no parent; remove parent: fra`,
		},
		{
			name: "zone of a zone", old: "{id: fra-2, kind: availability-zone, parent: fra}", new: "{id: fra-2, kind: availability-zone, parent: fra-1}",
			want: `t.yaml:19:5: site "fra-2": the parent of kind availability-zone must be of kind region, and "fra-1" is of kind availability-zone`,
		},
		{
			name: "country that is a bloc", old: "country: IE", new: "country: EU",
			want: `t.yaml:20:5: site "dub": country "EU" is a bloc; name the country`,
		},
		{
			name: "faster than light", old: "rttMs: 25.1", new: "rttMs: 5",
			want: `t.yaml:30:5: link fra → dub: 5 ms is faster than light in fibre, which needs 10.7 ms for 1088 km and back; correct the time or the coordinates`,
		},
		{
			name: "far zone", old: "{id: box, kind: outpost, parent: fra-1, owner: customer, country: DE,", new: "{id: box, kind: outpost, parent: fra-1, owner: customer, country: JP, lat: 35.6, lon: 139.7,",
			want: `t.yaml:22:5: site "box": 9341 km from its parent "fra-1", more than 1000; correct the coordinates, or say remote: true if it is meant`,
		},
		{
			name: "half a point", old: "lat: 53.35, lon: -6.26,", new: "lat: 53.35,",
			want: `t.yaml:20:5: site "dub": lat and lon go together; give both or neither`,
		},
		{
			name: "carrier of a region", old: "kind: region, partition: acme}", new: "kind: region, partition: acme, carrier: Vodafone}",
			want: `t.yaml:21:5: site "mystery": kind region has no carrier; remove it`,
		},
		{
			name: "available before it opens", old: "launched: 2014-10-23", new: "launched: 2026-09-01",
			want: `t.yaml:17:5: site "fra": launched 2026-09-01 is after the topology's asOf 2026-08-20, yet its status is available`,
		},
		{
			name: "until before since", old: "since: 2019-01-23", new: "since: 2019-01-23, until: 2018-01-01",
			want: `t.yaml:12:59: jurisdiction "EU": adequate "JP": until 2018-01-01 is not after since 2019-01-23`,
		},
		{
			name: "alias taken", old: "{id: vm, scope: zonal}", new: "{id: vm, scope: zonal, aliases: [store]}",
			want: `t.yaml:25:5: service "vm": alias "store" already names service "store", defined at t.yaml:24:5`,
		},
		{
			name: "offering that says nothing", old: "{service: vm, sites: [fra, dub]}", new: "{service: vm}",
			want: `t.yaml:28:5: offering of ["vm"]: it lists no site and is not complete, so it says nothing; add sites, or complete: true`,
		},
		{
			name: "unknown service in an offering", old: "{service: vm,", new: "{service: vn,",
			want: `t.yaml:28:5: offering: service "vn" is not defined; did you mean "vm"?`,
		},
		{
			name: "source that is not there", old: "pue: atlas", new: "pue: atls",
			want: `t.yaml:34:5: carbon of site "fra": source "atls" is not defined; did you mean "atlas"?`,
		},
		{
			name: "source of a field it does not have", old: "sources: {pue: atlas}", new: "sources: {pux: atlas}",
			want: `t.yaml:34:5: carbon of site "fra": sources names the field "pux", which it does not have; did you mean "pue"?`,
		},
		{
			name: "no date at all", old: "metadata: {name: base, asOf: 2026-08-20}", new: "metadata: {name: base}",
			want: `topology: no file states metadata.asOf, the day the facts were gathered; add it to one of them`,
		},
		{
			name: "member of a country", old: "{id: JP, name: Japan}", new: "{id: JP, name: Japan, memberOf: [DE]}",
			want: `t.yaml:15:5: jurisdiction "JP": memberOf "DE", which is a country and not a bloc`,
		},
		{
			name: "sites that collide after merging", files: map[string]string{"u.yaml": "apiVersion: bailiwick/v1\nkind: Topology\nsites:\n  - {id: fra-1, kind: availability-zone, parent: fra}\n"},
			want: `u.yaml:4:5: site "fra-1" is already defined at t.yaml:18:5; remove one of them or rename it`,
		},
		{
			name: "links that collide, one in CSV", files: map[string]string{"links-more.csv": "from,to,rttMs\ndub,fra,25\nfra,dub,26\n"},
			want: `t.yaml:30:5: link "fra → dub" is already defined at links-more.csv:3:1; remove one of them or rename it`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.old != "" && strings.Count(base, c.old) != 1 {
				t.Fatalf("%q occurs %d times in the base", c.old, strings.Count(base, c.old))
			}
			files := map[string]string{"t.yaml": strings.Replace(base, c.old, c.new, 1)}
			for name, text := range c.files {
				files[name] = text
			}
			top, err := loadText(t, files)
			if err == nil {
				_, err = Compile(top)
			}
			if err == nil {
				t.Fatal("no error")
			}
			first, _, _ := strings.Cut(err.Error(), "\n")
			if first != c.want {
				t.Errorf("got  %s\nwant %s", first, c.want)
			}
		})
	}
}

func TestBadFiles(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"nothing there", map[string]string{}, "topology:  holds no topology file"},
		{"a file of another sort", map[string]string{"notes.txt": "x"}, "topology: notes.txt: not a topology file; use .yaml, .yml or .json, or a CSV named after its section: access, carbon,"},
		{"a misspelt section", map[string]string{"link.csv": "from,to\n"}, "topology: link.csv: not a topology file;"},
		{"unknown field", map[string]string{"t.yaml": strings.Replace(base, "city: Frankfurt", "town: Frankfurt", 1)}, `t.yaml:17:59: /sites/0/town: unknown field "town"`},
		{"unknown kind", map[string]string{"t.yaml": strings.Replace(base, "kind: region, partition: acme, country: IE", "kind: regoin, partition: acme, country: IE", 1)}, "t.yaml:20:5: /sites/3: field \"parent\" is missing; a regoin needs it\nt.yaml:20:21: /sites/3/kind: \"regoin\" is not allowed here; did you mean \"region\"?"},
		{"CSV with a wrong number", map[string]string{"t.yaml": base, "prices.csv": "site,index\nfra,cheap\n"}, `prices.csv:2:5: /0/index: `},
		{"CSV with an unknown column", map[string]string{"t.yaml": base, "prices.csv": "site,indx\nfra,1\n"}, `prices.csv:1:6: `},
		{"CSV with an unknown column of empty cells", map[string]string{"t.yaml": base, "prices.csv": "site,index,sorce,untill\nfra,1,,\n"}, "prices.csv:1:12: unknown field \"sorce\"; did you mean \"source\" or \"since\"?\nprices.csv:1:18: unknown field \"untill\"; did you mean \"until\"?"},
		{"CSV with a source of no fact", map[string]string{"t.yaml": base, "carbon.csv": "site,pue,sources.peu\ndub,1,\n"}, `carbon.csv:1:10: unknown field "sources.peu"; did you mean "pue"?`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := loadText(t, c.files)
			if err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("got  %v\nwant %s…", err, c.want)
			}
		})
	}
}

func file(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
