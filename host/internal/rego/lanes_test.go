package rego

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"pgregory.net/rapid"

	"github.com/bailiwick-dev/bailiwick/host/internal/lane"
)

// someSites are sites that differ in what is known of them, and what is unknown of
// each.
func someSites(t *rapid.T, n int, base []any) []SiteDoc {
	sites := make([]SiteDoc, n)
	for i := range sites {
		known := setting{}
		for _, f := range fillable {
			if f.doc != "s" {
				continue
			}
			switch pick := rapid.IntRange(0, len(f.values)+1).Draw(t, "fact"); {
			case pick < len(f.values):
				known["s."+f.path] = f.values[pick]
			case pick == len(f.values):
				sites[i].Unknown = append(sites[i].Unknown, f.path)
			default: // it does not apply
			}
		}
		sites[i].ID, sites[i].Row = fmt.Sprintf("s%02d", i), i
		sites[i].Term, _ = known.documents(t, base)
	}
	return sites
}

// TestLanesEqualReference judges random sites by random rules, all at once and one
// by one. Every finding, message and verdict is the same.
func TestLanesEqualReference(t *testing.T) {
	asked, left := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		var p *Program
		var lib, rules string
		for try := 0; p == nil; try++ {
			if try == 30 {
				t.Skip("thirty modules in a row do not type-check, so there is no rule to ask")
			}
			lib, rules, _ = someRules(t)
			p, _ = Compile(load(t, map[string]string{"p.rego": header + "package p\n" + rules, "h.rego": lib}))
		}
		base := rapid.SampledFrom([][]any{{}, {"0"}, {"0", "1"}}).Draw(t, "base")
		sites := someSites(t, rapid.SampledFrom([]int{1, 2, 9}).Draw(t, "sites"), base)
		known, unknown := setting{}, map[string][]string{}
		for _, f := range fillable {
			switch {
			case f.doc == "s":
			case rapid.IntRange(0, 3).Draw(t, f.doc+"."+f.path) > 0:
				known[f.doc+"."+f.path] = rapid.SampledFrom(f.values).Draw(t, "value")
			case f.doc == "g":
				unknown["g"] = append(unknown["g"], "g."+f.path)
			default:
				unknown["t"] = append(unknown["t"], f.path)
			}
		}
		_, topology := known.documents(t, base)
		docs := Documents{
			Topology:        topology,
			SiteUnknown:     func(id string) []string { return unknown[id] },
			AnyUnknown:      unknown["t"],
			TopologyUnknown: unknown["g"],
		}
		if rapid.Bool().Draw(t, "rows") {
			// Some of what a site's document holds is the request's own. What is left stands
			// in data.topology.sites, beside the sites that are there.
			name := rapid.SampledFrom([]string{"none", "o", "l"}).Draw(t, "own")
			table, _ := topology.Value.Find(ast.MustParseRef("x.sites")[1:])
			all := table.(ast.Object)
			for i := range sites {
				row, own := apart(sites[i], name)
				sites[i].Own = own
				docs.Rows = append(docs.Rows, row)
				all.Insert(ast.StringTerm(row.ID), row.Term)
				unknown[row.ID] = row.Unknown
				docs.AnyUnknown = append(docs.AnyUnknown, row.Unknown...)
			}
			for _, id := range []string{"s", "t"} {
				docs.Rows = append(docs.Rows, SiteDoc{ID: id, Term: all.Get(ast.StringTerm(id)), Unknown: unknown[id], Row: len(docs.Rows)})
			}
		}
		docs.ByLanes = true
		in := Input{Request: ast.MustParseTerm(`{"v": "0", "name": "mode", "list": ["0", "1"]}`), Component: ast.ObjectTerm()}
		e, err := p.Bind(docs)
		if err != nil {
			t.Fatal(err)
		}
		c := e.Case(context.Background(), in)
		var want [][]Result
		var wantErr error
		for _, s := range sites {
			rs, err := c.reference(context.Background(), s)
			if err != nil {
				wantErr = err
				break
			}
			want = append(want, rs)
		}
		got, err := c.Sites(context.Background(), sites)
		if wantErr != nil {
			if err == nil || err.Error() != wantErr.Error() {
				t.Fatalf("fails with %v, want %v", err, wantErr)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range sites {
			if digest(got[i]) != digest(want[i]) {
				t.Fatalf("site %d %v, unknown %v, topology %v, unknown %v:\n%s\nwant\n%s\n%s%s", i, sites[i].Term, sites[i].Unknown, topology, unknown, digest(got[i]), digest(want[i]), lib, rules)
			}
		}
		v, err := c.Verdicts(sites)
		if err != nil {
			t.Fatal(err)
		}
		verdicts, err := v.Judge(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for i := range sites {
			if verdicts[i] != want[i][0].Verdict {
				t.Fatalf("site %d %v, unknown %v, topology %v, unknown %v: %v without text, want %v\n%s%s", i, sites[i].Term, sites[i].Unknown, topology, unknown, verdicts[i], want[i][0].Verdict, lib, rules)
			}
		}
		a, l := c.handedBack(sites)
		asked += a
		left += l
	})
	t.Logf("%d of %d bodies handed back", left, asked)
	// These rules fail more often than any that people write, and what fails is handed back.
	if asked == 0 || left*6 > asked {
		t.Errorf("%d of %d bodies handed back to the reference engine", left, asked)
	}
}

// apart takes one field out of a site's document, as the request's own.
func apart(s SiteDoc, name string) (row SiteDoc, own lane.Doc) {
	row = SiteDoc{ID: s.ID, Row: s.Row}
	base, mine := ast.NewObject(), ast.NewObject()
	s.Term.Value.(ast.Object).Foreach(func(k, v *ast.Term) {
		if k.Value.Compare(ast.String(name)) == 0 {
			mine.Insert(k, v)
		} else {
			base.Insert(k, v)
		}
	})
	for _, u := range s.Unknown {
		if first, _, _ := strings.Cut(u, "."); first == name {
			own.Unknown = append(own.Unknown, u)
		} else {
			row.Unknown = append(row.Unknown, u)
		}
	}
	row.Term, own.Term = ast.NewTerm(base), ast.NewTerm(mine)
	return row, own
}

// handedBack counts the bodies and sites that are asked about, and those of them
// that the lane machine hands back.
func (c *Case) handedBack(sites []SiteDoc) (asked, left int) {
	m := c.engine.meter(context.Background())
	d, err := c.documents(c.engine.lanes().NewQuestion(), sites)
	if err != nil {
		panic(err)
	}
	r := d.q.NewRun(c.engine.env(context.Background(), m), lane.Limits{Steps: 1_000_000})
	defer r.Close()
	for i, p := range c.engine.program.policies {
		for _, body := range slices.Concat(p.rules[0], p.rules[1], p.rules[2]) {
			asked += len(sites)
			if body.entry.vector == nil {
				continue // nor can the interpreter
			}
			a, err := r.Rule(body.entry.vector, body.entry.index, d.inputs[i], d.q.Data(), d.lanes)
			back := a.Left()
			if err != nil {
				back = d.lanes
			}
			left += back.Count()
		}
	}
	return asked, left
}
