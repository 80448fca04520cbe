package decode

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// place is a struct with one field of each sort the formats use.
type place struct {
	Common
	ID       string            `json:"id" omit:"required" format:"id" doc:"Its name."`
	Kind     string            `json:"kind" default:"region" enum:"region|availability-zone|local-zone" discriminator:"true"`
	Parent   string            `json:"parent" omit:"region=inapplicable,availability-zone=required,*=unknown" format:"id"`
	Country  string            `json:"country" omit:"region=required,*=inherited"`
	Lat      *float64          `json:"lat" omit:"unknown" min:"-90" max:"90" doc:"Degrees north."`
	Pops     int               `json:"pops" min:"0"`
	Small    int32             `json:"small"`
	Rows     uint32            `json:"rows"`
	OptIn    *bool             `json:"optIn" omit:"unknown"`
	Launched string            `json:"launched" omit:"unknown" format:"date" doc:"Fixed at birth. If omitted, the parent's."`
	Since    string            `json:"since" format:"date-time"`
	Digest   string            `json:"digest" format:"digest"`
	Tags     []string          `json:"tags" enum:"hot|cold"`
	Ratios   []float64         `json:"ratios" min:"0" max:"1"`
	Sources  map[string]string `json:"sources"`
	Links    []link            `json:"links" minItems:"1"`
	Link     *link             `json:"link" omit:"none"`
	Window   window            `json:"window"`
	Extra    any               `json:"extra"`
	Shape    shape             `json:"shape"`
	By       string            `json:"by" format:"text"`
	Weight   *float64          `json:"weight" default:"1.5"`
	Internal string            `json:"-"`
	Pos      Pos               `json:"-" decode:"pos"`
}

// Common is inlined.
type Common struct {
	Note string `json:"note"`
}

type link struct {
	To string  `json:"to" omit:"required"`
	Ms float64 `json:"ms"`
	Up bool    `json:"up"`
}

type window struct {
	Hours int  `json:"hours" default:"24" min:"1"`
	Open  bool `json:"open" default:"true"`
}

// shape is written as a name or as a list of names.
type shape []string

func (s *shape) UnmarshalNode(n *Node) error {
	if n.Kind() == List {
		return n.Into((*[]string)(s))
	}
	var one string
	if err := n.Into(&one); err != nil {
		return err
	}
	if one == "bad" {
		return errors.New("a bad shape")
	}
	*s = shape{one}
	return nil
}

func (shape) JSONSchema() map[string]any {
	name := map[string]any{"type": "string"}
	return map[string]any{"oneOf": []any{name, map[string]any{"type": "array", "items": name}}}
}

func ptr[T any](v T) *T { return &v }

const wholeYAML = `
note: all
id: a
kind: local-zone
parent: b
country: NO
lat: 1.20
pops: 1e2
small: -0
rows: 4.0
optIn: false
launched: 2026-11-23
since: 2026-11-23T10:00:00Z
digest: sha256:0000000000000000000000000000000000000000000000000000000000000000
tags: [hot]
ratios: [0.5]
sources: {pue: x}
links: [{to: c, ms: 3}]
link: {to: 1.10}
window: {hours: 2}
extra: {a: [1, true, x, "1", 2026-11-23, NO]}
shape: round
`

