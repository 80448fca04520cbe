package rego

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/bailiwick-dev/bailiwick/host/policy"
)

// double is text that names 2^n things: each line doubles the one before.
func double(n int, step string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("\t" + strings.NewReplacer("NEXT", fmt.Sprintf("x%d", i+1), "LAST", fmt.Sprintf("x%d", i)).Replace(step) + "\n")
	}
	return b.String()
}

// TestAmplification feeds rules that make much out of little, and wants each to
// end at a counted limit, with its place, and without the memory to show for it.
func TestAmplification(t *testing.T) {
	long := strings.Repeat("a", 2000)
	for _, tc := range []struct {
		name, rules string
		want        error
		says        string
	}{
		{"concat", "deny contains \"x\" if {\n\tx0 := [\"" + long + "\" | some _ in numbers.range(1, 1000)]\n\tx1 := concat(\"\", x0)\n}", ErrSize, ":7: value: size limit passed"},
		{"concat of concats", "deny contains \"x\" if {\n\tx0 := \"" + long + "\"\n" + double(40, `NEXT := concat("", [LAST, LAST])`) + "\tx40\n}", ErrSize, ":17: concat: size limit passed"},
		{"sprintf doubling", "deny contains \"x\" if {\n\tx0 := \"" + long + "\"\n" + double(40, `NEXT := sprintf("%s%[1]s", [LAST])`) + "\tx40\n}", ErrSize, "sprintf: size limit passed"},
		{"sprintf width", `deny contains sprintf("%999999999d", [1]) if true`, ErrSize, ":6: sprintf: a width may be at most 1000: size limit passed"},
		{"sprintf precision", `deny contains sprintf("%.999999999f", [1.5]) if true`, ErrSize, ":6: sprintf: a width may be at most 1000: size limit passed"},
		{"sprintf width from an argument", `deny contains sprintf("%*d", [999999999, 1]) if true`, nil, ":6: sprintf: a width may not come from an argument: write it out"},
		{"template string doubling", "deny contains \"x\" if {\n\tx0 := \"" + long + "\"\n" + double(40, `NEXT := $"{LAST}{LAST}"`) + "\tx40\n}", ErrSize, "internal.template_string: size limit passed"},
		{"replace", `deny contains replace(concat("", ["x" | some _ in numbers.range(1, 5000)]), "x", "` + long + `") if true`, ErrSize, "replace: size limit passed"},
		{"replace of nothing", `deny contains replace("` + long + `", "", "` + long + `") if true`, ErrSize, ":6: replace: size limit passed"},
		{"replace_n", `deny contains strings.replace_n({"a": "` + long + `"}, "` + long + `") if true`, ErrSize, ":6: strings.replace_n: size limit passed"},
		{"regex.replace", `deny contains regex.replace("` + long + strings.Repeat("a", 10000) + `", "a", "$0` + long + `") if true`, ErrSize, ":6: regex.replace: size limit passed"},
		{"long pattern", `deny contains "x" if regex.match("` + long + `", "a")`, ErrSize, ":6: regex.match: a pattern may have at most 1000 bytes: size limit passed"},
		{"range", `deny contains "x" if count(numbers.range(1, 1000000000)) > 0`, ErrSize, ":6: numbers.range: size limit passed"},
		{"range of huge numbers", `deny contains "x" if count(numbers.range(1, 100000000000000000000000000)) > 0`, ErrSize, ":6: numbers.range: size limit passed"},
		{"range backwards with a step", `deny contains "x" if count(numbers.range_step(1000000000, 1, 1)) > 0`, ErrSize, ":6: numbers.range_step: size limit passed"},
		{"array.concat doubling", "deny contains \"x\" if {\n\tx0 := [1, 2, 3, 4]\n" + double(60, `NEXT := array.concat(LAST, LAST)`) + "\tcount(x60) > 0\n}", ErrSize, "array.concat: size limit passed"},
		{"comprehension doubling", "deny contains \"x\" if {\n\tx0 := input.site.id\n" + double(60, `NEXT := [LAST | some _ in [1, 2]]`) + "\tx60 != x59\n}", ErrSize, "value: size limit passed"},
		{"doubling in functions", "f(x) := [x, x]\ng(x) := f(f(f(f(f(f(f(f(f(f(x))))))))))\ndeny contains \"x\" if g(g(g(g(input.site.id)))) != 1", ErrSize, "value: size limit passed"},
		{"doubling in arguments", "f(x) := x\ndeny contains \"x\" if {\n\tx0 := input.site.id\n" + double(60, `NEXT := f([LAST, LAST])`) + "\tx60 != x59\n}", ErrSize, "value: size limit passed"},
		{"element that is too long", `deny contains concat("", ["` + long + `" | some _ in numbers.range(1, 5)]) if true`, ErrSize, ":6: an element has more than 4096 bytes: size limit passed"},
		{"too many elements", `deny contains x if some x in [sprintf("%d", [n]) | some n in numbers.range(1, 200)]`, ErrSize, ":6: more than 100 findings: size limit passed"},
		{"nested loops", "deny contains \"x\" if {\n\tsome a in numbers.range(1, 1000)\n\tsome b in numbers.range(1, 1000)\n\ta * b < 0\n}", ErrSteps, ":6: stopped after 500000 steps: step limit passed"},
		{"nested comprehensions", "deny contains \"x\" if count([1 | some a in numbers.range(1, 10000); some b in numbers.range(1, 10000)]) < 0", ErrSteps, ":6: numbers.range: stopped after 500000 steps: step limit passed"},
		{"walk", "deny contains \"x\" if {\n\twalk(data.topology, [p, _])\n\twalk(data.topology, [q, _])\n\tp == [q]\n}", ErrSteps, ":6: stopped after 500000 steps: step limit passed"},
		{"repeated work on long text", "deny contains \"x\" if {\n\tx := concat(\"\", [\"" + long + "\" | some _ in numbers.range(1, 500)])\n\tsome _ in numbers.range(1, 10000)\n\tcontains(x, \"b\")\n}", ErrSteps, "contains: stopped after 500000 steps: step limit passed"},
		{"product doubling", "deny contains \"x\" if {\n\tx0 := 1234567891\n" + double(60, `NEXT := LAST * LAST`) + "\tx60 > 0\n}", ErrSize, "mul: a number may have at most 1000 digits: size limit passed"},
		{"product of many", `deny contains "x" if product([1234567891 | some _ in numbers.range(1, 5000)]) > 1`, ErrSize, "product: a number may have at most 1000 digits: size limit passed"},
		{"quotient", "deny contains \"x\" if {\n\tx0 := 1e-300\n" + double(60, `NEXT := LAST / 1e300`) + "\tx60 > 0\n}", ErrSize, "div: a number may have at most 1000 digits: size limit passed"},
		{"shift", `deny contains "x" if bits.lsh(1, 1000000000) > 1`, ErrSize, ":6: bits.lsh: a number may have at most 1000 digits: size limit passed"},
		{"number from text", `deny contains "x" if floor(to_number("1e1000000000")) > 1`, ErrSize, ":6: to_number: a number may have at most 1000 digits: size limit passed"},
		{"number from JSON", `deny contains "x" if floor(json.unmarshal("1e1000000000")) > 1`, nil, ":6: json.unmarshal: invalid number: number too big"},
		{"number from units", `deny contains "x" if units.parse("1e1000000000") > 1`, ErrSize, ":6: units.parse: a number may have at most 1000 digits: size limit passed"},
		{"time zone", `deny contains "x" if time.clock([0, "Local"])[0] > 1`, nil, `:6: time.clock: the time zone "Local" is the machine's; only UTC may be used`},
		{"time zone of a difference", `deny contains "x" if time.diff([0, "UTC"], [0, "Europe/Berlin"])[0] > 1`, nil, `:6: time.diff: the time zone "Europe/Berlin" is the machine's; only UTC may be used`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := engine(t, one(t, tc.rules), standardDocs(t, 50))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := e.Site(context.Background(), input(t, `{}`, `{}`), SiteDoc{ID: "s", Term: term(t, `{"id": "s"}`)})
			runtime.ReadMemStats(&after)
			if err == nil {
				t.Fatal("no error")
			}
			if tc.want != nil && !errors.Is(err, tc.want) {
				t.Errorf("error %v does not match %v", err, tc.want)
			}
			if !strings.HasSuffix(err.Error(), tc.says) {
				t.Errorf("error %q does not say %q", err, tc.says)
			}
			const most = 512 << 20 // allocated in total, most of it freed on the way
			if n := after.TotalAlloc - before.TotalAlloc; n > most {
				t.Errorf("%d MiB were allocated", n>>20)
			}
		})
	}
}

