package placement

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// wantError demands err's exact text; "" is no error.
func wantError(t *testing.T, err error, want string) {
	t.Helper()
	got := ""
	if err != nil {
		got = err.Error()
	}
	if got != want {
		t.Errorf("error\n got: %s\nwant: %s", got, want)
	}
}

// spec wraps lines of a spec, each indented by two, in a request. Its first
// line is line 5.
func spec(lines string) []byte {
	var b strings.Builder
	b.WriteString("apiVersion: bailiwick/v1\nkind: PlacementRequest\nmetadata: {name: r}\nspec:\n")
	for line := range strings.Lines(lines) {
		b.WriteString("  " + line)
	}
	return []byte(b.String())
}

func mustDecode(t *testing.T, text []byte) *Request {
	t.Helper()
	r, err := Decode("r.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func fullRequest() *Request {
	return &Request{
		APIVersion: "bailiwick/v1", Kind: "PlacementRequest", Metadata: Metadata{Name: "checkout"},
		Spec: Spec{
			At:         "2026-11-01T00:00:00Z",
			Partitions: []string{"aws"},
			Sites:      SiteFilter{Include: []string{}, Exclude: []string{"eu-south-2"}},
			ZoneNames:  map[string]string{"eu-central-1a": "euc1-az2"},
			Users: []User{
				{Population: "DE", Weight: 60},
				{Population: "berlin-de", Weight: 40, Access: &Access{Mobile: "Vodafone"}},
			},
			Data: []DataSet{{
				Name: "customers", Class: "personal", Subjects: []string{"EU"}, Residency: []string{"EU"},
				Processing: []string{"EU"}, Logs: []string{"EU"},
				Transfer: []Transfer{{Tool: "SCC", To: "US", Since: "2026-01-01", Until: "2027-01-01", Assessment: "2026-02-01", Measures: []string{"keys-at-home"}}},
				Keys:     &Keys{Custodian: "customer", Location: "DE"}, Encryption: "end-to-end",
			}},
			Components: []Component{
				{
					Name: "api", Services: []string{"ec2", "elasticloadbalancing", "dynamodb"}, Data: []string{"customers"},
					Tier: TierOutpost, Copies: Copies{Min: 2, Max: 4},
					Roles:   []string{"primary", "replica", "replica", "replica"},
					Survive: SurviveProvider, Quorum: QuorumMajority,
					Spread:     Spread{SeparationKm: 300, PerRegion: 1, PerCountry: 2, PerRiskGroup: 3, MaxSkew: 4},
					Capacity:   &Capacity{Needed: 100, PerCopy: 60},
					DependsOn:  []Dependency{{Component: "db", MaxMs: new(5.0), TrafficGB: 10}},
					RTOSeconds: new(300.0), RPOSeconds: new(5.0),
					Latency:    Latency{MaxMs: new(60.0), Percentile: new(99.0), Accelerated: true, CacheHitRatio: 0.5},
					UserFacing: new(true), DisconnectedHours: 12, EnergyKWh: 7, Units: 1.5,
				},
				{
					Name: "db", Tier: TierLowest, Copies: Copies{Min: 1, Max: 1}, Roles: []string{"primary"},
					Survive: SurvivePartition, Quorum: QuorumNone, UserFacing: new(true), Units: 1,
				},
			},
			Current: map[string][]string{"api": {"eu-central-1"}},
			Carbon:  &Carbon{MaxGramsPerKWh: new(400.0), Basis: BasisMarket},
			Cost:    &Cost{MaxIndex: new(1.3)},
			Objective: Objective{Terms: []ObjectiveTerm{
				{Name: ObjectiveLatency}, {Name: ObjectiveCarbon}, {Name: ObjectiveMoves},
			}},
			Unknown: UnknownAssume,
			Waivers: []Waiver{{Policy: "SEL-06", Component: "api", Site: "eu-south-1", Until: "2027-01-01", Reason: "pilot", By: "ana"}},
		},
	}
}

func TestDecodeWholeRequest(t *testing.T) {
	text, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	got := mustDecode(t, text)
	if diff := cmp.Diff(fullRequest(), got, cmpopts.IgnoreUnexported(Request{})); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	made, err := New(*fullRequest())
	if err != nil {
		t.Fatal(err)
	}
	if made.Digest() != got.Digest() {
		t.Error("the same request made in Go has another digest")
	}
}

func TestDecodeFillsDefaults(t *testing.T) {
	tests := []struct{ name, short, long string }{
		{
			"no users",
			"components: [{name: a}]\n",
			`partitions: []
sites: {include: [], exclude: []}
zoneNames: {}
users: []
data: []
components:
  - {name: a, services: [], data: [], tier: region, copies: {min: 1, max: 1}, roles: [primary], survive: none, quorum: none, spread: {separationKm: 0, perRegion: 0, perCountry: 0, perRiskGroup: 0, maxSkew: 0}, latency: {accelerated: false, cacheHitRatio: 0}, userFacing: false, disconnectedHours: 0, energyKWh: 0, units: 1}
objective: [copies]
unknown: deny
waivers: []
`,
		},
		{
			"users",
			"users: [{population: DE}]\ncomponents: [{name: a}]\n",
			"users: [{population: DE, weight: 1.0}]\ncomponents: [{name: a, userFacing: true}]\nobjective: [latency]\n",
		},
		{
			"users, but nothing they call",
			"users: [{population: DE}]\ncomponents: [{name: a, userFacing: false}]\n",
			"users: [{population: DE}]\ncomponents: [{name: a, userFacing: false}]\nobjective: [copies]\n",
		},
		{
			"min only",
			"components: [{name: a, copies: {min: 3}}]\n",
			"components: [{name: a, copies: {min: 3, max: 3}, roles: [primary, replica, replica]}]\n",
		},
		{
			"max only",
			"components: [{name: a, copies: {max: 2}}]\n",
			"components: [{name: a, copies: {min: 1, max: 2}, roles: [primary, replica]}]\n",
		},
		{
			"roles only",
			"components: [{name: a, roles: [voter, witness]}]\n",
			"components: [{name: a, copies: {min: 1, max: 2}, roles: [voter, witness]}]\n",
		},
		{
			"roles for some",
			"components: [{name: a, copies: {max: 3}, roles: [voter]}]\n",
			"components: [{name: a, copies: {max: 3}, roles: [voter, replica, replica]}]\n",
		},
		{
			"one instant, three spellings: a date",
			"at: 2026-11-01\ncomponents: [{name: a}]\n",
			"at: 2026-11-01T00:00:00Z\ncomponents: [{name: a}]\n",
		},
		{
			"one instant, three spellings: a zone",
			"at: 2026-11-01T02:00:00.0+02:00\ncomponents: [{name: a}]\n",
			"at: 2026-11-01T00:00:00Z\ncomponents: [{name: a}]\n",
		},
		{
			"carbon basis",
			"carbon: {maxGramsPerKWh: 4e2}\ncomponents: [{name: a}]\n",
			"carbon: {maxGramsPerKWh: 400, basis: location}\ncomponents: [{name: a}]\n",
		},
		{
			"weighted objective in any order",
			"objective: {copies: 0.7, carbon: 0.3}\ncomponents: [{name: a}]\n",
			"objective: {carbon: 0.30, copies: 0.70}\ncomponents: [{name: a}]\n",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			short, long := mustDecode(t, spec(tt.short)), mustDecode(t, spec(tt.long))
			if diff := cmp.Diff(long, short, cmpopts.IgnoreUnexported(Request{}), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-long +short\n%s", diff)
			}
			if short.Digest() != long.Digest() {
				t.Error("two spellings of one request have two digests")
			}
		})
	}
}

