package config_test

import (
	"bytes"
	"cmp"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/bailiwick-dev/bailiwick/host"
	"github.com/bailiwick-dev/bailiwick/host/config"
	"github.com/bailiwick-dev/bailiwick/host/internal/decode"
	"github.com/bailiwick-dev/bailiwick/host/placement"
)

func schema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	text, err := config.Schema()
	must(t, err)
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	must(t, err)
	c := jsonschema.NewCompiler()
	must(t, c.AddResource("s", doc))
	s, err := c.Compile("s")
	must(t, err)
	return s
}

// TestSchemaAgrees wants the schema and Load to accept the same documents.
func TestSchemaAgrees(t *testing.T) {
	s := schema(t)
	for _, c := range []struct {
		name, text string
		ok         bool
	}{
		{"layered", layered, true},
		{"least", head, true},
		{"empty profile", head + "profile: ''\n", true},
		{"no kind", "apiVersion: bailiwick/v1\n", false},
		{"unknown", head + "topolgy: []\n", false},
		{"unknown in a profile", head + "profiles: {a: {topolgy: []}}\n", false},
		{"profiles within profiles", head + "profiles: {a: {profiles: {}}}\n", false},
		{"output", head + "output: xml\n", false},
		{"limit", head + "limits: {requestBytes: 1048577}\n", false},
		{"settings of a list", head + "settings: {A-1: [x]}\n", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := filepath.Join(write(t, map[string]string{"b.yaml": c.text}), "b.yaml")
			if _, err := config.Load(config.Options{File: file}); (err == nil) != c.ok {
				t.Errorf("Load: %v", err)
			}
			n, err := decode.Parse("b.yaml", []byte(c.text), decode.Limits{})
			must(t, err)
			var v any
			must(t, n.Into(&v))
			text, err := decode.Canonical(v)
			must(t, err)
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
			must(t, err)
			if err := s.Validate(doc); (err == nil) != c.ok {
				t.Errorf("schema: %v", err)
			}
		})
	}
}

// TestKeys: every field of the schema is a key that Entries lists and the environment can set, every default
// the documentation names is the one in force, and docs/config.md names each.
func TestKeys(t *testing.T) {
	guide, err := os.ReadFile("../../docs/config.md")
	must(t, err)
	c, err := config.Load(config.Options{File: config.None})
	must(t, err)
	var listed []string
	for _, e := range c.Entries() {
		listed = append(listed, e.Key)
		variable := "BAILIWICK_" + strings.ToUpper(strings.ReplaceAll(e.Key, ".", "_"))
		value, err := decode.Canonical(e.Value)
		must(t, err)
		text := strings.Trim(string(value), `"[]`)
		if _, err := config.Load(config.Options{File: config.None, Environment: []string{variable + "=" + text}}); err != nil {
			t.Errorf("%s=%s: %v", variable, text, err)
		}
		_, row, found := strings.Cut(string(guide), "\n| `"+e.Key+"` |")
		row, _, _ = strings.Cut(row, "\n")
		cells := strings.Split(row, " |")
		if !found || len(cells) != 5 {
			t.Errorf("docs/config.md has no row for %s", e.Key)
			continue
		}
		if said := strings.TrimSpace(cells[2]); said != cmp.Or(text, "none") {
			t.Errorf("docs/config.md says that %s is %s if nothing is given; it is %s", e.Key, said, value)
		}
	}
	text, err := config.Schema()
	must(t, err)
	n, err := decode.Parse("schema.json", text, decode.Limits{})
	must(t, err)
	var fields []string
	for name := range n.At("/properties").Fields() {
		fields = append(fields, name)
	}
	for name, f := range n.At("/$defs/LimitValues/properties").Fields() {
		key := "limits." + name
		fields = append(fields, key)
		i := slices.IndexFunc(c.Entries(), func(e config.Entry) bool { return e.Key == key })
		value, err := decode.Canonical(c.Entries()[i].Value)
		must(t, err)
		if !strings.Contains(f.At("/description").Text(), "If omitted, "+string(value)) {
			t.Errorf("%s is %s, its description: %s", key, value, f.At("/description").Text())
		}
	}
	for _, other := range []string{"apiVersion", "kind", "profiles", "settings", "grants", "limits"} {
		fields = slices.DeleteFunc(fields, func(f string) bool { return f == other })
	}
	slices.Sort(fields)
	slices.Sort(listed)
	if !slices.Equal(fields, listed) {
		t.Errorf("the schema has %v\nlisted are %v", fields, listed)
	}
}

// TestBounds: what a configuration may ask for is what the host accepts.
func TestBounds(t *testing.T) {
	text, err := config.Schema()
	must(t, err)
	n, err := decode.Parse("schema.json", text, decode.Limits{})
	must(t, err)
	for name, want := range map[string]int{"runnersUp": host.MaxRunnersUp, "requestBytes": placement.MaxRequestBytes} {
		var most int
		must(t, n.At("/$defs/LimitValues/properties/"+name+"/maximum").Into(&most))
		if most != want {
			t.Errorf("%s goes up to %d, the host's to %d", name, most, want)
		}
	}
}

// FuzzLoad reads configurations of any bytes: an error, or a Config that can be shown.
func FuzzLoad(f *testing.F) {
	f.Add([]byte(layered))
	f.Add([]byte(head + "profile: x\nprofiles: {x: {settings: {\"\": {\"\": 1}}}}\n"))
	f.Add([]byte(`{"apiVersion":"bailiwick/v1","kind":"Config","settings":{"a":{},"b":{"c":{}}}}`))
	file := filepath.Join(f.TempDir(), "b.yaml")
	f.Fuzz(func(t *testing.T, text []byte) {
		must(t, os.WriteFile(file, text, 0o666))
		c, err := config.Load(config.Options{File: file})
		if err != nil {
			return
		}
		for _, e := range c.Entries() {
			if e.Key == "" || e.From == "" {
				t.Errorf("%+v", e)
			}
		}
	})
}

// TestSchemaEngines wants the configuration to know the engines that the host has.
func TestSchemaEngines(t *testing.T) {
	field, ok := reflect.TypeFor[config.Values]().FieldByName("Engine")
	if !ok {
		t.Fatal("there is no field for the engine")
	}
	if got, want := field.Tag.Get("enum"), strings.Join(host.Engines(), "|"); got != want {
		t.Errorf("engines %s, want %s", got, want)
	}
}
