package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/test/cases"
)

// testCase is one of OPA's cases under a name of its own.
type testCase struct {
	cases.TestCase
	name string
}

// load reads every case below a directory, sorted by file and in a file's own order.
func load(dir string) ([]testCase, error) {
	set, err := cases.Load(dir)
	if err != nil {
		return nil, err
	}
	if len(set.Cases) == 0 {
		return nil, fmt.Errorf("%s holds no cases; find where they went and correct the path", dir)
	}
	names, err := nameAll(dir, set.Cases)
	if err != nil {
		return nil, err
	}
	list := make([]testCase, len(names))
	for i, tc := range set.Cases {
		list[i] = testCase{tc, names[i]}
	}
	return list, nil
}

// nameAll names cases by their notes. A note that several cases have gets the file behind it, and the
// number among the file's cases of that note, from the second on:
// "a/b", "a/b (dir/file.yaml)", "a/b (dir/file.yaml 2)".
func nameAll(dir string, list []cases.TestCase) ([]string, error) {
	notes, inFile := map[string]int{}, map[[2]string]int{}
	for _, tc := range list {
		notes[tc.Note]++
	}
	names := make([]string, len(list))
	for i, tc := range list {
		names[i] = tc.Note
		if notes[tc.Note] > 1 {
			file, err := filepath.Rel(dir, tc.Filename)
			if err != nil {
				return nil, err
			}
			file = filepath.ToSlash(file)
			key := [2]string{tc.Note, file}
			if inFile[key]++; inFile[key] > 1 {
				file = fmt.Sprintf("%s %d", file, inFile[key])
			}
			names[i] = fmt.Sprintf("%s (%s)", tc.Note, file)
		}
		if names[i] == "" || strings.ContainsAny(names[i], "\r\n") {
			return nil, fmt.Errorf("%s: the note %q cannot stand on a line of the list; this tool must write it otherwise", tc.Filename, tc.Note)
		}
	}
	sorted := slices.Sorted(slices.Values(names))
	for i, n := range sorted[1:] {
		if n == sorted[i] {
			return nil, fmt.Errorf("two cases come to be named %q; this tool must tell them apart", n)
		}
	}
	return names, nil
}
