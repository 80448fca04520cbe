package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const list = `{"version":"1.1","partitions":[
 {"id":"beta","regions":{"b-2":{"description":"B two"},"b-1":{"description":"B one"},"beta-global":{"description":"all"}}},
 {"id":"alpha","regions":{"a-1":{"description":"A one"}}}]}`

func TestParse(t *testing.T) {
	f, err := parse("v1", []byte(list))
	if err != nil {
		t.Fatal(err)
	}
	want := `{
  "generated": "by tools/awsfacts (make sdk-facts); do not edit",
  "module": "github.com/aws/aws-sdk-go-v2",
  "version": "v1",
  "file": "internal/endpoints/awsrulesfn/partitions.json",
  "partitions": [
    {
      "id": "alpha",
      "regions": [
        {
          "id": "a-1",
          "name": "A one"
        }
      ]
    },
    {
      "id": "beta",
      "regions": [
        {
          "id": "b-1",
          "name": "B one"
        },
        {
          "id": "b-2",
          "name": "B two"
        }
      ]
    }
  ]
}
`
	if got := string(f.render()); got != want {
		t.Errorf("got %s", got)
	}
	for _, c := range []struct{ name, text, want string }{
		{"no JSON", `{`, "v1: internal/endpoints/awsrulesfn/partitions.json: unexpected end of JSON input"},
		{"another form", `{"parts":[]}`, "v1: internal/endpoints/awsrulesfn/partitions.json: no region, or a partition without id; the file's form has changed, and this tool must follow it"},
		{"no regions", `{"partitions":[{"id":"x","regions":{"x-global":{}}}]}`, "v1: internal/endpoints/awsrulesfn/partitions.json: no region, or a partition without id; the file's form has changed, and this tool must follow it"},
		{"no id", `{"partitions":[{"ID2":"x","regions":{"x-1":{}}}]}`, "v1: internal/endpoints/awsrulesfn/partitions.json: no region, or a partition without id; the file's form has changed, and this tool must follow it"},
	} {
		if _, err := parse("v1", []byte(c.text)); err == nil || err.Error() != c.want {
			t.Errorf("%s: got  %v\nwant %s", c.name, err, c.want)
		}
	}
}

func TestCompare(t *testing.T) {
	from, err := parse("v1", []byte(list))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		old, new string
		want     []string
	}{
		{"the same", "", "", nil},
		{"a region more", `"a-1"`, `"a-2":{"description":"A two"},"a-1"`, []string{`region a-2: added to partition alpha as "A two"`}},
		{"a region less", `"b-2":{"description":"B two"},`, "", []string{"region b-2: removed from partition beta"}},
		{"another name", "B one", "B 1", []string{`region b-1: renamed from "B one" to "B 1"`}},
		{"another partition", `"id":"alpha"`, `"id":"gamma"`, []string{"partition alpha: removed", "partition gamma: added", "region a-1: moved from partition alpha to gamma"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			to, err := parse("v2", []byte(strings.Replace(list, c.old, c.new, 1)))
			if err != nil {
				t.Fatal(err)
			}
			if got := compare(from, to); !slices.Equal(got, c.want) {
				t.Errorf("got %q", got)
			}
		})
	}
}

// TestCheck runs the tool against the pinned SDK, as scripts/rebuild-check does.
func TestCheck(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sdk.json")
	if err := run(pinned, file, true); err == nil || !strings.Contains(err.Error(), "write it first, without -check") {
		t.Errorf("no file: %v", err)
	}
	if err := run(pinned, file, false); err != nil {
		t.Fatal(err)
	}
	if err := run(pinned, file, true); err != nil {
		t.Errorf("just written: %v", err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"other bytes", "  \"module\"", " \"module\"", "but not in the bytes this tool writes"},
		{"another name", "Europe (Ireland)", "Europe (Eire)", "differ as listed"},
		{"no JSON", "{", "", "write it again, without -check"},
	} {
		if err := os.WriteFile(file, []byte(strings.Replace(string(text), c.old, c.new, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := run(pinned, file, true); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
