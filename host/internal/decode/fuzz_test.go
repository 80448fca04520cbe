package decode

import (
	"errors"
	"reflect"
	"testing"
)

// tightLimits keep one fuzz run cheap and reach the limits themselves.
var tightLimits = Limits{Bytes: 1 << 16, Depth: 16, Nodes: 1000, StringBytes: 1 << 12}

// FuzzParse feeds text to both readers. Neither may panic, every error must
// carry the file, and a text that both accept must mean the same to both.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`{"a": 1, "b": [true, "x", 1.5e3]}`, `[]`, `"x"`, "a: 1\nb: [x, NO, 2026-11-23]\n",
		"a: &x {b: 1}\nc: *x\n", "a: &x [*x]\n", "<<: {a: 1}", "a: !!str 1", "--- a\n--- b\n",
		"a: |\n  x\n  y\n", "? a\n: b\n", "%YAML 1.1\n---\na", `{"a":1,"a":2}`, `{"\u0061":1,"a":2}`,
		`{"a":"\ud83d\ude00"}`, "{\"a\":\"\u2028\"}", `{"<<":1}`, `{"null":"~"}`, `[1,-0,0.10,1E+2]`,
		"[1]\n...\nx", "a: 'it''s'\n# c\n", "- - - x", "~: 1", "{\"a\" :1}", "[\"a\",\"b\"]\t", "{\"a\"\n:1}",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if checkText("f", data, tightLimits) != nil {
			return
		}
		asJSON, jsonErr := readAny(t, parseJSON, data)
		asYAML, yamlErr := readAny(t, parseYAML, data)
		if jsonErr == nil && yamlErr == nil && !reflect.DeepEqual(asJSON, asYAML) {
			t.Fatalf("JSON reads %#v, YAML reads %#v", asJSON, asYAML)
		}
	})
}

func readAny(t *testing.T, parse func(string, []byte, Limits) (*Node, error), data []byte) (any, error) {
	t.Helper()
	n, err := parse("f", data, tightLimits)
	var out any
	if err == nil {
		err = n.Into(&out)
	}
	if err == nil {
		checkCanonical(t, out)
		return out, nil
	}
	var all Errors
	if !errors.As(err, &all) || len(all) == 0 {
		t.Fatalf("error %#v is not an Errors", err)
	}
	for _, e := range all {
		if e.Pos.File != "f" || e.Msg == "" {
			t.Fatalf("error without place or message: %#v", e)
		}
	}
	return nil, err
}

// checkCanonical demands that canonical JSON reads back as the same value and
// is its own canonical form. Integers beyond 2^53 have none.
func checkCanonical(t *testing.T, v any) {
	t.Helper()
	first, err := Canonical(v)
	if err != nil {
		return
	}
	n, err := parseJSON("f", first, Limits{}.withDefaults())
	if err != nil {
		t.Fatalf("canonical JSON %s does not parse: %v", first, err)
	}
	var back any
	if err := n.Into(&back); err != nil {
		t.Fatalf("canonical JSON %s does not decode: %v", first, err)
	}
	if !reflect.DeepEqual(v, back) {
		t.Fatalf("canonical JSON %s reads %#v, not %#v", first, back, v)
	}
	if second, err := Canonical(back); err != nil || string(first) != string(second) {
		t.Fatalf("canonical JSON is not stable: %s then %s, %v", first, second, err)
	}
}

// FuzzCSV demands that no text makes the CSV reader panic, and that what it
// accepts can be decoded or refused cell by cell.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"id,site\na,b\n", "id,sources.pue\na,\"x y\"\n", "a.b,a\n1,2\n", "a\n\"x", "a,b\n1\n", "a\r\n1\r\n", ",\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := CSV("f", data, tightLimits)
		if err != nil {
			var all Errors
			if !errors.As(err, &all) {
				t.Fatalf("error %#v is not an Errors", err)
			}
			return
		}
		var rows []map[string]any
		if err := n.Into(&rows); err == nil && len(rows) != n.Len() {
			t.Fatalf("%d rows decoded of %d", len(rows), n.Len())
		}
	})
}
