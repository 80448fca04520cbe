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
	if testing.Short() {
		t.Skip("NOT RUN with -short: no two goroutines meet here, and the race detector takes minutes over it")
	}
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
		{"doubling under not", "import future.keywords.not\ndeny contains \"x\" if {\n\tx0 := input.site.id\n\tnot {\n" + double(60, `NEXT := [LAST | some _ in [1, 2]]`) + "\t\tx60 == x59\n\t}\n}", ErrSize, "value: size limit passed"},
		{"doubling under and", "import future.keywords.and\ndeny contains \"x\" if {\n\tx0 := input.site.id\n\tx0 and {\n" + double(60, `NEXT := [LAST | some _ in [1, 2]]`) + "\t\tx60 != x59\n\t}\n}", ErrSize, "value: size limit passed"},
		{"doubling under or", "import future.keywords.or\ndeny contains \"x\" if {\n\tx0 := input.site.id\n\tx0 == 1 or {\n" + double(60, `NEXT := [LAST | some _ in [1, 2]]`) + "\t\tx60 != x59\n\t}\n}", ErrSize, "value: size limit passed"},
		{"doubling in sets", "deny contains \"x\" if {\n\tx0 := input.site.id\n" + double(60, `NEXT := [y | some _ in [1, 2]; y := {LAST}]`) + "\tx60 != x59\n}", ErrSize, "value: size limit passed"},
		{"element that is too long", `deny contains concat("", ["` + long + `" | some _ in numbers.range(1, 5)]) if true`, ErrSize, ":6: an element has more than 4096 bytes (limits.messageBytes): size limit passed"},
		{"too many elements", `deny contains x if some x in [sprintf("%d", [n]) | some n in numbers.range(1, 200)]`, ErrSize, ":6: more than 100 findings (limits.findings): size limit passed"},
		{"nested loops", "deny contains \"x\" if {\n\tsome a in numbers.range(1, 1000)\n\tsome b in numbers.range(1, 1000)\n\ta * b < 0\n}", ErrSteps, ":6: stopped after 500000 steps: step limit passed; let the rule look at less, or raise limits.steps"},
		{"nested comprehensions", "deny contains \"x\" if count([1 | some a in numbers.range(1, 10000); some b in numbers.range(1, 10000)]) < 0", ErrSteps, ":6: numbers.range: stopped after 500000 steps: step limit passed; let the rule look at less, or raise limits.steps"},
		{"walk", "deny contains \"x\" if {\n\twalk(data.topology, [p, _])\n\twalk(data.topology, [q, _])\n\tp == [q]\n}", ErrSteps, ":6: stopped after 500000 steps: step limit passed; let the rule look at less, or raise limits.steps"},
		{"repeated work on long text", "deny contains \"x\" if {\n\tx := concat(\"\", [\"" + long + "\" | some _ in numbers.range(1, 500)])\n\tsome _ in numbers.range(1, 10000)\n\tcontains(x, \"b\")\n}", ErrSteps, "contains: stopped after 500000 steps: step limit passed; let the rule look at less, or raise limits.steps"},
		{"product doubling", "deny contains \"x\" if {\n\tx0 := 1234567891\n" + double(60, `NEXT := LAST * LAST`) + "\tx60 > 0\n}", ErrSize, "mul: a number may have at most 1000 digits: size limit passed"},
		{"product of many", `deny contains "x" if product([1234567891 | some _ in numbers.range(1, 5000)]) > 1`, ErrSize, "product: a number may have at most 1000 digits: size limit passed"},
		{"quotient", "deny contains \"x\" if {\n\tx0 := 1e-300\n" + double(60, `NEXT := LAST / 1e300`) + "\tx60 > 0\n}", ErrSize, "div: a number may have at most 1000 digits: size limit passed"},
		{"shift", `deny contains "x" if bits.lsh(1, 1000000000) > 1`, ErrSize, ":6: bits.lsh: a number may have at most 1000 digits: size limit passed"},
		{"number from text", `deny contains "x" if floor(to_number("1e1000000000")) > 1`, ErrSize, ":6: to_number: a number may have at most 1000 digits: size limit passed"},
		{"number from JSON", `deny contains "x" if floor(json.unmarshal("1e1000000000")) > 1`, nil, ":6: json.unmarshal: invalid number: number too big"},
		{"number from units", `deny contains "x" if units.parse("1e1000000000") > 1`, ErrSize, ":6: units.parse: a number may have at most 1000 digits: size limit passed"},
		{"text doubling in functions", "f(x) := concat(x, [x, x])\ndeny contains \"x\" if f(f(f(f(f(f(f(f(f(f(f(f(concat(\"\", [input.site.id, \"text\"]))))))))))))) != \"\"", ErrSize, ":6: concat: size limit passed"},
		{"object doubling in functions", "f(x) := {\"a\": x, \"b\": x}\ng(x) := f(f(f(f(f(f(f(f(f(f(x))))))))))\ndeny contains \"x\" if g(g(g(g(input.site.id)))) != 1", ErrSize, "value: size limit passed"},
		{"message doubling", "deny contains msg if {\n\tx0 := input.site.id\n" + double(60, `NEXT := sprintf("%s%[1]s", [LAST])`) + "\tmsg := x60\n}", ErrSize, "sprintf: size limit passed"},
		{"message that is too long", "deny contains msg if {\n\tx0 := input.site.id\n" + double(12, `NEXT := sprintf("%s%[1]s", [LAST])`) + "\tmsg := x12\n}", ErrSize, ":6: an element has more than 4096 bytes (limits.messageBytes): size limit passed"},
		{"message that takes too many steps", "deny contains msg if {\n\tm := concat(\"\", [sprintf(\"%s\", [input.site.id]) | some i in numbers.range(1, 1000); some j in numbers.range(1, 1000)])\n\tmsg := substring(m, 0, 5)\n}", ErrSteps, ":6: stopped after 500000 steps: step limit passed; let the rule look at less, or raise limits.steps"},
		{"JSON in JSON", "deny contains \"x\" if {\n\tx0 := [input.site.id]\n" + double(60, `NEXT := json.marshal([LAST, LAST])`) + "\tx60 != \"\"\n}", ErrSize, "json.marshal: size limit passed"},
		{"base64 of base64", "deny contains \"x\" if {\n\tx0 := \"" + long + "\"\n" + double(60, `NEXT := base64.encode(LAST)`) + "\tx60 != \"\"\n}", ErrSize, "base64.encode: size limit passed"},
		{"split into letters", "deny contains \"x\" if {\n\tx := split(concat(\"\", [\"" + long + "\" | some _ in numbers.range(1, 400)]), \"\")\n\tcount(x) < 0\n}", ErrSize, ":7: split: size limit passed"},
		{"time zone", `deny contains "x" if time.clock([0, "Local"])[0] > 1`, nil, `:6: time.clock: the time zone "Local" is the machine's; only UTC may be used`},
		{"time zone of a difference", `deny contains "x" if time.diff([0, "UTC"], [0, "Europe/Berlin"])[0] > 1`, nil, `:6: time.diff: the time zone "Europe/Berlin" is the machine's; only UTC may be used`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			sites := []SiteDoc{{ID: "s", Term: term(t, `{"id": "s"}`)}, {ID: "t", Row: 1, Term: term(t, `{"id": "t"}`)}}
			endsAtLimit(t, engine(t, one(t, tc.rules), standardDocs(t, 50)), sites, tc.want, tc.says)
		})
	}
}

