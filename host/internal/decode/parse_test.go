package decode

import (
	"errors"
	"strings"
	"testing"
)

// into parses text and decodes it into v.
func into(name, text string, v any) error {
	n, err := Parse(name, []byte(text), Limits{})
	if err != nil {
		return err
	}
	return n.Into(v)
}

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

func TestParseRefuses(t *testing.T) {
	tests := []struct{ name, file, text, want string }{
		{"empty", "f.yaml", "", "f.yaml:1:1: the text is empty"},
		{"only a comment", "f.yaml", "# x\n", "f.yaml:1:1: the text is empty"},
		{"byte order mark", "f.yaml", "\ufeffa: 1", "f.yaml:1:1: the text begins with a byte order mark; save it as UTF-8 without one"},
		{"NUL", "f.yaml", "a: 1\nb: \x00", "f.yaml:2:4: NUL byte; the text must be UTF-8"},
		{"invalid UTF-8", "f.json", "{\"é\": \"\xff\"}", "f.json:1:8: invalid UTF-8"},
		{"half a surrogate", "f.json", `{"a": "\ud800"}`, `f.json:1:8: /a: not JSON: invalid surrogate pair ` + "`\\ud800\"}`" + ` in string`},
		{"several documents", "f.yaml", "a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document begins here; write one document per file"},
		{"directive", "f.yaml", "%YAML 1.1\n---\na: 1", "f.yaml:1:1: YAML directives (%…) are not supported; delete the line"},
		{"late directive", "f.yaml", "# x\n%TAG ! a\n---\na: 1", "f.yaml:2:1: YAML directives (%…) are not supported; delete the line"},
		{"duplicate among many", "f.yaml", "a: 1\nb: 1\nc: 1\nd: 1\ne: 1\nf: 1\ng: 1\nh: 1\ni: 1\nj: 1\nk: 1\nl: 1\nm: 1\nb: 1\nm: 1\n", `f.yaml:14:1: /b: duplicate key "b"; it is first given on line 2
f.yaml:15:1: /m: duplicate key "m"; it is first given on line 13`},
		{"line separator", "f.yaml", "a: \"x\u2028y\"", "f.yaml:1:6: the line break characters U+0085, U+2028 and U+2029 are not allowed; use a newline, or an escape in quotes"},
		{"tag", "f.yaml", "a: !!str 1\nb: !mine {c: 1}", `f.yaml:1:4: /a: the tag "!!str" is not allowed; write the value without it
f.yaml:2:4: /b: the tag "!mine" is not allowed; write the value without it`},
		{"tagged key", "f.yaml", "!x a: 1", `f.yaml:1:1: /a: the tag "!x" is not allowed; write the key without it`},
		{"merge key", "f.yaml", "a: &x {b: 1}\nc:\n  <<: *x\n", "f.yaml:3:3: /c/<<: merge keys (<<) are not supported; write the fields out"},
		{"null key", "f.yaml", "~: 1", "f.yaml:1:1: /~0: null is not a key here; quote it if it is a name"},
		{"list as key", "f.yaml", "? [a]\n: 1", "f.yaml:1:3: /: a key must be text, not an alias, a list or a mapping"},
		{"alias as key", "f.yaml", "a: &x b\n*x : 1", "f.yaml:2:1: /x: a key must be text, not an alias, a list or a mapping"},
		{"alias cycle", "f.yaml", "a: &x\n  b: [*x]\n", "f.yaml:2:7: /a/b/0: the alias *x stands inside its own anchor"},
		{"unknown alias", "f.yaml", "a: *x", "f.yaml: not YAML: unknown anchor 'x' referenced"},
		{"broken YAML", "f.yaml", "a: 1\nb: c: d", "f.yaml:2:1: not YAML: mapping values are not allowed in this context"},
		{"duplicate in YAML", "f.yaml", "a: 1\n\"a\": 2\nb: {c: 1, d: 2, c: 3}\n", `f.yaml:2:1: /a: duplicate key "a"; it is first given on line 1
f.yaml:3:17: /b/c: duplicate key "c"; it is first given on line 3`},
		{"duplicate in JSON", "f.json", "{\"a\": 1,\n \"\\u0061\": 2,\n \"b\": [{\"c\": 1, \"c\": 3}]}", `f.json:2:2: /a: duplicate key "a"; it is first given on line 1
f.json:3:17: /b/0/c: duplicate key "c"; it is first given on line 3`},
		{"trailing text in JSON", "f.json", "{}\n x", "f.json:2:2: there is more text after the end of the document"},
		{"second JSON value", "f.json", "{} {}", "f.json:1:4: there is more text after the end of the document"},
		{"truncated JSON", "f.json", `{"a": [1,`, "f.json:1:10: the text ends before the document does"},
		{"trailing comma in JSON", "f.json", `{"a": 1,}`, "f.json:1:8: not JSON: invalid character ',' at start of value"},
		{"comment in JSON", "f.yaml", "{} # x", "f.yaml:1:4: there is more text after the end of the document"},
		{"YAML flow mapping is JSON", "f.yaml", "{a: 1}", "f.yaml:1:2: not JSON: invalid character 'a' at start of value"},
		{"NaN in JSON", "f.json", `{"a": NaN}`, "f.json:1:7: /a: not JSON: invalid character 'N' at start of value"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(tt.file, []byte(tt.text), Limits{})
			wantError(t, err, tt.want)
		})
	}
}