func TestInto(t *testing.T) {
	var got place
	if err := into("f.yaml", wholeYAML, &got); err != nil {
		t.Fatal(err)
	}
	want := place{
		Common: Common{Note: "all"},
		ID:     "a", Kind: "local-zone", Parent: "b", Country: "NO", Lat: ptr(1.2), Pops: 100, Rows: 4,
		OptIn: ptr(false), Launched: "2026-11-23", Since: "2026-11-23T10:00:00Z",
		Digest: "sha256:0000000000000000000000000000000000000000000000000000000000000000",
		Tags:   []string{"hot"}, Ratios: []float64{0.5}, Sources: map[string]string{"pue": "x"},
		Links: []link{{To: "c", Ms: 3}}, Link: &link{To: "1.10"}, Window: window{Hours: 2, Open: true},
		Extra: map[string]any{"a": []any{1.0, true, "x", "1", "2026-11-23", "NO"}},
		Shape: shape{"round"}, Weight: ptr(1.5), Pos: Pos{"f.yaml", 2, 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestIntoFillsDefaults(t *testing.T) {
	var got place
	if err := into("f.json", `{"id": "a", "country": "DE"}`, &got); err != nil {
		t.Fatal(err)
	}
	want := place{
		ID: "a", Kind: "region", Country: "DE", Window: window{Hours: 24, Open: true},
		Weight: ptr(1.5), Pos: Pos{"f.json", 1, 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestIntoRefuses(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"required", "note: x", `f.yaml:1:1: field "country" is missing; a region needs it
f.yaml:1:1: field "id" is missing; it is required`},
		{"required by kind", "{\"id\": \"a\", \"kind\": \"availability-zone\"}", `f.yaml:1:1: field "parent" is missing; an availability-zone needs it`},
		{"unknown field", "id: a\ncountry: DE\nponts: 1", `f.yaml:3:1: /ponts: unknown field "ponts"; did you mean "pops"?`},
		{"unknown field, nothing near", "id: a\ncountry: DE\nxyzzy-plugh: 1", `f.yaml:3:1: /xyzzy-plugh: unknown field "xyzzy-plugh"`},
		{"not a mapping", "- a", "f.yaml:1:1: expected a mapping, found a list"},
		{"format id", "id: a b\ncountry: DE", `f.yaml:1:5: /id: "a b" is not an identifier (1 to 128 of letters, digits and . _ : / -, beginning with a letter or digit)`},
		{"enum", "id: a\nkind: availability-zon\ncountry: DE", `f.yaml:2:7: /kind: "availability-zon" is not allowed here; did you mean "availability-zone"?`},
		{"enum, nothing near", "id: a\ncountry: DE\ntags: [x]", `f.yaml:3:8: /tags/0: "x" is not allowed here; expected "hot" or "cold"`},
		{"null", "id: a\ncountry: ~\nlat:\nextra: [null]", `f.yaml:2:10: /country: null is not a value here; omit the field
f.yaml:3:5: /lat: null is not a value here; omit the field
f.yaml:4:9: /extra/0: null is not a value here; omit the field`},
		{"bounds", "id: a\ncountry: DE\nlat: -90.1\npops: -1\nratios: [0.5, 1.5]", `f.yaml:3:6: /lat: -90.1 is less than -90, the least allowed
f.yaml:4:7: /pops: -1 is less than 0, the least allowed
f.yaml:5:15: /ratios/1: 1.5 is more than 1, the most allowed`},
		{"numbers spelt otherwise", "id: a\ncountry: DE\nlat: .inf\npops: 0x10\nratios: [1_0, .nan, 0o7, +1, 010, .5, 1., NaN, 1:30]", `f.yaml:3:6: /lat: expected a decimal number, found the text ".inf"
f.yaml:4:7: /pops: expected a whole number, found the text "0x10"
f.yaml:5:10: /ratios/0: expected a decimal number, found the text "1_0"
f.yaml:5:15: /ratios/1: expected a decimal number, found the text ".nan"
f.yaml:5:21: /ratios/2: expected a decimal number, found the text "0o7"
f.yaml:5:26: /ratios/3: expected a decimal number, found the text "+1"
f.yaml:5:30: /ratios/4: expected a decimal number, found the text "010"
f.yaml:5:35: /ratios/5: expected a decimal number, found the text ".5"
f.yaml:5:39: /ratios/6: expected a decimal number, found the text "1."
f.yaml:5:43: /ratios/7: expected a decimal number, found the text "NaN"
f.yaml:5:48: /ratios/8: expected a decimal number, found the text "1:30"`},
		{"numbers out of range", "id: a\ncountry: DE\nlat: 1e999\npops: 9223372036854775808\nsmall: 2147483648\nrows: -1\nratios: [1e-999]", `f.yaml:3:6: /lat: 1e999 is out of range
f.yaml:4:7: /pops: 9223372036854775808 is out of range
f.yaml:5:8: /small: 2147483648 is out of range
f.yaml:6:7: /rows: -1 is out of range
f.yaml:7:10: /ratios/0: 1e-999 is out of range`},
		{"not whole", "id: a\ncountry: DE\npops: 1.5", `f.yaml:3:7: /pops: expected a whole number, found the text "1.5"`},
		{"quoted number", "id: a\ncountry: DE\npops: \"1\"\nlat: '1'\noptIn: 'true'", `f.yaml:3:7: /pops: expected a whole number, found the text "1"
f.yaml:4:6: /lat: expected a number, found the text "1"
f.yaml:5:8: /optIn: expected true or false, found the text "true"`},
		{"JSON number as text", `{"id": 1, "country": true}`, `f.yaml:1:8: /id: expected text, found the number 1
f.yaml:1:22: /country: expected text, found true`},
		{"truth spelt otherwise", "id: a\ncountry: DE\noptIn: yes\nwindow: {open: True}", `f.yaml:3:8: /optIn: expected true or false, found the text "yes"
f.yaml:4:16: /window/open: expected true or false, found the text "True"`},
		{"ambiguous where anything goes", "id: a\ncountry: DE\nextra: [0x1, True, 1_000, .inf, 007, 1e999]", `f.yaml:3:9: /extra/0: expected a decimal number, found the text "0x1"; quote it if it is text
f.yaml:3:14: /extra/1: expected true or false, found the text "True"; quote it if it is text
f.yaml:3:20: /extra/2: expected a decimal number, found the text "1_000"; quote it if it is text
f.yaml:3:27: /extra/3: expected a decimal number, found the text ".inf"; quote it if it is text
f.yaml:3:33: /extra/4: expected a decimal number, found the text "007"; quote it if it is text
f.yaml:3:38: /extra/5: 1e999 is out of range`},
		{"wrong shapes", "id: [a]\ncountry: {a: 1}\npops: []\ntags: hot\nsources: [x]\nlink: x\nlinks: {}", `f.yaml:1:5: /id: expected text, found a list
f.yaml:2:10: /country: expected text, found a mapping
f.yaml:3:7: /pops: expected a whole number, found a list
f.yaml:4:7: /tags: expected a list, found the text "hot"
f.yaml:5:10: /sources: expected a mapping, found a list
f.yaml:6:7: /link: expected a mapping, found the text "x"
f.yaml:7:8: /links: expected a list, found a mapping`},
		{"too few", "id: a\ncountry: DE\nlinks: []", "f.yaml:3:8: /links: expected at least 1 in the list, found 0"},
		{"dates", "id: a\ncountry: DE\nlaunched: 2026-02-30\nsince: 2026-11-23 10:00", `f.yaml:3:11: /launched: "2026-02-30" is not a date (YYYY-MM-DD)
f.yaml:4:8: /since: "2026-11-23 10:00" is not a time (YYYY-MM-DD or, in full, YYYY-MM-DDThh:mm:ssZ)`},
		{"digest", "id: a\ncountry: DE\ndigest: sha256:00", `f.yaml:3:9: /digest: "sha256:00" is not a digest (sha256: and 64 hexadecimal digits in lower case)`},
		{"blank text", "id: a\ncountry: DE\nby: ' '", `f.yaml:3:5: /by: " " is not text that says something`},
		{"inside an Unmarshaler", "id: a\ncountry: DE\nshape: [x, {}]", "f.yaml:3:12: /shape/1: expected text, found a mapping"},
		{"by an Unmarshaler", "id: a\ncountry: DE\nshape: bad", "f.yaml:3:8: /shape: a bad shape"},
		{"pointer escapes", "id: a\ncountry: DE\nsources: {a/b~c: []}", "f.yaml:3:18: /sources/a~1b~0c: expected text, found a list"},
		{"long text is cut", "id: \"ééééééééééééééééééééééééééééééééé é\"\ncountry: DE", `f.yaml:1:5: /id: "éééééééééééééééééééééééééééééé…" is not an identifier (1 to 128 of letters, digits and . _ : / -, beginning with a letter or digit)`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var v place
			wantError(t, into("f.yaml", tt.text, &v), tt.want)
		})
	}
}

func TestIntoRefusesTypes(t *testing.T) {
	type badOmit struct {
		A string `json:"a" omit:"requird"`
	}
	type badDefault struct {
		A int `json:"a" default:"x"`
	}
	type badFormat struct {
		A string `json:"a" format:"uuid"`
	}
	type badBound struct {
		A int `json:"a" min:"low"`
	}
	type badItems struct {
		A []int `json:"a" minItems:"x"`
	}
	type badPos struct {
		A string `decode:"pos"`
	}
	type twice struct {
		Common
		B string `json:"note"`
	}
	type badType struct {
		A chan int `json:"a"`
	}
	type badMap struct {
		A map[int]string `json:"a"`
	}
	type badKind struct {
		A int `json:"a" discriminator:"true"`
	}
	type badInner struct {
		badOmit
	}
	type badMax struct {
		A int `json:"a" max:"high"`
	}
	type badDeep struct {
		B badMax `json:"b"`
	}
	type badInterface struct {
		A error `json:"a"`
	}
	tests := []struct {
		name string
		v    any
		want string
	}{
		{"not a pointer", place{}, "decode: Into needs a non-nil pointer, not decode.place"},
		{"nil", (*place)(nil), "decode: Into needs a non-nil pointer, not *decode.place"},
		{"omit", &badOmit{}, `decode: decode.badOmit.A: omit says "requird"; did you mean "required"?`},
		{"default", &badDefault{}, `decode: decode.badDefault.A: default "x": expected a whole number, found the text "x"`},
		{"format", &badFormat{}, `decode: decode.badFormat.A: unknown format "uuid"`},
		{"bound", &badBound{}, `decode: decode.badBound.A: min "low" is not a number`},
		{"minItems", &badItems{}, `decode: decode.badItems.A: minItems "x" is not a whole number`},
		{"pos", &badPos{}, `decode: decode.badPos.A: decode:"pos" is for a field of type Pos`},
		{"twice", &twice{}, `decode: decode.twice.B: a second field named "note"`},
		{"type", &badType{}, `decode: cannot decode into chan int`},
		{"map", &badMap{}, `decode: cannot decode into map[int]string: keys must be strings`},
		{"discriminator", &badKind{}, `decode: decode.badKind.A: a discriminator must be a string`},
		{"embedded", &badInner{}, `decode: decode.badOmit.A: omit says "requird"; did you mean "required"?`},
		{"of a struct left out", &badDeep{}, `decode: decode.badMax.A: max "high" is not a number`},
		{"interface", &badInterface{}, `decode: cannot decode into error`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := `{"a": {}}`
			wantError(t, into("f.json", text, tt.v), tt.want)
		})
	}
}

// TestIntoNested covers defaults inside a struct left out as a whole, and a
// field named only in Go.
func TestIntoNested(t *testing.T) {
	type inner struct {
		Window window `json:"window"`
	}
	type outer struct {
		Inner inner `json:"inner"`
		Plain string
	}
	var got outer
	if err := into("f.json", `{"Plain": "x"}`, &got); err != nil {
		t.Fatal(err)
	}
	want := outer{Inner: inner{Window: window{Hours: 24, Open: true}}, Plain: "x"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestParseInt(t *testing.T) {
	tests := []struct {
		text string
		want int64
		err  error
	}{
		{"0", 0, nil},
		{"-0.0", 0, nil},
		{"0e999", 0, nil},
		{"1.0", 1, nil},
		{"1.50e1", 15, nil},
		{"-12e-1", 0, errNotInteger},
		{"1e18", 1e18, nil},
		{"1e19", 0, errRange},
		{"1e401", 0, errRange},
		{"10e400", 0, errRange},
		{"1e99999999999999999999", 0, errRange},
		{"9223372036854775807", math.MaxInt64, nil},
		{"-9223372036854775808", math.MinInt64, nil},
		{"9223372036854775807.5", 0, errNotInteger},
		{"1.0000000000000000000001", 0, errNotInteger},
		{"", 0, errNotNumber},
		{"+1", 0, errNotNumber},
		{"01", 0, errNotNumber},
		{"1.", 0, errNotNumber},
		{"1e", 0, errNotNumber},
	}
	for _, tt := range tests {
		if got, err := parseInt(tt.text); got != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("parseInt(%q) = %d, %v; want %d, %v", tt.text, got, err, tt.want, tt.err)
		}
	}
}

func TestParseTime(t *testing.T) {
	for text, want := range map[string]string{
		"2026-11-23":                "2026-11-23T00:00:00Z",
		"2026-11-23T01:02:03Z":      "2026-11-23T01:02:03Z",
		"2026-11-23T01:02:03+02:00": "2026-11-22T23:02:03Z",
		"2026-11-23T01:02:03.5Z":    "2026-11-23T01:02:03.5Z",
		"2026-02-29":                "",
		"2026-11-23t01:02:03z":      "",
		"2026-11-23T1:02:03Z":       "",
		"2026-11-23T01:02:03":       "",
		"2026-11-23T24:00:00Z":      "",
	} {
		got := ""
		if at, ok := ParseTime(text); ok {
			got = at.Format("2006-01-02T15:04:05.999999999Z07:00")
		}
		if got != want {
			t.Errorf("ParseTime(%q) = %q, want %q", text, got, want)
		}
	}
}
