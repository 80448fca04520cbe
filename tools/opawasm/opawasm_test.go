package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/test/cases"
)

// set writes cases to a directory and loads them.
func set(t *testing.T, files map[string]string) ([]testCase, error) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return load(dir)
}

// TestNames says what cases are called.
func TestNames(t *testing.T) {
	list, err := set(t, map[string]string{
		"a/x.yaml": "cases: [{note: one, query: q}, {note: two, query: q}, {note: one, query: q}]",
		"b/x.yaml": "cases: [{note: one, query: q}]",
	})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, tc := range list {
		names = append(names, tc.name)
	}
	if got, want := strings.Join(names, "; "), "one (a/x.yaml); two; one (a/x.yaml 2); one (b/x.yaml)"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	for _, tc := range []struct{ name, text, want string }{
		{"two lines", `cases: [{note: "a\nb", query: q}]`, `x.yaml: the note "a\nb" cannot stand on a line of the list; this tool must write it otherwise`},
		{"no note", `cases: [{query: q}]`, `x.yaml: the note "" cannot stand on a line of the list; this tool must write it otherwise`},
		{"the same name", `cases: [{note: a, query: q}, {note: a, query: q}, {note: "a (x.yaml)", query: q}]`, `two cases come to be named "a (x.yaml)"; this tool must tell them apart`},
		{"no cases", `cases: []`, ` holds no cases; find where they went and correct the path`},
	} {
		_, err := set(t, map[string]string{"x.yaml": tc.text})
		if err == nil || !strings.HasSuffix(err.Error(), tc.want) {
			t.Errorf("%s: got  %v\nwant %s", tc.name, err, tc.want)
		}
	}
}

// TestVerdicts runs cases through wasm and says how each is judged.
func TestVerdicts(t *testing.T) {
	text := func(s string) *string { return &s }
	result := func(bindings ...map[string]any) *[]map[string]any { return &bindings }
	yes, no := true, false
	const divides = "package p\nv := 1 / input.n\ns contains 2\ns contains 1\n"
	input := func(v any) *any { return &v }
	for _, tc := range []struct {
		name string
		cases.TestCase
		kind, why string
	}{
		{"result", cases.TestCase{Query: "data.p.v = x", Input: input(map[string]any{"n": 1}), WantResult: result(map[string]any{"x": 1})}, "", ""},
		{"input as text", cases.TestCase{Query: "data.p.v = x", InputTerm: text(`{"n": 1}`), WantResult: result(map[string]any{"x": 1})}, "", ""},
		{"set", cases.TestCase{Query: "data.p.s = x", SortBindings: true, WantResult: result(map[string]any{"x": []any{1, 2}})}, "", ""},
		{"another result", cases.TestCase{Query: "data.p.s = x", WantResult: result()}, "other result", `got {{"x": [1, 2]}}, want set()`},
		{"data", cases.TestCase{Query: "data.d = x", Data: &map[string]any{"d": "y"}, WantResult: result(map[string]any{"x": "y"})}, "", ""},
		{"defined", cases.TestCase{Query: "data.p.s", WantDefined: &yes}, "", ""},
		{"undefined", cases.TestCase{Query: "data.p.v", WantDefined: &yes}, "other result", "defined: false, want true"},
		{"surely undefined", cases.TestCase{Query: "data.p.v", WantDefined: &no}, "", ""},
		{"strict", cases.TestCase{Query: "data.p.v", InputTerm: text(`{"n": 0}`), WantErrorCode: text("eval_builtin_error"), StrictError: true}, "", ""},
		{"strict without error", cases.TestCase{Query: "data.p.s", WantErrorCode: text("eval_builtin_error"), StrictError: true}, "result where an error is wanted", "1 results"},
		{"no error", cases.TestCase{Query: "data.p.s", WantErrorCode: text("eval_conflict_error")}, "result where an error is wanted", "1 results"},
		{"conflict", cases.TestCase{Query: "data.q", Modules: []string{"package q\nc := 1 if input\nc := 2 if input"}, InputTerm: text("1"), WantErrorCode: text("eval_conflict_error")}, "", ""},
		{"conflict where a result is wanted", cases.TestCase{Query: "data.q", Modules: []string{"package q\nc := 1 if input\nc := 2 if input"}, InputTerm: text("1"), WantDefined: &yes}, "error where a result is wanted", "internal_error: module-0.rego:3:1: var assignment conflict"},
		{"code", cases.TestCase{Query: "data.q", Modules: []string{"package q\nc := 1 if input\nc := 2 if input"}, InputTerm: text("1"), WantErrorCode: text("eval_type_error")}, "error that the target has no code for", "internal_error: module-0.rego:3:1: var assignment conflict"},
		{"module", cases.TestCase{Query: "data.q", Modules: []string{"package q\nc := u"}, WantDefined: &no}, "does not compile to wasm", "1 error occurred: module-0.rego:2: rego_unsafe_var_error: var u is unsafe"},
		{"nothing", cases.TestCase{Query: "data.p.s"}, "wants nothing", "neither a result nor an error is wanted"},
		{"environment", cases.TestCase{Query: "data.p.s", Env: map[string]string{"OPAWASM_TEST": "x"}, WantDefined: &yes}, "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if tc.Modules == nil {
				tc.Modules = []string{divides}
			}
			c := testCase{tc.TestCase, tc.name}
			rs, stage, err := evaluate(context.Background(), c)
			got := judge(c, rs, stage, err)
			if got.Kind != tc.kind || got.Why != tc.why {
				t.Errorf("got %q: %q, want %q: %q", got.Kind, got.Why, tc.kind, tc.why)
			}
		})
	}
	if _, set := os.LookupEnv("OPAWASM_TEST"); set {
		t.Error("a case's environment is left behind")
	}
}

