package decode

import (
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// yamlMark begins a text that is YAML and no JSON, which a brace would.
const yamlMark = "# YAML\n"

// spot is a struct that can be decoded in part.
type spot struct {
	ID     string   `json:"id" omit:"required" format:"id"`
	Kind   string   `json:"kind" omit:"required" discriminator:"true" enum:"a|b"`
	Parent string   `json:"parent" omit:"b=required,*=none"`
	Lat    *float64 `json:"lat" omit:"unknown"`
	Owner  string   `json:"owner" default:"us"`
	Link   *link    `json:"link" omit:"none"`
	Window window   `json:"window"`
	Given  Given    `json:"-" decode:"given"`
}

func TestIntoPart(t *testing.T) {
	const id, kind, parent, lat, owner, window = 1, 2, 4, 8, 16, 64
	for _, c := range []struct {
		name, text string
		want       spot
		missing    []string
	}{
		{"nothing", "{}", spot{}, []string{"id", "kind"}},
		{"one field", "{id: x, lat: 1}", spot{ID: "x", Lat: new(1.0), Given: Given{Written: id | lat}}, []string{"kind"}},
		{"what the kind requires", "{id: x, kind: b}", spot{ID: "x", Kind: "b", Given: Given{Written: id | kind}}, []string{"parent"}},
		{"what another kind does not", "{id: x, kind: a}", spot{ID: "x", Kind: "a", Given: Given{Written: id | kind}}, nil},
		{
			"null", "{id: x, kind: b, parent: null, lat: null, owner: ~}",
			spot{ID: "x", Kind: "b", Given: Given{Written: id | kind | parent | lat | owner, Retracted: parent | lat | owner}},
			[]string{"parent"},
		},
		{"a nested mapping is whole", "{window: {hours: 3}}", spot{Window: hoursOpen(3), Given: Given{Written: window}}, []string{"id", "kind"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, err := Parse("t.yaml", []byte(yamlMark+c.text), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			var got spot
			if err := n.IntoPart(&got); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
			f, err := FieldsOf(reflect.TypeFor[spot]())
			if err != nil {
				t.Fatal(err)
			}
			if got := f.Missing(reflect.ValueOf(got)); !cmp.Equal(got, c.missing) {
				t.Errorf("missing %q", got)
			}
		})
	}
}

func hoursOpen(hours int) window { return window{Hours: hours, Open: true} }

func TestPartIsStrict(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"{idd: x}", `t.yaml:2:2: /idd: unknown field "idd"; did you mean "id"?`},
		{"{lat: high}", `t.yaml:2:7: /lat: expected a decimal number, found the text "high"`},
		{"{link: {to: null}}", "t.yaml:2:13: /link/to: null is not a value here; omit the field"},
		{"{link: {ms: 1}}", `t.yaml:2:8: /link: field "to" is missing; it is required`},
	} {
		n, err := Parse("t.yaml", []byte(yamlMark+c.text), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if err := n.IntoPart(new(spot)); err == nil || err.Error() != c.want {
			t.Errorf("got  %v\nwant %s", err, c.want)
		}
	}
	n, err := Parse("t.yaml", []byte(yamlMark+"{id: x, kind: a, lat: null}"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if err := n.Into(new(spot)); err == nil || err.Error() != "t.yaml:2:23: /lat: null is not a value here; omit the field" {
		t.Errorf("as a whole: %v", err)
	}
}

func TestFieldsOf(t *testing.T) {
	f, err := FieldsOf(reflect.TypeFor[spot]())
	if err != nil {
		t.Fatal(err)
	}
	var s spot
	v := reflect.ValueOf(&s).Elem()
	f.Complete(v)
	if s.Owner != "us" || s.Window != hoursOpen(24) {
		t.Errorf("complete: %+v", s)
	}
	s = spot{Owner: "them", Lat: new(1.0), Window: window{Hours: 3}}
	for i := range f.Len() {
		if name := f.Name(i); name == "owner" || name == "lat" || name == "window" {
			f.Omit(i, v)
		}
	}
	if s.Owner != "us" || s.Lat != nil || s.Window != hoursOpen(24) {
		t.Errorf("left out: %+v", s)
	}
	if _, err := FieldsOf(reflect.TypeFor[link]()); err == nil || err.Error() != `decode: decode.link has no field tagged decode:"given"` {
		t.Errorf("got %v", err)
	}
	type wrong struct {
		Given int `decode:"given"`
	}
	if _, err := FieldsOf(reflect.TypeFor[wrong]()); err == nil || !strings.HasSuffix(err.Error(), `wrong.Given: decode:"given" is for a field of type Given`) {
		t.Errorf("got %v", err)
	}
}

// TestTooManyFields refuses a struct whose fields a Given cannot tell apart.
func TestTooManyFields(t *testing.T) {
	fields := []reflect.StructField{{Name: "Given", Type: givenType, Tag: `json:"-" decode:"given"`}}
	for i := range maxGiven + 1 {
		fields = append(fields, reflect.StructField{Name: "F" + strings.Repeat("x", i), Type: reflect.TypeFor[string]()})
	}
	if _, err := FieldsOf(reflect.StructOf(fields)); err == nil || !strings.HasSuffix(err.Error(), "has 65 fields, and a Given tells only 64 apart") {
		t.Errorf("got %v", err)
	}
}