func TestDigest(t *testing.T) {
	a := mustDecode(t, spec("components: [{name: a}]\n"))
	b := mustDecode(t, spec("components: [{name: b}]\n"))
	if a.Digest() == b.Digest() {
		t.Error("two requests have one digest")
	}
	const want = "sha256:"
	if d := a.Digest(); !strings.HasPrefix(d, want) || len(d) != len(want)+64 {
		t.Errorf("digest %s", d)
	}
	text, err := a.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	const canonical = `{"apiVersion":"bailiwick/v1","kind":"PlacementRequest","metadata":{"name":"r"},"spec":{"components":[{"copies":{"max":1,"min":1},"data":[],"disconnectedHours":0,"energyKWh":0,"latency":{"accelerated":false,"cacheHitRatio":0},"name":"a","quorum":"none","roles":["primary"],"services":[],"spread":{"maxSkew":0,"perCountry":0,"perRegion":0,"perRiskGroup":0,"separationKm":0},"survive":"none","tier":"region","units":1,"userFacing":false}],"data":[],"objective":["copies"],"partitions":[],"sites":{"exclude":[],"include":[]},"unknown":"deny","users":[],"waivers":[],"zoneNames":{}}}`
	if string(text) != canonical {
		t.Errorf("canonical JSON\n got: %s\nwant: %s", text, canonical)
	}
}

func TestAccessors(t *testing.T) {
	s := &mustDecode(t, spec("at: 2026-11-01\nusers: [{population: DE, weight: 0.25}, {population: FR, weight: 3}]\ncomponents: [{name: a}]\n")).Spec
	if got := s.UserWeights(); !cmp.Equal(got, []int64{25, 300}) {
		t.Errorf("weights %d", got)
	}
	if at, ok := s.DecisionTime(); !ok || at.Unix() != 1793491200 {
		t.Errorf("decision time %v, %v", at, ok)
	}
	if s.CarbonBasis() != BasisLocation || !s.Components[0].IsUserFacing() {
		t.Errorf("basis %s, user-facing %v", s.CarbonBasis(), s.Components[0].IsUserFacing())
	}
	s = &mustDecode(t, spec("carbon: {basis: market}\ncomponents: [{name: a}]\n")).Spec
	if _, ok := s.DecisionTime(); ok || s.CarbonBasis() != BasisMarket || s.Components[0].IsUserFacing() {
		t.Errorf("decision time %v, basis %s", ok, s.CarbonBasis())
	}
}
