package lane

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// endingContext ends after it has been looked at a number of times, and notes what is
// left of the steps of a run by then.
type endingContext struct {
	context.Context
	left int
	run  *Run
	at   int64
}

func (c *endingContext) Err() error {
	if c.left > 0 {
		c.left--
		return nil
	}
	if c.at == 0 {
		c.at = c.run.steps
	}
	return context.Canceled
}

// asked prepares to ask for data.p.v of rules on some lanes. Of input.site, id differs
// between them, and a, b and c are unknown.
func asked(t *testing.T, ctx context.Context, rules string, steps int64, lanes int) (r *Run, ask func() (Answer, error)) {
	t.Helper()
	c := ast.MustCompileModules(map[string]string{"p.rego": "package p\n" + rules})
	p, err := plan.Plan(c, ast.MustParseBody("data.p"))
	if err != nil {
		t.Fatal(err)
	}
	program := Compile(p)
	w := NewWorld(Data{}, program)
	q := w.NewQuestion()
	docs := make([]Doc, lanes)
	for i := range docs {
		docs[i] = Doc{Term: ast.MustParseTerm(fmt.Sprintf(`{"id": "s%d"}`, i)), Unknown: []string{"a", "b", "c"}}
	}
	in := q.Object(1, Field{Name: "site", Value: q.Documents(docs)})
	r = q.NewRun(plan.Env{
		Builtin: func(name string) topdown.BuiltinFunc { return topdown.GetBuiltin(name) },
		Context: topdown.BuiltinContext{Context: ctx, Metrics: metrics.NoOp()},
		Strict:  true,
	}, Limits{Steps: steps})
	t.Cleanup(r.Close)
	index, ok := p.Index("p", "v")
	if !ok {
		t.Fatal("no rule v")
	}
	return r, func() (Answer, error) { return r.Rule(program, index, in, q.Data(), First(lanes)) }
}

// much are rules that take long, and much of them beside statements.
var much = []struct{ name, rule string }{
	{"statements", `v if { some i in numbers.range(1, 2000); some j in numbers.range(1, 2000); i + j == input.site.a }`},
	{"statements that call nothing", `v if { some i in [1, 2, 3, 4, 5, 6, 7, 8, 9]; some j in numbers.range(1, 200000); i == j; j == 0 }`},
	{"keys that differ", `v if { o := {sprintf("%s%d", [input.site.id, i]): i | some i in numbers.range(1, 30000)}; count(o) == 1 }`},
	{"unknown keys", `v if { o := {k: i | some i in numbers.range(1, 30000); k := object.get({1: input.site.a}, i % 2, i)}; count(o) == 1 }`},
	{"members of which part is unknown", `v if { o := {[i, input.site.a] | some i in numbers.range(1, 5000)}; p := {[i, input.site.b] | some i in numbers.range(1, 5000)}; count(o - p) == 1 }`},
	{"copies", `v if { a := {i | some i in numbers.range(1, 5000)}; some j in numbers.range(1, 20000); count(a | {j, input.site.a}) == j }`},
	{"long lists", `v if { a := [i | some i in numbers.range(1, 20000); i != input.site.a]; some j in numbers.range(1, 20000); x := 0 - j; x in a }`},
	{"ways", `v if { some i in numbers.range(1, 1000); some j in numbers.range(1, 1000); not p(i, j) }
p(i, j) if { i == input.site.a; j == input.site.b; input.site.c == i; [i, j] == [input.site.b, input.site.c] }`},
	{"members that are passed over", `v if { a := [json.unmarshal("{}") | some _ in numbers.range(1, 10000)]; some _ in numbers.range(1, 2000); some r in a; r.none }`},
	{"replaced documents", `v if { a := {sprintf("%d", [i]): i | some i in numbers.range(1, 5000)}; q with input.request as a }
q if { some j in numbers.range(1, 20000); r with input.request.z as [j, input.site.a] }
r if count(input.request) == input.request.z`},
}

func init() { Loud = true }

// TestFault has the machine itself fail: that is an error, and the run is not used
// again.
func TestFault(t *testing.T) {
	was := vectored["count"]
	t.Cleanup(func() { vectored["count"], Loud = was, true })
	vectored["count"], Loud = func(*frame, *act, []val) val { panic("of count") }, false
	r, ask := asked(t, context.Background(), `v if count(input.site) > 1`, 1000, 3)
	if _, err := ask(); err == nil || err.Error() != "a fault of the lane machine: of count" {
		t.Errorf("error %v", err)
	}
	world := r.world
	r.Close()
	if world.pool.Get() != nil {
		t.Error("the run is used again")
	}
}

// TestBudget ends every run when its steps are spent, whatever they are spent on: what is
// beside statements counts by how much it is.
func TestBudget(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN with -short: no two goroutines meet here, and the race detector takes long over it")
	}
	for _, tc := range much {
		for _, lanes := range []int{1, 70} {
			t.Run(fmt.Sprint(tc.name, " ", lanes), func(t *testing.T) {
				_, ask := asked(t, context.Background(), tc.rule, 200_000, lanes)
				if _, err := ask(); !errors.Is(err, errSteps) && !errors.Is(err, errMemory) {
					t.Errorf("error %v", err)
				}
			})
		}
	}
}

