package opacases

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/test/cases"
)

// TestName says what cases are called.
func TestName(t *testing.T) {
	dir := filepath.FromSlash("/d")
	list, err := name(dir, []cases.TestCase{
		{Note: "one", Filename: filepath.Join(dir, "a", "x.yaml")},
		{Note: "two", Filename: filepath.Join(dir, "a", "x.yaml")},
		{Note: "one", Filename: filepath.Join(dir, "a", "x.yaml")},
		{Note: "one", Filename: filepath.Join(dir, "b", "x.yaml")},
	})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range list {
		names = append(names, c.Name)
	}
	if got, want := strings.Join(names, "; "), "one (a/x.yaml); two; one (a/x.yaml 2); one (b/x.yaml)"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestLoad finds the cases, each under a name of its own.
func TestLoad(t *testing.T) {
	version, list, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range list {
		names = append(names, c.Name)
	}
	slices.Sort(names)
	if n := len(slices.Compact(names)); n != len(list) || n < 1000 || !strings.HasPrefix(version, "v1.") {
		t.Errorf("%d names for %d cases of %s", n, len(list), version)
	}
}

// TestReadList reads lists, good and bad.
func TestReadList(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"list", "# c\n# github.com/open-policy-agent/opa v9\n# d\n\n# a\nb c\n", "v9: # a; b c"},
		{"no names", "# c\n# github.com/open-policy-agent/opa v9\n\n", "v9: "},
		{"no empty line", "# github.com/open-policy-agent/opa v9\na\n", "list: no empty line between comment and names; write it again with make opa-wasm"},
		{"no version", "# c\n\na\n", "list: the comment does not name the version of github.com/open-policy-agent/opa; write it again with make opa-wasm"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "list")
			if err := os.WriteFile(file, []byte(tc.text), 0o644); err != nil {
				t.Fatal(err)
			}
			version, names, err := ReadList(file)
			got := version + ": " + strings.Join(names, "; ")
			if err != nil {
				got = strings.TrimPrefix(err.Error(), filepath.Dir(file)+string(filepath.Separator))
			}
			if got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
}
