package rego

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"pgregory.net/rapid"

	"github.com/bailiwick-dev/bailiwick/host/internal/lane"
	"github.com/bailiwick-dev/bailiwick/host/policy"
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

// otherRules writes what a policy says beside its denials.
func otherRules(t *rapid.T) string {
	w := &writer{t: t, helpers: true, vars: 1000}
	var b strings.Builder
	if rapid.Bool().Draw(t, "warn") {
		fmt.Fprintf(&b, "warn contains {\"message\": %s, \"level\": %s} if %s\n", w.pick(`"w"`, fmt.Sprintf(`sprintf("w %%v", [%s])`, w.scalar())), w.scalar(), w.body(2))
	}
	if rapid.Bool().Draw(t, "obligation") {
		fmt.Fprintf(&b, "obligation contains sprintf(\"o %%v\", [%s]) if %s\n", w.collection(), w.body(2))
	}
	if rapid.Bool().Draw(t, "score") {
		fmt.Fprintf(&b, "score := count(%s) if %s\n", w.collection(), w.body(2))
	}
	return b.String()
}

// asRows makes sites stand in data.topology.sites beside the one that is there,
// but for some of their facts, which are a request's own as latencies are.
func asRows(t *rapid.T, docs *Documents, sites []SiteDoc) {
	own := map[string]bool{}
	for _, name := range []string{"a", "b", "o", "l"} {
		own[name] = rapid.IntRange(0, 2).Draw(t, "own "+name) == 0
	}
	isOwn := func(path string) bool {
		name, _, _ := strings.Cut(path, ".")
		return own[name]
	}
	all, unknown := ast.NewObject(), map[string][]string{}
	add := func(id string, row *ast.Term) {
		all.Insert(ast.StringTerm(id), row)
		docs.Rows = append(docs.Rows, SiteDoc{ID: id, Term: row, Unknown: unknown[id], Row: len(docs.Rows)})
		docs.AnyUnknown = append(docs.AnyUnknown, unknown[id]...)
	}
	for i := range sites {
		s := &sites[i]
		row, mine := ast.NewObject(), ast.NewObject()
		s.Term.Value.(ast.Object).Foreach(func(k, v *ast.Term) {
			if isOwn(str(k)) {
				mine.Insert(k, v)
			} else {
				row.Insert(k, v)
			}
		})
		s.Own = lane.Doc{Term: ast.NewTerm(mine)}
		for _, u := range s.Unknown {
			if isOwn(u) {
				s.Own.Unknown = append(s.Own.Unknown, u)
			} else {
				unknown[s.ID] = append(unknown[s.ID], u)
			}
		}
		add(s.ID, ast.NewTerm(row))
	}
	topology := docs.Topology.Value.(ast.Object)
	there := topology.Get(ast.StringTerm("sites")).Value.(ast.Object)
	unknown["t"] = docs.SiteUnknown("t")
	add("t", there.Get(ast.StringTerm("t")))
	docs.Topology = ast.ObjectTerm([2]*ast.Term{ast.StringTerm("sites"), ast.NewTerm(all)}, [2]*ast.Term{ast.StringTerm("g"), topology.Get(ast.StringTerm("g"))})
	docs.SiteUnknown = func(id string) []string { return unknown[id] }
}