// TestBatch runs a part of the cases as a process of its own does.
func TestBatch(t *testing.T) {
	yes := true
	list := make([]testCase, 3)
	for i := range list {
		list[i] = testCase{cases.TestCase{Query: "true", WantDefined: &yes}, string(rune('a' + i))}
	}
	var out bytes.Buffer
	if err := runBatch(list, "1:3", &out); err != nil {
		t.Fatal(err)
	}
	if got, want := out.String(), `{"Name":"b","Kind":"","Why":""}`+"\n"+`{"Name":"c","Kind":"","Why":""}`+"\n"; got != want {
		t.Errorf("got %s", got)
	}
	for _, part := range []string{"x", "1", "2:1", "0:4", "-1:2"} {
		err := runBatch(list, part, &out)
		if want := `-batch "` + part + `": want from:to within 0:3`; err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
}

// TestRender says how the list and the summary are written.
func TestRender(t *testing.T) {
	verdicts := []verdict{{Name: "b"}, {Name: "c", Kind: "other result", Why: "one\ntwo"}, {Name: "# a"}}
	if got, want := string(render("v9", verdicts)), `# Generated by tools/opawasm (make opa-wasm); do not edit.
# github.com/open-policy-agent/opa v9
# Of OPA's 3 cases (v1/test/cases/testdata/v1), the 2 that pass through its wasm target, by their notes;
# a note that several cases have is followed by the file, and by the number in it from the second on.
# The names begin behind the empty line; some begin with a number sign themselves.

# a
b
`; got != want {
		t.Errorf("got %s", got)
	}
	if got, want := summary(verdicts), "1: other result\n\tc: one two\n2 of 3 cases pass\n"; got != want {
		t.Errorf("got %s", got)
	}
}

// TestRunRefuses says what is wrong with how the tool is called.
func TestRunRefuses(t *testing.T) {
	for _, tc := range []struct {
		name, file string
		check      bool
		jobs       int
		want       string
	}{
		{"no jobs", "x", false, 0, "-jobs 0: at least one batch must run"},
		{"nothing to check", filepath.Join("none", "x"), true, 1, "open none/x: no such file or directory; write it first, without -check"},
		{"nowhere to write", filepath.Join("none", "x"), false, 1, "stat none: no such file or directory; run this tool in its own directory, or say where with -file"},
	} {
		if err := run(tc.file, tc.check, tc.jobs, ""); err == nil || err.Error() != tc.want {
			t.Errorf("%s: got  %v\nwant %s", tc.name, err, tc.want)
		}
	}
}
