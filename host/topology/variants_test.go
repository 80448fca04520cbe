package topology

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// ways are services with variants; tests lay them over base.
const ways = `apiVersion: bailiwick/v1
kind: Topology
services:
  - {id: db, name: The database, scope: zonal, controlPlane: local, crossRegion: {mode: none}, failover: {seconds: 90}, disconnected: {mode: stops}, note: as it comes, source: survey, sources: {scope: atlas}}
  - {id: db-pair, aliases: [pair], variantOf: db, scope: regional, zones: {copies: 2, synchronous: true, readable: 0}, failover: {atLeastSeconds: 60, seconds: 120}, source: atlas}
  - {id: db-trio, variantOf: db, zones: {copies: 3, synchronous: true}, disconnected: {mode: limited, hours: 12, note: reads only}}
  - {id: db-here, variantOf: db}
  - {id: db-there, variantOf: db}
offerings:
  - {service: db, sites: [fra], complete: true, among: [fra, dub], source: survey}
  - {service: db-there, sites: [dub], source: atlas}
`

func mustBuildWays(t *testing.T) *Snapshot {
	t.Helper()
	top, err := loadText(t, map[string]string{"t.yaml": base, "ways.yaml": ways})
	if err != nil {
		t.Fatal(err)
	}
	s, err := Build(top)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range top.Services {
		if k.ID == "db-here" && (k.Scope != "" || k.Zones != nil || k.FieldSources != nil) {
			t.Errorf("building changed what was loaded: %+v", k)
		}
	}
	return s
}

func known[T any](v T) Fact[T]  { return Fact[T]{v, Known} }
func unknownOf[T any]() Fact[T] { return Fact[T]{State: Unknown} }
func service(t *testing.T, s *Snapshot, name string) ServiceRow {
	t.Helper()
	k, ok := s.Service(name)
	if !ok {
		t.Fatalf("no service %q", name)
	}
	return k
}

// noService is the row of a service that there is not.
const noService = ServiceRow(math.MaxUint32)

// TestVariantTakesWhatItOmits states, field by field, what a variant has of its own and what it takes.
func TestVariantTakesWhatItOmits(t *testing.T) {
	s := mustBuildWays(t)
	db := service(t, s, "db")
	of := Fact[ServiceRow]{db, Known}
	for _, want := range []ServiceFacts{
		{
			ID: "db", Name: "The database", VariantOf: Fact[ServiceRow]{noService, Absent},
			Scope: known("zonal"), ControlPlane: known("local"), CrossMode: known("none"),
			Copies: unknownOf[int32](), Readable: unknownOf[int32](), Synchronous: unknownOf[bool](), RPOSeconds: unknownOf[float64](),
			FailoverSeconds: known(90.0), FailoverAtLeastSeconds: unknownOf[float64](),
			DisconnectedMode: known("stops"), DisconnectedHours: known(0.0),
		},
		{
			ID: "db-pair", VariantOf: of, Scope: known("regional"), ControlPlane: known("local"), CrossMode: known("none"),
			Copies: known[int32](2), Readable: known[int32](0), Synchronous: known(true), RPOSeconds: unknownOf[float64](),
			FailoverSeconds: known(120.0), FailoverAtLeastSeconds: known(60.0),
			DisconnectedMode: known("stops"), DisconnectedHours: known(0.0),
		},
		{
			ID: "db-trio", VariantOf: of, Scope: known("zonal"), ControlPlane: known("local"), CrossMode: known("none"),
			Copies: known[int32](3), Readable: unknownOf[int32](), Synchronous: known(true), RPOSeconds: unknownOf[float64](),
			FailoverSeconds: known(90.0), FailoverAtLeastSeconds: unknownOf[float64](),
			DisconnectedMode: known("limited"), DisconnectedHours: known(12.0), DisconnectedNote: "reads only",
		},
	} {
		if d := cmp.Diff(want, s.ServiceFacts(service(t, s, want.ID))); d != "" {
			t.Errorf("%s: %s", want.ID, d)
		}
	}
	if f := s.ServiceFacts(service(t, s, "vm")); f.DisconnectedMode.State != Unknown || f.DisconnectedHours.State != Unknown || f.VariantOf.State != Absent {
		t.Errorf("vm: %+v", f)
	}
	if service(t, s, "pair") != service(t, s, "db-pair") {
		t.Error("a variant's alias names another service")
	}
}

// TestVariantOffered: a variant is offered where its service is, its zones included, unless an entry
// names it; then only that entry counts.
func TestVariantOffered(t *testing.T) {
	s := mustBuildWays(t)
	for _, c := range []struct {
		service, site string
		yes           bool
		state         State
	}{
		{"db-here", "fra", true, Known},
		{"db-here", "fra-1", true, Known},
		{"db-here", "dub", false, Known},
		{"db-here", "mystery", false, Unknown},
		{"db-there", "dub", true, Known},
		{"db-there", "fra", false, Unknown},
		{"db-there", "fra-1", false, Unknown},
	} {
		if yes, state := s.Offered(service(t, s, c.service), siteRow(t, s, c.site)); yes != c.yes || state != c.state {
			t.Errorf("%s at %s: %v, %v", c.service, c.site, yes, state)
		}
	}
}