// endsAtLimit asks about sites in every way, and wants each to end with one and the same
// error, that of a limit, without the memory to show for it.
func endsAtLimit(t *testing.T, e *Engine, sites []SiteDoc, want error, says string) {
	t.Helper()
	in := input(t, `{}`, `{}`)
	text := map[string]string{}
	for _, ask := range waysToAsk {
		err := withinMemory(t, ask.name, ask.most, func() error { return ask.with(context.Background(), e, in, sites) })
		if err == nil {
			t.Fatalf("%s: no error", ask.name)
		}
		if want != nil && !errors.Is(err, want) {
			t.Errorf("%s: error %v does not match %v", ask.name, err, want)
		}
		if !strings.HasSuffix(err.Error(), says) {
			t.Errorf("%s: error %q does not say %q", ask.name, err, says)
		}
		text[err.Error()] = ask.name
	}
	if len(text) != 1 {
		t.Errorf("the engines differ: %q", text)
	}
}

// waysToAsk are how sites may be asked about, with the bytes that may be allocated in
// total, most of them freed on the way. A lane machine keeps room for all lanes.
var waysToAsk = []struct {
	name string
	most uint64
	with func(context.Context, *Engine, Input, []SiteDoc) error
}{
	{"rego", 512 << 20, func(ctx context.Context, e *Engine, in Input, sites []SiteDoc) error {
		_, err := e.ByLanes(false).Case(ctx, in).Sites(ctx, sites)
		return err
	}},
	{"lane", 2 << 30, func(ctx context.Context, e *Engine, in Input, sites []SiteDoc) error {
		_, err := e.ByLanes(true).Case(ctx, in).Sites(ctx, sites)
		return err
	}},
	{"verdicts", 2 << 30, func(ctx context.Context, e *Engine, in Input, sites []SiteDoc) error {
		v, err := e.Case(ctx, in).Verdicts(sites)
		if err == nil {
			_, err = v.Judge(ctx)
		}
		return err
	}},
}

