package topology

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"
)

// TestWhole reads a document with every section and looks at what came through.
func TestWhole(t *testing.T) {
	text, err := os.ReadFile("testdata/whole.yaml")
	if err != nil {
		t.Fatal(err)
	}
	s := mustBuild(t, string(text))
	frankfurt, zone := siteRow(t, s, "eu-central-1"), siteRow(t, s, "euc1-az1")
	want := SiteFacts{
		Kind: AvailabilityZone, Owner: "provider",
		City: Fact[string]{"Frankfurt", Known}, Status: Fact[string]{"available", Known},
		Carrier: Fact[string]{State: Absent},
		Lat:     Fact[float64]{50.11, Known}, Lon: Fact[float64]{8.68, Known}, OptIn: Fact[bool]{false, Known},
		Grid: Fact[float64]{338, Known}, Market: Fact[float64]{0, Known}, PUE: Fact[float64]{1.33, Known}, WUE: Fact[float64]{0.1, Known},
		Price: Fact[float64]{1.2, Known}, CarbonYear: Fact[int32]{2024, Known}, Pops: Fact[int32]{State: Absent}, ZoneCount: Fact[int32]{State: Absent},
		DisconnectedHours: Fact[float64]{State: Absent},
		ControlComplete:   true, ServicesComplete: true, ProgrammesComplete: true,
	}
	got := s.Facts(zone)
	us, _ := s.Jurisdiction("US")
	want.Control, want.Personnel = []uint32{uint32(us)}, []uint32{}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if f := s.Facts(siteRow(t, s, "plant-7")); f.DisconnectedHours != (Fact[float64]{12, Known}) || f.Owner != "customer" {
		t.Errorf("plant-7: %+v", f)
	}
	if f := s.Facts(siteRow(t, s, "FRA")); f.Pops != (Fact[int32]{17, Known}) {
		t.Errorf("FRA: %+v", f)
	}
	if f := s.Facts(siteRow(t, s, "eu-central-1-wl1-ber")); f.Carrier.Value != "Vodafone" || f.Lat.State != Unknown {
		t.Errorf("wavelength zone: %+v", f)
	}
	if region, ok := s.Region(siteRow(t, s, "plant-7")); !ok || region != frankfurt {
		t.Error("the outpost's region is not its zone's")
	}
	de, _ := s.Population("DE")
	if r := s.Access(User{Population: de}, zone); r.Micros != fixedLineMicros+internetMicros(DistanceKm(51.2, 10.4, 50.11, 8.68)) || r.Basis != Modelled {
		t.Errorf("access to the zone: %+v", r)
	}
	if r := s.Access(User{Population: de}, frankfurt); r.Micros != 9000 || r.Basis != Measured {
		t.Errorf("access to the region: %+v", r)
	}
	ddb, _ := s.Service("ddb")
	d := s.ServiceFacts(ddb)
	if d.ID != "dynamodb" || d.RPOSeconds.Value != 2 || d.FailoverSeconds != (Fact[float64]{0, Known}) || d.ControlPlane.Value != "local" {
		t.Errorf("dynamodb: %+v", d)
	}
	for r := range s.Regimes() {
		if r.ID != "ru-152fz-18-5" || r.CopiesAbroad != (Fact[bool]{true, Known}) || r.ProcessingAbroad.State != Unknown || !slices.Equal(r.Classes, []string{"personal"}) {
			t.Errorf("regime %+v", r)
		}
	}
	for p := range s.Programmes() {
		if p.ID != "fedramp-high" || !slices.Equal(p.Sites, []string{"us-east-1"}) || !p.Complete {
			t.Errorf("programme %+v", p)
		}
	}
	for f := range s.Adequacies() {
		if f.InForce("2019-01-22") || !f.InForce("2019-01-23") || f.Source != "operator" {
			t.Errorf("finding %+v", f)
		}
	}
}

// TestSchema checks documents against the published schema.
func TestSchema(t *testing.T) {
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("topology.json", doc); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("topology.json")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile("testdata/whole.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text string
		ok         bool
	}{
		{"whole", string(whole), true},
		{"base", base, true},
		{"unknown field", strings.Replace(base, "city: Frankfurt", "town: Frankfurt", 1), false},
		{"unknown kind", strings.Replace(base, "kind: outpost", "kind: outhouse", 1), false},
		{"region without a partition", strings.Replace(base, "{id: mystery, kind: region, partition: acme}", "{id: mystery, kind: region}", 1), false},
		{"zone without a partition", base, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var v any
			if err := yaml.Unmarshal([]byte(c.text), &v); err != nil {
				t.Fatal(err)
			}
			// Dates are text in the format, and time values to this YAML decoder.
			j, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			j = bytes.ReplaceAll(j, []byte("T00:00:00Z"), nil)
			inst, err := jsonschema.UnmarshalJSON(bytes.NewReader(j))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(inst); (err == nil) != c.ok {
				t.Errorf("valid: %v, want %v: %v", err == nil, c.ok, err)
			}
			_, err = loadText(t, map[string]string{"t.yaml": c.text})
			if (err == nil) != c.ok {
				t.Errorf("the decoder disagrees with the schema: %v", err)
			}
		})
	}
}