// TestShapes feeds rules whose types OPA's checker would compare for ever.
func TestShapes(t *testing.T) {
	for _, tc := range []struct{ name, rules string }{
		{"array literal doubling", "deny contains \"x\" if {\n\tx0 := [input.site.id]\n\ty0 := x0\n" + double(60, `NEXT := [LAST, LAST]`) + "\tx60 != x59\n}"},
		{"object literal doubling", "deny contains \"x\" if {\n\tx0 := input.site\n" + double(60, `NEXT := {"a": LAST, "b": LAST}`) + "\tx60 != x59\n}"},
		{"set literal doubling", "deny contains \"x\" if {\n\tx0 := input.site.id\n" + double(60, `NEXT := {[LAST, 1], [LAST, 2]}`) + "\tx60 != x59\n}"},
		{"doubling in rules", "x0 := input.site.id\n" + double(60, `NEXT := [LAST, LAST]`) + "deny contains \"x\" if x60 != 1"},
		{"doubling in partial rules", "x0 contains input.site.id\n" + double(60, `NEXT contains [v, v, i] if { some v in LAST; some i in [1] }`) + "deny contains \"x\" if count(x60) > 0"},
		{"doubling under not", "deny contains \"x\" if {\n\tx0 := input.site\n" + double(60, `NEXT := {"a": LAST, "b": LAST}`) + "\tnot x60 == x59\n}"},
		{"doubling by rules", "x0 := 1\n" + double(60, `NEXT := {"a": LAST, "b": LAST}`) + "deny contains \"x\" if x60 != x59"},
		{"doubling in patterns", "deny contains \"x\" if {\n\tx0 := input.site\n" + double(60, `[NEXT, _] := [[LAST, LAST], 1]`) + "\tx60 != x59\n}"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := compileText(t, tc.rules)
			if !strings.Contains(got, ": a value of this rule is put together from more than 16000 parts") {
				t.Error(got)
			}
		})
	}
	// The largest that passes is checked at once.
	if _, err := Compile(one(t, "deny contains \"x\" if {\n\tx0 := input.site\n"+double(11, `NEXT := {"a": LAST, "b": LAST}`)+"\tnot x11 == x10\n}")); err != nil {
		t.Error(err)
	}
}

