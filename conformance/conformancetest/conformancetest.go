// Package conformancetest runs the conformance cases as tests of an engine written in Go.
package conformancetest

import (
	"testing"

	"github.com/bailiwick-dev/bailiwick/conformance"
)

// Run asks an engine every case, each as a subtest of t that is called by the case's id. A case that the
// engine does not take part in is skipped. Without cases it runs the embedded ones.
func Run(t *testing.T, e conformance.Engine, cases ...*conformance.Case) {
	t.Helper()
	if len(cases) == 0 {
		var err error
		if cases, err = conformance.Cases(); err != nil {
			t.Fatal(err)
		}
	}
	if err := conformance.Unique(cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		t.Run(c.ID, func(t *testing.T) {
			r := conformance.Check(t.Context(), e, c)
			switch r.Outcome {
			case conformance.Skipped:
				t.Skip(r.Reason)
			case conformance.Failed:
				t.Errorf("%s (%s)", r.Title, r.Place)
				for _, d := range r.Differences {
					t.Error(d)
				}
				if r.More > 0 {
					t.Errorf("and %d more differences", r.More)
				}
			}
		})
	}
}
