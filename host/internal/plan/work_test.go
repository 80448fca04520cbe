package plan_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/internal/plan"
)

// stepsOf counts what the rule v of a module takes, where of input.site the facts a and
// b are unknown; input.table has n records.
func stepsOf(t *testing.T, rules string, n int) int {
	t.Helper()
	p := planned(t, "package p\n"+rules)
	e := env()
	steps := 0
	e.Step = func(n int) error { steps += n; return nil }
	table := make([]string, n)
	for i := range table {
		table[i] = fmt.Sprintf(`"k%d": {"id": %d, "list": [%d, "x", "y"], "deep": {"one": %d, "two": "t"}}`, i, i, i, i)
	}
	doc := ast.MustParseTerm(`{"site": {}, "table": {` + strings.Join(table, ", ") + `}}`)
	index, ok := p.Index("p", "v")
	if !ok {
		t.Fatal("no rule v")
	}
	if _, _, err := p.NewRun(e, plan.NewDoc(doc, plan.NewGaps([]string{"site.a", "site.b"})), nil).Rule(index); err != nil {
		t.Fatal(err)
	}
	return steps
}

// TestStepsGrowWithTheWork says how many steps there are for each record of a table, or
// for each pair of them: for what is walked through possibly no more than its
// statements, as nobody sees what a loop leaves behind; for what is looked through
// beside statements as much as there is of it.
func TestStepsGrowWithTheWork(t *testing.T) {
	for _, tc := range []struct {
		name, rules string
		pairs       bool // parts of values for a hundred pairs of records, rather than steps for one record
		low, high   int
	}{
		{"a walk on a path that is possible", `v if { input.site.a == 1; some k, r in input.table; k == "none"; r.id == 2 }`, false, 2, 6},
		{"records in hand", `v if { input.site.a == 1; some r in input.table; x := r.deep; y := r.list; x.one == 0 - 1; y == x }`, false, 4, 12},
		{"tests that split", `v if { some k, r in input.table; r == input.site.b; k in input.site.a; not h.one == h.one }
h := {"one": input.site.a}`, false, 5, 30},
		{"a list looked through", `v if { l := [k | some k, _ in input.table; k != input.site.a]; some k, _ in input.table; sprintf("%s-", [k]) in l; false }`, true, 90, 110},
		{"sets put together", `v if { l := {k | some k, _ in input.table}; some k, _ in input.table; count(l | {k, input.site.a}) == 1; false }`, true, 700, 900},
		{"members compared", `v if { l := {[k, input.site.a] | some k, _ in input.table}; m := {[k, input.site.b] | some k, _ in input.table}; count(l - m) == 1; false }`, true, 180, 220},
		{"lists that are not equal at last", `v if { l := [k | some k, _ in input.table]; m := array.concat(l, [input.site.a]); n := array.concat(l, [input.site.b]); some k, _ in input.table; m == n; k == "none"; false }`, true, 90, 110},
		{"documents replaced", `v if { some k, r in input.table; q with input.table.z as [r, input.site.a]; k == "none" }
q if input.table.none`, true, 700, 900},
	} {
		t.Run(tc.name, func(t *testing.T) {
			const n = 200
			one, two := stepsOf(t, tc.rules, n), stepsOf(t, tc.rules, 2*n)
			if tc.pairs {
				if per := (two - 2*one) * plan.PartsPerStep * 100 / (2 * n * n); per < tc.low || per > tc.high {
					t.Errorf("%d steps, then %d: %d parts in a hundred pairs", one, two, per)
				}
				return
			}
			if per := (two - one) / n; two > 2*one+n || per < tc.low || per > tc.high {
				t.Errorf("%d steps, then %d: %d a record", one, two, per)
			}
		})
	}
}

// TestStopsBesideStatements ends one statement that takes long when it is told to stop,
// and makes no more text than there may be.
func TestStopsBesideStatements(t *testing.T) {
	const sets = `l := {[i, input.a] | some i in numbers.range(1, 1000)}
m := {[i, input.b] | some i in numbers.range(1, 1000)}
`
	for _, tc := range []struct{ name, rules, want string }{
		{"members compared", sets + "v := l - m", "p.rego:4: enough"},
		{"sets joined", sets + "v := x\nx := l if input.a == 1\nelse := m", "p.rego:6: enough"},
		{"wide numbers", `v := sprintf("%999999d%999999d%v", [1, 2, input.a])`, "p.rego:2: too large"},
		{"text of text", `v := concat("0123456789", [input.a, input.a, input.a, input.a, input.a, input.a, input.a, input.a, input.a, input.a, input.a])`, "p.rego:2: too large"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e, steps, over := env(), 0, 0
			e.Bytes = 100
			if strings.HasPrefix(tc.rules, "l") {
				e.Bytes = 1 << 20
			}
			e.Step = func(n int) error {
				if steps += n; steps > 20_000 {
					over++
					return errors.New("enough")
				}
				return nil
			}
			p := planned(t, "package p\n"+tc.rules)
			index, _ := p.Index("p", "v")
			_, _, err := p.NewRun(e, plan.NewDoc(ast.MustParseTerm(`{}`), plan.NewGaps([]string{"a", "b"})), nil).Rule(index)
			if err == nil || err.Error() != tc.want {
				t.Errorf("got %v, want %s", err, tc.want)
			}
			if over > 2 {
				t.Errorf("asked %d times after it was told to stop", over-1)
			}
		})
	}
}
