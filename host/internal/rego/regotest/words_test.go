package regotest

import (
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/topology"
)

// empty are the tables that the embedded catalogue has nothing in: their fields cannot be looked for.
var empty = []string{"group"}

// TestFieldsAreThere checks that tables have the fields that are written about, known or unknown. What input
// has is checked where modules are compiled.
func TestFieldsAreThere(t *testing.T) {
	day, err := On("2026-11-23")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range records["topology"] {
		rows := day.Topology.Get(ast.StringTerm(f.name))
		if rows == nil {
			t.Errorf("data.topology has no %s", f.name)
			continue
		}
		of := f.kind.member()
		if of.form() != "record" {
			continue
		}
		if n := rows.Value.(ast.Object).Len(); (n == 0) != slices.Contains(empty, of.of()) {
			t.Errorf("%s has %d rows", f.name, n)
		}
		if of.of() == "site" || slices.Contains(empty, of.of()) {
			continue
		}
		for _, below := range records[of.of()] {
			found := slices.ContainsFunc(day.TopologyUnknown, func(path string) bool {
				return strings.HasPrefix(path, f.name+".") && strings.Contains(path+".", "."+below.name+".")
			})
			rows.Value.(ast.Object).Foreach(func(_, row *ast.Term) { found = found || row.Get(ast.StringTerm(below.name)) != nil })
			if !found {
				t.Errorf("no row of %s has %s", f.name, below.name)
			}
		}
	}
}

// TestWordsAreKnown checks that what facts are compared with is in the catalogue.
func TestWordsAreKnown(t *testing.T) {
	s, err := Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for domain, known := range map[string]func(string) bool{
		"country":    func(id string) bool { _, ok := s.Jurisdiction(id); return ok },
		"area":       func(id string) bool { _, ok := s.Jurisdiction(id); return ok },
		"site":       func(id string) bool { _, ok := s.Site(id); return ok },
		"service":    func(id string) bool { _, ok := s.Service(id); return ok },
		"population": func(id string) bool { _, ok := s.Population(id); return ok },
		"tier":       func(id string) bool { _, ok := topology.ParseKind(id); return ok },
		"partition":  func(id string) bool { return slices.Contains(slices.Collect(s.Partitions()), id) },
	} {
		for _, w := range domains[domain] {
			if !known(strings.Trim(w, `"`)) {
				t.Errorf("%s: the catalogue has no %s", domain, w)
			}
		}
	}
	for k := range places {
		if f := k.form(); (f == "text" || f == "number") && len(domains[k.of()]) == 0 {
			t.Errorf("there is nothing to compare a %s with", k)
		}
	}
	for _, d := range []string{"word", "many"} {
		if len(domains[d]) == 0 {
			t.Errorf("there is nothing of %s", d)
		}
	}
}
