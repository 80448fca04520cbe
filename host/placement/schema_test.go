package placement

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func compileSchema(t testing.TB, kind string) *jsonschema.Schema {
	t.Helper()
	text, err := Schema(kind)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("s", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("s")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, text []byte) error {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(doc)
}

func TestSchemaAcceptsCanonical(t *testing.T) {
	request, decision := compileSchema(t, "request"), compileSchema(t, "decision")
	full, err := os.ReadFile("testdata/full.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range [][]byte{
		full,
		spec("components: [{name: a}]\n"),
		spec("components: [{name: a}]\nobjective: {copies: 0.5, cost: 2}\n"),
	} {
		canonical, err := mustDecode(t, text).Canonical()
		if err != nil {
			t.Fatal(err)
		}
		if err := validate(t, request, canonical); err != nil {
			t.Errorf("%s: %v", canonical, err)
		}
	}
	canonical, err := wholeDecision().Canonical()
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(t, decision, canonical); err != nil {
		t.Error(err)
	}
}

// TestSchemaAgreesWithDecode changes one thing in a request that both accept.
func TestSchemaAgreesWithDecode(t *testing.T) {
	request := compileSchema(t, "request")
	const base = `{"apiVersion": "bailiwick/v1", "kind": "PlacementRequest", "metadata": {"name": "r"}, "spec": {"components": [{"name": "a"}]}}`
	tests := []struct {
		name, old, new string
		ok             bool
	}{
		{"as it is", "", "", true},
		{"another version", "bailiwick/v1", "bailiwick/v2", false},
		{"another kind", "PlacementRequest", "Topology", false},
		{"no name", `{"name": "r"}`, `{}`, false},
		{"bad name", `"r"`, `"r s"`, false},
		{"no components", `{"name": "a"}`, ``, false},
		{"copies", `"a"`, `"a", "copies": {"min": 2, "max": 3}`, true},
		{"no copies", `"a"`, `"a", "copies": {"min": 0}`, false},
		{"too many copies", `"a"`, `"a", "copies": {"max": 101}`, false},
		{"half a copy", `"a"`, `"a", "copies": {"max": 1.5}`, false},
		{"role", `"a"`, `"a", "copies": {"max": 2}, "roles": ["voter", "witness"]`, true},
		{"no such role", `"a"`, `"a", "roles": ["boss"]`, false},
		{"tier", `"a"`, `"a", "tier": "lowest"`, true},
		{"no such tier", `"a"`, `"a", "tier": "cloud"`, false},
		{"objective list", `}]}`, `}], "objective": ["copies", "cost"]}`, true},
		{"objective weights", `}]}`, `}], "objective": {"copies": 0.5}}`, true},
		{"no objective", `}]}`, `}], "objective": []}`, false},
		{"no such objective", `}]}`, `}], "objective": ["speed"]}`, false},
		{"objective twice", `}]}`, `}], "objective": ["cost", "cost"]}`, false},
		{"objective of no weight", `}]}`, `}], "objective": {"latency": 0}}`, false},
		{"objective as text", `}]}`, `}], "objective": "latency"}`, false},
		{"time", `}]}`, `}], "at": "2026-11-01T00:00:00Z"}`, true},
		{"date", `}]}`, `}], "at": "2026-11-01"}`, true},
		{"no time", `}]}`, `}], "at": "noon"}`, false},
		{"zone names", `}]}`, `}], "zoneNames": {"eu-central-1a": "euc1-az2"}}`, true},
		{"no zone id", `}]}`, `}], "zoneNames": {"eu-central-1a": ""}}`, false},
		{"unknown field", `}]}`, `}], "user": []}`, false},
		{"waiver", `}]}`, `}], "waivers": [{"policy": "p", "component": "a", "site": "s", "until": "2027-01-01", "reason": "x", "by": "y"}]}`, true},
		{"waiver without reason", `}]}`, `}], "waivers": [{"policy": "p", "component": "a", "site": "s", "until": "2027-01-01", "reason": "", "by": "y"}]}`, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := []byte(strings.Replace(base, tt.old, tt.new, 1))
			if _, err := Decode("r.json", text); (err == nil) != tt.ok {
				t.Errorf("Decode: %v", err)
			}
			if err := validate(t, request, text); (err == nil) != tt.ok {
				t.Errorf("schema: %v", err)
			}
		})
	}
}

func TestSchemaRefuses(t *testing.T) {
	_, err := Schema("requests")
	wantError(t, err, `there is no schema of "requests" here; did you mean "request"?`)
}
