package rego

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"pgregory.net/rapid"

	"github.com/bailiwick-dev/bailiwick/host/internal/rego/regotest"
	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// of rewrites modules about sites so that they are about paths or placements.
func of(h policy.Hook, modules map[string]string, site string) map[string]string {
	out := map[string]string{}
	for name, text := range modules {
		text = strings.ReplaceAll(text, "input.site", site)
		out[name] = strings.ReplaceAll(text, "hook: site", "hook: "+string(h))
	}
	return out
}

// doc puts documents below names, with what is unknown of them.
func doc(pairs map[string]SiteDoc) SiteDoc {
	var out SiteDoc
	obj := ast.NewObject()
	for name, d := range pairs {
		obj.Insert(ast.StringTerm(name), d.Term)
		for _, u := range d.Unknown {
			out.Unknown = append(out.Unknown, name+"."+u)
		}
	}
	out.Term = ast.NewTerm(obj)
	slices.Sort(out.Unknown)
	return out
}

// list puts documents into an array, with what is unknown of them.
func list(docs ...SiteDoc) SiteDoc {
	var out SiteDoc
	terms := make([]*ast.Term, len(docs))
	for i, d := range docs {
		terms[i] = d.Term
		for _, u := range d.Unknown {
			out.Unknown = append(out.Unknown, fmt.Sprintf("%d.%s", i, u))
		}
	}
	out.Term = ast.ArrayTerm(terms...)
	return out
}

func known(v any) SiteDoc { return SiteDoc{Term: ast.NewTerm(ast.MustInterfaceToValue(v))} }

// TestLanesOnOtherHooks judges paths and placements of sites of the catalogue by policies written at random, by both
// engines, with text and without.
func TestLanesOnOtherHooks(t *testing.T) {
	asked, failed, unknown := 0, 0, 0
	few := 20 // with -short
	short := testing.Short()
	rapid.Check(t, func(t *rapid.T) {
		if short && asked == few {
			return
		}
		h := rapid.SampledFrom([]policy.Hook{policy.Path, policy.Placement}).Draw(t, "hook")
		site := map[policy.Hook][]string{
			policy.Path:      {"input.path.from", "input.path.to"},
			policy.Placement: {"input.placement.copies[_].site", "input.placement.copies[0].site", "input.placement.copies[count(input.scenario.lost)].site"},
		}[h]
		modules := of(h, regotest.Modules(t), rapid.SampledFrom(site).Draw(t, "site"))
		p, err := Compile(load(t, modules))
		if err != nil {
			t.Skip("not every module type-checks, or is safe, once it is rewritten")
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
		e = e.ForHook(h)
		pick := func(what string) SiteDoc {
			s := q.Sites[rapid.IntRange(0, len(q.Sites)-1).Draw(t, what)]
			return SiteDoc{Term: s.Term, Unknown: s.Unknown}
		}
		var judged []SiteDoc
		for i := range 5 {
			var d SiteDoc
			if h == policy.Path {
				d = doc(map[string]SiteDoc{"from": pick("from"), "to": pick("to")})
			} else {
				var copies []SiteDoc
				for range rapid.IntRange(0, 3).Draw(t, "copies") {
					copies = append(copies, doc(map[string]SiteDoc{"component": known("api"), "role": known("replica"), "site": pick("copy")}))
				}
				placed := doc(map[string]SiteDoc{"copies": list(copies...)})
				if rapid.IntRange(0, 9).Draw(t, "open") == 0 {
					placed.Unknown = append(placed.Unknown, "copies")
					slices.Sort(placed.Unknown)
				}
				d = doc(map[string]SiteDoc{"placement": placed, "scenario": known(map[string]any{"kind": "none", "lost": []any{"a", "b"}[:i%3%2]})})
			}
			d.ID = fmt.Sprint("number ", i)
			if len(d.Unknown) > 0 {
				unknown++
			}
			judged = append(judged, d)
		}
		asked++
		if _, err := agree(t, e, Input{Request: q.Request, Component: q.Component}, judged, "%s\n%s", modules["lib.rego"], modules["policy.rego"]); err != nil {
			failed++
		}
	})
	t.Logf("%d policies asked, %d of them fail; %d documents with something unknown", asked, failed, unknown)
	if asked == 0 || failed*2 > asked || unknown == 0 {
		t.Errorf("%d policies asked, %d of them fail; %d documents with something unknown", asked, failed, unknown)
	}
}