// withinMemory runs what must not allocate more than so many bytes, nor leave more than
// a little behind.
func withinMemory(t *testing.T, name string, most uint64, run func() error) error {
	t.Helper()
	var before, after, left runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	err := run()
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > most {
		t.Errorf("%s: %d MiB were allocated", name, n>>20)
	}
	for range 3 { // what a pool holds outlives two collections
		runtime.GC()
	}
	const mostLeft = 64 << 20
	if runtime.ReadMemStats(&left); left.HeapAlloc > before.HeapAlloc+mostLeft {
		t.Errorf("%s: %d MiB are left", name, (left.HeapAlloc-before.HeapAlloc)>>20)
	}
	return err
}

// TestMuchWithinLimits feeds rules that make much, and not too much: the engines agree,
// and none of them needs out of proportion for it.
func TestMuchWithinLimits(t *testing.T) {
	for _, tc := range []struct{ name, rules string }{
		{"object of keys that differ between sites", "deny contains \"x\" if {\n\to := {sprintf(\"%s%d\", [input.site.id, i]): [i, i] | some i in numbers.range(1, 1000)}\n\tcount(o) == 1000\n}"},
		{"object of keys that do not", "deny contains \"x\" if {\n\to := {sprintf(\"%d\", [i]): input.site.id | some i in numbers.range(1, 1000)}\n\tcount(o) == 1000\n}"},
		{"set of members that differ between sites", "deny contains \"x\" if {\n\ts := {sprintf(\"%s%d\", [input.site.id, i]) | some i in numbers.range(1, 3000)}\n\tcount(s) == 3000\n}"},
		{"array of elements that differ between sites", "deny contains \"x\" if {\n\tx := [sprintf(\"%s%d\", [input.site.id, i]) | some i in numbers.range(1, 3000)]\n\tcount(x) == 3000\n}"},
		{"sums of what differs", "deny contains \"x\" if {\n\tsome i in numbers.range(1, 3000)\n\tx := count(input.site.id) + i\n\ty := x * 2\n\ty - x == 3000\n}"},
		{"calls of calls", "deny contains \"x\" if f8(input.site.id) == 256\nf0(x) := 1 if x\n" + chain(8, `fNEXT(x) := fLAST(sprintf("%s0", [x])) + fLAST(sprintf("%s1", [x]))`)},
		{"the same document replaced again and again", "deny contains \"x\" if r8 == 256\nr0 := count(input.site.id)\n" + chain(8, `rNEXT := x + y if { x := rLAST with input.request.a as LAST; y := rLAST with input.request.b as LAST }`)},
		{"text in a message", "deny contains msg if {\n\tm := concat(\"\", [input.site.id | some i in numbers.range(1, 5000)])\n\tmsg := substring(m, 0, 5)\n}"},
		{"long message", "deny contains msg if {\n\tx0 := input.site.id\n" + double(11, `NEXT := sprintf("%s%[1]s", [LAST])`) + "\tmsg := x11\n}"},
		{"as many findings as may be", `deny contains x if some x in [sprintf("%s %d", [input.site.id, n]) | some n in numbers.range(1, 100)]`},
		{"one value under many keys", "deny contains \"x\" if {\n\tx0 := {\"a\": input.site.id}\n" + double(60, `NEXT := object.union(LAST, {"b": LAST})`) + "\tcount(x60) == 2\n}"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := engine(t, one(t, tc.rules), standardDocs(t, 50))
			sites := []SiteDoc{{ID: "s", Term: term(t, `{"id": "s"}`)}, {ID: "t", Row: 1, Term: term(t, `{"id": "t"}`)}}
			want, err := agree(t, e, input(t, `{}`, `{}`), sites, "%s", tc.rules)
			if err != nil {
				t.Fatal(err)
			}
			if want[0][0].Verdict != Deny {
				t.Error("the rule does not come to its end")
			}
			for _, ask := range waysToAsk {
				if err := withinMemory(t, ask.name, ask.most, func() error { return ask.with(context.Background(), e, input(t, `{}`, `{}`), sites) }); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// chain is rules each of which is made of the one before.
func chain(n int, rule string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.NewReplacer("NEXT", fmt.Sprint(i+1), "LAST", fmt.Sprint(i)).Replace(rule) + "\n")
	}
	return b.String()
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