// TestCancelled ends the context at some point. It is looked at every few steps, and
// when it has ended little more is done.
func TestCancelled(t *testing.T) {
	for _, tc := range much {
		t.Run(tc.name, func(t *testing.T) {
			for _, left := range []int{0, 1, 2, 5, 20} {
				ctx := &endingContext{Context: context.Background(), left: left}
				const steps = 1 << 40
				r, ask := asked(t, ctx, tc.rule, steps, 3)
				ctx.run = r
				if _, err := ask(); !errors.Is(err, context.Canceled) {
					t.Fatalf("look %d: error %v", left, err)
				}
				// What one statement may take at once: it looks through all that has been made so far.
				const stride = 80_000
				if taken := steps - ctx.at; taken > int64(left+1)*(lookEvery+1)+stride {
					t.Errorf("look %d: after %d steps", left, taken)
				}
				if more := ctx.at - r.steps; more > 1 {
					t.Errorf("look %d: %d steps more after the end", left, more)
				}
			}
		})
	}
}

// TestManyKeys makes objects of many keys, some of them written in two ways, in any
// order.
func TestManyKeys(t *testing.T) {
	h := newHeap()
	for _, n := range []int{many, many + 1, 100, 5000} {
		want := ast.NewObject()
		var pairs []id
		for i := range 2 * n {
			k := (i * 7919) % n
			key := ast.NewTerm(ast.Number(fmt.Sprintf("%d", k)))
			if i%3 == 0 {
				key = ast.NewTerm(ast.Number(fmt.Sprintf("%d.0", k)))
			}
			pairs = append(pairs, h.fromTerm(key), h.int(i))
			want.Insert(ast.NewTerm(ast.Number(fmt.Sprint(k))), ast.NewTerm(ast.Number(fmt.Sprint(i))))
		}
		got := h.object(pairs)
		if g := h.term(got); !g.Equal(ast.NewTerm(want)) {
			t.Errorf("%d keys: %s", n, strings.TrimSpace(g.String()[:100]))
		}
		if same := h.fromTerm(ast.NewTerm(want)); h.v(same).equal != h.v(got).equal {
			t.Errorf("%d keys: not equal", n)
		}
	}
}

// crowds are rules that make much of what no statement makes much of.
var crowds = []struct{ name, rule string }{
	{"documents", `v if { some i in numbers.range(1, 600); some j in numbers.range(1, 600); q with input.site.z as [i, j] }
q if input.site.z == 0`},
	{"calls", `v if { some i in numbers.range(1, 600); some j in numbers.range(1, 600); q(i, j) }
q(i, j) if { some k in [i, j]; k < 0 }`},
	{"collections", `v if { some i in numbers.range(1, 600); some j in numbers.range(1, 600); [input.site.id | i == j] == [1] }`},
	{"answers", `v if { some i in numbers.range(1, 600); some j in numbers.range(1, 600); x := input.site.id < "s"; x; i == j }`},
}

// TestCrowded bounds the memory of a run whatever it is taken for, and however many
// steps there are.
func TestCrowded(t *testing.T) {
	for _, tc := range crowds {
		t.Run(tc.name, func(t *testing.T) {
			_, ask := asked(t, context.Background(), tc.rule, 1<<40, 3)
			if _, err := ask(); !errors.Is(err, errMemory) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// TestNextBlock keeps nothing of one block of lanes for the next but what is the same
// for both.
func TestNextBlock(t *testing.T) {
	r, ask := asked(t, context.Background(), `v if { some i in numbers.range(1, 50); q(i); r(i) }
q(i) if i != 3
r(i) if i == input.site.id`, 100_000, 3)
	for range 3 {
		if _, err := ask(); err != nil {
			t.Fatal(err)
		}
		r.NextBlock()
		if len(r.memo) != 50 || r.foundIn != 50 || len(r.memoArgs) != 0 {
			t.Errorf("%d calls remembered, %d kept with %d arguments; want q's", len(r.memo), r.foundIn, len(r.memoArgs))
		}
	}
}

// TestFixed tells functions that look at nothing that differs between lanes.
func TestFixed(t *testing.T) {
	c := ast.MustCompileModules(map[string]string{"p.rego": `package p
v := [request, one, text, f(1), topology, site, called, given, whole, sites, replaced]
request := input.request.a
one if input.request.a == data.topology.k.b
text := sprintf("%s", [input.request.a]) if some x in input.request.list
f(x) := [x, input.request.a]
topology := {k | some k, _ in data.topology.k}
site := input.site.a
called := [site]
given := g(input)
g(x) := x.a
whole := count(input)
sites := data.topology.sites
replaced := x if x := request with input.request.a as 1
`})
	p, err := plan.Plan(c, ast.MustParseBody("data.p"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range Compile(p).funcs {
		if f.fixed {
			got = append(got, strings.TrimPrefix(f.name, "g0.data.p."))
		}
	}
	slices.Sort(got)
	if want := "f g one request text topology"; strings.Join(got, " ") != want {
		t.Errorf("fixed are %s, want %s", got, want)
	}
}