func TestLimits(t *testing.T) {
	bomb := "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c <= 'i'; c++ {
		bomb += string(c) + ": &" + string(c) + " [" + strings.Repeat("*"+string(c-1)+", ", 10) + "]\n"
	}
	tests := []struct {
		name, file, text string
		lim              Limits
		want             string
	}{
		{"bytes", "f.yaml", "a: 12345", Limits{Bytes: 7}, "f.yaml: the text is 8 bytes; the limit is 7"},
		{"depth in JSON", "f.json", `{"a": [[1]]}`, Limits{Depth: 2}, "f.json:1:8: /a/0: nested more than 2 deep; that is the limit"},
		{"depth in YAML", "f.yaml", "a: [[1]]", Limits{Depth: 2}, "f.yaml:1:5: /a/0: nested more than 2 deep; that is the limit"},
		{"depth through an alias", "f.yaml", "a: &x [[1]]\nb: [*x]", Limits{Depth: 3}, "f.yaml:2:5: /b/0: nested more than 3 deep, aliases expanded; that is the limit"},
		{"values in JSON", "f.json", `{"a": [1, 2, 3]}`, Limits{Nodes: 4}, "f.json:1:14: /a/2: more than 4 values; that is the limit"},
		{"values in YAML", "f.yaml", "a: [1, 2, 3]", Limits{Nodes: 4}, "f.yaml:1:11: /a/2: more than 4 values; that is the limit"},
		{"text in JSON", "f.json", `{"a": "12345"}`, Limits{StringBytes: 4}, "f.json:1:7: /a: a value of 5 bytes; the limit is 4"},
		{"text in YAML", "f.yaml", `a: "12345"`, Limits{StringBytes: 4}, "f.yaml:1:4: /a: a value of 5 bytes; the limit is 4"},
		{"key in JSON", "f.json", `{"12345": 1}`, Limits{StringBytes: 4}, "f.json:1:2: /12345: a key of 5 bytes; the limit is 4"},
		{"key in YAML", "f.yaml", `12345: 1`, Limits{StringBytes: 4}, "f.yaml:1:1: /12345: a key of 5 bytes; the limit is 4"},
		{
			"10 000-deep JSON", "f.json", strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000),
			Limits{},
			"f.json:1:65: " + strings.Repeat("/0", 64) + ": nested more than 64 deep; that is the limit",
		},
		{"10 000-deep YAML brackets", "f.yaml", "a: " + strings.Repeat("[", 10_000), Limits{}, "f.yaml:1:580: nested more than 64 deep; that is the limit"},
		{"10 000-deep YAML mappings", "f.yaml", "a: " + strings.Repeat("{a: ", 10_000), Limits{}, "f.yaml:1:2308: nested more than 64 deep; that is the limit"},
		{"10 000-deep YAML dashes", "f.yaml", strings.Repeat("- ", 10_000) + "x", Limits{}, "f.yaml:1:1153: nested more than 64 deep; that is the limit"},
		{"10 000-deep YAML keys", "f.yaml", strings.Repeat("? ", 10_000) + "x", Limits{}, "f.yaml:1:1153: nested more than 64 deep; that is the limit"},
		{
			"100-deep YAML", "f.yaml", "a: " + strings.Repeat("[", 100) + strings.Repeat("]", 100),
			Limits{},
			"f.yaml:1:67: /a" + strings.Repeat("/0", 31) + "/…: nested more than 64 deep; that is the limit",
		},
		{"alias bomb", "f.yaml", bomb, Limits{}, "f.yaml:6:36: /f/7: more than 1000000 values, aliases expanded; that is the limit"},
		{"a million separators", "f.yaml", "a: [" + strings.Repeat(",", 1000), Limits{Nodes: 100}, "f.yaml:1:205: too many values; the limit is 100"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(tt.file, []byte(tt.text), tt.lim)
			wantError(t, err, tt.want)
		})
	}
}

