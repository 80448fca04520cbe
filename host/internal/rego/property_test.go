package rego

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"pgregory.net/rapid"
)

// The facts of the small world that random rules are about. Every one has two
// values, or may be absent where it does not apply.
var worldFacts = []string{"a", "b", "c.x", "c.y"}

// world is one way things may be: values of the facts of the site, s, and of
// another site, t, which is its parent.
type world map[string]string // "s.a" -> value; missing: absent

// siteTerm builds a site's document, without the facts in hidden.
func (w world) siteTerm(id string, hidden []string) *ast.Term {
	obj := ast.NewObject([2]*ast.Term{ast.StringTerm("id"), ast.StringTerm(id)}, [2]*ast.Term{ast.StringTerm("parent"), ast.StringTerm("t")})
	c := ast.NewObject()
	for _, f := range worldFacts {
		v, ok := w[id+"."+f]
		if !ok || slices.Contains(hidden, f) {
			continue
		}
		if inner, ok := strings.CutPrefix(f, "c."); ok {
			c.Insert(ast.StringTerm(inner), ast.StringTerm(v))
		} else {
			obj.Insert(ast.StringTerm(f), ast.StringTerm(v))
		}
	}
	if c.Len() > 0 {
		obj.Insert(ast.StringTerm("c"), ast.NewTerm(c))
	}
	return ast.NewTerm(obj)
}

// ask judges s in this world with some facts hidden.
func (w world) ask(t *rapid.T, p *Program, in Input, hidden map[string][]string) Result {
	topology := ast.ObjectTerm([2]*ast.Term{ast.StringTerm("sites"), ast.ObjectTerm(
		[2]*ast.Term{ast.StringTerm("s"), w.siteTerm("s", hidden["s"])},
		[2]*ast.Term{ast.StringTerm("t"), w.siteTerm("t", hidden["t"])},
	)})
	e, err := p.Bind(Documents{
		Topology:    topology,
		SiteUnknown: func(id string) []string { return hidden[id] },
		AnyUnknown:  append(slices.Clone(hidden["s"]), hidden["t"]...),
	})
	if err != nil {
		t.Fatal(err)
	}
	doc := SiteDoc{ID: "s", Term: w.siteTerm("s", hidden["s"]), Unknown: hidden["s"]}
	r, err := e.Site(context.Background(), in, doc)
	if err != nil {
		t.Fatal(err)
	}
	again, err := e.Case(context.Background(), in).Site(context.Background(), doc)
	if err != nil || digest(again) != digest(r) {
		t.Fatalf("a case answers %s, %v; want %s", digest(again), err, digest(r))
	}
	return r[0]
}

// statements are what random bodies are put together from. %s is a fact.
var statements = []string{
	`input.site.%s == "0"`,
	`not input.site.%s`,
	`not input.site.%s == "1"`,
	`input.request.go`,
	`not input.request.go`,
	`input.request.v == input.site.%s`,
	`s := input.site; s.%s != input.request.v`,
	`h.same(input.site).%s == "0"`,
	`h.zero(input.site)`,
	`not h.zero(input.site)`,
	`h.whole.%s == "1"`,
	`some v in input.site.c; v == "1"`,
	`count([k | some k, v in input.site.c; v != "0"]) > 0`,
	`every v in input.site.c { v == "0" }`,
	`data.topology.sites[input.site.parent].%s == "0"`,
	`some id, o in data.topology.sites; id != input.site.id; o.%s == "1"`,
	`not data.topology.sites.t.%s`,
	`h.other(input.site.parent)`,
	`object.get(input.site, "a", "0") == "0"`,
	`x := input.request.v; x == "0"; y := x; y != input.site.b`,
	`q := input.request.list[_]; q == input.site.a`,
	`q2 := input.request.list[_]; q2 == "9"; q2 == input.site.a`,
	`c := input.site.c`,
	`not input.site.c`,
	`input.site.parent == "t"`,
	`input.site.parent == "u"`,
	`count(input.site) > 3`,
	`h.label == "none"`,
	`h.any(input.site)`,
	`h.going`,
	`not h.going`,
	`h.far`,
	`some l in h.lists; l == input.site.a`,
	`not h.any(input.site)`,
	`data.topology.sites.t.c`,
	`not data.topology.sites.t.c`,
	`some w in data.topology.sites.t.c; w == "1"`,
	`n = input.site.c; m = data.topology.sites.t.c; n = m`,
	`n := input.site.c; m := data.topology.sites.t.c; m != n`,
}

