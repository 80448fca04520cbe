package placement

import (
	"os"
	"testing"
)

func TestUnsupported(t *testing.T) {
	const (
		no = " is not supported by this version: "
		a  = "components:\n- name: a\n  "
	)
	tests := []struct{ name, spec, want string }{
		{"percentile", a + "latency: {percentile: 99}\n", "r.yaml:7:27: /spec/components/0/latency/percentile: latency.percentile" + no + "remove it"},
		{
			"what is supported", `at: 2026-11-01
partitions: [aws]
sites: {include: [x], exclude: [y]}
zoneNames: {eu-central-1a: euc1-az2}
users: [{population: DE, weight: 2, access: {mobile: Vodafone}}]
data: [{name: d, class: personal, subjects: [EU], residency: [EU], processing: [EU], logs: [EU], transfer: [{tool: SCC, to: US}], keys: {location: DE}, encryption: end-to-end}]
components:
- name: a
  services: [s3]
  data: [d]
  tier: availability-zone
  copies: {min: 2, max: 100}
  roles: [primary, witness, cache]
  survive: provider
  quorum: majority
  spread: {separationKm: 300, perRegion: 1, perCountry: 1, perRiskGroup: 1, maxSkew: 1}
  capacity: {needed: 100, perCopy: 60}
  rtoSeconds: 300
  rpoSeconds: 0
  dependsOn: [{component: b, maxMs: 5, trafficGB: 10}]
  latency: {maxMs: 60, accelerated: true, cacheHitRatio: 0.9}
  userFacing: true
  disconnectedHours: 0
  energyKWh: 10
  units: 2
- name: b
current: {a: [x]}
carbon: {maxGramsPerKWh: 400, basis: market}
cost: {maxIndex: 1.3}
objective: [latency, latency.worst, latency.afterLoss, carbon, cost, copies, moves]
unknown: assume
waivers: [{policy: SEL-06, component: a, site: x, until: 2027-01-01, reason: y, by: z}]
`, "",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wantError(t, mustDecode(t, spec(tt.spec)).Unsupported(), tt.want)
		})
	}
}

func TestUnsupportedListsAll(t *testing.T) {
	text, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const no = " is not supported by this version: "
	want := `r.yaml:29:40: /spec/components/0/latency/percentile: latency.percentile` + no + `remove it`
	wantError(t, mustDecode(t, text).Unsupported(), want)
}

func TestUnsupportedOfNew(t *testing.T) {
	r, err := New(Request{Metadata: Metadata{Name: "r"}, Spec: Spec{Components: []Component{{Name: "a", Latency: Latency{Percentile: new(99.0)}}}}})
	if err != nil {
		t.Fatal(err)
	}
	wantError(t, r.Unsupported(), "/spec/components/0/latency/percentile: latency.percentile is not supported by this version: remove it")
}

func TestErrorf(t *testing.T) {
	r := mustDecode(t, spec("users: [{population: DE}]\ncomponents: [{name: a}]\n"))
	wantError(t, r.Errorf("/spec/users/0/population", "there is no population %q", "DE"), `r.yaml:5:24: /spec/users/0/population: there is no population "DE"`)
}
