package decode

import (
	"bytes"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func compileSchema(t *testing.T, v any) (*jsonschema.Schema, []byte) {
	t.Helper()
	text, err := Schema(v, "https://example.org/place.json", "Place")
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
	return s, text
}

// TestSchemaAgreesWithInto feeds the same texts to both: what one accepts the
// other must.
func TestSchemaAgreesWithInto(t *testing.T) {
	schema, _ := compileSchema(t, place{})
	const base = `{"id": "a", "country": "DE", `
	tests := []struct {
		text string
		ok   bool
	}{
		{`{"id": "a", "country": "DE"}`, true},
		{`{"id": "a"}`, false},
		{`{"country": "DE"}`, false},
		{`{"id": "a", "kind": "region"}`, false},
		{`{"id": "a", "kind": "local-zone"}`, true},
		{`{"id": "a", "kind": "availability-zone"}`, false},
		{`{"id": "a", "kind": "availability-zone", "parent": "b"}`, true},
		{`{"id": "a", "kind": "outpost"}`, false},
		{`[]`, false},
		{`{"id": "", "country": "DE"}`, false},
		{`{"id": "-a", "country": "DE"}`, false},
		{`{"id": "a/b:c_d.e-f", "country": "DE"}`, true},
		{`{"id": "` + strings.Repeat("a", 128) + `", "country": "DE"}`, true},
		{`{"id": "` + strings.Repeat("a", 129) + `", "country": "DE"}`, false},
		{base + `"note": "inlined"}`, true},
		{base + `"nope": 1}`, false},
		{base + `"lat": 90}`, true},
		{base + `"lat": 90.5}`, false},
		{base + `"lat": "90"}`, false},
		{base + `"lat": null}`, false},
		{base + `"pops": 1.0}`, true},
		{base + `"pops": 1.5}`, false},
		{base + `"pops": -1}`, false},
		{base + `"rows": -1}`, false},
		{base + `"small": -1}`, true},
		{base + `"optIn": true}`, true},
		{base + `"optIn": 1}`, false},
		{base + `"launched": "2026-11-23"}`, true},
		{base + `"launched": "2026-02-30"}`, false},
		{base + `"launched": "2026-11-23T00:00:00Z"}`, false},
		{base + `"since": "2026-11-23"}`, true},
		{base + `"since": "2026-11-23T00:00:00Z"}`, true},
		{base + `"since": "2026-11-23T00:00:00.5+02:00"}`, true},
		{base + `"since": "2026-11-23T00:00:00"}`, false},
		{base + `"since": "2026-13-23"}`, false},
		{base + `"since": "2026-11-23t00:00:00z"}`, false},
		{base + `"digest": "sha256:` + strings.Repeat("0a", 32) + `"}`, true},
		{base + `"digest": "sha256:` + strings.Repeat("0A", 32) + `"}`, false},
		{base + `"tags": ["hot", "cold"]}`, true},
		{base + `"tags": ["warm"]}`, false},
		{base + `"tags": "hot"}`, false},
		{base + `"ratios": [0, 1]}`, true},
		{base + `"ratios": [2]}`, false},
		{base + `"sources": {"x": "y"}}`, true},
		{base + `"sources": {"x": 1}}`, false},
		{base + `"links": []}`, false},
		{base + `"links": [{"to": "x"}]}`, true},
		{base + `"links": [{}]}`, false},
		{base + `"link": {"to": "x", "ms": 1e2}}`, true},
		{base + `"window": {}}`, true},
		{base + `"window": {"hours": 0}}`, false},
		{base + `"extra": {"a": [1, {"b": "c"}]}}`, true},
		{base + `"extra": {"a": [1, {"b": null}]}}`, false},
		{base + `"by": "x"}`, true},
		{base + `"by": " \n"}`, false},
		{base + `"shape": "x"}`, true},
		{base + `"shape": ["x"]}`, true},
		{base + `"shape": [1]}`, false},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			var v place
			if err := into("f.json", tt.text, &v); (err == nil) != tt.ok {
				t.Errorf("Into: %v", err)
			}
			doc, err := jsonschema.UnmarshalJSON(strings.NewReader(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(doc); (err == nil) != tt.ok {
				t.Errorf("schema: %v", err)
			}
		})
	}
}

func TestSchemaText(t *testing.T) {
	_, text := compileSchema(t, &place{})
	for _, want := range []string{
		`"$schema": "https://json-schema.org/draft/2020-12/schema"`,
		`"$id": "https://example.org/place.json"`,
		`"title": "Place"`,
		`"description": "Its name. Required."`,
		`"description": "Degrees north. If omitted, unknown."`,
		`"description": "If omitted, region."`,
		`"description": "availability-zone: Required. region: If omitted, it does not apply. Otherwise: If omitted, unknown."`,
		`"description": "Fixed at birth. If omitted, the parent's."`,
		`"description": "If omitted, 0."`,
		`"description": "If omitted, false."`,
		`"x-omitted": "unknown"`,
		`"default": 1.5`,
		`"default": "region"`,
		`"default": true`,
	} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("the schema lacks %s", want)
		}
	}
	again, err := Schema(place{}, "https://example.org/place.json", "Place")
	if err != nil || !bytes.Equal(text, again) {
		t.Errorf("the schema is not the same twice: %v", err)
	}
}

// TestSchemaSameNames keeps two types of one name apart.
func TestSchemaSameNames(t *testing.T) {
	type link struct {
		A string `json:"a" omit:"required"`
	}
	type both struct {
		Here  link        `json:"here"`
		There outerLink   `json:"there"`
		Other []outerLink `json:"other"`
	}
	schema, _ := compileSchema(t, both{})
	for text, ok := range map[string]bool{
		`{"here": {"a": "x"}, "there": {"link": {"to": "x"}}, "other": [{"link": {"to": "y"}}]}`: true,
		`{"here": {"to": "x"}}`:            false,
		`{"there": {"link": {"a": "x"}}}`:  false,
		`{"other": [{"link": {"a":"x"}}]}`: false,
	} {
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
	}
}

type outerLink struct {
	Link link `json:"link"`
}

// TestSchemaConditions covers the kinds that no tag names, where all of those
// require a field.
func TestSchemaConditions(t *testing.T) {
	type other struct {
		Kind string `json:"kind" omit:"required" discriminator:"true"`
		Ref  string `json:"ref" omit:"a=none,*=required"`
	}
	schema, _ := compileSchema(t, other{})
	for text, ok := range map[string]bool{
		`{"kind": "a"}`:             true,
		`{"kind": "b"}`:             false,
		`{"kind": "b", "ref": "x"}`: true,
		`{"ref": "x"}`:              false,
	} {
		var v other
		if err := into("f.json", text, &v); (err == nil) != ok {
			t.Errorf("Into %s: %v", text, err)
		}
		doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(doc); (err == nil) != ok {
			t.Errorf("schema %s: %v", text, err)
		}
	}
}

func TestSchemaRefuses(t *testing.T) {
	type badOmit struct {
		A string `json:"a" omit:"requird"`
	}
	type badType struct {
		A []chan int `json:"a"`
	}
	type badInner struct {
		Inner badType `json:"inner"`
	}
	for _, tt := range []struct {
		v    any
		want string
	}{
		{nil, "decode: no schema of nil"},
		{badOmit{}, `decode: decode.badOmit.A: omit says "requird"; did you mean "required"?`},
		{badInner{}, `inner: a: decode: no schema of chan int`},
		{badType{}, "a: decode: no schema of chan int"},
	} {
		_, err := Schema(tt.v, "x", "x")
		wantError(t, err, tt.want)
	}
}