const worldLib = `package h

same(s) := s
zero(s) if s.a == "0"
zero(s) if s.b == "0"
whole := input.site
any(s) if "1" in [v | some v in s.c]
going if input.request.go
far if data.topology.sites.t.a == "1"
lists contains x if some x in input.request.list
other(k) if data.topology.sites[k].a == "0"
label := "none" if not input.site.b else := input.site.a
`

// TestSureWhateverTheFill checks the law of unknown facts on random rules: what
// is sure is what OPA answers under every way of filling in the unknown facts,
// those of other sites included.
func TestSureWhateverTheFill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules := "import data.h\n"
		n := rapid.IntRange(1, 3).Draw(t, "bodies")
		for i := range n {
			var lines []string
			for j := range rapid.IntRange(1, 3).Draw(t, "statements") {
				s := rapid.SampledFrom(statements).Draw(t, "statement")
				if strings.Contains(s, "%s") {
					s = fmt.Sprintf(s, rapid.SampledFrom(worldFacts).Draw(t, "fact"))
				}
				lines = append(lines, rename(s, j))
			}
			rules += fmt.Sprintf("deny contains \"m%d\" if {\n%s\n}\n", i, strings.Join(lines, "\n"))
		}
		set := load(t, map[string]string{"p.rego": header + "package p\n" + rules, "h.rego": worldLib})
		p, err := Compile(set)
		if err != nil {
			t.Fatalf("%s\n%v", rules, err)
		}
		in := Input{Request: ast.ObjectTerm(
			[2]*ast.Term{ast.StringTerm("go"), ast.BooleanTerm(rapid.Bool().Draw(t, "go"))},
			[2]*ast.Term{ast.StringTerm("v"), ast.StringTerm(rapid.SampledFrom([]string{"0", "1"}).Draw(t, "v"))},
			[2]*ast.Term{ast.StringTerm("list"), ast.ArrayTerm(ast.StringTerm("0"), ast.StringTerm("1"))},
		), Component: ast.ObjectTerm()}

		known, hidden, open := world{}, map[string][]string{}, []string(nil)
		for _, id := range []string{"s", "t"} {
			for _, f := range worldFacts {
				switch rapid.IntRange(0, 3).Draw(t, id+"."+f) {
				case 0:
					known[id+"."+f] = "0"
				case 1:
					known[id+"."+f] = "1"
				case 2: // does not apply
				case 3:
					if len(open) < 4 {
						hidden[id] = append(hidden[id], f)
						open = append(open, id+"."+f)
					}
				}
			}
		}
		got := known.ask(t, p, in, hidden)
		fillAll(known, open, func(w world) {
			want := w.ask(t, p, in, nil)
			for _, f := range got.Denies {
				if f.Sure && !contains(want.Denies, f.Message) {
					t.Fatalf("%q is sure, but not so when %v in\n%s", f.Message, w, rules)
				}
			}
			if got.Verdict == Permit && want.Verdict != Permit {
				t.Fatalf("permitted, but denied when %v in\n%s", w, rules)
			}
		})
	})
}

// rename makes the variables of the j-th statement its own.
func rename(s string, j int) string {
	for _, v := range []string{"q2", "id", "s", "v", "x", "y", "q", "o", "c", "k", "w", "n", "m", "l"} {
		s = renameVar(s, v, fmt.Sprintf("%s_%d", v, j))
	}
	return s
}

// renameVar replaces a variable where it is neither part of a word nor a key.
func renameVar(s, from, to string) string {
	word := func(c byte) bool { return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '"' }
	var b strings.Builder
	for i := 0; i < len(s); {
		end := i + len(from)
		if strings.HasPrefix(s[i:], from) && (i == 0 || !word(s[i-1]) && s[i-1] != '.') && (end == len(s) || !word(s[end])) {
			b.WriteString(to)
			i = end
			continue
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}

// fillAll visits every way of filling in the open facts: two values or absent.
func fillAll(w world, open []string, visit func(world)) {
	if len(open) == 0 {
		visit(w)
		return
	}
	for _, v := range []string{"0", "1", ""} {
		next := world{}
		for k, x := range w {
			next[k] = x
		}
		if v != "" {
			next[open[0]] = v
		}
		fillAll(next, open[1:], visit)
	}
}

func contains(fs []Finding, message string) bool {
	return slices.ContainsFunc(fs, func(f Finding) bool { return f.Message == message })
}
