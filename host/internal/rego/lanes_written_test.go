package rego

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/bailiwick-dev/bailiwick/host/internal/lane"
	"github.com/bailiwick-dev/bailiwick/host/internal/rego/regotest"
)

// TestLanesOnWrittenPolicies judges sites of the catalogue, with what is unknown of
// them, by policies written at random, for requests made at random: by both
// engines, with text and without.
func TestLanesOnWrittenPolicies(t *testing.T) {
	asked, failed := 0, 0
	few := 20 // with -short
	short := testing.Short()
	rapid.Check(t, func(t *rapid.T) {
		if short && asked == few {
			return
		}
		modules := regotest.Modules(t)
		p, err := Compile(load(t, modules))
		if err != nil {
			t.Skip("a module in a hundred does not type-check")
		}
		all, err := regotest.Ask(regotest.Request(t))
		if err != nil {
			t.Fatal(err)
		}
		q := all[0]
		docs := Documents{Topology: q.Topology, SiteUnknown: q.UnknownByID, AnyUnknown: q.AnyUnknown, TopologyUnknown: q.TopologyUnknown}
		for _, s := range q.Rows {
			docs.Rows = append(docs.Rows, SiteDoc{ID: s.ID, Term: s.Term, Unknown: s.Unknown, Row: s.Row})
		}
		e, err := p.Bind(docs)
		if err != nil {
			t.Fatal(err)
		}
		var sites []SiteDoc
		step := max(1, len(q.Sites)/12)
		for i := rapid.IntRange(0, step-1).Draw(t, "first"); i < len(q.Sites); i += step {
			s := q.Sites[i]
			sites = append(sites, SiteDoc{ID: s.ID, Term: s.Term, Unknown: s.Unknown, Row: s.Row, Own: lane.Doc(s.Own)})
		}
		asked++
		if _, err := agree(t, e, Input{Request: q.Request, Component: q.Component}, sites, "%s\n%s", modules["lib.rego"], modules["policy.rego"]); err != nil {
			failed++
		}
	})
	t.Logf("%d policies asked, %d of them fail", asked, failed)
	if asked == 0 || failed*2 > asked {
		t.Errorf("%d policies asked, %d of them fail", asked, failed)
	}
}
