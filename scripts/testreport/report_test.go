package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/iotest"
)

var mayBe = []Skip{{"p", "TestRoot", "only root"}}

func TestReport(t *testing.T) {
	const (
		pkg    = `"Package":"github.com/bailiwick-dev/bailiwick/p"`
		passed = `{"Action":"run",` + pkg + `,"Test":"TestA"}
{"Action":"output",` + pkg + `,"Test":"TestA","Output":"    a_test.go:3: what nobody wants to read\n"}
{"Action":"pass",` + pkg + `,"Test":"TestA","Elapsed":0.1}
`
		end = `{"Action":"output",` + pkg + `,"Output":"PASS\n"}
{"Action":"output",` + pkg + `,"Output":"ok  \tp\t0.1s\n"}
{"Action":"pass",` + pkg + `,"Elapsed":0.1}
`
	)
	said := func(test, text string) string {
		return `{"Action":"output",` + pkg + `,"Test":"` + test + `","Output":"` + text + `\n"}` + "\n"
	}
	ended := func(action, test string) string {
		return `{"Action":"` + action + `",` + pkg + `,"Test":"` + test + `"}` + "\n"
	}
	for _, c := range []struct {
		name, in, want string
		ok             bool
	}{
		{"passes", "go test -json ./...\n" + passed + end, "go test -json ./...\nok  \tp\t0.1s\n\n1 tests and subtests ran, 0 were skipped\n", true},
		{"nothing", "", "\n0 tests and subtests ran, 0 were skipped\nwrong:\n  no test ran\n", false},
		{"no tests in a package", passed + `{"Action":"skip","Package":"q","Elapsed":0}` + "\n", "\n1 tests and subtests ran, 0 were skipped\n", true},
		{
			"may be skipped", passed + said("TestRoot", "    a_test.go:9: noted before") + said("TestRoot", "    a_test.go:9: only root can") + said("TestRoot", "--- SKIP: TestRoot (0.00s)") + ended("skip", "TestRoot") + end,
			"ok  \tp\t0.1s\n\n1 tests and subtests ran, 1 were skipped\n  p TestRoot: only root can\n", true,
		},
		{
			"may be skipped for another reason", passed + said("TestRoot", "    a_test.go:9: no compiler:") + said("TestRoot", "        in vain") + ended("skip", "TestRoot") + end,
			"ok  \tp\t0.1s\n\n1 tests and subtests ran, 1 were skipped\n  p TestRoot: no compiler: in vain\nwrong:\n  p TestRoot was skipped and may not be: no compiler: in vain\n", false,
		},
		{
			"a subtest may not be skipped", passed + ended("skip", "TestRoot/x") + ended("pass", "TestRoot"),
			"\n2 tests and subtests ran, 1 were skipped\n  p TestRoot/x: it gives no reason\nwrong:\n  p TestRoot/x was skipped and may not be: it gives no reason\n", false,
		},
		{
			"fails", passed + said("TestB/x", "    a_test.go:4: got 1") + ended("fail", "TestB/x") + said("TestB", "--- FAIL: TestB") + ended("fail", "TestB") +
				`{"Action":"output",` + pkg + `,"Output":"FAIL\tp\t0.1s\n"}` + "\n" + `{"Action":"fail",` + pkg + "}\n",
			"    a_test.go:4: got 1\n--- FAIL: TestB\nFAIL\tp\t0.1s\n\n3 tests and subtests ran, 0 were skipped\nwrong:\n  p TestB/x failed\n  p TestB failed\n  p failed\n", false,
		},
		{
			"panics", passed + said("TestB", "panic: oh") + `{"Action":"fail",` + pkg + "}\n",
			"panic: oh\n\n1 tests and subtests ran, 0 were skipped\nwrong:\n  p failed\n", false,
		},
		{
			"is not built", passed + `{"Action":"build-output","ImportPath":"q","Output":"q.go:1: undefined\n"}` + "\n" + `{"Action":"build-fail","ImportPath":"q"}` + "\n",
			"q.go:1: undefined\n\n1 tests and subtests ran, 0 were skipped\nwrong:\n  q was not built\n", false,
		},
		{"does not end", `{"Action":"start",` + pkg + "}\n" + passed, "\n1 tests and subtests ran, 0 were skipped\nwrong:\n  p did not end\n", false},
		{"other objects", passed + "{\"a\": 1}\n{\nlast", "{\"a\": 1}\n{\nlast\n1 tests and subtests ran, 0 were skipped\n", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			ok, err := Report(strings.NewReader(c.in), &out, mayBe)
			if ok != c.ok || err != nil || out.String() != c.want {
				t.Errorf("%t %v\n%s\nwant %t\n%s", ok, err, out.String(), c.ok, c.want)
			}
		})
	}
	if ok, err := Report(iotest.ErrReader(errors.New("gone")), &bytes.Buffer{}, nil); ok || err == nil || err.Error() != "standard input: gone" {
		t.Error(ok, err)
	}
}

// TestOnGoTest reads what go test says of a package of which each test ends in another way.
func TestOnGoTest(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module github.com/bailiwick-dev/bailiwick/p\n\ngo 1.24\n",
		"p_test.go": `package p

import "testing"

func TestGood(t *testing.T)    { t.Log("quiet") }
func TestBad(t *testing.T)     { t.Error("loud") }
func TestSkipped(t *testing.T) { t.Skip("NOT RUN: clang-19 is not installed") }
func TestRoot(t *testing.T)    { t.Skip("only root can") }
`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run := func(tests string) (bool, string) {
		cmd := exec.Command("go", "test", "-json", "-count=1", "-run", tests, ".")
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOFLAGS=", "GOWORK=off")
		text, err := cmd.Output()
		if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		var out bytes.Buffer
		ok, err := Report(bytes.NewReader(text), &out, mayBe)
		if err != nil {
			t.Fatal(err)
		}
		return ok, regexp.MustCompile(`\d+\.\d+s|\(cached\)`).ReplaceAllString(out.String(), "TIME")
	}
	for _, c := range []struct {
		tests, want string
		ok          bool
	}{
		{"Good|Root", "ok  \tgithub.com/bailiwick-dev/bailiwick/p\tTIME\n\n1 tests and subtests ran, 1 were skipped\n  p TestRoot: only root can\n", true},
		{"Good|Skipped", "ok  \tgithub.com/bailiwick-dev/bailiwick/p\tTIME\n\n1 tests and subtests ran, 1 were skipped\n  p TestSkipped: NOT RUN: clang-19 is not installed\nwrong:\n  p TestSkipped was skipped and may not be: NOT RUN: clang-19 is not installed\n", false},
		{"Good|Bad", "=== RUN   TestBad\n    p_test.go:6: loud\n--- FAIL: TestBad (TIME)\nFAIL\nFAIL\tgithub.com/bailiwick-dev/bailiwick/p\tTIME\n\n2 tests and subtests ran, 0 were skipped\nwrong:\n  p TestBad failed\n  p failed\n", false},
	} {
		if ok, out := run(c.tests); ok != c.ok || out != c.want {
			t.Errorf("%s: %t\n%s\nwant %t\n%s", c.tests, ok, out, c.ok, c.want)
		}
	}
}