// agree judges sites by both engines, and wants the same of them to the letter:
// every finding, and verdicts alone. It returns what the reference says. What
// format makes is shown with what differs. Where the reference passes the limit of steps
// and lanes do not, both have to say the same with a limit that is far away.
func agree(t tester, e *Engine, in Input, sites []SiteDoc, format string, args ...any) ([][]Result, error) {
	t.Helper()
	ctx := context.Background()
	differ := func(what string, got, want any) {
		t.Helper()
		t.Fatalf("%s: lane\n%v\nrego\n%v\n"+format, append([]any{what, got, want}, args...)...)
	}
	want, wantErr := e.ByLanes(false).Case(ctx, in).Sites(ctx, sites)
	c := e.ByLanes(true).Case(ctx, in)
	got, err := c.Sites(ctx, sites)
	if err == nil && errors.Is(wantErr, ErrSteps) && e.program.limits.Steps < 100*policy.DefaultSteps {
		// Close to the limit lanes may decide where the reference stops (docs/lane.md): so far from it.
		roomy := *e.program
		roomy.limits.Steps *= 100
		return agree(t, e.over(&roomy, e.docs, e.hook), in, sites, format, args...)
	}
	if fmt.Sprint(err) != fmt.Sprint(wantErr) {
		differ("errors", err, wantErr)
	}
	if len(got) != len(want) {
		differ("sites", len(got), len(want))
	}
	for i := range got {
		if a, b := inFull(t, got[i]), inFull(t, want[i]); a != b {
			differ(fmt.Sprintf("site %v, unknown %v", sites[i].Term, sites[i].Unknown), a, b)
		}
	}
	v, err := c.Verdicts(sites)
	if err != nil {
		t.Fatal(err)
	}
	verdicts, err := v.Judge(ctx)
	one, oneErr := v.oneByOne(ctx) // by the reference, deny alone: what fails in a warning stops nothing here
	if fmt.Sprint(err) != fmt.Sprint(oneErr) {
		differ("errors of verdicts", err, oneErr)
	}
	if !slices.Equal(verdicts, one) {
		differ("verdicts", verdicts, one)
	}
	for i := range want {
		for n := range want[i] {
			if v := want[i][n].Verdict; verdicts[n*len(sites)+i] != v {
				differ(fmt.Sprintf("verdict at site %d without text", i), verdicts[n*len(sites)+i], v)
			}
		}
	}
	return want, wantErr
}

// inFull prints all that results say, for comparison to the letter.
func inFull(t tester, rs []Result) string {
	t.Helper()
	var b strings.Builder
	findings := func(what string, fs []Finding) {
		for _, f := range fs {
			extra, err := json.Marshal(f.Extra)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "  %s %q %s at %s, sure %t, unknown %q, facts %s\n", what, f.Message, extra, f.Location, f.Sure, f.Unknown, factNames(f.Facts))
		}
	}
	for _, r := range rs {
		fmt.Fprintf(&b, "%s %s", r.Policy.ID, r.Verdict)
		if r.Score != nil {
			fmt.Fprintf(&b, " score %v", *r.Score)
		}
		fmt.Fprintf(&b, ", facts %s\n", factNames(r.Facts))
		findings("deny", r.Denies)
		findings("warn", r.Warnings)
		findings("obligation", r.Obligations)
	}
	return b.String()
}

// TestLanesEqualReference judges random sites by random rules, all at once and one
// by one. Every finding, message and verdict is the same.
func TestLanesEqualReference(t *testing.T) {
	asked, left, failed := 0, 0, 0
	rapid.Check(t, func(t *rapid.T) {
		var p *Program
		var lib, rules string
		for try := 0; p == nil; try++ {
			if try == 30 {
				t.Skip("thirty modules in a row do not type-check, so there is no rule to ask")
			}
			lib, rules, _ = someRules(t)
			rules += otherRules(t)
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
			asRows(t, &docs, sites)
		}
		in := Input{Request: ast.MustParseTerm(`{"v": "0", "name": "mode", "list": ["0", "1"]}`), Component: ast.ObjectTerm()}
		e, err := p.Bind(docs)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := agree(t, e, in, sites, "%v\n%s%s", topology, lib, rules); err != nil {
			failed++
			return
		}
		c := e.ByLanes(true).Case(context.Background(), in)
		a, l := c.handedBack(sites)
		asked += a
		left += l
	})
	t.Logf("%d of %d bodies handed back; %d questions fail", left, asked, failed)
	// These rules fail more often than any that people write, and what fails is handed back.
	if asked == 0 || left*6 > asked {
		t.Errorf("%d of %d bodies handed back to the reference engine", left, asked)
	}
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