// TestInstrumentedMeansTheSame evaluates with the bounded forms what OPA evaluates
// without, wherever no limit is near.
func TestInstrumentedMeansTheSame(t *testing.T) {
	e := engine(t, one(t, `f(x) := [x, x] if x != 3 else := {"n": x}
deny contains {"message": concat(",", [sprintf("%v", [v]) | some v in [f(n) | some n in numbers.range(1, 3)]]), "pairs": {k: v | some k, v in {"a": input.site.id}}}
deny contains message if {
	every n in [1, 2] { f(n) == [n, n] }
	not f(1) == [2, 2]
	[a, b] := f("z")
	message := upper(sprintf("%s-%s-%05d", [a, b, 42]))
}
default score := 5
score := 10 if regex.match("^s$", input.site.id) else := 20
`), Documents{})
	got := ask(t, e, input(t, `{}`, `{}`), SiteDoc{ID: "s", Term: term(t, `{"id": "s"}`)})
	want := "Z-Z-00042 @test/p.rego:8\n[1, 1],[2, 2],{\"n\": 3} @test/p.rego:7\n"
	if show(got.Denies) != want || *got.Score != 10 {
		t.Errorf("%s %v", show(got.Denies), *got.Score)
	}
}

// TestStepsAreExact says that the same question takes the same steps, however
// often and in whatever order it is asked.
func TestStepsAreExact(t *testing.T) {
	rules := "deny contains \"x\" if {\n\tsome s in data.topology.sites\n\tsome v in s.services\n\tv == input.site.id\n}"
	least := func() int64 {
		low, high := int64(1), int64(1_000_000)
		for low < high {
			mid := (low + high) / 2
			set, err := one(t, rules).WithLimits(policy.Limits{Steps: mid})
			if err != nil {
				t.Fatal(err)
			}
			_, err = engine(t, set, standardDocs(t, 5)).Site(context.Background(), Input{Request: ast.ObjectTerm(), Component: ast.ObjectTerm()}, SiteDoc{ID: "s", Term: term(t, `{"id": "s"}`)})
			if err == nil {
				high = mid
			} else {
				low = mid + 1
			}
		}
		return low
	}
	if a, b := least(), least(); a != b || a < 1000 {
		t.Errorf("%d and %d steps", a, b)
	}
}
