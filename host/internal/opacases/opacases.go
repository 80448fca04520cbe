// Package opacases holds the cases that OPA tests its own evaluators with, and the list of those that OPA
// passes through its wasm target: what other machines over the same plans are measured against. It serves
// tests only.
package opacases

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/open-policy-agent/opa/v1/test/cases"
)

const module = "github.com/open-policy-agent/opa"

// Case is one of OPA's cases.
type Case struct {
	cases.TestCase
	// Name is the case's note. Where several cases have one note, it is followed by the file, and by the
	// number among the file's cases of that note from the second on: "a/b", "a/b (dir/file.yaml)",
	// "a/b (dir/file.yaml 2)".
	Name string
}

// Load reads the cases of the OPA that go.mod names, and says its version. They come sorted by file, in a
// file's own order.
func Load() (version string, list []Case, err error) {
	out, err := exec.Command("go", "list", "-m", "-json", module).Output()
	if err != nil {
		return "", nil, fmt.Errorf("find %s: %w", module, err)
	}
	var opa struct{ Version, Dir string }
	if err := json.Unmarshal(out, &opa); err != nil {
		return "", nil, fmt.Errorf("find %s: %w", module, err)
	}
	dir := filepath.Join(opa.Dir, "v1", "test", "cases", "testdata", "v1")
	set, err := cases.Load(dir)
	if err != nil {
		return "", nil, err
	}
	if list, err = name(dir, set.Cases); err != nil {
		return "", nil, err
	}
	return opa.Version, list, nil
}

// name gives each case its name, as tools/opawasm does, which is a module of its own.
func name(dir string, set []cases.TestCase) ([]Case, error) {
	notes, inFile := map[string]int{}, map[[2]string]int{}
	for _, tc := range set {
		notes[tc.Note]++
	}
	list := make([]Case, len(set))
	for i, tc := range set {
		list[i] = Case{tc, tc.Note}
		if notes[tc.Note] == 1 {
			continue
		}
		file, err := filepath.Rel(dir, tc.Filename)
		if err != nil {
			return nil, err
		}
		file = filepath.ToSlash(file)
		key := [2]string{tc.Note, file}
		if inFile[key]++; inFile[key] > 1 {
			file = fmt.Sprintf("%s %d", file, inFile[key])
		}
		list[i].Name = fmt.Sprintf("%s (%s)", tc.Note, file)
	}
	return list, nil
}

// ReadList reads a list that tools/opawasm wrote: the version of OPA and the names of cases, sorted.
func ReadList(file string) (version string, names []string, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", nil, err
	}
	head, rest, ok := bytes.Cut(text, []byte("\n\n"))
	if !ok {
		return "", nil, fmt.Errorf("%s: no empty line between comment and names; write it again with make opa-wasm", file)
	}
	for line := range strings.Lines(string(head)) {
		if v, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "# "+module+" "); ok {
			version = v
		}
	}
	if version == "" {
		return "", nil, fmt.Errorf("%s: the comment does not name the version of %s; write it again with make opa-wasm", file, module)
	}
	for line := range strings.Lines(string(rest)) {
		names = append(names, strings.TrimSuffix(line, "\n"))
	}
	return version, names, nil
}
