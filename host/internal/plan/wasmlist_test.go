package plan_test

import (
	"slices"
	"testing"

	"github.com/bailiwick-dev/bailiwick/host/internal/opacases"
)

// TestWasmList checks that the list of the cases that OPA passes through wasm is of the OPA that is used
// here, sorted, and of cases that are there.
func TestWasmList(t *testing.T) {
	version, all, err := opacases.Load()
	if err != nil {
		t.Fatal(err)
	}
	of, names, err := opacases.ReadList("testdata/opa-wasm-passes.txt")
	if err != nil {
		t.Fatal(err)
	}
	if of != version {
		t.Fatalf("the list is of OPA %s, and go.mod names %s: set it in tools/opawasm/go.mod too and run make opa-wasm", of, version)
	}
	there := map[string]bool{}
	for _, c := range all {
		there[c.Name] = true
	}
	for _, n := range names {
		if !there[n] {
			t.Errorf("%q is no case of OPA %s", n, version)
		}
	}
	if !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != len(names) {
		t.Error("the list is not sorted, or names a case twice")
	}
	if len(names)*10 < len(all)*9 {
		t.Errorf("%d of %d cases are few for what OPA tests itself", len(names), len(all))
	}
}