// TestGigabyteString shows that the size is looked at before the text: what it
// costs to refuse does not depend on it.
func TestGigabyteString(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN with -short: the race detector notes several bytes for each of the 1 GiB of the text")
	}
	data := make([]byte, 1<<30)
	var err error
	allocs := testing.AllocsPerRun(10, func() { _, err = Parse("f.yaml", data, Limits{}) })
	wantError(t, err, "f.yaml: the text is 1073741824 bytes; the limit is 16777216")
	if allocs > 10 {
		t.Errorf("%v allocations to refuse it", allocs)
	}
	_, err = CSV("f.csv", data, Limits{})
	wantError(t, err, "f.csv: the text is 1073741824 bytes; the limit is 16777216")
}

func TestErrors(t *testing.T) {
	var many strings.Builder
	for range 25 {
		many.WriteString("- x\n")
	}
	var list []int
	err := into("f.yaml", many.String(), &list)
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 21 || lines[20] != "… and 5 more errors" {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
	var all Errors
	if !errors.As(err, &all) || len(all) != 25 {
		t.Errorf("%d errors collected", len(all))
	}
	var one *Error
	if !errors.As(err, &one) || one.Pointer != "/0" || one.Pos != (Pos{"f.yaml", 1, 3}) {
		t.Errorf("the first error is %v", one)
	}
	err = into("f.yaml", strings.Repeat("- x\n", 5000), &list)
	if !errors.As(err, &all) || len(all) != 1000 || !strings.HasSuffix(err.Error(), "\n… and at least 980 more errors") {
		t.Errorf("%d errors collected of 5000", len(all))
	}
	if err := Errors(nil).Sorted(); err != nil {
		t.Errorf("no faults, yet %v", err)
	}
}

func TestNode(t *testing.T) {
	n, err := Parse("f.yaml", []byte("a/b:\n  - c: x\n    ~d: {}\n"), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ pointer, want string }{
		{"/a~1b/0/c", "f.yaml:2:8: /a~1b/0/c: here"},
		{"/a~1b/0/~0d", "f.yaml:3:9: /a~1b/0/~0d: here"},
		{"/a~1b/0/~0d/x/y", "f.yaml:3:9: /a~1b/0/~0d/x/y: here"},
		{"/a~1b/7", "f.yaml:2:3: /a~1b/7: here"},
		{"/no", "f.yaml:1:1: /no: here"},
		{"", "f.yaml:1:1: here"},
	}
	for _, tt := range tests {
		if got := n.At(tt.pointer).Errorf("here").Error(); got != tt.want {
			t.Errorf("At(%q): %s, want %s", tt.pointer, got, tt.want)
		}
	}
	for range n.Items() {
		t.Error("a mapping has items")
	}
	for name, list := range n.Fields() {
		if name != "a/b" || list.Kind() != List || list.Len() != 1 || list.Pointer() != "/a~1b" {
			t.Errorf("field %q: %v", name, list)
		}
		for i, item := range list.Items() {
			if i != 0 || item.Kind() != Mapping || item.Pointer() != "/a~1b/0" || item.At("/c").Text() != "x" {
				t.Errorf("item %d: %v", i, item)
			}
			break
		}
		break
	}
}