// TestOfferingSources: a source is named where it speaks of the service at the site, and nowhere else.
func TestOfferingSources(t *testing.T) {
	s := mustBuildWays(t)
	for _, c := range []struct{ site, field, want string }{
		{"fra", "offers.db", "survey"},
		{"fra-1", "offers.db", "survey"}, // a zone has what its region has
		{"dub", "offers.db", "survey"},   // known not to be offered
		{"mystery", "offers.db", ""},
		{"dub", "offers.db-here", "survey"}, // a variant has its service's
		{"fra-1", "offers.db-here", "survey"},
		{"dub", "offers.db-there", "atlas"}, // unless an entry names it
		{"fra", "offers.db-there", ""},
		{"fra", "offers.pair", "survey"},
		{"fra", "offers.store", ""}, // offered by an entry without a source
		{"fra", "offers.nothing", ""},
		{"fra", "services", "survey"},
		{"dub", "services", "atlas,survey"},
		{"mystery", "services", ""},
	} {
		if got := s.FactSource(siteRow(t, s, c.site), c.field); got != c.want {
			t.Errorf("%s %s: source %q, want %q", c.site, c.field, got, c.want)
		}
	}
}

// TestVariantSources: a fact that a variant takes keeps the source it has there.
func TestVariantSources(t *testing.T) {
	top, err := loadText(t, map[string]string{"t.yaml": base, "ways.yaml": ways})
	if err != nil {
		t.Fatal(err)
	}
	c, err := resolve(top, top.Metadata.AsOf)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"scope": "atlas", "controlPlane": "survey", "crossRegion": "survey", "failover": "survey", "disconnected": "survey"}
	if d := cmp.Diff(want, c.Services[c.service["db-here"]].FieldSources); d != "" {
		t.Error(d)
	}
	s := mustBuildWays(t)
	for _, c := range []struct{ service, field, want string }{
		{"db", "scope", "atlas"},
		{"db", "failover.seconds", "survey"},
		{"db-pair", "zones.readable", "atlas"},
		{"db-pair", "disconnected.mode", "survey"},
		{"db-trio", "zones.copies", ""},
		{"vm", "scope", ""},
	} {
		if got := s.ServiceFactSource(service(t, s, c.service), c.field); got != c.want {
			t.Errorf("%s %s: source %q, want %q", c.service, c.field, got, c.want)
		}
	}
}

func TestBadServices(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{
			"variant of nothing", "id: db-here, variantOf: db", "id: db-here, variantOf: dv",
			`ways.yaml:7:5: service "db-here": variantOf: service "dv" is not defined; did you mean "db" or "kv"?`,
		},
		{
			"variant of a variant", "id: db-here, variantOf: db", "id: db-here, variantOf: db-trio",
			`ways.yaml:7:5: service "db-here": variantOf "db-trio", which is a variant of "db" itself; name the service that both are ways of running`,
		},
		{
			"variant of itself", "id: db-here, variantOf: db", "id: db-here, variantOf: db-here",
			`ways.yaml:7:5: service "db-here": it is variantOf itself; name the service it is a way of running, or remove variantOf`,
		},
		{
			"two variants of each other", "id: db, name: The database", "id: db, variantOf: db-here, name: The database",
			`ways.yaml:4:5: service "db": variantOf "db-here", which is a variant of "db" itself; name the service that both are ways of running`,
		},
		{
			"more readable copies than there are", "readable: 0", "readable: 2",
			`ways.yaml:5:5: service "db-pair": zones.readable 2 of 2 copies; the primary is one of the copies and does not count, so it is at most 1`,
		},
		{
			"failover the wrong way round", "atLeastSeconds: 60, seconds: 120", "atLeastSeconds: 120, seconds: 60",
			`ways.yaml:5:5: service "db-pair": failover.atLeastSeconds 120 is more than seconds 60, the figure to count on; exchange them`,
		},
		{
			"stops and goes on", "mode: stops", "mode: stops, hours: 4",
			`ways.yaml:4:5: service "db": disconnected.mode stops, yet it goes on for 4 hours; remove hours, or say continues or limited`,
		},
		{
			"no such mode", "mode: stops", "mode: halts",
			`ways.yaml:4:142: /services/0/disconnected/mode: "halts" is not allowed here; expected "continues", "limited" or "stops"`,
		},
		{
			"no mode", "{mode: stops}", "{hours: 4}",
			`ways.yaml:4:135: /services/0/disconnected: field "mode" is missing; it is required`,
		},
		{
			"source of a field it does not have", "sources: {scope: atlas}", "sources: {disconnect: atlas}",
			`ways.yaml:4:5: service "db": sources names the field "disconnect", which it does not have; did you mean "disconnected"?`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if strings.Count(ways, c.old) != 1 {
				t.Fatalf("%q occurs %d times", c.old, strings.Count(ways, c.old))
			}
			top, err := loadText(t, map[string]string{"t.yaml": base, "ways.yaml": strings.Replace(ways, c.old, c.new, 1)})
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
